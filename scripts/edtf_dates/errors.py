"""Errors for text that is not a date: what is wrong, where, and what to write instead."""

import re
from typing import NoReturn


class DateError(ValueError):
    """Text that is not EDTF.

    `message` says what is wrong and what to write instead; `position` is the index in `text` of
    the first wrong character.
    """

    def __init__(self, message: str, text: str, position: int) -> None:
        super().__init__(message, text, position)
        self.message = message
        self.text = text
        self.position = position

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= 80 else self.text[:77] + "..."
        return f"{self.message} (character {self.position + 1} of {shown!r})"


class ParseError(Exception):
    """An error at a position within a part of the text.

    Internal: who split the text adds the offset of the part, and parse_date raises DateError.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message, position)
        self.message = message
        self.position = position


def fail(message: str, position: int) -> NoReturn:
    """Raise a ParseError at a position within the part that is being parsed."""
    raise ParseError(message, position)


def diagnose(text: str) -> NoReturn:
    """Raise a ParseError for a text that matches no pattern of a date: the likeliest mistake."""
    if not text:
        fail(f"a date is missing: write for example {_EXAMPLES}", 0)
    if text.lower() in ("open", "unknown"):
        fail("an unknown start or end is left blank, an open one is '..'", 0)
    if ".." in text:
        fail("'..' stands alone in an interval (2015/..) or in a set ([2015..])", text.index(".."))
    words = re.search(r"[a-tvwzA-RU-WZ]{3}", text)
    if words is not None:
        fail(f"words do not belong in an EDTF date: write for example {_EXAMPLES}", words.start())
    if "T" in text:
        fail("a time of day stands only with a single date", text.index("T"))
    for position, sign in enumerate(text):
        if sign not in "0123456789X-?~%YES":
            fail(_stray_message(sign), position)
    doubled = re.search(r"[?~%]{2}", text)
    if doubled is not None:
        fail("one mark is enough: ? uncertain, ~ approximate, % both", doubled.start() + 1)
    if text.lstrip("?~%").startswith("Y"):
        fail("after Y comes a year alone: Y170000002, Y-17E7 or Y171010000S3", text.index("Y"))
    _diagnose_lengths(text)
    prefix = _DATE_PREFIX.match(text)
    at = prefix.end() if prefix else 0
    fail(f"this is not an EDTF date: write for example {_EXAMPLES}", min(at, len(text) - 1))


_DATE_PREFIX = re.compile(
    r"[?~%]?-?[0-9X]{4}(?:S[0-9]+)?[?~%]?(?:-[?~%]?[0-9X]{2}[?~%]?(?:-[?~%]?[0-9X]{2}[?~%]?)?)?"
)

_EXAMPLES = "2015, 2015-03 or 2015-03-18"


def _diagnose_lengths(text: str) -> None:
    """Raise a ParseError if a year, month or day has too few or too many digits."""
    if re.fullmatch(r"[0-9]{8}", text):
        fail(f"a date has hyphens: {text[:4]}-{text[4:6]}-{text[6:]}", 4)
    components = re.match(
        r"[?~%]?-?([0-9X]+)[?~%]?(?:-[?~%]?([0-9X]+)[?~%]?)?(?:-[?~%]?([0-9X]+))?", text
    )
    if components is None:
        return
    year = components[1]
    sign = text[: components.start(1)].lstrip("?~%")
    if len(year) > 4:
        longer = f"Y{sign}{year.lstrip('0')[:20]}"
        fail(f"a year of more than four digits stands after Y: {longer}", components.start(1))
    if len(year) < 4:
        fail(f"a year has four digits: {sign}{year.zfill(4)}", components.start(1))
    for group, name in ((2, "month"), (3, "day")):
        digits = components[group]
        if digits is not None and len(digits) != 2:
            right = f": {digits.zfill(2)}" if len(digits) < 2 else ""
            fail(f"a {name} has two digits{right}", components.start(group))


_CAPITALS = {"x": "X", "u": "X", "y": "Y", "e": "E", "s": "S", "t": "T", "z": "Z", "p": "S"}


def _stray_message(sign: str) -> str:
    if sign.isspace():
        return "there are no spaces in EDTF: leave it out"
    if sign in "\u2010\u2011\u2012\u2013\u2014\u2212":
        return "this is not a hyphen: write '-' within a date, '/' between start and end"
    if sign in _CAPITALS:
        return f"in EDTF this is a capital {_CAPITALS[sign]}"
    if sign in "[]{}(),":
        return "brackets and commas belong to sets: [2013,2014] one of them, {2013,2014} both"
    if sign in ":+Z":
        return "a time of day follows a single complete date: 2015-03-18T10:30:00"
    return f"{sign!r} does not belong in an EDTF date: write for example {_EXAMPLES}"
