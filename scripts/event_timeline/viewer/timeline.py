"""What the timeline, its map and its list show of the events that an address asks for.

Every query runs over the same `where`, so that marks, bins, facets and list agree.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from datasette.utils import escape_sqlite

from event_timeline.columns import TYPES
from event_timeline.dates import EventDate, Span
from event_timeline.viewer.bins import Bins, calendar_bins, under_way, within
from event_timeline.viewer.declaration import Declaration, Grouping, groupings
from event_timeline.viewer.functions import read_date
from event_timeline.viewer.pages import fetch_rows
from event_timeline.viewer.selection import Pairs, Selection, State
from event_timeline.viewer.words import figure

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

Row = dict[str, Any]

# So many events are drawn each by itself; of more, the weightiest, and bins of all.
MOST_MARKS = 1_000
# More lanes than this are no picture: the rest share the last one.
MOST_LANES = 12
MOST_PLACES = 600
# Of more places, those in one of so many cells across are one.
GRID_CELLS = 32
# A date of more spans than this is drawn as their hull.
MOST_SPANS = 100
OVERVIEW_BINS = 150
LIST_LENGTH = 100
FACET_LENGTH = 15
# The lane of everything that has no lane of its own.
REST = "\N{HORIZONTAL ELLIPSIS}"
# Days for ends that are open: beyond every window that can be shown.
_FAR = 10**15
_LEAST_EXTENT = 0.01

# What a mark's figure and size are made of: the drawing needs no more of it.
_COUNTED = frozenset({"weight", "killed_low", "killed_best", "killed_high", "killed_open"})
_SCOPE_OF_SIZES = "victims"
_FIGURES = ("killed_low", "killed_best", "killed_high")
_NUMBERS = ("latitude", "longitude", "radius_km", "weight", *_FIGURES)


@dataclass(frozen=True)
class Asker:
    """One database, its declared table, and who asks: what every query here needs."""

    datasette: "Datasette"
    declaration: Declaration

    @property
    def db(self) -> "Database":
        return self.datasette.get_database(self.declaration.database)

    async def rows(
        self,
        select: str,
        selection: Selection,
        tail: str = "",
        condition: str = "",
        **values: Any,
    ) -> list[Row]:
        """Return the rows of a select over the chosen events that meet a condition."""
        table = escape_sqlite(self.declaration.table)
        where = selection.also(condition) if condition else selection.where
        sql = f"{select} from {table} {where} {tail}"
        return await fetch_rows(self.db, sql, selection.values | values)

    async def counts(self, selection: Selection, grouping: Grouping) -> list[Row]:
        """Return how many events have each value: the value is `lane`, the number `n`.

        An event counts once for each item of an array.
        """
        return await fetch_rows(
            self.db, self._counting(selection, grouping, {}), dict(selection.values)
        )

    async def day_counts(
        self,
        selection: Selection,
        grouping: Grouping | None,
        days: dict[str, str],
        condition: str,
    ) -> dict[Any, list[tuple[int, ...]]]:
        """Return for each lane the days, given as SQL, with how many events share them.

        SQLite hands each lane over as arrays: a row for each day would cost more than the count.
        """
        columns = (*days, "n")
        arrays = ", ".join(f"json_group_array({name}) as {name}" for name in columns)
        counting = self._counting(selection, grouping, days, condition)
        sql = f"select lane, {arrays} from ({counting}) group by lane"  # noqa: S608  # ditto
        return {
            row["lane"]: list(zip(*(json.loads(row[name]) for name in columns), strict=True))
            for row in await fetch_rows(self.db, sql, selection.values)
        }

    def _counting(
        self,
        selection: Selection,
        grouping: Grouping | None,
        columns: dict[str, str],
        condition: str = "",
    ) -> str:
        return self._measuring(
            selection, grouping, columns, "count(*) as n", condition, (*columns,)
        )

    async def measured(
        self,
        selection: Selection,
        grouping: Grouping | None,
        columns: dict[str, str],
        measure: str,
        **values: Any,
    ) -> list[Row]:
        """Return an aggregate of columns, given as SQL, for each lane."""
        sql = self._measuring(selection, grouping, columns, measure)
        return await fetch_rows(self.db, sql, selection.values | values)

    def _measuring(
        self,
        selection: Selection,
        grouping: Grouping | None,
        columns: dict[str, str],
        measure: str,
        condition: str = "",
        by: tuple[str, ...] = (),
    ) -> str:
        """Return the SQL of an aggregate for each lane, and for each value of the columns in `by`.

        The events are chosen in a select of their own, because json_each has columns named id,
        type and value, as the table may.
        """
        lane = f"'{REST}'" if grouping is None else escape_sqlite(grouping.column)
        one, source = "lane", ""
        if grouping is not None and grouping.is_array:
            lane = f"iif(json_valid({lane}), {lane}, '[]')"
            one, source = "one.value", "join json_each(chosen.lane) as one"
        inner = ", ".join(f"{sql} as {name}" for name, sql in {"lane": lane, **columns}.items())
        where = selection.also(condition) if condition else selection.where
        table = escape_sqlite(self.declaration.table)
        chosen = f"select {inner} from {table} {where}"  # noqa: S608  # names are escaped, values bound
        outer = ", ".join([f"{one} as lane", *by, measure])
        keys = ", ".join(str(n + 1) for n in range(len(by) + 1))
        return f"select {outer} from ({chosen}) as chosen {source} group by {keys}"  # noqa: S608  # ditto

    async def labels(self, grouping: Grouping, values: Iterable[Any]) -> dict[Any, str]:
        """Return what each value is called: the label of the row it refers to, if it does."""
        listed = list(values)
        found = await self.datasette.expand_foreign_keys(
            self.declaration.database, self.declaration.table, grouping.column, listed
        )
        by_value = {value: label for (_, value), label in found.items()}
        unnamed = {None: "unknown", "": "unknown"}
        return {value: str(by_value.get(value, unnamed.get(value, value))) for value in listed}


async def count(asker: Asker, selection: Selection) -> int:
    """Return how many events are chosen."""
    return int((await asker.rows("select count(*) as n", selection))[0]["n"])


async def extent(asker: Asker, selection: Selection) -> tuple[int, int] | None:
    """Return the first and the last day that the events reach; open ends are left out."""
    first, last = asker.declaration.reach_sql
    (found,) = await asker.rows(f"select min({first}) as first, max({last}) as last", selection)
    reach = (found["first"], found["last"])
    # A database made by hand may have anything for a day.
    return reach if all(isinstance(day, int) for day in reach) else None


def _days_sql(declaration: Declaration) -> tuple[str, str, str, str]:
    return (
        declaration.day_sql("earliest_start"),
        declaration.day_sql("latest_start"),
        declaration.day_sql("earliest_end"),
        declaration.day_sql("latest_end"),
    )


async def is_searchable(datasette: "Datasette", declaration: Declaration) -> bool:
    """Return whether the table has a full-text index, its own or one that metadata names."""
    metadata = datasette.table_metadata(declaration.database, declaration.table)
    db = datasette.get_database(declaration.database)
    return bool(metadata.get("fts_table") or await db.fts_table(declaration.table))


# Facets and lanes


async def facet(asker: Asker, selection: Selection, grouping: Grouping, most: int) -> list[Row]:
    """Return the values of a column with how many of the events have each, the commonest first."""
    rows = await asker.counts(selection, grouping)
    rows.sort(key=lambda row: (-row["n"], str(row["lane"])))
    kept = rows[:most]
    labels = await asker.labels(grouping, (row["lane"] for row in kept))
    return [{"value": row["lane"], "count": row["n"], "label": labels[row["lane"]]} for row in kept]


async def lanes(asker: Asker, selection: Selection, grouping: Grouping | None) -> list[Row]:
    """Return the lanes in the order they are drawn: of each its value, label and count."""
    if grouping is None:
        return [{"value": REST, "label": "", "count": await count(asker, selection)}]
    found = await facet(asker, selection, grouping, MOST_LANES + 1)
    if len(found) <= MOST_LANES and not grouping.is_array:
        return found
    kept = found[: MOST_LANES - 1]
    rest = await asker.rows(
        "select count(*) as n", selection, condition=_outside(grouping, kept), **_lane_values(kept)
    )
    if rest[0]["n"]:
        kept = [*kept, {"value": REST, "label": "others", "count": rest[0]["n"]}]
    return kept


def _inside(grouping: Grouping, kept: list[Row]) -> str:
    """Return the condition that an event lies in one of the lanes kept."""
    column = escape_sqlite(grouping.column)
    cell = "value" if grouping.is_array else column
    # `is`, because a lane may be that of the events without a value.
    among = " or ".join(f"{cell} is :lane_{n}" for n in range(len(kept))) or "0"
    if not grouping.is_array:
        return f"({among})"
    items = f"json_each(iif(json_valid({column}), {column}, '[]'))"
    return f"exists (select 1 from {items} where {among})"  # noqa: S608  # ditto


def _outside(grouping: Grouping, kept: list[Row]) -> str:
    """Return the condition that an event lies in none of the lanes kept."""
    return f"not {_inside(grouping, kept)}"


def _lane_values(kept: list[Row]) -> dict[str, Any]:
    return {f"lane_{n}": lane["value"] for n, lane in enumerate(kept)}


def facet_groupings(asker: Asker) -> list[Grouping]:
    """Return what the table is faceted by, as its metadata says."""
    declaration = asker.declaration
    metadata = asker.datasette.table_metadata(declaration.database, declaration.table)
    return [
        found
        for found in groupings(metadata.get("facets", ()))
        if found.column in declaration.columns
    ]


# Bins


async def bins_of(
    asker: Asker, selection: Selection, bins: Bins, grouping: Grouping | None = None
) -> dict[Any, dict[str, list[int]]]:
    """Return for each lane how many events can be, and must be, under way in each bin.

    A date marked ?, ~ or % counts as possible only. Without a grouping all are in REST.
    """
    if not asker.declaration.derived:
        return await _bins_of_texts(asker, selection, bins, grouping)
    start, latest_start, earliest_end, end = _days_sql(asker.declaration)
    dated = f"coalesce({start}, {end}) is not null"
    plain = f"not {asker.declaration.marked_sql}"
    core = f"{plain} and {latest_start} <= {earliest_end}"
    apart = f"{plain} and {latest_start} > {earliest_end}"

    async def counted(condition: str, **days: str) -> dict[Any, list[tuple[int, ...]]]:
        # In a database made by hand a column of days may hold anything.
        named = {name: f"cast({day} as integer)" for name, day in days.items()}
        return await asker.day_counts(selection, grouping, named, condition)

    begins = await counted(dated, day=f"coalesce({start}, -{_FAR})")
    ends = await counted(dated, day=f"coalesce({end}, {_FAR})")
    core_begins = await counted(core, day=latest_start)
    core_ends = await counted(core, day=earliest_end)
    unsure = await counted(apart, first=earliest_end, last=latest_start)
    return {
        lane: {
            "possible": under_way(bins, begins[lane], ends[lane]),
            "certain": [
                sure + inside
                for sure, inside in zip(
                    under_way(bins, core_begins.get(lane, ()), core_ends.get(lane, ())),
                    within(bins, unsure.get(lane, ())),
                    strict=True,
                )
            ],
        }
        for lane in begins
    }


async def _bins_of_texts(
    asker: Asker, selection: Selection, bins: Bins, grouping: Grouping | None
) -> dict[Any, dict[str, list[int]]]:
    values: dict[str, Any] = {"unit": bins.unit, "first": bins.edges[0], "last": bins.edges[-1] - 1}
    columns = {"date": asker.declaration.date_sql}
    measure = "edtf_bins(date, :unit, :first, :last) as counts"
    rows = await asker.measured(selection, grouping, columns, measure, **values)
    return {row["lane"]: json.loads(row["counts"]) for row in rows}


# Marks and the list


async def marks(
    asker: Asker, selection: Selection, tail: str, grouping: Grouping | None = None, **values: Any
) -> list[Row]:
    """Return events as the drawings and the list need them."""
    rows = await asker.rows(
        f"select {_mark_columns(asker.declaration, grouping)}", selection, tail, **values
    )
    return [_mark(row, asker.declaration) for row in rows]


def _mark_columns(declaration: Declaration, grouping: Grouping | None) -> str:
    named = {
        "id": declaration.id,
        "title": declaration.title,
        "place": declaration.place,
        "country": declaration.country,
        "kind": declaration.kind,
        "latitude": declaration.latitude,
        "longitude": declaration.longitude,
        "radius_km": declaration.radius_km,
        "location_precision": declaration.location_precision,
        "status": "status" if declaration.derived else None,
        "lane": grouping.column if grouping else None,
    }
    columns = [f"{escape_sqlite(name)} as {part}" for part, name in named.items() if name]
    columns.append(f"{declaration.date_sql} as date")
    columns.append(f"{declaration.weight_sql} as weight")
    if declaration.counts_killed:
        columns += [*_FIGURES, "killed_scope", "killed_open"]
    return ", ".join(columns)


def _mark(row: Row, declaration: Declaration) -> Row:
    date = read_date(row["date"])
    weight = _number(row["weight"])
    mark = {
        **{name: value for name, value in row.items() if name not in _COUNTED},
        **{name: _number(row[name]) for name in _NUMBERS if name in row},
        "words": date.describe() if date else str(row["date"] or "no date"),
        "spans": _spans(date) if date else [],
        "marked": bool(date and (date.approximate or date.uncertain)),
        "approximate": bool(date and date.approximate),
        "uncertain": bool(date and date.uncertain),
    }
    if declaration.counts_killed:
        mark["figure"] = figure(
            row["killed_low"], row["killed_best"], row["killed_high"], row["killed_open"]
        )
        # Figures of different scopes are not of one size.
        mark["size"] = weight if row["killed_scope"] == _SCOPE_OF_SIZES else None
    else:
        mark["size"] = weight if declaration.size else None
    return mark


def _number(value: object) -> int | float | None:
    """Return a finite number as it is: JSON has no other, and a map no place for one."""
    return value if isinstance(value, int | float) and isfinite(value) else None


def _spans(date: EventDate) -> list[list[int | None]]:
    """Return the date's spans, or their hull where they are too many to be told apart."""
    hull = Span(date.earliest_start, date.latest_start, date.earliest_end, date.latest_end)
    spans = date.spans if len(date.spans) <= MOST_SPANS else (hull,)
    return [
        [span.earliest_start, span.latest_start, span.earliest_end, span.latest_end]
        for span in spans
    ]


