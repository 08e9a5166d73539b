"""A network of ways as arrays: straight pieces between nodes, with lengths in millimetres."""

from dataclasses import dataclass, field, replace
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine.errors import BadCoordinates, BadParameter
from liren.development.lifecircle.engine.measure import distance_m

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Flag(IntFlag):
    """What is true of an edge."""

    NONE = 0
    CROSSING = 1
    BRIDGE = 2
    TUNNEL = 4
    STEPS = 8
    GATE = 16  # one of its ends is a gate or another barrier that lets people through
    FORWARD_ONLY = 32
    BACKWARD_ONLY = 64


class Barrier(IntFlag):
    """What a line that is not a way keeps apart."""

    WALL = 1
    WATER = 2
    RAIL = 4
    ROAD = 8  # a road that nobody crosses where there is no crossing


@dataclass(frozen=True, eq=False)
class Lines:
    """Barriers as straight pieces: ``kind`` (k,), ``ends`` (k, 4) with lon, lat, lon, lat in degrees."""

    kind: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    ends: Floats = field(default_factory=lambda: np.zeros((0, 4)))


@dataclass(frozen=True, eq=False)
class Network:
    """Nodes and the edges between them.

    ``lon``, ``lat`` (n,) in degrees, WGS 84; ``a``, ``b`` (m,) positions of nodes; ``length_mm`` (m,); ``flags`` (m,)
    of :class:`Flag`; ``way`` (m,) identifiers in the source, 0 where it has none; ``name`` says where it came from.
    """

    lon: Floats
    lat: Floats
    a: Ints
    b: Ints
    length_mm: Ints
    flags: NDArray[np.uint16]
    way: Longs
    barriers: Lines = field(default_factory=Lines)
    name: str = ""

    @property
    def nodes(self) -> int:
        return len(self.lon)

    @property
    def edges(self) -> int:
        return len(self.a)

    @property
    def is_directed(self) -> bool:
        return bool((self.flags & (Flag.FORWARD_ONLY | Flag.BACKWARD_ONLY)).any())


@dataclass(frozen=True)
class Quality:
    """What was found in a network before it was cleaned."""

    nodes: int
    edges: int
    parts: int
    nodes_outside_largest: int
    zero_length: int
    loops: int
    duplicates: int
    kept_nodes: int
    kept_edges: int

    @property
    def share_outside_largest(self) -> float:
        """Nodes that cannot be reached from the largest part, as a share of all."""
        return self.nodes_outside_largest / self.nodes if self.nodes else 0.0


def network(
    lon: Floats,
    lat: Floats,
    a: NDArray[np.integer],
    b: NDArray[np.integer],
    *,
    length_m: Floats | None = None,
    flags: NDArray[np.integer] | None = None,
    way: NDArray[np.integer] | None = None,
    barriers: Lines | None = None,
    name: str = "",
) -> Network:
    """Arrays checked and put together; lengths are measured on the ellipsoid where none are given.

    :raises BadCoordinates: when a coordinate is not a number or not in degrees.
    :raises BadParameter: when an edge names a node that is not there, or a length is negative or not a number.
    """
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    check_coordinates(lon, lat, name or "network")
    first, second = np.asarray(a, np.int32), np.asarray(b, np.int32)
    if len(a) and (min(a.min(), b.min()) < 0 or max(a.max(), b.max()) >= len(lon)):
        raise BadParameter("edge_without_node", name=name or "network")
    metres = (
        distance_m(lon[first], lat[first], lon[second], lat[second])
        if length_m is None
        else np.asarray(length_m, np.float64)
    )
    if not (np.isfinite(metres) & (metres >= 0) & (metres < 2_000_000)).all():
        raise BadParameter("lengths", name=name or "network")
    return Network(
        lon=lon,
        lat=lat,
        a=first,
        b=second,
        length_mm=np.rint(metres * 1000.0).astype(np.int32),
        flags=np.zeros(len(a), np.uint16) if flags is None else np.asarray(flags, np.uint16),
        way=np.zeros(len(a), np.int64) if way is None else np.asarray(way, np.int64),
        barriers=barriers or Lines(),
        name=name,
    )


