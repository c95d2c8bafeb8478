"""The timeline on a Datasette that has this plugin and no site of a chronology."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.plugins import pm

import event_timeline.site
from datasette_event_timeline.config.declared import DeclarationError

SETTINGS = {
    "database": "earth",
    "table": "eruptions",
    "id": "no",
    "date": "year",
    "title": "volcano",
    "country": "country",
    "size": "vei",
    "lanes": ["country"],
}
ROWS = [
    (1, "Vesuvius", "0079", "IT", 5),
    (2, "Laki", "1783-06/1784-02", "IS", 4),
    (3, "Tambora", "1815-04", "ID", 7),
]


@pytest.fixture(autouse=True)
def _without_the_site() -> Iterator[None]:
    name = pm.get_name(event_timeline.site)
    pm.unregister(event_timeline.site)
    yield
    pm.register(event_timeline.site, name)


def served(path: Path, schema: str = "no integer primary key", **settings: Any) -> Datasette:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"create table eruptions ({schema}, volcano, year, country, vei)")
        db.executemany("insert into eruptions values (?, ?, ?, ?, ?)", ROWS)
        db.commit()
    metadata = {
        "title": "Eruptions",
        "plugins": {"event-timeline": {**SETTINGS, **settings}},
        "databases": {"earth": {"tables": {"eruptions": {"facets": ["country"]}}}},
    }
    return Datasette([str(path)], metadata=metadata)


@pytest.fixture
def earth(tmp_path) -> Datasette:
    return served(tmp_path / "earth.db")


async def page_at(site: Datasette, address: str) -> str:
    answer = await site.client.get(address)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


async def test_its_page_is_one_of_datasettes(earth):
    page = await page_at(earth, "/timeline?_window=1700/1900")
    assert "<title>Timeline · Eruptions</title>" in page
    assert '<link rel="stylesheet" href="/-/static/app.css?' in page
    assert '<footer class="ft">' in page
    assert re.findall(r"<bdi>([^<]*)</bdi></a>", page) == ["Laki", "Tambora"]
    assert "in view: 1700 to 1900" in page


async def test_in_a_frame_it_stands_alone(earth):
    page = await page_at(earth, "/timeline?embed=1")
    assert '<body class="embed timeline-page">' in page
    assert "<footer" in page
    assert "facets" not in re.sub(r'class="with-facets"', "", page)


@pytest.mark.parametrize("address", ["/timeline", "/timeline?embed=1"])
async def test_every_link_of_it_leads_somewhere(earth, address):
    page = await page_at(earth, address)
    links = set(re.findall(r'(?:href|src|action|data-\w+)="(/[^"#]*)', page))
    assert len(links) > 10
    for link in links:
        answer = await earth.client.get(unescape(link).replace("ID", "3"))
        assert answer.status_code < 400, link


async def test_events_link_to_datasettes_rows(earth):
    page = await page_at(earth, "/timeline")
    assert 'href="/earth/eruptions/3"' in page
    events = (await earth.client.get("/timeline.json")).json()["events"]
    assert "/earth/eruptions/3" in [event["url"] for event in events]


async def test_without_rows_of_their_own_they_link_to_the_table(tmp_path):
    page = await page_at(served(tmp_path / "earth.db", schema="no"), "/timeline")
    assert 'href="/earth/eruptions?no__exact=3"' in page


async def test_it_offers_what_this_datasette_makes(earth):
    page = await page_at(earth, "/timeline")
    assert "CSV</a>" in page
    assert "_excel" not in page


async def test_the_data_is_there_for_scripts(earth):
    data = (await earth.client.get("/timeline.json?country=IT")).json()
    assert data["total"] == 1
    assert [(event["title"], event["size"]) for event in data["events"]] == [("Vesuvius", 5)]
    assert data["kinds"] == []


async def test_the_table_is_filtered_by_time(earth):
    rows = (await earth.client.get("/earth/eruptions.json?_possibly=1784&_shape=array")).json()
    assert [row["volcano"] for row in rows] == ["Laki"]


async def test_sql_has_its_functions(earth):
    sql = "select edtf_last_day('0001-01-02'), round(km_between(0, 0, 0, 1))"
    answer = await earth.client.get("/earth.json", params={"sql": sql, "_shape": "arrays"})
    assert answer.json()["rows"] == [[2, 111.0]]


async def test_pages_of_datasettes_are_left_as_they_are(earth):
    for address in ("/", "/earth", "/earth/eruptions", "/earth/eruptions/1"):
        page = await page_at(earth, address)
        assert "event-timeline" not in page
        assert "Powered by" in page


async def test_settings_of_the_site_are_unknown(tmp_path):
    site = served(tmp_path / "earth.db", about=[])
    with pytest.raises(DeclarationError, match="about: there is no such setting"):
        await site.invoke_startup()


def modules_after(statement: str) -> set[str]:
    """The modules of Datasette, and ours, that a statement loads in a process of its own."""
    code = (
        f"import sys, json; {statement};"
        "print(json.dumps([name for name in sys.modules if 'datasette' in name or 'event_' in name]))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))


@pytest.mark.parametrize(
    ("package", "loaded"),
    [
        ("datasette_event_timeline", {"datasette_event_timeline"}),
        ("event_timeline.site", {"event_timeline", "event_timeline.site"}),
    ],
)
def test_to_import_a_plugin_loads_nothing_else(package, loaded):
    assert modules_after(f"import {package}") == loaded
