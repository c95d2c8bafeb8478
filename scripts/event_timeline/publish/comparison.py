"""Compares a database with the curated files, row by row, for `event-timeline verify`.

The files are built into a new database, and the two are compared in SQL, so that the memory
does not grow with the number of rows.
"""

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from edtf_dates.quoting import shorten
from event_timeline import __version__
from event_timeline.curated.columns import FILES, SEARCHED
from event_timeline.database.connections import DamagedError, connect
from event_timeline.database.integrity import APPLICATION_ID, FULL_CHECK_EVENTS

# So many differences of a table are printed; the others are counted.
MOST_LINES = 10
LOCK_TIMEOUT_SECONDS = 30

_SEARCH_TABLES = frozenset(f"{table}_search" for table in SEARCHED)
# A full-text index is several tables of numbers, which are reported as one.
_INDEXES = tuple(f"{table}_fts" for table in sorted(_SEARCH_TABLES))
_BUILD = "build"
# Texts longer than _LONG are shown from _BEFORE characters before the first difference.
_LONG, _BEFORE = 60, 20


class ComparisonError(Exception):
    """The database cannot be compared; says why and what to do."""


class _Table(NamedTuple):
    """A table of the new database: its key, and its other columns."""

    name: str
    key: tuple[str, ...]
    others: tuple[str, ...]


def compare(database: Path, build: Callable[[Path], object]) -> list[str]:
    """Return how a database differs from the curated files, in words; nothing if they agree.

    `build` builds the files into the new database at a path. The build's serial, which
    counts publications, is not compared. Raises ComparisonError if the database cannot be
    compared, and what `build` raises.
    """
    if not database.is_file():
        raise ComparisonError(f"there is no {database}: build it with event-timeline build")
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "fresh.db"
        build(fresh)
        with _reading(database, fresh) as connection:
            return list(_differences(connection))


