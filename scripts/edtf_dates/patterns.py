"""The years, months and days that components stand for, unspecified digits and all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import Literal

from edtf_dates.days import SEASONS, is_leap, month_days, real_day, season_days
from edtf_dates.forms import Parts
from edtf_dates.parts import is_season


def hull_of(parts: Parts) -> tuple[int, int]:
    """The first and the last day the parts can mean.

    Raises LookupError where the calendar has no such part of a year, month or day.
    """
    first_year, last_year = year_bounds(parts)
    if parts.month is None:
        return real_day(first_year, 1, 1), real_day(last_year, 12, 31)
    if is_season(parts.month):
        if parts.day is not None:
            raise LookupError("parts of a year have no days")
        season = SEASONS[int(parts.month)]
        return season_days(first_year, season)[0], season_days(last_year, season)[1]
    months = matching(parts.month, 12)
    if not months:
        raise LookupError("no such month")
    if parts.day is None:
        last = month_days(last_year, months[-1])
        return real_day(first_year, months[0], 1), real_day(last_year, months[-1], last)
    days = matching(parts.day, 31)
    low = _edge_day(parts, first_year, months, days, 1)
    high = _edge_day(parts, last_year, months, days, -1)
    if low is None or high is None:
        raise LookupError("no such day")
    return low, high


def _edge_day(
    parts: Parts, year: int, months: tuple[int, ...], days: tuple[int, ...], step: Literal[1, -1]
) -> int | None:
    """The first real day of the pattern, or for step -1 the last; the year is its outermost."""
    if months == (2,) and days == (29,) and not is_leap(year):
        years = years_of(parts, backwards=step < 0)
        return next((real_day(leap, 2, 29) for leap in years if is_leap(leap)), None)
    for month in months[::step]:
        length = month_days(year, month)
        for day in days[::step]:
            if day <= length:
                return real_day(year, month, day)
    return None


@lru_cache(maxsize=256)
def matching(pattern: str, last: int) -> tuple[int, ...]:
    """The numbers from 1 that two digits, some of them `X`, can stand for."""
    return tuple(
        number
        for number in range(1, last + 1)
        if all(sign in ("X", digit) for sign, digit in zip(pattern, f"{number:02}", strict=True))
    )


def year_bounds(parts: Parts) -> tuple[int, int]:
    """The first and the last year the parts can mean."""
    if parts.significant is not None:
        year = int(parts.year)
        step = 10 ** (len(str(year)) - parts.significant)
        least, most = year // step * step, year // step * step + step - 1
    elif "X" in parts.year:
        least, most = _pattern_bounds(parts.year, parts.negative)
    else:
        least = most = int(parts.year)
    return (-most, -least) if parts.negative else (least, most)


def _pattern_bounds(year: str, negative: bool) -> tuple[int, int]:
    """Least and greatest number of a pattern; a negative one is not 0, a long one not short."""
    lowest = year.replace("X", "0")
    if len(year) > 4 and year[0] == "X":
        lowest = "1" + lowest[1:]
    if negative and not int(lowest):
        last = year.rindex("X")
        lowest = lowest[:last] + "1" + lowest[last + 1 :]
    return int(lowest), int(year.replace("X", "9"))


def years_of(parts: Parts, *, backwards: bool = False) -> Iterable[int]:
    """The years of a four-digit pattern, in order of time."""
    free = parts.year.strip("0123456789")
    if "".join(dict.fromkeys(free)) in ("", "X"):  # one run of X: the years are evenly spaced
        step = 10 ** (len(parts.year) - len(parts.year.rstrip("0123456789"))) if free else 1
        first, last = year_bounds(parts)
        return range(last, first - 1, -step) if backwards else range(first, last + 1, step)
    return _scattered_years(parts, backwards)


def _scattered_years(parts: Parts, backwards: bool) -> Iterator[int]:
    free = "9876543210" if parts.negative != backwards else "0123456789"
    for digits in product(*(free if digit == "X" else digit for digit in parts.year)):
        year = int("".join(digits))
        if year or not parts.negative:
            yield -year if parts.negative else year
