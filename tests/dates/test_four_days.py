"""Dates by their four days, which no EDTF says."""

import pickle

import pytest

from edtf_dates import DateError, describe_day, parse_date
from edtf_dates.four_days import parse_days, read_text

BOTH = "2015-03-01..2015-03-10/2015-04-01..2015-04-05"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOTH, "began on one day from 1 to 10 March 2015, "
               "ended on one day from 1 to 5 April 2015"),
        ("2015-03-01..2015-03-02/2015-05..2015-06",
         "began on 1 or 2 March 2015, ended in May or June 2015"),
        ("1811-03-12/..1869", "began on 12 March 1811, ended in 1869 or earlier"),
        ("1811../1869", "began in 1811 or later, ended in 1869"),
        ("../..1869", "not known when it began, ended in 1869 or earlier"),
        ("2015-03-01..2015-03-31/2016", "March 2015 to 2016"),
    ],
)  # fmt: skip
def test_it_is_said_in_words(text, words):
    assert parse_days(text).describe() == words


def test_its_days_are_those_named():
    date = parse_days(BOTH)
    days = (date.earliest_start, date.latest_start, date.earliest_end, date.latest_end)
    assert [describe_day(day) for day in days if day is not None] == [
        "1 March 2015", "10 March 2015", "1 April 2015", "5 April 2015",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("window", "possibly", "certainly"),
    [
        ("2015-02", False, False),
        ("2015-03-05", True, False),
        ("2015-03-20", True, True),
        ("2015-04-03", True, False),
        ("2015-04-06", False, False),
    ],
)
def test_a_window_is_possible_or_certain(window, possibly, certainly):
    date = parse_days(BOTH)
    found = (date.possibly(parse_date(window)), date.certainly(parse_date(window)))
    assert found == (possibly, certainly)


def test_it_is_a_date_as_others_are():
    date = parse_days(BOTH)
    assert pickle.loads(pickle.dumps(date)) == date
    assert [one.text for one in date.named] == BOTH.replace("/", "..").split("..")
    assert (date.precision, date.to_edtf(), repr(date)) == (
        "interval", BOTH, f"parse_days({BOTH!r})",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        (BOTH, BOTH),
        ("2015-03-01..2015-03-31/2016", "2015-03/2016"),
        ("2015-01-01..2015-12-31/2015", "2015/2015"),
        ("1811-03-12/..1869-12-31", "1811-03-12/..1869"),
        ("1811-03-12/1811-03-12..1869", "1811-03-12/..1869"),
        ("2015..2016/2015..2016", "2015../..2016"),
        ("201X..2020/2021", "2010..2020/2021"),
        ("Y-12000..Y-11000/Y-10500", "Y-12000..Y-11000/Y-10500"),
        ("2015-03-01..2015-03-10/..", "2015-03-01..2015-03-10/.."),
    ],
)
def test_what_means_the_same_is_written_the_same(text, edtf):
    date, same = parse_days(text), read_text(edtf)
    assert date.to_edtf() == same.to_edtf() == edtf
    assert (date, hash(date), date.stretches) == (same, hash(same), same.stretches)


def test_an_open_side_is_open():
    assert parse_days("2015-03-01..2015-03-10/..").end_open
    assert not parse_days(BOTH).end_open


def test_edtf_is_read_as_edtf():
    assert read_text("2015-11-24/..") == parse_date("2015-11-24/..")
    assert read_text(BOTH) == parse_days(BOTH)


@pytest.mark.parametrize(
    "text",
    [
        *("2015/2016", "2015..2016", "2015~..2016/2017", "2016..2015/2017", "2016/..2015"),
        *("[2015..2016]/..2017", "soon../2015", "2015-06-26T14:05:00Z../2016"),
    ],
)
def test_what_it_cannot_be_is_refused(text):
    with pytest.raises(DateError):
        parse_days(text)
