"""Search that forgives spelling: how text is folded before it is indexed and asked for.

Latin letters lose their accents in SQLite's own tokenizer (unicode61). Arabic
is folded here, because writers differ in it as a matter of course: the hamza
forms of alef, final ya and alef maksura, ta marbuta and ha, vowel signs and
tatweel, and the article.
"""

import re
from collections.abc import Iterator

TOKENIZER = "unicode61 remove_diacritics 2"

# Table: the text columns its search covers. A table `<name>_search` holds their
# folded text, row for row, because what is indexed is not what is shown.
SEARCHED: dict[str, tuple[str, ...]] = {
    "events": ("title", "summary", "note", "place", "region", "aliases", "actors"),
    "actors": ("name", "aliases", "note"),
    "sources": ("publisher", "origin", "title", "author", "note"),
    "claims": ("said", "value", "population", "place", "reported_by", "note"),
}

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
# The article comes off only where a word of two letters or more is left.
_SHORTEST_STEM = 2
# A query of more is no question that a person asks, and each word is a search of its own.
MOST_WORDS = 50
LONGEST_WORD = 100
_UNSEARCHABLE = re.compile("[\x00-\x1f\x7f]")


def fold_word(word: str) -> str:
    """Return an Arabic word in the one spelling under which all its variants are found."""
    folded = _ARABIC_MARKS.sub("", word).translate(_ARABIC_LETTERS)
    stem = folded.removeprefix(_ARTICLE)
    return stem if len(stem) >= _SHORTEST_STEM else folded


def fold(text: str) -> str:
    """Return the text with every Arabic word folded; other scripts stay as they are."""
    return _ARABIC_WORD.sub(lambda match: fold_word(match[0]), text)


def index_text(text: str) -> str:
    """Return what to index: the text, and its folded form where that differs.

    Both, so that a search that knows nothing of folding still finds the words as written.
    """
    folded = text if text.isascii() else fold(text)
    return text if folded == text else f"{text} {folded}"


def match_expression(query: str) -> str:
    """Return an FTS5 expression that finds all the words of what a person typed.

    Words in quotation marks are a phrase; every other sign is only a sign, so
    that nothing a person can type is a syntax error. No words find nothing.

    The first MOST_WORDS words count, one that stands twice once; the rest are ignored,
    and so are words of more than LONGEST_WORD characters.
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
    """Yield the words, and what stands in quotation marks whole."""
    for place, part in enumerate(text.split('"')):
        yield from [part] if place % 2 else part.split()
