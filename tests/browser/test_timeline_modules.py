"""Each module of the timeline by itself, as the site serves it, in a real Chromium."""

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from itertools import pairwise
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from edtf_dates import from_ordinal, ordinal, parse_date
from edtf_dates.days import year_words

# Ninety tests in a browser; tests/browser/test_timeline.py has the quick ones.
pytestmark = pytest.mark.slow

FOLDER = "/-/static-plugins/datasette-event-timeline/timeline"
Run = Callable[..., Any]

# What is drawn below: events as the server writes them, and letters all of one width.
FIXTURES = """
  const event = (id, stretches, more = {}) => ({
    id, stretches, title: `Event ${id}`, date: "2015", lanes: ["TN"], size: null, radius: 4.5,
    sized: false, approximate: false, uncertain: false, ...more,
  });
  const day = (id, number, more) => event(id, [[number, number, 0], [number, number, 1]], more);
  const scale = { first: 735600, last: 735965, left: 100, right: 1200 };
  const lane = (value) => ({ value, label: value, count: 1 });
  const widthOf = (text) => 7 * text.length;
  const bare = { head: 0, bars: 0 };
  // The same numbers at every run, from 0 to 1.
  const seeded = (seed) => () => (seed = (seed * 16807) % 2147483647) / 2147483647;
"""


@pytest.fixture(scope="module")
def shared(
    browser: Browser,
    address: str,
    in_context: Callable[..., AbstractContextManager[BrowserContext]],
) -> Iterator[tuple[Page, list[str], list[str]]]:
    """One page for all that is here, because a new one takes longer than most tests."""
    outside: list[str] = []
    errors: list[str] = []
    with in_context(browser, address, outside, errors) as context:
        yield context.new_page(), outside, errors


@pytest.fixture
def page(shared: tuple[Page, list[str], list[str]]) -> Iterator[Page]:
    """The shared page, blank, as it was before the first test."""
    page, outside, errors = shared
    page.unroute_all()
    page.emulate_media(reduced_motion="reduce")
    page.route("**/blank", lambda route: route.fulfill(content_type="text/html", body="<body>"))
    page.goto("/blank")
    yield page
    found = [*outside], [*errors]
    outside.clear()
    errors.clear()
    assert found == ([], [])


@pytest.fixture
def errors(shared: tuple[Page, list[str], list[str]]) -> list[str]:
    """What the shared page's console called an error."""
    return shared[2]


@pytest.fixture
def run(page: Page) -> Run:
    """Runs a script with `m`, all that the named modules export, with `input` and the fixtures."""

    def evaluate(modules: str, script: str, value: object = None) -> Any:
        imports = ", ".join(f"import('{FOLDER}/{name}.js')" for name in modules.split())
        return page.evaluate(
            f"""async (input) => {{
              const m = Object.assign({{}}, ...(await Promise.all([{imports}])));
              {FIXTURES}
              {script}
            }}""",
            value,
        )

    return evaluate


# days.js


def days() -> list[int]:
    """First and last days of years and months about each turn, and seeded days of all history."""
    years = [0, 1, 4, 100, 400, 1582, 1900, 1970, 2000, 2015, 2100, 9999, 10_000, 1_000_000]
    years += [-year for year in years]
    turns = [
        ordinal(year, month, day)
        for year in years
        for month, day in ((1, 1), (2, 28), (3, 1), (12, 31))
    ]
    choose = random.Random(2015)
    return [*turns, *(choose.randint(-365_242_500, 365_242_500) for _ in range(5_000))]


def test_days_are_those_of_the_database(run: Run) -> None:
    found = run(
        "days",
        "return input.map((n) => [m.fromOrdinal(n), m.ordinal(...m.fromOrdinal(n))])",
        days(),
    )
    assert found == [[list(from_ordinal(day)), day] for day in days()]


def test_days_in_words(run: Run) -> None:
    numbers = [ordinal(2015, 3, 18), ordinal(-43, 3, 15), ordinal(0, 12, 31)]
    assert run("days", "return input.map(m.dayWords)", numbers) == [
        "18 March 2015",
        "15 March 44 BCE",
        "31 December 1 BCE",
    ]
    years = [-1_000_000, -1, 0, 1, 999, 1000, 2015, 12_345]
    assert run("days", "return input.map(m.yearWords)", years) == [year_words(y) for y in years]


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ((2015, 3, 18), (2015, 6, 26), "2015-03-18/2015-06-26"),
        ((33, 4, 3), (33, 4, 3), "0033-04-03/0033-04-03"),
        ((-43, 3, 15), (14, 8, 19), "-0043-03-15/0014-08-19"),
        ((0, 1, 1), (0, 12, 31), "0000-01-01/0000-12-31"),
    ],
)
def test_the_server_reads_a_window_as_it_was_written(
    run: Run, first: tuple[int, int, int], last: tuple[int, int, int], text: str
) -> None:
    ends = [ordinal(*first), ordinal(*last)]
    assert run("days", "return m.edtfInterval(...input)", ends) == text
    read = parse_date(text)
    assert [read.earliest_start, read.latest_end] == ends


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ((-12_000, 5, 1), (2015, 6, 1), "Y-12000/2015"),
        ((-1_000_000, 1, 1), (1_000_000, 12, 31), "Y-1000000/Y1000000"),
    ],
)
def test_windows_beyond_four_digits_are_whole_years(
    run: Run, first: tuple[int, int, int], last: tuple[int, int, int], text: str
) -> None:
    assert run("days", "return m.edtfInterval(...input)", [ordinal(*first), ordinal(*last)]) == text
    read = parse_date(text)
    assert read.earliest_start == ordinal(first[0], 1, 1)
    assert read.latest_end == ordinal(last[0], 12, 31)


# scale.js


def test_zooming_keeps_the_day_under_the_pointer(run: Run) -> None:
    moved = run(
        "scale",
        """const extent = [700000, 740000];
        return [100, 333, 650, 1200].flatMap((x) => [0.4, 0.9, 1.1, 1.7, 6].map((factor) =>
          Math.abs(m.toDay(scale, x) - m.toDay(m.zoomed(scale, x, factor, extent), x))));""",
    )
    assert len(moved) == 20
    assert max(moved) < 1e-6


