"""What is offered for download is whole."""

import csv
import io
import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from sqlite_utils import Database

from event_timeline.cli import cli
from event_timeline.database.schema import create_tables
from event_timeline.database.views import create_views


def declared() -> list[str]:
    db = Database(memory=True)
    create_tables(db)
    create_views(db)
    return sorted([*db.table_names(), *db.view_names()])


@pytest.fixture(scope="session")
def narrow_site(database, metadata) -> Datasette:
    """A page holds ten rows here, so that every download is made of many."""
    return Datasette(
        [str(database)],
        metadata=metadata,
        settings={"max_returned_rows": 10, "default_page_size": 10},
    )


def parse(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("name", declared())
async def test_every_table_and_view_streams_whole(narrow_site, db, name):
    response = await narrow_site.client.get(f"/events/{name}.csv?_stream=1")
    assert response.status_code == 200
    expected = [
        {key: "" if value is None else str(value) for key, value in dict(row).items()}
        for row in db.execute(f"select * from {name}")
    ]
    rows = [{key: row[key] for key in expected[0]} for row in parse(response.text)] if expected else parse(response.text)  # fmt: skip
    by_text = lambda row: json.dumps(row, ensure_ascii=False)  # noqa: E731
    assert sorted(rows, key=by_text) == sorted(expected, key=by_text)


async def test_a_filtered_table_streams_whole(narrow_site, db):
    response = await narrow_site.client.get("/events/events.csv?_stream=1&country=LY")
    ids = {row["id"] for row in db.execute("select id from events where country = 'LY'")}
    assert len(ids) > 10
    assert {row["id"] for row in parse(response.text)} == ids


async def test_labels_stream_too(narrow_site, db):
    response = await narrow_site.client.get("/events/event_actors.csv?_stream=1&_labels=on")
    rows = parse(response.text)
    assert len(rows) == db.execute("select count(*) from event_actors").fetchone()[0]
    assert {"event", "event_label", "actor", "actor_label", "role"} <= set(rows[0])


async def test_lists_unpack_in_json(site, db):
    response = await site.client.get(
        "/events/events.json?_json=actors&_json=sources&_shape=array&_size=max"
    )
    first = response.json()[0]
    assert isinstance(first["actors"], list)
    assert isinstance(first["sources"][0], str)


async def test_an_exported_file_is_served_immutable(database: Path, metadata, tmp_path, db):
    copy = tmp_path / "events.db"
    result = CliRunner().invoke(cli, ["export", "sqlite", str(database), str(copy)])
    assert result.exit_code == 0, result.output
    assert result.output == f"{copy}: written; serve it with datasette -i {copy} -m metadata.yml\n"
    assert [path.name for path in tmp_path.iterdir()] == ["events.db"]

    immutable = Datasette([], immutables=[str(copy)], metadata=metadata)
    answer = (await immutable.client.get("/events/events.json?_search=museum")).json()
    assert answer["filtered_table_rows_count"] > 0
    assert [path.name for path in tmp_path.iterdir()] == ["events.db"]
    (serial,) = db.execute("select value from build where item = 'serial'").fetchone()
    copied = Database(copy)
    with closing(copied):
        assert copied["build"].get("serial")["value"] == serial
