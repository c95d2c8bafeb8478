"""events.db: its tables, indexes, search and views, filled from checked records."""

import gc
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any, NamedTuple

from sqlite_utils import Database
from sqlite_utils.db import ForeignKey

from edtf_dates import EventDate, from_ordinal, parse_date
from event_timeline import __version__
from event_timeline.checks.checker import READING_ORDER, Checker, curated_path, in_order
from event_timeline.checks.rules import COUNTING_STANDINGS, VERBS, Record
from event_timeline.curated import cells
from event_timeline.curated.columns import (
    ACTORS,
    CLAIMS,
    DERIVED,
    EVENTS,
    FILES,
    NOT_CERTAIN,
    QUESTIONS,
    RADIUS_KM,
    SOURCES,
    UNKNOWN,
    WITHDRAWN,
    Column,
    CuratedFile,
    Kind,
)
from event_timeline.curated.problems import Problem
from event_timeline.database import aoristic, search
from event_timeline.database.views import VIEWS

# "evtl" in the file's header, so that a build never overwrites a database of
# somebody else's (https://www.sqlite.org/pragma.html#pragma_application_id).
APPLICATION_ID = 0x6576746C

# Ends of a span that are open or not known lie this many days away, beyond
# every day that a date can name (years of +-10^12).
OPEN_START, OPEN_END = -(10**15), 10**15

# Above this many events the full integrity check takes longer than the build.
FULL_CHECK_EVENTS = 50_000
_BATCH = 1_000

_SQL_TYPES: dict[Kind, type] = {"integer": int, "number": float}

EVENT_COLUMNS: tuple[Column, ...] = (
    *EVENTS.columns[:2],
    DERIVED[0],
    *EVENTS.columns[2:],
    *DERIVED[1:],
)


def table_columns(file: CuratedFile) -> tuple[Column, ...]:
    """Return the columns of a curated file's table: each date is followed by its words."""
    if file is EVENTS:
        return EVENT_COLUMNS
    columns: list[Column] = []
    for column in file.columns:
        columns.append(column)
        if column.kind == "date":
            columns.append(
                Column(f"{column.name}_words", "text", f"The date {column.name} in words.")
            )
    return tuple(columns)


# Table: the text columns its search covers. A table `<name>_search` holds their
# folded text, row for row, because what is indexed is not what is shown.
SEARCHED: dict[str, tuple[str, ...]] = {
    "events": ("title", "summary", "note", "place", "region", "aliases", "actors"),
    "actors": ("name", "aliases", "note"),
    "sources": ("publisher", "origin", "title", "author", "note"),
    "claims": ("said", "value", "population", "place", "reported_by", "note"),
}

# The spans of an event's date, without nulls: open and unknown ends are
# OPEN_START and OPEN_END. `possible`: 1 for a span of the date as it is written.
# `certain`: 1 for one of its readings with every component marked ?, ~ or % taken
# as unspecified; where nothing is marked, each span is both. `joint`: 1 where one
# span suffices, because the date covers them all or there is one only.
SPAN_COLUMNS = (
    "event",
    "span",
    "earliest_start",
    "latest_start",
    "earliest_end",
    "latest_end",
    "possible",
    "certain",
    "joint",
    "start_unknown",
    "end_unknown",
)

# How much an event matters beside others, as SQL.
EVENT_WEIGHT = "coalesce(killed_best, killed_high, killed_low, 0)"


def order_of_time(start: str, end: str, key: str) -> str:
    """Return the SQL of the order in which events can first have begun; what has no day is last."""
    return f"{start} is null and {end} is null, coalesce({start}, {OPEN_START}), {end}, {key}"


EVENT_ORDER = order_of_time("earliest_start", "latest_end", "id")

# The days of a date, and all that a timeline counts: of a million events too much to be looked up
# in their rows.
DAYS = ("earliest_start", "latest_start", "earliest_end", "latest_end")
DATED = (*DAYS, "approximate", "uncertain")
_ENDS = ("earliest_start", "latest_end")

INDEXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("events", ("type", *DATED, "country", "status")),
    ("events", ("country", *DATED, "type", "status")),
    ("events", ("year", *_ENDS)),
    ("events", ("status", *DATED, "type", "country")),
    ("events", ("precision", *_ENDS)),
    ("events", ("part_of",)),
    ("events", DATED),
    ("event_spans", ("latest_end", "earliest_start")),
    ("event_spans", ("span", "possible")),
    ("periods", ("last_day", "first_day")),
    ("event_actors", ("actor",)),
    ("event_sources", ("source",)),
    ("questions", ("event",)),
    ("claims", ("question",)),
    ("claims", ("source",)),
)


