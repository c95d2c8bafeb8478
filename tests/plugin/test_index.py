"""The index of a table answers as the table does, and is used only if it is of this table."""

import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from datasette_event_timeline.config.declared import read_declaration
from datasette_event_timeline.config.tables import find_table
from datasette_event_timeline.index import database as index
from datasette_event_timeline.index.database import index_path, write_beside

Data = dict[str, Any]
SCHEMA = (
    "create table happenings (name text, date text, end text, kind text, town text, note text,"
    " latitude, longitude, best integer, low integer, high integer)"
)
SETTINGS = {"lanes": ["kind", {"array": "note"}]}
METADATA = {
    "databases": {
        "archive": {
            "tables": {
                "happenings": {
                    "facets": ["kind", "town"],
                    "plugins": {"datasette-event-timeline": SETTINGS},
                }
            }
        }
    }
}
FORMS = ("{y}", "{y}-{m:02}", "{y}-{m:02}-{d:02}", "c. {y}", "{d} March {y}", "{y}?", "soon", "",
         "{y}-{m:02}-{d:02} {h:02}:30", "[{y}-01-01..{y}-01-09]")  # fmt: skip


def rows(count: int) -> list[tuple[Any, ...]]:
    chance = random.Random(5)

    def date() -> str:
        parts = {"y": chance.randint(1700, 1750), "m": chance.randint(1, 12)}
        return chance.choice(FORMS).format(
            **parts, d=chance.randint(1, 28), h=chance.randint(0, 23)
        )

    return [
        (
            *(f"Event {n}", date(), chance.choice(("", date())), chance.choice(("a", "b", "", None))),
            *(chance.choice(("Ribe", "Esbjerg")), chance.choice(('["x"]', '["x","y"]', None))),
            *(chance.choice((55.1, " 55.2", "north", None, 0)), chance.choice((8.5, "8.6", 0))),
            *(n % 7, n % 5, n % 11),
        )
        for n in range(count)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "archive.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute(SCHEMA)
        db.executemany(f"insert into happenings values ({', '.join('?' * 11)})", rows(1_500))
        db.commit()
    return path


ADDRESSES = [
    "",
    *("?kind=a", "?kind__in=a,b&_window=1710/1715", "?_possibly=1720-06", "?_certainly=1720/1725"),
    *("?town__contains=be&note__isnull=1", "?_where=best>3", "?_undrawn=unreadable"),
    *("?_unmapped=zero", "?_lanes=note&_window=1730", "?name__endswith=7", "?rowid__lt=40"),
    *("?_window=1700/1702&_lanes=none", "?_certainly={1710,1730}&kind__not=a"),
]


@pytest.mark.parametrize("address", ADDRESSES)
async def test_an_index_answers_as_the_table_does(archive, monkeypatch, address):
    by_index = await answers(Datasette([str(archive)], metadata=METADATA), address)
    monkeypatch.setattr(index, "MOST_ROWS", 0)
    by_table = await answers(Datasette([str(archive)], metadata=METADATA), address)
    assert by_index == by_table
    assert by_index[0]["total"] > 0
    assert not by_index[0]["timed_out"]


async def answers(site: Datasette, address: str) -> tuple[Data, str]:
    data = (await site.client.get(f"/-/timeline/archive/happenings.json{address}")).json()
    page = (await site.client.get(f"/-/timeline/archive/happenings{address}")).text
    data["events"].sort(key=lambda event: event["id"])
    return data, page[page.index("<main" if "<main" in page else "<section") :]


async def test_a_small_table_has_one_and_a_large_one_has_none(archive, monkeypatch):
    site = Datasette([str(archive)], metadata=METADATA)
    plain = await find_table(site, "archive", "happenings")
    assert plain is not None
    assert (await index.with_index(site, plain, ())).stored
    assert not (await index.with_index(site, plain, ["_date"])).stored
    monkeypatch.setattr(index, "MOST_ROWS", 1_000)
    assert not (await index.with_index(Datasette([str(archive)]), plain, ())).stored


async def test_a_chronology_is_read_without_one(archive):
    declared = {"database": "archive", "table": "happenings", "id": "rowid", "title": "name"}
    site = Datasette([str(archive)], metadata={"plugins": {"event-timeline": declared}})
    await site.invoke_startup()
    declaration = await read_declaration(site)
    assert declaration is not None
    assert not declaration.derived
    assert await index.with_index(site, declaration, ()) is declaration


async def test_a_table_with_a_collation_has_none(tmp_path):
    path = tmp_path / "archive.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table happenings (name text, date text, kind text collate nocase)")
        db.execute("insert into happenings values ('One', '2015', 'A'), ('Two', '2016', 'a')")
        db.commit()
    site = Datasette([str(path)])
    data = (await site.client.get("/-/timeline/archive/happenings.json?kind=a")).json()
    assert [event["title"] for event in data["events"]] == ["One", "Two"]
    plain = await find_table(site, "archive", "happenings")
    assert plain is not None
    with pytest.raises(ValueError, match="has a collation"):
        await site.get_database("archive").execute_fn(lambda db: write_beside(plain, path, [], db))


