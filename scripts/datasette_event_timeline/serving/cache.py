"""What is asked of the build that is read, asked once if it can be remembered."""

from collections.abc import Awaitable, Callable, Hashable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from datasette.database import Database

    from datasette_event_timeline.serving.memory import Memory

Found = TypeVar("Found")


async def recall(db: "Database", question: Hashable, find: Callable[[], Awaitable[Found]]) -> Found:
    """Return the answer to a question about the build that is read, found if it is not remembered.

    Nobody may change what is returned. Of a database whose builds are not told apart
    (serving/database.py) nothing is remembered.
    """
    memory: Memory | None = getattr(db, "memory", None)
    if memory is None:
        return await find()
    if question in memory:
        remembered: Found = memory[question]
        return remembered
    found = await find()
    memory.keep(question, found)
    return found
