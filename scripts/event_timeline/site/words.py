"""How the pages put dates, figures and languages into words."""

from dataclasses import dataclass

from edtf_dates import DateError, parse_date

# Languages that sources of a chronology are likely to be in; others show their code.
_LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ru": "Russian",
    "tr": "Turkish",
}
# Dates are read while a page is made, in which all others wait; a longer one stays EDTF.
LONGEST_DATE = 200


def date_words(text: object) -> str:
    """Return an EDTF date in words; what is no EDTF as it is; nothing for no date.

    A text of more than LONGEST_DATE characters is not read, and returned as it is.
    """
    if not isinstance(text, str) or not text or len(text) > LONGEST_DATE:
        return str(text) if text else ""
    try:
        return parse_date(text).describe()
    except DateError:
        return text


def language(code: str) -> str:
    """Return the English name of a language, given its ISO 639-1 code."""
    return _LANGUAGES.get(code, code)


@dataclass(frozen=True)
class Figure:
    """A number and its bounds; None for one that nobody gives. Without any there is no figure.

    `is_open`: it may be more than any bound given.
    """

    low: float | None
    best: float | None
    high: float | None
    is_open: bool = False

    def __bool__(self) -> bool:
        return (self.low, self.best, self.high) != (None, None, None)

    @property
    def range(self) -> str:
        """The figure in words, without the brackets behind it; none is never 0."""
        if self._is_range:
            return f"{self.low:,} to {self.high:,}{self._more}"
        best = self.best
        if best is None and self.low == self.high:
            best = self.low
        if best is not None:
            return f"{best:,}{self._more}{self._beyond(best)}"
        if self.low is not None:
            return f"at least {self.low:,}"
        return "no figure" if self.high is None else f"at most {self.high:,}"

    @property
    def best_within(self) -> str:
        """The best of a range in words, for the brackets behind it; nothing if none is given."""
        return f"best {self.best:,}" if self._is_range and self.best is not None else ""

    @property
    def words(self) -> str:
        """The figure in words: `12 to 20 (best 19)`."""
        return f"{self.range} ({self.best_within})" if self.best_within else self.range

    @property
    def _is_range(self) -> bool:
        return self.low is not None and self.high is not None and self.low != self.high

    @property
    def _more(self) -> str:
        return " or more" if self.is_open else ""

    def _beyond(self, best: float) -> str:
        if self.low is not None and self.low != best:
            return f", at least {self.low:,}"
        return f", at most {self.high:,}" if self.high is not None and self.high != best else ""


def figure(low: object, best: object, high: object, is_open: object = False) -> Figure:
    """Return the figure that cells hold: what is no number is no bound."""
    return Figure(_number(low), _number(best), _number(high), bool(is_open))


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) else None
