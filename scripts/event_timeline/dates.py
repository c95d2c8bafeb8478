"""Dates that say how sure they are: EDTF text in, the days it can mean out.

The reference is the Library of Congress "Extended Date/Time Format (EDTF) Specification"
(4 February 2019), levels 0, 1 and 2, the profile of ISO 8601-1 and ISO 8601-2:2019.
Sections are cited here by their headings there.

A date means four days: the earliest and the latest it can have begun, the earliest and the
latest it can have ended. Days are proleptic Gregorian ordinals: 1 is 0001-01-01, 0 is the last
day of the year 0000, which is 1 BCE. None is no bound: before everything for an `earliest_`,
after everything for a `latest_`.

Where the specification leaves room, this module decides as follows.

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
  ended with its last.
- Qualification: a character on the right of a component adds to those on its left, so
  `?2004-06~` has an uncertain and approximate year. A qualified date must still be
  a real one.
- Unspecified Digit: an unspecified month is a calendar month, never a season, and only real days
  count: `XXXX-02-29` is in a leap year, `2015-04-3X` is the 30th.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date as _calendar
from functools import lru_cache
from itertools import groupby, product
from math import inf
from typing import Literal, NamedTuple, NoReturn, TypeAlias

Relation = Literal["one", "one of", "all of"]

YEAR_LIMIT = 10**12
SPAN_LIMIT = 1_000

_Bound: TypeAlias = int | None
_Range: TypeAlias = tuple[_Bound, _Bound]
_Days: TypeAlias = tuple[_Bound, _Bound, _Bound, _Bound]

_UNCERTAIN = 1
_APPROXIMATE = 2
_FLAGS = {None: 0, "?": _UNCERTAIN, "~": _APPROXIMATE, "%": _UNCERTAIN | _APPROXIMATE}
_MARKS = ("", "?", "~", "%")
_FLAG_WORDS = ("", "uncertain", "approximate", "uncertain and approximate")

_MONTH_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS_BEFORE = (0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_CYCLE_DAYS = 146_097  # the days of 400 Gregorian years

_MONTH_NAMES = (
    "",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class _Season(NamedTuple):
    """A sub-year grouping: its first month, its length in months, its words, its family."""

    first_month: int
    months: int
    words: str
    family: int  # the first code of the codes that follow each other round the year
    cycle: int  # how many codes the family has
    precision: str


# Sub-year groupings. 21 to 24 cover both hemispheres; 28 and 30 run from December to February.
_SEASONS = {
    21: _Season(3, 9, "spring {}", 21, 4, "season"),
    22: _Season(6, 9, "summer {}", 21, 4, "season"),
    23: _Season(3, 9, "autumn {}", 21, 4, "season"),
    24: _Season(6, 9, "winter {}", 21, 4, "season"),
    25: _Season(3, 3, "spring {} (Northern Hemisphere)", 25, 4, "season"),
    26: _Season(6, 3, "summer {} (Northern Hemisphere)", 25, 4, "season"),
    27: _Season(9, 3, "autumn {} (Northern Hemisphere)", 25, 4, "season"),
    28: _Season(12, 3, "winter {} (Northern Hemisphere)", 25, 4, "season"),
    29: _Season(9, 3, "spring {} (Southern Hemisphere)", 29, 4, "season"),
    30: _Season(12, 3, "summer {} (Southern Hemisphere)", 29, 4, "season"),
    31: _Season(3, 3, "autumn {} (Southern Hemisphere)", 29, 4, "season"),
    32: _Season(6, 3, "winter {} (Southern Hemisphere)", 29, 4, "season"),
    33: _Season(1, 3, "the first quarter of {}", 33, 4, "quarter"),
    34: _Season(4, 3, "the second quarter of {}", 33, 4, "quarter"),
    35: _Season(7, 3, "the third quarter of {}", 33, 4, "quarter"),
    36: _Season(10, 3, "the fourth quarter of {}", 33, 4, "quarter"),
    37: _Season(1, 4, "the first four months of {}", 37, 3, "quadrimester"),
    38: _Season(5, 4, "the middle four months of {}", 37, 3, "quadrimester"),
    39: _Season(9, 4, "the last four months of {}", 37, 3, "quadrimester"),
    40: _Season(1, 6, "the first half of {}", 40, 2, "half-year"),
    41: _Season(7, 6, "the second half of {}", 40, 2, "half-year"),
}


class DateError(ValueError):
    """Text that is not EDTF: `message` says what is wrong and what would be right.

    `position` is the index in `text` of the first character that is wrong.
    """

    def __init__(self, message: str, text: str, position: int) -> None:
        super().__init__(message, text, position)
        self.message = message
        self.text = text
        self.position = position

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= 80 else self.text[:77] + "..."
        return f"{self.message} (character {self.position + 1} of {shown!r})"


class _PartError(Exception):
    """What is wrong with a part of the text, at a position within that part."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message, position)
        self.message = message
        self.position = position


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of time by its four days; None is no bound on that side."""

    earliest_start: int | None
    latest_start: int | None
    earliest_end: int | None
    latest_end: int | None


# --- Days -----------------------------------------------------------------------------------


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _month_days(year: int, month: int) -> int:
    return 29 if month == 2 and _is_leap(year) else _MONTH_DAYS[month]


def _day(year: int, month: int, day: int) -> int:
    """The ordinal of a day known to be real."""
    past = year - 1
    leap = month > 2 and _is_leap(year)
    return past * 365 + past // 4 - past // 100 + past // 400 + _DAYS_BEFORE[month] + leap + day


def ordinal(year: int, month: int, day: int) -> int:
    """The day's proleptic Gregorian ordinal: 1 is 0001-01-01, and any year will do.

    Years are astronomical: 0 is 1 BCE. Raises ValueError where the calendar has no such day.
    """
    if not 1 <= month <= 12:
        raise ValueError(f"no month {month}: months are 1 to 12")
    if not 1 <= day <= _month_days(year, month):
        raise ValueError(
            f"no day {day}: {_MONTH_NAMES[month]} {year} has {_month_days(year, month)} days"
        )
    return _day(year, month, day)


def from_ordinal(n: int) -> tuple[int, int, int]:
    """Year, month and day of an ordinal: the inverse of `ordinal`."""
    cycles, day = divmod(n - 1, _CYCLE_DAYS)
    found = _calendar.fromordinal(day + 1)
    return found.year + 400 * cycles, found.month, found.day


def describe_day(n: int) -> str:
    """The day in words: 735,675 is "18 March 2015", and `15 March 44 BCE` is one too."""
    year, month, day = from_ordinal(n)
    return f"{day} {_MONTH_NAMES[month]} {_year_words(year)}"


# --- What was read --------------------------------------------------------------------------


class _Parts(NamedTuple):
    """The components of one date as written, `X` for an unspecified digit."""

    negative: bool
    year: str  # digits; without the exponent, which is worked in
    significant: int | None
    month: str | None  # a month or a sub-year grouping
    day: str | None
    flags: tuple[int, int, int]  # of year, month and day


class _Date(NamedTuple):
    """One date: the first and the last day it can be on. Its parts are in its text."""

    text: str
    low: int
    high: int
    level: int
    precision: str
    flags: int
    loose: bool  # has digits that are unspecified or not significant


class _Interval(NamedTuple):
    start: _Date | None
    end: _Date | None


class _Member(NamedTuple):
    """An element of a set; a range if the two differ, open where one is None."""

    first: _Date | None
    last: _Date | None


class _Set(NamedTuple):
    members: tuple[_Member, ...]


_Form: TypeAlias = _Date | _Interval | _Set


class _Traits(NamedTuple):
    """What is true of a date whatever its days: shared by all plain dates of a kind."""

    level: int
    precision: str
    relation: Relation = "one"
    flags: int = 0
    start_open: bool = False
    start_unknown: bool = False
    end_open: bool = False
    end_unknown: bool = False


_PLAIN_TRAITS = {precision: _Traits(0, precision) for precision in ("day", "month", "year")}
_PLAIN_INTERVAL = _Traits(0, "interval")

_freeze = object.__setattr__


class EventDate:
    """A date and what it can mean. Made by `parse_date`; immutable.

    Two dates are equal when their canonical texts are: `Y-17E7` is `Y-170000000`, and
    `[1668,1667]` is `[1667,1668]`. `text` and `level` are of the text as it was given.
    """

    __slots__ = (
        "_canonical",
        "_certain",
        "_form",
        "_spans",
        "_traits",
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
    _traits: _Traits
    _form: _Form
    _spans: tuple[Span, ...]
    _certain: tuple[Span, ...]
    _canonical: str

    def __init__(self, text: str, days: _Days, traits: _Traits) -> None:
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
        return bool(self._traits.flags & _APPROXIMATE)

    @property
    def uncertain(self) -> bool:
        """Whether any part is marked `?` or `%`."""
        return bool(self._traits.flags & _UNCERTAIN)

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
    def _known_form(self) -> _Form:
        """What was read. Plain dates are read again when this is first asked for."""
        try:
            return self._form
        except AttributeError:
            _freeze(self, "_form", _read(self.text)[0])
            return self._form

    @property
    def spans(self) -> tuple[Span, ...]:
        """The alternatives, or for "all of" the joint stretches, in order of time.

        At most 1,000. Of more, ranges of a set become one span each; if that is not enough, or the
        date is not a set, the hull is the only span.
        """
        try:
            return self._spans
        except AttributeError:
            _freeze(self, "_spans", self._find_spans(certain=False))
            return self._spans

    @property
    def certain(self) -> tuple[Span, ...]:
        """The spans when every component marked `?`, `~` or `%` is read as unspecified.

        A marked year may be any year at all. Equal to `spans` where nothing is marked.
        """
        if not self._traits.flags:
            return self.spans
        try:
            return self._certain
        except AttributeError:
            _freeze(self, "_certain", self._find_spans(certain=True))
            return self._certain

    def _find_spans(self, *, certain: bool) -> tuple[Span, ...]:
        form = self._known_form
        if isinstance(form, _Date):
            return tuple(Span(*ends, *ends) for ends in _date_ranges(form, certain))
        if isinstance(form, _Interval):
            return (Span(*_interval_days(*(_ends(end, certain) for end in form))),)
        return _set_spans(form, self.relation, certain)

    def to_edtf(self) -> str:
        """The canonical text: equal dates give the same one, and it parses to an equal date."""
        try:
            return self._canonical
        except AttributeError:
            _freeze(self, "_canonical", _canonical_text(self))
            return self._canonical

    def describe(self) -> str:
        """The date in plain English, with all that is not known about it."""
        return _describe(self)

    def possibly(self, window: EventDate) -> bool:
        """Whether it can have been under way on some day of the window.

        The window is all the days its spans can reach, unbounded at open and unknown ends.
        """
        return any(
            _low(span.earliest_start) <= last and first <= _high(span.latest_end)
            for first, last in _window(window)
            for span in self.spans
        )

    def certainly(self, window: EventDate) -> bool:
        """Whether it must have been under way on some day of the window, in every reading.

        Every alternative must be; of "all of", one suffices.
        """
        gaps = _gaps(_window(window))
        sure = (not any(_fits(span, gap) for gap in gaps) for span in self.certain)
        return any(sure) if self.relation == "all of" else all(sure)


# Rows that follow each other often have one date, and a date never changes.
@lru_cache(maxsize=1_000)
def parse_date(text: str) -> EventDate:
    """The date that an EDTF string of level 0, 1 or 2 means; else raises DateError."""
    start, slash, end = text.partition("/")
    first = _plain(start)
    if first is not None:
        low, high, precision = first
        if not slash:
            return EventDate(text, (low, high, low, high), _PLAIN_TRAITS[precision])
        last = _plain(end)
        if last is not None and low <= last[1]:
            days = (low, min(high, last[1]), max(low, last[0]), last[1])
            return EventDate(text, days, _PLAIN_INTERVAL)
    return _parse_any(text)


def _parse_any(text: str) -> EventDate:
    try:
        form, days, traits = _read(text)
    except _PartError as fault:
        raise DateError(fault.message, text, fault.position) from None
    date = EventDate(text, days, traits)
    _freeze(date, "_form", form)
    return date


# --- Reading --------------------------------------------------------------------------------


def _plain(text: str) -> tuple[int, int, str] | None:
    """First and last day of a level 0 date of the years 1 to 9999; None for anything else."""
    size = len(text)
    try:
        if size == 10 and text[4] == "-" == text[7]:
            day = _calendar.fromisoformat(text).toordinal()
            return day, day, "day"
        if size == 7 and text[4] == "-":
            first = _calendar.fromisoformat(text + "-01")
            low = first.toordinal()
            return low, low + _month_days(first.year, first.month) - 1, "month"
        if size == 4 and text.isdecimal() and text.isascii():
            low = _calendar(int(text), 1, 1).toordinal()
            return low, low + (365 if _is_leap(int(text)) else 364), "year"
    except ValueError:
        pass  # not plain: the full reader says what it is, or what is wrong with it
    return None


def _read(text: str) -> tuple[_Form, _Days, _Traits]:
    """What the text says, its four days, and its traits."""
    if text[:1] in ("[", "{"):
        return _read_set(text)
    if "/" in text:
        return _read_interval(text)
    date = _read_time(text) if "T" in text[1:] else _read_date(text)
    days = (date.low, date.high, date.low, date.high)
    return date, days, _Traits(date.level, date.precision, flags=date.flags)


def _read_at(text: str, offset: int) -> _Date:
    """A date that begins at the offset of a longer text."""
    try:
        return _read_date(text)
    except _PartError as fault:
        raise _PartError(fault.message, fault.position + offset) from None


def _read_date(text: str) -> _Date:
    plain = _plain(text)
    if plain is not None:
        return _Date(text, plain[0], plain[1], 0, plain[2], 0, False)
    parts, level = _split(text)
    low, high = _hull(text, parts)
    flags = parts.flags[0] | parts.flags[1] | parts.flags[2]
    loose = "X" in text or parts.significant is not None
    return _Date(text, low, high, level, _precision(parts), flags, loose)


_DATE = re.compile(
    r"([?~%])?(-?)([0-9X]{4})(?:S([0-9]+))?([?~%])?"
    r"(?:-([?~%])?([0-9X]{2})([?~%])?(?:-([?~%])?([0-9X]{2})([?~%])?)?)?"
)
_YEAR_GROUP, _DIGITS_GROUP, _MONTH_GROUP, _DAY_GROUP = 3, 4, 7, 10
_LONG_YEAR = re.compile(r"([?~%])?Y(-?)([0-9X]+)(?:E([0-9]+))?(?:S([0-9]+))?([?~%])?")


def _split(text: str) -> tuple[_Parts, int]:
    """The components of a date, and the level that admits them."""
    match = _DATE.fullmatch(text)
    if match is None:
        return _split_long_year(text)
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
        _fail("there is no year -0000: the year 0, 1 BCE, is 0000", match.start(2))
    parts = _Parts(bool(sign), year, significant, month, day, flags)
    level = 2 if inner or digits else max(_digits_level(parts), int(any(flags) or bool(sign)))
    return parts, level


def _digits_level(parts: _Parts) -> int:
    """The level of the digits alone: unspecified ones and sub-year groupings."""
    _, year, _, month, day, _ = parts
    if month is None:
        return 0 if "X" not in year else 1 if _SIMPLE_YEAR.fullmatch(year) else 2
    if day is None and _is_season(month):
        return 2 if "X" in year or int(month) > 24 else 1
    digits = f"{year}-{month}-{day}" if day else f"{year}-{month}"
    if "X" not in digits:
        return 0
    return 1 if _SIMPLE_DATE.fullmatch(digits) else 2


# The four cases of "Unspecified digit(s) from the right".
_SIMPLE_YEAR = re.compile(r"[0-9]{2}(?:[0-9]X|XX)")
_SIMPLE_DATE = re.compile(r"[0-9]{4}-(?:XX(?:-XX)?|[0-9]{2}-XX)")


def _split_long_year(text: str) -> tuple[_Parts, int]:
    match = _LONG_YEAR.fullmatch(text)
    if match is None:
        _explain(text)
    left, sign, year, exponent, digits, right = match.groups()
    written = _expand(match, year, exponent)
    _check_long_year(match, year, written, exponent is not None)
    significant = None if digits is None else _significant(match, 5, written, None)
    if len(written) < 4:
        written = written.zfill(4)
    parts = _Parts(
        bool(sign), written, significant, None, None, (_FLAGS[left] | _FLAGS[right], 0, 0)
    )
    return parts, 2 if left or exponent or digits or "X" in year else 1


def _expand(match: re.Match[str], year: str, exponent: str | None) -> str:
    """The digits with the exponent worked in, which is refused before it takes memory."""
    if exponent is None:
        return year
    if "X" in year:
        _fail(
            "an exponential year cannot have unspecified digits", match.start(3) + year.index("X")
        )
    if exponent[0] == "0":
        _fail("the exponent is a positive number without leading zeros", match.start(4))
    if len(exponent) > 2 or int(exponent) > 12:
        _fail_beyond(match.start(3))
    return year + "0" * int(exponent)


def _check_long_year(match: re.Match[str], year: str, written: str, exponential: bool) -> None:
    at = match.start(3)
    if year[0] == "0":
        _fail("a year after Y has no leading zeros", at)
    if len(written) > 13 or int(written.replace("X", "9")) > YEAR_LIMIT:
        _fail_beyond(at)
    if len(written) < 5 and not exponential:
        short = match[2] + year.zfill(4)
        _fail(f"Y is only for years of more than four digits: write {short}", match.start(0))


def _fail_beyond(position: int) -> NoReturn:
    _fail("the year is beyond 10^12: no year may be further from zero", position)


def _significant(match: re.Match[str], group: int, year: str, month: str | None) -> int | None:
    """The number after S, from 1 to the number of digits of the year; None when it is all."""
    at = match.start(group)
    if month is not None:
        _fail("only a year alone has significant digits: leave out S or the month", at - 1)
    if "X" in year:
        _fail("a year has significant digits or unspecified ones, not both", at - 1)
    most = len(str(int(year)))
    written = match[group]
    if written[0] == "0" or len(written) > 2 or int(written) > most:
        _fail(f"the year has {most} significant digits: after S write 1 to {most}", at)
    return int(written) if int(written) < most else None


def _is_loose(parts: _Parts) -> bool:
    return parts.significant is not None or "X" in parts.year + (parts.month or "") + (
        parts.day or ""
    )


def _precision(parts: _Parts) -> str:
    if parts.day is not None:
        return "day"
    if parts.month is not None:
        return _SEASONS[int(parts.month)].precision if _is_season(parts.month) else "month"
    loose = len(parts.year) - len(parts.year.rstrip("X"))
    if parts.significant is not None:
        loose = len(parts.year.lstrip("0") or "0") - parts.significant
    return ("year", "decade", "century", "millennium")[loose] if loose < 4 else "years"


def _is_season(month: str) -> bool:
    return "X" not in month and int(month) > 12


def _hull(text: str, parts: _Parts) -> tuple[int, int]:
    """The first and the last day the parts can mean; refuses what is not in the calendar."""
    first_year, last_year = _year_bounds(parts)
    if parts.month is None:
        return _day(first_year, 1, 1), _day(last_year, 12, 31)
    if _is_season(parts.month):
        _check_season(text, parts)
        season = _SEASONS[int(parts.month)]
        return _season_days(first_year, season)[0], _season_days(last_year, season)[1]
    months = _matching(parts.month, 12)
    if not months:
        _fail_month(text, parts.month)
    if parts.day is None:
        last = _month_days(last_year, months[-1])
        return _day(first_year, months[0], 1), _day(last_year, months[-1], last)
    days = _matching(parts.day, 31)
    low = _edge_day(parts, first_year, months, days, 1)
    high = _edge_day(parts, last_year, months, days, -1)
    if low is None or high is None:
        _fail_day(text, parts, months, days)
    return low, high


def _edge_day(
    parts: _Parts, year: int, months: tuple[int, ...], days: tuple[int, ...], step: Literal[1, -1]
) -> int | None:
    """The first real day of the pattern, or for step -1 the last; the year is its outermost."""
    if months == (2,) and days == (29,) and not _is_leap(year):
        years = _years(parts, backwards=step < 0)
        return next((_day(leap, 2, 29) for leap in years if _is_leap(leap)), None)
    for month in months[::step]:
        length = _month_days(year, month)
        for day in days[::step]:
            if day <= length:
                return _day(year, month, day)
    return None


@lru_cache(maxsize=256)
def _matching(pattern: str, last: int) -> tuple[int, ...]:
    """The numbers from 1 that two digits, some of them `X`, can stand for."""
    return tuple(
        number
        for number in range(1, last + 1)
        if all(sign in ("X", digit) for sign, digit in zip(pattern, f"{number:02}", strict=True))
    )


def _year_bounds(parts: _Parts) -> tuple[int, int]:
    if parts.significant is not None:
        year = int(parts.year)
        step = 10 ** (len(str(year)) - parts.significant)
        least, most = year // step * step, year // step * step + step - 1
    elif "X" in parts.year:
        least, most = _pattern_bounds(parts.year, parts.negative)
    else:
        least = most = int(parts.year)
    return (-most, -least) if parts.negative else (least, most)


def _pattern_bounds(year: str, negative: bool) -> tuple[int, int]:
    """Least and greatest number of a pattern; a negative one is not 0, a long one not short."""
    lowest = year.replace("X", "0")
    if len(year) > 4 and year[0] == "X":
        lowest = "1" + lowest[1:]
    if negative and not int(lowest):
        last = year.rindex("X")
        lowest = lowest[:last] + "1" + lowest[last + 1 :]
    return int(lowest), int(year.replace("X", "9"))


def _years(parts: _Parts, *, backwards: bool = False) -> Iterable[int]:
    """The years of a four-digit pattern, in order of time."""
    free = parts.year.strip("0123456789")
    if "".join(dict.fromkeys(free)) in ("", "X"):  # one run of X: the years are evenly spaced
        step = 10 ** (len(parts.year) - len(parts.year.rstrip("0123456789"))) if free else 1
        first, last = _year_bounds(parts)
        return range(last, first - 1, -step) if backwards else range(first, last + 1, step)
    return _scattered_years(parts, backwards)


def _scattered_years(parts: _Parts, backwards: bool) -> Iterator[int]:
    free = "9876543210" if parts.negative != backwards else "0123456789"
    for digits in product(*(free if digit == "X" else digit for digit in parts.year)):
        year = int("".join(digits))
        if year or not parts.negative:
            yield -year if parts.negative else year


def _season_days(year: int, season: _Season) -> tuple[int, int]:
    years, month = divmod(season.first_month - 1 + season.months, 12)
    return _day(year, season.first_month, 1), _day(year + years, month + 1, 1) - 1


# --- Times ----------------------------------------------------------------------------------

_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:(Z)|([+-])([0-9]{2})(?::([0-9]{2}))?)?")


def _read_time(text: str) -> _Date:
    """A date and a time: the calendar day as written (Date and Time)."""
    before, _, after = text.partition("T")
    date = _read_date(before)
    offset = len(before) + 1
    if date.precision != "day" or date.flags or date.loose:
        _fail("a time of day needs a complete date without X, ?, ~ or %, such as 2015-03-18", 0)
    match = _TIME.fullmatch(after)
    if match is None:
        _fail(
            "a time is written hh:mm:ss, with nothing, Z, an hour such as -04 or "
            "an hour and minutes such as +04:30 after it",
            offset,
        )
    _check_time(match, offset)
    return date._replace(text=text, precision="time")


def _check_time(match: re.Match[str], offset: int) -> None:
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    if hour > 23:
        _fail("hours are 00 to 23", offset + match.start(1))
    if minute > 59:
        _fail("minutes are 00 to 59", offset + match.start(2))
    shift_hour, shift_minute = int(match[6] or 0), int(match[7] or 0)
    if shift_hour > 23:
        _fail("the hours of an offset are 00 to 23", offset + match.start(6))
    if shift_minute > 59:
        _fail("the minutes of an offset are 00 to 59", offset + match.start(7))
    shift = shift_hour * 60 + shift_minute
    if match[5] == "-" and not shift:
        _fail("an offset of zero is Z or +00:00", offset + match.start(5))
    universal = (hour * 60 + minute + (shift if match[5] == "-" else -shift)) % 1440
    known = match[4] or match[5]
    if second > 60 or (second == 60 and known and universal != 1439):
        _fail("seconds are 00 to 59, or 60 at 23:59 UTC", offset + match.start(3))


# --- Intervals ------------------------------------------------------------------------------


def _read_interval(text: str) -> tuple[_Interval, _Days, _Traits]:
    before, _, after = text.partition("/")
    at = len(before) + 1
    if "/" in after:
        written = re.fullmatch(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})", text)
        if written is not None:
            right = f"{written[1]}-{written[2]:0>2}-{written[3]:0>2}"
            _fail(f"a date has hyphens: {right}", len(before))
        _fail("an interval has one slash: start/end", at + after.index("/"))
    if not before and not after:
        _fail("an interval needs a start or an end, such as 2015-11-24/ or ../2015", 0)
    start = None if before in ("", "..") else _read_at(before, 0)
    end = None if after in ("", "..") else _read_at(after, at)
    if start is not None and end is not None and start.low > end.high:
        _fail(f"the interval ends before it begins: perhaps {after}/{before}", at)
    days = _interval_days(*(((d.low, d.high) if d else (None, None)) for d in (start, end)))
    traits = _Traits(
        _interval_level(start, end),
        "interval",
        flags=(start.flags if start else 0) | (end.flags if end else 0),
        start_open=before == "..",
        start_unknown=not before,
        end_open=after == "..",
        end_unknown=not after,
    )
    return _Interval(start, end), days, traits


def _interval_level(*ends: _Date | None) -> int:
    """Unspecified digits in an interval are of level 2 (Level 2, Interval)."""
    return max(1 if end is None else 2 if end.loose else end.level for end in ends)


def _interval_days(start: _Range, end: _Range) -> _Days:
    """The four days when neither end can pass the other."""
    (first, last), (least, most) = start, end
    if most is not None and (last is None or last > most):
        last = most
    if first is not None and (least is None or least < first):
        least = first
    return first, last, least, most


def _ends(date: _Date | None, certain: bool) -> _Range:
    """The hull of the days that an end of an interval or of a range can be."""
    if date is None:
        return None, None
    ranges = _date_ranges(date, certain)
    return ranges[0][0], ranges[-1][1]


# --- Sets -----------------------------------------------------------------------------------


def _read_set(text: str) -> tuple[_Set, _Days, _Traits]:
    closing = "]" if text[0] == "[" else "}"
    if text[-1] != closing or len(text) < 2:
        _fail(f"a set that begins with {text[0]} ends with {closing}", len(text))
    pieces = text[1:-1].split(",")
    members = []
    at = 1
    for number, piece in enumerate(pieces):
        members.append(_read_member(piece, at, number == 0, number == len(pieces) - 1))
        at += len(piece) + 1
    relation: Relation = "one of" if closing == "]" else "all of"
    dates = [date for member in members for date in member if date is not None]
    flags = 0
    for date in dates:
        flags |= date.flags
    start_open, end_open = members[0].first is None, members[-1].last is None
    low = None if start_open else min(date.low for date in dates)
    high = None if end_open else max(date.high for date in dates)
    days = _joint_days(members, low, high) if relation == "all of" else (low, high, low, high)
    traits = _Traits(2, "set", relation, flags, start_open=start_open, end_open=end_open)
    return _Set(tuple(members)), days, traits


def _joint_days(members: Sequence[_Member], low: _Bound, high: _Bound) -> _Days:
    """ "All of" begins with the member that begins first and ends with the last to end."""
    latest_start = high if low is None else min(m.first.high for m in members if m.first)
    earliest_end = low if high is None else max(m.last.low for m in members if m.last)
    return low, latest_start, earliest_end, high


def _read_member(piece: str, at: int, is_first: bool, is_last: bool) -> _Member:
    before, dots, after = piece.partition("..")
    if not dots:
        date = _read_at(piece, at)
        return _Member(date, date)
    if not before and not (after and is_first):
        _fail("'..' before a date stands only at the beginning of a set: [..1984]", at)
    if not after and not is_last:
        _fail("'..' after a date stands only at the end of a set: [1984..]", at + len(before))
    first = _read_at(before, at) if before else None
    last = _read_at(after, at + len(before) + 2) if after else None
    _check_range(first, last, at + len(before))
    return _Member(first, last)


def _check_range(first: _Date | None, last: _Date | None, at: int) -> None:
    for date in (first, last):
        if date is not None and date.loose:
            _fail("a date beside '..' has no X and no S: write out the first and the last date", at)
    if first is None or last is None:
        return
    if _kind(first) != _kind(last):
        _fail("the dates beside '..' have the same precision: [1670..1672]", at)
    if first.low > last.low:
        _fail(f"the range runs backwards: perhaps {last.text}..{first.text}", at)


def _kind(date: _Date) -> str:
    """What a range of such dates steps by."""
    if date.precision in ("year", "month", "day"):
        return date.precision
    month = _split(date.text)[0].month
    return str(_SEASONS[int(month)].family) if month else date.precision


# --- Units: what a range of plain dates steps by -------------------------------------------


class _Run(NamedTuple):
    """Dates of one kind that follow each other, by number; open where one is None."""

    kind: str
    first: int | None
    last: int | None


_Piece: TypeAlias = _Run | _Member


def _unit(date: _Date) -> int:
    """The number of a plain date among those of its kind."""
    if date.precision == "day":
        return date.low
    year, month, _ = from_ordinal(date.low)
    if date.precision == "year":
        return year
    if date.precision == "month":
        return year * 12 + month - 1
    parts = _split(date.text)[0]
    season = _SEASONS[int(parts.month or 0)]
    return _plain_year(parts) * season.cycle + int(parts.month or 0) - season.family


def _unit_parts(kind: str, number: int) -> tuple[int, int | None, int | None]:
    """Year, month (or sub-year grouping) and day of a unit."""
    if kind == "year":
        return number, None, None
    if kind == "day":
        return from_ordinal(number)
    if kind == "month":
        return number // 12, number % 12 + 1, None
    season = _SEASONS[int(kind)]
    return number // season.cycle, number % season.cycle + season.family, None


def _unit_text(kind: str, number: int) -> str:
    year, month, day = _unit_parts(kind, number)
    return "-".join(
        [_year_text(year), *(f"{part:02}" for part in (month, day) if part is not None)]
    )


def _unit_range(kind: str, number: int) -> tuple[int, int]:
    year, month, day = _unit_parts(kind, number)
    if day is not None:
        return number, number
    if month is None:
        return _day(year, 1, 1), _day(year, 12, 31)
    if month > 12:
        return _season_days(year, _SEASONS[month])
    first = _day(year, month, 1)
    return first, first + _month_days(year, month) - 1


def _is_plain(date: _Date | None) -> bool:
    return date is None or not (date.flags or date.loose)


def _pieces(members: Iterable[_Member]) -> list[_Piece]:
    """The members in order of time, plain ones that follow each other joined, none twice."""
    runs: dict[str, list[_Run]] = {}
    odd: dict[str, _Piece] = {}
    for first, last in members:
        known = first or last
        if known is not None and _is_plain(first) and _is_plain(last):
            kind = _kind(known)
            run = _Run(
                kind,
                None if first is None else _unit(first),
                None if last is None else _unit(last),
            )
            runs.setdefault(kind, []).append(run)
        else:
            odd.setdefault(_piece_text(_Member(first, last)), _Member(first, last))
    joined = [run for alike in runs.values() for run in _joined(alike)]
    return sorted([*joined, *odd.values()], key=_piece_order)


def _joined(runs: Iterable[_Run]) -> Iterator[_Run]:
    """Runs of one kind, those that meet or overlap made one."""
    current: _Run | None = None
    for run in sorted(runs, key=lambda run: (_low(run.first), _high(run.last))):
        if current is None:
            current = run
        elif _low(run.first) <= _high(current.last) + 1 and (
            current.first is not None or run.last is not None
        ):  # never open on both sides, which no text can say
            last = None if run.last is None or current.last is None else max(run.last, current.last)
            current = current._replace(last=last)
        else:
            yield current
            current = run
    if current is not None:
        yield current


def _piece_order(piece: _Piece) -> tuple[bool, float, float, str]:
    low, high = _piece_range(piece, certain=False)
    return high is None, _low(low), _high(high), _piece_text(piece)


def _piece_range(piece: _Piece, *, certain: bool) -> _Range:
    if isinstance(piece, _Member):
        return _ends(piece.first, certain)[0], _ends(piece.last, certain)[1]
    kind, first, last = piece
    low = None if first is None else _unit_range(kind, first)[0]
    return low, None if last is None else _unit_range(kind, last)[1]


# --- Spans ----------------------------------------------------------------------------------


def _date_ranges(date: _Date, certain: bool) -> list[_Range]:
    """The stretches of days that a date can be on, in order; at most 1,000, else the hull."""
    if not date.loose and not (certain and date.flags):
        return [(date.low, date.high)]
    parts, _ = _split(date.text)
    if certain and parts.flags[0]:
        return [(None, None)]
    first_year, last_year = _year_bounds(parts)
    if parts.month is None:
        return _year_ranges(parts)
    if certain and parts.flags[1] and _is_season(parts.month):
        # Any grouping of the year: the longest reach into February of the next.
        return [(_day(first_year, 1, 1), _day(last_year + 1, 3, 1) - 1)]
    if certain and parts.flags[1]:
        parts = parts._replace(month="XX")
    if certain and parts.flags[2]:
        parts = parts._replace(day="XX")
    return _day_ranges(parts)


def _year_ranges(parts: _Parts) -> list[_Range]:
    """Of a year with unspecified digits: those at the end make one stretch."""
    stem = parts.year.rstrip("X")
    first_year, last_year = _year_bounds(parts)
    hull: list[_Range] = [(_day(first_year, 1, 1), _day(last_year, 12, 31))]
    if "X" not in stem or stem.count("X") > 3:
        return hull
    tail = "X" * (len(parts.year) - len(stem))
    stems = _years(parts._replace(year=stem, negative=False), backwards=parts.negative)
    years = (
        _year_bounds(parts._replace(year=f"{number:0{len(stem)}}{tail}"))
        for number in stems
        if len(parts.year) == 4 or len(str(number)) == len(stem)
        if number or tail or not parts.negative  # there is no year -0000
    )
    ranges: list[_Range] = [(_day(first, 1, 1), _day(last, 12, 31)) for first, last in years]
    return ranges if len(ranges) <= SPAN_LIMIT else hull


def _day_ranges(parts: _Parts) -> list[_Range]:
    """Of a date with a month: neighbouring stretches joined."""
    ranges: list[_Range] = []
    first: int | None = None
    last = 0
    for low, high in _month_ranges(parts):
        if first is not None and low == last + 1:
            last = high
            continue
        if first is not None:
            ranges.append((first, last))
        if len(ranges) > SPAN_LIMIT:
            break
        first, last = low, high
    ranges.append((first, last))
    if len(ranges) <= SPAN_LIMIT:
        return ranges
    return [_hull("", parts)]


def _month_ranges(parts: _Parts) -> Iterator[tuple[int, int]]:
    """The stretches of every year and month that the parts can mean, in order, not joined."""
    month_text = parts.month or ""
    if month_text == "XX" and parts.day in (None, "XX"):
        yield from _whole_years(parts)
    elif _is_season(month_text):
        for year in _years(parts):
            yield _season_days(year, _SEASONS[int(month_text)])
    else:
        months = _matching(month_text, 12)
        days = _matching(parts.day or "XX", 31)
        for year in _years(parts):
            for month in months:
                length = _month_days(year, month)
                for low, high in _neighbours(day for day in days if day <= length):
                    yield _day(year, month, low), _day(year, month, high)


def _whole_years(parts: _Parts) -> Iterator[tuple[int, int]]:
    for low, high in _year_ranges(parts._replace(month=None, day=None)):
        if low is not None and high is not None:
            yield low, high


def _neighbours(days: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of every stretch of numbers without a gap."""
    for _, stretch in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0]):
        numbers = [day for _, day in stretch]
        yield numbers[0], numbers[-1]


