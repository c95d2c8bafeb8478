"""Who may see what of a table of events: Datasette's own permissions, asked once a page."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from datasette.utils import tilde_decode
from datasette.utils.asgi import Forbidden, NotFound

from datasette_event_timeline.config.declaration import Declaration
from datasette_event_timeline.config.declared import (
    declared_database,
    declared_table,
    find_or_refuse,
)

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request


async def declared(datasette: "Datasette", request: "Request") -> Declaration:
    """Return the table of events, if there is one and the visitor may see it.

    Raises NotFound where metadata declares none that is served, Forbidden where it is closed,
    OutOfStepError where the database has changed so that it is none any longer.
    """
    declaration = await find_or_refuse(datasette)
    if declaration is None:
        raise NotFound("There are no events here: metadata declares no table that is served")
    permissions = _to_view(declaration.database, declaration.table)
    await datasette.ensure_permissions(request.actor, permissions)
    return declaration


async def check_visible(datasette: "Datasette", request: "Request") -> None:
    """Raise Forbidden unless the visitor may see the table that an address names.

    An address without a name is that of the chronology. Raises NotFound if there is none.
    """
    names = request.url_vars
    database = tilde_decode(names["database"]) if names else declared_database(datasette) or ""
    table = tilde_decode(names["table"]) if names else declared_table(datasette)
    if database not in datasette.databases:
        raise NotFound(f"There is no database {database}")
    await datasette.ensure_permissions(request.actor, _to_view(database, table))


async def hidden_tables(
    datasette: "Datasette", request: "Request | None", database: str, tables: Iterable[str]
) -> frozenset[str]:
    """Return those of the tables that the visitor may not see: without a request, a stranger."""
    actor = request.actor if request else None
    hidden = set()
    for table in tables:
        try:
            await datasette.ensure_permissions(actor, _to_view(database, table))
        except Forbidden:
            hidden.add(table)
    return frozenset(hidden)


def _to_view(database: str, table: str) -> list[str | tuple[str, str | tuple[str, str]]]:
    return [("view-table", (database, table)), ("view-database", database), "view-instance"]
