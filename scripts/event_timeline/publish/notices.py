"""What every page of a site says while its curated files are broken: posted by who watches them."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Notice:
    """How many problems keep an edit from the site, and the first of them."""

    count: int
    first: str


# By database, because the server that reads them makes its Datasette itself. Threads
# of one process share them; none holds one for longer than it takes to look it up.
_posted: dict[Path, Notice] = {}


def post(database: Path, notice: Notice) -> None:
    """Have the pages of the site that serves the database say this from now on."""
    _posted[database.resolve()] = notice


def withdraw(database: Path) -> None:
    """Have the pages of the site say nothing more."""
    _posted.pop(database.resolve(), None)


def posted(database: Path) -> Notice | None:
    """Return what the pages of the site are to say; None: nothing."""
    return _posted.get(database.resolve()) if _posted else None
