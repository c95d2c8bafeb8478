"""The site's style sheets, at an address of their own.

Datasette serves the folder `static` of only one plugin of a distribution: that of the timeline.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from datasette.utils.asgi import NotFound, Response

from datasette_event_timeline.views.responses import Route, only_read

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

_FOLDER = Path(__file__).parent / "assets"
_PATH = "-/event-timeline/"
_CONTENT_TYPES = {".css": "text/css; charset=utf-8"}
# A file that changes has another digest in its address.
_FOREVER = "max-age=31536000, immutable"


@dataclass(frozen=True)
class _Asset:
    text: str
    digest: str
    content_type: str


@cache
def _assets() -> dict[str, _Asset]:
    return {path.name: _read(path) for path in _FOLDER.iterdir() if path.suffix in _CONTENT_TYPES}


def _read(path: Path) -> _Asset:
    text = path.read_text("utf-8")
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]
    return _Asset(text, digest, _CONTENT_TYPES[path.suffix])


def asset_url(datasette: "Datasette", file: str) -> str:
    """Return the address of a file, new whenever the file is."""
    return f"{datasette.urls.path(f'{_PATH}{file}')}?{_assets()[file].digest}"


async def asset(datasette: "Datasette", request: "Request") -> Response:
    """Answer /-/event-timeline/<file>, to be kept for ever if its digest stands in the address."""
    found = _assets().get(request.url_vars["file"])
    if found is None:
        raise NotFound("There is no such file")
    is_named = request.query_string == found.digest
    headers = {"cache-control": _FOREVER} if is_named else {}
    return Response(found.text, 200, headers, content_type=found.content_type)


ROUTES: tuple[Route, ...] = ((rf"^/{_PATH}(?P<file>[^/]+)$", only_read(asset)),)
