"""CSV for spreadsheets: all rows, a byte order mark, no formulas. Plain CSV stays exact."""

import csv
import io
import sqlite3
from contextlib import closing

import pytest
from datasette.app import Datasette

from datasette_event_timeline.middleware.spreadsheets import disarm

BOM = b"\xef\xbb\xbf"
STREAMED = ["/events/events.csv?_stream=1&_size=max", "/events/claims_in_full.csv?_stream=1"]


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\r=1"])
def test_a_formula_gets_an_apostrophe(cell):
    assert disarm(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", [" =1+1", "＝1+1", "-", "--1", "+1 234", "-1e", "=5"])
def test_what_only_looks_like_a_number_or_a_text_does_too(cell):
    assert disarm(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-12", "+7", "-0.5", "-1e-5", "-.5", "-3.", "12", ""])
def test_a_number_stays_a_number(cell):
    assert disarm(cell) == cell


@pytest.mark.parametrize("cell", ["2015-03-18", "a=1", "Bardo", "'=1", "~2015", "«x»"])
def test_other_text_stays_as_it_is(cell):
    assert disarm(cell) == cell


@pytest.mark.parametrize("path", STREAMED)
async def test_it_holds_the_rows_of_the_plain_csv(site, path):
    plain, excel = await site.client.get(path), await site.client.get(f"{path}&_excel=1")
    assert excel.content.startswith(BOM)
    assert not plain.content.startswith(BOM)
    assert rows(excel.content) == [[disarm(cell) for cell in row] for row in rows(plain.content)]


async def test_the_filters_hold(site):
    path = "/events/events.csv?_stream=1&type=attack&_possibly=2015&_search=Tunis"
    plain, excel = await site.client.get(path), await site.client.get(f"{path}&_excel=1")
    assert len(rows(excel.content)) == len(rows(plain.content)) > 1


async def test_it_is_a_file(site):
    answer = await site.client.get("/events/events.csv?_excel=1")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="events.csv"'


async def test_a_query_is_disarmed_too(site):
    sql = "select '=1+1' as a, -5 as b, 'x,\"y\"' || char(10) || '=2' as c, null as d, '@é' as e"
    plain = await site.client.get("/events.csv", params={"sql": sql})
    excel = await site.client.get("/events.csv", params={"sql": sql, "_excel": "1"})
    assert plain.text == 'a,b,c,d,e\r\n=1+1,-5,"x,""y""\n=2",,@é\r\n'
    assert excel.text == '\ufeffa,b,c,d,e\r\n\'=1+1,-5,"x,""y""\n=2",,\'@é\r\n'


async def test_a_cell_may_be_as_long_as_any_value(site):
    # A reader of our files allows less, for the whole process.
    csv.field_size_limit(1_000)
    sql = "select '=' || hex(zeroblob(900000)) as a"
    answer = await site.client.get("/events.csv", params={"sql": sql, "_excel": "1"})
    assert answer.text == f"\ufeffa\r\n'={'0' * 1_800_000}\r\n"


async def test_a_heading_is_a_cell(site):
    answer = await site.client.get("/events.csv", params={"sql": 'select 1 as "=x"', "_excel": "1"})
    assert answer.text == "\ufeff'=x\r\n1\r\n"


async def test_many_pages_make_one_file(database, metadata):
    narrow = Datasette([str(database)], metadata=metadata, settings={"max_returned_rows": 10})
    path = "/events/events.csv?_stream=1&_size=max"
    plain, excel = await narrow.client.get(path), await narrow.client.get(f"{path}&_excel=1")
    assert len(rows(excel.content)) == len(rows(plain.content)) > 100


async def test_a_cell_may_be_broken_over_lines_and_parts(tmp_path, metadata):
    path = tmp_path / "events.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("create table events (id text primary key, date text, title text)")
        long = 'a "quoted"\r\n=x\n' * 5_000
        db.executemany(
            "insert into events values (?, '2015', ?)", [(f"e{n}", f"={long}") for n in range(20)]
        )
    settings = {"database": "events", "lanes": ["date"]}
    site = Datasette([str(path)], metadata={"plugins": {"event-timeline": settings}})
    answer = await site.client.get("/events/events.csv?_stream=1&_excel=1")
    assert {row[2] for row in rows(answer.content)[1:]} == {f"'={long}"}


@pytest.mark.parametrize("query", ["", "?_excel=", "?_excel=0"])
async def test_unasked_the_csv_is_exact(site, query):
    answer = await site.client.get(f"/events/events.csv{query}")
    assert not answer.content.startswith(BOM)


@pytest.mark.parametrize("path", ["/events/nope.csv?_excel=1", "/events.csv?sql=nope&_excel=1"])
async def test_an_error_stays_an_error(site, path):
    answer = await site.client.get(path)
    assert answer.status_code in (400, 404)
    assert not answer.content.startswith(BOM)


@pytest.mark.parametrize("path", ["/events/events", "/events/deadliest-events"])
async def test_it_is_offered_beside_csv(site, path):
    page = (await site.client.get(path)).text
    assert '">CSV</a>, <a href="' in page
    assert '_excel=1">Excel CSV</a>' in page


async def test_where_nothing_is_declared_nothing_is_changed(other_site):
    answer = await other_site.client.get("/events/events.csv?_excel=1")
    assert not answer.content.startswith(BOM)
