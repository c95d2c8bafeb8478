"""The links at the head of every page: only those that lead somewhere on this site."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasette_event_timeline.config.declaration import Declaration
from datasette_event_timeline.config.declared import settings
from datasette_event_timeline.render.words import heading
from datasette_event_timeline.urls import timeline_url
from event_timeline.curated.columns import ACTORS, EVENTS, QUESTIONS, SOURCES
from event_timeline.site.urls import about_url, disputed_url, table_url

if TYPE_CHECKING:
    from datasette.app import Datasette

DISAGREEMENTS = "disagreements"


@dataclass(frozen=True)
class Link:
    """A link at the head of a page; `table` is the table whose pages belong to it."""

    label: str
    address: str
    table: str = ""


def navigation(datasette: "Datasette", declaration: Declaration) -> list[Link]:
    """Return the links in the order they are shown."""
    companions = (ACTORS.name, SOURCES.name, QUESTIONS.name)
    has_all = declaration.names >= {EVENTS.name, *companions, DISAGREEMENTS}
    tables = (declaration.table, *companions) if has_all else (declaration.table,)
    links = [Link("Timeline", timeline_in_view(datasette))]
    links += [Link(_named(table), table_url(datasette, table), table) for table in tables]
    if has_all:
        links.append(Link("Where sources disagree", disputed_url(datasette), DISAGREEMENTS))
    links.append(Link("Tables and SQL", str(datasette.urls.database(declaration.database))))
    links.append(Link("About", about_url(datasette)))
    return links


def timeline_in_view(datasette: "Datasette") -> str:
    """Return the timeline with the window that metadata declares in view."""
    window = settings(datasette).get("window")
    return timeline_url(datasette, [("_window", window)] if window else [])


def _named(table: str) -> str:
    name = heading(table)
    return name[:1].upper() + name[1:]
