"""Dates in the cells of any table, read from text or a year; what was read is remembered."""

import re
from functools import lru_cache

from edtf_dates import TEXT_LIMIT, DateError, EventDate, spell_year
from edtf_dates.four_days import read_text

# Days of a table without derived columns are read from its text again and again: once each
# for as many rows as such a table may have.
_REMEMBERED = 60_000
# Dates of one stretch, of which so many take some 70 MB. Of others, which may be of a thousand
# spans, only a few are, lest whoever may ask SQL fill the memory with them.
_OF_ONE_STRETCH = re.compile(r"[-\d./?~%]{1,40}(?:-?X){0,8}", re.ASCII)
_OTHERS_REMEMBERED = 50
_LONGEST_REMEMBERED = 100
# A number of more digits is a day without hyphens or a time stamp, not a year.
_LAST_YEAR = 9999


def read_date(cell: object) -> EventDate | None:
    """Return the date that a cell holds; None for what is not EDTF.

    A whole number of at most four digits is a year, counted as EDTF does: -43 is 44 BCE.
    """
    text = edtf_of(cell)
    if not isinstance(text, str) or len(text) > TEXT_LIMIT:
        return None
    if _OF_ONE_STRETCH.fullmatch(text):
        return _parsed(text)
    return _parsed_other(text) if len(text) <= _LONGEST_REMEMBERED else _parse(text)


def _parse(text: str) -> EventDate | None:
    try:
        return read_text(text)
    except DateError:
        return None


_parsed = lru_cache(maxsize=_REMEMBERED)(_parse)
_parsed_other = lru_cache(maxsize=_OTHERS_REMEMBERED)(_parse)


def edtf_of(cell: object) -> object:
    """Return a cell as EDTF would write it, if it is a text or a year."""
    if isinstance(cell, str):
        return cell.strip()
    # A column of years with blanks comes out of many tools as 79.0.
    if isinstance(cell, int | float) and -_LAST_YEAR <= cell <= _LAST_YEAR and cell == int(cell):
        return spell_year(int(cell))
    return cell
