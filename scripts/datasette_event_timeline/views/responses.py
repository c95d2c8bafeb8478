"""What views share: answers in JSON, and addresses that are only read."""

import json
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from math import isfinite
from typing import TYPE_CHECKING, Any

from datasette.utils import CustomJSONEncoder, add_cors_headers
from datasette.utils.asgi import Base400, Response

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

Handler = Callable[["Datasette", "Request"], Awaitable[Response]]
Route = tuple[str, Handler]

ONLY_READ = "Nothing can be sent to this address: it can only be read"


class NotAllowedError(Base400):  # type: ignore[misc]
    """The method of a request means nothing at its address."""

    status = 405


def only_read(handler: Handler) -> Handler:
    """Return a view that raises NotAllowedError for a method that would send something."""

    @wraps(handler)
    async def answer(datasette: "Datasette", request: "Request") -> Response:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            raise NotAllowedError(ONLY_READ)
        return await handler(datasette, request)

    return answer


def json_answer(datasette: "Datasette", data: dict[str, Any], status: int = 200) -> Response:
    """Return an answer in JSON, open to other sites where Datasette's own are (`--cors`).

    JSON has no infinite numbers: they become texts, "inf" and "-inf".
    """
    headers: dict[str, str] = {}
    if datasette.cors:
        add_cors_headers(headers)
    write = partial(json.dumps, default=CustomJSONEncoder().default, allow_nan=False)
    try:
        text = write(data)
    except ValueError:
        text = write(_spelled(data))
    return Response(text, status, headers, content_type="application/json; charset=utf-8")


def _spelled(value: Any) -> Any:
    """Return a value with texts for all infinite numbers in it."""
    if isinstance(value, dict):
        return {name: _spelled(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled(part) for part in value]
    return str(value) if isinstance(value, float) and not isfinite(value) else value
