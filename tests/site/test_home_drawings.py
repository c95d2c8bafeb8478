"""The drawings of the first page: bars by year, and a map of all places."""

import re
import sqlite3
from contextlib import closing

import pytest
from datasette.app import Datasette

from datasette_event_timeline.config.declared import read_declaration
from datasette_event_timeline.queries.query import Query
from datasette_event_timeline.sql.stored_dates import DATE_COLUMNS, DAYS, NUMBER, STRETCH_COLUMNS
from edtf_dates import YEAR_LIMIT
from event_timeline.site import home_drawings


@pytest.fixture
async def query(site):
    await site.invoke_startup()
    return Query(site, await read_declaration(site))


async def test_bars_are_the_years_of_the_window(query):
    histogram = await home_drawings.read_histogram(query, "2011/2019")
    assert histogram.unit == "year"
    assert [bar.label for bar in histogram.bars] == [str(year) for year in range(2011, 2020)]
    assert all(bar.certain <= bar.possible for bar in histogram.bars)
    assert max(bar.possible_height for bar in histogram.bars) < histogram.base


@pytest.mark.parametrize("year", ["2011", "2013", "2015", "2019"])
async def test_a_bar_counts_what_it_links_to(query, get_json, year):
    bars = {bar.label: bar for bar in (await home_drawings.read_histogram(query, "2011/2019")).bars}
    possible = await get_json("/events/events.json", _possibly=year, _size="0")
    certain = await get_json("/events/events.json", _certainly=year, _size="0")
    assert bars[year].window == year
    assert bars[year].possible == possible["filtered_table_rows_count"]
    assert bars[year].certain == certain["filtered_table_rows_count"]


async def test_without_a_window_all_years_are_there(query):
    histogram = await home_drawings.read_histogram(query, None)
    assert histogram.bars[0].label == "1992"


async def test_the_map_has_a_dot_for_each_place(query, db):
    [places] = db.execute(
        "select count(distinct latitude || ' ' || longitude) from events where latitude is not null"
    ).fetchone()
    drawn = await home_drawings.read_map(query)
    assert len(drawn.dots) == places
    assert all(0 < dot.x < drawn.width and 0 < dot.y < drawn.height for dot in drawn.dots)
    assert [dot.radius for dot in drawn.dots] == sorted(
        (dot.radius for dot in drawn.dots), reverse=True
    )


async def test_the_first_page_draws_both_as_links(site):
    page = (await site.client.get("/")).text
    assert re.search(r'href="/timeline\?_window=2015" aria-label="2015: [0-9]+ events', page)
    assert 'href="/timeline?_window=2011/2019#map"' in page


async def test_days_beyond_all_dates_are_those_of_the_last_year_there_can_be(tmp_path):
    path = tmp_path / "wars.db"
    days = ", ".join((*DAYS, NUMBER))
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"create table battles (id, date, title, {days})")
        db.execute(f"create table dates ({', '.join(DATE_COLUMNS)})")
        db.execute(f"create table date_stretches ({', '.join(STRETCH_COLUMNS)})")
        for number, (first, last) in enumerate([(-(10**18), 5), (5, 10**18)]):
            row = (first, None, None, last, number)
            db.execute("insert into battles values (1, '', 'A battle', ?, ?, ?, ?, ?)", row)
            db.execute("insert into dates values (?, '', 0, ?, ?)", (number, first, last))
            stretch = (number, first, last)
            db.execute("insert into date_stretches values (?, 1, ?, ?, 0, 1)", stretch)
        db.commit()
    declared = {"database": "wars", "table": "battles"}
    site = Datasette([str(path)], metadata={"plugins": {"event-timeline": declared}})
    await site.invoke_startup()
    histogram = await home_drawings.read_histogram(Query(site, await read_declaration(site)), None)
    assert histogram.bars[0].window == f"Y-{YEAR_LIMIT}"
    assert [bar.possible for bar in (histogram.bars[0], histogram.bars[-1])] == [1, 1]
    assert (await site.client.get("/")).status_code == 200
