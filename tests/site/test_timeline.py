"""The data of /timeline: the events of the table, whatever is asked, and a reason where it is not."""

import json
import re
import sqlite3
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from datasette.app import Datasette

from datasette_event_timeline.queries.events import MOST_MARKS
from datasette_event_timeline.queries.lanes import MOST_LANES
from datasette_event_timeline.queries.query import Query
from datasette_event_timeline.sql.grouping import REST
from edtf_dates import ordinal, parse_date
from event_timeline.curated.columns import EVENTS
from event_timeline.curated.csvfile import write_rows
from event_timeline.publish.build import build

Data = dict[str, Any]

FILTERS = [
    "",
    "type=attack",
    "type=attack&country=TN",
    "type=attack&type=battle",
    "country__in=TN,LY",
    'country__in=["TN","LY"]',
    "country__not=LY",
    "year__gte=2014&year__lt=2016",
    "killed_best__isblank=1",
    "killed_best__notblank=1",
    "title__contains=a",
    "actors__arraycontains=Islamic State",
    "actors__arraynotcontains=Islamic State",
    "_search=Sirte",
    "_search=Sirte museum",
    "_search_title=Sirte",
    "_search=sirt*&_searchmode=raw",
    "_possibly=2015",
    "_possibly=2015-06/2015-08&type=attack",
    "_certainly=2015",
    "_possibly=2015&_certainly=2015-03/2015-06",
    "_where=killed_best > 20",
    "_where=killed_best > 20 or country = 'TN'&type=attack",
    '_through={"table":"event_actors","column":"role","value":"target"}',
    "latitude__gte=30&latitude__lte=33&longitude__gte=8&longitude__lte=12",
    "rowid__lte=10",
    "country=",
    "title=%ff",
    "title=a%00b",
]


def encoded(query: str) -> str:
    return quote(query, safe="=&%_")


async def ask(site: Datasette, path: str) -> Data:
    answer = await site.client.get(path)
    assert answer.status_code == 200, answer.text
    data: Data = answer.json()
    return data


@pytest.mark.parametrize("query", FILTERS)
async def test_the_same_words_ask_for_the_events_of_the_table(site, query):
    data = await ask(site, f"/timeline.json?{encoded(query)}")
    table = await ask(site, f"/events/events.json?{encoded(query)}&_size=max")
    assert data["total"] == data["shown"] == table["filtered_table_rows_count"]
    assert data["complete"]
    rows = {row[0] for row in table["rows"]}
    assert {event["id"] for event in data["events"]} == rows


@pytest.mark.parametrize("window", ["2015", "2015-06/2015-08", "../1999", "2100", "[2013,2015]"])
async def test_a_window_shows_what_is_possibly_in_it_and_keeps_the_rest_at_hand(get_json, window):
    everything = await get_json("/timeline.json", type="attack")
    data = await get_json("/timeline.json", type="attack", _window=window)
    table = await get_json("/events/events.json", type="attack", _possibly=window)
    assert data["shown"] == table["filtered_table_rows_count"]
    date = parse_date(window)
    assert data["window"] == [date.earliest_start, date.latest_end]
    for same in ("total", "events", "extent", "overview", "lanes", "kinds"):
        assert data[same] == everything[same]


async def test_an_event_has_what_is_drawn_of_it(get_json, db):
    data = await get_json("/timeline.json", type="attack", _search="Bardo museum")
    (event,) = (e for e in data["events"] if e["id"] == "2015-03-18-bardo-museum-attack")
    row = db.execute("select * from events where id = ?", [event["id"]]).fetchone()
    day = ordinal(2015, 3, 18)
    assert event["stretches"] == [[day, day, 0], [day, day, 1]]
    assert (event["words"], event["kind"], event["lane"]) == ("18 March 2015", "attack", "TN")
    assert (event["approximate"], event["uncertain"]) == (False, False)
    for column in ("title", "place", "country", "latitude", "longitude", "killed_best"):
        assert event.get(column, row[column]) == row[column]


