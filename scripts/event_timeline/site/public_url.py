"""Where the site is public, for whatever prints an address: scheme, host and prefix.

Behind a proxy, the header Host is what the proxy or the visitor wrote. With `public_url` in
metadata, every request carries the public scheme and host instead, so that Datasette's addresses
and ours (canonical links, citations, JSON-LD, `next_url`) are the public ones.

Datasette adds `base_url` to the address of a request to make links of it, as if a proxy had taken
it away. We take it away, so that links are right whether a proxy does or not.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any

from datasette_event_timeline.config.declared import DeclarationError, declared_database, settings

if TYPE_CHECKING:
    from datasette.app import Datasette

Application = Callable[..., Awaitable[None]]

_PUBLIC_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]+)?)(?P<path>/[^?#\s]*)?",
    re.IGNORECASE,
)


def read_public_url(datasette: "Datasette") -> tuple[str, str] | None:
    """Return the scheme and the host of the setting public_url; None where there is none.

    Raises DeclarationError for what is no address of a site, or has another path than base_url.
    """
    given = settings(datasette).get("public_url")
    if given is None:
        return None
    found = _PUBLIC_URL.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        raise DeclarationError(
            f"public_url: {given!r} is no address of a site: write one such as "
            "https://example.org, with http or https, without ? and #"
        )
    base_url: str = datasette.setting("base_url")
    if (found["path"] or "/").strip("/") not in ("", base_url.strip("/")):
        raise DeclarationError(
            f"public_url: its path is {found['path']}, but the setting base_url is {base_url}: "
            "serve with the same base_url"
        )
    return found["scheme"].lower(), found["host"]


def check_prefix(datasette: "Datasette") -> None:
    """Raise DeclarationError where base_url begins as the addresses of a database do."""
    prefix: str = datasette.setting("base_url")
    for name, db in datasette.databases.items():
        if prefix.startswith(f"/{db.route}/"):
            raise DeclarationError(
                f"base_url: {prefix} begins with the name of the database {name}, so that the "
                "two cannot be told apart: choose another prefix, or rename the database"
            )


def wrap(application: Application, datasette: "Datasette") -> Application:
    """Return the application, told the public scheme and host, and each address without base_url.

    As it is where no chronology is declared.
    """
    if declared_database(datasette) is None:
        return application
    public = read_public_url(datasette)
    prefix: str = datasette.setting("base_url")

    async def with_public_url(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        scope = _without(prefix, scope)
        if public is not None:
            scheme, host = public
            headers = [pair for pair in scope["headers"] if pair[0] != b"host"]
            headers.append((b"host", host.encode("ascii")))
            scope = {**scope, "scheme": scheme, "headers": headers}

        async def send_redirects_with_prefix(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*_located(prefix, message.get("headers", ()))]}
            await send(message)

        await application(scope, receive, send_redirects_with_prefix)

    return with_public_url


def _without(prefix: str, scope: dict[str, Any]) -> dict[str, Any]:
    """Return the scope of a request as if a proxy had taken the prefix away."""
    if not scope["path"].startswith(prefix):
        return scope
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
    return {
        **scope,
        "path": "/" + scope["path"].removeprefix(prefix),
        "raw_path": b"/" + raw.removeprefix(prefix.encode("ascii")),
    }


def _located(prefix: str, headers: Any) -> Iterator[tuple[bytes, bytes]]:
    """Yield headers, with the prefix on a redirect: Datasette's from /table/ has none."""
    for name, value in headers:
        if name.lower() == b"location" and value.startswith(b"/"):
            value = prefix.encode("ascii") + value.removeprefix(prefix.encode("ascii")).lstrip(b"/")
        yield name, value
