"""Writes the index of a table with dates beside its database, for the timeline of a large table."""

import asyncio
import sqlite3
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from datasette.app import Datasette

from datasette_event_timeline.config.metadata_checks import MetadataError
from datasette_event_timeline.config.tables import find_table
from datasette_event_timeline.index.database import write_beside


class IndexingError(Exception):
    """A table that has no index, with what to do about it."""


def write_index(
    database: Path, table: str, columns: Sequence[str], metadata: dict[str, Any] | None
) -> Path:
    """Write the index of a table, and return where it is.

    `columns` are those by which events are grouped or chosen, beside the ones that settings name
    or that are guessed. Raises IndexingError for a table that is not there, has no dates
    or cannot have an index.
    """
    return asyncio.run(_write(database, table, columns, metadata))


async def _write(
    database: Path, table: str, columns: Sequence[str], metadata: dict[str, Any] | None
) -> Path:
    site = Datasette([str(database)], metadata=metadata)
    db = next(one for one in site.databases.values() if one.path)
    try:
        plain = await find_table(site, db.name, table)
        if plain is None:
            raise IndexingError(f"{database} has no table {table} with a column of dates")
        missing = [name for name in columns if name not in plain.columns]
        if missing:
            there = ", ".join(plain.columns)
            raise IndexingError(f"{table} has no column {missing[0]}: name some of {there}")
        written: Path = await db.execute_fn(partial(write_beside, plain, database, columns))
    except (MetadataError, ValueError, sqlite3.DatabaseError) as error:
        raise IndexingError(f"{database}: {error}") from error
    return written
