"""What is wrong in a curated file: where, what, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Level = Literal["error", "warning"]

# Looking for a likeness takes time by the number of words; a slip in a long
# list is found by searching the file instead.
_MOST_WORDS = 2_000
_LONGEST_WORD = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend; `fixable` when `event-timeline fmt` mends it."""

    file: str
    line: int
    id: str
    message: str
    level: Level = "error"
    fixable: bool = False

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:" if self.line else f"{self.file}:"
        level = "warning:" if self.level == "warning" else ""
        parts = [where, f"{self.id}:" if self.id else "", level, self.message]
        return " ".join(part for part in parts if part)


def nearest(word: str, words: Iterable[str]) -> str:
    """Return `; did you mean "..."?` with the likeliest of `words`, or nothing."""
    found = closest(word, words)
    return f'; did you mean "{found}"?' if found else ""


def closest(word: str, words: Iterable[str]) -> str:
    """Return the one of `words` that `word` was probably meant to be, or nothing.

    Words of more than 80 characters are ignored.
    """
    known = [one for one in words if len(one) <= _LONGEST_WORD]
    if len(known) > _MOST_WORDS or len(word) > _LONGEST_WORD:
        return ""
    folded = {w.casefold(): w for w in known}
    likely = get_close_matches(word.casefold(), folded, n=5, cutoff=0.6)
    # difflib alone takes "Lybia" for Liberia.
    nearest_first = sorted(likely, key=lambda other: _edits(word.casefold(), other))
    return folded[nearest_first[0]] if nearest_first else ""


def _edits(one: str, other: str) -> int:
    """Return how many letters to add, drop or change turn one word into the other."""
    costs = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        diagonal, costs[0] = costs[0], i
        for j, opposite in enumerate(other, 1):
            change = diagonal + (letter != opposite)
            diagonal, costs[j] = costs[j], min(change, costs[j] + 1, costs[j - 1] + 1)
    return costs[-1]


def shorten(text: str, most: int = 60) -> str:
    """Return `text` in quotation marks, cut to `most` characters, on one line."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    visible = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in cut)
    return f'"{visible}"'
