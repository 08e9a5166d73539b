"""Regions become units with codes and names, and some of them a past: merged, split, renamed, converted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from liren.front.demo.engine import names
from liren.front.demo.engine.chance import Dice
from liren.front.demo.engine.groups import Field, Ints, partition
from liren.front.demo.engine.regions import CITY, COMMUNITY, DISTRICT, GRID, STREET, Region
from liren.front.demo.engine.rows import FOUNDED, REGISTERED, Change, Span, Unit
from liren.front.demo.engine.size import Size

CITY_CODE = "9901"
"""No province has the number 99: a code of the simulated city can belong to no real place."""

_FIRST_NUMBER = {
    "district": 2,
    "county": 21,
    "county_city": 81,
    "suburban_office": 61,
    "street": 1,
    "town": 100,
    "township": 200,
    "community": 1,
    "village": 200,
}
_INSTRUMENT = "里仁市（模拟）区划〔{year}〕{number}号"


class Tree:
    """Units under construction."""

    def __init__(self, size: Size, field: Field) -> None:
        self.seed, self.size, self.field = size.seed, size, field
        self.units: list[Unit] = []
        self.changes: list[Change] = []
        self._numbers: dict[tuple[str, str], int] = defaultdict(int)

    def number(self, parent_code: str, kind: str) -> int:
        """The next free number of this kind below a parent."""
        self._numbers[parent_code, kind] += 1
        return _FIRST_NUMBER[kind] - 1 + self._numbers[parent_code, kind]

    def add(self, level: int, span: Span, members: Sequence[int]) -> int:
        """Append a unit and say since when."""
        self.units.append(Unit(level, (span,), tuple(int(m) for m in members)))
        return len(self.units) - 1

    def parent_of(self, unit: int) -> int:
        """The unit above; the city stands above itself."""
        return self.units[unit].face.parent or 0

    def decide(
        self, op: str, on: date, unit: int, reason: str = "", came_from: Sequence[tuple[int, int, int]] = ()
    ) -> None:
        """Append a change with a document of its own."""
        text = _INSTRUMENT.format(year=on.year, number=len(self.changes) + 1)
        self.changes.append(Change(op, on, unit, text, reason, tuple(came_from)))

    def reface(self, unit: int, **changes: object) -> None:
        """Replace columns in the only span of a unit."""
        old = self.units[unit]
        self.units[unit] = replace(old, spans=(replace(old.spans[0], **changes),))  # type: ignore[arg-type]  # by name

    def turn(self, unit: int, on: date, **before: object) -> None:
        """Give a unit an earlier span that ends on a day."""
        old = self.units[unit]
        first = replace(old.spans[0], end=on, **before)  # type: ignore[arg-type]  # columns by name
        self.units[unit] = replace(old, spans=(first, replace(old.spans[0], start=on)))


def code_of(level: int, parent_code: str, number: int) -> str:
    """The 12-digit code of a unit below a parent."""
    width = {DISTRICT: 4, STREET: 6, COMMUNITY: 9}[level]
    digits = {DISTRICT: 2, STREET: 3, COMMUNITY: 3}[level]
    return f"{parent_code[:width]}{number:0{digits}d}".ljust(12, "0")


def _names(size: Size) -> dict[int, names.Stems]:
    return {STREET: names.Stems(size.seed, "streets"), COMMUNITY: names.Stems(size.seed, "communities")}


def _named(region: Region, stems: dict[int, names.Stems], order: int, dice: Dice) -> tuple[str, str]:
    """Name of a region; one community in about twenty-five has a long one."""
    if region.kind == "suburban_office":
        return "里仁市郊区工作办公室", "Liren Suburban Office"
    if region.level == DISTRICT:
        return names.unit_name(names.DISTRICTS[order % len(names.DISTRICTS)], region.kind)
    stem = stems[region.level].take()
    if region.kind == "community" and dice.chance(0.04):
        return names.long_name(stem, dice)
    return names.unit_name(stem, region.kind)


def character(region: Region, uses: list[str], dice: Dice) -> str:
    """The type of a community (R030), from its blocks."""
    if region.kind == "village":
        return "rural"
    used = [uses[m] for m in region.members]
    if used.count("industry") > 0.3 * len(used):
        return "industrial"
    if "park" in used:
        return "park"
    if region.density < 0.5:
        return "fringe"
    if region.density < 1.0 and dice.chance(0.35):
        return "new"
    return "international" if used.count("shops") >= 4 and dice.chance(0.3) else "urban"


def plant(size: Size, field: Field, regions: list[Region], uses: list[str]) -> tuple[Tree, list[int]]:
    """Units for the city and all its regions as they stand today; gives also the unit of each region."""
    tree, stems, dice = Tree(size, field), _names(size), Dice(size.seed, "tree")
    everything = sorted(field.neighbours)
    root = Span(FOUNDED, None, CITY_CODE.ljust(12, "0"), "city", names.CITY_ZH, names.CITY_EN, None)
    tree.add(CITY, root, everything)
    places: list[int] = []
    for order, region in enumerate(regions):
        parent = 0 if region.parent < 0 else places[region.parent]
        above = tree.units[parent].face.code
        if region.level == GRID:
            places.append(_grid(tree, region, parent))
            continue
        zh, en = _named(region, stems, order_of(regions, order), dice)
        code = code_of(region.level, above, tree.number(above, region.kind))
        what = character(region, uses, dice) if region.level == COMMUNITY else ""
        span = Span(FOUNDED, None, code, region.kind, zh, en, parent, what)
        places.append(tree.add(region.level, span, region.members.tolist()))
    return tree, places


def order_of(regions: list[Region], place: int) -> int:
    """How many districts stand before this region."""
    if regions[place].level != DISTRICT:
        return 0
    return sum(1 for region in regions[:place] if region.level == DISTRICT and region.kind != "suburban_office")


def _grid(tree: Tree, region: Region, parent: int) -> int:
    above = tree.units[parent].face
    number = tree.units[-1].face.code.partition("-G")[2]
    place = int(number) + 1 if number and tree.units[-1].face.parent == parent else 1
    zh = f"{above.name_zh}第{names.numeral(place)}网格"
    span = Span(REGISTERED, None, f"{above.code}-G{place:03d}", "grid", zh, f"{above.name_en} Grid {place}", parent)
    return tree.add(GRID, span, region.members.tolist())


def give_past(tree: Tree) -> None:
    """Give some units a past. Changes are dated and in order; the first ones create what stood at the beginning."""
    dice = Dice(tree.seed, "past")
    chosen = _choices(tree, dice)
    past = _Past(tree, dice)
    for unit in chosen["merge"]:
        past.merged(unit)
    for one, other in chosen["split"]:
        past.parted(one, other)
    for unit in chosen["village"]:
        past.was_village(unit)
    for unit in chosen["rename"]:
        past.renamed(unit)
    for unit in chosen["town"]:
        past.was_town(unit)
    _begin(tree)


def _begin(tree: Tree) -> None:
    """Create everything that did not come from another unit, then put all decisions in the order of their days."""
    born = {target for change in tree.changes for _, target, _ in change.came_from}
    later, tree.changes = tree.changes, []
    for place, unit in enumerate(tree.units):
        if place not in born:
            tree.decide("create", unit.opened_on, place)
    tree.changes = sorted([*tree.changes, *later], key=lambda c: (c.on, tree.units[c.unit].level, c.unit))


def _pairs(tree: Tree, communities: list[int]) -> list[tuple[int, int]]:
    """Communities of one street that share a side."""
    owner = {block: unit for unit in communities for block in tree.units[unit].members}
    found = set()
    for block, unit in owner.items():
        for other in tree.field.neighbours[block]:
            near = owner.get(other, unit)
            if near > unit and tree.units[near].face.parent == tree.units[unit].face.parent:
                found.add((unit, near))
    return sorted(found)


def _choices(tree: Tree, dice: Dice) -> dict[str, list]:
    """Which units get which past, none of them two."""
    units = tree.units
    towns = [i for i, u in enumerate(units) if u.level == COMMUNITY and u.face.kind == "community"]
    free = dice.shuffled([i for i in towns if len(units[i].members) >= 4])
    times = max(1, len(towns) // 45)
    merges = [free.pop() for _ in range(min(times + (len(towns) > 20), len(free)))]
    out: dict[str, list] = {"merge": merges, "split": [], "village": [], "rename": [], "town": []}
    if len(towns) < 6:
        return {**out, "merge": merges[:1], "rename": [i for i in towns if i not in merges[:1]][:1]}
    for one, other in dice.shuffled(_pairs(tree, free)):
        if one in free and other in free and len(out["split"]) < times:
            out["split"].append((one, other))
            free = [i for i in free if i not in (one, other)]
    fringe = [i for i in free if units[i].face.character in ("fringe", "new")] or free[:1]
    out["village"] = fringe[: times + 1]
    free = [i for i in free if i not in out["village"]]
    out["rename"] = free[: times + 1]
    streets = [i for i, u in enumerate(units) if u.level == STREET and u.face.kind == "street"]
    out["town"] = dice.shuffled(streets)[: max(1, len(streets) // 25)]
    return out


class _Past:
    """Writes the earlier life of units."""

    def __init__(self, tree: Tree, dice: Dice) -> None:
        self.tree, self.dice = tree, dice
        self.stems = names.Stems(tree.seed, "former names")

    def day(self, first: int, last: int) -> date:
        """The first of a month between two years."""
        return date(self.dice.whole(first, last), self.dice.whole(1, 12), 1)

    def younger(self, unit: int, on: date) -> None:
        """Compounds and grids are registered anew under the unit that came to be."""
        for place, child in enumerate(self.tree.units):
            if child.face.parent == unit and child.level > COMMUNITY:
                self.tree.reface(place, start=on)

    def former(self, like: int, members: Ints, until: date, kind: str = "community") -> int:
        """A unit that is no more."""
        street = self.tree.parent_of(like)
        above = self.tree.units[street].face.code
        zh, en = names.unit_name(self.stems.take(), kind)
        code = code_of(COMMUNITY, above, self.tree.number(above, kind))
        what = "urban" if kind == "community" else "rural"
        span = Span(FOUNDED, until, code, kind, zh, en, street, what)
        return self.tree.add(COMMUNITY, span, members.tolist())

    def merged(self, unit: int) -> None:
        """Two small communities became this one."""
        on = self.day(2020, 2023)
        parts = partition(self.tree.field, np.array(self.tree.units[unit].members), 2)
        sources = [self.former(unit, part, on) for part in parts]
        self.tree.reface(unit, start=on)
        self.younger(unit, on)
        shares = [(source, unit, 10**9) for source in sources]
        self.tree.decide("merge", on, unit, "规模过小，合并后便于服务居民。", shares)

    def parted(self, one: int, other: int) -> None:
        """A community that had grown too large became these two."""
        on = self.day(2021, 2024)
        blocks = [np.array(self.tree.units[unit].members) for unit in (one, other)]
        source = self.former(one, np.concatenate(blocks), on)
        weights = [float(self.tree.field.weight[b].sum()) for b in blocks]
        share = round(10**9 * weights[0] / sum(weights))
        for unit in (one, other):
            self.tree.reface(unit, start=on)
            self.younger(unit, on)
        reason = "户数过多，分设后便于居民自治。"
        self.tree.decide("split", on, source, reason, [(source, one, share), (source, other, 10**9 - share)])

    def was_village(self, unit: int) -> None:
        """A village became a residents' community as the city reached it."""
        on = self.day(2019, 2024)
        above = self.tree.units[self.tree.parent_of(unit)].face.code
        zh, en = names.unit_name(self.stems.take(), "village")
        code = code_of(COMMUNITY, above, self.tree.number(above, "village"))
        self.younger(unit, on)
        self.tree.turn(unit, on, code=code, kind="village", name_zh=zh, name_en=en, character="rural")
        self.tree.decide("convert", on, unit, "村改社区。")

    def renamed(self, unit: int) -> None:
        """A community took its present name."""
        on = self.day(2019, 2025)
        zh, en = names.unit_name(self.stems.take(), self.tree.units[unit].face.kind)
        self.tree.turn(unit, on, name_zh=zh, name_en=en)
        self.tree.decide("rename", on, unit, "居民会议提议，恢复老地名。")

    def was_town(self, unit: int) -> None:
        """A town became a street under the same code."""
        on = self.day(2019, 2023)
        face = self.tree.units[unit].face
        zh, en = names.unit_name(face.name_zh.removesuffix("街道"), "town")
        self.tree.turn(unit, on, kind="town", name_zh=zh, name_en=en)
        self.tree.decide("convert", on, unit, "撤镇设街道。")
