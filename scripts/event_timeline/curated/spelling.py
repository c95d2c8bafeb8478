"""Words that were probably meant: the "did you mean" of messages."""

from collections.abc import Iterable
from difflib import get_close_matches

# Looking for a likeness takes time by the number of words; a slip in a long
# list is found by searching the file instead.
_MOST_WORDS = 2_000
_LONGEST_WORD = 80


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
