"""What the pages of a chronology show beside Datasette's own answer: queries, no markup."""

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasette.database import QueryInterrupted
from datasette.utils import escape_sqlite

from datasette_event_timeline.middleware.limits import TOO_MUCH
from datasette_event_timeline.queries.query import fetch_rows
from event_timeline.curated.columns import ACTORS, CLAIMS, EVENTS, QUESTIONS, SOURCES

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

    from datasette_event_timeline.declaration import Declaration

Page = dict[str, Any]

_HOME_LENGTH = 5
_ACTORS_LENGTH = 10
# A row's page lists so many events or claims; the rest are in the tables.
LIST_LENGTH = 500
# Of what only lies near an event, a page shows so much.
_NEAR_LENGTH = 6


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

# What is counted of each table, in the words of the page.
_COUNTED = {
    "events": "events",
    "actors": "actors",
    "sources": "sources",
    "questions": "questions put to them",
    "disagreements": "on which they disagree",
}

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

_BY_ACTOR = """
select actors.id as value, actors.name as label, count(distinct event_actors.event) as count
from actors
join event_actors on event_actors.actor = actors.id
group by actors.id
order by count desc, actors.name
limit :length
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

_LATEST = """
select id, title, date
from events
order by earliest_start desc, id desc
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


# What its lists are made of: the view `disagreements` reads questions and claims.
_DISPUTES = ("questions", "claims", "disagreements")
# Tables that the first page is made of.
HOME_TABLES = (
    "events",
    "actors",
    "sources",
    "countries",
    "event_actors",
    "counted_events",
    *_DISPUTES,
)


async def home(db: "Database", hidden: Collection[str] = ()) -> Page:
    """Return the counts, ways in and lists of the first page.

    What is made of a `hidden` table is empty, and not named.
    """
    lists = Lists(db, hidden)
    figures, actors = ("events", "counted_events"), ("events", "event_actors", "actors")
    scopes = await lists.ask("figures", _COMMONEST_SCOPE, {}, figures)
    scope = scopes[0]["scope"] if scopes else None
    top = {"scope": scope, "length": _HOME_LENGTH}
    return {
        "counts": await _counts(lists),
        "by": {
            "country": await lists.ask("countries", _BY_COUNTRY, {}, ("events", "countries")),
            "type": await lists.ask("types", _BY_TYPE, {}, ("events",)),
        },
        "actors": await lists.ask("actors", _BY_ACTOR, {"length": _ACTORS_LENGTH}, actors),
        "deadliest": await lists.ask("figures", _DEADLIEST, top, figures),
        "deadliest_scope": scope,
        "latest": await lists.ask("events", _LATEST, top, ("events",)),
        "disagreements": await lists.ask("disagreements", _DISAGREEMENTS, top, _DISPUTES),
        "late": lists.late,
        "missing": lists.missing,
    }


async def _counts(lists: "Lists") -> list[Page]:
    """Return of each table that may be seen how many rows it has; none if one cannot be counted."""
    seen = [table for table in _COUNTED if not lists.hides(_made_of(table))]
    if not seen:
        return []
    columns = ", ".join(f"(select count(*) from {table}) as {table}" for table in seen)  # noqa: S608
    found = await lists.ask("counts", f"select {columns}")
    return [
        {"table": table, "count": row[table], "words": _COUNTED[table]}
        for row in found
        for table in seen
    ]


def _made_of(table: str) -> tuple[str, ...]:
    return _DISPUTES if table == "disagreements" else (table,)


# One row: an event, an actor, a question, a source

_EVENT_ACTORS = """
select actors.id, actors.name, actors.kind, event_actors.role
from event_actors
join actors on actors.id = event_actors.actor
where event_actors.event = :id
order by event_actors.rowid
limit :length
"""

_EVENT_SOURCES = """
select sources.*
from event_sources
join sources on sources.id = event_sources.source
where event_sources.event = :id
order by sources.published is null, sources.published, sources.publisher
limit :length
"""

_EVENT_QUESTIONS = """
select * from questions where event = :id order by measure <> 'killed', rowid limit :length
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
select id, title, date from events where part_of = :id order by earliest_start, id limit :length
"""

# A country is no place: what shares only that is found by the country's name.
_SAME_PLACE = """
select others.id, others.title, others.date
from events
join events as others
  on others.place = events.place
  and others.country is events.country
  and others.id <> events.id
where events.id = :id
  and events.location_precision not in ('country', 'none')
order by abs(others.earliest_start - events.earliest_start), others.id
limit :near
"""

_SAME_ACTORS = """
with shared as (
  select distinct theirs.event, theirs.actor
  from event_actors as mine
  join event_actors as theirs
    on theirs.actor = mine.actor
    and theirs.event <> mine.event
  where mine.event = :id
)
select events.id, events.title, events.date, group_concat(actors.name, ', ') as aside
from shared
join events on events.id = shared.event
join actors on actors.id = shared.actor
group by events.id
order by
  count(*) desc,
  abs(events.earliest_start - (select earliest_start from events where id = :id)),
  events.id
limit :near
"""

