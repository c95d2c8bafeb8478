"""A database that is damaged, or lacks a row, is noticed before it is published."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from event_timeline.database.integrity import BuildError, verify
from event_timeline.database.schema import create_tables

EVENT = {
    "id": "one",
    "date": "2015",
    "title": "An event",
    "type": "attack",
    "status": "confirmed",
    "country": "unknown",
    "location_precision": "none",
    "actors": "[]",
    "summary": "-",
    "aliases": "[]",
    "sources": "[]",
    "year": "2015",
    "precision": "year",
    "killed_open": 0,
    "wounded_open": 0,
}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database of one event, one question, and one claim from one source."""
    made = Database(tmp_path / "events.db")
    create_tables(made)
    made.table("countries").insert({"code": "unknown", "name": "no single country"})
    made.table("dates").insert({"number": 1, "text": "2015", "marked": 0})
    made.table("events").insert(EVENT | {"date_number": 1})
    made.table("sources").insert({"id": "agency", "publisher": "Agency", "kind": "agency"})
    made.table("questions").insert({"id": "day", "title": "When?", "measure": "date"})
    claim = {"id": "day-a", "question": "day", "source": "agency"}
    made.table("claims").insert(
        claim | {"said": "in 2015", "relation": "answers", "standing": "unknown"}
    )
    made.close()
    with closing(sqlite3.connect(tmp_path / "events.db")) as connection:
        yield connection


def test_a_whole_database_passes(db):
    verify(db, {"events": 1, "claims": 1, "actors": 0})


def test_a_lost_row_is_noticed(db):
    with pytest.raises(BuildError) as failed:
        verify(db, {"events": 2})
    assert str(failed.value) == "events holds 1 rows, 2 were read"


def test_a_reference_that_leads_nowhere_is_noticed(db):
    db.execute("delete from sources where id = 'agency'")
    with pytest.raises(BuildError) as failed:
        verify(db, {})
    assert str(failed.value) == "a row of claims refers to a row of sources that is not there"


def test_a_damaged_file_is_noticed(db, tmp_path):
    db.execute("pragma writable_schema = on")
    sql = "replace(sql, '\"region\" TEXT', '\"region\" TEXT NOT NULL')"
    db.execute(f"update sqlite_master set sql = {sql} where name = 'events'")
    db.commit()
    with (
        closing(sqlite3.connect(tmp_path / "events.db")) as anew,
        pytest.raises(BuildError) as failed,
    ):
        verify(anew, {})
    assert str(failed.value) == "SQLite's integrity_check says: NULL value in events.region"
