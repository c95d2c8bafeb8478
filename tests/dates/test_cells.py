"""Dates as they stand in tables that nobody prepared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edtf_dates.cells import (
    READY_CODES,
    ROLES,
    CellDate,
    CellError,
    Reading,
    decide_reading,
    looks_like_dates,
    read_cells,
)
from edtf_dates.four_days import read_text

ALONE = Reading(("date",), has_times=True)
FROM_TO = Reading(("date", "end"), has_times=True)


def text_of(cell: object, reading: Reading = ALONE) -> str:
    found = read_cells(reading, [cell])
    assert found is not None
    return found.text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("2015-06", "2015-06"),
        ("  1560~ ", "1560~"),
        ("2015-06-26 14:05:00", "2015-06-26"),
        ("2015-06-26T23:59:59-0700", "2015-06-26"),
        ("2015-06-26 00:30:00 +01:00", "2015-06-26"),
        ("2015-06-26T14:05:00.123Z", "2015-06-26"),
        ("99", "0099"),
        ("-43", "-0043"),
        (597, "0597"),
        (79.0, "0079"),
        (-12_000, "Y-12000"),
        ("-66000000", "Y-66000000"),
        ("20150626", "2015-06-26"),
        ("12 March 1998", "1998-03-12"),
        ("Spring 2014", "2014-21"),
        ("c. 1785", "1785~"),
        ("50 BC", "-0049"),
        ("+2015-06-26T00:00:00Z", "2015-06-26"),
        ("+2015-06-00T00:00:00Z", "2015-06"),
        ("+2015-00-00T00:00:00Z", "2015"),
        ("-0066-01-01T00:00:00Z", "-0066-01-01"),
        ("5 January 2016 at 14:05", "2016-01-05"),
    ],
)
def test_a_cell(cell, text):
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("2015-06-26 14:05:00", 50_700),
        ("2015-06-26T14:05", 50_700),
        ("2015-06-26 14:05:00 -0700", 50_700),
        ("2015-06-26T14:05:30.9Z", 50_730),
        ("1/5/2016 2:05 pm", 50_700),
        ("5 January 2016 at 00:05", 300),
        ("2015-06-26", None),
    ],
)
def test_its_time_is_that_of_the_clock_there(cell, seconds):
    assert read_cells(ALONE, [cell]).times == (seconds, None)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("soon", "it is no date that is understood"),
        ("ongoing", "there is neither a beginning nor an end"),
        ("2015-02-30", "there is no day 30: February 2015 has 28 days"),
        ("2015-06-26 25:00", "there is no time 25:00"),
        (12.5, "12.5 is no whole number"),
        (b"2015", "this is no text"),
        ("x" * 1_000, "it is longer than 200 characters"),
    ],
)
def test_what_cannot_be_read_says_why(cell, reason):
    with pytest.raises(CellError) as refused:
        read_cells(ALONE, [cell])
    assert str(refused.value) == reason


@pytest.mark.parametrize("cell", [None, "", "  "])
def test_a_blank_is_no_date(cell):
    assert read_cells(ALONE, [cell]) is None


# What a column settles


@pytest.mark.parametrize(
    ("cells", "order", "is_a_guess"),
    [
        (["26/06/2015", "03/04/1991"], "1991-04-03", False),
        (["06/26/2015", "03/04/1991"], "1991-03-04", False),
        (["05/06/2015", "03/04/1991"], "1991-04-03", True),
        (["26/06/2015", "06/26/2015", "03/04/1991"], "1991-04-03", True),
    ],
)
def test_the_column_settles_the_order_of_day_and_month(cells, order, is_a_guess):
    reading, notes = decide_reading(["date"], [[cell] for cell in cells])
    assert text_of("03/04/1991", reading) == order
    assert notes.order_is_a_guess is is_a_guess


def test_settings_settle_it_first():
    reading, notes = decide_reading(["date"], [["05/06/2015"]], order="month first")
    assert text_of("05/06/2015", reading) == "2015-05-06"
    assert not notes.order_is_a_guess


def test_midnight_is_no_time_where_all_are_midnight():
    stamps = [["2009-02-20T00:00:00"], ["2009-02-21T00:00:00"]]
    reading, notes = decide_reading(["date"], stamps)
    assert (notes.has_times, read_cells(reading, stamps[0]).times) == (False, (None, None))
    reading, notes = decide_reading(["date"], [*stamps, ["2009-02-21T08:00:00"]])
    assert (notes.has_times, read_cells(reading, stamps[0]).times) == (True, (0, None))


def test_years_may_be_counted_as_historians_do():
    reading, _ = decide_reading(["date"], [[-2150]], years="historical")
    assert text_of(-2150, reading) == "-2149"
    assert text_of(2015, reading) == "2015"


# Several cells


@pytest.mark.parametrize(
    ("cells", "text", "times"),
    [
        (("2015-06-09", "2015-06-13"), "2015-06-09/2015-06-13", (None, None)),
        (("2015-06-09", ""), "2015-06-09", (None, None)),
        (("2015-06-09", "2015-06-09"), "2015-06-09", (None, None)),
        ((None, "1999"), "../1999", (None, None)),
        (("2014-02-20", ".."), "2014-02-20/..", (None, None)),
        (("2014-02-20", "ongoing"), "2014-02-20/..", (None, None)),
        (("2015-06-09 08:00", "2015-06-09 09:30"), "2015-06-09", (28_800, 34_200)),
        (("2015-06-09 08:00", "2015-06-10 09:30"), "2015-06-09/2015-06-10", (28_800, 34_200)),
        (("12 March 1811", "before 1870"), "1811-03-12/..1869", (None, None)),
    ],
)
def test_a_beginning_and_an_end(cells, text, times):
    assert read_cells(FROM_TO, cells) == CellDate(text, times)


@pytest.mark.parametrize(
    "cells", [("2015", "2014"), ("2015-06-09 08:00", "2015-06-09 07:00"), ("2015", "before 1900")]
)
def test_an_end_before_its_beginning_is_refused(cells):
    with pytest.raises(CellError):
        read_cells(FROM_TO, cells)


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ((2015, 6, 26), "2015-06-26"),
        (("2015", " 6", ""), "2015-06"),
        ((1973, 0, 0), "1973"),
        ((-2150, None, None), "-2150"),
        ((2015, -9, 4), "2015"),
    ],
)
def test_year_month_and_day_apart(cells, text):
    assert read_cells(Reading(("year", "month", "day")), cells) == CellDate(text)


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (("2016-01-05", "2016-01-09", "", ""), "[2016-01-05..2016-01-09]"),
        (("2016", "2016-05-31", None, None), "[2016-01-01..2016-05-31]"),
        (("2016-01-05", "2016-01-05", None, None), "2016-01-05"),
        (("2016-01-05", "2016-01-09", "2016-02-01", "2016-02-03"),
         "2016-01-05..2016-01-09/2016-02-01..2016-02-03"),
        (("", "2016-01-09", "", "2016-02-03"), "..2016-01-09/..2016-02-03"),
    ],
)  # fmt: skip
def test_the_earliest_and_the_latest(cells, text):
    reading = Reading(("earliest", "latest", "earliest_end", "latest_end"))
    assert read_cells(reading, cells) == CellDate(text)


@pytest.mark.parametrize(
    ("codes", "cells", "text"),
    [
        ("ucdp", ("2009-02-20", "2009-02-20", 1), "2009-02-20"),
        ("ucdp", ("2009-02-18", "2009-02-20", 2), "[2009-02-18..2009-02-20]"),
        ("ucdp", ("2009-02-01", "2009-02-28", "4"), "[2009-02-01..2009-02-28]"),
        ("acled", ("2016-01-05", None, 2), "[2016-01-02..2016-01-08]"),
        ("acled", ("2016-01-05", None, 3.0), "2016-01"),
        ("acled", ("2016-01-05", None, 7), "2016-01-05"),
        ("wikidata", ("+1890-01-01T00:00:00Z", None, 8), "189X"),
        ("wikidata", ("+1890-01-01T00:00:00Z", None, 7), "18XX"),
        ("wikidata", ("-0066-01-01T00:00:00Z", None, 9), "-0066"),
    ],
)
def test_a_code_says_how_exact_a_date_is(codes, cells, text):
    precisions = tuple(READY_CODES[codes].items())
    reading = Reading(("date", "end", "precision"), precisions=precisions)
    assert read_cells(reading, cells) == CellDate(text)


# Columns


@pytest.mark.parametrize(
    ("cells", "share"),
    [
        (["2015-06-26", None, "12 March 1998", ""], 1),
        ([1998, 2014], 1),
        ([1, 2, 3], 0),
        (["April", "May"], 0),
        (["Sails", "2014"], 0.5),
        ([1.5, "84,210"], 0),
        ([], 0),
    ],
)
def test_which_share_of_a_column_are_dates(cells, share):
    assert looks_like_dates(cells) == share


def test_a_column_of_years_has_years_of_any_size():
    assert looks_like_dates([-12_000, 79], is_year=True) == 1


def test_a_reading_can_be_kept_as_text():
    reading = Reading(("date", "precision"), "month first", "historical", (("1", "day"),), True)
    assert Reading.from_json(reading.to_json()) == reading


# Whatever stands there

CELLS = st.none() | st.integers() | st.floats() | st.text() | st.binary() | st.sampled_from(
    ["2015-06-26", "1785~", "before 1870", "..", "[2014,2016]", "1/2/2003 4:05", "0", "-5"]
)  # fmt: skip


@given(st.data())
def test_any_cells_are_a_date_or_blank_or_refused(data):
    roles = tuple(data.draw(st.lists(st.sampled_from(ROLES), min_size=1, max_size=4, unique=True)))
    cells = [data.draw(CELLS) for _ in roles]
    reading, _ = decide_reading(roles, [cells], codes={"1": "month", "2": "week", "3": "decade"})
    try:
        found = read_cells(reading, cells)
    except CellError:
        return
    assert found is None or read_text(found.text).text == found.text
