"""Puts a finished database in place, so that no reader ever sees half of it.

A published file is never written to again: the next one replaces it, in one rename. Who has the
old file open reads on in it, and sees the new data after opening the path again. The files are in
rollback mode, so that a database is one file.
"""

import fcntl
import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from glob import escape
from pathlib import Path

from event_timeline.database.connections import connect
from event_timeline.database.integrity import APPLICATION_ID

# Only another program locks a database of ours: a build reads it, and replaces it.
LOCK_TIMEOUT_SECONDS = 5
# Files beside a database, which SQLite applies to it when it is opened.
_LOGS = ("-journal", "-wal", "-shm")


class PublishError(Exception):
    """The target cannot be written, or is another program's; says what to do."""


def check_target(target: Path) -> None:
    """Raise PublishError unless `target` is free, or is a database that this tool built."""
    target = _followed(target)
    if not target.parent.is_dir():
        raise PublishError(f"{target.parent} is not a folder: make it, or name another place")
    if _is_free(target):
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


def _followed(target: Path) -> Path:
    """Return the file that a symbolic link leads to, which is replaced in its own folder."""
    return target.resolve() if target.is_symlink() else target


def _is_free(target: Path) -> bool:
    return not target.exists() or (target.is_file() and target.stat().st_size == 0)


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

    With `immutable`, SQLite ignores locks and logs, and so applies no log to another's file.
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


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Give a path for a new database in a temporary folder beside the target, on its disk.

    The folder is removed at the end. Raises PublishError if the target is not free or ours, or
    if nothing can be written there.
    """
    check_target(target)
    target = _followed(target)
    with ExitStack() as stack:
        try:
            with _locked(target.parent):
                _remove_leftovers(target)
                folder = stack.enter_context(_own_folder(target))
        except OSError as error:
            raise PublishError(
                f"nothing can be written in {target.parent} ({error.strerror}): "
                "name a file in another folder"
            ) from error
        yield folder / target.name


@contextmanager
def _locked(folder: Path, flags: int = 0) -> Iterator[None]:
    """Wait until no other process has the folder locked; the lock ends with this process."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | flags)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _own_folder(target: Path) -> Iterator[Path]:
    """Make a folder beside the target, locked for as long as a build is at work in it."""
    with (
        tempfile.TemporaryDirectory(
            prefix=f".{target.name}-", dir=target.parent, ignore_cleanup_errors=True
        ) as name,
        _locked(Path(name)),
    ):
        yield Path(name)


def _remove_leftovers(target: Path) -> None:
    """Remove the folders of builds that were killed; a running build has its folder locked."""
    ours = {target.name + suffix for suffix in ("", *_LOGS)}
    for folder in target.parent.glob(f".{escape(target.name)}-????????"):
        # It is locked, it is another user's, or it is not a folder.
        with suppress(OSError):
            if {path.name for path in folder.iterdir()} <= ours:
                with _locked(folder, fcntl.LOCK_NB):
                    shutil.rmtree(folder)


def publish(fresh: Path, target: Path) -> None:
    """Replace `target` by the finished database `fresh`, made with `beside`.

    It gets the next serial, and the mode and the group of the old file. Raises PublishError if
    the target is not ours, if it cannot be written, or if another program is writing to it.
    """
    target = _followed(target)
    try:
        # Serials are consecutive, because one build at a time is published into a folder.
        with _locked(target.parent):
            check_target(target)
            if _is_free(target):
                _move(fresh, target)
            else:
                _succeed(fresh, target)
    except (sqlite3.Error, OSError) as error:
        raise PublishError(f"{target} could not be written, it is as it was: {error}") from error


def _move(fresh: Path, target: Path) -> None:
    _sync(fresh)
    fresh.replace(target)
    # It is published. Where a folder cannot be synced, a crash of the machine may bring back
    # the build before, whole.
    with suppress(OSError):
        _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _succeed(fresh: Path, target: Path) -> None:
    """Move `fresh` over a database, while nobody can write to that.

    Whoever did would leave a journal beside it, which SQLite would apply to the new file.
    """
    uri = f"{target.absolute().as_uri()}?mode=rw"
    options = {"uri": True, "timeout": LOCK_TIMEOUT_SECONDS, "isolation_level": None}
    with closing(connect(uri, **options)) as old:
        _leave_wal_mode(old, target)
        # This also undoes what a crashed writer left half done.
        old.execute("begin immediate")
        # It changes nothing, and fails if we may not write to the file.
        old.execute("delete from build where false")
        _number(fresh, _serial(old) + 1)
        _keep_access(fresh, target)
        _move(fresh, target)


def _leave_wal_mode(connection: sqlite3.Connection, target: Path) -> None:
    """Move what the log of a database of version 0.1.0 holds into it, and remove the log."""
    if connection.execute("pragma journal_mode").fetchall() != [("wal",)]:
        return
    try:
        connection.execute("pragma journal_mode = delete")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        raise PublishError(
            f"{target} is as it was: an older version made it, and another program, such as the "
            "server of that version, has it open: stop that, then build again"
        ) from error


def _serial(connection: sqlite3.Connection) -> int:
    sql = "select cast(value as integer) from build where item = 'serial'"
    serial: int = (connection.execute(sql).fetchone() or (0,))[0]
    return serial


def _number(fresh: Path, serial: int) -> None:
    with closing(connect(fresh, isolation_level=None)) as connection:
        connection.execute("update build set value = ? where item = 'serial'", (str(serial),))


def _keep_access(fresh: Path, target: Path) -> None:
    """Let those read the new file who could read the old one."""
    status = target.stat()
    # Only root can give a file to another owner, or to a group that it is not in itself.
    with suppress(OSError):
        os.chown(fresh, -1, status.st_gid)
        os.chown(fresh, status.st_uid, -1)
    fresh.chmod(stat.S_IMODE(status.st_mode))
