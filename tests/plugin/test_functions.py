"""What SQL can ask of dates: the answers of EventDate, and null for what is no date."""

import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasette_event_timeline.sql import functions
from edtf_dates import ordinal, parse_date

DATES = (
    "-0043-03-15", "-0001", "0009-09", "19XX", "1992-01-11/1992-01-14", "2012~", "2013?", "2014",
    "[2014-10-03..2014-10-05]", "[2014-10..2015-01]", "{2014-12-30,2015-01-02}", "2015-03-18",
    "2015-06-09~/2015-06-13", "2015-11-24/..", "2015-11-24/", "/2015-01", "../2014-12-31", "2015-21",
    "2015-XX-15", "2016-?03", "[2013,2017..]", "{2010..}", "../..", "Y-17E7", "Y1000000000000",
)  # fmt: skip
NO_DATES = ("", "soon", "12/05/1066", "c. 450 BC", None, b"2015", 2015.5, 20150318, 1426636800)
VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | st.binary()


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        functions.register(connection)
        yield connection


def one(db: sqlite3.Connection, sql: str, *values: object) -> object:
    (answer,) = db.execute(f"select {sql}", values).fetchone()
    return answer


@pytest.mark.parametrize("text", DATES)
def test_the_days_of_a_date(db, text):
    date = parse_date(text)
    for day in ("earliest_start", "latest_start", "earliest_end", "latest_end"):
        assert one(db, f"edtf_{day}(?)", text) == getattr(date, day)
    assert one(db, "edtf_marked(?)", text) == (date.approximate or date.uncertain)


@pytest.mark.parametrize("text", DATES)
def test_windows_hold_what_dates_say_they_hold(db, text):
    date = parse_date(text)
    sql = "select edtf_possibly(:text, :window), edtf_certainly(:text, :window)"
    found = {w: db.execute(sql, {"text": text, "window": w}).fetchone() for w in DATES}
    assert found == {
        w: (date.possibly(within), date.certainly(within))
        for w, within in zip(DATES, map(parse_date, DATES), strict=True)
    }


def test_the_first_and_the_last_day_known(db):
    def reach(text: str) -> tuple[object, object]:
        return one(db, "edtf_first_day(?)", text), one(db, "edtf_last_day(?)", text)

    new_year, last = ordinal(2015, 1, 1), ordinal(2015, 12, 31)
    assert reach("2015") == (new_year, last)
    assert reach("2015-01-01/..") == (new_year, new_year)
    assert reach("/2015-12-31") == (last, last)
    assert reach("../..") == (None, None)


@pytest.mark.parametrize("cell", NO_DATES)
def test_what_is_no_date_is_null(db, cell):
    for name in ("first_day", "last_day", "marked", "earliest_start", "latest_end"):
        assert one(db, f"edtf_{name}(?)", cell) is None
    for name in ("possibly", "certainly"):
        assert one(db, f"edtf_{name}(?, '2015')", cell) is None
        assert one(db, f"edtf_{name}('2015', ?)", cell) is None


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (79, "0079"),
        (0, "0000"),
        (-43, "-0043"),
        (9999, "9999"),
        (-9999, "-9999"),
        (79.0, "0079"),
        (" 2015 ", "2015"),
    ],
)
def test_a_number_is_a_year_as_edtf_counts_them(db, cell, text):
    assert one(db, "edtf_earliest_start(?)", cell) == parse_date(text).earliest_start
    assert one(db, "edtf_latest_end(?)", cell) == parse_date(text).latest_end


@pytest.mark.parametrize(
    ("start", "end", "interval"),
    [
        ("2015", "2016", "2015/2016"),
        ("2015", None, "2015"),
        ("2015", "", "2015"),
        ("2015", " ", "2015"),
        ("2015", "2015", "2015"),
        ("2015 ", " 2016", "2015/2016"),
        (None, "2016", "../2016"),
        ("", "2016", "../2016"),
        (None, None, None),
        (79, 81, "0079/0081"),
        (-44, -43.0, "-0044/-0043"),
        (79, "0081", "0079/0081"),
    ],
)
def test_two_cells_make_an_interval(db, start, end, interval):
    assert one(db, "edtf_interval(?, ?)", start, end) == interval


@given(cell=VALUES, other=VALUES)
def test_no_value_of_sqlite_is_an_error(cell, other):
    assert functions.edtf_possibly(cell, other) in (None, 0, 1)
    assert functions.edtf_certainly(cell, other) in (None, 0, 1)
    assert functions.edtf_marked(functions.edtf_interval(cell, other)) in (None, 0, 1)
    day = functions.edtf_first_day(cell)
    assert day is None or abs(day) < 2**63


# Slow: tracemalloc follows every allocation of 3,000 dates.
@pytest.mark.slow
def test_dates_of_many_spans_do_not_fill_the_memory():
    members = ",".join(str(year) for year in range(1001, 1114, 7))
    tracemalloc.start()
    try:
        for year in range(10_000, 13_000):
            text = f"{{Y{year}?,{members}}}"
            functions.edtf_first_day(text)
            functions.edtf_certainly(text, "1990/1995")
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # All of them would take 50 MB. The table of a cache that is nearly full may be made larger.
    assert kept < 10_000_000
