"""Datasette's metadata for tables and views, from their declarations.

metadata.yml repeats it, by cog.
"""

from typing import Any

from event_timeline.curated.columns import (
    ACTORS,
    CLAIMS,
    EVENTS,
    FILES,
    QUESTIONS,
    SEARCHED,
    SOURCES,
    Column,
    CuratedFile,
    table_columns,
)
from event_timeline.database.views import VIEWS

# The default sort order of tables, and the column that labels a row.
_SORT = {EVENTS: "earliest_start", CLAIMS: "question"}
_LABELS = {EVENTS: "title", ACTORS: "name", SOURCES: "publisher", QUESTIONS: "title"}

# Technical tables, hidden in Datasette's lists.
_HIDDEN = (
    "build",
    "countries",
    "date_spans",
    "date_stretches",
    "dates",
    "periods",
    *(f"{name}_search" for name in SEARCHED),
)

_LINKS: dict[str, dict[str, str]] = {
    "event_actors": {
        "event": "The event.",
        "actor": "Who took part.",
        "role": "In which role.",
    },
    "event_sources": {"event": "The event.", "source": "One of its sources."},
}


def table_metadata() -> dict[str, dict[str, Any]]:
    """Return the metadata of every table and view, by name."""
    tables = {file.name: _curated(file, table_columns(file)) for file in FILES}
    for name, texts in _LINKS.items():
        tables[name] = {"columns": texts, "facets": ["role"] if "role" in texts else []}
    for view in VIEWS:
        tables[view.name] = {"description": view.text, "columns": view.columns}
    tables["disagreements"]["title"] = "Where sources disagree"
    tables["countries"] = {"label_column": "name"}
    for name in _HIDDEN:
        tables.setdefault(name, {})["hidden"] = True
    return tables


def _curated(file: CuratedFile, columns: tuple[Column, ...]) -> dict[str, Any]:
    table: dict[str, Any] = {
        "title": file.name.capitalize(),
        "description": file.text,
        "columns": {column.name: column.text for column in columns},
        "facets": [
            {"array": column.name} if column.kind == "actors" else column.name
            for column in columns
            if column.facet
        ],
    }
    if file in _SORT:
        table["sort"] = _SORT[file]
    if file in _LABELS:
        table["label_column"] = _LABELS[file]
    if file.name in SEARCHED:
        table["fts_table"] = f"{file.name}_search_fts"
        table["fts_pk"] = "rowid"
    return table


def default_metadata(database: str = "events") -> dict[str, Any]:
    """Return metadata for a chronology that has no metadata.yml of its own."""
    return {
        "title": "A chronology",
        "databases": {database: {"tables": table_metadata()}},
        "plugins": {"event-timeline": {"database": database}},
    }
