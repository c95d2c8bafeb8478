"""Dates by their four days, where no EDTF text says what they are.

The text is an interval of two sides. A side is one EDTF date, or two with `..` between them: the
earliest and the latest day, either of them blank for no bound.

    2015-03-01..2015-03-10/2015-04-01..2015-04-05
    1811-03-12/..1869

The first began on one of ten days in March, and ended on one of the first five in April. The
second began on a day that is known, and ended by the end of 1869.
"""

from __future__ import annotations

from collections.abc import Callable

from edtf_dates import DateError, EventDate, Span, parse_date
from edtf_dates.bounds import Bound, Range, interval_days
from edtf_dates.syntax import Traits
from edtf_dates.units import spell_range


class FourDaysDate(EventDate):
    """A date that `parse_days` read. Its `level` is 2, although no level of EDTF has its text."""

    def __reduce__(self) -> tuple[Callable[[str], EventDate], tuple[str]]:
        return parse_days, (self.text,)

    def __repr__(self) -> str:
        return f"parse_days({self.text!r})"

    @property
    def named(self) -> tuple[EventDate, ...]:
        """The dates in the text, without duplicates."""
        texts = (text for side in self.text.split("/") for text in side.split(".."))
        return tuple(parse_date(text) for text in dict.fromkeys(texts) if text)

    def to_edtf(self) -> str:
        """EDTF where it says the same, such as `2015-03/2016`; else the canonical text, with `..`.

        Either is what `read_text` reads as an equal date.
        """
        return self._edtf or "/".join(self._sides)

    def describe(self) -> str:
        """The date in plain English."""
        if self._edtf:
            return parse_date(self._edtf).describe()
        start, end = self._sides
        return f"{_side_words('began', start)}, {_side_words('ended', end)}"

    @property
    def _edtf(self) -> str | None:
        """The EDTF that says the same, if there is any."""
        start = spell_range(self.earliest_start, self.latest_start)
        end = spell_range(self.earliest_end, self.latest_end)
        is_edtf = all(".." not in side or side == ".." for side in (start, end))
        return f"{start}/{end}" if is_edtf else None

    @property
    def _sides(self) -> tuple[str, str]:
        """Both sides, without the bounds that follow from the other side."""
        latest = None if self.latest_start == self.latest_end else self.latest_start
        earliest = None if self.earliest_end == self.earliest_start else self.earliest_end
        return spell_range(self.earliest_start, latest), spell_range(earliest, self.latest_end)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The one span that it has."""
        days = (self.earliest_start, self.latest_start, self.earliest_end, self.latest_end)
        return (Span(*days),)


def parse_days(text: str) -> EventDate:
    """Read a date by its four days. Raises DateError for any other text, and for marked dates."""
    start, slash, end = text.partition("/")
    if not slash or not (".." in start or ".." in end):
        raise DateError("an interval with '..' in a side is missing", text, 0)
    first, last = _days(start, text), _days(end, text)
    if first[0] is not None and last[1] is not None and first[0] > last[1]:
        raise DateError("it ends before it begins", text, len(start) + 1)
    traits = Traits(2, "interval", start_open=start == "..", end_open=end == "..")
    return FourDaysDate(text, interval_days(first, last), traits)


def read_text(text: str) -> EventDate:
    """Read EDTF, or a date by its four days. Raises DateError for what is neither."""
    try:
        return parse_date(text)
    except DateError:
        if ".." not in text or "/" not in text or text[:1] in "[{":
            raise
    return parse_days(text)


def _days(side: str, text: str) -> Range:
    """The first and the last day of a side."""
    before, dots, after = side.partition("..")
    earliest = _date(before, text)
    latest = _date(after, text) if dots else earliest
    first: Bound = earliest.earliest_start if earliest else None
    last: Bound = latest.latest_end if latest else None
    if first is not None and last is not None and first > last:
        raise DateError("the earliest day comes after the latest", text, text.index(side))
    return first, last


def _date(text: str, whole: str) -> EventDate | None:
    if not text:
        return None
    date = parse_date(text)
    if date.approximate or date.uncertain or date.precision in ("interval", "set", "time"):
        raise DateError("a side has no marks, sets or times", whole, whole.index(text))
    return date


def _side_words(verb: str, side: str) -> str:
    earliest, dots, latest = side.partition("..")
    if earliest and latest:
        return f"{verb} {_dated(f'[{side}]', earliest)}"
    if not dots:
        return f"{verb} {_dated(earliest, earliest)}"
    if latest:
        return f"{verb} {_dated(latest, latest)} or earlier"
    return (
        f"{verb} {_dated(earliest, earliest)} or later" if earliest else f"not known when it {verb}"
    )


def _dated(text: str, unit: str) -> str:
    """The words of a date after "on" or "in", by one unit of it: "on 18 or 19 March 2015"."""
    words = parse_date(text).describe()
    if words.startswith(("on ", "in ")):
        return words
    return f"{'on' if parse_date(unit).precision == 'day' else 'in'} {words}"
