"""Measures how soon an edit is on the site: python bench/watching.py [EDITS]

Serves a copy of the curated files with --watch, edits events.csv repeatedly (20 times by default),
and polls until the site shows each edit. Meanwhile two visitors request a page twice a second
each.
"""

import http.client
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

ROOT = Path(__file__).parents[1]
COMMAND = "from event_timeline.cli import cli; cli()"
PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    with closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    port = free_port()
    with running(["-c", COMMAND, "serve", "--watch", "--port", str(port)], folder, port):
        yield port


@contextmanager
def running(arguments: list[str], folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run Python in a folder, with its output in the file `terminal`; wait for its port."""
    with (folder / "terminal").open("w") as terminal:
        command = [sys.executable, *arguments]
        process = subprocess.Popen(command, cwd=folder, stdout=terminal, stderr=terminal)
    try:
        wait_until_up(port)
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until_up(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            get(port, "/-/versions.json")
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the server did not start")


class Visitors:
    """Two threads that request a page twice a second and count responses other than 200."""

    def __init__(self, port: int) -> None:
        self.answers: list[int] = []
        self.failures: list[str] = []
        self._port = port
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._visit) for _ in range(2)]

    def _visit(self) -> None:
        while not self._stop.wait(0.5):
            try:
                status, _text = get(self._port, "/events/events")
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
            else:
                (self.answers if status == 200 else self.failures).append(status)

    def __enter__(self) -> "Visitors":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def edit_and_wait(events_csv: Path, port: int, number: int) -> float:
    """Save an edit of the last summary; return the seconds until the site shows it."""
    text = re.sub(r" \(edit \d+\)", "", events_csv.read_text("utf-8"))
    head, row, tail = text.rpartition("\n20")
    events_csv.write_text(
        head + row + re.sub(r"\. *,", f". (edit {number}),", tail, count=1), "utf-8"
    )
    started = time.monotonic()
    while f"(edit {number})" not in get(port, "/events/events.json?_sort_desc=id&_size=5")[1]:
        if time.monotonic() - started > PATIENCE_SECONDS:
            sys.exit("the edit did not appear on the site")
        time.sleep(0.02)
    return time.monotonic() - started


def main(edits: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in ("events.csv", "metadata.yml"):
            shutil.copy(ROOT / file, folder)
        shutil.copytree(ROOT / "data", folder / "data")
        with serving(folder) as port, Visitors(port) as visitors:
            seconds = [
                edit_and_wait(folder / "events.csv", port, number) for number in range(1, edits + 1)
            ]
    click.echo(
        f"{edits} edits: on the site after {statistics.median(seconds):.2f} s (median), "
        f"{max(seconds):.2f} s (maximum); {len(visitors.answers)} responses meanwhile, "
        f"{len(visitors.failures)} failed"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