def _set_spans(form: _Set, relation: Relation, certain: bool) -> tuple[Span, ...]:
    joint = relation == "all of"
    pieces = _pieces(form.members)
    if sum(map(_count, pieces)) <= SPAN_LIMIT:
        spans = [span for piece in pieces for span in _piece_spans(piece, joint, certain)]
    else:
        spans = [_collapsed(piece, joint, certain) for piece in pieces]
    if len(spans) <= SPAN_LIMIT:
        return tuple(spans)
    low = min(spans, key=lambda span: _low(span.earliest_start)).earliest_start
    high = max(spans, key=lambda span: _high(span.latest_end)).latest_end
    return (Span(low, high, low, high),)


def _count(piece: _Piece) -> int:
    if isinstance(piece, _Member) or piece.first is None or piece.last is None:
        return 1
    return piece.last - piece.first + 1


def _piece_spans(piece: _Piece, joint: bool, certain: bool) -> Iterator[Span]:
    if isinstance(piece, _Run) and piece.first is not None and piece.last is not None:
        for number in range(piece.first, piece.last + 1):
            ends = _unit_range(piece.kind, number)
            yield Span(*ends, *ends)
    elif isinstance(piece, _Member) and piece.first and piece.first is piece.last and not joint:
        for low, high in _date_ranges(piece.first, certain):
            yield Span(low, high, low, high)
    else:
        yield _collapsed(piece, joint, certain)


