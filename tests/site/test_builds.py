"""One build per answer: what is published in the middle of a request is in none of it."""

import asyncio
import csv
import gc
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datasette import hookimpl
from datasette.app import Datasette
from datasette.plugins import pm

from datasette_event_timeline.middleware.guard import HEADER
from event_timeline.publish.build import build
from event_timeline.publish.inputs import build_items

EVENTS = """\
id,date,title,type,status,country,region,place,latitude,longitude,location_precision,radius_km,actors,targets,killed_low,killed_best,killed_high,killed_scope,wounded_low,wounded_best,wounded_high,part_of,summary,note,aliases,sources
"""
ROW = "2015-01-{n:02}-{title},2015-01-{n:02},{title},attack,confirmed,,,,,,none,,,,,,,,,,,,It happened.,,,log\n"
NUMBER = 9
DECLARED = {"plugins": {"event-timeline": {"database": "events"}}}


class Publisher:
    """Publishes `events.db`, in which every title is the name of the build."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.target = folder / "events.db"
        self.number = 0

    def publish(self) -> None:
        """Put the next build where the one before was."""
        self.number += 1
        rows = "".join(ROW.format(n=n, title=f"edition{self.number}") for n in range(1, NUMBER + 1))
        (self.folder / "events.csv").write_text(EVENTS + rows, "utf-8")
        build(self.folder / "events.csv", self.target)


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    made = Publisher(tmp_path)
    made.publish()
    return made


@pytest.fixture
def served(publisher: Publisher) -> Datasette:
    """The database, of build 1, in pages of two rows."""
    return serve(publisher)


def serve(publisher: Publisher) -> Datasette:
    return Datasette(
        [str(publisher.target)],
        metadata=DECLARED,
        settings={"max_returned_rows": 2, "default_page_size": 2},
    )


Between = Callable[[Callable[[], None]], None]


@pytest.fixture
def between() -> Iterator[Between]:
    """Have something done in the middle of every request: after rows, before the page's foot."""
    plugins = []

    def register(act: Callable[[], None]) -> None:
        class Plugin:
            __name__ = "acting"

            @hookimpl
            def filters_from_request(self, request: Any) -> None:
                act()

            @hookimpl
            def extra_template_vars(self, request: Any) -> dict[str, Any]:
                act()
                return {}

        plugins.append(Plugin())
        pm.register(plugins[-1])

    yield register
    for plugin in plugins:
        pm.unregister(plugin)


def once(act: Callable[[], None], at_call: int = 1) -> Callable[[], None]:
    calls = []

    def act_once() -> None:
        calls.append(None)
        if len(calls) == at_call:
            act()

    return act_once


def build_of(answer: Any) -> str | None:
    found: str | None = answer.headers.get(HEADER)
    return found


# What is said


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/events",
        "/events/events",
        "/events/events.json",
        "/events/events.csv?_stream=1",
        "/events/events/2015-01-01-edition1",
        "/events?sql=select+1",
        "/timeline",
        "/timeline.json",
        "/event/2015-01-01-edition1",
        "/nothing-here",
    ],
)
async def test_every_answer_from_the_database_says_of_which_build_it_is(served, path):
    assert build_of(await served.client.get(path)) == "1"
    assert build_of(await served.client.head(path)) == "1"


async def test_after_a_publication_it_says_the_next(served, publisher):
    publisher.publish()
    answer = await served.client.get("/events/events.json?_shape=array")
    assert build_of(answer) == "2"
    assert {row["title"] for row in answer.json()} == {"edition2"}


@pytest.mark.parametrize(
    "path",
    [
        "/-/plugins.json",
        "/-/static/app.css",
        "/-/static-plugins/datasette-event-timeline/timeline.css",
        "/-/event-timeline/chronology.css",
        "/favicon.ico",
        "/files/plain.txt",
        "/other",
        "/other/t.json",
        "/_memory?sql=select+1",
    ],
)
async def test_files_and_other_databases_are_not_touched(publisher, path):
    folder = publisher.folder
    with closing(sqlite3.connect(folder / "other.db")) as db:
        db.executescript("create table t (x); create table build (item, value);")
    (folder / "files").mkdir()
    (folder / "files" / "plain.txt").write_text("plain")
    served = Datasette(
        [str(publisher.target), str(folder / "other.db")],
        metadata=DECLARED,
        memory=True,
        static_mounts=[("files", str(folder / "files"))],
    )
    answer = await served.client.get(path)
    assert answer.status_code == 200
    assert build_of(answer) is None


