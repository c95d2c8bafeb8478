"""The lanes of a timeline: the values of a column, and how many events each has."""

import sqlite3
from collections.abc import Iterable
from typing import Any

from datasette_event_timeline.config.declaration import Grouping
from datasette_event_timeline.queries.query import Query, Row
from datasette_event_timeline.queries.selection import Selection
from datasette_event_timeline.sql.grouping import REST, counted_sql, lane_values, outside_sql

# More lanes than this are no picture: the rest share the last one.
MOST_LANES = 12


async def facet(
    query: Query,
    selection: Selection,
    grouping: Grouping,
    most: int,
    most_ms: int | None = None,
) -> list[Row]:
    """Return the values of a column with how many of the events have each, the commonest first."""
    rows = await _counts(query, selection, grouping, most_ms)
    kept = sorted(rows, key=lambda row: (-row["n"], str(row["lane"])))[:most]
    labels = await _labels(query, grouping, (row["lane"] for row in kept))
    return [{"value": row["lane"], "count": row["n"], "label": labels[row["lane"]]} for row in kept]


async def lanes(query: Query, selection: Selection, grouping: Grouping | None) -> list[Row]:
    """Return the lanes in the order they are drawn: of each its value, label and count."""
    if grouping is None:
        return one_lane(await query.count(selection))
    found = await facet(query, selection, grouping, MOST_LANES + 1)
    if len(found) <= MOST_LANES and not grouping.is_array:
        return found
    kept = found[: MOST_LANES - 1]
    rest = await _count_outside(query, selection, grouping, kept)
    return [*kept, {"value": REST, "label": "others", "count": rest}] if rest else kept


def one_lane(number: int | None) -> list[Row]:
    """Return the lane of all events; None if it is not known how many they are."""
    return [{"value": REST, "label": "", "count": number}]


async def lanes_shown(
    query: Query, shown: Selection, grouping: Grouping | None, lanes_drawn: list[Row]
) -> list[Row]:
    """Return the lanes, each with how many of its events are `shown`."""
    if grouping is None:
        number = await query.count(shown)
        return [{**lane, "shown": number} for lane in lanes_drawn]
    kept = [lane for lane in lanes_drawn if lane["value"] != REST]
    counts = {row["lane"]: row["n"] for row in await _counts(query, shown, grouping)}
    if len(kept) < len(lanes_drawn):
        counts[REST] = await _count_outside(query, shown, grouping, kept)
    return [{**lane, "shown": counts.get(lane["value"], 0)} for lane in lanes_drawn]


async def _count_outside(
    query: Query, selection: Selection, grouping: Grouping, kept: list[Row]
) -> int:
    """Return how many events lie in none of the lanes kept."""
    outside = selection.narrowed(outside_sql(grouping, kept), lane_values(kept))
    return await query.count(outside)


async def _counts(
    query: Query, selection: Selection, grouping: Grouping, most_ms: int | None = None
) -> list[Row]:
    """Return how many events have each value: the value is `lane`, the number `n`."""
    sql = counted_sql(query.events_sql(selection), grouping)
    return await query.remembered(sql, selection.values, most_ms)


async def _labels(query: Query, grouping: Grouping, values: Iterable[Any]) -> dict[Any, str]:
    """Return what each value is called: the label of the row it refers to, if it does."""
    listed, declaration = list(values), query.declaration
    try:
        found = await query.datasette.expand_foreign_keys(
            declaration.database, declaration.table, grouping.column, listed
        )
    except sqlite3.OperationalError:  # The table or the column referred to is not there.
        found = {}
    by_value = {value: label for (_, value), label in found.items()}
    unnamed = {None: "unknown", "": "unknown"}
    return {value: str(by_value.get(value, unnamed.get(value, value))) for value in listed}
