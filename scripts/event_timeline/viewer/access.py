"""Who may see what of a chronology: Datasette's own permissions, asked once a page."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from datasette.utils.asgi import NotFound

from event_timeline.viewer.declaration import Declaration, read_declaration

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request


async def declared(datasette: "Datasette", request: "Request") -> Declaration:
    """Return the chronology, if there is one and the visitor may see it.

    Raises NotFound where metadata declares none that is served, Forbidden where it is closed.
    """
    declaration = await read_declaration(datasette)
    if declaration is None:
        raise NotFound("There is no chronology here: metadata declares none that is served")
    permissions = _to_view(declaration.database, declaration.table)
    await datasette.ensure_permissions(request.actor, permissions)
    return declaration


async def hidden_tables(
    datasette: "Datasette", request: "Request", database: str, tables: Iterable[str]
) -> frozenset[str]:
    """Return those of the tables that the visitor may not see."""
    hidden = set()
    for table in tables:
        visible, _ = await datasette.check_visibility(
            request.actor, permissions=_to_view(database, table)
        )
        if not visible:
            hidden.add(table)
    return frozenset(hidden)


def _to_view(database: str, table: str) -> list[str | tuple[str, str | tuple[str, str]]]:
    return [("view-table", (database, table)), ("view-database", database), "view-instance"]