async def test_a_prefix_changes_nothing(publisher):
    served = Datasette(
        [str(publisher.target)], metadata=DECLARED, settings={"base_url": "/history/"}
    )
    # The client of Datasette puts it before each.
    for path, number in (("/events/events.json", "1"), ("/-/plugins.json", None)):
        answer = await served.client.get(path)
        assert (answer.status_code, build_of(answer)) == (200, number)


async def test_nothing_is_said_where_no_chronology_is_declared(publisher):
    undeclared = Datasette([str(publisher.target)])
    assert build_of(await undeclared.client.get("/events/events")) is None


async def test_a_database_that_counts_no_builds_is_answered_from(tmp_path):
    with closing(sqlite3.connect(tmp_path / "wars.db")) as db:
        db.execute("create table battles (id integer primary key, date, title)")
    settings = {"database": "wars", "table": "battles"}
    served = Datasette(
        [str(tmp_path / "wars.db")], metadata={"plugins": {"event-timeline": settings}}
    )
    answer = await served.client.get("/wars/battles")
    assert (answer.status_code, build_of(answer)) == (200, None)


# What is published in the middle


@pytest.mark.parametrize(
    "path",
    [
        "/events/events",
        "/events/events?_where=1",
        "/events/events?_search=edition1&_searchmode=raw",
        "/event/2015-01-01-edition1",
        "/timeline",
        "/timeline?_where=1",
        "/",
    ],
)
async def test_what_is_published_in_the_middle_of_a_page_is_not_on_it(
    served, publisher, between, path
):
    between(publisher.publish)
    answer = await served.client.get(path)
    assert answer.status_code == 200
    assert build_of(answer) == "1"
    assert "edition1" in answer.text
    assert "edition2" not in answer.text
    assert "build 1</a>" in answer.text
    assert publisher.number > 1


@pytest.mark.parametrize("query", ["", "&_where=1"])
async def test_a_streamed_csv_is_of_one_build(served, publisher, between, query):
    between(once(publisher.publish, at_call=3))
    answer = await served.client.get(f"/events/events.csv?_stream=1&_col=title{query}")
    assert build_of(answer) == "1"
    titles = [row["title"] for row in csv.DictReader(answer.text.splitlines())]
    assert titles == ["edition1"] * NUMBER
    assert publisher.number == 2


Within = Callable[[Callable[[Datasette], Awaitable[Any]]], list[Any]]


@pytest.fixture
def within() -> Iterator[Within]:
    """Have something asked within the next request, once; what comes of it is in the list."""
    plugins = []

    def register(ask: Callable[[Datasette], Awaitable[Any]]) -> list[Any]:
        answers: list[Any] = []

        class Plugin:
            __name__ = "asking"

            @hookimpl
            def extra_template_vars(self, datasette: Datasette) -> Callable[[], Awaitable[Any]]:
                async def ask_once() -> dict[str, Any]:
                    if not answers:
                        answers.append(await ask(datasette))
                    return {}

                return ask_once

        plugins.append(Plugin())
        pm.register(plugins[-1])
        return answers

    yield register
    for plugin in plugins:
        pm.unregister(plugin)


async def test_a_request_within_a_request_reads_the_same_build(served, publisher, within):
    def publish_and_ask(datasette: Datasette) -> Awaitable[Any]:
        publisher.publish()
        return datasette.client.get("/timeline.json")

    inner = within(publish_and_ask)
    answer = await served.client.get("/events/events")
    assert (build_of(answer), build_of(inner[0])) == ("1", "1")
    assert build_of(await served.client.get("/timeline.json")) == "2"


