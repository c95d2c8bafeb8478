"""The site's templates: where Jinja finds them, and what they call on every page."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader

from datasette_event_timeline.config.declared import declared_table
from event_timeline.curated.cells import split_language
from event_timeline.curated.columns import RELATIONS, ROLES, STANDINGS, STATUSES
from event_timeline.curated.countries import country_label
from event_timeline.site import layouts, table_cells, urls, words
from event_timeline.site.assets import asset_url
from event_timeline.site.elsewhere import in_chronology
from event_timeline.site.list_cells import items_of
from event_timeline.site.row_parts import LIST_LENGTH
from event_timeline.site.web_links import links_of

if TYPE_CHECKING:
    from datasette.app import Datasette

_PAGES = Path(__file__).parent / "pages"

FILTERS: dict[str, Callable[..., Any]] = {
    "date_words": words.date_words,
    "language": words.language,
    "in_language": table_cells.in_language,
    "split_language": split_language,
    "items_of": items_of,
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
        "in_chronology": in_chronology,
        "is_events_table": lambda table: table == declared_table(datasette),
        "asset_url": partial(asset_url, datasette),
        "row_url": partial(urls.row_url, datasette),
        "table_url": partial(urls.table_url, datasette),
        "disputed_url": partial(urls.disputed_url, datasette),
        "figure": words.figure,
        "layout_of": layouts.layout_of,
        "country_label": country_label,
        "links_of": links_of,
        "list_length": LIST_LENGTH,
        "word_texts": {
            "relation": RELATIONS,
            "role": ROLES,
            "standing": STANDINGS,
            "status": STATUSES,
        },
    }
