"""The curated files on disk: their paths, the order of reading, the order of rows, writing."""

import errno
import os
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from event_timeline.curated.columns import (
    ACTORS,
    CLAIMS,
    EVENTS,
    QUESTIONS,
    SOURCES,
    WITHDRAWN,
    CuratedFile,
)
from event_timeline.curated.problems import Problem

# What is referred to comes before what refers to it.
READING_ORDER = (WITHDRAWN, SOURCES, ACTORS, QUESTIONS, CLAIMS, EVENTS)

OrderKey = tuple[float | str, ...]


def curated_path(events_csv: Path, file: CuratedFile) -> Path:
    """Return the path of a curated file, given that of events.csv."""
    return events_csv if file is EVENTS else events_csv.parent / file.path


def leads_outside(path: Path, folder: Path) -> bool:
    """Whether a file in a folder is really elsewhere, by symbolic links in its path below it."""
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def open_curated(path: Path) -> BinaryIO:
    """Open a curated file to read bytes. Raises OSError, also for a folder or a device."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is a folder or a device")
    return path.open("rb")


def unreadable(path: Path, error: OSError) -> Problem:
    """Return the problem of a file that could not be opened or read."""
    if isinstance(error, FileNotFoundError):
        message = "there is no such file: correct the path, or start one with event-timeline new"
    else:
        message = f"cannot be read ({error.strerror}): give the path of a CSV file"
    return Problem(str(path), 0, "", message)


def write_file(path: Path, data: bytes) -> None:
    """Replace the content of a file: whatever happens, it has the old bytes or the new ones.

    A symbolic link stays, and the file it leads to is replaced; permissions stay. The new
    bytes are first written beside the file, under an unpredictable name, so that nobody can
    have put a link there. Raises OSError; the file is then as it was.
    """
    target = path.resolve()
    mode = target.stat().st_mode & 0o777
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            os.fchmod(descriptor, mode)
            stream.flush()
            os.fsync(descriptor)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def order_key(file: CuratedFile, values: dict[str, Any]) -> OrderKey:
    """Return the sort key of a row in a curated file, from its values by column.

    Events are sorted by the first day they can have begun, then by id; claims by question,
    then by id; the others by id.
    """
    if file is EVENTS:
        start = values["date"].earliest_start
        return (float("-inf") if start is None else start, values["id"])
    if file is CLAIMS:
        return (values["question"], values["id"])
    return (values["id"],)
