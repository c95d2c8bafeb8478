"""Requests that ask much of the database take turns, so that some threads stay free."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

Message = dict[str, Any]

PATIENCE_SECONDS = 10.0
# A part of an answer that takes longer to send is read slowly.
SLOW_SECONDS = 0.1
# What is sent in parts passes its turn on after so long.
TURN_SECONDS = 1.0
RETRY_AFTER_SECONDS = 2
BUSY = "Others are asking much of this site just now: try once more in a moment"


class BusyError(Exception):
    """Too many ask at once; says what to do."""


class Turns:
    """So many requests at once."""

    def __init__(self, number: int) -> None:
        self._free = asyncio.Semaphore(number)

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
            raise BusyError(BUSY) from None

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