def test_zooming_stops_at_a_day_and_a_little_beyond_all_there_is(run: Run) -> None:
    closest, widest = run(
        "scale",
        """const extent = [735000, 737000];
        const span = (factor) => { const s = m.zoomed(scale, 650, factor, extent); return s.last - s.first; };
        return [span(1e9), span(1e-9)];""",
    )
    assert [closest, widest] == [1, 2500]


def test_panning_moves_by_pixels_and_keeps_the_middle_within_the_extent(run: Run) -> None:
    moved, far, length = run(
        "scale",
        """const extent = [735000, 737000];
        const there = m.panned(scale, 110, extent);
        const far = m.panned(scale, -1e7, extent);
        return [scale.first - there.first, (far.first + far.last) / 2, far.last - far.first];""",
    )
    assert round(moved, 6) == 36.5
    assert [far, length] == [737_000, 365]


# As wide as a phone and as a desk, from a century in view to a day, and at far dates.
ZOOMS = [
    (width, middle, days)
    for width in (358, 1100)
    for middle in (ordinal(2015, 6, 1), ordinal(-999, 3, 1), ordinal(1_000_000, 1, 1))
    for days in (1, 2, 5, 11, 30, 75, 180, 365, 900, 3_650, 12_000, 36_525, 400_000)
]


def test_ticks_have_two_levels_and_labels_that_never_overlap(run: Run) -> None:
    found = run(
        "scale axis",
        """return input.map(([width, middle, days]) => {
          const s = { first: middle - days / 2, last: middle + days / 2, left: 0, right: width };
          const { minor, major } = m.ticks(s);
          const places = (ticks, sticks) => m.labelPlaces(ticks, s, widthOf, sticks)
            .map(({ at, label }) => [at, at + widthOf(label)]);
          return { minor: minor.length, major: major.length, levels: [places(minor, false), places(major, true)] };
        });""",
        ZOOMS,
    )
    for zoom, ticks in zip(ZOOMS, found, strict=True):
        assert ticks["major"] >= 1, zoom
        assert 1 <= ticks["minor"] <= zoom[0] / 30, zoom
        for level in ticks["levels"]:
            for (_, end), (start, _) in pairwise(level):
                assert end < start, zoom
            assert all(start >= 0 and end <= zoom[0] for start, end in level), zoom


@pytest.mark.parametrize(
    ("days", "minor", "major"),
    [
        (10, "27 28 29 30 31 1 2 3 4 5 6", "May 2015, June 2015"),
        (300, "Jan Feb Mar Apr May Jun Jul Aug Sep Oct", "2015"),
        (3_650, "2010 2011 2012 2013 2014 2015 2016 2017 2018 2019 2020", "2010s, 2020s"),
    ],
)
def test_ticks_count_what_people_count(run: Run, days: int, minor: str, major: str) -> None:
    found = run(
        "scale",
        """const s = { first: input[0] - input[1] / 2, last: input[0] + input[1] / 2, left: 0, right: 1100 };
        const { minor, major } = m.ticks(s);
        return [minor.map((t) => t.label).join(" "), major.map((t) => t.label).join(", ")];""",
        [ordinal(2015, 6, 1), days],
    )
    assert found == [minor, major]


@pytest.mark.parametrize(
    ("first", "last", "minor", "major"),
    [
        (-820, 120, "800 BCE 700 BCE 600 BCE 500 BCE 400 BCE 300 BCE 200 BCE 100 BCE 1 CE 100 CE",
         "1000–1 BCE, 1–999 CE"),
        (-122, 38, "120 BCE 110 BCE 100 BCE 90 BCE 80 BCE 70 BCE 60 BCE 50 BCE 40 BCE 30 BCE 20 BCE 10 BCE 1 CE 10 CE 20 CE 30 CE", "200–101 BCE, 100–1 BCE, 1–99 CE"),
        (-13_000, -2_000, "13,000 BCE 12,000 BCE 11,000 BCE 10,000 BCE 9000 BCE 8000 BCE 7000 BCE 6000 BCE 5000 BCE 4000 BCE 3000 BCE",
         "20,000–10,001 BCE, 10,000–1 BCE"),
    ],
)  # fmt: skip
def test_ticks_are_at_the_centuries_that_people_mean(
    run: Run, first: int, last: int, minor: str, major: str
) -> None:
    found = run(
        "scale",
        """const s = { first: input[0], last: input[1], left: 0, right: 1100 };
        const { minor, major } = m.ticks(s);
        const inView = (t) => t.day >= s.first;
        return [minor.filter(inView).map((t) => t.label).join(" "), major.map((t) => t.label).join(", ")];""",
        [ordinal(first, 1, 1), ordinal(last, 1, 1)],
    )
    assert found == [minor, major]


@pytest.mark.parametrize(
    ("fewest", "minor"), [(5 / 1440, "09:00 12:00 15:00 18:00 21:00"), (1, "26")]
)
def test_ticks_within_a_day_are_there_where_events_have_times(
    run: Run, fewest: float, minor: str
) -> None:
    found = run(
        "scale",
        """const s = { first: input[0] + 0.3, last: input[0] + 0.9, left: 0, right: 300, fewest: input[1] };
        const { minor, major } = m.ticks(s);
        return [minor.map((t) => t.label).join(" "), major.map((t) => t.label).join(", ")];""",
        [ordinal(2015, 6, 26), fewest],
    )
    assert found == [minor, "26 June 2015" if fewest < 1 else "June 2015"]


def test_the_view_is_as_short_as_events_need(run: Run) -> None:
    zoomed = """return input.map((fewest) => {
      const s = m.zoomed({ ...scale, fewest }, 500, 1e9, [735000, 736000]);
      return s.last - s.first;
    });"""
    assert run("scale", zoomed, [0.25, 1]) == pytest.approx([0.25, 1])


# data.js


@pytest.mark.parametrize(
    ("labels", "left_out"),
    [
        (["Ministry of Works: roads", "Ministry of Works: bridges"], len("Ministry of Works: ")),
        (["Northern hall", "Northern tower"], 0),
        (["Ministry of Works: roads", "Ministry of Health"], len("Ministry of ")),
        (["Ministry of Works: roads"], 0),
        ([], 0),
    ],
)
def test_a_long_beginning_of_all_lanes_is_left_out(
    run: Run, labels: list[str], left_out: int
) -> None:
    assert run("data", "return m.commonBeginning(input)", labels) == left_out


