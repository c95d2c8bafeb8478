"""Small maps, of one point or of all, from the viewer's own basemap (`static/basemap.json`)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import cos, pi, radians, sqrt
from pathlib import Path

from datasette_event_timeline.sql.geography import EARTH_RADIUS_KM

_FILE = Path(__file__).parents[1] / "static" / "basemap.json"

WIDTH, HEIGHT = 360, 240
_KM_A_DEGREE = EARTH_RADIUS_KM * pi / 180
# Less ground than this, in km across, shows no coast or border to know a place by.
_LEAST_GROUND = 480.0
# The ground shown is so many times as wide as the circle's radius.
_GROUND_TO_RADIUS = 9.0
# More than this is no small map: half the way round the Earth.
_MOST_RADIUS = 2_000.0
# A country is named where its share of the map has room for its name.
_LEAST_SHARE = 0.035
_LETTER = 9.0
# A map of many places is so much wider than they lie apart.
_ROOM_AROUND = 1.12
_SMALLEST_DOT, _LARGEST_DOT = 2.0, 11.0
_BARS = (500, 200, 100, 50, 20, 10)

Point = tuple[float, float]
Ring = list[Point]


@dataclass(frozen=True)
class Country:
    """A country's outline in degrees, and the degrees it lies within: west, south, east, north."""

    name: str
    rings: tuple[Ring, ...]
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True)
class Label:
    """A country's name and where its middle stands."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class SmallMap:
    """A map in units of its own: outlines as SVG paths, names, the circle, and a bar of km."""

    land: tuple[str, ...]
    labels: tuple[Label, ...]
    radius: float
    is_site: bool
    bar_km: int
    bar: float
    width: int = WIDTH
    height: int = HEIGHT


@cache
def countries() -> tuple[Country, ...]:
    """Return the basemap's countries; none where the file is not there."""
    if not _FILE.is_file():
        return ()
    features = json.loads(_FILE.read_text("utf-8"))["features"]
    return tuple(
        _country(feature["properties"]["name"], feature["geometry"]["coordinates"])
        for feature in features
    )


def _country(name: str, polygons: list[list[Ring]]) -> Country:
    rings = tuple([(x, y) for x, y in ring] for polygon in polygons for ring in polygon)
    longitudes, latitudes = zip(*(point for ring in rings for point in ring), strict=True)
    return Country(name, rings, (min(longitudes), min(latitudes), max(longitudes), max(latitudes)))


def draw_map(
    latitude: object, longitude: object, radius_km: object, *, is_site: bool
) -> SmallMap | None:
    """Return a map with the point in its middle, or None for what is no point on the Earth."""
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180 and countries()):
        return None
    around = float(radius_km) if isinstance(radius_km, int | float) else 0.0
    if not 0 <= around <= _MOST_RADIUS:
        return None
    ground = max(_LEAST_GROUND, _GROUND_TO_RADIUS * around)
    scale = WIDTH / ground
    shapes = list(_shapes(_View(latitude, longitude, scale)))
    bar_km = next(km for km in _BARS if km <= ground / 4)
    return SmallMap(
        land=tuple(_path(rings) for _, rings in shapes),
        labels=tuple(_labels(shapes)),
        radius=round(around * scale, 1),
        is_site=is_site,
        bar_km=bar_km,
        bar=round(bar_km * scale, 1),
    )


