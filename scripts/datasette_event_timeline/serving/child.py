"""The processes in which visitors' SQL runs, as the server sees them (worker.py is their side)."""

import asyncio
import json
import select
import sqlite3
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import IO, Any, NamedTuple, cast

from datasette_event_timeline.serving.statement import AnswerTooLargeError, Statement
from datasette_event_timeline.serving.worker import File, FileGoneError, packed, unpacked

# Beyond the time that the process keeps to itself: SQLite looks at no clock within a row.
GRACE_SECONDS = 0.5
_START_SECONDS = 10.0
_CHUNK_BYTES = 1_000_000
# JSON writes a byte of text as six at most.
_MOST_ANSWER_BYTES = 200_000_000
_WORKER = "datasette_event_timeline.serving.worker"
_ERRORS: Mapping[str, type[Exception]] = {
    error.__name__: error
    for error in (
        sqlite3.Warning,
        sqlite3.DatabaseError,
        sqlite3.DataError,
        sqlite3.IntegrityError,
        sqlite3.InterfaceError,
        sqlite3.InternalError,
        sqlite3.NotSupportedError,
        sqlite3.OperationalError,
        sqlite3.ProgrammingError,
        AnswerTooLargeError,
        FileGoneError,
        MemoryError,
        OverflowError,
    )
}


class Answer(NamedTuple):
    """The names of the columns, None for a statement that has none, and all rows."""

    columns: list[str] | None
    rows: list[sqlite3.Row]


class _OverdueError(Exception):
    """The process has said nothing in time, or too much."""


class Child:
    """One process for visitors' SQL: one statement after the other, killed for an overdue one.

    It is started when it is first asked, and again after it was killed. `modules` name what
    gives a connection its functions: each has `register(connection)`.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        self._modules = modules
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="visitors-sql")
        self._process: subprocess.Popen[bytes] | None = None
        # Requests that are answered with it just now.
        self.users = 0

    @contextmanager
    def used(self) -> Iterator[None]:
        """Count a request that is answered with it."""
        self.users += 1
        try:
            yield
        finally:
            self.users -= 1

    async def ask(self, file: File, statement: Statement) -> Answer:
        """Run a statement on a file.

        Raises sqlite3.OperationalError "interrupted" when the time is over, MemoryError when
        the process had no more, FileGoneError when another file is at the path and this one
        was not open yet, and what SQLite raises.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._ask, file, statement)

    def close(self) -> None:
        """End the process, once it has answered."""
        self._thread.submit(self._kill).result()

    def _ask(self, file: File, statement: Statement) -> Answer:
        question = {
            "file": file,
            "sql": statement.sql,
            "values": packed(statement.values),
            "most_ms": statement.most_ms,
            "most_rows": statement.most_rows,
        }
        try:
            found = self._exchange(question, statement.most_ms / 1000 + GRACE_SECONDS)
        except _OverdueError:
            self._kill()
            raise sqlite3.OperationalError("interrupted") from None
        except (EOFError, BrokenPipeError):
            # The system ends a process that asks for memory in a way SQLite cannot report.
            self._kill()
            raise MemoryError("the process for this SQL had no more memory") from None
        except BaseException:
            # What is left of the answer would be taken for that of the next question.
            self._kill()
            raise
        if isinstance(found, Exception):
            raise found
        return found

    def _exchange(self, question: Mapping[str, Any], most_seconds: float) -> Answer | Exception:
        process = self._started()
        _write(cast(IO[bytes], process.stdin), question)
        return _read_answer(_parts(cast(IO[bytes], process.stdout), most_seconds))

    def _started(self) -> subprocess.Popen[bytes]:
        """Return the process, started if it has ended; raises RuntimeError if it does not start."""
        if self._process is None or self._process.poll() is not None:
            self._kill()
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", _WORKER, *self._modules],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                # Ctrl-C in a terminal is for the server; a child ends with its standard input.
                process_group=0,
            )
            # With this object too, and with the server.
            self._end = weakref.finalize(self, _end, self._process)
            try:
                next(_parts(cast(IO[bytes], self._process.stdout), _START_SECONDS))
            except (EOFError, _OverdueError):
                raise RuntimeError("the process for visitors' SQL did not start") from None
        return self._process

    def _kill(self) -> None:
        if self._process is not None:
            self._process = None
            self._end()


def _end(process: subprocess.Popen[bytes]) -> None:
    with process:
        process.kill()


def _write(questions: IO[bytes], question: Mapping[str, Any]) -> None:
    left = memoryview(json.dumps(question).encode("ascii") + b"\n")
    while left:
        left = left[questions.write(left) or 0 :]


def _parts(answers: IO[bytes], most_seconds: float) -> Iterator[dict[str, Any]]:
    """Yield what a process says, part by part; raises _OverdueError, and EOFError at its end."""
    end = time.monotonic() + most_seconds
    said, read = bytearray(), 0
    waiting = select.poll()
    waiting.register(answers, select.POLLIN)
    while read < _MOST_ANSWER_BYTES:
        if not waiting.poll(max(0, end - time.monotonic()) * 1000):
            raise _OverdueError
        chunk = answers.read(_CHUNK_BYTES)
        if not chunk:
            raise EOFError
        read += len(chunk)
        said += chunk
        if b"\n" in chunk:
            *lines, said = said.split(b"\n")
            yield from map(json.loads, lines)
    raise _OverdueError


def _read_answer(parts: Iterator[dict[str, Any]]) -> Answer | Exception:
    """Return an answer, or the error that is one."""
    columns: list[str] | None = None
    rows: list[sqlite3.Row] = []
    for part in parts:
        if "error" in part:
            return _error_of(part)
        if "end" in part:
            break
        if "columns" in part:
            columns = part["columns"]
            cursor = _cursor_with(columns or ["_"])
        else:
            rows += [sqlite3.Row(cursor, tuple(unpacked(row))) for row in part["rows"]]
    return Answer(columns, rows)


def _error_of(part: Mapping[str, Any]) -> Exception:
    error = _ERRORS.get(part["error"], sqlite3.OperationalError)(part["message"])
    if isinstance(error, sqlite3.Error) and part["code"] is not None:
        error.sqlite_errorcode = part["code"]
    return error


def _cursor_with(columns: list[str]) -> sqlite3.Cursor:
    """Return a cursor with these columns: from one alone rows are made as Datasette reads them."""
    names = ", ".join('null as "' + name.replace('"', '""') + '"' for name in columns)
    with closing(sqlite3.connect(":memory:")) as connection:
        return connection.execute(f"select {names}")
