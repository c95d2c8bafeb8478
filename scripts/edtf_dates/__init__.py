"""EDTF dates: parses EDTF text, and says which days it can mean.

The reference is the Library of Congress "Extended Date/Time Format (EDTF) Specification"
(4 February 2019), levels 0, 1 and 2: the profile of ISO 8601-1 and ISO 8601-2:2019.
Docstrings and comments cite its sections by their headings.

A date means four days: the earliest and the latest day on which it can have begun, and the
earliest and the latest on which it can have ended. Days are proleptic Gregorian ordinals: 1 is
0001-01-01, 0 is the last day of the year 0000, which is 1 BCE. None is no bound: before
everything for an `earliest_` day, after everything for a `latest_` one.

Where the specification leaves room, this package decides as follows.

- Date and Time: seconds are required, and `24:00:00` is refused (ISO 8601-1:2019). Second 60 is
  allowed at 23:59 UTC, and at any time without an offset. The day is the calendar day as written,
  whatever the offset. Only a single complete date without marks can have a time.
- Time Interval: an interval begins and ends somewhere within the dates given, and never ends
  before it begins: `2005/2005-06` began by 30 June. Where the unspecified digits of an end leave
  gaps (`2004-XX-15`), it is cut at the other end, not at the last matching day.
- Extended Interval: an open or unknown end says only that it is not before the start. `../..`,
  `/..` and `../` are allowed; `/` says nothing and is refused.
- Letter-prefixed calendar year: "only when the year exceeds four digits" excludes `Y2015`.
  Leading zeros are refused. A `Y` year has no month. No year is further from zero than 10^12.
- Negative calendar year: it may have a month and a day. `-0000` is refused.
- Exponential year: `Y1E3` is allowed, although it has four digits.
- Seasons: 21 to 24 cover the meteorological seasons (three whole months) of both hemispheres, and
  what lies between. A season that crosses New Year belongs to the year in which it begins.
- Significant digits: they are counted from the first digit that is not 0, and are at most as many
  as the year has. "Estimated" sets no flag, since the years it can be are given. Only a year
  without a month has them.
- Set representation: a range needs two dates of one precision without unspecified digits, in
  order. `..` with one date stands first or last. An "all of" began with the member that began
  first and ended with the last to end. A set names at most 80 dates, a range naming two.
- Qualification: a mark on the right of a component adds to those on its left: the year of
  `?2004-06~` is uncertain and approximate. A marked date must still be in the calendar.
- Unspecified Digit: an unspecified month is a calendar month, never a season. Only days of the
  calendar count: `XXXX-02-29` is in a leap year, `2015-04-3X` is the 30th.

The modules: `parser` turns text into a form (`syntax`), with the help of `components` (one date
into year, month and day), `patterns` and `days` (the calendar) and `errors`. From the form come
its `spans`, `stretches`, `canonical` text and `words`; `units` numbers the dates of a set, `bounds`
has days and spans. `guesses` reads what is not EDTF, and `suggestions` says what to write instead.
`cells` reads the dates of any table, with `clock` for times of day; `four_days` has the dates that
no EDTF says. `explain` prints a date line by line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from edtf_dates.bounds import OPEN_END, OPEN_START, FourDays, Span
from edtf_dates.canonical import canonical_form, render_edtf
from edtf_dates.components import YEAR_LIMIT
from edtf_dates.days import describe_day, from_ordinal, ordinal, spell_year, year_words
from edtf_dates.errors import DateError, ParseError
from edtf_dates.parser import SET_LIMIT, common_days, parse
from edtf_dates.spans import SPAN_LIMIT, find_spans, marked_ends
from edtf_dates.stretches import (
    Stretch,
    count_once,
    find_stretches,
    fits,
    gaps_between,
    join_days,
)
from edtf_dates.syntax import (
    APPROXIMATE,
    UNCERTAIN,
    CanonicalForm,
    Form,
    Relation,
    Traits,
    named_in,
)
from edtf_dates.words import describe

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

# The greatest length of a text. No canonical text of a set of SET_LIMIT dates is longer.
TEXT_LIMIT = 2_000

_COMMON_TRAITS = {precision: Traits(0, precision) for precision in ("day", "month", "year")}
_COMMON_INTERVAL = Traits(0, "interval")

# Assigns attributes of an EventDate, whose own __setattr__ refuses.
_assign = object.__setattr__


class EventDate:
    """An EDTF date and what it can mean. Made by `parse_date`; immutable, hashable, picklable.

    Two dates are equal if their canonical texts are: `Y-17E7` equals `Y-170000000`, and
    `[1668,1667]` equals `[1667,1668]`. `text` and `level` are those of the text as given.

    `earliest_start`, `latest_start`, `earliest_end` and `latest_end` are its four days as
    ordinals, over all spans; None is no bound.
    """

    __slots__ = (
        "_canonical_form",
        "_canonical_text",
        "_form",
        "_readings",
        "_spans",
        "_stretches",
        "_traits",
        "_window",
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
    # These are made when they are first asked for.
    _form: Form
    _canonical_form: CanonicalForm
    _canonical_text: str
    _words: str
    _spans: tuple[Span, ...]
    _readings: tuple[Span, ...]
    _stretches: tuple[Stretch, ...]
    _window: tuple[Span, ...]

    def __init__(self, text: str, days: FourDays, traits: Traits) -> None:
        _assign(self, "text", text)
        _assign(self, "earliest_start", days[0])
        _assign(self, "latest_start", days[1])
        _assign(self, "earliest_end", days[2])
        _assign(self, "latest_end", days[3])
        _assign(self, "_traits", traits)

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

    # --- What the text says ------------------------------------------------------------------

    @property
    def level(self) -> int:
        """The lowest level of the specification that admits the text: 0, 1 or 2."""
        return self._traits.level

    @property
    def relation(self) -> Relation:
        """How `spans` belong together: alternatives of "one" or "one of", or "all of" them.

        "one of" is a set in square brackets, "all of" one in curly brackets (Level 2, Set
        representation), "one" everything else.
        """
        return self._traits.relation

    @property
    def precision(self) -> str:
        """The unit of the finest component, or interval or set.

        One of time, day, month, season, quarter, quadrimester, half-year, year, decade, century,
        millennium, years (coarser still), interval, set. An unspecified component counts:
        `1985-XX-XX` has day precision (Level 1, Unspecified digit(s) from the right).
        """
        return self._traits.precision

    @property
    def approximate(self) -> bool:
        """Whether any component is marked `~` or `%` (Level 1, Qualification of a date)."""
        return bool(self._traits.flags & APPROXIMATE)

    @property
    def uncertain(self) -> bool:
        """Whether any component is marked `?` or `%` (Level 1, Qualification of a date)."""
        return bool(self._traits.flags & UNCERTAIN)

    @property
    def marked_ends(self) -> tuple[bool, bool]:
        """Whether `?`, `~` or `%` changes when it can start, and whether when it can end."""
        return marked_ends(self.spans, self.readings) if self._traits.flags else (False, False)

    @property
    def start_open(self) -> bool:
        """Whether the start is `..`: none is given (Level 1, Extended Interval; Level 2, Sets)."""
        return self._traits.start_open

    @property
    def start_unknown(self) -> bool:
        """Whether the start of an interval is blank: not known (Level 1, Extended Interval)."""
        return self._traits.start_unknown

    @property
    def end_open(self) -> bool:
        """Whether the end is `..`: none is given (Level 1, Extended Interval; Level 2, Sets)."""
        return self._traits.end_open

    @property
    def end_unknown(self) -> bool:
        """Whether the end of an interval is blank: not known (Level 1, Extended Interval)."""
        return self._traits.end_unknown

    @property
    def named(self) -> tuple[EventDate, ...]:
        """The dates in the text: itself, or those of an interval or set, without duplicates."""
        return tuple(parse_date(date.text) for date in named_in(self._parsed_form))

    @property
    def _parsed_form(self) -> Form:
        """The form of the text. Common dates, which `parse_date` reads without, parse it here."""
        return self._form if hasattr(self, "_form") else parse(self.text)[0]

    @property
    def _in_order(self) -> CanonicalForm:
        """The form, a set in canonical order."""
        try:
            return self._canonical_form
        except AttributeError:
            _assign(self, "_canonical_form", canonical_form(self._parsed_form))
            return self._canonical_form

    def to_edtf(self) -> str:
        """The canonical text. It is the same for equal dates, and parses to an equal date."""
        try:
            return self._canonical_text
        except AttributeError:
            _assign(self, "_canonical_text", render_edtf(self._in_order, self._traits))
            return self._canonical_text

    def describe(self) -> str:
        """The date in plain English, with all that is not known about it."""
        try:
            return self._words
        except AttributeError:
            _assign(self, "_words", describe(self._in_order, self._traits))
            return self._words

    # --- What it can mean --------------------------------------------------------------------

    @property
    def spans(self) -> tuple[Span, ...]:
        """The alternatives, or the members of "all of", in order of time.

        Alternatives that adjoin or overlap are one span. There are at most SPAN_LIMIT: a date of
        more alternatives is one span, their hull. In a set, members with unspecified or marked
        components share SPAN_LIMIT equally, and each is its hull where it needs more; the ranges
        of an "all of" are one span each where their dates are more.
        """
        try:
            return self._spans
        except AttributeError:
            _assign(self, "_spans", find_spans(self._in_order, self.relation, certain=False))
            return self._spans

    @property
    def readings(self) -> tuple[Span, ...]:
        """The spans if every component marked `?`, `~` or `%` is taken as unspecified.

        With a marked year the span has no bounds. Equal to `spans` where nothing is marked.
        """
        if not self._traits.flags:
            return self.spans
        try:
            return self._readings
        except AttributeError:
            _assign(self, "_readings", find_spans(self._in_order, self.relation, certain=True))
            return self._readings

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The days on which it can be under way, then those on which it must be.

        Possible stretches are in order and do not adjoin. Filters, counts and drawings decide
        by stretches alone (see `edtf_dates.stretches`).
        """
        try:
            return self._stretches
        except AttributeError:
            found = find_stretches(self.spans, self.readings, self.relation)
            _assign(self, "_stretches", tuple(found))
            return self._stretches

    # --- Windows -----------------------------------------------------------------------------

    def possibly(self, window: EventDate) -> bool:
        """Whether it can be under way on some day of the window's `ranges`."""
        return any(
            stretch.reaches(first, last)
            for first, last in window.ranges
            for stretch in self.stretches
            if not stretch.certain
        )

    def certainly(self, window: EventDate) -> bool:
        """Whether it must be under way on some day that is in none of the window's `gaps`.

        Of alternatives each must be; of "all of", one is enough.
        """
        if len(window.ranges) == 1 and not window.is_hull:
            ((first, last),) = window.ranges
            return any(one.certain and one.reaches(first, last) for one in self.stretches)
        gaps = window.gaps
        certain = (not any(fits(span, gap) for gap in gaps) for span in self.readings)
        return any(certain) if self.relation == "all of" else all(certain)

    @property
    def _window_spans(self) -> tuple[Span, ...]:
        """The spans it has as a window: of a set, whatever its brackets, each day of any member."""
        if self.relation != "all of":
            return self.spans
        try:
            return self._window
        except AttributeError:
            _assign(self, "_window", find_spans(self._in_order, "one of", certain=False))
            return self._window

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """As a window: first and last day of each range of days, in order, with gaps between.

        OPEN_START and OPEN_END stand for open and unknown ends.
        """
        return tuple(join_days(self._window_spans))

    @property
    def is_hull(self) -> bool:
        """As a window: whether `ranges` have days that it cannot mean.

        So it is where the alternatives are more than SPAN_LIMIT: `XXXX-12-25` has one range,
        from the first of its days to the last.
        """
        return any(span.is_hull for span in self._window_spans)

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """As a window: the ranges of days before, between and after `ranges`.

        What only a hull has is a gap too.
        """
        exact = (span for span in self._window_spans if not span.is_hull)
        return tuple(gaps_between(join_days(exact)))


def parse_date(text: str) -> EventDate:
    """Parse an EDTF string of level 0, 1 or 2. Raises DateError if it is not one.

    A text has at most TEXT_LIMIT characters, a set names at most SET_LIMIT dates, and no year is
    further from zero than YEAR_LIMIT.
    """
    start, slash, end = text.partition("/")
    first = common_days(start)
    if first is not None:
        low, high, precision = first
        if not slash:
            return EventDate(text, (low, high, low, high), _COMMON_TRAITS[precision])
        last = common_days(end)
        if last is not None and low <= last[1]:
            days = (low, min(high, last[1]), max(low, last[0]), last[1])
            return EventDate(text, days, _COMMON_INTERVAL)
    return _parse_any(text)


def _parse_any(text: str) -> EventDate:
    if len(text) > TEXT_LIMIT:
        message = (
            f"a date has at most {TEXT_LIMIT:,} characters: write the interval it lies in, "
            "or the days that follow each other as a range"
        )
        raise DateError(message, text, TEXT_LIMIT)
    try:
        form, days, traits = parse(text)
    except ParseError as error:
        raise DateError(error.message, text, error.position) from None
    date = EventDate(text, days, traits)
    _assign(date, "_form", form)
    return date
