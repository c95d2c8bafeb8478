"""How a value of the chronology looks in a cell of Datasette's tables."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from datasette_event_timeline.sql.stored_dates import DAYS
from edtf_dates import describe_day
from event_timeline.curated.cells import split_language
from event_timeline.curated.columns import ACTORS, CLAIMS, EVENTS, FILES, QUESTIONS, SOURCES
from event_timeline.site.list_cells import items_of
from event_timeline.site.urls import row_url, table_url
from event_timeline.site.web_links import web_address
from event_timeline.site.words import date_words

if TYPE_CHECKING:
    from datasette.app import Datasette

_LISTS = frozenset(
    column.name for file in FILES for column in file.columns if column.kind in ("list", "actors")
)
_DATES = frozenset(
    column.name for file in FILES for column in file.columns if column.kind == "date"
)
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_URLS = frozenset({"url", "archived_url"})
# Columns of views and queries that hold the id of a row of one table.
_ROW_IDS = {
    "event": EVENTS.name,
    "actor": ACTORS.name,
    "source": SOURCES.name,
    "question": QUESTIONS.name,
    "claim": CLAIMS.name,
}
# What the search of everything calls the table a row was found in.
_KINDS = {table.removesuffix("s"): table for table in _ROW_IDS.values()}
# About three lines of the widest column: a longer text is folded.
LONG_TEXT = 180


def render(
    value: Any,
    column: str,
    table: str | None,
    datasette: "Datasette",
    row: Any = None,
) -> Markup | None:
    """Return a cell's HTML, or None to leave it to Datasette."""
    if column in DAYS and isinstance(value, int):
        return Markup('{} <small class="day">{}</small>').format(value, describe_day(value))
    if isinstance(value, dict):
        return _render_reference(value, column, table, datasette)
    if not isinstance(value, str) or not value or _is_cut(value, datasette):
        return None
    if column in _DATES:
        return render_date(value)
    if column in _URLS:
        return _render_url(value)
    if column in _LISTS and value.startswith("["):
        return _render_list(value, column, datasette)
    if column in ("value", "detail") and date_words(value) != value:
        return render_date(value)
    if link := _render_link(value, column, datasette, row):
        return link
    return _render_long(value) if len(value) > LONG_TEXT else None


def _is_cut(text: str, datasette: "Datasette") -> bool:
    """Whether a text is longer than the site shows in a cell: Datasette cuts it."""
    most: int = datasette.setting("truncate_cells_html")
    return 0 < most < len(text)


def render_date(text: str) -> Markup:
    """Return a date in words, its EDTF beside it where that says more or says it otherwise."""
    in_words = date_words(text)
    if in_words == text:
        return Markup('<span class="date">{}</span>').format(text)
    return Markup('<span class="date">{}</span> <small class="edtf">{}</small>').format(
        in_words, breakable(text)
    )


def breakable(text: str) -> Markup:
    """Return an EDTF date that may be broken between its parts and nowhere else."""
    return escape(text).replace("/", Markup("/<wbr>")).replace("..", Markup("..<wbr>"))


def by_label(values: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the values of a facet in the order of their labels, numbers before all else.

    A column without a type may hold both, which Python does not compare.
    """
    return sorted(values, key=lambda value: _order_of(value["label"]))


def _order_of(label: object) -> tuple[bool, float, str]:
    if isinstance(label, int | float):
        return (False, label, "")
    return (True, 0, str(label))


def in_language(item: str) -> Markup:
    """Return a name with the language that its prefix (ar: or fr:) says it is in."""
    language, name = split_language(item)
    if not language:
        return escape(item)
    direction = "rtl" if language in _RIGHT_TO_LEFT else "ltr"
    return Markup('<span lang="{}" dir="{}">{}</span>').format(language, direction, name)


def _render_long(text: str) -> Markup:
    return Markup('<details class="long"><summary>{}</summary></details>').format(text)


def _render_url(url: str) -> Markup | None:
    if web_address(url) is None:
        return None
    return Markup('<a class="url" href="{}" rel="noopener nofollow" title="{}">{}</a>').format(
        url, url, _host(url) or url
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.removeprefix("www.")
    except ValueError:
        return ""


def _render_reference(
    value: dict[str, Any], column: str, table: str | None, datasette: "Datasette"
) -> Markup | None:
    """Return the label of the row that a cell refers to, linked to it."""
    other = table if column == "part_of" else _ROW_IDS.get(column)
    row_id, label = str(value["value"]), str(value["label"] or value["value"])
    if column == "country":
        return Markup('<span title="{}">{}</span>').format(row_id, label)
    if other is None:
        return None
    return _link(row_url(datasette, other, row_id), label)


def _render_link(value: str, column: str, datasette: "Datasette", row: Any) -> Markup | None:
    """Return a link to the row that a row of a query is about; its title carries it, if any."""
    names: list[str] = list(row.keys()) if hasattr(row, "keys") else []
    if column in ("id", "found") and {"id", "what"} <= set(names) and str(row["what"]) in _KINDS:
        kind = _KINDS[str(row["what"])]
        address = row_url(datasette, kind, row["id"])
        return _link(address, value) if column == "found" else _small_id(value)
    before = names[: names.index("title")] if "title" in names else []
    about = next((name for name in reversed(before) if name in _ROW_IDS), None)
    if column == "title" and about is not None and row[about]:
        return _link(row_url(datasette, _ROW_IDS[about], row[about]), value)
    # A query may show an actor's name where another shows its id: names have no page.
    if column not in _ROW_IDS or not _is_id(value):
        return None
    if column == about and row["title"]:
        return _small_id(value)
    return _link(row_url(datasette, _ROW_IDS[column], value), value)


def _is_id(text: str) -> bool:
    return text.isascii() and text.replace("-", "").isalnum() and text == text.lower()


def _small_id(text: str) -> Markup:
    return Markup('<small class="id">{}</small>').format(text)


def _render_list(text: str, column: str, datasette: "Datasette") -> Markup | None:
    rendered = Markup("").join(
        Markup("<li>{}</li>").format(_render_item(item, column, datasette))
        for item in items_of(text)
    )
    if not rendered:
        return Markup("&nbsp;")
    return Markup('<ul class="items items-{}">{}</ul>').format(column, rendered)


def _render_item(item: str, column: str, datasette: "Datasette") -> Markup:
    if column == "actors":
        return _link(table_url(datasette, EVENTS.name, actors__arraycontains=item), item)
    if column in ("sources", "successor_of"):
        table = SOURCES.name if column == "sources" else ACTORS.name
        return _link(row_url(datasette, table, item), item)
    return in_language(item)


def _link(address: str, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, text)
