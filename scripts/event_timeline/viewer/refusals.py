"""What a visitor asks that the database cannot answer is a bad request, and is told why."""

import sqlite3
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING

from datasette.database import QueryInterrupted
from datasette.utils.asgi import BadRequest, Response

from event_timeline.problems import shorten

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

Handler = Callable[["Datasette", "Request"], Awaitable[Response]]


def refusing(handler: Handler) -> Handler:
    """Return a handler that answers 400 where SQLite fails on what the address asks for.

    Where the address asks for nothing the failure is not the visitor's, and stays one.
    """

    @wraps(handler)
    async def answer(datasette: "Datasette", request: "Request") -> Response:
        try:
            return await handler(datasette, request)
        except QueryInterrupted:
            limit = datasette.setting("sql_time_limit_ms")
            raise BadRequest(
                f"This takes longer than the {limit:,} ms that this site allows: ask for less"
            ) from None
        except sqlite3.Error as error:
            if not request.query_string:
                raise
            raise BadRequest(f"SQLite cannot answer this: {shorten(str(error), 200)}") from None

    return answer
