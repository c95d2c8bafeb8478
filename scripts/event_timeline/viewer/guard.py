"""What is looked at in a request before Datasette reads it.

Some requests fail before Datasette has begun to answer, some have more parameters than a page
can repeat, and some statements could not be stopped once they run: all are refused at the door,
in words. Statements that may run take turns (shares.py).
"""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from datasette.handle_exception import handle_exception
from datasette.utils import escape_sqlite, tilde_decode
from datasette.utils.asgi import BadRequest, Base400, Request

from event_timeline.viewer import limits, shares
from event_timeline.viewer.declaration import declared_database, settings
from event_timeline.viewer.refusals import NotAllowedError

if TYPE_CHECKING:
    from datasette.app import Datasette

Application = Callable[..., Awaitable[None]]
Scope = dict[str, Any]

_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
_MOST_QUERY_BYTES = 60_000
# Each link of a page repeats all parameters, so that a page grows with their square.
_MOST_PARAMETERS = 200
_MOST_FACETS = 30


def wrap(application: Application, datasette: "Datasette") -> Application:
    """Return the application behind the guard; as it is where no chronology is declared."""
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
        try:
            _check_bytes(scope)
            statements = _statements(datasette, name, Request(scope, receive))
            async with turns.take(send) if statements else nullcontext(send) as send_on:
                await _check_sql(datasette, name, statements)
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


async def _check_sql(datasette: "Datasette", name: str, statements: list[str]) -> None:
    """Raise BadRequest for SQL in the address that one row of could take too long."""
    db = datasette.databases.get(name)
    for sql in statements if db is not None else ():
        try:
            await db.execute_fn(lambda connection, sql=sql: _check(connection, sql))
        except ValueError as error:
            raise BadRequest(str(error)) from None
        except MemoryError:
            raise BadRequest("This takes more memory than this site allows: ask for less") from None


def _check(connection: sqlite3.Connection, sql: str) -> None:
    limits.check_statement(connection, sql)


def _statements(datasette: "Datasette", name: str, request: Request) -> list[str]:
    """Return the statements of the chronology that a request writes, or writes a part of."""
    if not request.query_string:
        return []
    first, _, table = _route(datasette, request).partition("/")
    others = {db.route for other, db in datasette.databases.items() if other != name}
    if first.startswith("-") or tilde_decode(first.partition(".")[0]) in others:
        return []
    given: list[str] = request.args.getlist("sql")[:1]
    where = request.args.getlist("_where")
    if where:
        table = tilde_decode(table.partition("/")[0].removesuffix(".json").removesuffix(".csv"))
        table = table or settings(datasette).get("table", "events")
        conditions = " and ".join(f"({condition})" for condition in where)
        # Compiled on a connection that can only read, and never run.
        given.append(f"select 1 from {escape_sqlite(table)} where {conditions}")  # noqa: S608
    return given


def _route(datasette: "Datasette", request: Request) -> str:
    """Return the path of a request without the prefix and the slash it begins with."""
    path: str = request.path
    return path.removeprefix(datasette.setting("base_url")).lstrip("/")
