"""Parses the text of one date into year, month, day and their marks.

Whether the calendar has such a day is checked in parser.py.
"""

from __future__ import annotations

import re
from typing import NoReturn

from edtf_dates.errors import diagnose, fail
from edtf_dates.syntax import APPROXIMATE, UNCERTAIN, Components

# The greatest year; the least is its negative.
YEAR_LIMIT = 10**12

_FLAGS = {None: 0, "?": UNCERTAIN, "~": APPROXIMATE, "%": UNCERTAIN | APPROXIMATE}

_DATE = re.compile(
    r"([?~%])?(-?)([0-9X]{4})(?:S([0-9]+))?([?~%])?"
    r"(?:-([?~%])?([0-9X]{2})([?~%])?(?:-([?~%])?([0-9X]{2})([?~%])?)?)?"
)
_DIGITS_GROUP = 4


def parse_components(text: str) -> tuple[Components, int]:
    """The components of a date, and the lowest level that admits them. Raises ParseError.

    A mark on the left of a component qualifies it alone, one on the right also all components
    to the left of it (Level 2, Qualification).
    """
    match = _DATE.fullmatch(text)
    if match is None:
        return _parse_long_year(text)
    (left_year, sign, year, digits, right_year, left_month, month, right_month,
     left_day, day, right_day) = match.groups()  # fmt: skip
    for_day = _FLAGS[right_day]
    for_month = for_day | _FLAGS[right_month]
    flags = (
        for_month | _FLAGS[right_year] | _FLAGS[left_year],
        for_month | _FLAGS[left_month] if month else 0,
        for_day | _FLAGS[left_day] if day else 0,
    )
    inner = left_year or left_month or left_day or (right_year and month) or (right_month and day)
    significant = None
    if digits is not None:
        significant = _significant(match, _DIGITS_GROUP, year, month)
    if sign and year == "0000":
        fail("there is no year -0000: the year 0, 1 BCE, is 0000", match.start(2))
    components = Components(bool(sign), year, significant, month, day, flags)
    if inner or digits:
        return components, 2
    return components, max(_digits_level(components), int(any(flags) or bool(sign)))


# The four cases of level 1, "Unspecified digit(s) from the right".
_SIMPLE_YEAR = re.compile(r"[0-9]{2}(?:[0-9]X|XX)")
_SIMPLE_DATE = re.compile(r"[0-9]{4}-(?:XX(?:-XX)?|[0-9]{2}-XX)")


def _digits_level(components: Components) -> int:
    """The level of unspecified digits and sub-year groupings, marks aside."""
    _, year, _, month, day, _ = components
    if month is None:
        return 0 if "X" not in year else 1 if _SIMPLE_YEAR.fullmatch(year) else 2
    if day is None and (sub_year := components.sub_year) is not None:
        return 2 if "X" in year or sub_year > 24 else 1
    digits = f"{year}-{month}-{day}" if day else f"{year}-{month}"
    if "X" not in digits:
        return 0
    return 1 if _SIMPLE_DATE.fullmatch(digits) else 2


_LONG_YEAR = re.compile(r"([?~%])?Y(-?)([0-9X]+)(?:E([0-9]+))?(?:S([0-9]+))?([?~%])?")


def _parse_long_year(text: str) -> tuple[Components, int]:
    """Level 1, Letter-prefixed calendar year; level 2, Exponential year."""
    match = _LONG_YEAR.fullmatch(text)
    if match is None:
        diagnose(text)
    left, sign, year, exponent, digits, right = match.groups()
    written = _expand(match, year, exponent)
    _check_long_year(match, year, written, exponent is not None)
    significant = None if digits is None else _significant(match, 5, written, None)
    if len(written) < 4:
        written = written.zfill(4)
    flags = (_FLAGS[left] | _FLAGS[right], 0, 0)
    components = Components(bool(sign), written, significant, None, None, flags)
    return components, 2 if left or exponent or digits or "X" in year else 1


def _expand(match: re.Match[str], year: str, exponent: str | None) -> str:
    """The digits with the exponent worked in; one too large is refused before it takes memory."""
    if exponent is None:
        return year
    if "X" in year:
        fail("an exponential year cannot have unspecified digits", match.start(3) + year.index("X"))
    if exponent[0] == "0":
        fail("the exponent is a positive number without leading zeros", match.start(4))
    if len(exponent) > 2 or int(exponent) > 12:
        _fail_beyond(match.start(3))
    return year + "0" * int(exponent)


def _check_long_year(match: re.Match[str], year: str, written: str, exponential: bool) -> None:
    at = match.start(3)
    if year[0] == "0":
        fail("a year after Y has no leading zeros", at)
    if len(written) > 13 or int(written.replace("X", "9")) > YEAR_LIMIT:
        _fail_beyond(at)
    if len(written) < 5 and not exponential:
        short = match[2] + year.zfill(4)
        fail(f"Y is only for years of more than four digits: write {short}", match.start(0))


def _fail_beyond(position: int) -> NoReturn:
    fail("the year is beyond 10^12: no year may be further from zero", position)


def _significant(match: re.Match[str], group: int, year: str, month: str | None) -> int | None:
    """The number after S, None if all digits are significant (Level 2, Significant digits)."""
    at = match.start(group)
    if month is not None:
        fail("only a year alone has significant digits: leave out S or the month", at - 1)
    if "X" in year:
        fail("a year has significant digits or unspecified ones, not both", at - 1)
    most = len(str(int(year)))
    written = match[group]
    if written[0] == "0" or len(written) > 2 or int(written) > most:
        fail(f"the year has {most} significant digits: after S write 1 to {most}", at)
    return int(written) if int(written) < most else None
