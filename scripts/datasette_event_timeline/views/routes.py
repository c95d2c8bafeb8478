"""The addresses of our own pages, and what each answers."""

from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import TYPE_CHECKING

from datasette.utils.asgi import Response

from datasette_event_timeline.middleware.refusals import ONLY_READ, NotAllowedError
from datasette_event_timeline.permissions import declared
from datasette_event_timeline.queries import drawing
from datasette_event_timeline.queries.events import PAGE_LENGTH, read_list
from datasette_event_timeline.queries.places import read_frame
from datasette_event_timeline.queries.query import asker_of
from datasette_event_timeline.queries.selection import read_state, select
from datasette_event_timeline.urls import TimelineLinks
from datasette_event_timeline.views.responses import json_answer
from event_timeline.site import about, entries, home

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
    # Where there is nothing to frame, the map shows where there could be something.
    frame = partial(read_frame, asker)
    is_empty = events == [] and state.page == 1
    context = {
        "here": "Timeline",
        "declaration": declaration,
        "state": state,
        "searchable": await drawing.is_searchable(datasette, declaration),
        "everything": everything,
        "shown": shown,
        "shown_count": await drawing.shown_count(asker, shown),
        "events": events,
        "facets": await drawing.read_facets(asker, everything, shown),
        "left_out": {"late": asker.late},
        "page_length": PAGE_LENGTH,
        "frame": await asker.in_time("the frame of the map", frame, None) if is_empty else None,
        "most_rows": datasette.setting("max_returned_rows"),
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
    data = await drawing.read_drawing(asker, everything, shown, state)
    return json_answer(datasette, data)


def _only_read(handler: Handler) -> Handler:
    @wraps(handler)
    async def answer(datasette: "Datasette", request: "Request") -> Response:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            raise NotAllowedError(ONLY_READ)
        return await handler(datasette, request)

    return answer


ROUTES: tuple[tuple[str, Handler], ...] = tuple(
    (address, _only_read(handler))
    for address, handler in (
        (r"^/timeline$", timeline_page),
        (r"^/timeline\.json$", timeline_data),
        *about.ROUTES,
        *home.ROUTES,
        *entries.ROUTES,
    )
)
