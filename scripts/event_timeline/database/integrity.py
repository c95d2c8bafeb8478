"""Is a database ours, is it whole, and does it hold every row that was read?"""

import sqlite3
from collections.abc import Mapping

from event_timeline.curated.columns import EVENTS

# "evtl" in the header of the file, so that a build never overwrites another program's database
# (https://www.sqlite.org/pragma.html#pragma_application_id).
APPLICATION_ID = 0x6576746C

# Above this many events the full integrity check takes longer than the build.
FULL_CHECK_EVENTS = 50_000


class BuildError(Exception):
    """The database could not be made, or does not hold what the files hold."""


def verify(connection: sqlite3.Connection, rows: Mapping[str, int]) -> None:
    """Raise BuildError unless the database is whole and each table has its number of rows."""
    full = rows.get(EVENTS.name, 0) < FULL_CHECK_EVENTS
    check = "integrity_check" if full else "quick_check"
    answer = connection.execute(f"pragma {check}").fetchone()[0]
    if answer != "ok":
        raise BuildError(f"SQLite's {check} says: {answer}")
    if lost := connection.execute("pragma foreign_key_check").fetchone():
        raise BuildError(f"a row of {lost[0]} refers to a row of {lost[2]} that is not there")
    for table, expected in rows.items():
        found = connection.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608
        if found != expected:
            raise BuildError(f"{table} holds {found} rows, {expected} were read")
