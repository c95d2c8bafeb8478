"""What a build made: how many rows of each table, and the warnings about the files."""

from collections.abc import Mapping
from dataclasses import dataclass

from event_timeline.curated.columns import FILES
from event_timeline.curated.problems import Problem


@dataclass(frozen=True)
class Built:
    """A finished build: the number of rows by table, and the warnings about the files."""

    rows: Mapping[str, int]
    warnings: list[Problem]

    def summary(self) -> str:
        """Return the number of rows by curated file: `62 events, 91 actors, 184 sources`."""
        counts = ((self.rows.get(file.name, 0), file.name) for file in FILES)
        named = ((n, name.removesuffix("s") if n == 1 else name) for n, name in counts if n)
        return ", ".join(f"{n} {name}" for n, name in named)
