"""The viewer on a chronology that is none of ours: battles, under their own names and numbers."""

import json
import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.plugins import pm

import datasette_event_timeline
import event_timeline.site
from datasette_event_timeline.queries.events import MOST_MARKS
from datasette_event_timeline.queries.places import GRID_CELLS, MOST_PLACES
from datasette_event_timeline.serving.database import ServedDatabase
from edtf_dates import DateError, EventDate, parse_date
from edtf_dates.four_days import read_text

Data = dict[str, Any]

SETTINGS = {
    "database": "wars",
    "table": "battles",
    "id": "no",
    "date": "fought",
    "end": "until",
    "title": "name",
    "latitude": "lat",
    "longitude": "lon",
    "country": "theatre",
    "kind": "ground",
    "size": "dead",
    "lanes": ["theatre", {"array": "sides"}],
}
METADATA = {
    "plugins": {"event-timeline": SETTINGS},
    "databases": {"wars": {"tables": {"battles": {"facets": ["theatre", "ground"]}}}},
}
# A column without a type, as CSV importers make it: a year stays a number.
SCHEMA = (
    "create table battles (no integer primary key, name text, fought, until, theatre text,"
    " ground text, sides text, lat real, lon real, dead integer)"
)

FEW = [
    (1, "Megiddo", -1456, None, "Levant", "land", '["Egypt", "Canaan"]', 32.6, 35.2, None),
    (2, "Salamis", "-0479-09", None, "Greece", "sea", '["Athens", "Persia"]', 37.9, 23.5, 40_000),
    (3, "Alesia", "-0051", "", "Gaul", "land", '["Rome"]', 47.5, 4.5, None),
    (4, "Vesuvius", 79.0, None, None, "land", "", 40.8, 14.4, 2_000),
    (5, "Hastings", "1066-10-14", None, "England", "land", None, 50.9, 0.5, 6_000),
    (6, "Hundred years", 1337, 1453, "France", "land", "[]", None, None, None),
    (7, "Some siege", "1099~", None, "Levant", "siege", "[", 31.8, 35.2, None),
    (8, "A raid", "spring", None, "Gaul", "sea", "[]", None, None, None),
    (9, "Another", "30/02/1066", None, "", "sea", "[]", None, None, None),
    (10, "No date", None, None, "Gaul", "land", "[]", None, None, None),
    (11, "Not over", "2014-02-20", "..", "Ukraine", "land", "[]", 48.0, 38.0, None),
]
# The dates of those, in EDTF; of three nothing can be read.
READ = {
    1: "-1456",
    2: "-0479-09",
    3: "-0051",
    4: "0079",
    5: "1066-10-14",
    6: "1337/1453",
    7: "1099~",
    11: "2014-02-20/..",
}


