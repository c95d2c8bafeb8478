"""Writes the index of a table: its dates read once, and the columns that its timeline shows.

The index is a SQLite file with a table of the same name and the same rows. It has the columns
that play a part, those by which events are grouped, and for each event its date as text, its
number among the distinct dates, its four days and its times. So a timeline asks the index what
it would ask a table of a chronology (sql/stored_dates.py).
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from datasette.utils import escape_sqlite

from datasette_event_timeline.config.columns import column_types
from datasette_event_timeline.config.declaration import STORED, Declaration
from datasette_event_timeline.sql import numbers
from datasette_event_timeline.sql.event_dates import read
from datasette_event_timeline.sql.stored_dates import (
    DATE_COLUMNS,
    DATES,
    DAYS,
    NUMBER,
    STRETCH_COLUMNS,
    STRETCHES,
    order_of_time,
    row_of,
    stretch_rows,
)
from edtf_dates import EventDate
from edtf_dates.four_days import read_text

VERSION = 1
META = "timeline_index"


def indexed(plain: Declaration, columns: Sequence[str]) -> Declaration:
    """Return the table of an index, which has these columns, as a timeline asks it."""
    return replace(plain, columns=tuple(columns), derived=True, stored=True, source=plain)


def copied_columns(plain: Declaration, also: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the columns that an index has of a table: keys, parts, lanes, and others named.

    Without a rowid it has all: nothing else leads from a row of the table to that of the index.
    """
    if not plain.has_rowid:
        return plain.columns
    wanted = (
        *(key for key in plain.keys if key != "rowid"),
        *plain.parts.values(),
        *(lane.column for lane in plain.lanes),
        *also,
    )
    return tuple(name for name in dict.fromkeys(wanted) if name in plain.columns)


def can_be_indexed(plain: Declaration) -> bool:
    """Tell whether a table has none of the columns that an index adds."""
    return {*plain.columns}.isdisjoint((*STORED, *DAYS, NUMBER)) and plain.table not in (
        *(DATES, STRETCHES, META),
    )


def has_collations(source: sqlite3.Connection, table: str) -> bool:
    """Tell whether a table compares texts in a way of its own, which an index would not."""
    found = source.execute("select sql from sqlite_master where name = ?", (table,)).fetchone()
    return bool(found and "collate" in (found[0] or "").lower())


def write_index(
    source: sqlite3.Connection, plain: Declaration, path: Path, said: Mapping[str, Any]
) -> int:
    """Write the index of a table into a new file; returns how many rows it has.

    `source` is a connection to the database. `said` is kept beside the rows, for whoever must
    know if the index is still of use; its `columns` are further ones by which events are chosen.
    """
    named = said.get("columns", ())
    columns = copied_columns(plain, named)
    with closing(sqlite3.connect(path)) as target:
        numbers.register(target)
        target.executescript("pragma journal_mode = off; pragma synchronous = off;")
        _create(source, target, plain, columns)
        dates = _Dates(plain)
        count = _copy(source, target, plain, columns, dates)
        dates.save(target)
        _create_indexes(target, plain, columns, named)
        target.execute(f"create table {META} (said text)")
        whole = {**said, "version": VERSION, "columns": columns, "asked": fingerprint(plain)}
        target.execute(f"insert into {META} values (?)", (json.dumps(whole),))  # noqa: S608  # a name of ours
        target.commit()
        target.execute("analyze")
        target.commit()
    return count


def fingerprint(plain: Declaration) -> str:
    """Return what must be the same for an index to be of use: the parts, and how dates are read."""
    return json.dumps([plain.reading.to_json(), plain.parts, plain.keys])


def _create(
    source: sqlite3.Connection,
    target: sqlite3.Connection,
    plain: Declaration,
    columns: Sequence[str],
) -> None:
    types = column_types(plain.table, source)
    primary = plain.primary_keys if len(plain.primary_keys) == 1 else ()
    defined = [f"{escape_sqlite(name)} {_type(types[name], name in primary)}" for name in columns]
    added = [*STORED, *(f"{day} integer" for day in DAYS)]
    body = ", ".join([*defined, *added, f"{NUMBER} integer"])
    target.execute(f"create table {escape_sqlite(plain.table)} ({body})")
    numbered = ", ".join(DATE_COLUMNS[1:])
    target.execute(f"create table {DATES} (number integer primary key, {numbered})")
    stretches = ", ".join(f"{name} integer" for name in STRETCH_COLUMNS)
    target.execute(f"create table {STRETCHES} ({stretches}, primary key (date, stretch))")


