"""No page shuts a reader out, as far as a machine can tell: axe-core finds nothing on any of them.

Asked are one page of each kind that links lead to, found by following them from the first page;
errors, to which no link leads; and what a page becomes in a reader's hands.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit
from urllib.request import urlopen

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

# axe-core takes some seconds a page and look: the pages that most readers see are enough at first.
slow = pytest.mark.slow

SIZES = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 390, "height": 844}}
COLOURS = ("light", "dark")
# Of the pages that links lead to, so many parts are examined side by side.
SHARES = 8
UNREADY = ".timeline:not(.ready):visible"
# WCAG 2.2, A and AA, and what axe-core holds to be good practice beside it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Rows and items repeat: the first half-dozen is asked, and every twentieth of the others.
THIN_OUT = """() => document
  .querySelectorAll(":is(tbody > tr, main li):nth-child(n + 7):not(:nth-child(20n))")
  .forEach((one) => one.remove())"""
# What fades in is faint until it has: a page is examined as it is in the end.
STAND_STILL = "() => document.getAnimations().forEach((animation) => animation.finish())"
UNFOLD = """() => document.querySelectorAll("details").forEach((one) => { one.open = true; })"""


def examine(page: Page, in_colours: Iterable[str] = COLOURS) -> list[str]:
    """What is wrong with a page as it stands: in which colours, by which rule, where, and why."""
    path = page.url.partition("://")[2].partition("/")[2]
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(THIN_OUT)
        page.evaluate(AXE_SCRIPT)
    found = []
    for colours in in_colours:
        page.emulate_media(color_scheme=colours)
        found += [f"/{path} {colours}: {it}" for it in violations(page)]
    return found


def violations(page: Page) -> Iterator[str]:
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    page.evaluate(STAND_STILL)
    for violation in page.evaluate("(options) => axe.run(options)", options)["violations"]:
        for node in violation["nodes"]:
            place = " ".join(map(str, node["target"]))
            summary = " ".join(node["failureSummary"].split())
            yield f"{violation['id']} at {place}: {violation['help']}. {summary}"


def open_page(page: Page, path: str, size: str = "wide") -> Page:
    page.set_viewport_size(SIZES[size])
    page.emulate_media(color_scheme="light")
    page.goto(path)
    if page.locator("script[type=module]").count():
        page.wait_for_load_state("networkidle")
    expect(page.locator(UNREADY)).to_have_count(0)
    return page


@pytest.fixture(autouse=True)
def statuses(errors: list[str]):
    """Leave out Chromium's own line on an answer of 400, 404 or 410."""
    yield
    errors[:] = [line for line in errors if not line.startswith("Failed to load resource")]


# The pages that links lead to


