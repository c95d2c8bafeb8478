"""Counts of events per calendar unit: what a timeline shows where single marks would not fit."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise
from sys import getsizeof

from edtf_dates import from_ordinal, ordinal

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
    first, last = sorted((first, last))
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
    first, last = sorted((first, last))
    found = range(first, last + 2) if unit == "day" else _unit_edges(first, last, _MONTHS[unit])
    edges = tuple(islice(found, MOST_BINS + 2))
    if len(edges) - 1 > MOST_BINS:
        raise ValueError(f"more than {MOST_BINS} bins: choose a longer unit than the {unit}")
    return Bins(unit, edges)


def _unit_edges(first: int, last: int, months: int) -> Iterator[int]:
    years, rest = divmod(months, 12)
    return (
        _month_edges(first, last, months) if rest or years == 1 else _year_edges(first, last, years)
    )


def _year_edges(first: int, last: int, years: int) -> Iterator[int]:
    """Yield the first days of decades, centuries, ... as people count them.

    The 8th century BCE is 800 to 701 BCE; the years 1 to 9 are shorter than a decade.
    """
    year, _, _ = from_ordinal(first)
    number = year // years if year > 0 else -((years - year) // years)
    edge = _first_day_of(number, years)
    while edge <= last:
        yield edge
        number += 1
        edge = _first_day_of(number, years)
    yield edge


def _first_day_of(number: int, years: int) -> int:
    """Return the first day of a decade, a century, ... by its number; 0 begins with the year 1."""
    # In EDTF the year 0 is 1 BCE, so that -799 is 800 BCE.
    year = number * years if number > 0 else number * years + 1
    return ordinal(year, 1, 1)


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


class Steps:
    """A number that grows with the days: so many events have begun, or ended, by each."""

    def __init__(self, counts: Mapping[int, int]) -> None:
        """`counts` has of each day how many events begin or end on it."""
        self._days = array("q", sorted(counts))
        self._sums = array("q", accumulate((counts[day] for day in self._days), initial=0))

    def __sizeof__(self) -> int:
        """Return the bytes of the arrays too."""
        return object.__sizeof__(self) + getsizeof(self._days) + getsizeof(self._sums)

    def by(self, day: int) -> int:
        """Return how many there are on a day and before it."""
        return self._sums[bisect_right(self._days, day)]


def under_way(bins: Bins, begins: Steps, ends: Steps) -> list[int]:
    """Return for each bin how many reach into it of what begins and ends by these steps.

    Open ends are days far outside the bins. Nothing may end before it begins.
    """
    return [begins.by(after - 1) - ends.by(first - 1) for first, after in pairwise(bins.edges)]


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