def _collapsed(piece: _Piece, joint: bool, certain: bool) -> Span:
    """One span for a whole range.

    For "all of", never one that is certain of more than the members are: an open range is
    certain of the member that is named, days are certain throughout.
    """
    low, high = _piece_range(piece, certain=certain)
    if joint and isinstance(piece, _Run):
        if piece.first is None and piece.last is not None:
            return Span(None, high, _unit_range(piece.kind, piece.last)[0], high)
        if piece.last is None and piece.first is not None:
            return Span(low, _unit_range(piece.kind, piece.first)[1], low, None)
        if piece.kind == "day":
            return Span(low, low, high, high)
    return Span(low, high, low, high)


# --- Windows --------------------------------------------------------------------------------


def _low(bound: _Bound) -> float:
    return -inf if bound is None else bound


def _high(bound: _Bound) -> float:
    return inf if bound is None else bound


def _window(window: EventDate) -> list[tuple[float, float]]:
    """The stretches of days of a window, in order and apart."""
    reached = sorted((_low(s.earliest_start), _high(s.latest_end)) for s in window.spans)
    stretches: list[tuple[float, float]] = []
    for first, last in reached:
        if stretches and first <= stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], last))
        else:
            stretches.append((first, last))
    return stretches


def _gaps(stretches: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The stretches of days outside a window."""
    edges = [-inf, *(edge for low, high in stretches for edge in (low - 1, high + 1)), inf]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [(first, last) for first, last in pairs if first <= last and first != inf != -last]


def _fits(span: Span, gap: tuple[float, float]) -> bool:
    """Whether the span has a reading that begins and ends within the gap."""
    start = max(_low(span.earliest_start), gap[0])
    end = max(_low(span.earliest_end), start)
    return start <= _high(span.latest_start) and end <= min(_high(span.latest_end), gap[1])


# --- Canonical text -------------------------------------------------------------------------


def _year_text(year: int) -> str:
    sign = "-" if year < 0 else ""
    return f"{sign}{abs(year):04}" if abs(year) <= 9999 else f"Y{year}"


def _canonical_text(date: EventDate) -> str:
    form = date._known_form
    if isinstance(form, _Date):
        return _date_text(form)
    if isinstance(form, _Interval):
        start = _date_text(form.start) if form.start else ".." if date.start_open else ""
        end = _date_text(form.end) if form.end else ".." if date.end_open else ""
        return f"{start}/{end}"
    body = ",".join(map(_piece_text, _pieces(form.members)))
    return f"[{body}]" if date.relation == "one of" else f"{{{body}}}"


def _piece_text(piece: _Piece) -> str:
    if isinstance(piece, _Run):
        kind, first, last = piece
        low = "" if first is None else _unit_text(kind, first)
        high = "" if last is None else _unit_text(kind, last)
        if first is not None and last is not None and last - first == 1:
            return f"{low},{high}"
    else:
        low = _date_text(piece.first) if piece.first else ""
        high = _date_text(piece.last) if piece.last else ""
        if piece.first is not piece.last:
            return f"{low}..{high}"
    return low if low == high else f"{low}..{high}"


def _date_text(date: _Date) -> str:
    day, mark, time = date.text.partition("T")
    if mark:
        return f"{day}T{_time_text(time)}"
    if not date.flags and date.level == 0:
        return date.text
    parts, _ = _split(day)
    year = ("-" if parts.negative else "") + parts.year
    if len(parts.year) > 4:
        year = "Y" + year
    if parts.significant is not None:
        year += f"S{parts.significant}"
    return _flagged([part for part in (year, parts.month, parts.day) if part], parts.flags)


def _time_text(time: str) -> str:
    """The time with its offset written one way: Z for none, else hours and minutes."""
    if len(time) == 11:
        time += ":00"
    return time[:8] + "Z" if time[8:] == "+00:00" else time


def _flagged(components: list[str], flags: tuple[int, int, int]) -> str:
    """The components with the year's mark on the right of the last that shares it."""
    shared = 0
    while shared < len(components) and flags[shared] == flags[0]:
        shared += 1
    marked = [
        (_MARKS[flag] if number >= shared else "")
        + component
        + (_MARKS[flag] if number == shared - 1 else "")
        for number, (component, flag) in enumerate(zip(components, flags, strict=False))
    ]
    return "-".join(marked)


# --- Words ----------------------------------------------------------------------------------

_UnitParts: TypeAlias = tuple[int, int | None, int | None]


def _year_words(year: int) -> str:
    if year <= 0:
        return f"{1 - year if year > -9999 else format(1 - year, ',')} BCE"
    if year < 1000:
        return f"{year} CE"
    return str(year) if year <= 9999 else f"{year:,}"


def _listed(words: Sequence[str], last: str) -> str:
    """Words in a row: "a, b or c"."""
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _unit_words(unit: _UnitParts) -> str:
    year, month, day = unit
    if month is None:
        return _year_words(year) if year <= 9999 else f"the year {_year_words(year)}"
    if month > 12:
        return _SEASONS[month].words.format(_year_words(year))
    words = f"{_MONTH_NAMES[month]} {_year_words(year)}"
    return words if day is None else f"{day} {words}"


def _to_words(first: _UnitParts, last: _UnitParts) -> str:
    """From one to the other, what they share said once: "9 to 13 June 2015"."""
    (year, month, day), (last_year, last_month, last_day) = first, last
    shortened = _unit_words(first)
    if year == last_year and month and last_month and month < 13 and last_month < 13:
        if day and last_day and month == last_month:
            shortened = str(day)
        elif bool(day) == bool(last_day):
            shortened = f"{day} {_MONTH_NAMES[month]}" if day else _MONTH_NAMES[month]
    elif month is None is last_month and year <= 0 and last_year <= 0:
        shortened = _year_words(year).removesuffix(" BCE")
    return f"{shortened} to {_unit_words(last)}"


def _describe(date: EventDate) -> str:
    form = date._known_form
    if isinstance(form, _Date):
        return _date_words(form)
    if isinstance(form, _Interval):
        return _interval_words(date, form)
    return _set_words(form, date.relation)


def _date_words(date: _Date) -> str:
    day, _, time = date.text.partition("T")
    parts, _ = _split(day)
    if parts.significant is not None:
        words = _estimate_words(parts)
    elif date.loose:
        words = _loose_words(parts)
    else:
        words = _unit_words(_plain_unit(parts))
    if time:
        zone = " UTC" if time.endswith("Z") else f" UTC{time[8:]}" if time[8:] else ""
        return f"{words}, {time[:8]}{zone}"
    return _qualified(words, parts) if date.flags else words


def _plain_unit(parts: _Parts) -> _UnitParts:
    month = None if parts.month is None else int(parts.month)
    return _plain_year(parts), month, None if parts.day is None else int(parts.day)


def _plain_year(parts: _Parts) -> int:
    return -int(parts.year) if parts.negative else int(parts.year)


def _estimate_words(parts: _Parts) -> str:
    first, last = _year_bounds(parts)
    estimate = _unit_words(_plain_unit(parts))
    return f"some time from {_years_words(first, last)}, estimated to be {estimate}"


def _years_words(first: int, last: int) -> str:
    return _to_words((first, None, None), (last, None, None)).replace("the year ", "")


def _loose_words(parts: _Parts) -> str:
    """A date with unspecified digits."""
    if parts.month is None:
        if parts.year == "XXXX" and not parts.negative:
            return "some year, not known which"
        if "X" in parts.year.rstrip("X"):
            return f"some year written {parts.year}"
        return f"some time {_stretch_words(parts, 'in', 'from')}"
    year = f" {_year_words(_plain_year(parts))}" if "X" not in parts.year else _some_year(parts)
    if _is_season(parts.month):
        return _SEASONS[int(parts.month)].words.format(year.strip())
    if parts.month == "XX":
        return _any_month_words(parts, year)
    months = _matching(parts.month, 12)
    names = _listed([_MONTH_NAMES[month] for month in months], "or")
    if parts.day is None:
        return f"{names}{year}"
    longest = max(29 if month == 2 else _MONTH_DAYS[month] for month in months)
    return f"{_days_words(parts.day, longest, 'in ')} {names}{year}"


def _stretch_words(parts: _Parts, within: str, between: str) -> str:
    """ "in the 1890s", or "from 1800 to 1899", which a name would leave in doubt."""
    first, last = _year_bounds(parts)
    if first >= 1000 and last - first == 9 and first % 100:
        return f"{within} the {first}s"
    return f"{between} {_years_words(first, last)}"


def _some_year(parts: _Parts) -> str:
    if parts.year == "XXXX" and not parts.negative:
        return " in some year"
    if "X" in parts.year.rstrip("X"):
        return f" in some year written {parts.year}"
    return f" in some year {_stretch_words(parts, 'of', 'from')}"


def _any_month_words(parts: _Parts, year: str) -> str:
    within = year if year.startswith(" in ") else f" in{year}"
    if parts.day is None:
        return f"some month{within}"
    if parts.day == "XX":
        return f"some day{within}"
    if "X" not in parts.day:
        return f"the {_nth(int(parts.day))} of some month{within}"
    return f"{_days_words(parts.day, 31, '')} of some month{within}"


def _nth(day: int) -> str:
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _days_words(pattern: str, longest: int, within: str) -> str:
    if pattern == "XX":
        return f"some day {within}".strip()
    days = [day for day in _matching(pattern, 31) if day <= longest]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"one day from {days[0]} to {days[-1]}"
    return _listed([str(day) for day in days], "or")


def _qualified(words: str, parts: _Parts) -> str:
    """The words with what is uncertain and approximate about them."""
    present = [part for part in (parts.year, parts.month, parts.day) if part is not None]
    flags = parts.flags[: len(present)]
    if len(set(flags)) > 1:
        return f"{words} ({_component_words(flags)})"
    if _is_loose(parts):
        return f"{words} ({_FLAG_WORDS[flags[0]]})"
    about = "about " if flags[0] & _APPROXIMATE else ""
    return f"{about}{words}{' (uncertain)' if flags[0] & _UNCERTAIN else ''}"


def _component_words(flags: Sequence[int]) -> str:
    """ "year and month approximate, day uncertain"."""
    names = ("year", "month", "day")
    said = []
    for flag in dict.fromkeys(flag for flag in flags if flag):
        alike = [name for name, own in zip(names, flags, strict=False) if own == flag]
        said.append(f"{_listed(alike, 'and')} {_FLAG_WORDS[flag]}")
    return ", ".join(said)


def _interval_words(date: EventDate, form: _Interval) -> str:
    start, end = form
    before = "no start given" if date.start_open else "start not known"
    after = "no end given" if date.end_open else "end not known"
    if start is None:
        return f"{before}, {after}" if end is None else f"until {_date_words(end)}, {before}"
    if end is None:
        return f"from {_date_words(start)}, {after}"
    return _closed_words(start, end)


def _closed_words(start: _Date, end: _Date) -> str:
    if _date_text(start) == _date_text(end):
        words = _date_words(start)
        return words if start.low == start.high else f"within {words}"
    if _is_plain(start) and _is_plain(end):
        units = (_plain_unit(_split(start.text)[0]), _plain_unit(_split(end.text)[0]))
        return _to_words(*units)
    return f"from {_date_words(start)} to {_date_words(end)}"


_RUN_NAMES = {"33": "quarter", "37": "four months", "40": "half-year"}


def _set_words(form: _Set, relation: Relation) -> str:
    joint = relation == "all of"
    pieces = _pieces(form.members)
    joining = "and" if joint else "or"
    if len(pieces) == 1 and not joint:
        words = _piece_words(pieces[0], joint)
        if words[0].startswith("one "):
            return f"{'on' if words[0].startswith('one day') else 'in'} {words[0]}"
    units = [unit for piece in pieces for unit in _single_units(piece)]
    if units and all(piece_units for piece_units in map(_single_units, pieces)):
        return _units_words(units, joining)
    return _listed([word for piece in pieces for word in _piece_words(piece, joint)], joining)


def _single_units(piece: _Piece) -> list[_UnitParts]:
    """The one or two plain dates of a piece; none if it is more than that."""
    if isinstance(piece, _Member) or piece.first is None or piece.last is None:
        return []
    if piece.last - piece.first > 1:
        return []
    return [_unit_parts(piece.kind, number) for number in range(piece.first, piece.last + 1)]


def _units_words(units: Sequence[_UnitParts], joining: str) -> str:
    """Plain dates, what they all share said once: "19, 24 and 29 September 2019"."""
    *others, last = units
    year, month, day = last
    alike = all(unit[0] == year and (unit[1] or 0) < 13 for unit in units)
    words = [_unit_words(unit) for unit in others]
    if alike and day and all(unit[2] and unit[1] == month for unit in others):
        words = [str(unit[2]) for unit in others]
    elif alike and month and not day and all(unit[1] and not unit[2] for unit in others):
        words = [_MONTH_NAMES[unit[1] or 0] for unit in others]
    return _listed([*words, _unit_words(last)], joining)


def _piece_words(piece: _Piece, joint: bool) -> list[str]:
    if isinstance(piece, _Member):
        return [_member_words(piece, joint)]
    kind, first, last = piece
    if first is not None and last is not None:
        if last - first < 2:
            return [_unit_words(unit) for unit in _single_units(piece)]
        between = _to_words(_unit_parts(kind, first), _unit_parts(kind, last))
        return [f"{'every' if joint else 'one'} {_run_name(kind)} from {between}"]
    known, side = (first, "later") if last is None else (last, "earlier")
    return [_open_words(_unit_words(_unit_parts(kind, known or 0)), kind, side, joint)]


def _member_words(member: _Member, joint: bool) -> str:
    first, last = member
    if first is not None and last is not None:
        if first is last:
            return _date_words(first)
        between = f"from {_date_words(first)} to {_date_words(last)}"
        return f"{'every' if joint else 'one'} {_run_name(_kind(first))} {between}"
    known, side = (first, "later") if first is not None else (last, "earlier")
    return _open_words(_date_words(known), _kind(known), side, joint) if known else ""


def _run_name(kind: str) -> str:
    return _RUN_NAMES.get(kind, kind if kind.isalpha() else "season")


def _open_words(words: str, kind: str, side: str, joint: bool) -> str:
    """ "1984 or an earlier year", "1984 and every later year"."""
    word = "and every" if joint else "or a" if side == "later" else "or an"
    return f"{words} {word} {side} {_run_name(kind)}"


# --- Faults ---------------------------------------------------------------------------------


def _fail(message: str, position: int) -> NoReturn:
    raise _PartError(message, position)


def _group_start(text: str, group: int) -> int:
    match = _DATE.fullmatch(text)
    return match.start(group) if match else 0


def _check_season(text: str, parts: _Parts) -> None:
    month = parts.month or ""
    at = _group_start(text, _MONTH_GROUP)
    if int(month) not in _SEASONS:
        _fail(
            f"there is no month {month}: months are 01 to 12, seasons 21 to 24, "
            "other parts of a year 25 to 41",
            at,
        )
    if parts.day is not None:
        _fail(f"{month} is a part of the year and has no days: leave out the day", at)


def _fail_month(text: str, month: str) -> NoReturn:
    at = _group_start(text, _MONTH_GROUP)
    if "X" in month:
        _fail(f"no month is written {month}: an unspecified month is XX, 0X or 1X", at)
    _fail(f"there is no month {month}: months are 01 to 12; leave it out if it is not known", at)


def _fail_day(text: str, parts: _Parts, months: tuple[int, ...], days: tuple[int, ...]) -> NoReturn:
    at = _group_start(text, _DAY_GROUP)
    if not days:
        _fail(f"there is no day {parts.day}: days are 01 to 31, an unspecified one is XX", at)
    month = months[0]  # no two months that one pattern stands for lack the same days
    if "X" in parts.year:
        _fail(f"{_MONTH_NAMES[month]} has no day {parts.day} in any of these years", at)
    year = _plain_year(parts)
    length = _month_days(year, month)
    name = f"{_MONTH_NAMES[month]} {_year_words(year)}"
    _fail(f"there is no day {parts.day}: {name} has {length} days", at)


_DATE_PREFIX = re.compile(
    r"[?~%]?-?[0-9X]{4}(?:S[0-9]+)?[?~%]?(?:-[?~%]?[0-9X]{2}[?~%]?(?:-[?~%]?[0-9X]{2}[?~%]?)?)?"
)
_EXAMPLES = "2015, 2015-03 or 2015-03-18"


def _explain(text: str) -> NoReturn:
    """Why a text is not a date, with what would be one."""
    if not text:
        _fail(f"a date is missing: write for example {_EXAMPLES}", 0)
    if text.lower() in ("open", "unknown"):
        _fail("an unknown start or end is left blank, an open one is '..'", 0)
    if ".." in text:
        _fail("'..' stands alone in an interval (2015/..) or in a set ([2015..])", text.index(".."))
    words = re.search(r"[a-tvwzA-RU-WZ]{3}", text)
    if words is not None:
        _fail(f"words do not belong in an EDTF date: write for example {_EXAMPLES}", words.start())
    if "T" in text:
        _fail("a time of day stands only with a single date", text.index("T"))
    for position, sign in enumerate(text):
        if sign not in "0123456789X-?~%YES":
            _fail(_stray_words(sign), position)
    doubled = re.search(r"[?~%]{2}", text)
    if doubled is not None:
        _fail("one mark is enough: ? uncertain, ~ approximate, % both", doubled.start() + 1)
    if text.lstrip("?~%").startswith("Y"):
        _fail("after Y comes a year alone: Y170000002, Y-17E7 or Y171010000S3", text.index("Y"))
    _explain_lengths(text)
    prefix = _DATE_PREFIX.match(text)
    at = prefix.end() if prefix else 0
    _fail(f"this is not an EDTF date: write for example {_EXAMPLES}", min(at, len(text) - 1))


def _explain_lengths(text: str) -> None:
    """Refuses years, months and days of too few or too many digits."""
    if re.fullmatch(r"[0-9]{8}", text):
        _fail(f"a date has hyphens: {text[:4]}-{text[4:6]}-{text[6:]}", 4)
    components = re.match(
        r"[?~%]?-?([0-9X]+)[?~%]?(?:-[?~%]?([0-9X]+)[?~%]?)?(?:-[?~%]?([0-9X]+))?", text
    )
    if components is None:
        return
    year = components[1]
    sign = text[: components.start(1)].lstrip("?~%")
    if len(year) > 4:
        longer = f"Y{sign}{year.lstrip('0')[:20]}"
        _fail(f"a year of more than four digits stands after Y: {longer}", components.start(1))
    if len(year) < 4:
        _fail(f"a year has four digits: {sign}{year.zfill(4)}", components.start(1))
    for group, name in ((2, "month"), (3, "day")):
        digits = components[group]
        if digits is not None and len(digits) != 2:
            right = f": {digits.zfill(2)}" if len(digits) < 2 else ""
            _fail(f"a {name} has two digits{right}", components.start(group))


_CAPITALS = {"x": "X", "u": "X", "y": "Y", "e": "E", "s": "S", "t": "T", "z": "Z", "p": "S"}


def _stray_words(sign: str) -> str:
    if sign.isspace():
        return "there are no spaces in EDTF: leave it out"
    if sign in "\u2010\u2011\u2012\u2013\u2014\u2212":
        return "this is not a hyphen: write '-' within a date, '/' between start and end"
    if sign in _CAPITALS:
        return f"in EDTF this is a capital {_CAPITALS[sign]}"
    if sign in "[]{}(),":
        return "brackets and commas belong to sets: [2013,2014] one of them, {2013,2014} both"
    if sign in ":+Z":
        return "a time of day follows a single complete date: 2015-03-18T10:30:00"
    return f"{sign!r} does not belong in an EDTF date: write for example {_EXAMPLES}"
