"""The whole city, from a size: the one function that callers need is :func:`make_city`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liren.front.demo.engine import bodies, census, land, people, streets, zones
from liren.front.demo.engine.ground import Ground, make_ground
from liren.front.demo.engine.mesh import Mesh, make_mesh
from liren.front.demo.engine.outline import outlines
from liren.front.demo.engine.regions import CITY, COMMUNITY, DISTRICT, GRID, STREET, make_regions
from liren.front.demo.engine.rows import FOUNDED, City, Compound, Outline, Zone
from liren.front.demo.engine.size import Size
from liren.front.demo.engine.tree import Tree, give_past, plant

Rings = dict[int, list[list[tuple[float, float]]]]


def make_city(size: Size) -> City:
    """Generate the city. The same size and seed give the same rows."""
    ground = make_ground(size)
    mesh = make_mesh(ground, size.seed)
    uses = land.uses(ground, mesh, size.seed)
    field = land.field(ground, mesh, uses)
    area = np.array([(b.u1 - b.u0) * (b.v1 - b.v0) for b in mesh.blocks]) * ground.unit**2 / 1e6
    tree, _ = plant(size, field, make_regions(size, field, area), uses)
    compounds = census.settle(tree, ground, mesh, uses)
    give_past(tree)
    laid = zones.make_zones(tree, ground, field)
    registered = streets.register(tree, ground, mesh)
    staff = people.officials(tree)
    return City(
        size=size,
        ground=ground,
        mesh=mesh,
        uses=uses,
        units=tree.units,
        changes=tree.changes,
        outlines=_unit_outlines(tree, ground, mesh, compounds),
        zone_outlines=_zone_outlines(ground, mesh, laid),
        counts=census.count(tree, compounds),
        compounds=compounds,
        zones=laid,
        streets=registered,
        chiefs=streets.chiefs(tree, registered),
        contacts=people.contacts(tree),
        bands=zones.bands(),
        proposals=census.proposals(tree, compounds),
        residents=people.residents(tree, compounds, max(1, size.accounts - len(staff))),
        officials=staff,
        acting=bodies.make_acting(tree, compounds),
    )


def _labels(mesh: Mesh, groups: Iterable[tuple[int, tuple[int, ...]]]) -> NDArray[np.int32]:
    """The raster with blocks replaced by the group they belong to; -1 for no group."""
    table = np.full(len(mesh.blocks) + 1, -1, dtype=np.int32)
    for label, members in groups:
        table[list(members)] = label
    return table[mesh.raster]


def _unit_outlines(tree: Tree, ground: Ground, mesh: Mesh, compounds: list[Compound]) -> list[Outline]:
    """Boundaries of all units, present and former."""
    kept = streets.kept_points(ground, mesh)
    rings: Rings = {}
    for level in (CITY, DISTRICT, STREET, COMMUNITY, GRID):
        for former in (False, True) if level == COMMUNITY else (False,):
            found = outlines(
                _labels(
                    mesh,
                    (
                        (place, unit.members)
                        for place, unit in enumerate(tree.units)
                        if unit.level == level and (unit.closed_on is not None) == former
                    ),
                ),
                kept,
            )
            rings.update({unit: [[(float(u), float(v)) for u, v in r] for r in rs] for unit, rs in found.items()})
    for compound in compounds:
        rings[compound.unit] = [_with_middles(compound.corners)]
    lives = {place: (unit.opened_on, unit.closed_on) for place, unit in enumerate(tree.units)}
    return [Outline(owner, *lives[owner], shape) for owner, shape in _on_earth(ground, rings).items()]


def _with_middles(corners: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """A ring with the middle of each side added, so that it bends as the streets around it do."""
    out = []
    for (u0, v0), (u1, v1) in zip(corners, corners[1:] + corners[:1], strict=True):
        out += [(u0, v0), ((u0 + u1) / 2, (v0 + v1) / 2)]
    return out


def _zone_outlines(ground: Ground, mesh: Mesh, laid: list[Zone]) -> list[Outline]:
    kept = streets.kept_points(ground, mesh)
    rings: Rings = {}
    for place, zone in enumerate(laid):
        found = outlines(_labels(mesh, [(place, zone.members)]), kept)
        rings[place] = [[(float(u), float(v)) for u, v in ring] for ring in found[place]]
    return [Outline(owner, FOUNDED, None, shape) for owner, shape in _on_earth(ground, rings).items()]


def _on_earth(ground: Ground, rings: Rings) -> dict[int, tuple[NDArray[np.float64], ...]]:
    """Rings from the lattice to longitude and latitude, all at once."""
    points = np.array([p for shape in rings.values() for ring in shape for p in ring], dtype=np.float64)
    placed = np.stack(ground.lonlat(points[:, 0], points[:, 1]), axis=1)
    out: dict[int, tuple[NDArray[np.float64], ...]] = {}
    start = 0
    for owner in sorted(rings):
        out[owner] = ()
    for owner, shape in rings.items():
        parts = []
        for ring in shape:
            parts.append(placed[start : start + len(ring)])
            start += len(ring)
        out[owner] = tuple(parts)
    return out


def fingerprint(city: City) -> str:
    """SHA-256 over every row and array: equal exactly when two cities are equal."""
    digest = hashlib.sha256()
    _feed(digest, city)
    return digest.hexdigest()


def _feed(digest: Any, value: object) -> None:
    if isinstance(value, np.ndarray):
        digest.update(str(value.dtype).encode() + value.tobytes())
    elif is_dataclass(value):
        for column in fields(value):
            _feed(digest, getattr(value, column.name))
    elif isinstance(value, list | tuple):
        for item in value:
            _feed(digest, item)
        digest.update(b";")
    else:
        digest.update(f"{value!r},".encode())
