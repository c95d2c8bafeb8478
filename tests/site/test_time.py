"""Filters by time: ?_possibly= and ?_certainly= on the table of events."""

import re
import shutil
import sqlite3
from contextlib import closing

import pytest
from datasette.app import Datasette

from edtf_dates import parse_date
from event_timeline.database.metadata import default_metadata

# One event each, from Caesar to the state of emergency.
DATES = (
    "-0043-03-15", "-0001", "0009-09", "19XX", "1992-01-11/1992-01-14", "2012~", "2013?",
    "2014", "[2014-10-03..2014-10-05]", "[2014-10..2015-01]", "{2014-12-30,2015-01-02}",
    "2015-03-18", "2015-06", "2015-06-09/2015-06-13", "2015-06-09~/2015-06-13", "2015-11-24/..",
    "2015-11-24/", "/2015-01", "../2014-12-31", "2015-21", "2015-XX-15", "2016-?03", "[2013,2017..]",
    "{2010..}", "[2013?,2017]", "[..2010,2015..]", "../..",
)  # fmt: skip

WINDOWS = (
    "-0043", "0009", "1992", "2013", "2014", "2014-10", "2014-10-04", "2015", "2015-01",
    "2015-06-10", "2015-06/2015-08", "2016", "2016-03", "2100", "[2013,2015]", "{2014-10,2015-06}",
    "2015/..", "../1900", "20XX", "{2015-XX-18,2013}", "2015-25", "2015-03-21/2015-28",
)  # fmt: skip


@pytest.fixture(scope="module")
def dated_site(site_of_dates) -> Datasette:
    return site_of_dates(DATES)


async def found(site: Datasette, **parameters: str) -> set[str]:
    answer = await site.client.get(
        "/events/events.json", params={"_shape": "array", "_size": "max", **parameters}
    )
    assert answer.status_code == 200, answer.text
    return {row["date"] for row in answer.json()}


@pytest.mark.parametrize("window", WINDOWS)
async def test_the_table_answers_as_the_dates_do(dated_site, window):
    asked = parse_date(window)
    possibly = {text for text in DATES if parse_date(text).possibly(asked)}
    certainly = {text for text in DATES if parse_date(text).certainly(asked)}
    assert certainly <= possibly
    assert await found(dated_site, _possibly=window) == possibly
    assert await found(dated_site, _certainly=window) == certainly


@pytest.fixture(scope="module")
def view_site(dated_site, tmp_path_factory) -> Datasette:
    """The same events as a view, and one whose date was overwritten by hand."""
    path = tmp_path_factory.mktemp("view") / "events.db"
    shutil.copy(dated_site.files[0], path)
    with closing(sqlite3.connect(path)) as db:
        days = "earliest_start = null, latest_start = null, earliest_end = null, latest_end = null"
        db.execute(f"update events set date = 'x', date_number = 0, {days} where date = '2015-21'")
        db.execute("create view some as select * from events")
        db.commit()
    return Datasette([str(path)], metadata=default_metadata())


@pytest.mark.parametrize("table", ["events", "some"])
@pytest.mark.parametrize("window", WINDOWS)
async def test_a_view_answers_as_the_table_and_what_is_no_date_is_never(view_site, table, window):
    settings = {"database": "events", "table": table}
    site = Datasette(view_site.files, metadata={"plugins": {"event-timeline": settings}})
    asked = {"_shape": "array", "_size": "max", "_possibly": window}
    answer = await site.client.get(f"/events/{table}.json", params=asked)
    dates = {text: parse_date(text) for text in DATES if text != "2015-21"}
    assert {row["date"] for row in answer.json()} == {
        text for text, date in dates.items() if date.possibly(parse_date(window))
    }


async def test_open_ends_never_fall_out_of_a_filter(dated_site):
    later = await found(dated_site, _possibly="2500")
    assert later == {
        "2015-11-24/..",
        "2015-11-24/",
        "[2013,2017..]",
        "{2010..}",
        "[..2010,2015..]",
        "../..",
    }


async def test_a_questioned_year_is_certain_of_nothing(dated_site):
    assert "2013?" in await found(dated_site, _possibly="2013")
    for window in ("2013", "2010/2020"):
        assert "2013?" not in await found(dated_site, _certainly=window)


async def test_filters_narrow_facets_and_counts(dated_site):
    answer = await dated_site.client.get("/events/events.json?_possibly=2014-10&_facet=type")
    page = answer.json()
    counts = {v["value"]: v["count"] for v in page["facet_results"]["type"]["results"]}
    assert sum(counts.values()) == page["filtered_table_rows_count"]
    assert page["filtered_table_rows_count"] == len(await found(dated_site, _possibly="2014-10"))


