"""Coordinates of the four systems met in Chinese cities, turned into the one that is stored: WGS 84 degrees.

* ``wgs84``: what a receiver gives and what is stored.
* ``cgcs2000``: the national system (GB 22021-2008; EPSG:4490). Its ellipsoid differs from that of WGS 84 only in the
  flattening, which moves a point by at most 0.11 mm, and both frames agree within centimetres at epoch 2000.0
  (Yang Y., "Chinese Geodetic Coordinate System 2000", Chinese Science Bulletin 54, 2009, 2714-2721). It is taken as
  equal. A fix of today drifts from it with the Eurasian plate by some 3 cm a year, under a metre so far: less than
  the width of any boundary line, so no plate model is used.
* ``gcj02``: the offset system of Chinese web maps (AMap, Tencent). Unofficial formula, reproduced by every open
  implementation (first published as "EvilTransform"); only its inverse needs iteration.
* ``bd09``: Baidu's own offset on top of GCJ-02.

All functions take longitudes and latitudes in degrees as arrays (or numbers) and return two float64 arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Degrees: TypeAlias = NDArray[np.float64]
Pair: TypeAlias = tuple[Degrees, Degrees]
Turn: TypeAlias = Callable[[ArrayLike, ArrayLike], Pair]

SYSTEMS = ("wgs84", "cgcs2000", "gcj02", "bd09")

# Krasovsky 1940, the ellipsoid of the offset formula: semi-major axis in metres, first eccentricity squared.
AXIS_M = 6378245.0
ECCENTRICITY2 = 0.00669342162296594323
BD_ANGLE = np.pi * 3000.0 / 180.0
# The box in which web maps offset; outside it GCJ-02 is WGS 84. It is wider than the country: nobody publishes better.
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
# The offsets stretch by under 1 part in 100, so 12 rounds leave far less than a rounding error of a double.
ROUNDS = 12


def _arrays(lon: ArrayLike, lat: ArrayLike) -> Pair:
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def offset_applies(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Whether web maps offset this place: the box around China used by all known implementations."""
    x, y = _arrays(lon, lat)
    return (x >= WEST) & (x <= EAST) & (y >= SOUTH) & (y <= NORTH)


def _waves(t: Degrees, *periods: tuple[float, float]) -> Degrees:
    total = np.zeros_like(t)
    for height, period in periods:
        total = total + height * np.sin(t * np.pi / period)
    return total * 2.0 / 3.0


def _offset(x: Degrees, y: Degrees) -> Pair:
    """The GCJ-02 offset in degrees at a WGS 84 place, wherever it lies."""
    u, v = x - 105.0, y - 35.0
    root, cross = np.sqrt(np.abs(u)), u * v
    common = _waves(u, (20.0, 1 / 6), (20.0, 1 / 2))
    north = -100.0 + 2.0 * u + 3.0 * v + 0.2 * v * v + 0.1 * cross + 0.2 * root + common
    north = north + _waves(v, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))
    east = 300.0 + u + 2.0 * v + 0.1 * u * u + 0.1 * cross + 0.1 * root + common
    east = east + _waves(u, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))
    angle = np.radians(y)
    magic = 1.0 - ECCENTRICITY2 * np.sin(angle) ** 2
    meridian_m = AXIS_M * (1.0 - ECCENTRICITY2) / (magic * np.sqrt(magic))
    parallel_m = AXIS_M / np.sqrt(magic) * np.cos(angle)
    return np.degrees(east / parallel_m), np.degrees(north / meridian_m)


def _undo(x: Degrees, y: Degrees, forward: Callable[[Degrees, Degrees], Pair]) -> Pair:
    """The place that ``forward`` brings to (x, y), by fixed-point iteration."""
    a, b = x, y
    for _ in range(ROUNDS):
        p, q = forward(a, b)
        a, b = a - (p - x), b - (q - y)
    return a, b


def _where_offset(inside: NDArray[np.bool_], changed: Pair, same: Pair) -> Pair:
    return np.where(inside, changed[0], same[0]), np.where(inside, changed[1], same[1])


def _add_offset(x: Degrees, y: Degrees) -> Pair:
    p, q = _offset(x, y)
    return x + p, y + q


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """WGS 84 to GCJ-02; unchanged outside the box."""
    x, y = _arrays(lon, lat)
    return _where_offset(offset_applies(x, y), _add_offset(x, y), (x, y))


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """GCJ-02 to WGS 84, exact to under 1e-9 degrees (0.1 mm)."""
    x, y = _arrays(lon, lat)
    found = _undo(x, y, _add_offset)
    return _where_offset(offset_applies(*found), found, (x, y))


def _baidu(x: Degrees, y: Degrees) -> Pair:
    z = np.hypot(x, y) + 0.00002 * np.sin(y * BD_ANGLE)
    theta = np.arctan2(y, x) + 0.000003 * np.cos(x * BD_ANGLE)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """GCJ-02 to BD-09; unchanged outside the box."""
    x, y = _arrays(lon, lat)
    return _where_offset(offset_applies(x, y), _baidu(x, y), (x, y))


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """BD-09 to GCJ-02, exact to under 1e-9 degrees; the usual one-step formula is off by 0.5 m."""
    x, y = _arrays(lon, lat)
    found = _undo(x, y, _baidu)
    return _where_offset(offset_applies(*found), found, (x, y))


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """WGS 84 to BD-09; unchanged outside the box."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """BD-09 to WGS 84, exact to under 1e-9 degrees."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


_TO_WGS84: dict[str, Turn] = {"wgs84": _arrays, "cgcs2000": _arrays, "gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}
_FROM_WGS84: dict[str, Turn] = {"wgs84": _arrays, "cgcs2000": _arrays, "gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09}


def to_wgs84(lon: ArrayLike, lat: ArrayLike, system: str) -> Pair:
    """Degrees of ``system`` (one of ``SYSTEMS``) as WGS 84; an unknown system is a KeyError."""
    return _TO_WGS84[system](lon, lat)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, system: str) -> Pair:
    """WGS 84 as degrees of ``system`` (one of ``SYSTEMS``); an unknown system is a KeyError."""
    return _FROM_WGS84[system](lon, lat)
