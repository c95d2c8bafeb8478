"""The pages on one thing, an event, an actor or a source, and on what sources dispute."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from datasette.utils import escape_sqlite, tilde_decode, tilde_encode
from datasette.utils.asgi import BadRequest, NotFound, Response

from datasette_event_timeline.config import read_declaration
from datasette_event_timeline.declaration import Declaration
from datasette_event_timeline.permissions import declared, hidden_tables
from datasette_event_timeline.queries.events import words_of_date
from datasette_event_timeline.queries.query import fetch_rows
from datasette_event_timeline.render import figures
from datasette_event_timeline.render.small_map import draw_map
from datasette_event_timeline.sql.functions import edtf_interval, read_date
from datasette_event_timeline.views.responses import Route, json_answer, only_read
from edtf_dates import EventDate, from_ordinal, spell_year
from event_timeline.curated.columns import (
    ACTORS,
    COMPATIBLE_MEASURES,
    EVENTS,
    LOCATION_PRECISIONS,
    MEASURES,
    SOURCES,
)
from event_timeline.site import queries
from event_timeline.site.answers import questions_with_answers, with_answers
from event_timeline.site.queries import Page
from event_timeline.site.table_cells import items_of
from event_timeline.site.urls import address_of, kind_of

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

# Columns without which a table called `events` is none of this tool's.
_OURS = frozenset({"id", "date", "title", "type", "status", "summary", "earliest_start"})
# Tables whose rows have a page that the reason of a withdrawal may name.
LINKED = (EVENTS.name, SOURCES.name, ACTORS.name)
# What may be an id in a text.
_ID = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)+)")
# Questions a page of /disputed shows.
QUESTIONS_A_PAGE = 15


async def event_page(datasette: "Datasette", request: "Request") -> Response:
    """Answer /event/<id>."""
    declaration = await declared(datasette, request)
    return await _answer(datasette, request, declaration, "event", declaration.table)


async def actor_page(datasette: "Datasette", request: "Request") -> Response:
    """Answer /actor/<id>."""
    return await _companion_page(datasette, request, "actor", ACTORS.name)


async def source_page(datasette: "Datasette", request: "Request") -> Response:
    """Answer /source/<id>."""
    return await _companion_page(datasette, request, "source", SOURCES.name)


async def event_data(datasette: "Datasette", request: "Request") -> Response:
    """Answer /event/<id>.json: the event with all that its page tells, for programs."""
    declaration = await declared(datasette, request)
    row_id = tilde_decode(request.url_vars["id"])
    entry = await read_entry(datasette, request, declaration, declaration.table, row_id)
    if entry is not None:
        return json_answer(datasette, _public(entry))
    gone = await _withdrawn(datasette, request, declaration, "event", row_id)
    if gone is None:
        return json_answer(datasette, _error(404, f"There is no event {row_id}"), 404)
    return _gone_data(datasette, gone)


async def withdrawn_row(datasette: "Datasette", request: "Request") -> Response | None:
    """Return the answer to the address of a row that was withdrawn; None for any other address."""
    names = request.url_vars
    table, key = tilde_decode(names.get("table", "")), tilde_decode(names.get("pks", ""))
    declaration = await read_declaration(datasette)
    if declaration is None or not key or not _is_of(datasette, declaration, names):
        return None
    kind = kind_of(datasette, table)
    gone = await _withdrawn(datasette, request, declaration, kind, key) if kind else None
    if kind is None or gone is None:
        return None
    if names.get("format") == "json":
        return _gone_data(datasette, gone)
    about = _about_a_row(declaration, kind, table, key)
    return await _gone(datasette, request, declaration, about, gone)


def _is_of(datasette: "Datasette", declaration: Declaration, names: dict[str, str]) -> bool:
    """Tell whether an address is one of the chronology's database."""
    asked: str = tilde_decode(names.get("database", ""))
    return asked == str(datasette.get_database(declaration.database).route)


