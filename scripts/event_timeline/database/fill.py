"""A database made from the curated files: its schema, its rows, its last check."""

import gc
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database

from event_timeline import __version__
from event_timeline.checks.checker import READING_ORDER, Checker, curated_path, in_order
from event_timeline.curated.problems import Problem
from event_timeline.database.integrity import verify
from event_timeline.database.rows import Tally, mark_open_figures, save_build, save_everything
from event_timeline.database.schema import (
    APPLICATION_ID,
    create_indexes,
    create_search,
    create_tables,
    create_views,
)


class InputError(Exception):
    """The curated files have errors; `problems` says which, warnings included."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def fill(path: Path, events_csv: Path, advance: Callable[[int], object] | None = None) -> Tally:
    """Make a database at `path`, which must not exist, from events.csv and its companions.

    Raises InputError if the files have errors, BuildError if the database does not
    hold what was read; the file at `path` is then not to be used.
    """
    problems: list[Problem] = []
    # Before they are read: a file that changes meanwhile counts as changed.
    made_of = build_items(events_csv)
    db = Database(path)
    try:
        _prepare(db.conn)
        create_tables(db)
        with _collector_paused():
            tally = save_everything(db, Checker(events_csv, problems.append, advance))
        tally.warnings = in_order(problems, events_csv)
        if any(problem.level == "error" for problem in problems):
            raise InputError(tally.warnings)
        save_build(db, made_of)
        create_search(db)
        create_indexes(db)
        mark_open_figures(db.conn)
        create_views(db)
        verify(db.conn, tally)
        db.conn.execute("pragma journal_mode = wal")
    finally:
        db.close()
    return tally


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


def build_items(events_csv: Path) -> dict[str, str]:
    """Return what a build is made of: this package's version and each file's SHA-256.

    No clock, path or host name enters, so that equal files make equal databases.
    A file that cannot be read is left out; reading it is what reports it.
    """
    items = {"event_timeline": __version__}
    for file in READING_ORDER:
        path = curated_path(events_csv, file)
        if path.is_file():
            with suppress(OSError):
                items[file.path] = _sha256(path)
    return items


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
