"""Checked records into the rows of events.db."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from sqlite_utils import Database

from datasette_event_timeline.sql.stored_dates import DATES
from edtf_dates import EventDate
from event_timeline.checks.checker import READING_ORDER, Checker
from event_timeline.checks.rules import COUNTING_STANDINGS, VERBS, Record
from event_timeline.curated import cells
from event_timeline.curated.columns import (
    ACTORS,
    CLAIMS,
    EVENTS,
    FILES,
    RADIUS_KM,
    SOURCES,
    UNKNOWN,
    Column,
    CuratedFile,
    Kind,
)
from event_timeline.curated.problems import Problem
from event_timeline.database import aoristic, search
from event_timeline.database.event_dates import EventDates
from event_timeline.database.schema import (
    SEARCHED,
    create_search_tables,
    table_columns,
)

_BATCH = 1_000


@dataclass
class Tally:
    """How many rows each table got, and what the files were warned of."""

    rows: dict[str, int] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, table: str, number: int) -> None:
        self.rows[table] = self.rows.get(table, 0) + number


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


def save_everything(db: Database, checker: Checker) -> Tally:
    connection, tally, names = db.conn, Tally(), _Names(lambda: checker.absent)
    dates = EventDates()
    create_search_tables(db)
    connection.execute("begin")
    for file in READING_ORDER:
        records = checker.records(file)
        while batch := list(islice(records, _BATCH)):
            _save_batch(connection, file, batch, tally, names, dates)
    checker.finish()
    _save_bare_rows(connection, checker, tally, names)
    _save_countries(connection)
    _save_periods(connection)
    connection.execute("commit")
    return tally


def _save_batch(
    connection: sqlite3.Connection,
    file: CuratedFile,
    batch: list[Record],
    tally: Tally,
    names: _Names,
    dates: EventDates,
) -> None:
    first = tally.rows.get(file.name, 0) + 1
    if file is EVENTS:
        rows = [_event_row(record, dates) for record in batch]
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
        for table, number in dates.save(connection).items():
            tally.add(table, number)
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


def _event_row(record: Record, dates: EventDates) -> list[Any]:
    values = record.values
    if "latitude" in values and "radius_km" not in values:
        values["radius_km"] = RADIUS_KM[values["location_precision"]]
    values.update(dates.cells(values["date"]), killed_open=0, wounded_open=0)
    return _SHAPES[EVENTS.name].row(values)


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
    actors = [
        (record.id, names.actor_id(part.actor), part.role)
        for record in batch
        for part in record.values.get("actors", ())
    ]
    sources = [(r.id, source) for r in batch for source in r.values["sources"]]
    names.cite(source for _, source in sources)
    _insert(connection, "event_actors", ("event", "actor", "role"), actors)
    _insert(connection, "event_sources", ("event", "source"), sources)
    tally.add("event_actors", len(actors))
    tally.add("event_sources", len(sources))


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
    days = f"select min(first_day), max(last_day) from {DATES}"  # noqa: S608  # a name of ours
    first, last = connection.execute(days).fetchone()
    if first is not None:
        _insert(connection, "periods", aoristic.Period._fields, aoristic.periods(first, last))


def _save_countries(connection: sqlite3.Connection) -> None:
    codes = connection.execute("select distinct country from events order by country")
    _insert(
        connection,
        "countries",
        ("code", "name"),
        [(code, cells.country_label(code)) for (code,) in codes],
    )


def save_build(db: Database, made_of: dict[str, str]) -> None:
    items = {**made_of, "serial": "1"}
    _insert(db.conn, "build", ("item", "value"), sorted(items.items()))
