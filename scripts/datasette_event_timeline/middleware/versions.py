"""One version of the data per answer, though a page asks many questions of a database.

A build may be published between two of them. So the number of the build is read before
and after each answer, and where it grew the request is made again: nothing has been sent.
What is too long to hold back is sent in blocks, each known to be of the same build, and
ends with a line that says so when the next would not be. An answer that comes
whole is refused if it is too large to wait in memory until it has been read.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import BadRequest

from datasette_event_timeline.config import declared_database
from datasette_event_timeline.middleware.shares import send_busy
from datasette_event_timeline.queries.cache import reading, serial_of

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

Application = Callable[..., Awaitable[None]]
Message = dict[str, Any]

HEADER = "Event-Timeline-Build"
# Of an answer that is sent in parts. One that comes whole is in memory anyway.
MOST_HELD_BYTES = 1_000_000
MOST_WHOLE_BYTES = 32_000_000
MOST_ATTEMPTS = 5

# Datasette's and plugins' own addresses, where nothing is read from the chronology.
_OTHERWISE = ("/-/", "/favicon.ico")
_BUSY = "The data is being published again and again just now: try once more in a moment"
# No comma and no quotation mark: one cell of a CSV, and plain in a text.
_BROKEN_OFF = (
    "Error: the data was published anew while this was being sent: "
    "what is above is of build {} and not all of it: ask for it again\r\n"
)


class ChangedError(Exception):
    """The data changed while an answer was sent that has no line to say so in."""


def wrap(application: Application, datasette: "Datasette") -> Application:
    """Return the application so that each answer is of one build, and says of which.

    Where no chronology is declared it is returned as it is; of a database that does not
    number its builds, answers are as before.
    """
    name = declared_database(datasette)
    if name is None:
        return application
    chronology = _Chronology(datasette, name)

    async def with_one_version(scope: Message, receive: Any, send: Any) -> None:
        if not chronology.is_read_by(scope):
            await application(scope, receive, send)
            return
        for _attempt in range(MOST_ATTEMPTS):
            build = await chronology.read_build()
            if build is None:
                await application(scope, receive, send)
                return
            answer = _Answer(chronology, build, send)
            with reading(chronology.db, build):
                if await answer.send_from(application, scope, receive):
                    return
        await send_busy(scope, send, _BUSY)

    return with_one_version


@dataclass(frozen=True)
class _Chronology:
    """The database that metadata declares, and the addresses that read from it."""

    datasette: "Datasette"
    name: str

    def is_read_by(self, scope: Message) -> bool:
        """Tell whether a request may read the database: neither a file nor another database."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return False
        path = self._path(scope)
        mounts = [f"/{mount.strip('/')}/" for mount, _folder in self.datasette.static_mounts]
        if path.startswith((*_OTHERWISE, *mounts)):
            return False
        others = {db.route for name, db in self.datasette.databases.items() if name != self.name}
        return tilde_decode(path.split("/")[1].partition(".")[0]) not in others

    def _path(self, scope: Message) -> str:
        """Return the address as it was sent, without the prefix."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8")
        path = raw.decode("latin-1").partition("?")[0]
        return "/" + path.removeprefix(self.datasette.setting("base_url")).lstrip("/")

    @property
    def db(self) -> "Database | None":
        found: Database | None = self.datasette.databases.get(self.name)
        return found

    async def read_build(self) -> str | None:
        """Return the number of the build that is read from now on; None if it has none."""
        return None if self.db is None else await serial_of(self.db)


class _Answer:
    """An attempt at an answer: what the application says, held back until it is of one build."""

    def __init__(self, chronology: _Chronology, build: str, send: Any) -> None:
        self._chronology = chronology
        self._build = build
        self._send = send
        self._held: list[Message] = []
        self._held_bytes = 0
        self._takes_a_line = False
        self._has_begun = False
        self._is_over = False
        self._is_too_large = False

    async def send_from(self, application: Application, scope: Message, receive: Any) -> bool:
        """Have the application answer; False if it has to be asked again.

        Raises ChangedError to break off what was half sent and takes no line, BadRequest for
        what is too large to be sent.
        """
        with suppress(ChangedError):
            await application(dict(scope), receive, self._take)
            if self._is_too_large:
                most = MOST_WHOLE_BYTES // 1_000_000
                raise BadRequest(f"The answer is larger than {most} MB: ask for less")
            await self._pass_on()
        if not self._is_over:
            return True
        if not self._has_begun:
            return False
        await self._break_off()
        return True

    async def _take(self, message: Message) -> None:
        if self._is_over:
            # Datasette reports an error in a stream by writing it there.
            return
        if message["type"] == "http.response.start":
            message = self._described(message)
        self._held.append(message)
        self._held_bytes += len(message.get("body", b""))
        if not self._has_begun and self._held_bytes > MOST_WHOLE_BYTES:
            self._is_too_large = not message.get("more_body")
        if message.get("more_body") and self._held_bytes > MOST_HELD_BYTES:
            await self._pass_on()

    def _described(self, message: Message) -> Message:
        given = list(message.get("headers", ()))
        names = {name.lower(): value for name, value in given}
        kind = names.get(b"content-type", b"")
        self._takes_a_line = kind.startswith((b"text/csv", b"text/plain")) and not (
            names.keys() & {b"content-length", b"content-encoding"}
        )
        return {**message, "headers": [*given, (HEADER.lower().encode(), self._build.encode())]}

    async def _pass_on(self) -> None:
        """Send what is held; raises ChangedError if it may be of more than one build."""
        if self._is_over or await self._chronology.read_build() != self._build:
            self._is_over = True
            self._held.clear()
            raise ChangedError(f"the data was published anew while build {self._build} was read")
        for message in self._held:
            self._has_begun = True
            await self._send(message)
        self._held.clear()
        self._held_bytes = 0

    async def _break_off(self) -> None:
        if not self._takes_a_line:
            raise ChangedError(f"an answer of build {self._build} was broken off: a new one is out")
        line = _BROKEN_OFF.format(self._build).encode()
        await self._send({"type": "http.response.body", "body": line, "more_body": False})
