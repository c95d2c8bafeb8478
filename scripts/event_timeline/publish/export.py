"""Copies a published database for read-only media."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from event_timeline.database.connections import connect
from event_timeline.publish import replace
from event_timeline.publish.replace import PublishError


def export_sqlite(database: Path, target: Path) -> None:
    """Copy a database into one new file, which needs no log beside it.

    Raises PublishError if there is no such database, if part of it is in a log, if the target
    exists, or if something cannot be read or written.
    """
    if target.exists():
        raise PublishError(f"{target} exists already: name another file, or remove it")
    with replace.beside(target) as fresh:
        try:
            _copy(database, fresh)
        except (sqlite3.Error, OSError) as error:
            raise PublishError(f"{database} could not be copied: {error}") from error
        replace.publish(fresh, target)


def _copy(database: Path, fresh: Path) -> None:
    """Copy the file while no other program can write to it."""
    if not database.is_file() or not replace.is_ours(database):
        raise PublishError(
            f"{database} is not a database that event-timeline built: build it first"
        )
    uri = f"{database.absolute().as_uri()}?mode=ro"
    with closing(connect(uri, uri=True, isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from sqlite_schema").fetchone()
        if reader.execute("pragma journal_mode").fetchone() == ("wal",):
            raise PublishError(f"{database} was made by an older version: build it again first")
        shutil.copyfile(database, fresh)