async def test_the_overview_counts_every_event_that_has_a_day(get_json, db):
    overview = (await get_json("/timeline.json"))["overview"]
    assert len(overview["edges"]) == len(overview["possible"]) + 1 == len(overview["certain"]) + 1
    assert all(c <= p for c, p in zip(overview["certain"], overview["possible"], strict=True))
    first, last = overview["edges"][0], overview["edges"][-1] - 1
    spans = db.execute("select earliest_start, latest_end from events").fetchall()
    assert all((start or first) >= first and (end or last) <= last for start, end in spans)


# Lanes


async def test_lanes_by_a_column_hold_each_event_once(get_json):
    data = await get_json("/timeline.json", _lanes="type")
    facets = await get_json("/events/events.json", _facet="type", _facet_size="max")
    counts = {v["value"]: v["count"] for v in facets["facet_results"]["type"]["results"]}
    assert {lane["value"]: lane["count"] for lane in data["lanes"]} == counts
    assert [lane["count"] for lane in data["lanes"]] == sorted(counts.values(), reverse=True)


async def test_lanes_by_an_array_are_the_commonest_items_and_the_others(get_json, db):
    data = await get_json("/timeline.json", _lanes="actors")
    *kept, rest = data["lanes"]
    assert len(kept) == MOST_LANES - 1
    for lane in kept:
        chosen = await get_json("/timeline.json", actors__arraycontains=lane["value"])
        assert lane["count"] == chosen["total"]
    names = ",".join("?" * len(kept))
    (others,) = db.execute(
        "select count(*) from events where not exists"
        f" (select 1 from json_each(actors) where value in ({names}))",
        [lane["value"] for lane in kept],
    ).fetchone()
    assert rest == {"value": REST, "label": "others", "count": others}


async def test_no_lanes_are_one(get_json):
    data = await get_json("/timeline.json", _lanes="none")
    assert data["lanes"] == [{"value": REST, "label": "", "count": data["total"]}]


# More events than can be drawn one by one

MANY = 3_000


