"""What is raised for a query that takes more than a site allows."""

import sqlite3

from datasette.database import QueryInterrupted


class AnswerTooLargeError(sqlite3.OperationalError):
    """An answer that has more bytes than a site allows: Datasette says why, as of bad SQL."""


# For more time, more memory, or larger values than one query may take.
TOO_MUCH = (QueryInterrupted, MemoryError, sqlite3.DataError, AnswerTooLargeError)
