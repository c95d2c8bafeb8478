"""The timeline of tables that nobody prepared, as `sqlite-utils insert` leaves them."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from datasette.plugins import pm
from sqlite_utils.cli import cli as sqlite_utils_cli

import event_timeline.site
from edtf_dates import ordinal

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

    def served(
        settings: Data | None = None, facets: list[str] | None = None, **tables: str
    ) -> Datasette:
        database = tmp_path / "archive.db"
        for name, text in tables.items():
            insert(database, name, text)
        of_tables: Data = {name: {"facets": facets or []} for name in tables}
        for name, of_table in (settings or {}).items():
            of_tables[name]["plugins"] = {"datasette-event-timeline": of_table}
        metadata = {"databases": {"archive": {"tables": of_tables}}}
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
        "Bo": "began on 12 March 1811, ended in 1869 or earlier",
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
    day = ordinal(2015, 6, 26)
    assert by_id[1]["stretches"] == [[day + 20 / 24, day + 21.5 / 24 - 1, one] for one in (0, 1)]
    assert by_id[2]["stretches"] == [[day + 8 / 24, day + 8 / 24 - 1, one] for one in (0, 1)]
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


async def test_several_values_of_one_column_can_be_chosen(serve):
    site = serve(facets=["venue"], exhibitions=example("exhibitions"))
    page = await page_of(site, "exhibitions", "?venue=East+hall")
    assert facet_links(page)["West hall"] == "venue__in=East+hall%2CWest+hall"
    both = await page_of(site, "exhibitions", "?venue__in=East+hall%2CWest+hall")
    assert "venue: East hall or West hall" in both
    assert "7 events" in both
    assert facet_links(both)["East hall"] == "venue=West+hall"
    assert facet_links(both)["Old library"].startswith("venue__in=East+hall%2CWest+hall%2COld")


def facet_links(page: str) -> dict[str, str]:
    facets = page[page.index('id="facets"') :]
    links = re.findall(r'<a href="[^"?]*\??([^"]*)"[^>]*>([^<]*)', facets)
    return {unescape(label).strip(): unescape(query) for query, label in links}


async def test_one_size_that_is_no_number_leaves_the_others(serve):
    site = serve({"exhibitions": {"size": "visitors"}}, exhibitions=example("exhibitions"))
    drawing = await data_of(site, "exhibitions")
    sizes = {event["id"]: event["size"] for event in drawing["events"]}
    assert (sizes[1], sizes[2], sizes[4]) == (0, 8120, 3050)
    page = await page_of(site, "exhibitions")
    assert not_shown(page)[-1] == "Drawn without a size: 1 with a size that is no number."
    chosen = await page_of(site, "exhibitions", "?_unsized=unreadable")
    assert re.findall(r'<li data-event="(\d)"', chosen) == ["1"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"precision": "prec", "codes": "acled"}, ["March 2016", "5 March 2016"]),
        ({"precision": "prec", "codes": {"3": "year"}}, ["2016", "5 March 2016"]),
        ({"precision": None}, ["5 March 2016", "5 March 2016"]),
        ({"order": "month first", "precision": None}, ["3 May 2016", "3 May 2016"]),
    ],
)
async def test_settings_say_what_a_table_does_not(serve, settings, words):
    site = serve({"t": settings}, t="name,date,prec\nA,05/03/2016,3\nB,05/03/2016,1\n")
    drawing = await data_of(site, "t")
    assert [event["words"] for event in drawing["events"]] == words


async def test_a_time_in_a_column_of_its_own(serve):
    site = serve({"t": {"date": "on", "time": "at"}}, t="name,on,at\nA,02/24/2022,14:05\n")
    [event] = (await data_of(site, "t"))["events"]
    assert (event["words"], event["times"]) == ("24 February 2022, 14:05", [50_700, None])


async def test_times_may_have_a_column_of_their_own(serve):
    site = serve({"t": {"time": "clock"}}, t="name,date,clock\nA,2015-06-26,14:05\n")
    (event,) = (await data_of(site, "t"))["events"]
    assert event["words"] == "26 June 2015, 14:05"


async def test_a_code_of_precision_that_its_column_names_needs_no_setting(serve):
    table = "title,date_start,date_end,date_prec\nA,2009-02-01,2009-02-28,4\nB,2009-02-03,2009-02-04,1\n"
    drawing = await data_of(serve(t=table), "t")
    assert words_by_title(drawing) == {
        "A": "February 2009",
        "B": "3 to 4 February 2009",
    }


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("name,year,month,day\nA,2015,6,26\nB,1973,0,0\n", ["1973", "26 June 2015"]),
        ("name,earliest,latest\nA,2015-06-01,2015-06-03\n", ["on one day from 1 to 3 June 2015"]),
        ("name,start_year,end_year\nA,-43,0014\n", ["44 BCE to 14 CE"]),
        ("Nummer;Was;Wann\n", []),
        ("what,fought\nMegiddo,April 1457 BC\nSalamis,Sept 480 BC\n", ["April 1457 BCE", "September 480 BCE"]),
    ],
)  # fmt: skip
async def test_columns_are_guessed_by_their_names_and_what_they_hold(serve, table, words):
    site = serve(t=table)
    answer = await site.client.get("/-/timeline/archive/t.json")
    if not words:
        assert answer.status_code == 404
        return
    assert [event["words"] for event in sorted(answer.json()["events"], key=first_day)] == words


def first_day(event: Data) -> float:
    return float(event["stretches"][0][0])


async def test_the_address_chooses_columns_and_keeps_them_in_links(serve):
    site = serve(t="name,made,shown\nA,2015,2016\nB,1998,1999\n")
    page = await page_of(site, "t", "?_date=shown&_title=name")
    assert re.findall(r'class="when">([^<]*)', page) == ["1999", "2016"]
    assert "_date=shown" in page
    assert "date: shown" in page
    table = await site.client.get("/archive/t.json?_date=shown&_possibly=2016&_shape=array")
    assert [row["name"] for row in table.json()] == ["A"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?_date=nothing", "_date: the table has no column nothing: name one of name, date"),
        ("?_undrawn=soon", "_undrawn: write one of missing, unreadable, not"),
    ],
)
async def test_a_choice_that_makes_no_sense_is_refused(serve, query, said):
    answer = await serve(t="name,date\nA,2015\n").client.get(f"/-/timeline/archive/t{query}")
    assert answer.status_code == 400
    assert said in unescape(answer.text)


async def test_views_and_tables_without_rowid_have_timelines(tmp_path):
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
        db.executescript("""
            create table pairs (a text, b text, date text, title text, primary key (a, b)) without rowid;
            insert into pairs values ('x/1', 'y', '2015', 'One'), ('x', 'z', '2016', 'Two');
            create view late as select title, date from pairs where date > '2015';
        """)
    site = Datasette([str(tmp_path / "archive.db")])
    urls = {event["title"]: event["url"] for event in (await data_of(site, "pairs"))["events"]}
    assert urls == {"One": "/archive/pairs/x~2F1,y", "Two": "/archive/pairs/x,z"}
    (event,) = (await data_of(site, "late"))["events"]
    assert event["url"] == "/archive/late?date__exact=2016&title__exact=Two"
    for url in (*urls.values(), event["url"]):
        assert (await site.client.get(url)).status_code == 200


FILTERS = (
    *("kind=alarm", "kind__in=alarm,repair", "street__contains=a", "no__gte=4", "lat__isnull=1"),
    *("end__isblank=1", "kind__not=alarm", "_where=no>3", "_possibly=2015-06-26", "rowid=2"),
)


@pytest.mark.parametrize("query", FILTERS)
async def test_the_rows_are_those_of_the_table(serve, query):
    site = serve(incidents=example("incidents"))
    rows = (await site.client.get(f"/archive/incidents.json?{query}&_shape=array")).json()
    drawn = (await data_of(site, "incidents", f"?{query}"))["events"]
    assert sorted(event["id"] for event in drawn) == sorted(row["rowid"] for row in rows)
