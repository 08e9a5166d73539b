"""Small random towns, and an oracle that is slow and obvious."""

from dataclasses import dataclass

import numpy as np

from liren.development.lifecircle.engine.graph import Pace
from liren.development.lifecircle.engine.kernels import NEVER_DS
from liren.development.lifecircle.engine.network import Flag, Network, network
from liren.development.lifecircle.engine.snap import Places

WALK = Pace(1111)


@dataclass
class World:
    """A network, two sets of places on it, and the category of each facility."""

    net: Network
    homes: Places
    facilities: Places
    category: np.ndarray
    categories: int


def world(seed: int, *, directed: bool = False, nodes: int = 9) -> World:
    """A town of a few streets with gates, parallel edges, dead ends, islands and edges of no length."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, nodes + 1))
    m = int(rng.integers(1, 2 * n + 1))
    ends = rng.integers(0, n, (m, 2))
    ends[:, 1] = np.where(ends[:, 0] == ends[:, 1], (ends[:, 1] + 1) % n, ends[:, 1])
    length = rng.choice([0, 1, 30_000, 111_100, 200_000], m) + rng.integers(0, 50_000, m) * rng.integers(0, 2, m)
    flags = np.zeros(m, np.uint16)
    if directed:
        flags = rng.choice([0, 0, Flag.FORWARD_ONLY, Flag.BACKWARD_ONLY, Flag.STEPS], m).astype(np.uint16)
    spots = 104 + rng.random(n) / 100, 30 + rng.random(n) / 100
    net = network(*spots, ends[:, 0], ends[:, 1], length_m=length / 1000.0, flags=flags)
    categories = int(rng.integers(1, 4))
    facilities = _places(rng, net, int(rng.integers(0, 6)))
    return World(
        net,
        _places(rng, net, int(rng.integers(1, 7))),
        facilities,
        rng.integers(-1, categories, facilities.owners).astype(np.int32),
        categories,
    )


def _places(rng: np.random.Generator, net: Network, owners: int) -> Places:
    """Owners with one or two gates each, some of them far from the network."""
    owner = np.sort(np.concatenate([np.arange(owners), rng.integers(0, max(1, owners), min(owners, 2))])).astype(
        np.int32
    )
    edge = rng.integers(0, net.edges, len(owner)).astype(np.int32)
    share = rng.choice([0.0, 0.25, 0.5, 1.0], len(owner))
    along = np.rint(net.length_mm[edge] * share).astype(np.int32)
    edge[rng.random(len(owner)) < 0.1] = -1
    return Places(edge, along, rng.integers(0, 40_000, len(owner)).astype(np.int32), owner, owners)


def between_nodes(net: Network, pace: Pace) -> np.ndarray:
    """All shortest times by Floyd and Warshall, as plain as it goes."""
    time = np.full((net.nodes, net.nodes), NEVER_DS, np.int64)
    np.fill_diagonal(time, 0)
    for a, b, there, back in _ways(net, pace):
        time[a, b] = min(time[a, b], there)
        time[b, a] = min(time[b, a], back)
    for k in range(net.nodes):
        time = np.minimum(time, time[:, [k]] + time[[k], :])
    return np.minimum(time, NEVER_DS)


def _ways(net: Network, pace: Pace) -> list[tuple[int, int, int, int]]:
    found = []
    for e in range(net.edges):
        whole = part(net, pace, e, max(1, int(net.length_mm[e]))) if net.length_mm[e] or barred(net, pace, e) else 0
        there = NEVER_DS if net.flags[e] & Flag.BACKWARD_ONLY else whole
        back = NEVER_DS if net.flags[e] & Flag.FORWARD_ONLY else whole
        found.append((int(net.a[e]), int(net.b[e]), there, back))
    return found


def barred(net: Network, pace: Pace, edge: int) -> bool:
    """Steps, for a group that cannot use them."""
    return bool(net.flags[edge] & Flag.STEPS) and pace.steps_mm_per_s == 0


def part(net: Network, pace: Pace, edge: int, along_mm: int) -> int:
    """Deciseconds from the first end of an edge to a point of it, in whole numbers, halves up."""
    speed = pace.mm_per_s
    if net.flags[edge] & Flag.STEPS and pace.steps_mm_per_s is not None:
        speed = pace.steps_mm_per_s
    if speed == 0:
        return NEVER_DS if along_mm else 0
    return (2 * 10 * along_mm + speed) // (2 * speed)


def _door(net: Network, pace: Pace, places: Places, k: int, outwards: bool) -> list[tuple[int, int]]:
    """The ends of its edge that a gate reaches (outwards), or from which it is reached, with the time."""
    e, along = int(places.edge[k]), int(places.along_mm[k])
    here, whole = part(net, pace, e, along), part(net, pace, e, int(net.length_mm[e]))
    if along == 0 or along == net.length_mm[e]:
        return [(int(net.b[e] if along else net.a[e]), 0)]
    if barred(net, pace, e):
        return []
    to_a, to_b = here, whole - here
    forward, backward = not net.flags[e] & Flag.BACKWARD_ONLY, not net.flags[e] & Flag.FORWARD_ONLY
    if not outwards:
        forward, backward = backward, forward
    return ([(int(net.a[e]), to_a)] if backward else []) + ([(int(net.b[e]), to_b)] if forward else [])


def between_places(w: World, pace: Pace) -> np.ndarray:
    """Times from every home to every facility, the best over all gates; NEVER_DS where there is no way."""
    nodes = between_nodes(w.net, pace)
    time = np.full((w.homes.owners, w.facilities.owners), NEVER_DS, np.int64)
    for i in np.flatnonzero(w.homes.edge >= 0):
        for j in np.flatnonzero(w.facilities.edge >= 0):
            o, f = w.homes.owner[i], w.facilities.owner[j]
            access = sum(
                int(pace.deciseconds(np.array([p.access_mm[k]]))[0]) for p, k in ((w.homes, i), (w.facilities, j))
            )
            best = min(
                [
                    one + int(nodes[a, b]) + other
                    for a, one in _door(w.net, pace, w.homes, i, True)
                    for b, other in _door(w.net, pace, w.facilities, j, False)
                ]
                + [_along_one_edge(w, pace, i, j)]
            )
            time[o, f] = min(time[o, f], best + access, NEVER_DS)
    return time


def _along_one_edge(w: World, pace: Pace, i: int, j: int) -> int:
    e = int(w.homes.edge[i])
    if e != w.facilities.edge[j]:
        return NEVER_DS
    start, end = int(w.homes.along_mm[i]), int(w.facilities.along_mm[j])
    if barred(w.net, pace, e) and start != end:
        return NEVER_DS
    banned = Flag.BACKWARD_ONLY if end > start else Flag.FORWARD_ONLY
    if start != end and w.net.flags[e] & banned:
        return NEVER_DS
    return abs(part(w.net, pace, e, end) - part(w.net, pace, e, start)) if start != end else 0