async def test_filters_go_together(dated_site):
    both = await found(dated_site, _possibly="2015-06", type="battle")
    assert both == {
        text
        for number, text in enumerate(DATES)
        if number % 2 == 0 and parse_date(text).possibly(parse_date("2015-06"))
    }


async def test_a_streamed_csv_holds_the_events_of_the_page(dated_site):
    csv = await dated_site.client.get("/events/events.csv?_stream=1&_certainly=2015&_size=2")
    lines = csv.text.strip().splitlines()
    assert len(lines) - 1 == len(await found(dated_site, _certainly="2015"))


async def test_a_chip_says_the_filter_in_words_and_takes_it_away(dated_site):
    page = await dated_site.client.get("/events/events?_possibly=2015-06&type=battle")
    assert "possibly in June 2015" in page.text
    assert 'href="/events/events?type=battle"' in page.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("June 2015", "_possibly: &#34;June 2015&#34; is not EDTF: write 2015-06"),
        ("soon", "_possibly: "),
        ("[" + ",".join(str(year) for year in range(1900, 2020, 2)) + "]", "name fewer"),
        ("XXXX-12-25", "_possibly: XXXX-12-25 has more than 50 parts: name fewer"),
        ("{XXXX-12-25,2015}", "name fewer"),
        ("[20XX-12-25,2000-01-01..2010-01-01]", "name fewer"),
        ("{20XX-12-25,2001}", "name fewer"),
        ("[XXX1,XXX2]", "name fewer"),
        (f"[{','.join(f'{century}XX-12-25' for century in range(10, 21))}]", "name fewer"),
        ("YXXXX1", "_possibly: YXXXX1 has more than 50 parts: name fewer"),
    ],
)
async def test_a_window_that_is_no_date_is_a_bad_request(dated_site, text, said):
    page = await dated_site.client.get("/events/events", params={"_possibly": text})
    assert page.status_code == 400
    assert said in page.text


@pytest.mark.parametrize(
    ("text", "season", "northern", "southern"),
    [
        ("2015-21", "2015-21", "2015-25", "2015-29"),
        ("2015-~21", "2015-~21", "2015-~25", "2015-~29"),
        ("2015?-21%", "2015?-21%", "2015?-25%", "2015?-29%"),
        ("2122-24", "2122-24", "2122-28", "2122-32"),
        ("2015-21/2015-23", "2015-21", "2015-25", "2015-29"),
        ("2015-21/2015-22", "2015-21", "2015-25", "2015-29"),
        ("2015-03-21/2015-23", "2015-23", "2015-27", "2015-31"),
        ("[2015-21,2016-21]", "2015-21", "2015-25", "2015-29"),
        ("{2014..2016,2015-25,-2016-22}", "-2016-22", "-2016-26", "-2016-30"),
    ],
)
@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/events/events.json", "_possibly"),
        ("/events/events.json", "_certainly"),
        ("/timeline.json", "_possibly"),
        ("/timeline.json", "_window"),
    ],
)
async def test_a_season_of_no_hemisphere_is_no_window(
    dated_site, path, parameter, text, season, northern, southern
):
    answer = await dated_site.client.get(path, params={parameter: text})
    assert answer.status_code == 400
    assert answer.json()["error"] == (
        f"{parameter}: {season} is at another time in each hemisphere: "
        f"write {northern} for the northern one, {southern} for the southern"
    )


async def test_a_window_is_refused_under_the_name_it_was_given(dated_site):
    for parameter in ("_possibly", "_window"):
        answer = await dated_site.client.get("/timeline.json", params={parameter: "XXXX-12-25"})
        assert answer.status_code == 400
        said = f"{parameter}: XXXX-12-25 has more than 50 parts: name fewer"
        assert answer.json()["error"] == said


async def test_a_blank_window_is_no_filter(dated_site):
    assert len(await found(dated_site, _possibly="", _certainly=" ")) == len(DATES)


async def test_years_before_the_common_era_sort_and_read_as_such(dated_site):
    answer = await dated_site.client.get("/events/events.json?_shape=array&_size=max")
    dated = [row for row in answer.json() if row["earliest_start"] is not None]
    assert [row["date"] for row in dated[:3]] == ["-0043-03-15", "-0001", "0009-09"]
    assert dated[0]["date_words"] == "15 March 44 BCE"
    assert [row["year"] for row in dated[:3]] == ["44 BCE", "2 BCE", "9"]
    home = (await dated_site.client.get("/")).text
    centuries = re.findall(r'aria-label="([^":]*): [0-9]+ events?, ', home)
    assert (*centuries[:3], centuries[-1]) == (
        "100–1 BCE", "1–99 CE", "100–199 CE", "2000–2099"
    )  # fmt: skip
