"""The geometry of what the server draws, worked out from numbers and dates: no markup, no queries.

Places along a drawing are percentages of its width: it fills the room it has, and its
words keep their size on any screen.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, log10

from datasette_event_timeline.render.stretches import drawn_stretches
from datasette_event_timeline.sql.bins import Bins, calendar_bins
from datasette_event_timeline.sql.stored_dates import known_days
from edtf_dates import OPEN_END, OPEN_START, EventDate, Stretch, from_ordinal
from edtf_dates.days import year_words

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Tick:
    """A line across a scale, and what stands beside it, if anything."""

    at: float
    label: str = ""


# Figures

_MOST_STEPS = 5
# Beyond this a double no longer counts one by one: such a figure is told, not drawn.
_LARGEST = 1e15
# A letter of a label, and an arrow, on the narrowest screen.
_LETTER = 2.3
ARROW = 9.0


@dataclass(frozen=True)
class Scale:
    """Numbers along a drawing: it always holds zero."""

    first: float
    last: float
    ticks: tuple[Tick, ...]

    def at(self, value: float) -> float:
        return _share(value, self.first, self.last)


@dataclass(frozen=True)
class Words:
    """Where the words of a mark stand: their `side`, start or end, is at one of its ends.

    `raised` if there is room only above it.
    """

    at: float
    side: str
    raised: bool


@dataclass(frozen=True)
class Mark:
    """One figure: a line between bounds, a dot at the best, an arrow where a bound is open."""

    low: float
    high: float
    best: float | None
    open_below: bool
    open_above: bool
    words: Words


def number_scale(values: Iterable[float]) -> Scale | None:
    """Return a scale of round steps that holds zero and all values; None without any."""
    found = [value for value in values if _is_drawable(value)]
    if not found:
        return None
    least, most = min(0, *found), max(0, *found)
    step = _round_step((most - least) or 1)
    if all(value == int(value) for value in found):
        step = max(step, 1)
    first, last = floor(least / step), max(ceil(most / step), 1)
    ends = (first * step, last * step)
    ticks = tuple(
        Tick(_share(n * step, *ends), f"{n * step:,.10g}") for n in range(first, last + 1)
    )
    return Scale(*ends, ticks)


def _is_drawable(value: float | None) -> bool:
    return value is not None and abs(value) <= _LARGEST


def _round_step(length: float) -> float:
    """Return the smallest of 1, 2, 5, 10, 20, ... that divides a length into few steps."""
    power: float = 10.0 ** floor(log10(length / _MOST_STEPS))
    return next((n * power for n in (1, 2, 5) if length <= _MOST_STEPS * n * power), 10 * power)


def draw_figure(
    low: float | None, best: float | None, high: float | None, words: str, scale: Scale
) -> Mark | None:
    """Return a figure drawn on a scale. Without a best, a bound that is missing is open."""
    bounds = [value for value in (low, best, high) if value is not None]
    if not bounds or not all(map(_is_drawable, bounds)):
        return None
    left, right = scale.at(min(bounds)), scale.at(max(bounds))
    dot = best
    if dot is None and low is not None and low == high:
        dot = low
    open_below = low is None and best is None
    open_above = high is None and best is None
    arrows = (ARROW * open_below, ARROW * open_above)
    return Mark(
        low=left,
        high=right,
        best=None if dot is None else scale.at(dot),
        open_below=open_below,
        open_above=open_above,
        words=place_words(words, left, right, arrows),
    )


def place_words(
    words: str, left: float, right: float, arrows: tuple[float, float] = (0.0, 0.0)
) -> Words:
    """Return where words fit beside a mark: right of it, left of it, or else above it."""
    needed = _LETTER * len(words) + 3
    if right + arrows[1] + needed <= 100:
        return Words(right, "start", raised=False)
    if left - arrows[0] - needed >= 0:
        return Words(left, "end", raised=False)
    if left + needed <= 100:
        return Words(left, "start", raised=True)
    return Words(0.0, "start", raised=True) if right < needed else Words(right, "end", raised=True)


def _share(value: float, first: float, last: float) -> float:
    return round(100 * (value - first) / (last - first), 2)


# Dates

_MOST_BINS = 26
_MOST_LABELS = 7
# Days beside a date, so that it is seen in its surroundings.
_LEAST_MARGIN = 8
# Days drawn of an end that is open, so that it is not taken for one that is near.
_OPEN_LENGTH = 366
# A stretch that would be narrower than this could not be seen.
_LEAST_WIDTH = 0.8
# Nearer than this, one label of the coarser level would run into the next.
_LABEL_ROOM = 22.0


@dataclass(frozen=True)
class TimeScale:
    """Days along a drawing, as calendar units; `ticks` name them, `eras` what holds them."""

    first: int
    last: int
    ticks: tuple[Tick, ...]
    eras: tuple[Tick, ...]

    def at(self, day: int) -> float:
        """Return the place where a day begins."""
        return _share(min(max(day, self.first), self.last), self.first, self.last)


@dataclass(frozen=True)
class Piece:
    """A stretch of a date: under way on all its days for certain, or only possibly.

    `soft`: which of its ends are only about right: start, end, both, or none ("").
    """

    at: float
    width: float
    is_certain: bool
    soft: str = ""


@dataclass(frozen=True)
class DrawnDate:
    """A date as it is drawn.

    `soft_start`, `soft_end`: the end is only about right, so it has a soft cap. `questioned`:
    the date may be wrong, so what is only possible is hollow. `open_start`, `open_end`: no bound
    is known.
    """

    pieces: tuple[Piece, ...]
    soft_start: bool
    soft_end: bool
    questioned: bool
    open_start: bool
    open_end: bool

    @property
    def start(self) -> float:
        return min(piece.at for piece in self.pieces)

    @property
    def end(self) -> float:
        return max(piece.at + piece.width for piece in self.pieces)


def time_scale(dates: Sequence[EventDate]) -> TimeScale | None:
    """Return a scale of whole calendar units around dates; None if none has a bound.

    It goes on for a year beyond the dates at a side where one of them is open.
    """
    days = [day for date in dates for day in known_days(date)]
    if not days:
        return None
    stretches = [one for date in dates for one in date.stretches if not one.certain]
    opens_before = any(one.first == OPEN_START for one in stretches)
    opens_after = any(one.last == OPEN_END for one in stretches)
    first = min(days) - _OPEN_LENGTH * opens_before
    last = max(days) + _OPEN_LENGTH * opens_after
    margin = max((last - first) // 4, _LEAST_MARGIN)
    bins = calendar_bins(first - margin, last + margin, most=_MOST_BINS)
    ends = (bins.edges[0], bins.edges[-1])
    return TimeScale(*ends, tuple(_ticks(bins, first)), tuple(_eras(bins)))


def _ticks(bins: Bins, first: int) -> Iterator[Tick]:
    every = ceil(len(bins) / _MOST_LABELS)
    begin = bins.place(first) % every
    for n, edge in enumerate(bins.edges[:-1]):
        label = _unit_label(bins.unit, edge) if n % every == begin else ""
        yield Tick(_share(edge, bins.edges[0], bins.edges[-1]), label)


def _unit_label(unit: str, day: int) -> str:
    year, month, day_of_month = from_ordinal(day)
    if unit == "day":
        return str(day_of_month)
    return _MONTHS[month - 1] if unit in ("month", "quarter") else year_words(year)


def _eras(bins: Bins) -> Iterator[Tick]:
    """Yield the months above days and the years above months, each where it begins."""
    if bins.unit not in ("day", "month", "quarter"):
        return
    labels: dict[str, float] = {}
    for edge in bins.edges[:-1]:
        year, month, _ = from_ordinal(edge)
        words = year_words(year)
        label = f"{_MONTHS[month - 1]} {words}" if bins.unit == "day" else words
        labels.setdefault(label, _share(edge, bins.edges[0], bins.edges[-1]))
    places = [*labels.values(), 100.0 + _LABEL_ROOM]
    for n, (label, at) in enumerate(labels.items()):
        # Of the first two the first gives way: the second stands where its own begins.
        if n or places[n + 1] - at >= _LABEL_ROOM:
            yield Tick(at, label)


def draw_date(date: EventDate, scale: TimeScale) -> DrawnDate:
    """Return a date drawn on a scale that holds it."""
    marked_start, marked_end = date.marked_ends
    stretches = drawn_stretches(date)
    possible = [one for one in stretches if not one.certain]
    certain = [one for one in stretches if one.certain]
    soft_start = marked_start and date.approximate
    soft_end = marked_end and (date.approximate or not marked_start)
    pieces = [piece for one in possible for piece in _pieces(one, certain, scale)]
    return DrawnDate(
        pieces=tuple(_soften(pieces, soft_start, soft_end)),
        soft_start=soft_start,
        soft_end=soft_end,
        questioned=marked_start and date.uncertain,
        open_start=possible[0].first == OPEN_START,
        open_end=possible[-1].last == OPEN_END,
    )


def _pieces(possible: Stretch, certain: Iterable[Stretch], scale: TimeScale) -> Iterator[Piece]:
    """Yield a possible stretch in pieces: its days that are certain, and the others."""
    at, end = max(possible.first, scale.first), min(possible.last, scale.last - 1)
    for stretch in certain:
        first, last = max(stretch.first, at), min(stretch.last, end)
        if first <= last:
            if at < first:
                yield _piece(scale, at, first - 1, is_certain=False)
            yield _piece(scale, first, last, is_certain=True)
            at = last + 1
    if at <= end:
        yield _piece(scale, at, end, is_certain=False)


def _soften(pieces: list[Piece], start: bool, end: bool) -> Iterator[Piece]:
    """Yield the pieces, the first and the last with the ends that are only about right."""
    for n, piece in enumerate(pieces):
        soft = (start and n == 0, end and n == len(pieces) - 1)
        yield piece if piece.is_certain else replace(piece, soft=_SOFT[soft])


_SOFT = {(False, False): "", (True, False): "start", (False, True): "end", (True, True): "both"}


def _piece(scale: TimeScale, first: int, last: int, *, is_certain: bool) -> Piece:
    at = scale.at(first)
    return Piece(at, max(round(scale.at(last + 1) - at, 2), _LEAST_WIDTH), is_certain)
