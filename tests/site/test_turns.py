"""Turns: what one request leaves to the others, of the threads for SQL, the loop and memory."""

import asyncio
import json
import re
import sqlite3
from contextlib import closing
from typing import Any

import httpx
import pytest
from datasette.app import Datasette
from datasette.database import QueryInterrupted

from datasette_event_timeline.middleware import cells, sending, turns
from datasette_event_timeline.serving.database import ServedDatabase

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
    execute = ServedDatabase.execute

    async def counting(self, sql, *arguments, **options):
        nonlocal running, most
        is_theirs = "> -1" in sql
        running += is_theirs
        most = max(most, running)
        try:
            return await execute(self, sql, *arguments, **options)
        finally:
            running -= is_theirs

    monkeypatch.setattr(ServedDatabase, "execute", counting)
    return lambda: most


def ask_for_ever(crowd: httpx.AsyncClient, n: int) -> asyncio.Task[httpx.Response]:
    sql = f"{NUMBERS} select max(i) + {n} from n where i > -1"
    return asyncio.create_task(crowd.get("/events.json", params={"sql": sql}))


@pytest.mark.slow  # runs until it is interrupted
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
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.1)
    slow = [ask_for_ever(crowd, n) for n in range(2)]
    await asyncio.wait(slow, timeout=0.3)
    answer = await crowd.get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.headers["content-type"].startswith(kind)
    assert "Others are asking much of this site just now: try once more in a moment" in answer.text
    await asyncio.wait(slow)
    assert (await crowd.get(path)).status_code == 200


async def test_what_is_refused_gives_its_turn_back(crowd):
    answers = [await crowd.get("/events?sql=select nope") for _ in range(4)]
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
    monkeypatch.setattr(turns, "TURN_SECONDS", turn_seconds)
    asked = {"_stream": "on", "_where": "id > -1"}
    streams = await asyncio.gather(
        *(numbered.get("/log/events.csv", params={**asked, "id__gte": n}) for n in range(6))
    )
    assert [len(stream.text.splitlines()) for stream in streams] == [101 - n for n in range(6)]
    assert most_at_once() == 2


PART = {"type": "http.response.body", "body": b"...", "more_body": True}


async def test_who_reads_slowly_keeps_nobody_waiting():
    taken, is_read = turns.Turns(1), asyncio.Event()

    async def send(message):
        await is_read.wait()

    async with taken.take(send) as send_slowly:
        sending = asyncio.create_task(send_slowly(PART))
        async with taken.take(send):
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
    monkeypatch.setattr(turns, "TURN_SECONDS", turn_seconds)
    taken, order = turns.Turns(1), []

    async def note(message):
        order.append("part")

    async def other():
        async with taken.take(note):
            order.append("other")

    async with taken.take(note) as send:
        waiting = asyncio.create_task(other())
        await asyncio.wait([waiting], timeout=0.01)
        for _ in range(2):
            await send(PART)
    await waiting
    assert order == expected


async def test_who_gives_up_waiting_takes_no_turn(monkeypatch):
    taken = turns.Turns(1)
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.01)
    for _ in range(2):
        async with taken.take(None):
            with pytest.raises(turns.BusyError):
                async with taken.take(None):
                    pass


# The cells of a page


def numbers(rows: int, columns: int) -> str:
    return f"{NUMBERS} select {', '.join(['i'] * columns)} from n limit {rows}"


@pytest.mark.parametrize(("rows", "columns", "status"), [(100, 40, 200), (100, 41, 400)])
async def test_a_page_has_so_many_cells(site, monkeypatch, rows, columns, status):
    monkeypatch.setattr(cells, "MOST_CELLS", 4_000)
    answer = await site.client.get("/events", params={"sql": numbers(rows, columns)})
    assert answer.status_code == status
    said = "A page of more than 4,000 cells: ask for fewer rows or columns, or for CSV or JSON"
    assert (said in answer.text) == (status == 400)


@pytest.mark.parametrize("path", ["/events.csv", "/events.json"])
async def test_csv_and_json_have_all_cells(site, monkeypatch, path):
    monkeypatch.setattr(cells, "MOST_CELLS", 10)
    answer = await site.client.get(path, params={"sql": numbers(100, 9)})
    assert answer.status_code == 200


