"""From the curated files to a database in place: made aside, verified, then published."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from event_timeline.checks.checker import curated_path
from event_timeline.curated.columns import FILES
from event_timeline.database import fill
from event_timeline.database.fill import InputError
from event_timeline.database.integrity import BuildError
from event_timeline.database.rows import Tally
from event_timeline.publish import replace

# Primary result codes (https://www.sqlite.org/rescode.html) that are the disk's doing, not ours.
_DISK_ERRORS = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})

# What a file's status says of it; every change of the file changes one of them.
Stamp = tuple[int, ...]


class ChangedError(BuildError):
    """The curated files changed while they were read: what was read is neither old nor new."""


def build(events_csv: Path, target: Path, advance: Callable[[int], object] | None = None) -> Tally:
    """Build `target` from events.csv and its companions.

    Raises InputError if they have errors, ChangedError if they change meanwhile,
    PublishError if the target cannot be written, BuildError if the new database
    does not pass its checks; the target is then as it was.
    """
    replace.check_target(target)
    before = stamps(events_csv)
    with replace.beside(target) as fresh:
        try:
            tally = fill.fill(fresh, events_csv, advance)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _DISK_ERRORS:
                raise
            raise BuildError(f"the database could not be made: {error}") from error
        except InputError:
            # A file half written has errors that nobody made.
            _check_unchanged(events_csv, before, target)
            raise
        _check_unchanged(events_csv, before, target)
        replace.publish(fresh, target)
    return tally


def stamps(events_csv: Path) -> dict[Path, Stamp | None]:
    """Return each curated file's stamp, None for one that is not there; nothing is read."""
    return {path: stamp(path) for path in (curated_path(events_csv, file) for file in FILES)}


def stamp(path: Path) -> Stamp | None:
    """Return what tells one state of a file from the next: which file, its size and its times."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _check_unchanged(events_csv: Path, before: dict[Path, Stamp | None], target: Path) -> None:
    changed = [str(path) for path, now in stamps(events_csv).items() if now != before[path]]
    if changed:
        raise ChangedError(
            f"{' and '.join(changed)} changed while being read: {target} is as it was; "
            "build again when nothing writes there"
        )


def build_if_changed(
    events_csv: Path, target: Path, advance: Callable[[int], object] | None = None
) -> Tally | None:
    """Build `target` unless it was made by this version from these very files."""
    if target.is_file() and _recorded(target) == fill.build_items(events_csv):
        return None
    return build(events_csv, target, advance)


def _recorded(target: Path) -> dict[str, str]:
    """Return what the database says it was made of; nothing if it cannot be asked."""
    uri = f"{target.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return dict(connection.execute("select item, value from build where item <> 'serial'"))
    except sqlite3.DatabaseError:
        return {}


def summary(tally: Tally) -> str:
    """Return what was built, as in `62 events, 91 actors, 184 sources`."""
    counts = ((tally.rows.get(file.name, 0), file.name) for file in FILES)
    return ", ".join(f"{n} {name.removesuffix('s') if n == 1 else name}" for n, name in counts if n)
