"""Finds the word that was probably meant, for the "did you mean" of messages."""

from collections.abc import Iterable
from difflib import get_close_matches

# The time grows with the number of words; in a long list people search the file instead.
_MOST_WORDS = 2_000
_LONGEST_WORD = 80


def nearest(word: str, words: Iterable[str]) -> str:
    """Return `; did you mean "..."?` with the most similar of `words`; empty if none is similar."""
    found = closest(word, words)
    return f'; did you mean "{found}"?' if found else ""


def closest(word: str, words: Iterable[str]) -> str:
    """Return the most similar of `words`; empty if none is similar.

    Nothing is compared with more than 2,000 words, or with words of more than 80 characters.
    """
    known = [one for one in words if len(one) <= _LONGEST_WORD]
    if len(known) > _MOST_WORDS or len(word) > _LONGEST_WORD:
        return ""
    folded = {w.casefold(): w for w in known}
    likely = get_close_matches(word.casefold(), folded, n=5, cutoff=0.6)
    # By difflib alone "Lybia" is nearer to Liberia than to Libya.
    nearest_first = sorted(likely, key=lambda other: _edits(word.casefold(), other))
    return folded[nearest_first[0]] if nearest_first else ""


def _edits(one: str, other: str) -> int:
    """Return the Levenshtein distance between two words."""
    costs = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        diagonal, costs[0] = costs[0], i
        for j, opposite in enumerate(other, 1):
            change = diagonal + (letter != opposite)
            diagonal, costs[j] = costs[j], min(change, costs[j] + 1, costs[j - 1] + 1)
    return costs[-1]
