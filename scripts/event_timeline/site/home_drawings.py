"""The drawings of the first page: events by year, as bars that are links, and a map of places."""

from dataclasses import dataclass

from datasette_event_timeline.queries.bins import bins_of, extent
from datasette_event_timeline.queries.places import read_places
from datasette_event_timeline.queries.query import Query
from datasette_event_timeline.queries.selection import EVERYTHING
from datasette_event_timeline.render.small_map import PlacesMap, draw_places
from datasette_event_timeline.sql.bins import Bins, bins_by, calendar_bins
from datasette_event_timeline.sql.date_cells import read_date
from datasette_event_timeline.sql.grouping import REST
from edtf_dates import YEAR_LIMIT, from_ordinal, spell_year, year_words

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WIDTH, HEIGHT = 1000.0, 250.0
_AXIS = 24.0
_TOP = 16.0
# A few long bars say more than many short ones: finer units are on the timeline.
_MOST_BARS = 40
_CHARACTER_WIDTH = 7.0
_LABEL_GAP = 12.0


@dataclass(frozen=True)
class Bar:
    """One unit's events: `certain` are under way in it for sure, `possible` may be."""

    x: float
    width: float
    label: str
    window: str
    possible: int
    certain: int
    possible_height: float
    certain_height: float
    is_labelled: bool


@dataclass(frozen=True)
class Histogram:
    """Bars on a base line, in a drawing of WIDTH by HEIGHT."""

    unit: str
    bars: tuple[Bar, ...]
    base: float = HEIGHT - _AXIS
    width: float = WIDTH
    height: float = HEIGHT


async def read_histogram(query: Query, window: str | None) -> Histogram | None:
    """Return the events of a window, or of all time, by years or longer; None without a date."""
    reach = await extent(query, EVERYTHING)
    if reach is None:
        return None
    first, last = _within(reach, window)
    # A few years are months; of more, quarters would say little.
    has_years = 3 * 365 < last - first < _MOST_BARS * 365
    bins = bins_by("year", first, last) if has_years else calendar_bins(first, last, _MOST_BARS)
    counts = (await bins_of(query, EVERYTHING, bins)).get(REST)
    if counts is None:
        return None
    return Histogram(bins.unit, tuple(_bars(bins, counts["possible"], counts["certain"])))


async def read_map(query: Query) -> PlacesMap | None:
    """Return a map of the places of all events; None if none has a point on the Earth."""
    places = [
        (float(place["latitude"]), float(place["longitude"]), int(place["count"]))
        for place in await read_places(query, EVERYTHING, EVERYTHING)
        if _is_on_earth(place["latitude"], place["longitude"])
    ]
    return draw_places(places)


def _is_on_earth(latitude: object, longitude: object) -> bool:
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return False
    return abs(latitude) <= 90 and abs(longitude) <= 180


def _within(reach: tuple[int, int], window: str | None) -> tuple[int, int]:
    date = read_date(window) if window else None
    if date is None:
        return reach
    first, last = date.earliest_start, date.latest_end
    ends = (reach[0] if first is None else first, reach[1] if last is None else last)
    # An open window may begin after the last event, or end before the first.
    return min(ends), max(ends)


def _bars(bins: Bins, possible: list[int], certain: list[int]) -> list[Bar]:
    step = WIDTH / len(bins)
    labels = [_label(bins, n) for n in range(len(bins))]
    widest = max(map(len, labels)) * _CHARACTER_WIDTH + _LABEL_GAP
    every = max(1, -int(-widest // step))
    scale = (HEIGHT - _AXIS - _TOP) / max(1, *possible)
    return [
        Bar(
            x=round(n * step + step * 0.08, 1),
            width=round(step * 0.84, 1),
            label=labels[n],
            window=_window(bins, n),
            possible=possible[n],
            certain=certain[n],
            possible_height=round(possible[n] * scale, 1),
            certain_height=round(certain[n] * scale, 1),
            is_labelled=n % every == 0,
        )
        for n in range(len(bins))
    ]


def _label(bins: Bins, n: int) -> str:
    """Return the bin's day, month or year, or its first and last year: 2015, 800–701 BCE."""
    year, month, day = from_ordinal(bins.edges[n])
    if bins.unit == "day":
        return f"{day} {_MONTHS[month - 1]}"
    if bins.unit == "month":
        return f"{_MONTHS[month - 1]} {year_words(year)}"
    first, last = (year_words(year) for year in _years(bins, n))
    era = next((era for era in (" BCE", " CE") if last.endswith(era)), "")
    return first if first == last else f"{first.removesuffix(era)}–{last}"


def _years(bins: Bins, n: int) -> tuple[int, int]:
    years = (from_ordinal(day)[0] for day in (bins.edges[n], bins.edges[n + 1] - 1))
    # A unit may reach beyond the years that EDTF has.
    first, last = (min(max(year, -YEAR_LIMIT), YEAR_LIMIT) for year in years)
    return first, last


def _window(bins: Bins, n: int) -> str:
    """Return the bin's day, month or years as EDTF."""
    year, month, day = from_ordinal(bins.edges[n])
    if bins.unit == "day":
        return f"{spell_year(year)}-{month:02}-{day:02}"
    if bins.unit == "month":
        return f"{spell_year(year)}-{month:02}"
    first, last = _years(bins, n)
    return spell_year(first) if first == last else f"{spell_year(first)}/{spell_year(last)}"
