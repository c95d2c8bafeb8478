"""What belongs to one row: an event, an actor, a source, a question, a claim."""

from dataclasses import dataclass

from datasette_event_timeline.queries.query import Query, Row
from event_timeline.curated.columns import ACTORS, CLAIMS, EVENTS, QUESTIONS, SOURCES
from event_timeline.site.claims import (
    CLAIM,
    CLAIMS_OF_EVENT,
    CLAIMS_OF_QUESTION,
    CLAIMS_OF_SOURCE,
)

# A row's page lists so many events or claims; the rest are in the tables.
LIST_LENGTH = 500
# Of what only lies near an event, a page shows so much.
_NEAR_LENGTH = 6

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
        "claims": _part(CLAIMS_OF_EVENT, "claims", "questions", "sources"),
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
        "claims": _part(CLAIMS_OF_SOURCE, "claims", "questions"),
    },
    QUESTIONS.name: {
        "event": _part(_QUESTION_EVENT, "events"),
        "claims": _part(CLAIMS_OF_QUESTION, "claims", "sources"),
    },
    CLAIMS.name: {
        "claims": _part(CLAIM, "questions", "sources"),
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


async def read_parts(query: Query, table: str, row_id: str) -> dict[str, list[Row]] | None:
    """Return what belongs to one row, each part a list of rows; None for a plain table.

    A part that cannot be shown is empty, and `query` names it.
    """
    wanted = _PARTS_OF.get(table)
    if wanted is None:
        return None
    values = {"id": row_id, "length": LIST_LENGTH, "near": _NEAR_LENGTH}
    return {
        name: await query.part(name, part.sql, values, part.tables) for name, part in wanted.items()
    }
