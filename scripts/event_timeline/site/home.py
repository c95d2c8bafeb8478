"""The first page, without what Datasette reads for its own: the columns and keys of every table."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Response
from datasette.views.index import IndexView

from datasette_event_timeline.views.responses import Route, only_read

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


# Datasette's page looks for its format, which is none: /.json stays as it is.
ROUTES: tuple[Route, ...] = ((r"^/(?P<format>)$", only_read(home_page)),)
