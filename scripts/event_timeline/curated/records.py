"""Rows of the curated files, before and after their cells are read."""

from typing import Any, NamedTuple


class Row(NamedTuple):
    """A row as it stands: its line in the file, its cells in canonical order."""

    line: int
    cells: list[str]


class Part(NamedTuple):
    """One actor's part in an event."""

    actor: str
    role: str


class Record(NamedTuple):
    """A row with its filled cells as values, by column name.

    `unreadable`: the columns whose cell is filled, but has no value because it cannot be read.
    """

    line: int
    id: str
    values: dict[str, Any]
    unreadable: frozenset[str] = frozenset()

    def is_blank(self, *names: str) -> bool:
        """Whether all these cells are blank; one that cannot be read is not."""
        return self.unreadable.isdisjoint(names) and not any(n in self.values for n in names)