async def test_a_table_that_changes_has_a_new_index(archive, tmp_path):
    copy = tmp_path / "archive.db"
    copy.write_bytes(archive.read_bytes())
    site = Datasette([str(copy)], metadata=METADATA)
    before = await answers(site, "")
    with closing(sqlite3.connect(copy)) as db:
        db.execute("insert into happenings (name, date) values ('One more', '1999')")
        db.commit()
    after = await answers(site, "")
    assert after[0]["total"] == before[0]["total"] + 1
    assert after[0]["extent"][1] > before[0]["extent"][1]


@pytest.fixture
async def beside(archive: Path, tmp_path: Path) -> Path:
    """A database that has an index beside it."""
    copy = tmp_path / "archive.db"
    copy.write_bytes(archive.read_bytes())
    site = Datasette([str(copy)], metadata=METADATA)
    plain = await find_table(site, "archive", "happenings")
    assert plain is not None
    write: Callable[..., Path] = lambda db: write_beside(plain, copy, ["kind", "town"], db)  # noqa: E731
    await site.get_database("archive").execute_fn(write)
    return copy


async def is_used(database: Path) -> bool:
    """Whether what is asked of a table is answered by the index beside it."""
    with closing(sqlite3.connect(index_path(str(database), "happenings"))) as db:
        db.execute("update happenings set name = 'From the index'")
        db.commit()
    site = Datasette([str(database)], metadata=METADATA)
    page = (await site.client.get("/-/timeline/archive/happenings")).text
    return "From the index" in page


async def test_an_index_beside_a_database_is_used(beside):
    assert await is_used(beside)


async def test_one_that_is_written_while_the_site_runs_is_used_from_then_on(archive, tmp_path):
    copy = tmp_path / "archive.db"
    copy.write_bytes(archive.read_bytes())
    site = Datasette([str(copy)], metadata=METADATA)
    plain = await find_table(site, "archive", "happenings")
    assert plain is not None
    before = await index.with_index(site, plain, ())
    write: Callable[..., Path] = lambda db: write_beside(plain, copy, [], db)  # noqa: E731
    written = await site.get_database("archive").execute_fn(write)
    after = await index.with_index(site, plain, ())
    assert before.index is not None
    assert after.index is not None
    assert (before.index.path != str(written), after.index.path) == (True, str(written))


async def test_so_it_is_beside_a_copy(beside, tmp_path):
    (tmp_path / "copy").mkdir()
    for file in (beside, index_path(str(beside), "happenings")):
        (tmp_path / "copy" / file.name).write_bytes(file.read_bytes())
    assert await is_used(tmp_path / "copy" / beside.name)


@pytest.mark.parametrize(
    "change",
    [
        "update happenings set date = '1731' where rowid = 1",
        "delete from happenings where rowid = 3",
        "update happenings set town = 'Varde' where rowid = 5",
    ],
)
async def test_a_stale_one_is_not_used_and_said(beside, caplog, change):
    with closing(sqlite3.connect(beside)) as db:
        db.execute(change)
        db.commit()
    assert not await is_used(beside)
    assert re.search(r"happenings.timeline is stale and not used", caplog.text)


async def test_nor_is_one_of_other_columns(beside):
    settings = {"happenings": {"plugins": {"datasette-event-timeline": {"date": "end"}}}}
    site = Datasette([str(beside)], metadata={"databases": {"archive": {"tables": settings}}})
    with closing(sqlite3.connect(index_path(str(beside), "happenings"))) as db:
        db.execute("update happenings set name = 'From the index'")
        db.commit()
    assert "From the index" not in (await site.client.get("/-/timeline/archive/happenings")).text


async def test_what_is_no_index_is_not_used(beside):
    index_path(str(beside), "happenings").write_bytes(b"nothing")
    site = Datasette([str(beside)], metadata=METADATA)
    answer = await site.client.get("/-/timeline/archive/happenings")
    assert "1,500 events" in answer.text
