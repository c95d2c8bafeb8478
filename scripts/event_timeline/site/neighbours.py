"""The events before and after one, in a table of any shape."""

from datasette.utils import escape_sqlite

from datasette_event_timeline.queries.events import order_sql, when_sql, words_of
from datasette_event_timeline.queries.query import Query, Row
from datasette_event_timeline.sql.date_cells import read_date

# Without an index by time, all rows are read and put in order.
_MOST_ORDERED = 50_000
_NAME = "the events before and after"


async def read_neighbours(query: Query, key_here: object) -> dict[str, list[Row]]:
    """Return the events before and after one in the order of time, as lists of at most one row.

    `key_here` is its id as the table has it. Both are empty in a table of more than 50,000 rows,
    and where it takes too long: `query` then names them.
    """
    declaration = query.declaration
    table, key = escape_sqlite(declaration.table), escape_sqlite(declaration.id)
    some = f"select count(*) as n from (select 1 from {table} limit {_MOST_ORDERED + 1})"  # noqa: S608  # names are escaped, values bound
    counted = await query.part(_NAME, some)
    if not counted or counted[0]["n"] > _MOST_ORDERED:
        return {"before": [], "after": []}
    sides = f"lag({key}) over in_time as before, lead({key}) over in_time as after"
    ordered = f"window in_time as (order by {order_sql(declaration)})"
    listed = f"select {key} as id, {sides} from {table} {ordered}"  # noqa: S608  # as above
    sql = f"select before, after from ({listed}) where id is :id"  # noqa: S608  # as above
    found = await query.part(_NAME, sql, {"id": key_here})
    beside = found[0] if found else {"before": None, "after": None}
    return {
        side: [] if other is None else await _read_event(query, other)
        for side, other in beside.items()
    }


async def _read_event(query: Query, key: object) -> list[Row]:
    """Return an event with its date in words."""
    declaration = query.declaration
    named = {
        "id": escape_sqlite(declaration.id),
        "title": escape_sqlite(declaration.title) if declaration.title else "null",
        **when_sql(declaration),
    }
    columns = ", ".join(f"{sql} as {name}" for name, sql in named.items())
    table = escape_sqlite(declaration.table)
    sql = f"select {columns} from {table} where {named['id']} is :key limit 1"  # noqa: S608  # as above
    rows = await query.part(_NAME, sql, {"key": key})
    return [{**row, "words": words_of(row, read_date(row["date"]))} for row in rows]