# What certainly began from three days before until three days after.
_SAME_WEEK = """
select others.id, others.title, others.date
from events
join events as others
  on others.earliest_start >= events.earliest_start - 3
  and others.earliest_start <= events.latest_start + 3
  and others.latest_start <= events.latest_start + 3
  and others.id <> events.id
where events.id = :id
  and events.latest_start - events.earliest_start < 7
order by others.earliest_start, others.id
limit :near
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
  sources.publisher, sources.url, sources.title as source_title, sources.kind as source_kind
from claims
left join questions on questions.id = claims.question
left join sources on sources.id = claims.source
"""
_CLAIM_ORDER = """
order by
  claims.question, claims.relation <> 'answers', claims.relation,
  claims.reported is null, claims.reported, claims.id
"""
_EVENT_CLAIMS = f"{_CLAIM_COLUMNS} where questions.event = :id {_CLAIM_ORDER} limit :length"
_QUESTION_CLAIMS = f"{_CLAIM_COLUMNS} where claims.question = :id {_CLAIM_ORDER} limit :length"
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


@dataclass(frozen=True)
class _Part:
    """A list on a row's page: what asks for it, and the tables that it is made of."""

    sql: str
    tables: tuple[str, ...]


def _part(sql: str, *tables: str) -> _Part:
    return _Part(sql, tables)


_PARTS_OF: dict[str, dict[str, _Part]] = {
    EVENTS.name: {
        "country": _part(_COUNTRY, "countries"),
        "actors": _part(_EVENT_ACTORS, "actors", "event_actors"),
        "sources": _part(_EVENT_SOURCES, "sources", "event_sources"),
        "questions": _part(_EVENT_QUESTIONS, "questions"),
        "claims": _part(_EVENT_CLAIMS, "claims", "questions", "sources"),
        "whole": _part(_WHOLE),
        "parts": _part(_PARTS),
        "same_place": _part(_SAME_PLACE),
        "same_actors": _part(_SAME_ACTORS, "actors", "event_actors"),
        "same_week": _part(_SAME_WEEK),
        "before": _part(_BEFORE),
        "after": _part(_AFTER),
    },
    ACTORS.name: {
        "events": _part(_ACTOR_EVENTS, "events", "event_actors"),
        "whole": _part(_ACTOR_WHOLE),
        "parts": _part(_ACTOR_PARTS),
        "origins": _part(_ACTOR_ORIGINS),
        "successors": _part(_ACTOR_SUCCESSORS),
    },
    SOURCES.name: {
        "events": _part(_SOURCE_EVENTS, "events", "event_sources"),
        "claims": _part(_SOURCE_CLAIMS, "claims", "questions"),
    },
    QUESTIONS.name: {
        "event": _part(_QUESTION_EVENT, "events"),
        "claims": _part(_QUESTION_CLAIMS, "claims", "sources"),
    },
    CLAIMS.name: {
        "claims": _part(_CLAIM, "questions", "sources"),
        "sources": _part(_CLAIM_SOURCE, "sources"),
    },
}
# Tables whose rows have a page of our making.
TABLES = tuple(_PARTS_OF)
# Tables that pages on one thing are made of.
COMPANIONS = (
    "actors",
    "claims",
    "countries",
    "event_actors",
    "event_sources",
    "events",
    "questions",
    "sources",
)


async def row(db: "Database", table: str, row_id: str, hidden: Collection[str] = ()) -> Page | None:
    """Return what belongs to one row, each part a list of rows; None for a plain table.

    `late` names the parts that took longer than the site allows. A part that is made of
    a `hidden` table is empty, and not named.
    """
    wanted = _PARTS_OF.get(table)
    if wanted is None:
        return None
    values = {"id": row_id, "length": LIST_LENGTH, "near": _NEAR_LENGTH}
    lists = Lists(db, hidden)
    parts = {
        name: await lists.ask(name, part.sql, values, part.tables) for name, part in wanted.items()
    }
    return {**parts, "late": lists.late, "missing": lists.missing}


_WITHDRAWN = "select * from withdrawn where id = :id and kind = :kind"


async def withdrawn(db: "Database", kind: str, row_id: str) -> Page | None:
    """Return what is told of a thing that was published once and is no longer."""
    found = await Lists(db).ask("withdrawn", _WITHDRAWN, {"id": row_id, "kind": kind})
    return found[0] if found else None


async def tables_of(db: "Database", ids: list[str], tables: list[str]) -> dict[str, str]:
    """Return in which of the tables each id is found; those in none are left out."""
    named = "(select value from json_each(:ids))"
    found: dict[str, str] = {}
    for table in tables:
        sql = f"select id from {escape_sqlite(table)} where id in {named}"  # noqa: S608
        rows = await Lists(db).ask(table, sql, {"ids": json.dumps(ids)})
        found |= {row["id"]: table for row in rows}
    return found


# What comes before and after, in a table of any shape

