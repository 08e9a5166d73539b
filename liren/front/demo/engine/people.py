"""Residents in their compounds, and officials with mandates at every level: nobody of them is anybody."""

from __future__ import annotations

import numpy as np

from liren.front.demo.engine import names
from liren.front.demo.engine.chance import Dice, uniforms
from liren.front.demo.engine.regions import COMMUNITY, DISTRICT, GRID, STREET
from liren.front.demo.engine.rows import Compound, Official, Post, Resident
from liren.front.demo.engine.streets import telephone
from liren.front.demo.engine.tree import Tree

GRID_DUTIES = "巡查公共设施和场所，上报隐患，不登记居民个人情况。"
GRID_MINUTES = 20 * 60
TRIED = (
    ("demo-community", "community_worker", COMMUNITY),
    ("demo-grid", "grid_worker", GRID),
    ("demo-street", "street_officer", STREET),
    ("demo-district", "district_admin", DISTRICT),
    ("demo-city", "city_admin", 0),
    ("demo-planner", "planner", 0),
    ("demo-civil", "civil_affairs", 0),
    ("demo-auditor", "auditor", 0),
    ("demo-protection", "data_protection_officer", 0),
    ("demo-clerk", "department_clerk", DISTRICT),
    ("demo-phone", "phone_agent", 0),
    ("demo-mediator", "mediator", STREET),
    ("demo-support", "support_worker", STREET),
    ("demo-refuge", "refuge_worker", DISTRICT),
    ("demo-supervision", "supervision_officer", DISTRICT),
    ("demo-inspector", "supervision_officer", DISTRICT),
)
"""Accounts to try: username, role, and the level above the tried community where it is held (0: the city)."""
TRIED_RESIDENT = "demo-resident"
# How many hold a role in each unit of a level, besides those that are there to be tried.
_STAFF = {
    DISTRICT: (("district_admin", 2), ("civil_affairs", 1), ("planner", 1)),
    STREET: (("street_officer", 2),),
    COMMUNITY: (("community_worker", 2),),
    GRID: (("grid_worker", 1),),
}


def tried_community(tree: Tree) -> int:
    """The community where the accounts to try are at home: one in a street of an urban district, if there is one."""

    def rank(place: int) -> tuple[bool, bool, int]:
        above = tree.parent_of(tree.parent_of(place))
        return tree.units[above].face.kind != "district", tree.units[place].face.character != "urban", place

    return min((i for i, u in enumerate(tree.units) if u.level == COMMUNITY and u.closed_on is None), key=rank)


def _above(tree: Tree, place: int, level: int) -> int:
    """The unit of a level above a place; the city when that level is left out."""
    while place and tree.units[place].level > max(level, 2):
        place = tree.parent_of(place)
    return place


def _official(username: str, name: str, role: str, unit: int) -> Official:
    if role == "grid_worker":
        return Official(username, name, role, unit, GRID_DUTIES, GRID_MINUTES)
    return Official(username, name, role, unit)


def officials(tree: Tree) -> list[Official]:
    """Everybody with a mandate, the accounts to try first."""
    dice, home = Dice(tree.seed, "officials"), tried_community(tree)
    grid = next(i for i, u in enumerate(tree.units) if u.level == GRID and u.face.parent == home)
    found = []
    for username, role, level in TRIED:
        unit = grid if level == GRID else _above(tree, home, level) if level else 0
        found.append(_official(username, names.person(dice), role, unit))
    for place, unit_row in enumerate(tree.units):
        if unit_row.closed_on is None:
            for role, many in _STAFF.get(unit_row.level, ()):
                for _ in range(many):
                    found.append(_official(f"sim-o-{len(found):06d}", names.person(dice), role, place))
    return found


def residents(tree: Tree, compounds: list[Compound], total: int) -> Resident:
    """Accounts spread over the compounds by their households; the first lives where the others to try work."""
    weights = np.array([c.occupied for c in compounds], dtype=np.float64)
    places = np.array([c.unit for c in compounds], dtype=np.int64)
    rolls = (np.arange(total) + uniforms(total, tree.seed, "homes of accounts")) / max(total, 1)
    units = places[np.searchsorted(np.cumsum(weights) / weights.sum(), rolls, side="right").clip(max=len(places) - 1)]
    if total:
        home = tried_community(tree)
        units[0] = next(c.unit for c in compounds if tree.units[c.unit].face.parent == home)
    days = (uniforms(total, tree.seed, "days of joining") * 900).astype(np.int64)
    waiting = uniforms(total, tree.seed, "claims") < 0.02
    waiting[:1] = False
    return Resident(names.people(uniforms(total, tree.seed, "people").tolist()), units, days, waiting)


def contacts(tree: Tree) -> list[Post]:
    """A named service contact for most grids; the others show as gaps in the coverage (R029)."""
    dice, found = Dice(tree.seed, "contacts"), []
    for place, unit in enumerate(tree.units):
        if unit.level == GRID:
            name = names.person(dice)
            if dice.chance(0.93):
                found.append(Post(place, "网格员", name, telephone(1_000_000 + place)))
    return found
