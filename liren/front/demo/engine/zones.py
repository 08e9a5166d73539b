"""Functional zones laid over the tree: they follow streets, and cross the borders of communities freely (R031)."""

from __future__ import annotations

import math

from liren.front.demo.engine.graph import pieces
from liren.front.demo.engine.ground import Ground, Hill
from liren.front.demo.engine.groups import Field
from liren.front.demo.engine.regions import COMMUNITY
from liren.front.demo.engine.rows import Band, Zone
from liren.front.demo.engine.tree import Tree

_BUSINESS_M = 420.0


def _near(field: Field, place: Hill, radius: float) -> list[int]:
    """The largest connected set of blocks around a place."""
    near = [
        block
        for block in sorted(field.neighbours)
        if math.hypot(float(field.x[block]) - place.x, float(field.y[block]) - place.y) < radius
    ]
    return max(pieces(field.neighbours, near), key=len, default=[])


def make_zones(tree: Tree, ground: Ground, field: Field) -> list[Zone]:
    """An industrial zone, a park with its surroundings and a business quarter."""
    centre = Hill(ground.hills[0].radius * 0.3, ground.hills[0].radius * 0.2, 0, 0)
    wanted = [
        (
            "minxing-industrial",
            "industrial",
            "敏行产业功能区",
            "Minxing Industrial Zone",
            ground.works,
            ground.works.radius,
        ),
        ("zhile-park", "scenic", "知乐公园片区", "Zhile Park Area", ground.park, 1.35 * ground.park.radius),
        (
            "delin-business",
            "business",
            "德邻商圈",
            "Delin Business Quarter",
            centre,
            min(_BUSINESS_M, 0.3 * ground.reach),
        ),
    ]
    out = []
    for slug, kind, zh, en, place, radius in wanted:
        blocks = _near(field, place, radius)
        if blocks:
            body = f"{zh}管理委员会（模拟）"
            out.append(Zone(slug, kind, zh, en, body, tuple(blocks), _touched(tree, blocks)))
    return out


def _touched(tree: Tree, blocks: list[int]) -> tuple[tuple[int, bool], ...]:
    """Communities of today that lie in a zone, and whether wholly."""
    inside, out = set(blocks), []
    for place, unit in enumerate(tree.units):
        if unit.level == COMMUNITY and unit.closed_on is None:
            shared = inside.intersection(unit.members)
            if shared:
                out.append((place, len(shared) == len(unit.members)))
    return tuple(out)


def bands() -> list[Band]:
    """Size bands of the simulated city: numbers of its own, out of no document."""
    return [
        Band("households", "community", 1000, 3500),
        Band("households", "village", 150, 1200),
        Band("area_m2", "community", 100_000, 3_000_000),
        Band("occupancy_percent", "", 80, None),
    ]
