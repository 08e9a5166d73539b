"""Why a facility that is near is far to walk to: what lies across the straight line."""

from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from liren.development.lifecircle.engine.network import Barrier, Flag, Floats, Lines, Network

Codes = NDArray[np.uint8]
BRIDGED_M = 60.0  # a bridge or crossing this near to where the straight line meets a barrier is a way over it


class Cause(IntEnum):
    """The name of a difference between radius and network, the first that holds."""

    NONE = 0  # nothing to explain
    WALL = 1  # a wall or fence, usually a compound's own
    WATER = 2  # a river or canal with no bridge near the straight line
    RAIL = 3
    CROSSING = 4  # a large road with no crossing near the straight line
    DETOUR = 5  # nothing known lies across: the ways themselves lead round


RANKED = (
    (Barrier.WALL, Cause.WALL),
    (Barrier.WATER, Cause.WATER),
    (Barrier.RAIL, Cause.RAIL),
    (Barrier.ROAD, Cause.CROSSING),
)


def causes(net: Network, lon: Floats, lat: Floats, to_lon: Floats, to_lat: Floats, differs: NDArray[np.bool_]) -> Codes:
    """For each pair of points whose radius holds while the network says no (``differs``), the cause, shape (pairs,).

    Barriers are those of the network's source; water, rails and roads that a bridge, tunnel or crossing leads over
    within 60 m of the straight line do not count. Where the source holds no barriers, all is a detour: absence of data
    is no proof.
    """
    found = np.zeros(len(lon), np.uint8)
    asked = np.flatnonzero(differs)
    found[asked] = Cause.DETOUR
    if len(asked) == 0 or len(net.barriers.kind) == 0:
        return found
    lines = shapely.linestrings(
        np.stack([np.stack([lon, lat], axis=1)[asked], np.stack([to_lon, to_lat], axis=1)[asked]], axis=1)
    )
    pair, barrier = shapely.STRtree(_pieces(net.barriers)).query(lines, predicate="intersects")
    met = net.barriers.kind[barrier]
    open_ = _is_led_over(net, lines[pair], net.barriers.ends[barrier], met)
    for kind, cause in reversed(RANKED):
        found[asked[pair[(met == kind) & ~open_]]] = cause
    return found


def _pieces(barriers: Lines) -> NDArray[np.object_]:
    return np.asarray(shapely.linestrings(barriers.ends.reshape(-1, 2, 2)))


def _is_led_over(net: Network, lines: NDArray[np.object_], ends: Floats, met: Codes) -> NDArray[np.bool_]:
    """Whether a bridge, tunnel or crossing of the network is near the point where a line meets a barrier."""
    ways = np.flatnonzero(net.flags & (Flag.BRIDGE | Flag.TUNNEL | Flag.CROSSING))
    found = np.zeros(len(lines), np.bool_)
    asked = np.flatnonzero(met != Barrier.WALL)
    if len(ways) == 0 or len(asked) == 0:
        return found
    points = shapely.centroid(shapely.intersection(lines[asked], shapely.linestrings(ends[asked].reshape(-1, 2, 2))))
    x, y = shapely.get_x(points), shapely.get_y(points)
    dy = BRIDGED_M / 111_000.0
    dx = dy / np.maximum(0.05, np.cos(np.radians(y)))
    over = np.stack([np.stack([net.lon[k[ways]], net.lat[k[ways]]], axis=1) for k in (net.a, net.b)], axis=1)
    near, _ = shapely.STRtree(shapely.linestrings(over)).query(shapely.box(x - dx, y - dy, x + dx, y + dy))
    found[asked[np.unique(near)]] = True
    return found
