"""The curated files on disk: where each lies, in what order it is read, how it is replaced."""

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
    """Return where a curated file lies, seen from events.csv."""
    return events_csv if file is EVENTS else events_csv.parent / file.path


def open_curated(path: Path) -> BinaryIO:
    """Return a curated file, open to read; raises OSError, for what is no file too."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is a folder or a device")
    return path.open("rb")


def unreadable(path: Path, error: OSError) -> Problem:
    """Return what to say of a file that cannot be opened or read."""
    if isinstance(error, FileNotFoundError):
        message = "there is no such file: correct the path, or start one with event-timeline new"
    else:
        message = f"cannot be read ({error.strerror}): give the path of a CSV file"
    return Problem(str(path), 0, "", message)


def write_file(path: Path, data: bytes) -> None:
    """Replace a file whole: whatever happens, it holds the old bytes or the new ones.

    Of a symbolic link, the file it leads to; its permissions stay. The new bytes are
    first written beside it under a name that nobody can have laid a link at.
    Raises OSError; the file is then as it was.
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
    """Return by what the rows of a file are sorted.

    Events by the day they can first have begun, claims by their question, the
    rest by id; rows that tie, by id.
    """
    if file is EVENTS:
        start = values["date"].earliest_start
        return (float("-inf") if start is None else start, values["id"])
    if file is CLAIMS:
        return (values["question"], values["id"])
    return (values["id"],)
