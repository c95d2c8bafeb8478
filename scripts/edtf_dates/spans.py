"""The spans of a date: each alternative, or each member of a set, by its four days.

With `certain`, every component marked `?`, `~` or `%` is read as unspecified.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice

from edtf_dates.bounds import Bound, Range, Span, interval_days, lower, upper
from edtf_dates.days import SUB_YEARS, month_days, sub_year_days, unchecked_ordinal
from edtf_dates.patterns import hull_of, matching, year_bounds, years_of
from edtf_dates.syntax import (
    CanonicalForm,
    Components,
    Date,
    Element,
    Interval,
    Member,
    Relation,
    Run,
)
from edtf_dates.units import is_plain, run_range, unit_range

# More alternatives than this are replaced by their hull.
SPAN_LIMIT = 1_000


def find_spans(form: CanonicalForm, relation: Relation, *, certain: bool) -> tuple[Span, ...]:
    """The spans of a form in order of time; at most `SPAN_LIMIT`."""
    if isinstance(form, Date):
        return tuple(_date_spans(form, certain, SPAN_LIMIT))
    if isinstance(form, Interval):
        start, end = (_end_range(date, certain) for date in form)
        return (Span(*interval_days(start, end)),)
    if relation == "all of":
        return tuple(_spans_of_all(form.elements, certain))
    return tuple(_merge_spans(_spans_of_one(form.elements, certain)))


def marked_ends(spans: Sequence[Span], readings: Sequence[Span]) -> tuple[bool, bool]:
    """Whether a mark changes when a date can start, and whether it changes when it can end.

    `readings` are its spans with the marked components unspecified. Where there are several
    spans, or the marks change nothing, both ends count as marked.
    """
    if len(spans) != 1 or len(readings) != 1:
        return True, True
    (span,), (reading,) = spans, readings
    starts = [(one.earliest_start, one.latest_start) for one in (span, reading)]
    ends = [(one.earliest_end, one.latest_end) for one in (span, reading)]
    marked = (starts[0] != starts[1], ends[0] != ends[1])
    return marked if any(marked) else (True, True)


# --- Dates -----------------------------------------------------------------------------------


def _within(low: Bound, high: Bound, *, is_hull: bool = False) -> Span:
    """What begins and ends on any days from the first to the last."""
    return Span(low, high, low, high, is_hull)


def _whole_years(first: int, last: int, *, is_hull: bool = False) -> Span:
    days = unchecked_ordinal(first, 1, 1), unchecked_ordinal(last, 12, 31)
    return _within(*days, is_hull=is_hull)


def _end_range(date: Date | None, certain: bool) -> Range:
    """The first and the last day that an end of an interval or of a range can be."""
    if date is None:
        return None, None
    if not (certain and date.flags):
        return date.low, date.high
    (hull,) = _date_spans(date, certain, limit=1)
    return hull.earliest_start, hull.latest_end


def _date_spans(date: Date, certain: bool, limit: int) -> list[Span]:
    """The days that a date can be, those that adjoin as one; the hull of more than `limit`."""
    if not date.is_imprecise and not (certain and date.flags):
        return [_within(date.low, date.high)]
    components = date.components
    if certain and components.flags[0]:
        return [_within(None, None)]
    if components.month is None:
        return _year_spans(components, limit)
    if certain and components.flags[1] and components.sub_year is not None:
        return [_any_part_of_year(components)]
    if certain and components.flags[1]:
        components = components._replace(month="XX")
    if certain and components.flags[2]:
        components = components._replace(day="XX")
    return _day_spans(components, limit)


def _any_part_of_year(components: Components) -> Span:
    """A whole year, and the January and February in which winters and summers may end."""
    first, last = year_bounds(components)
    return _within(unchecked_ordinal(first, 1, 1), unchecked_ordinal(last + 1, 3, 1) - 1)


def _year_spans(components: Components, limit: int) -> list[Span]:
    """A year with unspecified digits: one span for each way to fill those before the last run."""
    stem = components.year.rstrip("X")
    if "X" not in stem:
        return [_whole_years(*year_bounds(components))]
    if 10 ** stem.count("X") > limit:
        return [_whole_years(*year_bounds(components), is_hull=True)]
    tail = "X" * (len(components.year) - len(stem))
    stems = years_of(components._replace(year=stem, negative=False), backwards=components.negative)
    return [
        _whole_years(*year_bounds(components._replace(year=f"{number:0{len(stem)}}{tail}")))
        for number in stems
        if len(components.year) == 4 or len(str(number)) == len(stem)
        if number or tail or not components.negative  # there is no year -0000
    ]


def _day_spans(components: Components, limit: int) -> list[Span]:
    """A date with a month or a part of the year."""
    if components.month == "XX" and components.day in (None, "XX"):
        return _year_spans(components._replace(month=None, day=None), limit)
    ranges = list(islice(_merge_ranges(_month_ranges(components)), limit + 1))
    if len(ranges) > limit:
        return [_within(*hull_of(components), is_hull=True)]
    return [_within(low, high) for low, high in ranges]


def _merge_ranges(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ranges in order, those that adjoin as one."""
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