# map.js


@pytest.mark.parametrize(
    ("longitudes", "west", "places"),
    [
        ([-179.9, 180], 180, [180.1, 180]),
        ([10, 20], -180, [10, 20]),
        ([-120, -60, 0, 60, 120], -180, [-120, -60, 0, 60, 120]),
        ([178, -176, -178], 178, [178, 184, 182]),
        ([], -180, []),
    ],
)
def test_points_across_the_180th_meridian_are_side_by_side(
    run: Run, longitudes: list[float], west: float, places: list[float]
) -> None:
    found = run(
        "map",
        """const west = m.westernEdge(input);
        return [west, input.map((longitude) => m.turned(longitude, west))];""",
        longitudes,
    )
    assert found[0] == west
    assert found[1] == pytest.approx(places)


# palette.js


@pytest.mark.parametrize(
    ("kind", "glyph"), [("k1", "diamond"), ("k8", "plain"), ("unknown", "plain"), (None, "plain")]
)
def test_kinds_beyond_the_first_and_none_at_all_have_a_plain_mark(
    run: Run, kind: str | None, glyph: str
) -> None:
    kinds = [{"value": f"k{n}"} for n in range(12)]
    found = run("palette", "return m.GLYPHS[m.kindIndex(input[0], input[1])]", [kinds, kind])
    assert found == glyph


# marks.js


def mark(run: Run, stretches: list[list[int | None]]) -> dict[str, Any]:
    found: dict[str, Any] = run("marks", "return m.markOf(event('x', input), scale)", stretches)
    return found


# The scale shows 365 days in 1,100 pixels, from pixel 100.
A_DAY = 1100 / 365


def test_a_day_is_a_sign_in_its_middle(run: Run) -> None:
    found = mark(run, [[735_600, 735_600, 0], [735_600, 735_600, 1]])
    assert found["pieces"] == []
    assert found["at"] == pytest.approx(100 + A_DAY / 2)
    assert found["x1"] - found["x0"] == 9


def test_what_is_certain_is_solid_throughout(run: Run) -> None:
    (piece,) = mark(run, [[735_610, 735_639, 0], [735_610, 735_639, 1]])["pieces"]
    assert piece["cores"] == [[piece["x0"], piece["x1"]]]
    assert piece["x1"] - piece["x0"] == pytest.approx(30 * A_DAY)


def test_what_is_only_possible_continues_the_certain_core(run: Run) -> None:
    (piece,) = mark(run, [[735_610, 735_639, 0], [735_620, 735_629, 1]])["pieces"]
    ((core0, core1),) = piece["cores"]
    assert core0 - piece["x0"] == pytest.approx(10 * A_DAY)
    assert piece["x1"] - core1 == pytest.approx(10 * A_DAY)


def test_each_core_lies_in_the_piece_that_holds_it(run: Run) -> None:
    stretches = [
        [735_610, 735_619, 0],
        [735_630, 735_649, 0],
        [735_630, 735_631, 1],
        [735_648, 735_649, 1],
    ]
    first, second = mark(run, stretches)["pieces"]
    assert first["cores"] == []
    assert [core[0] for core in second["cores"]] == pytest.approx(
        [second["x0"], second["x1"] - 2 * A_DAY]
    )


def test_a_date_of_which_nothing_is_certain_has_an_unfilled_sign(run: Run) -> None:
    found = mark(run, [[735_610, 735_639, 0]])
    assert found["pieces"][0]["cores"] == []
    assert found["unfilled"] is True


def test_open_ends_go_on_for_ever(run: Run) -> None:
    script = """const [a, b] = input.map((stretches) => m.markOf(event('x', stretches), scale));
      return [a.x1 === Infinity, a.at, b.x0 === -Infinity, b.at];"""
    after = [[735_610, None, 0], [735_610, 735_610, 1]]
    before = [[None, 735_639, 0], [735_639, 735_639, 1]]
    assert run("marks", script, [after, before]) == [
        True,
        pytest.approx(100 + 10.5 * A_DAY, abs=5),
        True,
        pytest.approx(100 + 39.5 * A_DAY, abs=5),
    ]


def test_a_date_without_known_ends_goes_on_for_ever_both_ways(run: Run) -> None:
    script = """const { x0, x1, at } = m.markOf(event("x", [[null, null, 0]]), scale);
      return [x0 === -Infinity, x1 === Infinity, scale.left < at && at < scale.right];"""
    assert run("marks", script) == [True, True, True]


def test_where_no_day_is_certain_the_sign_is_unfilled_and_in_no_middle(run: Run) -> None:
    month = [735_610, 735_639, 0]
    unsure, sure = mark(run, [month]), mark(run, [month, [735_612, 735_613, 1]])
    assert [unsure["unfilled"], unsure["at"]] == [True, pytest.approx(100 + 10 * A_DAY + 4.5)]
    assert [sure["unfilled"], sure["at"]] == [False, pytest.approx(100 + 13 * A_DAY)]


def test_the_sign_of_a_bar_stays_in_view_with_its_corners(run: Run) -> None:
    before, after = [735_000, 735_800], [735_800, 736_200]
    assert mark(run, [[*before, 0], [*before, 1]])["at"] == 100 + 4.5 + 2
    assert mark(run, [[*after, 0], [*after, 1]])["at"] == 1200 - 4.5 - 2


@pytest.mark.parametrize("first", [735_000, 735_015, 735_085])
def test_a_sign_on_days_far_apart_lies_within_its_mark_whichever_it_stands_on(
    run: Run, first: int
) -> None:
    found = run(
        "marks",
        """const days = [735010, 735090].map((n) => [n, n, 0]);
        const there = { first: input, last: input + 100, left: 0, right: 1000 };
        const { x0, x1, at } = m.markOf(event("x", days, { sized: true, radius: 26 }), there);
        return [at - 26 - x0, x1 - at - 26].map((side) => side >= 0);""",
        first,
    )
    assert found == [True, True]


