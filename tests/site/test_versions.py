"""One version per answer: what is published in the middle of a request is in none of it, or all."""

import csv
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datasette import hookimpl
from datasette.app import Datasette
from datasette.plugins import pm

from datasette_event_timeline.middleware import versions
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
    found: str | None = answer.headers.get(versions.HEADER)
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


@pytest.mark.parametrize("path", ["/events/events", "/event/2015-01-01-edition2", "/timeline", "/"])
async def test_a_page_in_whose_middle_it_was_published_is_read_again(
    served, publisher, between, path
):
    between(once(publisher.publish))
    answer = await served.client.get(path)
    assert answer.status_code == 200
    assert build_of(answer) == "2"
    assert "edition2" in answer.text
    assert "edition1" not in answer.text
    assert "build 2</a>" in answer.text


async def test_without_this_the_page_would_mix_them(between, publisher, monkeypatch):
    """Its rows are of one build, its foot of the next: what all this is for."""
    monkeypatch.setattr(versions, "wrap", lambda application, _datasette: application)
    between(once(publisher.publish, at_call=2))
    answer = await serve(publisher).client.get("/events/events")
    assert "edition1" in answer.text
    assert "build 2</a>" in answer.text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/events/events", "The data is being published again and again just now: try once more in a moment"),
        ("/events/events.json", {"ok": False, "error": "The data is being published again and again just now: try once more in a moment", "status": 503, "title": None}),
    ],
)  # fmt: skip
async def test_published_at_every_attempt_it_asks_for_patience(
    served, publisher, between, path, said
):
    between(publisher.publish)
    answer = await served.client.get(path)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (answer.json() if path.endswith(".json") else answer.text) == said


async def test_a_short_csv_is_read_again_whole(served, publisher, between):
    between(once(publisher.publish, at_call=2))
    answer = await served.client.get("/events/events.csv?_stream=1&_col=title")
    assert build_of(answer) == "2"
    titles = [row["title"] for row in csv.DictReader(answer.text.splitlines())]
    assert titles == ["edition2"] * NUMBER


async def test_a_long_csv_ends_with_a_line_that_says_so(served, publisher, between, monkeypatch):
    monkeypatch.setattr(versions, "MOST_HELD_BYTES", 1)
    between(once(publisher.publish, at_call=3))
    answer = await served.client.get("/events/events.csv?_stream=1&_col=title")
    assert build_of(answer) == "1"
    *rows, last = answer.text.splitlines()
    assert rows == ["id,title", *(f"2015-01-{n:02}-edition1,edition1" for n in range(1, len(rows)))]
    assert 1 < len(rows) <= NUMBER
    assert last == (
        "Error: the data was published anew while this was being sent: "
        "what is above is of build 1 and not all of it: ask for it again"
    )


# What the server is sent

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def ask(served: Datasette, application: versions.Application, sent: Send) -> None:
    scope = {"type": "http", "method": "GET", "path": "/events", "headers": []}
    await served.invoke_startup()
    await versions.wrap(application, served)(scope, None, sent)


def in_parts(kind: str, parts: int, act: Callable[[], None] = lambda: None) -> versions.Application:
    """An application that answers in parts of 100 kB, and acts before the last."""

    async def application(scope: Any, receive: Any, send: Send) -> None:
        headers = [(b"content-type", kind.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for number in range(parts):
            if number == parts - 1:
                act()
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return application


async def test_no_more_is_held_back_than_is_said(served):
    produced = sent = most = 0

    async def count(message: dict[str, Any]) -> None:
        nonlocal sent
        sent += len(message.get("body", b""))

    inner = in_parts("text/csv", 100)

    async def application(scope: Any, receive: Any, send: Send) -> None:
        async def produce(message: dict[str, Any]) -> None:
            nonlocal produced, most
            produced += len(message.get("body", b""))
            most = max(most, produced - sent)
            await send(message)

        await inner(scope, receive, produce)

    await ask(served, application, count)
    assert sent == produced == 10_000_000
    assert most <= versions.MOST_HELD_BYTES + 100_000


@pytest.mark.parametrize("path", ["/events/events.json", "/events/events"])
async def test_what_comes_whole_and_is_too_large_is_refused(served, monkeypatch, path):
    size = len((await served.client.get(path)).content)
    monkeypatch.setattr(versions, "MOST_WHOLE_BYTES", size // 2)
    answer = await served.client.get(path)
    assert answer.status_code == 400
    assert "The answer is larger than 0 MB: ask for less" in answer.text


async def test_what_is_sent_in_parts_may_be_larger(served, monkeypatch):
    monkeypatch.setattr(versions, "MOST_WHOLE_BYTES", 150_000)
    monkeypatch.setattr(versions, "MOST_HELD_BYTES", 120_000)
    sent = 0

    async def count(message: dict[str, Any]) -> None:
        nonlocal sent
        sent += len(message.get("body", b""))

    await ask(served, in_parts("text/csv", 10), count)
    assert sent == 1_000_000


async def test_what_takes_no_line_is_broken_off(served, publisher):
    """The server then closes the connection, and no one takes the part for the whole."""
    messages = []

    async def keep(message: dict[str, Any]) -> None:
        messages.append(message)

    with pytest.raises(versions.ChangedError, match="an answer of build 1 was broken off"):
        await ask(served, in_parts("application/json", 30, publisher.publish), keep)
    assert messages[-1]["more_body"]


async def test_an_error_of_the_application_is_not_hidden(served):
    async def application(scope: Any, receive: Any, send: Send) -> None:
        raise ZeroDivisionError

    async def keep(message: dict[str, Any]) -> None:
        pytest.fail("nothing was answered")

    with pytest.raises(ZeroDivisionError):
        await ask(served, application, keep)


def test_the_number_is_no_part_of_what_a_build_is_made_of(publisher):
    assert "serial" not in build_items(publisher.folder / "events.csv")
