"""The site's public address, for whatever prints an absolute address.

Behind a proxy, the header Host is what the proxy or the visitor wrote. With `public_url` in
metadata, every request carries the public scheme and host instead, so that Datasette's addresses
and ours (canonical links, citations, JSON-LD, `next_url`) are the public ones.
"""

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from datasette_event_timeline.config import DeclarationError, settings

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


def wrap(application: Application, datasette: "Datasette") -> Application:
    """Return the application, told the public scheme and host of each request if they are set."""
    public = read_public_url(datasette)
    if public is None:
        return application
    scheme, host = public

    async def with_public_url(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = [pair for pair in scope["headers"] if pair[0] != b"host"]
            headers.append((b"host", host.encode("ascii")))
            scope = {**scope, "scheme": scheme, "headers": headers}
        await application(scope, receive, send)

    return with_public_url
