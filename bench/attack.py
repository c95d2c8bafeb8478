"""Attacks a server as a hostile visitor would: `make attack`.

Prints for each attack the longest of its answers, the most memory that the server and its
processes held, and how long others waited meanwhile (the 95th percentile of the home page, an
event and the timeline's data). Ends with 1 if a limit of docs/security.md does not hold.
"""

import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus

import click
import httpx
from hostile_sql import ENDS, NUMBERS, TOO_LARGE, TOO_SLOW
from watching import COMMAND, ROOT, free_port, running

from event_timeline.publish.build import build

# What docs/security.md says.
MOST_SECONDS = 3.0
MOST_MEGABYTES = 600.0
MOST_WAIT_SECONDS = 1.0
OTHERS = ("/", "/event/2015-03-18-bardo-museum-attack", "/timeline.json")
_PAUSE_SECONDS = 0.05
_PATIENCE_SECONDS = 60.0

Attack = Callable[["Target"], Awaitable[list[float]]]


@dataclass
class Target:
    """A server, and how it does."""

    address: str
    port: int
    process: int
    statuses: dict[int, int] = field(default_factory=dict)

    def client(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=None)
        return httpx.AsyncClient(base_url=self.address, timeout=_PATIENCE_SECONDS, limits=limits)

    async def get(self, client: httpx.AsyncClient, path: str) -> float:
        """Ask for an address; return how long the answer took."""
        began = time.monotonic()
        answer = await client.get(path)
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        if is_page and "<script>alert(1)" in answer.text:
            raise RuntimeError(f"markup of a visitor is on the page {path}")
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        return time.monotonic() - began

    def megabytes(self) -> float:
        """Return what the server and the processes that it started hold."""
        return sum(map(_megabytes, [self.process, *_children(self.process)]))


def _children(process: int) -> list[int]:
    path = Path(f"/proc/{process}/task/{process}/children")
    direct = [
        int(word) for task in path.parent.parent.iterdir() for word in _words(task / "children")
    ]
    return direct + [further for child in direct for further in _children(child)]


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []


