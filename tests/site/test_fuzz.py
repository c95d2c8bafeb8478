"""Any address at all: never a 5xx. EVENT_TIMELINE_FUZZ says how many addresses are tried a test."""

import os
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from datasette.app import Datasette
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("EVENT_TIMELINE_FUZZ", "60"))
EVENT = "2015-03-18-bardo-museum-attack"

OURS = [
    "/timeline", "/timeline.json", f"/event/{EVENT}", f"/event/{EVENT}.json",
    "/actor/islamic-state", "/source/nothing", "/disputed", "/about", "/",
]  # fmt: skip
OF_DATASETTE = [
    f"/events{table}{form}"
    for table in ("", "/events", "/disagreements", "/event_actors", f"/events/{EVENT}",
                  "/search", "/around-a-place", "/build", "/nothing")
    for form in ("", ".json", ".csv", ".blob", ".jsono")
] + ["/-/databases.json", "/-/versions", "/-/threads", "/-/actor.json", "/_memory"]  # fmt: skip

PARAMETERS = [
    "_sort", "_sort_desc", "_sort_by_desc", "_next", "_size", "_timelimit", "_facet", "_facet_size",
    "_facet_array", "_facet_date", "_col", "_nocol", "_labels", "_label", "_json", "_json_infinity",
    "_shape", "_nl", "_ttl", "_trace", "_search", "_search_title", "_searchmode", "_where", "_excel",
    "_through", "_filter_column", "_filter_op", "_filter_value", "_nocount", "_extras", "_stream",
    "_dl", "_header", "_blob_column", "_blob_hash", "_possibly", "_certainly", "_window", "_lanes",
    "_page", "_selected", "_hide_sql", "embed", "sql", "q", "measure", "page", "year", "year__in",
    "year__notin", "year__gt", "year__like", "year__date", "year__nope", "nope", "id__in",
    "actors__arraycontains", "earliest_start__lte", "latitude__gte", "rowid", "__", "_x__exact",
]  # fmt: skip
TEXTS = [
    "", "0", "1", "-1", "max", "on", "array", "object", "id", "title", "earliest_start", "attack",
    "9" * 20, "1e400", "NaN", "$null", "$null,1", "a,b", "~", "~ZZ", "%", "[", "{", "null", "[1]",
    "[[1]]", '{"a": 1}', '["\\ud800"]', '{"table": "event_actors", "column": "actor", "value": "x"}',
    "2015", "2015-XX/..", "{2015,2016}", "../../etc/passwd", "{{7*7}}", "<script>", "'", '"', "²",
    "select 1", "select :q", "select '=1'", "1=1", "1; select 2", "\x00", "\u202e", "[" * 9_000,
]  # fmt: skip

keys = st.sampled_from(PARAMETERS) | st.text(max_size=20)
values = (
    st.sampled_from(TEXTS).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.text().map(lambda text: text.encode())
    | st.binary(max_size=40)
)
queries = st.lists(st.tuples(keys, values), max_size=4).map(
    lambda pairs: "&".join(
        f"{quote_from_bytes(key.encode('utf-8', 'surrogatepass'))}={quote_from_bytes(value)}"
        for key, value in pairs
    )
)
steps = st.binary(max_size=12).map(quote_from_bytes) | st.sampled_from(
    ["events", "event", "timeline", "-", "static", "..", "%2e%2e", "%00", "~00", "x.json", "x.csv"]
)
any_path = st.lists(steps, max_size=4).map(lambda found: "/" + "/".join(found))
methods = st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "TRACE"])
headers = st.lists(
    st.tuples(st.sampled_from([b"cookie", b"host", b"accept", b"range"]), st.binary(max_size=30)),
    max_size=2,
)

tried = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


async def ask(site: Datasette, path: str, query: str, **scope: Any) -> tuple[int, bytes]:
    """Ask for the bytes of an address as they are; returns the status and the body."""
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    asked = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        **scope,
    }
    await site.app()(asked, receive, send)
    return messages[0]["status"], b"".join(message.get("body", b"") for message in messages)


@pytest.fixture(scope="module")
def patient_site(database, metadata) -> Datasette:
    """The site with a short limit, so that no SQL that is made up takes long."""
    return Datasette([str(database)], metadata=metadata, settings={"sql_time_limit_ms": 500})


@pytest.mark.parametrize("path", OURS)
@tried
@given(query=queries)
async def test_our_pages(patient_site, path, query):
    status, body = await ask(patient_site, path, query)
    assert status < 500
    assert b"Traceback" not in body


@tried
@given(path=st.sampled_from(OF_DATASETTE), query=queries)
async def test_the_pages_of_datasette(patient_site, path, query):
    status, body = await ask(patient_site, path, query)
    assert status < 500
    assert b"Traceback" not in body


@tried
@given(path=any_path, query=queries, method=methods, more=headers)
async def test_any_path_method_and_header(patient_site, path, query, method, more):
    status, _ = await ask(patient_site, path, query, method=method, headers=more)
    assert status < 500
