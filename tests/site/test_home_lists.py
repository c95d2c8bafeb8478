"""The lists of the first page."""

import pytest

from datasette_event_timeline.config.declared import read_declaration
from datasette_event_timeline.queries.query import Query
from event_timeline.site.home_lists import read_lists


@pytest.fixture
async def query(site) -> Query:
    await site.invoke_startup()
    return Query(site, await read_declaration(site))


async def test_deaths_are_ranked_in_the_commonest_scope_only(query, db):
    found = await read_lists(query)
    commonest = db.execute(
        "select scope from counted_events group by scope order by count(*) desc, scope limit 1"
    ).fetchone()[0]
    assert found["deadliest_scope"] == commonest
    scopes = {
        db.execute("select scope from counted_events where id = ?", (event["id"],)).fetchone()[0]
        for event in found["deadliest"]
    }
    assert scopes == {commonest}
    assert query.timed_out == []


async def test_the_actors_of_most_events_come_first(query):
    actors = (await read_lists(query))["actors"]
    assert [actor["count"] for actor in actors] == sorted(
        (actor["count"] for actor in actors), reverse=True
    )
    assert actors[0]["label"] == "Islamic State"
