"""What changed in the curated files from one side to another, by row and field, in words."""

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Literal, NamedTuple

from event_timeline.checks.checker import curated_path
from event_timeline.curated import cells
from event_timeline.curated.cells import CellError
from event_timeline.curated.columns import EVENTS, FILES, WITHDRAWN, Column, CuratedFile
from event_timeline.curated.csvfile import Reader, open_curated
from event_timeline.curated.problems import Problem, shorten
from event_timeline.history import git

What = Literal["added", "removed", "renamed", "changed"]
Mark = Literal["", "code", "deleted", "inserted"]

# Texts up to this long are given whole, before and after.
_SHORT = 60
# Words that stay are given on either side of those that change.
_CONTEXT = 3
# Two texts whose words would have to be compared more often than this are given whole.
_MOST_COMPARISONS = 40_000
_MOST_NOTES = 5


class SideError(Exception):
    """One side cannot be had at all; says why and what to name instead."""


class Side(NamedTuple):
    """One state of the curated files: its name, as it was given, and each file's bytes."""

    name: str
    data: Mapping[str, bytes]


class Piece(NamedTuple):
    """A run of a sentence, and how it is set off."""

    text: str
    mark: Mark = ""


class FieldChange(NamedTuple):
    """What became of one cell of a row, in words."""

    name: str
    pieces: tuple[Piece, ...]


class RowChange(NamedTuple):
    """What became of one row; `id` is the one it had before, `title` what it is called."""

    what: What
    id: str
    title: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class FileChanges:
    """What became of one curated file; `notes` say what could not be compared, and why."""

    path: str
    rows: tuple[RowChange, ...]
    notes: tuple[str, ...]


# The two sides


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


# Rows


@dataclass
class _Rows:
    """The rows of one file on one side, as far as they can be read."""

    # Row by key: the id, of a withdrawn row with its kind; a number tells equal ones apart.
    by_key: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    readable: bool = True
    # The ids of the rows that cannot be read, where these are known.
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
        texts = [cells.tidy(c, text) for c, text in zip(file.columns, row.cells, strict=True)]
        name = f"{texts[1]} {texts[0]}" if file is WITHDRAWN else texts[0]
        rows.by_key[name, seen[name]] = texts
        seen[name] += 1
    rows.missing = frozenset(reader.missing)
    rows.readable = reader.readable and "id" not in reader.missing
    rows.unread = {problem.id for problem in problems if problem.id}
    rows.notes = _notes(side, [problem for problem in problems if not problem.fixable])
    return rows


def _notes(side: Side, problems: Sequence[Problem]) -> list[str]:
    """Say what of a file cannot be read, and so is not compared."""
    notes = [f"{shorten(side.name)}: {problem}" for problem in problems[:_MOST_NOTES]]
    rest = len(problems) - _MOST_NOTES
    return [*notes, f"{shorten(side.name)}: and {rest} more"] if rest > 0 else notes


def compare(old: Side, new: Side) -> list[FileChanges]:
    """Return what changed from the old side to the new, of each file in which anything did."""
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
        notes.append(_otherwise(file, old, new))
    return FileChanges(file.path, rows, tuple(notes))


def _otherwise(file: CuratedFile, old: Side, new: Side) -> str:
    if file.name not in old.data:
        return "the file is new; it has no rows"
    if file.name not in new.data:
        return "the file is gone; it had no rows"
    return "the same rows, written otherwise: their order, quoting, spacing or line ends"


def _row_changes(file: CuratedFile, before: _Rows, after: _Rows) -> Iterator[RowChange]:
    """Yield the changes in the order of the new file; what was removed, where it was."""
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
    """Return the new key of each row that is gone and stands under another id, equal otherwise."""

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
    """Return the keys that are gone, by the key now standing before them; None: the file's top."""
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
        fields = tuple(FieldChange(c.name, _value(c, text)) for c, text in pairs if text)
        return RowChange("added", new[0], title, fields)
    fields = tuple(
        FieldChange(column.name, _change(column, old[place], new[place]))
        for place, column in columns
        if old[place] != new[place]
    )
    if old[0] != new[0]:
        return RowChange("renamed", old[0], title, fields)
    return RowChange("changed", new[0], title, fields) if fields else None


