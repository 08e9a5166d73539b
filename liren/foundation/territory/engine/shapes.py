"""An outline made ready for its table: stored form, area, box and cells. Pure, so that it may run in any process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import shapely

from liren.foundation.territory.engine import cells, geometry


class Shape(NamedTuple):
    """What a row of a boundary and its cells hold."""

    wkb: bytes
    area_m2: float
    box: tuple[float, float, float, float]
    cells: list[tuple[int, bool]]


def shaped(job: tuple[Sequence[Any], int]) -> Shape:
    """The outline of one area from its rings (outer first, WGS 84, not closed) with at most about so many cells.

    Raises:
        GeometryFault: the rings cannot be a boundary.
    """
    rings, limit = job
    form = geometry.boundary(shapely.Polygon(rings[0], list(rings[1:])), "wgs84")
    return Shape(geometry.to_wkb(form), geometry.area_m2(form), form.bounds, cells.cover(form, limit=limit))
