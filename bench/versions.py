"""Counts responses that mix two builds while builds are published in a loop.

    python bench/versions.py [SECONDS]

Every title is the number of its version, so a response shows which version it is from. One
process publishes continuously. This one requests table pages through Datasette's own client, whose
rows, count and facets are separate queries: first of a Datasette whose metadata declares no
chronology, then of one that declares it.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from datasette.app import Datasette

from event_timeline.publish.build import build

EVENTS = 200
AT_ONCE = 4
HEADER = (
    "id,date,title,type,status,country,region,place,latitude,longitude,location_precision,"
    "radius_km,actors,targets,killed_low,killed_best,killed_high,killed_scope,wounded_low,"
    "wounded_best,wounded_high,part_of,summary,note,aliases,sources\n"
)
ROW = (
    "2015-01-01-event-{n:04},2015-01-01,version {version},attack,confirmed,,,,,,none,,,,,,,,,,,,"
    "It happened.,,,log\n"
)
SETTINGS = {"suggest_facets": False}
DECLARED = {"plugins": {"event-timeline": {"database": "events"}}}
PATH = "/events/events.json?_facet=title&_size=20&_shape=objects"


def write(events_csv: Path, version: int) -> None:
    rows = [ROW.format(n=n, version=version) for n in range(EVENTS + version % 50)]
    events_csv.write_text(HEADER + "".join(rows), "utf-8")


def publish_without_pause(folder: Path) -> None:
    """Publish until killed."""
    for version in range(1, 1_000_000):
        write(folder / "events.csv", version)
        build(folder / "events.csv", folder / "events.db")


@contextmanager
def publishing(folder: Path) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, __file__, "--publish", str(folder)])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def versions_in(answer: dict[str, Any]) -> set[tuple[str, int]]:
    """Return the version and the number of events that each part of a response shows."""
    titles = {row["title"] for row in answer["rows"]}
    count = answer["filtered_table_rows_count"]
    facets = answer["facet_results"]["title"]["results"]
    said = {(title, count) for title in titles}
    return said | {(facet["value"], facet["count"]) for facet in facets}


async def ask(client: Any, until: float, seen: Counter[str], builds: set[tuple[str, int]]) -> None:
    while time.monotonic() < until:
        answer = await client.get(PATH)
        if answer.status_code == 200:
            found = versions_in(json.loads(answer.text))
            seen["mixed" if len(found) > 1 else "whole"] += 1
            builds |= found
        else:
            seen[f"answered {answer.status_code}"] += 1


async def measure(
    database: Path, metadata: dict[str, Any], seconds: float
) -> tuple[Counter[str], int]:
    site = Datasette([str(database)], metadata=metadata, settings=SETTINGS)
    await site.invoke_startup()
    seen: Counter[str] = Counter()
    builds: set[tuple[str, int]] = set()
    until = time.monotonic() + seconds
    await asyncio.gather(*(ask(site.client, until, seen, builds) for _ in range(AT_ONCE)))
    return seen, len(builds)


def report(name: str, seen: Counter[str], builds: int, seconds: float) -> None:
    share = 100 * seen["mixed"] / seen.total()
    others = [f"{number} {kind}" for kind, number in seen.items() if "answered" in kind]
    click.echo(
        f"{name:8} {seen.total():6} answers in {seconds:g} s, {seen['mixed']} mixed ({share:.2f} %)"
        + "".join(f", {other}" for other in others)
        + f", of {builds} builds"
    )


def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "events.csv", 0)
        build(folder / "events.csv", folder / "events.db")
        for case, metadata in (("without", {}), ("with", DECLARED)):
            with publishing(folder):
                seen, builds = asyncio.run(measure(folder / "events.db", metadata, seconds))
            report(case, seen, builds, seconds)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--publish"]:
        publish_without_pause(Path(sys.argv[2]))
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 30)
