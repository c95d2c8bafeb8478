"""What the timeline and its map draw of the events that an address asks for, as JSON.

Of a chronology it is at /timeline.json, of any table at /-/timeline/DATABASE/TABLE.json.

Marks are of the events in the window. Lanes, bins and the grid of the map are made of all that the
filters choose, so that they stay as they are while one moves in time.
"""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from datasette.utils.asgi import Response

from datasette_event_timeline.config.declaration import Grouping
from datasette_event_timeline.config.tables import table_asked_for
from datasette_event_timeline.index.database import with_index
from datasette_event_timeline.permissions import check_visible
from datasette_event_timeline.queries.bins import bins_by_lane, bins_of, extent
from datasette_event_timeline.queries.events import MOST_MARKS, count_shown, weightiest
from datasette_event_timeline.queries.filters import read_selections, read_state
from datasette_event_timeline.queries.lanes import MOST_LANES, facet, lanes, lanes_shown, one_lane
from datasette_event_timeline.queries.places import read_places
from datasette_event_timeline.queries.query import Query, Row, query_for
from datasette_event_timeline.queries.selection import Selection, State
from datasette_event_timeline.sql.bins import calendar_bins
from datasette_event_timeline.sql.grouping import REST
from datasette_event_timeline.urls import event_url
from datasette_event_timeline.views.responses import Route, json_answer, only_read
from edtf_dates import EventDate

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

OVERVIEW_BINS = 150


async def timeline_data(datasette: "Datasette", request: "Request") -> Response:
    """Answer /timeline.json, and that of any table."""
    await check_visible(datasette, request)
    declaration = await with_index(
        datasette, await table_asked_for(datasette, request), request.args
    )
    state = read_state(request, declaration)
    everything, shown = await read_selections(datasette, declaration, request, state)
    query = query_for(datasette, declaration, everything)
    drawing = await _read_drawing(query, everything, shown, state)
    for event in drawing["events"]:
        event["url"] = event_url(datasette, declaration, event["id"])
    return json_answer(datasette, drawing)


async def _read_drawing(query: Query, everything: Selection, shown: Selection, state: State) -> Row:
    """Return what the timeline and the map draw, ready for JSON.

    `complete`: all events chosen are in `events`, whatever the window; else `events` are
    the weightiest in the window, and `bins` and `places` stand for the others. `timed_out` names
    what took too long, and is None here or empty; without its lanes all is in one.
    """
    counted = partial(query.count, everything)
    total = await query.attempt("how many events there are", counted, None)
    complete = total is not None and total <= MOST_MARKS
    lanes_found = partial(lanes, query, everything, state.lanes)
    lanes_drawn = await query.attempt("the lanes", lanes_found, None)
    if lanes_drawn is None:
        state, lanes_drawn = replace(state, lanes=None), one_lane(total)
    drawn = partial(weightiest, query, everything if complete else shown, state.lanes)
    rows: list[Row] = await query.attempt("the marks", drawn, [])
    reach = await _reach(query, everything, rows)
    drawing = {
        "total": total,
        "shown": total if shown is everything else await count_shown(query, shown),
        "complete": complete,
        "extent": reach,
        "window": _window_days(state.window),
        "overview": await _overview(query, everything, reach),
        "lanes": lanes_drawn,
        "kinds": await _kinds(query, everything),
        "events": rows,
        "bins": None,
        "places": None,
    }
    if not complete:
        drawing |= await _read_crowd(query, everything, shown, state, reach, lanes_drawn)
    return {**drawing, "timed_out": query.timed_out}


async def _reach(query: Query, everything: Selection, drawn: list[Row]) -> tuple[int, int] | None:
    """Return the first and the last day; of the events that are drawn, if it takes too long."""
    found = partial(extent, query, everything)
    return await query.attempt("the first and the last day", found, None) or _reach_of(drawn)


def _reach_of(rows: list[Row]) -> tuple[int, int] | None:
    days = [
        day
        for row in rows
        for stretch in row["stretches"]
        for day in stretch[:2]
        if day is not None
    ]
    return (min(days), max(days)) if days else None


async def _read_crowd(
    query: Query,
    everything: Selection,
    shown: Selection,
    state: State,
    reach: tuple[int, int] | None,
    lanes_drawn: list[Row],
) -> Row:
    """Return what stands for events that are too many to be drawn one by one."""
    counted = partial(lanes_shown, query, shown, state.lanes, lanes_drawn)
    bins = partial(_lane_bins, query, everything, state, reach, lanes_drawn)
    places = partial(read_places, query, everything, shown)
    return {
        "lanes": await query.attempt("how many events each lane shows", counted, lanes_drawn),
        "bins": await query.attempt("the bars", bins, None),
        "places": await query.attempt("the places", places, None),
    }


def _window_days(window: EventDate | None) -> tuple[int | None, int | None] | None:
    return (window.earliest_start, window.latest_end) if window else None


async def _kinds(query: Query, everything: Selection) -> list[Row]:
    """Return the kinds of event in a fixed order, so that each keeps its hue whatever is chosen."""
    kind = query.declaration.kind
    if kind is None:
        return []
    if query.declaration.extension.kinds:
        return [{"value": value, "label": value} for value in query.declaration.extension.kinds]
    found: list[Row] = await query.attempt(
        "the kinds", partial(facet, query, everything, Grouping(kind), MOST_LANES), []
    )
    return found


async def _overview(
    query: Query, everything: Selection, reach: tuple[int, int] | None
) -> Row | None:
    if reach is None:
        return None
    bins = calendar_bins(*reach, most=OVERVIEW_BINS)
    counted = await query.attempt("the overview", partial(bins_of, query, everything, bins), None)
    if counted is None:
        return None
    counts = counted.get(REST, {"possible": [], "certain": []})
    return {"unit": bins.unit, "edges": bins.edges, **counts}


async def _lane_bins(
    query: Query,
    everything: Selection,
    state: State,
    reach: tuple[int, int] | None,
    lanes_drawn: list[Row],
) -> Row | None:
    """Return the bins of the window, each with all of the events chosen that are in it.

    So a bin that the window cuts is whole, and what bins are made of is found once for all windows.
    """
    if reach is None:
        return None
    first, last = _window_days(state.window) or reach
    bins = calendar_bins(reach[0] if first is None else first, reach[1] if last is None else last)
    by_value = await bins_by_lane(query, everything, bins, state.lanes, lanes_drawn)
    return {
        "unit": bins.unit,
        "edges": bins.edges,
        "lanes": [{"value": value, **counts} for value, counts in by_value.items()],
    }


ROUTES: tuple[Route, ...] = ((r"^/timeline\.json$", only_read(timeline_data)),)
ROUTES_OF_TABLES: tuple[Route, ...] = (
    (r"^/-/timeline/(?P<database>[^/]+)/(?P<table>[^/]+)\.json$", only_read(timeline_data)),
)
