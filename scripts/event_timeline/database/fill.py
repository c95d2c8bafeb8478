"""A database made from checked records: its schema, its rows, its last check."""

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
        verify(db.conn, rows)
        db.conn.execute("pragma journal_mode = wal")
    finally:
        db.close()
    return rows


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Rows make no cycles; looking for some among a million takes an eighth of the build."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _prepare(connection: sqlite3.Connection) -> None:
    # The file is thrown away if anything fails, so nothing is journalled; it is
    # synced when it is published.
    connection.isolation_level = None
    for pragma in (
        f"application_id = {APPLICATION_ID}",
        "journal_mode = off",
        "synchronous = off",
        "foreign_keys = off",
        "cache_size = -32000",
    ):
        connection.execute(f"pragma {pragma}")
