"""The question of siting as arrays: who would be served by which candidate, what each costs, what may be spent.

Maximal covering location (Church and ReVelle 1974) with a budget. Gates and crossings are candidates like sites: what
an opened way brings within reach stands in the same kind of list. Where two of them serve people whom neither serves
alone, the pair has a list of its own; it is paid for by choosing both.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine.errors import BadParameter
from liren.development.lifecircle.engine.kernels import Found, Ints, Longs, Seeds
from liren.development.lifecircle.engine.near import Times

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BIGGEST = 2**53


@dataclass(frozen=True, eq=False)
class Lists:
    """Rows of numbers: row i holds ``item[ptr[i]:ptr[i + 1]]``."""

    ptr: Longs
    item: Ints

    @property
    def rows(self) -> int:
        return len(self.ptr) - 1

    def row(self, i: int) -> Ints:
        return self.item[self.ptr[i] : self.ptr[i + 1]]

    def lengths(self, rows: NDArray[np.integer]) -> Longs:
        return self.ptr[rows + 1] - self.ptr[rows]

    def of(self, rows: NDArray[np.integer]) -> Ints:
        """All items of some rows, row after row."""
        lengths = self.lengths(rows)
        ends = np.cumsum(lengths)
        start = np.repeat(self.ptr[rows] - (ends - lengths), lengths)
        return self.item[np.arange(int(ends[-1]) if len(ends) else 0) + start]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Two candidates each, ``one`` and ``other`` (p,), and who is served by both together: ``pair``, ``demand``."""

    one: Longs
    other: Longs
    pair: Longs
    demand: Longs


NO_PAIRS = Pairs(*(np.zeros(0, np.int64) for _ in range(4)))


@dataclass(frozen=True, eq=False)
class Together:
    """Pairs that serve somebody whom neither of the two serves: ``covers`` their lists of just those demands."""

    one: Longs
    other: Longs
    covers: Lists

    def __len__(self) -> int:
        return len(self.one)


@dataclass(frozen=True, eq=False)
class Problem:
    """``covers``: the demands that each candidate serves; ``covered_by``: the same seen from demands; ``weight``
    (demands,) people; ``cost`` (candidates,) and ``budget`` in one unit, whole numbers: with costs of 1, how many to
    choose.

    Demands that the same candidates and pairs serve are merged; ``demands`` is how many there were, ``out_of_reach``
    the people whom no candidate and no pair serves.
    """

    covers: Lists
    covered_by: Lists
    weight: Longs
    cost: Longs
    budget: int
    demands: int
    out_of_reach: int
    together: Together

    @property
    def candidates(self) -> int:
        return self.covers.rows

    @cached_property
    def matrix(self) -> "csr_array":
        """``covers`` as a matrix of ones (candidates, demands): sums of whole numbers below 2**53 stay exact."""
        from scipy.sparse import csr_array  # with the first question: a page that asks none never loads it

        ones = np.ones(len(self.covers.item))
        return csr_array((ones, self.covers.item, self.covers.ptr), shape=(self.candidates, len(self.weight)))

    @cached_property
    def joint(self) -> "csr_array":
        """``together.covers`` as a matrix of ones (pairs, demands)."""
        from scipy.sparse import csr_array  # with the first question: a page that asks none never loads it

        lists = self.together.covers
        return csr_array((np.ones(len(lists.item)), lists.item, lists.ptr), shape=(lists.rows, len(self.weight)))

    def opened(self, chosen: NDArray[np.integer]) -> Longs:
        """The pairs of which both are chosen."""
        inside = np.zeros(self.candidates, np.bool_)
        inside[np.asarray(chosen, np.int64)] = True
        return np.flatnonzero(inside[self.together.one] & inside[self.together.other])

    def value(self, chosen: NDArray[np.integer]) -> int:
        """People served by some candidates together, pairs among them included."""
        met = np.zeros(len(self.weight), np.bool_)
        met[self.covers.of(np.asarray(chosen, np.int64))] = True
        if len(self.together):
            met[self.together.covers.of(self.opened(chosen))] = True
        return int(self.weight[met].sum())

    def spent(self, chosen: NDArray[np.integer]) -> int:
        return int(self.cost[np.asarray(chosen, np.int64)].sum())


def problem(
    candidate: NDArray[np.integer],
    demand: NDArray[np.integer],
    weight: NDArray[np.integer],
    *,
    candidates: int,
    budget: int,
    cost: NDArray[np.integer] | None = None,
    together: Pairs = NO_PAIRS,
) -> Problem:
    """From pairs (candidate, demand): who would be served by what. ``weight`` (demands,) whole people.

    ``together``: whom two candidates serve at once; those whom one of the two serves alone may be among them.

    :raises BadParameter: when a weight or cost is negative, a cost is 0, the budget is negative or sums would not be
    exact.
    """

    weights = np.asarray(weight, np.int64)
    costs = np.ones(candidates, np.int64) if cost is None else np.asarray(cost, np.int64)
    if (weights < 0).any() or (costs < 1).any() or budget < 0 or len(costs) != candidates:
        raise BadParameter("siting_numbers")
    if float(weights.astype(np.float64).sum()) >= BIGGEST or float(costs.astype(np.float64).sum()) >= BIGGEST:
        raise BadParameter("siting_inexact")
    pairs = _alone_and_together(candidate, demand, (len(weights), candidates), together)
    served = np.diff(pairs.indptr) > 0
    group, many = _alike(Lists(pairs.indptr.astype(np.int64), pairs.indices.astype(np.int32)), (weights > 0) & served)
    first = np.full(many, len(weights), np.int64)
    np.minimum.at(first, group[group >= 0], np.flatnonzero(group >= 0))
    merged = np.zeros(many, np.int64)
    np.add.at(merged, group[group >= 0], weights[group >= 0])
    rows = pairs[first]
    alone, joint = rows[:, :candidates], _lists(rows[:, candidates:].T.tocsr())
    helps = np.flatnonzero(np.diff(joint.ptr) > 0)
    return Problem(
        covers=_lists(alone.T.tocsr()),
        covered_by=_lists(alone),
        weight=merged,
        cost=costs,
        budget=int(budget),
        demands=len(weights),
        out_of_reach=int(weights[~served].sum()),
        together=Together(together.one[helps], together.other[helps], _some(joint, helps)),
    )


