"""Compares two states of the curated files, row by row and field by field."""

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from edtf_dates.quoting import shorten
from event_timeline.curated.columns import FILES, WITHDRAWN, Column, CuratedFile
from event_timeline.curated.csvfile import Reader
from event_timeline.curated.parsing import tidy
from event_timeline.curated.problems import Problem
from event_timeline.history.fields import Fragment, describe_change, describe_value

What = Literal["added", "removed", "renamed", "changed"]

_MOST_NOTES = 5


class Side(NamedTuple):
    """One state of the curated files: its name as given, and the bytes of each file."""

    name: str
    data: Mapping[str, bytes]


class FieldChange(NamedTuple):
    """How one cell of a row changed, in words."""

    name: str
    fragments: tuple[Fragment, ...]


class RowChange(NamedTuple):
    """How one row changed; `id` is the old one."""

    what: What
    id: str
    title: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class FileChanges:
    """How one curated file changed; `notes` say what could not be compared, and why."""

    path: str
    rows: tuple[RowChange, ...]
    notes: tuple[str, ...]


@dataclass
class _Rows:
    """The rows of one file on one side that can be read.

    `by_key`: the rows by id (by kind and id in withdrawn.csv) and a number for repeated ids.
    `unread`: the known ids of rows that cannot be read.
    """

    by_key: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    readable: bool = True
    unread: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def _read_rows(file: CuratedFile, side: Side) -> _Rows:
    rows = _Rows()
    problems: list[Problem] = []
    if file.name not in side.data:
        return rows
    reader = Reader(io.BytesIO(side.data[file.name]), file, file.path, problems.append)
    seen: Counter[str] = Counter()
    for row in reader.rows():
        texts = [tidy(c, text) for c, text in zip(file.columns, row.cells, strict=True)]
        name = f"{texts[1]} {texts[0]}" if file is WITHDRAWN else texts[0]
        rows.by_key[name, seen[name]] = texts
        seen[name] += 1
    rows.missing = frozenset(reader.missing)
    rows.readable = reader.readable and "id" not in reader.missing
    rows.unread = {problem.id for problem in problems if problem.id}
    rows.notes = _notes(side, [problem for problem in problems if not problem.fixable])
    return rows


def _notes(side: Side, problems: Sequence[Problem]) -> list[str]:
    """Return notes on what cannot be read in a file, and so is not compared."""
    notes = [f"{shorten(side.name)}: {problem}" for problem in problems[:_MOST_NOTES]]
    rest = len(problems) - _MOST_NOTES
    return [*notes, f"{shorten(side.name)}: and {rest} more"] if rest > 0 else notes


def compare(old: Side, new: Side) -> list[FileChanges]:
    """Return the changes from the old side to the new one, of each file that has any."""
    differing = (file for file in FILES if old.data.get(file.name) != new.data.get(file.name))
    compared = (_compare_file(file, old, new) for file in differing)
    return [one for one in compared if one.rows or one.notes]


def _compare_file(file: CuratedFile, old: Side, new: Side) -> FileChanges:
    before, after = _read_rows(file, old), _read_rows(file, new)
    notes = [*before.notes, *after.notes]
    if not (before.readable and after.readable):
        return FileChanges(file.path, (), (*notes, "the rows were not compared"))
    rows = tuple(_row_changes(file, before, after))
    if not rows and not notes:
        notes.append(_other_difference(file, old, new))
    return FileChanges(file.path, rows, tuple(notes))


def _other_difference(file: CuratedFile, old: Side, new: Side) -> str:
    if file.name not in old.data:
        return "the file is new; it has no rows"
    if file.name not in new.data:
        return "the file is gone; it had no rows"
    return "the same rows, but another order, quoting, spacing or line ends"


def _row_changes(file: CuratedFile, before: _Rows, after: _Rows) -> Iterator[RowChange]:
    """Yield the changes in the order of the new file, removed rows where they were."""
    columns = _common_columns(file, before, after)
    renamed = _renamed(columns, before, after)
    removed = _removed_after(before, after, renamed)
    old_keys = {new_key: old_key for old_key, new_key in renamed.items()}
    for key in (None, *after.by_key):
        if key is not None:
            old_key = old_keys.get(key, key)
            old_row, row = before.by_key.get(old_key), after.by_key[key]
            change = _row_change(file, columns, old_row, row)
            if change and (old_row or row[0] not in before.unread):
                yield change
        for gone in removed.get(key, ()):
            row = before.by_key[gone]
            if row[0] not in after.unread:
                yield RowChange("removed", row[0], _title(file, row), ())


_Key = tuple[str, int]
_Columns = Sequence[tuple[int, Column]]


def _common_columns(file: CuratedFile, before: _Rows, after: _Rows) -> _Columns:
    """Return the columns that both files have, with their places."""
    missing = (before.missing if before.by_key else set()) | (
        after.missing if after.by_key else set()
    )
    return [(i, column) for i, column in enumerate(file.columns) if column.name not in missing]


def _renamed(columns: _Columns, before: _Rows, after: _Rows) -> dict[_Key, _Key]:
    """Return the new key of each row whose id changed and nothing else, by its old key."""

    def rest(row: list[str]) -> tuple[str, ...]:
        return tuple(row[place] for place, _column in columns if place)

    added = {rest(row): key for key, row in after.by_key.items() if key not in before.by_key}
    found: dict[_Key, _Key] = {}
    for key, row in before.by_key.items():
        new_key = None if key in after.by_key else added.pop(rest(row), None)
        if new_key is not None:
            found[key] = new_key
    return found


def _removed_after(
    before: _Rows, after: _Rows, renamed: Mapping[_Key, _Key]
) -> dict[_Key | None, list[_Key]]:
    """Return the removed keys, by the key that is now before them; None: the first row."""
    found: dict[_Key | None, list[_Key]] = {}
    last: _Key | None = None
    for key in before.by_key:
        now = renamed.get(key, key)
        if now in after.by_key:
            last = now
        else:
            found.setdefault(last, []).append(key)
    return found


def _row_change(
    file: CuratedFile, columns: _Columns, old: list[str] | None, new: list[str]
) -> RowChange | None:
    title = _title(file, new)
    if old is None:
        pairs = zip(file.columns[1:], new[1:], strict=True)
        fields = tuple(FieldChange(c.name, describe_value(c, text)) for c, text in pairs if text)
        return RowChange("added", new[0], title, fields)
    fields = tuple(
        FieldChange(column.name, describe_change(column, old[place], new[place]))
        for place, column in columns
        if old[place] != new[place]
    )
    if old[0] != new[0]:
        return RowChange("renamed", old[0], title, fields)
    return RowChange("changed", new[0], title, fields) if fields else None


def _title(file: CuratedFile, row: Sequence[str]) -> str:
    """Return the title of a row: the first of these columns that is filled."""
    texts = dict(zip(file.names, row, strict=True))
    return next((texts[n] for n in ("title", "name", "said", "publisher") if texts.get(n)), "")
