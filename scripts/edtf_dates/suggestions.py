"""What to write instead of a date that is not EDTF."""

from edtf_dates import DateError, EventDate, parse_date
from edtf_dates.guesses import guess_edtf
from edtf_dates.quoting import shorten

# Longer texts get no suggestions: they take long and are seldom right.
_SUGGEST_LIMIT = 100


class NotEDTFError(ValueError):
    """Text that is not EDTF. The message says what EDTF was probably meant."""


def parse_or_suggest(text: str) -> EventDate:
    """Parse an EDTF string.

    Raises NotEDTFError with suggestions if the text is not EDTF but `guess_edtf` has guesses;
    DateError if it has none. Both are ValueErrors whose message says what to write instead.
    """
    try:
        return parse_date(text)
    except DateError:
        guesses = guess_edtf(text) if len(text) <= _SUGGEST_LIMIT else ()
        if not guesses:
            raise
        meant = " or ".join(guesses)
        raise NotEDTFError(f"{shorten(text)} is not EDTF: write {meant}") from None
