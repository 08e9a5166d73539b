"""From points to the network: the nearest point of the nearest edge, and the way to it."""

import weakref
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from liren.development.lifecircle.engine.errors import BadParameter
from liren.development.lifecircle.engine.measure import metres_per_degree
from liren.development.lifecircle.engine.network import Bools, Floats, Ints, Network, check_coordinates

RINGS_M = (40.0, 160.0, 640.0, 2560.0, 10_240.0)
_TREES: weakref.WeakKeyDictionary[Network, shapely.STRtree] = weakref.WeakKeyDictionary()
AT_ONCE = 20_000  # points looked up together, so that memory stays bounded


@dataclass(frozen=True, eq=False)
class Places:
    """Points on a network, one row for each gate or entrance; ``owner`` says whose it is.

    ``edge`` (k,), -1 where the network is farther than the bound; ``along_mm`` from the edge's first end; ``access_mm``
    the straight way from the point to the edge; ``owners`` how many compounds or facilities there are.
    """

    edge: Ints
    along_mm: Ints
    access_mm: Ints
    owner: Ints
    owners: int

    @property
    def far(self) -> Ints:
        """Owners with no gate near the network: to be reported, never dropped in silence."""
        near = np.zeros(self.owners, np.bool_)
        near[self.owner[self.edge >= 0]] = True
        return np.flatnonzero(~near).astype(np.int32)

    @property
    def far_gates(self) -> Ints:
        """Rows that are farther from the network than the bound."""
        return np.flatnonzero(self.edge < 0).astype(np.int32)


def snap(
    net: Network,
    lon: Floats,
    lat: Floats,
    *,
    within_m: float,
    owner: NDArray[np.integer] | None = None,
    name: str = "points",
) -> Places:
    """Each point at the nearest point of any edge, if it is within ``within_m`` metres of it.

    ``owner`` (k,): whose gate a point is; by default each point stands for itself. Of edges equally near the first is
    taken.

    :raises BadCoordinates: when a coordinate is not a number or not in degrees.
    :raises BadParameter: when the bound is negative or there is no edge.
    """
    if not 0 <= within_m <= 1_000_000 or net.edges == 0:
        raise BadParameter("cannot_join", name=name, edges=net.edges, metres=within_m)
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    check_coordinates(lon, lat, name)
    tree = _tree(net)
    pieces = [slice(k, k + AT_ONCE) for k in range(0, len(lon), AT_ONCE)]
    best = [_nearest(net, tree, lon[piece], lat[piece], within_m) for piece in pieces]
    edge, share, metres = (np.concatenate([part[k] for part in best] or [np.zeros(0)]) for k in range(3))
    edge = edge.astype(np.int32)
    near = edge >= 0
    along = np.zeros(len(edge), np.int32)
    along[near] = np.rint(share[near] * net.length_mm[edge[near]])
    owners = np.arange(len(edge), dtype=np.int32) if owner is None else np.asarray(owner, np.int32)
    return Places(
        edge=edge,
        along_mm=along,
        access_mm=np.where(near, np.rint(metres * 1000.0), 0).astype(np.int32),
        owner=owners,
        owners=int(owners.max(initial=-1)) + 1,
    )


def _tree(net: Network) -> shapely.STRtree:
    """Made once for a network: a person who places facilities one by one does not wait for it again."""
    if net not in _TREES:
        _TREES[net] = _new_tree(net)
    return _TREES[net]


def _new_tree(net: Network) -> shapely.STRtree:
    ends = np.stack([np.stack([net.lon[end], net.lat[end]], axis=1) for end in (net.a, net.b)], axis=1)
    return shapely.STRtree(shapely.linestrings(ends))


def _nearest(
    net: Network, tree: shapely.STRtree, lon: Floats, lat: Floats, within_m: float
) -> tuple[Floats, Floats, Floats]:
    """Edge (-1 for none), share along it, metres to it; in growing boxes, until the nearest lies inside one."""
    edge, share = np.full(len(lon), -1.0), np.zeros(len(lon))
    metres = np.full(len(lon), np.inf)
    left = np.ones(len(lon), np.bool_)
    for ring in (*(ring for ring in RINGS_M if ring < within_m), within_m):
        todo = np.flatnonzero(left)
        if len(todo) == 0:
            break
        found = _in_box(net, tree, lon[todo], lat[todo], ring)
        edge[todo], share[todo], metres[todo] = found
        left[todo] = ~(found[2] <= ring)
    none = left | (metres > within_m)
    edge[none] = -1.0
    return edge, share, metres


def _in_box(
    net: Network, tree: shapely.STRtree, lon: Floats, lat: Floats, ring: float
) -> tuple[Floats, Floats, Floats]:
    """The nearest edge among those that touch a box of ``ring`` metres on each side of each point."""
    east, north = metres_per_degree(lat)
    dx, dy = ring * 1.001 / np.maximum(east, 1.0), ring * 1.001 / north
    point, edge = tree.query(shapely.box(lon - dx, lat - dy, lon + dx, lat + dy))
    share, metres = _foot(net, edge, lon[point], lat[point], east[point], north[point])
    order = np.lexsort((edge, metres, point))
    first = np.ones(len(order), np.bool_)
    first[1:] = np.diff(point[order]) != 0
    kept: Bools | NDArray[np.intp] = order[first]
    found = np.full(len(lon), -1.0), np.zeros(len(lon)), np.full(len(lon), np.inf)
    for into, value in zip(found, (edge, share, metres), strict=True):
        into[point[kept]] = value[kept]
    return found


def _foot(
    net: Network, edge: NDArray[np.integer], lon: Floats, lat: Floats, east: Floats, north: Floats
) -> tuple[Floats, Floats]:
    """Where the perpendicular meets each edge, as a share of it, and its length in metres."""
    ax, ay = (net.lon[net.a[edge]] - lon) * east, (net.lat[net.a[edge]] - lat) * north
    bx, by = (net.lon[net.b[edge]] - lon) * east, (net.lat[net.b[edge]] - lat) * north
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    share = np.clip(np.divide(-(ax * dx + ay * dy), square, out=np.zeros_like(square), where=square > 0), 0.0, 1.0)
    return share, np.hypot(ax + share * dx, ay + share * dy)
