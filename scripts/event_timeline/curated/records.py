"""Rows of the curated files, before and after their cells are read as values."""

from typing import Any, NamedTuple


class Row(NamedTuple):
    """A row before it is read: its line in the file, its cells in canonical order."""

    line: int
    cells: list[str]


class Part(NamedTuple):
    """One actor's part in an event."""

    actor: str
    role: str


class Record(NamedTuple):
    """A row after it is read: the values of its filled cells, by column.

    `unreadable`: the columns whose cells are filled, but have no value.
    """

    line: int
    id: str
    values: dict[str, Any]
    unreadable: frozenset[str] = frozenset()

    def is_blank(self, *names: str) -> bool:
        """Whether all these cells are blank; a cell that cannot be read is not blank."""
        return self.unreadable.isdisjoint(names) and not any(n in self.values for n in names)