def _title(file: CuratedFile, row: Sequence[str]) -> str:
    """Return what people call a row: the first of these columns that is filled."""
    texts = dict(zip(file.names, row, strict=True))
    return next((texts[n] for n in ("title", "name", "said", "publisher") if texts.get(n)), "")


# Fields


def _value(column: Column, text: str) -> tuple[Piece, ...]:
    """Return one filled cell in words, and as it is written where that is something else."""
    words = _in_words(column, text)
    if words == text:
        return (Piece(text, _mark(column)),)
    return (Piece(f"{words} ("), Piece(text, "code"), Piece(")"))


def _mark(column: Column) -> Mark:
    return "code" if column.kind in ("date", "id", "url", "word") else ""


def _in_words(column: Column, text: str) -> str:
    if column.kind == "country":
        return cells.country_label(text)
    if column.kind != "date":
        return text
    try:
        return cells.parse_edtf(text).describe()
    except CellError:
        return text


def _change(column: Column, old: str, new: str) -> tuple[Piece, ...]:
    """Return in words how one cell became another."""
    if column.kind in ("list", "actors") and old and new:
        return _list_change(column, old, new)
    if column.kind == "text" and old and new and max(len(old), len(new)) > _SHORT:
        return tuple(_changed_words(old.split(" "), new.split(" ")))
    words = _in_words(column, old), _in_words(column, new)
    if words == (old, new):
        return _arrow(old, new, _mark(column))
    written = _arrow(old, new, "code")
    if words[0] == words[1]:
        return (Piece(f"{words[0]}, written otherwise: "), *written)
    return (*_arrow(*words), Piece(" ("), *written, Piece(")"))


def _arrow(old: str, new: str, mark: Mark = "") -> tuple[Piece, ...]:
    before, after = (Piece(text, mark) if text else Piece("blank") for text in (old, new))
    return (before, Piece(" → "), after)


def _list_change(column: Column, old: str, new: str) -> tuple[Piece, ...]:
    """Return the items that were added and removed; of an actor with another role, both roles."""
    before, after = (dict.fromkeys(_items(text)) for text in (old, new))
    added = [item for item in after if item not in before]
    removed = [item for item in before if item not in after]
    said = _role_changes(added, removed) if column.kind == "actors" else []
    said += [*(f"added {item}" for item in added), *(f"removed {item}" for item in removed)]
    return (Piece("; ".join(said) or f"in another order: {new}"),)


def _items(text: str) -> list[str]:
    return [item for item in text.split(cells.LIST_SEPARATOR) if item]


def _role_changes(added: list[str], removed: list[str]) -> list[str]:
    """Return the actors whose role changed, and take them out of what was added and removed."""
    said = []
    for item in list(removed):
        name, _, role = item.removesuffix(")").rpartition(" (")
        again = [other for other in added if other.rpartition(" (")[0] == name]
        if name and len(again) == 1:
            said.append(f"{name}: {role} → {again[0].removesuffix(')').rpartition(' (')[2]}")
            removed.remove(item)
            added.remove(again[0])
    return said


