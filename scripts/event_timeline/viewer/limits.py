"""What one question to the database may take: time, memory, and what it is made of.

Datasette ends a statement after `sql_time_limit_ms`, but looks at the clock between the steps
of SQLite alone, and nothing bounds what an answer holds. So every connection to the chronology
gets limits of SQLite's own; answers are weighed as they are read; a step that is overdue is
interrupted; and what one step could spend minutes on is refused before it begins. A server
bounds the memory of SQLite as a whole.
"""

import sqlite3
import threading
import time
import weakref
from contextlib import closing, suppress
from functools import partial
from typing import Any

# No value, and no row in a sorter, is larger. A row of the curated files has at most 1,000,000.
LARGEST_VALUE_BYTES = 2_000_000
LARGEST_ANSWER_BYTES = 32_000_000
# What SQLite itself may hold, caches and all, in the whole process.
SQLITE_MEMORY_BYTES = 256_000_000
# Beyond Datasette's own limit, so that its message comes first where it can.
GRACE_SECONDS = 0.5

# Such that a list of a thousand values in a filter, hundreds of filters, and the widest
# table still pass.
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LARGEST_VALUE_BYTES,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 200_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 1_000,
    # SQLite compares a pattern anew at every character of a text.
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 100,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 5_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 10,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
    # Steps of a compiled statement; SQLite makes room for 42, 84, and so on up to 10,752.
    sqlite3.SQLITE_LIMIT_VDBE_OP: 12_000,
}

# For a hundred columns of ten thousand rows of numbers, half of what an answer may have.
_CELL_BYTES = 16
# Statements that change a database may take their time: no visitor can ask for one.
_CHANGES = ("insert", "update", "delete", "replace", "create", "alter", "drop", "vacuum", "reindex")


def set_limits(connection: sqlite3.Connection, most_seconds: float) -> None:
    """Bound what each statement on a connection of Datasette's may take.

    Raises from then on, while a statement is compiled or read: sqlite3.DataError or
    sqlite3.OperationalError for what is too large or too slow.
    """
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    # What is sorted counts as memory; in files it could fill a disk.
    connection.execute("pragma temp_store = memory")
    scales = _Scales(connection, most_seconds + GRACE_SECONDS)
    connection.text_factory = scales.read_text
    connection.row_factory = scales.read_row
    connection.set_trace_callback(scales.begin)
    _replace_slow_functions(connection)
    _watch(scales)


def limit_memory() -> None:
    """Bound what SQLite holds in the whole process; it raises MemoryError for more.

    For a process that serves, because nothing but its end takes this back. A lower limit
    that is in force already stays.
    """
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"pragma hard_heap_limit = {SQLITE_MEMORY_BYTES}")


class _Scales:
    """Weighs what is read of one statement, and knows since when it runs."""

    def __init__(self, connection: sqlite3.Connection, most_seconds: float) -> None:
        self._connection = connection
        self._most_seconds = most_seconds
        self._lock = threading.Lock()
        self._due = float("inf")
        self._bytes = 0

    def begin(self, sql: str) -> None:
        """Note that a statement begins: the one before has been read, or never will be."""
        self._bytes = 0
        is_change = sql.lstrip()[:7].lower().startswith(_CHANGES)
        with self._lock:
            self._due = float("inf") if is_change else time.monotonic() + self._most_seconds

    def read_text(self, data: bytes) -> str:
        """Return a text as Datasette reads it: what is not UTF-8 is shown as such."""
        self._add(len(data))
        return str(data, "utf-8", "replace")

    def read_row(self, cursor: sqlite3.Cursor, cells: tuple[Any, ...]) -> sqlite3.Row:
        blobs = sum(len(cell) for cell in cells if type(cell) is bytes)
        self._add(blobs + _CELL_BYTES * len(cells))
        return sqlite3.Row(cursor, cells)

    def _add(self, more: int) -> None:
        self._bytes += more
        if self._bytes > LARGEST_ANSWER_BYTES:
            self._bytes = 0
            most = LARGEST_ANSWER_BYTES // 1_000_000
            raise sqlite3.OperationalError(f"the answer is larger than {most} MB: ask for less")

    def interrupt_overdue(self, now: float) -> None:
        """End the statement if it is overdue; nothing happens if it has ended by itself."""
        with self._lock:
            if now < self._due:
                return
            self._due = float("inf")
            with suppress(sqlite3.ProgrammingError):
                self._connection.interrupt()


class _Watch:
    """Looks for statements that are overdue, on a thread of its own, once there is any to watch."""

    def __init__(self) -> None:
        self._watched: weakref.WeakSet[_Scales] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, scales: _Scales) -> None:
        with self._lock:
            self._watched.add(scales)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="sql-watch", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(GRACE_SECONDS / 2):
            with self._lock:
                watched = list(self._watched)
            for scales in watched:
                scales.interrupt_overdue(time.monotonic())


_WATCH = _Watch()
_watch = _WATCH.add

# Functions that compare every part of one text with every part of another, how many texts each
# takes, and how large the product of the two longest may be.
_SLOW = {
    ("instr", 2): 100_000_000,
    ("replace", 3): 100_000_000,
    ("trim", 2): 10_000_000,
    ("ltrim", 2): 10_000_000,
    ("rtrim", 2): 10_000_000,
    ("json_patch", 2): 100_000_000,
}


def _replace_slow_functions(connection: sqlite3.Connection) -> None:
    """Make SQLite's slow functions refuse texts on which they would take more than a second."""
    native = sqlite3.connect(":memory:", check_same_thread=False)
    native.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE_BYTES)
    for (name, number), most in _SLOW.items():
        sql = f"select {name}({', '.join('?' * number)})"  # names of our own
        function = partial(_refuse_or_ask, native, sql, most)
        connection.create_function(name, number, function, deterministic=True)


def _refuse_or_ask(native: sqlite3.Connection, sql: str, most: int, *values: Any) -> Any:
    """Return what SQLite's own function does; raises ValueError for texts too long together."""
    lengths = [len(value) if isinstance(value, str | bytes) else 1 for value in values]
    if lengths[0] * lengths[1] > most:
        raise ValueError("these texts are too long to be compared")
    return native.execute(sql, values).fetchone()[0]


# What a statement is made of

MOST_SQL_CHARACTERS = 20_000
MOST_FUNCTIONS = 40
MOST_PATTERNS = 10
_PATTERNS = ("like(", "glob(")


def check_statement(connection: sqlite3.Connection, sql: str) -> None:
    """Raise ValueError, in words, for a statement that one step of could take too long.

    SQLite looks at no clock within a row. So the functions are counted that a row can call;
    what SQLite cannot compile is left for it to say.
    """
    if len(sql) > MOST_SQL_CHARACTERS:
        raise ValueError(f"SQL of more than {MOST_SQL_CHARACTERS:,} characters: write less")
    with suppress(sqlite3.Error, sqlite3.Warning):
        steps = connection.execute(f"explain {sql}", _Nulls()).fetchall()
        called = [step["p4"] for step in steps if step["opcode"] in ("Function", "PureFunc")]
        _check_called(called)


class _Nulls(dict[str, None]):
    """A value for every parameter that a statement may name."""

    def __missing__(self, name: str) -> None:
        return None


def _check_called(called: list[str]) -> None:
    patterns = sum(name.startswith(_PATTERNS) for name in called)
    for number, most, what in (
        (len(called), MOST_FUNCTIONS, "functions"),
        (patterns, MOST_PATTERNS, "comparisons by LIKE or GLOB"),
    ):
        if number > most:
            raise ValueError(f"SQL that calls {number} {what}, more than {most}: write less")
