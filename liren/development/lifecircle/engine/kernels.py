"""What a set of kernels must do. Two do it: compiled C, and NumPy with SciPy; their results are equal bit by bit."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine.errors import BadParameter

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Labels = NDArray[np.integer]  # uint16 or int32

NEVER_DS = 2**30  # the weight of an arc that cannot be used
LONGEST_DS = 2**29  # the longest limit: 621 days
SHORT_DS = 32_766  # up to here two labels and a weight fit 16 bits


@dataclass(frozen=True, eq=False)
class Arcs:
    """A graph as arcs of each node: ``to[ptr[v]:ptr[v + 1]]``, both of a pair always present, no loops, no doubles.

    ``out`` the time from v to the neighbour, ``back`` that from the neighbour to v, deciseconds; the same array where
    all ways go both ways.
    """

    ptr: Ints
    to: Ints
    out: Ints
    back: Ints

    @property
    def nodes(self) -> int:
        return len(self.ptr) - 1


@dataclass(frozen=True, eq=False)
class Seeds:
    """Where something begins: node ``at`` (k,), whose it is ``owner`` (k,), deciseconds ``cost`` (k,) to get there."""

    at: Ints
    owner: Ints
    cost: Ints

    def __len__(self) -> int:
        return len(self.at)

    def of(self, owner: int) -> "Seeds":
        kept = self.owner == owner
        return Seeds(self.at[kept], self.owner[kept], self.cost[kept])


def seeds(at: NDArray[np.integer], owner: NDArray[np.integer], cost: NDArray[np.integer] | None = None) -> Seeds:
    """Arrays of any integers as seeds; without ``cost``, 0."""
    given = np.zeros(len(at), np.int32) if cost is None else cost
    return Seeds(*(np.ascontiguousarray(one, np.int32) for one in (at, owner, given)))


@dataclass(frozen=True, eq=False)
class Found:
    """Who reaches what within ``limit``: ``origin``, ``source``, ``time`` (k,).

    Sorted by origin and then by source, each pair once.
    """

    origin: Ints
    source: Ints
    time: Ints
    limit: int


@dataclass(frozen=True, eq=False)
class Mending:
    """One change to one column of labels. Arcs: (k, 3) from, to, deciseconds; ``now`` are all seeds that hold."""

    now: Seeds
    gone: Seeds
    gone_arcs: Ints = field(default_factory=lambda: np.zeros((0, 3), np.int32))
    extra_arcs: Ints = field(default_factory=lambda: np.zeros((0, 3), np.int32))


class Kernels(Protocol):
    """The compute-bound part of the engine."""

    name: str

    def order(self, arcs: Arcs) -> Ints:
        """A good order of the nodes: the node that stands at each place, shape (n,)."""
        ...

    def nearest(self, arcs: Arcs, sources: Seeds, lanes: int, limit: int) -> Labels:
        """Deciseconds from each node to the nearest seed of each owner, (n, lanes); limit + 1 where none is near."""
        ...

    def counts(
        self, arcs: Arcs, sources: Seeds, category: Ints, capacity: Longs | None, categories: int, within: Ints
    ) -> tuple[Ints, Longs | None]:
        """Sources and their capacity within each threshold of each node, by category: (n, categories, thresholds)."""
        ...

    def lists(self, arcs: Arcs, sources: Seeds, origins: Seeds, limit: int) -> Found:
        """Every source within the limit of every origin, both with their costs."""
        ...

    def mend(self, arcs: Arcs, column: Labels, mending: Mending, limit: int) -> tuple[Ints, Ints]:
        """Set right one column of labels, in place: the nodes looked at anew, and what they held."""
        ...


def check_limit(limit: int) -> int:
    """A limit that can be meant, in deciseconds.

    :raises BadParameter: when it is negative or longer than :data:`LONGEST_DS`.
    """
    if not 0 <= limit <= LONGEST_DS:
        raise BadParameter("limit", limit=limit, most=LONGEST_DS)
    return int(limit)


def check_seeds(given: Seeds, nodes: int, owners: int | None = None) -> Seeds:
    """Seeds at nodes that are there, of owners that are there, at no negative cost: C would not ask.

    :raises BadParameter: naming the first that cannot be meant.
    """
    wrong = (given.at < 0) | (given.at >= nodes) | (given.owner < 0) | (given.cost < 0)
    if owners is not None:
        wrong |= given.owner >= owners
    if wrong.any():
        k = int(np.flatnonzero(wrong)[0])
        raise BadParameter(
            "seed", number=k, node=int(given.at[k]), nodes=nodes, owner=int(given.owner[k]), cost=int(given.cost[k])
        )
    return given


def check_within(within: Ints) -> Ints:
    """Thresholds that rise, each a limit that can be meant."""
    given = np.ascontiguousarray(within, np.int32)
    if len(given) == 0 or (np.diff(given) <= 0).any():
        raise BadParameter("thresholds", given=str(given.tolist()))
    check_limit(int(given[0]))
    check_limit(int(given[-1]))
    return given


def label_type(limit: int) -> type[np.uint16] | type[np.int32]:
    """Sixteen bits where they hold every sum of label and weight, else 32."""
    return np.uint16 if limit <= SHORT_DS else np.int32
