"""The Datasette plugin: search that folds spelling, cells people can read, our look.

It acts only on the database that metadata declares, so that installing it
changes no other site:

    plugins:
      event-timeline:
        database: events
"""

import hashlib
import sqlite3
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.filters import FilterArguments
from datasette.utils import tilde_encode, urlsafe_components
from markupsafe import Markup

from event_timeline import search
from event_timeline.cells import country_label, split_language
from event_timeline.columns import EVENTS, RELATIONS, ROLES, STANDINGS, STATUSES
from event_timeline.viewer import cells, filters, geography, pages, words

if TYPE_CHECKING:
    from datasette.app import Datasette
    from jinja2 import Environment

PLUGIN = "event-timeline"
# Datasette serves static files under the distribution's name.
_STATIC = Path(__file__).parent / "static"


def declared_database(datasette: "Datasette") -> str | None:
    """Return the name of the database that metadata declares as a chronology."""
    config = datasette.plugin_config(PLUGIN) or {}
    name: str | None = config.get("database")
    return name


# Last, because Datasette defines escape_fts itself and the later definition holds.
@hookimpl(trylast=True)
def prepare_connection(
    conn: sqlite3.Connection, database: str | None, datasette: "Datasette"
) -> None:
    if database is None or database != declared_database(datasette):
        return
    conn.create_function("escape_fts", 1, search.match_expression, deterministic=True)
    conn.create_function("km_between", 4, geography.km_between, deterministic=True)


@hookimpl
def filters_from_request(
    request: Any, database: str, table: str, datasette: "Datasette"
) -> FilterArguments | None:
    if database != declared_database(datasette) or table != EVENTS.name:
        return None
    return filters.from_request(request)


@hookimpl
def prepare_jinja2_environment(env: "Environment", datasette: "Datasette") -> None:
    """Give templates what they need on every page, error pages too, which get nothing else."""
    name = declared_database(datasette)
    env.globals.update(chronology=name, in_chronology=name is not None)
    if name is None:
        return
    env.globals.update(
        chronology_site=_site_of(datasette, name),
        chronology_asset=lambda file: _asset(datasette, file),
        chronology_row=lambda table, key: datasette.urls.row(name, table, tilde_encode(str(key))),
        chronology_layout=pages.layout,
        chronology_country=country_label,
        chronology_list_length=pages.LIST_LENGTH,
        chronology_figures=pages.FIGURES,
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
        in_language=cells.in_language,
        split_language=split_language,
        items_of=cells.items_of,
        breakable=cells.breakable,
    )
    env.globals["figure"] = words.figure


def _site_of(datasette: "Datasette", name: str) -> Callable[[], Awaitable[dict[str, Any]]]:
    async def site() -> dict[str, Any]:
        metadata = datasette.metadata() or {}
        here = metadata.get("databases", {}).get(name, {})
        return {
            "database": name,
            "found": name in datasette.databases,
            "metadata": metadata,
            "highlight_source": datasette.plugin_config(PLUGIN).get("highlight_source"),
            "queries": here.get("queries", {}),
            "build": await pages.build_items(datasette, name),
        }

    return site


@cache
def _digest(file: str) -> str:
    return hashlib.sha256((_STATIC / file).read_bytes()).hexdigest()[:8]


def _asset(datasette: "Datasette", file: str) -> str:
    """Return the address of a static file, new whenever the file is."""
    return f"{datasette.urls.static_plugins(PLUGIN, file)}?{_digest(file)}"


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
        if name is not None and here:
            variables["page"] = await _page(datasette, name, table, view_name, request)
        return variables

    return template_vars


async def _page(
    datasette: "Datasette", name: str, table: str | None, view_name: str | None, request: Any
) -> pages.Page | None:
    if name not in datasette.databases or view_name not in ("index", "row"):
        return None
    db = datasette.get_database(name)
    if not await db.table_exists(EVENTS.name):
        return None
    if view_name == "index":
        visible, _ = await datasette.check_visibility(request.actor, "view-database", name)
        return await pages.home(db) if visible else None
    keys = urlsafe_components(request.url_vars["pks"])
    return await pages.row(db, table, keys[0]) if table and len(keys) == 1 else None


@hookimpl
def render_cell(
    row: Any,
    value: Any,
    column: str,
    table: str | None,
    database: str,
    datasette: "Datasette",
) -> Markup | None:
    if database != declared_database(datasette):
        return None
    return cells.render(value, column, table, database, datasette, row)