@contextmanager
def _reading(database: Path, fresh: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection to the new database (`main`) and the other (`held`), in a transaction."""
    try:
        with closing(connect(_uri(fresh), uri=True, isolation_level=None)) as connection:
            connection.execute(f"pragma busy_timeout = {LOCK_TIMEOUT_SECONDS * 1000}")
            connection.execute("attach ? as held", (_uri(database),))
            connection.execute("begin")
            _check_ours(connection, database)
            yield connection
    except sqlite3.Error as error:
        raise ComparisonError(_message(database, error)) from error


def _uri(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro"


def _check_ours(connection: sqlite3.Connection, database: Path) -> None:
    # This reads the file for the first time, and so begins the transaction.
    connection.execute("select count(*) from held.sqlite_schema").fetchone()
    if connection.execute("pragma held.application_id").fetchone() != (APPLICATION_ID,):
        raise ComparisonError(
            f"{database} is not a database that event-timeline built: name another file"
        )


def _message(database: Path, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_NOTADB:
        return f"{database} is not a database that event-timeline built: name another file"
    if code == sqlite3.SQLITE_CORRUPT:
        return f"{database} is damaged ({error}): move it away and build it again"
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{database} is locked by another program: try again when that is done"
    return f"{database} cannot be read: {error}"


def _differences(connection: sqlite3.Connection) -> Iterator[str]:
    yield from _compare_build(connection)
    yield from _compare_schemas(connection)
    tables = _tables(connection)
    _check_whole(connection, tables)
    for table in tables:
        yield from _compare_table(connection, table)
    for name in _INDEXES:
        yield from _compare_index(connection, name)


def _check_whole(connection: sqlite3.Connection, tables: list[_Table]) -> None:
    """Raise DamagedError if a table and its indexes disagree; the comparison relies on them."""
    events = connection.execute("select count(*) from main.events").fetchone()[0]
    check = "integrity_check" if events < FULL_CHECK_EVENTS else "quick_check"
    for table in tables:
        [answer] = connection.execute(f"pragma held.{check}({table.name})").fetchone()
        if answer != "ok":
            raise DamagedError(str(answer))


def _compare_build(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield how the version and the files differ from those recorded in the table `build`."""
    if not _comparable(connection, _Table(_BUILD, ("item",), ("value",))):
        return
    sql = "select item, value from {}.build where item <> 'serial'"
    fresh = dict(connection.execute(sql.format("main")))
    held = dict(connection.execute(sql.format("held")))
    version = held.pop("event_timeline", "an unknown version")
    fresh.pop("event_timeline")
    if version != __version__:
        yield (
            f"{_BUILD}: made by event-timeline {_shown(version)}, this is {__version__}: "
            "differences may be the version's"
        )
    for item in sorted(held.keys() | fresh.keys()):
        if item not in fresh:
            yield f"{_BUILD}: made with {_shown(item)}, which does not exist"
        elif item not in held:
            yield f"{_BUILD}: made without {item}, which exists"
        elif held[item] != fresh[item]:
            yield f"{_BUILD}: made with other content of {item}"


def _shown(text: object) -> str:
    word = str(text)
    return word if word.isprintable() else shorten(word)


_SCHEMA_SQL = """
select type, name, sql
from {}.sqlite_schema
where name not like 'sqlite%'
order by name
"""


def _compare_schemas(connection: sqlite3.Connection) -> Iterator[str]:
    fresh = {(t, n): sql for t, n, sql in connection.execute(_SCHEMA_SQL.format("main"))}
    held = {(t, n): sql for t, n, sql in connection.execute(_SCHEMA_SQL.format("held"))}
    for kind, name in sorted(fresh.keys() | held.keys(), key=str):
        what = f"{kind} {_shown(name)}"
        if (kind, name) not in held:
            yield f"{what}: the database does not have it"
        elif (kind, name) not in fresh:
            yield f"{what}: a build does not make it"
        elif fresh[kind, name] != held[kind, name]:
            yield f"{what}: is defined differently in a build"


def _tables(connection: sqlite3.Connection) -> list[_Table]:
    """Return the tables to compare, the curated ones first, without the full-text indexes."""
    sql = "select name from main.sqlite_schema where type = 'table' order by rowid"
    names = [name for (name,) in connection.execute(sql) if not name.startswith(_INDEXES)]
    curated = [file.name for file in FILES]
    ordered = [*curated, *(name for name in names if name not in {*curated, _BUILD})]
    return [table for name in ordered if _comparable(connection, table := _table(connection, name))]


def _table(connection: sqlite3.Connection, name: str, schema: str = "main") -> _Table:
    sql = "select name, pk from pragma_table_info(?, ?) order by cid"
    columns = connection.execute(sql, (name, schema)).fetchall()
    keyed = sorted((place, column) for column, place in columns if place)
    others = tuple(column for column, place in columns if not place)
    return _Table(name, tuple(column for _, column in keyed), others)


def _comparable(connection: sqlite3.Connection, table: _Table) -> bool:
    """Whether the database has the table; if not, that is a difference of the schemas."""
    sql = "select 1 from held.sqlite_schema where type = 'table' and name = ?"
    if not connection.execute(sql, (table.name,)).fetchone():
        return False
    held = _table(connection, table.name, "held")
    return held.key == table.key and set(held.others) >= set(table.others)


def _compare_table(connection: sqlite3.Connection, table: _Table) -> Iterator[str]:
    lines = _table_lines(connection, table)
    if table.name not in _SEARCH_TABLES:
        yield from _cut(table.name, lines)
    elif next(lines, ""):
        # These are numbers and folded texts: differences of the table itself say more.
        yield f"{table.name}: the search texts are not those of the files"


def _compare_index(connection: sqlite3.Connection, name: str) -> Iterator[str]:
    sql = "select name from main.sqlite_schema where name glob ? and sql not like '% virtual %'"
    shadows = [_table(connection, n) for (n,) in connection.execute(sql, (f"{name}_*",))]
    present = [table for table in shadows if _comparable(connection, table)]
    if any(next(_table_lines(connection, table), "") for table in present):
        yield f"{name}: the full-text index does not match the files"


def _cut(name: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield the first lines about a table, and the number of the others."""
    rest = 0
    for number, line in enumerate(lines):
        if number < MOST_LINES:
            yield f"{name}: {line}"
        else:
            rest += 1
    if rest:
        yield f"{name}: and {rest} more"


def _table_lines(connection: sqlite3.Connection, table: _Table) -> Iterator[str]:
    """Yield the differences of a table: missing rows, surplus rows, then cells."""
    sql = _sql(table)
    for key in connection.execute(sql.missing):
        yield f"{_row(table, key)}: this row is in the files, but not in the database"
    for key in connection.execute(sql.surplus):
        yield f"{_row(table, key)}: this row is in the database, but not in the files"
    if table.others:
        for row in connection.execute(sql.changed):
            yield from _cell_lines(table, row)


class _Sql(NamedTuple):
    missing: str
    surplus: str
    changed: str


def _sql(table: _Table) -> _Sql:
    """Return the queries for a table of the build, whose names are safe in SQL.

    The build's column comes first in each comparison, because SQLite uses its collation.
    """
    same = " and ".join(f'fresh."{name}" = held."{name}"' for name in table.key)
    differ = " or ".join(f'fresh."{name}" is not held."{name}"' for name in table.others)
    fresh_from, held_from = f'main."{table.name}" fresh', f'held."{table.name}" held'

    def columns(side: str, names: Sequence[str]) -> str:
        return ", ".join(f'{side}."{name}"' for name in names)

    both = f"{columns('fresh', table.others)}, {columns('held', table.others)}"
    return _Sql(
        f"select {columns('fresh', table.key)} from {fresh_from} "  # noqa: S608
        f"where not exists (select 1 from {held_from} where {same})",
        f"select {columns('held', table.key)} from {held_from} "  # noqa: S608
        f"where not exists (select 1 from {fresh_from} where {same})",
        f"select {columns('fresh', table.key)}, {both} "  # noqa: S608
        f"from {fresh_from} cross join {held_from} where {same} and ({differ})",
    )


def _row(table: _Table, key: Sequence[object]) -> str:
    """Return the id of a row, or the columns and values of its key."""
    if len(key) == 1:
        return _shown(key[0])
    return ", ".join(f"{name} {_shown(v)}" for name, v in zip(table.key, key, strict=True))


def _cell_lines(table: _Table, row: Sequence[object]) -> Iterator[str]:
    width = len(table.others)
    key, fresh, held = row[: len(table.key)], row[-2 * width : -width], row[-width:]
    for name, ours, theirs in zip(table.others, fresh, held, strict=True):
        if ours != theirs or type(ours) is not type(theirs):
            has, say = _pair(theirs, ours)
            yield f"{_row(table, key)}: {name}: the database has {has}, the files say {say}"


def _pair(one: object, other: object) -> tuple[str, str]:
    """Return two cells as they are shown, long texts from shortly before they differ."""
    if isinstance(one, str) and isinstance(other, str) and max(len(one), len(other)) > _LONG:
        pairs = enumerate(zip(one, other, strict=False))
        place = next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
        start = max(0, place - _BEFORE)
        lead = "…" if start else ""
        return shorten(lead + one[start:], _LONG), shorten(lead + other[start:], _LONG)
    return _cell(one), _cell(other)


def _cell(value: object) -> str:
    if value is None:
        return "nothing"
    return shorten(value, _LONG) if isinstance(value, str) else shorten(str(value))[1:-1]
