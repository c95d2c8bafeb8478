"""The page that says what the chronology is: its rules, and each word of its vocabularies."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Response

from datasette_event_timeline.permissions import declared, hidden_tables
from datasette_event_timeline.queries.query import Query
from datasette_event_timeline.views.responses import Route, only_read
from event_timeline.curated.columns import (
    ACTOR_KINDS,
    ACTORS,
    CLAIMS,
    EVENTS,
    LOCATION_PRECISIONS,
    MEASURES,
    QUESTIONS,
    RELATIONS,
    ROLES,
    SCOPES,
    SOURCE_KINDS,
    SOURCES,
    STANDINGS,
    STATUSES,
    TYPES,
    Vocabulary,
)
from event_timeline.site.row_parts import COMPANIONS
from event_timeline.site.settings import about_sections

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

# The rows that have a word, and of each word one, the first of those best sourced.
_EXAMPLES = """
select word, id, label, n
from (
  select
    word, id, label,
    count(*) over (partition by word) as n,
    row_number() over (partition by word order by weight desc, id) as place
  from ({rows})
  where word is not null
)
where place = 1
"""

_EVENT_ROWS = """
select {column} as word, id, title as label, json_array_length(sources) as weight from events
"""
_ROLE_ROWS = """
select event_actors.role as word, events.id, events.title || ': ' || actors.name as label,
  json_array_length(events.sources) as weight
from event_actors
join events on events.id = event_actors.event
join actors on actors.id = event_actors.actor
"""
_ACTOR_ROWS = """
select actors.kind as word, actors.id, actors.name as label, count(event_actors.event) as weight
from actors
left join event_actors on event_actors.actor = actors.id
group by actors.id
"""
_SOURCE_ROWS = """
select sources.kind as word, sources.id, coalesce(sources.title, sources.publisher) as label,
  count(event_sources.event) as weight
from sources
left join event_sources on event_sources.source = sources.id
group by sources.id
"""
_QUESTION_ROWS = """
select questions.measure as word, questions.id, questions.title as label, count(*) as weight
from questions
join claims on claims.question = questions.id
group by questions.id
"""
_CLAIM_ROWS = """
select claims.{column} as word, claims.question as id,
  claims.said || ' (' || coalesce(claims.reported_by, sources.publisher) || ')' as label,
  questions.event is not null as weight
from claims
join questions on questions.id = claims.question
join sources on sources.id = claims.source
"""


@dataclass(frozen=True)
class Explained:
    """A vocabulary as the page shows it; `parameter` chooses a word in the table of `counted`."""

    title: str
    vocabulary: Vocabulary
    rows: str
    table: str
    counted: str
    parameter: str


VOCABULARIES = (
    Explained(
        "Types of event", TYPES, _EVENT_ROWS.format(column="type"), EVENTS.name, EVENTS.name, "type"
    ),
    Explained(
        "Whether it happened, and who did it",
        STATUSES,
        _EVENT_ROWS.format(column="status"),
        EVENTS.name,
        EVENTS.name,
        "status",
    ),
    Explained(
        "How well the place is known",
        LOCATION_PRECISIONS,
        _EVENT_ROWS.format(column="location_precision"),
        EVENTS.name,
        EVENTS.name,
        "location_precision",
    ),
    Explained(
        "Whom a number counts",
        SCOPES,
        _EVENT_ROWS.format(column="killed_scope"),
        EVENTS.name,
        EVENTS.name,
        "killed_scope",
    ),
    Explained("What an actor's part was", ROLES, _ROLE_ROWS, EVENTS.name, "event_actors", "role"),
    Explained("Kinds of actor", ACTOR_KINDS, _ACTOR_ROWS, ACTORS.name, ACTORS.name, "kind"),
    Explained("Kinds of source", SOURCE_KINDS, _SOURCE_ROWS, SOURCES.name, SOURCES.name, "kind"),
    Explained(
        "What a question asks for",
        MEASURES,
        _QUESTION_ROWS,
        QUESTIONS.name,
        QUESTIONS.name,
        "measure",
    ),
    Explained(
        "How a claim bears on its question",
        RELATIONS,
        _CLAIM_ROWS.format(column="relation"),
        QUESTIONS.name,
        CLAIMS.name,
        "relation",
    ),
    Explained(
        "How a claim stands beside the others",
        STANDINGS,
        _CLAIM_ROWS.format(column="standing"),
        QUESTIONS.name,
        CLAIMS.name,
        "standing",
    ),
)


async def about_page(datasette: "Datasette", request: "Request") -> Response:
    """Answer /about."""
    declaration = await declared(datasette, request)
    hidden = await hidden_tables(datasette, request, declaration.database, COMPANIONS)
    query = Query(datasette, declaration)
    context = {
        "here": "About",
        "declaration": declaration,
        "about": [
            {"title": section["title"], "paragraphs": _paragraphs(section.get("text"))}
            for section in about_sections(datasette)
        ],
        "vocabularies": [] if hidden else await _vocabularies(query),
    }
    page = await datasette.render_template(
        "chronology/about.html", context, request, view_name="about"
    )
    return Response.html(page)


def _paragraphs(text: str | None) -> list[str]:
    return [paragraph for paragraph in (text or "").split("\n\n") if paragraph.strip()]


async def _vocabularies(query: Query) -> list[dict[str, Any]]:
    """Return each vocabulary with an example of each word; none of a database that lacks them."""
    found = []
    for explained in VOCABULARIES:
        rows = await query.part(explained.title, _EXAMPLES.format(rows=explained.rows))
        if explained.title in query.missing:
            return []
        by_word = {row["word"]: row for row in rows}
        words = [
            {"word": word, "text": text, "example": by_word.get(word)}
            for word, text in explained.vocabulary.items()
        ]
        found.append({"explained": explained, "words": words})
    return found


ROUTES: tuple[Route, ...] = ((r"^/about$", only_read(about_page)),)
