"""Finds ids that were committed to git and are gone, because an id is permanent."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, NamedTuple

from edtf_dates.quoting import shorten
from event_timeline.curated.cells import CellError, parse_id
from event_timeline.curated.columns import EVENTS, FILES, WITHDRAWN, CuratedFile
from event_timeline.curated.csvfile import Reader
from event_timeline.curated.files import curated_path, open_curated
from event_timeline.curated.parsing import tidy
from event_timeline.curated.problems import Problem
from event_timeline.curated.records import Row
from event_timeline.history import git
from event_timeline.history.git import HistoryError, NoRepositoryError

# A row that was renamed in the last commit shows only in a comparison with its first parent.
_COMPARED = {"HEAD": "the last commit", "HEAD^1": "the commit before the last"}

_SHALLOW = (
    "this clone is shallow: the ids were compared with the last commit only, not with the one "
    "before it; git fetch --deepen=1 brings that (GitHub Actions: fetch-depth: 2)"
)
_WITHDRAW = f"a row in {WITHDRAWN.path} that says why"


@dataclass
class Lost:
    """The problems of ids that are gone; `notes` say what could not be compared."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class _Revision(NamedTuple):
    """A revision to compare with: its name in messages, and the object id of each file."""

    title: str
    blobs: Mapping[str, str]


def find_lost(events_csv: Path, against: str = "") -> Lost:
    """Find the ids that were committed and are gone, without a row in withdrawn.csv.

    The files are compared with the last commit and its first parent, or with the revision
    `against`: then HistoryError is raised if it cannot be read. Outside a repository, no id
    is lost.
    """
    lost = Lost()
    try:
        revisions = _revisions(events_csv, against, lost)
        _Comparison(events_csv, lost).run(revisions)
    except NoRepositoryError:
        if against:
            raise
    except HistoryError as error:
        if against:
            raise
        lost.notes.append(f"the ids were not compared with the last commit: {error}")
    return lost


def _revisions(events_csv: Path, against: str, lost: Lost) -> list[_Revision]:
    titles = {against: shorten(against)} if against else _COMPARED
    found = git.find_blobs(events_csv, list(titles))
    if against and found == [None]:
        raise HistoryError(f"there is no revision {shorten(against)} in the repository")
    titled = zip(titles.values(), found, strict=True)
    revisions = [_Revision(title, blobs) for title, blobs in titled if blobs]
    parent_missing = not against and found[0] and found[1] is None
    if parent_missing and git.names_parent(events_csv.parent):
        lost.notes.append(_SHALLOW)
    return revisions


class _Comparison:
    """Compares the files as they are now with those of some revisions."""

    def __init__(self, events_csv: Path, lost: Lost) -> None:
        self._folder = events_csv.parent
        self._lost = lost
        self._files = {file.name: _Present(events_csv, file) for file in FILES}

    def run(self, revisions: list[_Revision]) -> None:
        differing = [
            (self._files[file.name], revision)
            for file in FILES
            for revision in revisions
            if self._files[file.name].differs_from(revision.blobs.get(file.name, ""))
        ]
        blobs = dict.fromkeys(rev.blobs[file.curated.name] for file, rev in differing)
        contents = git.read_blobs(self._folder, blobs) if blobs else {}
        seen: set[tuple[str, str]] = set()
        for file, revision in differing:
            blob = revision.blobs[file.curated.name]
            if (file.curated.name, blob) in seen:
                continue
            seen.add((file.curated.name, blob))
            if blob in contents:
                self._compare(file, revision.title, contents[blob])

    def _compare(self, file: "_Present", title: str, content: bytes) -> None:
        if _surely_all_there(content, file):
            return
        old = _Rows(io.BytesIO(content), file.curated)
        gone = [row for row in old if self._is_gone(file, row)]
        if not old.readable:
            self._lost.notes.append(
                f"{file.curated.path} of {title} cannot be read: its ids were not compared"
            )
            return
        file.reported.update(map(file.key, gone))
        if gone and not file.there:
            self._lost.problems.append(_file_gone(file, title, len(gone)))
        elif gone:
            renamed = _find_renamed(file, gone, _Rows(io.BytesIO(content), file.curated))
            problems = (_row_gone(file, title, row, renamed.get(row.line)) for row in gone)
            self._lost.problems.extend(problems)

    def _is_gone(self, file: "_Present", row: Row) -> bool:
        """Whether a row of an old file had an id that is now neither used nor withdrawn."""
        key = file.key(row)
        if file.ids is None or not key or key in file.ids or key in file.reported:
            return False
        kind, _, row_id = key.rpartition(" ")
        if file.curated is WITHDRAWN:
            other = self._files.get(f"{kind}s")
            return other is not None and other.ids is not None and row_id not in other.ids
        withdrawn = self._files[WITHDRAWN.name].ids
        return withdrawn is not None and f"{file.kind} {row_id}" not in withdrawn


