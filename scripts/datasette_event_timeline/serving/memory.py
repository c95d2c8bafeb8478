"""What was asked of a database once, and holds as long as it does not change.

Panning and zooming ask again and again for what no window changes. A build is never written
to again, so that nothing of it can become wrong; its memory ends with it. Of a file whose builds
are not told apart only what its tables are like is remembered, until its size or its time changes.
"""

import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from datasette.database import Database

Found = TypeVar("Found")

# Of all questions and answers kept of a build.
MOST_BYTES = 64_000_000
# An answer that takes more than such a part of them would drop too many others.
_LEAST_ANSWERS = 8


class Memory:
    """Answers by question; of too many, those not asked for longest are dropped."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._answers)

    def __contains__(self, question: Hashable) -> bool:
        return question in self._answers

    def __getitem__(self, question: Hashable) -> Any:
        self._answers.move_to_end(question)
        return self._answers[question][0]

    def keep(self, question: Hashable, found: object) -> None:
        """Keep an answer, unless it is too large; nobody may change it from then on."""
        most = self._most_bytes // _LEAST_ANSWERS
        size = _weigh((question, found), most)
        if size > most:
            return
        _, replaced = self._answers.pop(question, (None, 0))
        self._answers[question] = (found, size)
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


async def recall(db: "Database", question: Hashable, find: Callable[[], Awaitable[Found]]) -> Found:
    """Return the answer to a question about the build that is read, found if it is not remembered.

    Nobody may change what is returned. Of a database whose builds are not told apart
    (serving/database.py) nothing is remembered.
    """
    return await _recall(getattr(db, "memory", None), question, find)


async def recall_of_file(
    db: "Database", question: Hashable, find: Callable[[], Awaitable[Found]]
) -> Found:
    """Return what `recall` does; of builds that are not told apart, found once for each state.

    Of a database in memory nothing is remembered.
    """
    return await _recall(_memory_of(db), question, find)


async def _recall(
    memory: Memory | None, question: Hashable, find: Callable[[], Awaitable[Found]]
) -> Found:
    if memory is None:
        return await find()
    if question in memory:
        remembered: Found = memory[question]
        return remembered
    found = await find()
    memory.keep(question, found)
    return found


_State = tuple[tuple[int, int], ...]
_OF_FILES: "WeakKeyDictionary[Database, tuple[_State, Memory]]" = WeakKeyDictionary()


def _memory_of(db: "Database") -> Memory | None:
    of_build: Memory | None = getattr(db, "memory", None)
    if of_build is not None or not db.path:
        return of_build
    state = state_of_file(db.path)
    known, memory = _OF_FILES.get(db, ((), None))
    if memory is None or known != state:
        memory = Memory()
        _OF_FILES[db] = (state, memory)
    return memory


def state_of_file(path: str) -> _State:
    """Return the size and the time of a database's file, and of the log beside it.

    They change when the database is written to.
    """
    files = [file.stat() for file in (Path(path), Path(f"{path}-wal")) if file.exists()]
    return tuple((file.st_size, file.st_mtime_ns) for file in files)
