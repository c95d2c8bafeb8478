"""Parses EDTF text: its form, its four days and its traits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date as calendar_date
from typing import NoReturn

from edtf_dates.bounds import Bound, FourDays, interval_days
from edtf_dates.components import parse_components
from edtf_dates.days import MONTH_NAMES, SUB_YEARS, is_leap, month_days, year_words
from edtf_dates.errors import ParseError, fail
from edtf_dates.patterns import hull_of, matching
from edtf_dates.syntax import Components, Date, Form, Interval, Member, Relation, Set, Traits
from edtf_dates.units import kind_of

# The greatest number of dates that a set may name; a range names two.
SET_LIMIT = 80


def parse(text: str) -> tuple[Form, FourDays, Traits]:
    """The form of a text, its four days and its traits. Raises ParseError."""
    if text[:1] in ("[", "{"):
        return _parse_set(text)
    if "/" in text:
        return _parse_interval(text)
    date = _parse_time(text) if "T" in text[1:] else _parse_single(text)
    days = (date.low, date.high, date.low, date.high)
    return date, days, Traits(date.level, date.precision, flags=date.flags)


# --- Dates -----------------------------------------------------------------------------------


def _parse_single(text: str) -> Date:
    common = common_days(text)
    if common is not None:
        low, high, precision = common
        return Date(text, low, high, 0, precision)
    components, level = parse_components(text)
    try:
        low, high = hull_of(components)
    except LookupError:
        _fail_calendar(text, components)
    of_year, of_month, of_day = components.flags
    flags = of_year | of_month | of_day
    is_imprecise = "X" in text or components.significant is not None
    return Date(text, low, high, level, _precision(components), flags, is_imprecise, components)


def common_days(text: str) -> tuple[int, int, str] | None:
    """First day, last day and precision of YYYY, YYYY-MM or YYYY-MM-DD, from the year 1 on.

    None for any other text. Most dates are of these three, and take this short way.
    """
    size = len(text)
    try:
        if size == 10 and text[4] == "-" == text[7]:
            day = calendar_date.fromisoformat(text).toordinal()
            return day, day, "day"
        if size == 7 and text[4] == "-":
            first = calendar_date.fromisoformat(text + "-01")
            low = first.toordinal()
            return low, low + month_days(first.year, first.month) - 1, "month"
        if size == 4 and text.isdecimal() and text.isascii():
            low = calendar_date(int(text), 1, 1).toordinal()
            return low, low + (365 if is_leap(int(text)) else 364), "year"
    except ValueError:
        pass  # the full parser says what it is, or what is wrong with it
    return None


def _precision(components: Components) -> str:
    """The finest component; of a year, what its unspecified or insignificant digits leave."""
    _, year, significant, month, day, _ = components
    if day is not None:
        return "day"
    if month is not None:
        code = components.sub_year
        return "month" if code is None else SUB_YEARS[code].precision
    if significant is None:
        dropped = len(year) - len(year.rstrip("X"))
    else:
        dropped = len(year.lstrip("0") or "0") - significant
    return ("year", "decade", "century", "millennium")[dropped] if dropped < 4 else "years"


def _fail_calendar(text: str, components: Components) -> NoReturn:
    """Raise a ParseError that says which component the calendar does not have."""
    month, day, code = components.month or "", components.day or "", components.sub_year
    starts = [digits.start() for digits in re.finditer(r"[0-9X]+", text)]  # of year, month, day
    if code is not None and code not in SUB_YEARS:
        fail(
            f"there is no month {month}: months are 01 to 12, seasons 21 to 24, "
            "other parts of a year 25 to 41",
            starts[1],
        )
    if code is not None:
        fail(f"{month} is a part of the year and has no days: leave out the day", starts[1])
    months = matching(month, 12)
    if not months and "X" in month:
        fail(f"no month is written {month}: an unspecified month is XX, 0X or 1X", starts[1])
    if not months:
        right = "months are 01 to 12; leave it out if it is not known"
        fail(f"there is no month {month}: {right}", starts[1])
    if not matching(day, 31):
        right = "days are 01 to 31, an unspecified one is XX"
        fail(f"there is no day {day}: {right}", starts[2])
    name = MONTH_NAMES[months[0]]  # no two months that one pattern stands for lack the same days
    if "X" in components.year:
        fail(f"{name} has no day {day} in any of these years", starts[2])
    year = components.year_number
    length = month_days(year, months[0])
    fail(f"there is no day {day}: {name} {year_words(year)} has {length} days", starts[2])


# --- Times -----------------------------------------------------------------------------------

_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:(Z)|([+-])([0-9]{2})(?::([0-9]{2}))?)?")


def _parse_time(text: str) -> Date:
    """A date with a time of day (Date and Time). Its day is as written, whatever the offset."""
    before, _, after = text.partition("T")
    date = _parse_single(before)
    offset = len(before) + 1
    if date.precision != "day" or date.flags or date.is_imprecise:
        fail("a time of day needs a complete date without X, ?, ~ or %, such as 2015-03-18", 0)
    match = _TIME.fullmatch(after)
    if match is None:
        fail(
            "a time is written hh:mm:ss, with nothing, Z, an hour such as -04 or "
            "an hour and minutes such as +04:30 after it",
            offset,
        )
    _check_time(match, offset)
    return date._replace(text=text, precision="time")


def _check_time(match: re.Match[str], offset: int) -> None:
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    if hour > 23:
        fail("hours are 00 to 23", offset + match.start(1))
    if minute > 59:
        fail("minutes are 00 to 59", offset + match.start(2))
    shift_hour, shift_minute = int(match[6] or 0), int(match[7] or 0)
    if shift_hour > 23:
        fail("the hours of an offset are 00 to 23", offset + match.start(6))
    if shift_minute > 59:
        fail("the minutes of an offset are 00 to 59", offset + match.start(7))
    shift = shift_hour * 60 + shift_minute
    if match[5] == "-" and not shift:
        fail("an offset of zero is Z or +00:00", offset + match.start(5))
    universal = (hour * 60 + minute + (shift if match[5] == "-" else -shift)) % 1440
    known = match[4] or match[5]
    if second > 60 or (second == 60 and known and universal != 1439):
        fail("seconds are 00 to 59, or 60 at 23:59 UTC", offset + match.start(3))


# --- Intervals -------------------------------------------------------------------------------


def _parse_interval(text: str) -> tuple[Interval, FourDays, Traits]:
    """Time Interval, and at level 1 Extended Interval."""
    before, _, after = text.partition("/")
    at = len(before) + 1
    if "/" in after:
        written = re.fullmatch(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})", text)
        if written is not None:
            right = f"{written[1]}-{written[2]:0>2}-{written[3]:0>2}"
            fail(f"a date has hyphens: {right}", len(before))
        fail("an interval has one slash: start/end", at + after.index("/"))
    if not before and not after:
        fail("an interval needs a start or an end, such as 2015-11-24/ or ../2015", 0)
    start = None if before in ("", "..") else _parse_at(before, 0)
    end = None if after in ("", "..") else _parse_at(after, at)
    if start is not None and end is not None and start.low > end.high:
        fail(f"the interval ends before it begins: perhaps {after}/{before}", at)
    days = interval_days(*(((d.low, d.high) if d else (None, None)) for d in (start, end)))
    traits = Traits(
        _interval_level(start, end),
        "interval",
        flags=(start.flags if start else 0) | (end.flags if end else 0),
        start_open=before == "..",
        start_unknown=not before,
        end_open=after == "..",
        end_unknown=not after,
    )
    return Interval(start, end), days, traits


def _interval_level(*ends: Date | None) -> int:
    """The level of the ends, or 2 if one has unspecified digits (Level 2, Interval)."""
    return max(1 if end is None else 2 if end.is_imprecise else end.level for end in ends)


def _parse_at(text: str, offset: int) -> Date:
    """A date that stands at an offset within a longer text."""
    try:
        return _parse_single(text)
    except ParseError as error:
        raise ParseError(error.message, error.position + offset) from None


# --- Sets ------------------------------------------------------------------------------------


def _parse_set(text: str) -> tuple[Set, FourDays, Traits]:
    """One of, or all of, several dates and ranges (Level 2, Set representation)."""
    closing = "]" if text[0] == "[" else "}"
    if text[-1] != closing or len(text) < 2:
        fail(f"a set that begins with {text[0]} ends with {closing}", len(text))
    written = text[1:-1].split(",")
    members: list[Member] = []
    at = 1
    for number, member in enumerate(written):
        members.append(_parse_member(member, at, number == 0, number == len(written) - 1))
        at += len(member) + 1
    _check_size(members)
    relation: Relation = "one of" if closing == "]" else "all of"
    dates = [date for member in members for date in member if date is not None]
    flags = 0
    for date in dates:
        flags |= date.flags
    start_open, end_open = members[0].first is None, members[-1].last is None
    low = None if start_open else min(date.low for date in dates)
    high = None if end_open else max(date.high for date in dates)
    days = _days_of_all(members, low, high) if relation == "all of" else (low, high, low, high)
    traits = Traits(2, "set", relation, flags, start_open=start_open, end_open=end_open)
    return Set(tuple(members)), days, traits


def _days_of_all(members: Sequence[Member], low: Bound, high: Bound) -> FourDays:
    """The four days of all members together, which can start on `low` and end on `high`.

    They start when the first of them does, and end when the last does.
    """
    latest_start = high if low is None else min(m.first.high for m in members if m.first)
    earliest_end = low if high is None else max(m.last.low for m in members if m.last)
    return low, latest_start, earliest_end, high


def _check_size(members: Sequence[Member]) -> None:
    named = sum(2 if first and last and first is not last else 1 for first, last in members)
    if named > SET_LIMIT:
        fail(
            f"a set names at most {SET_LIMIT} dates: write those that follow each other as a "
            "range, or the interval they lie in",
            0,
        )


def _parse_member(text: str, at: int, is_first: bool, is_last: bool) -> Member:
    before, dots, after = text.partition("..")
    if not dots:
        date = _parse_at(text, at)
        return Member(date, date)
    if not before and not (after and is_first):
        fail("'..' before a date stands only at the beginning of a set: [..1984]", at)
    if not after and not is_last:
        fail("'..' after a date stands only at the end of a set: [1984..]", at + len(before))
    first = _parse_at(before, at) if before else None
    last = _parse_at(after, at + len(before) + 2) if after else None
    _check_range(first, last, at + len(before))
    return Member(first, last)


def _check_range(first: Date | None, last: Date | None, at: int) -> None:
    for date in (first, last):
        if date is not None and date.is_imprecise:
            fail("a date beside '..' has no X and no S: write out the first and the last date", at)
    if first is None or last is None:
        return
    if kind_of(first) != kind_of(last):
        fail("the dates beside '..' have the same precision: [1670..1672]", at)
    if first.low > last.low:
        fail(f"the range runs backwards: perhaps {last.text}..{first.text}", at)
