"""What SQLite may take on each connection, and what visitors' SQL may be made of.

Nothing here may import Datasette: the process for visitors' SQL starts with it.
"""

import sqlite3
from contextlib import closing

# No value, and no row in a sorter, is larger. A row of the curated files has at most 1,000,000.
LARGEST_VALUE_BYTES = 2_000_000
# What SQLite may hold in one process, caches and sorting included.
SQLITE_MEMORY_BYTES = 128_000_000

# Such that a list of a thousand values in a filter, as many filters as an
# address may have, and the widest table still pass.
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LARGEST_VALUE_BYTES,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 200_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 1_000,
    # SQLite compares a pattern anew at every character of a text.
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 50,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 5_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 10,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}

# Datasette reads its schema with the first of these and a search the second; it lets visitors
# read the others.
_PRAGMAS = frozenset(
    (
        "schema_version",
        "data_version",
        "database_list",
        "foreign_key_list",
        "function_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "page_count",
        "page_size",
        "table_info",
        "table_list",
        "table_xinfo",
    )
)
# These tell something without an argument, and may set it with one.
_WITHOUT_ARGUMENT = frozenset(("data_version", "schema_version", "page_count", "page_size"))
_READING = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE))
# The first answers with an address in the process, or takes any number for one and goes there.
_REFUSED_FUNCTIONS = frozenset(("fts3_tokenizer", "load_extension"))


def set_limits(connection: sqlite3.Connection) -> None:
    """Bound what each statement on a connection may take.

    From then on a statement raises sqlite3.Error for what is too large or too complex.
    """
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    # What is sorted counts as memory; in files it could fill a disk.
    connection.execute("pragma temp_store = memory")
    # Shows what is not UTF-8 as such.
    connection.text_factory = lambda data: str(data, "utf-8", "replace")


def limit_memory() -> None:
    """Bound what SQLite holds in the whole process; it raises MemoryError for more.

    For a process that serves, because nothing but its end takes this back. A lower limit
    that is in force already stays.
    """
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"pragma hard_heap_limit = {SQLITE_MEMORY_BYTES}")


def allow_reading(connection: sqlite3.Connection) -> None:
    """Let a connection read and nothing else, whatever its statements say."""
    connection.set_authorizer(_authorize)


def _authorize(action: int, name: str | None, further: str | None, *_: object) -> int:
    """Tell SQLite, as it compiles a statement, whether this may be a part of it."""
    # It has the SQL of others who ask on the connection.
    if action == sqlite3.SQLITE_READ and name == "sqlite_stmt":
        return sqlite3.SQLITE_DENY
    if action in _READING:
        return sqlite3.SQLITE_OK
    # So SQLite declares the columns of json_each and of a search. A statement that writes there
    # needs more than this, and is refused.
    if action == sqlite3.SQLITE_UPDATE and name == "sqlite_master":
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and str(further).lower() not in _REFUSED_FUNCTIONS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and _is_read(str(name).lower(), further):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _is_read(pragma: str, argument: str | None) -> bool:
    return pragma in _PRAGMAS and not (argument and pragma in _WITHOUT_ARGUMENT)
