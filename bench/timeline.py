"""Measures the speed of the timeline: python bench/timeline.py [EVENTS] [--folder FOLDER]

Serves the curated files and then generated events (20,000 by default; FOLDER keeps their database
for another run), as `event-timeline serve` does. For each row of the table it starts a server with
an empty cache. It prints the time of the first response, which must read every event, and the
median of five later ones. These have different windows or filters if the row names one, otherwise
the same address. For comparison it prints the time of the table without the plugin, and the time
in which bare sqlite3 reads every event. If Chromium is installed: the first paint, the time from
a drag on the overview to the new list, the longest frame while panning and zooming, and the bytes
of our JavaScript and CSS.
"""

import json
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
import yaml
from build import build, generate, seconds
from playwright.sync_api import Page, sync_playwright
from watching import ROOT, free_port, get, running

from event_timeline.publish.serving import arguments

YEARS = range(2012, 2017)
TABLE = "/events/events"
FILTERED = "/timeline.json?country={country}&type=attack"
# By name: the first address, and the later ones with a year to be filled in.
ADDRESSES = {
    "/timeline": ("/timeline", "/timeline"),
    "/timeline of a window": ("/timeline?_window=2011", "/timeline?_window={year}"),
    "/timeline.json": ("/timeline.json", "/timeline.json"),
    "/timeline.json of a window": ("/timeline.json?_window=2011", "/timeline.json?_window={year}"),
    "/timeline.json of two filters": (
        FILTERED.format(country="TN"),
        FILTERED.format(country="LY") + "&killed_best__gte={year}",
    ),
    "/timeline.json of two filters, a window": (
        FILTERED.format(country="TN") + "&_window=2011",
        FILTERED.format(country="TN") + "&_window={year}",
    ),
}
PATIENCE_MS = 60_000

# Records the time that our code takes in each frame.
FRAMES = """
window.frames_ms = [];
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (draw) => ask((now) => {
  const began = performance.now();
  draw(now);
  window.frames_ms.push(performance.now() - began);
});
"""
# Records the time from the end of a drag until the list has changed.
BRUSH = """() => {
  let ended = 0;
  addEventListener("pointerup", () => { ended = performance.now(); }, { capture: true });
  new MutationObserver(() => { window.brushed_ms = performance.now() - ended; })
    .observe(document.getElementById("shown"), { childList: true });
}"""
OWN_BYTES = """() => performance.getEntriesByType("resource")
  .filter(({ name }) => /datasette.event.timeline\\/.*\\.(js|css)(\\?|$)/.test(name))
  .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0)"""
PAINT = '() => performance.getEntriesByName("first-contentful-paint")[0].startTime'


@contextmanager
def serving(database: Path, metadata: dict[str, Any]) -> Iterator[int]:
    """Serve a database as `event-timeline serve` does; yields the port."""
    port = free_port()
    described = database.with_name("served.json")
    described.write_text(json.dumps(metadata), "utf-8")
    words = arguments(database.resolve(), described.resolve(), "127.0.0.1", port)
    with running(["-m", "datasette", *words], database.parent, port):
        yield port


def milliseconds(port: int, address: str) -> float:
    def ask() -> None:
        status, text = get(port, address)
        if status != 200:
            sys.exit(f"{address} was answered {status}: {text[-200:]}")

    return 1000 * seconds(ask)


def scan_ms(database: Path) -> float:
    """Read every event with bare sqlite3; return the best time of three."""
    with closing(sqlite3.connect(database)) as db:
        sql = "select sum(earliest_start) from events not indexed"
        return 1000 * min(seconds(lambda: db.execute(sql).fetchone()) for _ in range(3))


def first_and_later(
    database: Path, metadata: dict[str, Any], first: str, later: str
) -> tuple[float, float]:
    """Return the time of the first request to a new server, and the median of later ones."""
    with serving(database, metadata) as port:
        began = milliseconds(port, first)
        return began, statistics.median(milliseconds(port, later.format(year=y)) for y in YEARS)


