"""The timeline of tables that nobody prepared, as `sqlite-utils insert` leaves them."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from datasette.plugins import pm
from sqlite_utils.cli import cli as sqlite_utils_cli

import event_timeline.site

TABLES = Path(__file__).parent / "tables"
Data = dict[str, Any]


@pytest.fixture(autouse=True)
def _without_the_site() -> Iterator[None]:
    name = pm.get_name(event_timeline.site)
    pm.unregister(event_timeline.site)
    yield
    pm.register(event_timeline.site, name)


def insert(database: Path, table: str, text: str) -> None:
    """Insert a CSV as the command of sqlite-utils does, with nothing said about it."""
    file = database.with_suffix(".csv")
    file.write_text(text, "utf-8")
    ran = CliRunner().invoke(sqlite_utils_cli, ["insert", str(database), table, str(file), "--csv"])
    assert ran.exit_code == 0, ran.output


@pytest.fixture
def serve(tmp_path: Path) -> Callable[..., Datasette]:
    """What serves CSVs, each a table of its name, in a database `archive`."""

    def served(settings: Data | None = None, **tables: str) -> Datasette:
        database = tmp_path / "archive.db"
        for name, text in tables.items():
            insert(database, name, text)
        metadata: Data = {"databases": {"archive": {"tables": {}}}}
        for name, of_table in (settings or {}).items():
            plugins = {"plugins": {"datasette-event-timeline": of_table}}
            metadata["databases"]["archive"]["tables"][name] = plugins
        return Datasette([str(database)], metadata=metadata)

    return served


def example(name: str) -> str:
    return (TABLES / f"{name}.csv").read_text("utf-8")


async def data_of(site: Datasette, table: str, query: str = "") -> Data:
    answer = await site.client.get(f"/-/timeline/archive/{table}.json{query}")
    assert answer.status_code == 200, answer.text
    found: Data = answer.json()
    return found


async def page_of(site: Datasette, table: str, query: str = "") -> str:
    answer = await site.client.get(f"/-/timeline/archive/{table}{query}")
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def words_by_title(drawing: Data) -> dict[str, str]:
    return {event["title"]: event["words"] for event in drawing["events"] if event["stretches"]}


def not_shown(page: str) -> list[str]:
    said = re.findall(r'<p class="not-shown">(.*?)</p>', page)
    return [unescape(re.sub(r"<[^>]+>", "", one)) for one in said]


# Three tables, without a line of settings


async def test_exhibitions(serve):
    site = serve(exhibitions=example("exhibitions"))
    assert words_by_title(await data_of(site, "exhibitions")) == {
        "Maps of the river": "12 March to 30 June 1998",
        "Glass since 1900": "spring 2014",
        "The town in prints": "about 1785",
        "Clocks": "4 May to 30 September 2001",
        "Ten lighthouses": "May 2003",
        "Early posters": "some time in the 1910s",
        "(untitled) 9": "1 October 2019 to 15 March 2020",
    }
    page = await page_of(site, "exhibitions")
    assert not_shown(page) == [
        "Not on the timeline: 1 without a date, 1 with a date that cannot be read."
    ]
    assert "9 events" in page


async def test_a_family(serve):
    site = serve(family=example("family"))
    assert words_by_title(await data_of(site, "family")) == {
        "Ada": "from about 1785 to 1850",
        "Bo": "began 12 March 1811, ended 1869 or earlier",
        "Carl": "from some time in the 1830s to 4 May 1891",
        "Dina": "50 BCE to 20 CE",
        "Eva": "about 1901",
        "Finn": "until 1999, no start given",
    }


async def test_incidents_with_times(serve):
    drawing = await data_of(serve(incidents=example("incidents")), "incidents")
    by_id = {event["id"]: event for event in drawing["events"]}
    assert {no: event["times"] for no, event in by_id.items()} == {
        1: [72_000, 77_400],
        2: [28_800, None],
        3: [50_700, 7_200],
        4: [50_700, None],
        5: [36_930, None],
        6: [25_200, None],
        7: None,
    }
    assert by_id[1]["words"] == "26 June 2015, 20:00 to 21:30"
    assert by_id[4]["words"] == "27 June 2015, 14:05"


async def test_events_of_one_day_are_listed_by_time(serve):
    page = await page_of(serve(incidents=example("incidents")), "incidents")
    assert re.findall(r'<li data-event="(\d)"', page) == ["2", "1", "4", "3", "5", "6", "7"]


async def test_what_is_not_on_the_map_is_counted_and_leads_to_its_rows(serve):
    site = serve(incidents=example("incidents"))
    page = await page_of(site, "incidents")
    assert not_shown(page) == [
        "Not on the timeline: 1 with a date that cannot be read.",
        "Not on the map: 1 without coordinates, 1 with coordinates that cannot be read,"
        " 1 at 0° north, 0° east.",
    ]
    for choice, rows in {"missing": "5", "unreadable": "6", "zero": "4"}.items():
        chosen = await page_of(site, "incidents", f"?_unmapped={choice}")
        assert re.findall(r'<li data-event="(\d)"', chosen) == [rows]
        table = await site.client.get(f"/archive/incidents.json?_unmapped={choice}&_shape=array")
        assert [str(row["no"]) for row in table.json()] == [rows]


async def test_coordinates_in_texts_are_numbers(serve):
    drawing = await data_of(serve(incidents=example("incidents")), "incidents")
    places = {event["id"]: (event["latitude"], event["longitude"]) for event in drawing["events"]}
    assert places[1] == (55.47, 8.45)
    assert places[6] == (None, 8.4)
