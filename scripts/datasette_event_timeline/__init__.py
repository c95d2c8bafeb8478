"""The Datasette plugin: search that folds spelling, cells people can read, our look.

It acts only on the database that metadata declares, so that installing it
changes no other site:

    plugins:
      event-timeline:
        database: events
"""

import hashlib
import sqlite3
from collections.abc import Awaitable, Callable, Generator
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.filters import FilterArguments
from datasette.handle_exception import handle_exception as answer_exception
from datasette.utils import urlsafe_components
from datasette.utils.asgi import NotFound

from datasette_event_timeline.config import (
    DISTRIBUTION,
    Declaration,
    check_declaration,
    declared_database,
    read_declaration,
    settings,
)
from datasette_event_timeline.middleware import (
    guard,
    headers,
    limits,
    refusals,
    shares,
    spreadsheets,
    versions,
)
from datasette_event_timeline.permissions import find_or_refuse, hidden_tables
from datasette_event_timeline.queries import time_filters
from datasette_event_timeline.queries.drawing import is_searchable
from datasette_event_timeline.queries.query import asker_of
from datasette_event_timeline.render import words
from datasette_event_timeline.sql import functions, histogram
from datasette_event_timeline.views import routes
from event_timeline.curated.cells import split_language
from event_timeline.curated.columns import EVENTS, RELATIONS, ROLES, STANDINGS, STATUSES
from event_timeline.curated.countries import country_label
from event_timeline.publish import banner
from event_timeline.site import entries, facets, navigation, overview, queries, table_cells
from event_timeline.site.urls import address_of

if TYPE_CHECKING:
    from datasette.app import Datasette
    from jinja2 import Environment

_STATIC = Path(__file__).parent / "static"


@hookimpl
def startup(datasette: "Datasette") -> Callable[[], Awaitable[None]]:
    async def check() -> None:
        await check_declaration(datasette)

    return check


# Last, so that it sees what other plugins have said.
@hookimpl(trylast=True)
def asgi_wrapper(datasette: "Datasette") -> Callable[[headers.Application], headers.Application]:
    def wrap(application: headers.Application) -> headers.Application:
        for layer in (shares.wrap, versions.wrap, guard.wrap, spreadsheets.wrap, headers.wrap):
            application = layer(application, datasette)
        return application

    return wrap


# Around the others, because Datasette runs all of them, and its own logs a traceback.
@hookimpl(hookwrapper=True)
def register_facet_classes() -> Generator[None, Any, None]:
    outcome = yield
    outcome.force_result(
        [[facets.bounded(kind) for kind in kinds] for kinds in outcome.get_result()]
    )


@hookimpl(hookwrapper=True)
def handle_exception(
    datasette: "Datasette", request: Any, exception: Exception
) -> Generator[None, Any, None]:
    outcome = yield
    if declared_database(datasette) is None:
        return
    refusal = refusals.refusal_of(datasette, request, exception)
    if refusal is not None:
        outcome.force_result([answer_exception(datasette, request, refusal)])
    elif isinstance(exception, NotFound):
        outcome.force_result([_gone_or_missing(datasette, request, exception)])


async def _gone_or_missing(datasette: "Datasette", request: Any, exception: NotFound) -> Any:
    gone = await entries.withdrawn_row(datasette, request)
    return gone or await answer_exception(datasette, request, exception)()


@hookimpl
def register_routes(datasette: "Datasette") -> list[tuple[str, routes.Handler]]:
    return list(routes.ROUTES) if declared_database(datasette) is not None else []


# Last, because Datasette defines escape_fts itself and the later definition holds.
@hookimpl(trylast=True)
def prepare_connection(
    conn: sqlite3.Connection, database: str | None, datasette: "Datasette"
) -> None:
    if database is None or database != declared_database(datasette):
        return
    limits.set_limits(conn, datasette.setting("sql_time_limit_ms") / 1000)
    functions.register(conn)
    histogram.register(conn)


@hookimpl
def filters_from_request(
    request: Any, database: str, table: str, datasette: "Datasette"
) -> Callable[[], Awaitable[FilterArguments | None]]:
    async def read_filters() -> FilterArguments | None:
        if database != declared_database(datasette):
            return None
        if not any(request.args.get(parameter) for parameter in time_filters.PARAMETERS):
            declaration = await read_declaration(datasette)
        else:
            # Rows that were not asked for are worse than none.
            declaration = await find_or_refuse(datasette)
        if declaration is None or table != declaration.table:
            return None
        return time_filters.from_request(request, declaration)

    return read_filters


