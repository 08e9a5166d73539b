"""What if: a facility more or less, a gate or crossing opened, a way closed; only what it touches is worked out."""

from dataclasses import dataclass, replace

import numpy as np

from liren.development.lifecircle.engine import backend
from liren.development.lifecircle.engine.errors import BadParameter
from liren.development.lifecircle.engine.graph import Graph
from liren.development.lifecircle.engine.kernels import (
    NEVER_DS,
    Arcs,
    Ints,
    Kernels,
    Labels,
    Longs,
    Mending,
    Seeds,
    label_type,
)
from liren.development.lifecircle.engine.near import Times, at_origins, by_category, nearest
from liren.development.lifecircle.engine.snap import Places

NO_ARCS = np.zeros((0, 3), np.int32)
NOBODY = Seeds(*(np.zeros(0, np.int32) for _ in range(3)))


@dataclass(frozen=True, eq=False)
class Step:
    """What one change did: ``origin``, ``category`` (k,) whose time is another, ``was`` and ``now`` in deciseconds."""

    origin: Ints
    category: Ints
    was: Ints
    now: Ints


class WhatIf:
    """A city's times, kept right while changes come and go. Every state equals a computation from nothing, bit by bit.

    ``times`` (owners, categories) are those of the compounds; ``labels`` (nodes, categories) those of the nodes.
    Not for several threads at once.
    """

    def __init__(
        self,
        graph: Graph,
        origins: Seeds,
        facilities: Seeds,
        category: Ints,
        *,
        owners: int,
        categories: int,
        limit: int,
        kernels: Kernels | None = None,
    ) -> None:
        self.graph, self.origins, self.limit, self.categories = graph, origins, limit, categories
        self._kernels = kernels or backend.best()
        self.facilities = facilities
        self.category = category.astype(np.int32)
        first = nearest(graph, facilities, category, categories=categories, limit=limit, kernels=self._kernels)
        self.labels: Labels = first.values
        self.times = at_origins(first, origins, owners)
        self._arcs = graph.arcs
        self._extra = NO_ARCS
        order = np.argsort(origins.at, kind="stable")
        self._seat_owner = origins.owner[order]
        self._seat_ptr = np.searchsorted(origins.at[order], np.arange(graph.arcs.nodes + 1))
        by_owner = np.argsort(origins.owner, kind="stable")
        self._gate = by_owner
        self._gate_ptr = np.searchsorted(origins.owner[by_owner], np.arange(owners + 1))
        self._gates = np.diff(self._gate_ptr)
        self._standing: dict[int, Seeds] = {}

    def add(self, seat: Seeds, category: int) -> tuple[int, Step]:
        """A facility more, at seeds from :meth:`Graph.seat` or of a candidate: its number, and what changed.

        :raises BadParameter: when there is no such category.
        """
        if not 0 <= category < self.categories:
            raise BadParameter("category_unknown", category=category, categories=self.categories)
        number = len(self.category)
        mine = Seeds(seat.at, np.full(len(seat), number, np.int32), seat.cost)
        self.category = np.append(self.category, np.int32(category))
        self.facilities = _joined(self.facilities, mine)
        self._standing.pop(category, None)
        return number, self._changed(category)

    def close(self, facility: int) -> Step:
        """A facility less.

        :raises BadParameter: when there is none of that number, or it is closed already.
        """
        if not 0 <= facility < len(self.category) or self.category[facility] < 0:
            raise BadParameter("facility_unknown", facility=facility)
        category = int(self.category[facility])
        gone = self.facilities.of(facility)
        self.category = self.category.copy()
        self.category[facility] = -1
        kept = self.facilities.owner != facility
        self.facilities = Seeds(*(part[kept] for part in _parts(self.facilities)))
        self._standing.pop(category, None)
        return self._changed(category, gone)

    def move(self, facility: int, seat: Seeds) -> tuple[int, list[Step]]:
        """A facility elsewhere: closed here and added there, under a new number."""
        category = int(self.category[facility]) if 0 <= facility < len(self.category) else -1
        gone = self.close(facility)
        number, come = self.add(seat, category)
        return number, [gone, come]

    def open_way(self, a: int, b: int, deciseconds: int, *, back: int | None = None) -> list[Step]:
        """A gate or crossing between two nodes of the graph; ``back`` where the way back takes another time.

        :raises BadParameter: when a node is not there or the time cannot be meant.
        """
        home = deciseconds if back is None else back
        if not (min(a, b) >= 0 and max(a, b) < self._arcs.nodes and min(deciseconds, home) >= 0 and a != b):
            raise BadParameter("way_impossible", a=a, b=b)
        return self._opened(np.array([[a, b, min(deciseconds, NEVER_DS)], [b, a, min(home, NEVER_DS)]], np.int32))

    def open_between(self, places: Places, deciseconds: int) -> tuple[Ints, list[Step]]:
        """A gate or crossing between two points of any edges: its arcs, for :meth:`shut`, and what changed.

        ``places`` two rows, owners 0 and 1, with their access legs; ``deciseconds`` from one point to the other.

        :raises BadParameter: when there are not two points on the network, or the time cannot be meant.
        """
        if places.owners != 2 or len(places.far) or not 0 <= deciseconds < NEVER_DS:
            raise BadParameter("way_off_network")
        come, go = self.graph.seat(places), self.graph.seat(places, leaving=True)
        arcs = [
            (int(start), int(end), min(int(one) + deciseconds + int(other), NEVER_DS))
            for here, there in ((0, 1), (1, 0))
            for start, one in zip(come.of(here).at, come.of(here).cost, strict=True)
            for end, other in zip(go.of(there).at, go.of(there).cost, strict=True)
            if start != end
        ]
        made = np.array(arcs, np.int32).reshape(-1, 3)
        return made, self._opened(made)

    def shut(self, opened: Ints) -> list[Step]:
        """Closes what :meth:`open_between` opened, and nothing else.

        :raises BadParameter: when it is not open.
        """
        kept = self._extra.tolist()
        for arc in opened.tolist():
            if arc not in kept:
                raise BadParameter("way_not_open", a=arc[0], b=arc[1])
            kept.remove(arc)
        self._extra = np.array(kept, np.int32).reshape(-1, 3)
        return self._lost(opened)

    def _opened(self, new: Ints) -> list[Step]:
        self._extra = np.concatenate([self._extra, new])
        return [self._changed(c, touched=self._helps(new, c)) for c in range(self.categories)]

    def _lost(self, arcs: Ints) -> list[Step]:
        return [self._changed(c, lost=arcs, touched=self._rests_on(arcs, c)) for c in range(self.categories)]

    def close_way(self, a: int, b: int) -> list[Step]:
        """No way directly between two nodes any more, in either direction; an opened one between them closes as well.

        A facility that is seated on it later is still joined to both its ends.

        :raises BadParameter: when there is none.
        """
        places = [*self._places(a, b), *self._places(b, a)]
        ends = [(a, b), (b, a)]
        opened = np.array([(x, y) in ends for x, y, _ in self._extra.tolist()], np.bool_)
        gone = [[a, b, int(self._arcs.out[e])] for e in self._places(a, b)]
        gone += [[b, a, int(self._arcs.out[e])] for e in self._places(b, a)]
        gone += self._extra[opened].tolist()
        if not gone:
            raise BadParameter("way_missing", a=a, b=b)
        self._extra = self._extra[~opened] if len(self._extra) else self._extra
        self._arcs = _without(self._arcs, places)
        return self._lost(np.array(gone, np.int32))

    def fresh(self) -> Times:
        """The labels of the present state worked out from nothing: for tests and for doubt."""
        arcs = _with(self._arcs, self._extra)
        sources = by_category(self.facilities, self.category)
        return Times(self._kernels.nearest(arcs, sources, self.categories, self.limit), self.limit)

    def _of_category(self, category: int) -> Seeds:
        """The seeds of a category's facilities that are open, kept until one more opens or closes."""
        if category not in self._standing:
            kept = self.category[self.facilities.owner] == category
            self._standing[category] = Seeds(*(part[kept] for part in _parts(self.facilities)))
        return self._standing[category]

    def _places(self, a: int, b: int) -> list[int]:
        start, end = int(self._arcs.ptr[a]), int(self._arcs.ptr[a + 1])
        return (np.flatnonzero(self._arcs.to[start:end] == b) + start).tolist()

    def _helps(self, arcs: Ints, category: int) -> bool:
        """Whether one of some new arcs makes a label shorter."""
        start = self.labels[arcs[:, 0], category].astype(np.int64)
        end = self.labels[arcs[:, 1], category].astype(np.int64)
        return bool((end + arcs[:, 2] < start).any())

    def _rests_on(self, arcs: Ints, category: int) -> bool:
        """Whether a label rests on one of some arcs."""
        start = self.labels[arcs[:, 0], category].astype(np.int64)
        end = self.labels[arcs[:, 1], category].astype(np.int64)
        return bool(((end + arcs[:, 2] == start) & (start <= self.limit)).any())

    def _changed(self, category: int, gone: Seeds = NOBODY, *, lost: Ints = NO_ARCS, touched: bool = True) -> Step:
        """Set one column right, and the times of the compounds that stand on it."""
        if not touched:
            return Step(*(np.zeros(0, np.int32) for _ in range(4)))
        mending = Mending(self._of_category(category), gone, lost, self._extra)
        nodes, _ = self._kernels.mend(self._arcs, self.labels[:, category], mending, self.limit)
        owners = self._owners(nodes)
        was = self.times.values[owners, category].astype(np.int32)
        time = self._times(owners, category)
        self.times.values[owners, category] = time.astype(label_type(self.limit))
        other = np.flatnonzero(time != was)
        return Step(owners[other], np.full(len(other), category, np.int32), was[other], time[other])

    def _owners(self, nodes: Ints) -> Ints:
        """The compounds with a gate at one of some nodes."""
        return np.unique(self._seat_owner[_ranges(self._seat_ptr, nodes)]).astype(np.int32)

    def _times(self, owners: Ints, category: int) -> Ints:
        """The best over all gates of each compound; each of them has one."""
        if len(owners) == 0:
            return np.zeros(0, np.int32)
        gates = self._gate[_ranges(self._gate_ptr, owners)]
        total = self.labels[self.origins.at[gates], category].astype(np.int64) + self.origins.cost[gates]
        first = np.cumsum(self._gates[owners]) - self._gates[owners]
        return np.minimum(np.minimum.reduceat(total, first), self.limit + 1).astype(np.int32)


