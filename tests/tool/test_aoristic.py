"""The histograms of uncertain dates, on chronologies whose sums are known by hand."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from edtf_dates import parse_date
from event_timeline.curated.cells import slug
from event_timeline.curated.columns import EVENTS
from event_timeline.curated.csvfile import write_rows
from event_timeline.database import aoristic
from event_timeline.publish.build import build

Rows = list[tuple[object, ...]]
Histogram = Callable[[str, str, str], Rows]


@pytest.fixture
def histogram(tmp_path: Path) -> Histogram:
    """Build a chronology of these dates and read a histogram: period, events, events flagged."""

    def read(view: str, unit: str, dates: str) -> Rows:
        rows = []
        for number, text in enumerate(sorted(dates.split(" "), key=_beginning)):
            cells = dict.fromkeys(EVENTS.names, "") | {
                "id": f"{_id_date(text)}-event-{slug(str(number))}",
                "date": text,
                "title": "Event",
                "type": "attack",
                "status": "confirmed",
                "location_precision": "none",
                "summary": "An event.",
                "sources": "log",
            }
            rows.append(list(cells.values()))
        (tmp_path / "events.csv").write_bytes(write_rows(EVENTS, rows))
        target = tmp_path / f"{view}-{unit}.db"
        target.unlink(missing_ok=True)
        build(tmp_path / "events.csv", target)
        with closing(sqlite3.connect(target)) as db:
            sql = f"select period, events, events_flagged from {view} where unit = ? order by first_day is null, first_day"
            return db.execute(sql, (unit,)).fetchall()

    return read


def _beginning(text: str) -> float:
    start = parse_date(text).earliest_start
    return float("-inf") if start is None else start


def _id_date(text: str) -> str:
    return text[:5] if text.startswith("-") else "2015"


def test_a_month_is_spread_over_no_more_than_itself(histogram):
    assert histogram("events_began", "month", "2015-03-18 2015-03") == [("2015-03", 2.0, 0.0)]


def test_a_year_is_spread_over_its_months_by_their_days(histogram):
    months = histogram("events_began", "month", "2015")
    assert months[1] == ("2015-02", pytest.approx(28 / 365), 0.0)
    assert sum(events for _, events, _ in months) == pytest.approx(1)


def test_an_interval_begins_once_and_is_under_way_throughout(histogram):
    dates = "2015-12-20/2016-01-10"
    assert histogram("events_began", "month", dates) == [("2015-12", 1.0, 0.0)]
    assert histogram("events_under_way", "month", dates) == [
        ("2015-12", 1.0, 0.0),
        ("2016-01", 1.0, 0.0),
    ]


def test_alternatives_share_one_event_and_joint_days_are_one_event(histogram):
    assert histogram("events_began", "year", "[2014,2015-01-01]") == [
        ("2014", pytest.approx(365 / 366), 0.0),
        ("2015", pytest.approx(1 / 366), 0.0),
    ]
    joint = "{2014-12-30,2015-01-02}"
    assert histogram("events_began", "year", joint) == [("2014", 1.0, 0.0)]
    assert histogram("events_under_way", "year", joint) == [("2014", 1.0, 0.0), ("2015", 1.0, 0.0)]


def test_an_end_that_is_not_known_makes_later_months_less_likely(histogram):
    """It ended on one of the 245 days from 1 May to 31 December: of December's, 31."""
    months = dict(row[:2] for row in histogram("events_under_way", "month", "2015-05-01/2015"))
    assert months["2015-05"] == 1.0
    assert months["2015-06"] == pytest.approx((245 - 31) / 245)
    assert months["2015-12"] == pytest.approx(31 / 245)


def test_marked_dates_stand_apart(histogram):
    assert histogram("events_began", "year", "2015 2015?") == [("2015", 1.0, 1.0)]


def test_an_event_without_a_known_beginning_is_counted_and_not_placed(histogram):
    assert histogram("events_began", "year", "/2015 2015") == [
        ("2015", 1.0, 0.0),
        ("not known", 1, 0),
    ]


def test_what_has_no_end_is_under_way_to_the_last_period(histogram):
    assert histogram("events_under_way", "year", "2014-11-24/.. 2016") == [
        ("2014", 1.0, 0.0),
        ("2015", 1.0, 0.0),
        ("2016", 2.0, 0.0),
    ]


def test_years_before_the_common_era_come_first(histogram):
    assert histogram("events_began", "year", "-0043-03-15 -0001") == [
        ("-0043", 1.0, 0.0),
        ("-0001", 1.0, 0.0),
    ]


DATES = "2013? 2014 2014-10-03 [2014-10-03..2014-10-05] {2014-12-30,2015-01-02} 2015-06/2016-02 2015-21 201X 2015-11-24/.. /2015 2012~"


@pytest.mark.parametrize("unit", ["year", "month"])
def test_the_periods_of_a_unit_add_up_to_the_events(histogram, unit):
    rows = histogram("events_began", unit, DATES)
    assert sum(events + flagged for _, events, flagged in rows) == pytest.approx(
        len(DATES.split(" "))
    )


def test_periods_follow_each_other_without_a_gap():
    first, last = parse_date("-0002-11").earliest_start, parse_date("0001-02").latest_end
    periods = list(aoristic.periods(first, last))
    for unit, count in (("year", 4), ("month", 48)):
        of_unit = [period for period in periods if period.unit == unit]
        assert len(of_unit) == count
        assert all(a.last_day + 1 == b.first_day for a, b in pairwise(of_unit))


def test_a_unit_with_too_many_periods_is_left_out():
    assert {p.unit for p in aoristic.periods(1, parse_date("9999").latest_end)} == {"year"}
    assert list(aoristic.periods(parse_date("Y-200000").earliest_start, 1)) == []
