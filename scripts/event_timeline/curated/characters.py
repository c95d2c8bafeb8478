"""Characters: those that no cell should hold, and the one form of those that it may.

Nothing here knows what a cell means.
"""

import re
import unicodedata
from collections.abc import Sequence

# C0 and C1 controls, zero-width marks and bidirectional overrides: nobody
# types them on purpose, and the last can make a text read as another. Soft
# hyphens come with text copied from a web page. The zero-width joiners of
# Arabic script (U+200C, U+200D) are letters' business.
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ud800-\udfff\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)
_SPACES = re.compile(" {2,}")
# Letters and a sign that show nothing: Hangul fillers, the Braille pattern without dots.
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
# No language stacks so many accents, and to put them in order takes time by their square.
_MOST_MARKS = 30
_PERHAPS_MARKS = re.compile(rf"[^\w\x00-\x7f]{{{_MOST_MARKS + 1},}}")
# What a spreadsheet writes for a formula that failed, and what an encoding without
# the letters leaves of them.
_ERROR_VALUE = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
_LOST = re.compile(r"\?{3,}")
_LOST_REMEDY = (
    "letters were lost when the file was saved in an encoding without them: "
    "write them again, save as CSV UTF-8"
)


def blemish(text: str) -> str:
    """Say what is wrong with the characters of a filled cell, whatever it means, or nothing."""
    if "\ufffd" in text:
        return f"holds U+FFFD: {_LOST_REMEDY}"
    if _has_piled_marks(text):
        return f"holds more than {_MOST_MARKS} combining marks in a row: delete them"
    if match := HIDDEN.search(text):
        return f"holds the hidden character U+{ord(match[0]):04X}: delete it"
    if text[0] in "=@":
        return f"starts with {text[0]}, which spreadsheets run as a formula: begin with a word"
    if _ERROR_VALUE.fullmatch(text):
        return f"is a spreadsheet's error value, {text}: write what should stand there"
    if not text.isascii() and all(map(_shows_nothing, text)):
        return "holds only characters that show nothing: write what should stand there"
    return ""


def _shows_nothing(character: str) -> bool:
    return character in _BLANK_LETTERS or unicodedata.category(character) in _BLANK_CATEGORIES


_BLANK_CATEGORIES = frozenset({"Cf", "Zs", "Zl", "Zp"})


def _has_piled_marks(text: str) -> bool:
    """Whether more than _MOST_MARKS combining marks stand in a row."""
    if text.isascii():
        return False
    for match in _PERHAPS_MARKS.finditer(text):
        run = "".join("m" if unicodedata.combining(c) else " " for c in match[0])
        if len(max(run.split(), key=len, default="")) > _MOST_MARKS:
            return True
    return False


def lost_letters(text: str) -> str:
    """Say what to do of a text in which question marks stand for letters, or nothing."""
    return _LOST_REMEDY if _LOST.search(text) else ""


def normalize(text: str) -> str:
    """Return the text in Unicode normal form C, without spare spaces.

    What holds more combining marks in a row than `blemish` lets pass is not normalised.
    """
    if not text.isascii() and not _has_piled_marks(text):
        text = unicodedata.normalize("NFC", text)
    if "  " in text or text[:1].isspace() or text[-1:].isspace():
        text = _SPACES.sub(" ", text).strip()
    return text


def garbled(text: str) -> str:
    """Return what a text was before its UTF-8 was read as Windows-1252, or nothing."""
    if text.isascii():
        return ""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""


def spotless(row: Sequence[str]) -> bool:
    """Whether no cell of a row can have a blemish, be untidy, garbled or like a formula.

    One look at the whole row instead of four at each cell; when in doubt, no.
    """
    text = f"|{'|'.join(filter(None, row))}|"
    return (
        text.isprintable()
        and not _SUSPECT.search(text)
        and "???" not in text
        and text.count(";") == text.count("; ")
        and (text.isascii() or _is_plain_unicode(text))
    )


# Spare spaces, loose list separators, and cells that start as formulas and error values do.
_SUSPECT = re.compile("[ |][ |;=@+#-]")


def _is_plain_unicode(text: str) -> bool:
    return (
        not _has_piled_marks(text)
        and unicodedata.is_normalized("NFC", text)
        and not _ODD.search(text)
    )


# Two of the characters of HIDDEN count as printable, and so do blank letters; then what
# starts a garbled letter: the first byte of its UTF-8, and no ASCII letter after it.
_ODD = re.compile(f"[\ufff9-\uffff{_BLANK_LETTERS}]|[\u00c2-\u00f4][^\0-\x7f]")
