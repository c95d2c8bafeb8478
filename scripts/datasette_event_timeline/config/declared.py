"""What metadata declares: which table has the events, and what its columns are.

    plugins:
      event-timeline:
        database: events        # the only setting without a default
        table: events
        date: date              # EDTF, or ISO 8601 days; `end` may hold another
        title: title
        lanes: [country, {array: actors}]
        window: 2011/2019       # what the links to the timeline open; it holds all
        embed: [https://example.org]   # who may frame /timeline?embed=1; true: any site

The other columns default to those called as their parts are, where the table has them. A database
that is not served, or a name that it does not have, stops Datasette from starting. Other plugins
may read further settings of the same place (hookspecs.py).
"""

import logging
import re
import sqlite3
from collections.abc import Collection
from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from datasette.plugins import pm
from datasette.utils.asgi import Base400

from datasette_event_timeline import hookspecs
from datasette_event_timeline.config.columns import (
    Schema,
    date_rows,
    read_schema,
    texts_among,
)
from datasette_event_timeline.config.declaration import (
    NUMBER_PARTS,
    Declaration,
    Grouping,
    groupings,
)
from datasette_event_timeline.config.metadata_checks import MetadataError, check_metadata, mapping
from datasette_event_timeline.serving.memory import recall, recall_of_file
from datasette_event_timeline.sql.stored_dates import DATES, DAYS, NUMBER, STRETCHES
from edtf_dates.cells import decide_reading

if TYPE_CHECKING:
    from datasette.app import Datasette

pm.add_hookspecs(hookspecs)

_LOG = logging.getLogger(__name__)

PLUGIN = "event-timeline"
_OTHER_NAMES = frozenset({"event_timeline", "datasette_event_timeline"})
_DEFAULT_TABLE = "events"
# Our own addresses, which a database of the same name would hide.
_TAKEN_NAMES = frozenset({"timeline"})

# Settings that name a column, and the column meant if they are silent.
_COLUMNS = {
    "id": None,
    "date": "date",
    "end": None,
    "title": "title",
    "place": "place",
    "latitude": "latitude",
    "longitude": "longitude",
    "radius_km": "radius_km",
    "location_precision": "location_precision",
    "country": "country",
    "kind": "type",
    "size": None,
}
_NEEDED = frozenset({"id", "date", "title"})
_TEXTS = _COLUMNS.keys() | {"database", "table", "window"}
_SETTINGS_OF_OURS = _TEXTS | {"lanes", "embed"}

# What the header Content-Security-Policy calls a host source: a scheme and a host.
_ORIGIN = re.compile(r"https?://(?:\*\.)?[a-z0-9.-]+(?::[0-9]+)?", re.IGNORECASE)


class DeclarationError(MetadataError):
    """The plugin's settings in metadata name what is not there; says what to write instead."""

    def __init__(self, message: str) -> None:
        super().__init__(f"plugins: {PLUGIN}: {message}")


class OutOfStepError(Base400):  # type: ignore[misc]
    """Metadata names what the database had once and no longer has."""

    status = 503


# Asked for every cell of a table, and the same as long as a site is served.
_SETTINGS: "WeakKeyDictionary[Datasette, dict[str, Any]]" = WeakKeyDictionary()


def settings(datasette: "Datasette") -> dict[str, Any]:
    """Return the plugin's settings; empty where metadata declares nothing.

    Raises DeclarationError where they are no mapping, MetadataError where metadata is ill-shaped.
    """
    if datasette not in _SETTINGS:
        _SETTINGS[datasette] = _read_settings(datasette) if is_declared(datasette) else {}
    return _SETTINGS[datasette]


def is_declared(datasette: "Datasette") -> bool:
    """Tell whether metadata has a place for the plugin's settings, whatever stands there.

    Raises MetadataError if they stand under the name of the package or the distribution.
    """
    plugins = mapping(datasette.metadata("plugins") or {}, "plugins: ")
    for name in _OTHER_NAMES & plugins.keys():
        raise MetadataError(f"plugins: {name}: the settings stand under {PLUGIN}: write that")
    return PLUGIN in plugins


