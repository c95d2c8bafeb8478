"""Folds spelling for full-text search, in what is indexed and in what is searched for.

SQLite's own tokenizer (unicode61) removes the accents of Latin letters. Arabic is folded here,
because its spelling varies: the hamza forms of alef, final ya and alef maksura, ta marbuta and
ha, vowel signs and tatweel, and the article.
"""

import re
from collections.abc import Iterator

TOKENIZER = "unicode61 remove_diacritics 2"

_ARABIC_WORD = re.compile("[\u0621-\u065f\u0670-\u06d3]+")
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]")
_ARABIC_LETTERS = str.maketrans(
    {
        "\u0623": "\u0627",  # alef with hamza above
        "\u0625": "\u0627",  # alef with hamza below
        "\u0622": "\u0627",  # alef with madda
        "\u0671": "\u0627",  # alef wasla
        "\u0624": "\u0648",  # waw with hamza
        "\u0626": "\u064a",  # ya with hamza
        "\u0649": "\u064a",  # alef maksura
        "\u06cc": "\u064a",  # Farsi ya
        "\u0629": "\u0647",  # ta marbuta
        "\u06a9": "\u0643",  # keheh
        "\u0621": "",  # hamza on the line
    }
)
_ARTICLE = "\u0627\u0644"
# The article is only removed if a word of two letters or more is left.
_SHORTEST_STEM = 2
# Limits of a query: each word is a search of its own.
MOST_WORDS = 50
LONGEST_WORD = 100
_UNSEARCHABLE = re.compile("[\x00-\x1f\x7f]")


def fold_word(word: str) -> str:
    """Return an Arabic word in the one spelling that stands for all its variants."""
    folded = _ARABIC_MARKS.sub("", word).translate(_ARABIC_LETTERS)
    stem = folded.removeprefix(_ARTICLE)
    return stem if len(stem) >= _SHORTEST_STEM else folded


def fold(text: str) -> str:
    """Return the text with every Arabic word folded; other scripts stay as they are."""
    return _ARABIC_WORD.sub(lambda match: fold_word(match[0]), text)


def index_text(text: str) -> str:
    """Return the text to index: the original, followed by its folded form if that is different.

    With both, a search without folding still finds the words as written.
    """
    folded = text if text.isascii() else fold(text)
    return text if folded == text else f"{text} {folded}"


def match_expression(query: str) -> str:
    """Return an FTS5 expression that finds all the words of a query, as a person typed it.

    Words in quotation marks are a phrase. All other signs are ordinary characters, so that no
    query is a syntax error. A query without words finds nothing. Only the first MOST_WORDS
    different words are used, and none of more than LONGEST_WORD characters.
    """
    found: dict[str, None] = {}
    left = MOST_WORDS
    for part in _parts(_UNSEARCHABLE.sub(" ", fold(query))):
        words = [word for word in part.split() if len(word) <= LONGEST_WORD][:left]
        phrase = " ".join(words)
        if phrase and phrase not in found:
            found[phrase] = None
            left -= len(words)
    return " ".join(f'"{phrase}"' for phrase in found) or '""'


def _parts(text: str) -> Iterator[str]:
    """Yield the words, and the texts in quotation marks whole."""
    for place, part in enumerate(text.split('"')):
        yield from [part] if place % 2 else part.split()
