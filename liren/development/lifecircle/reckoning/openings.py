"""Where a gate or crossing could be: two ways that lie close, one of them much nearer to what is looked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine import Graph, Pace
from liren.development.lifecircle.engine.measure import local_metres

Ints = NDArray[np.int32]
LONGEST_M = 60.0  # the width of a river with its banks, or of a compound's corner
LEAST_DS = 1200  # two minutes: a way that saves less is not worth its opening
MOST = 5000


@dataclass(frozen=True, eq=False)
class Openings:
    """``a``, ``b`` nodes of the graph, ``deciseconds`` between them, and where both ends lie in degrees."""

    a: Ints
    b: Ints
    deciseconds: Ints
    ends_a: list[tuple[float, float]]
    ends_b: list[tuple[float, float]]


def openings(graph: Graph, pace: Pace, labels: NDArray[np.integer], limit: int, *, most: int = MOST) -> Openings:
    """Pairs of nodes of the network at most 60 m apart between which a way would save at least two minutes.

    ``labels`` (nodes of the graph,) deciseconds to the category. Those that save most are kept, then by number.
    """
    from scipy.spatial import cKDTree  # with the first question: a page that asks none never loads it

    net = graph.net
    x, y = local_metres(net.lon, net.lat, float(net.lon.mean()), float(net.lat.mean()))
    points = np.stack([x, y], axis=1)
    pairs = cKDTree(points).query_pairs(LONGEST_M, output_type="ndarray")
    time = np.minimum(labels[graph.of_node].astype(np.int64), limit + 1)
    metres = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    cost = pace.deciseconds(np.rint(metres * 1000).astype(np.int64))
    saved = np.abs(time[pairs[:, 0]] - time[pairs[:, 1]]) - cost
    good = np.flatnonzero(saved >= LEAST_DS)
    order = good[np.lexsort((pairs[good, 1], pairs[good, 0], -saved[good]))][:most]
    a, b = pairs[order, 0], pairs[order, 1]
    ends = [list(zip(net.lon[k].tolist(), net.lat[k].tolist(), strict=True)) for k in (a, b)]
    nodes = [graph.of_node[k].astype(np.int32) for k in (a, b)]
    return Openings(nodes[0], nodes[1], cost[order].astype(np.int32), ends[0], ends[1])
