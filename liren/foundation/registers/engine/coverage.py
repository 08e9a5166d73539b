"""The arithmetic of coverage: what is counted at each unit, added up the tree, over what it is divided by.

Exact: counts are 64-bit integers, sums are whole millionths of any size, quotients are rounded once, at the end, halves
away from zero. Whole numbers throughout, column by column, since a city has a million figures. An unknown denominator
gives no value; nobody guesses one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from liren.foundation.kernel.suppression import FLOOR
from liren.foundation.registers.engine.spec import LEVELS, MeasureSpec

MICRO = 1_000_000
VALUE = 10_000
FITS = 1 << 62
Ints = NDArray[np.int64]
Exact = NDArray[np.int64] | NDArray[np.object_]  # millionths: Python's integers where sums might not fit
Known = Mapping[int, int]


def exact(numbers: Sequence[int]) -> Exact:
    """Whole numbers of any size, as 64-bit integers where each sum of some of them is one."""
    fits = sum(map(abs, numbers)) < FITS
    return np.array(numbers, dtype=np.int64) if fits else np.array([*numbers, None], dtype=object)[:-1]


@dataclass(frozen=True)
class Tree:
    """Units of today. ``parent`` holds positions (-1 for a root); ``of`` is urban, rural or "" for each community,
    and for what lies below a community that of the community."""

    ids: Ints
    level: Ints
    parent: Ints
    of: NDArray[np.str_]

    @cached_property
    def places(self) -> dict[int, int]:
        """Where each unit stands."""
        return {pk: place for place, pk in enumerate(self.ids.tolist())}

    @cached_property
    def _steps(self) -> list[tuple[Ints, Ints]]:
        """Level by level from below: places, and those of what they lie in."""
        levels = (np.flatnonzero((self.level == level) & (self.parent >= 0)) for level in range(7, 1, -1))
        return [(here, self.parent[here]) for here in levels if len(here)]

    def up(self, values: NDArray) -> NDArray:
        """For each unit the sum over itself and everything below it."""
        total = values.copy()
        for here, above in self._steps:
            np.add.at(total, above, total[here])
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


class Figures(NamedTuple):
    """A measure at many units, column by column: numerators and denominators in millionths, values in ten-thousandths.

    ``withheld``: not for the public, since a small count would show.
    """

    units: list[int]
    numerators: list[int]
    denominators: list[int | None]
    values: list[int | None]
    withheld: list[bool]


def figures(measure: MeasureSpec, tree: Tree, counted: Counted, denominators: Known) -> Figures:
    """The measure at every unit at which it says something, from its own level upwards."""
    above, below = PARTS[measure.measure](measure, tree, counted)
    places = np.flatnonzero(tree.level <= measure.lowest)
    if measure.measure == "units" and below is not None:
        # Where there is no unit of the kind that is to be covered, there is nothing to say.
        places = places[below[places] != 0]
    units = tree.ids[places].tolist()
    tops = above[places] if measure.sum else above[places] * MICRO
    bottoms = _bottoms(measure, units, below, places, denominators)
    withheld = hidden_sums(tree, counted)[places].tolist() if counted.few.any() else [False] * len(units)
    return Figures(units, tops.tolist(), bottoms, _values(measure, tops, bottoms), withheld)


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
    return (below[places] * times).tolist()


def _values(measure: MeasureSpec, tops: Exact, bottoms: list[int | None]) -> list[int | None]:
    """In ten-thousandths of the unit of the measure; None where there is nothing to divide by."""
    scale = Fraction(scale_of(measure)) * VALUE
    if measure.measure == "count":
        return quotients(tops, exact([MICRO] * len(tops)), scale).tolist()
    divided = [one for one in bottoms if one]
    there = np.array([bool(one) for one in bottoms], dtype=bool)
    found = np.full(len(tops), None, dtype=object)
    found[there] = quotients(tops[there], exact(divided), scale)
    return found.tolist()


def quotients(above: Exact, below: Exact, scale: Fraction) -> Exact:
    """``above / below * scale`` as whole numbers, halves away from zero. Nothing in ``below`` is nought.

    What all of them share is taken out first: so nearly everything can be reckoned in 64 bits.
    """
    by_above, by_below = (int(np.gcd.reduce(one)) or 1 for one in (above, below))
    above, below = above // by_above, below // by_below
    scale *= Fraction(by_above, by_below)
    widest = max(_widest(above) * scale.numerator, _widest(below) * scale.denominator)
    if 3 * widest >= FITS:
        above, below = above.astype(object), below.astype(object)
    above, below = above * np.where(below < 0, -1, 1) * scale.numerator, abs(below) * scale.denominator
    return (2 * abs(above) + below) // (2 * below) * np.where(above < 0, -1, 1)


def _widest(numbers: Exact) -> int:
    return int(abs(numbers).max()) if len(numbers) else 0


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