def save(path: Path, rows: list[tuple[Any, ...]]) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.execute(SCHEMA)
        db.executemany("insert into battles values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        db.commit()
    return path


def many(number: int, seed: int) -> list[tuple[Any, ...]]:
    """So many battles, with dates of every kind, good and bad."""
    chance = random.Random(seed)

    def date(year: int) -> object:
        text = f"{year:05}" if year < 0 else f"{year:04}"
        month, day = chance.randint(1, 12), chance.randint(1, 28)
        forms = (year, float(year), text, f"{text}~", f"{text}?", f"{text}-{month:02}")
        days = (
            f"{text}-{month:02}-{day:02}",
            f"[{text}-{month:02}-01..{text}-{month:02}-{day:02}]",
        )
        return chance.choice((*forms, *days, None, "", "long ago"))

    def battle(no: int) -> tuple[Any, ...]:
        year = chance.randint(-700, 1950)
        until = chance.choice((None, None, None, "", year + chance.randint(0, 9)))
        theatre = chance.choice(("Gaul", "Persia", "Italy", "Egypt", "", None))
        place = (chance.uniform(-60, 60), chance.uniform(-170, 170))
        sides = chance.choice(('["Rome"]', '["Rome", "Persia"]', "[]", None))
        ground = chance.choice(("land", "sea"))
        return no, f"Battle {no}", date(year), until, theatre, ground, sides, *place, no % 977

    return [battle(no) for no in range(1, number + 1)]


@pytest.fixture(scope="module")
def wars(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    path = save(tmp_path_factory.mktemp("few") / "wars.db", FEW)
    return Datasette([str(path)], metadata=METADATA)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    """50,000 battles."""
    path = save(tmp_path_factory.mktemp("many") / "wars.db", many(50_000, seed=1066))
    limits = {"sql_time_limit_ms": 60_000, "facet_time_limit_ms": 60_000, "suggest_facets": False}
    return Datasette([str(path)], metadata=METADATA, settings=limits)


async def get(site: Datasette, path: str, **parameters: str) -> Any:
    answer = await site.client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def numbers(site: Datasette, **parameters: str) -> set[int]:
    rows = await get(site, "/wars/battles.json", _shape="array", _size="max", **parameters)
    return {row["no"] for row in rows}


# A few battles, each looked at


@pytest.mark.parametrize("window", ["-1456", "-0479", "-0051/0079", "1066", "1400", "1099", "2500"])
async def test_the_table_is_filtered_by_time(wars, window):
    asked = parse_date(window)
    dates = {no: parse_date(text) for no, text in READ.items()}
    possibly = {no for no, date in dates.items() if date.possibly(asked)}
    certainly = {no for no, date in dates.items() if date.certainly(asked)}
    assert await numbers(wars, _possibly=window) == possibly
    assert await numbers(wars, _certainly=window) == certainly
    assert {
        event["id"] for event in (await get(wars, "/timeline.json", _possibly=window))["events"]
    } == possibly


async def test_each_battle_is_drawn_with_what_its_columns_say(wars):
    events = {event["id"]: event for event in (await get(wars, "/timeline.json"))["events"]}
    assert set(events) == {row[0] for row in FEW}
    assert {no: event["words"] for no, event in events.items()} == {
        1: "1457 BCE",
        2: "September 480 BCE",
        3: "52 BCE",
        4: "79 CE",
        5: "14 October 1066",
        6: "1337 to 1453",
        7: "about 1099",
        8: "spring",
        9: "30/02/1066",
        10: "no date",
        11: "from 20 February 2014, no end given",
    }
    salamis = events[2]
    assert (salamis["title"], salamis["country"], salamis["kind"], salamis["lane"]) == (
        "Salamis",
        "Greece",
        "sea",
        "Greece",
    )
    assert (salamis["latitude"], salamis["longitude"], salamis["size"]) == (37.9, 23.5, 40_000)
    assert [no for no, event in events.items() if not event["stretches"]] == [8, 9, 10]


async def test_lanes_and_facets_are_the_tables_own(wars):
    data = await get(wars, "/timeline.json")
    assert {lane["value"]: lane["count"] for lane in data["lanes"]} == {
        "Gaul": 3, "Levant": 2, "England": 1, "France": 1, "Greece": 1, "Ukraine": 1, "": 1, None: 1,
    }  # fmt: skip
    assert {lane["label"] for lane in data["lanes"] if not lane["value"]} == {"unknown"}
    sides = await get(wars, "/timeline.json", _lanes="sides")
    assert {lane["label"]: lane["count"] for lane in sides["lanes"]} == {
        "Athens": 1, "Canaan": 1, "Egypt": 1, "Persia": 1, "Rome": 1, "others": 8,
    }  # fmt: skip


async def test_a_table_of_builds_that_is_none_of_ours_stops_no_page(tmp_path):
    path = save(tmp_path / "wars.db", FEW)
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table build (item, value)")
        rows = [("serial", 3), ("events.csv", 2015.5), (b"", None), ("title", None)]
        db.executemany("insert into build values (?, ?)", rows)
        db.commit()
    answer = await Datasette([str(path)], metadata=METADATA).client.get("/event/5")
    assert answer.status_code == 200
    assert "build 3</a>, events <code>2015.5</code>" in answer.text


async def test_lanes_that_refer_to_a_table_that_is_not_there_are_called_as_they_are(tmp_path):
    with closing(sqlite3.connect(tmp_path / "wars.db")) as db:
        db.execute("create table battles (no, name, fought, theatre references theatres(code))")
        db.execute("insert into battles values (1, 'Alesia', '-0051', 'GA')")
        db.commit()
    settings = {"database": "wars", "table": "battles", "id": "no", "title": "name"}
    metadata = {
        "plugins": {"event-timeline": {**settings, "date": "fought", "lanes": ["theatre"]}},
        "databases": {"wars": {"tables": {"theatres": {"label_column": "name"}}}},
    }
    site = Datasette([str(tmp_path / "wars.db")], metadata=metadata)
    lanes = (await get(site, "/timeline.json"))["lanes"]
    assert [(lane["value"], lane["label"]) for lane in lanes] == [("GA", "GA")]


async def test_years_are_in_order_whatever_stands_among_them(tmp_path):
    with closing(sqlite3.connect(tmp_path / "wars.db")) as db:
        db.execute("create table battles (no, name, fought, year)")
        years = [(1066,), ("unknown",), (-479,), (79.5,), (b"",), ("1337",)]
        db.executemany("insert into battles values (1, 'x', 1, ?)", years)
        db.commit()
    settings = {"database": "wars", "table": "battles", "id": "no", "title": "name"}
    metadata = {"plugins": {"event-timeline": {**settings, "date": "fought"}}}
    site = Datasette([str(tmp_path / "wars.db")], metadata=metadata)
    answer = await site.client.get("/wars/battles?_facet=year")
    assert answer.status_code == 200
    values = re.search(r'id="facet-year".*?</ul>', answer.text, re.DOTALL)[0]
    labels = [unescape(label) for label in re.findall(r"<a [^>]*>([^<]*)</a>", values)]
    assert labels == ["-479", "79.5", "1066", "1337", "b''", "unknown"]


@pytest.mark.parametrize(
    "path", ["/", "/timeline", "/timeline?_window=1066", "/wars/battles", "/wars/battles/5"]
)
async def test_the_pages_of_a_site_of_battles(wars, path):
    answer = await wars.client.get(path)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("path", ["/", "/timeline", "/wars", "/wars/battles", "/wars/battles/5"])
async def test_no_link_leads_nowhere(wars, path):
    page = (await wars.client.get(path)).text
    links = set(re.findall(r'href="(/[^"#]*)', page)) | set(re.findall(r'action="([^"]*)"', page))
    broken = [
        link for link in sorted(links) if (await wars.client.get(unescape(link))).status_code >= 400
    ]
    assert broken == []


@pytest.mark.parametrize(
    "path", ["/event/5", "/event/99", "/actor/x", "/source/x", "/disputed", "/about"]
)
async def test_pages_that_need_tables_of_ours_do_not_fail_without_them(wars, path):
    answer = await wars.client.get(path)
    assert answer.status_code in (200, 404), answer.text


async def test_the_list_is_in_order_of_time_and_ends_with_what_has_none(wars):
    page = (await wars.client.get("/timeline")).text
    titles = [row[1] for row in FEW if f"{row[1]}</bdi></a>" in page]
    assert set(titles) == {row[1] for row in FEW}
    places = {row[0]: page.index(f">{row[1]}</bdi></a>") for row in FEW}
    assert sorted(places, key=lambda no: places[no]) == [1, 2, 3, 4, 5, 7, 6, 11, 8, 9, 10]


async def test_under_a_prefix_every_link_of_the_timeline_has_it(wars):
    prefixed = Datasette(wars.files, metadata=METADATA, settings={"base_url": "/prefix/"})
    answer = await prefixed.client.get("/timeline?theatre=Gaul")
    assert answer.request.url.path == "/prefix/timeline"
    assert answer.status_code == 200
    own = re.findall(r'(?:href|src|action)="(/[^"]*)"', answer.text)
    assert len(own) > 10
    assert [address for address in own if not address.startswith("/prefix/")] == []
    assert (await get(prefixed, "/timeline.json", theatre="Gaul"))["total"] == 3


NEIGHBOURS = {
    1: (None, 2),
    5: (4, 7),
    7: (5, 6),
    6: (7, 11),
    # What has no date comes last, as in the list.
    10: (9, None),
}


@pytest.mark.parametrize("no", NEIGHBOURS)
async def test_a_battle_leads_to_those_before_and_after_it(wars, no):
    page = (await wars.client.get(f"/event/{no}")).text
    before, after = (re.search(rf'rel="{side}" href="/event/(\d+)"', page) for side in SIDES)
    assert tuple(found and int(found[1]) for found in (before, after)) == NEIGHBOURS[no]


SIDES = ("prev", "next")


async def test_the_neighbours_have_their_dates_in_words(wars):
    page = (await wars.client.get("/event/5")).text
    words = re.findall(r'<span class="aside">((?:Before|After) · [^<]*)</span> ([^<]*)', page)
    assert words == [("Before · 79 CE", "Vesuvius"), ("After · about 1099", "Some siege")]


async def test_neighbours_that_take_too_long_are_named(wars, monkeypatch):
    execute = ServedDatabase.execute

    async def slow(self, sql, params=None, **options):
        if "in_time" in sql:
            raise QueryInterrupted(Exception("interrupted"), sql, params)
        return await execute(self, sql, params, **options)

    monkeypatch.setattr(ServedDatabase, "execute", slow)
    for path in ("/event/5", "/wars/battles/5"):
        page = (await wars.client.get(path)).text
        assert "too long to find: the events before and after." in page


async def test_a_part_that_cannot_be_read_is_a_failure(wars, monkeypatch):
    """A disk that fails is no table that is missing."""
    execute = ServedDatabase.execute

    async def failing(self, sql, params=None, **options):
        if "in_time" in sql:
            raise sqlite3.OperationalError("disk I/O error")
        return await execute(self, sql, params, **options)

    monkeypatch.setattr(ServedDatabase, "execute", failing)
    assert (await wars.client.get("/event/5")).status_code == 500


@pytest.mark.parametrize(
    ("kind", "no"),
    [("integer", "2"), ("integer", "02"), ("real", "2"), ("real", "2.0"), ("text", "2"), ("", "2")],
)
async def test_however_an_id_is_written_its_battle_has_neighbours(tmp_path, kind, no):
    with closing(sqlite3.connect(tmp_path / "wars.db")) as db:
        db.execute(f"create table battles (no {kind}, name, fought)")
        rows = [(n, f"Battle {n}", 1000 + n) for n in (1, 2, 3)]
        db.executemany("insert into battles values (?, ?, ?)", rows)
        db.commit()
    settings = {"database": "wars", "table": "battles", "id": "no", "date": "fought"}
    metadata = {"plugins": {"event-timeline": {**settings, "title": "name"}}}
    page = await Datasette([str(tmp_path / "wars.db")], metadata=metadata).client.get(
        f"/event/{no}"
    )
    assert re.findall(r"(?:Before|After) · [^<]*</span> ([^<]*)", page.text) == [
        "Battle 1",
        "Battle 3",
    ]


# 50,000 of them


@pytest.mark.slow  # 50,000 dates to read
async def test_50_000_battles_have_neighbours_and_one_more_has_none(full, tmp_path):
    assert 'rel="next"' in (await full.client.get("/event/7")).text
    path = save(tmp_path / "wars.db", many(50_001, seed=1066))
    patient = {"sql_time_limit_ms": 60_000}
    page = await Datasette([str(path)], metadata=METADATA, settings=patient).client.get("/event/7")
    assert page.status_code == 200
    assert "Battle 7" in page.text
    assert 'class="neighbours"' not in page.text


@pytest.mark.slow  # 50,000 dates to read
async def test_a_window_after_the_last_of_50_000_is_empty(full):
    assert (await get(full, "/timeline.json", _window="2100/.."))["shown"] == 0


async def test_a_first_page_of_a_time_without_events_has_no_bars(tmp_path):
    path = save(tmp_path / "wars.db", FEW[:4])
    metadata = {"plugins": {"event-timeline": {**SETTINGS, "window": "2100/.."}}}
    assert (await Datasette([str(path)], metadata=metadata).client.get("/")).status_code == 200


def date_of(row: tuple[Any, ...]) -> EventDate | None:
    def text_of(cell: object) -> object:
        if not isinstance(cell, int | float):
            return cell
        return f"{int(cell):05}" if cell < 0 else f"{int(cell):04}"

    start, end = text_of(row[2]), text_of(row[3])
    # An interval that begins on one of several days has no EDTF.
    first = start[1:-1] if isinstance(start, str) and start.startswith("[") and end else start
    text = start if end in (None, "") or end == start else f"{first or '..'}/{end}"
    try:
        return read_text(text) if isinstance(text, str) else None
    except DateError:
        return None


@pytest.fixture(scope="module")
def dates() -> list[EventDate]:
    """What those dates say that say anything."""
    return [date for row in many(50_000, seed=1066) if (date := date_of(row)) is not None]


@pytest.mark.slow  # 50,000 dates to read
@pytest.mark.parametrize("window", ["1066", "../-0600", "[0100,0300]"])
async def test_filters_of_50_000(full, dates, window):
    asked = parse_date(window)
    for parameter, expected in (
        ("_possibly", sum(date.possibly(asked) for date in dates)),
        ("_certainly", sum(date.certainly(asked) for date in dates)),
    ):
        table = await get(full, "/wars/battles.json", _size="0", **{parameter: window})
        assert table["filtered_table_rows_count"] == expected > 0
        data = await get(full, "/timeline.json", **{parameter: window})
        assert data["total"] == expected
        facets = table["facet_results"]["ground"]["results"]
        assert sum(value["count"] for value in facets) == expected


@pytest.mark.slow  # 50,000 dates to read
async def test_the_timeline_of_50_000(full, dates):
    data = await get(full, "/timeline.json")
    assert (data["total"], data["complete"], len(data["events"])) == (50_000, False, MOST_MARKS)
    assert data["extent"] == [
        min(date.earliest_start for date in dates if date.earliest_start is not None),
        max(date.latest_end for date in dates if date.latest_end is not None),
    ]
    assert data["overview"]["unit"] == "century"
    windows = [
        (first, last - 1)
        for first, last in zip(
            data["overview"]["edges"], data["overview"]["edges"][1:], strict=False
        )
    ]
    assert data["overview"]["possible"] == [
        sum(reaches(date, first, last) for date in dates) for first, last in windows
    ]


def reaches(date: EventDate, first: int, last: int) -> bool:
    start, end = date.earliest_start, date.latest_end
    return (start is None or start <= last) and (end is None or end >= first)


@pytest.mark.slow  # 50,000 dates to read
async def test_lanes_of_50_000_add_up_to_the_overview(full):
    data = await get(full, "/timeline.json")
    assert sum(lane["count"] for lane in data["lanes"]) == 50_000
    for kind in ("possible", "certain"):
        lanes = [lane[kind] for lane in data["bins"]["lanes"]]
        whole = await get(full, "/timeline.json", _lanes="none")
        assert [sum(column) for column in zip(*lanes, strict=True)] == whole["bins"]["lanes"][0][
            kind
        ]


# Numbers that JSON does not have


def read_strictly(text: str) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("number", [3, MOST_MARKS + 1])
async def test_infinite_numbers_are_texts_for_programs(tmp_path, number):
    theatres = (float("inf"), float("-inf"), 1.5)
    rows = [
        (no, "A battle", 1066, None, theatres[no % 3], None, None, None, None, None)
        for no in range(number)
    ]
    path = tmp_path / "wars.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute(SCHEMA.replace("theatre text", "theatre"))
        db.executemany("insert into battles values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        db.commit()
    site = Datasette([str(path)], metadata=METADATA)
    data = read_strictly((await site.client.get("/timeline.json")).text)
    assert data["timed_out"] == []
    assert {lane["value"] for lane in data["lanes"]} == {"inf", "-inf", 1.5}
    assert {event["lane"] for event in data["events"]} == {"inf", "-inf", 1.5}
    if number > MOST_MARKS:
        assert {lane["value"] for lane in data["bins"]["lanes"]} == {"inf", "-inf", 1.5}
    event = read_strictly((await site.client.get("/event/1.json")).text)
    assert event["theatre"] == "-inf"


# Points that are none


@pytest.mark.parametrize("blank", [None, "", "N/A", b""])
@pytest.mark.parametrize("points", [1, MOST_PLACES + 1])
async def test_what_is_no_coordinate_lies_nowhere(tmp_path, blank, points):
    here = [(32.0 + n % points / 100, 35.2) for n in range(MOST_MARKS)]
    nowhere = [(blank, blank), (blank, 35.2), (32.0, blank)]
    rows = [
        (no, "A battle", 1066, None, None, None, None, *point, None)
        for no, point in enumerate([*here, *nowhere])
    ]
    site = Datasette([str(save(tmp_path / "wars.db", rows))], metadata=METADATA)
    data = await get(site, "/timeline.json")
    assert data["timed_out"] == []
    assert sum(place["count"] for place in data["places"]) == len(here)
    assert all(place["latitude"] >= 32 for place in data["places"])
    # So large is the grid's cell, that the points lie in several.
    assert len(data["places"]) == (1 if points == 1 else GRID_CELLS + 1)
    dots = re.findall(r"<circle ", (await site.client.get("/")).text)
    assert len(dots) == len(data["places"])


# A Datasette that declares nothing

TIMING = re.compile(r"Queries took [\d.]+ms|\"query_ms\": [\d.]+")
COOKIE = re.compile(r"ds_csrftoken=[^;]*")


@contextmanager
def uninstalled() -> Iterator[None]:
    """Datasette as it is without our plugins."""
    ours = {
        plugin: pm.get_name(plugin) for plugin in (datasette_event_timeline, event_timeline.site)
    }
    for plugin in ours:
        pm.unregister(plugin)
    try:
        yield
    finally:
        for plugin, name in ours.items():
            pm.register(plugin, name)


async def answer_of(path: Path, address: str) -> tuple[int, dict[str, str], str]:
    answer = await Datasette([str(path)]).client.get(address)
    headers = {name: COOKIE.sub("", value) for name, value in answer.headers.items()}
    headers.pop("content-length", None)
    return answer.status_code, headers, TIMING.sub("", answer.text)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/wars",
        "/wars/battles",
        "/wars/battles?_facet=theatre&_sort=name",
        "/wars/battles.json",
        "/wars/battles.csv",
        "/wars/battles/5",
        "/wars?sql=select+1",
        "/timeline",
        "/timeline.json",
        "/event/5",
        "/about",
        "/disputed",
        "/-/databases.json",
        "/-/versions.json",
    ],
)
async def test_where_nothing_is_declared_every_answer_is_datasettes(tmp_path, address):
    path = save(tmp_path / "wars.db", FEW)
    ours = await answer_of(path, address)
    with uninstalled():
        datasettes = await answer_of(path, address)
    assert (*ours[:2], without_menu(ours[2])) == (*datasettes[:2], without_menu(datasettes[2]))
    assert ours[0] == (404 if address.split("/")[1].split(".")[0] in OUR_ADDRESSES else ours[0])


def without_menu(page: str) -> list[str]:
    """The lines of a page without the menu of a table, in which the link to its timeline is."""
    left = re.sub(r'<details class="actions-menu-links.*?</details>', "", page, flags=re.DOTALL)
    return [line for line in left.splitlines() if line.strip()]


OUR_ADDRESSES = {"timeline", "event", "about", "disputed"}
