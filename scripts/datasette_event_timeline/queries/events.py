"""The events themselves, as the drawings and the list need them."""

import json
from functools import partial
from typing import Any

from datasette.utils import escape_sqlite

from datasette_event_timeline.config.declaration import Declaration, Grouping
from datasette_event_timeline.queries.query import Query, Row, finite
from datasette_event_timeline.queries.selection import Selection
from datasette_event_timeline.render.stretches import drawn_stretches
from datasette_event_timeline.render.words import with_times
from datasette_event_timeline.sql.date_cells import read_date
from datasette_event_timeline.sql.event_dates import MISSING
from datasette_event_timeline.sql.stored_dates import order_of_time
from edtf_dates import OPEN_END, OPEN_START, EventDate, Stretch

# So many events are drawn each by itself; of more, the weightiest, and bins of all.
MOST_MARKS = 1_000
# The list has so many events a page.
PAGE_LENGTH = 100

_TIMES = ("start_time", "end_time")
_SECONDS = 24 * 60 * 60
_NUMBERS = ("latitude", "longitude", "radius_km")


async def weightiest(query: Query, selection: Selection, grouping: Grouping | None) -> list[Row]:
    """Return the weightiest of the events chosen, so many as are drawn, each with its lane."""
    order = f"order by weight desc, {query.declaration.id_sql} limit {MOST_MARKS}"
    return await _marks(query, selection, order, grouping)


async def _marks(
    query: Query, selection: Selection, tail: str, grouping: Grouping | None = None, **values: Any
) -> list[Row]:
    """Return events as the drawings and the list need them."""
    columns = _mark_columns(query.declaration, grouping)
    # Each window and page has its own: too much to be remembered, and soon found.
    sql = f"select {columns} {query.events_sql(selection)} {tail}"
    rows = await query.fetch(sql, selection.values | values)
    return [_mark(row, query.declaration) for row in rows]


async def read_list(query: Query, shown: Selection, page: int) -> list[Row]:
    """Return one page of the events shown, in the order in which they can first have begun."""
    order = f"order by {order_sql(query.declaration)} limit :length offset :skipped"
    skipped = (page - 1) * PAGE_LENGTH
    return await _marks(query, shown, order, length=PAGE_LENGTH, skipped=skipped)


def order_sql(declaration: Declaration) -> str:
    """Return the SQL of the order in which events can first have begun; without a day is last."""
    start, end = "earliest_start", "latest_end"
    if not declaration.derived:
        start, end = (f"edtf_{day}({declaration.date_sql})" for day in (start, end))
    time = declaration.start_time_sql if declaration.has_times else ""
    return order_of_time(start, end, declaration.id_sql, time)


async def count_shown(query: Query, shown: Selection) -> int | None:
    """Return how many events are shown; None if it takes too long to count them."""
    return await query.attempt("how many events are in view", partial(query.count, shown), None)


def _mark_columns(declaration: Declaration, grouping: Grouping | None) -> str:
    named = {
        "title": declaration.title,
        "place": declaration.place,
        "country": declaration.country,
        "kind": declaration.kind,
        "location_precision": declaration.location_precision,
        "lane": grouping.column if grouping else None,
    }
    columns = [f"{escape_sqlite(name)} as {part}" for part, name in named.items() if name]
    numbers = {part: getattr(declaration, part) for part in _NUMBERS}
    columns += [
        f"{declaration.number_sql(name)} as {part}" for part, name in numbers.items() if name
    ]
    computed = {
        "id": declaration.id_sql,
        "weight": declaration.weight_sql,
        **when_sql(declaration),
    }
    columns += [f"{sql} as {part}" for part, sql in computed.items()]
    columns += map(escape_sqlite, declaration.extension.columns)
    return ", ".join(columns)


def when_sql(declaration: Declaration) -> dict[str, str]:
    """Return the SQL expressions of what `words_of` needs, by their names."""
    return {
        "date": declaration.date_sql,
        "start_time": declaration.start_time_sql,
        "end_time": declaration.end_time_sql,
        "problem": declaration.problem_sql,
        "cells": declaration.cells_sql,
    }


def _mark(row: Row, declaration: Declaration) -> Row:
    date = read_date(row["date"])
    title = row.get("title")
    hidden = {
        "weight",
        "start_time",
        "end_time",
        "problem",
        "cells",
        *declaration.extension.columns,
    }
    if row.get("latitude") == 0 == row.get("longitude"):
        row = {**row, "latitude": None, "longitude": None}
    mark = {
        **{name: value for name, value in row.items() if name not in hidden},
        **{name: finite(row[name]) for name in _NUMBERS if name in row},
        "title": f"(untitled) {row['id']}" if title in (None, "") else title,
        "words": words_of(row, date),
        "problem": "" if row["problem"] in (None, MISSING) else row["problem"],
        "stretches": _stretches(row, date) if date else [],
        "approximate": bool(date and date.approximate),
        "uncertain": bool(date and date.uncertain),
        "times": None if row["start_time"] is None else [row["start_time"], row["end_time"]],
        "size": finite(row["weight"]) if declaration.size else None,
    }
    return mark | declaration.extension.marks(row) if declaration.extension.marks else mark


def words_of(row: Row, date: EventDate | None) -> str:
    """Return an event's date and time in words; of what is no date, what stands there."""
    if date is None:
        return " to ".join(map(str, filter(None, json.loads(row["cells"])))) or "no date"
    return with_times(date.describe(), row["start_time"], row["end_time"])


def _stretches(row: Row, date: EventDate) -> list[list[float | None]]:
    """Return the first day of each stretch, its last, and 1 if it is certain; None is an open end.

    A day has a fraction where the time of day is known. What lasts no time ends a day earlier.
    """
    start, end = (None if row[name] is None else row[name] / _SECONDS for name in _TIMES)
    if end is None and date.earliest_start == date.latest_end:
        end = start
    return [_as_json(one, date, start, end) for one in drawn_stretches(date)]


def _as_json(
    stretch: Stretch, date: EventDate, start: float | None, end: float | None
) -> list[float | None]:
    first: float | None = None if stretch.first == OPEN_START else stretch.first
    last: float | None = None if stretch.last == OPEN_END else stretch.last
    if (
        start is not None
        and first is not None
        and first == date.earliest_start == date.latest_start
    ):
        first += start
    if end is not None and last is not None and last == date.earliest_end == date.latest_end:
        last += end - 1
    return [first, last, int(stretch.certain)]
