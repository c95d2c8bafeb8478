"""Shares: what one request leaves to the others, of the threads for SQL and of the loop."""

import asyncio
import json
import re
import sqlite3
from contextlib import closing

import httpx
import pytest
from datasette.app import Datasette
from datasette.database import Database

from datasette_event_timeline.middleware import shares

NUMBERS = "with recursive n(i) as (select 1 union all select i + 1 from n)"


@pytest.fixture
def crowd(site: Datasette) -> httpx.AsyncClient:
    """A client of one running site, as visitors have it; Datasette's own begins a site a request.

    It has three threads for SQL.
    """
    datasette = Datasette(
        site.files, metadata=site.metadata(), settings={"sql_time_limit_ms": 1000}
    )
    transport = httpx.ASGITransport(app=datasette.app())
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60)


@pytest.fixture
def most_at_once(monkeypatch):
    """A function: how many statements with a visitor's SQL were under way at once, at most."""
    running, most = 0, 0
    execute = Database.execute

    async def counting(self, sql, *arguments, **options):
        nonlocal running, most
        is_theirs = "> -1" in sql
        running += is_theirs
        most = max(most, running)
        try:
            return await execute(self, sql, *arguments, **options)
        finally:
            running -= is_theirs

    monkeypatch.setattr(Database, "execute", counting)
    return lambda: most


def ask_for_ever(crowd: httpx.AsyncClient, n: int) -> asyncio.Task[httpx.Response]:
    sql = f"{NUMBERS} select max(i) + {n} from n where i > -1"
    return asyncio.create_task(crowd.get("/events.json", params={"sql": sql}))


async def test_slow_sql_leaves_a_thread_to_the_pages(crowd, most_at_once):
    slow = [ask_for_ever(crowd, n) for n in range(5)]
    assert (await crowd.get("/disputed")).status_code == 200
    assert [(await task).status_code for task in slow] == [400] * 5
    assert most_at_once() == 2


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/events?sql=select 1", "text/plain"), ("/events.json?sql=select 1", "application/json")],
)
async def test_who_waits_too_long_is_told_to_come_again(crowd, monkeypatch, path, kind):
    monkeypatch.setattr(shares, "PATIENCE_SECONDS", 0.1)
    slow = [ask_for_ever(crowd, n) for n in range(2)]
    await asyncio.wait(slow, timeout=0.3)
    answer = await crowd.get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.headers["content-type"].startswith(kind)
    assert "Others are asking SQL of this site just now: try once more in a moment" in answer.text
    await asyncio.wait(slow)
    assert (await crowd.get(path)).status_code == 200


async def test_what_is_refused_gives_its_turn_back(crowd):
    calls = "hex(1)," * 99
    answers = [await crowd.get(f"/events?sql=select {calls}1") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [400] * 4


@pytest.fixture
def numbered(tmp_path):
    """A client of a site of a hundred events, of which ten are read at a time."""
    with closing(sqlite3.connect(tmp_path / "log.db")) as db:
        db.execute("create table events (id integer primary key, date, title)")
        db.executemany("insert into events values (?, 2015, 'x')", ((n,) for n in range(100)))
        db.commit()
    metadata = {"plugins": {"event-timeline": {"database": "log"}}}
    few = {"max_returned_rows": 10, "default_page_size": 5}
    site = Datasette([str(tmp_path / "log.db")], metadata=metadata, settings=few)
    transport = httpx.ASGITransport(app=site.app())
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60)


@pytest.mark.parametrize("turn_seconds", [0, 1])
async def test_a_stream_takes_its_turn_as_long_as_it_asks(
    numbered, most_at_once, monkeypatch, turn_seconds
):
    monkeypatch.setattr(shares, "TURN_SECONDS", turn_seconds)
    asked = {"_stream": "on", "_where": "id > -1"}
    streams = await asyncio.gather(
        *(numbered.get("/log/events.csv", params={**asked, "id__gte": n}) for n in range(6))
    )
    assert [len(stream.text.splitlines()) for stream in streams] == [101 - n for n in range(6)]
    assert most_at_once() == 2


PART = {"type": "http.response.body", "body": b"...", "more_body": True}