def _month_ranges(components: Components) -> Iterator[tuple[int, int]]:
    """The ranges of days in each year and month that the components can mean, in order."""
    if (code := components.sub_year) is not None:
        yield from (sub_year_days(year, SUB_YEARS[code]) for year in years_of(components))
        return
    months = matching(components.month or "XX", 12)
    days = matching(components.day or "XX", 31)
    for year in years_of(components):
        for month in months:
            length = month_days(year, month)
            start = unchecked_ordinal(year, month, 1) - 1
            for first, last in _consecutive(day for day in days if day <= length):
                yield start + first, start + last


def _consecutive(days: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of consecutive numbers."""
    for _, run in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0]):
        numbers = [day for _, day in run]
        yield numbers[0], numbers[-1]


# --- One of a set ----------------------------------------------------------------------------


def _spans_of_one(elements: Sequence[Element], certain: bool) -> list[Span]:
    """The spans of alternatives: one for each element, if else they were more than SPAN_LIMIT."""
    share = SPAN_LIMIT // max(1, sum(map(_may_have_several_spans, elements)))
    spans = [span for element in elements for span in _alternatives(element, certain, share)]
    if len(spans) <= SPAN_LIMIT:
        return spans
    return [span for element in elements for span in _alternatives(element, certain, 1)]


def _may_have_several_spans(element: Element) -> bool:
    return isinstance(element, Member) and not all(map(is_plain, element))


def _alternatives(element: Element, certain: bool, limit: int) -> list[Span]:
    """The spans of an element of which one date is meant; the hull of more than `limit`."""
    if isinstance(element, Run):
        return [_within(*run_range(element))]
    first, last = element
    if first is not None and first is last:
        return _date_spans(first, certain, limit)
    return [_within(_end_range(first, certain)[0], _end_range(last, certain)[1])]


def _merge_spans(spans: Iterable[Span]) -> Iterator[Span]:
    """Alternatives in order of time, those that adjoin or overlap as one.

    Each stands for any of its days, so that merged they mean the same. Hulls stay apart, because
    they have days that the date cannot mean.
    """
    merged: Span | None = None
    for span in sorted(spans, key=lambda span: lower(span.earliest_start)):
        if merged is None or merged.is_hull or span.is_hull or not _adjoin(merged, span):
            if merged is not None:
                yield merged
            merged = span
        else:
            ends = (merged.latest_end, span.latest_end)
            merged = _within(merged.earliest_start, None if None in ends else max(map(upper, ends)))
    if merged is not None:
        yield merged


def _adjoin(one: Span, later: Span) -> bool:
    """Whether there is no day between a span and one that begins later."""
    return lower(later.earliest_start) <= upper(one.latest_end) + 1


# --- All of a set ----------------------------------------------------------------------------


def _spans_of_all(elements: Sequence[Element], certain: bool) -> Iterator[Span]:
    """One span for each date; if they are more than SPAN_LIMIT, one for each element."""
    is_within_limit = sum(map(_count, elements)) <= SPAN_LIMIT
    for element in elements:
        if isinstance(element, Member):
            yield from _alternatives(element, certain, 1)
        elif element.first is None or element.last is None or element.kind == "day":
            yield _run_span(element)
        elif is_within_limit:
            for number in range(element.first, element.last + 1):
                yield _within(*unit_range(element.kind, number))
        else:
            yield _run_span(element)


def _count(element: Element) -> int:
    """How many dates an element has; 1 where it is open."""
    if isinstance(element, Member) or element.first is None or element.last is None:
        return 1
    return element.last - element.first + 1


def _run_span(run: Run) -> Span:
    """One span for all dates of a run, certain of nothing that they are not certain of.

    An open run is certain of the date that it names, a run of days of each day.
    """
    low, high = run_range(run)
    if run.first is None and run.last is not None:
        return Span(None, high, unit_range(run.kind, run.last)[0], high)
    if run.last is None and run.first is not None:
        return Span(low, unit_range(run.kind, run.first)[1], low, None)
    if run.kind == "day":
        return Span(low, low, high, high)
    return _within(low, high)
