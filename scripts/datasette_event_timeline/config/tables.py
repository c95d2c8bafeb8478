"""Any table or view with dates as a timeline: its columns as settings, the address or guesses say.

    databases:
      archive:
        tables:
          exhibitions:
            plugins:
              datasette-event-timeline:
                date: opened
                end: closed
                lanes: [venue]

Nothing needs to be written: what is not is guessed from the names of columns and from what they
hold.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from datasette.utils import sqlite_timelimit, tilde_decode, tilde_encode
from datasette.utils.asgi import BadRequest, NotFound

from datasette_event_timeline.config.columns import (
    Schema,
    date_rows,
    read_schema,
    sample,
    texts_among,
)
from datasette_event_timeline.config.declaration import (
    CHOICES,
    NUMBER_PARTS,
    OTHER_PARTS,
    Declaration,
    Grouping,
)
from datasette_event_timeline.config.declared import (
    OutOfStepError,
    declared_database,
    find_or_refuse,
)
from datasette_event_timeline.config.guesses import Guess, guess
from datasette_event_timeline.config.table_settings import (
    Settings,
    TableSettingsError,
    table_settings,
)
from datasette_event_timeline.serving.memory import recall_of_file
from edtf_dates.cells import READY_CODES, ROLES, decide_reading

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

Found = TypeVar("Found")

# Columns of the row that are read as dates: at least one of these.
_BEGINNINGS = frozenset({"date", "year", "earliest", "latest"})


async def has_dates(datasette: "Datasette", database: str, table: str) -> bool:
    """Tell whether a table or view has a column of dates, by its settings or as far as is seen."""
    settings = table_settings(datasette, database, table)
    _, guessed = await _columns(datasette, settings)
    return _is_dated(guessed)


async def find_table(
    datasette: "Datasette", database: str, table: str, chosen: Mapping[str, str] | None = None
) -> Declaration | None:
    """Return a table or view as a timeline shows it; None if it is not there or has no dates.

    `chosen`: columns by part, as an address says; blank for none. Raises TableSettingsError for a
    setting or a choice that names a column which is not there.
    """
    settings = table_settings(datasette, database, table).but(chosen or {})
    schema, guessed = await _columns(datasette, settings)
    if not _is_dated(guessed):
        return None
    made = partial(_declaration, settings, schema, guessed)
    declaration = await _found(datasette, database, ("declaration", settings), made)
    fts_table = datasette.table_metadata(database, table).get("fts_table") or schema.fts_table
    return replace(declaration, searchable=bool(fts_table), names=schema.names)


async def table_asked_for(datasette: "Datasette", request: "Request") -> Declaration:
    """Return the table whose timeline is asked for: of an address without a name, the chronology.

    Whether the visitor may see it is asked before. Raises NotFound for a table that is not there
    or has no dates, BadRequest for a choice of columns that makes no sense, OutOfStepError where
    metadata names a column that is gone.
    """
    names = request.url_vars
    if not names:
        declaration = await find_or_refuse(datasette)
        if declaration is None:
            raise NotFound("There are no events here: metadata declares no table that is served")
        return declaration
    database, table = tilde_decode(names["database"]), tilde_decode(names["table"])
    found = await table_with_dates(datasette, request, database, table)
    if found is None:
        raise NotFound(f"There is no table {table} with a column of dates: add _date= and its name")
    return found


async def table_with_dates(
    datasette: "Datasette", request: "Request", database: str, table: str
) -> Declaration | None:
    """Return a table as its timeline shows it, with the columns that the address chooses.

    None if it is not there or has no dates. Raises BadRequest for a column that it has not,
    OutOfStepError where metadata names one that is gone.
    """
    given = {part: request.args.get(f"_{part}") for part in CHOICES}
    chosen = {part: column for part, column in given.items() if column is not None}
    if not chosen and database == declared_database(datasette):
        declaration = await find_or_refuse(datasette)
        if declaration is not None and table == declaration.table:
            return declaration
    try:
        return await find_table(datasette, database, table, chosen)
    except TableSettingsError as error:
        if error.setting in chosen:
            raise BadRequest(f"_{error.problem}") from None
        raise OutOfStepError(str(error)) from None


def timeline_path(database: str, table: str) -> str:
    """Return where a table's timeline is, below the address of the site."""
    return f"-/timeline/{tilde_encode(database)}/{tilde_encode(table)}"


def _is_dated(guessed: Guess) -> bool:
    return not _BEGINNINGS.isdisjoint(guessed.parts)


async def _columns(datasette: "Datasette", settings: Settings) -> tuple[Schema, Guess]:
    looked_at = partial(_look, settings)
    return await _found(datasette, settings.database, ("columns", settings), looked_at)


async def _found(
    datasette: "Datasette",
    database: str,
    question: object,
    find: Callable[[sqlite3.Connection], Found],
) -> Found:
    """Return what is found in a database, found once for each state of its file.

    Raises QueryInterrupted for what takes longer than a visitor's query may.
    """
    db = datasette.get_database(database)
    most_ms = datasette.setting("sql_time_limit_ms")

    def find_in_time(connection: sqlite3.Connection) -> Found:
        with sqlite_timelimit(connection, most_ms):
            return find(connection)

    return await recall_of_file(db, question, partial(db.execute_fn, find_in_time))


def _look(settings: Settings, connection: sqlite3.Connection) -> tuple[Schema, Guess]:
    """Return a table's columns, and the part that each is found to play."""
    schema = read_schema(settings.table, connection)
    for part, column in settings.parts:
        if column is not None and schema.columns and column not in schema.columns:
            there = ", ".join(schema.columns)
            settings.refuse(f"{part}: the table has no column {column}: name one of {there}")
    if not schema.columns:
        return schema, Guess({})
    cells = sample(settings.table, schema.columns, connection)
    return schema, guess(cells, dict(settings.parts))


def _declaration(
    settings: Settings, schema: Schema, guessed: Guess, connection: sqlite3.Connection
) -> Declaration:
    parts = guessed.parts
    roles = tuple(role for role in ROLES if role in parts)
    cells = tuple(parts[role] for role in roles)
    codes = settings.codes or guessed.codes
    reading, notes = decide_reading(
        roles,
        date_rows(settings.table, cells, connection),
        order=settings.order,
        years=settings.years,
        codes=READY_CODES.get(codes, {}) if isinstance(codes, str) else dict(codes),
    )
    numbers = [parts[part] for part in NUMBER_PARTS if part in parts]
    others = {part: parts[part] for part in OTHER_PARTS if part in parts}
    lanes = settings.lanes
    return Declaration(
        database=settings.database,
        table=settings.table,
        columns=schema.columns,
        keys=schema.keys or (*cells, *([parts["title"]] if "title" in parts else [])),
        date_cells=cells,
        reading=reading,
        lanes=tuple(map(Grouping, guessed.lanes)) if lanes is None else lanes,
        texts=texts_among(settings.table, numbers, connection),
        has_times=notes.has_times,
        path=timeline_path(settings.database, settings.table),
        order_is_a_guess=notes.order_is_a_guess,
        primary_keys=schema.primary_keys,
        has_rowid=schema.has_rowid,
        **others,  # type: ignore[arg-type]  # each is a text or None
    )