# The page and its data


async def read_list(asker: Asker, shown: Selection, state: State) -> list[Row]:
    """Return one page of the events shown, in the order in which they can first have begun."""
    start = asker.declaration.day_sql("earliest_start")
    end = asker.declaration.day_sql("latest_end")
    return await marks(
        asker,
        shown,
        f"order by {start} is null and {end} is null, coalesce({start}, -{_FAR}), {end}, "
        f"{escape_sqlite(asker.declaration.id)} limit :length offset :skipped",
        length=LIST_LENGTH,
        skipped=(state.page - 1) * LIST_LENGTH,
    )


async def read_facets(asker: Asker, everything: Selection, shown: Selection) -> list[Row]:
    """Return the table's facets with counts of the events shown, and the pairs each value adds."""
    found = []
    for grouping in facet_groupings(asker):
        chosen = [value for key, value in everything.pairs if key == grouping.parameter]
        values = [
            {
                **value,
                "chosen": str(value["value"]) in chosen,
                "pairs": _toggled(everything, grouping.parameter, str(value["value"])),
            }
            for value in await facet(asker, shown, grouping, FACET_LENGTH)
            if value["value"] is not None
        ]
        found.append({"column": grouping.column, "values": values})
    return found


def _toggled(everything: Selection, parameter: str, value: str) -> Pairs:
    pair = (parameter, value)
    if pair in everything.pairs:
        return [other for other in everything.pairs if other != pair]
    return [*everything.pairs, pair]


