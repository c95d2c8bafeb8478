"""The site of a chronology, a plugin of Datasette: pages on events, actors, sources, questions.

It acts only where metadata declares a table of events for the timeline of
datasette_event_timeline, of which it extends the pages. The hooks import what they need when they
are called: to import the package costs nothing.
"""

import re
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Collection, Generator
from functools import cache
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import NotFound
    from jinja2 import Environment

    from datasette_event_timeline.config.declaration import Declaration

# As datasette.hookimpl, without the rest of Datasette.
hookimpl = HookimplMarker("datasette")

_Application = Callable[..., Awaitable[None]]

# The pages that run our own scripts and nothing else.
_OWN_PAGE = re.compile(r"/|/timeline|/-/timeline/.+|/(?:event|actor|source)/[^/]+|/disputed|/about")


# What the timeline is told


@hookimpl
def event_timeline_settings() -> Collection[str]:
    from event_timeline.site.settings import NAMES

    return NAMES


@hookimpl
def event_timeline_extension(declaration: "Declaration") -> "Declaration":
    from event_timeline.site.extension import extend

    return extend(declaration)


# What the site answers


@hookimpl
def startup(datasette: "Datasette") -> Callable[[], None]:
    from event_timeline.site.settings import check_settings

    return lambda: check_settings(datasette)


@hookimpl
def register_routes(datasette: "Datasette") -> list[tuple[str, Callable[..., Any]]]:
    from datasette_event_timeline.config.declared import declared_database
    from event_timeline.site import about, assets, disputed, entry_pages, event_data, home

    if declared_database(datasette) is None:
        return []
    # The address of an event's data would do as that of an event, so that it comes first.
    modules = (about, assets, home, event_data, entry_pages, disputed)
    return [route for module in modules for route in module.ROUTES]


@hookimpl
def prepare_jinja2_environment(env: "Environment", datasette: "Datasette") -> None:
    """Have Jinja find the site's pages, and give them what they call.

    Error pages too, which get nothing else.
    """
    from datasette_event_timeline.config.declared import declared_database
    from event_timeline.site import templates
    from event_timeline.site.context import read_site

    name = declared_database(datasette)
    if name is None:
        return
    templates.add_pages(env, datasette.template_dir)
    env.globals.update(templates.template_globals(datasette, name))
    env.globals["chronology_site"] = lambda request: read_site(datasette, name, request or None)
    env.filters.update(templates.FILTERS)


@hookimpl
def extra_template_vars(
    datasette: "Datasette",
    table: str | None,
    view_name: str | None,
    request: Any,
) -> Callable[[], Awaitable[dict[str, Any]]]:
    from datasette_event_timeline.config.declared import declared_database
    from event_timeline.site.elsewhere import in_chronology

    async def template_vars() -> dict[str, Any]:
        if declared_database(datasette) is None or not in_chronology():
            return {}
        if view_name == "index":
            return {"page": await _page_of_home(datasette, request)}
        if view_name == "row":
            return {"page": await _page_of_row(datasette, request, table)}
        return {}

    return template_vars


async def _page_of_home(datasette: "Datasette", request: Any) -> dict[str, Any] | None:
    from event_timeline.site.home import read_home

    return await read_home(datasette, request)


async def _page_of_row(
    datasette: "Datasette", request: Any, table: str | None
) -> dict[str, Any] | None:
    from datasette.utils import urlsafe_components

    from datasette_event_timeline.config.declared import read_declaration
    from event_timeline.site.entry import read_row

    declaration = await read_declaration(datasette)
    if declaration is None or not table:
        return None
    keys = urlsafe_components(request.url_vars["pks"])
    return await read_row(datasette, request, declaration, table, keys)


@hookimpl
def render_cell(
    row: Any,
    value: Any,
    column: str,
    table: str | None,
    database: str,
    datasette: "Datasette",
) -> Any:
    return _render_cell()(row, value, column, table, database, datasette)


# Asked for every cell of a table: an import is found each time, but not for nothing.
@cache
def _render_cell() -> Callable[..., Any]:
    from datasette_event_timeline.config.declared import declared_database
    from datasette_event_timeline.middleware.cells import show_cell
    from event_timeline.site.table_cells import render

    def rendered(
        row: Any,
        value: Any,
        column: str,
        table: str | None,
        database: str,
        datasette: "Datasette",
    ) -> Any:
        if database != declared_database(datasette):
            return None
        return show_cell(column, value, render(value, column, table, datasette, row))

    return rendered


# Around the others, because Datasette runs all of them, and its own logs a traceback.
@hookimpl(hookwrapper=True)
def handle_exception(
    datasette: "Datasette", request: Any, exception: Exception
) -> Generator[None, Any, None]:
    from datasette.handle_exception import handle_exception as answer_exception
    from datasette.utils.asgi import NotFound

    from datasette_event_timeline.config.declared import declared_database
    from datasette_event_timeline.middleware.refusals import refusal_of
    from event_timeline.site.elsewhere import in_chronology

    outcome = yield
    if declared_database(datasette) is None or not in_chronology():
        return
    refusal = refusal_of(datasette, request, exception)
    if refusal is not None:
        outcome.force_result([answer_exception(datasette, request, refusal)])
    elif isinstance(exception, NotFound):
        outcome.force_result([_gone_or_missing(datasette, request, exception)])


async def _gone_or_missing(datasette: "Datasette", request: Any, exception: "NotFound") -> Any:
    from datasette.handle_exception import handle_exception as answer_exception

    from event_timeline.site.withdrawn import withdrawn_row

    gone = await withdrawn_row(datasette, request)
    return gone or await answer_exception(datasette, request, exception)()


# What the site bounds


# Last, so that it sees what other plugins have said.
@hookimpl(trylast=True)
def asgi_wrapper(datasette: "Datasette") -> Callable[[_Application], _Application]:
    import datasette_event_timeline
    from datasette_event_timeline.config.declared import declared_database
    from datasette_event_timeline.middleware import guard, headers, spreadsheets
    from datasette_event_timeline.sql import MODULES
    from event_timeline.site import elsewhere, public_url

    # The process for visitors' SQL has its functions from here, Datasette's own connections from
    # the hook prepare_connection.
    functions = (*MODULES, "event_timeline.site.search")
    own_plugins = (datasette_event_timeline, sys.modules[__name__])
    name = declared_database(datasette)

    def wrap(plain: _Application) -> _Application:
        if name is None:
            return plain
        application = guard.wrap(plain, datasette, own_plugins, functions)
        application = spreadsheets.wrap(application, datasette)
        application = headers.wrap(application, datasette, _OWN_PAGE)
        application = elsewhere.wrap(application, plain, datasette, name)
        return public_url.wrap(application, datasette)

    return wrap


# Around the others, because what it bounds are their classes.
@hookimpl(hookwrapper=True)
def register_facet_classes() -> Generator[None, Any, None]:
    from event_timeline.site.facets import bounded

    outcome = yield
    outcome.force_result([[bounded(kind) for kind in kinds] for kinds in outcome.get_result()])


# Last, because Datasette defines escape_fts itself and the later definition holds.
@hookimpl(trylast=True)
def prepare_connection(
    conn: sqlite3.Connection, database: str | None, datasette: "Datasette"
) -> None:
    from datasette_event_timeline.config.declared import declared_database
    from event_timeline.site import search

    if database is not None and database == declared_database(datasette):
        search.register(conn)
