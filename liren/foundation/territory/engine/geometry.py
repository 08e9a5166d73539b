"""Shapes of units: what is refused and why, metres from degrees, and the one form that is stored.

Stored: (multi)polygon, WGS 84 degrees, longitude first, two dimensions, valid in the sense of OGC Simple Features.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from liren.foundation.territory.engine import coordinates

MAX_VERTICES = 500_000
# Cells are laid out flat in degrees: nothing within these of the poles or the date line.
MAX_LATITUDE, MAX_LONGITUDE = 80.0, 179.0
_PLACE = re.compile(r"^(?P<what>[^\[]+)\[(?P<x>\S+) (?P<y>\S+)\]$")
_ELLIPSOID = Geod(ellps="WGS84")


class GeometryFault(ValueError):
    """A shape that cannot be a boundary. ``reason`` is a stable word, ``place`` (x, y) in the file's own system."""

    def __init__(self, reason: str, what: str, place: tuple[float, float] | None = None) -> None:
        self.reason, self.place = reason, place
        super().__init__(f"{what} at {place[0]:.6f}, {place[1]:.6f}" if place else what)


def from_geojson(shape: Any) -> BaseGeometry:
    """A geometry from parsed GeoJSON (geometry, feature, or a collection of one); GeometryFault when it is none."""
    if isinstance(shape, dict) and shape.get("type") == "FeatureCollection":
        features = shape.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise GeometryFault("not_one", "a boundary is one feature; this collection holds another number")
        shape = features[0]
    if isinstance(shape, dict) and shape.get("type") == "Feature":
        shape = shape.get("geometry")
    if not isinstance(shape, dict) or shape.get("type") not in ("Polygon", "MultiPolygon"):
        raise GeometryFault("not_polygon", "a boundary is a Polygon or a MultiPolygon")
    parts = shape.get("coordinates")
    if not isinstance(parts, list):
        raise GeometryFault("not_polygon", "the geometry has no list of coordinates")
    parts = [parts] if shape["type"] == "Polygon" else parts
    return shapely.MultiPolygon([_polygon(part, number) for number, part in enumerate(parts, 1)])


def _polygon(rings: Any, number: int) -> BaseGeometry:
    try:
        arrays = [np.asarray(ring, dtype=np.float64) for ring in rings]
    except (TypeError, ValueError) as error:
        raise GeometryFault("not_numbers", f"part {number}: coordinates must be pairs of numbers") from error
    for ring in arrays:
        _check_ring(ring, number)
    if not arrays:
        return shapely.Polygon()
    return shapely.Polygon(arrays[0][:, :2], [ring[:, :2] for ring in arrays[1:]])


def _check_ring(ring: np.ndarray, number: int) -> None:
    if ring.ndim != 2 or ring.shape[1] < 2:
        raise GeometryFault("not_numbers", f"part {number}: coordinates must be pairs of numbers")
    if not np.isfinite(ring[:, :2]).all():
        raise GeometryFault("not_numbers", f"part {number}: a coordinate is not a finite number")
    if (ring[0, :2] != ring[-1, :2]).any():
        raise GeometryFault("unclosed", f"part {number}: the ring is not closed", (ring[-1, 0], ring[-1, 1]))
    if len(ring) < 4:
        raise GeometryFault("too_few", f"part {number}: a ring needs at least four points", (ring[0, 0], ring[0, 1]))


def from_wkb(wkb: bytes) -> BaseGeometry:
    """A geometry from WKB; GeometryFault when the bytes are none or a ring is open."""
    try:
        return shapely.from_wkb(wkb)
    except (shapely.errors.GEOSException, TypeError) as error:
        reason = "unclosed" if "closed" in str(error) else "not_geometry"
        raise GeometryFault(reason, f"the geometry cannot be read: {error}") from error


def _check_kind(geometry: BaseGeometry | None) -> BaseGeometry:
    if geometry is None or geometry.is_empty:
        raise GeometryFault("empty", "the boundary is empty")
    if geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        raise GeometryFault("not_polygon", f"a boundary is a Polygon or a MultiPolygon, not a {geometry.geom_type}")
    count = int(shapely.get_num_coordinates(geometry))
    if count > MAX_VERTICES:
        raise GeometryFault("too_many", f"the boundary has {count} points; at most {MAX_VERTICES} are taken")
    return shapely.force_2d(geometry)


