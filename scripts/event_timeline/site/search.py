"""Search that forgives spelling, in the place of Datasette's own escape_fts."""

from event_timeline.database.search import match_expression

# The first words count, and this many characters hold them all.
_LONGEST_SEARCH = 10_000


def escape_fts(query: object) -> str | None:
    """Return the FTS5 expression that finds the words of a search."""
    return None if query is None else match_expression(str(query)[:_LONGEST_SEARCH])
