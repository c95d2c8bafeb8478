"""The schema of a build is asked for once, however many pages show it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datasette import hookimpl
from datasette.app import Datasette
from datasette.plugins import pm

PAGES = ("/", "/timeline", "/timeline.json?country=TN", "/events/events?_possibly=2015", "/about")


class Counter:
    """A plugin that counts how often a declaration is made from the schema."""

    __name__ = "counter"

    def __init__(self) -> None:
        self.count = 0

    @hookimpl
    def event_timeline_extension(self) -> None:
        self.count += 1


@pytest.fixture
def counter() -> Iterator[Counter]:
    made = Counter()
    pm.register(made)
    yield made
    pm.unregister(made)


@pytest.fixture
def copied(database: Path, metadata: dict[str, Any], tmp_path: Path) -> Datasette:
    copy = tmp_path / "events.db"
    copy.write_bytes(database.read_bytes())
    return Datasette([str(copy)], metadata=metadata)


def change(site: Datasette, sql: str) -> None:
    """Put a build in the place of the one that is served, with a change."""
    served = Path(site.files[0])
    aside = served.with_name("aside.db")
    aside.write_bytes(served.read_bytes())
    with closing(sqlite3.connect(aside)) as db:
        db.execute(sql)
        db.commit()
    aside.replace(served)


async def test_of_one_build_it_is_asked_for_once(copied, counter):
    await copied.invoke_startup()
    at_startup = counter.count
    for _ in range(2):
        for path in PAGES:
            assert (await copied.client.get(path)).status_code == 200
    assert counter.count == at_startup + 1


async def test_of_the_next_build_it_is_asked_for_anew(copied, counter, db):
    await copied.client.get("/about")
    before = counter.count
    change(copied, "alter table events add column colour text")
    answer = await copied.client.get("/timeline.json", params={"colour__isnull": "1"})
    (number,) = db.execute("select count(*) from events").fetchone()
    assert (answer.status_code, answer.json()["total"]) == (200, number)
    assert counter.count == before + 1


async def test_of_a_database_without_a_number_it_is_asked_for_every_time(copied, counter):
    change(copied, "drop table build")
    await copied.client.get("/about")
    before = counter.count
    await copied.client.get("/about")
    assert counter.count > before
