"""What SQL can ask of dates: the days that one means, and whether it lies in a window."""

import sqlite3
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from datasette_event_timeline.sql.date_cells import edtf_of, read_date
from datasette_event_timeline.sql.stored_dates import first_day, last_day
from edtf_dates import EventDate

# Comparisons of a table whose dates are read as text are made again and again: once each for as
# many rows as such a table may have.
_REMEMBERED = 60_000
_LONGEST_REMEMBERED = 100


def register(connection: sqlite3.Connection) -> None:
    """Make the functions known to a connection. Each returns null for what it cannot read."""
    functions: dict[str, tuple[int, Callable[..., Any]]] = {
        "edtf_interval": (2, edtf_interval),
        "edtf_possibly": (2, edtf_possibly),
        "edtf_certainly": (2, edtf_certainly),
        "edtf_marked": (1, edtf_marked),
        "edtf_first_day": (1, edtf_first_day),
        "edtf_last_day": (1, edtf_last_day),
        "edtf_earliest_start": (1, lambda text: day_of(text, "earliest_start")),
        "edtf_latest_start": (1, lambda text: day_of(text, "latest_start")),
        "edtf_earliest_end": (1, lambda text: day_of(text, "earliest_end")),
        "edtf_latest_end": (1, lambda text: day_of(text, "latest_end")),
    }
    for name, (arguments, function) in functions.items():
        connection.create_function(name, arguments, function, deterministic=True)


def day_of(text: object, day: str) -> int | None:
    """Return one of a date's four days as an ordinal; null too for an end that is open."""
    date = read_date(text)
    found: int | None = getattr(date, day) if date else None
    return found


def edtf_first_day(text: object) -> int | None:
    """Return the first day that anything says of the date, as an ordinal."""
    date = read_date(text)
    return first_day(date) if date else None


def edtf_last_day(text: object) -> int | None:
    """Return the last day that anything says of the date, as an ordinal."""
    date = read_date(text)
    return last_day(date) if date else None


def edtf_interval(start: object, end: object) -> object:
    """Return the interval between two cells; the start alone where the end is blank or equal."""
    if end is None or end == "" or end == start:
        return start
    first, last = edtf_of(start), edtf_of(end)
    if first == last or last == "":
        return start
    return f"{'..' if first in (None, '') else first}/{last}"


def edtf_marked(text: object) -> int | None:
    """Return 1 if any part of the date is marked ?, ~ or %, else 0."""
    date = read_date(text)
    return None if date is None else int(date.approximate or date.uncertain)


def edtf_possibly(text: object, window: object) -> int | None:
    """Return 1 if some reading of the date overlaps the window, else 0 (EventDate.possibly)."""
    return _compared(_is_possibly, _is_possibly_remembered, text, window)


def edtf_certainly(text: object, window: object) -> int | None:
    """Return 1 if every reading of the date overlaps the window, else 0 (EventDate.certainly)."""
    return _compared(_is_certainly, _is_certainly_remembered, text, window)


_Comparison = Callable[[object, object], int | None]


def _compared(
    compare: _Comparison, compare_or_remember: _Comparison, text: object, window: object
) -> int | None:
    are_short = all(
        not isinstance(cell, str | bytes) or len(cell) <= _LONGEST_REMEMBERED
        for cell in (text, window)
    )
    return (compare_or_remember if are_short else compare)(text, window)


def _is_possibly(text: object, window: object) -> int | None:
    date, within = read_date(text), read_date(window)
    if date is None or within is None:
        return None
    return int(not _are_apart(date, within) and date.possibly(within))


def _is_certainly(text: object, window: object) -> int | None:
    date, within = read_date(text), read_date(window)
    if date is None or within is None:
        return None
    return int(not _are_apart(date, within) and date.certainly(within))


_is_possibly_remembered = lru_cache(maxsize=_REMEMBERED)(_is_possibly)
_is_certainly_remembered = lru_cache(maxsize=_REMEMBERED)(_is_certainly)


def _are_apart(date: EventDate, window: EventDate) -> bool:
    """Return whether one ends before the other begins: as most do, and soonest told."""
    return _is_before(date, window) or _is_before(window, date)


def _is_before(one: EventDate, other: EventDate) -> bool:
    end, start = one.latest_end, other.earliest_start
    return end is not None and start is not None and end < start
