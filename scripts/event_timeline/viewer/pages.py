"""What the pages of a chronology show beside Datasette's own answer: queries, no markup."""

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasette.database import QueryInterrupted

from event_timeline.columns import ACTORS, CLAIMS, EVENTS, QUESTIONS, SOURCES

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

Page = dict[str, Any]

_HOME_LENGTH = 5
# A row's page lists so many events or claims; the rest are in the tables.
LIST_LENGTH = 500


@dataclass(frozen=True)
class Layout:
    """Which columns lead a table's rows; the others stand folded under `main`.

    `key` holds the id of the row that `main` links to, one of `table` if not of the same.
    """

    main: str
    lead: tuple[str, ...]
    key: str = "id"
    table: str = ""


# Bounds shown as one column of words, which sorts by the best, or else the lowest.
FIGURES: dict[str, tuple[str, str | None, str]] = {
    "killed": ("killed_low", "killed_best", "killed_high"),
    "wounded": ("wounded_low", "wounded_best", "wounded_high"),
    "figure": ("low", "best", "high"),
    "range": ("lowest", None, "highest"),
}

LAYOUTS = {
    EVENTS.name: Layout("title", ("date", "title", "type", "country", "killed", "status")),
    ACTORS.name: Layout("name", ("name", "kind", "part_of", "aliases")),
    SOURCES.name: Layout("title", ("published", "publisher", "title", "kind", "origin")),
    QUESTIONS.name: Layout("title", ("title", "event", "measure", "scope", "unit")),
    CLAIMS.name: Layout(
        "said",
        ("question", "said", "figure", "relation", "reported_by", "source", "standing"),
    ),
    "disagreements": Layout(
        "title",
        ("title", "event", "answers", "range", "reported_by"),
        key="question",
        table=QUESTIONS.name,
    ),
}


def layout(table: str, columns: list[str]) -> Layout | None:
    """Return how a table leads, or None if a column that this needs is not there."""
    found = LAYOUTS.get(table)
    if found is None:
        return None
    needed = {part for name in found.lead for part in FIGURES.get(name, (name,)) if part}
    return found if {found.key, *needed} <= set(columns) else None


# The first page

_COUNTS = """
select
  (select count(*) from events) as events,
  (select count(*) from actors) as actors,
  (select count(*) from sources) as sources,
  (select count(*) from questions) as questions,
  (select count(*) from disagreements) as disagreements
"""

_BY_COUNTRY = """
select events.country as value, countries.name as label, count(*) as count
from events
join countries on countries.code = events.country
group by events.country
order by events.country = 'unknown', count(*) desc, countries.name
"""

_BY_TYPE = """
select type as value, type as label, count(*) as count
from events
group by type
order by count(*) desc, type
"""

_BY_YEAR = """
select year as value, year as label, count(*) as count
from events
group by year
order by year = 'not certain', min(earliest_start)
"""

# Scopes are never mixed, so one is ranked: that of most events.
_COMMONEST_SCOPE = """
select scope from counted_events group by scope order by count(*) desc, scope limit 1
"""

_DEADLIEST = """
select id, title, date, least, best, most, or_more
from counted_events
where scope = :scope
order by most desc, least desc, date
limit :length
"""

_DISAGREEMENTS = """
select
  disagreements.question as id, disagreements.title, answers, different, lowest, highest,
  questions.unit
from disagreements
join questions on questions.id = disagreements.question
where lowest is not null
order by different desc, answers desc, disagreements.question
limit :length
"""


async def home(db: "Database") -> Page:
    """Return the counts, ways in and lists of the first page."""
    lists = _Lists(db)
    scopes = await lists.ask("figures", _COMMONEST_SCOPE)
    scope = scopes[0]["scope"] if scopes else None
    top = {"scope": scope, "length": _HOME_LENGTH}
    counts = await lists.ask("counts", _COUNTS)
    return {
        "counts": counts[0] if counts else None,
        "by": {
            "country": await lists.ask("countries", _BY_COUNTRY),
            "year": await lists.ask("years", _BY_YEAR),
            "type": await lists.ask("types", _BY_TYPE),
        },
        "deadliest": await lists.ask("figures", _DEADLIEST, top),
        "deadliest_scope": scope,
        "disagreements": await lists.ask("disagreements", _DISAGREEMENTS, top),
        "late": lists.late,
        "missing": lists.missing,
    }


# One row: an event, an actor, a question, a source

_EVENT_ACTORS = """
select actors.id, actors.name, actors.kind, event_actors.role
from event_actors
join actors on actors.id = event_actors.actor
where event_actors.event = :id
order by event_actors.rowid
"""

_EVENT_SOURCES = """
select sources.*
from event_sources
join sources on sources.id = event_sources.source
where event_sources.event = :id
order by sources.published is null, sources.published, sources.publisher
"""

_EVENT_QUESTIONS = """
select * from questions where event = :id order by measure <> 'killed', rowid
"""

_COUNTRY = """
select countries.name
from events
join countries on countries.code = events.country
where events.id = :id and countries.code <> 'unknown'
"""

_WHOLE = """
select wholes.id, wholes.title, wholes.date
from events
join events as wholes on wholes.id = events.part_of
where events.id = :id
"""

_PARTS = """
select id, title, date from events where part_of = :id order by earliest_start, id
"""

_BEFORE = """
select id, title, date
from events
where (earliest_start, id) < (select earliest_start, id from events where id = :id)
order by earliest_start desc, id desc
limit 1
"""