async def test_a_page_has_so_many_characters(site, monkeypatch):
    monkeypatch.setattr(cells, "MOST_CHARACTERS", 2_000)
    for letters, status in ((99, 200), (100, 400)):
        sql = f"{NUMBERS} select '{'x' * letters}' as x from n limit 20"
        answer = await site.client.get("/events", params={"sql": sql})
        assert answer.status_code == status
        assert ("more than 2,000 characters" in answer.text) == (status == 400)


async def test_the_statements_of_a_page_have_a_time_together(site):
    await site.client.get("/")
    db = site.get_database("events")
    some = f"{NUMBERS} select count(*) from (select i from n limit 300000)"
    assert (await db.execute(some)).first()[0] == 300_000
    async with db.visit(has_sql=False, is_page=False, most_ms=50):
        with pytest.raises(QueryInterrupted):
            await db.execute(f"{NUMBERS} select max(i) from n")
        with pytest.raises(QueryInterrupted):
            await db.execute(some)
    assert (await db.execute(some)).first()[0] == 300_000


async def test_a_long_page_lets_others_go_first():
    cells.count_cells()
    shown = [cells.show_cell("i", str(number), number) for number in range(1, 61)]
    waits = [number for number, cell in enumerate(shown, 1) if callable(cell)]
    assert waits == [20, 40, 60]
    assert [await shown[number - 1]() for number in waits] == waits


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("/events/claims?_size=max", 100),
        ("/events/claims?_size=70", 70),
        ("/events/claims?_nofacet=1&_size=1000", 100),
        ("/events/claims?_size=max&_format=json", 100),
        ("/events?sql=select id from claims", 100),
    ],
)
async def test_a_page_has_so_many_rows(site, path, rows):
    page = (await site.client.get(path)).text
    assert len(re.findall(r"<tr>\s*<td", page)) == rows


@pytest.mark.parametrize("path", ["/events/claims", "/events/claims?_size=max"])
async def test_the_first_page_leads_to_the_next(site, path):
    assert "_next=" in (await site.client.get(path)).text


@pytest.mark.parametrize(
    "path",
    [
        "/events/claims.json?_size=max&_shape=array",
        "/events.json?sql=select id from claims&_shape=array",
    ],
)
async def test_json_has_all_rows(site, db, path):
    (number,) = db.execute("select count(*) from claims").fetchone()
    assert number > 200
    assert len((await site.client.get(path)).json()) == number


async def test_a_facet_has_so_many_values(site):
    path = "/events/claims.json?_facet=id&_facet_size=max&_size=1"
    facets = (await site.client.get(path)).json()["facet_results"]
    assert len(facets["id"]["results"]) == 100


@pytest.mark.parametrize("size", ["9" * 5_000, "0" * 30 + "9", "²", "-1", "x"])
async def test_a_size_that_is_no_number_is_no_failure(site, size):
    for name in ("_size", "_facet_size"):
        answer = await site.client.get(f"/events/claims?{name}={size}")
        assert answer.status_code in (200, 400)


async def test_an_address_has_so_many_bytes(site):
    long = await site.client.get(f"/events/claims?x={'y' * 8_000}")
    assert (long.status_code, "longer than 8,000 bytes" in long.text) == (400, True)
    assert (await site.client.get(f"/events/claims.json?x={'y' * 7_900}")).status_code == 200


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
    assert [len(piece["body"]) for piece in body[:-1]] == [sending.PIECE_BYTES] * 3
    assert [bool(piece.get("more_body")) for piece in body] == [True, True, True, False]
    answered = json.loads(b"".join(piece["body"] for piece in body))
    assert answered["rows"] == [["0" * 200_000]]


class Reader:
    """What a server sends to: it takes nothing until it is told to."""

    def __init__(self) -> None:
        self.goes_on = asyncio.Event()
        self.taken = 0

    async def take(self, message: dict[str, Any]) -> None:
        await self.goes_on.wait()
        self.taken += len(message.get("body", b""))


