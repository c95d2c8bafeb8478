"""Fuzzes the readers of files, dates and addresses, guided by code coverage.

    .venv/bin/pip install atheris              # Linux; 3.0.0 was used
    .venv/bin/python bench/guided.py dates 120

The run ends at an exception, or at an input that takes more than 20 s or 1 GB of memory; that
input is saved in build/guided/. Inputs that reach new code are saved there for the next run.
"""

import asyncio
import contextlib
import csv
import io
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import quote_from_bytes

import atheris
import click

with atheris.instrument_imports(
    include=["edtf_dates", "datasette_event_timeline", "event_timeline"]
):
    from datasette.app import Datasette

    from datasette_event_timeline.sql import functions
    from edtf_dates import explain, guesses
    from event_timeline.curated import cells
    from event_timeline.curated.columns import ACTORS, CLAIMS, EVENTS, FILES
    from event_timeline.curated.csvfile import Reader
    from event_timeline.curated.formatting import format_data
    from event_timeline.database import search
    from event_timeline.history import changes, rendering
    from event_timeline.publish.build import build

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "guided"
SECONDS_AN_INPUT = 20
MEGABYTES = 1024
LONGEST = 4_096

Target = Callable[[bytes], None]


def reader(data: bytes) -> None:
    """Read and format a curated file; the first byte decides which."""
    file = FILES[data[0] % len(FILES)] if data else EVENTS
    list(Reader(io.BytesIO(data[1:]), file, file.path, str).rows())
    format_data(data[1:], Path(file.path), file).diff()


def changed(data: bytes) -> None:
    """Compare two versions of data/actors.csv, separated by a line of hyphens."""
    old, _, new = data.partition(b"---\n")
    sides = [changes.Side(name, {"actors": half}) for name, half in (("old", old), ("new", new))]
    files = changes.compare(*sides)
    rendering.render_text(*sides, files)
    rendering.render_markdown(*sides, files)


def dates(data: bytes) -> None:
    """Explain a date, and call the SQL functions with a date and a window."""
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(cells.CellError):
        explain.render_date(cells.parse_edtf(text))
    start, _, end = text.partition("|")
    functions.edtf_possibly(start, end)
    functions.edtf_certainly(start, end)
    functions.edtf_interval(start, end)
    functions.edtf_first_day(text)


def guessed(data: bytes) -> None:
    """Guess the date meant by a text that is not EDTF."""
    guesses.guess_edtf(data.decode("utf-8", "replace"))


def searched(data: bytes) -> None:
    """Build a search expression from words."""
    search.match_expression(data.decode("utf-8", "replace"))


async def ask(site: Datasette, path: str, query: bytes) -> int:
    """Return the status of a request whose parameters are these bytes."""
    answer = await site.client.get(f"{path}?{quote_from_bytes(query, safe='=&+%')}")
    return int(answer.status_code)


def site_asked(*paths: str) -> Target:
    """Return a target that requests pages of the real site with any parameters."""
    folder = Path(tempfile.mkdtemp())
    build(ROOT / "events.csv", folder / "events.db")
    plugins = {"event-timeline": {"database": "events", "lanes": ["country", {"array": "actors"}]}}
    limits = {"sql_time_limit_ms": 500, "num_sql_threads": 1}
    site = Datasette(
        [str(folder / "events.db")], metadata={"plugins": plugins}, settings=limits, memory=False
    )
    loop = asyncio.new_event_loop()

    def target(data: bytes) -> None:
        for path in paths:
            status = loop.run_until_complete(ask(site, path, data))
            assert status < 500, (status, path, data)  # noqa: S101

    return target


TARGETS: dict[str, Callable[[], Target]] = {
    "reader": lambda: reader,
    "changes": lambda: changed,
    "dates": lambda: dates,
    "guesses": lambda: guessed,
    "search": lambda: searched,
    "timeline": lambda: site_asked("/timeline.json", "/timeline"),
    "table": lambda: site_asked("/events/events.json", "/events/events.csv"),
}


def seeds(name: str) -> Iterable[bytes]:
    """Yield valid inputs to start from."""
    files = {file: (ROOT / file.path).read_bytes() for file in FILES}
    if name == "reader":
        for n, (_, data) in enumerate(files.items()):
            yield bytes([n]) + b"".join(data.splitlines(keepends=True)[:4])[:LONGEST]
    elif name == "changes":
        lines = files[ACTORS].splitlines(keepends=True)[:6]
        yield b"".join([*lines[:4], b"---\n", lines[0], *lines[2:]])
    elif name in ("dates", "guesses", "search"):
        for file in (EVENTS, CLAIMS):
            for row in csv.DictReader(io.StringIO(files[file].decode())):
                for column in ("date", "date_words", "period_words", "reported"):
                    yield (row.get(column) or "").encode()
    else:
        yield from ADDRESSES


ADDRESSES = [
    b"_window=2014/2015&_lanes=actors&_page=2&_selected=2015-03-18-bardo-museum-attack",
    b"_possibly=2015-XX-1X&_certainly={2014,2016..2018}&_lanes=none&embed=1",
    b"latitude__gte=30.5&latitude__lte=38&longitude__gte=-5&longitude__lte=12&type=attack",
    b"_search=bardo+-tunis&actors__arraycontains=islamic-state&country__in=TN,LY&year__notin=[2015]",
    b"title__contains=a&place__isnull=1&killed_best__gt=5&summary__like=%a%&note__notblank=1",
    b'_through={"table":"event_actors","column":"actor","value":"islamic-state"}&_where=year>2014',
    b"_sort=date&_facet=type&_facet_array=actors&_size=5&_next=1&_excel=1&_nl=on&_shape=array",
]


@click.command()
@click.argument("name", type=click.Choice(list(TARGETS)))
@click.argument("seconds", type=int, default=60)
def main(name: str, seconds: int) -> None:
    """Fuzz the target NAME for SECONDS."""
    corpus = KEPT / name
    corpus.mkdir(parents=True, exist_ok=True)
    for n, seed in enumerate(dict.fromkeys(seeds(name))):
        (corpus / f"seed-{n}").write_bytes(seed)
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SECONDS_AN_INPUT}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={KEPT}/{name}-",
        "-print_final_stats=1",
        str(corpus),
    ]
    atheris.Setup([sys.argv[0], *options], TARGETS[name]())
    atheris.Fuzz()


if __name__ == "__main__":
    main()
