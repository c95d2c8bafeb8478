"""Days that may be without a bound, and the spans they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

# An ordinal; None where there is no bound.
Bound: TypeAlias = int | None
# First and last day.
Range: TypeAlias = tuple[Bound, Bound]
# The earliest and the latest start, the earliest and the latest end.
FourDays: TypeAlias = tuple[Bound, Bound, Bound, Bound]

# They stand for no bound where days are compared or stored. Every day that a date can name lies
# between them: no year is further from zero than 10^12.
OPEN_START, OPEN_END = -(10**15), 10**15


def lower(bound: Bound) -> int:
    """A first day as a number: OPEN_START where there is no bound."""
    return OPEN_START if bound is None else bound


def upper(bound: Bound) -> int:
    """A last day as a number: OPEN_END where there is no bound."""
    return OPEN_END if bound is None else bound


@dataclass(frozen=True, slots=True)
class Span:
    """One alternative of a date, or one member of a set, by its four days.

    Days are ordinals. None is no bound: before everything for an `earliest_` day, after
    everything for a `latest_` one.
    """

    earliest_start: int | None
    latest_start: int | None
    earliest_end: int | None
    latest_end: int | None
    # Stands for more alternatives than SPAN_LIMIT, and has days that the date cannot mean.
    is_hull: bool = False


def interval_days(start: Range, end: Range) -> FourDays:
    """The four days of what begins within one range and ends within another, in this order."""
    (earliest_start, latest_start), (earliest_end, latest_end) = start, end
    if latest_end is not None and (latest_start is None or latest_start > latest_end):
        latest_start = latest_end
    if earliest_start is not None and (earliest_end is None or earliest_end < earliest_start):
        earliest_end = earliest_start
    return earliest_start, latest_start, earliest_end, latest_end