def _check_world(geometry: BaseGeometry) -> None:
    points = shapely.get_coordinates(geometry)
    if not np.isfinite(points).all():
        raise GeometryFault("not_numbers", "a coordinate is not a finite number")
    x, y = points[:, 0], points[:, 1]
    swapped_world = (np.abs(y) > 90).any() and (np.abs(x) <= 90).all() and (np.abs(y) <= 180).all()
    swapped_china = x.min() > 3 and x.max() < 54 and y.min() > 73 and y.max() < 136
    if swapped_world or swapped_china:
        raise GeometryFault("swapped", "latitude stands before longitude", (x[0], y[0]))
    _refuse_first((np.abs(x) > 180) | (np.abs(y) > 90), points, "out_of_world", "a point lies outside the world")
    far = (np.abs(x) > MAX_LONGITUDE) | (np.abs(y) > MAX_LATITUDE)
    _refuse_first(far, points, "out_of_reach", "a point lies at a pole or on the date line")


def _refuse_first(wrong: np.ndarray, points: np.ndarray, reason: str, what: str) -> None:
    if wrong.any():
        x, y = points[int(np.argmax(wrong))]
        raise GeometryFault(reason, what, (x, y))


_REASONS = {
    "Self-intersection": ("crosses_itself", "the boundary crosses itself"),
    "Ring Self-intersection": ("crosses_itself", "the boundary touches itself"),
    "Hole lies outside shell": ("hole_outside", "a hole lies outside its outline"),
    "Holes are nested": ("nested", "a hole lies inside another hole"),
    "Nested shells": ("nested", "a part lies inside another part"),
    "Duplicate Rings": ("twice", "a ring is given twice"),
    "Interior is disconnected": ("disconnected", "holes cut the area into pieces"),
    "Too few points in geometry component": ("too_few", "a ring has too few points"),
}


def _check_valid(geometry: BaseGeometry) -> None:
    if shapely.is_valid(geometry):
        if geometry.area == 0:
            raise GeometryFault("empty", "the boundary encloses no area")
        return
    found = _PLACE.match(shapely.is_valid_reason(geometry))
    what = found["what"] if found else ""
    reason, text = _REASONS.get(what, ("not_valid", f"not a valid area ({what or 'unknown fault'})"))
    raise GeometryFault(reason, text, (float(found["x"]), float(found["y"])) if found else None)


def _moved(geometry: BaseGeometry, system: str) -> BaseGeometry:
    def turn(points: np.ndarray) -> np.ndarray:
        return np.column_stack(coordinates.to_wgs84(points[:, 0], points[:, 1], system))

    if system in {"wgs84", "cgcs2000"}:
        return geometry
    moved = shapely.transform(geometry, turn)
    # The offsets are smooth, but rounding can fold a spike thinner than a nanometre.
    return moved if shapely.is_valid(moved) else _polygons_only(shapely.make_valid(moved))


def _polygons_only(geometry: BaseGeometry) -> BaseGeometry:
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.union_all(parts)


def boundary(geometry: BaseGeometry | None, system: str) -> BaseGeometry:
    """The geometry as it is stored; GeometryFault, with the place, when it cannot be a boundary.

    ``system`` is one of ``coordinates.SYSTEMS``. A third dimension is dropped.
    """
    flat = _check_kind(geometry)
    _check_world(flat)
    _check_valid(flat)
    return shapely.normalize(_moved(flat, system))


def to_wkb(geometry: BaseGeometry) -> bytes:
    """Little-endian WKB, two dimensions: the stored form."""
    return shapely.to_wkb(geometry, output_dimension=2, byte_order=1)


def area_m2(geometry: BaseGeometry) -> float:
    """Area on the WGS 84 ellipsoid in square metres (geodesic; Karney 2013, doi 10.1007/s00190-012-0578-z)."""
    area, _ = _ELLIPSOID.geometry_area_perimeter(shapely.orient_polygons(geometry))
    return abs(float(area))
