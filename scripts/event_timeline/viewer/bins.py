"""Counts of events per calendar unit: what a timeline shows where single marks would not fit."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, islice

from event_timeline.dates import from_ordinal, ordinal

# More bars than this are narrower than a reader can tell apart on a wide screen.
MOST_BINS = 300

# Months in each calendar unit, the coarsest last.
_MONTHS = {
    "month": 1,
    "quarter": 3,
    "year": 12,
    "decade": 120,
    "century": 1_200,
    "millennium": 12_000,
    "ten thousand years": 120_000,
    "hundred thousand years": 1_200_000,
    "million years": 12_000_000,
    "ten million years": 120_000_000,
    "hundred million years": 1_200_000_000,
    "thousand million years": 12_000_000_000,
    # No year of EDTF is further from zero than 10^12.
    "ten thousand million years": 120_000_000_000,
}
_COARSEST = max(_MONTHS, key=lambda unit: _MONTHS[unit])
_DAYS_A_MONTH = 30.436875


@dataclass(frozen=True)
class Bins:
    """Consecutive calendar units: bin i holds the days from edges[i] to edges[i + 1] - 1."""

    unit: str
    edges: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.edges) - 1

    def place(self, day: int) -> int:
        """Return the bin of a day; -1 before the first, len(self) after the last."""
        return bisect_right(self.edges, day) - 1


def calendar_bins(first: int, last: int, most: int = MOST_BINS) -> Bins:
    """Return the finest bins, at most so many, that cover two days and all between."""
    if last - first < most:
        return bins_by("day", first, last)
    length = (last - first) / _DAYS_A_MONTH
    # Two more, because the days need not begin and end with a unit.
    fitting = [unit for unit, months in _MONTHS.items() if length / months + 2 <= most]
    return bins_by(fitting[0] if fitting else _COARSEST, first, last)


def bins_by(unit: str, first: int, last: int) -> Bins:
    """Return the bins of a unit that cover two days and all between.

    Raises ValueError if there is no such unit, or if the bins are more than MOST_BINS.
    """
    if unit != "day" and unit not in _MONTHS:
        raise ValueError(f"no unit {unit}: choose among day, {', '.join(_MONTHS)}")
    found = range(first, last + 2) if unit == "day" else _month_edges(first, last, _MONTHS[unit])
    edges = tuple(islice(found, MOST_BINS + 2))
    if len(edges) - 1 > MOST_BINS:
        raise ValueError(f"more than {MOST_BINS} bins: choose a longer unit than the {unit}")
    return Bins(unit, edges)


def _month_edges(first: int, last: int, months: int) -> Iterator[int]:
    year, month, _ = from_ordinal(first)
    index = (year * 12 + month - 1) // months * months
    edge = _first_day(index)
    while edge <= last:
        yield edge
        index += months
        edge = _first_day(index)
    yield edge


def _first_day(month_index: int) -> int:
    year, month = divmod(month_index, 12)
    return ordinal(year, month + 1, 1)


def under_way(
    bins: Bins, begins: Iterable[tuple[int, ...]], ends: Iterable[tuple[int, ...]]
) -> list[int]:
    """Return for each bin how many events reach into it.

    `begins` and `ends` are pairs of a day and of the number of events that begin or end on
    it; open ends are days far outside the bins. No event may end before it begins.
    """
    size = len(bins)
    steps = [0] * (size + 1)
    for day, count in begins:
        at = bins.place(day)
        if at < size:
            steps[max(at, 0)] += count
    for day, count in ends:
        at = bins.place(day)
        if at < size:
            steps[max(at + 1, 0)] -= count
    return list(accumulate(steps))[:size]


def within(bins: Bins, spans: Iterable[tuple[int, ...]]) -> list[int]:
    """Return for each bin how many spans lie wholly in it.

    `spans` are triples of a first day, a last day and the number of events.
    """
    counts = [0] * len(bins)
    for first, last, count in spans:
        at = bins.place(first)
        if 0 <= at < len(bins) and at == bins.place(last):
            counts[at] += count
    return counts
