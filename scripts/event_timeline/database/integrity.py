"""The last check of a database that was built: is it whole, and does it hold every row?"""

import sqlite3

from event_timeline.curated.columns import EVENTS
from event_timeline.database.rows import Tally

# Above this many events the full integrity check takes longer than the build.
FULL_CHECK_EVENTS = 50_000


class BuildError(Exception):
    """The database that was built does not hold what the files hold."""


def verify(connection: sqlite3.Connection, tally: Tally) -> None:
    """Raise BuildError unless the database is whole and holds every row that was read."""
    full = tally.rows.get(EVENTS.name, 0) < FULL_CHECK_EVENTS
    check = "integrity_check" if full else "quick_check"
    answer = connection.execute(f"pragma {check}").fetchone()[0]
    if answer != "ok":
        raise BuildError(f"SQLite's {check} says: {answer}")
    if lost := connection.execute("pragma foreign_key_check").fetchone():
        raise BuildError(f"a row of {lost[0]} refers to a row of {lost[2]} that is not there")
    for table, expected in tally.rows.items():
        found = connection.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608
        if found != expected:
            raise BuildError(f"{table} holds {found} rows, {expected} were read")
