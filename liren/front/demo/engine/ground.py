"""The ground: how dense the city is at each place, and where a lattice point lies on the earth.

The lattice is a square grid of whole numbers (u, v). Streets are straight on it; the *warp* bends the whole plane a
little, so that on the map they curve, the river meanders and the outline is round. A point shared by two
units has one place in the lattice and therefore one place on the map: boundaries tile exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.front.demo.engine.chance import Dice
from liren.front.demo.engine.size import Size

CENTRE = (82.40, 39.40)
"""Longitude and latitude (WGS 84) of the centre: sand in the middle of the Taklamakan desert, where nobody lives."""
METRES_PER_DEGREE = 111_195.0
CORE_PER_KM2 = 1.9
"""Communities per square kilometre in the very centre."""
FIELDS_PER_KM2 = 0.15
"""Communities per square kilometre among the fields."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Hill:
    """One centre of the city: a hill of density."""

    x: float
    y: float
    peak: float
    radius: float

    def is_near(self, x: float, y: float) -> bool:
        """Whether a place lies within the radius."""
        return math.hypot(x - self.x, y - self.y) < self.radius


@dataclass(frozen=True)
class Wave:
    """One ripple of the warp."""

    kx: float
    ky: float
    phase: float
    ax: float
    ay: float


@dataclass(frozen=True)
class Ground:
    """Everything about the plane before a street is drawn. Lengths in metres from the centre, before the warp."""

    unit: float
    half: int
    reach: float
    hills: tuple[Hill, ...]
    park: Hill
    works: Hill
    waves: tuple[Wave, ...]
    outline: tuple[tuple[int, float, float], ...]
    river: tuple[int, int]
    meander: tuple[float, float, float]
    is_small: bool

    @property
    def old_town(self) -> float:
        """Radius of the old town with its lanes, in metres."""
        return 0.33 * self.hills[0].radius if self.is_small else min(900.0, 0.36 * self.hills[0].radius)

    def metres(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Lattice to metres on the flat, unwarped plane."""
        return (u - self.half) * self.unit, (v - self.half) * self.unit

    def middle(self, u0: int, v0: int, u1: int, v1: int) -> tuple[float, float]:
        """The middle of a rectangle of the lattice, in metres on the flat plane."""
        return ((u0 + u1) / 2 - self.half) * self.unit, ((v0 + v1) / 2 - self.half) * self.unit

    def density(self, x: Floats, y: Floats) -> Floats:
        """Communities per square kilometre."""
        total = np.full(np.shape(x), 0.9 if self.is_small else FIELDS_PER_KM2)
        for hill in self.hills:
            total = total + hill.peak * np.exp(-((x - hill.x) ** 2 + (y - hill.y) ** 2) / hill.radius**2)
        return total

    def density_at(self, x: float, y: float) -> float:
        """The same for one place."""
        total = 0.9 if self.is_small else FIELDS_PER_KM2
        for hill in self.hills:
            total += hill.peak * math.exp(-((x - hill.x) ** 2 + (y - hill.y) ** 2) / hill.radius**2)
        return total

    def is_inside(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Whether a place lies within the city's rough outline."""
        angle = np.arctan2(y, x)
        limit = np.full(np.shape(x), 0.9)
        for waves, size, phase in self.outline:
            limit = limit + size * np.sin(waves * angle + phase)
        return np.hypot(x, y) < limit * self.reach

    def warped(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Lattice to metres east and north of the centre, bent."""
        x, y = self.metres(u, v)
        bend = 0.5
        a, b = x / self.reach, y / self.reach
        wx, wy = x * np.sqrt(1 - bend * b * b / 2), y * np.sqrt(1 - bend * a * a / 2)
        for wave in self.waves:
            ripple = np.sin(wave.kx * x + wave.ky * y + wave.phase)
            wx, wy = wx + wave.ax * ripple, wy + wave.ay * ripple
        size, length, phase = self.meander
        near = np.exp(-((((v - sum(self.river) / 2) * self.unit) / (4.5 * size + 300)) ** 2))
        turn = size * np.sin(x / length + phase) + 0.45 * size * np.sin(2.3 * x / length + 2 * phase)
        return wx, wy + turn * near

    def lonlat(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Lattice to longitude and latitude (WGS 84), rounded to a centimetre."""
        x, y = self.warped(u, v)
        lon = CENTRE[0] + x / (METRES_PER_DEGREE * math.cos(math.radians(CENTRE[1])))
        return np.round(lon, 7), np.round(CENTRE[1] + y / METRES_PER_DEGREE, 7)


def _hills(size: Size, dice: Dice, radius: float, reach: float) -> tuple[Hill, ...]:
    """The main centre and, in a larger place, satellite towns around it."""
    hills = [Hill(0.0, 0.0, CORE_PER_KM2, radius)]
    if size.is_small:
        return tuple(hills)
    count = 3 if size.communities < 150 else 4 + size.counties
    turn = dice.uniform(0, math.tau)
    for i in range(count):
        angle = turn + math.tau * (i + dice.uniform(-0.25, 0.25)) / count
        far = reach * dice.uniform(0.56, 0.72)
        hills.append(
            Hill(
                far * math.cos(angle),
                far * math.sin(angle),
                dice.uniform(0.8, 1.3),
                reach * dice.uniform(0.08, 0.12) + 120,
            )
        )
    return tuple(hills)


def _beside(dice: Dice, turn: float, far: float, radius: float) -> Hill:
    """A place of its own at a distance from the centre, in a direction given in turns; the river runs in the south."""
    angle = math.tau * turn
    return Hill(far * math.cos(angle), far * math.sin(angle), dice.uniform(), radius)


def _waves(dice: Dice, reach: float) -> tuple[Wave, ...]:
    """Ripples from long to short; their slopes add up to well under one, so the plane never folds."""
    waves = []
    for length, slope in ((reach * 1.3, 0.16), (reach * 0.6, 0.11), (1900.0, 0.08), (1100.0, 0.07), (600.0, 0.05)):
        for axis in (0, 1):
            angle, pull = dice.uniform(0, math.tau), slope * length / math.tau
            waves.append(
                Wave(
                    math.tau / length * math.cos(angle),
                    math.tau / length * math.sin(angle),
                    dice.uniform(0, math.tau),
                    pull if axis == 0 else 0.0,
                    pull if axis == 1 else 0.0,
                )
            )
    return tuple(waves)


def make_ground(size: Size) -> Ground:
    """Lay out the plane for a city of this size."""
    dice = Dice(size.seed, "ground")
    urban = size.communities if size.is_small else 0.72 * size.communities
    rural = 0 if size.is_small else 0.28 * size.communities
    radius = 1000 * math.sqrt(urban / (math.pi * CORE_PER_KM2))
    reach = 1.25 * radius if size.is_small else 1050 * math.sqrt((rural / FIELDS_PER_KM2 + 0.75 * urban) / math.pi)
    half = math.ceil(reach * 1.08 / size.unit_m)
    width = max(2, round((90 + 2.2 * math.sqrt(reach)) / size.unit_m / 2) * 2)
    middle = half - round(dice.uniform(0.16, 0.24) * reach / size.unit_m)
    length = reach * dice.uniform(0.2, 0.26)
    return Ground(
        unit=size.unit_m,
        half=half,
        reach=reach,
        hills=_hills(size, dice, radius, reach),
        park=_beside(dice, 0.1 + dice.uniform(0, 0.2), 0.62 * radius, min(520.0, 0.22 * radius)),
        works=_beside(dice, 0.72 + dice.uniform(0, 0.2), 1.05 * radius, 0.42 * radius),
        waves=_waves(dice, reach),
        outline=tuple((n, dice.uniform(0.02, 0.06), dice.uniform(0, math.tau)) for n in (2, 3, 5, 7)),
        river=(middle - width // 2, middle + width // 2),
        meander=(min(0.22 * length, 900.0), length, dice.uniform(0, math.tau)),
        is_small=size.is_small,
    )