def many() -> list[list[str]]:
    blank = dict.fromkeys(EVENTS.names, "") | {
        "title": "An event",
        "status": "confirmed",
        "location_precision": "none",
        "summary": "It happened.",
        "sources": "log",
    }
    days = [f"{2000 + n // 300}-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(MANY)]
    return [
        list(
            (
                blank
                | {"id": f"{day}-event-{n}", "date": day}
                | {"type": "attack" if n % 3 else "battle", "country": "TN" if n % 5 else "LY"}
                | {"actors": f"Group {n % 20} (perpetrator)" if n % 4 else ""}
            ).values()
        )
        for n, day in sorted(
            enumerate(days), key=lambda pair: (pair[1], f"{pair[1]}-event-{pair[0]}")
        )
    ]


@pytest.fixture(scope="module")
def full_site(tmp_path_factory: pytest.TempPathFactory, metadata: Data) -> Datasette:
    folder = tmp_path_factory.mktemp("full")
    (folder / "events.csv").write_bytes(write_rows(EVENTS, many()))
    build(folder / "events.csv", folder / "events.db")
    return Datasette([str(folder / "events.db")], metadata=metadata)


async def drawn(site: Datasette, **parameters: str) -> Data:
    answer = await site.client.get("/timeline.json", params=parameters)
    assert answer.status_code == 200, answer.text
    data: Data = answer.json()
    return data


async def test_of_too_many_events_bins_stand_for_all(full_site):
    data = await drawn(full_site, _lanes="type")
    assert (data["total"], data["complete"], len(data["events"])) == (MANY, False, MOST_MARKS)
    bins = {lane["value"]: lane for lane in data["bins"]["lanes"]}
    assert {value: sum(lane["certain"]) for value, lane in bins.items()} == {
        "attack": 2_000,
        "battle": 1_000,
    }
    assert all(lane["possible"] == lane["certain"] for lane in bins.values())
    assert sum(data["overview"]["certain"]) == MANY


async def test_a_window_bins_what_it_shows(full_site):
    data = await drawn(full_site, _window="2003", _lanes="none")
    assert (data["total"], data["shown"]) == (MANY, 300)
    assert not data["complete"]
    assert {event["words"][-4:] for event in data["events"]} == {"2003"}
    assert data["bins"]["unit"] == "month"
    (lane,) = data["bins"]["lanes"]
    assert sum(lane["certain"]) == 300


async def test_a_filter_that_leaves_few_is_complete_again(full_site):
    data = await drawn(full_site, country="LY")
    assert (data["total"], data["complete"], data["bins"], data["places"]) == (
        600,
        True,
        None,
        None,
    )
    assert len(data["events"]) == 600


async def test_every_lane_drawn_has_its_bins_the_others_too(full_site):
    data = await drawn(full_site, _lanes="actors")
    lanes = {lane["value"]: lane["count"] for lane in data["lanes"]}
    bins = {lane["value"]: sum(lane["certain"]) for lane in data["bins"]["lanes"]}
    assert len(lanes) == MOST_LANES
    assert bins == lanes


@pytest.mark.parametrize("lanes", ["type", "country", "actors", "none"])
async def test_each_lane_says_how_many_of_its_events_are_in_view(full_site, lanes):
    data = await drawn(full_site, _window="2003", _lanes=lanes)
    table = await drawn(full_site, _possibly="2003", _lanes=lanes)
    alone = {lane["value"]: lane["count"] for lane in table["lanes"]}
    for lane in data["lanes"]:
        if lane["value"] in alone and lane["value"] != REST:
            assert lane["shown"] == alone[lane["value"]], lane
    if lanes != "actors":
        assert sum(lane["shown"] for lane in data["lanes"]) == data["shown"] == 300
    assert all(lane["shown"] == lane["count"] for lane in (await drawn(full_site))["lanes"])


async def test_of_events_that_are_all_there_lanes_say_only_how_many(get_json):
    lanes = (await get_json("/timeline.json", _window="2015"))["lanes"]
    assert all("shown" not in lane for lane in lanes)


async def test_a_bin_that_the_window_cuts_is_whole(full_site):
    data = await drawn(full_site, _window="2003-01-20/2004-12-10", _lanes="none")
    (lane,) = data["bins"]["lanes"]
    assert data["bins"]["unit"] == "month"
    assert (sum(lane["certain"]), data["shown"]) == (600, (await possibly(full_site, data))[0])
    assert data["shown"] < 600


async def possibly(site: Datasette, data: Data) -> tuple[int, ...]:
    first, last = data["window"]
    with closing(sqlite3.connect(site.files[0])) as db:
        sql = "select count(*) from events where earliest_start <= ? and latest_end >= ?"
        found: tuple[int, ...] = db.execute(sql, [last, first]).fetchone()
    return found


# What a million events need


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Data]]:
    """The statements that a timeline asks for, as it does."""
    statements = []
    fetch = Query.fetch

    async def noting(self: Query, sql: str, values: Any = None, most_ms: Any = None) -> Any:
        statements.append((sql, values))
        return await fetch(self, sql, values, most_ms)

    monkeypatch.setattr(Query, "fetch", noting)
    return statements


def plan(site: Datasette, sql: str, values: Data) -> str:
    with closing(sqlite3.connect(site.files[0])) as db:
        return "; ".join(row[3] for row in db.execute(f"explain query plan {sql}", values))


@pytest.mark.parametrize("lanes", ["type", "country", "status", "none"])
@pytest.mark.parametrize("chosen", ["", "type=attack", "type=attack&country=TN"])
async def test_what_is_counted_stands_in_an_index(full_site, asked, lanes, chosen):
    anew = Datasette(full_site.files, metadata=full_site.metadata())
    await anew.client.get(f"/timeline.json?_lanes={lanes}&_window=2003-02/2009&{chosen}")
    counts = [found for found in asked if found[0].startswith(("select count(*) ", "select lane"))]
    assert len(counts) >= 3
    for sql, values in counts:
        found = plan(full_site, sql, values)
        assert re.search("(SCAN|SEARCH) events USING COVERING INDEX", found), (sql, found)


