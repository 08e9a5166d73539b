"""The tree of the day that a run is about: units hang elsewhere and bear other names on other days."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from liren.development.lifecircle.models import Run
from liren.foundation.territory import queries as territory
from liren.foundation.territory.models import Level, Unit, UnitSpan


@dataclass(frozen=True, slots=True)
class Stood:
    """A unit as it stood on a day; ``path_ids`` from the root of what was asked for down to itself."""

    pk: int
    code: str
    level: int
    kind: str
    path_ids: tuple[int, ...]


def stood(city: Unit, day: date, *, down_to: int = Level.COMPOUND) -> dict[int, Stood]:
    """The city and everything that hung from it on the day, by id; empty where the city did not exist then.

    Codes are those by which units are known today: a run of an old day is found by them.
    """
    ids = territory.ids_below([city.pk], day)
    rows = territory.units_on(day).filter(unit_id__in=ids, level__lte=down_to).order_by("level")
    found: dict[int, Stood] = {}
    for unit, code, level, kind, parent in rows.values_list("unit_id", "unit__code", "level", "kind", "parent_id"):
        above = found[parent].path_ids if parent in found else ()
        found[unit] = Stood(unit, code, level, kind, (*above, unit))
    return found


def within(run: Run, unit: Unit) -> list[int] | None:
    """Ids of what hung from a unit on the run's day; None for the city, which is everything."""
    return None if unit.pk == run.city_id else territory.ids_below([unit.pk], run.day)


def beside(run: Run, units: Iterable[Unit]) -> dict[int, int]:
    """What stood beside these units on the run's day, themselves among it: each with its parent. One query."""
    there = UnitSpan.objects.filter(during__contains=run.day)
    parents = there.filter(unit__in=[one.pk for one in units]).order_by().values("parent_id")
    return dict(there.filter(parent__in=parents).values_list("unit_id", "parent_id"))


def children(run: Run, unit: Unit) -> list[int]:
    """Ids of what hung directly from a unit on the run's day."""
    rows = UnitSpan.objects.filter(parent=unit, during__contains=run.day)
    return list(rows.values_list("unit_id", flat=True))


def hanging(rows: Any, city: Unit, day: date) -> Any:
    """Entries of registers that hung in a city on a day, with ``then``, the unit of each; in a fixed order.

    Of a day that is past the history of the entries says where, and the tree of that day what lay in the city. What
    hung on a unit that is younger than the day is looked for in the city of today.
    """
    if day >= timezone.localdate():
        rows = rows.inside(city).annotate(then=F("unit_id"))
    else:
        there = Exists(UnitSpan.objects.filter(unit=OuterRef("then"), during__contains=day))
        in_city = Q(then__in=territory.ids_below([city.pk], day))
        rows = rows.hung_on(day).filter(in_city | (~there & Q(unit__path__startswith=city.path)))
    return rows.order_by("unit__code", "number")


def as_then(day: date, units: Iterable[Unit]) -> dict[int, Unit]:
    """The units by id with the names that they bore on a day, to be read and never saved."""
    known = {one.pk: one for one in units}
    rows = UnitSpan.objects.filter(unit__in=list(known), during__contains=day)
    for pk, *face in rows.values_list("unit_id", "name_zh", "name_en", "kind"):
        known[pk] = _dressed(known[pk], *face)
    return known


def _dressed(unit: Unit, name_zh: str, name_en: str, kind: str) -> Any:
    made = copy.copy(unit)
    made.name_zh, made.name_en, made.kind = name_zh, name_en, kind
    return made
