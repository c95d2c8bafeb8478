"""What a request asks of the chronology, read from its address before Datasette reads it."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils import tilde_decode
from datasette.utils.asgi import BadRequest, Request

from datasette_event_timeline.serving.statement import MOST_PAGE_ROWS

if TYPE_CHECKING:
    from datasette.app import Datasette

Scope = dict[str, Any]

_MOST_FACET_VALUES = 100
# SQLite may try a pattern at every place of a text, and looks at no clock meanwhile.
_PATTERNS = ("like", "notlike", "glob", "contains", "startswith", "endswith")
# Python reads no number of thousands of digits.
_LONGEST_NUMBER = 10
# Datasette 0.65.5 looks for comments in SQL in a time that grows with the square of such a run.
_MANY_BLANKS = re.compile(r"\s{101}")
# The timeline of a table, with the name of its database.
_TIMELINE = re.compile(r"-/timeline/([^/]+)/")
_FORMAT = re.compile(r"\.(\w+)$")


@dataclass(frozen=True)
class Asked:
    """What a request asks of the chronology.

    `has_sql`: a visitor wrote a part of the SQL. `takes_a_turn`: it is one of Datasette's own
    pages, the timeline of any table, or has SQL; any filter and any facet can be asked for
    there. `is_page`: the answer
    to a query, in HTML.
    """

    has_sql: bool
    takes_a_turn: bool
    is_page: bool
    is_stream: bool


async def read_asked(datasette: "Datasette", name: str, request: Request) -> Asked | None:
    """Return what is asked of the chronology; None for the address of anything else.

    Raises BadRequest for SQL whose values were to be read as JSON, which takes memory without
    bound, and for SQL with many blanks in a row: both on the loop that serves everybody.
    """
    if _TIMELINE.match(route_of(request)) and not is_of_another(datasette, name, request):
        return Asked(_has_parts(request), takes_a_turn=True, is_page=False, is_stream=False)
    first, _, rest = route_of(request).partition("/")
    files = {"-", "favicon.ico", *(mount.strip("/") for mount, _ in datasette.static_mounts)}
    if first in files or is_of_another(datasette, name, request):
        return None
    is_datasettes = tilde_decode(first.partition(".")[0]) == datasette.databases[name].route
    table = table_in(rest) if is_datasettes else ""
    query = await datasette.get_canned_query(name, table, None) if table else None
    is_query = query is not None or "sql" in request.args
    has_sql = (is_query and not (query or {}).get("write")) or _has_parts(request)
    if "_json" in request.args and ("sql" in request.args or "_where" in request.args):
        raise BadRequest("_json: not together with SQL: leave it out")
    if _MANY_BLANKS.search(request.args.get("sql") or ""):
        raise BadRequest("sql: more than 100 blanks in a row: write fewer")
    is_page = is_datasettes and is_query and _is_html(request.path)
    return Asked(has_sql, is_datasettes or has_sql, is_page, "_stream" in request.args)


def _has_parts(request: Request) -> bool:
    """Tell whether a visitor wrote a part of the SQL of a table, or a pattern for it."""
    arguments = request.args
    if "_where" in arguments or arguments.get("_searchmode") == "raw":
        return True
    return any(key.rpartition("__")[2] in _PATTERNS for key in arguments if "__" in key)


def bounded(scope: Scope) -> Scope:
    """Return a request that asks for no more rows on a page, or values of a facet, than we show.

    Datasette's own links ask for "max".
    """
    query: bytes = scope.get("query_string") or b""
    if b"_size" not in query:
        return scope
    most = {"_facet_size": _MOST_FACET_VALUES}
    if _is_html(scope["path"]):
        most["_size"] = MOST_PAGE_ROWS
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    fewer = [(key, _at_most(most[key], value) if key in most else value) for key, value in pairs]
    if fewer == pairs:
        return scope
    return {**scope, "query_string": urlencode(fewer, encoding="latin-1").encode("latin-1")}


def _is_html(path: str) -> bool:
    return not _FORMAT.search(path)


def _at_most(most: int, value: str) -> str:
    is_number = value.isascii() and value.isdigit()
    is_more = value == "max" or (is_number and int(value[:_LONGEST_NUMBER]) > most)
    return str(most) if is_more else value


def is_of_another(datasette: "Datasette", name: str, request: Request) -> bool:
    """Tell whether an address is that of a database that is not the chronology."""
    of_table = _TIMELINE.match(route_of(request))
    if of_table:
        return bool(tilde_decode(of_table[1]) != name)
    first = route_of(request).partition("/")[0]
    others = {db.route for other, db in datasette.databases.items() if other != name}
    return tilde_decode(first.partition(".")[0]) in others


def table_in(rest: str) -> str:
    """Return the table, or the query, that stands behind the database in an address.

    Whatever stands behind a dot Datasette takes for a format; a dot in a name is encoded.
    """
    return str(tilde_decode(_FORMAT.sub("", rest.partition("/")[0])))


def route_of(request: Request) -> str:
    """Return the path of a request, which has no prefix any more, without the slashes before it."""
    path: str = request.path
    return path.lstrip("/")
