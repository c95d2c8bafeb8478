"""The tables that a database has before any row is in them."""

import sqlite3
from collections.abc import Iterator

import pytest
from sqlite_utils import Database

from event_timeline.database.schema import (
    create_indexes,
    create_search,
    create_search_tables,
    create_tables,
)
from event_timeline.database.views import create_views


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    made = Database(memory=True)
    for create in (create_tables, create_search_tables, create_search, create_indexes):
        create(made)
    create_views(made)
    made.conn.row_factory = sqlite3.Row
    yield made.conn
    made.close()


def test_every_table_is_strict(db):
    tables = db.execute(
        "select name, strict from pragma_table_list "
        "where schema = 'main' and type = 'table' and name <> 'sqlite_schema'"
    ).fetchall()
    assert {"events", "date_stretches", "claims", "events_search"} <= {
        row["name"] for row in tables
    }
    assert [row["name"] for row in tables if not row["strict"]] == []


def test_references_are_declared(db):
    tables = [
        row["name"] for row in db.execute("select name from sqlite_master where type = 'table'")
    ]
    keys = {
        (table, row["from"], row["table"], row["to"])
        for table in tables
        for row in db.execute(f"pragma foreign_key_list({table})")
    }
    assert keys == {
        ("actors", "part_of", "actors", "id"),
        ("claims", "question", "questions", "id"),
        ("claims", "source", "sources", "id"),
        ("event_actors", "actor", "actors", "id"),
        ("event_actors", "event", "events", "id"),
        ("event_sources", "event", "events", "id"),
        ("event_sources", "source", "sources", "id"),
        ("events", "date_number", "dates", "number"),
        ("date_stretches", "date", "dates", "number"),
        ("date_spans", "date", "dates", "number"),
        ("events", "country", "countries", "code"),
        ("events", "part_of", "events", "id"),
        ("questions", "event", "events", "id"),
    }
    assert db.execute("pragma foreign_key_check").fetchall() == []


def test_links_and_keys_cannot_be_null(db):
    nullable = db.execute(
        "select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c "
        "where m.type = 'table' and m.name not like '%_search%' and c.pk and not c.'notnull'"
    )
    assert [tuple(row) for row in nullable] == []


def test_every_reference_has_an_index_that_begins_with_it(db):
    tables = [
        row["name"] for row in db.execute("select name from sqlite_master where type = 'table'")
    ]
    bare = [
        (table, key["from"])
        for table in tables
        for key in db.execute(f"pragma foreign_key_list({table})")
        if key["from"] not in first_columns(db, table) and table != "actors"
    ]
    assert bare == []


def first_columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {
        db.execute(f"pragma index_info({index['name']})").fetchone()["name"]
        for index in db.execute(f"pragma index_list({table})")
    }
