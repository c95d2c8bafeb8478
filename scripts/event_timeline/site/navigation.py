"""The ways in at the head of every page: only those that lead somewhere on this site."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasette_event_timeline.config import settings
from datasette_event_timeline.declaration import Declaration
from datasette_event_timeline.render.words import heading
from event_timeline.curated.columns import ACTORS, EVENTS, QUESTIONS, SOURCES

if TYPE_CHECKING:
    from datasette.app import Datasette

DISAGREEMENTS = "disagreements"


@dataclass(frozen=True)
class Way:
    """A link at the head of a page; `table` is the table whose pages belong to it."""

    label: str
    address: str
    table: str = ""


async def ways_in(datasette: "Datasette", declaration: Declaration) -> list[Way]:
    """Return the site's ways in, in the order they are shown."""
    urls, database = datasette.urls, declaration.database
    db = datasette.get_database(database)
    there = {*await db.table_names(), *await db.view_names()}
    own = {EVENTS.name, ACTORS.name, SOURCES.name, QUESTIONS.name, DISAGREEMENTS} <= there
    companions = [ACTORS.name, SOURCES.name, QUESTIONS.name] if own else []
    ways = [Way("Timeline", timeline_address(datasette))]
    for table in (declaration.table, *companions):
        ways.append(Way(_named(table), str(urls.table(database, table)), table))
    if own:
        ways.append(Way("Where sources disagree", str(urls.path("disputed")), DISAGREEMENTS))
    ways.append(Way("Tables and SQL", str(urls.database(database))))
    ways.append(Way("About", str(urls.path("about"))))
    return ways


def timeline_address(datasette: "Datasette") -> str:
    """Return the timeline with the window that metadata declares in view."""
    window = settings(datasette).get("window")
    address = str(datasette.urls.path("timeline"))
    return f"{address}?_window={window}" if window else address


def _named(table: str) -> str:
    name = heading(table)
    return name[:1].upper() + name[1:]
