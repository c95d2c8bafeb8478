"""CSV for spreadsheets: `_excel=1` beside any CSV of Datasette's, all rows and all filters.

A spreadsheet takes a cell that begins with a sign of a formula for one, and runs it; and
without a byte order mark it reads UTF-8 as something else. So this CSV has the mark, and an
apostrophe before such cells, numbers excepted. Without the parameter a CSV stays exact.
"""

import codecs
import csv
import io
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request

from datasette_event_timeline.config.declared import declared_database
from datasette_event_timeline.serving.limits import LARGEST_VALUE_BYTES

if TYPE_CHECKING:
    from datasette.app import Datasette

Application = Callable[..., Awaitable[None]]
Message = dict[str, Any]

PARAMETER = "_excel"
# Datasette sends a row at a time; a few dozen together are disarmed as fast as one.
_LEAST_CHARACTERS = 50_000
# https://owasp.org/www-community/attacks/CSV_Injection, and the wide forms that count as these.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def wrap(application: Application, datasette: "Datasette") -> Application:
    """Return the application so that it answers `_excel=1`; as it is where nothing is declared."""
    if declared_database(datasette) is None:
        return application

    async def with_spreadsheets(scope: Message, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not _asks(scope):
            await application(scope, receive, send)
            return
        await application(scope, receive, _Spreadsheet(scope, send).take)

    return with_spreadsheets


def _asks(scope: Message) -> bool:
    request = Request(scope, None)
    return request.path.endswith(".csv") and request.args.get(PARAMETER) not in (None, "", "0")


class _Spreadsheet:
    """Passes on an answer; if it is a CSV, as a file for spreadsheets, row by row."""

    def __init__(self, scope: Message, send: Any) -> None:
        self._send = send
        self._file = scope["path"].rpartition("/")[2]
        self._is_csv = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._left = _BOM
        self._disarm = _Disarmer()

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = self._described(message)
        elif self._is_csv and message["type"] == "http.response.body":
            is_last = not message.get("more_body")
            text = self._decoder.decode(message.get("body", b""), is_last)
            disarmed = self._left + self._disarm.rows(text, is_last)
            self._left = ""
            message = {**message, "body": disarmed.encode("utf-8")}
        await self._send(message)

    def _described(self, message: Message) -> Message:
        given = [(name.lower(), value) for name, value in message.get("headers", ())]
        kind = dict(given).get(b"content-type", b"")
        self._is_csv = message["status"] == 200 and kind.startswith((b"text/csv", b"text/plain"))
        if not self._is_csv:
            return message
        replaced = (b"content-type", b"content-length", b"content-disposition")
        name = re.sub(r"[^A-Za-z0-9_.-]", "-", self._file)
        headers = [
            *(pair for pair in given if pair[0] not in replaced),
            (b"content-type", b"text/csv; charset=utf-8"),
            (b"content-disposition", f'attachment; filename="{name}"'.encode("ascii")),
        ]
        return {**message, "headers": headers}


class _Disarmer:
    """Takes a CSV apart as it comes, and gives it back row by row."""

    def __init__(self) -> None:
        self._held = ""

    def rows(self, text: str, is_last: bool) -> str:
        """Return the rows that are whole by now, disarmed; the rest is held until it is."""
        self._held += text
        if len(self._held) < _LEAST_CHARACTERS and not is_last:
            return ""
        end = len(self._held) if is_last else _end_of_rows(self._held)
        whole, self._held = self._held[:end], self._held[end:]
        # Of the whole process: set here, because readers of files set it for themselves.
        csv.field_size_limit(LARGEST_VALUE_BYTES)
        written = io.StringIO(newline="")
        writer = csv.writer(written)
        for row in csv.reader(io.StringIO(whole, newline="")):
            writer.writerow([disarm(cell) for cell in row])
        return written.getvalue()


def _end_of_rows(text: str) -> int:
    """Return where the last whole row ends: at a line break outside quotation marks."""
    end = text.rfind("\n") + 1
    while end and text.count('"', 0, end) % 2:
        end = text.rfind("\n", 0, end - 1) + 1
    return end


def disarm(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: with an apostrophe before it."""
    is_formula = cell.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell
