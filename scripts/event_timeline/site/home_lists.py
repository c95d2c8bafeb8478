"""The lists of the first page, and how many rows its tables have."""

from typing import Any

from datasette_event_timeline.queries.query import Query, Row

_LENGTH = 5
_ACTORS_LENGTH = 10

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
TABLES = (
    "events",
    "actors",
    "sources",
    "countries",
    "event_actors",
    "counted_events",
    *_DISPUTES,
)


async def read_lists(query: Query) -> dict[str, Any]:
    """Return the counts and the lists; what cannot be shown is empty, and `query` names it."""
    figures, actors = ("events", "counted_events"), ("events", "event_actors", "actors")
    scopes = await query.part("figures", _COMMONEST_SCOPE, {}, figures)
    scope = scopes[0]["scope"] if scopes else None
    top = {"scope": scope, "length": _LENGTH}
    return {
        "counts": await _counts(query),
        "by": {
            "country": await query.part("countries", _BY_COUNTRY, {}, ("events", "countries")),
            "type": await query.part("types", _BY_TYPE, {}, ("events",)),
        },
        "actors": await query.part("actors", _BY_ACTOR, {"length": _ACTORS_LENGTH}, actors),
        "deadliest": await query.part("figures", _DEADLIEST, top, figures),
        "deadliest_scope": scope,
        "latest": await query.part("events", _LATEST, top, ("events",)),
        "disagreements": await query.part("disagreements", _DISAGREEMENTS, top, _DISPUTES),
    }


async def _counts(query: Query) -> list[Row]:
    """Return of each table that may be seen how many rows it has; none if one cannot be counted."""
    seen = [table for table in _COUNTED if not query.hides(_made_of(table))]
    if not seen:
        return []
    columns = ", ".join(f"(select count(*) from {table}) as {table}" for table in seen)  # noqa: S608  # names are ours
    found = await query.part("counts", f"select {columns}")
    return [
        {"table": table, "count": row[table], "words": _COUNTED[table]}
        for row in found
        for table in seen
    ]


def _made_of(table: str) -> tuple[str, ...]:
    return _DISPUTES if table == "disagreements" else (table,)