def _ranges(ptr: Longs, rows: Ints) -> Longs:
    """All positions between ``ptr[row]`` and ``ptr[row + 1]``, row after row."""
    lengths = ptr[rows + 1] - ptr[rows]
    ends = np.cumsum(lengths)
    return np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(ptr[rows] - (ends - lengths), lengths)


def _parts(one: Seeds) -> tuple[Ints, Ints, Ints]:
    return one.at, one.owner, one.cost


def _joined(one: Seeds, other: Seeds) -> Seeds:
    return Seeds(*(np.concatenate(pair) for pair in zip(_parts(one), _parts(other), strict=True)))


def _without(arcs: Arcs, places: list[int]) -> Arcs:
    """The same graph, in which some arcs cannot be used in either direction."""
    out = arcs.out.copy()
    out[places] = NEVER_DS
    if arcs.back is arcs.out:
        return replace(arcs, out=out, back=out)
    back = arcs.back.copy()
    back[places] = NEVER_DS
    return replace(arcs, out=out, back=back)


def _with(arcs: Arcs, extra: Ints) -> Arcs:
    """The graph with arcs besides, as one from nothing."""
    n = arcs.nodes
    start = np.concatenate([np.repeat(np.arange(n), np.diff(arcs.ptr)), extra[:, 0], extra[:, 1]])
    end = np.concatenate([arcs.to, extra[:, 1], extra[:, 0]])
    never = np.full(len(extra), NEVER_DS, np.int32)
    out = np.concatenate([arcs.out, extra[:, 2], never])
    back = np.concatenate([arcs.back, never, extra[:, 2]])
    key = start.astype(np.int64) * n + end
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.append(True, np.diff(key[order]) != 0))
    if len(key) == 0:
        return arcs
    least = np.minimum.reduceat(out[order], first).astype(np.int32)
    home = np.minimum.reduceat(back[order], first).astype(np.int32)
    ptr = np.searchsorted(key[order][first], np.arange(n + 1, dtype=np.int64) * n).astype(np.int32)
    return Arcs(ptr, (key[order][first] % n).astype(np.int32), least, least if (least == home).all() else home)
