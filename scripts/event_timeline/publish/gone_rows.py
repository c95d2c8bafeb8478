"""Whether a new build lacks rows that the published one has, as half a file does."""

import sqlite3
from contextlib import closing
from pathlib import Path

from event_timeline.curated.columns import FILES
from event_timeline.database.connections import connect
from event_timeline.database.integrity import BuildError


def lacks_rows(fresh: Path, target: Path) -> bool:
    """Whether an id of the published database `target` is not in the finished build `fresh`.

    False if there is no published database. Raises BuildError if they cannot be compared.
    """
    if not target.is_file():
        return False
    try:
        with closing(connect(f"{target.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            new = f"{fresh.absolute().as_uri()}?mode=ro&immutable=1"
            connection.execute("attach ? as fresh", (new,))
            return any(_is_one_gone(connection, file.name) for file in FILES)
    except sqlite3.Error as error:
        raise BuildError(
            f"{target} cannot be compared with the new build ({error}), and is as it was: "
            "event-timeline build replaces it all the same"
        ) from error


def _is_one_gone(connection: sqlite3.Connection, table: str) -> bool:
    gone = f"select 1 from main.{table} where id not in (select id from fresh.{table}) limit 1"  # noqa: S608
    return connection.execute(gone).fetchone() is not None
