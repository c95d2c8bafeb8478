"""Search that forgives spelling, in the place of Datasette's own escape_fts."""

import sqlite3

from event_timeline.database.search import match_expression

# The first words count, and this many characters hold them all.
_LONGEST_SEARCH = 10_000


def register(connection: sqlite3.Connection) -> None:
    """Make the function known to a connection."""
    connection.create_function("escape_fts", 1, escape_fts, deterministic=True)


def escape_fts(query: object) -> str | None:
    """Return the FTS5 expression that finds the words of a search."""
    return None if query is None else match_expression(str(query)[:_LONGEST_SEARCH])