def report(database: Path, name: str, chromium: str | None) -> None:
    """Print the times of a database's pages as a Markdown table."""
    metadata = yaml.safe_load((ROOT / "metadata.yml").read_text("utf-8"))
    scan = scan_ms(database)
    click.echo(f"\n{name}; a scan of all events by bare sqlite3: {scan:.1f} ms\n")
    click.echo("| what | first, ms | later, ms | later / scan |\n|---|---:|---:|---:|")

    undeclared = {key: value for key, value in metadata.items() if key != "plugins"}
    rows = [(what, metadata, *asked) for what, asked in ADDRESSES.items()]
    rows.append(("table with facets", metadata, TABLE, TABLE))
    rows.append(("the same, without the plugin", undeclared, TABLE, TABLE))
    times = {what: first_and_later(database, *asked) for what, *asked in rows}
    for what, (first, later) in times.items():
        click.echo(f"| {what} | {first:,.0f} | {later:,.0f} | {later / scan:,.1f} |")
    table, floor = (later for _, later in [*times.values()][-2:])
    click.echo(f"\nthe table takes {table / floor:.2f} times as long as without the plugin")
    if chromium is None:
        click.echo("Chromium is not installed: the drawing was not measured")
        return
    with serving(database, metadata) as port:
        look(chromium, f"http://127.0.0.1:{port}/timeline")


def look(chromium: str, address: str) -> None:
    """Print the times that a reader waits, in a browser with an empty cache."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(FRAMES)
        page.goto(address)
        page.wait_for_selector(".ready")
        drawn = page.evaluate("() => performance.now()")
        click.echo(f"first paint {page.evaluate(PAINT):,.0f} ms, timeline drawn {drawn:,.0f} ms")
        click.echo(f"from a drag on the overview to the new list {brush(page):,.0f} ms")
        click.echo(f"longest frame of panning and zooming {longest_frame(page):.1f} ms")
        click.echo(f"our JavaScript and CSS: {page.evaluate(OWN_BYTES):,} bytes")
        browser.close()


def brush(page: Page) -> float:
    page.evaluate(BRUSH)
    drag(page, ".overview", 0.3, 0.6)
    page.wait_for_function("() => window.brushed_ms !== undefined")
    taken: float = page.evaluate("() => window.brushed_ms")
    return taken


def longest_frame(page: Page) -> float:
    page.evaluate("() => { window.frames_ms.length = 0; }")
    page.focus(".stage")
    drag(page, ".stage", 0.3, 0.7)
    for turn in (-240, 240, -120, 120):
        page.mouse.wheel(0, turn)
        page.wait_for_timeout(100)
    longest: float = page.evaluate("() => Math.max(...window.frames_ms)")
    return longest


def drag(page: Page, selector: str, start: float, end: float) -> None:
    """Drag across an element, from `start` to `end` as shares of its width."""
    box = page.locator(selector).first.bounding_box() or sys.exit(f"there is no {selector}")
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], y, steps=20)
    page.mouse.up()


def made(folder: Path, count: int) -> Path:
    """Return a database of `count` generated events; build it if the folder has none."""
    database = folder / str(count) / "events.db"
    if not database.exists():
        database.parent.mkdir(parents=True, exist_ok=True)
        build(generate(database.parent, count), database)
    return database


@click.command()
@click.argument("count", type=click.IntRange(min=1_000), default=20_000, metavar="[EVENTS]")
@click.option("--folder", type=click.Path(path_type=Path), help="Folder for the databases.")
def main(count: int, folder: Path | None) -> None:
    """Time the timeline of the curated files and of EVENTS generated events."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as name:
        curated = Path(name) / "events.db"
        build(ROOT / "events.csv", curated)
        report(curated, "the curated files", chromium)
        report(made(folder or Path(name), count), f"{count:,} generated events", chromium)


if __name__ == "__main__":
    main()
