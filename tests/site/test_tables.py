"""Every table and view: its page, its texts, its facets, its labels."""

import json
import sqlite3
from contextlib import closing

import pytest
from datasette.app import Datasette
from sqlite_utils import Database

from event_timeline.curated.columns import EVENTS, FILES, table_columns
from event_timeline.database.metadata import default_metadata
from event_timeline.database.schema import create_tables
from event_timeline.database.views import create_views
from event_timeline.publish.build import build
from event_timeline.publish.serving import SETTINGS

PLUMBING = {"build", "countries", "date_spans", "date_stretches", "dates", "events_search", "actors_search", "sources_search", "claims_search"}  # fmt: skip
READ = {file.name for file in FILES} | {"event_actors", "event_sources"}


def declared(kind: str) -> list[str]:
    """The tables or views that the code declares, so that each is a test of its own."""
    db = Database(memory=True)
    create_tables(db)
    create_views(db)
    return db.table_names() if kind == "table" else db.view_names()


VIEWS = declared("view")


def count(db: sqlite3.Connection, table: str, where: str = "1") -> int:
    number: int = db.execute(f"select count(*) from {table} where {where}").fetchone()[0]
    return number


# Pages


@pytest.mark.parametrize("name", sorted(READ | PLUMBING) + VIEWS)
async def test_every_table_and_view_has_a_page(site, name):
    assert (await site.client.get(f"/events/{name}")).status_code == 200


@pytest.mark.parametrize("path", ["/", "/events", "/-/metadata.json", "/-/plugins.json"])
async def test_the_pages_around_them(site, path):
    assert (await site.client.get(path)).status_code == 200


@pytest.mark.slow  # the page of every event
async def test_every_event_has_a_row_page(site, db):
    for (event_id,) in db.execute("select id from events"):
        response = await site.client.get(f"/events/events/{event_id}")
        assert response.status_code == 200


async def test_readers_see_the_tables_and_not_the_plumbing(get_json):
    tables = (await get_json("/events.json"))["tables"]
    assert {table["name"] for table in tables if not table["hidden"]} == READ
    assert {table["name"] for table in tables if table["hidden"]} >= PLUMBING


async def test_every_view_is_listed(get_json):
    assert {view["name"] for view in (await get_json("/events.json"))["views"]} == set(VIEWS)


async def test_events_open_in_the_order_of_time(get_json):
    rows = await get_json("/events/events.json", _shape="array", _size="max")
    starts = [row["earliest_start"] for row in rows]
    assert starts == sorted(starts, key=lambda start: float("-inf") if start is None else start)
    assert len(starts) > 1


# metadata.yml


def test_metadata_names_only_what_exists(db, metadata):
    tables = metadata["databases"]["events"]["tables"]
    for name, table in tables.items():
        columns = {
            row["name"] for row in db.execute(f"select name from pragma_table_info('{name}')")
        }
        assert columns, f"{name} is not in events.db"
        facets = {
            next(iter(f.values())) if isinstance(f, dict) else f for f in table.get("facets", [])
        }
        named = set(table.get("columns", {})) | facets
        named |= {table[key] for key in ("sort", "label_column") if key in table}
        assert named - columns == set(), name
        if "fts_table" in table:
            assert count(db, "sqlite_master", f"name = '{table['fts_table']}'") == 1


def test_every_published_column_has_its_text(db, metadata):
    tables = metadata["databases"]["events"]["tables"]
    for file in FILES:
        columns = table_columns(file)
        assert tables[file.name]["columns"] == {column.name: column.text for column in columns}
        found = [
            row["name"] for row in db.execute(f"select name from pragma_table_info('{file.name}')")
        ]
        assert found == [column.name for column in columns]
    for name in READ:
        found = [row["name"] for row in db.execute(f"select name from pragma_table_info('{name}')")]
        assert list(tables[name]["columns"]) == found


async def test_texts_and_licence_are_shown(site, metadata):
    page = (await site.client.get("/events/events")).text
    assert metadata["license"] in page
    assert metadata["databases"]["events"]["tables"]["events"]["description"] in page
    assert "The year in which it certainly began" in page


# Facets


async def facets(get_json, table: str) -> dict[str, dict[str, int]]:
    """Each facet of a table: its values, and how many rows have them."""
    answer = await get_json(f"/events/{table}.json", _size="0", _facet_size="max")
    return {
        facet["name"]: {result["value"]: result["count"] for result in facet["results"]}
        for facet in answer["facet_results"].values()
    }


async def test_events_have_the_facets_of_a_chronology(get_json):
    assert set(await facets(get_json, "events")) == {
        "type",
        "country",
        "year",
        "status",
        "actors",
        "precision",
    }