def _gone_data(datasette: "Datasette", gone: Page) -> Response:
    return json_answer(datasette, {**_error(410, str(gone["why"])), "withdrawn": gone}, 410)


def _error(status: int, text: str) -> dict[str, Any]:
    return {"ok": False, "error": text, "status": status, "title": None}


async def _companion_page(
    datasette: "Datasette", request: "Request", kind: str, table: str
) -> Response:
    declaration = await declared(datasette, request)
    if declaration.table != EVENTS.name:
        raise NotFound(f"This chronology has no table of {table} that this tool knows")
    permissions = [("view-table", (declaration.database, table))]
    await datasette.ensure_permissions(request.actor, permissions)
    return await _answer(datasette, request, declaration, kind, table)


async def _answer(
    datasette: "Datasette", request: "Request", declaration: Declaration, kind: str, table: str
) -> Response:
    row_id = tilde_decode(request.url_vars["id"])
    about = _about_a_row(declaration, kind, table, row_id)
    entry = await read_entry(datasette, request, declaration, table, row_id)
    if entry is not None:
        context = {"page": entry, **about}
        return await _html(datasette, request, f"chronology/{kind}.html", context)
    gone = await _withdrawn(datasette, request, declaration, kind, row_id)
    if gone is not None:
        return await _gone(datasette, request, declaration, about, gone)
    title = f"There is no such {kind}"
    # The words of an id are what its address was meant to find.
    context = {**about, "status": 404, "title": title, "search": _words_of(row_id)}
    return await _html(datasette, request, "error.html", context, 404)


async def _gone(
    datasette: "Datasette", request: "Request", declaration: Declaration, about: Page, gone: Page
) -> Response:
    """Return the page on what was withdrawn, with the reason."""
    hidden = await hidden_tables(datasette, request, declaration.database, LINKED)
    why = await _linked(datasette, declaration, gone, hidden)
    context = {**about, "page": {"gone": gone, "why": why}, "status": 410}
    return await _html(datasette, request, "chronology/gone.html", context, 410)


async def _html(
    datasette: "Datasette", request: "Request", template: str, context: Page, status: int = 200
) -> Response:
    kind = context["kind"]
    page = await datasette.render_template(template, context, request, view_name=kind)
    return Response.html(page, status)


def _about_a_row(declaration: Declaration, kind: str, table: str, row_id: str) -> Page:
    return {
        "database": declaration.database,
        "table": table,
        "primary_key_values": [row_id],
        "kind": kind,
    }


async def _linked(
    datasette: "Datasette", declaration: Declaration, gone: Page, hidden: Collection[str]
) -> list[tuple[str, str | None]]:
    """Return why a thing was withdrawn, in parts; each with the address of what it names."""
    parts = _ID.split(str(gone["why"] or ""))
    db = datasette.get_database(declaration.database)
    seen = [name for name in LINKED if name not in hidden]
    found = await queries.tables_of(db, parts[1::2], seen)
    return [
        (part, address_of(datasette, found[part], part) if part in found else None)
        for part in parts
        if part
    ]


def _words_of(row_id: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in row_id[:200]).split()
    return " ".join(word for word in words if not word.isdecimal())


async def _withdrawn(
    datasette: "Datasette", request: "Request", declaration: Declaration, kind: str, row_id: str
) -> Page | None:
    hidden = await hidden_tables(datasette, request, declaration.database, ("withdrawn",))
    if hidden or declaration.table != EVENTS.name:
        return None
    return await queries.withdrawn(datasette.get_database(declaration.database), kind, row_id)


# One thing


