"""The site's templates: where Jinja finds them, and what they call on every page."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils import urlsafe_components
from jinja2 import ChoiceLoader, Environment, FileSystemLoader

from datasette_event_timeline.config import declared_table, read_declaration, settings
from datasette_event_timeline.declaration import Declaration
from datasette_event_timeline.permissions import hidden_tables
from datasette_event_timeline.queries.drawing import is_searchable
from datasette_event_timeline.queries.query import asker_of
from datasette_event_timeline.render import words
from event_timeline.curated.cells import split_language
from event_timeline.curated.columns import EVENTS, RELATIONS, ROLES, STANDINGS, STATUSES
from event_timeline.curated.countries import country_label
from event_timeline.publish import banner
from event_timeline.site import entries, navigation, overview, queries, table_cells
from event_timeline.site.assets import asset_url
from event_timeline.site.settings import highlight_source
from event_timeline.site.urls import address_of

if TYPE_CHECKING:
    from datasette.app import Datasette

_PAGES = Path(__file__).parent / "pages"

FILTERS: dict[str, Callable[..., Any]] = {
    "date_words": words.date_words,
    "language": words.language,
    "in_language": table_cells.in_language,
    "split_language": split_language,
    "items_of": table_cells.items_of,
    "breakable": table_cells.breakable,
    "by_label": table_cells.by_label,
}


def add_pages(env: Environment, template_dir: str | None) -> None:
    """Have Jinja find the site's pages before those of plugins and of Datasette.

    What the operator has in --template-dir comes first, as it does before Datasette's own.
    """
    first = [FileSystemLoader(template_dir)] if template_dir else []
    last = [env.loader] if env.loader else []
    env.loader = ChoiceLoader([*first, FileSystemLoader(_PAGES), *last])


def template_globals(datasette: "Datasette", name: str) -> dict[str, Any]:
    """Return what templates may call, on a site whose chronology is in the database `name`."""
    return {
        "chronology": name,
        "in_chronology": True,
        "chronology_site": lambda request: _site(datasette, name, request or None),
        "chronology_notice": lambda: _notice(datasette, name),
        "chronology_asset": lambda file: asset_url(datasette, file),
        "chronology_row": lambda table, key: address_of(datasette, table, key),
        "chronology_table": lambda table: table == declared_table(datasette),
        "chronology_layout": queries.layout,
        "chronology_country": country_label,
        "chronology_list_length": queries.LIST_LENGTH,
        "chronology_figures": queries.FIGURES,
        "chronology_texts": {
            "relation": RELATIONS,
            "role": ROLES,
            "standing": STANDINGS,
            "status": STATUSES,
        },
        "figure": words.figure,
    }


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
        "highlight_source": highlight_source(datasette),
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


async def read_page(
    datasette: "Datasette", name: str, table: str | None, view_name: str | None, request: Any
) -> queries.Page | None:
    """Return what the first page, or the page on a row, shows beside Datasette's own answer."""
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
