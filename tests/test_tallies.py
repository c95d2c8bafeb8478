"""Bins counted in SQL, for a table that has no days in columns."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from event_timeline.dates import ordinal
from event_timeline.viewer import tallies

FIRST, LAST = ordinal(2013, 1, 1), ordinal(2015, 12, 31)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        tallies.register(connection)
        connection.execute("create table battles (fought, theatre)")
        yield connection


def save(db: sqlite3.Connection, *dates: object, theatre: str = "Gaul") -> None:
    db.executemany("insert into battles values (?, ?)", [(date, theatre) for date in dates])


def counted(db: sqlite3.Connection) -> dict[str, dict[str, list[int]]]:
    rows = db.execute(
        "select theatre, edtf_bins(fought, 'year', ?, ?) from battles group by 1", [FIRST, LAST]
    )
    return {theatre: json.loads(counts) for theatre, counts in rows}


def test_each_group_has_its_own_bins(db):
    save(db, "2013", "2013-05", 2014, "2014", "2013/2015")
    save(db, "2015-01-01", "2015-12-31", theatre="Italy")
    assert counted(db) == {
        "Gaul": {"possible": [3, 3, 1], "certain": [3, 3, 1]},
        "Italy": {"possible": [0, 0, 2], "certain": [0, 0, 2]},
    }


def test_what_is_not_sure_is_possible_only(db):
    save(db, "2013~", "2014?", "[2013,2014]", "2013/2015-06", "201X")
    assert counted(db)["Gaul"] == {"possible": [4, 4, 2], "certain": [1, 1, 1]}


def test_open_ends_reach_as_far_as_the_bins(db):
    save(db, "2014/..", "../2013", "1900/..", "2016/..")
    assert counted(db)["Gaul"] == {"possible": [2, 2, 2], "certain": [1, 1, 0]}


def test_what_is_no_date_is_in_no_bin(db):
    save(db, None, "", "long ago", b"2014", "../..")
    assert counted(db)["Gaul"] == {"possible": [0, 0, 0], "certain": [0, 0, 0]}


def test_no_rows_have_no_bins(db):
    assert db.execute("select edtf_bins(fought, 'year', 1, 2) from battles").fetchone() == (None,)


@pytest.mark.parametrize(
    "bins",
    [
        "'fortnight', 1, 2",
        "'day', 1, 100000",
        "'month', -9223372036854775808, 9223372036854775807",
        "null, 1, 2",
        "'year', 'x', 2",
        "'year', 1, x'ff'",
        "'year', 1.5, 2",
    ],
)
def test_bins_that_cannot_be_are_null(db, bins):
    save(db, "2014")
    assert db.execute(f"select edtf_bins(fought, {bins}) from battles").fetchone() == (None,)


def test_days_in_the_wrong_order_are_one_bin(db):
    save(db, "0001-01-01")
    (counts,) = db.execute("select edtf_bins(fought, 'year', 5, 1) from battles").fetchone()
    assert json.loads(counts) == {"possible": [1], "certain": [1]}
