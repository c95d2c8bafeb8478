"""/timeline: the page of the linked timeline, map and list, and what narrows them."""

from functools import partial
from typing import TYPE_CHECKING, Any

from datasette.utils import filters_should_redirect, path_with_added_args
from datasette.utils.asgi import Response

from datasette_event_timeline.config.declaration import Grouping, groupings
from datasette_event_timeline.config.tables import table_asked_for
from datasette_event_timeline.index.database import with_index
from datasette_event_timeline.permissions import check_visible
from datasette_event_timeline.queries import undrawn
from datasette_event_timeline.queries.choices import chosen_values, toggled, without
from datasette_event_timeline.queries.events import PAGE_LENGTH, count_shown, read_list
from datasette_event_timeline.queries.filters import read_selections, read_state, selection_of
from datasette_event_timeline.queries.lanes import facet
from datasette_event_timeline.queries.places import read_frame
from datasette_event_timeline.queries.query import Query, Row, query_for
from datasette_event_timeline.queries.selection import Selection
from datasette_event_timeline.queries.undrawn import count_undrawn
from datasette_event_timeline.render.words import heading
from datasette_event_timeline.urls import CHRONOLOGY, TimelineLinks
from datasette_event_timeline.views.columns import columns_context
from datasette_event_timeline.views.responses import Route, only_read

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

_TEMPLATE = "datasette_event_timeline/timeline.html"
# A facet shows so many of its values.
_FACET_LENGTH = 15


async def timeline_page(datasette: "Datasette", request: "Request") -> Response:
    """Answer /timeline, and that of any table: the linked timeline, map, list and filters."""
    filters = filters_should_redirect(request.args)
    if filters:
        # As Datasette's tables do with the fields of their form.
        return Response.redirect(datasette.urls.path(path_with_added_args(request, filters)))
    await check_visible(datasette, request)
    declaration = await with_index(
        datasette, await table_asked_for(datasette, request), request.args
    )
    state = read_state(request, declaration)
    everything, shown = await read_selections(datasette, declaration, request, state)
    query = query_for(datasette, declaration, everything)
    events = await query.attempt("the list", partial(read_list, query, shown, state.page), None)
    # With no match, the map frames all events there are.
    frame = partial(read_frame, query)
    is_empty = events == [] and state.page == 1
    context = {
        "here": "Timeline" if declaration.path == CHRONOLOGY else "",
        "is_chronology": declaration.path == CHRONOLOGY,
        "undrawn": _undrawn(await count_undrawn(query, shown), everything),
        "site_title": _title(datasette) or declaration.database,
        "declaration": declaration,
        "state": state,
        "searchable": declaration.searchable,
        "everything": everything,
        "shown": shown,
        "shown_count": await count_shown(query, shown),
        "events": events,
        "facets": await _read_facets(query, request, everything, shown),
        "timed_out": query.timed_out,
        "page_length": PAGE_LENGTH,
        "frame": await query.attempt("the frame of the map", frame, None) if is_empty else None,
        "most_rows": datasette.setting("max_returned_rows"),
        **columns_context(declaration, everything),
        "address": TimelineLinks(datasette, request, everything, shown, declaration),
    }
    page = await datasette.render_template(_TEMPLATE, context, request, view_name="timeline")
    return Response.html(page)


def _undrawn(counted: dict[str, dict[str, int]], everything: Selection) -> dict[str, list[Row]]:
    """Return for the drawing and the map what each does not show, and the pairs that choose it."""
    return {
        parameter: [
            {
                "count": number,
                "words": undrawn.WORDS[parameter, choice],
                "pairs": [*everything.pairs, (parameter, choice)],
            }
            for choice, number in counts.items()
        ]
        for parameter, counts in counted.items()
    }


def _title(datasette: "Datasette") -> Any:
    return (datasette.metadata() or {}).get("title")


def _facet_groupings(query: Query) -> list[Grouping]:
    """Return what the table is faceted by, as its metadata says."""
    declaration = query.declaration
    metadata = query.datasette.table_metadata(declaration.database, declaration.table)
    return [
        found
        for found in groupings(metadata.get("facets", ()))
        if found.column in declaration.columns
    ]


async def _read_facets(
    query: Query, request: "Request", everything: Selection, shown: Selection
) -> list[Row]:
    """Return the table's facets with counts of the events shown, and the pairs each value adds."""
    return [
        await _facet_of(query, request, everything, shown, grouping)
        for grouping in _facet_groupings(query)
    ]


async def _facet_of(
    query: Query, request: "Request", everything: Selection, shown: Selection, grouping: Grouping
) -> Row:
    chosen = chosen_values(everything.pairs, grouping)
    counted = shown
    if chosen and not grouping.is_array:
        # Another value can be chosen beside those that are.
        others = without(shown.pairs, grouping)
        counted = await selection_of(query.datasette, query.declaration, request, others)
    most_ms = query.datasette.setting("facet_time_limit_ms")
    name = f"how many have each {heading(grouping.column)}"
    counting = partial(facet, query, counted, grouping, _FACET_LENGTH, most_ms)
    found: list[Row] = await query.attempt(name, counting, [], has_own_limit=True)
    values = [
        {
            **value,
            "chosen": str(value["value"]) in chosen,
            "pairs": toggled(everything.pairs, grouping, str(value["value"])),
        }
        for value in found
        if value["value"] is not None
    ]
    return {"column": grouping.column, "values": values}


ROUTES: tuple[Route, ...] = ((r"^/timeline$", only_read(timeline_page)),)
ROUTES_OF_TABLES: tuple[Route, ...] = (
    (r"^/-/timeline/(?P<database>[^/]+)/(?P<table>[^/]+)$", only_read(timeline_page)),
)
