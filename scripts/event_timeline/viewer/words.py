"""How the pages put columns, dates and figures into words."""

from event_timeline.dates import DateError, parse_date

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


def heading(column: str) -> str:
    """Return a column's name as a reader would say it: killed_low is "killed, low"."""
    stem, _, bound = column.rpartition("_")
    words = f"{stem}, {bound}" if stem and bound in _BOUNDS else column
    return words.replace("_", " ")


def date_words(text: str | None) -> str:
    """Return an EDTF date in words; what is no EDTF as it is; nothing for no date."""
    try:
        return parse_date(text).describe() if text else ""
    except DateError:
        return text or ""


def language(code: str) -> str:
    """Return the English name of a language, given its ISO 639-1 code."""
    return _LANGUAGES.get(code, code)


def figure(low: int | None, best: int | None, high: int | None, is_open: object = False) -> str:
    """Return a figure and its bounds in words. No bound at all is "no figure", never 0.

    `is_open`: true if it may be more than any bound given.
    """
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


def _beyond(low: int | None, best: int, high: int | None) -> str:
    if low is not None and low != best:
        return f", at least {low:,}"
    return f", at most {high:,}" if high is not None and high != best else ""
