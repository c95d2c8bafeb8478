"""The message on every page of a site while errors keep an edit from it.

`watching` sets it, and the pages read it, in one process.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Banner:
    """How many problems keep an edit from the site, and the first of them."""

    count: int
    first: str


# Keyed by database file, because Datasette makes its own instance for the server that reads this.
# Written by the watching thread, read by those of the server; no lock is needed to set one key.
_shown: dict[Path, Banner] = {}


def show(database: Path, banner: Banner) -> None:
    """Show a banner on the pages of the site that serves this database."""
    _shown[database.resolve()] = banner


def hide(database: Path) -> None:
    """Show no banner any more."""
    _shown.pop(database.resolve(), None)


def current(database: Path) -> Banner | None:
    """Return the banner of the site that serves this database, if it has one."""
    return _shown.get(database.resolve()) if _shown else None