class InputError(Exception):
    """The curated files have errors; `problems` says which, warnings included."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


class BuildError(Exception):
    """The database that was built does not hold what the files hold."""


@dataclass
class Tally:
    """How many rows each table got, and what the files were warned of."""

    rows: dict[str, int] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, table: str, number: int) -> None:
        self.rows[table] = self.rows.get(table, 0) + number


def fill(path: Path, events_csv: Path, advance: Callable[[int], object] | None = None) -> Tally:
    """Make a database at `path`, which must not exist, from events.csv and its companions.

    Raises InputError if the files have errors, BuildError if the database does not
    hold what was read; the file at `path` is then not to be used.
    """
    problems: list[Problem] = []
    # Before they are read: a file that changes meanwhile counts as changed.
    made_of = build_items(events_csv)
    db = Database(path)
    try:
        _prepare(db.conn)
        create_tables(db)
        with _collector_paused():
            tally = _save_everything(db, Checker(events_csv, problems.append, advance))
        tally.warnings = in_order(problems, events_csv)
        if any(problem.level == "error" for problem in problems):
            raise InputError(tally.warnings)
        _save_build(db, made_of)
        create_search(db)
        create_indexes(db)
        mark_open_figures(db.conn)
        create_views(db)
        verify(db.conn, tally)
        db.conn.execute("pragma journal_mode = wal")
    finally:
        db.close()
    return tally


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Rows make no cycles; looking for some among a million takes an eighth of the build."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _prepare(connection: sqlite3.Connection) -> None:
    # The file is thrown away if anything fails, so nothing is journalled; it is
    # synced when it is published.
    connection.isolation_level = None
    for pragma in (
        f"application_id = {APPLICATION_ID}",
        "journal_mode = off",
        "synchronous = off",
        "foreign_keys = off",
        "cache_size = -32000",
    ):
        connection.execute(f"pragma {pragma}")


# Tables


def create_tables(db: Database) -> None:
    """Create every table, strict, the referred-to ones first."""
    db.table("countries").create(
        {"code": str, "name": str}, pk="code", not_null={"name"}, strict=True
    )
    _create_curated(db, ACTORS, {"part_of": "actors"})
    _create_curated(db, SOURCES, {})
    _create_curated(db, EVENTS, {"country": "countries", "part_of": "events"})
    _create_curated(db, QUESTIONS, {"event": "events"})
    _create_curated(db, CLAIMS, {"question": "questions", "source": "sources"})
    _create_curated(db, WITHDRAWN, {}, pk=("id", "kind"))
    _create_links(db)
    db.table("build").create(
        {"item": str, "value": str}, pk="item", not_null={"value"}, strict=True
    )


def _create_curated(
    db: Database,
    file: CuratedFile,
    references: dict[str, str],
    pk: str | tuple[str, ...] = "id",
) -> None:
    columns = table_columns(file)
    db.table(file.name).create(
        {column.name: _SQL_TYPES.get(column.kind, str) for column in columns},
        pk=pk,
        not_null={c.name for c in columns if c.required or c.facet or c.kind == "list"},
        foreign_keys=[
            ForeignKey(file.name, column, other, "code" if other == "countries" else "id")
            for column, other in references.items()
        ],
        strict=True,
    )


def _create_links(db: Database) -> None:
    db.table("event_spans").create(
        {"event": str, **dict.fromkeys(SPAN_COLUMNS[1:], int)},
        pk=("event", "span"),
        not_null=set(SPAN_COLUMNS),
        foreign_keys=[("event", "events", "id")],
        strict=True,
    )
    db.table("periods").create(
        {"unit": str, "period": str, "first_day": int, "last_day": int},
        pk=("unit", "period"),
        not_null={"first_day", "last_day"},
        strict=True,
    )
    db.table("event_actors").create(
        {"event": str, "actor": str, "role": str},
        pk=("event", "actor", "role"),
        foreign_keys=[("event", "events", "id"), ("actor", "actors", "id")],
        strict=True,
    )
    db.table("event_sources").create(
        {"event": str, "source": str},
        pk=("event", "source"),
        foreign_keys=[("event", "events", "id"), ("source", "sources", "id")],
        strict=True,
    )


def create_search(db: Database) -> None:
    """Index the folded text of every searched table with FTS5."""
    for table, searched in SEARCHED.items():
        db.table(f"{table}_search").enable_fts(list(searched), tokenize=search.TOKENIZER)


# By expressions, which sqlite-utils has no indexes for: what a drawing and a list begin with.
EXPRESSION_INDEXES: tuple[tuple[str, str], ...] = (
    ("events_by_weight", f"{EVENT_WEIGHT} desc, id, {', '.join(_ENDS)}"),
    ("events_by_time", f"{EVENT_ORDER}, earliest_start"),
)


def create_indexes(db: Database) -> None:
    for table, names in INDEXES:
        db.table(table).create_index(list(names))
    for name, expressions in EXPRESSION_INDEXES:
        db.conn.execute(f"create index {name} on events ({expressions})")


def create_views(db: Database) -> None:
    for view in VIEWS:
        db.create_view(view.name, view.sql)


# Rows


@dataclass
class _Names:
    """Ids by name, for tables whose curated file is absent and grows bare rows.

    `absent`: the names of those files; sources are read before anything that cites them.
    """

    absent: Callable[[], frozenset[str]]
    actor_ids: dict[str, str] = field(default_factory=dict)
    bare_actors: dict[str, str] = field(default_factory=dict)
    bare_sources: dict[str, None] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def actor_id(self, name: str) -> str:
        """Return the id of an actor; one without a row gets a bare one."""
        if name not in self.actor_ids:
            self.actor_ids[name] = self.bare_actors[name] = self._free_id(cells.slug(name))
            self.taken.add(self.actor_ids[name])
        return self.actor_ids[name]

    def cite(self, sources: Iterable[str]) -> None:
        """Remember the sources that need a bare row."""
        if SOURCES.name in self.absent():
            self.bare_sources.update(dict.fromkeys(sources))

    def _free_id(self, wanted: str) -> str:
        number, free = 1, wanted
        while free in self.taken:
            number += 1
            free = f"{wanted}-{number}"
        return free


def _save_everything(db: Database, checker: Checker) -> Tally:
    connection, tally, names = db.conn, Tally(), _Names(lambda: checker.absent)
    _create_search_tables(db)
    connection.execute("begin")
    for file in READING_ORDER:
        records = checker.records(file)
        while batch := list(islice(records, _BATCH)):
            _save_batch(connection, file, batch, tally, names)
    checker.finish()
    _save_bare_rows(connection, checker, tally, names)
    _save_countries(connection)
    _save_periods(connection)
    connection.execute("commit")
    return tally


def _create_search_tables(db: Database) -> None:
    for table, searched in SEARCHED.items():
        db.table(f"{table}_search").create(
            {"rowid": int, **dict.fromkeys(searched, str)}, pk="rowid", strict=True
        )


def _save_batch(
    connection: sqlite3.Connection,
    file: CuratedFile,
    batch: list[Record],
    tally: Tally,
    names: _Names,
) -> None:
    first = tally.rows.get(file.name, 0) + 1
    if file is EVENTS:
        rows = [_event_row(record) for record in batch]
    else:
        rows = [_SHAPES[file.name].row(_with_words(record.values)) for record in batch]
    if file is ACTORS:
        names.actor_ids.update({r.values["name"]: r.id for r in batch})
    _insert(connection, file.name, _COLUMNS[file.name], rows)
    if file.name in SEARCHED:
        _insert_search(connection, file.name, batch, first)
    tally.add(file.name, len(rows))
    if file is EVENTS:
        _save_links(connection, batch, tally, names)
    if file is CLAIMS:
        names.cite(r.values["source"] for r in batch)


_COLUMNS: dict[str, tuple[str, ...]] = {
    file.name: tuple(column.name for column in table_columns(file)) for file in FILES
}


def _insert(
    connection: sqlite3.Connection,
    table: str,
    names: Iterable[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    quoted = [f'"{name}"' for name in names]
    marks = ", ".join("?" * len(quoted))
    # Table and column names are ours, from columns.py and this module.
    connection.executemany(f"insert into {table} ({', '.join(quoted)}) values ({marks})", rows)  # noqa: S608


class _Shape(NamedTuple):
    """How the values of a record become the cells of a row.

    `cells`: each column's name, and what it holds where the value is missing.
    `converted`: the columns whose values SQLite cannot hold, by their place.
    """

    cells: tuple[tuple[str, str | None], ...]
    converted: tuple[tuple[int, str, Callable[[Any], str]], ...]

    def row(self, values: dict[str, Any]) -> list[Any]:
        get = values.get
        row = [get(name, blank) for name, blank in self.cells]
        for place, name, convert in self.converted:
            if name in values:
                row[place] = convert(values[name])
        return row


def _shape(columns: tuple[Column, ...]) -> _Shape:
    return _Shape(
        tuple((column.name, _blank(column)) for column in columns),
        tuple(
            (place, column.name, _CONVERTERS[column.kind])
            for place, column in enumerate(columns)
            if column.kind in _CONVERTERS
        ),
    )


def _blank(column: Column) -> str | None:
    if column.kind in ("list", "actors"):
        return "[]"
    return UNKNOWN if column.facet else None


def _json_list(items: Iterable[str]) -> str:
    """Return what json.dumps does, without the seconds it takes for a million short lists."""
    return f"[{', '.join(map(encode_basestring, items))}]"


_CONVERTERS: dict[Kind, Callable[[Any], str]] = {
    "actors": lambda parts: _json_list(dict.fromkeys(part.actor for part in parts)),
    "date": lambda date: str(date.text),
    "list": _json_list,
}

_SHAPES: dict[str, _Shape] = {file.name: _shape(table_columns(file)) for file in FILES}


def _with_words(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with the words of each date among them."""
    words = {f"{k}_words": v.describe() for k, v in values.items() if isinstance(v, EventDate)}
    return {**values, **words}


