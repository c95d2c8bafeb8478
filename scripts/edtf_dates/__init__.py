"""Dates that say how sure they are: EDTF text in, the days it can mean out.

The reference is the Library of Congress "Extended Date/Time Format (EDTF) Specification"
(4 February 2019), levels 0, 1 and 2, the profile of ISO 8601-1 and ISO 8601-2:2019.
Sections are cited here by their headings there.

A date means four days: the earliest and the latest it can have begun, the earliest and the
latest it can have ended. Days are proleptic Gregorian ordinals: 1 is 0001-01-01, 0 is the last
day of the year 0000, which is 1 BCE. None is no bound: before everything for an `earliest_`,
after everything for a `latest_`.

Where the specification leaves room, this package decides as follows.

- Date and Time: seconds are required and `24:00:00` is refused (ISO 8601-1:2019); second 60
  is allowed where Coordinated Universal Time is 23:59 or not known. The day is the calendar day as
  written, whatever the offset. A time stands only with a single, complete, unqualified date.
- Time Interval: it begins and ends somewhere within the dates given, and never ends before it
  begins, so `2005/2005-06` began by 30 June. An end with unspecified digits that leave
  gaps (`2004-XX-15`) is cut off at the other end, not at the last day that fits.
- Extended Interval: open and unknown ends tell nothing about the end except that it follows
  the start ("because there is none or for any other reason"). `../..`, `/..` and `../` are
  allowed, `/` says nothing and is refused.
- Letter-prefixed calendar year: "only when the year exceeds four digits" excludes `Y2015`;
  leading zeros are refused. A `Y` year stands alone, without a month. No year is further
  from zero than 10^12.
- Negative calendar year: may have a month and a day; `-0000` is refused.
- Exponential year: `Y1E3` is allowed, the rule on four digits being the plain form's.
- Seasons: 21 to 24 are the hull of both hemispheres' meteorological seasons (three whole
  months). A season that crosses New Year belongs to the year in which it begins.
- Significant digits: counted from the first digit that is not 0; at most as many as the year
  has. "Estimated" sets no flag: the years it can be are given. Only a year alone has them.
- Set representation: a range needs two dates of one precision without unspecified digits, in
  order; `..` with one date stands first or last. "All of" began with its first member and
  ended with its last. A set names at most 80 dates, a range naming two.
- Qualification: a character on the right of a component adds to those on its left, so
  `?2004-06~` has an uncertain and approximate year. A qualified date must still be
  a real one.
- Unspecified Digit: an unspecified month is a calendar month, never a season, and only real days
  count: `XXXX-02-29` is in a leap year, `2015-04-3X` is the 30th.

The modules, in the order in which a text passes through them: `reading` takes it apart
(`parts`), asks the calendar what its digits can stand for (`patterns`, `days`) and finds its
form (`forms`) or what is wrong with it (`faults`). `order` puts a set in order, counting plain
dates by their numbers (`units`). From the form come `spans`, `writing` and `words`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from edtf_dates.days import describe_day, from_ordinal, ordinal, spell_year, year_words
from edtf_dates.faults import DateError, PartError
from edtf_dates.forms import (
    APPROXIMATE,
    OPEN_END,
    OPEN_START,
    UNCERTAIN,
    Days,
    Form,
    Ordered,
    Relation,
    Traits,
    named_in,
)
from edtf_dates.order import put_in_order
from edtf_dates.parts import YEAR_LIMIT
from edtf_dates.reading import SET_LIMIT, plain_days, read
from edtf_dates.spans import SPAN_LIMIT, Span, find_spans, marked_ends
from edtf_dates.stretches import (
    Stretch,
    count_once,
    find_stretches,
    fits,
    gaps_between,
    join_days,
)
from edtf_dates.words import describe
from edtf_dates.writing import write

__all__ = [
    "OPEN_END",
    "OPEN_START",
    "SET_LIMIT",
    "SPAN_LIMIT",
    "TEXT_LIMIT",
    "YEAR_LIMIT",
    "DateError",
    "EventDate",
    "Relation",
    "Span",
    "Stretch",
    "count_once",
    "describe_day",
    "from_ordinal",
    "ordinal",
    "parse_date",
    "spell_year",
    "year_words",
]

# The canonical text of a set of SET_LIMIT dates is no longer, however long its years.
TEXT_LIMIT = 2_000

_PLAIN_TRAITS = {precision: Traits(0, precision) for precision in ("day", "month", "year")}
_PLAIN_INTERVAL = Traits(0, "interval")

_freeze = object.__setattr__  # what an EventDate denies everybody else


class EventDate:
    """A date and what it can mean. Made by `parse_date`; immutable.

    Two dates are equal when their canonical texts are: `Y-17E7` is `Y-170000000`, and
    `[1668,1667]` is `[1667,1668]`. `text` and `level` are of the text as it was given.
    """

    __slots__ = (
        "_canonical",
        "_form",
        "_read",
        "_readings",
        "_spans",
        "_stretches",
        "_traits",
        "_windows",
        "_words",
        "earliest_end",
        "earliest_start",
        "latest_end",
        "latest_start",
        "text",
    )

    text: str
    earliest_start: int | None
    latest_start: int | None
    earliest_end: int | None
    latest_end: int | None
    _traits: Traits
    _read: Form
    _form: Ordered
    _spans: tuple[Span, ...]
    _readings: tuple[Span, ...]
    _stretches: tuple[Stretch, ...]
    _windows: tuple[Span, ...]
    _canonical: str
    _words: str

    def __init__(self, text: str, days: Days, traits: Traits) -> None:
        _freeze(self, "text", text)
        _freeze(self, "earliest_start", days[0])
        _freeze(self, "latest_start", days[1])
        _freeze(self, "earliest_end", days[2])
        _freeze(self, "latest_end", days[3])
        _freeze(self, "_traits", traits)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"an EventDate cannot be changed: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"an EventDate cannot be changed: {name}")

    def __reduce__(self) -> tuple[Callable[[str], EventDate], tuple[str]]:
        return parse_date, (self.text,)

    def __repr__(self) -> str:
        return f"parse_date({self.text!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EventDate):
            return NotImplemented
        return self.text == other.text or self.to_edtf() == other.to_edtf()

    def __hash__(self) -> int:
        return hash(self.to_edtf())

    @property
    def level(self) -> int:
        """The lowest level of the specification that admits the text: 0, 1 or 2."""
        return self._traits.level

    @property
    def relation(self) -> Relation:
        """How `spans` belong together: alternatives of "one" or "one of", or "all of" them."""
        return self._traits.relation

    @property
    def precision(self) -> str:
        """time, day, month, season, quarter, quadrimester, half-year, year, decade, century,
        millennium, years (coarser still), interval or set.

        As in "Unspecified digit(s) from the right", `1985-XX-XX` is of day precision.
        """
        return self._traits.precision

    @property
    def approximate(self) -> bool:
        """Whether any part is marked `~` or `%`."""
        return bool(self._traits.flags & APPROXIMATE)

    @property
    def uncertain(self) -> bool:
        """Whether any part is marked `?` or `%`."""
        return bool(self._traits.flags & UNCERTAIN)

    @property
    def start_open(self) -> bool:
        """Whether the start is `..`: not specified, perhaps because there is none."""
        return self._traits.start_open

    @property
    def start_unknown(self) -> bool:
        """Whether the start of the interval is left blank: there is one, and it is not known."""
        return self._traits.start_unknown

    @property
    def end_open(self) -> bool:
        """Whether the end is `..`: not specified, perhaps because there is none."""
        return self._traits.end_open

    @property
    def end_unknown(self) -> bool:
        """Whether the end of the interval is left blank: there is one, and it is not known."""
        return self._traits.end_unknown

    @property
    def _as_read(self) -> Form:
        """What was read. Plain dates are read again for it."""
        return self._read if hasattr(self, "_read") else read(self.text)[0]

    @property
    def _ordered(self) -> Ordered:
        """What was read, a set in canonical order."""
        try:
            return self._form
        except AttributeError:
            _freeze(self, "_form", put_in_order(self._as_read))
            return self._form

    @property
    def named(self) -> tuple[EventDate, ...]:
        """The dates that the text names: itself, or those of an interval or a set, none twice."""
        return tuple(parse_date(date.text) for date in named_in(self._as_read))

    @property
    def spans(self) -> tuple[Span, ...]:
        """The alternatives, those that meet as one, or the members of "all of", in order of time.

        At most 1,000. Of more, a date is its hull, and ranges of a set become one span each; if
        that is not enough, every member does. The members of a set with unspecified or marked
        components share the 1,000 equally, each the hull where it has more than its share.
        """
        try:
            return self._spans
        except AttributeError:
            _freeze(self, "_spans", find_spans(self._ordered, self.relation, certain=False))
            return self._spans

    @property
    def readings(self) -> tuple[Span, ...]:
        """The spans when every component marked `?`, `~` or `%` is read as unspecified.

        A marked year may be any year at all. Equal to `spans` where nothing is marked.
        """
        if not self._traits.flags:
            return self.spans
        try:
            return self._readings
        except AttributeError:
            _freeze(self, "_readings", find_spans(self._ordered, self.relation, certain=True))
            return self._readings

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """When it can be under way, in order and apart, then when it must be.

        Whatever filters, counts or draws dates goes by these. See `edtf_dates.stretches`.
        """
        try:
            return self._stretches
        except AttributeError:
            found = find_stretches(self.spans, self.readings, self.relation)
            _freeze(self, "_stretches", tuple(found))
            return self._stretches

    @property
    def marked_ends(self) -> tuple[bool, bool]:
        """Whether `?`, `~` or `%` bears on its start, and whether on its end."""
        return marked_ends(self.spans, self.readings) if self._traits.flags else (False, False)

    def to_edtf(self) -> str:
        """The canonical text: equal dates give the same one, and it parses to an equal date."""
        try:
            return self._canonical
        except AttributeError:
            _freeze(self, "_canonical", write(self._ordered, self._traits))
            return self._canonical

    def describe(self) -> str:
        """The date in plain English, with all that is not known about it."""
        try:
            return self._words
        except AttributeError:
            _freeze(self, "_words", describe(self._ordered, self._traits))
            return self._words

    @property
    def _window(self) -> tuple[Span, ...]:
        """The spans it has as a window, where each day of "all of" counts by itself."""
        if self.relation != "all of":
            return self.spans
        try:
            return self._windows
        except AttributeError:
            _freeze(self, "_windows", find_spans(self._ordered, "one of", certain=False))
            return self._windows

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """First and last days of all it can reach, in order and apart: what it means as a window.

        OPEN_START and OPEN_END at open and unknown ends.
        """
        return tuple(join_days(self._window))

    @property
    def is_hull(self) -> bool:
        """Whether its ranges have days that it cannot mean, its alternatives being too many.

        `XXXX-12-25` spans all years, whole.
        """
        return any(span.is_hull for span in self._window)

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """The days before, between and after its ranges, and those only a hull has."""
        return tuple(gaps_between(join_days(span for span in self._window if not span.is_hull)))

    def possibly(self, window: EventDate) -> bool:
        """Whether it can have been under way on some day of the window's ranges."""
        return any(
            stretch.reaches(first, last)
            for first, last in window.ranges
            for stretch in self.stretches
            if not stretch.certain
        )

    def certainly(self, window: EventDate) -> bool:
        """Whether it must have been under way on some day that no gap of the window has.

        Every alternative must be; of "all of", one suffices.
        """
        if len(window.ranges) == 1 and not window.is_hull:
            ((first, last),) = window.ranges
            return any(one.certain and one.reaches(first, last) for one in self.stretches)
        gaps = window.gaps
        sure = (not any(fits(span, gap) for gap in gaps) for span in self.readings)
        return any(sure) if self.relation == "all of" else all(sure)


def parse_date(text: str) -> EventDate:
    """The date that an EDTF string of level 0, 1 or 2 means; else raises DateError.

    A text has at most `TEXT_LIMIT` characters, a set names at most `SET_LIMIT` dates.
    """
    start, slash, end = text.partition("/")
    first = plain_days(start)
    if first is not None:
        low, high, precision = first
        if not slash:
            return EventDate(text, (low, high, low, high), _PLAIN_TRAITS[precision])
        last = plain_days(end)
        if last is not None and low <= last[1]:
            days = (low, min(high, last[1]), max(low, last[0]), last[1])
            return EventDate(text, days, _PLAIN_INTERVAL)
    return _parse_any(text)


def _parse_any(text: str) -> EventDate:
    if len(text) > TEXT_LIMIT:
        message = (
            f"a date has at most {TEXT_LIMIT:,} characters: write the interval it lies in, "
            "or the days that follow each other as a range"
        )
        raise DateError(message, text, TEXT_LIMIT)
    try:
        form, days, traits = read(text)
    except PartError as fault:
        raise DateError(fault.message, text, fault.position) from None
    date = EventDate(text, days, traits)
    _freeze(date, "_read", form)
    return date
