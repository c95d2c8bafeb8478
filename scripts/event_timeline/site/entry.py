"""What the page on one thing shows: an event, an actor, a source, a question or a claim."""

from typing import TYPE_CHECKING, Any

from datasette.utils import escape_sqlite, tilde_encode

from datasette_event_timeline.config.declaration import Declaration
from datasette_event_timeline.permissions import hidden_tables
from datasette_event_timeline.queries.query import Query, Row
from datasette_event_timeline.render import figures
from datasette_event_timeline.render.small_map import draw_map
from datasette_event_timeline.sql.date_cells import read_date
from datasette_event_timeline.sql.event_dates import read
from datasette_event_timeline.urls import timeline_url
from edtf_dates import EventDate, from_ordinal, spell_year
from event_timeline.curated.columns import EVENTS, LOCATION_PRECISIONS, QUESTIONS
from event_timeline.site import row_parts
from event_timeline.site.answers import questions_with_answers, with_answers
from event_timeline.site.days import week_around
from event_timeline.site.json_ld import json_ld
from event_timeline.site.neighbours import read_neighbours
from event_timeline.site.urls import row_url
from event_timeline.site.web_links import web_address

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

# How well a place is known, where it is drawn.
_PRECISIONS = {
    "site": "The site itself is known",
    "town": "Located to the town",
    "district": "Located to the district",
    "region": "Located to the region",
}
# Columns without which a table called `events` is none of this tool's.
_OURS = frozenset({"id", "date", "title", "type", "status", "summary", "earliest_start"})


async def read_row(
    datasette: "Datasette",
    request: "Request",
    declaration: Declaration,
    table: str,
    keys: list[str],
) -> dict[str, Any] | None:
    """Return what Datasette's own page on a row shows beside the row; None for plain ones."""
    if table == declaration.table and declaration.primary_keys != (declaration.id,):
        return None
    if len(keys) != 1 or not (table == declaration.table or table in row_parts.TABLES):
        return None
    return await read_entry(datasette, request, declaration, table, keys[0])


async def read_entry(
    datasette: "Datasette",
    request: "Request",
    declaration: Declaration,
    table: str,
    row_id: str,
) -> dict[str, Any] | None:
    """Return what a page on one row shows, or None if there is no such row.

    `row` is the row itself. `shape` names the table if the page is one of our own making;
    a row of any other table is shown column by column.
    """
    hidden = await hidden_tables(datasette, request, declaration.database, row_parts.COMPANIONS)
    query = Query(datasette, declaration, hidden=hidden)
    row = await _find(query, table, row_id)
    if row is None:
        return None
    entry: dict[str, Any] = {
        "row": row,
        "key": tilde_encode(row_id),
        "shape": "",
        "canonical": datasette.absolute_url(request, row_url(datasette, table, row_id)),
        "timed_out": query.timed_out,
        "missing": query.missing,
    }
    if table == declaration.table:
        entry |= _when_and_where(declaration, row) | {"cells": _plain_cells(row)}
    if declaration.table == EVENTS.name and {*declaration.columns} >= _OURS:
        return await _with_parts(query, table, row_id, entry)
    if table == declaration.table:
        entry |= await read_neighbours(query, row[declaration.id])
    return entry


async def _find(query: Query, table: str, row_id: str) -> Row | None:
    key = "id"
    if table == query.declaration.table:
        key = query.declaration.id
    elif key not in await query.db.table_columns(table):
        return None
    found: list[Row] = []
    # A column without a type compares 5 and "5" as different.
    for cell in (escape_sqlite(key), f"cast({escape_sqlite(key)} as text)"):
        sql = f"select * from {escape_sqlite(table)} where {cell} = :id limit 1"  # noqa: S608  # names are escaped, values bound
        found = found or await query.fetch(sql, {"id": row_id})
    return found[0] if found else None


def _when_and_where(declaration: Declaration, row: Row) -> dict[str, Any]:
    """Return the date and the place of any table's event, in words and drawn."""
    cells = [row[column] for column in declaration.date_cells]
    found = read(declaration.reading.to_json(), *cells)
    text = found.text or " ".join(str(cell) for cell in cells if cell is not None)
    date = read_date(found.text)
    scale = figures.time_scale([date]) if date else None
    precision = _cell(row, declaration.location_precision)
    return {
        "title": row[declaration.title] if declaration.title else None,
        "date": text,
        "read": date,
        "times": scale,
        "drawn": figures.draw_date(date, scale) if date and scale else None,
        "map": draw_map(
            _cell(row, declaration.latitude),
            _cell(row, declaration.longitude),
            _cell(row, declaration.radius_km),
            is_site=precision == "site",
        ),
        "no_map": LOCATION_PRECISIONS.get(str(precision), "") if precision else "",
    }


def _cell(row: Row, column: str | None) -> Any:
    return row[column] if column else None


def _plain_cells(row: Row) -> list[tuple[str, str, bool]]:
    """Return the filled columns of any row as text, and whether that is an address to link to."""
    return [
        (name, _text_of(value), web_address(value) is not None)
        for name, value in row.items()
        if value is not None and value != ""
    ]


def _text_of(value: object) -> str:
    return f"{len(value):,} bytes" if isinstance(value, bytes) else str(value)


# In a database of this tool


async def _with_parts(
    query: Query, table: str, row_id: str, entry: dict[str, Any]
) -> dict[str, Any]:
    """Return the entry with all that belongs to its row."""
    parts = await row_parts.read_parts(query, table, row_id)
    if parts is None:
        return entry
    entry |= {**parts, "shape": table}
    if table == EVENTS.name:
        entry |= _about_an_event(query.datasette, entry)
    elif table == QUESTIONS.name:
        entry["answered"] = with_answers(entry["row"], parts["claims"])
    return entry


def _about_an_event(datasette: "Datasette", entry: dict[str, Any]) -> dict[str, Any]:
    row, date = entry["row"], entry["read"]
    return {
        "where": _where(row, entry["country"]),
        "precision": _PRECISIONS.get(row.get("location_precision"), ""),
        "footnotes": {source["id"]: n for n, source in enumerate(entry["sources"], 1)},
        "questions": questions_with_answers(entry["questions"], entry["claims"]),
        "origins": sorted(
            {str(source["origin"] or source["publisher"]) for source in entry["sources"]}
        ),
        "week": week_around(date) if date else None,
        "timeline": _timeline_around(datasette, row, date),
        "json_ld": json_ld(entry),
    }


def _where(row: Row, countries: list[Row]) -> str:
    """Return place, region and country in words, without what the one before says already."""
    place, region = row.get("place"), row.get("region")
    if place and region and str(place).endswith(str(region)):
        region = None
    country = countries[0]["name"] if countries and countries[0]["name"] != place else None
    return ", ".join(str(part) for part in (place, region, country) if part)


def _timeline_around(datasette: "Datasette", row: Row, date: EventDate | None) -> str:
    """Return the timeline with the event chosen, in the year in which it began."""
    state = [("_selected", str(row["id"]))]
    if date is not None and date.earliest_start is not None:
        state.append(("_window", spell_year(from_ordinal(date.earliest_start)[0])))
    return timeline_url(datasette, state)