def _surely_all_there(content: bytes, file: "_Present") -> bool:
    """Whether the beginnings of the lines show that no id of an old file is gone.

    That takes a tenth of the time of reading the rows. False if in doubt.
    """
    # In withdrawn.csv an id has a kind; and a carriage return alone may end a row.
    if file.curated is WITHDRAWN or content.count(b"\r") > content.count(b"\r\n"):
        return False
    before = _first_cells(io.BytesIO(content))
    return bool(before) and before <= file.first_cells


def _first_cells(stream: BinaryIO) -> frozenset[bytes]:
    """Return the text before the first comma of each line; nothing if the first is not `id`."""
    if not stream.readline().startswith(b"id,"):
        return frozenset()
    return frozenset({b"id", *(line.partition(b",")[0] for line in stream)})


class _Rows:
    """The rows of one file; its problems are not reported here."""

    def __init__(self, stream: BinaryIO, curated: CuratedFile) -> None:
        self._reader = Reader(stream, curated, "", lambda _problem: None)

    def __iter__(self) -> Iterator[Row]:
        yield from self._reader.rows()

    @property
    def readable(self) -> bool:
        """Whether the file could be read to its end, and has ids."""
        return self._reader.readable and "id" not in self.missing

    @property
    def whole(self) -> bool:
        """Whether every row of the file could be read too."""
        return self.readable and self._reader.whole

    @property
    def missing(self) -> set[str]:
        return self._reader.missing


class _Present:
    """A curated file as it is now."""

    def __init__(self, events_csv: Path, curated: CuratedFile) -> None:
        self.curated = curated
        self.kind = curated.name.removesuffix("s")
        self.path = curated_path(events_csv, curated)
        # Checking the files reports a missing events.csv.
        self.there = curated is EVENTS or self.path.exists()
        self.reported: set[str] = set()
        # By length, which tells SHA-1 from SHA-256.
        self._blob_ids: dict[int, str] = {}

    def differs_from(self, blob: str) -> bool:
        """Whether the content has another object id; False if `blob` is empty."""
        if not blob:
            return False
        if len(blob) not in self._blob_ids:
            try:
                self._blob_ids[len(blob)] = git.blob_id(self.path, blob)
            except OSError:
                self._blob_ids[len(blob)] = ""
        return self._blob_ids[len(blob)] != blob

    def key(self, row: Row) -> str:
        """Return the id of a row, in withdrawn.csv with its kind; empty if it is not an id."""
        try:
            row_id = parse_id(row.cells[0].strip())
        except CellError:
            return ""
        return f"{row.cells[1]} {row_id}" if self.curated is WITHDRAWN else row_id

    @cached_property
    def first_cells(self) -> frozenset[bytes]:
        """The text before the first comma of each line; nothing if the file has another form."""
        try:
            with open_curated(self.path) as stream:
                return _first_cells(stream)
        except OSError:
            return frozenset()

    @cached_property
    def ids(self) -> frozenset[str] | None:
        """The keys of the rows; None if some cannot be read, which is reported elsewhere."""
        if not self.there:
            return frozenset()
        try:
            with open_curated(self.path) as stream:
                rows = _Rows(stream, self.curated)
                found = frozenset(map(self.key, rows))
        except OSError:
            return None
        return found if rows.whole else None


def _find_renamed(file: _Present, gone: list[Row], old: _Rows) -> dict[int, str]:
    """Return the new id of each row whose id changed and nothing else, by its old line.

    Only columns that both files have are compared. A row with an id of `old` is not new.
    """
    before = set(map(file.key, old))
    with open_curated(file.path) as stream:
        new = _Rows(stream, file.curated)
        added = [row for row in new if file.key(row) not in before]
    places = [
        place
        for place, name in enumerate(file.curated.names)
        if place and name not in old.missing | new.missing
    ]

    def rest(row: Row) -> tuple[str, ...]:
        return tuple(tidy(file.curated.columns[p], row.cells[p]) for p in places)

    ids = {rest(row): row.cells[0] for row in added}
    found = ((row.line, ids.get(rest(row))) for row in gone)
    return {line: row_id for line, row_id in found if row_id is not None}


def _file_gone(file: _Present, title: str, number: int) -> Problem:
    count = "its row was" if number == 1 else f"its {number} rows were"
    return Problem(
        str(file.path),
        0,
        "",
        f"{count} published ({title}) and the file is gone: put it back, or give each {_WITHDRAW}",
    )


def _row_gone(file: _Present, title: str, row: Row, renamed: str | None) -> Problem:
    was = f"was published (line {row.line} of {title}) and is gone"
    if file.curated is WITHDRAWN:
        message = f"was withdrawn (line {row.line} of {title}) and the row is gone: put it back"
    elif renamed:
        message = (
            f"{was}, probably renamed to {shorten(renamed)}: "
            f"put the id back, or give the old one {_WITHDRAW}"
        )
    else:
        message = f"{was}: put the row back, or give it {_WITHDRAW}"
    return Problem(str(file.path), 0, row.cells[0].strip(), message)
