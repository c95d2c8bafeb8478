"""The two sides of a comparison: folders, or revisions in git."""

from pathlib import Path

from event_timeline.curated.cells import shorten
from event_timeline.curated.columns import EVENTS, FILES
from event_timeline.curated.files import curated_path, open_curated
from event_timeline.history import git
from event_timeline.history.changes import Side


class SideError(Exception):
    """One side cannot be had at all; says why and what to name instead."""


def read_sides(old: str, new: str) -> tuple[Side, Side]:
    """Return both sides, each named by a folder, an events.csv or a git revision.

    What is there as a file or folder is not taken for a revision. A revision is that of the
    files which the other side names, else of events.csv here. Raises SideError.
    """
    paths = {text: _path(text) for text in (old, new)}
    around = paths[old] or paths[new] or Path(EVENTS.path)
    return _read_side(old, paths[old], around), _read_side(new, paths[new], around)


def _path(text: str) -> Path | None:
    """Return the events.csv that is named, or None if there is no such file or folder."""
    if not text:  # which pathlib takes for the folder one is in
        return None
    try:
        path = Path(text)
        if path.is_dir():
            return path / EVENTS.path
        return path if path.exists() else None
    except (OSError, ValueError):  # too long, or with a NUL
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
