"""Puts a finished database in place, so that no reader ever sees half of it.

A new file is moved into place. An existing one is overwritten page by page in one transaction,
with SQLite's backup API (https://www.sqlite.org/backup.html): servers that have it open see the
old data or the new, and need no restart. Readers do not wait, because the file is in WAL mode.
"""

import fcntl
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from glob import escape
from pathlib import Path

from event_timeline.database.connections import connect
from event_timeline.database.integrity import APPLICATION_ID

LOCK_TIMEOUT_SECONDS = 30
# Published data is safe in the write-ahead log. A reader can keep the log from being emptied,
# and that is not worth a long wait.
CHECKPOINT_TIMEOUT_SECONDS = 1
# Files beside a database, which SQLite applies to it when it is opened.
_LOGS = ("-journal", "-wal", "-shm")


class PublishError(Exception):
    """The target cannot be written, or is another program's; says what to do."""


def check_target(target: Path) -> None:
    """Raise PublishError unless `target` is free, or is a database that this tool built."""
    if not target.parent.is_dir():
        raise PublishError(f"{target.parent} is not a folder: make it, or name another place")
    if not target.exists() or (target.is_file() and target.stat().st_size == 0):
        _check_no_logs(target)
        return
    if not target.is_file():
        raise PublishError(f"{target} is not a file: name another")
    try:
        ours = is_ours(target)
    except sqlite3.Error as error:
        raise PublishError(
            f"{target} cannot be read ({error}): name another file, or remove this one yourself"
        ) from error
    if not ours:
        raise PublishError(
            f"{target} is not a database that event-timeline built: name another file, "
            "or remove this one yourself"
        )


def _check_no_logs(target: Path) -> None:
    """Raise PublishError if there is a log without its database.

    SQLite would apply it to the new one, and somebody may need what is in it.
    """
    logs = [target.with_name(target.name + suffix) for suffix in _LOGS]
    left = [str(log) for log in logs if os.path.lexists(log)]
    if left:
        raise PublishError(
            f"{' and '.join(left)} may hold changes to a database {target.name} that is not "
            "there: bring it back, remove what is left of it yourself, or name another file"
        )


def is_ours(path: Path) -> bool:
    """Whether the header of a file has our application id; raises sqlite3.Error if it is damaged.

    The header is read through SQLite. To open and close the file ourselves would cancel every
    lock that this process has on it (https://www.sqlite.org/howtocorrupt.html, 2.2), and a
    server that watches would go on to read a log that the next publication removes.
    With `immutable`, SQLite ignores locks and logs, and so applies no log to the file.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(connect(uri, uri=True)) as connection:
            found: int = connection.execute("pragma application_id").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            return False
        raise
    return found == APPLICATION_ID


def recover(target: Path) -> None:
    """Open a database once for writing, so that SQLite undoes what a crash left half done.

    A server opens it for reading only, and could not. Errors are ignored here: they come up
    again when the database is built or served.
    """
    with suppress(sqlite3.Error):
        if target.is_file() and is_ours(target):
            uri = f"{target.absolute().as_uri()}?mode=rw"
            with closing(connect(uri, uri=True)) as connection:
                connection.execute("select count(*) from sqlite_schema").fetchone()


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Give a path for a new database in a temporary folder beside the target, on its disk.

    The folder is removed at the end. Raises PublishError if nothing can be written there.
    """
    _remove_leftovers(target)
    try:
        folder, lock = _own_folder(target)
    except OSError as error:
        raise PublishError(
            f"nothing can be written in {target.parent} ({error.strerror}): "
            "name a file in another folder"
        ) from error
    try:
        yield folder / target.name
    finally:
        # If this fails, the next build removes the folder.
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _own_folder(target: Path) -> tuple[Path, int]:
    """Make a folder beside the target; return it with a lock that ends with this process."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        lock = _lock_at_once(folder)
        if lock is not None:
            return folder, lock


def _lock_at_once(folder: Path) -> int | None:
    """Lock a folder; None if another process has it locked, or has just removed it."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        locked = folder.is_dir()
    except BlockingIOError:
        locked = False
    except OSError:
        os.close(lock)
        raise
    if not locked:
        os.close(lock)
        return None
    return lock


def _remove_leftovers(target: Path) -> None:
    """Remove the folders of builds that were killed; a running build has its folder locked."""
    ours = {target.name + suffix for suffix in ("", *_LOGS)}
    for folder in target.parent.glob(f".{escape(target.name)}-????????"):
        # A folder of another user cannot be removed.
        with suppress(OSError):
            if {path.name for path in folder.iterdir()} <= ours:
                _remove_unless_locked(folder)


def _remove_unless_locked(folder: Path) -> None:
    lock = _lock_at_once(folder)
    if lock is not None:
        try:
            shutil.rmtree(folder)
        finally:
            os.close(lock)


def publish(fresh: Path, target: Path) -> None:
    """Put the finished database `fresh` at `target`.

    Raises PublishError if another process keeps the target locked, if it cannot be written,
    or if there are logs without a database.
    """
    try:
        with _alone_in(target.parent):
            if target.exists() and target.stat().st_size:
                _write_into(fresh, target)
            else:
                _move(fresh, target)
    except (sqlite3.Error, OSError) as error:
        raise PublishError(f"{target} could not be written, it is as it was: {error}") from error


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process publishes into the folder, so that serials are consecutive."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _move(fresh: Path, target: Path) -> None:
    _check_no_logs(target)
    _sync(fresh)
    fresh.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_into(fresh: Path, target: Path) -> None:
    with (
        closing(connect(fresh)) as source,
        closing(connect(target, timeout=LOCK_TIMEOUT_SECONDS)) as destination,
    ):
        serial = _serial(destination) + 1
        with source:
            source.execute("update build set value = ? where item = 'serial'", (str(serial),))
        # A database that was exported, or changed by somebody, may be in another mode.
        destination.execute("pragma journal_mode = wal")
        source.backup(destination, progress=give_up_after(LOCK_TIMEOUT_SECONDS))
        destination.execute(f"pragma busy_timeout = {CHECKPOINT_TIMEOUT_SECONDS * 1000}")
        _empty_log(destination, target)


def _empty_log(destination: sqlite3.Connection, target: Path) -> None:
    """Move the log into the database file; readers see the new data before and after that."""
    try:
        destination.execute("pragma wal_checkpoint(truncate)")
    except sqlite3.Error as error:
        raise PublishError(
            f"{target} holds the new data, but its log {target.name}-wal could not be written "
            f"into it ({error}): keep the two together, and build again when there is room"
        ) from error


def _serial(connection: sqlite3.Connection) -> int:
    sql = "select cast(value as integer) from build where item = 'serial'"
    serial: int = (connection.execute(sql).fetchone() or (0,))[0]
    return serial


def give_up_after(seconds: float) -> Callable[[int, int, int], None]:
    """Return a progress callback that ends a backup if another writer blocks it too long.

    Without one, Python's backup() tries again for ever. The callback is also called after the
    last step, when everything is written and the time does not matter any more.
    """
    deadline = time.monotonic() + seconds

    def give_up(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
            raise sqlite3.OperationalError(f"it was locked for {seconds:g} seconds")

    return give_up
