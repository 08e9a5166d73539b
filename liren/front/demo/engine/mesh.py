"""The street mesh: arterial roads first, then every block cut in two until it is as small as its place asks.

Each cut is a street, of a class that follows from the width of what it cuts. Nothing else may become a boundary.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.front.demo.engine.chance import Dice
from liren.front.demo.engine.graph import adjacent, pieces
from liren.front.demo.engine.ground import Ground

CLASSES = ("arterial", "primary", "secondary", "local", "lane", "rural", "path")
OUTSIDE = -1


@dataclass(frozen=True)
class Block:
    """A rectangle of the lattice between streets, and what it is used for."""

    u0: int
    v0: int
    u1: int
    v1: int
    use: str


@dataclass(frozen=True)
class Line:
    """A street as it is drawn first: straight on the lattice, from one end to the other."""

    u0: int
    v0: int
    u1: int
    v1: int
    kind: str

    @property
    def is_level(self) -> bool:
        """Whether it runs along u (west to east)."""
        return self.v0 == self.v1


@dataclass(frozen=True)
class Mesh:
    """Blocks, streets, and the raster that says which block each lattice cell belongs to."""

    blocks: tuple[Block, ...]
    lines: tuple[Line, ...]
    raster: NDArray[np.int32]
    corners: NDArray[np.bool_]
    bridges: tuple[int, ...]


def wanted_m(ground: Ground, x: float, y: float) -> float:
    """The length of a block's side that suits the place, in metres."""
    if math.hypot(x, y + 0.1 * ground.old_town) < ground.old_town:
        return 95.0
    if ground.works.is_near(x, y):
        return 430.0
    dense = ground.density_at(x, y)
    return min(760.0, max(175.0, 205.0 * (1.5 / dense) ** 0.62))


def _kind(width_m: float, wanted: float) -> str:
    """The class of a street that cuts a block of this width."""
    if wanted > 480:
        return "rural"
    if width_m > 620:
        return "secondary"
    return "lane" if wanted < 100 else "local"


class _Cutter:
    """Collects blocks and streets while rectangles are cut."""

    def __init__(self, ground: Ground, dice: Dice) -> None:
        self.ground, self.dice = ground, dice
        self.blocks: list[Block] = []
        self.lines: list[Line] = []

    def cut(self, u0: int, v0: int, u1: int, v1: int) -> None:
        """Cut a rectangle until its parts are small enough."""
        unit = self.ground.unit
        x, y = self.ground.middle(u0, v0, u1, v1)
        wanted = wanted_m(self.ground, x, y)
        wide, high = (u1 - u0) * unit, (v1 - v0) * unit
        least = max(2, round(0.55 * wanted / unit))
        if self.ground.park.is_near(x, y) and max(wide, high) < 1.7 * self.ground.park.radius:
            self.blocks.append(Block(u0, v0, u1, v1, "park"))
            return
        small = max(wide, high) < 1.35 * wanted or wide * high < wanted * wanted * self.dice.uniform(0.9, 1.7)
        if small or max(u1 - u0, v1 - v0) < 2 * least:
            self.blocks.append(Block(u0, v0, u1, v1, ""))
            return
        share = self.dice.uniform(0.36, 0.64)
        if wide * self.dice.uniform(0.85, 1.18) > high:
            at = min(u1 - least, max(u0 + least, u0 + round(share * (u1 - u0))))
            self.lines.append(Line(at, v0, at, v1, _kind(high, wanted)))
            self.cut(u0, v0, at, v1)
            self.cut(at, v0, u1, v1)
        else:
            at = min(v1 - least, max(v0 + least, v0 + round(share * (v1 - v0))))
            self.lines.append(Line(u0, at, u1, at, _kind(wide, wanted)))
            self.cut(u0, v0, u1, at)
            self.cut(u0, at, u1, v1)


def _cuts(ground: Ground, dice: Dice, start: int, low: int, high: int) -> list[int]:
    """Places of arterial roads between two ends: close in the centre, wider apart outside."""
    found = [start] if low < start < high else []
    for sign in (-1, 1):
        at = start
        while True:
            far = abs(at - ground.half) * ground.unit / ground.reach
            gap = (780 + 1500 * far * far) * dice.uniform(0.85, 1.2)
            at += sign * max(4, round(gap / ground.unit))
            if not low + 300 / ground.unit < at < high - 300 / ground.unit:
                break
            found.append(at)
    return sorted(found)


def _arterials(ground: Ground, dice: Dice) -> tuple[list[int], list[list[int]]]:
    """West-east positions of the roads that cross the river, and bands of south-north positions on both its sides."""
    end = 2 * ground.half
    south, north = ground.river
    us = [0, *_cuts(ground, dice, ground.half + round(dice.uniform(-120, 120) / ground.unit), 0, end), end]
    first = north + round(dice.uniform(650, 850) / ground.unit)
    above = [north, *_cuts(ground, dice, first, north, end), end]
    first = south - round(dice.uniform(600, 800) / ground.unit)
    below = [0, *_cuts(ground, dice, first, 0, south), south]
    return us, [below, above]


