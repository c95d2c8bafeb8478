"""Calendar units by number, so that consecutive dates can be counted and joined.

A plain date, without marks and unspecified digits, is a unit of one kind: "year", "month",
"day", or the code of the first of a kind of parts of a year, such as "33" for quarters. A range
of plain dates holds every unit of their kind between them.
"""

from typing import TypeAlias

from edtf_dates.bounds import Range
from edtf_dates.days import SUB_YEARS, from_ordinal, month_days, sub_year_days, unchecked_ordinal
from edtf_dates.syntax import Components, Date, Run

# Year, month or code of a part of the year, and day.
Unit: TypeAlias = tuple[int, int | None, int | None]


def is_plain(date: Date | None) -> bool:
    """Whether the date has no marks and no imprecise digits, or is an open end."""
    return date is None or not (date.flags or date.is_imprecise)


def kind_of(date: Date) -> str:
    """The kind of a date without imprecise digits."""
    if date.precision in ("year", "month", "day"):
        return date.precision
    code = date.components.sub_year
    return date.precision if code is None else SUB_YEARS[code].kind


def unit_of(components: Components) -> Unit:
    """The components of a date without unspecified digits, as numbers."""
    month = None if components.month is None else int(components.month)
    day = None if components.day is None else int(components.day)
    return components.year_number, month, day


def number_of(date: Date) -> int:
    """The number of a plain date: those of one kind that follow each other differ by 1."""
    if date.precision == "day":
        return date.low
    if date.precision == "year":
        return from_ordinal(date.low)[0]
    if date.precision == "month":
        year, month, _ = from_ordinal(date.low)
        return year * 12 + month - 1
    code = int(date.components.month or 0)
    sub_year = SUB_YEARS[code]
    return date.components.year_number * sub_year.per_year + code - int(sub_year.kind)


def unit_at(kind: str, number: int) -> Unit:
    """The unit of a kind that has the number."""
    if kind == "year":
        return number, None, None
    if kind == "day":
        return from_ordinal(number)
    if kind == "month":
        return number // 12, number % 12 + 1, None
    sub_year = SUB_YEARS[int(kind)]
    return number // sub_year.per_year, number % sub_year.per_year + int(kind), None


def unit_range(kind: str, number: int) -> tuple[int, int]:
    """First and last day of the unit of a kind that has the number."""
    year, month, day = unit_at(kind, number)
    if day is not None:
        return number, number
    if month is None:
        return unchecked_ordinal(year, 1, 1), unchecked_ordinal(year, 12, 31)
    if month > 12:
        return sub_year_days(year, SUB_YEARS[month])
    first = unchecked_ordinal(year, month, 1)
    return first, first + month_days(year, month) - 1


def run_range(run: Run) -> Range:
    """The first and the last day of a run."""
    low = None if run.first is None else unit_range(run.kind, run.first)[0]
    return low, None if run.last is None else unit_range(run.kind, run.last)[1]
