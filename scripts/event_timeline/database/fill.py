"""Makes a database from checked records: schema, rows, search, views, and a last check."""

import gc
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from event_timeline.database.integrity import APPLICATION_ID, verify
from event_timeline.database.rows import Files, mark_open_figures, save_build, save_everything
from event_timeline.database.schema import (
    create_indexes,
    create_search,
    create_search_tables,
    create_tables,
    number_schema,
)
from event_timeline.database.views import create_views


def fill(path: Path, files: Files, made_of: Mapping[str, str]) -> Mapping[str, int]:
    """Make a database at `path`, which must not exist; return the number of rows by table.

    `files`: each curated file with its checked records, those referred to first. `made_of`:
    what the table `build` records of the files. Raises BuildError if the database does not
    hold what was read, and whatever reading the files raises; the file at `path` is then
    not to be used.
    """
    db = Database(path)
    try:
        _prepare(db.conn)
        create_tables(db)
        create_search_tables(db)
        with _collector_paused():
            rows = save_everything(db.conn, files)
        save_build(db.conn, made_of)
        create_search(db)
        create_indexes(db)
        mark_open_figures(db.conn)
        create_views(db)
        number_schema(db.conn)
        verify(db.conn, rows)
    finally:
        db.close()
    return rows


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Switch off the search for cycles of references, which takes an eighth of a build."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _prepare(connection: sqlite3.Connection) -> None:
    # If anything fails, the file is discarded: no journal is needed. Publishing syncs it.
    connection.isolation_level = None
    for pragma in (
        f"application_id = {APPLICATION_ID}",
        "journal_mode = off",
        "synchronous = off",
        "foreign_keys = off",
        "cache_size = -32000",
    ):
        connection.execute(f"pragma {pragma}")
