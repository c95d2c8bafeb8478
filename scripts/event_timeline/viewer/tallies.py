"""Bins of a table without derived days, counted by SQLite as it passes over the rows."""

import json
import sqlite3
from collections import Counter, defaultdict

from event_timeline.dates import TEXT_LIMIT, EventDate
from event_timeline.viewer.bins import Bins, bins_by, under_way, within
from event_timeline.viewer.functions import read_date

# Days for ends that are open: beyond every window that can be shown.
_FAR = 10**15


def register(connection: sqlite3.Connection) -> None:
    """Make `edtf_bins(date, unit, first_day, last_day)` known to a connection: an aggregate.

    It answers with how many of the dates can be, and must be, under way in each of `bins_by`,
    `{"possible": [...], "certain": [...]}`; with null where there are no such bins.
    """
    # The types of the standard library know aggregates of one argument.
    connection.create_aggregate("edtf_bins", 4, _Aggregate)  # type: ignore[arg-type]


class _Aggregate:
    """What SQLite makes for each group of rows: the dates, and how often each occurs."""

    def __init__(self) -> None:
        self._counts: Counter[object] = Counter()
        self._asked: tuple[object, object, object] = ("", None, None)

    def step(self, cell: object, unit: object, first: object, last: object) -> None:
        # What is no date counts nowhere, and may be as long as whoever asked SQL has made it.
        if not isinstance(cell, str | bytes) or len(cell) <= TEXT_LIMIT:
            self._counts[cell] += 1
        self._asked = (unit, first, last)

    def finalize(self) -> str | None:
        bins = _bins_asked(*self._asked)
        if bins is None:
            return None
        tally = Tally()
        for cell, count in self._counts.items():
            date = read_date(cell)
            if date is not None:
                tally.add(date, count)
        return json.dumps(tally.over(bins))


def _bins_asked(unit: object, first: object, last: object) -> Bins | None:
    """Return the bins, if there are any such: whoever may ask SQL may ask for anything."""
    if not (isinstance(unit, str) and isinstance(first, int) and isinstance(last, int)):
        return None
    try:
        return bins_by(unit, first, last)
    except ValueError:
        return None


class Tally:
    """The days on which events begin and end, with how many do."""

    def __init__(self) -> None:
        self._begins: defaultdict[int, int] = defaultdict(int)
        self._ends: defaultdict[int, int] = defaultdict(int)
        self._core_begins: defaultdict[int, int] = defaultdict(int)
        self._core_ends: defaultdict[int, int] = defaultdict(int)
        self._unsure: defaultdict[tuple[int, int], int] = defaultdict(int)

    def add(self, date: EventDate, count: int = 1) -> None:
        """Add so many events of a date; a date without any day is not under way anywhere."""
        start, end = date.earliest_start, date.latest_end
        if start is None and end is None:
            return
        self._begins[-_FAR if start is None else start] += count
        self._ends[_FAR if end is None else end] += count
        if not (date.approximate or date.uncertain):
            self._add_core(date.latest_start, date.earliest_end, count)

    def _add_core(self, first: int | None, last: int | None, count: int) -> None:
        if first is None or last is None:
            return
        if first <= last:
            self._core_begins[first] += count
            self._core_ends[last] += count
        else:
            self._unsure[last, first] += count

    def over(self, bins: Bins) -> dict[str, list[int]]:
        """Return how many events can be, and must be, under way in each bin.

        A date marked ?, ~ or % counts as possible only.
        """
        sure = under_way(bins, self._core_begins.items(), self._core_ends.items())
        inside = within(bins, ((first, last, n) for (first, last), n in self._unsure.items()))
        return {
            "possible": under_way(bins, self._begins.items(), self._ends.items()),
            "certain": [a + b for a, b in zip(sure, inside, strict=True)],
        }
