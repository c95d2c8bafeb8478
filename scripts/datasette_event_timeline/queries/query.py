"""Questions about the events that an address chooses: asked of SQLite, and remembered."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from math import isfinite
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from datasette.utils import escape_sqlite

from datasette_event_timeline.declaration import Declaration, Grouping
from datasette_event_timeline.middleware.limits import TOO_MUCH
from datasette_event_timeline.queries.cache import Version, recall, version_of
from datasette_event_timeline.queries.selection import Selection
from datasette_event_timeline.sql.histogram import Counts, Tally
from datasette_event_timeline.sql.stored_dates import DATES, NUMBER, STRETCHES
from edtf_dates import YEAR_LIMIT, ordinal

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

Row = dict[str, Any]
Found = TypeVar("Found")

# The lane of everything that has no lane of its own.
REST = "\N{HORIZONTAL ELLIPSIS}"
# An answer may take as long as so many questions of the longest kind.
MOST_QUESTIONS = 3
# What is handed over of each stretch.
_HANDED_OVER = ("first", "last", "certain", "weight")
# So many stretches are handed over as one value.
_STRETCHES_TOGETHER = 20_000
# No date of EDTF reaches further.
_FIRST_DAY, _LAST_DAY = ordinal(-YEAR_LIMIT, 1, 1), ordinal(YEAR_LIMIT, 12, 31)


@dataclass(frozen=True)
class Asker:
    """One database, its declared table, and who asks: what every query here needs.

    `version` is that of the database, if what is found may be remembered. `late` names what
    was left out of the answer because it took too long; where the visitor has written SQL,
    `has_sql`, nothing is left out that has the time of a whole statement, and what fails is
    theirs to mend. One question is asked after the other, so that whoever asks much leaves
    threads to others.
    """

    datasette: "Datasette"
    declaration: Declaration
    version: Version | None = None
    has_sql: bool = False
    late: list[str] = field(default_factory=list)
    _since: float = field(default_factory=time.monotonic)

    @property
    def db(self) -> "Database":
        return self.datasette.get_database(self.declaration.database)

    async def in_time(
        self,
        name: str,
        work: Callable[[], Awaitable[Found]],
        otherwise: Found,
        has_own_limit: bool = False,
    ) -> Found:
        """Return what the work finds, or something else if it takes more than the site allows.

        All that one answer asks for may take as long as a few single questions may.
        `has_own_limit`: the work may take less time than a visitor's own SQL may.
        """
        if self.has_sql and not has_own_limit:
            return await work()
        most_seconds = MOST_QUESTIONS * self.datasette.setting("sql_time_limit_ms") / 1000
        if time.monotonic() - self._since < most_seconds:
            with suppress(*TOO_MUCH):
                return await work()
        if name not in self.late:
            self.late.append(name)
        return otherwise

    async def rows(
        self,
        select: str,
        selection: Selection,
        tail: str = "",
        condition: str = "",
        **values: Any,
    ) -> list[Row]:
        """Return the rows of a select over the chosen events that meet a condition."""
        where = selection.also(condition) if condition else selection.where
        return await self._fetch(f"{self._from(select)} {where} {tail}", selection, values)

    async def listed(
        self, select: str, selection: Selection, tail: str, **values: Any
    ) -> list[Row]:
        """Return rows of the chosen events, which each window and page has its own of.

        They are soon found, and too much to be remembered.
        """
        sql = f"{self._from(select)} {selection.where} {tail}"
        return await fetch_rows(self.db, sql, selection.values | values)

    def _from(self, select: str) -> str:
        return f"{select} from {escape_sqlite(self.declaration.table)}"

    async def extremes(self, selection: Selection) -> list[Row]:
        """Return the first and the last day that the dates of the events name."""
        if not self.declaration.derived:
            date = self.declaration.date_sql
            days = f"min(edtf_first_day({date})) as first, max(edtf_last_day({date})) as last"
            return await self.rows(f"select {days}", selection)
        numbers = f"{self._from(f'select {NUMBER}')} {selection.where}"
        days = "min(first_day) as first, max(last_day) as last"
        sql = f"select {days} from {DATES} where number in ({numbers})"  # noqa: S608  # as above
        return await self._fetch(sql, selection, {})

    async def counts(
        self, selection: Selection, grouping: Grouping, most_ms: int | None = None
    ) -> list[Row]:
        """Return how many events have each value: the value is `lane`, the number `n`.

        An event counts once for each item of an array.
        """
        sql = self._measuring(selection, Grouping(grouping.column), {}, "count(*) as n")
        if grouping.is_array:
            # Each list is taken apart once, however many events have it.
            items = f"json_each({list_sql('chosen.lane')}) as one"
            counting = f"select one.value as lane, sum(n) as n from ({sql}) as chosen join {items}"  # noqa: S608  # names are escaped, values bound
            sql = f"{counting} group by 1"
        return await self._fetch(sql, selection, {}, most_ms)

    async def stretch_counts(
        self, selection: Selection, grouping: Grouping | None
    ) -> dict[Any, Counts]:
        """Return for each lane the stretches of its events' dates, which must be stored."""
        sql = self._listing(selection, grouping)

        async def find() -> dict[Any, Counts]:
            rows = await fetch_rows(self.db, sql, selection.values)
            return await asyncio.to_thread(_counted, rows)

        return await self._recall(selection, ("stretches", sql), {}, find)

    def _listing(self, selection: Selection, grouping: Grouping | None) -> str:
        """Return the SQL of all stretches of each lane, with how many events have each.

        SQLite hands them over as arrays: a row for each would cost more than the count. Those of
        a lane are several, because no value may be as large as all of many could be.
        """
        counting = self._measuring(
            selection, grouping, {NUMBER: NUMBER}, "count(*) as n", (NUMBER,)
        )
        # In a database made by hand a column may hold anything.
        given = {name: f"cast({name} as integer)" for name in _HANDED_OVER}
        given["weight"] = "cast(weight * n as integer)"
        arrays = ", ".join(f"json_group_array({sql}) as {name}" for name, sql in given.items())
        joined = (
            f"({counting}) as counted join {STRETCHES} as stretches on stretches.date = {NUMBER}"
        )
        parts = f"lane, stretches.rowid / {_STRETCHES_TOGETHER}"
        return f"select lane, {arrays} from {joined} group by {parts} order by lane"  # noqa: S608  # as above

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
        return await self._fetch(sql, selection, values)

    async def _fetch(
        self, sql: str, selection: Selection, values: dict[str, Any], most_ms: int | None = None
    ) -> list[Row]:
        """Return rows, which may be another's too: nobody may change them."""
        find = partial(fetch_rows, self.db, sql, selection.values | values, most_ms)
        return await self._recall(selection, sql, values, find)

    async def _recall(
        self,
        selection: Selection,
        question: object,
        values: dict[str, Any],
        find: Callable[[], Awaitable[Found]],
    ) -> Found:
        asked = (question, *sorted({**selection.values, **values}.items()))
        return await recall(self.db, self.version, asked, find)

    def _measuring(
        self,
        selection: Selection,
        grouping: Grouping | None,
        columns: dict[str, str],
        measure: str,
        by: tuple[str, ...] = (),
    ) -> str:
        """Return the SQL of an aggregate for each lane, and for each value of the columns in `by`.

        The events are chosen in a select of their own, because json_each has columns named id,
        type and value, as the table may.
        """
        lane = f"'{REST}'" if grouping is None else escape_sqlite(grouping.column)
        one, source = "lane", ""
        if grouping is not None and grouping.is_array:
            lane = list_sql(lane)
            one, source = "one.value", "join json_each(chosen.lane) as one"
        inner = ", ".join(f"{sql} as {name}" for name, sql in {"lane": lane, **columns}.items())
        table = escape_sqlite(self.declaration.table)
        chosen = f"select {inner} from {table} {selection.where}"  # noqa: S608  # as above
        outer = ", ".join([f"{one} as lane", *by, measure])
        # Where there is one lane, an index has the values in order only without it.
        first = 2 if by and grouping is None else 1
        keys = ", ".join(map(str, range(first, len(by) + 2)))
        return f"select {outer} from ({chosen}) as chosen {source} group by {keys}"  # noqa: S608  # as above

    async def labels(self, grouping: Grouping, values: Iterable[Any]) -> dict[Any, str]:
        """Return what each value is called: the label of the row it refers to, if it does."""
        listed = list(values)
        try:
            found = await self.datasette.expand_foreign_keys(
                self.declaration.database, self.declaration.table, grouping.column, listed
            )
        except sqlite3.OperationalError:  # The table or the column referred to is not there.
            found = {}
        by_value = {value: label for (_, value), label in found.items()}
        unnamed = {None: "unknown", "": "unknown"}
        return {value: str(by_value.get(value, unnamed.get(value, value))) for value in listed}


