"""A table or view of events: its columns, the part that each plays, and their SQL."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from datasette.utils import escape_sqlite

from edtf_dates.cells import Reading

if TYPE_CHECKING:
    from datasette.database import Database


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


# Parts whose columns an address may choose, as `_date=opened` does.
CHOICES = ("date", "end", "title", "place", "kind", "latitude", "longitude")
# What an index has of an event's date: what the functions of these names say, and its cells.
STORED = ("event_date", "event_start_time", "event_end_time", "event_date_problem", "event_cells")
# The parts of columns beside those of dates.
NUMBER_PARTS = ("latitude", "longitude", "radius_km", "low", "size", "high")
OTHER_PARTS = ("title", "place", "country", "kind", "location_precision", *NUMBER_PARTS)


@dataclass(frozen=True)
class Declaration:
    """A table or view of events, and the columns that play a part in it.

    `keys`: the columns that tell its rows apart; `rowid` may be one. `date_cells`: the columns of
    which `reading` makes dates. Any other column is None where the table has none for the part.
    `texts`: those of its columns of numbers that hold texts too. `has_times`: whether a cell read
    has a time of day. `derived`: whether the database has the stretches of each date, by a number
    that the table refers to (sql/stored_dates.py). `searchable`: whether it has a full-text
    index. `primary_keys` are those of the table, and `names` those of all tables and views beside
    it. `has_rowid`: whether its rows have a rowid. `stored`: it is the table of an index, which
    has the columns STORED; then `index` is that database and `source` the table itself. `path`:
    where its timeline is.
    `order_is_a_guess`: whether its cells leave open if 03/04/1991 is in March or in April.
    """

    database: str
    table: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    date_cells: tuple[str, ...]
    reading: Reading
    title: str | None = None
    place: str | None = None
    latitude: str | None = None
    longitude: str | None = None
    radius_km: str | None = None
    location_precision: str | None = None
    country: str | None = None
    kind: str | None = None
    size: str | None = None
    low: str | None = None
    high: str | None = None
    lanes: tuple[Grouping, ...] = ()
    texts: frozenset[str] = frozenset()
    has_times: bool = False
    has_rowid: bool = True
    derived: bool = False
    stored: bool = False
    source: "Declaration | None" = field(default=None, compare=False, repr=False)
    index: "Database | None" = field(default=None, compare=False, repr=False)
    path: str = "timeline"
    order_is_a_guess: bool = field(default=False, compare=False)
    searchable: bool = field(default=False, compare=False)
    primary_keys: tuple[str, ...] = field(default=(), compare=False)
    names: frozenset[str] = field(default=frozenset(), compare=False)
    extension: Extension = field(default=Extension(), compare=False)

    @property
    def id(self) -> str:
        """The first of the columns that tell rows apart: of a chronology's table, the only one."""
        return self.keys[0]

    @cached_property
    def parts(self) -> dict[str, str]:
        """The column of each part that has one, those of dates first."""
        others = {part: getattr(self, part) for part in OTHER_PARTS}
        dates = zip(self.reading.roles, self.date_cells, strict=True)
        return dict(dates) | {part: column for part, column in others.items() if column}

    @cached_property
    def id_sql(self) -> str:
        """The SQL expression of what tells an event from the others."""
        return _one_or_array(self.keys)

    @cached_property
    def date_sql(self) -> str:
        """The SQL expression of an event's date as text that `edtf_dates` reads."""
        if self.derived and not self.stored:
            return str(escape_sqlite(self.date_cells[0]))
        return self._read("event_date")

    @cached_property
    def start_time_sql(self) -> str:
        """The SQL expression of the time of day of an event's beginning, in seconds."""
        return self._read("event_start_time") if self.has_times else "null"

    @cached_property
    def end_time_sql(self) -> str:
        """The SQL expression of the time of day of an event's end, in seconds."""
        return self._read("event_end_time") if self.has_times else "null"

    @cached_property
    def problem_sql(self) -> str:
        """The SQL expression of why an event has no date: `missing`, a sentence, or null."""
        return "null" if self.derived and not self.stored else self._read("event_date_problem")

    @cached_property
    def cells_sql(self) -> str:
        """The SQL expression of the cells of an event's date, as a JSON array of texts."""
        if self.stored:
            return "event_cells"
        names = map(escape_sqlite, self.date_cells)
        texts = [f"iif(typeof({name}) = 'blob', null, cast({name} as text))" for name in names]
        return f"json_array({', '.join(texts)})"

    def _read(self, function: str) -> str:
        if self.stored:
            # The column of an index is called as the function that it was filled by.
            return function
        reading = self.reading.to_json().replace("'", "''")
        return f"{function}('{reading}', {', '.join(map(escape_sqlite, self.date_cells))})"

    def number_sql(self, column: str) -> str:
        """Return the SQL expression of a column of numbers."""
        name = str(escape_sqlite(column))
        return f"plain_number({name})" if column in self.texts else name

    @cached_property
    def point_sql(self) -> tuple[str, str] | None:
        """The SQL expressions of latitude and longitude, if the table has both."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.number_sql(self.latitude), self.number_sql(self.longitude)

    @cached_property
    def weight_sql(self) -> str:
        """The SQL expression of how much an event matters: who has the largest is drawn first."""
        if self.extension.weight is not None:
            return self.extension.weight
        sizes = [self.number_sql(one) for one in (self.size, self.high, self.low) if one]
        return f"coalesce({', '.join(sizes)}, 0)" if sizes else "0"


def _one_or_array(columns: tuple[str, ...]) -> str:
    names = [*map(escape_sqlite, columns)]
    return str(names[0]) if len(names) == 1 else f"json_array({', '.join(names)})"
