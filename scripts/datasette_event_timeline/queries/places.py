"""The points of the map, with how many events lie at each."""

from datasette_event_timeline.queries.query import Query, Row, finite
from datasette_event_timeline.queries.selection import EVERYTHING, Selection
from datasette_event_timeline.sql.geography import has_point

MOST_PLACES = 600
# Of more places, those in one of so many cells across are one.
GRID_CELLS = 32
_LEAST_EXTENT = 0.01


async def read_places(query: Query, everything: Selection, shown: Selection) -> list[Row]:
    """Return the points of the map with how many events lie at each, the fullest first.

    Of more than MOST_PLACES points those that lie in one cell of a grid are one, in their middle.
    The grid is that of all events chosen, so that it stays in its place while one moves in time.
    """
    declaration = query.declaration
    if declaration.point_sql is None:
        return []
    latitude, longitude = declaration.point_sql
    # SQLite stops at the limit, so that it is soon known of many that they are too many.
    distinct = await query.rows(
        f"select distinct {latitude} as latitude, {longitude} as longitude",
        shown,
        f"limit {MOST_PLACES + 1}",
        has_point(latitude, longitude),
    )
    if len(distinct) <= MOST_PLACES:
        return await _places_by(query, shown, latitude, longitude)
    cell = await _cell(query, everything, latitude, longitude)
    by = (f"round({latitude} / :cell)", f"round({longitude} / :cell)")
    return await _places_by(query, shown, *by, cell=cell)


async def read_frame(query: Query) -> list[tuple[float, float]] | None:
    """Return two corners that hold all events there are, latitude first; None without any."""
    declaration = query.declaration
    if declaration.point_sql is None:
        return None
    latitude, longitude = declaration.point_sql
    (edges,) = await query.rows(
        f"select min({latitude}) as south, min({longitude}) as west,"
        f" max({latitude}) as north, max({longitude}) as east",
        EVERYTHING,
        condition=has_point(latitude, longitude),
    )
    south, west, north, east = map(finite, edges.values())
    if south is None or west is None or north is None or east is None:
        return None
    return [(south, west), (north, east)]


async def _cell(query: Query, selection: Selection, latitude: str, longitude: str) -> float:
    """Return how many degrees a cell of the map's grid is wide and high."""
    (edges,) = await query.rows(
        f"select max({latitude}) - min({latitude}) as high,"
        f" max({longitude}) - min({longitude}) as wide",
        selection,
        condition=has_point(latitude, longitude),
    )
    return max(*(finite(side) or 0 for side in edges.values()), _LEAST_EXTENT) / GRID_CELLS


async def _places_by(
    query: Query, shown: Selection, by_latitude: str, by_longitude: str, **values: float
) -> list[Row]:
    latitude, longitude = query.declaration.point_sql or ("null", "null")
    row_id = query.declaration.id_sql
    rows = await query.rows(
        f"select avg({latitude}) as latitude, avg({longitude}) as longitude,"
        f" count(*) as count, min({row_id}) as id",
        shown,
        f"group by {by_latitude}, {by_longitude} order by count(*) desc limit {MOST_PLACES}",
        has_point(latitude, longitude),
        **values,
    )
    return [row for row in rows if None not in (finite(row["latitude"]), finite(row["longitude"]))]