@pytest.mark.parametrize("day", [735_694, 735_905])
def test_no_mark_lies_on_a_sign_that_stands_on_days_far_apart(run: Run, day: int) -> None:
    apart = run(
        MODULES,
        """const days = [735700, 735900].map((n) => [n, n, 0]);
        const events = [event("days", days, { sized: true, radius: 26 }), day("beside", input)];
        const laid = m.layOut(events, [lane("TN")], [87], m.layoutScale(scale), () => -m.LABEL_GAP, bare);
        return [scale, { ...scale, first: 735710, last: 736075 }].map((there) => {
          const [{ mark, y }, beside] = m.placements(laid, there);
          return beside ? Math.hypot(mark.at - beside.mark.at, y - beside.y) - mark.radius - beside.mark.radius : 0;
        });""",
        day,
    )
    assert min(apart) >= 0


def test_no_date_is_no_mark(run: Run) -> None:
    assert mark(run, []) is None


def test_areas_of_discs_are_what_is_compared(run: Run) -> None:
    area = run("marks", "return input.map((n) => m.discRadius(n, 500) ** 2)", [50, 100, 200, 800])
    assert [found / area[0] for found in area] == pytest.approx([1, 2, 4, 16])


def test_no_disc_is_larger_than_the_largest_one_should_be(run: Run) -> None:
    assert run("marks", "return m.discRadius(1e9, 1e9)") == 26
    events = run(
        "marks",
        """const events = [0, null, 1, 1e9].map((size, n) => day(String(n), 735600, { size }));
        m.setSigns(events, 1e9);
        return events.map(({ sized, radius }) => [sized, radius]);""",
    )
    assert events == [[False, 4.5], [False, 4.5], [True, 3], [True, 26]]


# layout.js and titles.js

# As many events as there are days, a few of them long, a few of them large.
CROWD = """
  const next = seeded(input.seed);
  const events = Array.from({ length: input.count }, (_, n) => {
    const first = 735600 + Math.floor(next() * 365);
    const last = first + (next() < 0.2 ? Math.floor(next() * 60) : 0);
    const size = next() < 0.5 ? Math.floor(next() ** 4 * 1500) : null;
    const open = next() < 0.02 ? null : last;
    return event(`number ${n}`, [[first, open, 0], [first, last, 1]], { size, lanes: [next() < 0.7 ? "TN" : "LY"] });
  });
  m.setSigns(events, 1500);
  events.sort((a, b) => (b.size ?? 0) - (a.size ?? 0));
  const lanes = [lane("TN"), lane("LY")];
  const stepped = m.layoutScale(scale);
  const heights = m.shareHeight(events, lanes, stepped, widthOf, { forTitles: input.room, forMarks: Infinity }, bare);
  const laid = m.layOut(events, lanes, heights, stepped, widthOf, bare);
  const inView = m.placements(laid, scale);
  const overlap = (a, b) => a[0] < b[2] - 0.01 && b[0] < a[2] - 0.01 && a[1] < b[3] - 0.01 && b[1] < a[3] - 0.01;
  const boxes = inView.map(({ mark, y }) => [mark.x0, y - mark.radius, mark.x1, y + mark.radius]);
  const titles = m.placeTitles(inView, widthOf, scale, null);
  const titleBoxes = titles.map(({ x, y, room, event }) => [x, y - 7, x + Math.min(room, widthOf(event.title)), y + 7]);
"""
MODULES = "marks layout drawing titles"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_mark_lies_on_another_where_there_is_room(run: Run, seed: int) -> None:
    overlaps, marks = run(
        MODULES,
        CROWD
        + "return [boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => overlap(a, b))).length, boxes.length];",
        {"seed": seed, "count": 70, "room": 700},
    )
    assert [overlaps, marks] == [0, 70]


@pytest.mark.parametrize("count", [40, 120, 600])
def test_no_title_lies_on_a_mark_or_a_title_or_over_the_edge(run: Run, count: int) -> None:
    found = run(
        MODULES,
        CROWD
        + """return {
          titles: titles.length,
          onTitles: titleBoxes.flatMap((a, i) => titleBoxes.slice(i + 1).filter((b) => overlap(a, b))).length,
          onMarks: titles.filter(({ event }, i) =>
            inView.some(({ mark }, j) => mark.event !== event && overlap(titleBoxes[i], boxes[j]))).length,
          outside: titleBoxes.filter(([x0, , x1]) => x0 < scale.left || x1 > scale.right + 0.01).length,
          outOfLane: titles.filter(({ event }, i) => !laid.some(({ lane, top, height }) => event.lanes.includes(lane.value)
            && titleBoxes[i][1] >= top + 38 && titleBoxes[i][3] <= top + height + 38)).length,
        };""",
        {"seed": 7, "count": count, "room": 500},
    )
    assert found.pop("titles") > 0
    assert found == {"onTitles": 0, "onMarks": 0, "outside": 0, "outOfLane": 0}


ONE_ROW = """
  const events = input.map(([name, number]) => day(name, number));
  const laid = m.layOut(events, [lane("TN")], [27], m.layoutScale(scale), widthOf, bare);
  const titled = (pointed) => m.placeTitles(m.placements(laid, scale), widthOf, scale, pointed).map((t) => t.event.id);
"""


@pytest.mark.parametrize(
    ("days_apart", "titled"), [(5, ["second"]), (20, ["second"]), (50, ["first", "second"])]
)
def test_a_title_gives_way_to_a_mark(run: Run, days_apart: int, titled: list[str]) -> None:
    events = [["first", 735_700], ["second", 735_700 + days_apart]]
    weightier = """const twelve = Array.from({ length: 12 }, (_, n) => day(`n${n}`, 735700, { lanes: ["LY"] }));
      """
    script = weightier + ONE_ROW.replace("layOut(events", "layOut([...twelve, ...events]")
    assert run(MODULES, script + "return titled(null)", events) == titled


@pytest.mark.parametrize("days_apart", [5, 20])
def test_the_weightiest_have_titles_whatever_comes_after(run: Run, days_apart: int) -> None:
    events = [["first", 735_700], ["second", 735_700 + days_apart]]
    assert run(MODULES, ONE_ROW + "return titled(null)", events) == ["first", "second"]