def _event_row(record: Record) -> list[Any]:
    values = record.values
    if "latitude" in values and "radius_km" not in values:
        values["radius_km"] = RADIUS_KM[values["location_precision"]]
    values.update(_worked_out(values["date"].text).cells)
    return _SHAPES[EVENTS.name].row(values)


class _WorkedOut(NamedTuple):
    """What the database adds to an event because of its date."""

    cells: dict[str, Any]
    spans: list[tuple[int, ...]]


# Events stand in the order of time, so equal dates are near each other.
@lru_cache(maxsize=1_000)
def _worked_out(text: str) -> _WorkedOut:
    date = parse_date(text)
    derived = {
        "date_words": date.describe(),
        "year": year_of(date),
        "precision": date.precision,
        "approximate": int(date.approximate),
        "uncertain": int(date.uncertain),
        "earliest_start": date.earliest_start,
        "latest_start": date.latest_start,
        "earliest_end": date.earliest_end,
        "latest_end": date.latest_end,
        "killed_open": 0,
        "wounded_open": 0,
    }
    return _WorkedOut(derived, _spans(date))


def year_of(date: EventDate) -> str:
    """Return the year in which an event certainly began, or `not certain`.

    What covers all its spans began when the first of them did.
    """
    earliest = [span.earliest_start for span in date.certain]
    latest = [span.latest_start for span in date.certain]
    if None in earliest or None in latest:
        return NOT_CERTAIN
    last = (min if date.relation == "all of" else max)(day for day in latest if day is not None)
    first = min(day for day in earliest if day is not None)
    year = from_ordinal(first)[0]
    if from_ordinal(last)[0] != year:
        return NOT_CERTAIN
    return str(year) if year > 0 else f"{1 - year} BCE"


