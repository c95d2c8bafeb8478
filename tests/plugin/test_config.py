"""What metadata may declare, and what stops the site from starting."""

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from datasette_event_timeline.config.declaration import Declaration, Grouping
from datasette_event_timeline.config.declared import (
    DeclarationError,
    check_declaration,
    embedders,
    read_declaration,
)
from datasette_event_timeline.queries.events import order_sql
from edtf_dates.cells import Reading
from event_timeline.curated.columns import EVENTS as EVENT_COLUMNS
from event_timeline.curated.csvfile import write_rows
from event_timeline.database.schema import EVENT_ORDER
from event_timeline.publish.build import build

ERUPTIONS = 'create table eruptions ("No." integer, volcano text, year integer, until integer, vei)'
EVENTS = "create table events (id text, date text, title text, country text, type text)"
DERIVED = frozenset({"earliest_start", "latest_start", "earliest_end", "latest_end", "date_number"})


@pytest.fixture
def site(tmp_path):
    """A function that makes a site of one database, with these settings of the plugin."""

    def made(settings: Any, schema: str = EVENTS, name: str = "events") -> Datasette:
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as db:
            db.execute(re.sub("(table|view) ", r"\1 if not exists ", schema, count=1))
        return Datasette(
            [str(tmp_path / f"{name}.db")], metadata={"plugins": {"event-timeline": settings}}
        )

    return made


async def test_a_database_alone_is_declared_with_the_names_of_our_own(site):
    assert await read_declaration(site({"database": "events"})) == Declaration(
        database="events",
        table="events",
        columns=("id", "date", "title", "country", "type"),
        keys=("id",),
        date_cells=("date",),
        reading=Reading(("date",)),
        title="title",
        country="country",
        kind="type",
    )


async def test_another_table_is_declared_by_its_own_names(site):
    settings = {
        "database": "earth",
        "table": "eruptions",
        "id": "No.",
        "date": "year",
        "end": "until",
        "title": "volcano",
        "size": "vei",
        "lanes": ["volcano", {"array": "vei"}],
        "highlight_source": "gvp",
    }
    found = await read_declaration(site(settings, ERUPTIONS, "earth"))
    assert found == Declaration(
        database="earth",
        table="eruptions",
        columns=("No.", "volcano", "year", "until", "vei"),
        keys=("No.",),
        date_cells=("year", "until"),
        reading=Reading(("date", "end")),
        title="volcano",
        size="vei",
        lanes=(Grouping("volcano"), Grouping("vei", is_array=True)),
    )
    assert found.date_sql == f"event_date('{found.reading.to_json()}', year, until)"
    assert found.weight_sql == "coalesce(vei, 0)"
    assert [lane.parameter for lane in found.lanes] == ["volcano", "vei__arraycontains"]