async def fetch_rows(
    db: "Database",
    sql: str,
    values: dict[str, Any] | None = None,
    most_ms: int | None = None,
) -> list[Row]:
    """Return the rows; raises QueryInterrupted after the site's limit, or an earlier one."""
    found = await db.execute(sql, values or {}, custom_time_limit=most_ms)
    return [dict(row) for row in found]


def list_sql(column: str) -> str:
    """Return the SQL of a column's JSON array, empty where there is none."""
    return f"iif(json_valid({column}), {column}, '[]')"


async def asker_of(
    datasette: "Datasette", declaration: Declaration, everything: Selection | None = None
) -> Asker:
    """Return who asks for what one answer of the site shows."""
    if everything is not None and any(key == "_where" for key, _ in everything.pairs):
        # It may ask for the time of day, so that nothing of it is remembered.
        return Asker(datasette, declaration, has_sql=True)
    version = await version_of(datasette.get_database(declaration.database))
    return Asker(datasette, declaration, version)


def _counted(rows: list[Row]) -> dict[Any, Counts]:
    """Return the stretches of each lane from rows in the order of lanes."""
    return {lane: _counts_of(parts) for lane, parts in groupby(rows, itemgetter("lane"))}


def _counts_of(parts: Iterable[Row]) -> Counts:
    tally = Tally()
    for part in parts:
        columns = ",".join(part[name] for name in _HANDED_OVER)
        for stretch in zip(*json.loads(f"[{columns}]"), strict=True):
            tally.add_stretch(*stretch)
    return tally.counts()


async def count(asker: Asker, selection: Selection) -> int:
    """Return how many events are chosen."""
    return int((await asker.rows("select count(*) as n", selection))[0]["n"])


async def extent(asker: Asker, selection: Selection) -> tuple[int, int] | None:
    """Return the first and the last day that the events reach; open ends are left out."""
    (found,) = await asker.extremes(selection)
    reach = (found["first"], found["last"])
    # A database made by hand may have anything for a day.
    if not all(isinstance(day, int) for day in reach):
        return None
    first_day, last_day = (min(max(day, _FIRST_DAY), _LAST_DAY) for day in reach)
    return first_day, last_day


def finite(value: object) -> int | float | None:
    """Return a finite number as it is: JSON has no other, and a map no place for one."""
    return value if isinstance(value, int | float) and isfinite(value) else None