def body(size: int) -> list[dict[str, Any]]:
    start = {"type": "http.response.start", "status": 200, "headers": []}
    return [start, {"type": "http.response.body", "body": b"x" * size}]


async def send_all(answer: sending.Answer, size: int) -> None:
    for message in body(size):
        await answer.send(message)


@pytest.mark.parametrize("sql", ["/**/" + " " * 7_000 + "x", "select 1" + "\n" * 101])
async def test_blanks_in_a_row_are_few(site, sql):
    answer = await site.client.get("/events.json", params={"sql": sql})
    assert answer.status_code == 400
    assert answer.json()["error"] == "sql: more than 100 blanks in a row: write fewer"


async def test_the_name_of_a_column_costs_no_time(site):
    sql = f'{NUMBERS} select i as "{"L" * 5_000}!" from n limit 200'
    answer = await site.client.get("/events", params={"sql": sql})
    assert answer.status_code == 200
    classes = re.findall(r'<td class="col-(L+)[ "]', answer.text)
    assert classes == ["L" * 100] * 100


@pytest.mark.parametrize(("letters", "status"), [(100, 200), (4_000, 400)])
async def test_names_of_columns_count_as_often_as_they_are_sent(site, letters, status):
    many = Datasette(site.files, metadata=site.metadata(), settings={"max_returned_rows": 10_000})
    sql = f'{NUMBERS} select i as "{"L" * letters}" from n limit 9000'
    answer = await many.client.get("/events.json", params={"sql": sql, "_shape": "array"})
    assert answer.status_code == status


async def test_a_trace_is_not_sent_as_csv(site):
    answer = await site.client.get("/events/claims.csv?_stream=1&_trace=1")
    assert answer.status_code == 400
    assert "'unsafe-inline'" not in answer.headers["content-security-policy"]


async def test_so_many_bytes_wait_for_those_who_do_not_read():
    outbox, slow = sending.Outbox(), Reader()
    size = sending.MOST_WAITING_BYTES // 4
    waiting = [
        asyncio.create_task(send_all(sending.Answer(outbox, slow.take), size)) for _ in range(4)
    ]
    await asyncio.sleep(0)
    prompt = Reader()
    prompt.goes_on.set()
    with pytest.raises(sending.TooMuchWaitingError):
        await send_all(sending.Answer(outbox, prompt.take), size)
    await send_all(sending.Answer(outbox, prompt.take), sending.LARGE_BYTES)
    assert prompt.taken == sending.LARGE_BYTES
    slow.goes_on.set()
    await asyncio.gather(*waiting)
    await send_all(sending.Answer(outbox, prompt.take), size)
    assert prompt.taken == sending.LARGE_BYTES + size


async def test_who_takes_nothing_is_let_go(monkeypatch):
    monkeypatch.setattr(sending, "STALLED_SECONDS", 0.01)
    outbox = sending.Outbox()
    with pytest.raises(sending.StalledError):
        await send_all(sending.Answer(outbox, Reader().take), sending.MOST_WAITING_BYTES // 4)
    prompt = Reader()
    prompt.goes_on.set()
    for _ in range(5):
        await send_all(sending.Answer(outbox, prompt.take), sending.MOST_WAITING_BYTES // 4)


async def test_who_reads_ever_so_slowly_is_let_go(monkeypatch):
    monkeypatch.setattr(sending, "STALLED_SECONDS", 0.05)
    monkeypatch.setattr(sending, "SLOWEST_BYTES_PER_SECOND", 1e12)

    async def take_slowly(message: dict[str, Any]) -> None:
        await asyncio.sleep(0.01)

    with pytest.raises(sending.StalledError):
        await send_all(sending.Answer(sending.Outbox(), take_slowly), 100 * sending.PIECE_BYTES)


async def test_an_answer_larger_than_the_most_is_refused(site, monkeypatch):
    monkeypatch.setattr(sending, "MOST_WHOLE_BYTES", 10_000)
    for path in ("/events/claims.json", "/events/claims"):
        answer = await site.client.get(path)
        assert answer.status_code == 400
        assert "The answer is larger than 0 MB: ask for less" in answer.text
    assert len((await site.client.get("/events/claims.csv?_stream=1")).content) > 10_000
