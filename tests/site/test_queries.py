"""The ready questions of metadata.yml: each answers, with its defaults and with what it asks for."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import yaml
from datasette.plugins import pm

ROOT = Path(__file__).parents[2]
QUERIES = yaml.safe_load((ROOT / "metadata.yml").read_text("utf-8"))["databases"]["events"][
    "queries"
]

# A use of every parameter that a query documents, and what must then hold of each row.
USES = {
    "events-begun": ({"unit": "month"}, lambda row: re.fullmatch(r"\d{4}-\d\d", row["period"])),
    "events-under-way": ({"unit": "month"}, lambda row: re.fullmatch(r"\d{4}-\d\d", row["period"])),
    "deaths-per-year": ({"scope": "everyone"}, lambda row: row["bound"] in ("least", "between least and most")),
    "deaths-per-country": ({"scope": "forces"}, lambda row: row["events_counted"] > 0),
    "deadliest-events": ({"scope": "militants"}, lambda row: row["scope"] == "militants"),
    "by-actor-and-role": (
        {"actor": "Libyan National Army", "role": "initiator"},
        lambda row: row["role"] == "initiator",
    ),
    "around-a-place": (
        {"latitude": "36.81", "longitude": "10.13", "km": "150"},
        lambda row: row["km"] <= 150,
    ),
    "answers-to-a-question": ({"question": "abu-grein-killed"}, lambda row: row["said"]),
    "on-this-day": ({"month_day": "03-07"}, lambda row: re.fullmatch(r"\d\d-\d\d", row["month_day"])),
    "single-origin": ({"origins": "3"}, lambda row: row["origins"] <= 3),
    "search": ({"q": "Sirte"}, lambda row: row["what"] in ("event", "claim", "actor", "source")),
}  # fmt: skip


async def rows(get_json, name: str, **parameters: str):
    return await get_json(f"/events/{name}.json", _shape="array", **parameters)


def test_there_are_twenty_queries_each_with_a_title_and_a_description():
    assert len(QUERIES) >= 20
    for query in QUERIES.values():
        assert {"title", "description", "sql"} <= set(query)


def test_no_query_takes_the_address_of_a_table_or_view(db):
    """Datasette would show the query there, and the view could not be downloaded whole."""
    names = {row["name"] for row in db.execute("select name from sqlite_master")}
    assert names & set(QUERIES) == set()


def test_every_parameter_is_declared_and_used():
    for name, query in QUERIES.items():
        used = set(re.findall(r"(?<!:):(\w+)", re.sub(r"--.*|'[^']*'", "", query["sql"])))
        assert used == set(query.get("params", [])), name
    assert set(USES) == {name for name, query in QUERIES.items() if "params" in query}
    for name, (parameters, _) in USES.items():
        assert set(parameters) == set(QUERIES[name]["params"])


@pytest.mark.parametrize("name", QUERIES)
async def test_every_query_has_a_page_and_answers_with_its_defaults(site, get_json, name):
    page = await site.client.get(f"/events/{name}")
    assert page.status_code == 200
    answer = await get_json(f"/events/{name}.json", _shape="objects")
    assert len(answer["rows"]) > 0
    assert not answer["truncated"]


@pytest.mark.parametrize("name", USES)
async def test_every_query_answers_what_it_is_asked(get_json, name):
    parameters, holds = USES[name]
    found = await rows(get_json, name, **parameters)
    assert len(found) > 0
    assert [row for row in found if not holds(row)] == []
    assert found != await rows(get_json, name)


@pytest.mark.parametrize("name", USES)
@pytest.mark.parametrize("text", ["'", '"', "%", "nonsense", "inf", "nan", "-1", "9" * 400, "سرت"])
async def test_no_parameter_breaks_a_query(site, name, text):
    for parameter in QUERIES[name]["params"]:
        answer = await site.client.get(f"/events/{name}.json", params={parameter: text})
        assert answer.status_code == 200, parameter


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if "fragment" in query])
async def test_a_preset_chart_draws_columns_that_are_there(get_json, name):
    chart = dict(parse_qsl(QUERIES[name]["fragment"], strict_parsing=True))
    assert {"g.mark", "g.x_column", "g.y_column"} <= set(chart)
    found = await rows(get_json, name)
    columns = {value for key, value in chart.items() if key.endswith("_column")}
    assert columns <= set(found[0])
    [length] = [axis for axis in "xy" if chart[f"g.{axis}_type"] == "quantitative"]
    drawn = [row[chart[f"g.{length}_column"]] for row in found]
    assert {type(value) for value in drawn} <= {int, float, type(None)}
    assert any(drawn)


async def test_some_queries_have_a_preset_chart():
    assert [name for name, query in QUERIES.items() if "fragment" in query] != []


@pytest.fixture
def without_charts() -> Iterator[None]:
    """Datasette where datasette-vega, which is optional, is not installed."""
    vega = pm.unregister(name="vega")
    yield
    pm.register(vega, "vega")


CHART = next(name for name, query in QUERIES.items() if "fragment" in query)
OFFERS = [
    ("/", '<span class="kind">chart</span>'),
    ("/events", '<span class="kind">chart</span>'),
    (f"/events/{CHART}", "_chart=1"),
]


@pytest.mark.parametrize(("path", "offer"), OFFERS)
async def test_charts_are_offered(site, path, offer):
    assert offer in (await site.client.get(path)).text


@pytest.mark.parametrize(("path", "offer"), OFFERS)
async def test_charts_are_not_offered_where_nothing_draws_them(site, path, offer, without_charts):
    answer = await site.client.get(path)
    assert answer.status_code == 200
    assert offer not in answer.text


# What the answers add up to


async def test_events_per_year_and_country_adds_up_to_all_events(get_json, db):
    total = db.execute("select count(*) from events").fetchone()[0]
    for name in ("events-per-year-and-country", "types-over-time", "coverage"):
        assert sum(row["events"] for row in await rows(get_json, name)) == total


async def test_deaths_per_year_are_those_of_the_view(get_json, db):
    found = await rows(get_json, "deaths-per-year")
    sql = "select sum(most) from killed_per_year where scope = 'victims'"
    deaths = [row["deaths"] for row in found if row["deaths"] is not None]
    assert sum(deaths) == db.execute(sql).fetchone()[0]
    assert min(deaths) >= 0


async def test_the_coverage_says_how_many_events_of_a_year_have_no_figure(get_json):
    found = [row for row in await rows(get_json, "coverage") if row["year"] == "2019"]
    assert {row["percent_of_year_without_figure"] for row in found} == {20}
    assert sum(row["without_figure"] for row in found) == 1
    assert sum(row["events"] for row in found) == 5
    # Two of three: rounded, not cut off.
    found = [row for row in await rows(get_json, "coverage") if row["year"] == "2011"]
    assert {row["percent_of_year_without_figure"] for row in found} == {67}


async def test_the_subjects_of_disagreement_add_up_to_the_questions(get_json, db):
    found = await rows(get_json, "subjects-of-disagreement")
    asked = "select count(*) from questions where measure not in ('motive', 'statement')"
    assert sum(row["questions"] for row in found) == db.execute(asked).fetchone()[0]
    different = [row["questions"] for row in found if row["answers"] == "different answers"]
    assert sum(different) == len(await rows(get_json, "where-sources-disagree"))


async def test_a_year_whose_events_have_no_figure_is_blank_among_the_deaths(get_json):
    blank = [row for row in await rows(get_json, "deaths-per-year") if row["deaths"] is None]
    assert blank
    assert {row["events_counted"] for row in blank} == {0}


async def test_the_deadliest_come_first_and_lead_to_their_events(get_json, db):
    found = await rows(get_json, "deadliest-events")
    assert [row["most"] for row in found] == sorted((row["most"] for row in found), reverse=True)
    ids = {row["id"] for row in db.execute("select id from events")}
    assert {row["event"] for row in found} <= ids


async def test_around_a_place_leaves_out_what_is_farther(get_json):
    near = await rows(get_json, "around-a-place", km="50")
    far = await rows(get_json, "around-a-place", km="2000")
    assert {row["event"] for row in near} < {row["event"] for row in far}
    assert max(row["km"] for row in near) <= 50


async def test_on_this_day_begins_with_the_day_asked_for(get_json, db):
    """And goes on round the year, so that no day is an empty page."""
    sql = "select count(*) from events where earliest_start = latest_start"
    day_known = db.execute(sql).fetchone()[0]
    found = await rows(get_json, "on-this-day", month_day="03-18")
    days = [row["month_day"] for row in found]
    assert days[0] == "03-18"
    assert found[0]["event"] == "2015-03-18-bardo-museum-attack"
    assert days == sorted(days, key=lambda day: (day < "03-18", day))
    assert len(days) == day_known


async def test_disagreements_are_ordered_and_have_answers(get_json):
    found = await rows(get_json, "where-sources-disagree")
    assert min(row["different"] for row in found) >= 2
    assert [row for row in found if None not in (row["lowest"], row["highest"]) and row["lowest"] > row["highest"]] == []  # fmt: skip
    answers = await rows(get_json, "answers-to-a-question", question=found[0]["question"])
    assert [row["relation"] for row in answers].count("answers") == found[0]["answers"]


async def test_origins_are_counted_by_whom_the_sources_repeat(get_json, db):
    for row in await rows(get_json, "single-origin"):
        origins = db.execute(
            "select distinct coalesce(origin, publisher) from sources "
            "join event_sources on source = sources.id where event = ?",
            [row["event"]],
        ).fetchall()
        assert len(origins) == row["origins"] <= 2


async def test_searching_everything_folds_as_the_tables_do(get_json):
    with_accents = await rows(get_json, "search", q="Aménas")
    assert with_accents == await rows(get_json, "search", q="amenas")
    assert with_accents != []
    assert await rows(get_json, "search", q='"') == []
