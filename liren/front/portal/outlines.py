"""The map's data: outlines of a unit and its parts as GeoJSON (RFC 7946); bounded, simplified, with an ETag.

Outlines are simplified as one coverage, so that neighbours keep sharing their border and no gaps open between them.
"""

import datetime as dt
import hashlib
import json
from typing import Any

import shapely
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language

from liren.foundation.territory import queries
from liren.foundation.territory.models import Boundary, Unit
from liren.front.kit.templatetags.kit import plain_name
from liren.front.portal.forms import today

#: A map with more parts than this would be neither readable nor quick; the list has them all.
PARTS = 400
#: A map is at most this many steps wide: finer detail would not be seen.
STEPS = 1500
#: Six figures after the point are 0.1 m; an outline needs no more.
DIGITS = 6
TYPE = "application/geo+json"


def answer(request: HttpRequest, unit: Unit, on: dt.date | None) -> HttpResponse:
    """The feature collection of a unit and its parts, or 304 when the browser has it already."""
    faces = {unit.pk: unit, **{row.unit_id: row for row in queries.children(unit, on, limit=PARTS)}}
    rows = Boundary.objects.filter(unit_id__in=list(faces), during__contains=on or today())
    known = dict(rows.values_list("unit_id", "pk"))
    etag = _etag(faces, known, on)
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = JsonResponse(collection(unit, faces, rows, on), content_type=TYPE)
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, max_age=60)
    return response


def _etag(faces: dict[int, Any], known: dict[int, int], on: dt.date | None) -> str:
    facts = [get_language(), str(on), *(f"{pk} {face.name_zh} {face.name_en}" for pk, face in sorted(faces.items()))]
    said = "|".join([*map(str, facts), *(f"{unit}:{pk}" for unit, pk in sorted(known.items()))])
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'


def collection(unit: Unit, faces: dict[int, Any], rows: Any, on: dt.date | None) -> dict[str, Any]:
    """GeoJSON of the outlines that are known; the unit itself is marked ``role: self``."""
    shapes = {row.unit_id: shapely.from_wkb(bytes(row.wkb)) for row in rows.only("unit_id", "wkb")}
    drawn = simplified({pk: shape for pk, shape in shapes.items() if pk != unit.pk})
    if unit.pk in shapes:
        drawn |= simplified({unit.pk: shapes[unit.pk]})
    features = [_feature(faces[pk], shape, on, is_self=pk == unit.pk) for pk, shape in drawn.items()]
    return {"type": "FeatureCollection", "features": features}


def simplified(shapes: dict[int, Any]) -> dict[int, Any]:
    """The shapes with no more detail than a screen shows; neighbours keep their common border."""
    if not shapes:
        return {}
    west, south, east, north = shapely.total_bounds(list(shapes.values()))
    step = max(east - west, north - south) / STEPS
    thin = shapely.coverage_simplify(list(shapes.values()), step)
    return {pk: thin[i] if not thin[i].is_empty else shape for i, (pk, shape) in enumerate(shapes.items())}


def _feature(face: Any, shape: Any, on: dt.date | None, *, is_self: bool) -> dict[str, Any]:
    at = shape.representative_point()
    address = reverse("unit", args=[face.code])
    return {
        "type": "Feature",
        "properties": {
            "code": face.code,
            "name": plain_name(face),
            "level": face.level,
            "role": "self" if is_self else "part",
            "url": f"{address}?on={on.isoformat()}" if on else address,
            "at": [round(at.x, DIGITS), round(at.y, DIGITS)],
        },
        "geometry": json.loads(shapely.to_geojson(shapely.set_precision(shape, 10**-DIGITS))),
    }
