"""The addresses that a timeline's page links to; each keeps the rest of the view's state."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from datasette.utils import tilde_encode

from datasette_event_timeline.config import Declaration
from datasette_event_timeline.queries.selection import OWN_PARAMETERS, Pairs, Selection

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request


class TimelineLinks:
    """Makes addresses from what one request asked for."""

    def __init__(
        self,
        datasette: "Datasette",
        request: "Request",
        everything: Selection,
        shown: Selection,
        declaration: Declaration,
    ) -> None:
        self._urls = datasette.urls
        self._own = {name: request.args[name] for name in OWN_PARAMETERS if name in request.args}
        self._everything = everything
        self._shown = shown
        self._declaration = declaration

    @property
    def data(self) -> str:
        """Where the drawing's data is."""
        return str(self._urls.path("timeline.json"))

    @property
    def event_template(self) -> str:
        """An event's address with ID where its id goes."""
        return str(self._urls.path("event/ID"))

    def event(self, event_id: object) -> str:
        return str(self._urls.path(f"event/{tilde_encode(str(event_id))}"))

    def timeline(self, pairs: Pairs | None = None, **changes: str | None) -> str:
        """Return this view with other filters or other state; None takes a parameter away.

        The page of the list is the first again, unless it is what changes.
        """
        own = {k: v for k, v in {**self._own, "_page": None, **changes}.items() if v is not None}
        kept = self._everything.pairs if pairs is None else pairs
        query = urlencode([*kept, *own.items()])
        return str(self._urls.path("timeline")) + (f"?{query}" if query else "")

    def table(self, format: str | None = None, **more: str) -> str:
        """Return where Datasette has the same events, all of them, as a table or in a format."""
        declaration = self._declaration
        table = self._urls.table(declaration.database, declaration.table, format=format)
        query = urlencode([*self._shown.pairs, *more.items()])
        return f"{table}?{query}" if query else str(table)
