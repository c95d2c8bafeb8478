"""The shape of events.db: its tables, indexes, search tables and views."""

from sqlite_utils import Database
from sqlite_utils.db import ForeignKey

from event_timeline.curated.columns import (
    ACTORS,
    CLAIMS,
    DERIVED,
    EVENTS,
    QUESTIONS,
    SOURCES,
    WITHDRAWN,
    Column,
    CuratedFile,
    Kind,
)
from event_timeline.database import search
from event_timeline.database.views import VIEWS

# "evtl" in the file's header, so that a build never overwrites a database of
# somebody else's (https://www.sqlite.org/pragma.html#pragma_application_id).
APPLICATION_ID = 0x6576746C

# Ends of a span that are open or not known lie this many days away, beyond
# every day that a date can name (years of +-10^12).
OPEN_START, OPEN_END = -(10**15), 10**15

_SQL_TYPES: dict[Kind, type] = {"integer": int, "number": float}

EVENT_COLUMNS: tuple[Column, ...] = (
    *EVENTS.columns[:2],
    DERIVED[0],
    *EVENTS.columns[2:],
    *DERIVED[1:],
)


def table_columns(file: CuratedFile) -> tuple[Column, ...]:
    """Return the columns of a curated file's table: each date is followed by its words."""
    if file is EVENTS:
        return EVENT_COLUMNS
    columns: list[Column] = []
    for column in file.columns:
        columns.append(column)
        if column.kind == "date":
            columns.append(
                Column(f"{column.name}_words", "text", f"The date {column.name} in words.")
            )
    return tuple(columns)


# Table: the text columns its search covers. A table `<name>_search` holds their
# folded text, row for row, because what is indexed is not what is shown.
SEARCHED: dict[str, tuple[str, ...]] = {
    "events": ("title", "summary", "note", "place", "region", "aliases", "actors"),
    "actors": ("name", "aliases", "note"),
    "sources": ("publisher", "origin", "title", "author", "note"),
    "claims": ("said", "value", "population", "place", "reported_by", "note"),
}

# The spans of an event's date, without nulls: open and unknown ends are
# OPEN_START and OPEN_END. `possible`: 1 for a span of the date as it is written.
# `certain`: 1 for one of its readings with every component marked ?, ~ or % taken
# as unspecified; where nothing is marked, each span is both. `joint`: 1 where one
# span suffices, because the date covers them all or there is one only.
SPAN_COLUMNS = (
    "event",
    "span",
    "earliest_start",
    "latest_start",
    "earliest_end",
    "latest_end",
    "possible",
    "certain",
    "joint",
    "start_unknown",
    "end_unknown",
)

# How much an event matters beside others, as SQL.
EVENT_WEIGHT = "coalesce(killed_best, killed_high, killed_low, 0)"


def order_of_time(start: str, end: str, key: str) -> str:
    """Return the SQL of the order in which events can first have begun; what has no day is last."""
    return f"{start} is null and {end} is null, coalesce({start}, {OPEN_START}), {end}, {key}"


EVENT_ORDER = order_of_time("earliest_start", "latest_end", "id")

# The days of a date, and all that a timeline counts: of a million events too much to be looked up
# in their rows.
DAYS = ("earliest_start", "latest_start", "earliest_end", "latest_end")
DATED = (*DAYS, "approximate", "uncertain")
_ENDS = ("earliest_start", "latest_end")

INDEXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("events", ("type", *DATED, "country", "status")),
    ("events", ("country", *DATED, "type", "status")),
    ("events", ("year", *_ENDS)),
    ("events", ("status", *DATED, "type", "country")),
    ("events", ("precision", *_ENDS)),
    ("events", ("part_of",)),
    ("events", DATED),
    ("event_spans", ("latest_end", "earliest_start")),
    ("event_spans", ("span", "possible")),
    ("periods", ("last_day", "first_day")),
    ("event_actors", ("actor",)),
    ("event_sources", ("source",)),
    ("questions", ("event",)),
    ("claims", ("question",)),
    ("claims", ("source",)),
)


def create_tables(db: Database) -> None:
    """Create every table, strict, the referred-to ones first."""
    db.table("countries").create(
        {"code": str, "name": str}, pk="code", not_null={"name"}, strict=True
    )
    _create_curated(db, ACTORS, {"part_of": "actors"})
    _create_curated(db, SOURCES, {})
    _create_curated(db, EVENTS, {"country": "countries", "part_of": "events"})
    _create_curated(db, QUESTIONS, {"event": "events"})
    _create_curated(db, CLAIMS, {"question": "questions", "source": "sources"})
    _create_curated(db, WITHDRAWN, {}, pk=("id", "kind"))
    _create_links(db)
    db.table("build").create(
        {"item": str, "value": str}, pk="item", not_null={"value"}, strict=True
    )


def _create_curated(
    db: Database,
    file: CuratedFile,
    references: dict[str, str],
    pk: str | tuple[str, ...] = "id",
) -> None:
    columns = table_columns(file)
    db.table(file.name).create(
        {column.name: _SQL_TYPES.get(column.kind, str) for column in columns},
        pk=pk,
        not_null={c.name for c in columns if c.required or c.facet or c.kind == "list"},
        foreign_keys=[
            ForeignKey(file.name, column, other, "code" if other == "countries" else "id")
            for column, other in references.items()
        ],
        strict=True,
    )


def _create_links(db: Database) -> None:
    db.table("event_spans").create(
        {"event": str, **dict.fromkeys(SPAN_COLUMNS[1:], int)},
        pk=("event", "span"),
        not_null=set(SPAN_COLUMNS),
        foreign_keys=[("event", "events", "id")],
        strict=True,
    )
    db.table("periods").create(
        {"unit": str, "period": str, "first_day": int, "last_day": int},
        pk=("unit", "period"),
        not_null={"first_day", "last_day"},
        strict=True,
    )
    db.table("event_actors").create(
        {"event": str, "actor": str, "role": str},
        pk=("event", "actor", "role"),
        foreign_keys=[("event", "events", "id"), ("actor", "actors", "id")],
        strict=True,
    )
    db.table("event_sources").create(
        {"event": str, "source": str},
        pk=("event", "source"),
        foreign_keys=[("event", "events", "id"), ("source", "sources", "id")],
        strict=True,
    )


def create_search(db: Database) -> None:
    """Index the folded text of every searched table with FTS5."""
    for table, searched in SEARCHED.items():
        db.table(f"{table}_search").enable_fts(list(searched), tokenize=search.TOKENIZER)


def create_search_tables(db: Database) -> None:
    for table, searched in SEARCHED.items():
        db.table(f"{table}_search").create(
            {"rowid": int, **dict.fromkeys(searched, str)}, pk="rowid", strict=True
        )


# By expressions, which sqlite-utils has no indexes for: what a drawing and a list begin with.
EXPRESSION_INDEXES: tuple[tuple[str, str], ...] = (
    ("events_by_weight", f"{EVENT_WEIGHT} desc, id, {', '.join(_ENDS)}"),
    ("events_by_time", f"{EVENT_ORDER}, earliest_start"),
)


def create_indexes(db: Database) -> None:
    for table, names in INDEXES:
        db.table(table).create_index(list(names))
    for name, expressions in EXPRESSION_INDEXES:
        db.conn.execute(f"create index {name} on events ({expressions})")


def create_views(db: Database) -> None:
    for view in VIEWS:
        db.create_view(view.name, view.sql)