@pytest.mark.parametrize(
    ("path", "order", "index"),
    [
        ("/timeline.json", "order by weight", "events_by_weight"),
        ("/timeline.json?_window=2003/2009", "order by weight", "events_by_weight"),
        ("/timeline?_page=2", "order by earliest_start", "events_by_time"),
        ("/timeline?_window=2003/2009", "order by earliest_start", "events_by_time"),
    ],
)
async def test_nothing_is_sorted_for_what_is_shown_first(full_site, asked, path, order, index):
    anew = Datasette(full_site.files, metadata=full_site.metadata())
    await anew.client.get(path)
    ((sql, values),) = [(sql, values) for sql, values in asked if order in sql]
    found = plan(full_site, sql, values)
    assert f"USING INDEX {index}" in found
    assert "TEMP B-TREE" not in found


# What its page offers


def json_link(html: str) -> tuple[str, str]:
    """The address and the words of a page's link to the events as JSON."""
    (found,) = re.findall(r'<a href="([^"]*)">(JSON[^<]*)</a>(?: ·|</p>)', html)
    return unescape(found[0]), found[1]


@pytest.mark.parametrize("page", ["/timeline", "/events/events"])
@pytest.mark.parametrize(
    ("query", "words", "rows"),
    [
        ("", "JSON, at most 2,000", 2_000),
        ("type=attack", "JSON", 2_000),
        ("country=LY", "JSON", 600),
    ],
)
async def test_a_link_to_fewer_events_than_are_shown_says_so(full_site, page, query, words, rows):
    settings = {"max_returned_rows": 2_000}
    few = Datasette(full_site.files, metadata=full_site.metadata(), settings=settings)
    html = (await few.client.get(f"{page}?{query}")).text
    address, said = json_link(html)
    answer = await ask(few, address)
    assert said == words
    assert len(answer if isinstance(answer, list) else answer["rows"]) == rows


@pytest.mark.parametrize("query", ["title=nothing", "_window=1000", "title=nothing&_where=1"])
async def test_where_there_is_nothing_the_map_frames_all_there_is(site, db, query):
    edges = db.execute(
        "select min(latitude), min(longitude), max(latitude), max(longitude) from events"
    ).fetchone()
    html = (await site.client.get(f"/timeline?{query}")).text
    (frame,) = re.findall('data-frame="([^"]*)"', html)
    south_west, north_east = json.loads(unescape(frame))
    assert [*south_west, *north_east] == list(edges)


async def test_events_frame_their_map_themselves(site):
    for address in ("", "country=TN", "_page=9"):
        assert "data-frame" not in (await site.client.get(f"/timeline?{address}")).text


# What is remembered


async def test_what_no_window_changes_is_asked_for_once(full_site, asked):
    await drawn(full_site, status="confirmed", _lanes="type", _window="2003")
    first = len(asked)
    await drawn(full_site, status="confirmed", _lanes="type", _window="2004-05/2006")
    again = [sql for sql, _ in asked[first:]]
    # Marks, how many are in view, by lane too, and the places.
    assert 0 < len(again) < first
    assert [sql for sql in again if ":window_" not in sql] == []


async def test_the_events_of_a_window_are_not_remembered(full_site, asked):
    for page in ("/timeline.json", "/timeline"):
        await full_site.client.get(f"{page}?_window=2004-03")
    first = len(asked)
    for page in ("/timeline.json", "/timeline"):
        await full_site.client.get(f"{page}?_window=2004-03")
    again = [sql for sql, _ in asked[first:]]
    assert len(again) == 2
    assert all(" limit " in sql for sql in again)


