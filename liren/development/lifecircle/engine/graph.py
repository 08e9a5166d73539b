"""A network at a pace, with compounds, facilities and candidates as nodes of it: what kernels work on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine import backend
from liren.development.lifecircle.engine.errors import BadParameter
from liren.development.lifecircle.engine.kernels import NEVER_DS, Arcs, Ints, Kernels, Longs, Seeds
from liren.development.lifecircle.engine.network import Bools, Flag, Network
from liren.development.lifecircle.engine.snap import Places

Weights = NDArray[np.int64]


@dataclass(frozen=True)
class Pace:
    """How fast a group goes: millimetres a second; on steps their own pace, 0 where the group cannot use them."""

    mm_per_s: int
    steps_mm_per_s: int | None = None

    def __post_init__(self) -> None:
        steps = self.mm_per_s if self.steps_mm_per_s is None else self.steps_mm_per_s
        if not (1 <= self.mm_per_s <= 100_000 and 0 <= steps <= 100_000):
            raise BadParameter("pace", pace=self.mm_per_s, steps=steps)

    def walking(self, mm_per_s: int) -> "Pace":
        """The same group going faster or slower. Steps are gone at their own pace where the group has one, and 0 stays.

        A pace on steps equal to that on the way is no pace of its own: it goes along.
        """
        own = self.steps_mm_per_s is not None and self.steps_mm_per_s != self.mm_per_s
        return Pace(mm_per_s, self.steps_mm_per_s if own else mm_per_s)

    def deciseconds(self, length_mm: NDArray[np.integer], on_steps: Bools | None = None) -> Weights:
        """Time for lengths, each rounded to the nearest decisecond, halves up."""
        speed = np.full(len(length_mm), self.mm_per_s, np.int64)
        if on_steps is not None and self.steps_mm_per_s is not None:
            speed[on_steps] = max(1, self.steps_mm_per_s)
        return np.asarray((length_mm.astype(np.int64) * 20 + speed) // (2 * speed), np.int64)


def metres_to_ds(metres: float, pace: Pace) -> int:
    """A walking distance of a standard as a limit: 1,000 m at 4 km/h are 9,000."""
    return int(pace.deciseconds(np.array([round(metres * 1000)], np.int64))[0])


@dataclass(frozen=True, eq=False)
class Segments:
    """Where points inside edges stand: ``ptr`` (edges + 1) into ``along_mm`` and ``node``, sorted along each edge."""

    ptr: Longs
    along_mm: Ints
    node: Ints

    @cached_property
    def keys(self) -> Longs:
        """Edge and place along it in one number each, rising."""
        edge = np.repeat(np.arange(len(self.ptr) - 1), np.diff(self.ptr))
        return np.asarray((edge << 32) + self.along_mm, np.int64)


@dataclass(frozen=True, eq=False)
class Graph:
    """Arcs in a good order of nodes, and where everything is.

    ``of_node`` (nodes of the network): their numbers here; ``seats``: for each set of places given, its seeds, whose
    owner is the compound's or facility's number; gates far from the network have none.
    """

    net: Network
    pace: Pace
    arcs: Arcs
    of_node: Ints
    seats: tuple[Seeds, ...]
    segments: Segments = field(repr=False)

    def seat(self, places: Places, *, leaving: bool = False) -> Seeds:
        """Seeds for facilities that came later, exact as if they had been there from the start.

        A place between two nodes is joined to both, with the way along the edge. That is exact for every node of this
        graph; two later places on one piece of an edge do not see each other along it. ``leaving``: the times from
        the places instead of to them, which differ where ways go one way.
        """
        near = np.flatnonzero(places.edge >= 0)
        edge, along = places.edge[near], places.along_mm[near]
        before, after = self._neighbours(edge, along)
        access = self.pace.deciseconds(places.access_mm[near])
        here = self._time_along(edge, along)
        parts = []
        blocked = self._time_along(edge, np.ones(len(edge), np.int32)) >= NEVER_DS
        first, last = along == 0, (along > 0) & (along == self.net.length_mm[edge])
        bans = [Flag.BACKWARD_ONLY, Flag.FORWARD_ONLY][:: -1 if leaving else 1]
        for (node, at_mm), banned, end in zip((before, after), bans, (last, first), strict=True):
            cost = np.abs(here - self._time_along(edge, at_mm)) + access
            passable = ((self.net.flags[edge] & banned) == 0) & ~blocked
            usable = (passable | (at_mm == along)) & ~end
            parts.append((node[usable], places.owner[near][usable], cost[usable]))
        at, owner, cost = (np.concatenate([part[k] for part in parts]) for k in range(3))
        kept = cost < NEVER_DS
        return Seeds(at[kept].astype(np.int32), owner[kept].astype(np.int32), cost[kept].astype(np.int32))

    def at(self, pace: Pace, places: Sequence[Places]) -> "Graph":
        """The same nodes in the same order at another pace: all times are those of a graph built for it from nothing.

        ``places``: those that the graph was built with, in the same order.
        """
        ends, weights = _pieces(self.net, pace, self.segments, self.of_node)
        costs = [pace.deciseconds(one.access_mm[one.edge >= 0]).astype(np.int32) for one in places]
        seats = tuple(Seeds(old.at, old.owner, cost) for old, cost in zip(self.seats, costs, strict=True))
        return replace(self, pace=pace, arcs=_arcs(self.arcs.nodes, ends, weights), seats=seats)

    def _neighbours(self, edge: Ints, along: Ints) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
        """The nodes at or before and at or after a point of an edge, each with its place along the edge."""
        nodes = np.stack([self.of_node[self.net.a[edge]], self.of_node[self.net.b[edge]]])
        places = np.stack([np.zeros(len(edge), np.int32), self.net.length_mm[edge]])
        key = edge.astype(np.int64) << 32
        last = np.searchsorted(self.segments.keys, key + along, side="right") - 1
        first = np.searchsorted(self.segments.keys, key + along, side="left")
        for row, at, inside in (
            (0, last, last >= self.segments.ptr[edge]),
            (1, first, first < self.segments.ptr[edge + 1]),
        ):
            nodes[row, inside] = self.segments.node[at[inside]]
            places[row, inside] = self.segments.along_mm[at[inside]]
        return (nodes[0], places[0]), (nodes[1], places[1])

    def _time_along(self, edge: Ints, along_mm: Ints) -> Weights:
        return _along(self.net, self.pace, edge, along_mm)


def build(net: Network, places: Sequence[Places], pace: Pace, *, kernels: Kernels | None = None) -> Graph:
    """The network at a pace, with all places set into it as nodes: distances between them along one edge are exact too.

    The pieces of an edge sum up to its whole, so places change no distance between others. Nodes are put into the
    order in which the kernels are fastest; results come back by owner, or by node through ``of_node``.
    """
    at, keys = _keys(net, places)
    unique, inverse = np.unique(keys, return_inverse=True)
    inside = Segments(
        ptr=np.searchsorted(unique >> 32, np.arange(net.edges + 1)),
        along_mm=(unique & 0xFFFFFFFF).astype(np.int32),
        node=(net.nodes + np.arange(len(unique))).astype(np.int32),
    )
    ends, weights = _pieces(net, pace, inside, np.arange(net.nodes, dtype=np.int32))
    arcs = _arcs(net.nodes + len(unique), ends, weights)
    serving = kernels or backend.best()
    order = serving.order(arcs)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    at[at < 0] = net.nodes + inverse[-1 - at[at < 0]]
    return Graph(
        net=net,
        pace=pace,
        arcs=_reordered(arcs, order, rank),
        of_node=rank[: net.nodes],
        seats=_seats(places, rank[at], pace),
        segments=Segments(inside.ptr, inside.along_mm, rank[inside.node]),
    )


def _keys(net: Network, places: Sequence[Places]) -> tuple[Longs, Longs]:
    """For each near gate the node it stands at, or -1 - k where it is point k inside an edge; those points as keys."""
    edge = np.concatenate([p.edge[p.edge >= 0] for p in places] or [np.zeros(0, np.int32)])
    along = np.concatenate([p.along_mm[p.edge >= 0] for p in places] or [np.zeros(0, np.int32)])
    at = np.where(along <= 0, net.a[edge], net.b[edge]).astype(np.int64)
    inside = (along > 0) & (along < net.length_mm[edge])
    at[inside] = -1 - np.arange(int(inside.sum()))
    return at, (edge[inside].astype(np.int64) << 32) + along[inside]


def _seats(places: Sequence[Places], node: Ints, pace: Pace) -> tuple[Seeds, ...]:
    made, first = [], 0
    for one in places:
        near = one.edge >= 0
        count = int(near.sum())
        access = pace.deciseconds(one.access_mm[near]).astype(np.int32)
        made.append(Seeds(node[first : first + count].astype(np.int32), one.owner[near].astype(np.int32), access))
        first += count
    return tuple(made)


def _edge_weights(net: Network, pace: Pace) -> Weights:
    on_steps = (net.flags & Flag.STEPS) != 0
    whole = pace.deciseconds(net.length_mm, on_steps)
    return np.where(on_steps & (pace.steps_mm_per_s == 0), NEVER_DS, np.minimum(whole, NEVER_DS))


def _along(net: Network, pace: Pace, edge: NDArray[np.integer], along_mm: NDArray[np.integer]) -> Weights:
    """Deciseconds from the first end of an edge to a point of it; never more than the whole edge takes."""
    on_steps = (net.flags[edge] & Flag.STEPS) != 0
    part = pace.deciseconds(along_mm, on_steps)
    return np.where(on_steps & (pace.steps_mm_per_s == 0) & (along_mm > 0), NEVER_DS, part)


def _pieces(
    net: Network, pace: Pace, inside: Segments, of_node: Ints
) -> tuple[tuple[Ints, Ints, NDArray[np.uint16]], Weights]:
    """Every edge cut at the points inside it: first and second ends by their numbers, flags, and deciseconds."""
    of = np.repeat(np.arange(net.edges), np.diff(inside.ptr))
    edge = np.concatenate([np.arange(net.edges), of])
    start_mm = np.concatenate([np.zeros(net.edges, np.int64), inside.along_mm])
    node = np.concatenate([of_node[net.a], inside.node])
    order = np.lexsort((start_mm, edge))
    edge, start_mm, node = edge[order], start_mm[order], node[order]
    last = np.append(np.diff(edge) != 0, np.True_)[: len(edge)]
    end = np.where(last, of_node[net.b[edge]], np.roll(node, -1))
    end_mm = np.where(last, net.length_mm[edge], np.roll(start_mm, -1))
    never = _edge_weights(net, pace)[edge] >= NEVER_DS
    time = _along(net, pace, edge, end_mm) - _along(net, pace, edge, start_mm)
    return (node.astype(np.int32), end.astype(np.int32), net.flags[edge]), np.where(never, NEVER_DS, time)


def _arcs(n: int, ends: tuple[Ints, Ints, NDArray[np.uint16]], weights: Weights) -> Arcs:
    """Both arcs of each piece; of parallel ones the quicker in each direction; pieces nobody can use are left out."""
    a, b, flags = ends
    used = (weights < NEVER_DS) & (a != b)
    a, b, flags, time = a[used], b[used], flags[used], weights[used].astype(np.int32)
    there = np.where(flags & Flag.BACKWARD_ONLY, NEVER_DS, time).astype(np.int32)
    back = np.where(flags & Flag.FORWARD_ONLY, NEVER_DS, time).astype(np.int32)
    directed = bool((there != back).any())
    key = np.concatenate([a, b]).astype(np.int64) * n + np.concatenate([b, a])
    out = np.concatenate([there, back])
    order = np.lexsort((out, key))
    key, out = key[order], out[order]
    first = np.ones(len(key), np.bool_)
    first[1:] = np.diff(key) != 0
    ptr = np.searchsorted(key[first], np.arange(n + 1, dtype=np.int64) * n).astype(np.int32)
    least = np.ascontiguousarray(out[first])
    if not directed:
        return Arcs(ptr, (key[first] % n).astype(np.int32), least, least)
    home = np.concatenate([back, there])[order]
    other = np.minimum.reduceat(home, np.flatnonzero(first)) if len(home) else home
    return Arcs(ptr, (key[first] % n).astype(np.int32), least, other)


def _reordered(arcs: Arcs, order: Ints, rank: Ints) -> Arcs:
    """The same arcs with nodes renamed."""
    degree = np.diff(arcs.ptr)[order]
    ptr = np.zeros(arcs.nodes + 1, np.int32)
    np.cumsum(degree, out=ptr[1:])
    place = np.repeat(arcs.ptr[:-1][order] - ptr[:-1], degree) + np.arange(len(arcs.to))
    out = np.ascontiguousarray(arcs.out[place])
    back = out if arcs.back is arcs.out else np.ascontiguousarray(arcs.back[place])
    return Arcs(ptr, np.ascontiguousarray(rank[arcs.to[place]]), out, back)
