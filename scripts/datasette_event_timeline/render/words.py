"""How the pages put columns, dates and figures into words."""

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
_BOUNDS = ("low", "best", "high")
# Dates are read while a page is made, in which all others wait; a longer one stays EDTF.
LONGEST_DATE = 200


def heading(column: str) -> str:
    """Return a column's name as a reader would say it: killed_low is "killed, low"."""
    stem, _, bound = column.rpartition("_")
    words = f"{stem}, {bound}" if stem and bound in _BOUNDS else column
    return words.replace("_", " ")


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


def figure(low: object, best: object, high: object, is_open: object = False) -> str:
    """Return a figure and its bounds in words. No bound at all is "no figure", never 0.

    `is_open`: true if it may be more than any bound given. What is no number is no bound.
    """
    return _figure_words(_number(low), _number(best), _number(high), is_open)


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) else None


def _figure_words(
    low: float | None, best: float | None, high: float | None, is_open: object
) -> str:
    more = " or more" if is_open else ""
    if low is not None and high is not None and low != high:
        return f"{low:,} to {high:,}{more}" + ("" if best is None else f" (best {best:,})")
    if best is None:
        best = low if low == high else None
    if best is not None:
        return f"{best:,}{more}{_beyond(low, best, high)}"
    if low is not None:
        return f"at least {low:,}"
    return "no figure" if high is None else f"at most {high:,}"


def _beyond(low: float | None, best: float, high: float | None) -> str:
    if low is not None and low != best:
        return f", at least {low:,}"
    return f", at most {high:,}" if high is not None and high != best else ""