@dataclass(frozen=True)
class Dot:
    """A place on a map, its area as large as the number of events there."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class PlacesMap:
    """A map of many places, in units of its own; the fullest place is drawn first."""

    land: tuple[str, ...]
    dots: tuple[Dot, ...]
    width: int = WIDTH
    height: int = HEIGHT


def draw_places(places: Sequence[tuple[float, float, int]]) -> PlacesMap | None:
    """Return a map that holds all places, given as latitude, longitude and number of events."""
    if not places or not countries():
        return None
    latitudes, longitudes, counts = zip(*places, strict=True)
    middle = ((min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2)
    across = (max(longitudes) - min(longitudes)) * max(cos(radians(middle[0])), 0.05)
    down = (max(latitudes) - min(latitudes)) * WIDTH / HEIGHT
    ground = max(_LEAST_GROUND, max(across, down) * _KM_A_DEGREE * _ROOM_AROUND)
    view = _View(*middle, WIDTH / ground)
    dots = []
    for latitude, longitude, count in sorted(places, key=lambda place: -place[2]):
        x, y = view.place((longitude, latitude), 0.0)
        radius = max(_SMALLEST_DOT, _LARGEST_DOT * sqrt(count / max(counts)))
        dots.append(Dot(round(x, 1), round(y, 1), round(radius, 1)))
    return PlacesMap(tuple(_path(rings) for _, rings in _shapes(view)), tuple(dots))


class _View:
    """Places degrees on the map: equirectangular, true to scale at its middle."""

    def __init__(self, latitude: float, longitude: float, scale: float) -> None:
        self._middle = (longitude, latitude)
        self._y = _KM_A_DEGREE * scale
        # At the poles all meridians meet.
        self._x = self._y * max(cos(radians(latitude)), 0.05)

    def place(self, point: Point, turn: float) -> Point:
        x, y = point[0] + turn - self._middle[0], self._middle[1] - point[1]
        return WIDTH / 2 + x * self._x, HEIGHT / 2 + y * self._y

    def shows(self, country: Country, turn: float) -> bool:
        west, south, east, north = country.bounds
        left, bottom = self.place((west, south), turn)
        right, top = self.place((east, north), turn)
        return left < WIDTH and right > 0 and top < HEIGHT and bottom > 0


def _shapes(view: _View) -> Iterator[tuple[str, list[Ring]]]:
    for country in countries():
        # The map does not end at the 180th meridian, the basemap does.
        for turn in (-360.0, 0.0, 360.0):
            if not view.shows(country, turn):
                continue
            placed = ([view.place(point, turn) for point in ring] for ring in country.rings)
            rings = [ring for ring in map(_clipped, placed) if len(ring) > 2]
            if rings:
                yield country.name, rings


def _clipped(ring: Ring) -> Ring:
    """Return what lies on the map or just beside it (Sutherland and Hodgman 1974)."""
    for axis, edge, sign in ((0, -4, 1), (0, WIDTH + 4, -1), (1, -4, 1), (1, HEIGHT + 4, -1)):
        kept: Ring = []
        for start, end in pairwise([*ring, *ring[:1]]):
            inside, will_be = sign * (start[axis] - edge) >= 0, sign * (end[axis] - edge) >= 0
            if inside:
                kept.append(start)
            if inside != will_be:
                along = (edge - start[axis]) / (end[axis] - start[axis])
                kept.append(
                    (
                        start[0] + along * (end[0] - start[0]),
                        start[1] + along * (end[1] - start[1]),
                    )
                )
        ring = kept
    return ring


def _path(rings: list[Ring]) -> str:
    return "".join(f"M{' '.join(f'{x:.1f},{y:.1f}' for x, y in ring)}Z" for ring in rings)


def _labels(shapes: list[tuple[str, list[Ring]]]) -> Iterator[Label]:
    for name, rings in shapes:
        area, x, y = max((_middle(ring) for ring in rings), key=lambda found: abs(found[0]))
        half = len(name) * _LETTER / 2
        x = min(max(x, half + 8), WIDTH - half - 8)
        y = min(max(y, 18), HEIGHT - 26)
        on_the_mark = abs(y - HEIGHT / 2) < 16 and abs(x - WIDTH / 2) < half + 12
        if abs(area) >= _LEAST_SHARE * WIDTH * HEIGHT:
            yield Label(round(x, 1), round(y + (28 if on_the_mark else 0), 1), name)


def _middle(ring: Ring) -> tuple[float, float, float]:
    """Return a ring's signed area and the point on which it would balance."""
    area = x = y = 0.0
    for (x0, y0), (x1, y1) in pairwise([*ring, ring[0]]):
        cross = x0 * y1 - x1 * y0
        area, x, y = area + cross, x + (x0 + x1) * cross, y + (y0 + y1) * cross
    return (area / 2, x / (3 * area), y / (3 * area)) if area else (0.0, 0.0, 0.0)
