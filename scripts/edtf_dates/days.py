"""The calendar: days as ordinals, and the names of days, years and parts of a year.

The calendar is the proleptic Gregorian one of ISO 8601, extended to any year. Years are
astronomical: 0 is 1 BCE, -43 is 44 BCE.
"""

from datetime import date
from typing import NamedTuple

_DAYS_BEFORE = (0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_MONTH_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CYCLE_DAYS = 146_097  # the days of 400 Gregorian years


def ordinal(year: int, month: int, day: int) -> int:
    """The ordinal of a day of any year: 1 is 0001-01-01, 0 the day before.

    Raises ValueError if the calendar has no such day.
    """
    if not 1 <= month <= 12:
        raise ValueError(f"no month {month}: months are 1 to 12")
    if not 1 <= day <= month_days(year, month):
        raise ValueError(
            f"no day {day}: {MONTH_NAMES[month]} {year} has {month_days(year, month)} days"
        )
    return unchecked_ordinal(year, month, day)


def from_ordinal(n: int) -> tuple[int, int, int]:
    """Year, month and day of an ordinal: the inverse of `ordinal`."""
    cycles, day = divmod(n - 1, _CYCLE_DAYS)
    found = date.fromordinal(day + 1)
    return found.year + 400 * cycles, found.month, found.day


def unchecked_ordinal(year: int, month: int, day: int) -> int:
    """The ordinal of a day that the calendar is known to have."""
    past = year - 1
    leap = month > 2 and is_leap(year)
    return past * 365 + past // 4 - past // 100 + past // 400 + _DAYS_BEFORE[month] + leap + day


def month_days(year: int, month: int) -> int:
    """The number of days in a month."""
    return 29 if month == 2 and is_leap(year) else _MONTH_DAYS[month]


def is_leap(year: int) -> bool:
    """Whether a year has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


# --- Names -----------------------------------------------------------------------------------

MONTH_NAMES = (
    "",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def describe_day(n: int) -> str:
    """An ordinal in words: `18 March 2015`, `15 March 44 BCE`."""
    year, month, day = from_ordinal(n)
    return f"{day} {MONTH_NAMES[month]} {year_words(year)}"


def year_words(year: int) -> str:
    """An astronomical year in words: `44 BCE`, `79 CE`, `2015`, `170,000,002`."""
    if year <= 0:
        return f"{1 - year if year > -9999 else format(1 - year, ',')} BCE"
    if year < 1000:
        return f"{year} CE"
    return str(year) if year <= 9999 else f"{year:,}"


def spell_year(year: int) -> str:
    """An astronomical year in EDTF: `2015`, `-0043`, `Y12000`."""
    sign = "-" if year < 0 else ""
    return f"{sign}{abs(year):04}" if abs(year) <= 9999 else f"Y{year}"


# --- Parts of a year -------------------------------------------------------------------------


class SubYear(NamedTuple):
    """A part of the year, which EDTF writes in the place of a month."""

    first_month: int
    months: int
    words: str
    kind: str  # the code of the first of its kind: "33" for quarters
    per_year: int  # how many of its kind a year has
    precision: str


# By code (Level 1, Seasons; Level 2, Sub-year groupings). 21 to 24 cover both hemispheres; 28 and
# 30 run from December to February.
SUB_YEARS = {
    21: SubYear(3, 9, "spring {}", "21", 4, "season"),
    22: SubYear(6, 9, "summer {}", "21", 4, "season"),
    23: SubYear(3, 9, "autumn {}", "21", 4, "season"),
    24: SubYear(6, 9, "winter {}", "21", 4, "season"),
    25: SubYear(3, 3, "spring {} (Northern Hemisphere)", "25", 4, "season"),
    26: SubYear(6, 3, "summer {} (Northern Hemisphere)", "25", 4, "season"),
    27: SubYear(9, 3, "autumn {} (Northern Hemisphere)", "25", 4, "season"),
    28: SubYear(12, 3, "winter {} (Northern Hemisphere)", "25", 4, "season"),
    29: SubYear(9, 3, "spring {} (Southern Hemisphere)", "29", 4, "season"),
    30: SubYear(12, 3, "summer {} (Southern Hemisphere)", "29", 4, "season"),
    31: SubYear(3, 3, "autumn {} (Southern Hemisphere)", "29", 4, "season"),
    32: SubYear(6, 3, "winter {} (Southern Hemisphere)", "29", 4, "season"),
    33: SubYear(1, 3, "the first quarter of {}", "33", 4, "quarter"),
    34: SubYear(4, 3, "the second quarter of {}", "33", 4, "quarter"),
    35: SubYear(7, 3, "the third quarter of {}", "33", 4, "quarter"),
    36: SubYear(10, 3, "the fourth quarter of {}", "33", 4, "quarter"),
    37: SubYear(1, 4, "the first four months of {}", "37", 3, "quadrimester"),
    38: SubYear(5, 4, "the middle four months of {}", "37", 3, "quadrimester"),
    39: SubYear(9, 4, "the last four months of {}", "37", 3, "quadrimester"),
    40: SubYear(1, 6, "the first half of {}", "40", 2, "half-year"),
    41: SubYear(7, 6, "the second half of {}", "40", 2, "half-year"),
}


def sub_year_days(year: int, sub_year: SubYear) -> tuple[int, int]:
    """First and last day of the part of the year that begins in the year."""
    years, month = divmod(sub_year.first_month - 1 + sub_year.months, 12)
    first = unchecked_ordinal(year, sub_year.first_month, 1)
    return first, unchecked_ordinal(year + years, month + 1, 1) - 1
