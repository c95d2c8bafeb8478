"""When the events chosen are: their first and last day, and how many are under way in each bin."""

import asyncio
import json
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

from datasette_event_timeline.config.declaration import Grouping
from datasette_event_timeline.queries.query import Query, Row
from datasette_event_timeline.queries.selection import Selection
from datasette_event_timeline.sql.bins import Bins
from datasette_event_timeline.sql.grouping import (
    REST,
    grouped_sql,
    inside_sql,
    lane_values,
    outside_sql,
)
from datasette_event_timeline.sql.histogram import Counts, Tally
from datasette_event_timeline.sql.stored_dates import DATES, NUMBER, STRETCHES
from edtf_dates import YEAR_LIMIT, ordinal

# What is handed over of each stretch.
_HANDED_OVER = ("first", "last", "certain", "weight")
# So many stretches are handed over as one value.
_STRETCHES_TOGETHER = 20_000
# No date of EDTF reaches further.
_FIRST_DAY, _LAST_DAY = ordinal(-YEAR_LIMIT, 1, 1), ordinal(YEAR_LIMIT, 12, 31)

# How many events can be, and must be, under way in each bin.
Binned = dict[str, list[int]]


async def extent(query: Query, selection: Selection) -> tuple[int, int] | None:
    """Return the first and the last day that the events reach; open ends are left out."""
    (found,) = await _extremes(query, selection)
    reach = (found["first"], found["last"])
    # A database made by hand may have anything for a day.
    if not all(isinstance(day, int) for day in reach):
        return None
    first_day, last_day = (min(max(day, _FIRST_DAY), _LAST_DAY) for day in reach)
    return first_day, last_day


async def _extremes(query: Query, selection: Selection) -> list[Row]:
    """Return the first and the last day that the dates of the events name."""
    if not query.declaration.derived:
        date = query.declaration.date_sql
        days = f"min(edtf_first_day({date})) as first, max(edtf_last_day({date})) as last"
        return await query.rows(f"select {days}", selection)
    numbers = f"select {NUMBER} {query.events_sql(selection)}"
    days = "min(first_day) as first, max(last_day) as last"
    sql = f"select {days} from {DATES} where number in ({numbers})"  # noqa: S608  # names are ours, values bound
    return await query.remembered(sql, selection.values)


async def bins_of(
    query: Query, selection: Selection, bins: Bins, grouping: Grouping | None = None
) -> dict[Any, Binned]:
    """Return the bins of each lane. Without a grouping all events are in REST."""
    if not query.declaration.derived:
        return await _bins_of_texts(query, selection, bins, grouping)
    found = await _stretch_counts(query, selection, grouping)
    return {lane: counts.over(bins) for lane, counts in found.items()}


async def _bins_of_texts(
    query: Query, selection: Selection, bins: Bins, grouping: Grouping | None
) -> dict[Any, Binned]:
    values: dict[str, Any] = {"unit": bins.unit, "first": bins.edges[0], "last": bins.edges[-1] - 1}
    columns = {"date": query.declaration.date_sql}
    measure = "edtf_bins(date, :unit, :first, :last) as counts"
    sql = grouped_sql(query.events_sql(selection), grouping, columns, measure)
    rows = await query.remembered(sql, selection.values | values)
    return {row["lane"]: json.loads(row["counts"]) for row in rows}


async def bins_by_lane(
    query: Query,
    selection: Selection,
    bins: Bins,
    grouping: Grouping | None,
    lanes_drawn: list[Row],
) -> dict[Any, Binned]:
    """Return the bins of each lane drawn, those of all other events together."""
    if grouping is None:
        return await bins_of(query, selection, bins)
    kept = [lane for lane in lanes_drawn if lane["value"] != REST]
    if len(kept) == len(lanes_drawn):
        return await bins_of(query, selection, bins, grouping)
    values = lane_values(kept)
    inside = selection.narrowed(inside_sql(grouping, kept), values)
    found = await bins_of(query, inside, bins, grouping)
    by_value = {lane["value"]: found[lane["value"]] for lane in kept if lane["value"] in found}
    outside = selection.narrowed(outside_sql(grouping, kept), values)
    return by_value | await bins_of(query, outside, bins)


# Stored stretches


async def _stretch_counts(
    query: Query, selection: Selection, grouping: Grouping | None
) -> dict[Any, Counts]:
    """Return for each lane the stretches of its events' dates."""
    sql = _stretches_sql(query.events_sql(selection), grouping)

    async def find() -> dict[Any, Counts]:
        return await asyncio.to_thread(_counted, await query.fetch(sql, selection.values))

    return await query.recall(("stretches", sql), selection.values, find)


def _stretches_sql(events: str, grouping: Grouping | None) -> str:
    """Return the SQL of all stretches of each lane, with how many events have each.

    SQLite hands them over as arrays: a row for each would cost more than the count. Those of
    a lane are several, because no value may be as large as all of many could be.
    """
    counting = grouped_sql(events, grouping, {NUMBER: NUMBER}, "count(*) as n", (NUMBER,))
    # In a database made by hand a column may hold anything.
    given = {name: f"cast({name} as integer)" for name in _HANDED_OVER}
    given["weight"] = "cast(weight * n as integer)"
    arrays = ", ".join(f"json_group_array({sql}) as {name}" for name, sql in given.items())
    joined = f"({counting}) as counted join {STRETCHES} as stretches on stretches.date = {NUMBER}"
    parts = f"lane, stretches.rowid / {_STRETCHES_TOGETHER}"
    return f"select lane, {arrays} from {joined} group by {parts} order by lane"  # noqa: S608  # as above


def _counted(rows: list[Row]) -> dict[Any, Counts]:
    """Return the stretches of each lane from rows in the order of lanes."""
    return {lane: _counts_of(parts) for lane, parts in groupby(rows, itemgetter("lane"))}


def _counts_of(parts: Iterable[Row]) -> Counts:
    tally = Tally()
    for part in parts:
        columns = ",".join(part[name] for name in _HANDED_OVER)
        for stretch in zip(*json.loads(f"[{columns}]"), strict=True):
            tally.add_stretch(*stretch)
    return tally.counts()
