"""Where a gate or crossing could be: two ways that lie close, one of them much nearer to what is looked for.

Nearer as things are, or as they would be once another such gate a few steps farther on were open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine import Graph, Pace, Ways, walks
from liren.development.lifecircle.engine.measure import local_metres

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
LONGEST_M = 60.0  # the width of a river with its banks, or of a compound's corner
LEAST_DS = 1200  # two minutes: a way that saves less is not worth its opening
MOST = 5000
IN_LINE_M = 300  # of walking from one gate to the next: the width of a compound, or of a campus


@dataclass(frozen=True, eq=False)
class Openings:
    """``gates`` by nodes of the graph, and where both ends lie in degrees; ``within_ds``: how far apart two may be."""

    gates: Ways
    ends_a: list[tuple[float, float]]
    ends_b: list[tuple[float, float]]
    within_ds: int


def openings(graph: Graph, pace: Pace, labels: NDArray[np.integer], limit: int, *, most: int = MOST) -> Openings:
    """Pairs of nodes of the network at most 60 m apart between which a way would save at least two minutes.

    Those that save so much alone, and those that do behind one of these at most 300 m of walking on; of both kinds
    the ``most`` that save most, then by number. ``labels`` (nodes of the graph,) deciseconds to the category.
    """

    net = graph.net
    pairs, cost = _close(graph, pace)
    time = np.minimum(labels.astype(np.int64), limit + 1)
    here = time[graph.of_node]
    saved = np.abs(here[pairs[:, 0]] - here[pairs[:, 1]]) - cost
    first = _most(pairs, saved, most)
    within = int(pace.deciseconds(np.array([IN_LINE_M * 1000], np.int64))[0])
    behind = saved_behind(graph, _ways(graph, pairs, cost), first, time, within)
    behind[first] = 0
    kept = np.concatenate([first, _most(pairs, behind, most)])
    a, b = pairs[kept, 0], pairs[kept, 1]
    ends = [list(zip(net.lon[k].tolist(), net.lat[k].tolist(), strict=True)) for k in (a, b)]
    return Openings(_ways(graph, pairs[kept], cost[kept]), ends[0], ends[1], within)


def _close(graph: Graph, pace: Pace) -> tuple[Longs, Longs]:
    """All pairs of nodes of the network that lie close and not on one spot, and the time straight across."""
    net = graph.net
    x, y = local_metres(net.lon, net.lat, float(net.lon.mean()), float(net.lat.mean()))
    points = np.stack([x, y], axis=1)
    from scipy.spatial import cKDTree  # with the first question: a page that asks none never loads it

    pairs = cKDTree(points).query_pairs(LONGEST_M, output_type="ndarray").astype(np.int64)
    metres = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    pairs, metres = pairs[metres > 0.1], metres[metres > 0.1]
    return pairs, pace.deciseconds(np.rint(metres * 1000).astype(np.int64))


def _ways(graph: Graph, pairs: Longs, cost: Longs) -> Ways:
    a, b = (graph.of_node[pairs[:, k]].astype(np.int32) for k in (0, 1))
    return Ways(a, b, cost.astype(np.int32))


def _most(pairs: Longs, saved: Longs, most: int) -> Longs:
    good = np.flatnonzero(saved >= LEAST_DS)
    return good[np.lexsort((pairs[good, 1], pairs[good, 0], -saved[good]))][:most]


def saved_behind(graph: Graph, every: Ways, first: Longs, time: Longs, within: int) -> Longs:
    """What each close pair of nodes would save at most once one of the ``first`` were open behind it, (pairs,).

    Without the pair, its first node reaches that gate on the ways there are, or goes as it does now.
    """
    gates = Ways(every.a[first], every.b[first], every.deciseconds[first])
    saved = np.zeros(len(every), np.int64)
    if not len(first):
        return saved
    nodes = np.unique(every.into)
    found = walks(graph, nodes, gates.into, within)
    through = np.tile(gates.deciseconds.astype(np.int64), 2) + time[gates.out_of]
    ptr = np.searchsorted(found.origin, np.arange(len(nodes) + 1))
    at_b = np.searchsorted(nodes, every.out_of)
    many = ptr[at_b + 1] - ptr[at_b]
    pair = np.repeat(np.arange(2 * len(every)), many)
    row = np.arange(len(pair)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(ptr[at_b], many)
    gate = found.source[row].astype(np.int64)
    behind = np.tile(every.deciseconds.astype(np.int64), 2)[pair] + found.time[row] + through[gate]
    apart = _walk(found.origin, found.source, found.time, np.searchsorted(nodes, every.into)[pair], gate, within)
    alone = np.minimum(time[every.into][pair], apart + through[gate])
    np.maximum.at(saved, pair % len(every), alone - behind)
    return saved


def _walk(origin: Ints, source: Ints, time: Ints, node: Longs, gate: Longs, within: int) -> Longs:
    """Deciseconds from some nodes to some gates on the ways there are; ``within`` where it is at least so far."""
    width = int(max(source.max(initial=0), gate.max(initial=0))) + 1
    key, wanted = origin.astype(np.int64) * width + source, node * width + gate
    at = np.minimum(np.searchsorted(key, wanted), max(0, len(key) - 1))
    there = (key[at] == wanted) if len(key) else np.zeros(len(wanted), np.bool_)
    return np.where(there, time[at] if len(key) else 0, within).astype(np.int64)
