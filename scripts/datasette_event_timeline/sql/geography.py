"""Places and distances on the Earth, for SQL."""

import sqlite3
from math import asin, cos, isfinite, radians, sin, sqrt

# Mean radius of the Earth (IUGG 1980).
EARTH_RADIUS_KM = 6371.0088


def register(connection: sqlite3.Connection) -> None:
    """Make `km_between(latitude, longitude, latitude, longitude)` known to a connection."""
    connection.create_function("km_between", 4, km_between, deterministic=True)


def km_between(
    latitude: float | None,
    longitude: float | None,
    other_latitude: float | None,
    other_longitude: float | None,
) -> float | None:
    """Return the great-circle distance in km between two points in degrees, by the haversine.

    None if a coordinate is missing or is no finite number.
    """
    try:
        given = [
            float(degrees)  # type: ignore[arg-type]
            for degrees in (latitude, longitude, other_latitude, other_longitude)
        ]
    except (TypeError, ValueError):
        return None
    if not all(isfinite(degrees) for degrees in given):
        return None
    lat, lon, other_lat, other_lon = map(radians, given)
    half = sin((other_lat - lat) / 2) ** 2 + cos(lat) * cos(other_lat) * (
        sin((other_lon - lon) / 2) ** 2
    )
    # Rounding may leave it a hair outside 0 to 1.
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, max(0.0, half))))


def has_point(latitude: str, longitude: str) -> str:
    """Return the SQL condition that an event has a place on the globe."""
    # A text would count as 0 in an average, and above all numbers in a maximum.
    sides = ((latitude, 90), (longitude, 360))
    on_globe = " and ".join(
        f"typeof({side}) in ('integer', 'real') and abs({side}) <= {most}" for side, most in sides
    )
    # Many tables have zeros where no place was entered.
    return f"{on_globe} and not ({latitude} = 0 and {longitude} = 0)"
