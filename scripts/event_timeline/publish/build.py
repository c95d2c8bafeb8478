"""From the curated files to a database in place: made aside, verified, then published."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from event_timeline.checks.checker import Checker, in_order
from event_timeline.curated.columns import CuratedFile
from event_timeline.curated.problems import InputError, Problem
from event_timeline.curated.records import Record
from event_timeline.database.connections import connect
from event_timeline.database.integrity import BuildError
from event_timeline.publish import replace
from event_timeline.publish.built import Built
from event_timeline.publish.inputs import build_items, check_unchanged, stamps

# Primary result codes (https://www.sqlite.org/rescode.html) that are the disk's doing, not ours.
_DISK_ERRORS = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})


def build(
    events_csv: Path,
    target: Path,
    advance: Callable[[int], object] | None = None,
    inspect: Callable[[Path], object] | None = None,
) -> Built:
    """Build `target` from events.csv and its companions.

    While events.csv is read, `advance` is called with the number of bytes since the last call.
    `inspect` is called with the finished database before it is put in place; what that raises
    keeps it from there.

    Raises InputError if the files have errors, ChangedError if they change meanwhile,
    PublishError if the target cannot be written, BuildError if the new database
    does not pass its checks; the target is then as it was.
    """
    before = stamps(events_csv)
    with replace.beside(target) as fresh:
        try:
            built = _build_aside(fresh, events_csv, advance)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _DISK_ERRORS:
                raise
            raise BuildError(f"the database could not be made: {error}") from error
        except InputError:
            # A file that is half written has errors that nobody made.
            check_unchanged(events_csv, before, target)
            raise
        if inspect:
            inspect(fresh)
        check_unchanged(events_csv, before, target)
        replace.publish(fresh, target)
    return built


def _build_aside(fresh: Path, events_csv: Path, advance: Callable[[int], object] | None) -> Built:
    # Imported here, because commands that build nothing start faster without sqlite-utils.
    from event_timeline.database.fill import fill

    # Taken before the files are read: one that changes meanwhile has changed since.
    made_of = build_items(events_csv)
    problems: list[Problem] = []
    checker = Checker(events_csv, problems.append, advance)
    rows = fill(fresh, _without_errors(checker, problems, events_csv), made_of)
    return Built(rows, in_order(problems, events_csv))


def _without_errors(
    checker: Checker, problems: list[Problem], events_csv: Path
) -> Iterator[tuple[CuratedFile, Iterator[Record]]]:
    """Yield each file with its records; raise InputError at the end if there was an error."""
    yield from checker.files()
    if any(problem.level == "error" for problem in problems):
        raise InputError(in_order(problems, events_csv))


def build_if_changed(
    events_csv: Path,
    target: Path,
    advance: Callable[[int], object] | None = None,
    inspect: Callable[[Path], object] | None = None,
) -> Built | None:
    """Build `target` unless this version made it from these very files; None if it did.

    Raises what `build` raises.
    """
    if target.is_file() and _made_of(target) == build_items(events_csv):
        return None
    return build(events_csv, target, advance, inspect)


def _made_of(target: Path) -> dict[str, str]:
    """Return what a database says it was made of.

    Nothing if that cannot be read, or if the database is in WAL mode, as older versions made it.
    """
    uri = f"{target.absolute().as_uri()}?mode=ro"
    try:
        with closing(connect(uri, uri=True)) as connection:
            if connection.execute("pragma journal_mode").fetchone() == ("wal",):
                return {}
            return dict(connection.execute("select item, value from build where item <> 'serial'"))
    except sqlite3.DatabaseError:
        return {}
