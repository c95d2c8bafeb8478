"""Headers that say what a page of the site may load, tell and be shown in.

By kind of page. Our own pages run our own scripts and nothing else. On Datasette's
tables and queries stands datasette-vega, which writes styles into the page and makes
functions of texts; its other pages write a script into the page, no more. What is not a
page loads nothing. No page loads anything from another host.

What another plugin has said of a header stays as it is. Of a policy for content both are
sent, and browsers then allow what both allow: ours makes none looser, nor is it loosened.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request

from datasette_event_timeline.config.declared import declared_database, embedders
from datasette_event_timeline.queries.filters import wants_embedding

if TYPE_CHECKING:
    from datasette.app import Datasette

Application = Callable[..., Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_OWN_PAGE = re.compile(r"/timeline|/-/timeline/.+")
_TABLE_OR_QUERY = re.compile(r"/[^/]+/[^/]+")
_DATABASE = re.compile(r"/[^/]+")
_FILE = re.compile(r"\.(?:csv|json|jsono|blob)$")
# Addresses of Datasette itself that look like those of a table.
_DATASETTE = "/-/"

_EVERYWHERE = {
    b"x-content-type-options": b"nosniff",
    # As Datasette has it where it says so: nobody is told what a reader read before.
    b"referrer-policy": b"no-referrer",
    b"permissions-policy": b", ".join(
        feature + b"=()"
        for feature in (
            b"accelerometer",
            b"camera",
            b"display-capture",
            b"geolocation",
            b"gyroscope",
            b"magnetometer",
            b"microphone",
            b"midi",
            b"payment",
            b"usb",
        )
    ),
}


def policy(scripts: str = "", styles: str = "", framed_by: str = "'none'") -> str:
    """Return the Content-Security-Policy of a page, with what more it needs."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self'{scripts}",
            f"style-src 'self'{styles}",
            "img-src 'self' data:",
            "connect-src 'self'",
            "font-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {framed_by}",
        )
    )


_TABLE_POLICY = policy(" 'unsafe-inline' 'unsafe-eval'", " 'unsafe-inline'")
_CORE_POLICY = policy(" 'unsafe-inline'", " 'unsafe-inline'")
# A file read by itself; when a page has loaded it, the page's own policy holds.
_FILE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def wrap(
    application: Application, datasette: "Datasette", own_page: re.Pattern[str] = _OWN_PAGE
) -> Application:
    """Return the application with these headers, or as it is where no chronology is declared.

    `own_page` matches the addresses of pages that run our own scripts and nothing else.
    """
    if declared_database(datasette) is None:
        return application

    async def with_headers(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return

        async def send_with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                added = _missing(given, scope, datasette, own_page)
                message = {**message, "headers": [*given, *added]}
            await send(message)

        await application(scope, receive, send_with_headers)

    return with_headers


def _missing(
    given: Headers, scope: dict[str, Any], datasette: "Datasette", own_page: re.Pattern[str]
) -> Iterator[Any]:
    """Yield the headers to add to those given, as pairs of name and value."""
    names = {name.lower(): value for name, value in given}
    is_page = names.get(b"content-type", b"").lstrip().lower().startswith(b"text/html")
    framed_by = _framed_by(scope, datasette) if is_page else "'none'"
    content = _FILE_POLICY
    if is_page:
        is_own = own_page.fullmatch(_path(scope))
        content = policy(framed_by=framed_by) if is_own else _policy_of_others(scope)
    # Twice if another plugin sent one: browsers then hold to both.
    yield b"content-security-policy", content.encode("ascii")
    wanted = dict(_EVERYWHERE)
    if framed_by == "'none'":
        wanted[b"x-frame-options"] = b"DENY"
    for name, value in wanted.items():
        if name not in names:
            yield name, value


def _policy_of_others(scope: dict[str, Any]) -> str:
    """Return the policy of a page of Datasette's."""
    path = _path(scope)
    if _FILE.search(path):
        # An error in words: it needs no script.
        return policy()
    if path.startswith(_DATASETTE):
        return _CORE_POLICY
    is_query = _DATABASE.fullmatch(path) and "sql" in Request(scope, None).args
    return _TABLE_POLICY if is_query or _TABLE_OR_QUERY.fullmatch(path) else _CORE_POLICY


def _framed_by(scope: dict[str, Any], datasette: "Datasette") -> str:
    """Return who may show the page in a frame: those the operator names, and /timeline alone."""
    if _path(scope) == "/timeline" and wants_embedding(Request(scope, None)):
        return " ".join(embedders(datasette)) or "'none'"
    return "'none'"


def _path(scope: dict[str, Any]) -> str:
    """Return the address as Datasette routes it: as it was sent, where the prefix is gone."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    return raw.decode("latin-1").partition("?")[0]