def _read_settings(datasette: "Datasette") -> dict[str, Any]:
    check_metadata(datasette.metadata())
    found = datasette.plugin_config(PLUGIN)
    if not isinstance(found, dict):
        raise DeclarationError("write settings below it, such as database: events")
    return found


def declared_database(datasette: "Datasette") -> str | None:
    """Return the name of the database that metadata declares to have a table of events."""
    name = settings(datasette).get("database")
    return name if isinstance(name, str) else None


def declared_table(datasette: "Datasette") -> str:
    """Return the name of the table that metadata declares, or that of the default."""
    name: str = settings(datasette).get("table", _DEFAULT_TABLE)
    return name


def embedders(datasette: "Datasette") -> tuple[str, ...]:
    """Return who may show the timeline in a frame, as the header frame-ancestors names them.

    Raises DeclarationError for what is neither yes or no nor a list of origins.
    """
    given = settings(datasette).get("embed")
    if given is None or isinstance(given, bool):
        return ("*",) if given else ()
    if not isinstance(given, list):
        raise DeclarationError(
            f"embed: write true, false or a list such as [https://example.org], not {given!r}"
        )
    for origin in given:
        if not isinstance(origin, str) or not _ORIGIN.fullmatch(origin):
            raise DeclarationError(
                f"embed: {origin!r} is no origin: write a scheme and a host, "
                "such as https://example.org"
            )
    return ("'self'", *given)


async def find_declaration(datasette: "Datasette") -> Declaration | None:
    """Return what metadata declares, or None if it declares nothing or nothing of it is served.

    Raises DeclarationError for a setting or a column that does not exist.
    """
    name = settings(datasette).get("database")
    if name is None or name not in datasette.databases:
        return None
    find = partial(_find_in, datasette, name)
    return await recall(datasette.get_database(name), "declaration", find)


async def _find_in(datasette: "Datasette", name: str) -> Declaration | None:
    """Return what metadata declares of a database, as its schema is now."""
    given, table = settings(datasette), declared_table(datasette)
    database = datasette.get_database(name)
    schema = await database.execute_fn(partial(read_schema, table))
    if not schema.columns:
        if "table" not in given:
            return None
        raise DeclarationError(f"table: there is no table {table} in the database {name}")
    parts = _parts({"id": _id_among(schema), **given}, table, schema)
    derived = schema.names >= {DATES, STRETCHES} and {*schema.columns} >= {*DAYS, NUMBER}
    # Whatever else is asked anew, the dates of a file are read once.
    read = partial(database.execute_fn, partial(_read_dates, table, parts, derived))
    dates = await recall_of_file(database, ("dates", table, *parts.items()), read)
    metadata = datasette.table_metadata(name, table)
    declaration = Declaration(
        database=name,
        table=table,
        columns=schema.columns,
        lanes=_lanes_of(given, table, schema.columns),
        derived=derived,
        searchable=bool(metadata.get("fts_table") or schema.fts_table),
        primary_keys=schema.primary_keys,
        names=schema.names,
        **{part: parts[part] for part in _COLUMNS.keys() - {"id", "date", "end"}},  # type: ignore[arg-type]
        **dates,
    )
    extended: Declaration | None = pm.hook.event_timeline_extension(
        datasette=datasette, declaration=declaration
    )
    return extended or declaration


def _id_among(schema: Schema) -> str:
    """Return the column that tells rows apart where settings name none."""
    is_one = len(schema.keys) == 1 and "id" not in schema.columns
    return schema.keys[0] if is_one else "id"


def _read_dates(
    table: str, parts: dict[str, str | None], derived: bool, connection: sqlite3.Connection
) -> dict[str, Any]:
    """Return what tells rows apart, and how the cells of dates are read."""
    roles = tuple(role for role in ("date", "end") if parts[role])
    cells = tuple(parts[role] or "" for role in roles)
    # Stored dates were checked when they were stored.
    numbers = [column for part in NUMBER_PARTS if (column := parts.get(part))]
    rows = [] if derived else date_rows(table, cells, connection)
    reading, notes = decide_reading(roles, rows)
    return {
        "keys": (parts["id"],),
        "date_cells": cells,
        "reading": reading,
        "has_times": notes.has_times,
        "order_is_a_guess": notes.order_is_a_guess,
        "texts": frozenset() if derived else texts_among(table, numbers, connection),
    }


