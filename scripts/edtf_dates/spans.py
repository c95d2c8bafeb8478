"""The spans of a date: each alternative, or each member of a set, by its four days.

With `certain`, every component marked `?`, `~` or `%` is read as unspecified.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from edtf_dates.days import SEASONS, month_days, real_day, season_days
from edtf_dates.forms import (
    Bound,
    Date,
    Days,
    Interval,
    Member,
    Ordered,
    Parts,
    Piece,
    Range,
    Relation,
    Run,
    Series,
    lower,
    upper,
)
from edtf_dates.parts import is_season, split_date
from edtf_dates.patterns import hull_of, matching, year_bounds, years_of
from edtf_dates.units import unit_range

# More alternatives than this are given as their hull.
SPAN_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch of time by its four days; None is no bound on that side."""

    earliest_start: int | None
    latest_start: int | None
    earliest_end: int | None
    latest_end: int | None
    # Alternatives beyond the limit, taken together: it has days that the date cannot mean.
    is_hull: bool = False


def find_spans(form: Ordered, relation: Relation, *, certain: bool) -> tuple[Span, ...]:
    """The spans of a form; at most `SPAN_LIMIT` of them."""
    if isinstance(form, Date):
        return tuple(_date_spans(form, certain, SPAN_LIMIT))
    if isinstance(form, Interval):
        return (Span(*interval_days(*(_ends(end, certain) for end in form))),)
    return _set_spans(form, relation, certain)


def marked_ends(spans: Sequence[Span], readings: Sequence[Span]) -> tuple[bool, bool]:
    """Whether a mark bears on the start of a date, and whether on its end.

    `readings` are its spans with the marked components unspecified. Of several, both ends.
    """
    if len(spans) != 1 or len(readings) != 1:
        return True, True
    (written,), (read,) = spans, readings
    start = (written.earliest_start, written.latest_start) != (
        read.earliest_start,
        read.latest_start,
    )
    end = (written.earliest_end, written.latest_end) != (read.earliest_end, read.latest_end)
    return (start, end) if start or end else (True, True)


def interval_days(start: Range, end: Range) -> Days:
    """The four days of an interval, when neither end can pass the other."""
    (first, last), (least, most) = start, end
    if most is not None and (last is None or last > most):
        last = most
    if first is not None and (least is None or least < first):
        least = first
    return first, last, least, most


def joint_days(members: Sequence[Member], low: Bound, high: Bound) -> Days:
    """The four days of all members together (Level 2, Set representation).

    They begin with the member that begins first and end with the last to end.
    """
    latest_start = high if low is None else min(m.first.high for m in members if m.first)
    earliest_end = low if high is None else max(m.last.low for m in members if m.last)
    return low, latest_start, earliest_end, high


# --- Dates -----------------------------------------------------------------------------------


def _within(low: Bound, high: Bound, *, is_hull: bool = False) -> Span:
    """What begins and ends somewhere from one day to another."""
    return Span(low, high, low, high, is_hull)


def _date_spans(date: Date, certain: bool, limit: int) -> list[Span]:
    """The stretches of days a date can be on, in order; the hull of more than `limit`."""
    if not date.loose and not (certain and date.flags):
        return [_within(date.low, date.high)]
    parts, _ = split_date(date.text)
    if certain and parts.flags[0]:
        return [_within(None, None)]
    first_year, last_year = year_bounds(parts)
    if parts.month is None:
        return _year_spans(parts, limit)
    if certain and parts.flags[1] and is_season(parts.month):
        # Any grouping of the year: the longest reach into February of the next.
        return [_within(real_day(first_year, 1, 1), real_day(last_year + 1, 3, 1) - 1)]
    if certain and parts.flags[1]:
        parts = parts._replace(month="XX")
    if certain and parts.flags[2]:
        parts = parts._replace(day="XX")
    return _day_spans(parts, limit)


def _year_spans(parts: Parts, limit: int) -> list[Span]:
    """Of a year with unspecified digits: those at the end make one stretch."""
    stem = parts.year.rstrip("X")
    if "X" not in stem:
        return [_whole_years(*year_bounds(parts))]
    if 10 ** stem.count("X") > limit:
        return [_whole_years(*year_bounds(parts), is_hull=True)]
    tail = "X" * (len(parts.year) - len(stem))
    stems = years_of(parts._replace(year=stem, negative=False), backwards=parts.negative)
    return [
        _whole_years(*year_bounds(parts._replace(year=f"{number:0{len(stem)}}{tail}")))
        for number in stems
        if len(parts.year) == 4 or len(str(number)) == len(stem)
        if number or tail or not parts.negative  # there is no year -0000
    ]


def _whole_years(first: int, last: int, *, is_hull: bool = False) -> Span:
    return _within(real_day(first, 1, 1), real_day(last, 12, 31), is_hull=is_hull)


def _day_spans(parts: Parts, limit: int) -> list[Span]:
    """Of a date with a month: neighbouring stretches joined."""
    if parts.month == "XX" and parts.day in (None, "XX"):
        return _year_spans(parts._replace(month=None, day=None), limit)
    ranges = list(islice(_joined(_month_ranges(parts)), limit + 1))
    if len(ranges) > limit:
        return [_within(*hull_of(parts), is_hull=True)]
    return [_within(low, high) for low, high in ranges]


