"""The filters that every table with dates has: by time, and by what a timeline cannot show."""

from typing import TYPE_CHECKING

from datasette.utils.asgi import BadRequest

from datasette_event_timeline.config.declared import declared_database, read_declaration
from datasette_event_timeline.config.tables import table_with_dates
from datasette_event_timeline.queries.filters import OWN_FILTERS, own_filters

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.filters import FilterArguments
    from datasette.utils.asgi import Request

    from datasette_event_timeline.config.declaration import Declaration


async def table_filters(
    datasette: "Datasette", request: "Request", database: str, table: str
) -> "FilterArguments | None":
    """Return what the address of a table asks for of these; None if the table has no such filter.

    Raises BadRequest for a filter that cannot be applied: rows without it would be wrong.
    """
    asked = [name for name in OWN_FILTERS if request.args.get(name)]
    found = await _table(datasette, request, database, table, is_asked=bool(asked))
    if found is None:
        if not asked:
            return None
        raise BadRequest(f"{asked[0]}: {table} has no column of dates: add _date= and its name")
    return own_filters(request, found)


async def _table(
    datasette: "Datasette", request: "Request", database: str, table: str, is_asked: bool
) -> "Declaration | None":
    """Return the table that has the filters: unless one is asked for, the chronology's alone.

    Its pages offer them.
    """
    if is_asked:
        return await table_with_dates(datasette, request, database, table)
    if database != declared_database(datasette):
        return None
    declaration = await read_declaration(datasette)
    return declaration if declaration and table == declaration.table else None
