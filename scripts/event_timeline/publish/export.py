"""Writes a published database as one file for read-only media."""

import sqlite3
from contextlib import closing
from pathlib import Path

from event_timeline.database.connections import connect
from event_timeline.publish import replace
from event_timeline.publish.replace import PublishError


def export_sqlite(database: Path, target: Path) -> None:
    """Copy a database into one new file in rollback mode, which needs no log beside it.

    Raises PublishError if there is no such database, if the target exists, or if something
    cannot be read or written.
    """
    _check_source(database)
    if target.exists():
        raise PublishError(f"{target} exists already: name another file, or remove it")
    replace.check_target(target)
    with replace.beside(target) as fresh:
        try:
            _copy(database, fresh)
        except sqlite3.Error as error:
            raise PublishError(f"{database} could not be copied: {error}") from error
        replace.publish(fresh, target)


def _check_source(database: Path) -> None:
    try:
        ours = database.is_file() and replace.is_ours(database)
    except sqlite3.Error as error:
        raise PublishError(f"{database} could not be copied: {error}") from error
    if not ours:
        raise PublishError(
            f"{database} is not a database that event-timeline built: build it first"
        )


def _copy(database: Path, fresh: Path) -> None:
    with (
        closing(connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(connect(fresh)) as copy,
    ):
        source.backup(copy, progress=replace.give_up_after(replace.LOCK_TIMEOUT_SECONDS))
        copy.execute("pragma journal_mode = delete")
