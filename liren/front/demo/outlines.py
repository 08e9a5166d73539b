"""Outlines of units and zones with the hexagons that find them, as the boundary service makes them, many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from liren.foundation.territory.models import Boundary, BoundaryCell
from liren.foundation.territory.services.shapes import MAX_CELLS, Shape, all_shaped
from liren.front.demo.copying import copy, new_ids
from liren.front.demo.engine import rows
from liren.front.demo.places import Load, Placed

# Compounds and grids are many and small: a coarser sieve of cells finds them as surely, the exact shape decides.
FEW_CELLS = 24
BOUNDARY = (
    "id", "unit_id", "zone_id", "during", "wkb", "area_m2", "west", "south", "east", "north",
    "source", "source_crs", "recorded_by", "recorded_at",
)  # fmt: skip


def load_outlines(load: Load, placed: Placed) -> int:
    """Write the outlines of all units and zones; returns how many."""
    city = load.city
    jobs: list[tuple[Sequence[Any], int]] = []
    owners: list[tuple[int | None, int | None, DateRange]] = []
    for outline in city.outlines:
        jobs.append((outline.rings, FEW_CELLS if city.units[outline.owner].level > 5 else MAX_CELLS))
        owners.append((placed.units[outline.owner], None, DateRange(outline.start, outline.end)))
    for outline in city.zone_outlines:
        jobs.append((outline.rings, MAX_CELLS))
        owners.append((None, placed.zones[outline.owner], DateRange(rows.REGISTERED)))
    shapes = []
    for shape in all_shaped(jobs):
        shapes.append(shape)
        if len(shapes) % 500 == 0:
            load.tell("outlines", len(shapes), len(jobs))
    _write(load, owners, shapes)
    return len(shapes)


def _write(load: Load, owners: list[tuple[int | None, int | None, DateRange]], shapes: list[Shape]) -> None:
    ids = new_ids(Boundary, len(shapes))
    copy(
        Boundary,
        BOUNDARY,
        (
            (pk, *owner, shape.wkb, shape.area_m2, *shape.box, rows.SOURCE, "wgs84", load.actor, load.at)
            for pk, owner, shape in zip(ids, owners, shapes, strict=True)
        ),
        len(ids),
        load.tell,
    )
    copy(
        BoundaryCell,
        ("boundary_id", "cell", "whole"),
        ((pk, cell, whole) for pk, shape in zip(ids, shapes, strict=True) for cell, whole in shape.cells),
        sum(len(shape.cells) for shape in shapes),
        load.tell,
    )
