"""What takes too long is left out and named: no page fails, and what it says is so."""

import gc
import re
import sqlite3
from contextlib import closing
from html import unescape
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.database import QueryInterrupted

from datasette_event_timeline.config.declared import read_declaration
from datasette_event_timeline.queries import query
from datasette_event_timeline.queries.query import Query
from datasette_event_timeline.sql.grouping import REST
from datasette_event_timeline.sql.stored_dates import (
    DATE_COLUMNS,
    DATES,
    DAYS,
    NUMBER,
    STRETCH_COLUMNS,
    STRETCHES,
)
from datasette_event_timeline.views import timeline_data

SETTINGS = {
    "database": "wars",
    "table": "battles",
    "id": "no",
    "date": "fought",
    "title": "name",
    "lanes": ["theatre", {"array": "sides"}],
}
METADATA = {
    "plugins": {"event-timeline": SETTINGS},
    "databases": {"wars": {"tables": {"battles": {"facets": ["theatre"]}}}},
}
HOW_MANY = 4_000
# Dates too long to be remembered, so that each is read whenever it is asked for.
MONTHS = ",".join(f"{{year:04}}-{month:02}-{day:02}" for month in range(1, 7) for day in (1, 15))
LIMIT_MS = 50
# Made anew for each row: SQLite knows of none before it that it is the same.
LONG = "hex(randomblob(90000 + no % 2))"


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    """4,000 battles without derived days, and not the time to read their dates."""
    path = tmp_path_factory.mktemp("hurried") / "wars.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table battles (no integer primary key, name, fought, theatre, sides)")
        db.executemany(
            "insert into battles values (?, 'A battle', ?, ?, '[\"Rome\"]')",
            (
                (n, f"{{{MONTHS.format(year=n % 1900 + 1)}}}", "Gaul" if n % 3 else "")
                for n in range(HOW_MANY)
            ),
        )
        db.execute(f"create view slow as select * from battles where length({LONG}) > no")
        db.execute(
            "create view wordy as select *, 'x' || hex(zeroblob(20000)) as story from battles"
        )
        db.commit()
    limits = {"sql_time_limit_ms": LIMIT_MS, "facet_time_limit_ms": LIMIT_MS}
    return Datasette([str(path)], metadata=METADATA, settings=limits)


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


@pytest.mark.parametrize("query", ["", "?_window=1066", "?theatre=Gaul&_lanes=sides", "?_page=3"])
async def test_the_page_says_what_it_leaves_out(hurried, query):
    answer = await hurried.client.get(f"/timeline{query}")
    assert answer.status_code == 200
    page = words_of(answer.text)
    assert "Left out of this page, because it took too long to find: " in page
    assert "the list" in page
    assert "There is nothing here yet" not in page
    assert "Nothing matches all of this" not in page
    assert " 0 events" not in page


async def test_the_first_page_says_so_too(hurried):
    answer = await hurried.client.get("/")
    assert answer.status_code == 200
    # On a busy machine nothing is left of the time for the map.
    assert re.search("took too long to find: the years(, the map)?[.]", words_of(answer.text))


@pytest.mark.parametrize("query", ["", "?_window=1066", "?_lanes=sides"])
async def test_the_drawing_has_what_is_known_and_names_the_rest(hurried, query):
    answer = await hurried.client.get(f"/timeline.json{query}")
    assert answer.status_code == 200
    data = answer.json()
    assert (data["total"], data["complete"]) == (HOW_MANY, False)
    assert data["bins"] is None
    assert "the bars" in data["timed_out"] or data["extent"] is None
    assert "the first and the last day" in data["timed_out"]


def patient(hurried: Datasette, **changes: str) -> Datasette:
    """The same battles with all the time there is; with other settings in metadata."""
    metadata = {**METADATA, "plugins": {"event-timeline": {**SETTINGS, **changes}}}
    return Datasette(hurried.files, metadata=metadata, settings={"sql_time_limit_ms": 60_000})


async def test_how_many_events_there_are_may_take_too_long_too(hurried):
    metadata = {"plugins": {"event-timeline": {**SETTINGS, "table": "slow"}}}
    site = Datasette(hurried.files, metadata=metadata, settings={"sql_time_limit_ms": LIMIT_MS})
    answer = await site.client.get("/timeline.json?_window=1066")
    assert answer.status_code == 200, answer.text
    data = answer.json()
    assert (data["total"], data["shown"], data["complete"]) == (None, None, False)
    assert "how many events there are" in data["timed_out"]
    assert data["lanes"] == [{"value": REST, "label": "", "count": None}]


@pytest.mark.slow  # thousands of rows whose dates are read
async def test_an_answer_that_is_too_large_is_left_out_too(hurried):
    data = (
        await patient(hurried, table="wordy", title="story").client.get("/timeline.json")
    ).json()
    assert data["timed_out"] == ["the marks"]
    assert (data["total"], data["events"]) == (HOW_MANY, [])
    assert data["bins"]["lanes"]


async def interrupted(*_: Any) -> None:
    raise QueryInterrupted(sqlite3.OperationalError("interrupted"), "", {})


