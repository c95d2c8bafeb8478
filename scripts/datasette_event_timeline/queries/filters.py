"""An address read: the filters of the table that choose events, and the state of the timeline.

The address of a timeline is that of its table with parameters that begin with an
underscore, which Datasette's tables pass over. So the table, its CSV and its JSON
are asked for the same events by the same words.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from datasette.database import QueryInterrupted
from datasette.filters import FilterArguments, Filters
from datasette.plugins import pm
from datasette.utils import await_me_maybe, escape_sqlite
from datasette.utils.asgi import BadRequest, Request
from datasette.views.base import DatasetteError

from datasette_event_timeline.config.declaration import CHOICES, Declaration
from datasette_event_timeline.queries import time_filters, undrawn
from datasette_event_timeline.queries.choices import listed
from datasette_event_timeline.queries.filter_values import check_through, check_value
from datasette_event_timeline.queries.selection import (
    EVERYTHING,
    OWN_PARAMETERS,
    Chip,
    Pairs,
    Selection,
    State,
)
from datasette_event_timeline.render.words import heading
from edtf_dates import EventDate, parse_date
from edtf_dates.quoting import shorten

if TYPE_CHECKING:
    from datasette.app import Datasette

NO_LANES = "none"
# Parameters of a table that say which rows, beside the filters by column.
OWN_FILTERS = (*time_filters.PARAMETERS, *undrawn.PARAMETERS)
_CHOOSING = ("_search", "_where", "_through", "_searchmode", *OWN_FILTERS)
# Which column plays which part. A blank says that none does.
_COLUMNS = frozenset(f"_{part}" for part in CHOICES)
_LOOKUPS = frozenset(key for key, _, _ in Filters([]).lookups())


def read_state(request: Request, declaration: Declaration) -> State:
    """Return the state of the view; raises BadRequest for what makes no sense."""
    given = {name: request.args.get(name) or "" for name in OWN_PARAMETERS}
    choice = {grouping.column: grouping for grouping in declaration.lanes}
    lanes = given["_lanes"] or next(iter(choice), NO_LANES)
    if lanes not in choice and lanes != NO_LANES:
        choices = ", ".join((*choice, NO_LANES))
        raise BadRequest(f"_lanes: write one of {choices}, not {shorten(lanes)}")
    return State(
        window=_read_window(given["_window"].strip()),
        lanes=choice.get(lanes),
        selected=given["_selected"],
        page=_read_page(given["_page"]),
        embed=wants_embedding(request),
    )


def wants_embedding(request: Request) -> bool:
    """Return whether the view is asked for as it stands in a frame on another page."""
    return (request.args.get("embed") or "") not in ("", "0")


def _read_window(text: str) -> EventDate | None:
    return time_filters.read_window("_window", text) if text else None


def _read_page(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text)):
        raise BadRequest(f"_page: {shorten(text)} is no page: write 1 or more")
    return int(text)


async def read_selections(
    datasette: "Datasette", declaration: Declaration, request: Request, state: State
) -> tuple[Selection, Selection]:
    """Return the events that the filters choose, and those of them that the window shows too.

    Raises BadRequest for a filter that Datasette would refuse.
    """
    pairs = choosing_pairs(request)
    everything = await selection_of(datasette, declaration, request, pairs)
    if state.window is None:
        return everything, everything
    shown = [*pairs, ("_possibly", state.window.text)]
    return everything, await selection_of(datasette, declaration, request, shown)


def choosing_pairs(request: Request) -> Pairs:
    """Return the parameters of an address that say which rows, or what their columns are."""
    given = parse_qsl(request.query_string, keep_blank_values=True)
    return [(key, value) for key, value in given if _chooses(key, value)]


def own_filters(request: Request, declaration: Declaration) -> FilterArguments:
    """Return the filters that every table with dates has, as far as a request asks for them.

    Raises BadRequest for one that makes no sense.
    """
    found = time_filters.from_request(request, declaration)
    chosen = undrawn.from_request(request, declaration)
    found.where_clauses += chosen.where_clauses
    found.human_descriptions += chosen.human_descriptions
    found.extra_context["time_filters"] += chosen.extra_context["chips"]
    return found


def _chooses(parameter: str, value: str) -> bool:
    if parameter in OWN_PARAMETERS:
        return False
    if _is_filter(parameter) or parameter in _COLUMNS:
        return True
    # A field of a form left empty says nothing; a column can be asked to be empty.
    is_said = bool(value.strip())
    return is_said and (parameter in _CHOOSING or parameter.startswith("_search_"))


def _is_filter(parameter: str) -> bool:
    """Return whether Datasette's tables take a parameter as a filter by column."""
    return not parameter.startswith("_") or "__" in parameter


async def selection_of(
    datasette: "Datasette", declaration: Declaration, request: Request, pairs: Pairs
) -> Selection:
    """Return the events that pairs of a parameter and its value choose.

    Raises BadRequest for a filter that Datasette would refuse.
    """
    if declaration.source is not None:
        return await _of_index(datasette, declaration, request, pairs)
    by_column = sorted((key, value) for key, value in pairs if _is_filter(key))
    _check_columns(by_column, declaration)
    check_through(pairs)
    clauses, values = Filters(by_column).build_where_clauses(declaration.table)
    asked = _asked(request, pairs)
    for found in await _found_by_plugins(datasette, declaration, asked):
        if values.keys() & found.params.keys():
            # Both say :p0, on the table's page too, where the wrong rows are shown.
            raise BadRequest("_through: Datasette cannot put this together with other filters")
        clauses += found.where_clauses
        values |= found.params
    # Joined as Datasette's tables join them, so that both choose the same events.
    where = f"where ({' and '.join(clauses)})" if clauses else ""
    return Selection(where, values, pairs, tuple(_chips(pairs, declaration)))


