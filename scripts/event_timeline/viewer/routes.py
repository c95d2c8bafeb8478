"""The addresses of our own pages, and what each answers."""

from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import TYPE_CHECKING

from datasette.utils.asgi import Response

from event_timeline.viewer import about, entries, home, timeline
from event_timeline.viewer.access import declared
from event_timeline.viewer.asking import asker_of
from event_timeline.viewer.data import json_answer
from event_timeline.viewer.links import TimelineLinks
from event_timeline.viewer.marks import PAGE_LENGTH, read_list
from event_timeline.viewer.places import read_frame
from event_timeline.viewer.refusals import ONLY_READ, NotAllowedError
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
    # Where there is nothing to frame, the map shows where there could be something.
    frame = partial(read_frame, asker)
    is_empty = events == [] and state.page == 1
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
    drawing = await timeline.read_drawing(asker, everything, shown, state)
    return json_answer(datasette, drawing)


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
