"""The SQL of one answer: run within the site's limits, remembered, or named as left out."""

import sqlite3
import time
from collections.abc import Awaitable, Callable, Collection, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeVar

from datasette.database import QueryInterrupted
from datasette.utils import escape_sqlite

from datasette_event_timeline.serving.memory import recall
from datasette_event_timeline.serving.statement import AnswerTooLargeError

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

    from datasette_event_timeline.config.declaration import Declaration
    from datasette_event_timeline.queries.selection import Selection

Row = dict[str, Any]
Found = TypeVar("Found")

# For more time, more memory, or larger values than one query may take.
TOO_MUCH = (QueryInterrupted, MemoryError, sqlite3.DataError, AnswerTooLargeError)
# An answer may take as long as so many queries of the longest kind.
MOST_QUERIES = 3


@dataclass(frozen=True)
class Query:
    """What one answer asks of the database that has the table of events.

    `timed_out` names what was left out of the answer because it took too long or was too large,
    `missing` what the database has no table or column for. What is made of a `hidden` table is
    not asked for. Where the visitor has written SQL, `has_sql`, nothing is remembered, because it
    may ask for the time of day, and nothing is left out that has the time of a whole statement:
    what fails is theirs to mend.

    One statement runs after the other, so that whoever asks much leaves threads to others.
    """

    datasette: "Datasette"
    declaration: "Declaration"
    has_sql: bool = False
    hidden: frozenset[str] = frozenset()
    timed_out: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    _since: float = field(default_factory=time.monotonic)

    @property
    def db(self) -> "Database":
        return self.declaration.index or self.datasette.get_database(self.declaration.database)

    async def fetch(
        self, sql: str, values: dict[str, Any] | None = None, most_ms: int | None = None
    ) -> list[Row]:
        """Return the rows; raises one of TOO_MUCH for what takes more than the site allows.

        `most_ms`: less time than that.
        """
        found = await self.db.execute(sql, values or {}, custom_time_limit=most_ms)
        return [dict(row) for row in found]

    async def remembered(
        self, sql: str, values: dict[str, Any], most_ms: int | None = None
    ) -> list[Row]:
        """Return rows as `fetch` does, which may be another's too: nobody may change them."""
        return await self.recall(sql, values, partial(self.fetch, sql, values, most_ms))

    async def recall(
        self, question: Hashable, values: dict[str, Any], find: Callable[[], Awaitable[Found]]
    ) -> Found:
        """Return what is found for a question with these values, or was found before."""
        if self.has_sql:
            return await find()
        return await recall(self.db, (question, *sorted(values.items())), find)

    # The events chosen

    async def rows(
        self,
        select: str,
        selection: "Selection",
        tail: str = "",
        condition: str = "",
        **values: Any,
    ) -> list[Row]:
        """Return the rows of a select over the events chosen that meet a condition, remembered."""
        where = selection.also(condition) if condition else selection.where
        sql = f"{select} from {escape_sqlite(self.declaration.table)} {where} {tail}"
        return await self.remembered(sql, selection.values | values)

    async def count(self, selection: "Selection") -> int:
        """Return how many events are chosen."""
        return int((await self.rows("select count(*) as n", selection))[0]["n"])

    def events_sql(self, selection: "Selection") -> str:
        """Return the rest of a select: from the table of events, where an event is chosen."""
        return f"from {escape_sqlite(self.declaration.table)} {selection.where}"

    # Parts of an answer that may be left out

    async def attempt(
        self,
        name: str,
        work: Callable[[], Awaitable[Found]],
        otherwise: Found,
        has_own_limit: bool = False,
    ) -> Found:
        """Return what the work finds, or something else if it takes more than the site allows.

        All that an answer attempts may take as long as a few single queries may.
        `has_own_limit`: the work may take less time than a visitor's own SQL may.
        """
        if self.has_sql and not has_own_limit:
            return await work()
        most_seconds = MOST_QUERIES * self.datasette.setting("sql_time_limit_ms") / 1000
        if time.monotonic() - self._since < most_seconds:
            with suppress(*TOO_MUCH):
                return await work()
        _note(self.timed_out, name)
        return otherwise

    def hides(self, tables: Collection[str]) -> bool:
        """Tell whether the visitor may not see one of the tables."""
        return not self.hidden.isdisjoint(tables)

    async def part(
        self,
        name: str,
        sql: str,
        values: dict[str, Any] | None = None,
        tables: Collection[str] = (),
    ) -> list[Row]:
        """Return the rows of a part that is made of these tables; none if it cannot be shown."""
        if self.hides(tables):
            return []
        try:
            return await self.fetch(sql, values)
        except TOO_MUCH:
            _note(self.timed_out, name)
        except sqlite3.OperationalError as error:
            if not str(error).startswith(("no such table", "no such column")):
                raise
            _note(self.missing, name)
        return []


def _note(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def query_for(
    datasette: "Datasette",
    declaration: "Declaration",
    everything: "Selection | None" = None,
    hidden: frozenset[str] = frozenset(),
) -> Query:
    """Return the query of an answer about these events, or about all."""
    has_sql = everything is not None and any(key == "_where" for key, _ in everything.pairs)
    return Query(datasette, declaration, has_sql, hidden)


def finite(value: object) -> int | float | None:
    """Return a finite number as it is: JSON has no other, and a map no place for one."""
    return value if isinstance(value, int | float) and isfinite(value) else None
