"""The values of filters: what Datasette cannot give to SQLite is refused in words."""

import json
from collections.abc import Iterable
from typing import Any

from datasette.utils.asgi import BadRequest

from edtf_dates.quoting import shorten

# Datasette takes what is written for these as a number, where it looks like one.
_NUMERIC = frozenset({"gt", "gte", "lt", "lte"})
_LARGEST = 2**63 - 1


def check_value(key: str, lookup: str, value: str) -> None:
    """Raise BadRequest for what Datasette cannot give to SQLite as the value of a filter."""
    if lookup in ("in", "notin") and value.startswith("["):
        _check_values(key, _json_of(key, value))
    elif lookup in _NUMERIC and value.isdigit():
        _check_values(key, [_number_of(key, value)])


def check_through(pairs: Iterable[tuple[str, str]]) -> None:
    """Raise BadRequest for a `_through` that does not say which table, column and value."""
    for key, value in pairs:
        if key != "_through":
            continue
        given = _json_of(key, value)
        names = [given.get(name) for name in ("table", "column")] if isinstance(given, dict) else []
        if not isinstance(given, dict) or not all(isinstance(name, str) for name in names):
            raise BadRequest("_through: write a JSON object with table, column and value")
        _check_values(key, [*names, given.get("value")])


def _json_of(key: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadRequest(f"{key}: {shorten(text)} is not JSON") from None


def _number_of(key: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadRequest(f"{key}: {shorten(text)} is no number") from None


def _check_values(key: str, values: Iterable[object]) -> None:
    """Raise BadRequest for what SQLite has no value for."""
    for value in values:
        if isinstance(value, dict | list) or value is None:
            raise BadRequest(f"{key}: write texts and numbers, not {shorten(json.dumps(value))}")
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise BadRequest(f"{key}: {shorten(str(value))} is too large a number")
        if isinstance(value, str) and _has_half_pair(value):
            raise BadRequest(f"{key}: half a surrogate pair is no text")


def _has_half_pair(text: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in text)
