"""What SQL makes of the cells of dates of any table: EDTF, the time of day, or what is wrong."""

import sqlite3
from functools import lru_cache
from typing import NamedTuple

from edtf_dates.cells import CellError, Reading, read_cells

# Each row is read again for each question: once for as many rows as such a table may have.
_REMEMBERED = 60_000
_LONGEST_REMEMBERED = 200

MISSING = "missing"


class Read(NamedTuple):
    """A date as text, the times of its beginning and end in seconds, or what is wrong with it."""

    text: str | None
    start_time: int | None = None
    end_time: int | None = None
    problem: str | None = None


def register(connection: sqlite3.Connection) -> None:
    """Make the functions known to a connection.

    Each takes a `Reading` as JSON and the cells that it names the roles of.
    """
    functions = {
        "event_date": lambda *given: read(*given).text,
        "event_start_time": lambda *given: read(*given).start_time,
        "event_end_time": lambda *given: read(*given).end_time,
        "event_date_problem": lambda *given: read(*given).problem,
    }
    for name, function in functions.items():
        connection.create_function(name, -1, function, deterministic=True)


def read(reading: str, *cells: object) -> Read:
    """Return what a reading, as JSON, makes of the cells of one row."""
    are_short = all(
        not isinstance(cell, str | bytes) or len(cell) <= _LONGEST_REMEMBERED for cell in cells
    )
    return (_read_or_remember if are_short else _read)(reading, cells)


def _read(reading: str, cells: tuple[object, ...]) -> Read:
    try:
        found = read_cells(_reading(reading), cells)
    except CellError as error:
        return Read(None, problem=str(error))
    if found is None:
        return Read(None, problem=MISSING)
    return Read(found.text, *found.times)


_read_or_remember = lru_cache(maxsize=_REMEMBERED)(_read)
_reading = lru_cache(maxsize=100)(Reading.from_json)
