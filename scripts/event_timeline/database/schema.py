"""Creates the tables, indexes and search tables of events.db, and numbers the schema."""

import hashlib
import sqlite3

from sqlite_utils import Database
from sqlite_utils.db import ForeignKey

from datasette_event_timeline.sql.stored_dates import (
    DATE_COLUMNS,
    DATES,
    NUMBER,
    STRETCH_COLUMNS,
    STRETCHES,
    order_of_time,
)
from event_timeline.curated.columns import (
    ACTORS,
    CLAIMS,
    EVENT_WEIGHT,
    EVENTS,
    QUESTIONS,
    SEARCHED,
    SOURCES,
    WITHDRAWN,
    CuratedFile,
    Kind,
    table_columns,
)
from event_timeline.database.event_dates import SPAN_COLUMNS, SPANS
from event_timeline.database.search import TOKENIZER

_SQL_TYPES: dict[Kind, type] = {"integer": int, "number": float}

EVENT_ORDER = order_of_time("earliest_start", "latest_end", "id")

INDEXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("events", ("type", NUMBER, "country", "status")),
    ("events", ("country", NUMBER, "type", "status")),
    ("events", ("year", NUMBER)),
    ("events", ("status", NUMBER, "type", "country")),
    ("events", ("precision", NUMBER)),
    ("events", ("part_of",)),
    ("events", (NUMBER,)),
    ("periods", ("last_day", "first_day")),
    ("event_actors", ("actor",)),
    ("event_sources", ("source",)),
    ("questions", ("event",)),
    ("claims", ("question",)),
    ("claims", ("source",)),
)


def create_tables(db: Database) -> None:
    """Create every table, strict, each after those that it refers to."""
    db.table("countries").create(
        {"code": str, "name": str}, pk="code", not_null={"name"}, strict=True
    )
    _create_curated(db, ACTORS, {"part_of": "actors"})
    _create_curated(db, SOURCES, {})
    _create_dates(db)
    references = {"country": "countries", "part_of": "events", NUMBER: DATES}
    _create_curated(db, EVENTS, references)
    _create_curated(db, QUESTIONS, {"event": "events"})
    _create_curated(db, CLAIMS, {"question": "questions", "source": "sources"})
    _create_curated(db, WITHDRAWN, {}, pk=("id", "kind"))
    _create_links(db)
    db.table("build").create(
        {"item": str, "value": str}, pk="item", not_null={"value"}, strict=True
    )


# Tables whose key is not called id.
_KEYS = {"countries": "code", DATES: "number"}


def _create_curated(
    db: Database,
    file: CuratedFile,
    references: dict[str, str],
    pk: str | tuple[str, ...] = "id",
) -> None:
    columns = table_columns(file)
    db.table(file.name).create(
        {column.name: _SQL_TYPES.get(column.kind, str) for column in columns},
        pk=pk,
        not_null={c.name for c in columns if c.required or c.facet or c.kind == "list"},
        foreign_keys=[
            ForeignKey(file.name, column, other, _KEYS.get(other, "id"))
            for column, other in references.items()
        ],
        strict=True,
    )


def _create_dates(db: Database) -> None:
    db.table(DATES).create(
        {"number": int, "text": str, **dict.fromkeys(DATE_COLUMNS[2:], int)},
        pk="number",
        not_null={"number", "text", "marked"},
        strict=True,
    )
    for table, columns in ((STRETCHES, STRETCH_COLUMNS), (SPANS, SPAN_COLUMNS)):
        db.table(table).create(
            dict.fromkeys(columns, int),
            pk=columns[:2],
            not_null=set(columns),
            foreign_keys=[("date", DATES, "number")],
            strict=True,
        )


def _create_links(db: Database) -> None:
    db.table("periods").create(
        {"unit": str, "period": str, "first_day": int, "last_day": int},
        pk=("unit", "period"),
        not_null={"first_day", "last_day"},
        strict=True,
    )
    db.table("event_actors").create(
        {"event": str, "actor": str, "role": str},
        pk=("event", "actor", "role"),
        foreign_keys=[("event", "events", "id"), ("actor", "actors", "id")],
        strict=True,
    )
    db.table("event_sources").create(
        {"event": str, "source": str},
        pk=("event", "source"),
        foreign_keys=[("event", "events", "id"), ("source", "sources", "id")],
        strict=True,
    )


def create_search(db: Database) -> None:
    """Create the FTS5 indexes of the folded texts, once these are saved."""
    for table, searched in SEARCHED.items():
        db.table(f"{table}_search").enable_fts(list(searched), tokenize=TOKENIZER)


def create_search_tables(db: Database) -> None:
    """Create the tables of folded text, which `create_search` indexes."""
    for table, searched in SEARCHED.items():
        db.table(f"{table}_search").create(
            {"rowid": int, **dict.fromkeys(searched, str)}, pk="rowid", strict=True
        )


# Indexes on expressions, which sqlite-utils cannot create: the orders of drawings and lists.
EXPRESSION_INDEXES: tuple[tuple[str, str], ...] = (
    ("events_by_weight", f"{EVENT_WEIGHT} desc, id, {NUMBER}"),
    ("events_by_time", f"{EVENT_ORDER}, {NUMBER}"),
)


def create_indexes(db: Database) -> None:
    """Create every index, once the tables are filled."""
    for table, names in INDEXES:
        db.table(table).create_index(list(names))
    for name, expressions in EXPRESSION_INDEXES:
        db.conn.execute(f"create index {name} on events ({expressions})")


_DECLARATIONS = "select type, name, tbl_name, sql from sqlite_schema order by type, name"


def number_schema(connection: sqlite3.Connection) -> None:
    """Set `pragma schema_version` to a hash of the schema, positive and of 31 bits.

    Datasette reads a database's schema again when this number is another. SQLite counts the
    changes of one file; all builds are new files, with the same count.
    """
    declarations = repr(connection.execute(_DECLARATIONS).fetchall())
    digest = hashlib.sha256(declarations.encode()).digest()
    number = int.from_bytes(digest[:8]) % (2**31 - 1) + 1
    connection.execute(f"pragma schema_version = {number}")
