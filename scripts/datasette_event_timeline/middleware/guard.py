"""What stands before Datasette: addresses are looked at, large ones refused, and requests answered
from one build, in turn.

Some requests fail before Datasette has begun to answer, some have more parameters than a page
can repeat, some send what nothing here reads: all are refused at the door, in words.
"""

import math
import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack
from itertools import chain
from typing import TYPE_CHECKING, Any

from datasette.handle_exception import handle_exception
from datasette.plugins import pm
from datasette.utils.asgi import BadRequest, Base400, Request

from datasette_event_timeline.config.declared import declared_database
from datasette_event_timeline.middleware import turns
from datasette_event_timeline.middleware.asked import (
    Asked,
    bounded,
    is_of_another,
    read_asked,
    route_of,
    table_in,
)
from datasette_event_timeline.middleware.cells import count_cells
from datasette_event_timeline.middleware.refusals import is_writable
from datasette_event_timeline.middleware.sending import Answer, Outbox, StalledError
from datasette_event_timeline.serving.database import ServedDatabase, serve_builds
from datasette_event_timeline.serving.limits import limit_memory
from datasette_event_timeline.serving.worker import FileGoneError
from datasette_event_timeline.views.responses import ONLY_READ, NotAllowedError

if TYPE_CHECKING:
    from datasette.app import Datasette

Application = Callable[..., Awaitable[None]]
Scope = dict[str, Any]

# Of which build an answer is; of a database that numbers its builds.
HEADER = "Event-Timeline-Build"

_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
_SENDING = ("POST", "PUT", "PATCH", "DELETE")
_MOST_BODY_BYTES = 100_000
# As most servers have it, nginx among them.
_MOST_ADDRESS_BYTES = 8_000
# Each link of a page repeats all parameters, so that a page grows with their square.
_MOST_PARAMETERS = 200
_MOST_FACETS = 30
# The statements of a page together may take so many times what one may.
_MOST_LIMITS = 1.5


def wrap(
    application: Application,
    datasette: "Datasette",
    own_plugins: Collection[object] = (),
    functions: Sequence[str] = (),
) -> Application:
    """Return the application behind the guard; as it is where no chronology is declared.

    `own_plugins`: those whose addresses are only read; to any other's something may be sent.
    `functions`: modules that give a connection the functions of our SQL (serving/child.py).
    """
    name = declared_database(datasette)
    if name is None:
        return application
    guard = _Guard(application, datasette, name, own_plugins, functions)
    guard.database()
    return guard


class _Guard:
    """The application behind the guard."""

    def __init__(
        self,
        application: Application,
        datasette: "Datasette",
        name: str,
        own_plugins: Collection[object],
        functions: Sequence[str],
    ) -> None:
        self._application = application
        self._datasette = datasette
        self._name = name
        self._own_plugins = own_plugins
        self._functions = functions
        self._outbox = Outbox()
        # One thread for SQL stays free for pages that ask little.
        self._most_at_once = max(1, datasette.setting("num_sql_threads") - 1)
        self._turns = turns.Turns(self._most_at_once)

    def database(self) -> ServedDatabase | None:
        """Return the chronology as it is served; None if it is not, or is no file."""
        return serve_builds(self._datasette, self._name, self._functions, self._most_at_once)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            # Sent by servers alone, when they begin.
            limit_memory()
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        answer = Answer(self._outbox, send)
        try:
            await self._answer(scope, receive, answer.send)
        except (turns.BusyError, FileGoneError) as busy:
            await turns.send_busy(scope, answer.send, str(busy))
        except Base400 as refusal:
            shown = {**scope, "path": "/", "raw_path": _path_to_show(scope), "query_string": b""}
            refused = handle_exception(self._datasette, Request(shown, receive), refusal)
            await (await refused()).asgi_send(answer.send)
        except StalledError:
            # Nobody reads what could be said; the server closes the connection.
            return

    async def _answer(self, scope: Scope, receive: Any, send: Any) -> None:
        _check_bytes(scope)
        scope = bounded(scope)
        request = Request(scope, receive)
        if scope["method"] in _SENDING and not is_of_another(self._datasette, self._name, request):
            _check_address(self._datasette, self._name, request, self._own_plugins)
            receive = _bounded(receive)
        db = self.database()
        asked = await read_asked(self._datasette, self._name, request) if db else None
        count_cells()
        async with AsyncExitStack() as stack:
            if db and asked:
                if asked.takes_a_turn:
                    send = await stack.enter_async_context(self._turns.take(send))
                visit = db.visit(asked.has_sql, asked.is_page, self._most_ms(asked))
                build = await stack.enter_async_context(visit)
                send = _with_build(send, build.serial)
            await self._application(scope, receive, send)

    def _most_ms(self, asked: Asked) -> float:
        """Return what all statements of a request may take: a stream has them one after another."""
        if asked.is_stream or not asked.takes_a_turn:
            return math.inf
        return float(_MOST_LIMITS * self._datasette.setting("sql_time_limit_ms"))


def _with_build(send: Any, serial: str | None) -> Any:
    """Return a `send` of answers that say of which build they are."""
    if serial is None:
        return send

    async def send_with_build(message: Scope) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), (HEADER.lower().encode(), serial.encode())]
            message = {**message, "headers": headers}
        await send(message)

    return send_with_build


def _path_to_show(scope: Scope) -> bytes:
    """Return a path that Datasette's own page of errors can read: JSON stays JSON."""
    return b"/.json" if scope["path"].endswith(".json") else b"/"


def _check_bytes(scope: Scope) -> None:
    """Raise for what Datasette would stumble over, or make too long a page of."""
    if scope["method"] not in _METHODS:
        raise NotAllowedError("There is no such method here")
    query: bytes = scope.get("query_string") or b""
    if len(scope.get("raw_path") or b"") + len(query) > _MOST_ADDRESS_BYTES:
        raise BadRequest(f"The address is longer than {_MOST_ADDRESS_BYTES:,} bytes")
    if query.count(b"&") >= _MOST_PARAMETERS:
        raise BadRequest(f"The address has more than {_MOST_PARAMETERS} parameters: ask for less")
    if query.count(b"_facet") > _MOST_FACETS:
        raise BadRequest(f"The address asks for more than {_MOST_FACETS} facets: ask for less")
    if b"_trace" in query and scope["path"].endswith(".csv"):
        # Datasette 0.65.5 sends it as HTML, and an error in it as it is.
        raise BadRequest("_trace cannot be used with a CSV: leave it out")
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
    route = route_of(request)
    first, _, rest = route.partition("/")
    if first == "-" or is_writable(datasette, {"database": name, "table": table_in(rest)}):
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
