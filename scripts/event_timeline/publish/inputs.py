"""The curated files as the inputs of a build: their hashes, and whether they have changed."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from event_timeline import __version__
from event_timeline.curated.columns import FILES
from event_timeline.curated.files import curated_path
from event_timeline.database.integrity import BuildError

# What the file system says of a file; every change of the file changes one of the numbers.
Stamp = tuple[int, ...]


class ChangedError(BuildError):
    """The curated files changed while they were read, so that the rows may be old and new."""


def build_items(events_csv: Path) -> dict[str, str]:
    """Return what a build is made of: this package's version and each file's SHA-256.

    No clock, path or host name enters, so that equal files make equal databases.
    A file that cannot be read is left out; reading its rows reports it.
    """
    items = {"event_timeline": __version__}
    for file in FILES:
        path = curated_path(events_csv, file)
        if path.is_file():
            with suppress(OSError):
                items[file.path] = _sha256(path)
    return items


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def stamps(events_csv: Path) -> dict[Path, Stamp | None]:
    """Return the stamp of each curated file, None if there is no such file; nothing is read."""
    return {path: stamp(path) for path in (curated_path(events_csv, file) for file in FILES)}


def stamp(path: Path) -> Stamp | None:
    """Return a file's device, inode, size and times; None if there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def check_unchanged(events_csv: Path, before: Mapping[Path, Stamp | None], target: Path) -> None:
    """Raise ChangedError if the stamps of the files are not those taken before."""
    changed = [str(path) for path, now in stamps(events_csv).items() if now != before[path]]
    if changed:
        raise ChangedError(
            f"{' and '.join(changed)} changed while being read: {target} is as it was; "
            "build again when nothing writes there"
        )
