"""What the columns of a table hold: looked at once for each state of its file."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from datasette.utils import detect_fts, detect_primary_keys, escape_sqlite, table_columns

# So many rows are looked at to guess what a column is.
_SAMPLE = 500
# Of longer texts none is a date, a number or a name.
_LONGEST = 200
# Of dates, so many distinct ones are read to decide how they are written.
MOST_DATES = 20_000


class Schema(NamedTuple):
    """The tables and views of a database, and what one of them is like.

    `keys`: the columns that tell its rows apart; none of a view that has no column `id`.
    """

    names: frozenset[str]
    columns: tuple[str, ...]
    primary_keys: tuple[str, ...]
    keys: tuple[str, ...]
    has_rowid: bool
    fts_table: str | None


def read_schema(table: str, connection: sqlite3.Connection) -> Schema:
    """Return what a table or view is like; without columns if there is none of that name."""
    kinds = dict(
        connection.execute("select name, type from sqlite_master where type in ('table', 'view')")
    )
    if table not in kinds:
        return Schema(frozenset(kinds), (), (), (), has_rowid=False, fts_table=None)
    columns = tuple(table_columns(connection, table))
    is_view = kinds[table] == "view"
    primary_keys = () if is_view else tuple(detect_primary_keys(connection, table))
    return Schema(
        names=frozenset(kinds),
        columns=columns,
        primary_keys=primary_keys,
        keys=_ids_among(columns) if is_view else primary_keys or ("rowid",),
        has_rowid=not is_view and _has_rowid(table, connection),
        fts_table=detect_fts(connection, table),
    )


def _has_rowid(table: str, connection: sqlite3.Connection) -> bool:
    try:
        connection.execute(f"select rowid from {escape_sqlite(table)} limit 0")  # noqa: S608  # names are escaped
    except sqlite3.OperationalError:
        return False
    return True


def _ids_among(columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in columns if name.lower() in ("id", "rowid"))[:1]


def column_types(table: str, connection: sqlite3.Connection) -> dict[str, str]:
    """Return the type that each column of a table or view is declared with, blank for none."""
    rows = connection.execute("select name, type from pragma_table_info(?)", (table,))
    return {name: declared or "" for name, declared in rows}


class Sample(NamedTuple):
    """What a column holds in the first rows: its cells, and the numbers in them or None."""

    cells: list[object]
    numbers: list[object]


def sample(
    table: str, columns: Sequence[str], connection: sqlite3.Connection
) -> Mapping[str, Sample]:
    """Return what the columns hold in the first rows; of a blob or a long text, None."""
    names = [*map(escape_sqlite, columns)]
    short = [
        f"iif(typeof({name}) = 'blob' or length({name}) > {_LONGEST}, null, {name})"
        for name in names
    ]
    selected = ", ".join([*short, *(f"plain_number({name})" for name in names)])
    sql = f"select {selected} from {escape_sqlite(table)} limit {_SAMPLE}"  # noqa: S608  # names are escaped
    rows = [*connection.execute(sql)]
    return {
        name: Sample([row[n] for row in rows], [row[n + len(names)] for row in rows])
        for n, name in enumerate(columns)
    }


def date_rows(
    table: str, columns: Sequence[str], connection: sqlite3.Connection
) -> list[tuple[object, ...]]:
    """Return what a row's cells of these columns are, each distinct row once, the first of them."""
    names = ", ".join(map(escape_sqlite, columns))
    sql = f"select distinct {names} from {escape_sqlite(table)} limit {MOST_DATES}"  # noqa: S608  # names are escaped
    return [tuple(row) for row in connection.execute(sql)]


def texts_among(
    table: str, columns: Sequence[str], connection: sqlite3.Connection
) -> frozenset[str]:
    """Return those of some columns of numbers that hold texts too, in the first rows."""
    return frozenset(name for name in columns if _has_text(table, name, connection))


def _has_text(table: str, column: str, connection: sqlite3.Connection) -> bool:
    cells = f"select {escape_sqlite(column)} as cell from {escape_sqlite(table)} limit {MOST_DATES}"  # noqa: S608  # names are escaped
    sql = f"select 1 from ({cells}) where typeof(cell) = 'text' limit 1"  # noqa: S608  # as above
    return connection.execute(sql).fetchone() is not None