async def read_entry(
    datasette: "Datasette",
    request: "Request",
    declaration: Declaration,
    table: str,
    row_id: str,
) -> Page | None:
    """Return what a page on one row shows, or None if there is no such row.

    `row` is the row itself. `shape` names the table if the page is one of our own making;
    a row of any other table is shown column by column.
    """
    row = await _find(datasette, declaration, table, row_id)
    if row is None:
        return None
    path = address_of(datasette, table, row_id)
    entry: Page = {
        "row": row,
        "key": tilde_encode(row_id),
        "shape": "",
        "canonical": datasette.absolute_url(request, path),
    }
    if table == declaration.table:
        entry |= _when_and_where(declaration, row) | {"cells": _plain_cells(row)}
    if declaration.table != EVENTS.name or not declaration.columns.issuperset(_OURS):
        if table == declaration.table:
            entry |= await _beside(datasette, declaration, row[declaration.id])
        return entry
    db = datasette.get_database(declaration.database)
    hidden = await hidden_tables(datasette, request, declaration.database, queries.COMPANIONS)
    parts = await queries.row(db, table, row_id, hidden)
    if parts is None:
        return entry
    entry |= {**parts, "shape": table}
    if table == EVENTS.name:
        entry |= await _about_an_event(datasette, entry)
    elif table == "questions":
        entry["answered"] = with_answers(row, parts["claims"])
    return entry


async def _beside(datasette: "Datasette", declaration: Declaration, key: object) -> Page:
    """Return the events before and after one of any table, with their dates in words."""
    db = datasette.get_database(declaration.database)
    found = await queries.neighbours(db, declaration, key)
    told = {side: [_with_words(event) for event in found[side]] for side in ("before", "after")}
    return {**told, "late": found["late"]}


def _with_words(event: Page) -> Page:
    return {**event, "words": words_of_date(read_date(event["date"]), event["date"])}


async def read_row(
    datasette: "Datasette",
    request: "Request",
    declaration: Declaration,
    table: str,
    keys: list[str],
) -> Page | None:
    """Return what Datasette's own page on a row shows beside the row; None for plain ones."""
    db = datasette.get_database(declaration.database)
    if table == declaration.table and await db.primary_keys(table) != [declaration.id]:
        return None
    if len(keys) != 1 or not (table == declaration.table or table in queries.TABLES):
        return None
    return await read_entry(datasette, request, declaration, table, keys[0])


async def _find(
    datasette: "Datasette", declaration: Declaration, table: str, row_id: str
) -> Page | None:
    key = declaration.id if table == declaration.table else "id"
    db = datasette.get_database(declaration.database)
    if key not in await db.table_columns(table):
        return None
    found: list[Page] = []
    # A column without a type compares 5 and "5" as different.
    for cell in (escape_sqlite(key), f"cast({escape_sqlite(key)} as text)"):
        sql = f"select * from {escape_sqlite(table)} where {cell} = :id limit 1"  # noqa: S608
        found = found or await fetch_rows(db, sql, {"id": row_id})
    return found[0] if found else None


def _when_and_where(declaration: Declaration, row: Page) -> Page:
    """Return the date and the place of any table's event, in words and drawn."""
    start = row[declaration.date]
    text = start if declaration.end is None else edtf_interval(start, row[declaration.end])
    date = read_date(text)
    scale = figures.time_scale([date]) if date else None
    precision = _cell(row, declaration.location_precision)
    return {
        "title": row[declaration.title],
        "date": text,
        "read": date,
        "times": scale,
        "drawn": figures.draw_date(date, scale) if date and scale else None,
        "map": draw_map(
            _cell(row, declaration.latitude),
            _cell(row, declaration.longitude),
            _cell(row, declaration.radius_km),
            is_site=precision == "site",
        ),
        "no_map": LOCATION_PRECISIONS.get(str(precision), "") if precision else "",
    }


def _plain_cells(row: Page) -> list[tuple[str, str]]:
    """Return the filled columns of any row as text."""
    return [
        (name, f"{len(value):,} bytes" if isinstance(value, bytes) else str(value))
        for name, value in row.items()
        if value is not None and value != ""
    ]


def _cell(row: Page, column: str | None) -> Any:
    return row[column] if column else None