def _joined(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Stretches in order, those that meet as one."""
    first: int | None = None
    last = 0
    for low, high in ranges:
        if first is not None and low != last + 1:
            yield first, last
        if first is None or low != last + 1:
            first = low
        last = high
    if first is not None:
        yield first, last


def _month_ranges(parts: Parts) -> Iterator[tuple[int, int]]:
    """The stretches of every year and month that the parts can mean, in order, not joined."""
    month_text = parts.month or ""
    if is_season(month_text):
        for year in years_of(parts):
            yield season_days(year, SEASONS[int(month_text)])
    else:
        months = matching(month_text, 12)
        days = matching(parts.day or "XX", 31)
        for year in years_of(parts):
            for month in months:
                length = month_days(year, month)
                for low, high in _neighbours(day for day in days if day <= length):
                    yield real_day(year, month, low), real_day(year, month, high)


def _neighbours(days: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of every stretch of numbers without a gap."""
    for _, stretch in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0]):
        numbers = [day for _, day in stretch]
        yield numbers[0], numbers[-1]


# --- Sets ------------------------------------------------------------------------------------


def _set_spans(form: Series, relation: Relation, certain: bool) -> tuple[Span, ...]:
    """Of all members of more than `SPAN_LIMIT` dates, every range as one.

    Of alternatives, every member as one where they are more.
    """
    pieces = form.pieces
    if relation == "all of":
        most = SPAN_LIMIT if sum(map(_count, pieces)) <= SPAN_LIMIT else 1
        return tuple(span for piece in pieces for span in _joint_spans(piece, certain, most))
    share = SPAN_LIMIT // max(1, sum(map(_is_manifold, pieces)))
    spans = [span for piece in pieces for span in _alternatives(piece, certain, share)]
    if len(spans) > SPAN_LIMIT:
        spans = [span for piece in pieces for span in _alternatives(piece, certain, 1)]
    return tuple(_without_seams(spans))


def _without_seams(spans: Iterable[Span]) -> Iterator[Span]:
    """Alternatives in order of time, those that meet or overlap as one.

    Each begins and ends anywhere between two days, so a day of any of them is a reading of its
    own, and the days together say the same.
    """
    run: Span | None = None
    for span in sorted(spans, key=lambda span: lower(span.earliest_start)):
        if run is None or run.is_hull or span.is_hull or not _meet(run, span):
            if run is not None:
                yield run
            run = span
        else:
            ends = (run.latest_end, span.latest_end)
            run = _within(run.earliest_start, None if None in ends else max(map(upper, ends)))
    if run is not None:
        yield run


def _meet(one: Span, other: Span) -> bool:
    """Whether a span that begins later than another leaves no day between them."""
    return lower(other.earliest_start) <= upper(one.latest_end) + 1


def _count(piece: Piece) -> int:
    if isinstance(piece, Member) or piece.first is None or piece.last is None:
        return 1
    return piece.last - piece.first + 1


def _is_manifold(piece: Piece) -> bool:
    """Whether a piece can be several spans that are not counted before they are found."""
    return isinstance(piece, Member) and any(date and (date.loose or date.flags) for date in piece)


def _alternatives(piece: Piece, certain: bool, share: int) -> list[Span]:
    """The spans of a member or a run, one of whose dates is meant: at most `share`."""
    if isinstance(piece, Member) and piece.first and piece.first is piece.last:
        return _date_spans(piece.first, certain, share)
    return [_within(*piece_range(piece, certain=certain))]


def _joint_spans(piece: Piece, certain: bool, most: int) -> Iterator[Span]:
    """The spans of a member or a run, all of which is meant: one for each of `most` dates."""
    if isinstance(piece, Member):
        yield from _alternatives(piece, certain, 1)
    elif piece.first is None or piece.last is None or piece.kind == "day" or _count(piece) > most:
        yield _whole_run(piece)
    else:
        for number in range(piece.first, piece.last + 1):
            yield _within(*unit_range(piece.kind, number))


def _whole_run(run: Run) -> Span:
    """One span for a run, all of which is meant: never certain of more than its members are.

    An open run is certain of the member that is named, days are certain throughout.
    """
    low, high = piece_range(run, certain=False)
    if run.first is None and run.last is not None:
        return Span(None, high, unit_range(run.kind, run.last)[0], high)
    if run.last is None and run.first is not None:
        return Span(low, unit_range(run.kind, run.first)[1], low, None)
    if run.kind == "day":
        return Span(low, low, high, high)
    return _within(low, high)


def piece_range(piece: Piece, *, certain: bool) -> Range:
    """The hull of the days of a member or a run."""
    if isinstance(piece, Member):
        return _ends(piece.first, certain)[0], _ends(piece.last, certain)[1]
    kind, first, last = piece
    low = None if first is None else unit_range(kind, first)[0]
    return low, None if last is None else unit_range(kind, last)[1]


def _ends(date: Date | None, certain: bool) -> Range:
    """The hull of the days that an end of an interval or of a range can be."""
    if date is None:
        return None, None
    (hull,) = _date_spans(date, certain, limit=1)
    return hull.earliest_start, hull.latest_end
