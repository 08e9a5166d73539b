"""From a point to the units and zones that hold it: hexagons first, the exact outline only near an edge.

One indexed query finds the outlines whose cells hold the point; most answer by that alone. For the rest the outline is
asked (shapely, prepared), and outlines are kept in memory, since a stored one never changes.
"""

import math
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import date
from threading import Lock
from typing import Any

import shapely
from django.utils import timezone
from shapely.geometry.base import BaseGeometry

from liren.foundation.territory.engine.cells import cells_at
from liren.foundation.territory.models import Boundary, Unit, Zone

# The key of an outline: its id and, since test databases count their ids anew, its area.
Key = tuple[int, float]
MOST_POINTS = 2_000_000


class Outlines:
    """Prepared outlines, the least used dropped first; at most ``most_points`` corners in all (some 100 MB)."""

    def __init__(self, most_points: int = MOST_POINTS) -> None:
        self.most_points = most_points
        self._kept: OrderedDict[Key, BaseGeometry] = OrderedDict()
        self._points = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def hold(self, keys: Sequence[Key], lon: float, lat: float) -> set[Key]:
        """Those of the outlines that hold the point, their borders included."""
        with self._lock:
            asked = {key: self._kept[key] for key in keys if key in self._kept}
        asked |= self._fetched([key for key in keys if key not in asked])
        point = shapely.Point(lon, lat)
        # One at a time: GEOS builds the index of a prepared outline when it is first asked.
        with self._lock:
            for key, outline in asked.items():
                self._keep(key, outline)
            return {key for key, outline in asked.items() if shapely.covers(outline, point)}

    def _fetched(self, keys: list[Key]) -> dict[Key, BaseGeometry]:
        if not keys:
            return {}
        rows = Boundary.objects.filter(pk__in=[pk for pk, _ in keys]).order_by().values_list("pk", "area_m2", "wkb")
        return {(pk, area): shapely.from_wkb(bytes(wkb)) for pk, area, wkb in rows}

    def _keep(self, key: Key, outline: BaseGeometry) -> None:
        """Move to the end, or add; whoever was longest unused goes when there are too many corners."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return
        shapely.prepare(outline)
        self._kept[key] = outline
        self._points += int(shapely.get_num_coordinates(outline))
        while self._points > self.most_points and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._points -= int(shapely.get_num_coordinates(dropped))


outlines = Outlines()

_HITS = """
SELECT {table}.*, hit.whole AS hit_whole, hit.boundary_id AS hit_boundary, hit.area_m2 AS hit_area
FROM (
    SELECT b.{owner}_id AS owner_id, b.id AS boundary_id, b.area_m2, bool_or(c.whole) AS whole
    FROM territory_boundarycell c JOIN territory_boundary b ON b.id = c.boundary_id
    WHERE c.cell = ANY(%s) AND b.during @> %s::date AND b.{owner}_id IS NOT NULL
    GROUP BY b.id
) hit JOIN {table} ON {table}.id = hit.owner_id
WHERE {alive}
"""
_UNITS = _HITS.format(
    table="territory_unit", owner="unit", alive="opened_on <= %s AND (closed_on IS NULL OR closed_on > %s)"
)
_ZONES = _HITS.format(table="territory_zone", owner="zone", alive="during @> %s::date AND during @> %s::date")


def _holding(rows: Iterable[Any], lon: float, lat: float) -> list[Any]:
    """Of the rows found by cells, those whose outline holds the point."""
    rows = list(rows)
    unsure = [(row.hit_boundary, row.hit_area) for row in rows if not row.hit_whole]
    sure = outlines.hold(unsure, lon, lat) if unsure else set()
    return [row for row in rows if row.hit_whole or (row.hit_boundary, row.hit_area) in sure]


def _on_earth(lon: float, lat: float) -> bool:
    return math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90


def units_at(lon: float, lat: float, *, on: date | None = None) -> list[Unit]:
    """The units that hold a point (WGS 84 degrees) on a day (today), the smallest first: from grid up to province.

    One unit for each level. A point on a border that units share belongs to the one with the lowest code at the lowest
    level, and from there up to the units above that one. Where outlines drawn at different times overlap, the same rule
    decides. No unit for a point that is not on earth.
    """
    if not _on_earth(lon, lat):
        return []
    day = on or timezone.localdate()
    return _one_for_each_level(_holding(Unit.objects.raw(_UNITS, [cells_at(lon, lat), day, day, day]), lon, lat))


def _one_for_each_level(units: list[Unit]) -> list[Unit]:
    chosen: list[Unit] = []
    for level in sorted({unit.level for unit in units}, reverse=True):
        here = sorted((unit for unit in units if unit.level == level), key=lambda unit: unit.code)
        above = set(chosen[-1].path_ids) if chosen else set()
        chosen.append(next((unit for unit in here if unit.pk in above), here[0]))
    return chosen


def zones_at(lon: float, lat: float, *, on: date | None = None) -> list[Zone]:
    """The functional zones that hold a point on a day, borders included; they may overlap."""
    if not _on_earth(lon, lat):
        return []
    day = on or timezone.localdate()
    found = _holding(Zone.objects.raw(_ZONES, [cells_at(lon, lat), day, day, day]), lon, lat)
    return sorted(found, key=lambda zone: zone.slug)
