"""The chronology's database as Datasette asks it: a build for each request."""

import asyncio
import logging
import math
import re
import sqlite3
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from datasette.database import Database, QueryInterrupted, Results
from datasette.tracer import trace

from datasette_event_timeline.serving.builds import Build, Stamp, open_build, stamp_of
from datasette_event_timeline.serving.child import Answer, Child
from datasette_event_timeline.serving.limits import set_limits
from datasette_event_timeline.serving.statement import MOST_PAGE_ROWS, Statement, Values, run
from datasette_event_timeline.serving.worker import File, FileGoneError

if TYPE_CHECKING:
    from datasette.app import Datasette

    from datasette_event_timeline.serving.memory import Memory

Found = TypeVar("Found")

_MOST_ATTEMPTS = 20
_NOTHING = Statement("select 1", {}, 1_000)
_log = logging.getLogger(__name__)
_PARAMETER = re.compile(r"[:@$](\w+)")


def serve_builds(
    datasette: "Datasette", name: str, modules: Sequence[str], children: int
) -> "ServedDatabase | None":
    """Return a database of Datasette's as it is served from now on; None if it is no file."""
    db = datasette.databases.get(name)
    if db is None or not db.path or isinstance(db, ServedDatabase):
        return db if isinstance(db, ServedDatabase) else None
    served = ServedDatabase(db, modules, children)
    datasette.databases = {**datasette.databases, name: served}
    return served


@dataclass
class Visit:
    """A request that is being answered: the build it reads, and how.

    `child` runs its SQL where a visitor wrote a part of that. `is_page`: it answers a query in
    HTML, with MOST_PAGE_ROWS at most.
    `left_ms`: what all its statements together may still take. Once the request is answered
    `build` is None: timers and tasks that it left behind would hold it.
    """

    build: Build | None
    child: Child | None = None
    is_page: bool = False
    left_ms: float = math.inf


_visit: ContextVar[Visit | None] = ContextVar("visit", default=None)


def _current_build() -> Build | None:
    visit = _visit.get()
    return visit.build if visit else None


