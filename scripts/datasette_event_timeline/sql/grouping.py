"""SQL that groups events by the values of a column, or by the items of its JSON arrays."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from datasette.utils import escape_sqlite

if TYPE_CHECKING:
    from datasette_event_timeline.config.declaration import Grouping

# The lane of everything that has no lane of its own.
REST = "\N{HORIZONTAL ELLIPSIS}"


def list_sql(column: str) -> str:
    """Return the SQL of a column's JSON array, empty where there is none."""
    return f"iif(json_valid({column}), {column}, '[]')"


def grouped_sql(
    events: str,
    grouping: "Grouping | None",
    columns: dict[str, str],
    measure: str,
    by: tuple[str, ...] = (),
) -> str:
    """Return the SQL of an aggregate for each lane, and for each value of the columns in `by`.

    `events` is the rest of a select: from which table, and which rows. They are chosen in a select
    of their own, because json_each has columns named id, type and value, as the table may.
    """
    lane = f"'{REST}'" if grouping is None else escape_sqlite(grouping.column)
    one, source = "lane", ""
    if grouping is not None and grouping.is_array:
        lane = list_sql(lane)
        one, source = "one.value", "join json_each(chosen.lane) as one"
    inner = ", ".join(f"{sql} as {name}" for name, sql in {"lane": lane, **columns}.items())
    chosen = f"select {inner} {events}"
    outer = ", ".join([f"{one} as lane", *by, measure])
    # Where there is one lane, an index has the values in order only without it.
    first = 2 if by and grouping is None else 1
    keys = ", ".join(map(str, range(first, len(by) + 2)))
    return f"select {outer} from ({chosen}) as chosen {source} group by {keys}"  # noqa: S608  # names are escaped, values bound


def counted_sql(events: str, grouping: "Grouping") -> str:
    """Return the SQL of how many events have each value: the value is `lane`, the number `n`.

    An event counts once for each item of an array.
    """
    sql = grouped_sql(events, replace(grouping, is_array=False), {}, "count(*) as n")
    if not grouping.is_array:
        return sql
    # Each list is taken apart once, however many events have it.
    items = f"json_each({list_sql('chosen.lane')}) as one"
    return f"select one.value as lane, sum(n) as n from ({sql}) as chosen join {items} group by 1"  # noqa: S608  # as above


def inside_sql(grouping: "Grouping", lanes: list[dict[str, Any]]) -> str:
    """Return the condition that an event lies in one of the lanes; `lane_values` are its values."""
    column = escape_sqlite(grouping.column)
    cell = "value" if grouping.is_array else column
    # `is`, because a lane may be that of the events without a value.
    among = " or ".join(f"{cell} is :lane_{n}" for n in range(len(lanes))) or "0"
    if not grouping.is_array:
        return f"({among})"
    items = f"json_each({list_sql(column)})"
    return f"exists (select 1 from {items} where {among})"  # noqa: S608  # as above


def outside_sql(grouping: "Grouping", lanes: list[dict[str, Any]]) -> str:
    """Return the condition that an event lies in none of the lanes."""
    return f"not {inside_sql(grouping, lanes)}"


def lane_values(lanes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the values that the conditions on lanes are bound to."""
    return {f"lane_{n}": lane["value"] for n, lane in enumerate(lanes)}
