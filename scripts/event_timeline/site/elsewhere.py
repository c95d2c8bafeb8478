"""Requests for other databases than the chronology's: the site leaves them as they are."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request

from datasette_event_timeline.middleware.asked import is_of_another

if TYPE_CHECKING:
    from datasette.app import Datasette

_Application = Callable[..., Awaitable[None]]

_in_chronology: ContextVar[bool] = ContextVar("in_chronology", default=True)


def in_chronology() -> bool:
    """Tell whether the request that is answered is for the chronology, or for the whole site."""
    return _in_chronology.get()


def wrap(
    of_the_site: _Application, plain: _Application, datasette: "Datasette", name: str
) -> _Application:
    """Return an application that answers by another: by `plain` for a database of another name."""

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        is_http = scope["type"] == "http"
        is_here = not (is_http and is_of_another(datasette, name, Request(scope, receive)))
        token = _in_chronology.set(is_here)
        try:
            await (of_the_site if is_here else plain)(scope, receive, send)
        finally:
            _in_chronology.reset(token)

    return answer
