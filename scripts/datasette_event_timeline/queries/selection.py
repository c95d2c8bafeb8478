"""The events that an address asks for, and what it says beside them."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datasette_event_timeline.config.declaration import Grouping
    from edtf_dates import EventDate

Pairs = list[tuple[str, str]]

# Parameters of an address that belong to the timeline alone.
OWN_PARAMETERS = ("_window", "_lanes", "_selected", "_page", "embed")


@dataclass(frozen=True)
class Chip:
    """A filter in force, in words, and the pairs that remain when it is taken away."""

    words: str
    without: Pairs


@dataclass(frozen=True)
class Selection:
    """Events asked for, as the `where` of a select from their table."""

    where: str
    values: dict[str, Any]
    pairs: Pairs
    chips: tuple[Chip, ...] = field(default=())

    def also(self, condition: str) -> str:
        """Return the `where` with one more condition."""
        return f"{self.where} and {condition}" if self.where else f"where {condition}"

    def narrowed(self, condition: str, values: dict[str, Any]) -> "Selection":
        """Return those of the events that meet one more condition."""
        return replace(self, where=self.also(condition), values=self.values | values)


EVERYTHING = Selection(where="", values={}, pairs=[])


@dataclass(frozen=True)
class State:
    """What the address says beside the filters: the stretch of time, the lanes, the page."""

    window: "EventDate | None"
    lanes: "Grouping | None"
    selected: str
    page: int
    embed: bool
