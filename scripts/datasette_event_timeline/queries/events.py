"""The events themselves, as the drawings and the list need them."""

from functools import partial
from typing import Any

from datasette.utils import escape_sqlite

from datasette_event_timeline.config.declaration import Declaration, Grouping
from datasette_event_timeline.queries.query import Query, Row, finite
from datasette_event_timeline.queries.selection import Selection
from datasette_event_timeline.render.stretches import drawn_stretches
from datasette_event_timeline.sql.date_cells import read_date
from datasette_event_timeline.sql.stored_dates import order_of_time
from edtf_dates import OPEN_END, OPEN_START, EventDate, Stretch

# So many events are drawn each by itself; of more, the weightiest, and bins of all.
MOST_MARKS = 1_000
# The list has so many events a page.
PAGE_LENGTH = 100

_NUMBERS = ("latitude", "longitude", "radius_km", "weight")


async def weightiest(query: Query, selection: Selection, grouping: Grouping | None) -> list[Row]:
    """Return the weightiest of the events chosen, so many as are drawn, each with its lane."""
    order = f"order by weight desc, {escape_sqlite(query.declaration.id)} limit {MOST_MARKS}"
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
    return order_of_time(start, end, escape_sqlite(declaration.id))


async def count_shown(query: Query, shown: Selection) -> int | None:
    """Return how many events are shown; None if it takes too long to count them."""
    return await query.attempt("how many events are in view", partial(query.count, shown), None)


def _mark_columns(declaration: Declaration, grouping: Grouping | None) -> str:
    named = {
        "id": declaration.id,
        "title": declaration.title,
        "place": declaration.place,
        "country": declaration.country,
        "kind": declaration.kind,
        "latitude": declaration.latitude,
        "longitude": declaration.longitude,
        "radius_km": declaration.radius_km,
        "location_precision": declaration.location_precision,
        "lane": grouping.column if grouping else None,
    }
    columns = [f"{escape_sqlite(name)} as {part}" for part, name in named.items() if name]
    columns.append(f"{declaration.date_sql} as date")
    columns.append(f"{declaration.weight_sql} as weight")
    columns += map(escape_sqlite, declaration.extension.columns)
    return ", ".join(columns)


def _mark(row: Row, declaration: Declaration) -> Row:
    date = read_date(row["date"])
    weight = finite(row["weight"])
    hidden = {"weight", *declaration.extension.columns}
    mark = {
        **{name: value for name, value in row.items() if name not in hidden},
        **{name: finite(row[name]) for name in _NUMBERS if name in row},
        "words": words_of_date(date, row["date"]),
        "stretches": [_as_json(one) for one in drawn_stretches(date)] if date else [],
        "approximate": bool(date and date.approximate),
        "uncertain": bool(date and date.uncertain),
        "size": weight if declaration.size else None,
    }
    return mark | declaration.extension.marks(row) if declaration.extension.marks else mark


def words_of_date(date: EventDate | None, cell: object) -> str:
    """Return a date in words; of what cannot be read as one, what stands in its cell."""
    return date.describe() if date else str(cell or "no date")


def _as_json(stretch: Stretch) -> list[int | None]:
    """Return the first day, the last, and 1 if it is certain; None is an open end."""
    first = None if stretch.first == OPEN_START else stretch.first
    last = None if stretch.last == OPEN_END else stretch.last
    return [first, last, int(stretch.certain)]