@pytest.fixture
def published(tmp_path: Path, metadata: Data) -> tuple[Path, Datasette]:
    """The folder of a chronology of many events, and its site."""
    (tmp_path / "events.csv").write_bytes(write_rows(EVENTS, many()))
    build(tmp_path / "events.csv", tmp_path / "events.db")
    return tmp_path, Datasette([str(tmp_path / "events.db")], metadata=metadata)


async def test_what_is_published_anew_is_seen_at_once(published):
    folder, site = published
    before = await drawn(site, _lanes="type", _window="2003")
    (folder / "events.csv").write_bytes(write_rows(EVENTS, many()[:2_000]))
    build(folder / "events.csv", folder / "events.db")
    after = await drawn(site, _lanes="type", _window="2003")
    assert (before["total"], after["total"]) == (MANY, 2_000)
    assert sum(before["overview"]["certain"]) == MANY
    assert sum(after["overview"]["certain"]) == 2_000
    assert sum(lane["count"] for lane in after["lanes"]) == 2_000


async def test_what_is_written_by_hand_is_seen_at_once(published):
    folder, site = published
    await drawn(site, _lanes="type")
    with closing(sqlite3.connect(folder / "events.db")) as db:
        db.execute("update events set type = 'other' where type = 'battle'")
        db.commit()
    lanes = (await drawn(site, _lanes="type"))["lanes"]
    assert {lane["value"]: lane["count"] for lane in lanes} == {"attack": 2_000, "other": 1_000}


async def test_sql_of_a_visitors_own_is_asked_anew_each_time(full_site):
    counts = {(await drawn(full_site, _where="random() % 2"))["total"] for _ in range(3)}
    assert len(counts) > 1


# What makes no sense

HOSTILE = [
    "colour=red",
    "colour__gt=red",
    "=1",
    "__=1",
    "_x__y=1",
    "id__nope=1",
    "id__in=[",
    "id__in=[{}]",
    "id__in=[99999999999999999999]",
    'id__in=["\\ud800"]',
    f"id__in={'[' * 10_000}",
    f"year__gt={'9' * 40}",
    f"year__gt={'9' * 10_000}",
    "year__gt=²",
    "type__arraycontains=attack",
    "_possibly=soon",
    "_certainly=2015-13-45",
    f"_possibly={'9' * 10_000}",
    "_window=soon",
    f"_window=[{','.join(str(year) for year in range(1900, 2020, 2))}]",
    f"_window={'[' * 10_000}",
    "_lanes=nothing",
    f"_lanes={'x' * 10_000}",
    "_page=0",
    "_page=-1",
    "_page=1e3",
    f"_page={'9' * 10_000}",
    "_where=nonsense(",
    "_where=no_such_column = 1",
    "_where=1; drop table events",
    "_where=:unbound = 1",
    "_where=1%00",
    "_where=abs(-9223372036854775808)",
    f"_where={'(' * 10_000}",
    f"title__like={'x' * 50_001}",
    "_where=length(hex(zeroblob(999999999))) > 1",
    "_through=x",
    "_through=[]",
    "_through={}",
    '_through={"table":"events"}',
    '_through={"table":"nowhere","column":"x","value":"1"}',
    '_through={"table":"event_actors","column":"nowhere","value":"1"}',
    '_through={"table":"event_actors","column":"role","value":["x"]}',
    '_through={"table":["x"],"column":{},"value":1}',
    '_through={"table":"event_actors","column":"role","value":"target"}&type=attack',
    '_search="&_searchmode=raw',
    "_search=AND OR&_searchmode=raw",
    "_search_nowhere=x",
]


@pytest.mark.parametrize("page", ["/timeline.json", "/timeline"])
@pytest.mark.parametrize("query", HOSTILE)
async def test_what_makes_no_sense_is_refused_in_words(site, page, query):
    answer = await site.client.get(f"{page}?{encoded(query)}")
    assert answer.status_code == 400, answer.text[:300]
    if page.endswith(".json"):
        said = answer.json()["error"]
        assert 10 < len(said) < 500, said


