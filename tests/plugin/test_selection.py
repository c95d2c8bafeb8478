"""What an address asks of the timeline: filters as the table has them, chips, state, refusals."""

import json
import re
import sqlite3
from contextlib import closing
from urllib.parse import quote, urlencode

import pytest
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, Forbidden, Request
from datasette.views.base import DatasetteError

from datasette_event_timeline.config.declaration import Grouping
from datasette_event_timeline.config.declared import read_declaration
from datasette_event_timeline.queries.filters import read_selections, read_state
from datasette_event_timeline.queries.selection import Selection, State

LANES = ["country", "type", {"array": "actors"}]
SETTINGS = {"database": "events", "lanes": LANES}


@pytest.fixture
def site(tmp_path) -> Datasette:
    with closing(sqlite3.connect(tmp_path / "events.db")) as db:
        db.executescript(
            "create table events (id text primary key, date text, title text, type text,"
            " country text, actors text, year integer, latitude real, longitude real);"
            "create table parts (event text references events (id), role text);"
            "create table other (id text);"
            'create virtual table events_fts using fts5 (title, content="events");'
        )
    return Datasette(
        [str(tmp_path / "events.db")], metadata={"plugins": {"event-timeline": SETTINGS}}
    )


def request(query: str) -> Request:
    return Request.fake(f"/timeline?{query}")


async def state(site: Datasette, query: str) -> State:
    return read_state(request(query), await read_declaration(site))


async def selected(site: Datasette, query: str) -> tuple[Selection, Selection]:
    await site.invoke_startup()
    declaration = await read_declaration(site)
    asked = request(query)
    return await read_selections(site, declaration, asked, read_state(asked, declaration))


async def chips(site: Datasette, query: str) -> list[str]:
    everything, _ = await selected(site, query)
    return [chip.words for chip in everything.chips]


# State


async def test_the_state_of_a_bare_address(site):
    assert await state(site, "") == State(
        window=None, lanes=Grouping("country"), selected="", page=1, embed=False
    )


async def test_the_state_of_a_full_address(site):
    found = await state(site, "_window=2015/2016-06&_lanes=actors&_selected=x&_page=3&embed=1")
    assert found.window.text == "2015/2016-06"
    assert found.lanes == Grouping("actors", is_array=True)
    assert (found.selected, found.page, found.embed) == ("x", 3, True)


@pytest.mark.parametrize("query", ["_window=&_lanes=&_page=&embed=", "_window=+&embed=0"])
async def test_fields_left_empty_say_nothing(site, query):
    assert await state(site, query) == await state(site, "")


async def test_no_lanes_can_be_asked_for(site):
    assert (await state(site, "_lanes=none")).lanes is None


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("_window=soon", "_window: words do not belong in an EDTF date"),
        ("_window=June+2015", '_window: "June 2015" is not EDTF: write 2015-06'),
        ("_lanes=colour", '_lanes: write one of country, type, actors, none, not "colour"'),
        ("_page=0", '_page: "0" is no page: write 1 or more'),
        ("_page=-1", '_page: "-1" is no page: write 1 or more'),
        ("_page=%C2%B2", '_page: "²" is no page: write 1 or more'),
        ("_page=" + "9" * 5000, "is no page: write 1 or more"),
    ],
)
async def test_a_state_that_makes_no_sense_is_refused(site, query, said):
    with pytest.raises(BadRequest) as refused:
        await state(site, query)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 400


# Which events


async def test_nothing_asked_is_everything(site):
    everything, shown = await selected(site, "")
    assert everything == shown == Selection("", {}, [])


async def test_filters_are_the_tables_own(site):
    everything, _ = await selected(site, "type=attack&year__gte=2014&country=LY&country=TN")
    assert everything.where == (
        'where ("country" = :p0 and "country" = :p1 and "type" = :p2 and "year" >= :p3)'
    )
    assert everything.values == {"p0": "LY", "p1": "TN", "p2": "attack", "p3": 2014}


async def test_the_window_narrows_what_is_shown_and_not_what_is_chosen(site):
    everything, shown = await selected(site, "type=attack&_window=2015")
    assert everything.pairs == [("type", "attack")]
    assert shown.pairs == [("type", "attack"), ("_possibly", "2015")]
    assert shown.values == {"p0": "attack", "window_0": "2015"}
    assert re.search(
        r" and edtf_possibly\(event_date\('[^']*', date\), :window_0\)\)$", shown.where
    )


async def test_what_concerns_the_view_is_no_filter(site):
    everything, _ = await selected(site, "_lanes=type&_page=2&embed=1&_sort=year&_next=5&_size=3")
    assert everything.pairs == []


async def test_a_field_left_empty_is_no_filter_but_an_empty_column_is(site):
    everything, _ = await selected(site, "_search=&_possibly=&_certainly=+&_where=&country=")
    assert everything.pairs == [("country", "")]
    assert everything.where == 'where ("country" = :p0)'


async def test_broken_utf_8_is_read_as_lost_signs(site):
    everything, _ = await selected(site, "title=%ff%fe")
    assert everything.values == {"p0": "\ufffd\ufffd"}


