"""The days on which events begin and end, counted once for the bins of any window."""

import json
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial
from sys import getsizeof

from datasette_event_timeline.sql.bins import Bins, Steps, bins_by, under_way, within
from datasette_event_timeline.sql.functions import read_date
from edtf_dates import EventDate

# The earliest and the latest day of a beginning, then those of an end.
FourDays = tuple[int | None, int | None, int | None, int | None]

# Days for ends that are open: beyond every window that can be shown.
_FAR = 10**15
# A triple of numbers in a tuple of them.
_UNSURE_BYTES = 170
# What different dates may take until they are counted: more than the dates do of the largest
# table whose dates are read as text, which has 50,000 rows.
_MOST_BYTES = 32_000_000
# What a date takes beside its text: four numbers in a tuple, and two places to find it.
_DATE_BYTES = 450


def register(connection: sqlite3.Connection) -> None:
    """Make `edtf_bins(date, unit, first_day, last_day)` known to a connection: an aggregate.

    It answers with how many of the dates can be, and must be, under way in each of `bins_by`,
    `{"possible": [...], "certain": [...]}`; with null where there are no such bins.
    """
    # The types of the standard library know classes alone, of one argument.
    connection.create_aggregate("edtf_bins", 4, partial(_Aggregate, _Room()))  # type: ignore[arg-type]


class _Room:
    """What the aggregates of a connection may hold: one statement can have many."""

    def __init__(self) -> None:
        self._bytes = _MOST_BYTES

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
        self._dates: dict[object, tuple[FourDays, bool]] = {}
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
        needed = _DATE_BYTES + getsizeof(cell)
        self._room.take(needed)
        self._taken += needed
        self._dates[cell] = _four_days(date), date.approximate or date.uncertain
        return True

    def finalize(self) -> str | None:
        self._room.give_back(self._taken)
        bins = _bins_asked(*self._asked)
        if bins is None:
            return None
        tally = Tally()
        for cell, (days, is_marked) in self._dates.items():
            tally.add_days(days, is_marked, self._counts[cell])
        return json.dumps(tally.days().over(bins))


def _four_days(date: EventDate) -> FourDays:
    return date.earliest_start, date.latest_start, date.earliest_end, date.latest_end


def _bins_asked(unit: object, first: object, last: object) -> Bins | None:
    """Return the bins, if there are any such: whoever may ask SQL may ask for anything."""
    if not (isinstance(unit, str) and isinstance(first, int) and isinstance(last, int)):
        return None
    try:
        return bins_by(unit, first, last)
    except ValueError:
        return None


@dataclass(frozen=True)
class Days:
    """When events begin and end: all that their bins are made of, for any window.

    `begins` and `ends` are as early and as late as can be; the cores of dates lie between
    `core_begins` and `core_ends`. `unsure` are triples of the first and the last day of a date
    without a core, and how many have it.
    """

    begins: Steps
    ends: Steps
    core_begins: Steps
    core_ends: Steps
    unsure: tuple[tuple[int, int, int], ...]

    def __sizeof__(self) -> int:
        """Return the bytes of all that it is made of, as of a text."""
        steps = (self.begins, self.ends, self.core_begins, self.core_ends)
        return sum(map(getsizeof, steps)) + len(self.unsure) * _UNSURE_BYTES

    def over(self, bins: Bins) -> dict[str, list[int]]:
        """Return how many events can be, and must be, under way in each bin.

        A date marked ?, ~ or % counts as possible only.
        """
        sure = under_way(bins, self.core_begins, self.core_ends)
        inside = within(bins, self.unsure)
        return {
            "possible": under_way(bins, self.begins, self.ends),
            "certain": [a + b for a, b in zip(sure, inside, strict=True)],
        }


class Tally:
    """Takes events one by one, or many of one date, and counts the days."""

    def __init__(self) -> None:
        self._begins: defaultdict[int, int] = defaultdict(int)
        self._ends: defaultdict[int, int] = defaultdict(int)
        self._core_begins: defaultdict[int, int] = defaultdict(int)
        self._core_ends: defaultdict[int, int] = defaultdict(int)
        self._unsure: defaultdict[tuple[int, int], int] = defaultdict(int)

    def add(self, date: EventDate, count: int = 1) -> None:
        """Add so many events of a date; a date without any day is not under way anywhere."""
        self.add_days(_four_days(date), date.approximate or date.uncertain, count)

    def add_days(self, days: FourDays, is_marked: object, count: int) -> None:
        """Add so many events whose date means these four days, None where an end is open."""
        start, latest_start, earliest_end, end = days
        if start is None and end is None:
            return
        self._begins[-_FAR if start is None else start] += count
        self._ends[_FAR if end is None else end] += count
        if is_marked or latest_start is None or earliest_end is None:
            return
        if latest_start <= earliest_end:
            self._core_begins[latest_start] += count
            self._core_ends[earliest_end] += count
        else:
            self._unsure[earliest_end, latest_start] += count

    def days(self) -> Days:
        """Return what was counted so far."""
        return Days(
            begins=Steps(self._begins),
            ends=Steps(self._ends),
            core_begins=Steps(self._core_begins),
            core_ends=Steps(self._core_ends),
            unsure=tuple((first, last, count) for (first, last), count in self._unsure.items()),
        )