HARMLESS = [
    "&&&",
    "type",
    "type=&country",
    "type=" + "x" * 7_000,
    "_search=" + "x " * 1_500,
    "_search='\"()*:^",
    "_search=%00",
    "title=%ff%fe%00",
    "_window=2015&_window=nonsense",
    "_page=99999999",
    "_selected=" + "x" * 7_000,
    "_where=1) or (1",
    "_lanes=none&_lanes=type",
    "embed=1&embed=0",
    "_sort=nope&_size=x&_next=x&_facet=x&_timelimit=x&_col=x&_shape=x&_labels=x",
    "_fts_table=nope&_search=x",
    "&".join(f"type=t{n}" for n in range(150)),
]


@pytest.mark.parametrize("page", ["/timeline.json", "/timeline"])
@pytest.mark.parametrize("query", HARMLESS)
async def test_what_is_odd_but_makes_sense_is_answered(site, page, query):
    answer = await site.client.get(f"{page}?{encoded(query)}")
    assert answer.status_code == 200, answer.text[:300]


async def test_a_query_that_takes_too_long_is_cut_off_and_says_so(site):
    hurried = Datasette(site.files, metadata=site.metadata(), settings={"sql_time_limit_ms": 50})
    forever = (
        "(with recursive n(x) as (select 1 union all select x + 1 from n) select max(x) from n) > 1"
    )
    answer = await hurried.client.get("/timeline.json", params={"_where": forever})
    assert answer.status_code == 400
    assert answer.json()["error"] == (
        "This takes longer than the 50 ms that this site allows: ask for less"
    )


async def test_sql_in_a_filter_is_for_those_who_may_run_it(site):
    closed = Datasette(site.files, metadata={**site.metadata(), "allow_sql": False})
    answer = await closed.client.get("/timeline.json?_where=1")
    assert (answer.status_code, answer.json()["error"]) == (403, "_where= is not allowed")


async def test_a_closed_table_is_closed_here_too(site, metadata):
    closed = Datasette(site.files, metadata={**metadata, "allow": {"id": "editor"}})
    for page in ("/timeline", "/timeline.json"):
        assert (await closed.client.get(page)).status_code == 403


ODD = [
    "update events set title = x'ff00', date = x'00', place = 7.5",
    "update events set latitude = 9e999, longitude = -9e999",
    "update events set latitude = 'north', longitude = x'ff', radius_km = 'far'",
    "update events set actors = '[', country = null, type = x'ff'",
    "update events set killed_best = 'many', killed_low = 9e999",
    f"update events set earliest_start = {-(10**18)}, latest_end = {10**18}",
    "alter table events drop column status",
]


@pytest.mark.parametrize("sql", ODD)
@pytest.mark.parametrize("page", ["/timeline.json", "/timeline"])
async def test_values_that_a_build_would_refuse_do_not_break_it(site, tmp_path, sql, page):
    copy = tmp_path / "events.db"
    with closing(sqlite3.connect(site.files[0])) as ours, closing(sqlite3.connect(copy)) as db:
        columns = [row[1] for row in ours.execute("pragma table_info(events)")]
        db.execute(f"create table events ({', '.join(columns)})")
        rows = ours.execute(f"select {', '.join(columns)} from events")
        db.executemany(f"insert into events values ({','.join('?' * len(columns))})", rows)
        db.execute(sql)
        db.commit()
    declared = site.metadata()["plugins"]["event-timeline"]
    plugins = {"event-timeline": {**declared, "lanes": ["country", {"array": "actors"}]}}
    odd = Datasette([str(copy)], metadata={"plugins": plugins})
    for lanes in ("none", "country", "actors"):
        answer = await odd.client.get(f"{page}?{urlencode({'_lanes': lanes})}")
        assert answer.status_code == 200, answer.text
        assert "Infinity" not in answer.text
        assert "NaN" not in answer.text