_AFTER = """
select id, title, date
from events
where (earliest_start, id) > (select earliest_start, id from events where id = :id)
order by earliest_start, id
limit 1
"""

# What speaks to the questions in hand: answers first, each in the order it was said.
_CLAIM_COLUMNS = """
select
  claims.*, questions.title as question_title, questions.measure,
  sources.publisher, sources.url, sources.title as source_title
from claims
left join questions on questions.id = claims.question
left join sources on sources.id = claims.source
"""
_CLAIM_ORDER = """
order by
  claims.question, claims.relation <> 'answers', claims.relation,
  claims.reported is null, claims.reported, claims.id
"""
_EVENT_CLAIMS = f"{_CLAIM_COLUMNS} where questions.event = :id {_CLAIM_ORDER}"
_QUESTION_CLAIMS = f"{_CLAIM_COLUMNS} where claims.question = :id {_CLAIM_ORDER}"
_SOURCE_CLAIMS = f"{_CLAIM_COLUMNS} where claims.source = :id {_CLAIM_ORDER} limit :length"

_CLAIM = f"{_CLAIM_COLUMNS} where claims.id = :id"

_CLAIM_SOURCE = """
select sources.* from claims join sources on sources.id = claims.source where claims.id = :id
"""

_QUESTION_EVENT = """
select events.id, events.title, events.date
from questions
join events on events.id = questions.event
where questions.id = :id
"""

_ACTOR_EVENTS = """
select events.id, events.title, events.date, group_concat(event_actors.role, ', ') as role
from event_actors
join events on events.id = event_actors.event
where event_actors.actor = :id
group by events.id
order by events.earliest_start, events.id
limit :length
"""

_ACTOR_WHOLE = """
select wholes.id, wholes.name
from actors
join actors as wholes on wholes.id = actors.part_of
where actors.id = :id
"""

_ACTOR_PARTS = "select id, name, kind from actors where part_of = :id order by name"

# A database that this tool did not build may hold anything in a list.
_ACTOR_ORIGINS = """
select origins.id, origins.name
from actors
join json_each(iif(json_valid(actors.successor_of), actors.successor_of, '[]')) as origin
join actors as origins on origins.id = origin.value
where actors.id = :id
"""

_ACTOR_SUCCESSORS = """
select actors.id, actors.name
from actors
join json_each(iif(json_valid(actors.successor_of), actors.successor_of, '[]')) as origin
where origin.value = :id
order by actors.name
"""

_SOURCE_EVENTS = """
select events.id, events.title, events.date
from event_sources
join events on events.id = event_sources.event
where event_sources.source = :id
order by events.earliest_start, events.id
limit :length
"""

_ROW_QUERIES: dict[str, dict[str, str]] = {
    EVENTS.name: {
        "country": _COUNTRY,
        "actors": _EVENT_ACTORS,
        "sources": _EVENT_SOURCES,
        "questions": _EVENT_QUESTIONS,
        "claims": _EVENT_CLAIMS,
        "whole": _WHOLE,
        "parts": _PARTS,
        "before": _BEFORE,
        "after": _AFTER,
    },
    ACTORS.name: {
        "events": _ACTOR_EVENTS,
        "whole": _ACTOR_WHOLE,
        "parts": _ACTOR_PARTS,
        "origins": _ACTOR_ORIGINS,
        "successors": _ACTOR_SUCCESSORS,
    },
    SOURCES.name: {"events": _SOURCE_EVENTS, "claims": _SOURCE_CLAIMS},
    QUESTIONS.name: {"event": _QUESTION_EVENT, "claims": _QUESTION_CLAIMS},
    CLAIMS.name: {"claims": _CLAIM, "sources": _CLAIM_SOURCE},
}


async def row(db: "Database", table: str, row_id: str) -> Page | None:
    """Return what belongs to one row, each part a list of rows; None for a plain table.

    `late` names the parts that took longer than the site allows.
    """
    queries = _ROW_QUERIES.get(table)
    if queries is None:
        return None
    values = {"id": row_id, "length": LIST_LENGTH}
    lists = _Lists(db)
    parts = {part: await lists.ask(part, sql, values) for part, sql in queries.items()}
    return {**parts, "late": lists.late, "missing": lists.missing}


# Every page


async def build_items(datasette: "Datasette", database: str) -> dict[str, str]:
    """Return what the database says it was built from; nothing if it cannot be asked."""
    if database not in datasette.databases:
        return {}
    try:
        rows = await fetch_rows(datasette.get_database(database), "select item, value from build")
    except (sqlite3.Error, QueryInterrupted):
        return {}
    return {item["item"]: item["value"] for item in rows}


class _Lists:
    """Asks for the lists of a page and remembers which cannot be shown.

    `late` took too long; for `missing` the database lacks a table or a column.
    """

    def __init__(self, db: "Database") -> None:
        self._db = db
        self.late: list[str] = []
        self.missing: list[str] = []

    async def ask(self, name: str, sql: str, values: dict[str, Any] | None = None) -> list[Page]:
        try:
            return await fetch_rows(self._db, sql, values)
        except QueryInterrupted:
            unshown = self.late
        except sqlite3.Error:
            unshown = self.missing
        if name not in unshown:
            unshown.append(name)
        return []


async def fetch_rows(db: "Database", sql: str, values: dict[str, Any] | None = None) -> list[Page]:
    return [dict(found) for found in await db.execute(sql, values or {})]