# Without an index by time, all rows are read and put in order.
_MOST_ORDERED = 50_000
_NEIGHBOURS = "the events before and after"


async def neighbours(db: "Database", declaration: "Declaration", key_here: object) -> Page:
    """Return the events before and after one in the order of time, as lists of at most one row.

    `key_here` is its id as the table has it. Both are empty in a table of more than 50,000 rows,
    and where it takes too long: `late` then names them.
    """
    table, key = escape_sqlite(declaration.table), escape_sqlite(declaration.id)
    lists = Lists(db)
    some = f"select count(*) as n from (select 1 from {table} limit {_MOST_ORDERED + 1})"  # noqa: S608
    counted = await lists.ask(_NEIGHBOURS, some)
    if not counted or counted[0]["n"] > _MOST_ORDERED:
        return {"before": [], "after": [], "late": lists.late}
    sides = f"lag({key}) over in_time as before, lead({key}) over in_time as after"
    ordered = f"window in_time as (order by {declaration.order_sql})"
    listed = f"select {key} as id, {sides} from {table} {ordered}"  # noqa: S608
    sql = f"select before, after from ({listed}) where id is :id"  # noqa: S608
    found = await lists.ask(_NEIGHBOURS, sql, {"id": key_here})
    beside = found[0] if found else {"before": None, "after": None}
    told = (
        f"{key} as id, {escape_sqlite(declaration.title)} as title, {declaration.date_sql} as date"
    )
    one = f"select {told} from {table} where {key} is :key limit 1"  # noqa: S608
    sides_told = {
        side: [] if other is None else await lists.ask(_NEIGHBOURS, one, {"key": other})
        for side, other in beside.items()
    }
    return {**sides_told, "late": lists.late}


# Where sources disagree

# As the view `disagreements`, with the measures whose answers can all be true.
_DIFFERENT = """
select
  questions.id,
  questions.measure,
  count(
    distinct coalesce(
      claims.value,
      printf('%s to %s', coalesce(low, best, '?'), coalesce(high, best, '?'))
    )
  ) as different
from questions
join claims
  on claims.question = questions.id
  and claims.relation = 'answers'
  and claims.standing is not 'superseded'
group by questions.id
having different > 1
order by different desc, questions.id
limit :length
"""

_QUESTIONS_NAMED = """
select questions.*, events.title as event_title, events.date as event_date
from questions
left join events on events.id = questions.event
where questions.id in (select value from json_each(:ids))
"""

_NAMED = "where claims.question in (select value from json_each(:ids))"
_CLAIMS_NAMED = f"{_CLAIM_COLUMNS} {_NAMED} {_CLAIM_ORDER}"

_MOST_QUESTIONS = 5_000


async def different(db: "Database") -> Page:
    """Return the ids and measures of the questions that sources answer differently."""
    lists = Lists(db)
    found = await lists.ask("questions", _DIFFERENT, {"length": _MOST_QUESTIONS})
    return {"questions": found, "late": lists.late, "missing": lists.missing}


async def answered(db: "Database", ids: list[str]) -> Page:
    """Return the questions of these ids, in their order, and all the claims about them."""
    lists, values = Lists(db), {"ids": json.dumps(ids)}
    found = await lists.ask("questions", _QUESTIONS_NAMED, values)
    return {
        "questions": sorted(found, key=lambda question: ids.index(question["id"])),
        "claims": await lists.ask("claims", _CLAIMS_NAMED, values),
        "late": lists.late,
        "missing": lists.missing,
    }


# Every page


async def build_items(datasette: "Datasette", database: str) -> dict[str, str]:
    """Return what the database says it was built from; nothing if it cannot be asked."""
    if database not in datasette.databases:
        return {}
    try:
        rows = await fetch_rows(datasette.get_database(database), "select item, value from build")
    except (sqlite3.Error, QueryInterrupted):
        return {}
    # A table of that name in a database made by hand may hold anything.
    return {str(item["item"]): str(item["value"]) for item in rows if item["value"] is not None}


class Lists:
    """Asks for the lists of a page and remembers which cannot be shown.

    `late` took too long, or was too large; for `missing` the database lacks a table or a
    column. What is made of a `hidden` table is not asked for.
    """

    def __init__(self, db: "Database", hidden: Collection[str] = ()) -> None:
        self._db = db
        self._hidden = frozenset(hidden)
        self.late: list[str] = []
        self.missing: list[str] = []

    def hides(self, tables: Collection[str]) -> bool:
        return not self._hidden.isdisjoint(tables)

    async def ask(
        self,
        name: str,
        sql: str,
        values: dict[str, Any] | None = None,
        tables: Collection[str] = (),
    ) -> list[Page]:
        """Return the rows of a list that is made of these tables; none if it cannot be shown."""
        if self.hides(tables):
            return []
        try:
            return await fetch_rows(self._db, sql, values)
        except TOO_MUCH:
            unshown = self.late
        except sqlite3.Error:
            unshown = self.missing
        if name not in unshown:
            unshown.append(name)
        return []
