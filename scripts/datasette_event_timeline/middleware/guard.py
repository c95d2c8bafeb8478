"""What is looked at in a request before Datasette reads it.

Some requests fail before Datasette has begun to answer, some have more parameters than a page
can repeat, some send what nothing here reads, and some statements could not be stopped once they
run: all are refused at the door, in words. Statements that may run take turns (shares.py).
"""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from contextlib import closing, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from datasette.handle_exception import handle_exception
from datasette.plugins import pm
from datasette.utils import escape_sqlite, tilde_decode
from datasette.utils.asgi import BadRequest, Base400, Forbidden, Request

from datasette_event_timeline.config import declared_database, declared_table
from datasette_event_timeline.middleware import limits, shares
from datasette_event_timeline.middleware.refusals import is_writable, of_sqlite
from datasette_event_timeline.permissions import hidden_tables
from datasette_event_timeline.views.responses import ONLY_READ, NotAllowedError

if TYPE_CHECKING:
    from datasette.app import Datasette

Application = Callable[..., Awaitable[None]]
Scope = dict[str, Any]

_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
_SENDING = ("POST", "PUT", "PATCH", "DELETE")
_MOST_BODY_BYTES = 100_000
_MOST_QUERY_BYTES = 60_000
# Each link of a page repeats all parameters, so that a page grows with their square.
_MOST_PARAMETERS = 200
_MOST_FACETS = 30