def test_events_that_refer_to_their_dates_are_in_the_order_that_an_index_has():
    ours = Declaration(
        database="events",
        table="events",
        columns=tuple(DERIVED),
        keys=("id",),
        date_cells=("date",),
        reading=Reading(("date",)),
        title="title",
        derived=True,
    )
    assert order_sql(ours) == EVENT_ORDER


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A database as this tool builds it, of one event."""
    folder = tmp_path_factory.mktemp("built")
    cells = dict.fromkeys(EVENT_COLUMNS.names, "") | {
        "id": "2015-03-18-bardo",
        "date": "2015-03-18",
        "title": "Bardo",
        "type": "attack",
        "status": "confirmed",
        "location_precision": "none",
        "summary": "An attack.",
        "sources": "log",
    }
    (folder / "events.csv").write_bytes(write_rows(EVENT_COLUMNS, [list(cells.values())]))
    build(folder / "events.csv", folder / "events.db")
    return folder / "events.db"


COPIES = [
    ("as they are", None, {}, True),
    ("a view of them", "create view some as select * from events", {"table": "some"}, True),
    ("without their stretches", "drop table date_stretches", {}, False),
    ("by another id", "alter table events rename column id to code", {"id": "code"}, True),
]


@pytest.mark.parametrize(
    ("change", "settings", "derived"),
    [row[1:] for row in COPIES],
    ids=[row[0] for row in COPIES],
)
async def test_a_copy_of_our_events_answers_a_window(built, tmp_path, change, settings, derived):
    path = tmp_path / "copy.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("attach ? as ours", [str(built)])
        for table in ("events", "dates", "date_stretches"):
            db.execute(f"create table {table} as select * from ours.{table}")
        if change:
            db.execute(change)
        db.commit()
    copied = Datasette(
        [str(path)], metadata={"plugins": {"event-timeline": {"database": "copy", **settings}}}
    )
    assert (await read_declaration(copied)).derived is derived
    for window, count in (("2015", 1), ("2014", 0)):
        answer = await copied.client.get("/timeline.json", params={"_window": window})
        assert (answer.status_code, answer.json()["shown"]) == (200, count)
        for parameter in ("_possibly", "_certainly"):
            table = settings.get("table", "events")
            rows = await copied.client.get(f"/copy/{table}.json", params={parameter: window})
            assert rows.json()["filtered_table_rows_count"] == count


async def test_a_part_that_the_table_has_no_column_for_is_none(site):
    assert (await read_declaration(site({"database": "events"}))).place is None
    left_out = {"database": "events", "country": None}
    await check_declaration(site(left_out))
    assert (await read_declaration(site(left_out))).country is None


async def test_what_is_not_served_is_not_declared(site):
    assert await read_declaration(site({"database": "elsewhere"})) is None


async def test_a_database_without_a_table_of_events_declares_none(site):
    nothing = site({"database": "events"}, "create table other (id)")
    await check_declaration(nothing)
    assert await read_declaration(nothing) is None


WRONG = [
    (None, "write settings below it, such as database: events"),
    ([], "write settings below it, such as database: events"),
    ({}, "database: name the database that holds the events"),
    (
        {"database": "elsewhere"},
        "database: no database elsewhere is served, but events: "
        "write the name of one that is, or serve elsewhere.db",
    ),
    ("events", "write settings below it, such as database: events"),
    ({"table": "events"}, "database: name the database that holds the events"),
    ({"database": 5}, "database: write one name, not 5"),
    (
        {"database": "events", "tabel": "events"},
        "tabel: there is no such setting: choose among about, country, database, date, embed, end, "
        "highlight_source, id, kind, lanes, latitude, location_precision, longitude, place, "
        "public_url, radius_km, size, table, title, window",
    ),
    (
        {"database": "events", "table": "happenings"},
        "table: there is no table happenings in the database events",
    ),
    (
        {"database": "events", "date": "when"},
        "date: the table events has no column when: name one of id, date, title, country, type",
    ),
    (
        {"database": "events", "place": "town"},
        "place: the table events has no column town: name one of id, date, title, country, type",
    ),
    ({"database": "events", "title": None}, "title: write one name, not None"),
    ({"database": "events", "date": ["a", "b"]}, "date: write one name, not ['a', 'b']"),
    (
        {"database": "events", "lanes": ["country", "colour"]},
        "lanes: the table events has no column colour: name some of id, date, title, country, type",
    ),
    (
        {"database": "events", "lanes": "country"},
        "lanes: write a list of columns, such as [country, {array: actors}], not 'country'",
    ),
    (
        {"database": "events", "lanes": [{"column": "country"}]},
        "lanes: write a list of columns, such as [country, {array: actors}], "
        "not [{'column': 'country'}]",
    ),
    (
        {"database": "events", "embed": "https://example.org"},
        "embed: write true, false or a list such as [https://example.org], "
        "not 'https://example.org'",
    ),
    (
        {"database": "events", "embed": ["https://example.org; script-src *"]},
        "embed: 'https://example.org; script-src *' is no origin: write a scheme and a host, "
        "such as https://example.org",
    ),
]


@pytest.mark.parametrize(("settings", "said"), WRONG)
async def test_what_is_wrong_stops_the_site_with_what_to_write(site, settings, said):
    with pytest.raises(DeclarationError) as stopped:
        await site(settings).invoke_startup()
    assert str(stopped.value) == f"metadata: plugins: event-timeline: {said}"


async def test_a_needed_column_that_is_missing_is_named(site):
    with pytest.raises(DeclarationError) as stopped:
        await site({"database": "events"}, "create table events (id, date)").invoke_startup()
    assert str(stopped.value) == (
        "metadata: plugins: event-timeline: title: the table events has no column title: "
        "name one of id, date"
    )


@pytest.mark.parametrize("name", ["timeline", "event", "actor", "source", "disputed", "about"])
async def test_a_database_called_as_our_addresses_is_refused(site, name):
    with pytest.raises(DeclarationError) as stopped:
        await site({"database": name}, name=name).invoke_startup()
    assert str(stopped.value) == (
        f"metadata: plugins: event-timeline: database: {name} is an address of this plugin: "
        "serve the file under another name"
    )


async def test_it_is_refused_beside_the_declared_one_too(site, tmp_path):
    both = site({"database": "events"})
    with closing(sqlite3.connect(tmp_path / "about.db")):
        both = Datasette([*both.files, str(tmp_path / "about.db")], metadata=both.metadata())
    with pytest.raises(DeclarationError, match="database: about is an address of this plugin"):
        await both.invoke_startup()


async def test_where_nothing_is_declared_any_name_will_do(tmp_path):
    with closing(sqlite3.connect(tmp_path / "timeline.db")) as db:
        db.execute("create table event (id)")
    elsewhere = Datasette([str(tmp_path / "timeline.db")])
    assert (await elsewhere.client.get("/timeline/event")).status_code == 200


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        (None, ()),
        (False, ()),
        (True, ("*",)),
        ([], ("'self'",)),
        (
            ["https://example.org", "http://localhost:8000", "https://*.example.org"],
            ("'self'", "https://example.org", "http://localhost:8000", "https://*.example.org"),
        ),
    ],
)
async def test_who_may_embed_the_timeline(site, given, allowed):
    assert embedders(site({"database": "events", "embed": given})) == allowed


def test_the_terminal_says_it_in_one_line(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "x.db")) as db:
        db.execute(EVENTS)
    settings = {"plugins": {"event-timeline": {"database": "x", "date": "when"}}}
    (tmp_path / "metadata.yml").write_text(json.dumps(settings))
    run = subprocess.run(
        [sys.executable, "-m", "datasette", "x.db", "-m", "metadata.yml", "--get", "/"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (
        1,
        "",
        "Error: metadata: plugins: event-timeline: date: the table events has no column when: "
        "name one of id, date, title, country, type\n",
    )


async def started_with(site, column: str) -> Datasette:
    """A site whose table lost a declared column after it had started."""
    made = site({"database": "events", column: column})
    await made.invoke_startup()
    with closing(sqlite3.connect(made.files[0])) as db:
        db.execute(f"alter table events rename column {column} to name")
    return made


@pytest.fixture
async def changed(site) -> Datasette:
    """A site whose table lost the column of titles after it had started."""
    return await started_with(site, "title")


SAID = (
    "metadata: plugins: event-timeline: title: the table events has no column title: "
    "name one of id, date, name, country, type"
)


@pytest.mark.parametrize("path", ["/", "/events", "/events/events", "/events/events.json"])
async def test_pages_without_a_timeline_go_on_when_a_column_is_gone(changed, path):
    assert (await changed.client.get(path)).status_code == 200


async def test_the_log_has_one_line_of_it(site, caplog):
    # A column that no other test loses: the line is logged once a process.
    made = await started_with(site, "country")
    for _ in range(2):
        await made.client.get("/events/events")
    assert [record.getMessage() for record in caplog.records] == [
        "metadata: plugins: event-timeline: country: the table events has no column country: "
        "name one of id, date, title, name, type: until then the pages have no timeline"
    ]


@pytest.mark.parametrize(
    "path", ["/timeline", "/timeline.json", "/event/x", "/events/events?_possibly=2015"]
)
async def test_what_cannot_be_without_the_column_says_so(changed, path):
    answer = await changed.client.get(path)
    assert answer.status_code == 503
    assert SAID in unescape(answer.text)
