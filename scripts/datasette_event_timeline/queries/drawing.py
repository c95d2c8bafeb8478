"""What the timeline, its map and its list show of the events that an address asks for.

Marks, facets and list are of the events in the window. Lanes, bins and the grid of the map are
made of all that the filters choose, so that they stay as they are while one moves in time.
"""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from datasette_event_timeline.declaration import Declaration, Grouping, groupings
from datasette_event_timeline.queries.events import MOST_MARKS, weightiest
from datasette_event_timeline.queries.lanes import (
    MOST_LANES,
    bins_by_lane,
    bins_of,
    facet,
    lanes,
    lanes_shown,
    one_lane,
)
from datasette_event_timeline.queries.places import read_places
from datasette_event_timeline.queries.query import REST, Asker, Row, count, extent
from datasette_event_timeline.queries.selection import Pairs, Selection, State
from datasette_event_timeline.render.words import heading
from datasette_event_timeline.sql.bins import calendar_bins
from edtf_dates import EventDate

if TYPE_CHECKING:
    from datasette.app import Datasette

OVERVIEW_BINS = 150
FACET_LENGTH = 15


async def read_drawing(asker: Asker, everything: Selection, shown: Selection, state: State) -> Row:
    """Return what the timeline and the map draw, ready for JSON.

    `complete`: all events chosen are in `events`, whatever the window; else `events` are
    the weightiest in the window, and `bins` and `places` stand for the others. `late` names
    what took too long, and is None here or empty; without its lanes all is in one.
    """
    counted = partial(count, asker, everything)
    total = await asker.in_time("how many events there are", counted, None)
    complete = total is not None and total <= MOST_MARKS
    lanes_found = partial(lanes, asker, everything, state.lanes)
    lanes_drawn = await asker.in_time("the lanes", lanes_found, None)
    if lanes_drawn is None:
        state, lanes_drawn = replace(state, lanes=None), one_lane(total)
    drawn = partial(weightiest, asker, everything if complete else shown, state.lanes)
    rows: list[Row] = await asker.in_time("the marks", drawn, [])
    reach = await _reach(asker, everything, rows)
    drawing = {
        "total": total,
        "shown": total if shown is everything else await shown_count(asker, shown),
        "complete": complete,
        "extent": reach,
        "window": _window_days(state.window),
        "overview": await _overview(asker, everything, reach),
        "lanes": lanes_drawn,
        "kinds": await _kinds(asker, everything),
        "events": rows,
        "bins": None,
        "places": None,
    }
    if not complete:
        drawing |= await _read_crowd(asker, everything, shown, state, reach, lanes_drawn)
    return {**drawing, "late": asker.late}


async def shown_count(asker: Asker, shown: Selection) -> int | None:
    """Return how many events are shown; None if it takes too long to count them."""
    return await asker.in_time("how many events are in view", partial(count, asker, shown), None)


async def _reach(asker: Asker, everything: Selection, drawn: list[Row]) -> tuple[int, int] | None:
    """Return the first and the last day; of the events that are drawn, if it takes too long."""
    found = partial(extent, asker, everything)
    return await asker.in_time("the first and the last day", found, None) or _reach_of(drawn)


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
    asker: Asker,
    everything: Selection,
    shown: Selection,
    state: State,
    reach: tuple[int, int] | None,
    lanes_drawn: list[Row],
) -> Row:
    """Return what stands for events that are too many to be drawn one by one."""
    counted = partial(lanes_shown, asker, shown, state.lanes, lanes_drawn)
    bins = partial(_lane_bins, asker, everything, state, reach, lanes_drawn)
    places = partial(read_places, asker, everything, shown)
    return {
        "lanes": await asker.in_time("how many events each lane shows", counted, lanes_drawn),
        "bins": await asker.in_time("the bars", bins, None),
        "places": await asker.in_time("the places", places, None),
    }


def _window_days(window: EventDate | None) -> tuple[int | None, int | None] | None:
    return (window.earliest_start, window.latest_end) if window else None


async def _kinds(asker: Asker, everything: Selection) -> list[Row]:
    """Return the kinds of event in a fixed order, so that each keeps its hue whatever is chosen."""
    kind = asker.declaration.kind
    if kind is None:
        return []
    if asker.declaration.extension.kinds:
        return [{"value": value, "label": value} for value in asker.declaration.extension.kinds]
    found: list[Row] = await asker.in_time(
        "the kinds", partial(facet, asker, everything, Grouping(kind), MOST_LANES), []
    )
    return found


async def _overview(
    asker: Asker, everything: Selection, reach: tuple[int, int] | None
) -> Row | None:
    if reach is None:
        return None
    bins = calendar_bins(*reach, most=OVERVIEW_BINS)
    counted = await asker.in_time("the overview", partial(bins_of, asker, everything, bins), None)
    if counted is None:
        return None
    counts = counted.get(REST, {"possible": [], "certain": []})
    return {"unit": bins.unit, "edges": bins.edges, **counts}


async def _lane_bins(
    asker: Asker,
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
    by_value = await bins_by_lane(asker, everything, bins, state.lanes, lanes_drawn)
    return {
        "unit": bins.unit,
        "edges": bins.edges,
        "lanes": [{"value": value, **counts} for value, counts in by_value.items()],
    }


# The facets beside the list


def facet_groupings(asker: Asker) -> list[Grouping]:
    """Return what the table is faceted by, as its metadata says."""
    declaration = asker.declaration
    metadata = asker.datasette.table_metadata(declaration.database, declaration.table)
    return [
        found
        for found in groupings(metadata.get("facets", ()))
        if found.column in declaration.columns
    ]


async def read_facets(asker: Asker, everything: Selection, shown: Selection) -> list[Row]:
    """Return the table's facets with counts of the events shown, and the pairs each value adds."""
    return [
        await _facet_of(asker, everything, shown, grouping) for grouping in facet_groupings(asker)
    ]


async def _facet_of(
    asker: Asker, everything: Selection, shown: Selection, grouping: Grouping
) -> Row:
    chosen = [value for key, value in everything.pairs if key == grouping.parameter]
    most_ms = asker.datasette.setting("facet_time_limit_ms")
    name = f"how many have each {heading(grouping.column)}"
    counting = partial(facet, asker, shown, grouping, FACET_LENGTH, most_ms)
    found: list[Row] = await asker.in_time(name, counting, [], has_own_limit=True)
    values = [
        {
            **value,
            "chosen": str(value["value"]) in chosen,
            "pairs": _toggled(everything, grouping.parameter, str(value["value"])),
        }
        for value in found
        if value["value"] is not None
    ]
    return {"column": grouping.column, "values": values}


def _toggled(everything: Selection, parameter: str, value: str) -> Pairs:
    pair = (parameter, value)
    if pair in everything.pairs:
        return [other for other in everything.pairs if other != pair]
    return [*everything.pairs, pair]


async def is_searchable(datasette: "Datasette", declaration: Declaration) -> bool:
    """Return whether the table has a full-text index, its own or one that metadata names."""
    metadata = datasette.table_metadata(declaration.database, declaration.table)
    db = datasette.get_database(declaration.database)
    return bool(metadata.get("fts_table") or await db.fts_table(declaration.table))
