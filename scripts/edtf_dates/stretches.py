"""The stretches of a date: the days on which an event can be, and must be, under way.

A filter, a histogram and a drawing need nothing else of a date. A stretch reaches a window of days
without a gap if it begins on or before the window's last day and ends on or after its first. An
event is possibly under way in the window if a possible stretch reaches it, certainly if a certain
one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from edtf_dates.bounds import OPEN_END, OPEN_START, Span, lower, upper
from edtf_dates.syntax import Relation

# First and last day; OPEN_START and OPEN_END where there is no bound.
DayRange: TypeAlias = tuple[int, int]


class Stretch(NamedTuple):
    """Days on which an event can be under way, or must be if `certain`.

    `first` is OPEN_START and `last` OPEN_END where there is no bound. Where the first day of a
    certain stretch comes after its last, no single day is certain: an event of some day in June
    2015 is certainly in any window that holds all of June, and the stretch is 30 to 1 June.
    """

    first: int
    last: int
    certain: bool

    def reaches(self, first: int, last: int) -> bool:
        """Whether it reaches the window of all days from the first to the last."""
        return self.first <= last and first <= self.last


def find_stretches(
    spans: Iterable[Span], readings: Iterable[Span], relation: Relation
) -> Iterator[Stretch]:
    """The possible stretches, in order and with gaps between them, then the certain ones.

    `spans` are the date's as it is written; in `readings`, marked components are unspecified.
    Of alternatives all must reach a window, which one certain stretch says for them: from the
    latest start to the earliest end. Of "all of" one is enough, so each has its own.
    """
    for first, last in join_days(spans):
        yield Stretch(first, last, False)
    certain = [Stretch(upper(s.latest_start), lower(s.earliest_end), True) for s in readings]
    if relation == "all of":
        yield from _without_redundant(certain)
    else:
        yield Stretch(max(s.first for s in certain), min(s.last for s in certain), True)


def _without_redundant(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The stretches in order, without those that reach no window that another does not reach."""
    kept: list[Stretch] = []
    for stretch in sorted(stretches, key=lambda one: (one.first, -one.last)):
        if not kept or stretch.last > kept[-1].last:
            kept.append(stretch)
    return kept


def count_once(stretches: Iterable[Stretch]) -> Iterator[tuple[Stretch, int]]:
    """The stretches of a date with weights, to count a date once in each window.

    Of the possible stretches that reach a window the weights add up to 1, and so do those of the
    certain ones; if none reaches it, to 0. Between each two consecutive stretches of a kind there
    is one of weight -1, which reaches exactly the windows that both reach.
    """
    before: Stretch | None = None
    for stretch in stretches:
        if before is not None and before.certain == stretch.certain:
            yield Stretch(stretch.first, before.last, stretch.certain), -1
        yield stretch, 1
        before = stretch


# --- Windows ---------------------------------------------------------------------------------


def join_days(spans: Iterable[Span]) -> list[DayRange]:
    """The ranges of days that the spans can reach, those that adjoin or overlap joined."""
    reached = sorted((lower(s.earliest_start), upper(s.latest_end)) for s in spans)
    joined: list[DayRange] = []
    for first, last in reached:
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def gaps_between(ranges: Sequence[DayRange]) -> list[DayRange]:
    """The ranges of days before, between and after ranges that are in order and do not adjoin."""
    edges = [(OPEN_START, OPEN_START - 1), *ranges, (OPEN_END + 1, OPEN_END)]
    gaps = ((last + 1, first - 1) for (_, last), (first, _) in pairwise(edges))
    return [(first, last) for first, last in gaps if first <= last]


def fits(span: Span, gap: DayRange) -> bool:
    """Whether the span can begin and end within the gap."""
    start = max(lower(span.earliest_start), gap[0])
    end = max(lower(span.earliest_end), start)
    return start <= upper(span.latest_start) and end <= min(upper(span.latest_end), gap[1])