async def _about_an_event(datasette: "Datasette", entry: Page) -> Page:
    row, date = entry["row"], entry["read"]
    metadata = datasette.metadata() or {}
    return {
        "questions": questions_with_answers(entry["questions"], entry["claims"]),
        "origins": sorted(
            {str(source["origin"] or source["publisher"]) for source in entry["sources"]}
        ),
        "week": _week(date) if date else None,
        "timeline": _timeline_address(datasette, row, date),
        "site": metadata.get("title") or "",
        "json_ld": _json_ld(entry),
    }


def _week(date: EventDate) -> str | None:
    """Return in EDTF the days from three before it began until three after, if it is known when."""
    first, last = date.earliest_start, date.latest_start
    if first is None or last is None or last - first >= 7:
        return None
    ends = (first - 3, last + 3)
    if not all(0 < from_ordinal(day)[0] <= 9999 for day in ends):
        return None
    return "/".join(map(_edtf_of, ends))


def _edtf_of(day: int) -> str:
    year, month, day_of_month = from_ordinal(day)
    return f"{spell_year(year)}-{month:02}-{day_of_month:02}"


def _timeline_address(datasette: "Datasette", row: Page, date: EventDate | None) -> str:
    """Return the timeline with the event chosen, in the year in which it began."""
    state = {"_selected": str(row["id"])}
    if date is not None and date.earliest_start is not None:
        state["_window"] = spell_year(from_ordinal(date.earliest_start)[0])
    return f"{datasette.urls.path('timeline')}?{urlencode(state)}"


# For programs


def _json_ld(entry: Page) -> Page:
    """Return an event as schema.org has it; only a day that is certain is its date."""
    row, date = entry["row"], entry["read"]
    told = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": _text(row["title"]),
        "description": _text(row["summary"]),
        "url": entry["canonical"],
        "startDate": date and _certain_day(date, date.earliest_start, date.latest_start),
        "endDate": date and _certain_day(date, date.earliest_end, date.latest_end),
        "location": _place_ld(entry),
        "citation": [_work_ld(source) for source in entry["sources"]],
    }
    return {name: value for name, value in told.items() if value}


def _text(value: object) -> str | None:
    """Return what is text; a database that this tool did not build may hold anything."""
    return value if isinstance(value, str) else None


def _certain_day(date: EventDate, first: int | None, last: int | None) -> str | None:
    if first is None or first != last or date.approximate or date.uncertain:
        return None
    return _edtf_of(first) if 0 < from_ordinal(first)[0] <= 9999 else None


def _place_ld(entry: Page) -> Page | None:
    row = entry["row"]
    place: Page = {"@type": "Place"}
    if _text(row.get("place")):
        place["name"] = row["place"]
    if entry.get("country"):
        country = _text(row["country"])
        place["address"] = {"@type": "PostalAddress", "addressCountry": country}
    if entry["map"]:
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": row["latitude"],
            "longitude": row["longitude"],
        }
    return place if len(place) > 1 else None


def _work_ld(source: Page) -> Page:
    url = _text(source["url"]) or ""
    date = read_date(source["published"])
    told = {
        "@type": "CreativeWork",
        "name": _text(source["title"]),
        "url": url if url.startswith(("http://", "https://")) else None,
        "publisher": {"@type": "Organization", "name": _text(source["publisher"])},
        "datePublished": date and _certain_day(date, date.earliest_start, date.latest_start),
        "inLanguage": _text(source["language"]),
    }
    return {name: value for name, value in told.items() if value}


_LISTS = [column.name for column in EVENTS.columns if column.kind in ("list", "actors")]
# Cells of a claim that its source and its question hold already.
_JOINED = ("question_title", "measure", "publisher", "url", "source_title", "source_kind")


def _public(entry: Page) -> Page:
    """Return what /event/<id>.json gives: the row, its lists taken apart, and all about it."""
    row = {**entry["row"], "canonical": entry["canonical"]}
    if entry["shape"] != EVENTS.name:
        return row
    claims: dict[Any, list[Page]] = {}
    for claim in entry["claims"]:
        bare = {name: value for name, value in claim.items() if name not in _JOINED}
        claims.setdefault(claim["question"], []).append(bare)
    return {
        **row,
        **{name: items_of(row[name]) for name in _LISTS if name in row},
        "actors": entry["actors"],
        "sources": entry["sources"],
        "questions": [
            {**_without_drawings(question), "claims": claims.get(question["id"], [])}
            for question in entry["questions"]
        ],
        "parts": entry["parts"],
    }