async def test_a_request_within_a_request_has_a_process_of_its_own(served, within):
    """Its SQL is a visitor's."""
    asked = {"sql": "select load_extension('x')"}
    inner = within(lambda datasette: datasette.client.get("/events.json", params=asked))
    await served.client.get("/events/events")
    assert "not authorized to use function" in inner[0].text


async def test_a_task_that_outlives_its_request_reads_the_latest_build(served, publisher):
    tasks = []

    class Leaving:
        __name__ = "leaving"

        @hookimpl
        def extra_template_vars(self, datasette: Datasette) -> dict[str, Any]:
            async def ask_later() -> Any:
                await is_published.wait()
                db = datasette.get_database("events")
                return (await db.execute("select title from events limit 1")).first()[0]

            tasks.append(asyncio.create_task(ask_later()))
            return {}

    is_published = asyncio.Event()
    plugin = Leaving()
    pm.register(plugin)
    try:
        await served.client.get("/events/events")
    finally:
        pm.unregister(plugin)
    publisher.publish()
    is_published.set()
    assert {await task for task in tasks} == {"edition2"}


async def test_while_the_new_file_cannot_be_read_the_old_build_is(served, publisher, caplog):
    assert build_of(await served.client.get("/timeline.json")) == "1"
    broken = publisher.folder / "broken.db"
    broken.write_bytes(b"no database" * 1_000)
    broken.replace(publisher.target)
    for _ in range(3):
        answer = await served.client.get("/events/events.json")
        assert (answer.status_code, build_of(answer)) == (200, "1")
    assert caplog.text.count("cannot be read, the build before is served") == 1
    publisher.target.unlink()
    publisher.publish()
    assert build_of(await served.client.get("/timeline.json")) == "1"
    titles = (await served.client.get("/events/events.json?_shape=array")).json()
    assert {row["title"] for row in titles} == {"edition2"}


async def test_builds_that_nobody_reads_are_closed(served, publisher):
    await served.client.get("/events/events.json?_where=1")
    for _ in range(5):
        publisher.publish()
        await served.client.get("/timeline.json")
    # Frames of finished requests may refer to each other.
    gc.collect()
    open_files = [str(file.resolve()) for file in Path("/proc/self/fd").iterdir()]
    assert str(publisher.target) in open_files
    assert f"{publisher.target} (deleted)" not in open_files


async def test_when_the_file_is_gone_the_last_build_is_read(served, publisher):
    assert build_of(await served.client.get("/timeline.json")) == "1"
    publisher.target.unlink()
    for path in ("/timeline.json", "/events/events.json"):
        answer = await served.client.get(path)
        assert (answer.status_code, build_of(answer)) == (200, "1")


async def test_without_its_file_a_visitors_sql_is_answered_503(served, publisher):
    assert build_of(await served.client.get("/timeline.json")) == "1"
    publisher.target.unlink()
    answer = await served.client.get("/events.json?sql=select+1")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "try once more" in answer.json()["error"]


async def test_a_new_schema_is_seen(served, publisher):
    await served.client.get("/events")
    aside = publisher.folder / "aside.db"
    aside.write_bytes(publisher.target.read_bytes())
    with closing(sqlite3.connect(aside)) as db:
        db.execute("create table more (x)")
        db.commit()
    aside.replace(publisher.target)
    assert "/events/more" in (await served.client.get("/events")).text


async def test_what_is_remembered_is_of_the_build(served, publisher):
    for _ in range(2):
        events = (await served.client.get("/timeline.json")).json()["events"]
        assert {event["title"] for event in events} == {f"edition{publisher.number}"}
        publisher.publish()


async def test_of_a_query_that_fails_the_build_is_given_back(served, publisher):
    for path in ("/events?sql=select+nope", "/events/events?_where=nope", "/events/nope"):
        assert (await served.client.get(path)).status_code in (400, 404)
    publisher.publish()
    assert build_of(await served.client.get("/timeline.json")) == "2"


def test_the_number_is_no_part_of_what_a_build_is_made_of(publisher):
    assert "serial" not in build_items(publisher.folder / "events.csv")
