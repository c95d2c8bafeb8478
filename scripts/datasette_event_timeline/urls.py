"""Addresses of the timeline, its data and its files, and what its page links to."""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from datasette.plugins import pm
from datasette.utils import tilde_encode

from datasette_event_timeline.config.declaration import Declaration
from datasette_event_timeline.queries.selection import OWN_PARAMETERS, Pairs, Selection

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

# Where the timeline of the table is that metadata declares for a chronology.
CHRONOLOGY = "timeline"
_STATIC = Path(__file__).parent / "static"


def static_url(datasette: "Datasette", file: str) -> str:
    """Return the address of one of our static files, new whenever the file is."""
    return f"{datasette.urls.static_plugins(_distribution(), file)}?{_digest(file)}"


@cache
def _distribution() -> str:
    """Return our name as an installed distribution: Datasette serves static files under it."""
    package = __package__
    names = {plugin.__name__: found.project_name for plugin, found in pm.list_plugin_distinfo()}
    return str(names.get(package, package))


@cache
def _digest(file: str) -> str:
    return hashlib.sha256((_STATIC / file).read_bytes()).hexdigest()[:8]


def timeline_url(
    datasette: "Datasette", pairs: Iterable[tuple[str, str]] = (), path: str = CHRONOLOGY
) -> str:
    """Return the address of a timeline with these parameters; without a path the chronology's."""
    query = urlencode([*pairs], safe="/")
    return str(datasette.urls.path(path)) + (f"?{query}" if query else "")


def data_url(datasette: "Datasette", path: str = CHRONOLOGY) -> str:
    """Return where the data is that a timeline draws."""
    return str(datasette.urls.path(f"{path}.json"))


def event_url(datasette: "Datasette", declaration: Declaration, event_id: object) -> str:
    """Return the address of an event's page: of Datasette's page on its row, if it has no other.

    A row that Datasette calls otherwise than by the event's id has none: then it is the table
    with that event alone.
    """
    path = declaration.extension.event_path
    if path is not None:
        return str(datasette.urls.path(f"{path}{tilde_encode(str(event_id))}"))
    database, table = declaration.database, declaration.table
    values = [event_id] if len(declaration.keys) == 1 else json.loads(str(event_id))
    if declaration.keys == (declaration.primary_keys or ("rowid",)):
        encoded = ",".join(tilde_encode(str(value)) for value in values)
        return str(datasette.urls.row(database, table, encoded))
    filters = [
        (f"{column}__isnull", "1") if value is None else (f"{column}__exact", str(value))
        for column, value in zip(declaration.keys, values, strict=True)
    ]
    return f"{datasette.urls.table(database, table)}?{urlencode(filters)}"


class TimelineLinks:
    """Makes the addresses on one page of the timeline; each keeps the rest of the view's state."""

    def __init__(
        self,
        datasette: "Datasette",
        request: "Request",
        everything: Selection,
        shown: Selection,
        declaration: Declaration,
    ) -> None:
        self._datasette = datasette
        self._own = {name: request.args[name] for name in OWN_PARAMETERS if name in request.args}
        self._everything = everything
        self._shown = shown
        self._declaration = declaration

    def event(self, event_id: object) -> str:
        return event_url(self._datasette, self._declaration, event_id)

    def timeline(self, pairs: Pairs | None = None, **changes: str | None) -> str:
        """Return this view with other filters or other state; None takes a parameter away.

        The page of the list is the first again, unless it is what changes.
        """
        own = {k: v for k, v in {**self._own, "_page": None, **changes}.items() if v is not None}
        kept = self._everything.pairs if pairs is None else pairs
        return timeline_url(self._datasette, [*kept, *own.items()], self._declaration.path)

    def data(self) -> str:
        """Return where the data is that this timeline draws."""
        return data_url(self._datasette, self._declaration.path)

    def table(self, format: str | None = None, **more: str) -> str:
        """Return where Datasette has the same events, all of them, as a table or in a format."""
        declaration = self._declaration
        urls = self._datasette.urls
        table = urls.table(declaration.database, declaration.table, format=format)
        query = urlencode([*self._shown.pairs, *more.items()])
        return f"{table}?{query}" if query else str(table)