def _superblocks(ground: Ground, cutter: _Cutter, us: list[int], bands: list[list[int]]) -> None:
    """Draw the arterial roads and cut what lies between them."""
    end = 2 * ground.half
    for order, u in enumerate(us[1:-1]):
        cutter.lines.append(Line(u, 0, u, end, "arterial" if order % 2 == len(us) // 2 % 2 else "primary"))
    for band in bands:
        for order, v in enumerate(band):
            if 0 < v < end:
                bank = v in ground.river
                cutter.lines.append(Line(0, v, end, v, "primary" if bank or order % 2 else "arterial"))
        for v0, v1 in zip(band, band[1:], strict=False):
            for u0, u1 in zip(us, us[1:], strict=False):
                cutter.cut(u0, v0, u1, v1)


def _raster(ground: Ground, blocks: list[Block]) -> NDArray[np.int32]:
    """Which block each cell belongs to; the river's halves go to the banks, so that units tile without a gap."""
    end = 2 * ground.half
    full = np.full((end, end), OUTSIDE, dtype=np.int32)
    for i, block in enumerate(blocks):
        full[block.v0 : block.v1, block.u0 : block.u1] = i
    x, y = ground.metres(np.array([(b.u0 + b.u1) / 2 for b in blocks]), np.array([(b.v0 + b.v1) / 2 for b in blocks]))
    south, north = ground.river
    middle = (south + north) // 2
    full[middle:north, :] = full[north, :]
    full[south:middle, :] = full[south - 1, :]
    inside = _smoothed(full, ground.is_inside(x, y))
    raster = np.where(inside[full], full, OUTSIDE).astype(np.int32)
    for bank in (raster[middle:], raster[:middle]):
        _keep_largest(bank)
    return raster


def _smoothed(full: NDArray[np.int32], inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Take out blocks that stick out of the outline like chimneys, and fill notches."""
    a = np.concatenate([full[:-1, :].ravel(), full[:, :-1].ravel()])
    b = np.concatenate([full[1:, :].ravel(), full[:, 1:].ravel()])
    a, b = np.concatenate([a[a != b], b[a != b]]), np.concatenate([b[a != b], a[a != b]])
    around = np.maximum(np.bincount(a, minlength=len(inside)), 1)
    for _ in range(4):
        shared = np.bincount(a, weights=inside[b], minlength=len(inside)) / around
        inside = (inside & (shared > 0.4)) | (shared > 0.62)
    return inside


def _keep_largest(bank: NDArray[np.int32]) -> None:
    """Leave out blocks that hang on to the rest of their bank by a corner only, or not at all."""
    neighbours = adjacent(bank)
    parts = pieces(neighbours, sorted(neighbours))
    largest = max(parts, key=lambda part: (len(part), -part[0]))
    bank[~np.isin(bank, largest)] = OUTSIDE


def make_mesh(ground: Ground, seed: int) -> Mesh:
    """Draw the streets and the blocks between them."""
    dice = Dice(seed, "mesh")
    cutter = _Cutter(ground, dice)
    us, bands = _arterials(ground, dice)
    _superblocks(ground, cutter, us, bands)
    raster = _raster(ground, cutter.blocks)
    corners = np.zeros((2 * ground.half + 1, 2 * ground.half + 1), dtype=bool)
    for block in cutter.blocks:
        corners[np.ix_((block.v0, block.v1), (block.u0, block.u1))] = True
    corners[sum(ground.river) // 2, :] |= corners[ground.river[0], :] | corners[ground.river[1], :]
    paths = _paths(ground, cutter.blocks, dice)
    for path in paths:
        corners[[path.v0, path.v1], [path.u0, path.u1]] = True
        corners[(path.v0 + path.v1) // 2, (path.u0 + path.u1) // 2] = True
    return Mesh(tuple(cutter.blocks), (*cutter.lines, *paths), raster, corners, tuple(us[1:-1]))


def _paths(ground: Ground, blocks: list[Block], dice: Dice) -> list[Line]:
    """Footpaths through parks, both ways, and through the middle of many large blocks of the city."""
    found = []
    for block in blocks:
        u, v = (block.u0 + block.u1) // 2, (block.v0 + block.v1) // 2
        wide, high = (block.u1 - block.u0) * ground.unit, (block.v1 - block.v0) * ground.unit
        level, upright = Line(block.u0, v, block.u1, v, "path"), Line(u, block.v0, u, block.v1, "path")
        if block.use == "park":
            found += [level, upright]
            continue
        is_town = wanted_m(ground, *ground.middle(block.u0, block.v0, block.u1, block.v1)) < 330
        if is_town and max(wide, high) > 170 and dice.chance(0.45):
            found.append(level if high > wide else upright)
    return found
