"""Reads the two sides of a comparison: folders, or revisions in git."""

from pathlib import Path

from edtf_dates.quoting import shorten
from event_timeline.curated.columns import EVENTS, FILES
from event_timeline.curated.files import curated_path, open_curated
from event_timeline.history import git
from event_timeline.history.changes import Side


class SideError(Exception):
    """One side cannot be read; says why."""


def read_sides(old: str, new: str) -> tuple[Side, Side]:
    """Return both sides, each given as a folder, an events.csv or a git revision.

    The name of an existing file or folder is not taken for a revision. A revision is looked up
    in the repository of the files on the other side, or of events.csv in the working folder.
    Raises SideError.
    """
    paths = {text: _path(text) for text in (old, new)}
    around = paths[old] or paths[new] or Path(EVENTS.path)
    return _read_side(old, paths[old], around), _read_side(new, paths[new], around)


def _path(text: str) -> Path | None:
    """Return the path of events.csv, or None if there is no such file or folder."""
    if not text:  # pathlib reads it as the working folder
        return None
    try:
        path = Path(text)
        if path.is_dir():
            return path / EVENTS.path
        return path if path.exists() else None
    except (OSError, ValueError):  # The text is too long, or has a NUL.
        return None


def _read_side(text: str, events_csv: Path | None, around: Path) -> Side:
    try:
        data = _read_folder(events_csv) if events_csv else git.read_revision(around, text)
    except git.HistoryError as error:
        raise SideError(f"{shorten(text)} is neither a file nor a folder, and {error}") from error
    if not data:
        raise SideError(f"{shorten(text)} holds no {around.name} and nothing in data/ beside it")
    return Side(text, data)


def _read_folder(events_csv: Path) -> dict[str, bytes]:
    data = {}
    for file in FILES:
        path = curated_path(events_csv, file)
        if file is EVENTS or path.exists():
            try:
                with open_curated(path) as stream:
                    data[file.name] = stream.read()
            except OSError as error:
                raise SideError(f"{path} cannot be read: {error.strerror}") from error
    return data
