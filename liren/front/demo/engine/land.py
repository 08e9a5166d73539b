"""What each block is used for, and the field of blocks that is then grouped into units."""

from __future__ import annotations

import numpy as np

from liren.front.demo.engine.chance import Dice
from liren.front.demo.engine.graph import adjacent
from liren.front.demo.engine.ground import Ground
from liren.front.demo.engine.groups import Field
from liren.front.demo.engine.mesh import Block, Mesh, wanted_m

USES = ("park", "industry", "old", "homes", "shops", "school", "green", "works", "fields", "village")
_TOWN = ("homes",) * 11 + ("shops",) * 3 + ("school", "green", "works")
_OLD = ("old",) * 9 + ("shops",) * 4 + ("school",)


def _use(ground: Ground, block: Block, dice: Dice) -> str:
    """The use of one block, by its place."""
    if block.use:
        return block.use
    x, y = ground.middle(block.u0, block.v0, block.u1, block.v1)
    wanted = wanted_m(ground, x, y)
    if wanted < 100:
        return dice.pick(_OLD)
    if ground.works.is_near(x, y):
        return "industry" if dice.chance(0.78) else "homes"
    if wanted > 480:
        return "village" if dice.chance(0.5) else "fields"
    if wanted > 330 and dice.chance(0.45):
        return "fields" if dice.chance(0.5) else "village"
    return dice.pick(_TOWN)


def uses(ground: Ground, mesh: Mesh, seed: int) -> list[str]:
    """The use of every block."""
    dice = Dice(seed, "land")
    return [_use(ground, block, dice) for block in mesh.blocks]


def field(ground: Ground, mesh: Mesh, used: list[str]) -> Field:
    """The blocks as a graph, weighted by how many communities their place calls for."""
    rows = np.array([(b.u0, b.v0, b.u1, b.v1) for b in mesh.blocks], dtype=np.float64)
    u, v = (rows[:, 0] + rows[:, 2]) / 2, (rows[:, 1] + rows[:, 3]) / 2
    x, y = ground.metres(u, v)
    area = (rows[:, 2] - rows[:, 0]) * (rows[:, 3] - rows[:, 1]) * ground.unit**2 / 1e6
    share = np.array([{"park": 0.1, "industry": 0.3}.get(use, 1.0) for use in used])
    side = v > ground.river[0]
    neighbours = adjacent(mesh.raster)
    dry = {i: tuple(j for j in near if side[j] == side[i]) for i, near in neighbours.items()}
    return Field(x, y, ground.density(x, y) * area * share, side, dry)
