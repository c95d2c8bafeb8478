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
from math import ceil
from typing import Any

from datasette_event_timeline.queries.errors import AnswerTooLargeError

# No value, and no row in a sorter, is larger. A row of the curated files has at most 1,000,000.
LARGEST_VALUE_BYTES = 2_000_000
LARGEST_ANSWER_BYTES = 32_000_000
# What SQLite itself may hold, caches and all, in the whole process.
# One sort holds no more; SQLite cannot be interrupted in it, and it grows with what is sorted.
SQLITE_MEMORY_BYTES = 128_000_000
# Beyond Datasette's own limit, so that its message comes first where it can.
GRACE_SECONDS = 0.5

# Such that a list of a thousand values in a filter, as many filters as an
# address may have, and the widest table still pass.
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LARGEST_VALUE_BYTES,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 200_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 1_000,
    # SQLite compares a pattern anew at every character of a text.
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,
    # Each further argument of json_extract is a path that is walked from the beginning.
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 50,
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

    From then on a statement raises one of TOO_MUCH (queries/errors.py) for what is too large or
    too slow as it is read, and sqlite3.OperationalError for what is too complex as it is compiled.
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
    connection.set_authorizer(_authorize)
    _watch(scales)


def _authorize(action: int, name: str | None, further: str | None, *_: object) -> int:
    """Tell SQLite, as it compiles a statement, whether this may be a part of it."""
    # It has the SQL of others who ask on the connection. Each column of it is null.
    if action == sqlite3.SQLITE_READ and name == "sqlite_stmt":
        return sqlite3.SQLITE_IGNORE
    # It answers with an address in the process, or takes any number for one and goes there.
    if action == sqlite3.SQLITE_FUNCTION and further == "fts3_tokenizer":
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


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
        if _is_inner(sql):
            return
        self._bytes = 0
        is_change = sql.lstrip()[:7].lower().startswith(_CHANGES)
        with self._lock:
            self._due = float("inf") if is_change else time.monotonic() + self._most_seconds

    def read_text(self, data: bytes) -> str:
        """Return a text as Datasette reads it: what is not UTF-8 is shown as such."""
        self._bytes += len(data)
        # Not refused before its row is read, which knows the statement that is to end.
        return "" if self._is_too_large() else str(data, "utf-8", "replace")

    def read_row(self, cursor: sqlite3.Cursor, cells: tuple[Any, ...]) -> sqlite3.Row:
        blobs = sum(len(cell) for cell in cells if type(cell) is bytes)
        self._bytes += blobs + _CELL_BYTES * len(cells)
        if self._is_too_large():
            # As long as a traceback holds a statement that was interrupted, SQLite
            # interrupts all that is asked of its connection.
            cursor.close()
            most = LARGEST_ANSWER_BYTES // 1_000_000
            raise AnswerTooLargeError(f"the answer is larger than {most} MB: ask for less")
        return sqlite3.Row(cursor, cells)

    def _is_too_large(self) -> bool:
        return self._bytes > LARGEST_ANSWER_BYTES

    def interrupt_overdue(self, now: float) -> None:
        """End the statement if it is overdue; nothing happens if it has ended by itself."""
        with self._lock:
            if now < self._due:
                return
            self._due = float("inf")
            with suppress(sqlite3.ProgrammingError):
                self._connection.interrupt()


def _is_inner(sql: str) -> bool:
    """Tell whether SQLite asks a statement of its own while another runs, as a search does.

    It reports such a one with a mark before each line, which ends at a line feed and nowhere
    else. Nobody else's is so: without a line that is no comment it would be no statement.
    """
    return all(line.startswith("-- ") for line in sql.rstrip("\n").split("\n"))


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

# Functions whose time grows with a product of lengths, how many values each takes (-1 for any
# number), and how large the product of the first two lengths together and the second may be.
_SLOW = {
    ("instr", 2): 100_000_000,
    ("replace", 3): 100_000_000,
    ("trim", 2): 10_000_000,
    ("ltrim", 2): 10_000_000,
    ("rtrim", 2): 10_000_000,
    # What is merged is looked up among all names so far, its own too.
    ("json_patch", 2): 1_000_000_000,
    # A format spells the moment out anew at each of its signs.
    ("strftime", -1): 200_000,
}


