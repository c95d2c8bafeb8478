"""An HTTP server that slow and silent visitors cannot occupy: uvicorn's, with limits of its own.

Uvicorn has no limit on the time that a request takes to arrive, and its `limit_concurrency`
counts connections that ask for nothing, and so would turn other visitors away because of them.
"""

import asyncio
import resource
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

# From the moment when a connection waits for a request to the end of that request.
REQUEST_SECONDS = 10
KEEP_ALIVE_SECONDS = 5
# For a visitor to read what is in the way of the rest of an answer; uvicorn waits for ever.
STALLED_SECONDS = 30
MOST_CONNECTIONS = 500


class BoundedProtocol(H11Protocol):
    """A connection that is closed if a request does not arrive, or an answer is not read, in time.

    Of too many connections, the one that has waited longest for its request is closed; if none
    waits, the new one.
    """

    request_seconds: float = REQUEST_SECONDS
    most_connections = MOST_CONNECTIONS
    stalled_seconds: float = STALLED_SECONDS
    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > self.most_connections:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_watching()
        self._stop_waiting_for_reader()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(self.stalled_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_waiting_for_reader()

    def _stop_waiting_for_reader(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _watch(self) -> None:
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_watching()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.request_seconds, self.transport.abort)

    def _stop_watching(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _make_room(self) -> None:
        waiting = {
            connection._deadline.when(): connection
            for connection in self.connections
            if isinstance(connection, BoundedProtocol) and connection._deadline is not None
        }
        oldest = waiting[min(waiting)]
        # Its end is known to the loop only later, and the next must not choose it again.
        self.connections.discard(oldest)
        oldest.transport.abort()


def run(application: Any, host: str, port: int) -> None:
    """Serve an ASGI application until interrupted."""
    most = _most_connections()

    class Protocol(BoundedProtocol):
        most_connections = most

    uvicorn.run(
        application,
        host=host,
        port=port,
        http=Protocol,
        # So many connections may be accepted before the first of them can be closed.
        backlog=max(1, most // 2),
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        log_level="info",
        lifespan="on",
    )


def _most_connections() -> int:
    """Return how many may be open: far fewer than this process may open files, for a reserve."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(1, min(MOST_CONNECTIONS, files // 4))
