"""Calendar units by number, so that consecutive dates can be counted and joined.

A plain date, without marks and unspecified digits, is a unit of one kind: "year", "month",
"day", or the code of the first of a kind of parts of a year, such as "33" for quarters. A range
of plain dates holds every unit of their kind between them.
"""

from typing import TypeAlias

from edtf_dates.bounds import Bound, Range
from edtf_dates.days import (
    SUB_YEARS,
    from_ordinal,
    month_days,
    spell_year,
    sub_year_days,
    unchecked_ordinal,
)
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


def spell_unit(unit: Unit) -> str:
    """A unit in EDTF."""
    year, *rest = unit
    return "-".join([spell_year(year), *(f"{part:02}" for part in rest if part is not None)])


def spell_range(first: Bound, last: Bound) -> str:
    """All days from the first to the last: a unit in EDTF, or two with `..` between them.

    The units are the longest of days, months and years that fit; years of more than four digits
    have no months in EDTF, and are whole. Where there is no bound, nothing stands beside `..`.
    """
    start = None if first is None else from_ordinal(first)
    end = None if last is None else from_ordinal(last)
    size = _shared_size(start or (0, 1, 1), end or (0, 12, 31))
    low, high = ("" if day is None else spell_unit(_cut(day, size)) for day in (start, end))
    return low if low == high != "" else f"{low}..{high}"


def _shared_size(start: tuple[int, int, int], end: tuple[int, int, int]) -> int:
    """How many of year, month and day tell a range apart from longer ones."""
    if max(abs(start[0]), abs(end[0])) > 9999:
        return 1
    if start[2] > 1 or end[2] < month_days(*end[:2]):
        return 3
    return 2 if start[1] > 1 or end[1] < 12 else 1


def _cut(day: tuple[int, int, int], size: int) -> Unit:
    year, month, number = day
    return year, month if size > 1 else None, number if size > 2 else None


def run_range(run: Run) -> Range:
    """The first and the last day of a run."""
    low = None if run.first is None else unit_range(run.kind, run.first)[0]
    return low, None if run.last is None else unit_range(run.kind, run.last)[1]
