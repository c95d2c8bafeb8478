"""The stretches of a date: on which days it can be, and must be, under way.

They are all that a filter, a histogram or a drawing needs to know of a date. A window of days
without a gap is reached by a stretch if the stretch begins by the window's last day and ends no
sooner than its first. An event is possibly under way in the window if a possible stretch reaches
it, certainly if a certain one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from edtf_dates.forms import OPEN_END, OPEN_START, Relation, lower, upper
from edtf_dates.spans import Span

# First and last day; OPEN_START and OPEN_END where there is no bound.
Days = tuple[int, int]


class Stretch(NamedTuple):
    """Days on which an event can be under way, or must be.

    `first` is OPEN_START and `last` OPEN_END where there is no bound. A certain stretch whose
    first day comes after its last has no day that is certain by itself: some time in June 2015
    must lie in June 2015, but on none of its days.
    """

    first: int
    last: int
    certain: bool

    def reaches(self, first: int, last: int) -> bool:
        """Whether it reaches a window of days without a gap."""
        return self.first <= last and first <= self.last


def find_stretches(
    spans: Iterable[Span], readings: Iterable[Span], relation: Relation
) -> Iterator[Stretch]:
    """The possible stretches, in order and apart, then the certain ones, none within another.

    `spans` are the date's as it is written; in `readings`, marked components are unspecified.
    """
    for first, last in join_days(spans):
        yield Stretch(first, last, False)
    certain = [Stretch(upper(s.latest_start), lower(s.earliest_end), True) for s in readings]
    if relation == "all of":
        yield from _least(certain)
    else:
        # Every reading must reach the window.
        yield Stretch(max(s.first for s in certain), min(s.last for s in certain), True)


def _least(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The stretches, in order, without those that reach a window only if another does too."""
    kept: list[Stretch] = []
    for stretch in sorted(stretches, key=lambda one: (one.first, -one.last)):
        if not kept or stretch.last > kept[-1].last:
            kept.append(stretch)
    return kept


def count_once(stretches: Iterable[Stretch]) -> Iterator[tuple[Stretch, int]]:
    """The stretches of a date with weights: the weights of those that reach a window add up to 1.

    Where two that follow each other both reach it, so does what lies between them, at weight -1.
    What reaches no window adds up to 0.
    """
    before: Stretch | None = None
    for stretch in stretches:
        if before is not None and before.certain == stretch.certain:
            yield Stretch(stretch.first, before.last, stretch.certain), -1
        yield stretch, 1
        before = stretch


# --- Windows ---------------------------------------------------------------------------------


def join_days(spans: Iterable[Span]) -> list[Days]:
    """The days the spans can reach, those that meet or overlap joined."""
    reached = sorted((lower(s.earliest_start), upper(s.latest_end)) for s in spans)
    joined: list[Days] = []
    for first, last in reached:
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def gaps_between(ranges: Sequence[Days]) -> list[Days]:
    """The days that no range has; the ranges are in order and apart."""
    edges = [(OPEN_START, OPEN_START - 1), *ranges, (OPEN_END + 1, OPEN_END)]
    gaps = ((last + 1, first - 1) for (_, last), (first, _) in pairwise(edges))
    return [(first, last) for first, last in gaps if first <= last]


def fits(span: Span, gap: Days) -> bool:
    """Whether the span has a reading that begins and ends within the gap."""
    start = max(lower(span.earliest_start), gap[0])
    end = max(lower(span.earliest_end), start)
    return start <= upper(span.latest_start) and end <= min(upper(span.latest_end), gap[1])
