"""What the page on a row shows beside the row."""

import pytest
from datasette.database import QueryInterrupted

from datasette_event_timeline.config.declared import read_declaration
from datasette_event_timeline.queries.query import Query
from event_timeline.site.row_parts import read_parts


@pytest.fixture
async def query(site) -> Query:
    await site.invoke_startup()
    return Query(site, await read_declaration(site))


async def test_an_event_brings_its_sources_claims_and_neighbours(query):
    found = await read_parts(query, "events", "2016-03-07-ben-guerdane-attack")
    assert {"actors", "questions", "claims", "sources", "before", "after"} <= set(found)
    assert all(found[part] for part in ("actors", "questions", "claims", "sources", "before"))


async def test_a_plain_table_brings_nothing(query):
    assert await read_parts(query, "withdrawn", "x") is None


async def test_a_list_that_takes_too_long_is_said_to_be_left_out(site, monkeypatch):
    fetch = Query.fetch

    async def slow_for_claims(self, sql, values=None, most_ms=None):
        if "from claims" in sql and "questions" in sql:
            raise QueryInterrupted(None, sql, values)
        return await fetch(self, sql, values, most_ms)

    monkeypatch.setattr(Query, "fetch", slow_for_claims)
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
