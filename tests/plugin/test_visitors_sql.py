"""Visitors' SQL: the worst that we could write ends in time, in a process that takes so much memory.

Each statement runs as the site runs it, on a database with a full-text index.
"""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hostile_sql import ENDS, LONG, NUMBERS, PATTERN, TOO_LARGE, TOO_SLOW

from datasette_event_timeline.serving.child import Answer, Child
from datasette_event_timeline.serving.statement import AnswerTooLargeError, Statement
from datasette_event_timeline.serving.worker import File, FileGoneError

# Many a statement runs until its limit, a second.
pytestmark = pytest.mark.slow

MOST_MS = 1_000
# For what is too large: so long, that a busy machine comes to that before the limit.
MUCH_MS = 40_000
# Only to tell an end from none: a machine may be slow.
PATIENCE_SECONDS = 60
FUNCTIONS = [
    "datasette_event_timeline.sql.functions",
    "datasette_event_timeline.sql.geography",
    "datasette_event_timeline.sql.histogram",
    "event_timeline.site.search",
]

# What changes something, or leaves the database.
FORBIDDEN = [
    "delete from texts",
    "create table t (x)",
    "create temp table t (x)",
    "create view v as select 1",
    "update sqlite_master set sql = 'x'",
    "pragma writable_schema = 1",
    "pragma journal_mode",
    "pragma journal_mode = delete",
    "pragma schema_version = 9",
    "pragma\nschema_version = 9",
    "pragma /* -- */ query_only = 0",
    "select '--'; pragma hard_heap_limit = 0",
    "pragma hard_heap_limit = 0",
    "pragma temp_store_directory = '/tmp'",
    "select * from pragma_query_only",
    "vacuum into '/tmp/copy.db'",
    "attach '/etc/passwd' as x",
    "detach main",
    "begin immediate",
    "savepoint x",
    "reindex",
    "analyze",
    "select load_extension('x')",
    "select readfile('/etc/passwd')",
]