async def read_drawing(asker: Asker, everything: Selection, shown: Selection, state: State) -> Row:
    """Return what the timeline and the map draw, ready for JSON.

    `complete`: all events chosen are in `events`, whatever the window; else `events` are
    the weightiest in the window, and `bins` and `places` stand for the others.
    """
    total = await count(asker, everything)
    reach = await extent(asker, everything)
    complete = total <= MOST_MARKS
    drawn = everything if complete else shown
    # Of all that the filters choose, so that lanes stay in their places while one zooms.
    lanes_drawn = await lanes(asker, everything, state.lanes)
    order = f"order by weight desc, {escape_sqlite(asker.declaration.id)} limit {MOST_MARKS}"
    rows = await marks(asker, drawn, order, state.lanes)
    return {
        "total": total,
        "shown": total if shown is everything else await count(asker, shown),
        "complete": complete,
        "extent": reach,
        "window": _window_days(state.window),
        "overview": await _overview(asker, everything, reach),
        "lanes": lanes_drawn,
        "kinds": await _kinds(asker, everything),
        "events": rows,
        "bins": None if complete else await _lane_bins(asker, shown, state, reach, lanes_drawn),
        "places": None if complete else await read_places(asker, shown),
    }


def _window_days(window: EventDate | None) -> tuple[int | None, int | None] | None:
    return (window.earliest_start, window.latest_end) if window else None


