"""Numbers in the cells of any table, for SQL: as numbers, or as texts that a person typed."""

import re
import sqlite3
from math import isfinite

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def register(connection: sqlite3.Connection) -> None:
    """Make `plain_number(cell)` known to a connection."""
    connection.create_function("plain_number", 1, read_number, deterministic=True)


def read_number(cell: object) -> int | float | None:
    """Return the number that a cell holds; None for what is none, or not finite.

    A text may have blanks around its number. One such as `84,210` is no number: it is 84210 to
    some, and 84.21 to others.
    """
    if isinstance(cell, str):
        text = cell.strip()
        if not _NUMBER.fullmatch(text):
            return None
        cell = float(text)
    return cell if isinstance(cell, int | float) and isfinite(cell) else None
