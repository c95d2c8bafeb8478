"""Checks and normalises the characters of cells, whatever the cells mean."""

import re
import unicodedata
from collections.abc import Collection, Sequence

from edtf_dates.quoting import shorten

# C0 and C1 controls, zero-width marks and bidirectional overrides: nobody types them on
# purpose, and an override can make a text look like another. Soft hyphens come with text
# copied from a web page.
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ud800-\udfff\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)
_SPACES = re.compile(" {2,}")
# Letters and a sign that are invisible: Hangul fillers, the Braille pattern without dots.
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
# Scripts with letters that look like Latin ones, by the first word of their Unicode names. Words
# of Greek and Latin letters exist: TNFα, kΩ, and ε and γ in Kabyle. With the others they do not.
LOOK_ALIKES = frozenset({"ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "LISU"})
GREEK = frozenset({"GREEK"})
_LATIN = "A-Za-z\u00c0-\u02af\u1e00-\u1eff"
_WORD = re.compile(r"[^\W\d_]+")
# Where a Latin letter meets a letter of another script.
_SEAM = re.compile(rf"[{_LATIN}][^\W\d_{_LATIN}]|[^\W\d_{_LATIN}][{_LATIN}]")
# Invisible marks that Arabic, Indic scripts, Hangul, Mongolian and emoji need: joiners, fillers,
# variation selectors. The first of them do not show in `isprintable`.
_PRINTABLE_JOINERS = "\u034f\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef"
_JOINERS = rf"[\u200c\u200d\u115f\u1160\u3164\uffa0{_PRINTABLE_JOINERS}]"
# Latin, Greek, Cyrillic and Armenian need none. Persian endings are joined to Latin words,
# and a digit with U+20E3 is an emoji.
_UNJOINED = rf"0-9{_LATIN}\u0370-\u058f"
_STRAY_JOINER = re.compile(
    rf"(?<=[{_UNJOINED}]){_JOINERS}++(?![^\W{_UNJOINED}]|\u20e3)"
    rf"|(?<![^\0-\x7f]){_JOINERS}++(?=[{_UNJOINED}])"
)
# No language puts so many accents on a letter, and the time to sort them grows with the square.
_MOST_MARKS = 30
_PERHAPS_MARKS = re.compile(rf"[^\w\x00-\x7f]{{{_MOST_MARKS + 1},}}")
# What spreadsheets write for a formula that failed.
_ERROR_VALUE = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
# What is left of letters in an encoding that does not have them.
_LOST = re.compile(r"\?{3,}")
_LOST_REMEDY = (
    "letters were lost when the file was saved in an encoding without them: "
    "write them again, save as CSV UTF-8"
)


def bad_characters(text: str) -> str:
    """Return what is wrong with the characters of a filled cell; empty if nothing is.

    The text continues a sentence that begins with the name of the column.
    """
    if "\ufffd" in text:
        return f"holds U+FFFD: {_LOST_REMEDY}"
    if _has_piled_marks(text):
        return f"holds more than {_MOST_MARKS} combining marks in a row: delete them"
    if hidden := _hidden_character(text):
        return f"holds the hidden character U+{ord(hidden):04X}: delete it"
    if text[0] in "=@":
        return f"starts with {text[0]}, which spreadsheets run as a formula: begin with a word"
    if _ERROR_VALUE.fullmatch(text):
        return f"is a spreadsheet's error value, {text}: write what should be there"
    if not text.isascii() and all(map(_shows_nothing, text)):
        return "holds only invisible characters: write what should be there"
    return mixed_word(text, LOOK_ALIKES)


def _hidden_character(text: str) -> str:
    """Return the first character that nobody sees and no script needs there; empty if none."""
    match = HIDDEN.search(text)
    if match is None and not text.isascii():
        match = _STRAY_JOINER.search(text)
    return match[0][0] if match else ""


def mixed_word(text: str, scripts: Collection[str]) -> str:
    """Return what is wrong with a word of Latin letters and letters of `scripts`; empty if none.

    The text continues a sentence, as that of `bad_characters` does.
    """
    if text.isascii() or not _SEAM.search(text):
        return ""
    for word in _WORD.findall(text):
        letters = {_script(letter): letter for letter in reversed(word)}
        for script in letters.keys() & scripts if "LATIN" in letters else ():
            letter = letters[script]
            return (
                f"holds {shorten(word)}, in which U+{ord(letter):04X} is "
                f"{unicodedata.name(letter)} among Latin letters: write the word in one script"
            )
    return ""


def _script(letter: str) -> str:
    """Return the first word of a letter's name, which is that of its script."""
    return unicodedata.name(letter, "").partition(" ")[0]


def _shows_nothing(character: str) -> bool:
    return character in _BLANK_LETTERS or unicodedata.category(character) in _BLANK_CATEGORIES


_BLANK_CATEGORIES = frozenset({"Cf", "Zs", "Zl", "Zp"})


def _has_piled_marks(text: str) -> bool:
    """Whether more than _MOST_MARKS combining marks follow each other."""
    if text.isascii():
        return False
    for match in _PERHAPS_MARKS.finditer(text):
        run = "".join("m" if unicodedata.combining(c) else " " for c in match[0])
        if len(max(run.split(), key=len, default="")) > _MOST_MARKS:
            return True
    return False


def lost_letters(text: str) -> str:
    """Return what to do about question marks in place of letters; empty if there are none."""
    return _LOST_REMEDY if _LOST.search(text) else ""


def normalize(text: str) -> str:
    """Return a text in Unicode normal form C, without spare spaces.

    A text with more combining marks in a row than `bad_characters` allows keeps its form.
    """
    if not text.isascii() and not _has_piled_marks(text):
        text = unicodedata.normalize("NFC", text)
    if "  " in text or text[:1].isspace() or text[-1:].isspace():
        text = _SPACES.sub(" ", text).strip()
    return text


def fix_mojibake(text: str) -> str:
    """Return the text whose UTF-8 was read as Windows-1252; empty if that did not happen."""
    if text.isascii():
        return ""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""


def is_clean(row: Sequence[str]) -> bool:
    """Whether a row certainly needs no closer look at the characters of its cells.

    One test of the whole row in place of five of each cell. False if in doubt.
    """
    text = f"|{'|'.join(filter(None, row))}|"
    return (
        text.isprintable()
        and not _SUSPECT.search(text)
        and "???" not in text
        and text.count(";") == text.count("; ")
        and (text.isascii() or _is_plain_unicode(text))
    )


# Spare spaces, loose list separators, and cells that begin like formulas and error values.
_SUSPECT = re.compile("[ |][ |;=@+#-]")


def _is_plain_unicode(text: str) -> bool:
    return (
        not _has_piled_marks(text)
        and unicodedata.is_normalized("NFC", text)
        and not _ODD.search(text)
        and not _SEAM.search(text)
    )


# `isprintable` accepts some characters of HIDDEN, the blank letters and some joiners. The second
# part is how a letter of mojibake begins: the first byte of its UTF-8, and no ASCII after it.
_ODD = re.compile(f"[\ufff9-\uffff{_BLANK_LETTERS}{_PRINTABLE_JOINERS}]|[\u00c2-\u00f4][^\0-\x7f]")
