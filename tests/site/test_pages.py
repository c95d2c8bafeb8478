"""What the pages ask of the database beside Datasette's own answer."""

import pytest
from datasette.database import Database, QueryInterrupted

from event_timeline.site import queries


@pytest.fixture
def chronology_db(site) -> Database:
    return site.get_database("events")


async def test_the_first_page_ranks_the_commonest_scope_only(chronology_db, db):
    found = await queries.home(chronology_db)
    commonest = db.execute(
        "select scope from counted_events group by scope order by count(*) desc, scope limit 1"
    ).fetchone()[0]
    assert found["deadliest_scope"] == commonest
    scopes = {
        db.execute("select scope from counted_events where id = ?", (event["id"],)).fetchone()[0]
        for event in found["deadliest"]
    }
    assert scopes == {commonest}
    assert found["late"] == []


async def test_the_actors_of_most_events_come_first(chronology_db):
    actors = (await queries.home(chronology_db))["actors"]
    assert [actor["count"] for actor in actors] == sorted(
        (actor["count"] for actor in actors), reverse=True
    )
    assert actors[0]["label"] == "Islamic State"


async def test_an_event_brings_its_sources_claims_and_neighbours(chronology_db):
    found = await queries.row(chronology_db, "events", "2016-03-07-ben-guerdane-attack")
    assert {"actors", "questions", "claims", "sources", "before", "after"} <= set(found)
    assert all(found[part] for part in ("actors", "questions", "claims", "sources", "before"))


async def test_a_plain_table_brings_nothing(chronology_db):
    assert await queries.row(chronology_db, "withdrawn", "x") is None


async def test_a_list_that_takes_too_long_is_said_to_be_left_out(site, monkeypatch):
    ask = queries.fetch_rows

    async def slow_for_claims(db, sql, values=None):
        if "from claims" in sql and "questions" in sql:
            raise QueryInterrupted(None, sql, values)
        return await ask(db, sql, values)

    monkeypatch.setattr(queries, "fetch_rows", slow_for_claims)
    page = await site.client.get("/events/events/2016-03-07-ben-guerdane-attack")
    assert page.status_code == 200
    assert "Left out of this page, because it took too long to find: " in page.text


async def test_a_figure_open_above_says_so_on_every_page(site, db):
    event = db.execute(
        "select id from events where killed_open and killed_high is not null"
    ).fetchone()[0]
    page = await site.client.get(f"/events/events/{event}")
    table = await site.client.get(f"/events/events?id={event}")
    assert " or more" in page.text
    assert " or more" in table.text
