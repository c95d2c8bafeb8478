"""Where each thing has its page: events, actors and sources at addresses of our own."""

from typing import TYPE_CHECKING

from datasette.utils import tilde_encode

from datasette_event_timeline.config import declared_database, settings
from event_timeline.curated.columns import ACTORS, EVENTS, SOURCES

if TYPE_CHECKING:
    from datasette.app import Datasette

_OWN = {EVENTS.name: "event", ACTORS.name: "actor", SOURCES.name: "source"}


def kind_of(datasette: "Datasette", table: str) -> str | None:
    """Return what a row of the chronology's table is called in addresses; None for no page of ours.

    The declared table holds the events, whatever its name. Only beside one called
    `events` are the tables of actors and sources known to be this tool's.
    """
    declared = settings(datasette).get("table", EVENTS.name)
    if table == declared:
        return _OWN[EVENTS.name]
    return _OWN.get(table) if declared == EVENTS.name else None


def address_of(datasette: "Datasette", table: str, row_id: object) -> str:
    """Return the address of a row's page: /event/<id> and so on, else Datasette's row page."""
    encoded = tilde_encode(str(row_id))
    kind = kind_of(datasette, table)
    if kind is not None:
        return str(datasette.urls.path(f"{kind}/{encoded}"))
    return str(datasette.urls.row(declared_database(datasette), table, encoded))
