"""Checks that Datasette's metadata has the shape that pages rely on, and safe addresses."""

import re
from collections.abc import Mapping
from typing import Any, cast

from click import ClickException
from datasette.utils import StartupError

# What holds settings by name: of databases, and in each of those of tables and queries.
_Levels = Mapping[str, "_Levels"]
_LEVELS: _Levels = {"databases": {"tables": {}, "queries": {}}}
_WORDS: Mapping[type, str] = {
    dict: "settings, each as a name and a value",
    list: "a list, such as [type, country]",
    str: "one text",
}
_KINDS: Mapping[str, type] = {
    **dict.fromkeys(("plugins", "databases", "tables", "queries", "columns", "units"), dict),
    **dict.fromkeys(("facets", "sortable_columns", "params", "custom_units"), list),
    **dict.fromkeys(("extra_css_urls", "extra_js_urls"), list),
    **dict.fromkeys(("sort", "sort_desc", "label_column", "fts_table", "fts_pk", "sql"), str),
}
# Datasette's pages print them as links.
_ADDRESSES = ("license_url", "source_url", "about_url")
# With http or https, or relative: then it has no colon, which would end the name of a scheme.
_SAFE_ADDRESS = re.compile(r"https?://\S+|(?!//)[^\s:\\]+", re.IGNORECASE)


class MetadataError(StartupError, ClickException):  # type: ignore[misc]
    """Something in metadata cannot be right; `said` says where, what, and what to write instead.

    Datasette's command line shows an error of click as one line, and its own with a traceback.
    """

    def __init__(self, said: str) -> None:
        super().__init__(f"metadata: {said}")
        self.said = said


def check_metadata(metadata: object) -> None:
    """Raise MetadataError for the first thing in metadata that Datasette's pages would fail at."""
    _check_level(metadata, "", _LEVELS)


def mapping(given: object, where: str) -> dict[Any, Any]:
    """Return what is given if it is a mapping, else raise MetadataError of this place."""
    _check_kind(given, dict, where)
    return cast("dict[Any, Any]", given)


def _check_level(given: object, where: str, levels: _Levels) -> None:
    """Check the settings of a site, a database, a table or a query, and those below them."""
    settings = mapping(given, where)
    for name, value in settings.items():
        if name in _KINDS:
            _check_kind(value, _KINDS[name], f"{where}{name}: ")
        elif name in _ADDRESSES:
            _check_address(value, f"{where}{name}: ")
    for name, lower in levels.items():
        for key, below in settings.get(name, {}).items():
            place = f"{where}{name}: {key}: "
            if name == "queries":
                below = _query(below, place)
            _check_level(below, place, lower)


def _query(given: object, where: str) -> dict[Any, Any]:
    """Return the settings of a prepared query, which may be its SQL alone."""
    settings = {"sql": given} if isinstance(given, str) else mapping(given, where)
    if not settings.get("sql"):
        raise MetadataError(f"{where}there is no SQL: write some below it, as sql: select ...")
    return settings


def _check_kind(given: object, kind: type, where: str) -> None:
    if not isinstance(given, kind):
        found = "nothing" if given is None else repr(given)[:60]
        raise MetadataError(f"{where}write {_WORDS[kind]}, not {found}")


def _check_address(given: object, where: str) -> None:
    if given and not (isinstance(given, str) and _SAFE_ADDRESS.fullmatch(given)):
        raise MetadataError(
            f"{where}{given!r} may not be linked to: write an address that begins with https:// "
            "or http://, or a path on this site"
        )