@pytest.mark.parametrize(
    ("table", "facet"),
    [
        *[("events", name) for name in ("type", "country", "year", "status", "precision")],
        ("actors", "kind"),
        ("sources", "kind"),
        ("questions", "measure"),
        ("claims", "relation"),
        ("claims", "standing"),
        ("event_actors", "role"),
    ],
)
async def test_a_facet_counts_every_row_once(get_json, db, table, facet):
    counts = (await facets(get_json, table))[facet]
    expected = db.execute(f"select {facet}, count(*) from {table} group by 1").fetchall()
    assert counts == {row[0]: row[1] for row in expected}
    assert sum(counts.values()) == count(db, table)


async def test_the_facet_of_actors_counts_events_not_roles(get_json, db):
    lists = [json.loads(row["actors"]) for row in db.execute("select actors from events")]
    counts = (await facets(get_json, "events"))["actors"]
    everyone = {name: sum(name in names for names in lists) for names in lists for name in names}
    assert len(counts) == 100
    assert sorted(counts.values(), reverse=True) == sorted(everyone.values(), reverse=True)[:100]
    assert counts.items() <= everyone.items()


async def test_a_facet_leads_to_its_rows(get_json, db):
    answer = await get_json("/events/events.json", actors__arraycontains="Islamic State")
    sql = "select count(distinct event) from event_actors where actor = 'islamic-state'"
    assert answer["filtered_table_rows_count"] == db.execute(sql).fetchone()[0] > 0


# Labels


@pytest.mark.parametrize(
    ("table", "column", "labels"),
    [
        ("events", "country", "select code, name from countries"),
        ("event_actors", "event", "select id, title from events"),
        ("event_actors", "actor", "select id, name from actors"),
        ("event_sources", "source", "select id, publisher from sources"),
        ("claims", "question", "select id, title from questions"),
        ("claims", "source", "select id, publisher from sources"),
        ("questions", "event", "select id, title from events"),
    ],
)
async def test_ids_are_shown_with_what_they_stand_for(get_json, db, table, column, labels):
    names = dict(db.execute(labels).fetchall())
    rows = await get_json(f"/events/{table}.json", _labels="on", _shape="array")
    shown = [row[column] for row in rows if isinstance(row[column], dict)]
    assert len(shown) > 0
    assert {cell["value"]: cell["label"] for cell in shown} == {
        cell["value"]: names[cell["value"]] for cell in shown
    }
    assert [row[column] for row in rows if not isinstance(row[column], dict | None)] == []


async def test_the_facet_of_countries_says_names(get_json):
    answer = await get_json("/events/events.json", _size="0", _facet_size="max")
    labels = {r["value"]: r["label"] for r in answer["facet_results"]["country"]["results"]}
    assert labels["LY"] == "Libya"
    assert labels.get("unknown", "no single country") == "no single country"


# Other sites


async def test_an_undeclared_database_is_left_alone(other_site):
    page = (await other_site.client.get("/events/events")).text
    assert "event_timeline" not in page
    assert "chronology.css" not in page


async def test_search_on_an_undeclared_database_is_datasettes_own(other_site):
    answer = await other_site.client.get(
        "/events.json",
        params={"sql": "select escape_fts(:q) as escaped", "q": "زهاوي *", "_shape": "array"},
    )
    assert answer.json() == [{"escaped": '"زهاوي" "*"'}]


async def test_another_database_beside_a_chronology_is_left_alone(database, metadata, tmp_path):
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("create table days (url text, actors text, earliest_start integer)")
        db.execute("insert into days values ('https://example.org', '[1]', 735509)")
        db.commit()
    both = Datasette([str(database), str(tmp_path / "other.db")], metadata=metadata)
    sql = "/other.json?_shape=array&sql=select+escape_fts('أنصار')+as+escaped"
    assert (await both.client.get(sql)).json() == [{"escaped": '"أنصار"'}]
    alone = Datasette([str(tmp_path / "other.db")])
    cells = [
        page.text[page.text.index("<tbody>") : page.text.index("</tbody>")]
        for page in [await site.client.get("/other/days") for site in (both, alone)]
    ]
    assert cells[0] == cells[1]


async def test_a_chronology_of_ones_own_has_texts_without_a_metadata_file(tmp_path):
    """What `event-timeline serve` shows of an events.csv with nothing beside it."""
    header = ",".join(EVENTS.names)
    cells = {"id": "1969-07-20-landing", "date": "1969-07-20", "title": "Landing", "type": "statement", "status": "confirmed", "location_precision": "none", "summary": "A landing.", "sources": "log"}  # fmt: skip
    row = ",".join(cells.get(name, "") for name in EVENTS.names)
    (tmp_path / "events.csv").write_text(f"{header}\n{row}\n", "utf-8")
    build(tmp_path / "events.csv", tmp_path / "moon.db")
    own = Datasette(
        [str(tmp_path / "moon.db")], metadata=default_metadata("moon"), settings=SETTINGS
    )
    for table in [*READ, *VIEWS]:
        assert (await own.client.get(f"/moon/{table}")).status_code == 200
    answer = await own.client.get(
        "/moon/events.json", params={"_search": "landing", "_shape": "array"}
    )
    assert [row["id"] for row in answer.json()] == ["1969-07-20-landing"]
