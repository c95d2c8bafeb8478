"""What every page of the site says: its title and search, its links, and the build it shows."""

import sqlite3
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.database import QueryInterrupted

from datasette_event_timeline.config.declaration import Declaration
from datasette_event_timeline.config.declared import read_declaration
from datasette_event_timeline.permissions import hidden_tables
from datasette_event_timeline.serving.memory import recall
from event_timeline.publish import banner
from event_timeline.site.navigation import navigation, timeline_in_view
from event_timeline.site.settings import highlight_source

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database
    from datasette.utils.asgi import Request


async def read_site(
    datasette: "Datasette", database: str, request: "Request | None"
) -> dict[str, Any]:
    """Return what templates say of the site; error pages know of no request."""
    metadata = datasette.metadata() or {}
    here = metadata.get("databases", {}).get(database, {})
    declaration = await read_declaration(datasette)
    return {
        "database": database,
        "declaration": declaration,
        "navigation": navigation(datasette, declaration) if declaration else [],
        "searchable": await _is_searchable(datasette, request, declaration),
        "timeline": timeline_in_view(datasette),
        "metadata": metadata,
        "highlight_source": highlight_source(datasette),
        "queries": here.get("queries", {}),
        "build": await _build_items(datasette, database),
        "banner": _banner(datasette, database),
    }


async def _is_searchable(
    datasette: "Datasette", request: "Request | None", declaration: Declaration | None
) -> bool:
    """Tell whether the visitor may search the events."""
    if declaration is None or not declaration.searchable:
        return False
    table = declaration.table
    return not await hidden_tables(datasette, request, declaration.database, [table])


async def _build_items(datasette: "Datasette", database: str) -> dict[str, str]:
    """Return what the database says it was built from; nothing if it cannot be asked."""
    db = datasette.databases.get(database)
    return {} if db is None else await recall(db, "build", partial(_read_build_items, db))


async def _read_build_items(db: "Database") -> dict[str, str]:
    try:
        rows = await db.execute("select item, value from build", log_sql_errors=False)
    except (sqlite3.Error, QueryInterrupted):
        return {}
    # A table of that name in a database made by hand may hold anything.
    return {str(item): str(value) for item, value in rows if value is not None}


def _banner(datasette: "Datasette", database: str) -> banner.Banner | None:
    db = datasette.databases.get(database)
    return banner.current(Path(db.path)) if db is not None and db.path else None
