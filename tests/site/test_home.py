"""The first page: as Datasette answers it, without reading every table for what it does not show."""

import pytest
from datasette.app import Datasette
from datasette.database import Database


@pytest.fixture
def questions(monkeypatch):
    """What is asked of databases from now on."""
    asked = []
    execute = Database.execute_fn

    async def note(self, function):
        asked.append(function)
        return await execute(self, function)

    monkeypatch.setattr(Database, "execute_fn", note)
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


async def test_a_first_page_of_the_operators_own_gets_all_that_datasette_gives(
    database, metadata, tmp_path
):
    (tmp_path / "index.html").write_text("{{ databases[0].tables_count }} tables")
    served = Datasette([str(database)], metadata=metadata, template_dir=str(tmp_path))
    found = (await served.client.get("/")).text
    assert found.endswith(" tables")
    assert int(found.split()[0]) > 5