@pytest.mark.slow  # thousands of rows whose dates are read
@pytest.mark.parametrize("lanes", ["theatre", "sides"])
async def test_without_the_lanes_all_events_are_in_one(hurried, monkeypatch, lanes):
    monkeypatch.setattr(timeline_data, "lanes", interrupted)
    data = (await patient(hurried).client.get(f"/timeline.json?_lanes={lanes}")).json()
    assert data["timed_out"] == ["the lanes"]
    assert data["lanes"] == [{"value": REST, "label": "", "count": HOW_MANY, "shown": HOW_MANY}]
    assert [lane["value"] for lane in data["bins"]["lanes"]] == [REST]
    assert data["events"]
    assert not any("lane" in event for event in data["events"])


@pytest.mark.slow  # thousands of rows whose dates are read
async def test_a_failure_leaves_no_question_unasked(hurried, monkeypatch, recwarn):
    async def broken(*_: Any) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(timeline_data, "lanes_shown", broken)
    answer = await patient(hurried).client.get("/timeline.json")
    gc.collect()
    assert answer.status_code == 500
    assert [str(warned.message) for warned in recwarn if "never awaited" in str(warned)] == []


@pytest.mark.parametrize(
    ("failure", "timed_out", "missing"),
    [
        (QueryInterrupted(sqlite3.OperationalError("interrupted"), "", {}), ["all"], []),
        (MemoryError(), ["all"], []),
        (sqlite3.DataError("string or blob too big"), ["all"], []),
        (sqlite3.OperationalError("no such column: side"), [], ["all"]),
    ],
)
async def test_a_part_too_large_is_not_one_whose_columns_are_missing(
    hurried, monkeypatch, failure, timed_out, missing
):
    async def failing(*_: Any) -> None:
        raise failure

    asked = Query(hurried, await read_declaration(hurried))
    monkeypatch.setattr(Query, "fetch", failing)
    assert await asked.part("all", "select 1") == []
    assert (asked.timed_out, asked.missing) == (timed_out, missing)


async def test_a_part_of_more_than_32_megabytes_is_left_out_too(hurried):
    site = patient(hurried)
    await site.invoke_startup()
    asked = Query(site, await read_declaration(site))
    await asked.part("all", "select zeroblob(900000) from battles")
    assert (asked.timed_out, asked.missing) == (["all"], [])


@pytest.mark.slow  # 300,000 rows
async def test_300_000_different_dates_are_counted_in_time_and_in_memory(tmp_path):
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        names = ", ".join((*DAYS, NUMBER))
        db.execute(f"create table events (id integer primary key, date, title, {names})")
        for table, columns in ((DATES, DATE_COLUMNS), (STRETCHES, STRETCH_COLUMNS)):
            db.execute(f"create table {table} ({', '.join(columns)})")
        numbers = "with recursive n(i) as (select 0 union all select i + 1 from n limit 300000)"
        first, last = "700000 + i % 30000", "740000 + i / 30000"
        days = f"{first}, {first}, {last}, {last}"
        db.execute(f"insert into events {numbers} select i, '2015', 'x', {days}, i from n")
        db.execute(f"insert into dates {numbers} select i, '2015', 0, {first}, {last} from n")
        for certain in (0, 1):
            stretch = f"i, {certain}, {first}, {last}, {certain}, 1"
            db.execute(f"insert into date_stretches {numbers} select {stretch} from n")
        db.execute("create index by_date on date_stretches (date)")
        db.commit()
    metadata = {"plugins": {"event-timeline": {"database": "log"}}}
    patient = {"sql_time_limit_ms": 60_000}
    site = Datasette([str(tmp_path / "log.db")], metadata=metadata, settings=patient)
    data = (await site.client.get("/timeline.json")).json()
    assert data["timed_out"] == []
    # All last until the last days.
    for drawn in (data["overview"], *data["bins"]["lanes"]):
        assert max(drawn["possible"]) == max(drawn["certain"]) == 300_000


@pytest.mark.slow  # thousands of rows whose dates are read
async def test_with_time_nothing_is_left_out(hurried):
    site = patient(hurried)
    data = (await site.client.get("/timeline.json?_lanes=none")).json()
    assert data["timed_out"] == []
    assert data["bins"]["lanes"]
    page = (await site.client.get("/timeline")).text
    assert "Left out of this page" not in page


@pytest.mark.parametrize("query", ["", "?_where=length(hex(zeroblob(9000)))>0"])
async def test_filters_may_take_only_the_time_that_facets_may(hurried, query):
    site = Datasette(
        hurried.files,
        metadata=METADATA,
        settings={"sql_time_limit_ms": 60_000, "facet_time_limit_ms": 1},
    )
    page = words_of((await site.client.get(f"/timeline{query}")).text)
    assert "it took too long to find: how many have each theatre." in page
    assert "4,000 events" in page


async def test_an_answer_takes_no_longer_than_a_few_questions_may(hurried, monkeypatch):
    monkeypatch.setattr(query, "MOST_QUERIES", 0)
    page = words_of((await hurried.client.get("/timeline")).text)
    counts = "how many are not drawn, how many events are in view"
    left_out = f"the list, {counts}, how many have each theatre."
    assert f"it took too long to find: {left_out}" in page


async def test_a_visitors_own_sql_is_refused_as_a_whole(hurried):
    forever = "with recursive n(x) as (select 1 union all select x + 1 from n) select max(x) from n"
    answer = await hurried.client.get("/timeline", params={"_where": f"({forever}) > 1"})
    assert answer.status_code == 400
    said = f"This takes longer than the {LIMIT_MS} ms that this site allows: ask for less"
    assert said in words_of(answer.text)
