"""Outlines of units and zones: refused with the place of the fault, or stored in WGS 84 with cells that find them."""

import hashlib
from datetime import date, datetime
from typing import Any

import shapely
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.engine import cells, coordinates, geometry
from liren.foundation.territory.models import Boundary, BoundaryCell, Unit, Zone


class BadBoundary(BadInput):
    """A shape that cannot be a boundary; ``place`` is (x, y) in the coordinates of the file, where one is to blame."""

    def __init__(self, message: str, place: tuple[float, float] | None = None) -> None:
        super().__init__(message, next_step=_("Mend the outline in the program that drew it, and try again."))
        self.place = place


def _words(fault: geometry.GeometryFault) -> str:
    known = {
        "empty": _("The boundary is empty: it encloses no area."),
        "not_polygon": _("A boundary is one area or several (Polygon or MultiPolygon); this is something else."),
        "not_one": _("A boundary is one feature; this file holds none or several."),
        "not_numbers": _("A coordinate of the boundary is not a number."),
        "not_geometry": _("The boundary can't be read: it is not a geometry."),
        "unclosed": _("A ring of the boundary is not closed: its last point must be its first."),
        "too_few": _("A ring of the boundary has fewer than four points."),
        "too_many": _("The boundary has too many points; at most %(most)d are taken.")
        % {"most": geometry.MAX_VERTICES},
        "swapped": _("The boundary's latitude and longitude are swapped: longitude comes first."),
        "out_of_world": _(
            "A point of the boundary lies outside the world: degrees of longitude and latitude are expected."
        ),
        "out_of_reach": _("A point of the boundary lies near a pole or on the date line: that is not supported."),
        "crosses_itself": _("The boundary crosses or touches itself."),
        "hole_outside": _("A hole of the boundary lies outside its outline."),
        "nested": _("A part of the boundary lies inside another part."),
        "twice": _("A ring of the boundary is given twice."),
        "disconnected": _("The holes of the boundary cut it into pieces."),
    }
    return known.get(fault.reason, _("The boundary is not a valid area."))


def bad_boundary(fault: geometry.GeometryFault) -> BadBoundary:
    """The engine's fault as an error with a page: what, and where."""
    if fault.place is None:
        return BadBoundary(_words(fault))
    sentence = _("%(fault)s Place: %(x).6f, %(y).6f.")
    return BadBoundary(sentence % {"fault": _words(fault), "x": fault.place[0], "y": fault.place[1]}, fault.place)


def checked_boundary(shape: BaseGeometry | dict[str, Any] | bytes, crs: str) -> BaseGeometry:
    """A shape (shapely geometry, parsed GeoJSON, or WKB) as it would be stored; BadBoundary when it cannot be one.

    ``crs`` is one of wgs84, cgcs2000, gcj02, bd09; coordinates are degrees, longitude first.
    """
    if crs not in coordinates.SYSTEMS:
        raise BadInput(_("There is no coordinate system called %(crs)s.") % {"crs": crs[:40]})
    try:
        if isinstance(shape, bytes | bytearray | memoryview):
            shape = geometry.from_wkb(bytes(shape))
        elif not isinstance(shape, BaseGeometry):
            shape = geometry.from_geojson(shape)
        return geometry.boundary(shape, crs)
    except geometry.GeometryFault as fault:
        raise bad_boundary(fault) from fault


@transaction.atomic
def set_boundary(
    *,
    unit_id: int | None = None,
    zone_id: int | None = None,
    shape: BaseGeometry | dict[str, Any] | bytes,
    crs: str,
    source: str,
    source_crs: str = "",
    from_day: date,
    by: Actor,
    at: datetime,
) -> Boundary:
    """Give a unit or a zone its outline from a day on; the outline it had ends on that day.

    ``crs`` is the system of the coordinates, ``source_crs`` that of the document where it was another.
    The same outline again changes nothing. An outline of the same day is replaced (its fingerprint stays in the audit
    log). BadInput for a shape that cannot be a boundary, or a day outside the unit's life; Conflict when a later
    outline is recorded already.
    """
    owner = _locked(unit_id, zone_id)
    require(by, "territory.boundary", owner)
    source = source.strip()
    if not source or len(source) > 300:
        raise BadInput(_("Say where the boundary comes from, in at most 300 characters."))
    stored = checked_boundary(shape, crs)
    _check_day(owner, from_day)
    wkb = geometry.to_wkb(stored)
    held = Boundary.objects.select_for_update().filter(**_key(owner), during__endswith__isnull=True).first()
    if held and bytes(held.wkb) == wkb:
        return held
    replaced = _end(held, from_day)
    row = _store(owner, stored, wkb, from_day, crs=source_crs or crs, source=source, by=by, at=at)
    audit.record(
        "territory.boundary",
        row,
        by=by,
        at=at,
        unit_id=owner.pk if isinstance(owner, Unit) else None,
        zone=owner.pk if isinstance(owner, Zone) else None,
        area_m2=round(row.area_m2),
        from_day=from_day,
        sha256=hashlib.sha256(wkb).hexdigest(),
        replaced=replaced,
    )
    return row


def _locked(unit_id: int | None, zone_id: int | None) -> Unit | Zone:
    if unit_id is not None and zone_id is None:
        return Unit.objects.select_for_update(of=("self",)).get(pk=unit_id)
    if zone_id is not None and unit_id is None:
        return Zone.objects.select_for_update().get(pk=zone_id)
    raise ValueError("a boundary is of a unit or of a zone: give one of unit_id and zone_id")


def _key(owner: Unit | Zone) -> dict[str, Any]:
    return {"unit": owner} if isinstance(owner, Unit) else {"zone": owner}


def _check_day(owner: Unit | Zone, day: date) -> None:
    exists = owner.exists_on(day) if isinstance(owner, Unit) else day in owner.during
    if not exists:
        raise BadInput(_("%(name)s does not exist on %(day)s.") % {"name": owner.name_zh, "day": day})


def _end(held: Boundary | None, day: date) -> str:
    """End the outline held until now; the fingerprint of one that is replaced."""
    if held is None:
        return ""
    if held.during.lower > day:
        raise Conflict(
            _("A later boundary, from %(day)s, is recorded already.") % {"day": held.during.lower},
            next_step=_("Give a day after it."),
        )
    if held.during.lower == day:
        held.delete()
        return hashlib.sha256(bytes(held.wkb)).hexdigest()
    held.during = DateRange(held.during.lower, day)
    held.save(update_fields=["during"])
    return ""


def _store(
    owner: Unit | Zone, stored: BaseGeometry, wkb: bytes, day: date, *, crs: str, source: str, by: Actor, at: datetime
) -> Boundary:
    west, south, east, north = (float(edge) for edge in shapely.bounds(stored))
    row = Boundary.objects.create(
        **_key(owner),
        during=DateRange(day, None),
        wkb=wkb,
        area_m2=geometry.area_m2(stored),
        west=west,
        south=south,
        east=east,
        north=north,
        source=source,
        source_crs=crs,
        recorded_by=by.label,
        recorded_at=at,
    )
    BoundaryCell.objects.bulk_create(
        BoundaryCell(boundary=row, cell=cell, whole=whole) for cell, whole in cells.cover(stored)
    )
    return row
