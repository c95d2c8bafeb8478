"""How answers are sent: in pieces, within a total for all that waits, to those who read."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from datasette.utils.asgi import BadRequest, Base400

Message = dict[str, Any]

MOST_WHOLE_BYTES = 32_000_000
# Of all answers that wait until they have been read.
MOST_WAITING_BYTES = 96_000_000
# Only larger answers are refused when too much waits: never a page of ours.
LARGE_BYTES = 1_000_000
# Who reads more slowly, after STALLED_SECONDS, is let go.
SLOWEST_BYTES_PER_SECOND = 100_000
# Who takes no piece for so long is let go.
STALLED_SECONDS = 30.0
# A server holds back as much before it waits for who reads.
PIECE_BYTES = 64_000
# Of an answer that is sent row by row.
_PARTS_AT_A_TIME = 20


class TooMuchWaitingError(Base400):  # type: ignore[misc]
    """Too many answers wait until they have been read."""

    status = 503


class StalledError(asyncio.CancelledError):
    """Whoever asked reads no more. It ends the request as a cancellation does: Datasette would
    answer any other error, to nobody.
    """


class Outbox:
    """The answers of a site that are being sent."""

    def __init__(self) -> None:
        self._waiting_bytes = 0

    @contextmanager
    def waiting(self, size: int) -> Iterator[None]:
        """Count an answer as waiting until it has been taken.

        Raises Base400 for one that is too large, by itself or beside those that wait.
        """
        if size > MOST_WHOLE_BYTES:
            most = MOST_WHOLE_BYTES // 1_000_000
            raise BadRequest(f"The answer is larger than {most} MB: ask for less")
        if size > LARGE_BYTES and self._waiting_bytes + size > MOST_WAITING_BYTES:
            raise TooMuchWaitingError(
                "Many large answers wait until they have been read: try once more in a moment"
            )
        self._waiting_bytes += size
        try:
            yield
        finally:
            self._waiting_bytes -= size


class Answer:
    """One answer on its way. It begins when its first bytes are there, so that Datasette, which
    begins a second answer when it cannot go on with the first, begins once.
    """

    def __init__(self, outbox: Outbox, send: Any) -> None:
        self._outbox = outbox
        self._send = send
        self._start: Message | None = None
        self._parts = 0

    async def send(self, message: Message) -> None:
        """Send a part of the answer; raises StalledError where nobody reads."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        body = message.get("body", b"")
        start, self._start = self._start, None
        if start is None or message.get("more_body"):
            await self._begin(start)
            await self._in_time(message)
            self._parts += 1
            if self._parts % _PARTS_AT_A_TIME == 0:
                # A server that does not wait for the reader lets nobody else go on either.
                await asyncio.sleep(0)
            return
        with self._outbox.waiting(len(body)):
            await self._begin(start)
            async with _at_most(STALLED_SECONDS + len(body) / SLOWEST_BYTES_PER_SECOND):
                await self._send_whole(body)

    async def _begin(self, start: Message | None) -> None:
        if start is not None:
            await self._in_time(start)

    async def _send_whole(self, body: bytes) -> None:
        """Send a body in pieces, as fast as they are read."""
        left, has_more = memoryview(body), True
        while has_more:
            piece, left = left[:PIECE_BYTES], left[PIECE_BYTES:]
            has_more = bool(left)
            message = {"type": "http.response.body", "body": bytes(piece), "more_body": has_more}
            await self._in_time(message)

    async def _in_time(self, message: Message) -> None:
        async with _at_most(STALLED_SECONDS):
            await self._send(message)


@asynccontextmanager
async def _at_most(seconds: float) -> AsyncIterator[None]:
    """Raise StalledError if what is within takes longer."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise StalledError from None