async def test_another_condition_is_added_to_all_of_them(site):
    everything, _ = await selected(site, "_where=year+%3E+1+or+year+is+null")
    assert everything.also("x = 1") == "where (year > 1 or year is null) and x = 1"
    nothing, _ = await selected(site, "")
    assert nothing.also("x = 1") == "where x = 1"


# Chips


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("country=TN", "in Tunisia"),
        ("country=", "country is blank"),
        ("type=attack", "type: attack"),
        ("type__exact=", "type is blank"),
        ("actors__arraycontains=Islamic+State", "actors: Islamic State"),
        ("actors__arraynotcontains=France", "actors without France"),
        ("title__contains=museum", "title contains museum"),
        ("title__startswith={value}", "title begins with {value}"),
        ("title__endswith=x", "title ends with x"),
        ("title__like=%25x", "title like %x"),
        ("year__gte=2014", "year ≥ 2014"),
        ("year__lt=2014", "year < 2014"),
        ("year__in=2014,2015", "year: 2014 or 2015"),
        ("year__notin=[2014]", "year: none of [2014]"),
        ("type__not=battle", "type is not battle"),
        ("year__isblank=1", "year is blank"),
        ("year__notnull=1", "year is there"),
        ("date__date=2015-03-18", "date is on 2015-03-18"),
        ("_search=Sirte", "mentions “Sirte”"),
        ("_where=year+%3E+1", "year > 1"),
        ("_possibly=2015-06", "possibly in June 2015"),
        ("_certainly=2015/2016", "certainly within 2015 to 2016"),
    ],
)
async def test_a_filter_in_words(site, query, words):
    assert await chips(site, query) == [words]


async def test_a_chip_is_taken_away_without_the_others(site):
    everything, _ = await selected(site, "type=attack&type=battle&country=TN")
    assert [chip.without for chip in everything.chips] == [
        [("type", "battle"), ("country", "TN")],
        [("type", "attack"), ("country", "TN")],
        [("type", "attack"), ("type", "battle")],
    ]


async def test_the_four_sides_of_an_area_are_one_chip(site):
    area = "latitude__gte=30&latitude__lte=33&longitude__gte=8&longitude__lte=12"
    everything, _ = await selected(site, f"{area}&type=attack")
    assert [(chip.words, chip.without) for chip in everything.chips] == [
        ("in an area of the map", [("type", "attack")]),
        ("type: attack", everything.pairs[:4]),
    ]
    assert await chips(site, "latitude__gte=30&longitude__gte=8") == [
        "latitude ≥ 30",
        "longitude ≥ 8",
    ]


# Refusals

THROUGH = quote(json.dumps({"table": "parts", "column": "role", "value": "target"}))


def through(given: object) -> str:
    return urlencode({"_through": json.dumps(given)})


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", 'colour: the table events has no column "colour"'),
        ("__exact=1", '__exact: the table events has no column ""'),
        ("_x__gt=1", '_x__gt: the table events has no column "_x"'),
        ("year__nope=1", 'year__nope: there is no comparison "nope"'),
        ("year__in=[", 'year__in: "[" is not JSON'),
        ("year__in=" + "[" * 9999, "is not JSON"),
        ("year__in=[{}]", 'year__in: write texts and numbers, not "{}"'),
        ("year__notin=[null]", 'year__notin: write texts and numbers, not "null"'),
        ("year__in=[99999999999999999999]", '"99999999999999999999" is too large a number'),
        ("year__gt=99999999999999999999", '"99999999999999999999" is too large a number'),
        ("year__gt=" + "9" * 5000, "is no number"),
        ("year__gt=%C2%B2", 'year__gt: "²" is no number'),
        ('year__in=["\\ud800"]', "year__in: half a surrogate pair is no text"),
        ("_possibly=soon", "_possibly: words do not belong in an EDTF date"),
        ("_certainly=2015-13", "_certainly: "),
        ("_search_colour=x", "Cannot search by that column"),
        ("_through=x", '_through: "x" is not JSON'),
        ("_through=[]", "_through: write a JSON object with table, column and value"),
        (through({"table": ["parts"], "column": 1}), "_through: write a JSON object with table"),
        (through({"table": "parts", "column": "role", "value": {}}), "write texts and numbers"),
        (
            through({"table": "other", "column": "id", "value": "1"}),
            "Invalid _through - could not find corresponding foreign key",
        ),
        (
            f"_through={THROUGH}&type=attack",
            "_through: Datasette cannot put this together with other filters",
        ),
    ],
)
async def test_filters_that_make_no_sense_are_refused(site, query, said):
    with pytest.raises(BadRequest) as refused:
        await selected(site, query)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 400


async def test_one_table_may_choose_by_another_that_refers_to_it(site):
    everything, _ = await selected(site, f"_through={THROUGH}")
    assert everything.where == "where (id in (select event from parts where role = :p0))"


async def test_sql_is_for_those_who_may_run_it(site):
    closed = Datasette(site.files, metadata={**site.metadata(), "allow_sql": False})
    with pytest.raises((Forbidden, DatasetteError)) as refused:
        await selected(closed, "_where=1")
    assert refused.value.status == 403