def _alone_and_together(
    candidate: NDArray[np.integer], demand: NDArray[np.integer], shape: tuple[int, int], together: Pairs
) -> "csr_array":
    """(demands, candidates and pairs behind them): who serves whom; a pair only those whom neither of its two does."""
    wide = (shape[0], shape[1] + len(together.one))
    at = np.asarray(demand, np.int64), np.asarray(candidate, np.int64)
    if not len(together.one):
        return _ones(at, wide)
    alone = _ones(at, shape)
    key = np.repeat(np.arange(shape[0]), np.diff(alone.indptr)) * shape[1] + alone.indices
    by_one, by_other = (
        np.isin(together.demand * shape[1] + ends[together.pair], key) for ends in (together.one, together.other)
    )
    only = ~(by_one | by_other)
    rows = np.concatenate([at[0], together.demand[only]])
    return _ones((rows, np.concatenate([at[1], shape[1] + together.pair[only]])), wide)


def _ones(at: tuple[NDArray[np.integer], NDArray[np.integer]], shape: tuple[int, int]) -> "csr_array":
    from scipy.sparse import csr_array

    made = csr_array((np.ones(len(at[0]), np.int8), at), shape=shape)
    made.sum_duplicates()
    return made


def _lists(matrix: "csr_array") -> Lists:
    matrix.sort_indices()
    return Lists(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32))


def _some(lists: Lists, rows: Longs) -> Lists:
    ptr = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(lists.lengths(rows), out=ptr[1:])
    return Lists(ptr, lists.of(rows))


def _alike(lists: Lists, kept: NDArray[np.bool_]) -> tuple[Longs, int]:
    """The number of the group of each row with the same items, -1 for rows left out, and how many groups there are.

    Rows are told apart by a sum of mixed items (splitmix64) and length, then compared item by item with the first of
    their group; should different rows ever meet in a group, none of it are merged.
    """
    key = _mixed(lists)
    rows = np.flatnonzero(kept)
    lengths = np.diff(lists.ptr)
    order = rows[np.lexsort((rows, lengths[rows], key[rows]))]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (np.diff(key[order].view(np.int64)) != 0) | (np.diff(lengths[order]) != 0)
    run = np.cumsum(fresh) - 1
    leader = order[np.flatnonzero(fresh)][run]
    other = lists.of(order) != lists.of(leader)
    mixed = np.bincount(np.repeat(run, lengths[order]), weights=other, minlength=len(order)) > 0
    fresh |= mixed[run]
    group = np.full(lists.rows, -1, np.int64)
    group[order] = np.cumsum(fresh) - 1
    return group, int(fresh.sum())


def _mixed(lists: Lists) -> NDArray[np.uint64]:
    """A number for each row that the order of its items does not change."""
    x = (np.arange(int(lists.item.max(initial=-1)) + 1, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    sums = np.zeros(len(lists.item) + 1, np.uint64)
    np.cumsum((x ^ (x >> np.uint64(31)))[lists.item], out=sums[1:])
    return sums[lists.ptr[1:]] - sums[lists.ptr[:-1]]


def unmet(times: Times, population: Longs, limit: int) -> Longs:
    """People of each (compound, category) not served yet, (compounds * categories,): what siting has to meet."""
    return np.asarray((times.values > limit) * np.asarray(population, np.int64)[:, None], np.int64).ravel()


def of_sites(found: Found, category: int, categories: int) -> tuple[Ints, Longs]:
    """Pairs (candidate, demand) of new facilities of one category, from the lists of who reaches each site."""
    return found.source, found.origin.astype(np.int64) * categories + category


def ways(a: Ints, b: Ints, deciseconds: Ints, labels: Times, category: int) -> Seeds:
    """Gates and crossings as if they were facilities: who reaches one of their ends is as far as what lies behind it.

    ``a``, ``b`` nodes of the graph, ``labels`` those of all its nodes. Lists from these seeds say who would reach the
    category through each way, as long as no second new way is needed.
    """
    behind = labels.values[:, category].astype(np.int64)
    number = np.arange(len(a), dtype=np.int32)
    at = np.concatenate([a, b]).astype(np.int32)
    cost = np.concatenate([behind[b] + deciseconds, behind[a] + deciseconds])
    near = cost <= labels.limit
    return Seeds(at[near], np.concatenate([number, number])[near], cost[near].astype(np.int32))
