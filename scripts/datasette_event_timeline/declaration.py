"""A table of events as metadata declares it: its columns, the part each plays, and their SQL."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from datasette.utils import escape_sqlite

from datasette_event_timeline.sql.stored_dates import DAYS, NUMBER, order_of_time

Row = dict[str, Any]


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
    marks: Callable[[Row], Row] | None = None
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
    `has_stretches`: whether it has the tables they are in.
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
    has_stretches: bool = False
    primary_keys: tuple[str, ...] = field(default=(), compare=False)
    extension: Extension = field(default=Extension(), compare=False)

    @cached_property
    def derived(self) -> bool:
        return self.has_stretches and self.columns.issuperset((*DAYS, NUMBER))

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

    @cached_property
    def order_sql(self) -> str:
        """The SQL of the order in which events can first have begun; what has no day is last."""
        start, end = "earliest_start", "latest_end"
        if not self.derived:
            start, end = (f"edtf_{day}({self.date_sql})" for day in (start, end))
        return order_of_time(start, end, escape_sqlite(self.id))
