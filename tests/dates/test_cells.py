"""Dates as they stand in tables that nobody prepared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edtf_dates.cells import (
    PRECISIONS,
    READY_CODES,
    ROLES,
    YEARS,
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
        ("+2015-00-00", "2015"),
        ("+12000-05-01T00:00:00Z", "Y12000"),
        ("-13798000000-00-00T00:00:00Z", "Y-13798000000"),
        ("79.0", "0079"),
        ("1875-76", "1875/1876"),
        ("201506", "2015-06"),
        ("\u0662\u0660\u0661\u0665-06-26", "2015-06-26"),
        ("5 January 2016 at 14:05", "2016-01-05"),
        ("Sat May 20 1961 00:00:00 GMT-0600 (MDT)", "1961-05-20"),
        ("Wed Aug 27 13:08:45 +0000 2008", "2008-08-27"),
        ("2015-06-26T23:05:00-04", "2015-06-26"),
        ("2015-06-26T14:05:00/2015-06-27T10:00:00", "2015-06-26/2015-06-27"),
    ],
)
def test_a_cell(cell, text):
    assert text_of(cell) == text


def test_a_long_cell_of_edtf():
    text = f"[{','.join(f'{year}-01-01' for year in range(1900, 1980))}]"
    assert text_of(text) == text


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("2015-06-26 14:05:00", 50_700),
        ("2015-06-26T14:05", 50_700),
        ("2015-06-26 14:05:00 -0700", 50_700),
        ("2015-06-26T14:05:30.9Z", 50_730),
        ("1/5/2016 2:05 pm", 50_700),
        ("5 January 2016 at 00:05", 300),
        ("14:05 26 June 2015", 50_700),
        ("2:05 p.m., 26 June 2015", 50_700),
        ("12:00 am 26 June 2015", 0),
        ("2015-06-26T14:05+01", 50_700),
        ("2015-06-26 14:05:00 +0000 UTC", 50_700),
        ("2015-06-26T14:05:00 EST", 50_700),
        ("Sat May 20 1961 14:05:00 GMT-0600", 50_700),
        ("2015-06-26", None),
        ("2015 00:00", None),
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
        ("31/06/2015", "there is no day 31: June 2015 has 30 days"),
        ("June 31, 2015", "there is no day 31: June 2015 has 30 days"),
        ("1435327500", "the number is too large for a year"),
        pytest.param(10**5_000, "the number is too large for a year", id="of 5,001 digits"),
        (True, "this is no text"),
        ([], "this is no text"),
        (12.5, "12.5 is no whole number"),
        (b"2015", "this is no text"),
        ("x" * 3_000, "it is longer than 2,000 characters"),
    ],
)
def test_what_cannot_be_read_says_why(cell, reason):
    with pytest.raises(CellError) as refused:
        read_cells(ALONE, [cell])
    assert str(refused.value) == reason


@pytest.mark.parametrize("cell", [None, "", "  ", "NA", "n/a", "NULL"])
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


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("03/04/1991", "1991-03-04"),
        ("03.04.91", "1991-03-04"),
        ("03/04/1991?", "1991-03-04?"),
        ("c. 03/04/1991", "1991-03-04~"),
        ("03/04/1991 - 05/04/1991", "1991-03-04/1991-05-04"),
        ("03/04/1991 14:05", "1991-03-04"),
        ("26/06/2015", "2015-06-26"),
        ("4 March 1991", "1991-03-04"),
    ],
)
def test_the_order_holds_wherever_a_date_stands(cell, text):
    assert text_of(cell, Reading(("date",), "month first")) == text


def test_a_date_within_a_text_settles_the_order():
    reading, notes = decide_reading(["date"], [["05/06/2015 - 06/26/2015"]])
    assert (reading.order, notes.order_is_a_guess) == ("month first", False)


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


@pytest.mark.parametrize("cell", ["2009-02-20T00:00:00-04", "2009-02-20T00:00", "20/02/2009 00:00"])
def test_midnight_is_no_time_however_it_is_written(cell):
    reading, _ = decide_reading(["date"], [[cell]])
    assert read_cells(reading, [cell]) == CellDate("2009-02-20")


def test_what_is_no_time_is_refused_whatever_the_other_rows_say():
    reading, _ = decide_reading(["date"], [["2015-06-26 25:00"]])
    with pytest.raises(CellError):
        read_cells(reading, ["2015-06-26 25:00"])


def test_years_may_be_counted_as_historians_do():
    reading, _ = decide_reading(["date"], [[-2150]], years="historical")
    assert text_of(-2150, reading) == "-2149"
    assert text_of(2015, reading) == "2015"
    assert text_of("-0044-03-15", reading) == "-0043-03-15"
    assert text_of("50 BC", reading) == "-0049"
    with pytest.raises(CellError):
        text_of(0, reading)


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
        (("2015-06-09/2015-06-13", "2015-07"), "2015-06-09/2015-07", (None, None)),
        (("since 1900", "1910"), "1900/1910", (None, None)),
        (("2014", "[2016,2018]"), "2014/2016..2018", (None, None)),
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
        ((2015, None, 5), "2015"),
        ((2015, "", "5"), "2015"),
        (("2015.0", "6.0", "5.0"), "2015-06-05"),
        (("2015", "June", "5"), "2015-06-05"),
        (("2015", "Jun", 0), "2015-06"),
        (("c. 1785", None, None), "1785~"),
        ((12_000, 0, 0), "Y12000"),
        ((-12_000, 3, 1), "Y-12000"),
    ],
)
def test_year_month_and_day_apart(cells, text):
    assert read_cells(Reading(("year", "month", "day")), cells) == CellDate(text)


def test_an_end_that_is_not_known_has_no_month():
    reading = Reading(("year", "end_year", "end_month", "end_day"))
    assert read_cells(reading, (1950, None, 0, 0)) == CellDate("1950")
    with pytest.raises(CellError):
        read_cells(reading, (1950, None, 3, 0))


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (("02/24/2022", "14:05", None, None), CellDate("2022-02-24", (50_700, None))),
        (("02/24/2022", "8 pm", None, None), CellDate("2022-02-24")),
        (("02/24/2022", "14:05", "02/25/2022", "8:00 am"),
         CellDate("2022-02-24/2022-02-25", (50_700, 28_800))),
        (("2022", "14:05", None, None), CellDate("2022")),
        (("02/24/2022", 0.5, None, None), CellDate("2022-02-24")),
        (("02/24/2022", "14:05", None, "15:00"), CellDate("2022-02-24", (50_700, 54_000))),
        (("02/24/2022", None, None, "15:00"), CellDate("2022-02-24", (None, 54_000))),
        (("02/28/2022", "22:00", None, "02:00"),
         CellDate("2022-02-28/2022-03-01", (79_200, 7_200))),
        (("2022", "22:00", None, "02:00"), CellDate("2022")),
        (("", "00:00", "", ""), None),
    ],
)  # fmt: skip
def test_a_time_in_a_cell_of_its_own(cells, found):
    reading = Reading(("date", "time", "end", "end_time"), "month first", has_times=True)
    assert read_cells(reading, cells) == found


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (("2016-01-05", "2016-01-09", "", ""), "[2016-01-05..2016-01-09]"),
        (("2016", "2016-05-31", None, None), "[2016-01..2016-05]"),
        (("2016-01-05", "2016-01-05", None, None), "2016-01-05"),
        (("2016-01-05", "2016-01-09", "2016-02-01", "2016-02-03"),
         "2016-01-05..2016-01-09/2016-02-01..2016-02-03"),
        (("", "2016-01-09", "", "2016-02-03"), "..2016-01-09/..2016-02-03"),
        (("2016-01-01", "2016-01-31", "2016-02", "2016-02"), "2016-01/2016-02"),
        (("1890", "1890", "1890", "1890"), "1890"),
        (("c. 1890", "1895", "1900", "c. 1905"), "1890..1895/1900..1905"),
        ((-12_000, -11_000, None, None), "[Y-12000..Y-11000]"),
    ],
)  # fmt: skip
def test_the_earliest_and_the_latest(cells, text):
    reading = Reading(("earliest", "latest", "earliest_end", "latest_end"))
    assert read_cells(reading, cells) == CellDate(text)


@pytest.mark.parametrize(
    ("roles", "cells", "text"),
    [
        (("date", "latest", "earliest_end", "end"),
         ("2015-03-01", "2015-03-10", "2015-04-01", "2015-04-05"),
         "2015-03-01..2015-03-10/2015-04-01..2015-04-05"),
        (("date", "latest_end"), ("2015-03-01", "2016"), "2015-03-01/..2016"),
        (("date", "earliest"), ("2015-03-05", "2015-03-01"), "[2015-03-01..2015-03-05]"),
        (("date", "earliest", "latest"), ("2015-03-05", "2015-03-01", "2015-03-10"),
         "[2015-03-01..2015-03-10]"),
        (("date", "earliest", "latest"), ("2015-03-05", "", ""), "2015-03-05"),
    ],
)  # fmt: skip
def test_a_beginning_or_an_end_stands_for_a_bound_that_is_blank(roles, cells, text):
    assert read_cells(Reading(roles), cells) == CellDate(text)


def test_bounds_that_are_equal_keep_their_time():
    reading = Reading(("earliest", "latest", "earliest_end", "latest_end"), has_times=True)
    cells = ("1916-07-01 07:30", "1916-07-01 07:30", "1916-11-18", "1916-11-18")
    assert read_cells(reading, cells) == CellDate("1916-07-01/1916-11-18", (27_000, None))


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("2016-02", "2016-01", None, None), "the latest day is before the earliest"),
        (("2016-03-01", "2016-03-10", "2016-02-01", "2016-02-10"), "it ends before it begins"),
    ],
)
def test_bounds_out_of_order_are_refused(cells, reason):
    with pytest.raises(CellError, match=reason):
        read_cells(Reading(("earliest", "latest", "earliest_end", "latest_end")), cells)


@pytest.mark.parametrize(
    ("codes", "cells", "text"),
    [
        ("ucdp", ("2009-02-20", "2009-02-20", 1), "2009-02-20"),
        ("ucdp", ("2009-02-18", "2009-02-20", 2), "[2009-02-18..2009-02-20]"),
        ("ucdp", ("2009-02-01", "2009-02-28", "4"), "2009-02"),
        ("ucdp", ("2009-01-15", "2009-02-28", "5"), "[2009-01-15..2009-02-28]"),
        ("ucdp", ("2009-02-20", "2009-02-20", 4), "2009-02"),
        ("ucdp", ("2009-02-20", "2009-02-20", 3), "[2009-02-17..2009-02-23]"),
        ("ucdp", (None, "2009-02-20", 5), "../2009"),
        ("ucdp", ("2009-02-20", "..", 4), "2009-02/.."),
        ("acled", ("2016-01-05", None, 2), "[2016-01-02..2016-01-08]"),
        ("acled", ("2016-01-05", None, 3.0), "2016-01"),
        ("acled", ("2016-01-05", None, 7), "2016-01-05"),
        ("acled", ("2016-01-05", None, 2.5), "2016-01-05"),
        pytest.param("acled", ("2016-01-05", None, 10**5_000), "2016-01-05", id="no code"),
        ("wikidata", ("9999-12-31", None, 6), "[9001..Y10000]"),
        ("wikidata", ("+1890-01-01T00:00:00Z", None, 8), "189X"),
        ("wikidata", ("1890", None, 8), "189X"),
        ("wikidata", ("c. 1890", None, 8), "189X~"),
        ("wikidata", ("+1890-01-01T00:00:00Z", None, 7), "[1801..1900]"),
        # Wikibase prints it as the 19th century, and 2000 as the second millennium.
        ("wikidata", ("+1900-00-00T00:00:00Z", None, 7), "[1801..1900]"),
        ("wikidata", ("+2000-00-00T00:00:00Z", None, 6), "[1001..2000]"),
        ("wikidata", ("-0066-01-01T00:00:00Z", None, 7), "[-0099..0000]"),
        ("wikidata", ("-0066-01-01T00:00:00Z", None, 9), "-0066"),
    ],
)
def test_a_code_says_how_exact_a_date_is(codes, cells, text):
    precisions = tuple(READY_CODES[codes].items())
    reading = Reading(("date", "end", "precision"), precisions=precisions)
    assert read_cells(reading, cells) == CellDate(text)


@pytest.mark.parametrize(
    ("precision", "cells", "text"),
    [
        ("bounds", ("2009-02-18", "2009-02-20"), "[2009-02-18..2009-02-20]"),
        ("bounds", ("2009-02-18", None), "2009-02-18"),
        ("century", ("2015-06-26", None), "20XX"),
        ("millennium", ("2015", None), "2XXX"),
        ("year", ("2015-06", None), "2015"),
        ("month", ("2015", None), "2015"),
        ("week", ("1890?", None), "1890?"),
        ("decade", ("before 1900", None), "[..1899]"),
    ],
)
def test_a_precision(precision, cells, text):
    reading = Reading(("date", "end", "precision"), precisions=(("x", precision),))
    assert read_cells(reading, (*cells, "x")) == CellDate(text)


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
        ([3_847_562, "197001010001", 1_435_327_500], 0),
        (["555-1234", "123-456", "0033 1 22", "100 - 200"], 0),
        (["10 or 12", "about 12", "4th", "c. 50"], 0),
        (["20150626", "26/06/15", "1914-18", "50 BC", "0079-08-24", "c. 1785"], 1),
        (["NA", "2014"], 1),
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

WORDS = st.sampled_from(
    ["2015-06-26", "1785~", "before 1870", "..", "[2014,2016]", "1/2/2003 4:05", "0", "-5", "/2015"]
)
CELLS = (
    *(st.none(), st.booleans(), st.integers(), st.integers(-20_000, 20_000), st.floats()),
    *(
        st.text(),
        st.binary(),
        WORDS,
        st.from_regex(r"[-+]?[0-9X]{1,5}(-[0-9]{2}){0,2}[T ]?[0-9:]*"),
    ),
)


@given(st.data())
def test_any_cells_are_a_date_or_blank_or_refused(data):
    roles = tuple(data.draw(st.lists(st.sampled_from(ROLES), min_size=1, max_size=4, unique=True)))
    cells = [data.draw(st.one_of(*CELLS)) for _ in roles]
    codes = dict.fromkeys(("0", "-5"), data.draw(st.sampled_from(PRECISIONS)))
    years = data.draw(st.sampled_from(YEARS))
    reading, _ = decide_reading(roles, [cells], years=years, codes=codes)
    try:
        found = read_cells(reading, cells)
    except CellError:
        return
    assert found is None or read_text(found.text).text == found.text


@given(st.lists(st.one_of(*CELLS)))
def test_any_column_has_a_share_of_dates(cells):
    assert 0 <= looks_like_dates(cells) <= looks_like_dates(cells, is_year=True) <= 1
