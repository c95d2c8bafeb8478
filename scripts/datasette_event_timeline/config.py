"""What metadata declares: which table is the chronology, and what its columns are.

    plugins:
      event-timeline:
        database: events        # the only setting without a default
        table: events
        date: date              # EDTF, or ISO 8601 days; `end` may hold another
        title: title
        lanes: [country, {array: actors}]
        window: 2011/2019       # what the links to the timeline open; it holds all
        about: [{title: ..., text: ...}]   # sections of /about
        embed: [https://example.org]   # who may frame /timeline?embed=1; true: any site

The other columns default to those of this tool's own `events`, where the table
has them. A name that the database does not have stops Datasette from starting.
"""

import logging
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from click import ClickException
from datasette.utils import StartupError, escape_sqlite, table_columns

from datasette_event_timeline.sql.stored_dates import DATES, DAYS, NUMBER, STRETCHES, order_of_time
from event_timeline.curated.columns import EVENT_WEIGHT

if TYPE_CHECKING:
    from datasette.app import Datasette

_LOG = logging.getLogger(__name__)

PLUGIN = "event-timeline"
# Datasette serves a plugin's static files under the name of its distribution.
DISTRIBUTION = "datasette-event-timeline"
# Addresses of our own, which a database of the same name would hide.
TAKEN_NAMES = frozenset({"timeline", "event", "actor", "source", "disputed", "about"})

