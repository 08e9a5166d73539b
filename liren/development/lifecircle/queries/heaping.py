"""Compounds of a large place taken together: in heaps on a map, and what most of them lack.

All is counted by the database, however many they are. What a compound lacks is what is on record anywhere in the city
and not reached within its limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from liren.development.lifecircle.models import Run
from liren.development.lifecircle.queries.days import within
from liren.foundation.territory.models import Level, Unit

Frame = tuple[float, float, float, float]  # west, south, east, north
#: Cells of the grid along its longer side, as many as circles stand beside each other on a telephone's map.
CELLS = 12
EVERYWHERE: Frame = (-180.0, -90.0, 180.0, 90.0)

FOUND = """
FROM lifecircle_circlerow WHERE run_id = %(run)s AND level = %(level)s
    AND lon BETWEEN %(west)s AND %(east)s AND lat BETWEEN %(south)s AND %(north)s
    AND (%(units)s::bigint[] IS NULL OR unit_id = ANY(%(units)s::bigint[]))
"""
LACKED = """
unnest(minutes_ds, straight_m, CASE mode WHEN 'cycle' THEN %(cycle)s::int[] ELSE %(walk)s::int[] END)
    WITH ORDINALITY AS one (time, metres, most, place)
WHERE metres IS NOT NULL AND (time IS NULL OR time > most)
"""
HOMES = f"SELECT unit_id, lon, lat, (SELECT count(*) FROM {LACKED}) AS missing {FOUND}"  # noqa: S608  texts of this file
WORST = f"SELECT unit_id FROM ({HOMES}) AS home ORDER BY missing DESC, unit_id LIMIT %(most)s"  # noqa: S608  the same
BY_CATEGORY = f"""
WITH home AS (SELECT minutes_ds, straight_m, mode {FOUND})
SELECT place, count(*) FROM home, {LACKED} GROUP BY place
"""  # noqa: S608  the same
HEAPS = f"""
WITH home AS (
    {HOMES}
), edge AS (
    SELECT min(lon) AS west, min(lat) AS south, greatest(cosd(avg(lat)), 1e-3) AS narrow,
        greatest(max(lat) - min(lat), (max(lon) - min(lon)) * cosd(avg(lat)), 1e-9) / %(cells)s AS side FROM home
)
SELECT count(*), avg(lon), avg(lat), avg(missing) FROM home, edge
GROUP BY least(floor((lon - west) * narrow / side), %(cells)s - 1), least(floor((lat - south) / side), %(cells)s - 1)
ORDER BY 2, 3
"""  # noqa: S608  put together from texts of this file alone


@dataclass(frozen=True)
class Heap:
    """``many`` compounds near each other: their middle, and how many services each of them lacks on average."""

    many: int
    lon: float
    lat: float
    missing: float


def how_many(run: Run, unit: Unit, *, frame: Frame | None = None) -> int:
    """Compounds of a unit that a run knows, in a frame; times and places are no counts of people."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {FOUND}", _facts(run, unit, frame))
        return int(cursor.fetchone()[0])


def heaps(run: Run, unit: Unit, *, frame: Frame | None = None) -> list[Heap]:
    """The compounds of a unit in a frame by the cells of a grid over them. One query."""
    found = _asked(HEAPS, run, unit, frame, cells=CELLS)
    return [Heap(many, float(lon), float(lat), float(missing)) for many, lon, lat, missing in found]


def lacked(run: Run, unit: Unit) -> dict[str, int]:
    """In how many compounds of a unit each category is missing, by its code; one that none lacks is left out."""
    return {run.categories[place - 1]: many for place, many in _asked(BY_CATEGORY, run, unit, None)}


def worst(run: Run, unit: Unit, *, most: int) -> list[int]:
    """Ids of the compounds of a unit that lack most, the worst first."""
    return [pk for (pk,) in _asked(WORST, run, unit, None, most=most)]


def _asked(query: str, run: Run, unit: Unit, frame: Frame | None, **more: int) -> list[tuple[Any, ...]]:
    limits = {"walk": run.limits_ds, "cycle": run.parameters["cycle_limits_ds"]}
    with connection.cursor() as cursor:
        cursor.execute(query, _facts(run, unit, frame) | limits | more)
        return list(cursor.fetchall())


def _facts(run: Run, unit: Unit, frame: Frame | None) -> dict[str, Any]:
    west, south, east, north = frame or EVERYWHERE
    facts = {"run": run.pk, "level": int(Level.COMPOUND), "units": within(run, unit)}
    return facts | {"west": west, "south": south, "east": east, "north": north}
