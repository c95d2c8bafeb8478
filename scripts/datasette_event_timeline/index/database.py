"""Indexes as they are used: one beside the database, or one made when it is first asked for."""

import asyncio
import hashlib
import json
import logging
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

from datasette.database import Database
from datasette.utils import escape_sqlite, sqlite_timelimit, tilde_encode

from datasette_event_timeline.config.declaration import CHOICES, Declaration, groupings
from datasette_event_timeline.index.build import (
    META,
    VERSION,
    can_be_indexed,
    copied_columns,
    fingerprint,
    has_collations,
    indexed,
    write_index,
)
from datasette_event_timeline.serving.memory import Memory, recall_of_file, state_of_file
from datasette_event_timeline.urls import CHRONOLOGY

if TYPE_CHECKING:
    from datasette.app import Datasette

# The index of a table of no more rows is made when its timeline is first asked for.
MOST_ROWS = 50_000
# To read such a table may take so many times what a statement of a visitor may.
_MOST_LIMITS = 10
_BY_ROWID = ("_search", "_where", "_through")
_SERIAL = count(1)
_LOG = logging.getLogger(__name__)
_LOCKS: "WeakKeyDictionary[Database, asyncio.Lock]" = WeakKeyDictionary()


class IndexDatabase(Database):  # type: ignore[misc]
    """The file of an index. It is never written to again, so that answers can be remembered."""

    def __init__(self, datasette: "Datasette", path: Path, folder: object = None) -> None:
        super().__init__(datasette, path=str(path), is_mutable=False)
        # Datasette keeps connections by name: no two files may have the same.
        self.name = self.route = f"{path.name}-{next(_SERIAL)}"
        self.memory = Memory()
        # The folder of a file that is ours goes with it.
        self._folder = folder

    def __del__(self) -> None:
        self.close()


async def with_index(
    datasette: "Datasette", plain: Declaration, parameters: Collection[str]
) -> Declaration:
    """Return the table of the index of a table with dates; the table itself where there is none.

    It is the one beside the database, if that is not stale, or else one that is made for a table
    of at most MOST_ROWS rows. `parameters` are those of the address: columns that a visitor
    chooses are read from the table, so that nobody can ask for one index after the other.
    """
    db = datasette.get_database(plain.database)
    # A chronology is read within the limits of its own (serving/database.py).
    if plain.derived or plain.path == CHRONOLOGY or not db.path or not can_be_indexed(plain):
        return plain
    if any(f"_{part}" in parameters for part in CHOICES):
        return plain
    # Rows that these choose can only be told by their rowids.
    if not plain.has_rowid and any(name.startswith(_BY_ROWID) for name in parameters):
        return plain
    beside = index_path(str(db.path), plain.table)
    written = beside.stat().st_mtime_ns if beside.exists() else None
    find = partial(_find, datasette, db, plain, beside)
    async with _LOCKS.setdefault(db, asyncio.Lock()):
        return await recall_of_file(db, ("index", plain, written), find)


async def _find(
    datasette: "Datasette", db: Database, plain: Declaration, beside: Path
) -> Declaration:
    if beside.exists():
        if await db.execute_fn(partial(_is_of_use, beside, plain, state_of_file(str(db.path)))):
            return _view(plain, IndexDatabase(datasette, beside))
        _LOG.warning("%s is stale and not used: write it again with event-timeline index", beside)
    facets = datasette.table_metadata(plain.database, plain.table).get("facets", ())
    columns = [one.column for one in groupings(facets)]
    most_ms = _MOST_LIMITS * datasette.setting("sql_time_limit_ms")
    folder = TemporaryDirectory(prefix="timeline-", ignore_cleanup_errors=True)
    path = Path(folder.name) / f"{tilde_encode(plain.table)}.timeline"
    if await db.execute_fn(partial(_make, plain, path, columns, most_ms)):
        return _view(plain, IndexDatabase(datasette, path, folder))
    return plain


def _view(plain: Declaration, index: IndexDatabase) -> Declaration:
    columns = read_said(Path(str(index.path)))["columns"]
    return replace(indexed(plain, columns), index=index)


def index_path(database: str, table: str) -> Path:
    """Return where the index of a table is, beside its database.

    It does not end with `.db`, so that no Datasette takes it for a database to be served.
    """
    path = Path(database)
    return path.with_name(f"{path.stem}.{tilde_encode(table)}.timeline")


def _make(
    plain: Declaration,
    path: Path,
    columns: Sequence[str],
    most_ms: int,
    connection: sqlite3.Connection,
) -> bool:
    """Write the index of a table that is not too large; tells whether it was written."""
    first = f"select 1 from {escape_sqlite(plain.table)} limit {MOST_ROWS + 1}"  # noqa: S608  # names are escaped
    with sqlite_timelimit(connection, most_ms):
        try:
            (rows,) = connection.execute(f"select count(*) from ({first})").fetchone()  # noqa: S608  # as above
            if rows > MOST_ROWS or has_collations(connection, plain.table):
                return False
            write_index(connection, plain, path, {"columns": columns})
        except sqlite3.OperationalError as error:
            if str(error) != "interrupted":
                raise
            return False
    return True


def _is_of_use(
    path: Path, plain: Declaration, state: object, connection: sqlite3.Connection
) -> bool:
    """Tell whether an index beside a database is of this table as it is now, and so asked."""
    said = read_said(path)
    if said.get("version") != VERSION or said.get("asked") != fingerprint(plain):
        return False
    if said.get("state") == json.loads(json.dumps(state)):
        return True
    return bool(said.get("stamp") == stamp_of_rows(connection, plain, said["columns"]))


def read_said(path: Path) -> dict[str, Any]:
    """Return what an index says of itself; nothing if it is no index."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as index:
            found = index.execute(f"select said from {META}").fetchone()  # noqa: S608  # a name of ours
    except sqlite3.DatabaseError:
        return {}
    said: dict[str, Any] = json.loads(found[0]) if found else {}
    return said


def write_beside(
    plain: Declaration, database: Path, columns: Sequence[str], connection: sqlite3.Connection
) -> Path:
    """Write the index of a table beside its database, in place of one that is there.

    Raises ValueError for a table that cannot have one.
    """
    if has_collations(connection, plain.table) or not can_be_indexed(plain):
        raise ValueError(f"{plain.table} has a collation, or columns called as those of an index")
    beside = index_path(str(database), plain.table)
    partly = beside.with_name(f"{beside.name}.part")
    partly.unlink(missing_ok=True)
    said = {
        "columns": columns,
        "state": state_of_file(str(database)),
        "stamp": stamp_of_rows(connection, plain, copied_columns(plain, columns)),
    }
    write_index(connection, plain, partly, said)
    partly.replace(beside)
    return beside


def stamp_of_rows(
    connection: sqlite3.Connection, plain: Declaration, columns: Sequence[str]
) -> str:
    """Return what changes if any cell does that an index has been made of."""
    names = ", ".join(map(escape_sqlite, [*columns, *plain.date_cells]))
    digest = hashlib.sha256()
    for row in connection.execute(f"select {names} from {escape_sqlite(plain.table)}"):  # noqa: S608  # names are escaped
        digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
