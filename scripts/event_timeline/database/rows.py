"""Checked records into the rows of events.db."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
from event_timeline.database.search import SEARCHED, index_text

_BATCH = 1_000


# Each curated file with its records.
Files = Iterable[tuple[CuratedFile, Iterator[Record]]]
# The number of rows by table.
Counts = Counter[str]


@dataclass
class _Names:
    """Ids by name, for actors and sources that have no curated file and get bare rows.

    Sources are saved before anything that cites them, actors before the events.
    """

    actor_ids: dict[str, str] = field(default_factory=dict)
    bare_actors: dict[str, str] = field(default_factory=dict)
    bare_sources: dict[str, None] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def actor_id(self, name: str) -> str:
        """Return the id of an actor; one without a row gets a bare one."""
        if name not in self.actor_ids:
            self.actor_ids[name] = self.bare_actors[name] = self._free_id(slug(name))
            self.taken.add(self.actor_ids[name])
        return self.actor_ids[name]

    def _free_id(self, wanted: str) -> str:
        number, free = 1, wanted
        while free in self.taken:
            number += 1
            free = f"{wanted}-{number}"
        return free


def save_everything(connection: sqlite3.Connection, files: Files) -> Counts:
    """Save the records of all files, and what follows from them; return the rows by table."""
    counts, names, dates = Counts(), _Names(), EventDates()
    connection.execute("begin")
    for file, records in files:
        while batch := list(islice(records, _BATCH)):
            _save_batch(connection, file, batch, counts, names, dates)
    _save_bare_rows(connection, counts, names)
    _save_countries(connection)
    _save_periods(connection)
    connection.execute("commit")
    return counts


def _save_batch(
    connection: sqlite3.Connection,
    file: CuratedFile,
    batch: list[Record],
    counts: Counts,
    names: _Names,
    dates: EventDates,
) -> None:
    first = counts[file.name] + 1
    if file is EVENTS:
        rows = [_event_row(record, dates) for record in batch]
    else:
        rows = [_SHAPES[file.name].row(_with_words(record.values)) for record in batch]
    if file is ACTORS:
        names.actor_ids.update({r.values["name"]: r.id for r in batch})
    _insert(connection, file.name, _COLUMNS[file.name], rows)
    if file.name in SEARCHED:
        _insert_search(connection, file.name, batch, first)
    counts[file.name] += len(rows)
    if file is EVENTS:
        _save_links(connection, batch, counts, names)
        counts.update(dates.save(connection))
    if file is CLAIMS:
        _cite(counts, names, (r.values["source"] for r in batch))


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
        return value and index_text(value)
    items = (item.actor if isinstance(item, Part) else item for item in value)
    return index_text("; ".join(split_language(item)[1] for item in items))


def _save_links(
    connection: sqlite3.Connection, batch: list[Record], counts: Counts, names: _Names
) -> None:
    actors = [
        (record.id, names.actor_id(part.actor), part.role)
        for record in batch
        for part in record.values.get("actors", ())
    ]
    sources = [(r.id, source) for r in batch for source in r.values["sources"]]
    _cite(counts, names, (source for _, source in sources))
    _insert(connection, "event_actors", ("event", "actor", "role"), actors)
    _insert(connection, "event_sources", ("event", "source"), sources)
    counts["event_actors"] += len(actors)
    counts["event_sources"] += len(sources)


def _cite(counts: Counts, names: _Names, sources: Iterable[str]) -> None:
    """Remember sources that need a bare row: all, if there are no rows of sources."""
    if not counts[SOURCES.name]:
        names.bare_sources.update(dict.fromkeys(sources))


def _save_bare_rows(connection: sqlite3.Connection, counts: Counts, names: _Names) -> None:
    """Give the actors and sources of events.csv bare rows where they have no file."""
    actors = [{"id": row_id, "name": name} for name, row_id in names.bare_actors.items()]
    _save_bare(connection, ACTORS, actors, counts)
    sources = [{"id": row_id, "publisher": row_id} for row_id in names.bare_sources]
    _save_bare(connection, SOURCES, sources, counts)


def _save_bare(
    connection: sqlite3.Connection, file: CuratedFile, bare: list[dict[str, str]], counts: Counts
) -> None:
    records = [
        Record(0, values["id"], {"kind": UNKNOWN, **values})
        for values in sorted(bare, key=lambda values: values["id"])
    ]
    rows = [_SHAPES[file.name].row(record.values) for record in records]
    _insert(connection, file.name, _COLUMNS[file.name], rows)
    _insert_search(connection, file.name, records, counts[file.name] + 1)
    counts[file.name] += len(rows)


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
        [(code, country_label(code)) for (code,) in codes],
    )


def save_build(connection: sqlite3.Connection, made_of: Mapping[str, str]) -> None:
    """Save what the database was made of, and that it was published once."""
    items = {**made_of, "serial": "1"}
    _insert(connection, "build", ("item", "value"), sorted(items.items()))
