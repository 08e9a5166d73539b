"""Hexagonal cells over a boundary: the first sieve between a point and the units that hold it.

A boundary is covered by H3 cells of several sizes. A cell is *whole* when it lies inside with all its points: a point
in it needs no further question. The others are *edge* cells: the exact shape decides. Two promises, tested by shapely:

* every point of the boundary lies in at least one of its cells, at the cell's own resolution;
* every point of a whole cell lies in the boundary.

H3's seven children do not fill exactly their parent. So an edge cell is refined into its children *and their
neighbours* as far as they meet the boundary: no sliver is lost (https://h3geo.org/docs/highlights/indexing).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import atan2, cos, radians, sin, sqrt, tan

import h3.api.basic_int as h3
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

COARSEST, FINEST = 1, 12
MAX_CELLS = 160
_EARTH_KM = 6371.0088
_EDGE_KM = {resolution: h3.average_hexagon_edge_length(resolution, unit="km") for resolution in range(16)}


def cells_at(lon: float, lat: float) -> list[int]:
    """The cells of every resolution used that hold a point: what to look up."""
    return [h3.latlng_to_cell(lat, lon, resolution) for resolution in range(COARSEST, FINEST + 1)]


def _outlines(cells: list[int]) -> NDArray[np.object_]:
    """Cells as polygons, longitude first."""
    return np.array([shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(cell)]) for cell in cells], dtype=object)


def _margin(resolution: int, latitude: float) -> float:
    """Degrees by which an outline drawn straight in degrees may miss the true edge, a great circle, and to spare."""
    edge = _EDGE_KM[resolution]
    share = 0.002 + edge / 40000.0 * max(1.0, tan(radians(latitude)))
    return share * edge / 111.0 / cos(radians(latitude))


def _distance_km(west: float, south: float, east: float, north: float) -> float:
    a, b, wide = radians(south), radians(north), radians(east - west)
    h = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(wide / 2) ** 2
    return 2 * _EARTH_KM * atan2(sqrt(h), sqrt(1 - h))


def _first_cells(shape: BaseGeometry) -> tuple[int, list[int]]:
    """A resolution whose cells are about as large as the shape, and enough of them to hold its box."""
    west, south, east, north = shape.bounds
    size = max(_distance_km(west, south, east, north), _distance_km(west, north, east, south))
    resolution = max((r for r in range(COARSEST, FINEST) if _EDGE_KM[r] >= size), default=COARSEST)
    middle = h3.latlng_to_cell((south + north) / 2, (west + east) / 2, resolution)
    return resolution, h3.grid_disk(middle, 2 + int(size / _EDGE_KM[resolution]))


def _sorted_out(cells: list[int], shape: BaseGeometry, margin: float) -> tuple[list[int], list[int]]:
    """Cells wholly inside the shape, and cells that meet its edge; the rest are dropped."""
    outlines = shapely.buffer(_outlines(cells), margin, quad_segs=2)
    whole = shapely.contains_properly(shape, outlines)
    meets = shapely.intersects(shape, outlines)
    inside = [cell for cell, yes in zip(cells, whole.tolist(), strict=True) if yes]
    edge = [cell for cell, yes in zip(cells, (meets & ~whole).tolist(), strict=True) if yes]
    return inside, edge


def _finer(cells: Iterable[int], resolution: int) -> list[int]:
    finer: set[int] = set()
    for cell in cells:
        for child in h3.cell_to_children(cell, resolution):
            finer.update(h3.grid_disk(child, 1))
    return sorted(finer)


def cover(shape: BaseGeometry, *, limit: int = MAX_CELLS) -> list[tuple[int, bool]]:
    """Cells over a valid WGS 84 (multi)polygon, as (cell, whole); about ``limit`` of them, sorted.

    Refines the edge as long as the number stays within the limit; at least one level is always returned, which for a
    shape about as large as its cells means some twenty.
    """
    shapely.prepare(shape)
    west, south, east, north = shape.bounds
    latitude = max(abs(south), abs(north))
    resolution, cells = _first_cells(shape)
    whole, edge = _sorted_out(cells, shape, _margin(resolution, latitude))
    kept = set(whole)
    while resolution < FINEST:
        inside, rim = _sorted_out(_finer(edge, resolution + 1), shape, _margin(resolution + 1, latitude))
        if len(kept) + len(inside) + len(rim) > limit:
            break
        resolution, edge = resolution + 1, rim
        kept.update(inside)
    return sorted([(cell, True) for cell in kept] + [(cell, False) for cell in edge])
