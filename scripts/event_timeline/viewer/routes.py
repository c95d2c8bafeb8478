"""The addresses of our own pages, and what each answers."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from datasette.utils import CustomJSONEncoder, add_cors_headers
from datasette.utils.asgi import Response

from event_timeline.viewer import about, entries, home, timeline
from event_timeline.viewer.access import declared
from event_timeline.viewer.asking import asker_of
from event_timeline.viewer.links import TimelineLinks
from event_timeline.viewer.marks import LIST_LENGTH, read_list
from event_timeline.viewer.selection import read_state, select

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

Handler = Callable[["Datasette", "Request"], Awaitable[Response]]


async def timeline_page(datasette: "Datasette", request: "Request") -> Response:
    """Answer /timeline: the linked timeline, map, list and filters."""
    declaration = await declared(datasette, request)
    state = read_state(request, declaration)
    everything, shown = await select(datasette, declaration, request, state)
    asker = await asker_of(datasette, declaration, everything)
    events = await asker.in_time("the list", partial(read_list, asker, shown, state), None)
    context = {
        "here": "Timeline",
        "declaration": declaration,
        "state": state,
        "searchable": await timeline.is_searchable(datasette, declaration),
        "everything": everything,
        "shown": shown,
        "shown_count": await timeline.shown_count(asker, shown),
        "events": events,
        "facets": await timeline.read_facets(asker, everything, shown),
        "left_out": {"late": asker.late},
        "list_length": LIST_LENGTH,
        "address": TimelineLinks(datasette, request, everything, shown, declaration),
    }
    template = "chronology/timeline.html"
    page = await datasette.render_template(template, context, request, view_name="timeline")
    return Response.html(page)


async def timeline_data(datasette: "Datasette", request: "Request") -> Response:
    """Answer /timeline.json: what the timeline and the map draw."""
    declaration = await declared(datasette, request)
    state = read_state(request, declaration)
    everything, shown = await select(datasette, declaration, request, state)
    asker = await asker_of(datasette, declaration, everything)
    drawing = await timeline.read_drawing(asker, everything, shown, state)
    headers: dict[str, str] = {}
    if datasette.cors:
        add_cors_headers(headers)
    return Response.json(drawing, headers=headers, default=CustomJSONEncoder().default)


ROUTES: tuple[tuple[str, Handler], ...] = (
    (r"^/timeline$", timeline_page),
    (r"^/timeline\.json$", timeline_data),
    *about.ROUTES,
    *home.ROUTES,
    *entries.ROUTES,
)
