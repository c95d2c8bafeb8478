"""Load test of the site: python bench/load.py [--clients N] [--seconds N] [--requests N]

Serves the curated files in a separate process, as `event-timeline serve` does. 50 clients request
every kind of page for 120 s; each sends its next request as soon as it has a response. Meanwhile
all titles are changed and published, twice. Each title contains its edition, which is the number
of its build, so a response shows which build it is from. Then a new server gets 10,000 requests,
and its memory is measured (on Linux). Exits with 1 if a request failed, a response mixed builds
or the memory grew too much.
"""

import asyncio
import csv
import math
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import click
import httpx
from watching import COMMAND, ROOT, free_port, wait_until_up

from datasette_event_timeline.middleware.guard import HEADER

SEED = 20180307
PUBLICATIONS = 2
TIMEOUT_SECONDS = 30
# Ends a run on a machine that is too slow to finish it.
LONGEST_SECONDS = 3600
# Memory is measured after each SAMPLE_ANSWERS. The first responses fill caches: templates,
# statements, pages.
SAMPLE_ANSWERS = 500
WARM_ANSWERS = 1000
MOST_GROWTH_MB = 16
TITLED = ("events.csv", "data/sources.csv", "data/questions.csv")
VERSION = re.compile(r"\(edition (\d+)\)|\bbuild (\d+)")

# Requests for each kind, out of 50.
WEIGHTS = {
    "home": 4,
    "timeline": 4,
    "timeline.json": 8,
    "event": 10,
    "actor": 4,
    "source": 4,
    "disputed": 2,
    "facets": 4,
    "search": 4,
    "table JSON": 4,
    "streamed CSV": 2,
}
WINDOWS = ("", "2011/2019", "2014", "2015-06/2015-12", "2016-05/2016-12", "../2012")
LANES = ("", "country", "type", "actors", "status", "none")


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def addresses(folder: Path) -> dict[str, list[str]]:
    """Return the addresses to request, by kind; each response has a title or a page's footer."""
    events, actors, sources = (
        [row["id"] for row in read(folder / file)]
        for file in ("events.csv", "data/actors.csv", "data/sources.csv")
    )
    titles = " ".join(row["title"] for row in read(folder / "events.csv"))
    words = sorted(set(re.findall(r"\b[A-Z][a-z]{4,}\b", titles)))
    states = [f"_window={window}&_lanes={lanes}" for window, lanes in product(WINDOWS, LANES)]
    filters = ("", "type=attack", "country=LY", "country=TN&type=attack", "status=disputed")
    tables = ("events", "sources", "questions")
    return {
        "home": ["/"],
        "timeline": [f"/timeline?{query}" for query in (*filters, *states)],
        "timeline.json": [f"/timeline.json?{query}" for query in (*filters, *states)],
        "event": [f"/event/{event}{suffix}" for event in events for suffix in ("", ".json")],
        "actor": [f"/actor/{actor}" for actor in actors],
        "source": [f"/source/{source}" for source in sources],
        "disputed": ["/disputed", "/disputed?_page=2"],
        "facets": [
            f"/events/events?_facet={column}&_facet=year&{query}"
            for column, query in product(("country", "type", "status"), filters)
        ],
        "search": [f"/events/events?_search={word}" for word in words],
        "table JSON": [
            f"/events/{table}.json?_shape={shape}&_size={size}"
            for table, shape, size in product(tables, ("objects", "array"), (20, 100))
        ],
        "streamed CSV": [f"/events/{table}.csv?_stream=1&_size=max" for table in tables],
    }


