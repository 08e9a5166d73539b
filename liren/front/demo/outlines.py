"""Outlines of units and zones with the hexagons that find them, as the boundary service makes them, many at a time."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import shapely
from django.db.backends.postgresql.psycopg_any import DateRange

from liren.foundation.territory.engine import cells, geometry
from liren.foundation.territory.models import Boundary, BoundaryCell
from liren.front.demo.copying import copy, new_ids
from liren.front.demo.engine import rows
from liren.front.demo.places import Load, Placed

# Compounds and grids are many and small: a coarser sieve of cells finds them as surely, the exact shape decides.
FEW_CELLS, CELLS = 24, cells.MAX_CELLS
WORTH_PROCESSES = 3_000
CHUNK = 100
BOUNDARY = (
    "id", "unit_id", "zone_id", "during", "wkb", "area_m2", "west", "south", "east", "north",
    "source", "source_crs", "recorded_by", "recorded_at",
)  # fmt: skip


class Shape(NamedTuple):
    """An outline ready for its table."""

    wkb: bytes
    area_m2: float
    box: tuple[float, float, float, float]
    cells: list[tuple[int, bool]]


def shaped(job: tuple[Sequence[Any], int]) -> Shape:
    """One outline from its rings: stored form, area, box and cells. Needs no database: may run anywhere."""
    rings, limit = job
    form = geometry.boundary(shapely.Polygon(rings[0], list(rings[1:])), "wgs84")
    return Shape(geometry.to_wkb(form), geometry.area_m2(form), form.bounds, cells.cover(form, limit=limit))


def _all_shaped(jobs: list[tuple[Sequence[Any], int]]) -> Iterator[Shape]:
    """Outlines in order, over all processors when there are many."""
    workers = min(8, os.cpu_count() or 1)
    if len(jobs) < WORTH_PROCESSES or workers < 2:
        yield from map(shaped, jobs)
        return
    # New processes, not copies of this one: they share no database connection.
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(shaped, jobs, chunksize=CHUNK)


def load_outlines(load: Load, placed: Placed) -> int:
    """Write the outlines of all units and zones; returns how many."""
    city = load.city
    jobs: list[tuple[Sequence[Any], int]] = []
    owners: list[tuple[int | None, int | None, DateRange]] = []
    for outline in city.outlines:
        jobs.append((outline.rings, FEW_CELLS if city.units[outline.owner].level > 5 else CELLS))
        owners.append((placed.units[outline.owner], None, DateRange(outline.start, outline.end)))
    for outline in city.zone_outlines:
        jobs.append((outline.rings, CELLS))
        owners.append((None, placed.zones[outline.owner], DateRange(rows.REGISTERED)))
    shapes = []
    for shape in _all_shaped(jobs):
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
