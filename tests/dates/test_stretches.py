"""Stretches: when an event can be, and must be, under way. All readers of dates go by them."""

from itertools import product

import pytest

from edtf_dates import OPEN_END, OPEN_START, Stretch, count_once, from_ordinal, parse_date


def shown(day: int) -> str:
    if day in (OPEN_START, OPEN_END):
        return "*"
    return "{}-{:02}-{:02}".format(*from_ordinal(day))


# The date | its possible stretches | its certain ones; `>` where no single day is certain.
STRETCHES = """
2015-03-18 | 2015-03-18 | 2015-03-18
2015-06 | 2015-06-01..2015-06-30 | 2015-06-30>2015-06-01
2016-10-17/2017-07-10 | 2016-10-17..2017-07-10 | 2016-10-17..2017-07-10
2016-10/2017-07 | 2016-10-01..2017-07-31 | 2016-10-31..2017-07-01
2015-11-24/.. | 2015-11-24..* | 2015-11-24
../2015 | *..2015-12-31 | 2015-12-31>2015-01-01
2017-10-12/2017-10-14~ | 2017-10-12..2017-10-14 | 2017-10-12
2014-06-01~/2015 | 2014-06-01..2015-12-31 | 2015-12-31>2015-01-01
2013? | 2013-01-01..2013-12-31 | *>*
[2014-10-03..2014-10-05] | 2014-10-03..2014-10-05 | 2014-10-05>2014-10-03
[2014,2016] | 2014-01-01..2014-12-31 2016-01-01..2016-12-31 | 2016-12-31>2014-01-01
{2019-09-19,2019-09-24} | 2019-09-19 2019-09-24 | 2019-09-19 2019-09-24
{2015-01-01..2015-01-05} | 2015-01-01..2015-01-05 | 2015-01-01..2015-01-05
{2015,2016} | 2015-01-01..2016-12-31 | 2015-12-31>2015-01-01 2016-12-31>2016-01-01
{2015,2015-03} | 2015-01-01..2015-12-31 | 2015-03-31>2015-03-01
{2015-03-01?,2016-03-01} | 2015-03-01 2016-03-01 | 2016-03-01
"""


def said(stretches) -> str:
    def words(one):
        first, last = shown(one.first), shown(one.last)
        return (
            first
            if one.first == one.last
            else f"{first}{'>' if one.first > one.last else '..'}{last}"
        )

    return " ".join(map(words, stretches))


@pytest.mark.parametrize("row", STRETCHES.strip().splitlines())
def test_when_it_can_be_and_when_it_must_be(row):
    text, possible, certain = row.split(" | ")
    stretches = parse_date(text).stretches
    assert said(one for one in stretches if not one.certain) == possible
    assert said(one for one in stretches if one.certain) == certain
    assert list(stretches) == sorted(stretches, key=lambda one: (one.certain, one.first))


WINDOWS = [
    (parse_date(text).ranges[0], text)
    for text in (
        "2015",
        "2015-06",
        "2015-03-01",
        "2014/2016",
        "2016/..",
        "../2013",
        "../..",
        "1900",
    )
]


@pytest.mark.parametrize("row", STRETCHES.strip().splitlines())
def test_a_date_counts_once_in_whatever_reaches_it(row):
    date = parse_date(row.split(" | ")[0])
    for ((first, last), text), certain in product(WINDOWS, (False, True)):
        weights = [
            weight
            for one, weight in count_once(date.stretches)
            if one.certain is certain and one.reaches(first, last)
        ]
        asked = date.certainly if certain else date.possibly
        assert sum(weights) == asked(parse_date(text)), (text, certain)


def test_a_window_is_reached_from_its_first_day_to_its_last():
    stretch = Stretch(10, 20, False)
    assert [day for day in range(25) if stretch.reaches(day, day)] == list(range(10, 21))
    between = Stretch(20, 10, True)
    assert between.reaches(10, 20)
    assert not between.reaches(11, 20)
    assert not between.reaches(10, 19)


def test_marked_ends():
    assert parse_date("2017-10-12/2017-10-14~").marked_ends == (False, True)
    assert parse_date("2017-10-12~/2017-10-14").marked_ends == (True, False)
    assert parse_date("2013?").marked_ends == (True, True)
    assert parse_date("2013").marked_ends == (False, False)
    assert parse_date("[2013?,2015]").marked_ends == (True, True)
