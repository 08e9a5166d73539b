"""Results on a map: units as points or outlines with their figures, as GeoJSON, by level and frame."""

from __future__ import annotations

import json
from typing import Any

import shapely

from liren.development.lifecircle.models import CircleRow, Run
from liren.development.lifecircle.queries import days
from liren.development.lifecircle.queries.seeing import DS_A_MINUTE, part_of, sees_all
from liren.foundation.territory.models import Boundary, Level, Unit

MOST_FEATURES = 5000
Frame = tuple[float, float, float, float]  # west, south, east, north


def compound_features(
    run: Run, category: str, *, actor: Any = None, frame: Frame | None = None, limit: int = MOST_FEATURES
) -> dict[str, Any]:
    """A FeatureCollection of compounds as points: minutes, whether reached, metres in a straight line, cause.

    ``truncated`` says that the frame holds more than were given: ask closer in.
    """
    place = run.categories.index(category)
    rows = CircleRow.objects.visible_to(actor).filter(run=run, level=Level.COMPOUND)
    if frame is not None:
        west, south, east, north = frame
        rows = rows.filter(lon__range=(west, east), lat__range=(south, north))
    found = list(rows.select_related("unit").order_by("unit_id")[: min(limit, MOST_FEATURES) + 1])
    most = min(limit, MOST_FEATURES)
    units = days.as_then(run.day, [row.unit for row in found[:most]])
    features = [_point(run, row, units[row.unit_id], place) for row in found[:most]]
    return {"type": "FeatureCollection", "features": features, "truncated": len(found) > most}


def _point(run: Run, row: CircleRow, unit: Unit, place: int) -> dict[str, Any]:
    time = row.minutes_ds[place]
    limits = run.parameters["cycle_limits_ds"] if row.mode == "cycle" else run.limits_ds
    told = {
        "code": unit.code,
        "name": unit.name,
        "minutes": None if time is None else round(time / DS_A_MINUTE, 1),
        "reached": time is not None and time <= limits[place],
        "straight_m": row.straight_m[place],
        "cause": row.causes[place],
    }
    return {
        "type": "Feature",
        "id": row.unit_id,
        "geometry": {"type": "Point", "coordinates": [round(row.lon or 0.0, 6), round(row.lat or 0.0, 6)]},
        "properties": told,
    }


def unit_features(run: Run, category: str, level: int, *, actor: Any = None, limit: int = 1000) -> dict[str, Any]:
    """A FeatureCollection of units of a level with their outlines: the share of people served, and by radius."""
    place, whole = run.categories.index(category), sees_all(actor, run.city)
    rows = list(
        CircleRow.objects.visible_to(actor)
        .filter(run=run, level=level)
        .select_related("unit")
        .order_by("unit_id")[:limit]
    )
    outlines, units = _outlines([row.unit_id for row in rows], run), days.as_then(run.day, [row.unit for row in rows])
    features = [
        {
            "type": "Feature",
            "id": row.unit_id,
            "geometry": outlines[row.unit_id],
            "properties": {
                "code": row.unit.code,
                "name": units[row.unit_id].name,
                "served_share": _rounded(part_of(row.served[place], row.people, whole)[1]),
                "radius_share": _rounded(part_of(row.by_radius[place], row.people, whole)[1]),
            },
        }
        for row in rows
        if row.unit_id in outlines
    ]
    return {"type": "FeatureCollection", "features": features}


def _rounded(share: float | None) -> float | None:
    """Whole percents, as a map's colours show them: no number of people follows from them."""
    return None if share is None else round(share, 2)


def _outlines(unit_ids: list[int], run: Run) -> dict[int, Any]:
    """Outlines, simplified to some ten metres, as a map of a whole city shows them."""
    found = Boundary.objects.filter(unit_id__in=unit_ids, during__contains=run.day).order_by()
    rows = list(found.values_list("unit_id", "wkb"))
    shapes = shapely.simplify(shapely.from_wkb([bytes(wkb) for _unit, wkb in rows]), 1e-4) if rows else []
    return {
        int(unit or 0): json.loads(shapely.to_geojson(shape)) for (unit, _wkb), shape in zip(rows, shapes, strict=True)
    }
