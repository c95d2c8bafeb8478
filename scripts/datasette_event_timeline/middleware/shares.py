"""What one request may take of what all share: the threads for SQL, and the loop that writes pages.

Datasette asks SQLite on a few threads and makes its pages on one loop, cell by cell. So SQL
that visitors write leaves a thread to everything else, until the last row of a stream; and a
page has so many cells and no more, and lets others go first as it is made.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import BadRequest

from datasette_event_timeline.config import declared_database

if TYPE_CHECKING:
    from datasette.app import Datasette

Application = Callable[..., Awaitable[None]]
Message = dict[str, Any]

MOST_CELLS = 100_000
PATIENCE_SECONDS = 10.0
# A part of an answer that takes longer to send is read slowly.
SLOW_SECONDS = 0.1
# What is sent in parts passes its turn on after so long.
TURN_SECONDS = 1.0
RETRY_AFTER_SECONDS = 2
# A server holds back as much before it waits for who reads.
PIECE_BYTES = 64_000
# Some tens of milliseconds.
_CELLS_AT_A_TIME = 500
_BUSY = "Others are asking SQL of this site just now: try once more in a moment"

_shown: ContextVar[list[int] | None] = ContextVar("shown", default=None)


def wrap(application: Application, datasette: "Datasette") -> Application:
    """Return the application so that the cells of each page are counted (show_cell)."""
    if declared_database(datasette) is None:
        return application

    async def with_count(scope: Message, receive: Any, send: Any) -> None:
        _shown.set([0])
        await application(scope, receive, send)

    return with_count


def show_cell(value: Any) -> Any:
    """Return a cell of a page or, now and then, a function that returns it after other requests.

    Datasette calls the function and waits. Raises BadRequest for more cells than a page may have.
    """
    shown = _shown.get()
    if shown is None:
        return value
    shown[0] += 1
    if shown[0] > MOST_CELLS:
        raise BadRequest(
            f"A page of more than {MOST_CELLS:,} cells: "
            "ask for fewer rows or columns, or for CSV or JSON"
        )
    return value if shown[0] % _CELLS_AT_A_TIME else _after_others(value)


def _after_others(value: Any) -> Callable[[], Awaitable[Any]]:
    async def wait() -> Any:
        await asyncio.sleep(0)
        return value

    return wait


class BusyError(Exception):
    """Too many ask at once; says what to do."""


class Turns:
    """Requests with SQL of visitors take turns: as many at once as leave one thread free."""

    def __init__(self, threads: int) -> None:
        self._free = asyncio.Semaphore(max(1, threads - 1))

    @asynccontextmanager
    async def take(self, send: Any) -> AsyncIterator[Any]:
        """Give a `send` to answer with, in a turn that lasts until the answer is complete.

        It is passed on meanwhile while the visitor reads slowly, and by a long answer between
        its parts. Raises BusyError when no turn comes in PATIENCE_SECONDS.
        """
        turn = _Turn(self._free)
        try:
            await turn.begin_soon()
            yield partial(turn.send, send)
        finally:
            turn.end()


class _Turn:
    """One request's turn, which it has or waits for."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self._free = free
        self._is_held = False
        self._since = 0.0

    async def begin_soon(self) -> None:
        try:
            await asyncio.wait_for(self.begin(), PATIENCE_SECONDS)
        except TimeoutError:
            raise BusyError(_BUSY) from None

    async def begin(self) -> None:
        await self._free.acquire()
        self._is_held = True
        self._since = time.monotonic()

    def end(self) -> None:
        if self._is_held:
            self._is_held = False
            self._free.release()

    async def send(self, send: Any, message: Message) -> None:
        """Send a part of the answer; what comes after it waits for a turn again, if this ended."""
        if time.monotonic() - self._since > TURN_SECONDS:
            self.end()
        slow = asyncio.get_running_loop().call_later(SLOW_SECONDS, self.end)
        try:
            await send(message)
        finally:
            slow.cancel()
        if message.get("more_body") and not self._is_held:
            await self.begin()


async def send_in_pieces(send: Any, message: Message) -> None:
    """Send what comes whole as fast as it is read: the server waits between the pieces alone."""
    body = message.get("body", b"")
    while len(body) > PIECE_BYTES and not message.get("more_body"):
        await send({**message, "body": bytes(body[:PIECE_BYTES]), "more_body": True})
        body = memoryview(body)[PIECE_BYTES:]
    await send({**message, "body": bytes(body)} if "body" in message else message)


async def send_busy(scope: Message, send: Any, why: str) -> None:
    """Answer 503 in words, JSON where JSON was asked for: the same request may succeed soon."""
    if scope["path"].endswith(".json"):
        kind = b"application/json; charset=utf-8"
        body = json.dumps({"ok": False, "error": why, "status": 503, "title": None}).encode()
    else:
        kind, body = b"text/plain; charset=utf-8", why.encode()
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(RETRY_AFTER_SECONDS).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    body = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": body})
