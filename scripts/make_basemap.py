"""Derives the plugin's basemap from Natural Earth's countries (public domain).

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/make_basemap.py package/countries-50m.json \\
        scripts/datasette_event_timeline/static/basemap.json

The npm package world-atlas (ISC) holds them as TopoJSON at 1:50 million. Its arcs
are simplified (Douglas and Peucker 1973), finely where a chronology of North Africa
and the Levant looks and coarsely elsewhere; because neighbours share an arc, their
border stays one line. Rings that cross the 180th meridian are cut there, since a map
that does not know the Earth is round would draw them across itself. `make basemap`
does all of it.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import iso3166

Point = tuple[float, float]
Ring = list[Point]

# West, south, east and north of what is drawn finely, in degrees.
FINE = (-20.0, 12.0, 62.0, 48.0)
FINE_TOLERANCE = 0.02
COARSE_TOLERANCE = 0.3
# Islands smaller than this, in square degrees, are left out.
FINE_ISLAND = 0.004
COARSE_ISLAND = 0.8
# Natural Earth's numbers for what has no number in ISO 3166.
ANTARCTICA = "010"


def main() -> None:
    source, target = map(Path, sys.argv[1:])
    topology = json.loads(source.read_text("utf-8"))
    arcs = [simplified(arc) for arc in decoded_arcs(topology)]
    features = [
        feature(geometry, arcs)
        for geometry in topology["objects"]["countries"]["geometries"]
        if geometry.get("id") != ANTARCTICA
    ]
    drawn = [found for found in features if found["geometry"]["coordinates"]]
    drawn.sort(key=lambda found: (found["properties"]["code"], found["properties"]["name"]))
    lines = ",\n".join(json.dumps(found, separators=(",", ":")) for found in drawn)
    target.write_text('{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n", "utf-8")


def decoded_arcs(topology: dict[str, Any]) -> Iterator[Ring]:
    """Yield each arc in degrees: TopoJSON stores steps on a grid (its section 2.1.3)."""
    (step_x, step_y), (left, bottom) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    for arc in topology["arcs"]:
        x = y = 0
        points: Ring = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((left + x * step_x, bottom + y * step_y))
        yield points


def simplified(arc: Ring) -> Ring:
    """Return the arc without the points that lie nearer to its course than the tolerance."""
    tolerance = FINE_TOLERANCE if any(map(is_fine, arc)) else COARSE_TOLERANCE
    keep = {0, len(arc) - 1}
    parts = [(0, len(arc) - 1)]
    if arc[0] == arc[-1]:
        # A ring: its farthest point takes the place of a second end.
        middle = max(range(len(arc)), key=lambda i: distance(arc[i], arc[0], arc[0]))
        keep.add(middle)
        parts = [(0, middle), (middle, len(arc) - 1)]
    while parts:
        first, last = parts.pop()
        if last - first < 2:
            continue
        far = max(range(first + 1, last), key=lambda i: distance(arc[i], arc[first], arc[last]))
        if distance(arc[far], arc[first], arc[last]) > tolerance:
            keep.add(far)
            parts += [(first, far), (far, last)]
    return [arc[i] for i in sorted(keep)]


def is_fine(point: Point) -> bool:
    west, south, east, north = FINE
    return west <= point[0] <= east and south <= point[1] <= north


def distance(point: Point, start: Point, end: Point) -> float:
    """Return the distance in degrees of a point from the line between two others."""
    (x, y), (x0, y0), (x1, y1) = point, start, end
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    along = 0.0 if not length else ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length
    along = min(1.0, max(0.0, along))
    return float(((x - x0 - along * (x1 - x0)) ** 2 + (y - y0 - along * (y1 - y0)) ** 2) ** 0.5)


def feature(geometry: dict[str, Any], arcs: list[Ring]) -> dict[str, Any]:
    """Return a country as GeoJSON (RFC 7946); its code is blank where ISO 3166-1 has none."""
    number = geometry.get("id")
    country = iso3166.countries_by_numeric.get(number) if number else None
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    coordinates = [
        piece for polygon in polygons for piece in cut_polygon([joined(r, arcs) for r in polygon])
    ]
    return {
        "type": "Feature",
        "properties": {
            "code": country.alpha2 if country else "",
            "name": geometry["properties"]["name"],
        },
        "geometry": {"type": "MultiPolygon", "coordinates": coordinates},
    }


def joined(indexes: Iterable[int], arcs: list[Ring]) -> Ring:
    """Return a ring put together from arcs; `~i` means arc i backwards (TopoJSON 2.1.4)."""
    ring: Ring = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += arc[1:] if ring else arc
    return ring


def cut_polygon(rings: list[Ring]) -> Iterator[list[list[list[float]]]]:
    """Yield the polygon's pieces, none of which crosses the 180th meridian.

    A ring that does is unrolled past it, and what lies beyond is taken back by 360 degrees.
    """
    outer, *holes = (unrolled(ring) for ring in rings)
    for shift in (-360.0, 0.0, 360.0):
        piece = clipped([(x + shift, y) for x, y in outer])
        least = FINE_ISLAND if any(map(is_fine, piece)) else COARSE_ISLAND
        if len(piece) < 4 or abs(area(piece)) < least:
            continue
        inner = [clipped([(x + shift, y) for x, y in hole]) for hole in holes]
        yield [rounded(ring) for ring in (piece, *inner) if len(ring) >= 4]


def unrolled(ring: Ring) -> Ring:
    turns = 0.0
    points = ring[:1]
    for (x0, _), (x1, y1) in pairwise(ring):
        if x1 - x0 > 180:
            turns -= 360
        elif x0 - x1 > 180:
            turns += 360
        points.append((x1 + turns, y1))
    return points


def clipped(ring: Ring) -> Ring:
    """Return what lies between the meridians 180 west and east (Sutherland and Hodgman 1974)."""
    for edge, sign in ((-180.0, 1), (180.0, -1)):
        kept: Ring = []
        for (x0, y0), (x1, y1) in pairwise(ring):
            inside, will_be = sign * (x0 - edge) >= 0, sign * (x1 - edge) >= 0
            if inside:
                kept.append((x0, y0))
            if inside != will_be:
                kept.append((edge, y0 + (y1 - y0) * (edge - x0) / (x1 - x0)))
        ring = [*kept, kept[0]] if kept else []
    return ring


def area(ring: Ring) -> float:
    """Return the signed area in square degrees."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) / 2


def rounded(ring: Ring) -> list[list[float]]:
    digits = 2 if any(map(is_fine, ring)) else 1
    points = [[round(x, digits), round(y, digits)] for x, y in ring]
    return [point for n, point in enumerate(points) if not n or point != points[n - 1]]


if __name__ == "__main__":
    main()
