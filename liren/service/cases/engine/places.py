"""Places of cases: the cell in which neighbours are looked for, distances, and how exactly a place is published."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

import h3.api.basic_int as h3

#: H3 cells of about 0.1 km²; their edges are about 200 m long (https://h3geo.org/docs/core-library/restable).
RESOLUTION = 9
#: Whoever stands anywhere in a cell has at least this much of each further ring of cells around.
RING_METRES = 150
EARTH_METRES = 6_371_008.8
#: Half a thousandth of a degree is some 55 m from north to south.
STEP = 2000


def cell_of(lon: float | None, lat: float | None) -> int | None:
    """The cell that holds a point (WGS 84 degrees); None without a point."""
    return None if lon is None or lat is None else int(h3.latlng_to_cell(lat, lon, RESOLUTION))


def cells_around(lon: float, lat: float, metres: float) -> list[int]:
    """Cells that together hold every point at most ``metres`` away; at most 2 km are looked over."""
    rings = 1 + int(min(metres, 2000) / RING_METRES)
    return [int(cell) for cell in h3.grid_disk(h3.latlng_to_cell(lat, lon, RESOLUTION), rings)]


def metres_between(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Distance on the sphere (haversine formula), in metres."""
    north, east = radians(to_lat - lat) / 2, radians(to_lon - lon) / 2
    part = sin(north) ** 2 + cos(radians(lat)) * cos(radians(to_lat)) * sin(east) ** 2
    return 2 * EARTH_METRES * asin(sqrt(part))


def rounded(lon: float, lat: float) -> tuple[float, float]:
    """The point as it is published: on a net of about 50 m, so that no door is told from the next."""
    return round(lon * STEP) / STEP, round(lat * STEP) / STEP
