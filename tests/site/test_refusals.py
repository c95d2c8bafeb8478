"""What Datasette answers with 500 though it is the visitor's doing: here 400, in words.

Each of these was found by asking a stock Datasette 0.65.5; docs/security.md lists them.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from datasette import hookimpl
from datasette.app import Datasette
from datasette.plugins import pm
from datasette.utils.asgi import Response

HUGE = "9" * 20
DEEP = "[" * 2_000

# Address, and what is said. At a table, at a view, at a query, as JSON and as CSV.
REFUSED = [
    ("/events/events?_sort=nope", "Cannot sort table by nope"),
    ("/events/events?_sort_desc=nope", "Cannot sort table by nope"),
    ("/events/events?_sort=id&_sort_desc=id", "Cannot use _sort and _sort_desc at the same time"),
    ("/events/events?_timelimit=abc", '_timelimit: "abc" is no number'),
    ("/events/events.csv?_timelimit=abc", '_timelimit: "abc" is no number'),
    ("/events/deadliest-events?_timelimit=abc", '_timelimit: "abc" is no number'),
    ("/events.json?sql=select+1&_timelimit=²", '_timelimit: "²" is no number'),
    ("/events/events.json?_ttl=²", '_ttl: "²" is no number'),
    ("/events/disagreements?_next=x", '_next: "x" is no number'),
    ("/events/events.json?_json_infinity=x", '_json_infinity: write on or off, not "x"'),
    ("/events/events?_facet_size=²", '_facet_size: "²" is no number'),
    ("/events/events?_facet={", '_facet: "{" is not JSON'),
    ('/events/events?_facet={"a":1}', '_facet: write the name of a column, or {"column": "..."}'),
    ("/events/countries?_facets=name", "_facets: write _facet, _facet_array or _facet_date"),
    ("/events/events?year__in=[", 'year__in: "[" is not JSON'),
    (f"/events/events?year__in={DEEP}", f'year__in: "{DEEP[:59]}…" is not JSON'),
    ("/events/events?year__in=[[1]]", "SQLite cannot answer this: \"Error binding parameter 1: type 'list' is not supported\""),
    ("/events/events?year__notin=[{}]", "SQLite cannot answer this: \"Error binding parameter 1: type 'dict' is not supported\""),
    (f"/events/events?year__in=[{HUGE}]", "SQLite cannot answer this: \"Python int too large to convert to SQLite INTEGER\""),
    (f"/events/events?year__gt={HUGE}", "SQLite cannot answer this: \"Python int too large to convert to SQLite INTEGER\""),
    (f"/events/events?year__gt={'9' * 5000}", f'year__gt: "{"9" * 59}…" is no number'),
    ("/events/events?year__gt=²", 'year__gt: "²" is no number'),
    ('/events/events?year__in=["\\ud800"]', "year__in: half a surrogate pair is no text"),
    ("/events/events?_through=x", '_through: "x" is not JSON'),
    ("/events/events?_through=null", "_through: write a JSON object with table, column and value"),
    ('/events/events?_through={"table":1}', "_through: write a JSON object with table, column and value"),
    ('/events/events?_through={"table":"x","column":"y","value":"z"}', "Invalid _through - could not find corresponding foreign key"),
    ("/events.csv", "A database has no CSV: ask for that of a table, or add ?sql="),
    ("/events.blob?sql=select+1&_blob_column=1", "There are no bytes: ask for CSV or JSON"),
    ("/events.blob?sql=select+1+as+b&_blob_column=b&_blob_hash=x", "There are no bytes: ask for CSV or JSON"),
    ("/events.blob?sql=select+1+as+b+where+0&_blob_column=b", "There are no bytes: ask for CSV or JSON"),
    ("/events/events.blob?_blob_column=year&_blob_hash=x", "There are no bytes: ask for CSV or JSON"),
    (f"/events/events?{'a=1&' * 200}a=1", "The address has more than 200 parameters: ask for less"),
    (f"/timeline?{'type=attack&' * 200}", "The address has more than 200 parameters: ask for less"),
    (f"/events/events?{'_facet=type&' * 31}", "The address asks for more than 30 facets: ask for less"),
]  # fmt: skip


def encoded(address: str) -> str:
    path, mark, query = address.partition("?")
    return path + mark + quote(query, safe="=&+")


@pytest.mark.parametrize(("address", "said"), REFUSED, ids=[a[:60] for a, _ in REFUSED])
async def test_it_is_refused_in_words_and_nothing_is_logged(site, capsys, address, said):
    path, _, query = encoded(address).partition("?")
    answer = await site.client.get(f"{path}?{query}")
    assert answer.status_code == 400
    if path.endswith(".json"):
        assert answer.json() == {"ok": False, "error": said, "status": 400, "title": None}
    else:
        assert f"<code>{said}</code>" in answer.text.replace("&#34;", '"').replace("&#39;", "'")
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/events/events/a,b", 404),
        ("GET", "/events/event_actors/a", 404),
        ("GET", f"/-/static/{'a' * 300}", 404),
        ("GET", f"/-/static-plugins/datasette-event-timeline/{'a' * 300}", 404),
        ("POST", "/events/events", 405),
        ("POST", "/events/deadliest-events", 405),
        ("POST", "/events/nope", 405),
        ("POST", "/", 405),
        ("POST", "/timeline", 405),
        ("PUT", "/timeline.json", 405),
        ("PATCH", "/disputed", 405),
        ("DELETE", "/event/2015-03-18-bardo-museum-attack", 405),
        ("OPTIONS", "/timeline.json", 200),
        ("TRACE", "/events", 405),
        ("NONSENSE", "/timeline", 405),
    ],
)
async def test_an_address_or_a_method_that_means_nothing(site, method, path, status):
    answer = await site.client.request(method, path)
    assert answer.status_code == status


Receive = Callable[[], Awaitable[dict[str, Any]]]


async def nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def ask(site: Datasette, raw_path: bytes, receive: Receive = nothing, **scope: Any) -> int:
    """Ask as no browser would: the bytes as they are. Returns the status."""
    statuses: list[int] = []

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    asked = {
        "type": "http",
        "method": "GET",
        "path": raw_path.decode("utf-8", "replace"),
        "raw_path": raw_path,
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "scheme": "http",
        **scope,
    }
    await site.app()(asked, receive, send)
    (status,) = statuses
    return status


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        (b"/\xff", {}),
        ("/é".encode(), {}),
        ("/timeline/é.json".encode(), {}),
        (b"/", {"headers": [(b"host", b"localhost"), (b"cookie", b"\xff")]}),
        (b"/", {"headers": [(b"host", b"[::1")]}),
        (b"/events/events", {"query_string": b"x=" + b"x" * 60_000}),
    ],
)
async def test_bytes_that_are_no_request(site, path, scope):
    assert await ask(site, path, **scope) == 400


# What is sent

# With this cookie a body is read to look for the token in it.
COOKIE = {"cookie": "ds_csrftoken=x"}


@pytest.fixture
def writable(tmp_path: Path) -> Datasette:
    """A chronology and another database, each with a query that writes what is sent."""
    queries = {"queries": {"add": {"sql": "insert into t (title) values (:x)", "write": True}}}
    for name in ("events", "other"):
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as db:
            db.execute("create table t (id integer primary key, date, title)")
    metadata = {
        "plugins": {"event-timeline": {"database": "events", "table": "t"}},
        "databases": {"events": queries, "other": queries},
    }
    files = [str(tmp_path / f"{name}.db") for name in ("events", "other")]
    return Datasette(files, metadata=metadata)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path", [b"/", b"/timeline", b"/events", b"/events/t", b"/events/t.json", b"/events/nope"]
)
async def test_what_cannot_be_sent_is_not_read(writable, method, path):
    async def receive() -> dict[str, Any]:
        pytest.fail("the body was read")

    headers = [(b"host", b"localhost"), (b"cookie", b"ds_csrftoken=x")]
    assert await ask(writable, path, receive, method=method, headers=headers) == 405


@pytest.mark.parametrize("path", ["/events/add", "/-/messages", "/-/nope"])
@pytest.mark.parametrize("cookie", [{}, COOKIE])
async def test_of_what_can_be_sent_no_more_is_read_than_a_form_has(writable, path, cookie):
    body = {"x": "x" * 100_000}
    answer = await writable.client.post(path, data=body, headers=cookie)
    # Without the cookie nothing is read where nothing is there.
    assert answer.status_code == (404 if path == "/-/nope" and not cookie else 413)
    assert cookie == {} or "More than 100,000 bytes were sent: send less" in answer.text


@pytest.mark.parametrize(("database", "length"), [("events", 1), ("other", 1), ("other", 100_000)])
async def test_a_query_that_writes_does(writable, database, length):
    sent = {"x": "x" * length}
    assert (await writable.client.post(f"/{database}/add", data=sent)).status_code == 302
    (row,) = (await writable.client.get(f"/{database}/t.json?_shape=array")).json()
    assert row["title"] == sent["x"]


class Receiving:
    """A plugin with an address of its own that things can be sent to."""

    __name__ = "receiving"

    @hookimpl
    def register_routes(self):
        return [(r"^/send$", self.answer)]

    async def answer(self, request):
        return Response.text(str(await request.post_vars()))


async def test_a_plugin_keeps_what_is_sent_to_it(writable):
    plugin = Receiving()
    pm.register(plugin)
    try:
        site = Datasette(writable.files, metadata=writable.metadata())
        answer = await site.client.post("/send", data={"x": "1"})
    finally:
        pm.unregister(plugin)
    assert answer.text == "{'x': '1'}"


# SQL


@pytest.mark.parametrize(
    ("path", "parameters", "said"),
    [
        ("/timeline", {"_where": "nope"}, 'SQLite cannot answer this: "no such column: nope"'),
    ],
)  # fmt: skip
async def test_sql_that_sqlite_does_not_understand(site, path, parameters, said):
    answer = await site.client.get(path, params=parameters)
    assert answer.status_code == 400
    assert said in answer.text.replace("&#34;", '"').replace('\\"', '"')


# A row of it takes minutes, and SQLite looks at no clock meanwhile.
HEAVY = (
    "exists(select 1 from (select hex(zeroblob(950000)) as x) where "
    + " or ".join(f"x like '%{'0' * 90}{n}1'" for n in range(9))
    + ")"
)


@pytest.mark.slow  # runs until it is interrupted
@pytest.mark.parametrize("path", ["/events/build", "/events/build.json", "/timeline"])
async def test_a_condition_that_takes_too_long_is_interrupted(site, path):
    answer = await site.client.get(path, params={"_where": HEAVY, "_nofacet": "1"})
    assert answer.status_code == 400
    assert "too long" in answer.text or "longer than" in answer.text


async def test_a_table_may_have_a_dot_in_its_name(tmp_path):
    path = tmp_path / "events.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute('create table "events.csv" (id text, date text, title text)')
    declared = {"plugins": {"event-timeline": {"database": "events", "table": "events.csv"}}}
    dotted = Datasette([str(path)], metadata=declared)
    for form in ("", ".json"):
        address = f"/events/events~2Ecsv{form}"
        answer = await dotted.client.get(address, params={"_where": "title is null"})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "conditions",
    [
        ["year > 2014 or country = 'TN'", "title like '%a%'"],
        ["id in (select event from event_actors)"],
        ["title like '%-- no comment%'", "'(' <> ')'"],
        ["year between 2014 and 2015 /* both */"],
        ["case when year > 2014 then 1 end"],
    ],
)
@pytest.mark.parametrize("path", ["/events/events.json", "/timeline.json"])
async def test_any_other_condition_is_answered(site, path, conditions):
    answer = await site.client.get(path, params={"_where": conditions})
    assert answer.status_code == 200


@pytest.mark.parametrize("closed", [{"allow_sql": False}, {"allow": {"id": "editor"}}])
@pytest.mark.parametrize("condition", ["nope", "title is null"])
async def test_who_may_not_ask_is_not_told_what_columns_there_are(site, closed, condition):
    site = Datasette(site.files, metadata={**site.metadata(), **closed})
    answer = await site.client.get("/events/events.json", params={"_where": condition})
    assert answer.status_code == 403


@pytest.mark.parametrize("asked", [{"sql": "select '[]' as a"}, {"_where": "1"}])
async def test_values_are_not_read_as_json_beside_sql(site, asked):
    path = "/events.json" if "sql" in asked else "/events/events.json"
    answer = await site.client.get(path, params={"_json": "a", **asked})
    assert answer.status_code == 400
    assert answer.json()["error"] == "_json: not together with SQL: leave it out"


async def test_a_value_in_brackets_within_brackets(site):
    queries = {"deep": {"sql": f"select '{DEEP}' as a"}}
    metadata = {**site.metadata(), "databases": {"events": {"queries": queries}}}
    deep = Datasette(site.files, metadata=metadata)
    assert (await deep.client.get("/events/deep.json")).status_code == 200
    answer = await deep.client.get("/events/deep.json?_json=a")
    assert answer.status_code == 400
    assert answer.json()["error"] == "_json: a value has too many brackets within brackets"


class Greedy:
    """A plugin that stands for a statement for which SQLite has no memory."""

    __name__ = "greedy"

    @hookimpl
    def filters_from_request(self, request):
        raise MemoryError


@pytest.mark.parametrize(("query", "status"), [("?_where=1", 400), ("", 500)])
async def test_more_memory_than_there_is_is_the_doing_of_who_asks(site, query, status):
    plugin = Greedy()
    pm.register(plugin)
    try:
        answer = await site.client.get(f"/events/events{query}")
    finally:
        pm.unregister(plugin)
    assert answer.status_code == status
    said = "This takes more memory than this site allows: ask for less" in answer.text
    assert said == (status == 400)


class Damaged:
    """A plugin that stands for a database whose file is damaged."""

    __name__ = "damaged"

    @hookimpl
    def filters_from_request(self, request):
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


async def test_a_damaged_file_is_not_the_doing_of_who_asks(site, capsys):
    plugin = Damaged()
    pm.register(plugin)
    try:
        answer = await site.client.get("/events/events?_where=1")
    finally:
        pm.unregister(plugin)
    assert answer.status_code == 500
    assert "database disk image is malformed" in capsys.readouterr().err


async def test_sql_whose_answer_is_too_large(site):
    site = Datasette(site.files, metadata=site.metadata(), settings={"sql_time_limit_ms": 40_000})
    sql = "with recursive n(i) as (select 1 union all select i + 1 from n) select zeroblob(2000000) from n"
    answer = await site.client.get("/events.json", params={"sql": sql})
    assert answer.status_code == 400
    assert answer.json()["error"] == "the answer is larger than 32 MB: ask for less"


async def test_a_filter_takes_a_list_of_a_thousand(site, get_json):
    years = ",".join(str(1100 + n) for n in range(1_000))
    answer = await get_json("/events/events.json", year__in=years)
    assert answer["filtered_table_rows_count"] > 100


async def test_every_query_and_view_of_ours_passes(site, db, metadata):
    queries = metadata["databases"]["events"]["queries"]
    views = [
        row["name"] for row in db.execute("select name from sqlite_master where type = 'view'")
    ]
    for path in [*(f"/events/{name}" for name in [*queries, *views])]:
        answer = await site.client.get(f"{path}.json?_shape=array")
        assert answer.status_code == 200, path
    for query in queries.values():
        answer = await site.client.get("/events.json", params={"sql": query["sql"]})
        assert answer.status_code == 200, query["title"]


# What is ours


class Broken:
    """A plugin with a bug: it meets every request for /events/events."""

    __name__ = "broken"

    @hookimpl
    def filters_from_request(self, request):
        raise ZeroDivisionError("a bug")


@pytest.mark.parametrize("query", ["", "?_sort=id", "?year__in=[2015]&_timelimit=500"])
async def test_a_bug_stays_a_500_with_its_traceback(site, capsys, query):
    plugin = Broken()
    pm.register(plugin)
    try:
        answer = await site.client.get(f"/events/events.json{query}")
    finally:
        pm.unregister(plugin)
    assert answer.status_code == 500
    assert "ZeroDivisionError: a bug" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["/events/events?_sort=nope", "/events/events?year__in=["])
async def test_where_nothing_is_declared_datasette_answers_as_ever(other_site, address):
    answer = await other_site.client.get(address)
    assert answer.status_code == 500