def check_coordinates(lon: Floats, lat: Floats, name: str) -> None:
    """Refuse what is not longitude and latitude, and say what it looks like.

    :raises BadCoordinates: with the number of the first bad point and, for metres, what to do.
    """
    finite = np.isfinite(lon) & np.isfinite(lat)
    if not finite.all():
        gaps = int((~finite).sum())
        raise BadCoordinates("coordinates_missing", name=name, many=gaps, first=_first(~finite))
    wrong = (np.abs(lon) > 180.0) | (np.abs(lat) > 90.0)
    if not wrong.any():
        return
    i = _first(wrong)
    swapped = bool(np.abs(lat[i]) <= 180.0 and np.abs(lon[i]) <= 180.0)
    facts = {"name": name, "number": i, "lon": f"{lon[i]:.1f}", "lat": f"{lat[i]:.1f}"}
    raise BadCoordinates("coordinates_swapped" if swapped else "coordinates_metres", **facts)


def _first(mask: Bools) -> int:
    return int(np.flatnonzero(mask)[0])


def parts(net: Network) -> Ints:
    """The number of the connected part of each node (directions aside), shape (n,)."""
    from scipy.sparse import coo_array  # with the first question: a page that asks none never loads it
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(net.edges, np.int8), (net.a, net.b)), shape=(net.nodes, net.nodes))
    return np.asarray(connected_components(links, directed=False)[1], np.int32)


def clean(net: Network, *, largest_only: bool = True) -> tuple[Network, Quality]:
    """The network without loops and duplicates, by default its largest part alone, and what was found.

    Of edges between the same two nodes the shortest stays; edges that differ in direction are not duplicates.
    Zero-length edges stay: they join what belongs together, and cost nothing.
    """
    loops = net.a == net.b
    double = _duplicates(net) & ~loops
    part = parts(net)
    sizes = np.bincount(part, minlength=1)
    outside = part != int(sizes.argmax()) if net.nodes else np.zeros(0, np.bool_)
    kept = ~loops & ~double
    slim = _edges(net, kept)
    done = _nodes(slim, ~outside) if largest_only else slim
    return done, Quality(
        nodes=net.nodes,
        edges=net.edges,
        parts=len(sizes) if net.nodes else 0,
        nodes_outside_largest=int(outside.sum()),
        zero_length=int(((net.length_mm == 0) & ~loops).sum()),
        loops=int(loops.sum()),
        duplicates=int(double.sum()),
        kept_nodes=done.nodes,
        kept_edges=done.edges,
    )


def _duplicates(net: Network) -> Bools:
    """Edges for which another of the same ends and direction is as short or shorter."""
    low, high = np.minimum(net.a, net.b), np.maximum(net.a, net.b)
    one_way = net.flags & (Flag.FORWARD_ONLY | Flag.BACKWARD_ONLY)
    swapped = (net.a > net.b) & (one_way != 0)
    way = np.where(swapped, one_way ^ (Flag.FORWARD_ONLY | Flag.BACKWARD_ONLY), one_way)
    order = np.lexsort((net.length_mm, way, high, low))
    same = np.zeros(net.edges, np.bool_)
    same[1:] = (np.diff(low[order]) == 0) & (np.diff(high[order]) == 0) & (way[order][1:] == way[order][:-1])
    found = np.zeros(net.edges, np.bool_)
    found[order[same]] = True
    return found


def _edges(net: Network, kept: Bools) -> Network:
    return replace(
        net,
        a=net.a[kept],
        b=net.b[kept],
        length_mm=net.length_mm[kept],
        flags=net.flags[kept],
        way=net.way[kept],
    )


def _nodes(net: Network, kept: Bools) -> Network:
    at = np.cumsum(kept, dtype=np.int64).astype(np.int32) - 1
    slim = _edges(net, kept[net.a] & kept[net.b])
    return replace(slim, lon=net.lon[kept], lat=net.lat[kept], a=at[slim.a], b=at[slim.b])
