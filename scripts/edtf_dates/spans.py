"""The days a date can mean: its four days, its spans, and the stretches and gaps of a window.

A `certain` reading takes every component marked `?`, `~` or `%` for unspecified.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from math import inf

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
    """Of more than `SPAN_LIMIT`: every range as one; if need be, every member as one."""
    joint = relation == "all of"
    pieces = form.pieces
    share = 1 if joint else SPAN_LIMIT // max(1, sum(map(_is_manifold, pieces)))
    most = SPAN_LIMIT if sum(map(_count, pieces)) <= SPAN_LIMIT else 1
    spans = [span for piece in pieces for span in _piece_spans(piece, joint, certain, share, most)]
    if len(spans) > SPAN_LIMIT:
        spans = [span for piece in pieces for span in _piece_spans(piece, joint, certain, 1, 1)]
    return tuple(spans)


def _count(piece: Piece) -> int:
    if isinstance(piece, Member) or piece.first is None or piece.last is None:
        return 1
    return piece.last - piece.first + 1


def _is_manifold(piece: Piece) -> bool:
    """Whether a piece can be several stretches that are not counted before they are found."""
    return isinstance(piece, Member) and any(date and (date.loose or date.flags) for date in piece)


def _piece_spans(piece: Piece, joint: bool, certain: bool, share: int, most: int) -> Iterable[Span]:
    """The spans of a member, at most `share`, or of a run: one each of at most `most` dates."""
    if isinstance(piece, Run):
        return _run_spans(piece, joint, most)
    if piece.first and piece.first is piece.last:
        return _date_spans(piece.first, certain, share)
    return [_within(*piece_range(piece, certain=certain))]


def _run_spans(run: Run, joint: bool, most: int) -> Iterator[Span]:
    if run.first is None or run.last is None or _count(run) > most:
        yield _whole_run(run, joint)
        return
    for number in range(run.first, run.last + 1):
        yield _within(*unit_range(run.kind, number))


def _whole_run(run: Run, joint: bool) -> Span:
    """One span for a whole range.

    For "all of", never one that is certain of more than the members are: an open range is
    certain of the member that is named, days are certain throughout.
    """
    low, high = piece_range(run, certain=False)
    if joint and run.first is None and run.last is not None:
        return Span(None, high, unit_range(run.kind, run.last)[0], high)
    if joint and run.last is None and run.first is not None:
        return Span(low, unit_range(run.kind, run.first)[1], low, None)
    if joint and run.kind == "day":
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


# --- Windows ---------------------------------------------------------------------------------


def stretches_of(spans: Iterable[Span]) -> list[tuple[float, float]]:
    """The days the spans can reach, those that meet or overlap joined."""
    reached = sorted((lower(s.earliest_start), upper(s.latest_end)) for s in spans)
    stretches: list[tuple[float, float]] = []
    for first, last in reached:
        if stretches and first <= stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], last))
        else:
            stretches.append((first, last))
    return stretches


def gaps_of(stretches: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The days that no stretch has."""
    edges = [-inf, *(edge for low, high in stretches for edge in (low - 1, high + 1)), inf]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [(first, last) for first, last in pairs if first <= last and first != inf != -last]


def fits(span: Span, gap: tuple[float, float]) -> bool:
    """Whether the span has a reading that begins and ends within the gap."""
    start = max(lower(span.earliest_start), gap[0])
    end = max(lower(span.earliest_end), start)
    return start <= upper(span.latest_start) and end <= min(upper(span.latest_end), gap[1])
