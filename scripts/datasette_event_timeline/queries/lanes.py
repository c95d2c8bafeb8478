"""The lanes of a timeline: the values of a column, how many events each has, and their bins."""

import json
from typing import Any

from datasette.utils import escape_sqlite

from datasette_event_timeline.declaration import Grouping
from datasette_event_timeline.queries.query import REST, Asker, Row, count, list_sql
from datasette_event_timeline.queries.selection import Selection
from datasette_event_timeline.sql.bins import Bins

# More lanes than this are no picture: the rest share the last one.
MOST_LANES = 12


async def facet(
    asker: Asker,
    selection: Selection,
    grouping: Grouping,
    most: int,
    most_ms: int | None = None,
) -> list[Row]:
    """Return the values of a column with how many of the events have each, the commonest first."""
    rows = await asker.counts(selection, grouping, most_ms)
    kept = sorted(rows, key=lambda row: (-row["n"], str(row["lane"])))[:most]
    labels = await asker.labels(grouping, (row["lane"] for row in kept))
    return [{"value": row["lane"], "count": row["n"], "label": labels[row["lane"]]} for row in kept]


async def lanes(asker: Asker, selection: Selection, grouping: Grouping | None) -> list[Row]:
    """Return the lanes in the order they are drawn: of each its value, label and count."""
    if grouping is None:
        return one_lane(await count(asker, selection))
    found = await facet(asker, selection, grouping, MOST_LANES + 1)
    if len(found) <= MOST_LANES and not grouping.is_array:
        return found
    kept = found[: MOST_LANES - 1]
    rest = await _count_outside(asker, selection, grouping, kept)
    return [*kept, {"value": REST, "label": "others", "count": rest}] if rest else kept


def one_lane(number: int | None) -> list[Row]:
    """Return the lane of all events; None if it is not known how many they are."""
    return [{"value": REST, "label": "", "count": number}]


async def lanes_shown(
    asker: Asker, shown: Selection, grouping: Grouping | None, lanes_drawn: list[Row]
) -> list[Row]:
    """Return the lanes, each with how many of its events are `shown`."""
    if grouping is None:
        number = await count(asker, shown)
        return [{**lane, "shown": number} for lane in lanes_drawn]
    kept = [lane for lane in lanes_drawn if lane["value"] != REST]
    counts = {row["lane"]: row["n"] for row in await asker.counts(shown, grouping)}
    if len(kept) < len(lanes_drawn):
        counts[REST] = await _count_outside(asker, shown, grouping, kept)
    return [{**lane, "shown": counts.get(lane["value"], 0)} for lane in lanes_drawn]


async def _count_outside(
    asker: Asker, selection: Selection, grouping: Grouping, kept: list[Row]
) -> int:
    """Return how many events lie in none of the lanes kept."""
    outside = selection.narrowed(_outside(grouping, kept), _lane_values(kept))
    return await count(asker, outside)


def _inside(grouping: Grouping, kept: list[Row]) -> str:
    """Return the condition that an event lies in one of the lanes kept."""
    column = escape_sqlite(grouping.column)
    cell = "value" if grouping.is_array else column
    # `is`, because a lane may be that of the events without a value.
    among = " or ".join(f"{cell} is :lane_{n}" for n in range(len(kept))) or "0"
    if not grouping.is_array:
        return f"({among})"
    items = f"json_each({list_sql(column)})"
    return f"exists (select 1 from {items} where {among})"  # noqa: S608  # names are escaped, values bound


def _outside(grouping: Grouping, kept: list[Row]) -> str:
    """Return the condition that an event lies in none of the lanes kept."""
    return f"not {_inside(grouping, kept)}"


def _lane_values(kept: list[Row]) -> dict[str, Any]:
    return {f"lane_{n}": lane["value"] for n, lane in enumerate(kept)}


async def bins_of(
    asker: Asker, selection: Selection, bins: Bins, grouping: Grouping | None = None
) -> dict[Any, dict[str, list[int]]]:
    """Return for each lane how many events can be, and must be, under way in each bin.

    Without a grouping all are in REST.
    """
    if not asker.declaration.derived:
        return await _bins_of_texts(asker, selection, bins, grouping)
    found = await asker.stretch_counts(selection, grouping)
    return {lane: counts.over(bins) for lane, counts in found.items()}


async def _bins_of_texts(
    asker: Asker, selection: Selection, bins: Bins, grouping: Grouping | None
) -> dict[Any, dict[str, list[int]]]:
    values: dict[str, Any] = {"unit": bins.unit, "first": bins.edges[0], "last": bins.edges[-1] - 1}
    columns = {"date": asker.declaration.date_sql}
    measure = "edtf_bins(date, :unit, :first, :last) as counts"
    rows = await asker.measured(selection, grouping, columns, measure, **values)
    return {row["lane"]: json.loads(row["counts"]) for row in rows}


async def bins_by_lane(
    asker: Asker,
    selection: Selection,
    bins: Bins,
    grouping: Grouping | None,
    lanes_drawn: list[Row],
) -> dict[Any, dict[str, list[int]]]:
    """Return the bins of each lane drawn, those of all other events together."""
    if grouping is None:
        return await bins_of(asker, selection, bins)
    kept = [lane for lane in lanes_drawn if lane["value"] != REST]
    if len(kept) == len(lanes_drawn):
        return await bins_of(asker, selection, bins, grouping)
    values = _lane_values(kept)
    inside = selection.narrowed(_inside(grouping, kept), values)
    found = await bins_of(asker, inside, bins, grouping)
    by_value = {lane["value"]: found[lane["value"]] for lane in kept if lane["value"] in found}
    outside = selection.narrowed(_outside(grouping, kept), values)
    return by_value | await bins_of(asker, outside, bins)
