"""Blocks become regions: districts cut into streets and towns, these into communities, these into grids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.front.demo.engine.chance import Dice
from liren.front.demo.engine.groups import Field, Ints, bisect, partition, quotas
from liren.front.demo.engine.size import Size

CITY, DISTRICT, STREET, COMMUNITY, COMPOUND, GRID = 2, 3, 4, 5, 6, 7


@dataclass(frozen=True)
class Region:
    """A group of blocks that is a unit; ``parent`` is a place in the list of regions, -1 for the city."""

    level: int
    kind: str
    members: Ints
    parent: int
    seats: int
    density: float


def _county_seats(size: Size) -> int:
    return round(0.4 * size.communities / (size.counties + 1))


def _parts(size: Size, dice: Dice) -> list[tuple[str, int, float]]:
    """What is cut off at the edge before the districts: (kind, communities, direction in radians)."""
    parts = []
    if size.offices:
        parts.append(("suburban_office", max(8, min(20, size.communities // 5)), np.pi * dice.uniform(0.2, 0.42)))
    if size.direct:
        parts.append(("direct", max(5, min(9, size.communities // 8)), np.pi * dice.uniform(0.72, 0.95)))
    for i in range(size.counties):
        kind = "county_city" if i % 3 == 1 else "county"
        parts.append((kind, _county_seats(size), 2 * np.pi * (i + dice.uniform(-0.2, 0.2)) / size.counties))
    return parts


def _districts(size: Size, field: Field, everything: Ints, dice: Dice) -> list[tuple[str, Ints, int]]:
    """The regions directly under the city with their number of communities."""
    banks = {True: everything[field.side[everything]], False: everything[~field.side[everything]]}
    per_seat = float(field.weight[everything].sum()) / size.communities
    found, left = [], size.communities
    for kind, seats, angle in _parts(size, dice):
        bank = bool(np.sin(angle) > -0.25)
        share = seats * per_seat / float(field.weight[banks[bank]].sum())
        if share > 0.7:
            bank, angle = not bank, -angle
            share = seats * per_seat / float(field.weight[banks[bank]].sum())
        part, banks[bank] = bisect(field, banks[bank], share, angle + np.pi)
        found.append((kind, part, seats))
        left -= seats
    rest = np.concatenate([banks[True], banks[False]])
    inner = partition(field, rest, size.districts)
    shares = quotas([float(field.weight[p].sum()) for p in inner], left, least=2)
    return [*(("district", part, seats) for part, seats in zip(inner, shares, strict=True)), *found]


def _density(field: Field, area: NDArray[np.float64], members: Ints) -> float:
    return float(field.weight[members].sum() / area[members].sum())


def _street_kind(parent: str, density: float) -> str:
    if parent == "suburban_office":
        return "town"
    if density > 0.42 or parent in ("direct", "district") and density > 0.3:
        return "street"
    return "town" if density > 0.19 else "township"


def _split(field: Field, members: Ints, count: int, seats: int) -> list[tuple[Ints, int]]:
    parts = partition(field, members, count)
    shares = quotas([float(field.weight[p].sum()) for p in parts], seats)
    return list(zip(parts, shares, strict=True))


def make_regions(size: Size, field: Field, area: NDArray[np.float64]) -> list[Region]:
    """All regions from district to grid, parents before children; areas in square kilometres by block."""
    dice = Dice(size.seed, "regions")
    out: list[Region] = []
    everything = np.array(sorted(field.neighbours), dtype=np.int64)
    for kind, members, seats in _districts(size, field, everything, dice):
        above = -1
        if kind != "direct":
            out.append(Region(DISTRICT, kind, members, -1, seats, _density(field, area, members)))
            above = len(out) - 1
        for street, share in _split(field, members, max(1, round(seats / size.per_street)), seats):
            density = _density(field, area, street)
            out.append(Region(STREET, _street_kind(kind, density), street, above, share, density))
            _communities(out, field, area, len(out) - 1)
    return out


def _communities(out: list[Region], field: Field, area: NDArray[np.float64], parent: int) -> None:
    """Append the communities of one street or town, each followed by its grids."""
    street = out[parent]
    for members, _ in _split(field, street.members, street.seats, street.seats):
        density = _density(field, area, members)
        kind = "village" if density < 0.37 and street.kind != "street" or density < 0.24 else "community"
        out.append(Region(COMMUNITY, kind, members, parent, 1, density))
        place = len(out) - 1
        grids = max(2, min(5, len(members) // 4))
        for grid in partition(field, members, min(grids, len(members))):
            out.append(Region(GRID, "grid", grid, place, 0, density))
