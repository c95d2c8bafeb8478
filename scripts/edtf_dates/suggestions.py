"""A date read, or what was probably meant by it."""

from edtf_dates import DateError, EventDate, parse_date
from edtf_dates.guesses import guess_edtf
from edtf_dates.quoting import shorten

# Guesses at a longer text take long, and are seldom right.
_LONGEST_GUESSED = 100


class NotEDTFError(ValueError):
    """A text that is not EDTF, with the EDTF that was probably meant."""


def parse_or_suggest(text: str) -> EventDate:
    """Return the date that a text is in EDTF.

    Raises NotEDTFError where it is easy to guess what was meant, otherwise DateError: both say
    what would be right, and are ValueErrors.
    """
    try:
        return parse_date(text)
    except DateError:
        guesses = guess_edtf(text) if len(text) <= _LONGEST_GUESSED else ()
        if not guesses:
            raise
        meant = " or ".join(guesses)
        raise NotEDTFError(f"{shorten(text)} is not EDTF: write {meant}") from None
