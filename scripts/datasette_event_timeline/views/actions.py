"""The link from a table or view to its timeline, in the menu of its page."""

from typing import TYPE_CHECKING

from datasette.database import QueryInterrupted

from datasette_event_timeline.config.metadata_checks import MetadataError
from datasette_event_timeline.config.tables import has_dates, timeline_path
from datasette_event_timeline.queries.filters import choosing_pairs
from datasette_event_timeline.urls import timeline_url

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request


async def actions(
    datasette: "Datasette", database: str, table: str, request: "Request"
) -> list[dict[str, str]]:
    """Return the link to the timeline of the rows on a table's page; none without dates."""
    try:
        if not await has_dates(datasette, database, table):
            return []
    except (MetadataError, QueryInterrupted):
        # What is wrong with the settings is said on the timeline's own page.
        return []
    href = timeline_url(datasette, choosing_pairs(request), timeline_path(database, table))
    return [{"href": href, "label": "Timeline"}]
