"""How far from the best, at most: the Lagrangian bound, with better choices found on the way.

A demand counts when a chosen candidate serves it. That tie is loosened at a price for each demand (0 to its weight),
which leaves two easy questions: which demands are worth more than their price, and which candidates earn most within
the budget. For any prices the sum is more than any choice can serve; prices are improved by subgradients (Fisher 1981;
for covering: Galvão and ReVelle 1996).

What a pair earns is split between its two: whoever chooses both is credited with all of it, whoever chooses one with a
part of what it may not get. So the sum stays more than any choice can serve, however the parts are cut; they are moved
to where they cost the bound least.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine.siting.problem import Problem
from liren.development.lifecircle.engine.siting.search import Choice, at_once, choice, improved

Floats = NDArray[np.float64]
PATIENCE = 15  # rounds without a better bound before steps are made shorter
SHORTER = 0.6
MEMORY = 0.9  # how much of the last direction stays in the next: zigzags cancel out (Camerini, Fratta, Maffioli 1975)
REPAIRS = 40  # rounds from one try for a better choice to the next


@dataclass
class _Prices:
    price: Floats
    way: Floats
    share: Floats  # of what a pair earns, the part of its first
    step: float = 1.0
    stalled: int = 0
    best: float = np.inf


def certified(of: Problem, start: Choice | None = None, *, rounds: int = 800, target: float = 0.0) -> Choice:
    """A choice with a bound: at most ``gap`` from the optimum, whatever the optimum is.

    Stops after ``rounds``, or when the gap is ``target`` or less. The bound is whole people: what is served is whole.
    """
    best = start or at_once(of)
    if of.candidates == 0 or len(of.weight) == 0 or of.budget == 0:
        return choice(of, best.chosen, best.people if of.budget == 0 else int(of.weight.sum()))
    weight = of.weight.astype(np.float64)
    prices = _Prices(weight * 0.5, np.zeros(len(weight)), np.full(len(of.together), 0.5))
    bound = best.bound
    for turn in range(rounds):
        earned = _earned(of, prices)
        picked, most = _pick(of, earned)
        total = float(np.maximum(0.0, weight - prices.price).sum()) + most
        bound = min(bound, int(np.floor(total * (1 + 1e-12) + 1e-6)))
        if turn % REPAIRS == REPAIRS - 1:
            best = _repaired(of, picked, best)
        if bound <= best.people or (bound - best.people) <= target * bound:
            break
        if not _improve(prices, of, picked, weight, total, float(best.people)):
            break
    return choice(of, best.chosen, max(bound, best.people))


def _earned(of: Problem, prices: _Prices) -> Floats:
    """What each candidate earns: what it serves alone, and its part of what its pairs serve."""
    earned = np.asarray(of.matrix @ prices.price)
    if len(of.together):
        both = np.asarray(of.joint @ prices.price)
        for ends, part in ((of.together.one, prices.share), (of.together.other, 1.0 - prices.share)):
            earned += np.bincount(ends, weights=both * part, minlength=of.candidates)
    return earned


def _pick(of: Problem, earned: Floats) -> tuple[NDArray[np.int64], float]:
    """The candidates that earn most within the budget, and an upper bound on what any could: the last one in part."""
    if (of.cost == 1).all():
        k = min(of.budget, of.candidates)
        top = np.argpartition(-earned, k - 1)[:k]
        return top, float(earned[top].sum())
    order = np.argsort(-earned / of.cost, kind="stable")
    order = order[of.cost[order] <= of.budget]
    paid = np.cumsum(of.cost[order])
    whole = order[paid <= of.budget]
    most = float(earned[whole].sum())
    if len(whole) < len(order):
        following = order[len(whole)]
        most += float(earned[following]) * (of.budget - of.spent(whole)) / float(of.cost[following])
    return whole, most


def _repaired(of: Problem, picked: NDArray[np.int64], best: Choice) -> Choice:
    tried = improved(of, np.sort(picked).astype(np.int32), rounds=8)
    people = of.value(tried)
    return choice(of, tried, best.bound) if people > best.people else best


def _improve(
    prices: _Prices, of: Problem, picked: NDArray[np.int64], weight: Floats, total: float, served: float
) -> bool:
    """New prices: dearer where nobody chosen serves, cheaper where several do. False when there is no way on."""
    if total < prices.best * (1 - 1e-6):
        prices.best, prices.stalled = total, 0
    else:
        prices.stalled += 1
        if prices.stalled >= PATIENCE:
            prices.step, prices.stalled = prices.step * SHORTER, 0
    slope = np.bincount(of.covers.of(picked), minlength=len(weight)) - 1.0 * (weight > prices.price)
    if len(of.together):
        slope += _moved(prices, of, picked)
    prices.way = slope + MEMORY * prices.way
    square = float((prices.way * prices.way).sum())
    if square < 0.5 or prices.step < 1e-6:
        return False
    prices.price = np.clip(prices.price - prices.step * (total - served) / square * prices.way, 0.0, weight)
    return True


def _moved(prices: _Prices, of: Problem, picked: NDArray[np.int64]) -> Floats:
    """How often pairs in part serve each demand; parts go from the one of a pair that is picked to the other."""
    inside = np.zeros(of.candidates)
    inside[picked] = 1.0
    first, second = inside[of.together.one], inside[of.together.other]
    served = np.asarray(of.joint.T @ (prices.share * first + (1.0 - prices.share) * second))
    prices.share = np.clip(prices.share - 0.1 * min(1.0, prices.step) * (first - second), 0.0, 1.0)
    return served