def _insert_search(
    connection: sqlite3.Connection, table: str, batch: list[Record], first: int
) -> None:
    searched = SEARCHED[table]
    rows = (
        (number, *(_searched_text(record.values.get(name)) for name in searched))
        for number, record in enumerate(batch, first)
    )
    _insert(connection, f"{table}_search", ("rowid", *searched), rows)


def _searched_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value and search.index_text(value)
    items = (item.actor if isinstance(item, cells.Part) else item for item in value)
    return search.index_text("; ".join(cells.split_language(item)[1] for item in items))


def _save_links(
    connection: sqlite3.Connection, batch: list[Record], tally: Tally, names: _Names
) -> None:
    spans = [
        (record.id, *span)
        for record in batch
        for span in _worked_out(record.values["date"].text).spans
    ]
    actors = [
        (record.id, names.actor_id(part.actor), part.role)
        for record in batch
        for part in record.values.get("actors", ())
    ]
    sources = [(r.id, source) for r in batch for source in r.values["sources"]]
    names.cite(source for _, source in sources)
    _insert(connection, "event_spans", SPAN_COLUMNS, spans)
    _insert(connection, "event_actors", ("event", "actor", "role"), actors)
    _insert(connection, "event_sources", ("event", "source"), sources)
    tally.add("event_spans", len(spans))
    tally.add("event_actors", len(actors))
    tally.add("event_sources", len(sources))


def _spans(date: EventDate) -> list[tuple[int, ...]]:
    """Return the rows of event_spans for a date, without the event."""
    if date.certain == date.spans:
        readings = [(date.spans, 1, 1)]
    else:
        readings = [(date.spans, 1, 0), (date.certain, 0, 1)]
    rows = [
        (
            _start(span.earliest_start),
            _end(span.latest_start),
            _start(span.earliest_end),
            _end(span.latest_end),
            possible,
            certain,
            int(date.relation == "all of" or len(spans) == 1),
            int(date.start_unknown),
            int(date.end_unknown),
        )
        for spans, possible, certain in readings
        for span in spans
    ]
    return [(number, *row) for number, row in enumerate(rows, 1)]


