"""What was published once and is no longer: its address says why, for good."""

import json
import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from datasette.utils import escape_sqlite, tilde_decode
from datasette.utils.asgi import Response

from datasette_event_timeline.config.declaration import Declaration
from datasette_event_timeline.config.declared import read_declaration
from datasette_event_timeline.permissions import hidden_tables
from datasette_event_timeline.queries.query import Query, Row
from datasette_event_timeline.views.responses import json_answer
from event_timeline.curated.columns import ACTORS, EVENTS, SOURCES, WITHDRAWN
from event_timeline.site.urls import kind_of, row_url

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

# Tables whose rows have a page that the reason of a withdrawal may name.
_LINKED = (EVENTS.name, SOURCES.name, ACTORS.name)
# What may be an id in a text.
_ID = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)+)")
_WITHDRAWN = "select * from withdrawn where id = :id and kind = :kind"


async def withdrawn_row(datasette: "Datasette", request: "Request") -> Response | None:
    """Return the answer to the address of a row that was withdrawn; None for any other address."""
    names = request.url_vars
    table, key = tilde_decode(names.get("table", "")), tilde_decode(names.get("pks", ""))
    declaration = await read_declaration(datasette)
    if declaration is None or not key or not _is_of(datasette, declaration, names):
        return None
    kind = kind_of(datasette, table)
    found = await find_withdrawn(datasette, request, declaration, kind, key) if kind else None
    if kind is None or found is None:
        return None
    if names.get("format") == "json":
        return withdrawn_data(datasette, found)
    return await withdrawn_page(datasette, request, declaration, kind, table, found)


def _is_of(datasette: "Datasette", declaration: Declaration, names: dict[str, str]) -> bool:
    """Tell whether an address is one of the chronology's database."""
    asked: str = tilde_decode(names.get("database", ""))
    return asked == str(datasette.get_database(declaration.database).route)


async def find_withdrawn(
    datasette: "Datasette", request: "Request", declaration: Declaration, kind: str, row_id: str
) -> Row | None:
    """Return the row that says why a thing of some kind was withdrawn; None if none was."""
    if declaration.table != EVENTS.name:
        return None
    hidden = await hidden_tables(datasette, request, declaration.database, (WITHDRAWN.name,))
    query = Query(datasette, declaration, hidden=hidden)
    values = {"id": row_id, "kind": kind}
    found = await query.part(WITHDRAWN.name, _WITHDRAWN, values, (WITHDRAWN.name,))
    return found[0] if found else None


def withdrawn_data(datasette: "Datasette", found: Row) -> Response:
    """Return the answer for programs."""
    error = {"ok": False, "error": str(found["why"]), "status": 410, "title": None}
    return json_answer(datasette, {**error, "withdrawn": found}, 410)


async def withdrawn_page(
    datasette: "Datasette",
    request: "Request",
    declaration: Declaration,
    kind: str,
    table: str,
    found: Row,
) -> Response:
    """Return the page on what was withdrawn, with the reason."""
    hidden = await hidden_tables(datasette, request, declaration.database, _LINKED)
    why = await _linked(Query(datasette, declaration, hidden=hidden), found)
    context: dict[str, Any] = {
        "database": declaration.database,
        "table": table,
        "primary_key_values": [found["id"]],
        "kind": kind,
        "page": {"gone": found, "why": why},
        "status": 410,
    }
    template = "chronology/gone.html"
    page = await datasette.render_template(template, context, request, view_name=kind)
    return Response.html(page, 410)


async def _linked(query: Query, found: Row) -> list[tuple[str, str | None]]:
    """Return why a thing was withdrawn, in parts; each with the address of what it names."""
    parts = _ID.split(str(found["why"] or ""))
    tables = await _tables_of(query, parts[1::2])
    return [
        (part, row_url(query.datasette, tables[part], part) if part in tables else None)
        for part in parts
        if part
    ]


async def _tables_of(query: Query, ids: Collection[str]) -> dict[str, str]:
    """Return in which table each id is found; those in none, or in a hidden one, are left out."""
    named = "(select value from json_each(:ids))"
    found: dict[str, str] = {}
    for table in _LINKED:
        sql = f"select id from {escape_sqlite(table)} where id in {named}"  # noqa: S608  # names are ours, values bound
        rows = await query.part(table, sql, {"ids": json.dumps(ids)}, (table,))
        found |= {row["id"]: table for row in rows}
    return found
