"""A timeline, a map and a list of any table with dates: a plugin of Datasette.

It acts only on the table that metadata declares (config/declared.py), so that installing it changes no
other site:

    plugins:
      event-timeline:
        database: events

The hooks import what they need when they are called: to import the package costs nothing.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.filters import FilterArguments
    from jinja2 import Environment

# As datasette.hookimpl, without the rest of Datasette.
hookimpl = HookimplMarker("datasette")


# Last, because another plugin may add the declared database when it starts.
@hookimpl(trylast=True)
def startup(datasette: "Datasette") -> Callable[[], Awaitable[None]]:
    from datasette_event_timeline.config.declared import check_declaration

    async def check() -> None:
        await check_declaration(datasette)

    return check


@hookimpl
def register_routes(datasette: "Datasette") -> list[tuple[str, Callable[..., Any]]]:
    from datasette_event_timeline.config.declared import declared_database
    from datasette_event_timeline.views import timeline_data, timeline_page

    if declared_database(datasette) is None:
        return []
    return [*timeline_page.ROUTES, *timeline_data.ROUTES]


@hookimpl
def prepare_connection(
    conn: sqlite3.Connection, database: str | None, datasette: "Datasette"
) -> None:
    from datasette_event_timeline.config.declared import declared_database
    from datasette_event_timeline.sql import functions, geography, histogram

    if database is not None and database == declared_database(datasette):
        functions.register(conn)
        geography.register(conn)
        histogram.register(conn)


@hookimpl
def filters_from_request(
    request: Any, database: str, table: str, datasette: "Datasette"
) -> Callable[[], Awaitable["FilterArguments | None"]]:
    from datasette_event_timeline.config.declared import declared_database, read_declaration
    from datasette_event_timeline.permissions import find_or_refuse
    from datasette_event_timeline.queries import time_filters

    async def read_filters() -> "FilterArguments | None":
        if database != declared_database(datasette):
            return None
        if not any(request.args.get(parameter) for parameter in time_filters.PARAMETERS):
            declaration = await read_declaration(datasette)
        else:
            # A filter that cannot be applied must fail: rows without it would be wrong.
            declaration = await find_or_refuse(datasette)
        if declaration is None or table != declaration.table:
            return None
        return time_filters.from_request(request, declaration)

    return read_filters


@hookimpl
def prepare_jinja2_environment(env: "Environment", datasette: "Datasette") -> None:
    """Give templates what ours call, and whoever includes ours on a page of theirs."""
    from datasette_event_timeline import urls
    from datasette_event_timeline.config.declared import declared_database
    from datasette_event_timeline.render.words import css_class, heading

    if declared_database(datasette) is None:
        return
    env.filters["heading"] = heading
    env.filters["to_css_class"] = css_class
    env.globals.update(
        timeline_static=lambda file: urls.static_url(datasette, file),
        timeline_url=lambda **parameters: urls.timeline_url(datasette, parameters.items()),
        timeline_data_url=lambda: urls.data_url(datasette),
    )
