"""The process in which visitors' SQL runs: `python -m datasette_event_timeline.serving.worker`.

It reads questions from its standard input and writes answers to its standard output, each a
line of JSON, so that neither side ever runs what the other sent. It holds no more than its
limits of memory. Its parent kills it when it is overdue (child.py), and if there is no parent
any more, the system does.
"""

import base64
import importlib
import json
import os
import resource
import signal
import sqlite3
import sys
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from datasette_event_timeline.serving.limits import allow_reading, limit_memory, set_limits
from datasette_event_timeline.serving.statement import Statement, run

# Of the process: code, SQLite's memory and the rows that are under way.
ADDRESS_SPACE_BYTES = 256_000_000
# Builds whose files are kept open: the present one and those that requests still read.
_MOST_FILES = 4
# Beyond the time of a statement, after which its parent has killed it if there is one.
_ORPHAN_SECONDS = 2
# Others go first: the server, above all.
_NICENESS = 5

Message = dict[str, Any]
Inode = tuple[int, int]


class File(NamedTuple):
    """A build's file: where it is, how SQLite opens it, and which of all files it is."""

    path: str
    uri: str
    inode: Inode


class FileGoneError(Exception):
    """Another file is where the build was."""


# ValueError: a text that is no Unicode, a statement with a NUL.
_OTHERS = (MemoryError, OverflowError, ValueError, FileGoneError)


class Worker:
    """Answers questions about files that it opens when they are first named."""

    def __init__(self, modules: list[str]) -> None:
        self._registers = [importlib.import_module(module).register for module in modules]
        self._files: OrderedDict[Inode, sqlite3.Connection] = OrderedDict()

    def answer(self, question: Message) -> Iterator[Message]:
        """Yield the parts of an answer: columns, rows in lists, then the end or an error."""
        try:
            path, uri, inode = question["file"]
            connection = self._connection(File(path, uri, tuple(inode)))
            values = unpacked(question["values"])
            statement = Statement(
                question["sql"], values, question["most_ms"], question["most_rows"]
            )
            parts = run(connection, statement)
            yield {"columns": next(parts)}
            for rows in parts:
                yield {"rows": [packed(row) for row in rows]}
            yield {"end": True}
        except (sqlite3.Error, sqlite3.Warning, *_OTHERS) as error:
            code = getattr(error, "sqlite_errorcode", None)
            yield {"error": type(error).__name__, "message": str(error), "code": code}

    def _connection(self, file: File) -> sqlite3.Connection:
        if file.inode not in self._files:
            self._files[file.inode] = self._open(file)
            if len(self._files) > _MOST_FILES:
                self._files.popitem(last=False)[1].close()
        self._files.move_to_end(file.inode)
        return self._files[file.inode]

    def _open(self, file: File) -> sqlite3.Connection:
        if _inode_at(file.path) != file.inode:
            raise FileGoneError("the data was published anew meanwhile: try once more")
        connection = sqlite3.connect(file.uri, uri=True)
        if _inode_at(file.path) != file.inode:
            connection.close()
            raise FileGoneError("the data was published anew meanwhile: try once more")
        for register in self._registers:
            register(connection)
        set_limits(connection)
        allow_reading(connection)
        return connection


def _inode_at(path: str) -> Inode | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def packed(cells: Any) -> Any:
    """Return cells, in a row or by name, as JSON has them: bytes as base64 in a list."""
    if isinstance(cells, Mapping):
        return {name: _pack(cell) for name, cell in cells.items()}
    return [*map(_pack, cells)]


def unpacked(cells: Any) -> Any:
    """Return cells as they were before `packed`."""
    if isinstance(cells, Mapping):
        return {name: _unpack(cell) for name, cell in cells.items()}
    return [*map(_unpack, cells)]


def _pack(cell: Any) -> Any:
    return [base64.b64encode(cell).decode()] if type(cell) is bytes else cell


def _unpack(cell: Any) -> Any:
    return base64.b64decode(cell[0]) if type(cell) is list else cell


def _limit_process() -> None:
    """Take from this process what it does not need; nothing gives it back."""
    limit_memory()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # macOS has no such limit.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES))
    os.nice(_NICENESS)


def _serve(modules: list[str], questions: BinaryIO, answers: BinaryIO) -> None:
    worker = Worker(modules)
    _limit_process()
    _write(answers, {"ready": True})
    for line in questions:
        question = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, question["most_ms"] / 1000 + _ORPHAN_SECONDS)
        for part in worker.answer(question):
            _write(answers, part)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _write(answers: BinaryIO, message: Mapping[str, Any]) -> None:
    answers.write(json.dumps(message).encode("ascii") + b"\n")
    answers.flush()


if __name__ == "__main__":
    _serve(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer)
