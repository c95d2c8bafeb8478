"""Saves checked records as the rows of events.db."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from datasette_event_timeline.sql.stored_dates import DATES
from edtf_dates import EventDate
from event_timeline.curated.cells import slug, split_language
from event_timeline.curated.columns import (
    ACTORS,
    CLAIMS,
    COUNTING_STANDINGS,
    EVENTS,
    FILES,
    RADIUS_KM,
    SEARCHED,
    SOURCES,
    UNKNOWN,
    VERBS,
    Column,
    CuratedFile,
    Kind,
    table_columns,
)
from event_timeline.curated.countries import country_label
from event_timeline.curated.records import Part, Record
from event_timeline.database import aoristic
from event_timeline.database.event_dates import EventDates
from event_timeline.database.search import index_text

_BATCH = 1_000


# Each curated file with its records.
Files = Iterable[tuple[CuratedFile, Iterator[Record]]]


def save_everything(connection: sqlite3.Connection, files: Files) -> Counter[str]:
    """Save the records of all files, and the rows that follow from them.

    The files come in `READING_ORDER`. Returns the number of rows by table.
    """
    saver = _Saver(connection)
    connection.execute("begin")
    for file, records in files:
        while batch := list(islice(records, _BATCH)):
            saver.save(file, batch)
    saver.save_bare_rows()
    _save_countries(connection)
    _save_periods(connection)
    connection.execute("commit")
    return saver.counts


class _Saver:
    """Saves batches of records, with their search texts and links to other tables.

    `counts`: the number of rows by table.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.counts: Counter[str] = Counter()
        self._connection = connection
        self._dates = EventDates()
        self._actors = _ActorIds()
        # The sources that are cited while there are no rows of sources.
        self._bare_sources: dict[str, None] = {}

    def save(self, file: CuratedFile, batch: list[Record]) -> None:
        """Save a batch of records of one file."""
        if file is ACTORS:
            self._actors.add(batch)
        if file is EVENTS:
            rows = [_event_row(record, self._dates) for record in batch]
        else:
            rows = [_SHAPES[file.name].row(_with_words(record.values)) for record in batch]
        self._insert_file(file, rows, batch)
        if file is EVENTS:
            self._save_links(batch)
            self.counts.update(self._dates.save(self._connection))
        if file is CLAIMS:
            self._cite(record.values["source"] for record in batch)

    def save_bare_rows(self) -> None:
        """Save a row for each actor and source that has none, because its file is absent."""
        actors = [{"id": row_id, "name": name} for name, row_id in self._actors.bare.items()]
        self._save_bare(ACTORS, actors)
        self._save_bare(SOURCES, [{"id": i, "publisher": i} for i in self._bare_sources])

    def _save_bare(self, file: CuratedFile, bare: list[dict[str, str]]) -> None:
        records = [
            Record(0, values["id"], {"kind": UNKNOWN, **values})
            for values in sorted(bare, key=lambda values: values["id"])
        ]
        rows = [_SHAPES[file.name].row(record.values) for record in records]
        self._insert_file(file, rows, records)

    def _insert_file(self, file: CuratedFile, rows: list[list[Any]], records: list[Record]) -> None:
        _insert(self._connection, file.name, _COLUMNS[file.name], rows)
        if file.name in SEARCHED:
            _insert_search(self._connection, file.name, records, self.counts[file.name] + 1)
        self.counts[file.name] += len(rows)

    def _save_links(self, batch: list[Record]) -> None:
        actors = [
            (record.id, self._actors.id_of(part.actor), part.role)
            for record in batch
            for part in record.values.get("actors", ())
        ]
        sources = [(r.id, source) for r in batch for source in r.values["sources"]]
        self._cite(source for _, source in sources)
        _insert(self._connection, "event_actors", ("event", "actor", "role"), actors)
        _insert(self._connection, "event_sources", ("event", "source"), sources)
        self.counts["event_actors"] += len(actors)
        self.counts["event_sources"] += len(sources)

    def _cite(self, sources: Iterable[str]) -> None:
        if not self.counts[SOURCES.name]:
            self._bare_sources.update(dict.fromkeys(sources))


class _ActorIds:
    """The ids of actors by name; an actor without a row gets an id, and is in `bare`."""

    def __init__(self) -> None:
        self.bare: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._taken: set[str] = set()

    def add(self, actors: Iterable[Record]) -> None:
        """Take the ids of actors that have a row."""
        self._ids.update({actor.values["name"]: actor.id for actor in actors})

    def id_of(self, name: str) -> str:
        """Return the id of an actor."""
        if name not in self._ids:
            self._ids[name] = self.bare[name] = self._free_id(slug(name))
            self._taken.add(self._ids[name])
        return self._ids[name]

    def _free_id(self, wanted: str) -> str:
        number, free = 1, wanted
        while free in self._taken:
            number += 1
            free = f"{wanted}-{number}"
        return free


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


def _insert_search(
    connection: sqlite3.Connection, table: str, records: list[Record], first: int
) -> None:
    searched = SEARCHED[table]
    rows = (
        (number, *(_searched_text(record.values.get(name)) for name in searched))
        for number, record in enumerate(records, first)
    )
    _insert(connection, f"{table}_search", ("rowid", *searched), rows)


def _searched_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value and index_text(value)
    items = (item.actor if isinstance(item, Part) else item for item in value)
    return index_text("; ".join(split_language(item)[1] for item in items))


class _Shape(NamedTuple):
    """How the values of a record become the cells of a row.

    `cells`: the name of each column, and its content where there is no value.
    `converted`: the place and name of each column whose values SQLite cannot store, with the
    function that converts them.
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
    """Return a JSON list like json.dumps, which takes seconds for a million short lists."""
    return f"[{', '.join(map(encode_basestring, items))}]"


_CONVERTERS: dict[Kind, Callable[[Any], str]] = {
    "actors": lambda parts: _json_list(dict.fromkeys(part.actor for part in parts)),
    "date": lambda date: str(date.text),
    "list": _json_list,
}

_SHAPES: dict[str, _Shape] = {file.name: _shape(table_columns(file)) for file in FILES}


def _with_words(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with the words of each date added."""
    words = {f"{k}_words": v.describe() for k, v in values.items() if isinstance(v, EventDate)}
    return {**values, **words}


def _event_row(record: Record, dates: EventDates) -> list[Any]:
    values = record.values
    if "latitude" in values and "radius_km" not in values:
        values["radius_km"] = RADIUS_KM[values["location_precision"]]
    values.update(dates.cells(values["date"]), killed_open=0, wounded_open=0)
    return _SHAPES[EVENTS.name].row(values)


# "At least 17" has no upper bound. It may be the figure of the event, or the highest answer.
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
    """Fill killed_open and wounded_open, once events and claims are saved."""
    counting = sorted(COUNTING_STANDINGS)
    marks = ", ".join("?" * len(counting))
    for verb in VERBS:
        connection.execute(_MARK_OPEN.format(verb=verb, standings=marks), counting)


def _save_periods(connection: sqlite3.Connection) -> None:
    """Save the years and months from the first to the last day of all dates."""
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
        [(code, country_label(code)) for (code,) in codes],
    )


def save_build(connection: sqlite3.Connection, made_of: Mapping[str, str]) -> None:
    """Save what the database was made of, and that it was published once."""
    items = {**made_of, "serial": "1"}
    _insert(connection, "build", ("item", "value"), sorted(items.items()))