async def _of_index(
    datasette: "Datasette", declaration: Declaration, request: Request, pairs: Pairs
) -> Selection:
    """Return the events that pairs choose, as rows of an index.

    What the index does not have is asked of the table itself: which rows it chooses.
    """
    source = declaration.source or declaration
    others = [pair for pair in pairs if pair[0] not in (*OWN_FILTERS, *_COLUMNS)]
    chosen = await selection_of(datasette, source, request, others)
    if not all(_is_of(declaration, key) for key, _ in others):
        rows = await _rows_of(datasette, source, chosen)
        chosen = EVERYTHING.narrowed(
            "rowid in (select value from json_each(:rows))", {"rows": rows}
        )
    found = own_filters(_asked(request, pairs), declaration)
    for clause in found.where_clauses:
        chosen = chosen.narrowed(clause, found.params)
    return replace(chosen, pairs=pairs, chips=tuple(_chips(pairs, source)))


def _is_of(declaration: Declaration, key: str) -> bool:
    """Tell whether an index has what a filter compares."""
    column = key.rpartition("__")[0] if "__" in key else key
    return _is_filter(key) and column in declaration.columns


async def _rows_of(datasette: "Datasette", source: Declaration, chosen: Selection) -> str:
    """Return the rowids of the rows that are chosen, as a JSON array."""
    sql = f"select json_group_array(rowid) from {escape_sqlite(source.table)} {chosen.where}"  # noqa: S608  # names are escaped, values bound
    try:
        found = await datasette.get_database(source.database).execute(sql, chosen.values)
    except QueryInterrupted:
        raise BadRequest("These filters take longer than this site allows: ask for less") from None
    return str(found.first()[0])


def _asked(request: Request, pairs: Pairs) -> Request:
    """Return a request for these pairs."""
    return Request({**request.scope, "query_string": urlencode(pairs).encode()}, request.receive)


async def _found_by_plugins(
    datasette: "Datasette", declaration: Declaration, asked: Request
) -> list[FilterArguments]:
    """Return what Datasette itself and its plugins make of the other parameters of a table."""
    hooks = pm.hook.filters_from_request(
        request=asked,
        database=declaration.database,
        table=declaration.table,
        datasette=datasette,
    )
    try:
        found = [await await_me_maybe(hook) for hook in hooks]
    except DatasetteError as error:
        if error.status < 500:
            raise
        raise BadRequest(error.message) from None
    return [arguments for arguments in found if arguments]


def _check_columns(by_column: Pairs, declaration: Declaration) -> None:
    for key, value in by_column:
        column, _, lookup = key.rpartition("__") if "__" in key else (key, "", "exact")
        if column not in declaration.columns and column != "rowid":
            raise BadRequest(
                f"{key[:60]}: the table {declaration.table} has no column {shorten(column)}"
            )
        if lookup not in _LOOKUPS:
            raise BadRequest(f"{key[:60]}: there is no comparison {shorten(lookup)}")
        check_value(key, lookup, value)


# Chips


def _chips(pairs: Pairs, declaration: Declaration) -> Iterator[Chip]:
    sides = {
        f"{column}__{side}"
        for column in (declaration.latitude, declaration.longitude)
        for side in ("gte", "lte")
    }
    area = [pair for pair in pairs if pair[0] in sides]
    if {key for key, _ in area} == sides:
        yield Chip("in an area of the map", [pair for pair in pairs if pair not in area])
    else:
        area = []
    for n, (key, value) in enumerate(pairs):
        if (key, value) not in area and key not in _COLUMNS:
            yield Chip(_words(key, value, declaration), pairs[:n] + pairs[n + 1 :])


def _words(key: str, value: str, declaration: Declaration) -> str:
    if key in undrawn.PARAMETERS:
        return undrawn.WORDS[key, value]
    if key in time_filters.PARAMETERS:
        return time_filters.in_words(key, parse_date(value.strip()))
    if not _is_filter(key):
        return {"_search": f"mentions “{value}”", "_where": value}.get(key, f"{key} {value}")
    column, _, lookup = key.rpartition("__") if "__" in key else (key, "", "exact")
    name = heading(column)
    if lookup == "exact" and column == declaration.country:
        label = declaration.extension.country_label(value)
        return f"in {label}" if value else f"{name} is blank"
    if lookup == "exact" and not value:
        return f"{name} is blank"
    if lookup == "in":
        return _any_of(column, listed(value), declaration)
    words = _LOOKUP_WORDS.get(lookup, "{name} {lookup} {value}")
    return words.format(name=name, lookup=lookup, value=value)


def _any_of(column: str, values: list[str], declaration: Declaration) -> str:
    """Return the words of a choice of several values: `in Libya or Tunisia`."""
    is_country = column == declaration.country
    label = declaration.extension.country_label if is_country else str
    *others, last = (label(value) if value else "blank" for value in values)
    words = f"{', '.join(others)} or {last}" if others else last
    return f"in {words}" if is_country else f"{heading(column)}: {words}"


_LOOKUP_WORDS = {
    "exact": "{name}: {value}",
    "arraycontains": "{name}: {value}",
    "arraynotcontains": "{name} without {value}",
    "not": "{name} is not {value}",
    "notin": "{name}: none of {value}",
    "contains": "{name} contains {value}",
    "startswith": "{name} begins with {value}",
    "endswith": "{name} ends with {value}",
    "gte": "{name} ≥ {value}",
    "lte": "{name} ≤ {value}",
    "gt": "{name} > {value}",
    "lt": "{name} < {value}",
    "date": "{name} is on {value}",
    "isnull": "{name} is missing",
    "notnull": "{name} is there",
    "isblank": "{name} is blank",
    "notblank": "{name} is not blank",
}