def test_the_title_of_a_large_disc_needs_only_its_own_row(run: Run) -> None:
    found = run(
        MODULES,
        """const events = [day("large", 735700, { size: 2000 }), day("above", 735712), day("below", 735714)];
        m.setSigns(events, 2000);
        const laid = m.layOut(events, [lane("TN")], [67], m.layoutScale(scale), widthOf, bare);
        const inView = m.placements(laid, scale);
        return [laid[0].placed.map(({ row, rows }) => [row, rows]), m.placeTitles(inView, widthOf, scale, null).length];""",
    )
    assert found == [[[0, 3], [0, 1], [2, 1]], 3]


def test_the_weightier_of_two_has_the_first_row(run: Run) -> None:
    script = (
        ONE_ROW.replace("[27]", "[67]")
        + "return [titled(null), laid[0].placed.map(({ row }) => row)]"
    )
    events = [["heavy", 735_702], ["light", 735_700]]
    assert run(MODULES, script, events) == [["heavy", "light"], [0, 1]]


def test_what_is_pointed_at_has_its_title_whatever_is_there(run: Run) -> None:
    events = [["first", 735_700], ["second", 735_705]]
    assert run(MODULES, ONE_ROW + "return titled('first')", events) == ["first"]


def test_rows_hold_while_time_is_moved(run: Run) -> None:
    rows = run(
        MODULES + " scale",
        CROWD
        + """const key = (s) => JSON.stringify(m.layOut(events, lanes, heights, m.layoutScale(s), widthOf, bare)
            .map(({ placed }) => placed.map(({ mark, row }) => [mark.event.id, row])));
        return [0, 13, 57, 400, -900].map((pixels) => key(m.panned(scale, pixels, [735000, 737000])) === key(scale));""",
        {"seed": 5, "count": 200, "room": 500},
    )
    assert rows == [True] * 5


def test_an_event_of_several_actors_stands_in_each_lane_and_others_in_the_last(run: Run) -> None:
    laid = run(
        MODULES + " data",
        """const events = [day("both", 735700, { lanes: ["a", "b"] }), day("none", 735800, { lanes: ["z"] })];
        const lanes = ["a", "b", m.REST].map(lane);
        return m.layOut(events, lanes, [27, 27, 27], m.layoutScale(scale), widthOf, bare)
          .map(({ placed, top }) => [top, ...placed.map(({ mark }) => mark.event.id)]);""",
    )
    assert laid == [[0, "both"], [27, "both"], [54, "none"]]


def test_bars_count_what_has_no_room(run: Run) -> None:
    script = """const events = Array.from({ length: 50 }, (_, n) => day(String(n), 735700));
      return [0, 20].map((bars) => m.layOut(events, [lane("TN")], [47], m.layoutScale(scale), widthOf, { head: 0, bars })[0].placed.length);"""
    assert run(MODULES, script) == [50, 1]


@pytest.mark.parametrize("end", [735_700, None])
def test_marks_that_have_no_room_are_spread_over_the_rows(run: Run, end: int | None) -> None:
    found = run(
        MODULES,
        """const stretches = [[735700, input, 0], [735700, input ?? 735700, 1]];
        const events = Array.from({ length: 12 }, (_, n) => event(String(n), stretches));
        const [{ placed }] = m.layOut(events, [lane("TN")], [87], m.layoutScale(scale), widthOf, bare);
        return [0, 1, 2, 3].map((row) => placed.filter((one) => one.row === row).length);""",
        end,
    )
    assert found == [3, 3, 3, 3]


def test_a_mark_takes_the_room_of_any_title_before_it_lies_on_another_mark(run: Run) -> None:
    found = run(
        MODULES,
        """const weightier = Array.from({ length: 10 }, (_, n) => day(`n${n}`, 735700, { lanes: ["LY"] }));
        const disc = day("disc", 735700, { size: 2000 });
        const others = [day("beside", 735684), ...weightier, day("light", 735700)];
        const events = [disc, ...others];
        m.setSigns(events, 2000);
        const lanes = [lane("TN"), lane("LY")];
        const [{ placed }] = m.layOut(events, lanes, [87, 87], m.layoutScale(scale), widthOf, bare);
        return placed.map(({ mark, row, rows }) => [mark.event.id, row, rows]);""",
    )
    assert found == [["disc", 0, 3], ["beside", 3, 1], ["light", 3, 1]]


def test_lanes_share_the_height(run: Run) -> None:
    heights = run(
        MODULES,
        """const many = Array.from({ length: 80 }, (_, n) => day(`m${n}`, 735600 + 4 * n));
        const events = [...many, day("one", 735700, { lanes: ["LY"] })];
        const share = (room) => m.shareHeight(
          events, [lane("TN"), lane("LY")], m.layoutScale(scale), widthOf, { forTitles: room, forMarks: Infinity }, bare);
        return [share(200), share(0)];""",
    )
    assert heights == [[167, 27], [47, 27]]


def test_a_lane_gets_no_more_rows_for_marks_than_there_is_room(run: Run) -> None:
    heights = run(
        MODULES,
        """const events = Array.from({ length: 80 }, (_, n) => day(`m${n}`, 735600 + (n % 3)));
        const share = (forMarks, margins) =>
          m.shareHeight(events, [lane("TN")], m.layoutScale(scale), widthOf, { forTitles: 0, forMarks }, margins)[0];
        return [share(100, bare), share(100, { head: 19, bars: 0 }), share(Infinity, bare)];""",
    )
    assert heights == [87, 86, 607]


def test_what_is_out_of_view_pushes_nothing_aside(run: Run) -> None:
    found = run(
        MODULES,
        """const near = [day("near", 735702), day("other", 735704)];
        const all = [day("far", 735660, { title: "w".repeat(80) }), ...near];
        return [undefined, new Set(near)].map((inView) => {
          const [{ placed }] = m.layOut(all, [lane("TN")], [87], m.layoutScale(scale), widthOf, bare, inView);
          return near.map(({ id }) => placed.find(({ mark }) => mark.event.id === id).row);
        });""",
    )
    assert found == [[1, 2], [0, 1]]


