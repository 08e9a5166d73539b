"""The compiled kernels as :class:`Kernels`."""

import ctypes
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_int, c_int32, c_int64, c_void_p
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine.kernels import (
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
from liren.development.lifecircle.engine.native import build

VERSION = 2
LANES: dict[type[np.generic], int] = {np.uint16: 32, np.int32: 16}
# Half an hour: an order good for limits about this serves all others too, and stays cheap where streets form a grid.
ORDER_DS = 18_000
ROOM = 1 << 20  # pairs that are made room for at a time
HERE = Path(__file__).parent


_ARRAYS = ("ptr", "to", "out", "in_", "down_ptr", "down_to", "down_out", "up_bits", "down_bits")


class _Search(ctypes.Structure):
    _fields_ = (
        *((name, c_void_p) for name in _ARRAYS),
        ("words", c_int64),
        ("limit", c_int32),
    )


class _Batch(ctypes.Structure):
    _fields_ = (("ptr", c_void_p), ("at", c_void_p), ("lane", c_void_p), ("cost", c_void_p))


def _at(array: NDArray[Any] | None) -> c_void_p:
    return c_void_p(None) if array is None else c_void_p(array.ctypes.data)


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """The arcs of the eliminated graph that lead up, and the same from above; weights over the horizon left out."""

    ptr: Ints
    to: Ints
    out: Ints
    back: Ints
    horizon: int

    @cached_property
    def down(self) -> tuple[Ints, Ints, Ints]:
        """The arcs as seen from above: ptr, to, out."""
        n = len(self.ptr) - 1
        order = np.argsort(self.to, kind="stable")
        below = np.repeat(np.arange(n, dtype=np.int32), np.diff(self.ptr))[order]
        ptr = np.zeros(n + 1, np.int32)
        np.cumsum(np.bincount(self.to, minlength=n), out=ptr[1:])
        return ptr, below, self.out[order]


@dataclass(frozen=True, eq=False)
class Batches:
    """Sources by batches of lanes: those that lie near each other go together."""

    ptr: Longs
    at: Ints
    lane: Ints
    cost: Ints
    source: Ints  # (batches * lanes,), -1 where a lane is empty


class Native:
    """Kernels in C. They run without Python's lock, so threads may call them side by side."""

    name = "native"

    def __init__(self, library: ctypes.CDLL, *, wide: bool | None = None) -> None:
        """``wide``: whether to use AVX2; by default, where the machine has it."""
        self._library = library
        has = bool(library.lc_has_avx2())
        self.wide = has if wide is None else wide and has
        self._hierarchies: weakref.WeakKeyDictionary[Arcs, Hierarchy] = weakref.WeakKeyDictionary()
        library.lc_eliminate.restype = c_void_p

    def _function(self, name: str, kind: type[np.generic]) -> Any:
        ending = ("_u16" if kind is np.uint16 else "_i32") + ("_avx2" if self.wide else "")
        function = getattr(self._library, name + ending)
        function.restype = c_int64
        return function

    @contextmanager
    def _plan(self, arcs: Arcs, horizon: int, by_degree: bool) -> Iterator[tuple[c_void_p, int]]:
        many = c_int64()
        plan = self._library.lc_eliminate(
            c_int32(arcs.nodes), _at(arcs.ptr), _at(arcs.to), _at(arcs.out), _at(arcs.back), c_int32(horizon),
            c_int(by_degree), ctypes.byref(many),
        )  # fmt: skip
        if not plan:
            raise MemoryError(f"No memory to order a network of {arcs.nodes} nodes.")
        try:
            yield c_void_p(plan), many.value
        finally:
            self._library.lc_free(c_void_p(plan))

    def order(self, arcs: Arcs) -> Ints:
        order = np.empty(arcs.nodes, np.int32)
        with self._plan(arcs, ORDER_DS, True) as (plan, _):
            if not self._library.lc_layout(plan, _at(order)):
                raise MemoryError(f"No memory to order a network of {arcs.nodes} nodes.")
        return order

    def hierarchy(self, arcs: Arcs, horizon: int) -> Hierarchy:
        """Made once for a graph, and again when a longer horizon is asked for."""
        known = self._hierarchies.get(arcs)
        if known is not None and known.horizon >= horizon:
            return known
        with self._plan(arcs, horizon, False) as (plan, many):
            ptr, to, out = np.empty(arcs.nodes + 1, np.int32), np.empty(many, np.int32), np.empty(many, np.int32)
            back = out if arcs.back is arcs.out else np.empty(many, np.int32)
            self._library.lc_arcs(plan, _at(ptr), _at(to), _at(out), _at(back))
        self._hierarchies[arcs] = Hierarchy(ptr, to, out, back, horizon)
        return self._hierarchies[arcs]

    def nearest(self, arcs: Arcs, sources: Seeds, lanes: int, limit: int) -> Labels:
        check_seeds(sources, arcs.nodes, lanes)
        kind = label_type(limit)
        width = LANES[kind]
        if lanes <= width:
            return self._pass(arcs, sources, limit, kind)[:, :lanes]
        labels = np.empty((arcs.nodes, lanes), kind)
        for first in range(0, lanes, width):
            mine = (sources.owner >= first) & (sources.owner < first + width)
            part = Seeds(sources.at[mine], sources.owner[mine] - np.int32(first), sources.cost[mine])
            labels[:, first : first + width] = self._pass(arcs, part, limit, kind)[:, : lanes - first]
        return labels

    def _pass(self, arcs: Arcs, sources: Seeds, limit: int, kind: type[np.generic]) -> Labels:
        """Labels of as many owners as there are lanes, (n, lanes of the kind)."""
        above = self.hierarchy(arcs, limit)
        labels = np.full((arcs.nodes, LANES[kind]), limit + 1, kind)
        near = sources.cost <= limit
        at, owner, cost = sources.at[near], sources.owner[near], sources.cost[near].astype(kind)
        np.minimum.at(labels, (at, owner), cost)
        live = np.zeros(arcs.nodes, np.uint8)
        live[at] = 1
        out, back = _cut(above.out, above.back, limit, kind)
        self._function("lc_sweep", kind)(
            c_int64(arcs.nodes), _at(above.ptr), _at(above.to), _at(out), _at(back), _at(labels), _at(live)
        )
        return labels

    def counts(
        self, arcs: Arcs, sources: Seeds, category: Ints, capacity: Longs | None, categories: int, within: Ints
    ) -> tuple[Ints, Longs | None]:
        within = check_within(within)
        check_seeds(sources, arcs.nodes, len(category))
        limit = int(within[-1])
        kind = label_type(limit)
        batches = _batches(sources, LANES[kind])
        lane_category = np.ascontiguousarray(np.append(category, np.int32(0))[batches.source], np.int32)
        shape = (arcs.nodes, categories, len(within))
        counts, sums, lane_capacity = np.zeros(shape, np.int32), None, None
        if capacity is not None:
            sums = np.zeros(shape, np.int64)
            lane_capacity = np.ascontiguousarray(np.append(capacity, np.int64(0))[batches.source], np.int64)
        with self._searching(arcs, limit, kind, batches) as (search, batch, labels, touched):
            self._function("lc_counts", kind)(
                search, c_int64(len(batches.ptr) - 1), batch, _at(lane_category), _at(lane_capacity),
                c_int32(categories), c_int32(len(within)), _at(within), labels, touched, _at(counts), _at(sums),
            )  # fmt: skip
        np.cumsum(counts, axis=2, out=counts)
        return counts, None if sums is None else np.cumsum(sums, axis=2, out=sums)

    @contextmanager
    def _searching(
        self, arcs: Arcs, limit: int, kind: type[np.generic], batches: Batches
    ) -> Iterator[tuple[Any, Any, c_void_p, c_void_p]]:
        """What searches need besides: the hierarchy, room for labels and for the list of nodes."""
        above = self.hierarchy(arcs, limit)
        down_ptr, down_to, down_out = above.down
        out, back = _cut(above.out, above.back, limit, kind)
        down, _ = _cut(down_out, down_out, limit, kind)
        words = arcs.nodes // 64 + 1
        bits = np.zeros((2, words), np.uint64)
        labels = np.full((arcs.nodes, LANES[kind]), limit + 1, kind)
        touched = np.empty(arcs.nodes, np.int32)
        search = _Search(
            *map(_at, (above.ptr, above.to, out, back, down_ptr, down_to, down, bits[0], bits[1])), words, limit
        )
        batch = _Batch(*(_at(a) for a in (batches.ptr, batches.at, batches.lane, batches.cost)))
        yield ctypes.byref(search), ctypes.byref(batch), _at(labels), _at(touched)

    def lists(self, arcs: Arcs, sources: Seeds, origins: Seeds, limit: int) -> Found:
        check_seeds(sources, arcs.nodes)
        check_seeds(origins, arcs.nodes)
        kind = label_type(limit)
        batches = _batches(sources, LANES[kind])
        order = np.argsort(origins.at, kind="stable")
        ptr = np.zeros(arcs.nodes + 1, np.int32)
        np.cumsum(np.bincount(origins.at, minlength=arcs.nodes), out=ptr[1:])
        owner, cost = origins.owner[order], origins.cost[order]
        many, room, following = len(batches.ptr) - 1, max(ROOM, LANES[kind]), c_int64(0)
        parts = [np.zeros((3, 0), np.int32)]
        with self._searching(arcs, limit, kind, batches) as (search, batch, labels, touched):
            while following.value < many:
                first, found = following.value, np.empty((3, room), np.int32)
                count = self._function("lc_lists", kind)(
                    search, c_int64(many), batch, _at(ptr), _at(owner), _at(cost), _at(batches.source), c_int64(room),
                    labels, touched, _at(found[0]), _at(found[1]), _at(found[2]), ctypes.byref(following),
                )  # fmt: skip
                parts.append(found[:, :count])
                room *= 2 if following.value == first else 1
        return self._sorted(np.concatenate(parts, axis=1), limit)

    def _sorted(self, found: NDArray[np.int32], limit: int) -> Found:
        """By origin and then source; of several gates the quickest."""
        count, origins, sources = found.shape[1], *(int(found[k].max(initial=-1)) + 1 for k in (0, 1))
        spare, start = np.empty_like(found), np.empty(max(origins, sources) + 1, np.int64)
        self._library.lc_sorted.restype = c_int64
        kept = self._library.lc_sorted(
            c_int64(count), c_int64(origins), c_int64(sources), _at(found), _at(spare), _at(start)
        )
        return Found(found[0, :kept], found[1, :kept], found[2, :kept], limit)

    def mend(self, arcs: Arcs, column: Labels, mending: Mending, limit: int) -> tuple[Ints, Ints]:
        check_seeds(mending.now, arcs.nodes)
        check_seeds(mending.gone, arcs.nodes)
        n, kind = arcs.nodes, column.dtype.type
        now, gone = _pairs(mending.now), _pairs(mending.gone)
        extra, gone_arcs = np.ascontiguousarray(mending.extra_arcs), np.ascontiguousarray(mending.gone_arcs)
        mark, found, old = np.zeros(n, np.uint8), np.empty(n, np.int32), np.empty(n, np.int32)
        many = self._function("lc_repair", kind)(
            c_int64(n), _at(arcs.ptr), _at(arcs.to), _at(arcs.out), _at(arcs.back), c_int64(len(extra)), _at(extra),
            c_int64(len(now)), _at(now), c_int64(len(gone)), _at(gone), c_int64(len(gone_arcs)), _at(gone_arcs),
            c_int32(limit), c_void_p(column.ctypes.data), c_int64(column.strides[0] // column.itemsize),
            _at(mark), _at(found), _at(old),
        )  # fmt: skip
        if many < 0:
            raise MemoryError(f"No memory to work out a change in a network of {n} nodes.")
        found, old = found[:many], old[:many]
        order = np.argsort(found)
        order = order[column[found[order]] != old[order]]
        return found[order], old[order]


NONE = np.iinfo(np.int32).max


def _pairs(given: Seeds) -> NDArray[np.int32]:
    return np.ascontiguousarray(np.stack([given.at, given.cost], axis=1), np.int32)


def _cut(out: Ints, back: Ints, limit: int, kind: type[np.generic]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Weights of the lane's kind, none longer than limit + 1."""
    short = np.minimum(out, limit + 1).astype(kind)
    return short, short if back is out else np.minimum(back, limit + 1).astype(kind)


def _batches(sources: Seeds, lanes: int) -> Batches:
    """As many sources to a batch as there are lanes, near ones together; all seeds of a source in one lane."""
    many = int(sources.owner.max(initial=-1)) + 1
    first = np.full(many, NONE, np.int32)
    np.minimum.at(first, sources.owner, sources.at)
    present = np.flatnonzero(first != NONE)
    row = present[np.argsort(first[present], kind="stable")].astype(np.int32)
    place = np.empty(many, np.int64)
    place[row] = np.arange(len(row))
    mine = place[sources.owner]
    order = np.argsort(mine, kind="stable")
    count = -(-len(row) // lanes)
    source = np.full(count * lanes, -1, np.int32)
    source[: len(row)] = row
    return Batches(
        ptr=np.searchsorted(mine[order], np.arange(count + 1) * lanes).astype(np.int64),
        at=np.ascontiguousarray(sources.at[order]),
        lane=(mine[order] % lanes).astype(np.int32),
        cost=np.ascontiguousarray(sources.cost[order]),
        source=source,
    )


def load() -> tuple[Native | None, str]:
    """The kernels, or why they are not there."""
    if build.LIBRARY.is_file() and not build.is_fresh():
        return None, "the compiled kernels are older than their source; run script/bootstrap"
    for path in sorted(HERE.glob("_kernels*.so")):
        try:
            library = ctypes.CDLL(str(path))
            if library.lc_version() == VERSION:
                return Native(library), ""
        except (OSError, AttributeError) as error:
            return None, f"{path.name} cannot be loaded ({error})"
    return None, "the kernels were not compiled; install a C compiler and run script/bootstrap"
