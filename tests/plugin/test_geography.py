"""Distances in SQL: right where they are known, blank where they are not, never an error."""

import sqlite3
from contextlib import closing
from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasette_event_timeline.sql.geography import EARTH_RADIUS_KM, km_between

HALFWAY_ROUND = pi * EARTH_RADIUS_KM


@pytest.mark.parametrize(
    ("points", "km"),
    [
        ((36.12, -86.67, 33.94, -118.40), 2886.45),  # airports of Nashville and Los Angeles
        ((31.2, 16.59, 31.2, 16.59), 0),
        ((0, 179.5, 0, -179.5), 111.195),
        ((90, 0, -90, 0), HALFWAY_ROUND),
        ((0, 0, 0, 180), HALFWAY_ROUND),
        (("36.12", "-86.67", "33.94", "-118.4"), 2886.45),
    ],
)
def test_distances(points, km):
    assert km_between(*points) == pytest.approx(km, abs=0.01)


@pytest.mark.parametrize("missing", [None, "", "north", "inf", "-inf", "nan", b"\xff", 9e999])
@pytest.mark.parametrize("place", range(4))
def test_what_is_no_number_has_no_distance(missing, place):
    points = [36.8, 10.2, 32.9, 13.2]
    points[place] = missing
    assert km_between(*points) is None


VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | st.binary()


@given(st.tuples(VALUES, VALUES, VALUES, VALUES))
def test_no_value_of_sqlite_is_an_error(points):
    km = km_between(*points)
    assert km is None or 0 <= km <= HALFWAY_ROUND + 1


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.tuples(FINITE, FINITE, FINITE, FINITE))
def test_every_number_has_a_distance(points):
    assert 0 <= km_between(*points) <= HALFWAY_ROUND + 1


def test_it_is_a_function_of_sql():
    with closing(sqlite3.connect(":memory:")) as db:
        db.create_function("km_between", 4, km_between, deterministic=True)
        assert db.execute(
            "select km_between(0, 0, null, 1), km_between(1, 1, 1, 1)"
        ).fetchone() == (
            None,
            0.0,
        )