class Site:
    """A folder with the curated files and their database, and its server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.edition = 0
        self.port = 0
        self._pid = 0
        for file in ("events.csv", "metadata.yml"):
            shutil.copy(ROOT / file, folder)
        shutil.copytree(ROOT / "data", folder / "data")

    def publish(self) -> None:
        """Change every title and publish; later requests must get this edition."""
        edition = self.edition + 1
        for file in TITLED:
            rows = read(ROOT / file)
            for row in rows:
                row["title"] += f" (edition {edition})" if row["title"] else ""
            with (self.folder / file).open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        command = [sys.executable, "-c", COMMAND, "build"]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, timeout=60)
        self.edition = edition

    @contextmanager
    def served(self) -> Iterator[None]:
        self.port = free_port()
        command = [sys.executable, "-c", COMMAND, "serve", "--port", str(self.port)]
        with (self.folder / "terminal").open("a") as terminal:
            process = subprocess.Popen(
                command, cwd=self.folder, stdout=terminal, stderr=subprocess.STDOUT
            )
        self._pid = process.pid
        try:
            wait_until_up(self.port)
            yield
        finally:
            process.kill()
            process.wait()

    def memory_mb(self) -> float:
        """Return the memory that the server uses; 0 without /proc."""
        try:
            pages = Path(f"/proc/{self._pid}/statm").read_text("ascii").split()[1]
        except FileNotFoundError:
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def tracebacks(self) -> int:
        return (self.folder / "terminal").read_text("utf-8").count("Traceback (most recent")


@dataclass
class Figures:
    """The results of one run."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    builds: Counter[str] = field(default_factory=Counter)
    # Samples of memory: responses so far, seconds, MB.
    memory: list[tuple[int, float, float]] = field(default_factory=list)

    @property
    def answers(self) -> int:
        return sum(map(len, self.seconds.values()))

    def growth_mb(self) -> float:
        """Return the greatest growth of memory since the first WARM_ANSWERS."""
        warm = [mb for answers, _seconds, mb in self.memory if answers >= WARM_ANSWERS]
        return max(warm, default=0) - warm[0] if warm else 0


class Crowd:
    """Clients that send requests until they are stopped or have sent a given number."""

    def __init__(self, site: Site, requests: int = sys.maxsize) -> None:
        self.figures = Figures()
        self._site = site
        self._started = 0.0
        self._left = requests
        self._addresses = addresses(site.folder)
        self._random = random.Random(SEED)  # noqa: S311

    async def ask(self, clients: int) -> None:
        self._started = time.monotonic()
        self._sample()
        limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
        base = f"http://127.0.0.1:{self._site.port}"
        # `_ask_once` sets the timeout of the whole request. No proxy is used.
        client = httpx.AsyncClient(base_url=base, limits=limits, timeout=None, trust_env=False)  # noqa: S113
        async with client, asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(self._ask_again_and_again(client))
        self._sample()

    def stop(self) -> None:
        """Send no more requests."""
        self._left = 0

    async def _ask_again_and_again(self, client: httpx.AsyncClient) -> None:
        while self._left > 0 and time.monotonic() - self._started < LONGEST_SECONDS:
            self._left -= 1
            (kind,) = self._random.choices(list(WEIGHTS), list(WEIGHTS.values()))
            await self._ask_once(client, kind, self._random.choice(self._addresses[kind]))

    async def _ask_once(self, client: httpx.AsyncClient, kind: str, path: str) -> None:
        oldest, asked = self._site.edition, time.monotonic()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                answer = await client.get(path)
        except (httpx.HTTPError, TimeoutError) as error:
            self.figures.errors.append(f"{path}: {error!r}")
            return
        self.figures.seconds[kind].append(time.monotonic() - asked)
        self._check(path, answer, oldest)
        if self.figures.answers % SAMPLE_ANSWERS == 0:
            self._sample()

    def _check(self, path: str, answer: httpx.Response, oldest: int) -> None:
        """Record errors in a response; `oldest` was the newest edition when it was requested."""
        build = answer.headers.get(HEADER, "none")
        self.figures.builds[build] += 1
        # All these responses are short enough to be run again, so none may be cut off.
        if answer.status_code != 200 or "\nError: " in answer.text:
            self.figures.errors.append(f"{path}: {answer.status_code} {answer.text[-200:]!r}")
            return
        said = {title or foot for title, foot in VERSION.findall(answer.text)}
        if said != {build} or int(build) < oldest:
            told = f"says {sorted(said)}, its header {build}, {oldest} was published"
            self.figures.mixed.append(f"{path}: {told}")

    def _sample(self) -> None:
        seconds = time.monotonic() - self._started
        self.figures.memory.append((self.figures.answers, seconds, self._site.memory_mb()))


