"""/disputed: the questions that sources answer differently, with their answers."""

import json
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import BadRequest, NotFound, Response

from datasette_event_timeline.permissions import declared
from datasette_event_timeline.queries.query import Query, Row
from datasette_event_timeline.views.responses import Route, only_read
from event_timeline.curated.columns import (
    CLAIMS,
    COMPATIBLE_MEASURES,
    EVENTS,
    MEASURES,
    QUESTIONS,
    SOURCES,
)
from event_timeline.site.answers import questions_with_answers
from event_timeline.site.claims import CLAIMS_OF_QUESTIONS
from event_timeline.site.urls import disputed_url

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

# Questions on a page.
QUESTIONS_A_PAGE = 15
_MOST_QUESTIONS = 5_000

_GROUPS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Killed and wounded", frozenset({"killed", "wounded"})),
    ("When it was", frozenset({"date", "began", "ended"})),
    (
        "How many, how much",
        frozenset({"attackers", "strength", "missing", "evacuated", "extent"}),
    ),
    ("Who did it", frozenset({"responsibility"})),
    ("What brought it about", frozenset({"cause"})),
    ("Where it was", frozenset({"place"})),
    ("Other questions", frozenset()),
    ("Several answers, which can all be true", COMPATIBLE_MEASURES),
)
# The group of the measures that are not known.
_OTHERS = 6

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


async def disputed_page(datasette: "Datasette", request: "Request") -> Response:
    """Answer /disputed."""
    declaration = await declared(datasette, request)
    if declaration.table != EVENTS.name:
        raise NotFound("This chronology has no table of questions that this tool knows")
    needed = (QUESTIONS.name, CLAIMS.name, SOURCES.name)
    permissions = [("view-table", (declaration.database, table)) for table in needed]
    await datasette.ensure_permissions(request.actor, permissions)
    if QUESTIONS.name not in declaration.names:
        raise NotFound("There are no questions in this chronology")
    measure = request.args.get("measure") or ""
    number = _page_number(request.args.get("page") or "1")
    context = {
        "page": {
            **await _read_page(Query(datasette, declaration), measure, number),
            "canonical": datasette.absolute_url(request, disputed_url(datasette)),
        },
        "database": declaration.database,
        "here": "Where sources disagree",
    }
    template = "chronology/disputed.html"
    page = await datasette.render_template(template, context, request, view_name="disputed")
    return Response.html(page)


def _page_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 7 and int(text)):
        raise BadRequest(f"page: {text[:60]} is no page: write 1 or more")
    return int(text)


async def _read_page(query: Query, measure: str, number: int) -> dict[str, Any]:
    """Return one page of the questions that ask for a measure, or for anything."""
    found = await query.part("questions", _DIFFERENT, {"length": _MOST_QUESTIONS})
    chosen = [question for question in found if measure in ("", str(question["measure"]))]
    chosen.sort(key=lambda question: _group_of(question["measure"]))
    ids = [question["id"] for question in chosen]
    skipped = (number - 1) * QUESTIONS_A_PAGE
    shown = await _with_answers(query, ids[skipped:][:QUESTIONS_A_PAGE])
    return {
        "groups": _grouped(shown),
        "count": len(found),
        "compatible": sum(question["measure"] in COMPATIBLE_MEASURES for question in found),
        "chosen": len(chosen),
        "measures": _counted(found),
        "measure": measure,
        "first": skipped + 1,
        "pages": range(1, -(-len(chosen) // QUESTIONS_A_PAGE) + 1),
        "number": number,
        "timed_out": query.timed_out,
        "missing": query.missing,
    }


async def _with_answers(query: Query, ids: list[str]) -> list[Row]:
    """Return the questions of these ids, in their order, each with its answers."""
    values = {"ids": json.dumps(ids)}
    questions = await query.part("questions", _QUESTIONS_NAMED, values)
    claims = await query.part("claims", CLAIMS_OF_QUESTIONS, values)
    questions.sort(key=lambda question: ids.index(question["id"]))
    return questions_with_answers(questions, claims)


def _group_of(measure: object) -> int:
    """Return the place of a measure's group."""
    return next((n for n, (_, measures) in enumerate(_GROUPS) if measure in measures), _OTHERS)


def _grouped(questions: list[Row]) -> list[Row]:
    groups: dict[int, list[Row]] = {}
    for question in questions:
        groups.setdefault(_group_of(question["measure"]), []).append(question)
    return [
        {
            "title": _GROUPS[n][0],
            "anchor": f"group-{n + 1}",
            "compatible": _GROUPS[n][1] == COMPATIBLE_MEASURES,
            "questions": groups[n],
        }
        for n in sorted(groups)
    ]


def _counted(questions: list[Row]) -> list[Row]:
    """Return the measures with how many of the questions ask for each, in their usual order."""
    counts: dict[str, int] = {}
    for question in questions:
        counts[str(question["measure"])] = counts.get(str(question["measure"]), 0) + 1
    order = [*MEASURES]
    known = sorted(counts, key=lambda name: order.index(name) if name in order else len(order))
    return [
        {"measure": name, "count": counts[name], "text": MEASURES.get(name, "")} for name in known
    ]


ROUTES: tuple[Route, ...] = ((r"^/disputed$", only_read(disputed_page)),)
