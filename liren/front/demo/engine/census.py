"""Compounds on the blocks of each community, and how many households and people lived there, year by year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from liren.front.demo.engine import names
from liren.front.demo.engine.chance import Dice, uniforms
from liren.front.demo.engine.ground import Ground
from liren.front.demo.engine.mesh import Block, Mesh
from liren.front.demo.engine.regions import COMMUNITY, COMPOUND
from liren.front.demo.engine.rows import REGISTERED, Compound, Count, Proposal, Span, Unit
from liren.front.demo.engine.size import YEARS
from liren.front.demo.engine.tree import Tree

_LIVED_IN = ("homes", "old", "village")
_MOST_PER_COMMUNITY = 6
_MOST_HOUSEHOLDS = 1_100
# Square metres of land for one household, by kind of compound; rural ones are counted in houses instead.
_LAND_M2 = {"estate": 88.0, "old_courtyard": 76.0, "urban_village": 82.0, "shanty": 120.0}
_HOUSES = {"rural_cluster": (120, 330), "rural_scattered": (25, 95)}
_FORMS = {
    "estate": ("firm", "firm", "firm", "firm", "trust", "self"),
    "old_courtyard": ("none", "none", "community", "self", "trust", "employer"),
    "rural_cluster": ("community", "self", "firm"),
    "rural_scattered": ("none",),
    "shanty": ("none", "community"),
    "urban_village": ("community", "self", "none"),
}


def _kind(use: str, dice: Dice) -> str:
    """What stands on a block of this use."""
    if use == "old":
        return "shanty" if dice.chance(0.08) else "old_courtyard"
    if use == "village":
        return "rural_cluster" if dice.chance(0.4) else "rural_scattered"
    roll = dice.uniform()
    return "estate" if roll < 0.8 else "old_courtyard" if roll < 0.92 else "urban_village" if roll < 0.97 else "shanty"


def _corners(ground: Ground, block: Block, kind: str, dice: Dice) -> tuple[tuple[float, float], ...]:
    """A rectangle on the lattice inside the block: behind the pavement, or a patch among the fields."""
    u0, v0, u1, v1 = float(block.u0), float(block.v0), float(block.u1), float(block.v1)
    if kind.startswith("rural"):
        wide = min(0.7 * (u1 - u0), dice.uniform(120, 210) / ground.unit)
        high = min(0.7 * (v1 - v0), dice.uniform(110, 180) / ground.unit)
        u0 += dice.uniform(0.12, 0.88 - wide / (u1 - u0)) * (u1 - u0)
        v0 += dice.uniform(0.12, 0.88 - high / (v1 - v0)) * (v1 - v0)
        u1, v1 = u0 + wide, v0 + high
    else:
        gap = min(0.1 * min(u1 - u0, v1 - v0), 13.0 / ground.unit)
        u0, v0, u1, v1 = u0 + gap, v0 + gap, u1 - gap, v1 - gap
    return ((u0, v0), (u1, v0), (u1, v1), (u0, v1))


def _households(ground: Ground, corners: tuple[tuple[float, float], ...], kind: str, dice: Dice) -> int:
    """Households when the compound is full."""
    if kind in _HOUSES:
        return dice.whole(*_HOUSES[kind])
    (u0, v0), _, (u1, v1), _ = corners
    full = (u1 - u0) * (v1 - v0) * ground.unit**2 / _LAND_M2[kind]
    return max(12, round(min(full, _MOST_HOUSEHOLDS) * dice.uniform(0.7, 1.3)))


def _blocks(mesh: Mesh, uses: list[str], members: tuple[int, ...], dice: Dice) -> list[int]:
    """The blocks of a community that carry a compound, in the order of their place; at least one."""

    def size(place: int) -> int:
        block = mesh.blocks[place]
        return (block.u1 - block.u0) * (block.v1 - block.v0)

    homes = [m for m in members if uses[m] in _LIVED_IN]
    if not homes:
        homes = [max(members, key=lambda m: (uses[m] != "park", size(m), -m))]
    return sorted(dice.shuffled(homes)[:_MOST_PER_COMMUNITY])


def settle(tree: Tree, ground: Ground, mesh: Mesh, uses: list[str]) -> list[Compound]:
    """Put compounds into every community and append them to the tree."""
    dice, stems = Dice(tree.seed, "compounds"), names.Stems(tree.seed, "compounds")
    found = []
    for place in [i for i, unit in enumerate(tree.units) if unit.level == COMMUNITY]:
        above = tree.units[place].face
        for number, block in enumerate(_blocks(mesh, uses, tree.units[place].members, dice), 1):
            kind = _kind(uses[block], dice)
            if uses[block] not in _LIVED_IN:
                kind = "estate" if above.kind == "community" else "rural_cluster"
            corners = _corners(ground, mesh.blocks[block], kind, dice)
            zh, en = names.compound_name(stems.take(), kind, dice)
            span = Span(REGISTERED, None, f"{above.code}-X{number:03d}", kind, zh, en, place)
            homes = _households(ground, corners, kind, dice)
            form = dice.pick(_FORMS[kind])
            firm = f"{stems.take()}物业服务公司（模拟）" if form in ("firm", "trust") else ""
            filling = kind == "estate" and dice.chance(0.15)
            full = dice.uniform(0.35, 0.7) if filling else dice.uniform(0.86, 0.99)
            unit = tree.add(COMPOUND, span, (block,))
            found.append(Compound(unit, block, corners, form, firm, homes, max(1, int(homes * full)), filling))
    return found


def _growth(kinds: list[str], seed: int) -> NDArray[np.float64]:
    """Share of the last year's households that lived there in each year: new estates fill, the country empties."""
    chance = uniforms(len(kinds), seed, "growth")
    rise = np.array([0.002, 0.0])[[int(k.startswith("rural")) for k in kinds]]
    filling = np.array([k == "estate" for k in kinds]) & (chance < 0.4)
    ago = np.array(YEARS[::-1]) - YEARS[0]
    slope = np.where(filling, 0.11, np.where([k.startswith("rural") for k in kinds], -0.015, rise))
    return np.clip(1 - slope[:, None] * ago[None, :], 0.3, 1.2)


