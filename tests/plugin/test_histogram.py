"""Bins counted in SQL, for a table that has no days in columns."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from datasette_event_timeline.sql import histogram
from edtf_dates import ordinal

FIRST, LAST = ordinal(2013, 1, 1), ordinal(2015, 12, 31)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        histogram.register(connection)
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
    save(db, None, "", "long ago", b"2014")
    assert counted(db)["Gaul"] == {"possible": [0, 0, 0], "certain": [0, 0, 0]}


def test_what_may_be_at_any_time_may_be_in_every_bin(db):
    save(db, "../..", "2014?/..")
    assert counted(db)["Gaul"] == {"possible": [1, 2, 2], "certain": [0, 0, 0]}


def test_a_date_of_several_stretches_counts_once_in_a_bin(db):
    save(db, "{2013-03-01,2013-05-01,2015}", "[2013-01,2013-12,2015-01]")
    assert counted(db)["Gaul"] == {"possible": [2, 0, 2], "certain": [1, 0, 1]}


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


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_dates_that_take_too_much_are_refused_and_given_back(db):
    histogram.register(db, most_bytes=10_000)
    tally = "edtf_bins(fought, 'year', 1, 2)"
    save(db, *["2014"] * 100, *["x" * 1_000] * 100, *range(1001, 1011))
    save(db, *range(1001, 1011), theatre="Italy")
    # What takes too much memory is rolled back.
    db.commit()
    for _ in range(5):
        assert len(db.execute(f"select {tally} from battles group by theatre").fetchall()) == 2
    for columns in (f"{tally}, {tally.replace('2)', '3)')}", tally.replace("fought", "rowid")):
        with pytest.raises(MemoryError):
            db.execute(f"select {columns} from battles").fetchall()
    assert len(db.execute(f"select {tally} from battles group by theatre").fetchall()) == 2


def test_dates_are_read_row_by_row(db, monkeypatch):
    """What is asked between rows ends a tally, and none is begun then."""
    read = []
    monkeypatch.setattr(histogram, "read_date", read.append)
    save(db, "2013", "2014", "2015")
    rows = "with n(i) as (select 1 union all select i + 1 from n limit 1000)"
    db.set_progress_handler(lambda: len(read) >= 5, 1)
    with pytest.raises(sqlite3.OperationalError, match=r"^interrupted$"):
        db.execute(f"{rows} select edtf_bins(i, 'year', 1, 2) from n").fetchall()
    assert len(read) == 5


def test_days_in_the_wrong_order_are_one_bin(db):
    save(db, "0001-01-01")
    (counts,) = db.execute("select edtf_bins(fought, 'year', 5, 1) from battles").fetchone()
    assert json.loads(counts) == {"possible": [1], "certain": [1]}
