"""Builds of a database: each is one file, opened once, and never changed while it is read.

A publication moves a new file to the path. A connection that is open goes on reading the old
one; a new connection would read the new one. So all connections to a build are opened when
it is first seen. They are closed when nobody holds the build any more.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from datasette_event_timeline.serving.memory import Memory
from datasette_event_timeline.serving.worker import Inode

Connect = Callable[[], sqlite3.Connection]
_MOST_ATTEMPTS = 20


class Stamp(NamedTuple):
    """What tells a build from the next, be it another file or, written by hand, the same."""

    inode: Inode
    size: int
    changed_ns: int


def stamp_of(path: str) -> Stamp:
    """Return the stamp of the file at a path; raises OSError if there is none."""
    found = Path(path).stat()
    return Stamp((found.st_dev, found.st_ino), found.st_size, found.st_mtime_ns)


class Build:
    """One file with all its connections, as many as there are threads for SQL."""

    def __init__(self, stamp: Stamp, connections: list[sqlite3.Connection]) -> None:
        self._connections = connections
        self.stamp = stamp
        self.serial = _read_serial(connections[0])
        # Only what is never written to again can be remembered.
        self.memory = Memory() if self.serial and _is_one_file(connections[0]) else None
        self._free: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        for connection in connections:
            self._free.put(connection)

    def __del__(self) -> None:
        for connection in self._connections:
            connection.close()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that nobody else uses meanwhile."""
        taken = self._free.get()
        try:
            yield taken
        finally:
            self._free.put(taken)


def open_build(path: str, connect: Connect, number: int) -> Build:
    """Open the file that is at `path` now, so many connections of it.

    Raises OSError if there is none, and what SQLite raises.
    """
    for _ in range(_MOST_ATTEMPTS):
        stamp = stamp_of(path)
        connections = [connect() for _ in range(number)]
        if stamp_of(path) == stamp:
            return Build(stamp, connections)
        for connection in connections:
            connection.close()
    raise sqlite3.OperationalError(f"{path} is replaced again and again")


def _read_serial(connection: sqlite3.Connection) -> str | None:
    with suppress(sqlite3.OperationalError):
        row = connection.execute("select value from build where item = 'serial'").fetchone()
        return str(row[0]) if row else None
    return None


def _is_one_file(connection: sqlite3.Connection) -> bool:
    """Tell whether a database has no log beside it, through which it changes in place."""
    return bool(connection.execute("pragma journal_mode").fetchone()[0] != "wal")
