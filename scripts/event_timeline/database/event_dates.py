"""Saves the dates of events, once for each distinct text, with spans and stretches."""

import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from datasette_event_timeline.sql.stored_dates import (
    DATE_COLUMNS,
    DATES,
    DAYS,
    NUMBER,
    STRETCH_COLUMNS,
    STRETCHES,
    row_of,
    stretch_rows,
)
from edtf_dates import OPEN_END, OPEN_START, EventDate, from_ordinal, parse_date

# The year of an event that may have begun in one year or another.
NOT_CERTAIN = "not certain"

# The spans of a date, for histograms that spread it over its days. They have no nulls: open and
# unknown ends are OPEN_START and OPEN_END. `joint`: 1 where the event covers all of the spans.
SPANS = "date_spans"
SPAN_COLUMNS = ("date", "span", *DAYS, "joint", "start_unknown", "end_unknown")

_COLUMNS = {DATES: DATE_COLUMNS, STRETCHES: STRETCH_COLUMNS, SPANS: SPAN_COLUMNS}


class EventDates:
    """Numbers the dates of a build in the order in which they first occur."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._unsaved: list[tuple[int, EventDate]] = []

    def cells(self, date: EventDate) -> dict[str, Any]:
        """Return the values of an event's columns that follow from its date, by column."""
        number = self._numbers.get(date.text)
        if number is None:
            number = self._numbers[date.text] = len(self._numbers) + 1
            self._unsaved.append((number, date))
        return {NUMBER: number, **_derived(date.text)}

    def save(self, connection: sqlite3.Connection) -> dict[str, int]:
        """Save the dates that are new since the last call; return the number of rows by table."""
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
        for number, date in self._unsaved:
            rows[DATES].append(row_of(number, date))
            rows[STRETCHES].extend(stretch_rows(number, date))
            rows[SPANS].extend(_span_rows(number, date))
        self._unsaved.clear()
        for table, names in _COLUMNS.items():
            marks = ", ".join("?" * len(names))
            sql = f"insert into {table} ({', '.join(names)}) values ({marks})"  # noqa: S608  # names of ours
            connection.executemany(sql, rows[table])
        return {table: len(found) for table, found in rows.items()}


# Events are saved in the order of time, so that equal dates are near each other.
@lru_cache(maxsize=1_000)
def _derived(text: str) -> dict[str, Any]:
    date = parse_date(text)
    return {
        "date_words": date.describe(),
        "year": year_of(date),
        "precision": date.precision,
        "approximate": int(date.approximate),
        "uncertain": int(date.uncertain),
        "earliest_start": date.earliest_start,
        "latest_start": date.latest_start,
        "earliest_end": date.earliest_end,
        "latest_end": date.latest_end,
    }


def year_of(date: EventDate) -> str:
    """Return the year in which an event certainly began, or `not certain`.

    An event that covers all its spans began with the first of them.
    """
    earliest = [span.earliest_start for span in date.readings]
    latest = [span.latest_start for span in date.readings]
    if None in earliest or None in latest:
        return NOT_CERTAIN
    last = (min if date.relation == "all of" else max)(day for day in latest if day is not None)
    first = min(day for day in earliest if day is not None)
    year = from_ordinal(first)[0]
    if from_ordinal(last)[0] != year:
        return NOT_CERTAIN
    return str(year) if year > 0 else f"{1 - year} BCE"


def _span_rows(number: int, date: EventDate) -> Iterator[tuple[int, ...]]:
    """Yield the rows of `date_spans` for a date."""
    joint = date.relation == "all of" or len(date.spans) == 1
    for n, span in enumerate(date.spans, 1):
        yield (
            number,
            n,
            _start(span.earliest_start),
            _end(span.latest_start),
            _start(span.earliest_end),
            _end(span.latest_end),
            int(joint),
            int(date.start_unknown),
            int(date.end_unknown),
        )


def _start(day: int | None) -> int:
    return OPEN_START if day is None else day


def _end(day: int | None) -> int:
    return OPEN_END if day is None else day