def test_a_disc_too_large_for_its_lane_takes_all_of_it(run: Run) -> None:
    found = run(
        MODULES,
        """const events = [day("large", 735700, { size: 9000 })];
        m.setSigns(events, 9000);
        const [{ placed }] = m.layOut(events, [lane("TN")], [27], m.layoutScale(scale), widthOf, bare);
        return placed.map(({ row, rows }) => [row, rows]);""",
    )
    assert found == [[0, 1]]


def test_a_huge_title_is_cut_in_a_moment(run: Run) -> None:
    found = run(
        "titles",
        """let asked = 0;
        const text = "w".repeat(100_000);
        return [m.shortened(text, 70, (t) => { asked += 1; return widthOf(t); }), asked];""",
    )
    assert found[0] == "w" * 9 + "…"
    assert found[1] < 20


# rows.js


def test_rows_know_what_is_taken(run: Run) -> None:
    found = run(
        "rows",
        """const next = seeded(3);
        const rows = new m.Rows(1);
        const taken = [];
        const wrong = [];
        for (let n = 0; n < 400; n++) {
          const from = Math.floor(next() * 5000);
          const stretch = n % 50 ? [from, from + next() * 40] : [from, Infinity];
          const free = !taken.some(([a, b]) => a < stretch[1] && stretch[0] < b);
          if (rows.isFree(0, stretch) !== free) wrong.push(stretch);
          if (stretch[1] === Infinity) continue;
          rows.take(0, stretch, n);
          taken.push(stretch);
        }
        return [wrong, rows.clear(0, 1, [0, 6000]).length > 10, rows.isFree(0, [0, 6000])];""",
    )
    assert found == [[], True, True]


def test_what_has_no_room_goes_where_least_is_taken(run: Run) -> None:
    found = run(
        "rows",
        """const rows = new m.Rows(3);
        rows.take(0, [0, 90], "a");
        rows.take(1, [0, 40], "b");
        rows.take(2, [50, 120], "c");
        return [rows.leastTaken(1, [0, 100]), rows.leastTaken(2, [0, 100]), rows.leastTaken(1, [60, 100])];""",
    )
    assert found == [1, 1, 1]


# The rest is of one day, or of a day that is open at an end: all begin, or all end, within others.
@pytest.mark.parametrize("open_ends", [[], [1], [0], [0, 1]])
def test_what_has_no_room_is_spread_over_the_rows(run: Run, open_ends: list[int]) -> None:
    found = run(
        "rows",
        """const rows = new m.Rows(4);
        const counts = [0, 0, 0, 0];
        for (let n = 0; n < 12; n++) {
          const stretch = [900_000_000 + n, 900_000_030 - n];
          for (const end of input) stretch[end] = end ? Infinity : -Infinity;
          const row = rows.leastTaken(1, stretch);
          rows.take(row, stretch, n);
          counts[row] += 1;
        }
        return counts;""",
        open_ends,
    )
    assert found == [3, 3, 3, 3]


# lanes.js


def test_lanes_count_what_is_possibly_in_view(run: Run) -> None:
    found = run(
        "lanes",
        """const lanes = [{ ...lane("TN"), count: 1200 }, { ...lane("LY"), count: 2, shown: 1 }];
        const events = [day("in", 10), day("out", 30), event("under way", [[5, 90, 0]]),
          event("for ever", [[12, null, 0]], { lanes: ["LY"] }), day("last", 20, { lanes: ["LY"] })];
        const all = { complete: true, events, lanes };
        return [m.countWords(all, [10, 20]), m.countWords(all, null), m.countWords({ ...all, complete: false }, [10, 20])];""",
    )
    assert found == [["2 of 1,200", "2"], ["1,200", "2"], ["1,200 in all", "1 of 2"]]


def test_a_count_that_the_server_left_out_is_not_made_up(run: Run) -> None:
    found = run(
        "lanes",
        """const drawing = { complete: false, events: [], lanes: [
          { ...lane("TN"), count: 30 }, { ...lane("LY"), count: 30, shown: 0 }, { ...lane("DZ"), count: null }] };
        return [m.countWords(drawing, [10, 20]), m.countWords(drawing, null)];""",
    )
    assert found == [["30 in all", "0 of 30", ""], ["30", "0 of 30", ""]]


# picture.js


def test_there_are_bars_unless_every_event_in_view_is_known_to_have_its_mark(run: Run) -> None:
    found = run(
        "picture",
        """const stage = document.createElement("div");
        stage.innerHTML = "<canvas></canvas>".repeat(3);
        document.body.append(stage);
        const picture = new m.Picture(stage);
        const drawing = { total: 900, events: [day("one", 735700)], lanes: [lane("TN")], bins: { lanes: [] } };
        return [{ shown: 900 }, { shown: 1 }, { shown: null }, { shown: null, bins: null }].map((more) => {
          picture.show({ ...drawing, ...more });
          return picture.margins.bars > 0;
        });""",
    )
    assert found == [True, False, True, False]


def test_data_that_come_while_lanes_hold_their_heights_have_their_titles_at_once(run: Run) -> None:
    found = run(
        "picture",
        """const stage = document.createElement("div");
        stage.innerHTML = "<canvas></canvas>".repeat(3);
        document.body.append(stage);
        const picture = new m.Picture(stage);
        const drawing = () => ({ complete: true, events: [day("one", 735700), day("two", 735800)],
          lanes: [lane("TN")], kinds: [], bins: null });
        picture.show(drawing());
        picture.rest(scale, null);
        picture.paint(scale, null);
        const firm = () => picture.inView.map((one) => one.firm);
        const before = firm();
        picture.show(drawing());
        picture.paint(scale, null);
        return [before, firm()];""",
    )
    assert found == [[True, True], [True, True]]


# requests.js


def test_of_questions_asked_meanwhile_only_the_newest_is_sent(run: Run, page: Page) -> None:
    sent: list[str] = []

    def answer(route: Route) -> None:
        sent.append(route.request.url[-1])
        route.fulfill(body=sent[-1])

    page.route("**/question*", answer)
    found = run(
        "requests",
        """const requests = new m.Requests();
        const first = requests.get("/question?1");
        await new Promise((resolve) => setTimeout(resolve));
        const answers = [first, ...["2", "3"].map((n) => requests.get(`/question?${n}`))];
        return (await Promise.allSettled(answers)).map(({ value, reason }) => reason ? m.reasonOf(reason) : value);""",
    )
    assert found == [None, None, "3"]
    assert sent == ["1", "3"]


