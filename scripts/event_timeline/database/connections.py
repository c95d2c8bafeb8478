"""Connections to databases that may be damaged: what SQLite says of them is always a sqlite3.Error.

SQLite quotes a damaged schema in its messages. Python's sqlite3 reads every message as UTF-8 and,
where a byte is none, raises UnicodeDecodeError in place of the error.
"""

import sqlite3
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


class DamagedError(sqlite3.DatabaseError):
    """The database is damaged; has SQLite's code for that, whoever found it."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def connect(database: str | Path, **options: Any) -> sqlite3.Connection:
    """Return a connection like that of sqlite3.connect, whose errors are sqlite3.Error.

    A message that is not UTF-8 becomes a DamagedError, its bytes spelled as in `\\xff`.
    """
    return sqlite3.connect(database, factory=_Connection, **options)


def _with_readable_message(method: Callable[_P, _T]) -> Callable[_P, _T]:
    @wraps(method)
    def call(*arguments: _P.args, **options: _P.kwargs) -> _T:
        try:
            return method(*arguments, **options)
        except UnicodeDecodeError as error:
            raise DamagedError(error.object.decode("utf-8", "backslashreplace")) from error

    return call


class _Cursor(sqlite3.Cursor):
    execute = _with_readable_message(sqlite3.Cursor.execute)
    fetchone = _with_readable_message(sqlite3.Cursor.fetchone)
    fetchall = _with_readable_message(sqlite3.Cursor.fetchall)

    @_with_readable_message
    def __next__(self) -> Any:
        return super().__next__()


class _Connection(sqlite3.Connection):
    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    # That of sqlite3 makes its cursor without asking `cursor`.
    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        cursor: sqlite3.Cursor = self.cursor().execute(sql, parameters)
        return cursor
