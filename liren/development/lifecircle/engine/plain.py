"""The kernels in NumPy and SciPy: for machines without a compiler, and the oracle of the compiled ones."""

import heapq
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine.kernels import (
    NEVER_DS,
    Arcs,
    Found,
    Ints,
    Labels,
    Longs,
    Mending,
    Seeds,
    check_seeds,
    check_within,
    label_type,
)

AT_ONCE = 1 << 22  # labels of a block of searches: 32 MB


class Plain:
    """Dijkstra's algorithm of SciPy, from the sources over the turned-round graph."""

    name = "plain"

    def order(self, arcs: Arcs) -> Ints:
        return np.arange(arcs.nodes, dtype=np.int32)

    def nearest(self, arcs: Arcs, sources: Seeds, lanes: int, limit: int) -> Labels:
        check_seeds(sources, arcs.nodes, lanes)
        labels: Labels = np.full((arcs.nodes, lanes), limit + 1, label_type(limit))
        for lane in range(lanes):
            mine = sources.of(lane)
            times = _from_groups(arcs, mine.at, np.zeros(len(mine), np.int32), mine.cost, 1, limit)
            labels[:, lane] = times[0]
        return labels

    def counts(
        self, arcs: Arcs, sources: Seeds, category: Ints, capacity: Longs | None, categories: int, within: Ints
    ) -> tuple[Ints, Longs | None]:
        within = check_within(within)
        check_seeds(sources, arcs.nodes, len(category))
        counts = np.zeros((arcs.nodes, categories, len(within)), np.int32)
        sums = None if capacity is None else np.zeros(counts.shape, np.int64)
        for first, times in _blocks(arcs, sources, int(within[-1])):
            for row, time in enumerate(times):
                hit = time[:, None] <= within[None, :]
                counts[:, category[first + row]] += hit
                if sums is not None and capacity is not None:
                    sums[:, category[first + row]] += hit * capacity[first + row]
        return counts, sums

    def lists(self, arcs: Arcs, sources: Seeds, origins: Seeds, limit: int) -> Found:
        check_seeds(sources, arcs.nodes)
        check_seeds(origins, arcs.nodes)
        found: list[NDArray[np.int32]] = [np.zeros((3, 0), np.int32)]
        for first, times in _blocks(arcs, sources, limit):
            total = times[:, origins.at].astype(np.int64) + origins.cost
            row, seat = np.nonzero(total <= limit)
            found.append(np.stack([origins.owner[seat], row + first, total[row, seat]]).astype(np.int32))
        every = np.concatenate(found, axis=1)
        every = every[:, np.lexsort((every[2], every[1], every[0]))]
        kept = np.ones(every.shape[1], np.bool_)
        kept[1:] = (np.diff(every[0]) != 0) | (np.diff(every[1]) != 0)
        origin, source, time = (np.ascontiguousarray(every[k, kept]) for k in range(3))
        return Found(origin, source, time, limit)

    def mend(self, arcs: Arcs, column: Labels, mending: Mending, limit: int) -> tuple[Ints, Ints]:
        """Works out the whole column anew."""
        check_seeds(mending.now, arcs.nodes)
        check_seeds(mending.gone, arcs.nodes)
        old = column.astype(np.int32)
        column[:] = _column(arcs, mending, limit)
        changed = np.flatnonzero(column != old).astype(np.int32)
        return changed, old[changed]


def _from_groups(arcs: Arcs, at: Ints, group: Ints, cost: Ints, groups: int, limit: int) -> NDArray[np.int32]:
    """Times from every node to the nearest seed of each group, (groups, n); limit + 1 where there is none.

    Each group gets a node of its own with an arc to its seeds; SciPy takes an explicit zero for a weight of zero.
    """
    from scipy.sparse import csr_array  # with the first question: a page that asks none never loads it
    from scipy.sparse.csgraph import dijkstra

    n = arcs.nodes
    nodes, groups_of, costs = _least(at, group, cost, n)
    usable = arcs.back < NEVER_DS
    source = np.repeat(np.arange(n), np.diff(arcs.ptr))[usable]
    ends = np.concatenate([source, groups_of + n]), np.concatenate([arcs.to[usable], nodes])
    weights = np.concatenate([arcs.back[usable], costs]).astype(np.float64)
    order = np.lexsort((ends[1], ends[0]))
    ptr = np.searchsorted(ends[0][order], np.arange(n + groups + 1))
    graph = csr_array((weights[order], ends[1][order], ptr), shape=(n + groups, n + groups))
    times = dijkstra(graph, directed=True, indices=np.arange(n, n + groups), limit=float(limit))[:, :n]
    return np.where(np.isfinite(times), times, limit + 1).astype(np.int32)


def _least(at: Ints, group: Ints, cost: Ints, n: int) -> tuple[Longs, Longs, Longs]:
    """Of several seeds of a group at one node, the cheapest."""
    key = group.astype(np.int64) * n + at
    order = np.lexsort((cost, key))
    first = np.ones(len(key), np.bool_)
    first[1:] = np.diff(key[order]) != 0
    kept = order[first]
    return at[kept].astype(np.int64), group[kept].astype(np.int64), cost[kept].astype(np.int64)


def _blocks(arcs: Arcs, sources: Seeds, limit: int) -> Iterator[tuple[int, NDArray[np.int32]]]:
    """Times to each source, a block of sources at a time: (first source, times (sources, n))."""
    many = int(sources.owner.max(initial=-1)) + 1
    step = max(1, AT_ONCE // max(1, arcs.nodes))
    for first in range(0, many, step):
        groups = min(step, many - first)
        mine = (sources.owner >= first) & (sources.owner < first + groups)
        owner = sources.owner[mine] - np.int32(first)
        yield first, _from_groups(arcs, sources.at[mine], owner, sources.cost[mine], groups, limit)


def _column(arcs: Arcs, mending: Mending, limit: int) -> NDArray[np.int32]:
    """One column from nothing, with a heap of Python: the plainest way there is."""
    labels = [limit + 1] * arcs.nodes
    heap = list(zip(mending.now.cost.tolist(), mending.now.at.tolist(), strict=True))
    heapq.heapify(heap)
    extra: dict[int, list[tuple[int, int]]] = {}
    for start, end, time in mending.extra_arcs.tolist():
        extra.setdefault(end, []).append((start, time))
    ptr, to, back = arcs.ptr.tolist(), arcs.to.tolist(), arcs.back.tolist()
    while heap:
        time, v = heapq.heappop(heap)
        if time >= labels[v]:
            continue
        labels[v] = time
        ways = [(to[e], back[e]) for e in range(ptr[v], ptr[v + 1])] + extra.get(v, [])
        for x, weight in ways:
            if time + weight < labels[x]:
                heapq.heappush(heap, (time + weight, x))
    return np.array(labels, np.int32)
