"""Neighbours who said the same: open public cases of a category around a point, so that one can join them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases.engine.places import cells_around, metres_between
from liren.service.cases.engine.spec import CaseType
from liren.service.cases.models import Case
from liren.service.cases.models.declared import by_versions
from liren.service.cases.queries.reading import published

#: So many of the newest in each cell are looked at: where there are more, the near ones are among them.
MOST_OF_CELL, LEAST_OF_CELL = 25, 3
#: So many of all cells together, where these are many.
MOST_LOOKED_AT = 2000
#: Text and search vectors would be most of what is fetched.
NOT_SHOWN = ("text", "address", "search", "values", "client_digest")
# Cell by cell, each from the newest on: in one go all that is open around would be read and sorted.
NEWEST = """
SELECT found.* FROM unnest(%s::bigint[]) AS around (cell) CROSS JOIN LATERAL (
    SELECT id, lon, lat, written_as_id FROM cases_case
    WHERE cell = around.cell AND category = %s AND phase <> 'closed' AND confidentiality = 'public' AND NOT is_hidden
        AND received_at >= %s AND (%s::bigint IS NULL OR type_id = %s)
    ORDER BY id DESC LIMIT %s) AS found
"""


@dataclass(frozen=True)
class Near:
    """A case nearby on the same matter; the distance is that to its place as published, so that it betrays no door."""

    case: Case
    spec: CaseType
    metres: int
    followers: int


def near(
    lon: float,
    lat: float,
    category: str,
    *,
    metres: float = 250,
    days: int = 60,
    actor: Any = ANONYMOUS,
    type: int | None = None,
    limit: int = 5,
    at: datetime | None = None,
) -> list[Near]:
    """Open public cases of a category within ``metres`` of a point that can be joined, the nearest first.

    Places alone are measured first; only the nearest are then read, and asked whether this actor sees them.
    """
    away = _away(lon, lat, category, metres, (at or timezone.now()) - timedelta(days=days), type)
    nearest = sorted(away.items(), key=lambda one: (one[1], one[0]))[:limit]
    seen = Case.objects.visible_to(actor).filter(pk__in=[pk for pk, _away in nearest])
    cases = {one.pk: one for one in seen.select_related("unit", "body").defer(*NOT_SHOWN)}
    specs = by_versions({one.written_as_id for one in cases.values()})
    return [
        Near(cases[pk], specs[cases[pk].written_as_id], round(far / 10) * 10, cases[pk].followers)
        for pk, far in nearest
        if pk in cases
    ]


def _away(lon: float, lat: float, category: str, metres: float, since: datetime, type: int | None) -> dict[int, float]:
    """Metres to each case around that can be joined."""
    cells = cells_around(lon, lat, metres)
    each = max(LEAST_OF_CELL, min(MOST_OF_CELL, MOST_LOOKED_AT // len(cells)))
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [cells, category, since, type, type, each])
        rows = cursor.fetchall()
    specs = by_versions({version for _pk, _lon, _lat, version in rows})
    found: dict[int, float] = {}
    for pk, its_lon, its_lat, version in rows:
        spec = specs[version]
        place = published(its_lon, its_lat, category, spec) if spec.joinable else None
        if place is not None:
            away = metres_between(lon, lat, *place)
            if round(away / 10) * 10 <= metres:
                found[pk] = away
    return found
