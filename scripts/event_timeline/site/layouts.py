"""Which columns lead the rows of a table, and what they show."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from event_timeline.curated.columns import ACTORS, CLAIMS, EVENTS, QUESTIONS, SOURCES
from event_timeline.site.words import Figure, figure


@dataclass(frozen=True)
class Lead:
    """A column that leads. One of a figure shows several: its lowest, best and highest.

    It is sorted by the first column of `sorts` that the table has. `is_open` is the column that
    says whether a figure may be more, and `scope` whom it counts. Where there is no figure stands
    the column `instead`, or the words `blank`.
    """

    name: str
    sorts: tuple[str, ...]
    bounds: tuple[str | None, str | None, str | None] | None = None
    is_open: str | None = None
    scope: str | None = None
    instead: str | None = None
    blank: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The columns without which it cannot be shown."""
        return tuple(part for part in self.bounds or (self.name,) if part)

    def sorted_by(self, columns: Collection[str]) -> str:
        """Return the column that sorts it."""
        return next((column for column in self.sorts if column in columns), self.name)

    def figure(self, row: Any) -> Figure:
        """Return the figure of a row, which may be one of Datasette's."""
        low, best, high, is_open = (
            row[column] if column else None for column in (*(self.bounds or ()), self.is_open)
        )
        return figure(low, best, high, is_open)


def _plain(*names: str) -> tuple[Lead, ...]:
    return tuple(Lead(name, (name,)) for name in names)


@dataclass(frozen=True)
class Layout:
    """Which columns lead a table's rows; the others stand folded under `main`.

    `key` holds the id of the row that `main` links to, one of `table` if not of the same.
    `left_out` are shown nowhere: the columns that lead say as much.
    """

    main: str
    leads: tuple[Lead, ...]
    key: str = "id"
    table: str = ""
    left_out: tuple[str, ...] = ()

    @cached_property
    def needed(self) -> frozenset[str]:
        """The columns without which the table cannot be laid out so."""
        return frozenset((self.key, *(part for lead in self.leads for part in lead.parts)))

    @cached_property
    def not_folded(self) -> frozenset[str]:
        """The columns that are not folded under `main`."""
        return self.needed | {self.main, *self.left_out}


_DATE = Lead("date", ("earliest_start", "date"))
_KILLED = Lead(
    "killed",
    ("killed_best", "killed_low"),
    bounds=("killed_low", "killed_best", "killed_high"),
    is_open="killed_open",
    scope="killed_scope",
    blank="no figure",
)
_CLAIMED = Lead("figure", ("best", "low"), bounds=("low", "best", "high"), instead="value")
_NAMED = Lead("range", ("lowest",), bounds=("lowest", None, "highest"))

_LAYOUTS = {
    EVENTS.name: Layout(
        "title",
        (_DATE, *_plain("title", "type", "country"), _KILLED, *_plain("status")),
        left_out=("date_words", "killed_scope", "killed_open", "wounded_open", "place"),
    ),
    ACTORS.name: Layout("name", _plain("name", "kind", "part_of", "aliases")),
    SOURCES.name: Layout("title", _plain("published", "publisher", "title", "kind", "origin")),
    QUESTIONS.name: Layout("title", _plain("title", "event", "measure", "scope", "unit")),
    CLAIMS.name: Layout(
        "said",
        (
            *_plain("question", "said"),
            _CLAIMED,
            *_plain("relation", "reported_by", "source", "standing"),
        ),
    ),
    "disagreements": Layout(
        "title",
        (*_plain("title", "event", "answers"), _NAMED, *_plain("reported_by")),
        key="question",
        table=QUESTIONS.name,
    ),
}


def layout_of(table: str, columns: Collection[str]) -> Layout | None:
    """Return how a table is laid out, or None if a column that this needs is not there."""
    found = _LAYOUTS.get(table)
    return found if found and found.needed <= {*columns} else None
