"""The first page: as Datasette answers it, without reading every table for what it does not show."""

import re
import sqlite3
from contextlib import closing
from copy import deepcopy

import pytest
from datasette.app import Datasette

from datasette_event_timeline.serving.database import ServedDatabase


@pytest.fixture
def questions(monkeypatch):
    """What is asked of databases from now on."""
    asked = []
    for name in ("execute", "execute_fn"):
        ask = getattr(ServedDatabase, name)

        async def note(self, question, *arguments, ask=ask, **options):
            asked.append(question)
            return await ask(self, question, *arguments, **options)

        monkeypatch.setattr(ServedDatabase, name, note)
    return asked


async def test_it_asks_nothing_of_each_table(site, db, questions):
    """Under load every question waits its turn, and there were 266."""
    [tables] = db.execute("select count(*) from sqlite_schema where type = 'table'").fetchone()
    await site.client.get("/")
    questions.clear()
    assert (await site.client.get("/")).status_code == 200
    assert 0 < len(questions) < tables


async def test_its_data_and_methods_are_those_of_datasette(site, get_json):
    page = await site.client.get("/")
    assert page.headers["link"] == (
        'http://localhost/.json; rel="alternate"; type="application/json+datasette"'
    )
    assert (await get_json("/.json"))["events"]["tables_count"] > 5
    head = await site.client.head("/")
    assert (head.status_code, head.text) == (200, "")
    assert (await site.client.put("/")).status_code == 405


async def test_other_databases_are_named_to_those_who_may_see_them(database, metadata):
    served = Datasette([str(database)], metadata=metadata, memory=True)
    assert '<li><a href="/_memory">_memory</a></li>' in (await served.client.get("/")).text
    hidden = {**metadata, "databases": {**metadata["databases"], "_memory": {"allow": False}}}
    served = Datasette([str(database)], metadata=hidden, memory=True)
    assert "_memory" not in (await served.client.get("/")).text


async def test_who_may_not_see_the_site_does_not(database, metadata):
    served = Datasette([str(database)], metadata={**metadata, "allow": False})
    assert (await served.client.get("/")).status_code == 403


# What each closed table takes away: of the counts, and by what the page would show of it.
CLOSED = {
    "events": ({"events"}, ('"/event/', '<figure class="home-drawing', 'role="search"')),
    "actors": ({"actors"}, ('"/actor/',)),
    "event_actors": (set(), ('"/actor/',)),
    "sources": ({"sources"}, ()),
    "countries": (set(), ('id="by-country"',)),
    "questions": ({"questions", "disagreements"}, ('id="disagree"', '"/events/questions/')),
    "claims": ({"disagreements"}, ('id="disagree"', '"/events/questions/')),
    "disagreements": ({"disagreements"}, ('id="disagree"', '"/events/questions/')),
    "counted_events": (set(), ('id="deadliest"',)),
}


@pytest.mark.parametrize("table", CLOSED)
async def test_what_a_visitor_may_not_see_is_not_counted_listed_or_drawn(
    site, database, metadata, table
):
    uncounted, unshown = CLOSED[table]
    page = await closed_page(database, metadata, table)
    whole = (await site.client.get("/")).text
    assert counted(whole) - counted(page) == uncounted
    for sign in unshown:
        assert (sign in whole, sign in page) == (True, False), sign
    assert "Left out of this page" not in page


async def closed_page(database, metadata, table):
    closed = deepcopy(metadata)
    closed["databases"]["events"]["tables"].setdefault(table, {})["allow"] = False
    served = Datasette([str(database)], metadata=closed)
    assert (await served.client.get(f"/events/{table}")).status_code == 403
    answer = await served.client.get("/")
    assert answer.status_code == 200
    return answer.text


def counted(page):
    return set(re.findall(r'<a href="/events/(\w+)"><b>', page))


async def test_of_another_table_that_is_closed_nothing_is_drawn(tmp_path):
    with closing(sqlite3.connect(tmp_path / "wars.db")) as db:
        db.execute("create table battles (id, date, title)")
        db.execute("insert into battles values (1, '1066', 'Hastings')")
        db.commit()
    metadata = {
        "plugins": {"event-timeline": {"database": "wars", "table": "battles"}},
        "databases": {"wars": {"tables": {"battles": {"allow": False}}}},
    }
    page = (await Datasette([str(tmp_path / "wars.db")], metadata=metadata).client.get("/")).text
    assert "1066" not in page


async def test_a_first_page_of_the_operators_own_gets_all_that_datasette_gives(
    database, metadata, tmp_path
):
    (tmp_path / "index.html").write_text("{{ databases[0].tables_count }} tables")
    served = Datasette([str(database)], metadata=metadata, template_dir=str(tmp_path))
    found = (await served.client.get("/")).text
    assert found.endswith(" tables")
    assert int(found.split()[0]) > 5
