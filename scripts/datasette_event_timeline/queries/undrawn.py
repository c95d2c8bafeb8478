"""What a timeline or its map cannot show: counted, and chosen by a parameter of the address.

`?_undrawn=missing` chooses the events without a date, `unreadable` those whose date cannot be
read. `?_unmapped=missing` chooses those without a place, `unreadable` those whose coordinates are
no numbers or not on the globe, `zero` those at 0° N 0° E, where no place was entered.
`?_unsized=unreadable` chooses those whose size is no number.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from datasette.filters import FilterArguments
from datasette.utils import escape_sqlite, path_with_removed_args
from datasette.utils.asgi import BadRequest

from datasette_event_timeline.sql.event_dates import MISSING
from datasette_event_timeline.sql.geography import has_point
from edtf_dates.quoting import shorten

if TYPE_CHECKING:
    from datasette.utils.asgi import Request

    from datasette_event_timeline.config.declaration import Declaration
    from datasette_event_timeline.queries.query import Query
    from datasette_event_timeline.queries.selection import Selection

UNDRAWN, UNMAPPED, UNSIZED = "_undrawn", "_unmapped", "_unsized"
PARAMETERS = (UNDRAWN, UNMAPPED, UNSIZED)
UNREADABLE, ZERO = "unreadable", "zero"
# What is counted, in words.
_NAMES = {
    UNDRAWN: "how many are not drawn",
    UNMAPPED: "how many are not on the map",
    UNSIZED: "how many have no size",
}
# What each choice says of its events, in words.
WORDS = {
    (UNDRAWN, MISSING): "without a date",
    (UNDRAWN, UNREADABLE): "with a date that cannot be read",
    (UNMAPPED, MISSING): "without coordinates",
    (UNMAPPED, UNREADABLE): "with coordinates that cannot be read",
    (UNMAPPED, ZERO): "at 0° north, 0° east",
    (UNSIZED, UNREADABLE): "with a size that is no number",
}


def from_request(request: "Request", declaration: "Declaration") -> FilterArguments:
    """Return the choice of a request as a filter; raises BadRequest for one that there is not."""
    chosen = [
        (parameter, choice)
        for parameter in PARAMETERS
        for choice in filter(None, request.args.getlist(parameter))
    ]
    clauses = [_condition(declaration, *one) for one in chosen]
    words = [WORDS[one] for one in chosen]
    chips = [
        {
            "words": WORDS[parameter, choice],
            "remove_url": path_with_removed_args(request, {parameter: choice, "_next": None}),
        }
        for parameter, choice in chosen
    ]
    return FilterArguments(clauses, human_descriptions=words, extra_context={"chips": chips})


def _condition(declaration: "Declaration", parameter: str, choice: str) -> str:
    found = _conditions(declaration, parameter).get(choice)
    if found is None:
        choices = ", ".join(name for where, name in WORDS if where == parameter)
        raise BadRequest(f"{parameter}: write one of {choices}, not {shorten(choice)}")
    return found


def _conditions(declaration: "Declaration", parameter: str) -> Mapping[str, str]:
    if parameter == UNDRAWN:
        problem = declaration.problem_sql
        return {
            MISSING: f"{problem} = '{MISSING}'",
            UNREADABLE: f"{problem} <> '{MISSING}'",
        }
    if parameter == UNSIZED:
        return {UNREADABLE: _is_no_number(declaration, declaration.size)}
    if declaration.point_sql is None or not (declaration.latitude and declaration.longitude):
        return dict.fromkeys((MISSING, UNREADABLE, ZERO), "0")
    latitude, longitude = declaration.point_sql
    cells = map(escape_sqlite, (declaration.latitude, declaration.longitude))
    blank = " and ".join(f"coalesce(trim({cell}), '') = ''" for cell in cells)
    zero = f"ifnull({latitude} = 0 and {longitude} = 0, 0)"
    return {
        MISSING: f"({blank})",
        UNREADABLE: f"not ({blank} or {zero} or {has_point(latitude, longitude)})",
        ZERO: zero,
    }


def _is_no_number(declaration: "Declaration", column: str | None) -> str:
    """Return the SQL condition that a cell is filled, and with no number."""
    if column is None:
        return "0"
    number = declaration.number_sql(column)
    filled = f"coalesce(trim({escape_sqlite(column)}), '') <> ''"
    return f"({filled} and typeof({number}) not in ('integer', 'real'))"


async def count_undrawn(query: "Query", shown: "Selection") -> dict[str, dict[str, int]]:
    """Return how many of the events shown each choice has, of those that have some."""
    counted: dict[str, dict[str, int]] = {}
    for parameter in _asked(query.declaration):
        name = _NAMES[parameter]
        counting = partial(_count, query, shown, parameter)
        none: dict[str, int] = {}
        counted[parameter] = await query.attempt(name, counting, none)
    return counted


def _asked(declaration: "Declaration") -> Iterator[str]:
    # Stored dates were read when they were stored.
    if declaration.stored or not declaration.derived:
        yield UNDRAWN
    if declaration.point_sql is not None:
        yield UNMAPPED
    if declaration.size in declaration.texts:
        yield UNSIZED


async def _count(query: "Query", shown: "Selection", parameter: str) -> dict[str, int]:
    conditions = _conditions(query.declaration, parameter)
    sums = ", ".join(f"coalesce(sum({sql}), 0) as {name}" for name, sql in conditions.items())
    (found,) = await query.rows(f"select {sums}", shown)
    return {name: number for name, number in found.items() if number}