@pytest.fixture(scope="session")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a full-text index of a few thousand words."""
    path = tmp_path_factory.mktemp("limits") / "texts.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("create virtual table texts using fts5(text)")
        words = [f"the {'abx'[n % 3]}{n} b the" for n in range(5_000)]
        db.executemany("insert into texts values (?)", [(text,) for text in words])
    return path


def ask_of(child: Child, path: Path, statement: Statement) -> Answer:
    """Run a statement on the file that is at a path."""
    return asyncio.run(child.ask(file_at(path), statement))


def file_at(path: Path) -> File:
    found = path.stat()
    return File(str(path), f"{path.as_uri()}?mode=ro", (found.st_dev, found.st_ino))


Ask = Callable[..., list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def ask(texts: Path) -> Iterator[Ask]:
    """Run a statement as the site does; return its rows."""
    child = Child(FUNCTIONS)

    def ask(sql: str, most_ms: int = MOST_MS) -> list[tuple[object, ...]]:
        whole = f"{NUMBERS} {sql}" if " from n" in sql or " n a" in sql else sql
        statement = Statement(whole, {}, most_ms, 10_000)
        return [tuple(row) for row in ask_of(child, texts, statement).rows]

    yield ask
    child.close()


@pytest.mark.parametrize("sql", TOO_SLOW.values(), ids=[*TOO_SLOW])
def test_what_takes_too_long_is_interrupted(ask, sql):
    with pytest.raises(sqlite3.OperationalError, match=r"^interrupted$"):
        ask(sql)


@pytest.mark.parametrize(("sql", "said"), TOO_LARGE.values(), ids=[*TOO_LARGE])
def test_what_is_too_large_is_refused(ask, sql, said):
    with pytest.raises((sqlite3.Error, MemoryError, OverflowError)) as refused:
        ask(sql, MUCH_MS)
    words = "out of memory" if isinstance(refused.value, MemoryError) else str(refused.value)
    assert any(part in words for part in said.split("|")), words


@pytest.mark.parametrize("sql", ENDS.values(), ids=[*ENDS])
def test_whatever_one_row_does_the_next_is_answered(ask, sql):
    """Where SQLite does not stop in time its process is killed, and another started."""
    with suppress(sqlite3.Error, MemoryError):
        ask(sql)
    assert ask("select 1") == [(1,)]


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_it_can_only_be_read(ask, sql):
    with pytest.raises(
        (sqlite3.Error, sqlite3.Warning),
        match=r"authoriz|prohibited|one statement|no such|may not be",
    ):
        ask(sql)


# What must go on working


def test_rows_are_what_datasette_expects(texts):
    child = Child(FUNCTIONS)
    sql = (
        "select 1 as a, 'é' as b, x'ff' as \"c\"\"d\", cast(x'ff' as text) as d, :e as e, 1.5, null"
    )
    statement = Statement(sql, {"e": "Sirte"}, MOST_MS)
    columns, (row,) = ask_of(child, texts, statement)
    child.close()
    assert isinstance(row, sqlite3.Row)
    assert columns == row.keys() == ["a", "b", 'c"d', "d", "e", "1.5", "null"]
    assert tuple(row) == (1, "é", b"\xff", "\N{REPLACEMENT CHARACTER}", "Sirte", 1.5, None)


def test_one_more_row_than_was_asked_for_says_that_there_are_more(texts):
    child = Child([])
    statement = Statement(f"{NUMBERS} select i from n", {}, MUCH_MS, 1_200)
    assert len(ask_of(child, texts, statement).rows) == 1_201
    child.close()


def test_an_answer_too_large_has_ended_for_those_who_ask_next(ask):
    for _ in range(2):
        with pytest.raises(
            AnswerTooLargeError, match="the answer is larger than 32 MB: ask for less"
        ):
            ask("select zeroblob(1900000) from n", MUCH_MS)
        assert ask("select 1") == [(1,)]


def test_nobody_reads_what_others_ask(ask):
    ask("select 'secret' from texts")
    with pytest.raises(sqlite3.Error):
        ask("select sql from sqlite_stmt")


def test_a_long_list_in_a_filter_passes(ask):
    values = ", ".join(map(str, range(1_000)))
    assert ask(f"select count(*) from texts where rowid in ({values})") == [(999,)]


def test_a_file_in_the_place_of_the_one_that_is_asked_is_not_read(texts, tmp_path):
    path, other = tmp_path / "texts.db", tmp_path / "other.db"
    path.write_bytes(texts.read_bytes())
    other.write_bytes(texts.read_bytes())
    file, statement = file_at(path), Statement("select count(*) from texts", {}, MOST_MS)
    child, late = Child([]), Child([])
    assert tuple(asyncio.run(child.ask(file, statement)).rows[0]) == (5_000,)
    other.replace(path)
    # Who has it open reads on.
    assert tuple(asyncio.run(child.ask(file, statement)).rows[0]) == (5_000,)
    with pytest.raises(FileGoneError):
        asyncio.run(late.ask(file, statement))
    child.close()
    late.close()


def test_a_process_that_was_killed_is_started_again(texts, monkeypatch):
    child = Child([])
    statement = Statement("select 1", {}, MOST_MS)
    for _ in range(2):
        assert tuple(ask_of(child, texts, statement).rows[0]) == (1,)
        child.close()


def test_a_value_may_be_bytes(texts):
    child = Child([])
    statement = Statement("select :v, typeof(:v)", {"v": b"\x00\xff"}, MOST_MS)
    assert tuple(ask_of(child, texts, statement).rows[0]) == (b"\x00\xff", "blob")
    child.close()


def test_a_process_that_does_not_start_is_a_failure_of_ours(texts):
    child = Child(["no.such.module"])
    with pytest.raises(RuntimeError, match="did not start"):
        ask_of(child, texts, Statement("select 1", {}, MOST_MS))


def test_what_is_wrong_with_the_file_keeps_its_code(tmp_path):
    path = tmp_path / "damaged.db"
    path.write_bytes(b"no database" * 1_000)
    child = Child([])
    with pytest.raises(sqlite3.DatabaseError) as failed:
        ask_of(child, path, Statement("select * from t", {}, MOST_MS))
    assert failed.value.sqlite_errorcode == sqlite3.SQLITE_NOTADB
    child.close()


def test_without_a_server_the_system_ends_what_is_overdue(texts):
    """As after the server was killed: nobody reads, nobody kills."""
    command = [sys.executable, "-m", "datasette_event_timeline.serving.worker"]
    # Half a minute in one row, in which SQLite looks at no clock.
    slow = f"select {' + '.join([f'(t like {PATTERN})'] * 60)} from (select {LONG} as t)"
    question = {"file": file_at(texts), "sql": slow, "values": {}, "most_ms": 10, "most_rows": 1}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdin is not None
        worker.stdin.write(json.dumps(question).encode() + b"\n")
        worker.stdin.flush()
        assert worker.wait(PATIENCE_SECONDS) == -signal.SIGALRM
