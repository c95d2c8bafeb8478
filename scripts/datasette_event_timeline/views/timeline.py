"""The timeline: its page, and the data that its drawings are made of."""

from functools import partial
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Response

from datasette_event_timeline.permissions import declared
from datasette_event_timeline.queries import drawing
from datasette_event_timeline.queries.events import PAGE_LENGTH, read_list
from datasette_event_timeline.queries.places import read_frame
from datasette_event_timeline.queries.query import asker_of
from datasette_event_timeline.queries.selection import read_state, select
from datasette_event_timeline.urls import TimelineLinks
from datasette_event_timeline.views.responses import Route, json_answer, only_read

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

_TEMPLATE = "datasette_event_timeline/timeline.html"


async def timeline_page(datasette: "Datasette", request: "Request") -> Response:
    """Answer /timeline: the linked timeline, map, list and filters."""
    declaration = await declared(datasette, request)
    state = read_state(request, declaration)
    everything, shown = await select(datasette, declaration, request, state)
    asker = await asker_of(datasette, declaration, everything)
    events = await asker.in_time("the list", partial(read_list, asker, shown, state), None)
    # With no match, the map frames all events there are.
    frame = partial(read_frame, asker)
    is_empty = events == [] and state.page == 1
    context = {
        "here": "Timeline",
        "site_title": _title(datasette) or declaration.database,
        "declaration": declaration,
        "state": state,
        "searchable": await drawing.is_searchable(datasette, declaration),
        "everything": everything,
        "shown": shown,
        "shown_count": await drawing.shown_count(asker, shown),
        "events": events,
        "facets": await drawing.read_facets(asker, everything, shown),
        "late": asker.late,
        "page_length": PAGE_LENGTH,
        "frame": await asker.in_time("the frame of the map", frame, None) if is_empty else None,
        "most_rows": datasette.setting("max_returned_rows"),
        "address": TimelineLinks(datasette, request, everything, shown, declaration),
    }
    page = await datasette.render_template(_TEMPLATE, context, request, view_name="timeline")
    return Response.html(page)


def _title(datasette: "Datasette") -> Any:
    return (datasette.metadata() or {}).get("title")


async def timeline_data(datasette: "Datasette", request: "Request") -> Response:
    """Answer /timeline.json: what the timeline and the map draw."""
    declaration = await declared(datasette, request)
    state = read_state(request, declaration)
    everything, shown = await select(datasette, declaration, request, state)
    asker = await asker_of(datasette, declaration, everything)
    data = await drawing.read_drawing(asker, everything, shown, state)
    return json_answer(datasette, data)


ROUTES: tuple[Route, ...] = (
    (r"^/timeline$", only_read(timeline_page)),
    (r"^/timeline\.json$", only_read(timeline_data)),
)