def _without_drawings(question: Page) -> Page:
    drawn = ("answers", "beside", "scale", "times", "can_all_be_true")
    return {name: value for name, value in question.items() if name not in drawn}


# Where sources disagree

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


async def disputed_page(datasette: "Datasette", request: "Request") -> Response:
    """Answer /disputed: the questions that sources answer differently, with their answers."""
    declaration = await declared(datasette, request)
    if declaration.table != EVENTS.name:
        raise NotFound("This chronology has no table of questions that this tool knows")
    needed = ("questions", "claims", "sources")
    permissions = [("view-table", (declaration.database, table)) for table in needed]
    await datasette.ensure_permissions(request.actor, permissions)
    db = datasette.get_database(declaration.database)
    if not await db.table_exists("questions"):
        raise NotFound("There are no questions in this chronology")
    found = await queries.different(db)
    measure = request.args.get("measure") or ""
    chosen = [one for one in found["questions"] if measure in ("", str(one["measure"]))]
    chosen.sort(key=lambda one: _group_of(one["measure"]))
    page = _page_number(request.args.get("page") or "1")
    ids = [one["id"] for one in chosen][(page - 1) * QUESTIONS_A_PAGE :][:QUESTIONS_A_PAGE]
    told = await queries.answered(db, ids)
    context = {
        "page": {
            "groups": _grouped(questions_with_answers(told["questions"], told["claims"])),
            "count": len(found["questions"]),
            "compatible": sum(1 for one in found["questions"] if _is_compatible(one)),
            "chosen": len(chosen),
            "measures": _counted(found["questions"]),
            "measure": measure,
            "first": (page - 1) * QUESTIONS_A_PAGE + 1,
            "pages": range(1, -(-len(chosen) // QUESTIONS_A_PAGE) + 1),
            "number": page,
            "late": found["late"] + told["late"],
            "missing": found["missing"] + told["missing"],
            "canonical": datasette.absolute_url(request, datasette.urls.path("disputed")),
        },
        "database": declaration.database,
        "here": "Where sources disagree",
    }
    template = "chronology/disputed.html"
    return Response.html(
        await datasette.render_template(template, context, request, view_name="disputed")
    )


def _page_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 7 and int(text)):
        raise BadRequest(f"page: {text[:60]} is no page: write 1 or more")
    return int(text)


def _is_compatible(question: Page) -> bool:
    return question["measure"] in COMPATIBLE_MEASURES


def _group_of(measure: object) -> int:
    """Return the place of a measure's group; a measure that is not known is among the others."""
    return next((n for n, (_, measures) in enumerate(_GROUPS) if measure in measures), 5)


def _grouped(questions: list[Page]) -> list[Page]:
    groups: dict[int, list[Page]] = {}
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


def _counted(questions: list[Page]) -> list[Page]:
    """Return the measures with how many of the questions ask for each, in their usual order."""
    counts: dict[str, int] = {}
    for question in questions:
        counts[str(question["measure"])] = counts.get(str(question["measure"]), 0) + 1
    order = [*MEASURES]
    known = sorted(counts, key=lambda name: order.index(name) if name in order else len(order))
    return [
        {"measure": name, "count": counts[name], "text": MEASURES.get(name, "")} for name in known
    ]


ROUTES: tuple[Route, ...] = (
    (r"^/event/(?P<id>[^/]+)\.json$", only_read(event_data)),
    (r"^/event/(?P<id>[^/]+)$", only_read(event_page)),
    (r"^/actor/(?P<id>[^/]+)$", only_read(actor_page)),
    (r"^/source/(?P<id>[^/]+)$", only_read(source_page)),
    (r"^/disputed$", only_read(disputed_page)),
)
