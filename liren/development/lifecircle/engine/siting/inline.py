"""Two gates in line: who reaches a category only when both are open.

Between the first and the second lie a few steps of the ways there are. Three or more in line are not looked for.
"""

from dataclasses import dataclass

import numpy as np

from liren.development.lifecircle.engine.graph import Graph
from liren.development.lifecircle.engine.kernels import Found, Ints, Longs, Seeds
from liren.development.lifecircle.engine.near import Times, lists
from liren.development.lifecircle.engine.siting.problem import Pairs

MOST_PAIRS = 20_000


@dataclass(frozen=True, eq=False)
class Ways:
    """Gates and crossings that could be opened: nodes ``a``, ``b`` of the graph and ``deciseconds`` between them."""

    a: Ints
    b: Ints
    deciseconds: Ints

    def __len__(self) -> int:
        return len(self.a)

    @property
    def into(self) -> Ints:
        """Where each of them is gone into: first all from a to b, then all from b to a."""
        return np.concatenate([self.a, self.b])

    @property
    def out_of(self) -> Ints:
        return np.concatenate([self.b, self.a])


@dataclass(frozen=True, eq=False)
class _Chains:
    """Ways gone through one after the other: ``first``, ``second``, where it begins, and what it costs from there."""

    first: Longs
    second: Longs
    at: Ints
    cost: Longs


def walks(graph: Graph, given: Ints, to: Ints, within: int) -> Found:
    """From each of some nodes to each of others within so many deciseconds, by their places in the arrays."""
    origins, sources = (
        Seeds(at.astype(np.int32), np.arange(len(at), dtype=np.int32), np.zeros(len(at), np.int32))
        for at in (given, to)
    )
    return lists(graph, origins, sources, limit=within)


def in_line(
    graph: Graph, origins: Seeds, gates: Ways, labels: Times, category: int, *, within: int, limit: int
) -> tuple[Pairs, bool]:
    """Pairs of gates at most ``within`` deciseconds apart, and who comes within ``limit`` by the one and the other.

    ``labels`` those of all nodes as things are. The second value says whether some pairs had to be left out: those
    that save least.
    """
    chains, whole = _chains(graph, gates, labels, category, within, limit)
    both = np.stack([np.minimum(chains.first, chains.second), np.maximum(chains.first, chains.second)], axis=1)
    kept, number = np.unique(both, axis=0, return_inverse=True) if len(both) else (both, np.zeros(0, np.int64))
    seats = Seeds(chains.at.astype(np.int32), number.ravel().astype(np.int32), chains.cost.astype(np.int32))
    found = lists(graph, origins, seats, limit=limit)
    return Pairs(kept[:, 0], kept[:, 1], found.source.astype(np.int64), found.origin.astype(np.int64)), whole


def _chains(graph: Graph, gates: Ways, labels: Times, category: int, within: int, limit: int) -> tuple[_Chains, bool]:
    """What is nearer through two gates than through the first alone, and nearer than it is now."""
    behind = labels.values[:, category].astype(np.int64)
    into, out_of, many = gates.into, gates.out_of, len(gates)
    time = np.tile(gates.deciseconds.astype(np.int64), 2)
    found = walks(graph, out_of, into, within)
    first, second = found.origin.astype(np.int64), found.source.astype(np.int64)
    cost = time[first] + found.time + time[second] + behind[out_of[second]]
    now = np.minimum(behind[into[first]], time[first] + behind[out_of[first]])
    good = np.flatnonzero((first % many != second % many) & (cost < now) & (cost <= limit)) if many else first[:0]
    order = good[np.lexsort((second[good], first[good], cost[good] - now[good]))]
    best = order[:MOST_PAIRS]
    return _Chains(first[best] % many, second[best] % many, into[first[best]], cost[best]), len(order) <= MOST_PAIRS
