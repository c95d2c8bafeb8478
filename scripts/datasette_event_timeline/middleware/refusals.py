"""What a visitor asks that cannot be answered is a bad request, and is told why.

Datasette answers 500 to much that is the visitor's doing: a parameter that is no number, a
list that is no JSON, a statement that SQLite stops. Where the address proves that, the answer
is 400 (or 404, 405) in words. Where it does not, the failure is ours: it stays a 500 with its
traceback in the log.
"""

import errno
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from datasette.database import QueryInterrupted
from datasette.utils.asgi import BadRequest, Base400, NotFound
from datasette.views.base import DatasetteError

from datasette_event_timeline.queries.filter_values import check_through, check_value
from datasette_event_timeline.serving.worker import FileGoneError
from datasette_event_timeline.views.responses import ONLY_READ, NotAllowedError
from edtf_dates.quoting import shorten

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,18}\s*", re.ASCII)
_BOOLEANS = ("on", "off", "true", "false", "1", "0")
# Both are what a row's address becomes when it has more or fewer keys than its table.
_WRONG_KEYS = (sqlite3.ProgrammingError, IndexError)
# A number cannot be hashed or sent, and of no rows there is no first.
_NO_BYTES = (TypeError, IndexError, AttributeError)


# Of the file or the disk, never of what was asked.
_FAULTS_OF_FILES = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOTADB,
    )
)


class PublishedError(Base400):  # type: ignore[misc]
    """A build that was being read can be read no further, because a new one is out."""

    status = 503


def refusal_of(
    datasette: "Datasette", request: "Request", failure: Exception
) -> Base400 | DatasetteError | None:
    """Return what to answer instead of 500; None if the failure is not provably the visitor's."""
    if isinstance(failure, Base400) or getattr(failure, "status", 500) < 500:
        return None
    if isinstance(failure, FileGoneError):
        return PublishedError("The data was published anew meanwhile: try once more")
    if isinstance(failure, sqlite3.Error) and _is_of_file(failure):
        return None
    return _of_address(datasette, request, failure) or _of_parameters(datasette, request, failure)


def _is_of_file(failure: sqlite3.Error) -> bool:
    """Tell whether SQLite could not read the database. Python's own errors have no code."""
    # Extended codes have the primary one in their last byte (https://www.sqlite.org/rescode.html).
    return getattr(failure, "sqlite_errorcode", -1) & 0xFF in _FAULTS_OF_FILES


def _of_address(datasette: "Datasette", request: "Request", failure: Exception) -> Base400 | None:
    """Return what is wrong with the method, the host or the path."""
    names = request.url_vars
    if isinstance(failure, OSError) and failure.errno == errno.ENAMETOOLONG:
        return NotFound("There is no file of such a name")
    if request.method == "POST" and "table" in names and not is_writable(datasette, names):
        return NotAllowedError(ONLY_READ)
    if isinstance(failure, ValueError) and not _is_host(request.host):
        return BadRequest("The header Host names no host")
    if isinstance(failure, _WRONG_KEYS) and "pks" in names:
        return NotFound("There is no such row")
    if isinstance(failure, _NO_BYTES) and names.get("format") == "blob":
        return BadRequest("There are no bytes: ask for CSV or JSON")
    if isinstance(failure, KeyError) and names.get("format") == "csv" and "table" not in names:
        return BadRequest("A database has no CSV: ask for that of a table, or add ?sql=")
    return None


def is_writable(datasette: "Datasette", names: dict[str, str]) -> bool:
    """Tell whether an address is that of a query that metadata allows to write."""
    databases = (datasette.metadata() or {}).get("databases") or {}
    queries = (databases.get(names.get("database")) or {}).get("queries") or {}
    query = queries.get(names.get("table"))
    return isinstance(query, dict) and bool(query.get("write"))


def _is_host(host: str) -> bool:
    try:
        urlsplit(f"//{host}/")
    except ValueError:
        return False
    return True


def _of_parameters(
    datasette: "Datasette", request: "Request", failure: Exception
) -> Base400 | DatasetteError | None:
    """Return what is wrong with what stands behind the question mark."""
    if not request.query_string:
        return None
    if isinstance(failure, DatasetteError):
        return DatasetteError(failure.message, title=failure.title, status=400)
    if isinstance(failure, QueryInterrupted):
        limit = datasette.setting("sql_time_limit_ms")
        return BadRequest(
            f"This takes longer than the {limit:,} ms that this site allows: ask for less"
        )
    if isinstance(failure, MemoryError):
        return BadRequest("This takes more memory than this site allows: ask for less")
    if isinstance(failure, sqlite3.Error | OverflowError):
        return of_sqlite(failure)
    pairs = parse_qsl(request.query_string, keep_blank_values=True)
    if isinstance(failure, RecursionError) and "_json" in dict(pairs):
        return BadRequest("_json: a value has too many brackets within brackets")
    return next(_malformed(pairs), None)


def of_sqlite(failure: Exception) -> BadRequest:
    """Return the answer to what SQLite does not accept, with its words."""
    return BadRequest(f"SQLite cannot answer this: {shorten(str(failure), 200)}")


def _malformed(pairs: list[tuple[str, str]]) -> Iterator[BadRequest]:
    """Yield what is wrong with each parameter that Datasette takes for a number or for JSON."""
    for key, value in pairs:
        try:
            _check(key, value)
        except BadRequest as refusal:
            yield refusal


def _check(key: str, value: str) -> None:
    if check := _CHECKS.get(key):
        check(key, value)
    elif key.startswith("_facet"):
        _check_facet(key, value)
    else:
        check_value(key, key.rpartition("__")[2], value)


def _check_number(key: str, value: str) -> None:
    if value and not _NUMBER.fullmatch(value):
        raise BadRequest(f"{key}: {shorten(value)} is no number")


def _check_boolean(key: str, value: str) -> None:
    if value.lower() not in _BOOLEANS:
        raise BadRequest(f"{key}: write on or off, not {shorten(value)}")


def _check_facet(key: str, value: str) -> None:
    if key != "_facet" and not key.startswith("_facet_"):
        raise BadRequest(f"{key[:60]}: write _facet, _facet_array or _facet_date")
    if value.isdigit():
        _check_number(key, value)
    if not value.startswith("{"):
        return
    try:
        config = json.loads(value)
    except (ValueError, RecursionError):
        raise BadRequest(f"{key}: {shorten(value)} is not JSON") from None
    if not isinstance(config.get("column") or config.get("simple"), str):
        raise BadRequest(f'{key}: write the name of a column, or {{"column": "..."}}')


_CHECKS: dict[str, Callable[[str, str], None]] = {
    "_timelimit": _check_number,
    "_ttl": _check_number,
    # Of a view; of a table it is a text, which is never wrong.
    "_next": _check_number,
    "_json_infinity": _check_boolean,
    "_through": lambda key, value: check_through([(key, value)]),
}