def test_a_question_that_failed_after_a_newer_one_was_asked_is_no_failure(
    run: Run, page: Page, errors: list[str]
) -> None:
    page.route("**/question?1", lambda route: route.fulfill(status=500))
    page.route("**/question?2", lambda route: route.fulfill(body="2"))
    found = run(
        "requests",
        """const requests = new m.Requests();
        const older = requests.get("/question?1");
        await new Promise((resolve) => setTimeout(resolve));
        const answers = await Promise.allSettled([older, requests.get("/question?2")]);
        return answers.map(({ value, reason }) => reason ? m.reasonOf(reason) : value);""",
    )
    assert found == [None, "2"]
    errors.clear()


# list.js


def test_a_list_that_comes_late_does_not_take_the_place_of_a_newer_one(run: Run) -> None:
    shown = run(
        "list requests",
        """let release;
        const held = new Promise((resolve) => (release = resolve));
        window.fetch = async (address) => ({
          ok: true,
          text: async () => {
            if (address === "older") await held;
            return `<p id="part">${address}</p>`;
          },
        });
        document.body.innerHTML = '<p id="part" data-live></p>';
        const list = new m.List(document.body, () => {});
        const older = list.load("older").catch(m.reasonOf);
        await new Promise((resolve) => setTimeout(resolve));
        const newer = list.load("newer");
        setTimeout(release);
        await Promise.all([older, newer]);
        return document.body.textContent;""",
    )
    assert shown == "newer"


# data.js


def test_lanes_titles_and_sizes_are_filled_in(run: Run, page: Page) -> None:
    stretches = [[10, 12, 0], [10, 12, 1]]
    answer = {
        "lanes": [],
        "events": [
            {"id": "a", "title": "A", "stretches": stretches, "size": 4, "lane": "TN"},
            {"id": "b", "title": None, "stretches": stretches, "size": None, "lane": '["x","y"]'},
        ],
    }
    page.route("**/made.json*", lambda route: route.fulfill(json=answer))
    drawing = run("data", "return await new m.Source('/made.json').load(new URLSearchParams())")
    one, other = drawing["events"]
    assert [one["title"], one["lanes"]] == ["A", ["TN"]]
    assert [other["title"], other["lanes"]] == ["b", ["x", "y"]]
    assert drawing["largest"] == 4


def test_without_lanes_there_is_one_of_all_events(run: Run, page: Page) -> None:
    answer = {"total": 3, "lanes": [], "events": [], "timed_out": ["the lanes"]}
    page.route("**/made.json*", lambda route: route.fulfill(json=answer))
    found = run(
        "data lanes",
        """const { lanes } = await new m.Source('/made.json').load(new URLSearchParams());
        const shared = m.eventsByLane([day("one", 735700)], lanes);
        return [lanes, [...shared.values()].map((events) => events.length)];""",
    )
    assert found == [[{"value": "…", "label": "", "count": 3}], [1]]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("new TypeError('Failed to fetch')", "the site cannot be reached"),
        ("new Error('the server answered 500')", "the server answered 500"),
        ("new DOMException('', 'AbortError')", None),
    ],
)
def test_reasons(run: Run, error: str, reason: str | None) -> None:
    assert run("requests", f"return m.reasonOf({error})") == reason


# overview.js


def test_each_drag_on_the_overview_is_done_once(run: Run) -> None:
    found = run(
        "overview",
        """const root = document.createElement("div");
        root.innerHTML = "<canvas></canvas><span role=slider></span><span role=slider></span>";
        root.setPointerCapture = () => {};
        let done = 0;
        new m.Overview(root, (days, isDone) => (done += isDone));
        return ["pointerup", "pointerup", "pointercancel", "pointercancel"].map((end) => {
          for (const type of ["pointerdown", end]) root.dispatchEvent(new PointerEvent(type));
          return done;
        });""",
    )
    assert found == [1, 2, 3, 4]


def test_the_thumbs_of_a_short_window_stand_outside_it_and_on_the_strip(run: Run) -> None:
    windows = [[100, 148], [100, 147], [500, 510], [0, 10], [990, 1000], [0, 1000]]
    found = run(
        "overview",
        """const root = document.createElement("div");
        root.append(document.createElement("canvas"));
        const overview = new m.Overview(root, () => {});
        overview.scale = { first: 0, last: 1000, left: 0, right: 1000 };
        return input.map((window) => Object.assign(overview, { window }).thumbPlaces());""",
        windows,
    )
    assert found == [[100, 148], [88, 159], [488, 522], [12, 36], [964, 988], [0, 1000]]


def labels_of_the_overview(run: Run, first: int, last: int) -> list[str]:
    found: list[str] = run(
        "overview palette",
        """const root = document.createElement("div");
        root.innerHTML = "<canvas></canvas><span role=slider></span><span role=slider></span>";
        const overview = Object.assign(new m.Overview(root, () => {}), { wide: 600, unit: 1 });
        const context = root.firstChild.getContext("2d");
        const written = [];
        context.fillText = (text) => written.push(text);
        overview.draw({ edges: input, possible: [1], certain: [1] }, input, m.paletteOf(document.body));
        return written;""",
        [first, last],
    )
    return found


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        ((2014, 2, 1), (2016, 5, 1), "Apr Jul Oct 2015 Apr Jul Oct 2016 Apr"),
        ((2015, 2, 20), (2015, 4, 8), "22 March 2015 8 15 22 April 2015"),
        ((2012, 6, 1), (2017, 6, 1), "2013 2014 2015 2016 2017"),
    ],
)
def test_the_overview_names_the_years_and_the_months_of_its_days(
    run: Run, first: tuple[int, int, int], last: tuple[int, int, int], labels: str
) -> None:
    assert " ".join(labels_of_the_overview(run, ordinal(*first), ordinal(*last))) == labels


# interaction.js


def test_a_finger_that_stops_a_flick_ends_the_gesture(run: Run, page: Page) -> None:
    page.emulate_media(reduced_motion="no-preference")
    found = run(
        "interaction",
        """const calls = [];
        const movements = new Proxy({}, { get: (_, name) => () => calls.push(name) });
        const element = document.createElement("div");
        element.setPointerCapture = () => {};
        m.listen(element, movements);
        let now = 0;
        const finger = (type, clientX) => {
          const event = new PointerEvent(type, { pointerType: "touch", pointerId: 1, clientX });
          Object.defineProperty(event, "timeStamp", { value: (now += 10) });
          element.dispatchEvent(event);
        };
        finger("pointerdown", 0);
        for (const x of [50, 100]) finger("pointermove", x);
        finger("pointerup", 100);
        const flicked = calls.splice(0);
        finger("pointerdown", 300);
        finger("pointerup", 300);
        for (let n = 0; n < 3; n++) await new Promise(requestAnimationFrame);
        return [flicked, calls];""",
    )
    assert found == [["held", "pan", "pan"], ["tap", "settled"]]


# address.js


def test_a_window_in_the_address_keeps_the_filters(run: Run) -> None:
    found = run(
        "address",
        """history.replaceState(null, "", "/timeline?country=TN&_window=2014&_page=3&embed=1");
        const address = new m.Address("/timeline");
        const march = [735658, 735688];
        return [address.withWindow(march), address.withWindow(null), address.onlyWindow(march),
          String(address.query())];""",
    )
    assert date.fromordinal(735658) == date(2015, 3, 1)
    assert found == [
        "/timeline?country=TN&embed=1&_window=2015-03-01/2015-03-31",
        "/timeline?country=TN&embed=1",
        "/timeline?country=TN&embed=1&_possibly=2015-03-01/2015-03-31",
        "country=TN&_window=2014",
    ]


# palette.js


def test_every_kind_has_a_glyph_and_those_too_many_share_the_last(run: Run) -> None:
    found = run(
        "palette",
        """const kinds = Array.from({ length: 10 }, (_, n) => ({ value: String(n) }));
        return [...kinds.map(({ value }) => m.kindIndex(kinds, value)), m.kindIndex(kinds, undefined)];""",
    )
    assert found == [0, 1, 2, 3, 4, 5, 6, 7, 7, 7, 7]


# map.js


def test_marks_too_near_to_tell_apart_are_one(run: Run) -> None:
    found = run(
        "map",
        """const next = seeded(11);
        const points = Array.from({ length: 300 }, (_, n) => ({ x: next() * 900, y: next() * 400, count: 1 + (n % 5) }));
        const groups = m.crowds(points, (p) => p);
        const leaders = groups.map(([first]) => first);
        const near = leaders.flatMap((a, i) => leaders.slice(i + 1).filter((b) => Math.hypot(a.x - b.x, a.y - b.y) < m.CROWD));
        return [groups.flat().length, near.length, groups.length < 300];""",
    )
    assert found == [300, 0, True]


# A map of the site's own library and outlines, of events at two places far apart.
MAP = """
  const page = new DOMParser().parseFromString(await (await fetch("/timeline")).text(), "text/html");
  const element = page.querySelector("[data-timeline-map]").cloneNode();
  Object.assign(element.dataset, input);
  element.style.height = "400px";
  document.body.append(element);
  const map = new m.EventMap(element, element.dataset, { onPoint() {}, onMove() {} });
  await map.start();
  const at = (id, latitude, longitude) => day(id, 735700, { words: "2015", latitude, longitude });
  const events = [at("a", 33, 10), at("b", 33, 10), at("c", 31, 30)];
  const show = (shown) => map.show(shown, { complete: true, kinds: [], events, places: null }, m.paletteOf(element));
  const listed = () => [...element.querySelectorAll(".events-here li a")].map((link) => link.textContent);
"""


def test_what_is_listed_on_the_map_closes_when_it_is_no_longer_what_is_shown(
    run: Run, page: Page
) -> None:
    # Nothing fades.
    page.emulate_media(reduced_motion="reduce")
    found = run(
        "map palette",
        MAP
        + """show(events);
        element.querySelector(".crowd button").click();
        const opened = listed();
        show([...events]);
        const redrawn = listed();
        show(events.slice(1));
        return [opened, redrawn, listed()];""",
        {},
    )
    both = ["Event a", "Event b"]
    assert found == [both, both, []]


def test_where_nothing_is_shown_the_map_has_the_frame_that_the_page_names(run: Run) -> None:
    south, north, west, east = run(
        "map palette",
        MAP + "show([]); return map.area();",
        {"frame": "[[30, 8], [35, 32]]"},
    )
    assert south < 30 < 35 < north
    assert west < 8 < 32 < east
    assert east - west < 100


def test_where_something_is_shown_it_frames_the_map(run: Run) -> None:
    _, _, west, east = run("map palette", MAP + "show(events); return map.area();", {})
    assert west < 10 < 30 < east < 60


def test_a_mark_on_the_map_is_named_if_all_that_it_holds_is_in_one_place(run: Run) -> None:
    found = run(
        "map palette",
        MAP
        + """const in_ = (place, ...where) => ({ ...at(place, ...where), place, location_precision: "town" });
        show([
          in_("Avenue Mohamed V, Tunis", 36.81, 10.18), in_("Bardo, Tunis", 36.81, 10.14),
          in_("Sousse", 35.83, 10.64), in_("Sousse", 35.84, 10.65), in_("Sfax", 34.74, 10.76),
        ]);
        return [...element.querySelectorAll(".city-name")].map((name) => name.textContent);""",
        {},
    )
    assert found == ["Sousse", "Sfax"]


# timeline.css


@pytest.mark.parametrize(("motion", "duration"), [("no-preference", "0.17s"), ("reduce", "0s")])
def test_the_height_of_the_lanes_moves_only_for_those_who_want_motion(
    page: Page, motion: Literal["no-preference", "reduce"], duration: str
) -> None:
    page.emulate_media(reduced_motion=motion)
    page.goto("/timeline")
    stage = page.locator(".timeline.ready .stage")
    assert stage.evaluate("(stage) => getComputedStyle(stage).transitionDuration") == duration
