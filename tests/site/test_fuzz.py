"""Any address, any settings, any database: never a 5xx, a hang or a memory that runs away.

EVENT_TIMELINE_FUZZ says how many examples a test tries.
"""

import asyncio
import codecs
import contextlib
import csv
import io
import json
import os
import re
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_from_bytes, urlencode

import pytest
from datasette.app import Datasette
from datasette.filters import Filters
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from datasette_event_timeline.config.declared import DeclarationError
from datasette_event_timeline.middleware.spreadsheets import disarm
from datasette_event_timeline.queries.events import MOST_MARKS
from event_timeline.curated.columns import EVENTS

# Sixty pages of each kind.
pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("EVENT_TIMELINE_FUZZ", "60"))
# What a page may take: of the clock, of the processor, and all of them together of memory.
MOST_SECONDS = 60
MOST_WORK_SECONDS = 15
MOST_GROWTH_MB = 300

EVENT = "2015-03-18-bardo-museum-attack"
SOURCE = "reset-doc-2018-03-07-caliphate"
OURS = [
    "/timeline", "/timeline.json", f"/event/{EVENT}", f"/event/{EVENT}.json",
    "/actor/islamic-state", f"/source/{SOURCE}", "/disputed", "/about", "/",
]  # fmt: skip
OF_DATASETTE = [
    f"/events{table}{form}"
    for table in ("", "/events", "/countries", "/disagreements", "/event_actors", f"/events/{EVENT}",
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

keys = (
    st.sampled_from(PARAMETERS)
    | st.tuples(st.sampled_from(PARAMETERS), st.text("_sx1", max_size=3)).map("".join)
    | st.text(max_size=20)
)
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

# Parameters that mean something, so that more than the refusals is tried

LOOKUPS = [key for key, _, _ in Filters([]).lookups()]
WINDOWS = [
    "2015", "2014/2016", "2015-03-18", "../..", "/2015", "{2014,2016..2018}", "[..2015-XX]", "2015~",
    "-0100/2020", "Y-999999999999/Y999999999999", "XXXX-XX-XX", "1E9", "2015-03-18T10:00:00Z",
    "{" + ",".join(f"{year}-XX-1X" for year in range(1900, 1950)) + "}",
]  # fmt: skip
NUMBERS = ["0", "1", "2", "-1", "35.5", "-180", "1e400", "NaN", "99999999", "9" * 25, "x", ""]
windows = st.sampled_from(WINDOWS) | st.text("0123456789-XYE/.?~%[]{},", max_size=12)
names = st.sampled_from([*EVENTS.names, "year", "earliest_start", "latest_end", "rowid", "nope"])


def pairs_of(keys: st.SearchStrategy[str], values: st.SearchStrategy[str]) -> Any:
    return st.tuples(keys, values.map(lambda text: text.encode("utf-8", "replace")))


meant = st.one_of(
    pairs_of(st.sampled_from(["_window", "_possibly", "_certainly"]), windows),
    pairs_of(st.just("_lanes"), st.sampled_from(["country", "type", "actors", "none", "", "id"])),
    pairs_of(st.sampled_from(["_page", "page", "embed", "_size"]), st.sampled_from(NUMBERS)),
    pairs_of(st.just("_selected"), st.just(EVENT) | st.text(max_size=20)),
    pairs_of(
        st.sampled_from(["latitude__gte", "latitude__lte", "longitude__gte", "longitude__lte"]),
        st.sampled_from(NUMBERS),
    ),
    pairs_of(
        st.tuples(names, st.sampled_from(LOOKUPS)).map("__".join) | names,
        st.sampled_from(["TN", "attack", "islamic-state", "a,b", "2015", *NUMBERS]) | st.text(),
    ),
    pairs_of(
        st.sampled_from(["_search", "_search_title", "_search_nope"]),
        st.sampled_from(["bardo", '"bardo', "b*", "تونس", "NOT", "-"]) | st.text(),
    ),
    pairs_of(st.just("measure"), st.sampled_from(["killed", "responsibility", "nope"])),
    pairs_of(st.just("_where"), st.sampled_from(["year > 2014", "1", "1 in (select 1)", "max(1)"])),
    pairs_of(st.just("_excel"), st.sampled_from(["1", "0", "x"])),
)
meant_queries = st.lists(meant, max_size=5).map(
    lambda pairs: "&".join(f"{quote(key)}={quote_from_bytes(value)}" for key, value in pairs)
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
    deadline=timedelta(seconds=MOST_SECONDS),
    # What an example has to do with its failure is found by hand; it would take minutes here.
    phases=set(Phase) - {Phase.explain},
    suppress_health_check=[HealthCheck.too_slow],
)
tried_briefly = settings(tried, max_examples=max(EXAMPLES // 3, 1))


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
    began = time.process_time()
    async with asyncio.timeout(MOST_SECONDS):
        await site.app()(asked, receive, send)
    assert time.process_time() - began < MOST_WORK_SECONDS
    return messages[0]["status"], b"".join(message.get("body", b"") for message in messages)


@pytest.fixture(scope="module", autouse=True)
def _memory() -> Iterator[None]:
    """The process may not grow by more than what a test of a page may use."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < MOST_GROWTH_MB * 1024


@pytest.fixture(scope="module")
def patient_site(database, metadata) -> Datasette:
    """The site with a short limit, so that no SQL that is made up takes long."""
    return Datasette([str(database)], metadata=metadata, settings={"sql_time_limit_ms": 500})


@pytest.mark.parametrize("path", OURS)
@tried
@given(query=queries | meant_queries)
async def test_our_pages(patient_site, path, query):
    status, body = await ask(patient_site, path, query)
    assert status < 500
    assert b"Traceback" not in body


@tried
@given(path=st.sampled_from(OF_DATASETTE), query=queries | meant_queries)
async def test_the_pages_of_datasette(patient_site, path, query):
    status, body = await ask(patient_site, path, query)
    assert status < 500
    assert b"Traceback" not in body


@tried
@given(path=any_path, query=queries, method=methods, more=headers)
async def test_any_path_method_and_header(patient_site, path, query, method, more):
    status, _ = await ask(patient_site, path, query, method=method, headers=more)
    assert status < 500


@tried
@given(draw=st.data())
async def test_ready_questions(patient_site, metadata, draw):
    ready = metadata["databases"]["events"]["queries"]
    name = draw.draw(st.sampled_from(sorted(ready)))
    params = [*ready[name].get("params", ()), "_shape", "_excel", "_size"]
    asked = st.lists(st.tuples(st.sampled_from(params), values), max_size=4)
    query = "&".join(f"{key}={quote_from_bytes(value)}" for key, value in draw.draw(asked))
    form = draw.draw(st.sampled_from(["", ".json", ".csv"]))
    status, body = await ask(patient_site, f"/events/{name}{form}", query)
    assert status < 500
    assert b"Traceback" not in body


@tried
@given(cells=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), max_size=4))
@example(cells=["=1+1", "\r", "\n=", '"', "a,b", "-1", "\ufeff=1"])
async def test_a_csv_for_spreadsheets_has_every_cell_disarmed(patient_site, cells):
    sql = "select " + ", ".join(["0", *(f":c{n} as c{n}" for n in range(len(cells)))])
    given = "".join(f"&c{n}={quote(cell)}" for n, cell in enumerate(cells))
    status, body = await ask(patient_site, "/events.csv", f"sql={quote(sql)}{given}&_excel=1")
    assert (status, body[:3]) == (200, codecs.BOM_UTF8)
    rows = csv.reader(io.StringIO(body[3:].decode(), newline=""), strict=True)
    assert list(rows)[1:] == [["0", *map(disarm, cells)]]


# Databases made by hand

ANYTHING = [
    "null", "0", "-1", "1.5", "9e999", "-9e999", "9223372036854775807", "-9223372036854775808",
    "''", "' '", "x''", "x'fffe00'", "cast(x'c328ff' as text)", "'a' || char(0) || 'b'", "'x'",
    "'2015'", "2015", "20150318", "'2015-03-18/..'", "'Y999999999999'", "'Y-999999999999/..'",
    "'[]'", "'['", "'[1, null, {\"a\": [1]}, \"x\"]'", "'{}'", "'null'", "'islamic-state'",
    "printf('%.*c', 50000, '[')", "printf('%.*c', 50000, 'x')", "'javascript:alert(1)'", "91", "1e17",
    "'<b>'", "rowid", "1 << 40", "-(1 << 40)", "1000000000000000",
]  # fmt: skip
changes = st.lists(
    st.tuples(st.integers(0, 10_000), st.sampled_from(ANYTHING), st.booleans()), max_size=20
)

LOST = [
    "actors", "build", "claims", "countries", "event_actors", "event_sources", "date_spans", "date_stretches", "dates",
    "events", "events_search_fts", "questions", "sources", "withdrawn", "disagreements",
    "event_origins", "source_uses", "claims_in_full", "counted_events", "killed_per_year",
]  # fmt: skip


def untyped(database: Path, target: Path) -> None:
    """Write a copy of a database whose columns take anything."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("pragma writable_schema = on")
        for name, sql in copy.execute(
            "select name, sql from sqlite_master where sql like '%) STRICT'"
        ).fetchall():
            bare = re.sub(r'(?<=") (TEXT|REAL|INTEGER)(?! PRIMARY)( NOT NULL)?', "", sql)
            bare = bare.removesuffix(" STRICT").replace("PRIMARY KEY NOT NULL", "PRIMARY KEY")
            copy.execute("update sqlite_master set sql = ? where name = ?", (bare, name))
        copy.commit()


def spoil(
    pristine: Path, target: Path, changed: list[tuple[int, str, bool]], lost: str = ""
) -> None:
    """Write the database anew, some cells or a column of every row as given, one table lost."""
    with closing(sqlite3.connect(pristine)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        columns = copy.execute(
            "select t.name, c.name from sqlite_master as t, pragma_table_info(t.name) as c"
            " where t.type = 'table' and t.name not like '%\\_search%' escape '\\' order by 1, 2"
        ).fetchall()
        for number, value, everywhere in changed:
            table, column = columns[number % len(columns)]
            where = "" if everywhere else f"where rowid % 3 = {number % 3}"
            copy.execute(f'update or ignore "{table}" set "{column}" = {value} {where}')
        for (kind,) in copy.execute("select type from sqlite_master where name = ?", [lost]):
            copy.execute(f'drop {kind} "{lost}"')
        copy.commit()


@dataclass(frozen=True)
class MadeByHand:
    """A site of a database whose columns take anything."""

    pristine: Path
    path: Path
    site: Datasette


@pytest.fixture(scope="module")
def made_by_hand(database, metadata, tmp_path_factory) -> MadeByHand:
    folder = tmp_path_factory.mktemp("by-hand")
    untyped(database, folder / "pristine.db")
    untyped(database, folder / "events.db")
    limits = {"sql_time_limit_ms": 500}
    site = Datasette([str(folder / "events.db")], metadata=metadata, settings=limits)
    return MadeByHand(folder / "pristine.db", folder / "events.db", site)


@tried
@given(
    changed=changes,
    path=st.sampled_from([*OURS, "/events/events", "/events/claims", f"/events/events/{EVENT}"]),
    query=meant_queries,
    lost=st.just("") | st.sampled_from(LOST),
)
async def test_a_database_made_by_hand(made_by_hand, changed, path, query, lost):
    spoil(made_by_hand.pristine, made_by_hand.path, changed, lost)
    status, _ = await ask(made_by_hand.site, path, query if "timeline" in path else "")
    assert status < 500


# Other chronologies, and settings of any kind

COLUMNS = ["no", "name", "fought", "until", "theatre", "sides", "lat", "lon", "dead"]
cell = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"), max_size=20)
    | st.binary(max_size=8)
    | windows
    | st.sampled_from(['["Rome"]', "[", "[[1]]", '{"a": 1}', "<b>", 2015, -44, 79.0])
)
rows = st.lists(st.tuples(st.just(1) | cell, *[cell] * (len(COLUMNS) - 1)), max_size=6)
SETTINGS = ["database", "table", "id", "date", "title", "end", "lanes", "embed", "window", "about"]
odd = st.sampled_from([None, True, 7, [], {}, [1], "", "nope", "no such; --", {"array": "sides"}])
any_setting = st.sampled_from(COLUMNS) | odd
any_settings = st.fixed_dictionaries(
    {"database": st.just("wars"), "table": st.just("battles"), "id": st.just("no")},
    optional={
        "title": st.just("name") | any_setting,
        "date": st.just("fought") | any_setting,
        **dict.fromkeys(["end", "place", "latitude", "longitude", "country", "kind"], any_setting),
        **dict.fromkeys(["size", "radius_km", "location_precision"], any_setting),
        "lanes": st.lists(any_setting | st.just({"array": "sides"}), max_size=3) | odd,
        "window": windows | odd,
        "embed": st.booleans() | st.just(["https://example.org"]) | odd,
        "about": st.lists(st.fixed_dictionaries({"title": odd, "text": odd}), max_size=2) | odd,
        "highlight_source": odd,
    },
)
nonsense = odd | st.dictionaries(st.sampled_from(SETTINGS) | st.text(max_size=9), odd, max_size=5)
SOUND_SETTINGS = {
    "database": "wars", "table": "battles", "id": "no", "title": "name", "date": "fought",
    "end": "until", "latitude": "lat", "longitude": "lon", "country": "theatre", "size": "dead",
    "lanes": ["theatre", {"array": "sides"}],
}  # fmt: skip


@tried
@given(given_settings=nonsense)
async def test_settings_that_make_no_sense_are_refused_or_passed_over(given_settings):
    with contextlib.suppress(DeclarationError):
        site = Datasette([], metadata={"plugins": {"event-timeline": given_settings}}, memory=True)
        await site.invoke_startup()
        for page in ("/", "/timeline", "/about"):
            assert (await ask(site, page, ""))[0] < 500


@tried_briefly
@given(
    given_settings=st.just(SOUND_SETTINGS) | any_settings,
    battles=rows,
    query=windows.map(lambda text: f"_window={quote(text)}&_lanes=none") | meant_queries,
)
async def test_any_settings_and_any_table(tmp_path_factory, given_settings, battles, query):
    path = tmp_path_factory.mktemp("wars") / "wars.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"create table battles ({', '.join(COLUMNS)})")
        db.executemany(f"insert into battles values ({', '.join('?' * len(COLUMNS))})", battles)
        db.commit()
    site = Datasette(
        [str(path)],
        metadata={"plugins": {"event-timeline": given_settings}},
        settings={"num_sql_threads": 0},
    )
    try:
        await site.invoke_startup()
    except DeclarationError:
        return
    for page in ("/", "/timeline", "/timeline.json", "/event/1", "/about", "/wars/battles"):
        status, _ = await ask(site, page, query if "timeline" in page else "")
        assert status < 500, page
    site.get_database("wars").close()
    path.unlink()


@pytest.fixture(scope="module")
def crowd(tmp_path_factory) -> Datasette:
    """So many battles that the timeline shows bins and the map cells of a grid."""
    path = tmp_path_factory.mktemp("crowd") / "wars.db"
    battles = [
        (n, f"Battle {n}", f"{1000 + n % 997}{'~' * (n % 5 == 0)}", None, f"theatre {n % 30}",
         json.dumps([f"side {n % 20}", "Rome"]), n % 180 - 90, n % 361 - 180.5, n % 77)
        for n in range(MOST_MARKS + 200)
    ]  # fmt: skip
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"create table battles ({', '.join(COLUMNS)})")
        db.executemany(f"insert into battles values ({', '.join('?' * len(COLUMNS))})", battles)
        db.commit()
    return Datasette([str(path)], metadata={"plugins": {"event-timeline": SOUND_SETTINGS}})


crowded = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["_window", "_possibly", "_certainly"]), windows),
        st.tuples(st.just("_lanes"), st.sampled_from(["theatre", "sides", "none"])),
        st.tuples(st.sampled_from(["lat__gte", "lon__lte", "dead__gt"]), st.sampled_from(NUMBERS)),
    ),
    max_size=4,
).map(urlencode)


@tried
@given(form=st.sampled_from(["", ".json"]), query=crowded)
@example(form=".json", query="_window=2100/..")
@example(form=".json", query="_window=../0900")
async def test_the_timeline_of_a_crowd(crowd, form, query):
    assert (await ask(crowd, f"/timeline{form}", query))[0] < 500
