"""Outlines after mergers and splits: joined from those of the pieces, or ended when they are no longer true (R024)."""

from collections.abc import Collection

import shapely
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from liren.foundation.kernel.rights import SystemActor
from liren.foundation.territory.models import Boundary, Unit
from liren.foundation.territory.services.boundaries import BadBoundary, set_boundary
from liren.foundation.territory.services.orders import Order

JOINER = SystemActor("outlines")


def redraw(target: Unit, pieces: Collection[int], order: Order) -> Boundary | None:
    """From the day of the order on, the target's outline is the union of its pieces' outlines.

    Where one of them is unknown the union would be wrong: then the old outline of the target only ends, and a new one
    has to be drawn. An outline already recorded for a later day is left alone, and so is everything before it.
    """
    day = order.effective_on
    if Boundary.objects.filter(unit=target, during__startswith__gt=day).exists():
        return None
    rows = {row.unit_id: row for row in Boundary.objects.filter(unit_id__in=pieces, during__contains=day)}
    if pieces and len(rows) == len(set(pieces)):
        joined = shapely.union_all(shapely.from_wkb([bytes(row.wkb) for row in rows.values()]))
        source = _("Joined from the outlines of the units that were merged or divided.")
        try:
            return set_boundary(
                unit_id=target.pk, shape=joined, crs="wgs84", source=source, from_day=day, by=JOINER, at=order.at
            )
        except BadBoundary:  # a union that is no sound outline: better none than a wrong one
            pass
    for row in Boundary.objects.filter(unit=target, during__contains=day):
        if row.during.lower < day:
            Boundary.objects.filter(pk=row.pk).update(during=DateRange(row.during.lower, day))
        else:
            row.delete()
    return None
