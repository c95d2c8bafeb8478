"""Runs one SQL statement within limits of time, rows and bytes.

The server and the process for visitors' SQL both run statements this way, so nothing here may
import Datasette.
"""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii
from typing import Any

# Of a page of HTML that shows an answer.
MOST_PAGE_ROWS = 100
# Of an answer as it is read from SQLite.
LARGEST_ANSWER_BYTES = 32_000_000
# Half of what an answer may have, for a hundred columns of ten thousand rows of numbers.
_CELL_BYTES = 16
_BYTES_AT_ONCE = 500_000
# SQLite calls back after so many instructions of its virtual machine.
_INSTRUCTIONS = 1_000

Values = Mapping[str, Any] | Sequence[Any]


class AnswerTooLargeError(sqlite3.OperationalError):
    """The answer has more bytes than the site allows."""


@dataclass(frozen=True)
class Statement:
    """A statement to run: for so many milliseconds, and so many rows if `most_rows` is given."""

    sql: str
    values: Values
    most_ms: int
    most_rows: int | None = None


def run(connection: sqlite3.Connection, statement: Statement) -> Iterator[Any]:
    """Yield the names of the columns (None if there are none), then rows in lists.

    A row more than `most_rows` is read, so that whoever reads knows whether there are more.
    Raises sqlite3.OperationalError "interrupted" when the time is over, AnswerTooLargeError,
    and what SQLite raises.
    """
    with time_limit(connection, statement.most_ms):
        cursor = connection.execute(statement.sql, statement.values)
        names = cursor.description and [column[0] for column in cursor.description]
        yield names
        # JSON has the names in every row.
        named = sum(map(len, names or ()))
        rows: list[Any] = []
        size, held = 0, 0
        for number, row in enumerate(cursor):
            weight = named + _weigh(row)
            size, held = size + weight, held + weight
            if size > LARGEST_ANSWER_BYTES:
                cursor.close()
                most = LARGEST_ANSWER_BYTES // 1_000_000
                raise AnswerTooLargeError(f"the answer is larger than {most} MB: ask for less")
            rows.append(row)
            if number == statement.most_rows:
                break
            if held > _BYTES_AT_ONCE:
                yield rows
                rows, held = [], 0
        yield rows


def _weigh(row: Any) -> int:
    """Return about how many bytes a row takes, as it is read and as it is sent."""
    return sum(_CELL_BYTES + _length(cell) for cell in row)


def _length(cell: object) -> int:
    """Return how many bytes JSON has for a text or, in base64, for bytes."""
    if type(cell) is str:
        return len(encode_basestring_ascii(cell))
    return len(cell) * 4 // 3 if type(cell) is bytes else 0


@contextmanager
def time_limit(connection: sqlite3.Connection, most_ms: int) -> Iterator[None]:
    """Have SQLite interrupt what runs on a connection after so many milliseconds."""
    end = time.monotonic() + most_ms / 1000
    connection.set_progress_handler(lambda: time.monotonic() > end, _INSTRUCTIONS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, _INSTRUCTIONS)
