"""What happens to a unit's records when it ends: ended with it, or carried over to the unit that follows (R024)."""

from collections.abc import Iterable
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Func, Model, Value
from django.db.models.functions import Lower

from liren.foundation.territory.models import (
    Boundary,
    GridProfile,
    Management,
    ServiceContact,
    ServiceSubject,
    SizeBand,
    Street,
    Unit,
    ZoneUnit,
)

DATED: tuple[tuple[type[Model], str], ...] = (
    (Boundary, "unit"),
    (GridProfile, "unit"),
    (Management, "unit"),
    (ServiceContact, "unit"),
    (SizeBand, "root"),
    (ZoneUnit, "unit"),
)


def end_records(unit_ids: Iterable[int], day: date) -> None:
    """Cut off at the day what is dated by a unit that ends; what would only have begun later goes."""
    ids = list(unit_ids)
    for model, field in DATED:
        rows = model._default_manager.filter(**{f"{field}__in": ids})
        rows.filter(during__startswith__gte=day).delete()
        shortened = Func(Lower("during"), Value(day), function="daterange")
        rows.filter(during__contains=day).update(during=shortened)


def carry_over(source_ids: Iterable[int], target: Unit, day: date) -> None:
    """Streets, buildings, organisations and zone memberships of units that end go to the unit that takes their place.

    A new unit lies wholly in a zone when all its sources did; an old one keeps its own word and is never called whole
    because of what joins it.
    """
    ids = list(source_ids)
    for street in Street.objects.filter(unit_id__in=ids, closed_on__isnull=True):
        taken = Street.objects.filter(unit=target, name_zh=street.name_zh, closed_on__isnull=True).exists()
        if not taken:  # two stretches of one street become one entry; the other stays with the unit that ended
            Street.objects.filter(pk=street.pk).update(unit=target)
    ServiceSubject.objects.filter(unit_id__in=ids).update(unit=target)
    _join_zones(ids, target, day)
    end_records(ids, day)


def _join_zones(source_ids: list[int], target: Unit, day: date) -> None:
    running = ZoneUnit.objects.filter(during__contains=day, during__upper_inf=True)
    already = set(running.filter(unit=target).values_list("zone_id", flat=True))
    joined: dict[int, list[bool]] = {}
    for zone_id, whole in running.filter(unit_id__in=source_ids).values_list("zone_id", "whole"):
        joined.setdefault(zone_id, []).append(whole)
    ZoneUnit.objects.bulk_create(
        ZoneUnit(
            zone_id=zone_id,
            unit=target,
            during=DateRange(day),
            whole=target.opened_on == day and len(wholes) == len(source_ids) and all(wholes),
        )
        for zone_id, wholes in joined.items()
        if zone_id not in already
    )
    if target.opened_on < day:  # what joined may lie outside the zones of the unit that takes it in
        running.filter(unit=target, whole=True).exclude(zone_id__in=joined).update(whole=False)