def _replace_slow_functions(connection: sqlite3.Connection) -> None:
    """Make SQLite's slow functions refuse texts that they take over a tenth of a second for."""
    native = sqlite3.connect(":memory:", check_same_thread=False)
    native.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE_BYTES)
    for (name, number), most in _SLOW.items():
        function = partial(_refuse_or_ask, native, name, most)
        connection.create_function(name, number, function, deterministic=True)


def _refuse_or_ask(native: sqlite3.Connection, name: str, most: int, *values: Any) -> Any:
    """Return what SQLite's own function does; raises ValueError for texts too long together."""
    first, second = [*map(_length, values), 1, 1][:2]
    if (first + second) * second > most:
        raise ValueError("these texts are too long to be compared")
    marks = ", ".join("?" * len(values))
    return native.execute(f"select {name}({marks})", values).fetchone()[0]


def _length(value: object) -> int:
    return len(value) if isinstance(value, str | bytes) else 1


# What a statement is made of

MOST_SQL_CHARACTERS = 20_000
# What one row may take, if each step of it were given the largest values there can be.
MOST_MILLISECONDS = 2_500
# What each step then takes: more than was measured on values of 2 MB.
_ARITHMETIC_MS = 9.0
_AGGREGATE_MS = 3.0
_COMPARISON_MS = 2.0
_VIRTUAL_MS = 25.0
_OTHER_STEP_MS = 0.2
_FUNCTION_CALLS = ("Function", "PureFunc")
_AGGREGATE_CALLS = ("AggStep", "AggInverse")
_STEP_MS = {
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Divide", "Remainder"), _ARITHMETIC_MS),
    **dict.fromkeys(("BitAnd", "BitOr", "BitNot", "ShiftLeft", "ShiftRight"), _ARITHMETIC_MS),
    **dict.fromkeys(_AGGREGATE_CALLS, _AGGREGATE_MS),
    **dict.fromkeys(("Eq", "Ne", "Lt", "Le", "Gt", "Ge", "If", "IfNot"), _COMPARISON_MS),
    **dict.fromkeys(("Not", "IsTrue", "Cast", "Affinity", "Concat", "MakeRecord"), _COMPARISON_MS),
    **dict.fromkeys(("VFilter", "VColumn"), _VIRTUAL_MS),
}
_FUNCTION_MS = 30.0
_EDTF_MS = 100.0
_FUNCTIONS_MS = {
    "like": 500.0,
    "glob": 1_100.0,
    **dict.fromkeys(("json_extract", "json_set", "json_insert", "json_replace"), 140.0),
    "json_remove": 140.0,
    **dict.fromkeys(("printf", "format"), 100.0),
}


def check_statement(connection: sqlite3.Connection, sql: str) -> None:
    """Raise ValueError, in words, for a statement that one step of could take too long.

    SQLite looks at no clock within a row. So what a row can do is added up; what SQLite cannot
    compile is left for it to say.
    """
    if len(sql) > MOST_SQL_CHARACTERS:
        raise ValueError(f"SQL of more than {MOST_SQL_CHARACTERS:,} characters: write less")
    # SQLite does not say that it explains, so that the answer before would be weighed with it.
    connection.execute("select null").fetchone()
    with suppress(sqlite3.Error, sqlite3.Warning):
        steps = connection.execute(f"explain {sql}", _Nulls()).fetchall()
        needed = sum(_milliseconds(step["opcode"], step["p4"]) for step in steps)
        if needed > MOST_MILLISECONDS:
            seconds = ceil(needed / 100) / 10  # rounded up: it is more than what it is compared to
            raise ValueError(
                f"one row of this SQL could take {seconds} s, more than "
                f"{MOST_MILLISECONDS / 1000:.1f} s: write fewer functions, fewer LIKE or GLOB, "
                "or less arithmetic"
            )


def _milliseconds(step: str, operand: str | None) -> float:
    """Return what a step takes at most; the operand of a call is the function, as `like(2)`."""
    called = str(operand).partition("(")[0]
    if step in _FUNCTION_CALLS + _AGGREGATE_CALLS and called.startswith("edtf_"):
        return _EDTF_MS
    if step in _FUNCTION_CALLS:
        return _FUNCTIONS_MS.get(called, _FUNCTION_MS)
    return _STEP_MS.get(step, _OTHER_STEP_MS)


class _Nulls(dict[str, None]):
    """A value for every parameter that a statement may name."""

    def __missing__(self, name: str) -> None:
        return None