def _start(day: int | None) -> int:
    return OPEN_START if day is None else day


def _end(day: int | None) -> int:
    return OPEN_END if day is None else day


def _save_bare_rows(
    connection: sqlite3.Connection, checker: Checker, tally: Tally, names: _Names
) -> None:
    """Give the actors and sources of events.csv bare rows where their files are absent."""
    if ACTORS.name in checker.absent:
        bare = [{"id": row_id, "name": name} for name, row_id in names.bare_actors.items()]
        _save_bare(connection, ACTORS, bare, tally)
    if SOURCES.name in checker.absent:
        bare = [{"id": row_id, "publisher": row_id} for row_id in names.bare_sources]
        _save_bare(connection, SOURCES, bare, tally)


def _save_bare(
    connection: sqlite3.Connection, file: CuratedFile, bare: list[dict[str, str]], tally: Tally
) -> None:
    records = [
        Record(0, values["id"], {"kind": UNKNOWN, **values})
        for values in sorted(bare, key=lambda values: values["id"])
    ]
    _insert(
        connection,
        file.name,
        _COLUMNS[file.name],
        [_SHAPES[file.name].row(r.values) for r in records],
    )
    _insert_search(connection, file.name, records, 1)
    tally.add(file.name, len(records))


# "At least 17" has no upper bound, be it the event's own figure or one of the
# answers that bound it.
_MARK_OPEN = """
update events set {verb}_open = 1
where coalesce({verb}_low, {verb}_best, {verb}_high) is not null
  and (
    ({verb}_best is null and {verb}_high is null)
    or exists (
      select 1
      from questions join claims on claims.question = questions.id
      where questions.event = events.id
        and questions.measure = '{verb}'
        and questions.scope = events.killed_scope
        and claims.relation = 'answers'
        and claims.standing in ({standings})
        and claims.low >= coalesce(events.{verb}_high, events.{verb}_best)
        and claims.best is null
        and claims.high is null
    )
  )
"""


def mark_open_figures(connection: sqlite3.Connection) -> None:
    """Fill killed_open and wounded_open, events and claims being saved."""
    counting = sorted(COUNTING_STANDINGS)
    marks = ", ".join("?" * len(counting))
    for verb in VERBS:
        connection.execute(_MARK_OPEN.format(verb=verb, standings=marks), counting)


def _save_periods(connection: sqlite3.Connection) -> None:
    """Save the years and months that the events reach, for the histograms."""
    extremes = [
        connection.execute(f"select min({day}), max({day}) from events").fetchone()  # noqa: S608
        for day in DAYS
    ]
    known = [day for extreme in extremes for day in extreme if day is not None]
    if known:
        rows = aoristic.periods(min(known), max(known))
        _insert(connection, "periods", aoristic.Period._fields, rows)


def _save_countries(connection: sqlite3.Connection) -> None:
    codes = connection.execute("select distinct country from events order by country")
    _insert(
        connection,
        "countries",
        ("code", "name"),
        [(code, cells.country_label(code)) for (code,) in codes],
    )


def build_items(events_csv: Path) -> dict[str, str]:
    """Return what a build is made of: this package's version and each file's SHA-256.

    No clock, path or host name enters, so that equal files make equal databases.
    A file that cannot be read is left out; reading it is what reports it.
    """
    items = {"event_timeline": __version__}
    for file in READING_ORDER:
        path = curated_path(events_csv, file)
        if path.is_file():
            with suppress(OSError):
                items[file.path] = _sha256(path)
    return items


def _save_build(db: Database, made_of: dict[str, str]) -> None:
    items = {**made_of, "serial": "1"}
    _insert(db.conn, "build", ("item", "value"), sorted(items.items()))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# Verification


def verify(connection: sqlite3.Connection, tally: Tally) -> None:
    """Raise BuildError unless the database is whole and holds every row that was read."""
    full = tally.rows.get(EVENTS.name, 0) < FULL_CHECK_EVENTS
    check = "integrity_check" if full else "quick_check"
    answer = connection.execute(f"pragma {check}").fetchone()[0]
    if answer != "ok":
        raise BuildError(f"SQLite's {check} says: {answer}")
    if lost := connection.execute("pragma foreign_key_check").fetchone():
        raise BuildError(f"a row of {lost[0]} refers to a row of {lost[2]} that is not there")
    for table, expected in tally.rows.items():
        found = connection.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608
        if found != expected:
            raise BuildError(f"{table} holds {found} rows, {expected} were read")