def count(tree: Tree, compounds: list[Compound]) -> list[Count]:
    """Households and residents of each compound and community by year; a community is the sum of its compounds."""
    units = tree.units
    kinds = [units[c.unit].face.kind for c in compounds]
    rate = 2.35 + 0.75 * uniforms(len(compounds), tree.seed, "household size")
    homes = np.rint(np.array([c.occupied for c in compounds])[:, None] * _growth(kinds, tree.seed)).astype(np.int64)
    people = np.rint(homes * rate[:, None]).astype(np.int64)
    owners = _owners(tree, compounds)
    out: list[Count] = []
    for column, year in enumerate(YEARS):
        sums: dict[int, list[int]] = {}
        for place, compound in enumerate(compounds):
            owner, h, r = owners[place][column], int(homes[place, column]), int(people[place, column])
            total = sums.setdefault(owner, [0, 0])
            total[0], total[1] = total[0] + h, total[1] + r
            if units[compound.unit].opened_on.year <= year:
                out.append(Count(compound.unit, year, h, r, r if _is_urban(units[owner], year) else 0))
        for owner, (h, r) in sorted(sums.items()):
            out.append(Count(owner, year, h, r, r if _is_urban(units[owner], year) else 0))
    return out


def _is_urban(unit: Unit, year: int) -> bool:
    """Whether a unit was a residents' community at the end of a year."""
    spans = [s for s in unit.spans if s.start.year <= year] or [unit.spans[0]]
    return spans[-1].kind != "village"


def _owners(tree: Tree, compounds: list[Compound]) -> list[list[int]]:
    """For each compound the community it lay in at the end of each year: before a merger or a split, the former one."""
    former: dict[int, list[int]] = {}
    for place, unit in enumerate(tree.units):
        if unit.level == COMMUNITY and unit.closed_on is not None:
            for block in unit.members:
                former.setdefault(block, []).append(place)
    out = []
    for compound in compounds:
        now = tree.units[compound.unit].face.parent or 0
        row = []
        for year in YEARS:
            then = [p for p in former.get(compound.block, []) if year < (tree.units[p].closed_on or REGISTERED).year]
            row.append(then[0] if then else now)
        out.append(row)
    return out


def proposals(tree: Tree, compounds: list[Compound]) -> list[Proposal]:
    """One estate at the edge that has filled up: a community of its own is proposed (R027)."""

    def rank(compound: Compound) -> tuple[bool, int]:
        above = tree.units[tree.parent_of(compound.unit)].face
        return above.character in ("new", "fringe"), compound.homes

    estates = [c for c in compounds if tree.units[c.unit].face.kind == "estate" and not c.is_filling]
    if not estates:
        return []
    fullest = max(estates, key=rank)
    return [Proposal(fullest.unit, fullest.homes, max(fullest.occupied, -(-fullest.homes * 9 // 10)))]
