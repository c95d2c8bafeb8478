"""Plain dates as numbers, so that those of one kind can be counted and joined.

The kind of a date is what a range of such dates steps by: "year", "month", "day", or the first
code of its family of parts of a year, such as "33" for quarters.
"""

from typing import TypeAlias

from edtf_dates.days import SEASONS, from_ordinal, month_days, real_day, season_days
from edtf_dates.forms import Date, Parts
from edtf_dates.parts import split_date

# Year, month (or part of the year) and day.
UnitParts: TypeAlias = tuple[int, int | None, int | None]


def is_plain(date: Date | None) -> bool:
    """Whether the date has no marks and no loose digits, or is an open end."""
    return date is None or not (date.flags or date.loose)


def kind_of(date: Date) -> str:
    """The kind of a date without unspecified or insignificant digits."""
    if date.precision in ("year", "month", "day"):
        return date.precision
    month = split_date(date.text)[0].month
    return str(SEASONS[int(month)].family) if month else date.precision


def plain_unit(parts: Parts) -> UnitParts:
    """The components as numbers, marks aside."""
    month = None if parts.month is None else int(parts.month)
    return plain_year(parts), month, None if parts.day is None else int(parts.day)


def plain_year(parts: Parts) -> int:
    """The year of components without unspecified digits."""
    return -int(parts.year) if parts.negative else int(parts.year)


def number_of(date: Date) -> int:
    """The number of a plain date among those of its kind."""
    if date.precision == "day":
        return date.low
    year, month, _ = from_ordinal(date.low)
    if date.precision == "year":
        return year
    if date.precision == "month":
        return year * 12 + month - 1
    parts = split_date(date.text)[0]
    season = SEASONS[int(parts.month or 0)]
    return plain_year(parts) * season.cycle + int(parts.month or 0) - season.family


def unit_parts(kind: str, number: int) -> UnitParts:
    """The components of the date with that number."""
    if kind == "year":
        return number, None, None
    if kind == "day":
        return from_ordinal(number)
    if kind == "month":
        return number // 12, number % 12 + 1, None
    season = SEASONS[int(kind)]
    return number // season.cycle, number % season.cycle + season.family, None


def unit_range(kind: str, number: int) -> tuple[int, int]:
    """First and last day of the date with that number."""
    year, month, day = unit_parts(kind, number)
    if day is not None:
        return number, number
    if month is None:
        return real_day(year, 1, 1), real_day(year, 12, 31)
    if month > 12:
        return season_days(year, SEASONS[month])
    first = real_day(year, month, 1)
    return first, first + month_days(year, month) - 1
