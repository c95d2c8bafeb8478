"""How many cells a page has: Datasette makes pages on the loop that serves everybody."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from datasette.utils.asgi import BadRequest

MOST_CELLS = 20_000
# Of their values and the names of their columns; HTML may write a character as six.
MOST_CHARACTERS = 2_000_000
# Some milliseconds.
_CELLS_AT_A_TIME = 20


@dataclass
class _Shown:
    cells: int = 0
    characters: int = 0


_shown: ContextVar[_Shown | None] = ContextVar("shown", default=None)


def count_cells() -> None:
    """Begin to count the cells of the page that is being made."""
    _shown.set(_Shown())


def show_cell(column: str, value: Any, rendered: Any) -> Any:
    """Return a rendered cell or, now and then, a function that returns it after other requests.

    Datasette calls the function and waits. Raises BadRequest for more than a page may have.
    """
    shown = _shown.get()
    if shown is None:
        return rendered
    shown.cells += 1
    # Each cell says of which column it is.
    shown.characters += len(column) + (len(value) if isinstance(value, str) else 0)
    if shown.cells > MOST_CELLS:
        raise _too_many(f"{MOST_CELLS:,} cells")
    if shown.characters > MOST_CHARACTERS:
        raise _too_many(f"{MOST_CHARACTERS:,} characters")
    return rendered if shown.cells % _CELLS_AT_A_TIME else _after_others(rendered)


def _too_many(what: str) -> BadRequest:
    return BadRequest(
        f"A page of more than {what}: ask for fewer rows or columns, or for CSV or JSON"
    )


def _after_others(value: Any) -> Callable[[], Awaitable[Any]]:
    async def wait() -> Any:
        await asyncio.sleep(0)
        return value

    return wait
