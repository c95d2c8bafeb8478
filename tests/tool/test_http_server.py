"""Slow and silent visitors at a real server, over sockets."""

import getpass
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from event_timeline.publish.http_server import BoundedProtocol

HALF = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "
WHOLE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
ENDLESS = b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"
# How long a test waits for what a broken server would never do.
PATIENCE = 30
DEPLOY = Path(__file__).parents[2] / "docs" / "deploy.md"
# What Debian has around it, in a folder of its own.
NGINX = """\
user {user};
pid nginx.pid;
events {{ worker_connections 768; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    {server}
}}
"""
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
    if scope["path"] == "/large":
        await send_large(send)
        return
    endless = scope["path"] == "/endless"
    headers = [] if endless else [(b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello", "more_body": endless})
    if endless:
        await receive()


async def send_large(send: Any) -> None:
    """Send more than anything on the way holds back."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(1_000):
        await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


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
            # One that is turned away at once shows it when it is read.
            with suppress(ConnectionError):
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
    return b"".join(iter(lambda: received(connection), b""))


def is_answered(connection: socket.socket) -> bool:
    answer = b""
    while b"hello" not in answer and (part := received(connection)):
        answer += part
    return answer.startswith(b"HTTP/1.1 200 OK")


def received(connection: socket.socket) -> bytes:
    """What has come; nothing if the server has closed the connection, cleanly or by a reset."""
    try:
        return connection.recv(65_536)
    except ConnectionResetError:
        return b""


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


def test_an_answer_that_is_not_read_ends_its_connection():
    large = WHOLE.replace(b"GET /", b"GET /large")
    with served(stalled_seconds=0.2, most_connections=1) as connect:
        connect(large)
        # While it lasts there is no room for another.
        assert any(is_answered(connect(LAST)) for _ in range(5_000))
    with served(stalled_seconds=PATIENCE) as connect:
        assert len(rest_of(connect(large.replace(b"1.1", b"1.0")))) > 100_000_000


# The command, alone and behind nginx


@contextmanager
def site(folder: Path) -> Iterator[int]:
    """Run `event-timeline serve` on a chronology of one event; gives the port."""
    (folder / "events.csv").write_text(EVENTS, "utf-8")
    port = free_port()
    command = [sys.executable, "-c", RUN, "serve", f"--port={port}"]
    with subprocess.Popen(
        command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stderr is not None
            assert any("Uvicorn running on" in line for line in server.stderr)
            yield port
        finally:
            server.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def nginx(folder: Path, site_port: int) -> Iterator[int]:
    """Run nginx with the configuration of docs/deploy.md before a site; gives the port."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("no nginx on this machine: install nginx-light")
    port = free_port()
    documented = re.search(r"```nginx\n(.*?)```", DEPLOY.read_text("utf-8"), re.DOTALL)
    assert documented
    server = documented[1].replace("listen 80;", f"listen 127.0.0.1:{port};")
    server = server.replace("127.0.0.1:8001", f"127.0.0.1:{site_port}")
    (folder / "nginx.conf").write_text(NGINX.format(user=getpass.getuser(), server=server), "utf-8")
    command = [program, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"]
    # It returns when it listens.
    subprocess.run(command, check=True)
    try:
        yield port
    finally:
        subprocess.run([*command, "-s", "stop"], check=True)


def ask(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall(request)
        return rest_of(connection)


def attack(port: int) -> None:
    """Send 150 half requests, ask for a page beside them, and wait until all are closed."""
    with ExitStack() as connections:
        waiting = []
        for _ in range(150):
            connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
            waiting.append(connections.enter_context(connection))
            connection.sendall(HALF)
        assert ask(port, LAST).startswith(b"HTTP/1.1 200 OK")
        for connection in waiting:
            assert b" 200 " not in rest_of(connection)


# As long as the limit on a request.
@pytest.mark.slow
def test_the_site_answers_beside_150_requests_that_do_not_arrive(tmp_path):
    with site(tmp_path) as port:
        attack(port)


# As long as nginx's limit on a request.
@pytest.mark.slow
def test_so_it_does_behind_the_documented_nginx(tmp_path):
    with site(tmp_path) as site_port, nginx(tmp_path, site_port) as port:
        attack(port)
        page = ask(
            port,
            b"GET /event/1969-07-20-landing HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        )
        assert b'"canonical" href="http://chronology.example.org/event/1969-07-20-landing"' in page
        assert b"evil.example" not in page
        for path, status in (("/-/databases", b"404"), ("/-/static/app.css", b"200")):
            request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            assert ask(port, request.encode()).split()[1] == status