async def test_who_reads_slowly_keeps_nobody_waiting():
    turns, is_read = shares.Turns(2), asyncio.Event()

    async def send(message):
        await is_read.wait()

    async with turns.take(send) as send_slowly:
        sending = asyncio.create_task(send_slowly(PART))
        async with turns.take(send):
            is_read.set()
            await asyncio.wait([sending], timeout=0.05)
            # It asks no further while the other has the only turn.
            assert not sending.done()
        await sending


@pytest.mark.parametrize(
    ("turn_seconds", "expected"),
    [(0, ["part", "other", "part"]), (60, ["part", "part", "other"])],
)
async def test_a_long_answer_lets_others_have_a_turn_between_its_parts(
    monkeypatch, turn_seconds, expected
):
    monkeypatch.setattr(shares, "TURN_SECONDS", turn_seconds)
    turns, order = shares.Turns(2), []

    async def note(message):
        order.append("part")

    async def other():
        async with turns.take(note):
            order.append("other")

    async with turns.take(note) as send:
        waiting = asyncio.create_task(other())
        await asyncio.wait([waiting], timeout=0.01)
        for _ in range(2):
            await send(PART)
    await waiting
    assert order == expected


async def test_who_gives_up_waiting_takes_no_turn(monkeypatch):
    turns = shares.Turns(2)
    monkeypatch.setattr(shares, "PATIENCE_SECONDS", 0.01)
    for _ in range(2):
        async with turns.take(None):
            with pytest.raises(shares.BusyError):
                async with turns.take(None):
                    pass


# The cells of a page


def numbers(rows: int, columns: int) -> str:
    return f"{NUMBERS} select {', '.join(['i'] * columns)} from n limit {rows}"


@pytest.mark.parametrize(("rows", "columns", "status"), [(500, 20, 200), (501, 20, 400)])
async def test_a_page_has_so_many_cells(site, monkeypatch, rows, columns, status):
    monkeypatch.setattr(shares, "MOST_CELLS", 10_000)
    answer = await site.client.get("/events", params={"sql": numbers(rows, columns)})
    assert answer.status_code == status
    said = "A page of more than 10,000 cells: ask for fewer rows or columns, or for CSV or JSON"
    assert (said in answer.text) == (status == 400)


@pytest.mark.parametrize("path", ["/events.csv", "/events.json"])
async def test_csv_and_json_have_all_cells(site, monkeypatch, path):
    monkeypatch.setattr(shares, "MOST_CELLS", 10)
    answer = await site.client.get(path, params={"sql": numbers(100, 9)})
    assert answer.status_code == 200


async def test_a_long_page_lets_others_go_first(site):
    async def page(scope, receive, send):
        cells = [shares.show_cell(number) for number in range(1, 1_501)]
        waits = [number for number, cell in enumerate(cells, 1) if callable(cell)]
        assert waits == [500, 1_000, 1_500]
        assert [await cells[number - 1]() for number in waits] == waits

    await shares.wrap(page, site)({}, None, None)
    # The cells that come later are cells like the others.
    shown = (await site.client.get("/events", params={"sql": numbers(1000, 1)})).text
    assert re.findall(r">(\d+)</div></td>", shown) == [str(n) for n in range(1, 1_001)]


# What is sent whole


async def test_a_long_answer_is_sent_in_pieces(site):
    """The server waits between them for who reads slowly."""
    pieces = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def keep(message):
        pieces.append(message)

    asked = {
        "type": "http",
        "method": "GET",
        "path": "/events.json",
        "raw_path": b"/events.json",
        "query_string": b"sql=select+hex(zeroblob(100000))+as+a",
        "headers": [(b"host", b"localhost")],
    }
    await site.app()(asked, receive, keep)
    start, *body = pieces
    assert start["type"] == "http.response.start"
    assert [len(piece["body"]) for piece in body[:-1]] == [shares.PIECE_BYTES] * 3
    assert [bool(piece.get("more_body")) for piece in body] == [True, True, True, False]
    answered = json.loads(b"".join(piece["body"] for piece in body))
    assert answered["rows"] == [["0" * 200_000]]
