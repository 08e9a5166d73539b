"""Streets with names, lengths and a network of nodes and edges to walk on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.front.demo.engine import names
from liren.front.demo.engine.chance import Dice
from liren.front.demo.engine.ground import Ground
from liren.front.demo.engine.mesh import OUTSIDE, Line, Mesh
from liren.front.demo.engine.regions import STREET
from liren.front.demo.engine.rows import Post, StreetRow
from liren.front.demo.engine.tree import Tree

WIDTH_M = {"arterial": 40, "primary": 30, "secondary": 22, "local": 14, "lane": 6, "rural": 8, "path": 3}
_LEAST_M = {"arterial": 300, "primary": 300, "secondary": 400, "local": 400, "lane": 190, "rural": 1500, "path": 10**9}


@dataclass(frozen=True)
class Edge:
    """A piece of street between two junctions; ``points`` are lattice points from the first to the last."""

    line: int
    points: tuple[tuple[int, int], ...]
    kind: str
    bridge: bool


def lattice_points(line: Line) -> NDArray[np.int64]:
    """All lattice points (u, v) on a line."""
    if line.is_level:
        u = np.arange(line.u0, line.u1 + 1)
        return np.stack([u, np.full_like(u, line.v0)], axis=1)
    v = np.arange(line.v0, line.v1 + 1)
    return np.stack([np.full_like(v, line.u0), v], axis=1)


def _is_inside(mesh: Mesh, line: Line) -> NDArray[np.bool_]:
    """For each unit step of a line whether the city lies on one of its sides."""
    if line.is_level:
        sides = [mesh.raster[v, line.u0 : line.u1] for v in (line.v0 - 1, line.v0) if 0 <= v < len(mesh.raster)]
    else:
        sides = [mesh.raster[line.v0 : line.v1, u] for u in (line.u0 - 1, line.u0) if 0 <= u < len(mesh.raster)]
    return np.any([side != OUTSIDE for side in sides], axis=0)


def kept_points(ground: Ground, mesh: Mesh) -> NDArray[np.bool_]:
    """Lattice points that become vertices: corners of blocks, and points between them that make curves curved."""
    every = max(1, round(60 / ground.unit))
    kept = mesh.corners.copy()
    kept[::every, :] = True
    kept[:, ::every] = True
    return kept


def edges(ground: Ground, mesh: Mesh) -> list[Edge]:
    """The network: every street cut at its junctions; over the river a street is a bridge."""
    kept = kept_points(ground, mesh)
    south, north = ground.river
    found = []
    for place, line in enumerate(mesh.lines):
        points = lattice_points(line)
        junction = mesh.corners[points[:, 1], points[:, 0]]
        junction[0] = junction[-1] = True
        inside = _is_inside(mesh, line)
        vertex = kept[points[:, 1], points[:, 0]] | junction
        stops = np.flatnonzero(junction)
        for a, b in zip(stops[:-1], stops[1:], strict=True):
            if not inside[a:b].all():
                continue
            shown = points[a : b + 1][vertex[a : b + 1]]
            wet = not line.is_level and points[a, 1] >= south and points[b, 1] <= north
            found.append(Edge(place, tuple(map(tuple, shown.tolist())), line.kind, bool(wet)))
    return found


def path_lengths(ground: Ground, found: list[Edge]) -> NDArray[np.float64]:
    """Length of each edge in metres on the map."""
    points = np.array([p for edge in found for p in edge.points], dtype=np.float64)
    owner = np.repeat(np.arange(len(found)), [len(edge.points) for edge in found])
    x, y = ground.warped(points[:, 0], points[:, 1])
    step = np.hypot(np.diff(x), np.diff(y)) * (np.diff(owner) == 0)
    return np.bincount(owner[:-1], weights=step, minlength=len(found)).astype(np.float64)


def _owner_of(mesh: Mesh, owner: NDArray[np.int64], line: Line) -> int:
    """The street or town with the longest side along a line; -1 when it lies outside."""
    if line.is_level:
        cells = [mesh.raster[v, line.u0 : line.u1] for v in (line.v0 - 1, line.v0) if 0 <= v < len(mesh.raster)]
    else:
        cells = [mesh.raster[line.v0 : line.v1, u] for u in (line.u0 - 1, line.u0) if 0 <= u < len(mesh.raster)]
    blocks = np.concatenate(cells)
    blocks = blocks[blocks != OUTSIDE]
    return int(np.bincount(owner[blocks]).argmax()) if len(blocks) else -1


def register(tree: Tree, ground: Ground, mesh: Mesh) -> list[StreetRow]:
    """The streets that are long enough to be registered, each in the care of one street or town (R034)."""
    found = edges(ground, mesh)
    lengths = path_lengths(ground, found)
    total = np.bincount([e.line for e in found], weights=lengths, minlength=len(mesh.lines))
    owner = np.zeros(len(mesh.blocks), dtype=np.int64)
    for place, unit in enumerate(tree.units):
        if unit.level == STREET:
            owner[list(unit.members)] = place
    stems, out = names.Stems(tree.seed, "roads"), []
    for place, line in enumerate(mesh.lines):
        if total[place] < _LEAST_M[line.kind]:
            continue
        zh, en = _name(ground, line, stems)
        first, last = ("西端", "东端") if line.is_level else ("南端", "北端")
        length = max(1, round(float(total[place])))
        out.append(StreetRow(_owner_of(mesh, owner, line), place, zh, en, length, f"{zh}{first}", f"{zh}{last}"))
    return _unique(out)


def _name(ground: Ground, line: Line, stems: names.Stems) -> tuple[str, str]:
    if line.is_level and line.v0 in ground.river:
        side, english = ("北", "North") if line.v0 == ground.river[1] else ("南", "South")
        return f"{names.RIVER_ZH}滨河{side}路", f"Ren River {english} Bank Road"
    return names.street_name(stems.take(), line.kind, line.is_level)


def _unique(rows: list[StreetRow]) -> list[StreetRow]:
    """Each name once in a unit."""
    seen: Counter[tuple[int, str]] = Counter()
    out = []
    for row in rows:
        seen[row.unit, row.name_zh] += 1
        if seen[row.unit, row.name_zh] == 1:
            out.append(row)
    return out


def chiefs(tree: Tree, rows: list[StreetRow]) -> list[Post]:
    """A street chief for nine streets in ten: the gaps are there to be seen."""
    dice = Dice(tree.seed, "chiefs")
    found = []
    for place, row in enumerate(rows):
        name = names.person(dice)
        if dice.chance(0.9):
            post = f"{tree.units[row.unit].face.name_zh}{'副主任' if dice.chance(0.5) else '城市管理办公室干部'}"
            found.append(Post(place, post, name, telephone(place)))
    return found


def telephone(number: int) -> str:
    """An office number that no exchange can have: the area code 0000 is not given out."""
    return f"0000-{5_000_000 + number:07d}"