class ServedDatabase(Database):  # type: ignore[misc]
    """A database of which a request reads one build, with visitors' SQL in other processes.

    `modules` name what gives a connection its functions: each has `register(connection)`.
    """

    def __init__(self, plain: Database, modules: Sequence[str], children: int) -> None:
        # Mutable: Datasette keeps the counts and the hash of an immutable one for good.
        super().__init__(plain.ds, plain.path, is_mutable=True)
        self.name, self.route = plain.name, plain.route
        how = "mode=ro&nolock=1" if plain.ds.nolock else "mode=ro"
        how = how if plain.is_mutable else "immutable=1"
        self._uri = f"file:{quote(str(plain.path))}?{how}"
        self._opening = threading.Lock()
        self._latest: Build | None = None
        self._unreadable: Stamp | None = None
        self._children = [Child(modules) for _ in range(children)]

    # Builds

    @asynccontextmanager
    async def visit(
        self, has_sql: bool, is_page: bool, most_ms: float = math.inf
    ) -> AsyncIterator[Build]:
        """Answer a request within: all it asks is of one build, which is given.

        `has_sql`: a visitor wrote a part of its SQL. `most_ms`: for all statements together; what
        is asked after that has one millisecond left. A request that is made while another is
        answered reads the same build. Raises FileGoneError if a process for visitors' SQL
        cannot open that any more.
        """
        outer = _current_build()
        child = min(self._children, key=lambda child: child.users) if has_sql else None
        with child.used() if child else nullcontext():
            build = outer or await self._latest_build()
            if child:
                build = await self._opened_by(child, build, bool(outer))
            token = _visit.set(visit := Visit(build, child, is_page, most_ms))
            try:
                yield build
            finally:
                _visit.reset(token)
                visit.build = None

    async def _latest_build(self) -> Build:
        known = self._known()
        return await asyncio.to_thread(self._look) if known is None else known

    async def _opened_by(self, child: Child, build: Build, is_given: bool) -> Build:
        """Return a build that a process has open, so that it can go on to read it."""
        for _ in range(_MOST_ATTEMPTS):
            try:
                await child.ask(self._file(build), _NOTHING)
            except FileGoneError:
                latest = await self._latest_build()
                if is_given or latest is build:
                    raise
                build = latest
            else:
                return build
        raise FileGoneError("the data is published again and again")

    def _file(self, build: Build) -> File:
        return File(str(self.path), self._uri, build.stamp.inode)

    def _known(self) -> Build | None:
        """Return the build that was seen last, unless there is another that can be read."""
        try:
            found = stamp_of(str(self.path))
        except OSError:
            return self._latest
        is_new = self._latest is None or found not in (self._latest.stamp, self._unreadable)
        return None if is_new else self._latest

    def _look(self) -> Build:
        """Return the build that is at the path; the one before if that cannot be opened."""
        with self._opening:
            if known := self._known():
                return known
            threads = self.ds.setting("num_sql_threads") or 1
            stamp = stamp_of(str(self.path))
            try:
                latest = open_build(str(self.path), self._connect, threads)
            except (sqlite3.Error, OSError) as error:
                if self._latest is None:
                    raise
                self._unreadable = stamp
                _log.error("%s cannot be read, the build before is served: %s", self.path, error)
                return self._latest
            self._latest = latest
            return latest

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
        self.ds._prepare_connection(connection, self.name)
        set_limits(connection)
        return connection

    @property
    def memory(self) -> "Memory | None":
        """What is remembered of the build that is read; None where nothing may be."""
        build = _current_build()
        return build.memory if build else None

    @property
    def size(self) -> int:
        """Return the bytes of the build that is read, or was seen last."""
        build = _current_build() or self._latest
        return build.stamp.size if build else super().size

    # Statements

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], Found]) -> Found:
        """Run a function with a connection to the build that is read."""
        return await self._run_on(_current_build() or await self._latest_build(), fn)

    async def _run_on(self, build: Build, fn: Callable[[sqlite3.Connection], Found]) -> Found:
        def in_thread() -> Found:
            with build.connection() as connection:
                return fn(connection)

        if self.ds.executor is None:
            return in_thread()
        return await asyncio.get_running_loop().run_in_executor(self.ds.executor, in_thread)

    async def execute(
        self,
        sql: str,
        params: Values | None = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,
    ) -> Results:
        """Run a statement, as Datasette's own database does.

        Raises QueryInterrupted when the time is over, AnswerTooLargeError, and what SQLite does.
        """
        visit = _visit.get() or Visit(None)
        build = visit.build or await self._latest_build()
        most_rows = self._most_rows(visit, page_size) if truncate else None
        values = _plain_values(sql, params)
        statement = Statement(sql, values, self._most_ms(visit, custom_time_limit), most_rows)
        began = time.monotonic()
        try:
            with trace("sql", database=self.name, sql=sql.strip(), params=params):
                columns, rows = await self._answer(build, visit.child, statement, log_sql_errors)
        finally:
            visit.left_ms -= 1000 * (time.monotonic() - began)
        is_cut = most_rows is not None and len(rows) > most_rows
        description = columns and tuple((name, *[None] * 6) for name in columns)
        return Results(rows[:most_rows], is_cut, description)

    async def _answer(
        self, build: Build, child: Child | None, statement: Statement, is_logged: bool
    ) -> Answer:
        try:
            if child is None:
                return await self._run_on(build, partial(_read_all, statement=statement))
            return await child.ask(self._file(build), statement)
        except sqlite3.DatabaseError as error:
            if error.args == ("interrupted",):
                raise QueryInterrupted(error, statement.sql, statement.values) from None
            if is_logged and child is None:
                sys.stderr.write(f"ERROR: sql = {statement.sql!r}: {error}\n")
            raise

    def _most_ms(self, visit: Visit, most_ms: int | None) -> int:
        most: int = self.ds.sql_time_limit_ms
        return int(max(1, min(most_ms or most, most, visit.left_ms)))

    def _most_rows(self, visit: Visit, page_size: int | None) -> int | None:
        most: int = self.ds.max_returned_rows
        if most == (page_size or self.ds.page_size):
            most += 1
        if visit.is_page and not page_size:
            most = min(most or MOST_PAGE_ROWS, MOST_PAGE_ROWS)
        return most or None

    def close(self) -> None:
        """Close the connections that Datasette writes with, and end the processes."""
        super().close()
        for child in self._children:
            child.close()
        self._latest = None


def _read_all(connection: sqlite3.Connection, statement: Statement) -> Answer:
    columns, *parts = run(connection, statement)
    return Answer(columns, [row for rows in parts for row in rows])


def _plain_values(sql: str, values: Values | None) -> Values:
    """Return the values that a statement names; Datasette makes some only when they are read."""
    if not isinstance(values, Mapping):
        return values or {}
    if type(values) is dict:
        return values
    found = {}
    for name in _PARAMETER.findall(sql):
        with suppress(KeyError):
            found[name] = values[name]
    return found