async def _kinds(asker: Asker, everything: Selection) -> list[Row]:
    """Return the kinds of event in a fixed order, so that each keeps its hue whatever is chosen."""
    kind = asker.declaration.kind
    if kind is None:
        return []
    if asker.declaration.counts_killed:
        return [{"value": value, "label": value} for value in TYPES]
    return await facet(asker, everything, Grouping(kind), MOST_LANES)


async def _overview(
    asker: Asker, everything: Selection, reach: tuple[int, int] | None
) -> Row | None:
    if reach is None:
        return None
    bins = calendar_bins(*reach, most=OVERVIEW_BINS)
    counts = (await bins_of(asker, everything, bins)).get(REST, {"possible": [], "certain": []})
    return {"unit": bins.unit, "edges": bins.edges, **counts}


async def _lane_bins(
    asker: Asker,
    shown: Selection,
    state: State,
    reach: tuple[int, int] | None,
    lanes_drawn: list[Row],
) -> Row | None:
    if reach is None:
        return None
    first, last = _window_days(state.window) or reach
    bins = calendar_bins(reach[0] if first is None else first, reach[1] if last is None else last)
    by_value = await _bins_by_lane(asker, shown, bins, state.lanes, lanes_drawn)
    return {
        "unit": bins.unit,
        "edges": bins.edges,
        "lanes": [{"value": value, **counts} for value, counts in by_value.items()],
    }