def _type(declared: str, is_primary: bool) -> str:
    # Only so does a column stand for the rowid here too.
    is_rowid = is_primary and declared.lower() == "integer"
    return "integer primary key" if is_rowid else _affinity(declared)


def _affinity(declared: str) -> str:
    """Return a type of the same affinity (https://www.sqlite.org/datatype3.html, section 3.1)."""
    name = declared.upper()
    if "INT" in name:
        return "integer"
    if any(part in name for part in ("CHAR", "CLOB", "TEXT")):
        return "text"
    if not name or "BLOB" in name:
        return ""
    return "real" if any(part in name for part in ("REAL", "FLOA", "DOUB")) else "numeric"


class _Dates:
    """The dates of the rows, each distinct one read and numbered once."""

    def __init__(self, plain: Declaration) -> None:
        self._reading = plain.reading.to_json()
        self._by_cells: dict[tuple[object, ...], tuple[object, ...]] = {}
        self._numbers: dict[str, int] = {}
        self._dates: list[EventDate] = []

    def of(self, cells: tuple[object, ...]) -> tuple[object, ...]:
        """Return what the index has of a date: STORED, DAYS and NUMBER."""
        found = self._by_cells.get(cells)
        if found is None:
            found = self._by_cells[cells] = self._read(cells)
        return found

    def _read(self, cells: tuple[object, ...]) -> tuple[object, ...]:
        found = read(self._reading, *cells)
        if found.text is None:
            # What is no date is shown as it stands.
            texts = [None if isinstance(cell, bytes | None) else str(cell) for cell in cells]
            return (*found, json.dumps(texts), *(None for _ in DAYS), None)
        date = read_text(found.text)
        days = (getattr(date, day) for day in DAYS)
        return (*found, None, *days, self._number(date))

    def _number(self, date: EventDate) -> int:
        number = self._numbers.setdefault(date.text, len(self._numbers) + 1)
        if number > len(self._dates):
            self._dates.append(date)
        return number

    def save(self, target: sqlite3.Connection) -> None:
        numbered = [*enumerate(self._dates, 1)]
        rows = (row_of(number, date) for number, date in numbered)
        _insert(target, DATES, len(DATE_COLUMNS), rows)
        stretches = (row for number, date in numbered for row in stretch_rows(number, date))
        _insert(target, STRETCHES, len(STRETCH_COLUMNS), stretches)


def _copy(
    source: sqlite3.Connection,
    target: sqlite3.Connection,
    plain: Declaration,
    columns: Sequence[str],
    dates: _Dates,
) -> int:
    names = [*(["rowid"] if plain.has_rowid else []), *map(escape_sqlite, columns)]
    cells = [escape_sqlite(name) for name in plain.date_cells]
    sql = f"select {', '.join([*names, *cells])} from {escape_sqlite(plain.table)}"  # noqa: S608  # names are escaped
    split = len(names)
    rows = ((*row[:split], *dates.of(tuple(row[split:]))) for row in source.execute(sql))
    into = f"{escape_sqlite(plain.table)} ({', '.join([*names, *STORED, *DAYS, NUMBER])})"
    _insert(target, into, split + len(STORED) + len(DAYS) + 1, rows)
    (count,) = target.execute(f"select count(*) from {escape_sqlite(plain.table)}").fetchone()  # noqa: S608  # as above
    return int(count)


def _insert(
    target: sqlite3.Connection, into: str, width: int, rows: Iterator[tuple[object, ...]]
) -> None:
    target.executemany(f"insert into {into} values ({', '.join('?' * width)})", rows)  # noqa: S608  # names are escaped


def _create_indexes(
    target: sqlite3.Connection, plain: Declaration, columns: Sequence[str], named: Iterable[str]
) -> None:
    """Create an index for each column that events are grouped by, and for each order of a list.

    The map asks of each window, and of each value of such a column, which places it has.
    """
    table, view = escape_sqlite(plain.table), indexed(plain, columns)
    grouped = {*named, *(lane.column for lane in plain.lanes), *filter(None, (plain.kind,))}
    placed = ", ".join([NUMBER, *(view.point_sql or ())])
    keyed = [f"{escape_sqlite(name)}, {placed}" for name in sorted(grouped)]
    time = view.start_time_sql if view.has_times else ""
    in_time = order_of_time(DAYS[0], DAYS[3], time=time)
    for n, expressions in enumerate([placed, *keyed, f"{view.weight_sql} desc", in_time]):
        target.execute(f"create index timeline_{n} on {table} ({expressions})")
