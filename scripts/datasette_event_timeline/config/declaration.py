"""A table of events as metadata declares it: its columns, the part each plays, and their SQL."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from datasette.utils import escape_sqlite


@dataclass(frozen=True)
class Grouping:
    """A column by whose values events are grouped; `is_array` if a cell is a JSON array of them."""

    column: str
    is_array: bool = False

    @property
    def parameter(self) -> str:
        """The table's parameter that chooses one value."""
        return f"{self.column}__arraycontains" if self.is_array else self.column


def groupings(facets: Iterable[Any]) -> Iterator[Grouping]:
    """Yield what Datasette's `facets` in metadata name: a column, or `array:` and a column."""
    for facet in facets:
        if isinstance(facet, str):
            yield Grouping(facet)
        elif isinstance(facet, dict) and isinstance(facet.get("array"), str):
            yield Grouping(facet["array"], is_array=True)


@dataclass(frozen=True)
class Extension:
    """What another plugin knows of a table beyond the columns that settings name (hookspecs.py).

    `weight`: SQL of how much an event matters; those that matter most are drawn one by one.
    `columns`: further columns, which `marks` makes more of an event of, `size` among it.
    `size_words`: what the size of a mark counts.
    `kinds`: the kinds of event in a fixed order, so that each keeps its hue whatever is chosen.
    `country_label`: what a value of the column of countries is called.
    `event_path`: where events have their pages, without the id; None for Datasette's own rows.
    `spreadsheets`: whether the table's CSV is made for spreadsheets where `_excel=1` asks so.
    """

    weight: str | None = None
    columns: tuple[str, ...] = ()
    marks: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    size_words: str = ""
    kinds: tuple[str, ...] = ()
    country_label: Callable[[str], str] = str
    event_path: str | None = None
    spreadsheets: bool = False


@dataclass(frozen=True)
class Declaration:
    """A table of events, and the columns that play a part in it.

    A column is None where the table has none for the part. `derived`: whether the database has
    the stretches of each date, by a number that the table refers to (sql/stored_dates.py).
    `searchable`: whether it has a full-text index. `primary_keys` are those of the table, and
    `names` those of all tables and views beside it.
    """

    database: str
    table: str
    columns: frozenset[str]
    id: str
    date: str
    title: str
    end: str | None = None
    place: str | None = None
    latitude: str | None = None
    longitude: str | None = None
    radius_km: str | None = None
    location_precision: str | None = None
    country: str | None = None
    kind: str | None = None
    size: str | None = None
    lanes: tuple[Grouping, ...] = ()
    derived: bool = False
    searchable: bool = field(default=False, compare=False)
    primary_keys: tuple[str, ...] = field(default=(), compare=False)
    names: frozenset[str] = field(default=frozenset(), compare=False)
    extension: Extension = field(default=Extension(), compare=False)

    @cached_property
    def date_sql(self) -> str:
        """The SQL expression of an event's date as EDTF; of two columns, the interval."""
        if self.end is None:
            return str(escape_sqlite(self.date))
        return f"edtf_interval({escape_sqlite(self.date)}, {escape_sqlite(self.end)})"

    @cached_property
    def weight_sql(self) -> str:
        """The SQL expression of how much an event matters: who has the largest is drawn first."""
        if self.extension.weight is not None:
            return self.extension.weight
        return f"coalesce({escape_sqlite(self.size)}, 0)" if self.size else "0"
