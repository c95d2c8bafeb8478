"""What became of one cell, in words: its value, or how one text became another."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from event_timeline.curated.cells import LIST_SEPARATOR, CellError, parse_edtf
from event_timeline.curated.columns import Column
from event_timeline.curated.countries import country_name

Mark = Literal["", "code", "deleted", "inserted"]

# Texts up to this long are given whole, before and after.
_SHORT = 60
# Words that stay are given on either side of those that change.
_CONTEXT = 3
# Two texts whose words would have to be compared more often than this are given whole.
_MOST_COMPARISONS = 40_000


class Fragment(NamedTuple):
    """A run of a sentence, and how it is set off."""

    text: str
    mark: Mark = ""


def describe_value(column: Column, text: str) -> tuple[Fragment, ...]:
    """Return one filled cell in words, and as it is written where that is something else."""
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
        return (Fragment(f"{words[0]}, written otherwise: "), *written)
    return (*_arrow(*words), Fragment(" ("), *written, Fragment(")"))


def _arrow(old: str, new: str, mark: Mark = "") -> tuple[Fragment, ...]:
    before, after = (Fragment(text, mark) if text else Fragment("blank") for text in (old, new))
    return (before, Fragment(" → "), after)


def _list_change(column: Column, old: str, new: str) -> tuple[Fragment, ...]:
    """Return the items that were added and removed; of an actor with another role, both roles."""
    before, after = (dict.fromkeys(_items(text)) for text in (old, new))
    added = [item for item in after if item not in before]
    removed = [item for item in before if item not in after]
    said = _role_changes(added, removed) if column.kind == "actors" else []
    said += [*(f"added {item}" for item in added), *(f"removed {item}" for item in removed)]
    return (Fragment("; ".join(said) or f"in another order: {new}"),)


def _items(text: str) -> list[str]:
    return [item for item in text.split(LIST_SEPARATOR) if item]


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


def _changed_words(old: Sequence[str], new: Sequence[str]) -> Iterator[Fragment]:
    """Yield the words that changed, with a few of those that did not on either side."""
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
