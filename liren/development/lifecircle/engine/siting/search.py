"""A good choice at once: greedy with lazy evaluation, then exchange of one for one."""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine.kernels import Ints, Longs
from liren.development.lifecircle.engine.siting.joint import exchange_together, greedy_together
from liren.development.lifecircle.engine.siting.problem import Problem


@dataclass(frozen=True, eq=False)
class Choice:
    """Candidates chosen, people served, money spent; ``bound``: no choice serves more. 0 <= people <= bound."""

    chosen: Ints
    people: int
    spent: int
    bound: int

    @property
    def gap(self) -> float:
        """At most this share of the best is lost: 0.003 is the certificate "at most 0.3 % from the optimum"."""
        return (self.bound - self.people) / self.bound if self.bound else 0.0


def choice(of: Problem, chosen: NDArray[np.integer], bound: int) -> Choice:
    """A choice with its figures worked out anew."""
    picked = np.sort(np.asarray(chosen, np.int32))
    return Choice(picked, of.value(picked), of.spent(picked), bound)


def greedy(of: Problem) -> Ints:
    """The better of two greedy choices: by people, and by people for the money.

    Lazy evaluation (Minoux 1978; CELF, Leskovec et al. 2007): a gain only falls, so an old one is a bound.
    """
    by_people = _greedy(of, np.ones(of.candidates))
    if (of.cost == 1).all():
        return by_people
    by_money = _greedy(of, of.cost.astype(np.float64))
    return by_money if of.value(by_money) > of.value(by_people) else by_people


def _greedy(of: Problem, divisor: NDArray[np.float64]) -> Ints:
    open_weight = of.weight.copy()
    heap = [(-gain / divisor[s], s) for s, gain in enumerate(gains(of, open_weight).tolist()) if gain > 0]
    heapq.heapify(heap)
    chosen: list[int] = []
    left = of.budget
    fresh = set[int]()
    while heap and left > 0:
        _, s = heap[0]
        if of.cost[s] > left:
            heapq.heappop(heap)
        elif s in fresh or not chosen:
            heapq.heappop(heap)
            chosen.append(s)
            left -= int(of.cost[s])
            open_weight[of.covers.row(s)] = 0
            fresh.clear()
        else:
            gain = int(open_weight[of.covers.row(s)].sum())
            fresh.add(s)
            heapq.heapreplace(heap, (-gain / divisor[s], s)) if gain else heapq.heappop(heap)
    return np.array(chosen, np.int32)


def gains(of: Problem, open_weight: Longs) -> Longs:
    """What each candidate would add, by the weights still open."""
    return np.asarray(of.matrix @ open_weight.astype(np.float64), np.int64)


class _State:
    """How often each demand is met, and what each candidate would add."""

    def __init__(self, of: Problem, chosen: Ints) -> None:
        self.of = of
        self.times_met = np.bincount(of.covers.of(chosen), minlength=len(of.weight))
        self.adds = gains(of, np.where(self.times_met == 0, of.weight, 0))
        self.inside = np.zeros(of.candidates, np.bool_)
        self.inside[chosen] = True
        self.left = of.budget - of.spent(chosen)

    def _by_site(self, demands: Ints) -> Longs:
        """The weight of some demands, for each candidate that serves them."""
        weights = np.repeat(self.of.weight[demands], self.of.covered_by.lengths(demands))
        sites = self.of.covered_by.of(demands)
        # Weighted counts in doubles are whole numbers below 2**53, hence exact.
        return np.bincount(sites, weights=weights, minlength=self.of.candidates).astype(np.int64)

    def add(self, s: int) -> None:
        row = self.of.covers.row(s)
        self.adds -= self._by_site(row[self.times_met[row] == 0])
        self.times_met[row] += 1
        self.inside[s] = True
        self.left -= int(self.of.cost[s])

    def best(self, adds: Longs, left: int) -> int:
        """The candidate outside that adds most among those that can be paid, -1 for none."""
        worth = np.where(self.inside | (self.of.cost > left), 0, adds)
        s = int(worth.argmax()) if len(worth) else -1
        return s if s >= 0 and worth[s] > 0 else -1

    def swapped(self, s: int) -> int:
        """The candidate that takes the place of another, when that serves more people; else the same one."""
        row = self.of.covers.row(s)
        lost = row[self.times_met[row] == 1]
        freed = self._by_site(lost)
        adds = self.adds + freed
        left = self.left + int(self.of.cost[s])
        other = self.best(adds, left)
        if other < 0 or adds[other] <= int(self.of.weight[lost].sum()):
            return s
        self.times_met[row] -= 1
        self.adds, self.left = adds, left
        self.inside[s] = False
        self.add(other)
        return other


def exchange(of: Problem, chosen: Ints, *, rounds: int = 30) -> Ints:
    """One for one, as long as that serves more people; what money is left over is spent too."""
    state = _State(of, chosen)
    kept = chosen.tolist()
    for _ in range(rounds):
        better = _fill(state, kept)
        for place, s in enumerate(kept):
            kept[place] = state.swapped(s)
            better |= kept[place] != s
        if not better:
            break
    return np.array(sorted(kept), np.int32)


def _fill(state: _State, kept: list[int]) -> bool:
    """Add what can still be paid; whether anything was."""
    added = False
    while (s := state.best(state.adds, state.left)) >= 0:
        state.add(s)
        kept.append(s)
        added = True
    return added


def improved(of: Problem, chosen: Ints, *, rounds: int = 30) -> Ints:
    """A choice exchanged one for one until that serves no more people, pairs among the chosen counted."""
    return exchange_together(of, chosen, rounds=rounds) if len(of.together) else exchange(of, chosen, rounds=rounds)


def at_once(of: Problem) -> Choice:
    """Greedy and exchange, with the plain bound that comes for nothing: the people whom anything serves at all."""
    first = greedy_together(of) if len(of.together) else greedy(of)
    return choice(of, improved(of, first), int(of.weight.sum()))
