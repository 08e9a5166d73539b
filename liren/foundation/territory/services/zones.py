"""Functional zones laid over the tree (R031)."""

import re
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Zone, ZoneKind, ZoneUnit
from liren.foundation.territory.services.checks import checked_name, checked_text
from liren.foundation.territory.services.counts import locked_unit
from liren.foundation.territory.services.dated import check_day, end, replace


@transaction.atomic
def create_zone(
    *,
    slug: str,
    kind: str,
    name_zh: str,
    name_en: str = "",
    managing_body: str,
    effective_on: date,
    by: Actor,
    at: datetime,
) -> Zone:
    """Found a zone with its managing body; ``slug`` is its short name in addresses (small letters, digits, hyphens)."""
    require(by, "territory.zone")
    check_day(effective_on)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", slug):
        raise BadInput(_("The short name consists of small letters, digits and hyphens."))
    if kind not in ZoneKind.values:
        raise BadInput(_("This kind of zone is not in the list."))
    if Zone.objects.filter(slug=slug).exists():
        raise Conflict(_("Another zone bears this short name."), next_step=_("Choose another short name."))
    zone = Zone.objects.create(
        slug=slug,
        kind=kind,
        name_zh=checked_name(name_zh),
        name_en=checked_text(name_en, most=200),
        managing_body=checked_text(managing_body, most=200, empty=_("Name the body that manages the zone.")),
        during=DateRange(effective_on),
    )
    audit.record("territory.create_zone", zone, by=by, at=at, slug=slug, effective_on=effective_on)
    return zone


@transaction.atomic
def put_in_zone(
    zone_id: int, unit_id: int, *, whole: bool = True, effective_on: date, by: Actor, at: datetime
) -> ZoneUnit:
    """Let a unit lie in a zone from a day on, wholly or partly; saying it again from a later day replaces the word."""
    unit = locked_unit(unit_id)
    require(by, "territory.zone", unit)
    zone = _zone_on(zone_id, effective_on)
    row = ZoneUnit(zone=zone, unit=unit, whole=whole)
    replace(row, ZoneUnit.objects.filter(zone=zone, unit=unit), effective_on)
    facts = {"zone": zone.slug, "whole": whole, "effective_on": effective_on}
    audit.record("territory.put_in_zone", row, by=by, at=at, unit_id=unit.pk, **facts)
    return row


def _zone_on(zone_id: int, day: date) -> Zone:
    check_day(day)
    zone = Zone.objects.select_for_update(no_key=True).filter(pk=zone_id, during__contains=day).first()
    if zone is None:
        raise Conflict(_("The zone does not exist on that day."))
    return zone


@transaction.atomic
def take_out_of_zone(zone_id: int, unit_id: int, *, effective_on: date, by: Actor, at: datetime) -> None:
    """The unit no longer lies in the zone from the day on."""
    unit = locked_unit(unit_id)
    require(by, "territory.zone", unit)
    check_day(effective_on)
    if not end(ZoneUnit.objects.filter(zone_id=zone_id, unit=unit), effective_on):
        raise Conflict(_("The unit does not lie in this zone on that day."))
    audit.record("territory.take_out_of_zone", unit, by=by, at=at, unit_id=unit.pk, zone=zone_id, on=effective_on)


@transaction.atomic
def close_zone(zone_id: int, *, effective_on: date, by: Actor, at: datetime) -> Zone:
    """End a zone and all memberships in it."""
    require(by, "territory.zone")
    zone = _zone_on(zone_id, effective_on)
    if zone.during.lower >= effective_on:
        raise Conflict(_("%(name)s would end before it began.") % {"name": zone.name_zh})
    end(ZoneUnit.objects.filter(zone=zone), effective_on)
    zone.during = DateRange(zone.during.lower, effective_on)
    zone.save(update_fields=["during"])
    audit.record("territory.close_zone", zone, by=by, at=at, effective_on=effective_on)
    return zone