@hookimpl
def prepare_jinja2_environment(env: "Environment", datasette: "Datasette") -> None:
    """Give templates what they need on every page, error pages too, which get nothing else."""
    name = declared_database(datasette)
    env.globals.update(chronology=name, in_chronology=name is not None)
    if name is None:
        return
    env.globals.update(
        chronology_site=lambda request: _site(datasette, name, request or None),
        chronology_notice=lambda: _notice(datasette, name),
        chronology_asset=lambda file: _asset(datasette, file),
        chronology_row=lambda table, key: address_of(datasette, table, key),
        chronology_table=lambda table: table == settings(datasette).get("table", EVENTS.name),
        chronology_layout=queries.layout,
        chronology_country=country_label,
        chronology_list_length=queries.LIST_LENGTH,
        chronology_figures=queries.FIGURES,
        chronology_texts={
            "relation": RELATIONS,
            "role": ROLES,
            "standing": STANDINGS,
            "status": STATUSES,
        },
    )
    env.filters.update(
        heading=words.heading,
        date_words=words.date_words,
        language=words.language,
        in_language=table_cells.in_language,
        split_language=split_language,
        items_of=table_cells.items_of,
        breakable=table_cells.breakable,
        by_label=table_cells.by_label,
    )
    env.globals["figure"] = words.figure


async def _site(datasette: "Datasette", name: str, request: Any) -> dict[str, Any]:
    """Return what every page tells of the site; error pages know of no request."""
    metadata = datasette.metadata() or {}
    here = metadata.get("databases", {}).get(name, {})
    declaration = await read_declaration(datasette)
    return {
        "database": name,
        "found": declaration is not None,
        "declaration": declaration,
        "ways": await navigation.ways_in(datasette, declaration) if declaration else [],
        "searchable": declaration is not None and await _is_open(datasette, request, declaration),
        "timeline": navigation.timeline_address(datasette),
        "metadata": metadata,
        "highlight_source": settings(datasette).get("highlight_source"),
        "queries": here.get("queries", {}),
        "build": await queries.build_items(datasette, name),
    }


async def _is_open(datasette: "Datasette", request: Any, declaration: Declaration) -> bool:
    """Tell whether the visitor may search the events."""
    table = declaration.table
    if await hidden_tables(datasette, request, declaration.database, [table]):
        return False
    return await is_searchable(datasette, declaration)


def _notice(datasette: "Datasette", name: str) -> banner.Banner | None:
    db = datasette.databases.get(name)
    return banner.current(Path(db.path)) if db is not None and db.path else None


@cache
def _digest(file: str) -> str:
    return hashlib.sha256((_STATIC / file).read_bytes()).hexdigest()[:8]


def _asset(datasette: "Datasette", file: str) -> str:
    """Return the address of a static file, new whenever the file is."""
    return f"{datasette.urls.static_plugins(DISTRIBUTION, file)}?{_digest(file)}"


@hookimpl
def extra_template_vars(
    datasette: "Datasette",
    database: str | None,
    table: str | None,
    view_name: str | None,
    request: Any,
) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def template_vars() -> dict[str, Any]:
        name = declared_database(datasette)
        here = name is not None and database in (None, name)
        variables: dict[str, Any] = {"chronology": name, "in_chronology": here}
        if name is not None and here and view_name in ("index", "row"):
            variables["page"] = await _page(datasette, name, table, view_name, request)
        return variables

    return template_vars


async def _page(
    datasette: "Datasette", name: str, table: str | None, view_name: str | None, request: Any
) -> queries.Page | None:
    declaration = await read_declaration(datasette)
    if declaration is None:
        return None
    if view_name == "index":
        visible, _ = await datasette.check_visibility(request.actor, "view-database", name)
        return await _home(datasette, request, declaration) if visible else None
    if view_name == "row" and table:
        keys = urlsafe_components(request.url_vars["pks"])
        return await entries.read_row(datasette, request, declaration, table, keys)
    return None


async def _home(datasette: "Datasette", request: Any, declaration: Declaration) -> queries.Page:
    """Return what the first page shows: the lists only of a database that this tool built."""
    db = datasette.get_database(declaration.database)
    tables = {declaration.table, *queries.HOME_TABLES}
    hidden = await hidden_tables(datasette, request, declaration.database, tables)
    page = await queries.home(db, hidden) if await db.table_exists(EVENTS.name) else {"late": []}
    if declaration.table in hidden:
        return page
    drawn = await _glance(datasette, declaration)
    return {**page, **drawn, "late": [*page["late"], *drawn["late"]]}


async def _glance(datasette: "Datasette", declaration: Declaration) -> queries.Page:
    """Return the bars and the map of the first page."""
    asker = await asker_of(datasette, declaration)
    years = partial(overview.read_histogram, asker, settings(datasette).get("window"))
    return {
        "histogram": await asker.in_time("the years", years, None),
        "map": await asker.in_time("the map", partial(overview.read_map, asker), None),
        "late": asker.late,
    }


@hookimpl
def render_cell(
    row: Any,
    value: Any,
    column: str,
    table: str | None,
    database: str,
    datasette: "Datasette",
) -> Any:
    if database != declared_database(datasette):
        return None
    return shares.show_cell(table_cells.render(value, column, table, database, datasette, row))
