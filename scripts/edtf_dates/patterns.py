"""The years, months and days that components with unspecified digits can stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import Literal

from edtf_dates.days import (
    SUB_YEARS,
    is_leap,
    month_days,
    sub_year_days,
    unchecked_ordinal,
)
from edtf_dates.syntax import Components


def hull_of(components: Components) -> tuple[int, int]:
    """The first and the last day that the components can stand for.

    Raises LookupError if the calendar has no such day, month or part of a year.
    """
    first_year, last_year = year_bounds(components)
    if components.month is None:
        return unchecked_ordinal(first_year, 1, 1), unchecked_ordinal(last_year, 12, 31)
    code = components.sub_year
    if code is not None:
        if components.day is not None:
            raise LookupError("parts of a year have no days")
        sub_year = SUB_YEARS[code]
        return sub_year_days(first_year, sub_year)[0], sub_year_days(last_year, sub_year)[1]
    months = matching(components.month, 12)
    if not months:
        raise LookupError("no such month")
    if components.day is None:
        last = month_days(last_year, months[-1])
        return unchecked_ordinal(first_year, months[0], 1), unchecked_ordinal(
            last_year, months[-1], last
        )
    days = matching(components.day, 31)
    low = _edge_day(components, first_year, months, days, 1)
    high = _edge_day(components, last_year, months, days, -1)
    if low is None or high is None:
        raise LookupError("no such day")
    return low, high


def _edge_day(
    components: Components,
    year: int,
    months: tuple[int, ...],
    days: tuple[int, ...],
    step: Literal[1, -1],
) -> int | None:
    """The first day that matches in the first year, or for step -1 the last in the last year."""
    if months == (2,) and days == (29,) and not is_leap(year):
        years = years_of(components, backwards=step < 0)
        return next((unchecked_ordinal(leap, 2, 29) for leap in years if is_leap(leap)), None)
    for month in months[::step]:
        length = month_days(year, month)
        for day in days[::step]:
            if day <= length:
                return unchecked_ordinal(year, month, day)
    return None


@lru_cache(maxsize=256)
def matching(pattern: str, last: int) -> tuple[int, ...]:
    """The numbers from 1 to `last` that two digits, some of them `X`, can stand for."""
    return tuple(
        number
        for number in range(1, last + 1)
        if all(sign in ("X", digit) for sign, digit in zip(pattern, f"{number:02}", strict=True))
    )


def year_bounds(components: Components) -> tuple[int, int]:
    """The first and the last year that the components can stand for."""
    if components.significant is not None:
        year = int(components.year)
        step = 10 ** (len(str(year)) - components.significant)
        least, most = year // step * step, year // step * step + step - 1
    elif "X" in components.year:
        least, most = _pattern_bounds(components.year, components.negative)
    else:
        least = most = int(components.year)
    return (-most, -least) if components.negative else (least, most)


def _pattern_bounds(year: str, negative: bool) -> tuple[int, int]:
    """Least and greatest number of a pattern, as a year without its sign.

    A negative year is not 0, and one of more than four digits has no leading zeros.
    """
    lowest = year.replace("X", "0")
    if len(year) > 4 and year[0] == "X":
        lowest = "1" + lowest[1:]
    if negative and not int(lowest):
        last = year.rindex("X")
        lowest = lowest[:last] + "1" + lowest[last + 1 :]
    return int(lowest), int(year.replace("X", "9"))


def years_of(components: Components, *, backwards: bool = False) -> Iterable[int]:
    """The years of a four-digit pattern, in order of time or backwards."""
    free = components.year.strip("0123456789")
    if "".join(dict.fromkeys(free)) in ("", "X"):  # one run of X: the years are evenly spaced
        step = (
            10 ** (len(components.year) - len(components.year.rstrip("0123456789"))) if free else 1
        )
        first, last = year_bounds(components)
        return range(last, first - 1, -step) if backwards else range(first, last + 1, step)
    return _scattered_years(components, backwards)


def _scattered_years(components: Components, backwards: bool) -> Iterator[int]:
    free = "9876543210" if components.negative != backwards else "0123456789"
    for digits in product(*(free if digit == "X" else digit for digit in components.year)):
        year = int("".join(digits))
        if year or not components.negative:
            yield -year if components.negative else year