async def _bins_by_lane(
    asker: Asker,
    shown: Selection,
    bins: Bins,
    grouping: Grouping | None,
    lanes_drawn: list[Row],
) -> dict[Any, dict[str, list[int]]]:
    """Return the bins of each lane drawn, those of all other events together."""
    if grouping is None:
        return await bins_of(asker, shown, bins)
    kept = [lane for lane in lanes_drawn if lane["value"] != REST]
    if len(kept) == len(lanes_drawn):
        return await bins_of(asker, shown, bins, grouping)
    values = _lane_values(kept)
    inside = shown.narrowed(_inside(grouping, kept), values)
    found = await bins_of(asker, inside, bins, grouping)
    by_value = {lane["value"]: found[lane["value"]] for lane in kept if lane["value"] in found}
    return by_value | await bins_of(asker, shown.narrowed(_outside(grouping, kept), values), bins)


async def read_places(asker: Asker, shown: Selection) -> list[Row]:
    """Return the points of the map with how many events lie at each, the fullest first.

    Of more than MOST_PLACES points those that lie in one cell of a grid are one, in their middle.
    """
    places = await _places_by(asker, shown, "{latitude}", "{longitude}", MOST_PLACES + 1)
    if len(places) <= MOST_PLACES:
        return places
    latitudes, longitudes = zip(*((at["latitude"], at["longitude"]) for at in places), strict=True)
    wide = max(max(latitudes) - min(latitudes), max(longitudes) - min(longitudes))
    cell = max(wide, _LEAST_EXTENT) / GRID_CELLS
    by = ("round({latitude} / :cell)", "round({longitude} / :cell)")
    return await _places_by(asker, shown, *by, MOST_PLACES, cell=cell)


async def _places_by(
    asker: Asker, shown: Selection, by_latitude: str, by_longitude: str, most: int, **values: float
) -> list[Row]:
    declaration = asker.declaration
    if declaration.latitude is None or declaration.longitude is None:
        return []
    named = {
        "latitude": escape_sqlite(declaration.latitude),
        "longitude": escape_sqlite(declaration.longitude),
    }
    rows = await asker.rows(
        "select avg({latitude}) as latitude, avg({longitude}) as longitude, count(*) as count,"
        " min({id}) as id".format(id=escape_sqlite(declaration.id), **named),
        shown,
        f"group by {by_latitude}, {by_longitude} order by count(*) desc limit :most".format(
            **named
        ),
        "{latitude} is not null and {longitude} is not null".format(**named),
        most=most,
        **values,
    )
    return [
        row for row in rows if None not in (_number(row["latitude"]), _number(row["longitude"]))
    ]