def wrap(
    application: Application, datasette: "Datasette", own_plugins: Collection[object] = ()
) -> Application:
    """Return the application behind the guard; as it is where no chronology is declared.

    `own_plugins`: those whose addresses are only read; to any other's something may be sent.
    """
    name = declared_database(datasette)
    if name is None:
        return application
    turns = shares.Turns(datasette.setting("num_sql_threads"))

    async def guarded(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            # Sent by servers alone, when they begin.
            limits.limit_memory()
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        send = partial(shares.send_in_pieces, send)
        try:
            _check_bytes(scope)
            request = Request(scope, receive)
            if scope["method"] in _SENDING and not _is_of_another(datasette, name, request):
                _check_address(datasette, name, request, own_plugins)
                receive = _bounded(receive)
            written = _written(datasette, name, request)
            async with turns.take(send) if written else nullcontext(send) as send_on:
                if written:
                    await _check_sql(datasette, name, written)
                await application(scope, receive, _last_begun(send_on))
        except shares.BusyError as busy:
            await shares.send_busy(scope, send, str(busy))
        except Base400 as refusal:
            shown = {**scope, "path": "/", "raw_path": _path_to_show(scope), "query_string": b""}
            answer = handle_exception(datasette, Request(shown, receive), refusal)
            await (await answer()).asgi_send(send)

    return guarded


def _last_begun(send: Any) -> Any:
    """Return a `send` of one answer, where Datasette begins two.

    That a value is no blob it finds out when it has begun to send it, and answers that then.
    """
    begun: list[dict[str, Any]] = []

    async def send_last(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            begun[:] = [message]
            return
        for start in begun:
            await send(start)
        begun.clear()
        await send(message)

    return send_last


def _path_to_show(scope: Scope) -> bytes:
    """Return a path that Datasette's own page of errors can read: JSON stays JSON."""
    return b"/.json" if scope["path"].endswith(".json") else b"/"


def _check_bytes(scope: Scope) -> None:
    """Raise for what Datasette would stumble over, or make too long a page of."""
    if scope["method"] not in _METHODS:
        raise NotAllowedError("There is no such method here")
    query: bytes = scope.get("query_string") or b""
    if len(query) > _MOST_QUERY_BYTES:
        raise BadRequest(f"The address is longer than {_MOST_QUERY_BYTES:,} bytes")
    if query.count(b"&") >= _MOST_PARAMETERS:
        raise BadRequest(f"The address has more than {_MOST_PARAMETERS} parameters: ask for less")
    if query.count(b"_facet") > _MOST_FACETS:
        raise BadRequest(f"The address asks for more than {_MOST_FACETS} facets: ask for less")
    if not (scope.get("raw_path") or b"").isascii():
        raise BadRequest("The address is not encoded: write %C3%A9 for é")
    for header, value in scope.get("headers") or ():
        if header.lower() == b"cookie" and not _is_utf8(value):
            raise BadRequest("The header Cookie is not UTF-8")


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


# What is sent


class TooLongError(Base400):  # type: ignore[misc]
    """What is sent has more bytes than any form of Datasette's."""

    status = 413


def _check_address(
    datasette: "Datasette", name: str, request: Request, own_plugins: Collection[object]
) -> None:
    """Raise NotAllowedError where nothing can be sent: Datasette would read it all first."""
    route = _route(datasette, request)
    first, _, rest = route.partition("/")
    if first == "-" or is_writable(datasette, {"database": name, "table": _name(rest)}):
        return
    if not _is_of_another_plugin(datasette, f"/{route}", own_plugins):
        raise NotAllowedError(ONLY_READ)


def _is_of_another_plugin(
    datasette: "Datasette", path: str, own_plugins: Collection[object]
) -> bool:
    """Tell whether a plugin that is none of ours answers at an address."""
    register_routes = pm.subset_hook_caller("register_routes", own_plugins)
    routes = chain.from_iterable(register_routes(datasette=datasette))
    return any(re.match(address, path) for address, _ in routes)


def _bounded(receive: Any) -> Any:
    """Return a `receive` that raises TooLongError for a body that is too long to be held."""
    received = 0

    async def receive_some() -> Any:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > _MOST_BODY_BYTES:
            raise TooLongError(f"More than {_MOST_BODY_BYTES:,} bytes were sent: send less")
        return message

    return receive_some


# SQL of visitors


@dataclass(frozen=True)
class _Written:
    """What a visitor writes in SQL, and the tables that conditions may be of."""

    statements: list[str]
    conditions: list[str]
    tables: list[str]


def _written(datasette: "Datasette", name: str, request: Request) -> _Written | None:
    """Return what a request asks of the chronology in SQL, None if nothing.

    Raises BadRequest for SQL whose values were to be read as JSON: that takes memory without
    bound, on the loop that serves everybody.
    """
    if not request.query_string or _is_of_another(datasette, name, request):
        return None
    first, _, rest = _route(datasette, request).partition("/")
    statements: list[str] = request.args.getlist("sql")[:1]
    conditions: list[str] = request.args.getlist("_where")
    if first.startswith("-") or not (statements or conditions):
        return None
    if "_json" in request.args:
        raise BadRequest("_json: not together with SQL: leave it out")
    return _Written(statements, conditions, [_name(rest), declared_table(datasette)])


async def _check_sql(datasette: "Datasette", name: str, written: _Written) -> None:
    """Raise Base400 for SQL that one row of could take too long, or that is no condition."""
    db = datasette.databases.get(name)
    if db is None:
        return
    try:
        await db.execute_fn(lambda connection: _check(connection, written))
    except ValueError as error:
        raise BadRequest(str(error)) from None
    except MemoryError:
        raise BadRequest("This takes more memory than this site allows: ask for less") from None
    except (sqlite3.Error, sqlite3.Warning) as error:
        if await _may_ask(datasette, name, written.tables):
            raise of_sqlite(error) from None
        # Why would tell what columns there are.
        raise Forbidden("_where= is not allowed") from None


async def _may_ask(datasette: "Datasette", name: str, tables: list[str]) -> bool:
    """Tell whether a stranger may write SQL, and see the tables."""
    allowed = await datasette.permission_allowed(None, "execute-sql", resource=name, default=True)
    return allowed and not await hidden_tables(datasette, None, name, tables)


def _check(connection: sqlite3.Connection, written: _Written) -> None:
    for sql in written.statements:
        limits.check_statement(connection, sql)
    there = "select name from sqlite_master where type in ('table', 'view')"
    names = {name for (name,) in connection.execute(there)}
    table = next((table for table in written.tables if table in names), None)
    if written.conditions and table is not None:
        _check_conditions(connection, escape_sqlite(table), written.conditions)


def _check_conditions(connection: sqlite3.Connection, table: str, conditions: list[str]) -> None:
    """Raise for what takes too long together, or is not one expression each.

    Datasette writes them one after the other, without brackets. What compiles both in brackets
    and where none are open neither closes brackets nor leaves a comment open: it means the same
    wherever it stands. Nothing of this runs: it is compiled.
    """
    # Beside constants SQLite leaves out what it can; beside a value it does not know, nothing.
    beside = ", ".join(f"(:_ and {condition} and :_)" for condition in conditions)
    joined = " and ".join(f"({condition})" for condition in conditions)
    where = f"select 1 from {table} where"  # noqa: S608
    together = [f"{where} {joined}", f"select {beside} from {table}"]  # noqa: S608
    for sql in together:
        limits.check_statement(connection, sql)
    alone = [
        f"{where} {form}"
        for condition in conditions
        for form in (f"({condition})", f"case when {condition} then 1 end")
    ]
    for sql in [*alone, *together]:
        with closing(connection.execute(f"explain {sql}", defaultdict(lambda: None))):
            pass


# Addresses


def _is_of_another(datasette: "Datasette", name: str, request: Request) -> bool:
    """Tell whether an address is that of a database that is not the chronology."""
    first = _route(datasette, request).partition("/")[0]
    others = {db.route for other, db in datasette.databases.items() if other != name}
    return tilde_decode(first.partition(".")[0]) in others


def _name(rest: str) -> str:
    """Return the table, or the query, that stands behind the database in an address.

    Whatever stands behind a dot Datasette takes for a format; a dot in a name is encoded.
    """
    return str(tilde_decode(re.sub(r"\.\w+$", "", rest.partition("/")[0])))


def _route(datasette: "Datasette", request: Request) -> str:
    """Return the path of a request without the prefix and the slash it begins with."""
    path: str = request.path
    return path.removeprefix(datasette.setting("base_url")).lstrip("/")
