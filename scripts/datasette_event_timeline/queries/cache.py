"""What was asked of a database once, and holds until anything is written to it.

Panning and zooming ask again and again for what no window changes. Only of a database that
numbers its builds is anything kept, and none of it is given out once a byte was written to it.
"""

import sqlite3
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from datasette.database import Database

Version = tuple[Hashable, ...]
Key = tuple[Version, Hashable]
Found = TypeVar("Found")

# Of all questions and answers kept of a database.
MOST_BYTES = 64_000_000
# An answer that takes more than such a part of them would drop too many others.
_LEAST_ANSWERS = 8


class Memory:
    """Answers by version and question; of too many, those not asked for longest are dropped."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._answers: OrderedDict[Key, tuple[Any, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._answers)

    def __contains__(self, key: Key) -> bool:
        return key in self._answers

    def __getitem__(self, key: Key) -> Any:
        self._answers.move_to_end(key)
        return self._answers[key][0]

    def keep(self, key: Key, found: object) -> None:
        """Keep an answer, unless it is too large; nobody may change it from then on."""
        most = self._most_bytes // _LEAST_ANSWERS
        size = _weigh((key, found), most)
        if size > most:
            return
        _, replaced = self._answers.pop(key, (None, 0))
        self._answers[key] = (found, size)
        self._bytes += size - replaced
        while self._bytes > self._most_bytes:
            _, (_, dropped) = self._answers.popitem(last=False)
            self._bytes -= dropped


def _weigh(value: object, most: int) -> int:
    """Return about how many bytes a value takes with all that it holds; of too many, only some."""
    found, left = 0, [value]
    while left and found <= most:
        one = left.pop()
        found += sys.getsizeof(one)
        if isinstance(one, dict):
            left += [*one, *one.values()]
        elif isinstance(one, list | tuple):
            left += one
    return found


_MEMORIES: "WeakKeyDictionary[Database, Memory]" = WeakKeyDictionary()


def memory_of(db: "Database") -> Memory:
    """Return what is remembered of a database, as long as it is served."""
    return _MEMORIES.setdefault(db, Memory())


async def recall(
    db: "Database",
    version: Version | None,
    question: Hashable,
    find: Callable[[], Awaitable[Found]],
) -> Found:
    """Return the answer to a question about a version, found now if it is not remembered.

    Nobody may change what is returned. Without a version nothing is remembered, nor what was
    found while another version came.
    """
    if version is None:
        return await find()
    memory, key = memory_of(db), (version, question)
    if key in memory:
        remembered: Found = memory[key]
        return remembered
    found = await find()
    if await version_of(db) == version:
        memory.keep(key, found)
    return found


async def version_of(db: "Database") -> Version | None:
    """Return what tells apart all states of a database; None if it does not number its builds.

    It is another as soon as a commit can be read, and not before.
    """
    if not db.path:
        return None
    with suppress(sqlite3.Error):
        observer = _OBSERVERS.get(db) or _OBSERVERS.setdefault(db, _Observer(db.connect()))
        found: Version | None = await db.execute_fn(lambda _: observer.version())
        return found
    return None


class _Observer:
    """Sees what is committed to a database, on a connection of its own.

    SQLite counts for each connection the commits of others that it has come to see
    (https://www.sqlite.org/pragma.html#pragma_data_version). The times of files tell less: one
    that is written ahead has changed before what was written can be read.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = Lock()

    def version(self) -> Version | None:
        """Return the numbers of the build and of the commits seen; None without a build's."""
        with self._lock:
            serial = _read_serial(self._connection)
            (commits,) = self._connection.execute("pragma data_version").fetchone()
        return None if serial is None else (serial, commits)


_OBSERVERS: "WeakKeyDictionary[Database, _Observer]" = WeakKeyDictionary()


# The database that the request at hand reads, and the build it reads of it.
_reading: "ContextVar[tuple[Database | None, str]]" = ContextVar("reading", default=(None, ""))
# What was found once of a build, by question, with the number of the build.
_FOUND: "WeakKeyDictionary[Database, dict[Hashable, tuple[str, Any]]]" = WeakKeyDictionary()


@contextmanager
def reading(db: "Database | None", serial: str) -> Iterator[None]:
    """Say that all within reads one build of a database, by its number (middleware/versions.py)."""
    token = _reading.set((db, serial))
    try:
        yield
    finally:
        _reading.reset(token)


async def once_a_build(
    db: "Database", question: Hashable, find: Callable[[], Awaitable[Found]]
) -> Found:
    """Return what a build holds for good, such as its schema, found when it is first asked for.

    It is found anew each time where nobody says which build is read.
    """
    db_read, serial = _reading.get()
    if db_read is not db:
        return await find()
    kept = _FOUND.setdefault(db, {})
    if question not in kept or kept[question][0] != serial:
        kept[question] = (serial, await find())
    found: Found = kept[question][1]
    return found


async def serial_of(db: "Database") -> str | None:
    """Return the number of the build that a database holds; None if it has none."""
    with suppress(sqlite3.Error):
        found: str | None = await db.execute_fn(_read_serial)
        return found
    return None


def _read_serial(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("select value from build where item = 'serial'").fetchone()
    return str(row[0]) if row else None
