"""How many events are under way in each bin: stretches of dates, counted once for any window."""

import json
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial
from sys import getsizeof

from datasette_event_timeline.sql.bins import Bins, Steps, bins_by, under_way, within
from datasette_event_timeline.sql.date_cells import read_date
from edtf_dates import EventDate, Stretch, count_once

# A triple of numbers in a tuple of them.
_INSIDE_BYTES = 170
# What different dates may take until they are counted: more than the dates do of the largest
# table whose dates are read as text, which has 50,000 rows.
MOST_BYTES = 32_000_000
# What a date takes beside its text and its stretches, and what a stretch takes.
_DATE_BYTES = 300
_STRETCH_BYTES = 150


def register(connection: sqlite3.Connection, most_bytes: int = MOST_BYTES) -> None:
    """Make `edtf_bins(date, unit, first_day, last_day)` known to a connection: an aggregate.

    It answers with how many of the dates can be, and must be, under way in each of `bins_by`,
    `{"possible": [...], "certain": [...]}`; with null where there are no such bins.

    The different dates that it holds at a time may take `most_bytes`; more raise MemoryError.
    """
    # The types of the standard library know classes alone, of one argument.
    connection.create_aggregate("edtf_bins", 4, partial(_Aggregate, _Room(most_bytes)))  # type: ignore[arg-type]


class _Room:
    """What the aggregates of a connection may hold: one statement can have many."""

    def __init__(self, most_bytes: int) -> None:
        self._bytes = most_bytes

    def take(self, needed: int) -> None:
        """Take room of so many bytes; raises MemoryError if there is none."""
        if needed > self._bytes:
            raise MemoryError
        self._bytes -= needed

    def give_back(self, taken: int) -> None:
        self._bytes += taken


class _Aggregate:
    """What SQLite makes for each group of rows: what its dates mean, and how often each occurs.

    SQLite looks at the clock between rows, and at none in `finalize`, which it calls of what
    was interrupted too. So each date is read when its first row comes.
    """

    def __init__(self, room: _Room) -> None:
        self._room = room
        self._taken = 0
        self._dates: dict[object, tuple[tuple[Stretch, int], ...]] = {}
        self._counts: Counter[object] = Counter()
        self._asked: tuple[object, object, object] = ("", None, None)

    def step(self, cell: object, unit: object, first: object, last: object) -> None:
        self._asked = (unit, first, last)
        if cell in self._dates or self._keep(cell):
            self._counts[cell] += 1

    def _keep(self, cell: object) -> bool:
        """Keep what a cell means, and tell whether it is a date."""
        date = read_date(cell)
        if date is None:
            return False
        stretches = tuple(count_once(date.stretches))
        needed = _DATE_BYTES + getsizeof(cell) + _STRETCH_BYTES * len(stretches)
        self._room.take(needed)
        self._taken += needed
        self._dates[cell] = stretches
        return True

    def finalize(self) -> str | None:
        self._room.give_back(self._taken)
        bins = _bins_asked(*self._asked)
        if bins is None:
            return None
        tally = Tally()
        for cell, stretches in self._dates.items():
            for stretch, weight in stretches:
                tally.add_stretch(*stretch, weight * self._counts[cell])
        return json.dumps(tally.counts().over(bins))


def _bins_asked(unit: object, first: object, last: object) -> Bins | None:
    """Return the bins, if there are any such: whoever may ask SQL may ask for anything."""
    if not (isinstance(unit, str) and isinstance(first, int) and isinstance(last, int)):
        return None
    try:
        return bins_by(unit, first, last)
    except ValueError:
        return None


@dataclass(frozen=True)
class _Reach:
    """Stretches with weights: those of some days, and those that only a window around them has.

    `inside` are triples of the first and the last day that the window must have, and a weight.
    """

    firsts: Steps
    lasts: Steps
    inside: tuple[tuple[int, int, int], ...]

    def __sizeof__(self) -> int:
        """Return the bytes of all that it is made of, as of a text."""
        return getsizeof(self.firsts) + getsizeof(self.lasts) + len(self.inside) * _INSIDE_BYTES

    def over(self, bins: Bins) -> list[int]:
        """Return the sum of the weights that reach each bin."""
        days = under_way(bins, self.firsts, self.lasts)
        return [a + b for a, b in zip(days, within(bins, self.inside), strict=True)]


@dataclass(frozen=True)
class Counts:
    """All that the bins of events are made of, for any window."""

    possible: _Reach
    certain: _Reach

    def __sizeof__(self) -> int:
        return getsizeof(self.possible) + getsizeof(self.certain)

    def over(self, bins: Bins) -> dict[str, list[int]]:
        """Return how many events can be, and must be, under way in each bin."""
        return {"possible": self.possible.over(bins), "certain": self.certain.over(bins)}


class Tally:
    """Takes events one by one, or many of one date, and counts their stretches."""

    def __init__(self) -> None:
        self._possible, self._certain = _Sums(), _Sums()

    def add(self, date: EventDate, count: int = 1) -> None:
        """Add so many events of a date."""
        for stretch, weight in count_once(date.stretches):
            self.add_stretch(*stretch, weight * count)

    def add_stretch(self, first: int, last: int, certain: object, weight: int) -> None:
        """Add a stretch of so many events; a weight below zero where two stretches share it."""
        (self._certain if certain else self._possible).add(first, last, weight)

    def counts(self) -> Counts:
        """Return what was counted so far."""
        return Counts(self._possible.reach(), self._certain.reach())


class _Sums:
    """Sums of weights by the days at which stretches begin and end."""

    def __init__(self) -> None:
        self._firsts: defaultdict[int, int] = defaultdict(int)
        self._lasts: defaultdict[int, int] = defaultdict(int)
        self._inside: defaultdict[tuple[int, int], int] = defaultdict(int)

    def add(self, first: int, last: int, weight: int) -> None:
        if first > last:
            self._inside[last, first] += weight
        else:
            self._firsts[first] += weight
            self._lasts[last] += weight

    def reach(self) -> _Reach:
        inside = tuple((first, last, weight) for (first, last), weight in self._inside.items())
        return _Reach(Steps(self._firsts), Steps(self._lasts), inside)
