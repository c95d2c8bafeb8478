"""Bins: the calendar's units, and in each as many events as EventDate says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasette_event_timeline.sql.bins import (
    MOST_BINS,
    Bins,
    Steps,
    bins_by,
    calendar_bins,
    under_way,
    within,
)
from datasette_event_timeline.sql.histogram import Tally
from edtf_dates import EventDate, from_ordinal, ordinal, parse_date

# The units from the finest, with a stretch of years that calls for each.
UNITS = [
    ("month", 2000, 2020),
    ("quarter", 2000, 2070),
    ("year", 1800, 2020),
    ("decade", 0, 2020),
    ("century", -10_000, 2020),
    ("millennium", -200_000, 2020),
    ("ten thousand years", -2_000_000, 2020),
    ("hundred thousand years", -20_000_000, 2020),
    ("million years", -200_000_000, 2020),
    ("ten million years", -2_000_000_000, 2020),
    ("hundred million years", -20_000_000_000, 2020),
    ("thousand million years", -200_000_000_000, 2020),
    ("ten thousand million years", -(10**12), 10**12),
]
DAYS = st.integers(ordinal(-(10**12), 1, 1), ordinal(10**12, 12, 31))


@pytest.mark.parametrize(("unit", "first", "last"), UNITS)
def test_the_finest_unit_that_fits_is_taken(unit, first, last):
    assert calendar_bins(ordinal(first, 1, 1), ordinal(last, 12, 31)).unit == unit


@pytest.mark.parametrize("days", [1, 500, 500_000])
def test_the_order_of_the_two_days_is_indifferent(days):
    # A window without an end may begin after the last event.
    assert calendar_bins(730_000 + days, 730_000) == calendar_bins(730_000, 730_000 + days)
    assert bins_by("century", days, 0) == bins_by("century", 0, days)


def test_few_days_are_binned_by_the_day():
    assert calendar_bins(10, 12) == Bins("day", (10, 11, 12, 13))
    assert len(calendar_bins(1, MOST_BINS)) == MOST_BINS


@pytest.mark.parametrize(
    ("unit", "starts"),
    [
        ("month", ["2014-12-01", "2015-01-01", "2015-02-01", "2015-03-01"]),
        ("quarter", ["2014-10-01", "2015-01-01", "2015-04-01"]),
        ("year", ["2014-01-01", "2015-01-01", "2016-01-01"]),
        ("decade", ["2010-01-01", "2020-01-01"]),
        ("century", ["2000-01-01", "2100-01-01"]),
    ],
)
def test_units_begin_where_the_calendar_begins_them(unit, starts):
    bins = bins_by(unit, ordinal(2014, 12, 5), ordinal(2015, 2, 3))
    assert ["{:04}-{:02}-{:02}".format(*from_ordinal(edge)) for edge in bins.edges] == starts


@given(DAYS, DAYS, st.integers(3, MOST_BINS))
def test_bins_cover_the_days_and_are_never_too_many(first, last, most):
    first, last = min(first, last), max(first, last)
    bins = calendar_bins(first, last, most=max(most, 201))
    assert bins.edges[0] <= first <= last < bins.edges[-1]
    assert list(bins.edges) == sorted(set(bins.edges))
    assert len(bins) <= max(most, 201)
    assert bins_by(bins.unit, bins.edges[0], bins.edges[-1] - 1) == bins


@given(DAYS, DAYS, DAYS)
def test_every_day_has_its_place(first, last, day):
    bins = calendar_bins(min(first, last), max(first, last))
    place = bins.place(day)
    if day < bins.edges[0]:
        assert place == -1
    elif day >= bins.edges[-1]:
        assert place == len(bins)
    else:
        assert bins.edges[place] <= day < bins.edges[place + 1]


@pytest.mark.parametrize(
    ("unit", "said"), [("fortnight", "no unit fortnight"), ("day", "more than 300 bins")]
)
def test_bins_that_cannot_be_are_refused(unit, said):
    with pytest.raises(ValueError, match=said):
        bins_by(unit, 0, 1_000)


def test_steps_count_what_came_by_a_day():
    steps = Steps({5: 2, -3: 1, 9: 4})
    assert [steps.by(day) for day in (-4, -3, 4, 5, 8, 9, 10**15)] == [0, 1, 1, 3, 3, 7, 7]
    assert Steps({}).by(0) == 0


def test_an_event_is_under_way_from_its_first_day_to_its_last():
    bins = Bins("day", (1, 2, 3, 4, 5, 6))
    assert under_way(bins, Steps({2: 1}), Steps({4: 1})) == [0, 1, 1, 1, 0]
    assert under_way(bins, Steps({-9: 2, 5: 1}), Steps({99: 2, 5: 1})) == [2, 2, 2, 2, 3]
    assert under_way(bins, Steps({-9: 1, 9: 1}), Steps({0: 1, 9: 1})) == [0, 0, 0, 0, 0]
    assert under_way(bins, Steps({}), Steps({})) == [0, 0, 0, 0, 0]


def test_a_span_is_within_a_bin_only_if_it_does_not_leave_it():
    bins = Bins("", (0, 10, 20))
    assert within(bins, [(0, 9, 1), (9, 10, 1), (12, 15, 2), (-5, 3, 1), (19, 20, 1)]) == [1, 2]


# What a date can be: a day, a stretch, something between, with and without marks and ends.
YEARS = st.integers(-50, 60).map(lambda year: f"{year:05}" if year < 0 else f"{year:04}")
MONTHS = st.tuples(YEARS, st.integers(1, 12)).map(lambda parts: f"{parts[0]}-{parts[1]:02}")
SINGLE = YEARS | MONTHS | MONTHS.map(lambda text: f"{text}-15")
MARKED = st.tuples(SINGLE, st.sampled_from("?~%")).map("".join)
ENDS = SINGLE | st.sampled_from(["", ".."])
INTERVALS = st.tuples(ENDS, ENDS).map("/".join)
TEXTS = SINGLE | MARKED | INTERVALS


def date_of(text: str) -> EventDate | None:
    try:
        return parse_date(text)
    except ValueError:  # it ends before it begins, or is no more than a slash
        return None


# On a busy machine the first dates are read slowly.
@given(st.lists(TEXTS, max_size=12), st.sampled_from(["month", "quarter", "year", "decade"]))
def test_bins_count_what_dates_say_of_each_unit(texts, unit):
    dates = [date for text in texts if (date := date_of(text)) is not None]
    bins = bins_by(unit, ordinal(-10, 5, 5), ordinal(10, 2, 2))
    tally = Tally()
    for date in dates:
        tally.add(date)
    counts = tally.counts().over(bins)
    windows = [_window(bins, n) for n in range(len(bins))]
    assert counts["possible"] == [sum(d.possibly(w) for d in dates) for w in windows]
    assert counts["certain"] == [sum(d.certainly(w) for d in dates) for w in windows]


def _window(bins: Bins, n: int) -> EventDate:
    first, last = from_ordinal(bins.edges[n]), from_ordinal(bins.edges[n + 1] - 1)
    return parse_date("/".join(_day(*day) for day in (first, last)))


def _day(year: int, month: int, day: int) -> str:
    return f"{year:05}-{month:02}-{day:02}" if year < 0 else f"{year:04}-{month:02}-{day:02}"


@pytest.mark.parametrize(
    ("unit", "first", "last", "years"),
    [
        ("century", (-820, 1, 1), (150, 1, 1), [-899, -799, -699, -599, -499, -399, -299, -199, -99, 1, 100, 200]),
        ("decade", (-15, 6, 1), (12, 1, 1), [-19, -9, 1, 10, 20]),
        ("decade", (1980, 1, 1), (2001, 1, 1), [1980, 1990, 2000, 2010]),
        ("millennium", (-12_000, 1, 1), (-9_500, 1, 1), [-12_999, -11_999, -10_999, -9_999, -8_999]),
    ],
)  # fmt: skip
def test_centuries_and_decades_are_those_that_people_mean(unit, first, last, years):
    found = bins_by(unit, ordinal(*first), ordinal(*last))
    assert [from_ordinal(edge) for edge in found.edges] == [(year, 1, 1) for year in years]
