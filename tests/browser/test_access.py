"""What holds for every page: keyboard, small screens, no script, print, errors in our look."""

import re

import pytest
from playwright.sync_api import Page, expect

# The pages that most readers see; the others are slow, for there are many.
MAIN = ("/", "/events/events", "/event/2016-03-07-ben-guerdane-attack")
OTHERS = (
    "/events",
    "/events/events?_columns=all",
    "/events/events/2015-03-18-bardo-museum-attack",
    "/actor/islamic-state",
    "/source/reset-doc-2018-03-07-caliphate",
    "/disputed",
    "/timeline",
    "/about",
    "/events/claims",
    "/events/sources",
    "/events/questions",
    "/events/actors",
    "/events/actors/islamic-state",
    "/events/disagreements",
    "/events/claims_in_full",
    "/events?sql=select+*+from+claims",
)
NARROW, WIDE = {"width": 390, "height": 800}, {"width": 1280, "height": 900}
WIDTH = "document.documentElement.scrollWidth"


@pytest.mark.parametrize(
    "path", [*MAIN, *(pytest.param(path, marks=pytest.mark.slow) for path in OTHERS)]
)
def test_every_page_on_screens_small_and_large(page: Page, path: str) -> None:
    page.set_viewport_size(NARROW)
    answer = page.goto(path)
    assert answer is not None
    assert answer.ok
    assert page.evaluate(WIDTH) == NARROW["width"], "it scrolls sideways"
    page.evaluate(
        "document.querySelectorAll('main :is(h1, h2, .summary, .note, .said, .chronicle a, .row-link)')"
        ".forEach((place) => { place.textContent = 'w'.repeat(500) })"
    )
    assert page.evaluate(WIDTH) == NARROW["width"], "a long word is wider than its column"
    page.set_viewport_size(WIDE)
    check_head_and_foot(page)


def check_head_and_foot(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_count(1)
    expect(page.get_by_role("searchbox").first).to_be_visible()
    expect(page.get_by_role("navigation", name="Site").get_by_role("link")).to_have_text(
        [
            "Timeline",
            "Events",
            "Actors",
            "Sources",
            "Questions",
            "Where sources disagree",
            "Tables and SQL",
            "About",
        ]
    )
    expect(page.get_by_role("contentinfo")).to_contain_text("CC BY 4.0")
    expect(page.get_by_role("contentinfo")).to_contain_text("Data as of build 1")


def test_skip_link_and_visible_focus(page: Page) -> None:
    page.goto("/events/events")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.fixture
def scriptless(new_context) -> Page:
    return new_context(java_script_enabled=False).new_page()


def test_without_script(scriptless: Page) -> None:
    scriptless.goto("/")
    scriptless.get_by_role("searchbox").fill("sirte")
    scriptless.get_by_role("button", name="Search").click()
    scriptless.locator("#facet-type").get_by_role("link", name="battle").click()
    expect(scriptless.locator("h1")).to_have_text("Events")
    scriptless.locator("tbody summary").first.click()
    expect(scriptless.locator("tbody dl").first).to_be_visible()
    scriptless.locator("tbody .row-link").first.click()
    expect(scriptless.get_by_role("heading", name="Sources")).to_be_visible()


@pytest.mark.slow  # a page in a browser takes seconds
def test_filter_form(page: Page) -> None:
    page.goto("/events/events")
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Column", exact=True).select_option("place")
    page.get_by_label("Comparison", exact=True).select_option("contains")
    page.get_by_label("Value", exact=True).fill("Sirte")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("list", name="Filters in force")).to_contain_text(
        "place contains Sirte"
    )


@pytest.mark.slow  # a page in a browser takes seconds
def test_dark_and_print(page: Page) -> None:
    page.goto("/events/events/2015-03-18-bardo-museum-attack")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) != light
    page.emulate_media(media="print", color_scheme="light")
    expect(page.get_by_role("search")).to_be_hidden()
    expect(page.locator(".references")).to_be_visible()


@pytest.mark.slow  # a page in a browser takes seconds
@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/events/nothing-here", 404, "There is nothing at this address"),
        ("/nothing-here", 404, "There is nothing at this address"),
        ("/events/events/nothing-here", 404, "There is nothing at this address"),
        ("/events/events?_size=many", 400, "This address does not make sense here"),
        ("/events?sql=select+nothing", 400, "SQL query"),
    ],
)
def test_errors(page: Page, errors: list[str], path: str, status: int, says: str) -> None:
    response = page.goto(path)
    assert response is not None
    assert response.status == status
    expect(page.locator("h1")).to_have_text(says)
    expect(page.get_by_role("searchbox").first).to_be_visible()
    # The browser logs the status of the page itself, and nothing else.
    assert [re.sub(r"\D+", " ", line).strip() for line in errors] == [str(status)]
    errors.clear()


@pytest.mark.slow  # a page in a browser takes seconds
def test_own_pages_leave_the_chart_library_out(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/events", "/events/events/2015-03-18-bardo-museum-attack"):
        page.goto(path)
    assert [address for address in asked if address.endswith(".js")] == []
