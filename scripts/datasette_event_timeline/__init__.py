"""A timeline, a map and a list of any table with dates: a plugin of Datasette.

Installed, it changes no page: the menu of a table or view that seems to have a column of dates has
one link more, to /-/timeline/DATABASE/TABLE. Nothing needs to be declared (config/tables.py). A
chronology that metadata declares has its timeline at /timeline too (config/declared.py).

The hooks import what they need when they are called: to import the package costs nothing.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from importlib import import_module
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

    # The data's address would do as that of a table, so that it comes first.
    views = (timeline_data, timeline_page)
    routes = [route for view in views for route in view.ROUTES_OF_TABLES]
    if declared_database(datasette) is not None:
        routes += [route for view in views for route in view.ROUTES]
    return routes


@hookimpl
def table_actions(
    datasette: "Datasette", database: str, table: str, request: Any
) -> Callable[[], Awaitable[list[dict[str, str]]]]:
    from datasette_event_timeline.views.actions import actions

    async def found() -> list[dict[str, str]]:
        return await actions(datasette, database, table, request)

    return found


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    from datasette_event_timeline.sql import MODULES

    for name in MODULES:
        import_module(name).register(conn)


@hookimpl
def filters_from_request(
    request: Any, database: str, table: str, datasette: "Datasette"
) -> Callable[[], Awaitable["FilterArguments | None"]]:
    from datasette_event_timeline.views.table_filters import table_filters

    async def found() -> "FilterArguments | None":
        return await table_filters(datasette, request, database, table)

    return found


@hookimpl
def prepare_jinja2_environment(env: "Environment", datasette: "Datasette") -> None:
    """Give templates what ours call, and whoever includes ours on a page of theirs."""
    from datasette_event_timeline import urls
    from datasette_event_timeline.config.declared import declared_database
    from datasette_event_timeline.render.words import css_class, heading

    env.filters.setdefault("heading", heading)
    if declared_database(datasette) is not None:
        env.filters["to_css_class"] = css_class
    env.globals.update(
        timeline_static=lambda file: urls.static_url(datasette, file),
        timeline_url=lambda **parameters: urls.timeline_url(datasette, parameters.items()),
        timeline_data_url=lambda: urls.data_url(datasette),
    )