def _changed_words(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    """Yield the words that changed, with a few of those that did not on either side."""
    steps = _steps(old, new)
    for number, (tag, i, j, k, m) in enumerate(steps):
        space = " " if number else ""
        if tag == "equal":
            last = number == len(steps) - 1
            yield Piece(space + _context(old[i:j], first=not number, last=last))
            continue
        if j > i:
            yield Piece(space)
            yield Piece(" ".join(old[i:j]), "deleted")
            space = " "
        if m > k:
            yield Piece(space)
            yield Piece(" ".join(new[k:m]), "inserted")


def _context(words: Sequence[str], *, first: bool, last: bool) -> str:
    """Return the words nearest to a change; what lies before the first and after the last goes."""
    before = [] if first else list(words[:_CONTEXT])
    after = [] if last else list(words[-_CONTEXT:])
    if len(words) <= len(before) + len(after):
        return " ".join(words)
    return " ".join([*before, "…", *after])


_Step = tuple[str, int, int, int, int]


def _steps(old: Sequence[str], new: Sequence[str]) -> list[_Step]:
    """Return how one text becomes the other, as difflib's opcodes of their words.

    What begins and ends alike is set apart first. Of the rest, if it is long, all changed:
    the comparison takes time by the square of the words, and worse where they repeat.
    """
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    i, j = len(old) - end, len(new) - end
    a, b = old[start:i], new[start:j]
    if len(a) * len(b) > _MOST_COMPARISONS:
        middle: list[_Step] = [("replace", start, i, start, j)]
    else:
        codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
        middle = [
            (tag, i1 + start, i2 + start, j1 + start, j2 + start) for tag, i1, i2, j1, j2 in codes
        ]
    head: list[_Step] = [("equal", 0, start, 0, start)] if start else []
    tail: list[_Step] = [("equal", i, len(old), j, len(new))] if end else []
    return [*head, *middle, *tail]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


# As text and as Markdown


def render_text(old: Side, new: Side, files: Sequence[FileChanges]) -> str:
    """Return the changes as plain text; words go [-out-] and come {+in+}, as git shows them."""
    if not files:
        return _unchanged(_visible(old.name), _visible(new.name))
    return "\n\n".join("\n".join(_text_lines(file)) for file in files)


def _unchanged(old: str, new: str) -> str:
    return f"Nothing changed from {old} to {new} in the curated files."


def _text_lines(file: FileChanges) -> Iterator[str]:
    yield f"{file.path}: {_tally(file)}"
    for note in file.notes:
        yield f"  note: {_visible(note)}"
    for row in file.rows:
        title = f" ({_visible(row.title)})" if row.title else ""
        yield f"  {row.what} {_visible(row.id) or 'a row without an id'}{title}"
        for one in row.fields:
            yield f"    {one.name}: {''.join(map(_text_piece, one.pieces))}"


def _text_piece(piece: Piece) -> str:
    text = _visible(piece.text)
    return {"deleted": f"[-{text}-]", "inserted": f"{{+{text}+}}"}.get(piece.mark, text)


def _tally(file: FileChanges) -> str:
    """Return how many rows were what, as in `1 added, 2 changed`."""
    found = [row.what for row in file.rows]
    order: tuple[What, ...] = ("added", "removed", "renamed", "changed")
    counts = (f"{found.count(what)} {what}" for what in order if what in found)
    return ", ".join(counts) or "no row changed"


def _visible(text: str) -> str:
    """Return a text with what a terminal would not show, or would obey, as a number."""
    return cells.HIDDEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)


def render_markdown(old: Side, new: Side, files: Sequence[FileChanges]) -> str:
    """Return the changes as GitHub's Markdown; nothing in the files can become markup."""
    if not files:
        return _unchanged(_code(old.name), _code(new.name))
    return "\n\n".join("\n".join(_markdown_lines(file)) for file in files)


def _markdown_lines(file: FileChanges) -> Iterator[str]:
    yield f"### {file.path}: {_tally(file)}"
    yield ""
    for note in file.notes:
        yield f"- note: {_escaped(note)}"
    for row in file.rows:
        title = f": {_escaped(row.title)}" if row.title else ""
        yield f"- **{row.what}** {_code(row.id) if row.id else 'a row without an id'}{title}"
        for one in row.fields:
            yield f"  - {_code(one.name)}: {''.join(map(_markdown_piece, one.pieces))}"


def _markdown_piece(piece: Piece) -> str:
    if piece.mark == "code":
        return _code(piece.text)
    tag = {"deleted": "del", "inserted": "ins"}.get(piece.mark)
    text = _escaped(piece.text)
    return f"<{tag}>{text}</{tag}>" if tag else text


def _code(text: str) -> str:
    """Return a code span; it is fenced by more backticks than stand in it."""
    runs = re.findall("`+", text)
    fence = "`" * (1 + max(map(len, runs), default=0))
    pad = " " if runs else ""
    return f"{fence}{pad}{_visible(text)}{pad}{fence}"


# What Markdown, HTML and GitHub read as more than a character. An empty comment keeps
# GitHub from reading a name or a number after the sign as somebody's, or an issue's.
_MARKUP = re.compile(r"[\\`*_{}\[\]<>~|$&!]|[#@]|(?<=://)|(?<=www\.)")


def _escaped(text: str) -> str:
    return _MARKUP.sub(_disarmed, _visible(text))


def _disarmed(match: re.Match[str]) -> str:
    mark = match[0]
    if mark in ("#", "@", ""):
        return f"{mark}<!-- -->"
    return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(mark, f"\\{mark}")
