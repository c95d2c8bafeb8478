"""Describes the change of one cell, or the value of a new one, in words."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from event_timeline.curated.cells import LIST_SEPARATOR, CellError, parse_edtf
from event_timeline.curated.columns import Column
from event_timeline.curated.countries import country_name

Mark = Literal["", "code", "deleted", "inserted"]

# Of texts up to this length, the old and the new one are shown whole.
_SHORT = 60
# So many unchanged words are shown before and after those that changed.
_CONTEXT = 3
# Longer texts would take too many comparisons of words; they are shown whole.
_MOST_COMPARISONS = 40_000


class Fragment(NamedTuple):
    """A part of a sentence, and how it is marked."""

    text: str
    mark: Mark = ""


def describe_value(column: Column, text: str) -> tuple[Fragment, ...]:
    """Return a filled cell in words, followed by its text if that is different."""
    words = _in_words(column, text)
    if words == text:
        return (Fragment(text, _mark(column)),)
    return (Fragment(f"{words} ("), Fragment(text, "code"), Fragment(")"))


def _mark(column: Column) -> Mark:
    return "code" if column.kind in ("date", "id", "url", "word") else ""


def _in_words(column: Column, text: str) -> str:
    if column.kind == "country":
        return country_name(text)
    if column.kind != "date":
        return text
    try:
        return parse_edtf(text).describe()
    except CellError:
        return text


def describe_change(column: Column, old: str, new: str) -> tuple[Fragment, ...]:
    """Return in words how the text of a cell changed."""
    if column.kind in ("list", "actors") and old and new:
        return _list_change(column, old, new)
    if column.kind == "text" and old and new and max(len(old), len(new)) > _SHORT:
        return tuple(_changed_words(old.split(" "), new.split(" ")))
    words = _in_words(column, old), _in_words(column, new)
    if words == (old, new):
        return _arrow(old, new, _mark(column))
    written = _arrow(old, new, "code")
    if words[0] == words[1]:
        return (Fragment(f"{words[0]}, written differently: "), *written)
    return (*_arrow(*words), Fragment(" ("), *written, Fragment(")"))


def _arrow(old: str, new: str, mark: Mark = "") -> tuple[Fragment, ...]:
    before, after = (Fragment(text, mark) if text else Fragment("blank") for text in (old, new))
    return (before, Fragment(" → "), after)


def _list_change(column: Column, old: str, new: str) -> tuple[Fragment, ...]:
    """Return the items that were added and removed, and the roles of actors that changed."""
    before, after = (dict.fromkeys(_items(text)) for text in (old, new))
    added = [item for item in after if item not in before]
    removed = [item for item in before if item not in after]
    said = _role_changes(added, removed) if column.kind == "actors" else []
    said += [*(f"added {item}" for item in added), *(f"removed {item}" for item in removed)]
    return (Fragment("; ".join(said) or f"in another order: {new}"),)


def _items(text: str) -> list[str]:
    return [item for item in text.split(LIST_SEPARATOR) if item]


def _role_changes(added: list[str], removed: list[str]) -> list[str]:
    """Return the changed roles of actors, and remove these actors from `added` and `removed`."""
    said = []
    for item in list(removed):
        name, _, role = item.removesuffix(")").rpartition(" (")
        again = [other for other in added if other.rpartition(" (")[0] == name]
        if name and len(again) == 1:
            said.append(f"{name}: {role} → {again[0].removesuffix(')').rpartition(' (')[2]}")
            removed.remove(item)
            added.remove(again[0])
    return said


def _changed_words(old: Sequence[str], new: Sequence[str]) -> Iterator[Fragment]:
    """Yield the words that changed, with a few unchanged words before and after."""
    steps = _steps(old, new)
    for number, (tag, i, j, k, m) in enumerate(steps):
        space = " " if number else ""
        if tag == "equal":
            last = number == len(steps) - 1
            yield Fragment(space + _context(old[i:j], first=not number, last=last))
            continue
        if j > i:
            yield Fragment(space)
            yield Fragment(" ".join(old[i:j]), "deleted")
            space = " "
        if m > k:
            yield Fragment(space)
            yield Fragment(" ".join(new[k:m]), "inserted")


def _context(words: Sequence[str], *, first: bool, last: bool) -> str:
    """Return the unchanged words next to a change.

    `first`: before the first change, where none are shown at the left; `last`: after the last.
    """
    before = [] if first else list(words[:_CONTEXT])
    after = [] if last else list(words[-_CONTEXT:])
    if len(words) <= len(before) + len(after):
        return " ".join(words)
    return " ".join([*before, "…", *after])


_Step = tuple[str, int, int, int, int]


def _steps(old: Sequence[str], new: Sequence[str]) -> list[_Step]:
    """Return how one text becomes the other, as difflib's opcodes for their words.

    The common beginning and end are taken first. The rest counts as changed if it is long,
    because difflib's time grows with the square of the words, and more if they repeat.
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
    """Return the number of words in the common beginning of two texts."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
