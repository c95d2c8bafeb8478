"""The first page, without what Datasette reads for its own: the columns and keys of every table."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Response
from datasette.views.index import IndexView

from datasette_event_timeline.config.declaration import Declaration
from datasette_event_timeline.config.declared import read_declaration, settings
from datasette_event_timeline.permissions import hidden_tables
from datasette_event_timeline.queries.query import Query, query_for
from datasette_event_timeline.views.responses import Route, only_read
from event_timeline.curated.columns import EVENTS
from event_timeline.site import home_drawings, home_lists

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

_TEMPLATE = Path(__file__).parent / "pages" / "index.html"


class _Home(IndexView):  # type: ignore[misc]
    """Datasette's page, but for a template that is ours: that lists databases, and no tables."""

    async def get(self, request: "Request") -> Response:
        template = self.ds.jinja_env.get_template("index.html")
        if Path(template.filename) != _TEMPLATE:
            return await super().get(request)
        await self.ds.ensure_permissions(request.actor, ["view-instance"])
        for_all = await self.ds.permission_allowed(None, "view-instance", default=True)
        context = {
            "databases": await self._databases(request),
            "metadata": self.ds.metadata(),
            "private": not for_all,
        }
        return await self.render(["index.html"], request=request, context=context)

    async def _databases(self, request: "Request") -> list[dict[str, Any]]:
        found = []
        for name in self.ds.databases:
            visible, private = await self.ds.check_visibility(request.actor, "view-database", name)
            if visible:
                path = self.ds.urls.database(name)
                found.append({"name": name, "path": path, "private": private})
        return found


async def home_page(datasette: "Datasette", request: "Request") -> Response:
    """Answer /, in whatever method."""
    return await _Home(datasette).dispatch_request(request)


async def read_home(datasette: "Datasette", request: "Request") -> dict[str, Any] | None:
    """Return what the first page shows of the chronology; None if it has none, or hides it."""
    declaration = await read_declaration(datasette)
    if declaration is None:
        return None
    database = declaration.database
    visible, _ = await datasette.check_visibility(request.actor, "view-database", database)
    return await _read_home(datasette, request, declaration) if visible else None


async def _read_home(
    datasette: "Datasette", request: "Request", declaration: Declaration
) -> dict[str, Any]:
    """Return the drawings of any table, and the lists of a database that this tool built."""
    tables = {declaration.table, *home_lists.TABLES}
    hidden = await hidden_tables(datasette, request, declaration.database, tables)
    query = query_for(datasette, declaration, hidden=hidden)
    page: dict[str, Any] = {"timed_out": query.timed_out, "missing": query.missing}
    if declaration.table not in hidden:
        page |= await _read_drawings(query)
    if EVENTS.name in declaration.names:
        page |= await home_lists.read_lists(query)
    return page


async def _read_drawings(query: Query) -> dict[str, Any]:
    window = settings(query.datasette).get("window")
    bars = partial(home_drawings.read_histogram, query, window)
    places = partial(home_drawings.read_map, query)
    return {
        "histogram": await query.attempt("the years", bars, None),
        "map": await query.attempt("the map", places, None),
    }


# Datasette's page looks for its format, which is none: /.json stays as it is.
ROUTES: tuple[Route, ...] = ((r"^/(?P<format>)$", only_read(home_page)),)
