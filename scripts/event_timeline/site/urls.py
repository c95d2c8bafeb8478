"""The site's own addresses: pages on events, actors and sources, and tables filtered."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette.utils import tilde_encode

from datasette_event_timeline.config.declared import declared_database, declared_table
from event_timeline.curated.columns import ACTORS, EVENTS, SOURCES

if TYPE_CHECKING:
    from datasette.app import Datasette

_OWN = {EVENTS.name: "event", ACTORS.name: "actor", SOURCES.name: "source"}


def kind_of(datasette: "Datasette", table: str) -> str | None:
    """Return what a row of the chronology's table is called in addresses; None for no page of ours.

    The declared table holds the events, whatever its name. Only beside one called
    `events` are the tables of actors and sources known to be this tool's.
    """
    declared = declared_table(datasette)
    if table == declared:
        return _OWN[EVENTS.name]
    return _OWN.get(table) if declared == EVENTS.name else None


def row_url(datasette: "Datasette", table: str, row_id: object) -> str:
    """Return the address of a row's page: /event/<id> and so on, else Datasette's row page."""
    encoded = tilde_encode(str(row_id))
    kind = kind_of(datasette, table)
    if kind is not None:
        return str(datasette.urls.path(f"{kind}/{encoded}"))
    return str(datasette.urls.row(declared_database(datasette), table, encoded))


def table_url(datasette: "Datasette", table: str, **filters: Any) -> str:
    """Return the address of a table of the chronology, filtered by columns."""
    address = datasette.urls.table(declared_database(datasette), table)
    return f"{address}?{urlencode(filters)}" if filters else str(address)


def disputed_url(datasette: "Datasette", **parameters: Any) -> str:
    """Return the address of the questions that sources answer differently."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return str(datasette.urls.path("disputed")) + (f"?{query}" if query else "")


def about_url(datasette: "Datasette") -> str:
    """Return the address of the page that says what the chronology is."""
    return str(datasette.urls.path("about"))
