"""What was found once is not asked for again, until the data is another."""

import os
import sqlite3
import tracemalloc
from contextlib import closing
from io import FileIO
from pathlib import Path

import pytest
from datasette.app import Datasette

from datasette_event_timeline.queries.cache import (
    Memory,
    memory_of,
    once_a_build,
    reading,
    recall,
    version_of,
)
from datasette_event_timeline.sql.histogram import Tally

NUMBERED = """
create table build (item text primary key, value text);
insert into build values ('serial', '7');
"""
VERSION = ("7", None)


class Searcher:
    """Finds something, and counts how often it was asked."""

    def __init__(self) -> None:
        self.searches = 0

    async def find(self) -> str:
        self.searches += 1
        return f"found {self.searches}"


def made(path: Path, script: str) -> Datasette:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)
    return Datasette([str(path)])


def write(path: str, sql: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(sql)
        db.commit()


@pytest.fixture
def db(tmp_path):
    return made(tmp_path / "numbered.db", NUMBERED).get_database("numbered")


# What is remembered


async def test_what_was_found_is_remembered_for_its_version(db):
    searcher, version = Searcher(), await version_of(db)
    assert await recall(db, version, "how many?", searcher.find) == "found 1"
    assert await recall(db, version, "how many?", searcher.find) == "found 1"
    assert await recall(db, version, "since when?", searcher.find) == "found 2"
    write(db.path, "update build set value = '8'")
    assert await recall(db, await version_of(db), "how many?", searcher.find) == "found 3"


async def test_without_a_version_nothing_is_remembered(db):
    searcher = Searcher()
    assert await recall(db, None, "how many?", searcher.find) == "found 1"
    assert await recall(db, None, "how many?", searcher.find) == "found 2"
    assert len(memory_of(db)) == 0


async def test_what_was_found_in_another_version_is_not_kept(db):
    version = await version_of(db)

    async def find() -> str:
        write(db.path, "update build set value = '8'")
        return "of version 7, or of 8?"

    assert await recall(db, version, "how many?", find) == "of version 7, or of 8?"
    assert len(memory_of(db)) == 0


async def test_what_was_read_before_a_commit_shows_is_not_given_out_after_it(tmp_path):
    site = made(tmp_path / "numbered.db", f"pragma journal_mode = wal; {NUMBERED}")
    db = site.get_database("numbered")

    async def find() -> object:
        return (await db.execute("select value from build where item = 'title'")).first()[0]

    with closing(sqlite3.connect(db.path)) as writing:
        writing.execute("insert into build values ('title', 'old')")
        writing.commit()
        assert await recall(db, await version_of(db), "title", find) == "old"
        # Open until the end: to close it takes away the locks of SQLite.
        with (tmp_path / "numbered.db-shm").open("r+b", buffering=0) as index:
            before = put_head(index)
            writing.execute("update build set value = 'new' where item = 'title'")
            writing.commit()
            # A commit is written to the log first, and only then shown to readers.
            after = put_head(index, before)
            assert await recall(db, await version_of(db), "title", find) == "old"
            put_head(index, after)
            assert await recall(db, await version_of(db), "title", find) == "new"


def put_head(index: FileIO, head: bytes = b"") -> bytes:
    """Write the head of a log's index, which says what readers see; return what it was.

    https://www.sqlite.org/walformat.html#the_wal_index_header; it stands there twice.
    """
    found = index.read(96)
    index.seek(0)
    index.write(head)
    index.seek(0)
    return found


# What a build holds for good


async def test_of_a_build_that_is_read_a_question_is_asked_once(db):
    searcher = Searcher()
    for serial, found in (("7", "found 1"), ("7", "found 1"), ("8", "found 2"), ("7", "found 3")):
        with reading(db, serial):
            assert await once_a_build(db, "columns?", searcher.find) == found
    with reading(db, "7"):
        assert await once_a_build(db, "tables?", searcher.find) == "found 4"


async def test_where_nobody_says_which_build_is_read_it_is_asked_each_time(db, tmp_path):
    searcher, other = Searcher(), made(tmp_path / "other.db", NUMBERED).get_database("other")
    assert await once_a_build(db, "columns?", searcher.find) == "found 1"
    with reading(other, "7"):
        assert await once_a_build(db, "columns?", searcher.find) == "found 2"
    assert await once_a_build(db, "columns?", searcher.find) == "found 3"


async def test_what_fails_is_not_kept(db):
    async def fail() -> None:
        raise ValueError("no such table")

    with reading(db, "7"):
        for _ in range(2):
            with pytest.raises(ValueError, match="no such table"):
                await once_a_build(db, "columns?", fail)


# How much is remembered


def test_what_was_not_asked_for_longest_makes_room():
    memory = Memory(most_bytes=100_000)
    for question in "abcdefgh":
        memory.keep((VERSION, question), "x" * 10_000)
    assert memory[VERSION, "a"]
    memory.keep((VERSION, "i"), "x" * 10_000)
    memory.keep((VERSION, "j"), "x" * 10_000)
    assert (VERSION, "a") in memory
    assert (VERSION, "b") not in memory


def test_what_takes_much_of_the_room_alone_is_not_kept_and_drops_nothing():
    memory = Memory(most_bytes=100_000)
    for question in "abcdef":
        memory.keep((VERSION, question), "x" * 10_000)
    memory.keep((VERSION, "everything"), ["x" * 10_000] * 2)
    memory.keep((VERSION, "x" * 20_000), "a long question")
    assert len(memory) == 6


def test_the_same_question_is_kept_once():
    memory = Memory(most_bytes=100_000)
    for _ in range(50):
        memory.keep((VERSION, "a"), "x" * 10_000)
    memory.keep((VERSION, "b"), "x" * 10_000)
    assert len(memory) == 2


def tallied(n: int) -> object:
    tally = Tally()
    for day in range(n, n + 60):
        for certain in (False, True):
            tally.add_stretch(1000 * day + 500 * certain, 1000 * day + 1, certain, 1)
            tally.add_stretch(2000 * day, 2000 * day + 1, certain, 1)
    return {f"lane {n}": tally.counts()}


# What a question and its answer may hold, anew for each number.
KEPT = {
    "a long text": lambda n: (f"q{n}", [{"title": f"{n}" + "x" * 20_000}]),
    "signs of four bytes": lambda n: (f"q{n}", [{"title": f"{n}" + "\N{EAGLE}" * 5_000}]),
    "bytes": lambda n: (f"q{n}", [{"title": bytes(20_000 + n)}]),
    "numbers": lambda n: (f"q{n}", [{"lane": 1000 * n + i, "n": i / 7} for i in range(100)]),
    "days": lambda n: (f"q{n}", tallied(n)),
    "a long question": lambda n: ((f"q{n}", ("title", f"{n}" + "x" * 20_000)), [{"n": n}]),
}


@pytest.mark.parametrize("make", KEPT.values(), ids=[*KEPT])
def test_bytes_are_what_memory_is_taken(make):
    most = 1_000_000
    memory = Memory(most_bytes=most)
    tracemalloc.start()
    try:
        for n in range(300):
            question, found = make(n)
            memory.keep((VERSION, question), found)
        del question, found
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(memory) < 300
    assert most / 2 < taken < most * 1.1


# Versions


async def test_only_a_database_that_numbers_its_builds_has_versions(tmp_path):
    numbered = made(tmp_path / "numbered.db", NUMBERED)
    plain = made(tmp_path / "plain.db", "create table build (item, value)")
    foreign = made(tmp_path / "foreign.db", "create table volcanoes (name)")
    in_memory = Datasette(memory=True)
    assert await version_of(numbered.get_database("numbered")) is not None
    assert await version_of(plain.get_database("plain")) is None
    assert await version_of(foreign.get_database("foreign")) is None
    assert await version_of(in_memory.get_database("_memory")) is None


async def test_whatever_is_written_makes_another_version(tmp_path):
    site = made(tmp_path / "numbered.db", f"pragma journal_mode = wal; {NUMBERED}")
    db = site.get_database("numbered")
    versions = [await version_of(db), await version_of(db)]
    with closing(sqlite3.connect(db.path)) as writing:
        writing.execute("create table notes (text)")
        versions.append(await version_of(db))
        writing.execute("update build set value = '8'")
        writing.commit()
        versions.append(await version_of(db))
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


async def test_a_commit_in_the_same_moment_makes_another_version(db):
    moment = (0, 0)
    os.utime(db.path, moment)
    before = await version_of(db)
    write(db.path, "insert into build values ('title', 'new')")
    os.utime(db.path, moment)
    assert await version_of(db) != before


async def test_what_is_only_read_keeps_its_version(tmp_path):
    site = made(tmp_path / "numbered.db", f"pragma journal_mode = wal; {NUMBERED}")
    db, again = site.get_database("numbered"), Datasette(site.files).get_database("numbered")
    versions = [await version_of(db)]
    await again.execute("select * from build")
    versions += [await version_of(again), await version_of(db)]
    assert len(set(versions)) == 1
