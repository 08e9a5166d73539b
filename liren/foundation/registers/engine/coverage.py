"""The arithmetic of coverage: what is counted at each unit, added up the tree, over what it is divided by.

Exact: counts are 64-bit integers, sums are whole millionths of any size, quotients are rounded once, at the end, halves
away from zero. Whole numbers throughout, since a city has a million figures. An unknown denominator gives no value;
nobody guesses one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from liren.foundation.kernel.suppression import FLOOR
from liren.foundation.registers.engine.spec import LEVELS, MeasureSpec

MICRO = 1_000_000
VALUE = 10_000
Ints = NDArray[np.int64]
Exact = NDArray[np.object_]  # Python integers: millionths, of any size
Known = Mapping[int, int]


@dataclass(frozen=True)
class Tree:
    """Units of today. ``parent`` holds positions (-1 for a root); ``of`` is urban, rural or "" for each community,
    and for what lies below a community that of the community."""

    ids: Ints
    level: Ints
    parent: Ints
    of: NDArray[np.str_]

    def up(self, values: NDArray) -> NDArray:
        """For each unit the sum over itself and everything below it."""
        total = values.copy()
        for level in range(7, 1, -1):
            here = np.flatnonzero((self.level == level) & (self.parent >= 0))
            np.add.at(total, self.parent[here], total[here])
        return total

    def fits(self, area: str) -> NDArray[np.bool_]:
        """Which units lie in (or are) communities of this kind."""
        return np.ones(len(self.ids), dtype=bool) if area == "all" else self.of == area


@dataclass(frozen=True)
class Counted:
    """What the entries of a register give at each unit itself, for one measure.

    ``few``/``few_sum``: numbers of people small enough to single somebody out, which nobody may work out.
    """

    matching: Ints
    entries: Ints
    sum: Exact
    over: Exact
    few: Ints
    few_sum: Exact


class Figure(NamedTuple):
    """The value of a measure at one unit: numerator and denominator in millionths, value in ten-thousandths.

    ``withheld``: not for the public, since a small count would show.
    """

    unit: int
    numerator: int
    denominator: int | None
    value: int | None
    withheld: bool = False


def figures(measure: MeasureSpec, tree: Tree, counted: Counted, denominators: Known) -> list[Figure]:
    """The measure at every unit at which it says something, from its own level upwards."""
    above, below = PARTS[measure.measure](measure, tree, counted)
    places = np.flatnonzero(tree.level <= measure.lowest)
    units = tree.ids[places].tolist()
    numerators = [number if measure.sum else number * MICRO for number in above[places].tolist()]
    bottoms = _bottoms(measure, units, below, places, denominators)
    few = counted.few.any()
    withheld = hidden_sums(tree, counted)[places].tolist() if few else [False] * len(units)
    times, by = scale_of(measure).as_integer_ratio()
    times *= VALUE
    if measure.measure == "count":
        values: list[int | None] = [_divided(number * times, by * MICRO) for number in numerators]
    else:
        values = [
            _divided(number * times, bottom * by) if bottom else None
            for number, bottom in zip(numerators, bottoms, strict=True)
        ]
    found = map(Figure, units, numerators, bottoms, values, withheld)
    # Where there is no unit of the kind that is to be covered, there is nothing to say.
    return [one for one in found if one.denominator != 0] if measure.measure == "units" else list(found)


def _bottoms(
    measure: MeasureSpec, units: list[int], below: NDArray | None, places: NDArray, denominators: Known
) -> list[int | None]:
    """By what each numerator is divided, in millionths."""
    if measure.measure == "rate":
        known = map(denominators.get, units)
        return [None if one is None else one * MICRO for one in known]
    if below is None:
        return [None] * len(units)
    times = 1 if measure.measure == "ratio" else MICRO
    return [number * times for number in below[places].tolist()]


def _divided(above: int, below: int) -> int:
    """The quotient as a whole number, halves away from zero."""
    if below < 0:
        above, below = -above, -below
    return (2 * above + below) // (2 * below) if above >= 0 else -((-2 * above + below) // (2 * below))


def scale_of(measure: MeasureSpec) -> Decimal:
    """By what a bare quotient is multiplied to be in the measure's unit."""
    if measure.measure in ("units", "entries"):
        return {"percent": Decimal(100), "permille": Decimal(1000)}.get(measure.unit, Decimal(1))
    return measure.scale


def _units(measure: MeasureSpec, tree: Tree, counted: Counted) -> tuple[NDArray, NDArray | None]:
    meant = (tree.level == LEVELS[measure.level]) & tree.fits(measure.of)
    covered = meant & (tree.up(counted.matching) >= measure.at_least)
    return tree.up(covered.astype(np.int64)), tree.up(meant.astype(np.int64))


def _numbers(measure: MeasureSpec, tree: Tree, counted: Counted) -> tuple[NDArray, NDArray | None]:
    """Rate and count: what is counted, in the areas that are meant; the denominator comes from elsewhere or nowhere."""
    numbers: NDArray = counted.sum if measure.sum else counted.matching
    return tree.up(np.where(tree.fits(measure.of), numbers, 0)), None


def _entries(measure: MeasureSpec, tree: Tree, counted: Counted) -> tuple[NDArray, NDArray | None]:
    meant = tree.fits(measure.of)
    return tree.up(np.where(meant, counted.matching, 0)), tree.up(np.where(meant, counted.entries, 0))


def _ratio(measure: MeasureSpec, tree: Tree, counted: Counted) -> tuple[NDArray, NDArray | None]:
    meant = tree.fits(measure.of)
    return tree.up(np.where(meant, counted.sum, 0)), tree.up(np.where(meant, counted.over, 0))


PARTS = {"units": _units, "rate": _numbers, "entries": _entries, "ratio": _ratio, "count": _numbers}


def hidden_sums(tree: Tree, counted: Counted) -> NDArray[np.bool_]:
    """Units whose sum of people would give away a small number that is hidden where it stands.

    Whoever subtracts everything that is shown from a sum must be left with two hidden numbers at least, which together
    reach the floor. From below: a unit whose own hidden numbers (and those of hidden sums right below it) do not is
    hidden too, and hands them on to the unit above.
    """
    few, few_sum = counted.few.copy(), counted.few_sum.copy()
    hidden = np.zeros(len(tree.ids), dtype=bool)
    for level in range(7, 0, -1):
        here = np.flatnonzero(tree.level == level)
        unsafe = here[(few[here] > 0) & ((few[here] < 2) | (few_sum[here] < FLOOR * MICRO))]
        hidden[unsafe] = True
        below = unsafe[tree.parent[unsafe] >= 0]
        np.add.at(few, tree.parent[below], few[below])
        np.add.at(few_sum, tree.parent[below], few_sum[below])
    return hidden


def gap(operator: str, value: int, low: int, high: int | None = None) -> tuple[bool, int]:
    """Whether a value meets its target, and by how much it misses it (0 when it does); all of one unit."""
    if operator in (">=", ">"):
        met = value > low if operator == ">" else value >= low
        return met, 0 if met else low - value
    if operator in ("<=", "<"):
        met = value < low if operator == "<" else value <= low
        return met, 0 if met else value - low
    if operator == "range" and high is not None:
        met = low <= value <= high
        return met, 0 if met else max(low - value, value - high)
    return value == low, abs(value - low)
