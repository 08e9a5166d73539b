"""A good choice where two candidates together may serve more than both alone: a pair is taken like one candidate.

Gains may rise here as others are chosen, so nothing is lazy: all of them are worked out anew each time.
"""

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine.kernels import Ints, Longs
from liren.development.lifecircle.engine.siting.problem import Problem

TRIED = 6  # of the best exchanges by their estimated gain, so many are worked out exactly
Floats = NDArray[np.float64]


def _singles(of: Problem, chosen: list[int], open_weight: Longs) -> Floats:
    """What each candidate would add beside the chosen: at most, where two pairs serve the same people."""
    weights = open_weight.astype(np.float64)
    gains = np.asarray(of.matrix @ weights)
    inside = np.zeros(of.candidates, np.bool_)
    inside[chosen] = True
    both = np.asarray(of.joint @ weights)
    for here, there in ((of.together.one, of.together.other), (of.together.other, of.together.one)):
        gains += np.bincount(here, weights=np.where(inside[there], both, 0.0), minlength=of.candidates)
    gains[inside] = 0.0
    return gains


def _open(of: Problem, chosen: list[int]) -> Longs:
    left = of.weight.copy()
    picked = np.array(chosen, np.int64)
    left[of.covers.of(picked)] = 0
    left[of.together.covers.of(of.opened(picked))] = 0
    return left


def greedy_together(of: Problem) -> Ints:
    """The best of three greedy choices: by people, by people for the money, and that without the pairs."""
    tried = [_greedy(of, by_money=by_money, pairs=pairs) for by_money, pairs in ((0, 1), (1, 1), (1, 0))]
    return max(tried, key=of.value)


def _greedy(of: Problem, *, by_money: int, pairs: int) -> Ints:
    chosen: list[int] = []
    left = of.budget
    one, other = of.together.one, of.together.other
    while True:
        gains = _singles(of, chosen, open_weight := _open(of, chosen))
        single = np.where(of.cost <= left, gains / of.cost**by_money, 0.0)
        best = [int(single.argmax())] if len(single) else []
        most = float(single[best].max(initial=0.0))
        cost = of.cost[one] + of.cost[other]
        apart = ~(np.isin(one, chosen) | np.isin(other, chosen)) & (cost <= left)
        if pairs and apart.any():
            both = gains[one] + gains[other] + np.asarray(of.joint @ open_weight.astype(np.float64))
            rate = np.where(apart, both / cost**by_money, 0.0)
            place = int(rate.argmax())
            if rate[place] > most:
                best, most = [int(one[place]), int(other[place])], float(rate[place])
        if most <= 0:
            return np.array(sorted(chosen), np.int32)
        chosen += best
        left -= of.spent(np.array(best))


def exchange_together(of: Problem, chosen: Ints, *, rounds: int = 30) -> Ints:
    """One out, one in or a pair in, as long as that serves more people and can be paid."""
    kept = chosen.tolist()
    for _ in range(rounds):
        value = of.value(np.array(kept, np.int64))
        for s in [*kept, -1]:
            rest = [k for k in kept if k != s]
            for more in _offers(of, rest):
                if of.value(np.array(rest + more, np.int64)) > value:
                    kept, value = rest + more, of.value(np.array(rest + more, np.int64))
                    break
        if value == of.value(np.array(chosen, np.int64)):
            break
        chosen = np.array(kept, np.int32)
    return np.array(sorted(kept), np.int32)


def _offers(of: Problem, rest: list[int]) -> list[list[int]]:
    """The candidates and pairs that would add most to some that stay, as far as the money goes."""
    left = of.budget - of.spent(np.array(rest, np.int64))
    open_weight = _open(of, rest)
    gains = _singles(of, rest, open_weight)
    single = np.where(of.cost <= left, gains, 0.0)
    found = [(float(single[k]), [int(k)]) for k in np.argsort(-single, kind="stable")[:TRIED] if single[k] > 0]
    one, other = of.together.one, of.together.other
    fits = (of.cost[one] + of.cost[other] <= left) & ~np.isin(one, rest) & ~np.isin(other, rest)
    both = np.where(fits, gains[one] + gains[other] + np.asarray(of.joint @ open_weight.astype(np.float64)), 0.0)
    found += [
        (float(both[k]), [int(one[k]), int(other[k])]) for k in np.argsort(-both, kind="stable")[:TRIED] if both[k] > 0
    ]
    return [more for _gain, more in sorted(found, key=lambda pair: -pair[0])]
