"""A real Chromium on the real site. Every test: no request to another host, no error of ours."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from event_timeline.publish.build import build
from event_timeline.publish.serving import arguments

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HOST = "127.0.0.1"
# Nothing that a browser does on its own account may look like a request of ours.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP = {"width": 1280, "height": 900}
expect.set_options(timeout=30_000)
LISTENS = re.compile(r"(?<=running on )http://\S+")


def find_chromium() -> str | None:
    """Return the path of the machine's own Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def _as_built(database: Path) -> None:
    """Leave a built database as it is."""


@contextmanager
def served(folder: Path, change: Callable[[Path], None] = _as_built) -> Iterator[str]:
    """Build events.db in a folder, change it, serve it with the real metadata.yml; the address.

    What the server says is in the folder's serve.log.
    """
    database = folder / "events.db"
    build(ROOT / "events.csv", database)
    change(database)
    # Port 0: whichever is free, and no other process can take it in between.
    words = arguments(database, ROOT / "metadata.yml", HOST, 0)
    with (
        subprocess.Popen(
            [sys.executable, "-m", "datasette", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        ) as server,
        (folder / "serve.log").open("w", buffering=1) as log,
        ThreadPoolExecutor(1) as reader,
    ):
        try:
            assert server.stdout is not None
            address = _address_of(server.stdout, log)
            reader.submit(log.writelines, server.stdout)
            yield address
        finally:
            server.terminate()


def _address_of(said: IO[str], log: IO[str]) -> str:
    """Read on until the server says where it listens."""
    for line in said:
        log.write(line)
        if found := LISTENS.search(line):
            return found[0]
    raise RuntimeError(f"the site did not start: {Path(log.name).read_text()}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = find_chromium()
    if found is None and os.environ.get("EVENT_TIMELINE_BROWSER") == "required":
        pytest.fail("no Chromium: install chromium, chromium-browser or google-chrome")
    if found is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on this machine")
    return found


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[str]]:
    """What serves a chronology in a folder: `with serve(folder, change) as address`."""
    return served


@pytest.fixture(scope="session")
def in_context() -> Callable[..., AbstractContextManager[BrowserContext]]:
    """What opens a context that outlives a test: see `open_context`."""
    return open_context


@pytest.fixture(scope="session")
def address(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("browser")) as found:
        yield found


# Of a module: where Playwright's loop runs, no other can, and asynchronous tests may follow.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def outside(address: str) -> Iterator[list[str]]:
    """The addresses asked of any other host, which are blocked; there must be none."""
    asked: list[str] = []
    yield asked
    assert asked == []


@pytest.fixture
def errors() -> Iterator[list[str]]:
    """What the console called an error and no other plugin's script threw; there must be none."""
    logged: list[str] = []
    yield logged
    assert logged == [], "\n".join(logged)


@pytest.fixture
def new_context(
    browser: Browser, address: str, outside: list[str], errors: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """What makes a context: `new_context(color_scheme="dark")`, with Playwright's own options."""
    with ExitStack() as opened:

        def make(**options: Any) -> BrowserContext:
            return opened.enter_context(open_context(browser, address, outside, errors, **options))

        yield make


@contextmanager
def open_context(
    browser: Browser, address: str, outside: list[str], errors: list[str], **options: Any
) -> Iterator[BrowserContext]:
    """A context of the site that appends to `outside` and `errors` what there must be none of.

    Nothing moves unless it is asked to: what is under way looks like neither end.
    """
    own_host = urlsplit(address).netloc

    def admit(route: Route) -> None:
        if urlsplit(route.request.url).netloc == own_host:
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    with browser.new_context(
        base_url=address, **{"viewport": DESKTOP, "reduced_motion": "reduce", **options}
    ) as made:
        made.route(lambda url: not url.startswith(("data:", "blob:")), admit)
        made.on("weberror", lambda error: errors.append(str(error.error)))
        made.on(
            "console",
            lambda message: errors.append(message.text) if message.type == "error" else None,
        )
        yield made


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