_FIGURES = ("killed_low", "killed_best", "killed_high", "killed_scope", "killed_open")
# Settings that name a column, and the column meant if they are silent.
_COLUMNS = {
    "id": "id",
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
_OTHER_SETTINGS = frozenset(
    {"database", "table", "lanes", "embed", "highlight_source", "window", "about"}
)
_TEXTS = _COLUMNS.keys() | {"database", "table", "highlight_source", "window"}

# What the header Content-Security-Policy calls a host source: a scheme and a host.
_ORIGIN = re.compile(r"https?://(?:\*\.)?[a-z0-9.-]+(?::[0-9]+)?", re.IGNORECASE)


class DeclarationError(StartupError, ClickException):  # type: ignore[misc]
    """The plugin's settings in metadata name what is not there; says what to write instead.

    Datasette's command line shows an error of click as one line, and its own with a traceback.
    """

    def __init__(self, message: str) -> None:
        super().__init__(f"metadata: plugins: {PLUGIN}: {message}")


@dataclass(frozen=True)
class Grouping:
    """A column by whose values events are grouped; `is_array` if a cell is a JSON array of them."""

    column: str
    is_array: bool = False

    @property
    def parameter(self) -> str:
        """The table's parameter that chooses one value."""
        return f"{self.column}__arraycontains" if self.is_array else self.column


@dataclass(frozen=True)
class Declaration:
    """The chronology of a site: a table, and the columns that play a part in it.

    A column is None where the table has none for the part. `derived`: whether the
    database has the stretches of each date, by a number that the table refers to, as one
    built by this tool has. `has_stretches`: whether it has the tables they are in.
    """

    database: str
    table: str
    columns: frozenset[str]
    id: str
    date: str
    title: str
    end: str | None = None
    place: str | None = None
    latitude: str | None = None
    longitude: str | None = None
    radius_km: str | None = None
    location_precision: str | None = None
    country: str | None = None
    kind: str | None = None
    size: str | None = None
    lanes: tuple[Grouping, ...] = ()
    highlight_source: str | None = None
    has_stretches: bool = False

    @cached_property
    def derived(self) -> bool:
        return self.has_stretches and self.columns.issuperset((*DAYS, NUMBER))

    @cached_property
    def counts_killed(self) -> bool:
        """Whether the table has figures of people killed, with their scopes."""
        return self.columns.issuperset(_FIGURES)

    @cached_property
    def date_sql(self) -> str:
        """The SQL expression of an event's date as EDTF; of two columns, the interval."""
        if self.end is None:
            return str(escape_sqlite(self.date))
        return f"edtf_interval({escape_sqlite(self.date)}, {escape_sqlite(self.end)})"

    @cached_property
    def weight_sql(self) -> str:
        """The SQL expression of how much an event matters: who has the largest is drawn first."""
        if self.counts_killed:
            return EVENT_WEIGHT
        return f"coalesce({escape_sqlite(self.size)}, 0)" if self.size else "0"

    @cached_property
    def order_sql(self) -> str:
        """The SQL of the order in which events can first have begun; what has no day is last."""
        start, end = "earliest_start", "latest_end"
        if not self.derived:
            start, end = (f"edtf_{day}({self.date_sql})" for day in (start, end))
        return order_of_time(start, end, escape_sqlite(self.id))


# Asked for every cell of a table, and the same as long as a site is served.
_SETTINGS: "WeakKeyDictionary[Datasette, dict[str, Any]]" = WeakKeyDictionary()


def settings(datasette: "Datasette") -> dict[str, Any]:
    """Return the plugin's settings; empty where metadata declares nothing."""
    if datasette not in _SETTINGS:
        found = datasette.plugin_config(PLUGIN)
        _SETTINGS[datasette] = found if isinstance(found, dict) else {}
    return _SETTINGS[datasette]


def declared_database(datasette: "Datasette") -> str | None:
    """Return the name of the database that metadata declares as a chronology."""
    name = settings(datasette).get("database")
    return name if isinstance(name, str) else None


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


def groupings(facets: Iterable[Any]) -> Iterator[Grouping]:
    """Yield what Datasette's `facets` in metadata name: a column, or `array:` and a column."""
    for facet in facets:
        if isinstance(facet, str):
            yield Grouping(facet)
        elif isinstance(facet, dict) and isinstance(facet.get("array"), str):
            yield Grouping(facet["array"], is_array=True)


async def find_declaration(datasette: "Datasette") -> Declaration | None:
    """Return what metadata declares, or None if it declares nothing or nothing of it is served.

    Raises DeclarationError for a setting or a column that does not exist.
    """
    given = settings(datasette)
    name = given.get("database")
    if name is None or name not in datasette.databases:
        return None
    db = datasette.get_database(name)
    table = given.get("table", "events")
    columns, has_stretches = await db.execute_fn(partial(_shape_of, table))
    if not columns:
        if "table" not in given:
            return None
        raise DeclarationError(f"table: there is no table {table} in the database {name}")
    return replace(_declaration(given, name, table, columns), has_stretches=has_stretches)


def _shape_of(table: str, connection: sqlite3.Connection) -> tuple[list[str], bool]:
    """Return the columns of a table or a view, and whether stretches of dates are stored."""
    stored = "select count(*) from sqlite_master where name in (?, ?)"
    (found,) = connection.execute(stored, [DATES, STRETCHES]).fetchone()
    return table_columns(connection, table), found == 2


async def read_declaration(datasette: "Datasette") -> Declaration | None:
    """Return what `find_declaration` does; None too where the database no longer has it.

    It had it when the site started, so pages go on without a chronology, and the log says why.
    """
    try:
        return await find_declaration(datasette)
    except DeclarationError as error:
        _warn_once(str(error))
        return None


@cache
def _warn_once(message: str) -> None:
    _LOG.warning("%s: until then the pages have no timeline", message)


async def check_declaration(datasette: "Datasette") -> None:
    """Raise DeclarationError for the first thing in the settings that cannot be right."""
    given = datasette.plugin_config(PLUGIN)
    if given is None:
        return
    if not isinstance(given, dict):
        raise DeclarationError("write settings below it, such as database: events")
    _check_settings(given)
    embedders(datasette)
    for name in datasette.databases:
        if name in TAKEN_NAMES:
            raise DeclarationError(
                f"database: {name} is an address of this plugin: serve the file under another name"
            )
    await find_declaration(datasette)


def _check_settings(given: dict[str, Any]) -> None:
    known = _TEXTS | _OTHER_SETTINGS
    for setting, value in given.items():
        if setting not in known:
            raise DeclarationError(
                f"{setting}: there is no such setting: choose among {', '.join(sorted(known))}"
            )
        is_left_out = value is None and setting in _COLUMNS.keys() - _NEEDED
        if setting in _TEXTS and not isinstance(value, str) and not is_left_out:
            raise DeclarationError(f"{setting}: write one name, not {value!r}")
    if not given.get("database"):
        raise DeclarationError("database: name the database that holds the chronology")


def _declaration(
    given: dict[str, Any], database: str, table: str, columns: list[str]
) -> Declaration:
    def column(part: str) -> str | None:
        named: str | None = given.get(part, _COLUMNS[part])
        if named is None or named in columns:
            return named
        if part in given or part in _NEEDED:
            raise DeclarationError(
                f"{part}: the table {table} has no column {named}: name one of {', '.join(columns)}"
            )
        return None

    lanes = _lanes(given.get("lanes", []))
    for lane in lanes:
        if lane.column not in columns:
            raise DeclarationError(
                f"lanes: the table {table} has no column {lane.column}: "
                f"name some of {', '.join(columns)}"
            )
    parts = {part: column(part) for part in _COLUMNS}
    return Declaration(
        database=database,
        table=table,
        columns=frozenset(columns),
        lanes=lanes,
        highlight_source=given.get("highlight_source"),
        **parts,  # type: ignore[arg-type]  # the needed ones are there, or it was said above
    )


def _lanes(given: object) -> tuple[Grouping, ...]:
    found = tuple(groupings(given)) if isinstance(given, list) else ()
    if not isinstance(given, list) or len(found) < len(given):
        raise DeclarationError(
            f"lanes: write a list of columns, such as [country, {{array: actors}}], not {given!r}"
        )
    return found