async def publish_meanwhile(site: Site, crowd: Crowd, clients: int, seconds: float) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(crowd.ask(clients))
        await asyncio.sleep(seconds / (PUBLICATIONS + 1))
        for _ in range(PUBLICATIONS):
            await asyncio.to_thread(site.publish)
            await asyncio.sleep(seconds / (PUBLICATIONS + 1))
        crowd.stop()


def rank(values: list[float], percent: int) -> str:
    """Return the percentile of the values, in milliseconds."""
    return f"{1000 * sorted(values)[math.ceil(len(values) * percent / 100) - 1]:,.0f}"


def report(figures: Figures) -> None:
    """Print the results of a run: a Markdown table, then lines."""
    click.echo("| kind | answers | p50 ms | p95 ms | p99 ms |\n|---|---:|---:|---:|---:|")
    every = [taken for kind in figures.seconds.values() for taken in kind]
    kinds = [(kind, figures.seconds[kind]) for kind in WEIGHTS if kind in figures.seconds]
    for kind, taken in [*kinds, ("all", every)]:
        ranks = " | ".join(rank(taken, percent) for percent in (50, 95, 99)) if taken else "| |"
        click.echo(f"| {kind} | {len(taken):,} | {ranks} |")
    builds = ", ".join(f"{n:,} of build {build}" for build, n in sorted(figures.builds.items()))
    click.echo(f"\nanswers: {builds}")
    click.echo(f"errors: {len(figures.errors)}; mixed versions: {len(figures.mixed)}")
    for line in [*figures.errors[:10], *figures.mixed[:10]]:
        click.echo(f"  {line}")
    memory = (f"{mb:.0f} ({answers:,}; {at:.0f} s)" for answers, at, mb in figures.memory)
    click.echo(f"the server's memory in MB (answers; time): {', '.join(memory)}")


def measure(site: Site, crowd: Crowd, work: Callable[[], Coroutine[Any, Any, None]]) -> Figures:
    """Do the work on a new server and print the results, even if it is interrupted."""
    with site.served():
        try:
            asyncio.run(work())
        finally:
            report(crowd.figures)
    return crowd.figures


@click.command()
@click.option("--clients", type=click.IntRange(1, 500), default=50)
@click.option("--seconds", type=click.IntRange(1, 3600), default=120)
@click.option("--requests", type=click.IntRange(0, 1_000_000), default=10_000)
def main(clients: int, seconds: int, requests: int) -> None:
    """Load the site during publications, then measure its memory over REQUESTS."""
    with tempfile.TemporaryDirectory() as name:
        site = Site(Path(name))
        site.publish()
        click.echo(f"{clients} clients, {seconds} s, {PUBLICATIONS} publications meanwhile:\n")
        crowd = Crowd(site)
        runs = [measure(site, crowd, lambda: publish_meanwhile(site, crowd, clients, seconds))]
        if requests:
            click.echo(f"\n{clients} clients, {requests:,} requests of a new server:\n")
            many = Crowd(site, requests)
            runs.append(measure(site, many, lambda: many.ask(clients)))
        tracebacks = site.tracebacks()
    growth = runs[1].growth_mb() if requests else 0
    click.echo(
        f"\nthe server's memory grew by {growth:.1f} MB after the first {WARM_ANSWERS:,} answers "
        f"(limit {MOST_GROWTH_MB}); it printed {tracebacks} tracebacks"
    )
    failed = any(not run.answers or run.errors or run.mixed for run in runs)
    sys.exit(1 if failed or tracebacks or growth > MOST_GROWTH_MB else 0)


if __name__ == "__main__":
    # `kill` works like Ctrl-C: it also stops the server and removes the folder.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main()
