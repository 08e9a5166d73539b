"""From compounds to the city: whole people, exact sums, shares only at the end.

Shares of an upper unit are never means of shares below: both parts of a share are summed and then divided (R239 to
R246, R253 to R258, R261, R305 of the requirements: population served, area per household, coverage of communities).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine.errors import BadParameter
from liren.development.lifecircle.engine.kernels import Ints, Longs, check_within
from liren.development.lifecircle.engine.near import Times

BIGGEST = 2**53  # sums stay exact in every program that reads them


@dataclass(frozen=True, eq=False)
class Tree:
    """Levels from the compounds up: ``parents[k]`` (units of level k,) are positions in level k + 1.

    ``sizes[k]`` how many units level k has; level 0 are the compounds, the last usually one city.
    """

    parents: tuple[Ints, ...]
    sizes: tuple[int, ...]


def tree(parents: Sequence[NDArray[np.integer]], sizes: Sequence[int]) -> Tree:
    """Levels checked: every unit has a parent that is there.

    :raises BadParameter: naming the level and the first unit without one.
    """
    if len(sizes) != len(parents) + 1:
        raise BadParameter("tree_sizes", parents=len(parents), needed=len(parents) + 1, sizes=len(sizes))
    for level, parent in enumerate(parents):
        lost = (np.asarray(parent) < 0) | (np.asarray(parent) >= sizes[level + 1])
        if len(parent) != sizes[level] or lost.any():
            first = int(np.flatnonzero(lost)[0]) if lost.any() else len(parent)
            raise BadParameter("tree_orphan", level=level, unit=first)
    return Tree(tuple(np.asarray(parent, np.int32) for parent in parents), tuple(sizes))


def summed(values: Longs, units: Tree) -> tuple[Longs, ...]:
    """Sums at every level, (units of the level, ...) each, the first being ``values`` themselves.

    :raises BadParameter: when there is not one row for each compound, or a sum leaves the whole numbers below 2**53.
    """
    if len(values) != units.sizes[0]:
        raise BadParameter("rows_differ", rows=len(values), compounds=units.sizes[0])
    levels = [np.asarray(values, np.int64)]
    if float(np.abs(levels[0].astype(np.float64)).sum()) >= BIGGEST:
        raise BadParameter("sums_inexact")
    for parent, size in zip(units.parents, units.sizes[1:], strict=True):
        above = np.zeros((size, *levels[-1].shape[1:]), np.int64)
        order = np.argsort(parent, kind="stable")
        if len(order):
            first = np.flatnonzero(np.append(True, np.diff(parent[order]) != 0))
            above[parent[order][first]] = np.add.reduceat(levels[-1][order], first, axis=0)
        levels.append(above)
    return tuple(levels)


def served(times: Times, population: Longs, within: Ints) -> Longs:
    """People of each compound who reach each category within each threshold: (compounds, categories, thresholds).

    :raises BadParameter: when a threshold is wider than the times were worked out for.
    """
    reach = times.values[:, :, None] <= _known(within, times)[None, None, :]
    return np.asarray(reach * np.asarray(population, np.int64)[:, None, None], np.int64)


def _known(within: Ints, times: Times) -> Ints:
    """Thresholds about which the times say something."""
    given = check_within(within)
    if int(given[-1]) > times.limit:
        raise BadParameter("wider_than_times", given=int(given[-1]), limit=times.limit)
    return given


class Board:
    """Sums of every level for people served, kept right while a what-if goes on: only what changed is added."""

    def __init__(self, times: Times, population: Longs, within: Ints, units: Tree) -> None:
        self.within = _known(within, times)
        self.population = np.asarray(population, np.int64)
        self.units = units
        self.levels = tuple(level.copy() for level in summed(served(times, population, within), units))

    def change(self, origin: Ints, category: Ints, was: Ints, now: Ints) -> None:
        """Take over a change of times, as :class:`~.whatif.Step` holds it: on every level the difference is added."""
        before = was[:, None] <= self.within[None, :]
        after = now[:, None] <= self.within[None, :]
        people = (after.astype(np.int64) - before) * self.population[origin][:, None]
        unit = origin
        for level, values in enumerate(self.levels):
            np.add.at(values, (unit, category), people)
            if level < len(self.units.parents):
                unit = self.units.parents[level][unit]


def per(amount: Longs, base: Longs, unit: int) -> NDArray[np.float64]:
    """Amount for each ``unit`` of the base: m² per 100 households. NaN where the base is 0."""
    base_of = np.asarray(base, np.float64)
    return np.divide(
        np.asarray(amount, np.float64) * unit, base_of, out=np.full(base_of.shape, np.nan), where=base_of > 0
    )


def shortfall(amount: Longs, base: Longs, norm: int, unit: int) -> Longs:
    """What is missing to ``norm`` for each ``unit`` of the base, rounded up to a whole one; 0 where nothing is.

    Service area per 100 households (R239): ``shortfall(area_m2, households, 30, 100)``.
    """
    needed = -(-np.asarray(base, np.int64) * norm // unit)
    return np.maximum(0, needed - np.asarray(amount, np.int64))


def required(people: Longs, norm: int, unit: int, least: int) -> Longs:
    """What a new estate must have (R240): ``norm`` for each ``unit`` of people, rounded up, at least ``least``."""
    return np.maximum(least, -(-np.asarray(people, np.int64) * norm // unit))
