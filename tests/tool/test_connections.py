"""What SQLite says of a damaged database is a sqlite3.Error, whatever bytes it quotes."""

import sqlite3
from contextlib import closing

import pytest

from event_timeline.database.connections import DamagedError, connect

# The second row asks for a column that has no name in UTF-8.
ROWS = """
select (select count(*) from texts where texts match cast(query as text))
from (select x'61' as query union all select x'ff3a61' union all select x'62')
"""


@pytest.fixture
def cursor():
    with closing(connect(":memory:")) as connection:
        connection.execute("create virtual table texts using fts5 (text)")
        yield connection.execute(ROWS)


@pytest.mark.parametrize(
    "fetch",
    [list, lambda cursor: cursor.fetchall(), lambda cursor: [cursor.fetchone() for _ in range(2)]],
    ids=["one by one", "all", "each"],
)
def test_a_message_that_is_not_utf_8_is_an_error_of_sqlite(cursor, fetch):
    with pytest.raises(DamagedError) as found:
        fetch(cursor)
    assert str(found.value) == r"no such column: \xff"
    assert found.value.sqlite_errorcode == sqlite3.SQLITE_CORRUPT
