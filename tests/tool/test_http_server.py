"""Slow and silent visitors at a real server, over sockets."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from event_timeline.publish.http_server import REQUEST_SECONDS, BoundedProtocol

HALF = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "
WHOLE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
ENDLESS = b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"
# How long a test waits for what a broken server would never do.
PATIENCE = 60
RUN = "from event_timeline.cli import cli; cli()"
EVENTS = """\
id,date,title,type,status,country,region,place,latitude,longitude,location_precision,radius_km,actors,targets,killed_low,killed_best,killed_high,killed_scope,wounded_low,wounded_best,wounded_high,part_of,summary,note,aliases,sources
1969-07-20-landing,1969-07-20,Landing,statement,confirmed,,,,,,none,,,,,,,,,,,,A landing.,,,log
"""


async def greet(scope: Any, receive: Any, send: Any) -> None:
    """Read a request to its end, and answer it; at /endless, for as long as the visitor stays."""
    message = await receive()
    while message.get("more_body"):
        message = await receive()
    if message["type"] == "http.disconnect":
        return
    endless = scope["path"] == "/endless"
    headers = [] if endless else [(b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello", "more_body": endless})
    if endless:
        await receive()


@contextmanager
def served(**limits: Any) -> Iterator[Callable[[bytes], socket.socket]]:
    """Serve with these limits; what connects and sends the beginning of something."""
    protocol = type("Protocol", (BoundedProtocol,), limits)
    server = uvicorn.Server(uvicorn.Config(greet, http=protocol, lifespan="off", log_config=None))
    with socket.socket() as listener, ExitStack() as connections:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1000)

        def connect(begin: bytes) -> socket.socket:
            address = listener.getsockname()
            connection = connections.enter_context(socket.create_connection(address, PATIENCE))
            connection.sendall(begin)
            return connection

        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield connect
        finally:
            connections.close()
            server.should_exit = True
            thread.join(PATIENCE)


def rest_of(connection: socket.socket) -> bytes:
    """What comes until the server closes the connection; a TimeoutError if it never does."""
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def is_answered(connection: socket.socket) -> bool:
    answer = b""
    while b"hello" not in answer and (part := connection.recv(65_536)):
        answer += part
    return answer.startswith(b"HTTP/1.1 200 OK")


UNFINISHED = {
    "nothing": b"",
    "a head": HALF,
    "a body": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf",
    "a chunk": b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
}


@pytest.mark.parametrize("begin", UNFINISHED.values(), ids=UNFINISHED)
def test_a_request_that_does_not_arrive_ends_its_connection(begin):
    with served(request_seconds=0.2) as connect:
        assert rest_of(connect(begin)) == b""


def test_so_does_a_second_one_that_does_not_arrive():
    with served(request_seconds=0.2) as connect:
        answer = rest_of(connect(WHOLE + HALF))
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.count(b"HTTP/1.1") == 1


def test_requests_in_time_are_answered_on_one_connection():
    with served(request_seconds=PATIENCE) as connect:
        connection = connect(b"")
        for _ in range(3):
            connection.sendall(WHOLE)
            assert is_answered(connection)


def test_of_too_many_connections_the_one_that_has_waited_longest_goes():
    with served(request_seconds=PATIENCE, most_connections=10) as connect:
        waiting = [connect(HALF) for _ in range(30)]
        assert is_answered(connect(WHOLE))
        # Eleven with the one that was answered: the oldest of the ten that waited went for it.
        assert [rest_of(connection) for connection in waiting[:21]] == [b""] * 21
        for connection in waiting[21:]:
            connection.sendall(b"x\r\n\r\n")
            assert is_answered(connection)


def test_a_connection_that_is_being_answered_stays_and_the_new_one_goes():
    with served(request_seconds=PATIENCE, most_connections=1) as connect:
        first = connect(ENDLESS)
        assert is_answered(first)
        assert rest_of(connect(b"")) == b""
        first.settimeout(0)
        with pytest.raises(BlockingIOError):
            first.recv(1)


# It takes as long as the limit on a request.
@pytest.mark.slow
def test_the_site_answers_beside_150_requests_that_do_not_arrive(tmp_path: Path):
    (tmp_path / "events.csv").write_text(EVENTS, "utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", RUN, "serve", f"--port={port}"]
    with (
        subprocess.Popen(
            command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        ) as server,
        ExitStack() as connections,
    ):
        try:
            assert server.stderr is not None
            assert any("Uvicorn running on" in line for line in server.stderr)
            waiting = []
            for _ in range(150):
                connection = socket.create_connection(("127.0.0.1", port), REQUEST_SECONDS * 6)
                waiting.append(connections.enter_context(connection))
                connection.sendall(HALF)
            with socket.create_connection(("127.0.0.1", port), PATIENCE) as other:
                other.sendall(LAST)
                assert rest_of(other).startswith(b"HTTP/1.1 200 OK")
            assert [rest_of(connection) for connection in waiting] == [b""] * 150
        finally:
            server.terminate()