def _megabytes(process: int) -> float:
    # Resident pages; a process that has just ended holds none.
    words = _words(Path(f"/proc/{process}/statm"))
    return int(words[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if words else 0.0


def at_once(number: int, *paths: str) -> Attack:
    """Ask for these addresses, so many times each, all at once."""

    async def attack(target: Target) -> list[float]:
        async with target.client() as client:
            asked = [target.get(client, path) for path in paths for _ in range(number)]
            return list(await asyncio.gather(*asked))

    return attack


def one_by_one(*paths: str) -> Attack:
    """Ask for these addresses one after the other."""

    async def attack(target: Target) -> list[float]:
        async with target.client() as client:
            return [await target.get(client, path) for path in paths]

    return attack


def silent(number: int, request: bytes, seconds: float) -> Attack:
    """Open connections, send this on each, and read nothing."""

    async def attack(target: Target) -> list[float]:
        opened = []
        try:
            for _ in range(number):
                connection = socket.create_connection(("127.0.0.1", target.port))
                connection.sendall(request)
                opened.append(connection)
            await asyncio.sleep(seconds)
        finally:
            for connection in opened:
                connection.close()
        return [0.0]

    return attack


def statement(sql: str) -> str:
    whole = f"{NUMBERS} {sql}" if " from n" in sql else sql
    # They were written for a full-text index of that name.
    return f"/events.json?sql={quote_plus(whole.replace('texts', 'events_search_fts'))}"


COLUMNS = "id question relation said low best high value population place period source"
FACETS = "&".join(f"_facet={name}" for name in COLUMNS.split())
RAW = "/events/claims?_searchmode=raw&_search=" + quote_plus(" AND ".join(["a*", "t*"] * 50))
LARGE = b"GET /events/claims.json?_size=max&_shape=array HTTP/1.1\r\nHost: x\r\n\r\n"
ENDLESS = statement("select max(i) from n")
PAGES = (
    "/events/claims?_size=max",
    "/events/claims_in_full?_size=max",
    "/events/claims.json?_size=max",
    "/events/events?_size=max&_facet_size=max",
    "/timeline?_where=1",
    "/events/claims_in_full.csv?_stream=1",
    RAW,
    ENDLESS,
)
# Markup in every parameter that a page may repeat.
MARKUP = quote_plus('"><script>alert(1)</script>')
NAMES = (
    "_search _window _lanes _page _sort _facet type _where sql _next _size _possibly _certainly x"
)
REFLECTED = [
    f"{path}?{name}={MARKUP}"
    for path in ("/timeline", "/events/events", "/events", "/")
    for name in NAMES.split()
]
STATEMENTS = [*TOO_SLOW.values(), *(sql for sql, _ in TOO_LARGE.values()), *ENDS.values()]
LETTERS = "L" * 6_000


def query(sql: str, form: str = "") -> str:
    return f"/events{form}?sql={quote_plus(f'{NUMBERS} {sql}')}"


# What is cheap for SQLite and dear for whoever shows or sends it.
DEAR = {
    "a long name of a column": query(f'select i as "{LETTERS}!" from n limit 200'),
    "names as JSON": query(f'select i as "{LETTERS}" from n limit 9000', ".json") + "&_shape=array",
    "quotation marks as HTML": query(
        f"select {', '.join(['t'] * 100)} from n, "
        "(select replace(hex(zeroblob(1000)), '00', char(34)) as t) limit 195"
    ),
    "control characters as JSON": query(
        "select replace(hex(zeroblob(990000)), '00', char(1)) as t from n limit 31", ".json"
    ),
    "blobs as JSON": query("select zeroblob(1900000) as t from n limit 15", ".json"),
    "many cells for a spreadsheet": query(
        f"select {', '.join(['null'] * 190)} from n limit 9999", ".csv"
    )
    + "&_excel=1",
    "blanks": "/events.json?sql=/**/" + "%20" * 2_500 + "x",
}
ATTACKS: dict[str, Attack] = {
    **{name: one_by_one(address) for name, address in DEAR.items()},
    f"{len(STATEMENTS)} statements, one by one": one_by_one(*map(statement, STATEMENTS)),
    f"{len(REFLECTED)} addresses with markup, one by one": one_by_one(*REFLECTED),
    "12 facets of all values and 7 kB of parameters, 6 at once": at_once(
        6, f"/events/claims?{FACETS}&_facet_size=max&x={'y' * 7_000}"
    ),
    "12 facets and 50 kB of parameters": at_once(1, f"/events/claims?{FACETS}&x={'y' * 50_000}"),
    **{f"10 at once: {path[:50]}": at_once(10, path) for path in PAGES},
    "ten visitors of all of these at once": at_once(2, *PAGES),
    "100 connections that do not read": silent(100, LARGE, 5),
    "150 requests of half a head": silent(150, b"GET / HTTP/1.1\r\nHost: x\r\nX: ", 12),
}


@contextmanager
def server(folder: Path) -> Iterator[Target]:
    """Serve the shipped chronology as `make serve` does."""
    build(ROOT / "events.csv", folder / "events.db")
    port = free_port()
    words = ["-c", COMMAND, "serve", str(ROOT / "events.csv"), "events.db", "--port", str(port)]
    with running(words, folder, port) as process:
        yield Target(f"http://127.0.0.1:{port}", port, process.pid)


@dataclass
class Meanwhile:
    """What others saw while an attack went on."""

    waits: list[float] = field(default_factory=list)
    megabytes: float = 0.0

    def p95(self) -> float:
        ordered = sorted(self.waits)
        return ordered[int(len(ordered) * 0.95)] if ordered else 0.0


async def watch(target: Target, seen: Meanwhile) -> None:
    """Ask what others ask, and look at the memory, until cancelled."""
    async with httpx.AsyncClient(base_url=target.address, timeout=_PATIENCE_SECONDS) as client:
        while True:
            for path in OTHERS:
                began = time.monotonic()
                (await client.get(path)).raise_for_status()
                seen.waits.append(time.monotonic() - began)
                await asyncio.sleep(_PAUSE_SECONDS)


async def measure(target: Target, seen: Meanwhile) -> None:
    while True:
        seen.megabytes = max(seen.megabytes, target.megabytes())
        await asyncio.sleep(_PAUSE_SECONDS)


async def run(name: str, attack: Attack, target: Target) -> bool:
    """Run an attack, print its line of the table; return whether the limits held."""
    seen = Meanwhile()
    watching = [asyncio.create_task(watcher(target, seen)) for watcher in (watch, measure)]
    target.statuses.clear()
    took = max(await attack(target))
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    statuses = ", ".join(f"{count} × {status}" for status, count in sorted(target.statuses.items()))
    click.echo(
        f"| {name} | {took:.2f} s | {seen.megabytes:.0f} MB | {seen.p95():.2f} s | {statuses} |",
    )
    # Of many at once the last waits for the others: its own time is their sum.
    is_one = "at once" not in name
    return (
        (took <= MOST_SECONDS or not is_one)
        and seen.megabytes <= MOST_MEGABYTES
        and seen.p95() <= MOST_WAIT_SECONDS
        and 500 not in target.statuses
    )


async def main() -> int:
    """Run all attacks; return 1 if a limit did not hold."""
    click.echo("| attack | longest answer | most memory | others waited (95 %) | answers |")
    click.echo("|---|---|---|---|---|")
    failed = []
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as target:
        for name, attack in ATTACKS.items():
            if not await run(name, attack, target):
                failed.append(name)
    for name in failed:
        click.echo(f"A limit does not hold: {name}", err=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
