"""Settings of the site, which stand in metadata beside those of the timeline.

plugins:
  event-timeline:
    about: [{title: ..., text: ...}]   # sections of /about
    highlight_source: who-2015         # the id of the source that is marked wherever it stands
    public_url: https://example.org    # what absolute addresses begin with (public_url.py)
"""

from typing import TYPE_CHECKING

from datasette_event_timeline.config.declared import (
    DeclarationError,
    check_names,
    check_text,
    declared_database,
    settings,
)
from event_timeline.site.public_url import check_prefix, read_public_url

if TYPE_CHECKING:
    from datasette.app import Datasette

NAMES = frozenset({"about", "highlight_source", "public_url"})
# Our own addresses, which a database of the same name would hide.
_TAKEN_NAMES = frozenset({"event", "actor", "source", "disputed", "about"})


def about_sections(datasette: "Datasette") -> list[dict[str, str]]:
    """Return the sections of /about, each with a title and a text."""
    found: list[dict[str, str]] = settings(datasette).get("about") or []
    return found


def highlight_source(datasette: "Datasette") -> str | None:
    """Return the id of the source that is marked wherever it stands."""
    found: str | None = settings(datasette).get("highlight_source")
    return found


def check_settings(datasette: "Datasette") -> None:
    """Raise DeclarationError for the first of the settings that cannot be right."""
    if declared_database(datasette) is None:
        return
    given = settings(datasette)
    if "highlight_source" in given:
        check_text("highlight_source", given["highlight_source"])
    sections = given.get("about") or []
    if not isinstance(sections, list) or not all(map(_is_section, sections)):
        raise DeclarationError("about: write a list of sections, each with a title and a text")
    read_public_url(datasette)
    check_prefix(datasette)
    check_names(datasette, _TAKEN_NAMES)


def _is_section(given: object) -> bool:
    """Tell whether something has a title, and a text or none."""
    if not isinstance(given, dict) or not isinstance(given.get("title"), str):
        return False
    return isinstance(given.get("text") or "", str)
