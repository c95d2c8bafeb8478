"""/event/<id>.json: an event with all that its page shows, for programs."""

from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import Response

from datasette_event_timeline.permissions import declared
from datasette_event_timeline.queries.query import Row
from datasette_event_timeline.views.responses import Route, json_answer, only_read
from event_timeline.curated.columns import EVENTS
from event_timeline.site.entry import read_entry
from event_timeline.site.list_cells import items_of
from event_timeline.site.withdrawn import find_withdrawn, withdrawn_data

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

_LISTS = [column.name for column in EVENTS.columns if column.kind in ("list", "actors")]
# Cells of a claim that its source and its question hold already.
_JOINED = ("question_title", "measure", "publisher", "url", "source_title", "source_kind")
# What a question has for its drawing alone.
_DRAWN = ("answers", "beside", "scale", "times", "can_all_be_true")


async def event_data(datasette: "Datasette", request: "Request") -> Response:
    """Answer /event/<id>.json."""
    declaration = await declared(datasette, request)
    row_id = tilde_decode(request.url_vars["id"])
    entry = await read_entry(datasette, request, declaration, declaration.table, row_id)
    if entry is not None:
        return json_answer(datasette, _public(entry))
    found = await find_withdrawn(datasette, request, declaration, "event", row_id)
    if found is not None:
        return withdrawn_data(datasette, found)
    error = {"ok": False, "error": f"There is no event {row_id}", "status": 404, "title": None}
    return json_answer(datasette, error, 404)


def _public(entry: dict[str, Any]) -> Row:
    """Return the row, its lists taken apart, and all about it."""
    row = {**entry["row"], "canonical": entry["canonical"]}
    if entry["shape"] != EVENTS.name:
        return row
    claims: dict[Any, list[Row]] = {}
    for claim in entry["claims"]:
        claims.setdefault(claim["question"], []).append(_without(_JOINED, claim))
    return {
        **row,
        **{name: items_of(row[name]) for name in _LISTS if name in row},
        "actors": entry["actors"],
        "sources": entry["sources"],
        "questions": [
            {**_without(_DRAWN, question), "claims": claims.get(question["id"], [])}
            for question in entry["questions"]
        ],
        "parts": entry["parts"],
    }


def _without(names: tuple[str, ...], row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in names}


ROUTES: tuple[Route, ...] = ((r"^/event/(?P<id>[^/]+)\.json$", only_read(event_data)),)
