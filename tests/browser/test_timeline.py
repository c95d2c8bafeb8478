"""What a person does with the linked view: timeline, map and list over the same events."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

BARDO = "2015-03-18-bardo-museum-attack"
A_MONTH = "/timeline?_window=2015-03"
# Two seconds or more each: opening the timeline in a browser of one's own takes as long. What is
# not slow is each way to move, to filter and to read, once.
slow = pytest.mark.slow


def open_timeline(page: Page, path: str = "/timeline") -> Page:
    page.goto(path)
    expect(page.locator(".timeline.ready")).to_be_attached()
    expect(page.locator(".stage canvas").first).not_to_have_js_property("height", 150)
    return page


def stage(page: Page) -> Locator:
    return page.get_by_role("application", name="Timeline of the events")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="Move the timeline").get_by_role("button", name=name)


def window(page: Page) -> str:
    return dict(parse_qsl(urlsplit(page.url).query)).get("_window", "")


def wait_for_window(page: Page, before: str) -> str:
    """Wait until the address has another window, and the list with it; return the window."""
    page.wait_for_url(lambda url: dict(parse_qsl(urlsplit(url).query)).get("_window", "") != before)
    # Its downloads are asked for the window too.
    page.wait_for_function(
        """() => {
          const link = [...document.querySelectorAll(".export-links a")].find((a) => a.textContent === "CSV");
          const asked = new URL(link.href).searchParams.getAll("_possibly").at(-1);
          return (asked ?? null) === new URLSearchParams(location.search).get("_window");
        }"""
    )
    expect(page.get_by_label("From, to")).to_have_value(window(page))
    return window(page)


def status(page: Page) -> Locator:
    return page.get_by_role("status").last


def days_shown(page: Page) -> str:
    """The first and the last day in view, as the overview says them."""
    ends = page.get_by_role("slider").evaluate_all("(all) => all.map((s) => s.ariaValueText)")
    return " to ".join(ends)


def next_frame(page: Page) -> None:
    page.evaluate("() => new Promise(requestAnimationFrame)")


@contextmanager
def drawn_anew(page: Page) -> Iterator[None]:
    """What is done here makes the server answer: wait until the answer has been drawn."""
    page.evaluate("document.querySelector('[data-timeline-legend] ul').id = 'before'")
    yield
    expect(page.locator("[data-timeline-legend] ul:not(#before)")).to_be_attached()
    next_frame(page)


def listed(page: Page) -> list[str]:
    page.wait_for_load_state()
    found = page.locator(".events-shown > li").evaluate_all(
        "(all) => all.map((li) => li.dataset.event)"
    )
    return [str(event) for event in found]


def rows_of(page: Page, link: str = "CSV") -> list[str]:
    """The ids of the rows that the page offers to download."""
    address = page.get_by_role("link", name=link, exact=True).get_attribute("href") or ""
    return sorted(
        row["id"] for row in csv.DictReader(io.StringIO(page.request.get(address).text()))
    )


def shown_count(page: Page) -> int:
    page.wait_for_load_state()
    return int(re.sub(r"\D", "", page.locator("#shown h2").inner_text()))


def place_of(page: Page, title: str) -> tuple[float, float]:
    """Where a mark is on the screen, found as a person would: by moving over the canvas."""
    found: list[float] | None = stage(page).evaluate(
        """(stage, title) => {
          const { left, top, width, height } = stage.getBoundingClientRect();
          for (let y = 44; y < height; y += 9) {
            for (let x = width > 640 ? 140 : 4; x < width; x += 9) {
              const [clientX, clientY] = [left + x, top + y];
              stage.dispatchEvent(
                new PointerEvent("pointermove", { pointerType: "mouse", clientX, clientY }));
              if (document.querySelector(".card").innerText.includes(title)) return [clientX, clientY];
            }
          }
        }""",
        title,
    )
    assert found is not None, f"no mark for {title}"
    x, y = found
    page.mouse.move(x, y)
    expect(page.locator(".card")).to_contain_text(title)
    return x, y


# Zooming and moving


def test_buttons(page: Page) -> None:
    open_timeline(page)
    assert window(page) == ""
    button(page, "Zoom in").click()
    zoomed = wait_for_window(page, "")
    button(page, "Earlier").click()
    earlier = wait_for_window(page, zoomed)
    assert earlier < zoomed
    button(page, "Later").click()
    assert wait_for_window(page, earlier) > earlier
    button(page, "Whole period").click()
    wait_for_window(page, zoomed)
    assert window(page) == ""


@slow
def test_the_wheel_scrolls_the_page_until_the_timeline_has_the_focus(page: Page) -> None:
    open_timeline(page)
    box = stage(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 500, box["y"] + 200)
    page.mouse.wheel(0, 200)
    page.wait_for_function("() => scrollY === 200")
    assert window(page) == ""
    stage(page).focus()
    at = page.evaluate("scrollY")
    page.mouse.wheel(0, -240)
    wait_for_window(page, "")
    assert page.evaluate("scrollY") == at


def test_keys(page: Page) -> None:
    open_timeline(page, "/timeline?_window=2015")
    stage(page).focus()
    page.keyboard.press("+")
    closer = wait_for_window(page, "2015")
    page.keyboard.press("ArrowRight")
    later = wait_for_window(page, closer)
    assert later > closer
    page.keyboard.press("0")
    wait_for_window(page, later)
    assert window(page) == ""


@slow
def test_keys_go_from_event_to_event(page: Page) -> None:
    open_timeline(page, A_MONTH)
    stage(page).focus()
    page.keyboard.press("ArrowDown")
    expect(status(page)).to_contain_text("6 March 2015")
    page.keyboard.press("ArrowDown")
    expect(status(page)).to_have_text("18 March 2015: Bardo National Museum attack")
    expect(page.locator(f'[data-event="{BARDO}"]')).to_have_class(re.compile("pointed"))
    page.keyboard.press("Escape")
    expect(page.locator(".card")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/event/{BARDO}")


@slow
def test_keys_bring_an_event_out_of_sight_into_view_and_say_it(page: Page) -> None:
    open_timeline(page, A_MONTH)
    stage(page).focus()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.wait_for_url(lambda url: "2015-03" not in url.split("_window=")[1][:7] or "2015-04" in url)
    expect(status(page)).to_contain_text(": ")
    expect(page.locator(".card")).to_be_visible()


# With nothing in view, of which the next two events are in July, four days apart.
BEFORE_JULY = "/timeline?country=TN&_window=2013-05"


@slow
def test_what_is_chosen_is_said_at_once_and_stays_said_when_the_list_comes(page: Page) -> None:
    open_timeline(page, BEFORE_JULY)
    lists: list[Route] = []
    page.route(re.compile(r"/timeline\?"), lambda route: lists.append(route))
    stage(page).focus()
    page.keyboard.press("ArrowDown")
    expect(status(page)).to_have_text("25 July 2013: Mohamed Brahmi is shot dead in Ariana")
    page.keyboard.press("ArrowDown")
    chosen = "29 July 2013: Mount Chaambi ambush"
    expect(status(page)).to_have_text(chosen)
    for route in lists:
        route.continue_()
    wait_for_window(page, "2013-05")
    expect(status(page)).to_have_text(chosen)


@slow
def test_a_choice_ends_the_movement_that_is_under_way(page: Page) -> None:
    open_timeline(page, BEFORE_JULY)
    page.evaluate("""async () => {
      document.querySelector("[data-move=in]").click();
      const key = new KeyboardEvent("keydown", { key: "ArrowDown" });
      document.querySelector(".stage").dispatchEvent(key);
      for (let n = 0; n < 3; n++) await new Promise(requestAnimationFrame);
    }""")
    expect(page.locator(".card")).to_be_visible()
    assert days_shown(page).startswith(("9 July", "10 July"))


def test_drag(page: Page) -> None:
    open_timeline(page, "/timeline?_window=2015")
    box = stage(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 700, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 500, box["y"] + 60, steps=4)
    page.mouse.up()
    moved = wait_for_window(page, "2015")
    assert moved.startswith("2015-03")
    page.mouse.move(box["x"] + 600, box["y"] + 90)
    assert window(page) == moved


@slow
def test_a_drag_that_begins_before_there_is_anything_to_draw(
    page: Page, written: Callable[[], list[str]]
) -> None:
    asked: list[Route] = []
    page.route("**/timeline.json*", lambda route: asked.append(route))
    with page.expect_request("**/timeline.json*"):
        page.goto("/timeline?_window=2015")
    box = stage(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 700, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 650, box["y"] + 60, steps=2)
    asked[0].continue_()
    expect(page.locator(".timeline.ready")).to_be_attached()
    page.mouse.move(box["x"] + 500, box["y"] + 60, steps=4)
    next_frame(page)
    assert page.locator(".stage canvas").first.evaluate("(canvas) => canvas.height") > 200
    assert "undefined" not in written()
    page.mouse.up()
    assert wait_for_window(page, "2015").startswith("2015-0")


@slow
def test_a_pointer_lifted_outside_lets_go(page: Page) -> None:
    open_timeline(page, "/timeline?_window=2015")
    box = stage(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 700, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 700, box["y"] - 60)
    page.mouse.up()
    next_frame(page)
    shown = days_shown(page)
    page.mouse.move(box["x"] + 300, box["y"] + 100, steps=3)
    next_frame(page)
    assert days_shown(page) == shown


@slow
def test_motion_is_left_out_when_not_wanted(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_timeline(page, "/timeline?_window=2015")
    page.evaluate("""() => {
      window.frames_ = 0;
      const strip = document.querySelectorAll("[role=slider]")[0];
      new MutationObserver(() => (window.frames_ += 1)).observe(strip, { attributeFilter: ["aria-valuenow"] });
    }""")
    button(page, "Zoom in").click()
    wait_for_window(page, "2015")
    page.wait_for_function("window.frames_ > 0")
    assert page.evaluate("window.frames_") == 1
    expect(page.locator(".ghost.fading")).to_have_count(0)


# The overview


@slow
def test_brush(page: Page) -> None:
    open_timeline(page)
    box = page.locator(".overview").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 15, steps=5)
    page.mouse.up()
    # All is in view: a drag chooses a window.
    chosen = wait_for_window(page, "")
    first, last = chosen.split("/")
    assert "2005" < first < "2007"
    assert "2010" < last < "2013"
    assert shown_count(page) == len(rows_of(page))


@slow
@pytest.mark.parametrize("way", [-1, 1])
def test_a_window_dragged_against_the_end_of_the_strip_stays_as_long_as_it_is(
    page: Page, way: int
) -> None:
    open_timeline(page, "/timeline?_window=2005/2012")
    days = "(all) => all[1].ariaValueNow - all[0].ariaValueNow"
    length = page.get_by_role("slider").evaluate_all(days)
    first, last = (thumb.bounding_box() for thumb in page.get_by_role("slider").all())
    assert first is not None
    assert last is not None
    x, y = (first["x"] + last["x"] + last["width"]) / 2, first["y"] + 15
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + way * 1200, y, steps=8)
    page.mouse.up()
    wait_for_window(page, "2005/2012")
    assert page.get_by_role("slider").evaluate_all(days) == pytest.approx(length, abs=1)
    end = page.get_by_role("slider").nth(1 if way > 0 else 0)
    limit = "aria-valuemax" if way > 0 else "aria-valuemin"
    at, most = (int(end.get_attribute(name) or "") for name in ("aria-valuenow", limit))
    assert at == pytest.approx(most, abs=1)


@slow
@pytest.mark.parametrize("side", [0, 1])
def test_each_end_of_a_short_window_is_grabbed_by_its_own_thumb(page: Page, side: int) -> None:
    ends = ["2015-03-01", "2015-03-31"]
    open_timeline(page, f"/timeline?_window={'/'.join(ends)}")
    boxes = [thumb.bounding_box() for thumb in page.get_by_role("slider").all()]
    first, last = (box or pytest.fail("no thumb") for box in boxes)
    # Just beside where the two are nearest to each other.
    x = first["x"] + first["width"] - 3 if side == 0 else last["x"] + 3
    page.mouse.move(x, first["y"] + 15)
    page.mouse.down()
    page.mouse.move(x + (100 if side else -100), first["y"] + 15, steps=4)
    page.mouse.up()
    moved = wait_for_window(page, "/".join(ends)).split("/")
    assert moved[1 - side] == ends[1 - side]
    assert moved[side] > "2016" if side else moved[side] < "2014"


@slow
def test_brush_by_keys(page: Page) -> None:
    open_timeline(page)
    first = page.get_by_role("slider", name="First day in view")
    last = page.get_by_role("slider", name="Last day in view")
    first.focus()
    page.keyboard.press("PageUp")
    since = wait_for_window(page, "")
    expect(first).to_have_attribute("aria-valuetext", re.compile(r"^\d+ [A-Z][a-z]+ \d{4}$"))
    last.focus()
    page.keyboard.press("ArrowLeft")
    until = wait_for_window(page, since)
    assert until.split("/")[0] == since.split("/")[0]
    for slider in (first, last):
        low, now, high = (
            int(slider.get_attribute(f"aria-value{n}") or "") for n in ("min", "now", "max")
        )
        assert low < now < high
    first.focus()
    page.keyboard.press("Home")
    last.focus()
    page.keyboard.press("End")
    page.wait_for_url(lambda url: "_window" not in url)


# The list, the facets and the map follow


@pytest.mark.parametrize(
    "query",
    [
        "type=attack&_window=2014-06/2015-06",
        pytest.param("_window=2015", marks=slow),
        pytest.param("country=TN", marks=slow),
        pytest.param("_search=museum", marks=slow),
        pytest.param("_possibly=2015&_lanes=actors", marks=slow),
    ],
)
def test_list_facets_and_table_hold_the_same_events(page: Page, query: str) -> None:
    open_timeline(page, f"/timeline?{query}")
    assert sorted(listed(page)) == rows_of(page)
    assert shown_count(page) == len(listed(page))
    # The facet of a column that is filtered counts what else could be chosen of it.
    unfiltered = page.locator("details.facet").nth(1 if query.startswith("type=") else 0)
    counts = unfiltered.locator(".count").all_inner_texts()
    assert sum(map(int, counts)) == shown_count(page)


@slow
def test_a_brush_moves_list_facets_and_links(page: Page) -> None:
    open_timeline(page, "/timeline?type=attack")
    before = shown_count(page)
    button(page, "Zoom in").click()
    wait_for_window(page, "")
    expect(page.get_by_role("list", name="Filters in force")).to_contain_text("in view")
    assert shown_count(page) < before
    assert sorted(listed(page)) == rows_of(page)


@slow
def test_a_facet_keeps_the_window(page: Page) -> None:
    open_timeline(page, "/timeline?_window=2015")
    page.locator("#facets").get_by_role("link", name="attack", exact=True).click()
    page.wait_for_url("**type=attack**")
    assert window(page) == "2015"
    expect(page.get_by_role("list", name="Filters in force")).to_contain_text("type: attack")


def test_the_map_filters(page: Page) -> None:
    open_timeline(page, "/timeline?_window=2015-03")
    area = page.get_by_role("link", name="Only what is in this area")
    expect(area).to_have_attribute("href", re.compile("latitude__gte"))
    area.click()
    expect(page.get_by_role("list", name="Filters in force")).to_contain_text(
        "in an area of the map"
    )
    assert shown_count(page) > 0
    assert sorted(listed(page)) == rows_of(page)


def sides_of_the_map(page: Page) -> dict[str, float]:
    """South, north, west and east of what the map shows, from the link that filters by it."""
    area = page.get_by_role("link", name="Only what is in this area")
    expect(area).to_have_attribute("href", re.compile("latitude__gte"))
    query = dict(parse_qsl(urlsplit(area.get_attribute("href") or "").query))
    return {name: float(value) for name, value in query.items() if "itude__" in name}


def wait_for_the_map(
    page: Page, before: dict[str, float], side: str = "longitude__gte"
) -> dict[str, float]:
    """Wait until a side of what the map shows is another; return its sides."""
    area = page.get_by_role("link", name="Only what is in this area")
    expect(area).not_to_have_attribute("href", re.compile(f"{side}={before[side]}"))
    return sides_of_the_map(page)


@slow
def test_the_map_dragged_elsewhere_filters_by_what_it_shows(page: Page) -> None:
    open_timeline(page, "/timeline?_window=2014/2016")
    before = sides_of_the_map(page)
    csv_link = page.get_by_role("link", name="CSV", exact=True).get_attribute("href") or ""
    rows = list(csv.DictReader(io.StringIO(page.request.get(csv_link).text())))
    page.locator(".map").scroll_into_view_if_needed()
    box = page.locator(".map").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 60, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 460, box["y"] + 30, steps=8)
    page.mouse.up()
    after = wait_for_the_map(page, before)
    assert after["longitude__gte"] > before["longitude__gte"]

    page.get_by_role("link", name="Only what is in this area").click()
    filters = page.get_by_role("list", name="Filters in force")
    expect(filters).to_contain_text("in an area of the map")
    inside = sorted(
        row["id"]
        for row in rows
        if row["latitude"]
        and after["latitude__gte"] <= float(row["latitude"]) <= after["latitude__lte"]
        and after["longitude__gte"] <= float(row["longitude"]) <= after["longitude__lte"]
    )
    assert 0 < len(inside) < len(rows)
    assert sorted(listed(page)) == inside
    assert rows_of(page) == inside


@slow
def test_the_map_goes_by_keys_wherever_it_is_dragged(page: Page) -> None:
    open_timeline(page)
    first = sides_of_the_map(page)
    page.get_by_role("region", name="Map of the events in view").focus()
    page.keyboard.press("ArrowRight")
    east = wait_for_the_map(page, first)
    assert east["longitude__gte"] > first["longitude__gte"]
    page.keyboard.press("ArrowLeft")
    assert wait_for_the_map(page, east) == pytest.approx(first, abs=0.1)
    page.keyboard.press("+")
    closer = wait_for_the_map(page, first)
    assert closer["longitude__lte"] < first["longitude__lte"]


@slow
@pytest.mark.parametrize(
    ("button", "side", "way"),
    [
        ("Move north", "latitude__gte", 1),
        ("Move south", "latitude__gte", -1),
        ("Move east", "longitude__gte", 1),
        ("Move west", "longitude__gte", -1),
    ],
)
def test_the_map_goes_by_buttons_wherever_it_is_dragged(
    page: Page, button: str, side: str, way: int
) -> None:
    open_timeline(page, "/timeline?_window=2015")
    page.locator(".map").get_by_role("button", name="Zoom in").click()
    first = sides_of_the_map(page)
    page.get_by_role("group", name="Move the map").get_by_role("button", name=button).click()
    moved = wait_for_the_map(page, first, side)
    assert way * (moved[side] - first[side]) > 0


# What the server writes when it has not the time for all of it.
HURRIED: dict[str, Any] = {
    "total": None,
    "complete": False,
    "shown": None,
    "overview": None,
    "lanes": [{"value": "…", "label": "", "count": None}],
    "kinds": [],
    "bins": None,
    "places": None,
    "timed_out": [
        "how many events there are",
        "the lanes",
        "the overview",
        "the kinds",
        "the bars",
        "the places",
    ],
}
UNDATED = {"timed_out": ["the marks", "the first and the last day"], "events": [], "extent": None}


def answer_with(page: Page, changed: dict[str, Any]) -> None:
    page.route(
        "**/timeline.json*", lambda route: route.fulfill(json=route.fetch().json() | changed)
    )


@slow
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            HURRIED,
            f"Showing the whole period. Left out, because it took too long: {', '.join(HURRIED['timed_out'])}.",
        ),
        pytest.param(
            HURRIED | UNDATED,
            "Left out, because it took too long: the marks, the first and the last day.",
            marks=slow,
        ),
        pytest.param(
            {"extent": None}, "None of these events has a date that can be drawn.", marks=slow
        ),
    ],
)
def test_what_took_too_long_is_named(page: Page, changed: dict[str, Any], said: str) -> None:
    answer_with(page, changed)
    page.goto("/timeline?_window=../..")
    expect(page.locator(".timeline-foot")).to_have_text(said)


@slow
def test_what_is_known_is_drawn_when_the_rest_took_too_long(page: Page) -> None:
    answer_with(page, HURRIED)
    open_timeline(page, A_MONTH)
    place_of(page, "Bardo National Museum attack")


@slow
def test_without_bars_the_overview_still_moves_the_window(page: Page) -> None:
    answer_with(page, HURRIED)
    open_timeline(page)
    box = page.locator(".overview").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 15, steps=5)
    page.mouse.up()
    first, last = wait_for_window(page, "").split("/")
    assert "2005" < first < last < "2014"


@slow
def test_the_area_follows_the_window(page: Page) -> None:
    open_timeline(page, "/timeline?_window=2015")
    area = page.get_by_role("link", name="Only what is in this area")
    expect(area).to_have_attribute("href", re.compile("latitude__gte"))
    button(page, "Zoom in").click()
    chosen = wait_for_window(page, "2015")
    href = area.get_attribute("href") or ""
    assert dict(parse_qsl(urlsplit(href).query))["_window"] == chosen


@slow
def test_a_crowd_on_the_map_opens_into_its_events(page: Page) -> None:
    open_timeline(page)
    crowd = page.get_by_role("button", name=re.compile("events here: show them")).first
    count = int(crowd.inner_text())
    crowd.press("Enter")
    expect(page.locator(".events-here li a")).to_have_count(count)


# Pointing and opening


@slow
def test_pointing_marks_the_event_everywhere_and_a_click_opens_it(page: Page) -> None:
    open_timeline(page, A_MONTH)
    where = place_of(page, "Bardo National Museum attack")
    expect(page.locator(".card")).to_contain_text("22 killed (victims)")
    expect(page.locator(f'[data-event="{BARDO}"]')).to_have_class(re.compile("pointed"))
    page.mouse.click(*where)
    page.wait_for_url(f"**/event/{BARDO}")
    expect(page.locator("h1")).to_have_text("Bardo National Museum attack")


@slow
def test_the_title_that_is_pointed_at_has_paper_behind_it(page: Page) -> None:
    page.add_init_script("""(() => {
      window.painted = [];
      const { fillRect, strokeText } = CanvasRenderingContext2D.prototype;
      Object.assign(CanvasRenderingContext2D.prototype, {
        fillRect(...box) { painted.push(box); fillRect.apply(this, box); },
        strokeText(...text) { painted.push(text); strokeText.apply(this, text); },
      });
    })()""")
    open_timeline(page, A_MONTH)
    title = "Bardo National Museum attack"
    boxed = """(title) => painted.some(([text, x, y], n) => {
      const [left, top, wide, high] = painted[n - 1] ?? [];
      return text === title && left < x && left + wide > x && top < y && top + high >= y;
    })"""
    assert not page.evaluate(boxed, title)
    place_of(page, title)
    page.wait_for_function(boxed, arg=title)


@slow
def test_the_card_comes_back_to_a_pointer_that_stayed_on_its_mark(page: Page) -> None:
    open_timeline(page, A_MONTH)
    x, y = place_of(page, "Bardo National Museum attack")
    card = page.locator(".card")
    expect(card).to_be_visible()
    page.mouse.wheel(1, 0)
    expect(card).to_be_hidden()
    page.mouse.move(x + 3, y + 3)
    expect(card).to_be_visible()
    expect(card).to_contain_text("Bardo National Museum attack")


@slow
def test_the_list_marks_the_timeline_by_pointer_and_by_focus(page: Page) -> None:
    open_timeline(page, A_MONTH)
    picture = "() => document.querySelector('.stage canvas').toDataURL()"
    plain = page.evaluate(picture)
    page.get_by_role("link", name="Bardo National Museum attack").hover()
    page.wait_for_function(f"(before) => ({picture})() !== before", arg=plain)
    pointed = page.evaluate(picture)
    page.locator("h1").hover()
    page.wait_for_function(f"(before) => ({picture})() === before", arg=plain)
    # The focus scrolls the page under the pointer: at its edge there is nothing to point at.
    page.mouse.move(0, 0)
    page.get_by_role("link", name="Bardo National Museum attack").focus()
    page.wait_for_function(f"(before) => ({picture})() === before", arg=pointed)


# The address is the state


@slow
def test_back_and_forward(page: Page) -> None:
    page.clock.install()
    open_timeline(page)
    everything = shown_count(page)
    button(page, "Zoom in").click()
    first = wait_for_window(page, "")
    closer = shown_count(page)
    said = status(page).inner_text()
    # A movement soon after another is no step of its own.
    page.clock.fast_forward(900)
    button(page, "Zoom in").click()
    second = wait_for_window(page, first)
    with drawn_anew(page):
        page.go_back()
    wait_for_window(page, second)
    assert [window(page), shown_count(page)] == [first, closer]
    expect(status(page)).to_have_text(said)
    assert said == f"Showing {days_shown(page)}."
    with drawn_anew(page):
        page.go_back()
    wait_for_window(page, first)
    assert [window(page), shown_count(page)] == ["", everything]
    expect(status(page)).to_have_text("Showing the whole period.")
    with drawn_anew(page):
        page.go_forward()
    wait_for_window(page, "")
    assert [window(page), shown_count(page)] == [first, closer]
    expect(status(page)).to_have_text(said)
    assert said == f"Showing {days_shown(page)}."


@slow
def test_who_moves_while_back_is_answered_stays_there(page: Page) -> None:
    open_timeline(page)
    button(page, "Zoom in").click()
    first = wait_for_window(page, "")
    asked: list[Route] = []
    page.route("**/timeline.json*", lambda route: asked.append(route))
    with page.expect_request("**/timeline.json*"):
        page.go_back()
    wait_for_window(page, first)
    button(page, "Zoom in").click()
    wait_for_window(page, "")
    shown = days_shown(page)
    with drawn_anew(page):
        asked[0].continue_()
    assert days_shown(page) == shown


@slow
def test_one_gesture_is_one_step_back(page: Page) -> None:
    open_timeline(page)
    stage(page).focus()
    before = page.evaluate("history.length")
    page.evaluate("""() => {
      for (let n = 0; n < 5; n++)
        document.querySelector(".stage").dispatchEvent(new KeyboardEvent("keydown", { key: "+" }));
    }""")
    wait_for_window(page, "")
    assert page.evaluate("history.length") == before + 1


@slow
def test_a_shared_address_opens_the_same_view(page: Page, new_context) -> None:
    open_timeline(page, "/timeline?type=attack&_lanes=type")
    button(page, "Zoom in").click()
    wait_for_window(page, "")
    picture = "document.querySelector('.stage canvas').toDataURL()"
    page.locator("h1").hover()
    seen, url = page.evaluate(picture), page.url
    fresh = new_context().new_page()
    open_timeline(fresh, url)
    fresh.wait_for_load_state("networkidle")
    assert fresh.locator("#shown h2").inner_text() == page.locator("#shown h2").inner_text()
    assert listed(fresh) == listed(page)
    # The view begins and ends with whole days; the movement ended between two.
    assert window(fresh) == window(page)
    assert len(fresh.evaluate(picture)) == pytest.approx(len(seen), rel=0.2)


@slow
@pytest.mark.parametrize("lanes", ["country", "type", "actors", "status", "none"])
def test_lanes(page: Page, lanes: str) -> None:
    with page.expect_response(lambda answer: "timeline.json" in answer.url) as asked:
        open_timeline(page, f"/timeline?_lanes={lanes}&_window=2015")
    values = [lane["label"] for lane in asked.value.json()["lanes"]]
    expect(page.get_by_label("Lanes")).to_have_value(lanes)
    assert (values == [""]) == (lanes == "none")
    box = page.locator(".overview").bounding_box()
    assert box is not None
    # However tall the lanes are, the overview stays in sight.
    assert box["y"] + box["height"] <= page.evaluate("innerHeight")


def test_embedded(page: Page) -> None:
    open_timeline(page, "/timeline?_window=2015&embed=1")
    expect(page.get_by_role("navigation", name="Site")).to_have_count(0)
    expect(page.get_by_role("contentinfo")).to_contain_text("CC BY 4.0")
    expect(page.locator("h1 a")).to_have_attribute("target", "_blank")
    button(page, "Zoom in").click()
    page.wait_for_url(lambda url: "embed=1" in url and "_window=2015-" in url)


# States


def refuse(page: Page, pattern: str | re.Pattern[str]) -> None:
    page.route(pattern, lambda route: route.fulfill(status=500, body="no"))


NOT_LOADED = (
    "The timeline could not be loaded: the server answered 500. "
    "The events are listed below. Load the page again to see them drawn."
)


def test_a_failed_request_says_so_and_leaves_the_list(page: Page, errors: list[str]) -> None:
    refuse(page, "**/timeline.json*")
    page.goto(A_MONTH)
    expect(status(page)).to_have_text(NOT_LOADED)
    expect(stage(page)).to_be_hidden()
    expect(page.get_by_role("link", name="Bardo National Museum attack")).to_be_visible()
    errors.clear()


@slow
def test_offline_keeps_the_drawing(page: Page, errors: list[str]) -> None:
    open_timeline(page, A_MONTH)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    button(page, "Zoom in").click()
    expect(status(page)).to_have_text(
        "The list could not be updated: the site cannot be reached. Move the timeline to try again."
    )
    expect(stage(page)).to_be_visible()
    page.context.set_offline(False)
    errors.clear()


@slow
def test_a_failure_stays_said_in_place_of_the_drawing_until_there_is_one_again(
    page: Page, errors: list[str]
) -> None:
    open_timeline(page)
    button(page, "Zoom in").click()
    zoomed = wait_for_window(page, "")
    strip = page.locator(".overview canvas")
    width = strip.evaluate("(canvas) => canvas.width")
    refuse(page, "**/timeline.json*")
    page.go_back()
    wait_for_window(page, zoomed)
    expect(status(page)).to_have_text(NOT_LOADED)
    expect(stage(page)).to_be_hidden()
    page.unroute("**/timeline.json*")
    page.go_forward()
    expect(stage(page)).to_be_visible()
    expect(status(page)).to_have_text(f"Showing {days_shown(page)}.")
    expect(strip).to_have_js_property("width", width)
    errors.clear()


FAILED_LIST = (
    "The list could not be updated: the server answered 500. Move the timeline to try again."
)


@slow
def test_a_list_that_does_not_follow_back_says_so(page: Page, errors: list[str]) -> None:
    open_timeline(page)
    button(page, "Zoom in").click()
    wait_for_window(page, "")
    refuse(page, re.compile(r"/timeline$"))
    with drawn_anew(page):
        page.go_back()
    expect(status(page)).to_have_text(FAILED_LIST)
    errors.clear()


@slow
@pytest.mark.parametrize("drawing_first", [True, False])
def test_a_list_that_fails_too_does_not_hide_that_there_is_no_drawing(
    page: Page, errors: list[str], drawing_first: bool
) -> None:
    open_timeline(page)
    button(page, "Zoom in").click()
    wait_for_window(page, "")
    drawing, lists = "**/timeline.json*", re.compile(r"/timeline\?|/timeline$")
    asked: dict[bool, Route] = {}
    page.route(drawing, lambda route: asked.update({True: route}))
    page.route(lists, lambda route: asked.update({False: route}))
    with page.expect_request(drawing), page.expect_request(lists):
        page.go_back()
    next_frame(page)
    for is_drawing in (drawing_first, not drawing_first):
        with page.expect_response(lambda answer: answer.status == 500):
            asked[is_drawing].fulfill(status=500)
        next_frame(page)
    expect(status(page)).to_have_text(NOT_LOADED)
    errors.clear()


@slow
def test_a_map_that_cannot_be_had_says_so(page: Page, errors: list[str]) -> None:
    refuse(page, "**/basemap.json*")
    open_timeline(page)
    expect(page.get_by_role("region", name="Map of the events in view")).to_have_text(
        "The map could not be loaded: the server answered 500. The list names the places."
    )
    errors.clear()


@slow
def test_nothing_found_is_a_sentence(page: Page) -> None:
    page.goto("/timeline?_search=qqqqzzz")
    expect(status(page)).to_have_text("There are no events to draw.")
    expect(stage(page)).to_be_hidden()
    expect(page.locator(".zero-results")).to_contain_text("take a filter away above")


@slow
def test_an_empty_stretch_is_a_sentence(page: Page) -> None:
    open_timeline(page, "/timeline?_window=1994&country=LY")
    expect(page.locator(".zero-results")).to_contain_text("in the time in view")
    expect(stage(page)).to_be_visible()


HOSTILE = [
    "<img src=x onerror=alert(1)><b>bold</b>",
    "w" * 50_000,
    "\u202eright to left\u202e",
    "عنوان بالعربية",
    "${alert(1)} $& '\"",
]


@slow
def test_hostile_titles_are_text(page: Page) -> None:
    def with_hostile_titles(route: Route) -> None:
        answer: dict[str, Any] = route.fetch().json()
        for event, title in zip(answer["events"], HOSTILE * 40, strict=False):
            event["title"] = title
            event["place"] = title
        route.fulfill(json=answer)

    page.on("dialog", lambda _: pytest.fail("a title ran"))
    page.route("**/timeline.json*", with_hostile_titles)
    open_timeline(page, A_MONTH)
    stage(page).focus()
    seen = set()
    for _ in range(8):
        page.keyboard.press("ArrowDown")
        expect(page.locator(".card")).to_be_visible()
        seen.add(page.locator(".card .what").inner_text())
        assert page.locator(".card :is(img, b)").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") == 1280
    assert seen <= set(HOSTILE)
    assert len(seen) > 2


# Other ways of reading


def test_without_script(new_context) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/timeline")
    expect(page.locator(".timeline")).to_be_hidden()
    assert len(listed_without_script(page)) == 100
    page.get_by_role("link", name="The next 41").click()
    assert len(listed_without_script(page)) == 41
    page.goto("/timeline")
    page.get_by_label("From, to").fill("2015-03")
    page.get_by_role("button", name="Show").click()
    page.locator("#facets").get_by_role("link", name="attack", exact=True).click()
    expect(page.get_by_role("list", name="Filters in force").get_by_role("listitem")).to_have_count(
        2
    )
    page.get_by_role("link", name="Bardo National Museum attack").click()
    expect(page.locator("h1")).to_have_text("Bardo National Museum attack")


def listed_without_script(page: Page) -> list[Locator]:
    page.wait_for_load_state()
    return page.locator(".events-shown > li").all()


@pytest.fixture
def phone(new_context) -> Page:
    size = {"width": 390, "height": 844}
    return new_context(viewport=size, has_touch=True, is_mobile=True).new_page()


def test_phone(phone: Page) -> None:
    open_timeline(phone, A_MONTH)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    box = stage(phone).bounding_box()
    assert box is not None
    assert box["height"] <= 200
    expect(phone.locator(".map")).to_be_hidden()
    expect(phone.get_by_label("Lanes")).to_have_value("none")


@slow
def test_a_phone_that_is_turned_shows_the_same_time(phone: Page) -> None:
    open_timeline(phone, "/timeline?_window=2014/2015")
    assert days_shown(phone) == "1 January 2014 to 31 December 2015"
    with drawn_anew(phone):
        phone.set_viewport_size({"width": 844, "height": 390})
    assert days_shown(phone) == "1 January 2014 to 31 December 2015"


@slow
def test_the_lane_of_a_phone_is_not_sent_as_if_it_had_been_chosen(phone: Page) -> None:
    open_timeline(phone)
    phone.get_by_label("From, to").fill("2015")
    phone.get_by_role("button", name="Show").click()
    phone.wait_for_url("**_window=2015*")
    assert "_lanes" not in phone.url


@slow
def test_a_tap_shows_what_a_second_one_opens(phone: Page) -> None:
    open_timeline(phone, "/timeline?_search=bardo&_window=2015-03")
    box = stage(phone).bounding_box()
    assert box is not None
    card = phone.locator(".card")
    for x in range(190, 250, 8):
        phone.touchscreen.tap(box["x"] + x, box["y"] + 51)
        if card.is_visible():
            break
    expect(card).to_contain_text("Bardo National Museum attack")
    link = card.get_by_role("link")
    size = link.bounding_box()
    assert size is not None
    assert size["height"] >= 24
    link.tap()
    phone.wait_for_url(f"**/event/{BARDO}")


@slow
def test_pinch(phone: Page) -> None:
    open_timeline(phone, "/timeline?_window=2015")
    box = stage(phone).bounding_box()
    assert box is not None
    touches = phone.context.new_cdp_session(phone)
    y = box["y"] + 100

    def touch(kind: str, *xs: float) -> None:
        points = [{"x": x, "y": y, "id": n} for n, x in enumerate(xs)]
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 180, 220)
    for step in range(1, 6):
        touch("touchMove", 180 - 20 * step, 220 + 20 * step)
    touch("touchEnd")
    first, last = wait_for_window(phone, "2015").split("/")
    assert "2015-04" < first < "2015-07" < last < "2015-10"


@slow
def test_print_shows_the_drawing_the_map_and_the_list(page: Page) -> None:
    open_timeline(page, A_MONTH)
    expect(page.locator(".map canvas").first).to_be_attached()
    page.emulate_media(media="print")
    expect(page.locator(".stage canvas").first).to_be_visible()
    expect(page.locator(".map canvas").first).to_be_visible()
    expect(page.locator(".timeline-bar")).to_be_hidden()
    expect(page.locator(".timeline-form")).to_be_hidden()
    expect(page.get_by_role("link", name="Bardo National Museum attack")).to_be_visible()


@slow
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_days_are_the_same_everywhere(new_context, zone: str) -> None:
    page = new_context(timezone_id=zone).new_page()
    open_timeline(page, "/timeline?_window=2015-03-18/2015-06-26")
    ends = page.get_by_role("slider").evaluate_all("(all) => all.map((s) => s.ariaValueText)")
    assert ends == ["18 March 2015", "26 June 2015"]


@slow
def test_dark(page: Page) -> None:
    open_timeline(page, A_MONTH)
    ink = """() => { const c = document.querySelector(".stage canvas");
      return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.reduce((a, b) => a + b, 0); }"""
    light = page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"(before) => ({ink})() !== before", arg=light)


# More events than there are marks for


@pytest.fixture
def crowded(page: Page) -> Page:
    """The page over as many events as must be counted in bars: what is drawn is made up."""

    def answer(route: Route) -> None:
        question = dict(parse_qsl(urlsplit(route.request.url).query))
        drawing: dict[str, Any] = route.fetch(
            url=f"{route.request.url.split('?')[0]}?{urlencode(question)}"
        ).json()
        edges = list(range(drawing["extent"][0], drawing["extent"][1] + 60, 30))[:300]
        counts = {"possible": [9] * (len(edges) - 1), "certain": [4] * (len(edges) - 1)}
        lanes = [{"value": lane["value"], **counts} for lane in drawing["lanes"]]
        narrow = "_window" in question
        drawing |= {
            "complete": False,
            "total": 20_000,
            "shown": len(drawing["events"]) if narrow else 20_000,
            "bins": {"unit": "month", "edges": edges, "lanes": lanes},
            "places": [],
        }
        route.fulfill(json=drawing)

    page.route("**/timeline.json*", answer)
    return page


@slow
def test_too_many_are_counted_and_fade_into_marks_when_all_are_drawn(crowded: Page) -> None:
    crowded.emulate_media(reduced_motion="no-preference")
    open_timeline(crowded)
    crowded.evaluate("""() => {
      window.fades = 0;
      document.querySelector(".ghost").addEventListener("animationstart", () => (window.fades += 1));
    }""")
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    crowded.route("**/timeline.json*", hold)
    button(crowded, "Zoom in").click()
    # The lanes fade into their new heights before there is an answer.
    crowded.wait_for_function("() => window.fades > 0")
    expect(crowded.locator(".ghost.fading")).to_have_count(0)
    crowded.evaluate("window.fades = 0")
    crowded.unroute("**/timeline.json*", hold)
    for route in asked:
        route.fallback()
    crowded.wait_for_function("() => window.fades > 0")
    expect(crowded.locator(".ghost.fading")).to_have_count(0)


@pytest.fixture
def first_answer(crowded: Page) -> Callable[[dict[str, Any]], None]:
    """What changes the first answer about the crowd, and no later one."""

    def change(changed: dict[str, Any]) -> None:
        def answer(route: Route) -> None:
            route.fulfill(json=route.fetch().json() | changed)

        crowded.route("**/timeline.json*", answer, times=1)

    return change


@slow
def test_lanes_that_the_first_answer_left_out_are_drawn_beside_their_names(
    crowded: Page, first_answer: Callable[[dict[str, Any]], None]
) -> None:
    first_answer(HURRIED)
    open_timeline(crowded)
    # Where the axis begins, in all that is drawn since the last answer came.
    crowded.evaluate("""() => {
      const legend = document.querySelector("[data-timeline-legend]");
      new MutationObserver(() => (window.leftmost = Infinity)).observe(legend, { childList: true });
      const { fillText } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        if (this.canvas.matches(".axis")) window.leftmost = Math.min(window.leftmost, x);
        return fillText.call(this, text, x, y);
      };
    }""")
    with drawn_anew(crowded):
        button(crowded, "Zoom in").click()
    assert 136 <= crowded.evaluate("window.leftmost") < 1280
    assert crowded.locator(".stage canvas").first.evaluate("(canvas) => canvas.height") > 100


@slow
def test_the_legend_has_the_sizes_of_the_marks_that_are_drawn(
    crowded: Page, first_answer: Callable[[dict[str, Any]], None]
) -> None:
    """Discs are smaller where one of them is very large."""
    events = crowded.request.get("/timeline.json").json()["events"]
    first_answer({"complete": False, "events": [events[0] | {"size": 20_000}, *events[1:]]})
    open_timeline(crowded)
    disc = crowded.locator("[data-timeline-legend] circle").last
    smaller = float(disc.get_attribute("r") or "")
    with drawn_anew(crowded):
        button(crowded, "Zoom in").click()
    assert float(disc.get_attribute("r") or "") > smaller


@slow
def test_marks_that_come_do_not_hide_that_the_list_has_failed(
    crowded: Page, errors: list[str]
) -> None:
    open_timeline(crowded)
    asked: list[Route] = []
    refuse(crowded, re.compile(r"/timeline\?"))
    crowded.route("**/timeline.json*", lambda route: asked.append(route))
    button(crowded, "Zoom in").click()
    expect(status(crowded)).to_have_text(FAILED_LIST)
    with drawn_anew(crowded):
        asked[-1].fallback()
    expect(status(crowded)).to_have_text(FAILED_LIST)
    errors.clear()


# Lanes: how many they hold, how tall they are, and on a phone


@pytest.fixture
def written(page: Page) -> Callable[[], list[str]]:
    """The words beside and on the lanes, of all that were drawn since they were last asked for."""
    page.add_init_script("""(() => {
      window.written = [];
      const { fillText } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
        if (this.canvas.matches(".stage :not(.axis)")) window.written.push(text);
        return fillText.call(this, text, ...place);
      };
    })()""")
    return lambda: page.evaluate("window.written.splice(0)")


@slow
@pytest.mark.parametrize("query", ["_window=2015", "_window=2011-02/2014-06&_lanes=type"])
def test_lanes_count_what_is_in_view_of_all_that_is_chosen(
    page: Page, written: Callable[[], list[str]], query: str
) -> None:
    with page.expect_response(lambda answer: "timeline.json" in answer.url) as asked:
        open_timeline(page, f"/timeline?{query}")
    lanes = asked.value.json()["lanes"]
    counts = [words for words in written() if re.fullmatch(r"\d+( of \d+)?", words)]
    counts = counts[-len(lanes) :]
    assert [int(words.split()[-1]) for words in counts] == [lane["count"] for lane in lanes]
    assert sum(int(words.split()[0]) for words in counts) == shown_count(page)
    assert any(" of " in words for words in counts)


@slow
def test_lanes_count_what_the_server_says_is_in_view_where_it_alone_knows(
    crowded: Page, written: Callable[[], list[str]]
) -> None:
    def with_shown(route: Route) -> None:
        answer: dict[str, Any] = route.fetch().json()
        for lane in answer["lanes"]:
            lane |= {"count": 9_000, "shown": 1_234}
        route.fulfill(json=answer | {"complete": False, "bins": None, "places": []})

    crowded.route("**/timeline.json*", with_shown)
    open_timeline(crowded, A_MONTH)
    assert "1,234 of 9,000" in written()


def height_of(page: Page) -> float:
    box = stage(page).bounding_box()
    assert box is not None
    return box["height"]


@slow
def test_lanes_fit_what_is_in_view_when_a_movement_has_ended(page: Page) -> None:
    page.clock.install()
    open_timeline(page)
    whole = height_of(page)
    strip = page.locator(".overview").bounding_box()
    assert strip is not None
    page.mouse.move(strip["x"] + strip["width"] * 0.86, strip["y"] + 15)
    page.mouse.down()
    page.mouse.move(strip["x"] + strip["width"] * 0.88, strip["y"] + 15, steps=4)
    # The list follows while the pointer holds the window; the lanes stay where they are.
    wait_for_window(page, "")
    page.clock.run_for(400)
    held = window(page)
    assert height_of(page) == whole
    page.mouse.up()
    page.wait_for_function(
        "(before) => document.querySelector('.stage').offsetHeight < before - 100", arg=whole
    )
    assert window(page) == held
    button(page, "Whole period").click()
    wait_for_window(page, held)
    expect(stage(page)).to_have_js_property("offsetHeight", round(whole))


@slow
def test_a_phone_chooses_lanes_as_a_desk_does(phone: Page) -> None:
    open_timeline(phone, "/timeline?_window=2011/2019")
    assert height_of(phone) <= 0.4 * 844
    with phone.expect_response(lambda answer: "timeline.json" in answer.url) as asked:
        phone.get_by_label("Lanes").select_option("country")
        phone.get_by_role("button", name="Show").click()
    assert "_lanes=country" in asked.value.url
    expect(phone.locator(".timeline.ready")).to_be_attached()
    expect(phone.get_by_label("Lanes")).to_have_value("country")
    phone.wait_for_function("() => document.querySelector('.stage').offsetHeight > 400")
    assert height_of(phone) <= 0.7 * 844
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


@slow
def test_drawings_are_as_large_as_the_reader_s_text(page: Page) -> None:
    open_timeline(page, A_MONTH)
    scale = "() => document.querySelector('.stage canvas').getContext('2d').getTransform().a"
    strip = page.locator(".overview canvas")
    assert page.evaluate(scale) == pytest.approx(1)
    before = strip.bounding_box()
    page.evaluate("document.documentElement.style.fontSize = '24px'")
    page.wait_for_function(f"() => ({scale})() > 1.4")
    assert page.evaluate(scale) == pytest.approx(24 / 17)
    after = strip.bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] / before["height"] == pytest.approx(24 / 17, rel=0.02)
    # A pointer finds what it sees.
    place_of(page, "Bardo National Museum attack")


@slow
def test_the_timeline_loads_little_of_ours(page: Page) -> None:
    open_timeline(page)
    expect(page.locator(".map canvas").first).to_be_attached()
    sizes = page.evaluate("""() => performance.getEntriesByType("resource")
      .filter(({ name }) => /event.timeline\\/.*\\.(js|css)(\\?|$)/.test(name))
      .map(({ decodedBodySize }) => decodedBodySize)""")
    assert len(sizes) > 20
    assert min(sizes) > 0
    assert sum(sizes) < 160_000


@slow
def test_a_filter_that_matches_nothing_can_be_taken_away(page: Page) -> None:
    page.goto("/timeline?_search=zzqq")
    expect(page.locator(".timeline.empty")).to_be_attached()
    page.get_by_role("link", name="mentions “zzqq”").click()
    expect(page.locator(".timeline.ready:not(.empty)")).to_be_attached()


@slow
@pytest.mark.parametrize("width", [1280, 720])
@pytest.mark.parametrize("embed", ["", "&embed=1"])
def test_a_mouse_takes_away_a_filter_beside_the_buttons(page: Page, width: int, embed: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_timeline(page, f"/timeline?country=TN&_window=2011/2019{embed}")
    for name in ("Earlier", "Later", "Zoom in", "Zoom out", "Whole period"):
        button(page, name).click(trial=True)
    chip = page.get_by_role("link", name=re.compile("^in Tunisia")).bounding_box()
    assert chip is not None
    page.mouse.click(chip["x"] + chip["width"] / 2, chip["y"] + chip["height"] / 2)
    page.wait_for_url(lambda url: "country" not in url and url.endswith(embed))


@slow
def test_the_axis_stays_in_sight(page: Page) -> None:
    open_timeline(page)
    page.evaluate("scrollBy(0, document.querySelector('.stage').getBoundingClientRect().top + 200)")
    box = page.locator(".stage .axis").bounding_box()
    assert box is not None
    assert box["y"] == pytest.approx(0, abs=1)
    assert box["height"] == pytest.approx(38)