class Links(HTMLParser):
    """The addresses that a page links to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and (address := dict(attrs).get("href")):
            self.found.append(address)


def kind_of(path: str) -> str:
    """What a path shares with those whose pages are made alike: it has no id and no value."""
    address = urlsplit(path)
    parts = address.path.strip("/").split("/")
    named = 1 if parts[0] in ("event", "actor", "source") else 2
    # The tables that SQLite keeps for the search are all alike.
    kept = [re.sub(r"\w+_fts\w*", "fts", part) for part in parts[:named]]
    asked = {name if name.startswith("_") else "column" for name, _ in parse_qsl(address.query)}
    if asked:
        # Whichever table it is that is filtered, sorted or turned over.
        return "/".join([kept[0], *("any" for _ in parts[1:])]) + "?" + "&".join(sorted(asked))
    return "/".join([*kept, *("id" for _ in parts[named:])])


def follow_links(site: str) -> dict[str, str]:
    """One path of each kind of page, by its kind."""
    paths: dict[str, str] = {}
    waiting = ["/"]
    for path in waiting:
        if kind_of(path) in paths or re.search(r"\.(csv|json|blob|db)$", urlsplit(path).path):
            continue
        paths[kind_of(path)] = path
        for link in Links(read(site + path)).found:
            there = urldefrag(urljoin(site + path, link)).url
            # Parameters upon parameters make no new kind of page.
            if there.startswith(site) and not ("?" in path and "?" in there):
                waiting.append(there.removeprefix(site))
    return paths


def read(address: str) -> str:
    try:
        with urlopen(address) as answer:
            return str(answer.read().decode())
    except HTTPError as error:
        return error.read().decode()


@pytest.fixture(scope="module")
def linked(address: str) -> dict[str, str]:
    return follow_links(address)


@slow
def test_links_lead_to_every_kind_of_page(linked: dict[str, str]) -> None:
    assert linked.keys() >= {
        "", "about", "timeline?_window", "disputed", "event/id", "actor/id", "source/id",
        "events", "events/events", "events/any?column", "events/any?_sort", "events/any?_next",
        "events/any?_columns", "events/any?_chart", "events/questions/id", "events/disagreements",
        "events/deaths-per-year", "events/answers-to-a-question", "events?column", "events/fts",
    }  # fmt: skip


@slow
@pytest.mark.parametrize("share", range(SHARES))
def test_nothing_is_wrong_where_links_lead(page: Page, linked: dict[str, str], share: int) -> None:
    found = []
    for path in [*linked.values()][share::SHARES]:
        found += examine(open_page(page, path, "wide"), ["light"])
        page.set_viewport_size(SIZES["narrow"])
        found += examine(page, ["dark"])
    assert found == [], "\n".join(found)


# The pages that most readers see, and those that no link leads to

MAIN = ["/", "/events/events", "/event/2016-03-07-ben-guerdane-attack"]
AT_FIRST = [*zip(MAIN, ("wide", "narrow", "narrow"), strict=True)]
OFTEN_SEEN = ["/about", "/disputed", "/actor/islamic-state"]
UNLINKED = [
    "/timeline?embed=1",
    "/timeline?_search=no-such-word",
    "/timeline?_window=nonsense",
    "/nothing-here",
    "/event/nothing-here",
    "/actor/abdessamad-ejjoud",
    "/events/events/nothing-here",
    "/events/events?_search=no-such-word",
    "/events/events?_size=many",
    "/events?sql=select+nothing",
    "/events?sql=select+1+where+0",
    "/-/versions",
]


@pytest.mark.parametrize(
    ("path", "size"),
    [
        pytest.param(path, size, marks=() if (path, size) in AT_FIRST else slow)
        for path in (*MAIN, *OFTEN_SEEN, *UNLINKED)
        for size in SIZES
    ],
)
def test_nothing_is_wrong_in_any_look(page: Page, path: str, size: str) -> None:
    found = examine(open_page(page, path, size))
    assert found == [], "\n".join(found)


# What a page becomes in a reader's hands


def with_everything_unfolded(page: Page) -> None:
    page.evaluate(UNFOLD)
    expect(page.locator(UNREADY)).to_have_count(0)


def with_a_card(page: Page) -> None:
    page.get_by_role("application", name="Timeline of the events").press("ArrowDown")
    expect(page.locator(".card")).to_be_visible()


def with_a_crowd_on_the_map(page: Page) -> None:
    with_everything_unfolded(page)
    page.get_by_role("button", name=re.compile("events here: show them")).first.press("Enter")
    expect(page.locator(".events-here li a").first).to_be_visible()


def with_a_timeline_over_the_table(page: Page) -> None:
    page.get_by_text("Show on a timeline").click()
    expect(page.locator(".timeline.ready")).to_be_visible()
    with_a_card(page)


def with_a_chart(page: Page) -> None:
    page.get_by_role("link", name="Draw the chart").click()
    expect(page.locator(".vega-embed canvas")).to_be_visible()


def with_the_skip_link(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()


@slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("/timeline?_window=2015", with_a_card),
        ("/timeline", with_a_crowd_on_the_map),
        ("/timeline?type=attack&_lanes=actors", with_everything_unfolded),
        ("/events/events?type=attack&_facet=precision", with_everything_unfolded),
        ("/events/events", with_a_timeline_over_the_table),
        ("/events", with_everything_unfolded),
        ("/events/coverage", with_a_chart),
        ("/event/2016-03-07-ben-guerdane-attack", with_the_skip_link),
    ],
)
def test_nothing_is_wrong_in_use(page: Page, path: str, make: Callable, size: str) -> None:
    make(open_page(page, path, size))
    found = examine(page)
    assert found == [], "\n".join(found)


@pytest.mark.slow  # a page in a browser takes seconds
def test_what_shuts_a_reader_out_is_found(page: Page) -> None:
    page.goto("/about")
    page.evaluate("""() => {
      const make = (name, more) => document.querySelector("main").append(
        Object.assign(document.createElement(name), more));
      make("input", {});
      make("h6", { textContent: "A heading out of order" });
      make("p", { textContent: "Faint by night", className: "faint" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("@media (prefers-color-scheme: dark) { .faint { color: #333; } }");
      document.adoptedStyleSheets = [sheet];
    }""")
    found = [line.partition(" at ")[0] for line in examine(page)]
    assert found == [
        "/about light: heading-order",
        "/about light: label",
        "/about dark: color-contrast",
        "/about dark: heading-order",
        "/about dark: label",
    ]


@pytest.mark.slow  # a page in a browser takes seconds
def test_what_fades_in_is_examined_once_it_has(page: Page) -> None:
    page.goto("/about")
    page.evaluate("""() => {
      const said = Object.assign(document.createElement("p"), { textContent: "Slow to come" });
      document.querySelector("main").append(said);
      said.animate([{ opacity: 0.1 }, { opacity: 1 }], 1000);
    }""")
    assert examine(page, ["light"]) == []
