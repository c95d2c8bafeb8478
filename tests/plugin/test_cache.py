"""What was found once of a build is not asked for again."""

import sqlite3
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest
from datasette.app import Datasette

from datasette_event_timeline.serving.database import ServedDatabase, serve_builds
from datasette_event_timeline.serving.memory import Memory, recall
from datasette_event_timeline.sql.histogram import Tally

NUMBERED = """
create table build (item text primary key, value text);
insert into build values ('serial', '7');
"""


class Searcher:
    """Finds something, and counts how often it was asked."""

    def __init__(self) -> None:
        self.searches = 0

    async def find(self) -> str:
        self.searches += 1
        return f"found {self.searches}"


def served(path: Path, script: str) -> ServedDatabase:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)
    db = serve_builds(Datasette([str(path)]), path.stem, [], 1)
    assert db is not None
    return db


# What is remembered


async def test_what_was_found_is_remembered_of_its_build(tmp_path):
    searcher, db = Searcher(), served(tmp_path / "numbered.db", NUMBERED)
    async with db.visit(False, False):
        assert await recall(db, "how many?", searcher.find) == "found 1"
        assert await recall(db, "how many?", searcher.find) == "found 1"
        assert await recall(db, "since when?", searcher.find) == "found 2"
        served(tmp_path / "next.db", NUMBERED)
        (tmp_path / "next.db").replace(db.path)
        assert await recall(db, "how many?", searcher.find) == "found 1"
    async with db.visit(False, False):
        assert await recall(db, "how many?", searcher.find) == "found 3"


async def test_outside_a_request_nothing_is_remembered(tmp_path):
    searcher, db = Searcher(), served(tmp_path / "numbered.db", NUMBERED)
    assert await recall(db, "how many?", searcher.find) == "found 1"
    assert await recall(db, "how many?", searcher.find) == "found 2"


@pytest.mark.parametrize(
    "script",
    [
        "create table build (item, value)",
        "create table volcanoes (name)",
        # A log beside it is written to in place.
        f"pragma journal_mode = wal; {NUMBERED}",
    ],
)
async def test_of_what_may_change_in_place_nothing_is_remembered(tmp_path, script):
    searcher, db = Searcher(), served(tmp_path / "other.db", script)
    async with db.visit(False, False):
        assert await recall(db, "how many?", searcher.find) == "found 1"
        assert await recall(db, "how many?", searcher.find) == "found 2"


async def test_what_is_written_by_a_query_is_seen(tmp_path):
    searcher, db = Searcher(), served(tmp_path / "numbered.db", NUMBERED)
    async with db.visit(False, False):
        assert await recall(db, "how many?", searcher.find) == "found 1"
    await db.execute_write("insert into build values ('title', 'new')")
    async with db.visit(False, False):
        assert await recall(db, "how many?", searcher.find) == "found 2"
    assert (await db.execute("select count(*) from build")).first()[0] == 2


async def test_what_fails_is_not_kept(tmp_path):
    db = served(tmp_path / "numbered.db", NUMBERED)

    async def fail() -> None:
        raise ValueError("no such table")

    async with db.visit(False, False):
        for _ in range(2):
            with pytest.raises(ValueError, match="no such table"):
                await recall(db, "columns?", fail)


# How much is remembered


def test_what_was_not_asked_for_longest_makes_room():
    memory = Memory(most_bytes=100_000)
    for question in "abcdefgh":
        memory.keep(question, "x" * 10_000)
    assert memory["a"]
    memory.keep("i", "x" * 10_000)
    memory.keep("j", "x" * 10_000)
    assert "a" in memory
    assert "b" not in memory


def test_what_takes_much_of_the_room_alone_is_not_kept_and_drops_nothing():
    memory = Memory(most_bytes=100_000)
    for question in "abcdef":
        memory.keep(question, "x" * 10_000)
    memory.keep("everything", ["x" * 10_000] * 2)
    memory.keep("x" * 20_000, "a long question")
    assert len(memory) == 6


def test_the_same_question_is_kept_once():
    memory = Memory(most_bytes=100_000)
    for _ in range(50):
        memory.keep("a", "x" * 10_000)
    memory.keep("b", "x" * 10_000)
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
            memory.keep(question, found)
        del question, found
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(memory) < 300
    assert most / 2 < taken < most * 1.1