async def read_declaration(datasette: "Datasette") -> Declaration | None:
    """Return what `find_declaration` does; None too where the database no longer has it.

    It had it when the site started, so pages go on without a timeline, and the log says why.
    """
    try:
        return await find_declaration(datasette)
    except DeclarationError as error:
        _warn_once(str(error))
        return None


@cache
def _warn_once(message: str) -> None:
    _LOG.warning("%s: until then the pages have no timeline", message)


async def find_or_refuse(datasette: "Datasette") -> Declaration | None:
    """Return what metadata declares, None if it declares nothing; raises OutOfStepError."""
    try:
        return await find_declaration(datasette)
    except DeclarationError as error:
        raise OutOfStepError(str(error)) from None


async def check_declaration(datasette: "Datasette") -> None:
    """Raise DeclarationError for the first thing in the settings that cannot be right."""
    if not is_declared(datasette):
        return
    given = settings(datasette)
    of_others = chain.from_iterable(pm.hook.event_timeline_settings(datasette=datasette))
    _check_settings(given, _SETTINGS_OF_OURS | {*of_others})
    embedders(datasette)
    check_names(datasette, _TAKEN_NAMES)
    _check_is_served(datasette, given["database"])
    await find_declaration(datasette)


def _check_is_served(datasette: "Datasette", name: str) -> None:
    """Raise DeclarationError for a database that is not there: no page of it would be guarded."""
    if name not in datasette.databases:
        served = [other for other in datasette.databases if not other.startswith("_")]
        raise DeclarationError(
            f"database: no database {name} is served, but {', '.join(served) or 'none'}: "
            f"write the name of one that is, or serve {name}.db"
        )


def check_names(datasette: "Datasette", taken: Collection[str]) -> None:
    """Raise DeclarationError for a database that is called as one of a plugin's addresses."""
    for name in datasette.databases:
        if name in taken:
            raise DeclarationError(
                f"database: {name} is an address of this plugin: serve the file under another name"
            )


def _check_settings(given: dict[str, Any], known: Collection[str]) -> None:
    for setting, value in given.items():
        if setting not in known:
            raise DeclarationError(
                f"{setting}: there is no such setting: choose among {', '.join(sorted(known))}"
            )
        is_left_out = value is None and setting in _COLUMNS.keys() - _NEEDED
        if setting in _TEXTS and not is_left_out:
            check_text(setting, value)
    if not given.get("database"):
        raise DeclarationError("database: name the database that holds the events")


def check_text(setting: str, value: object) -> None:
    """Raise DeclarationError for what is no text."""
    if not isinstance(value, str):
        raise DeclarationError(f"{setting}: write one name, not {value!r}")


def _parts(given: dict[str, Any], table: str, schema: Schema) -> dict[str, str | None]:
    """Return the column of each part; raises DeclarationError for one that is not there."""

    def column(part: str) -> str | None:
        named: str | None = given.get(part, _COLUMNS[part])
        if named is None or named in schema.columns or (part == "id" and named in schema.keys):
            return named
        if part in given or part in _NEEDED:
            raise DeclarationError(
                f"{part}: the table {table} has no column {named}: "
                f"name one of {', '.join(schema.columns)}"
            )
        return None

    return {part: column(part) for part in _COLUMNS}


def _lanes_of(given: dict[str, Any], table: str, columns: Collection[str]) -> tuple[Grouping, ...]:
    lanes = _lanes(given.get("lanes", []))
    for lane in lanes:
        if lane.column not in columns:
            raise DeclarationError(
                f"lanes: the table {table} has no column {lane.column}: "
                f"name some of {', '.join(columns)}"
            )
    return lanes


def _lanes(given: object) -> tuple[Grouping, ...]:
    found = tuple(groupings(given)) if isinstance(given, list) else ()
    if not isinstance(given, list) or len(found) < len(given):
        raise DeclarationError(
            f"lanes: write a list of columns, such as [country, {{array: actors}}], not {given!r}"
        )
    return found
