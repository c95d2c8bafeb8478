"""The pages on one thing: /event/<id>, /actor/<id> and /source/<id>."""

from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Response

from datasette_event_timeline.config.declaration import Declaration
from datasette_event_timeline.permissions import declared
from datasette_event_timeline.views.responses import Route, only_read
from event_timeline.curated.columns import ACTORS, EVENTS, SOURCES
from event_timeline.site.entry import read_entry
from event_timeline.site.withdrawn import find_withdrawn, withdrawn_page

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request


async def event_page(datasette: "Datasette", request: "Request") -> Response:
    """Answer /event/<id>."""
    declaration = await declared(datasette, request)
    return await _answer(datasette, request, declaration, "event", declaration.table)


async def actor_page(datasette: "Datasette", request: "Request") -> Response:
    """Answer /actor/<id>."""
    return await _companion_page(datasette, request, "actor", ACTORS.name)


async def source_page(datasette: "Datasette", request: "Request") -> Response:
    """Answer /source/<id>."""
    return await _companion_page(datasette, request, "source", SOURCES.name)


async def _companion_page(
    datasette: "Datasette", request: "Request", kind: str, table: str
) -> Response:
    declaration = await declared(datasette, request)
    if declaration.table != EVENTS.name:
        raise NotFound(f"This chronology has no table of {table} that this tool knows")
    permissions = [("view-table", (declaration.database, table))]
    await datasette.ensure_permissions(request.actor, permissions)
    return await _answer(datasette, request, declaration, kind, table)


async def _answer(
    datasette: "Datasette", request: "Request", declaration: Declaration, kind: str, table: str
) -> Response:
    row_id = tilde_decode(request.url_vars["id"])
    entry = await read_entry(datasette, request, declaration, table, row_id)
    if entry is None:
        found = await find_withdrawn(datasette, request, declaration, kind, row_id)
        if found is not None:
            return await withdrawn_page(datasette, request, declaration, kind, table, found)
    context = {
        "database": declaration.database,
        "table": table,
        "primary_key_values": [row_id],
        "kind": kind,
        **({"page": entry} if entry else _not_found(kind, row_id)),
    }
    template = f"chronology/{kind}.html" if entry else "error.html"
    page = await datasette.render_template(template, context, request, view_name=kind)
    return Response.html(page, 200 if entry else 404)


def _not_found(kind: str, row_id: str) -> dict[str, Any]:
    # The words of an id are what its address was meant to find.
    return {"status": 404, "title": f"There is no such {kind}", "search": _words_of(row_id)}


def _words_of(row_id: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in row_id[:200]).split()
    return " ".join(word for word in words if not word.isdecimal())


ROUTES: tuple[Route, ...] = (
    (r"^/event/(?P<id>[^/]+)$", only_read(event_page)),
    (r"^/actor/(?P<id>[^/]+)$", only_read(actor_page)),
    (r"^/source/(?P<id>[^/]+)$", only_read(source_page)),
)
