"""Whole units: in how many communities does everybody reach it, and how much service space does each have and lack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from liren.development.lifecircle.engine import shortfall
from liren.development.lifecircle.models import CircleRow, Run
from liren.development.lifecircle.queries.days import as_then, hanging
from liren.development.lifecircle.queries.gathering import YEARS_BACK
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.policy import queries as policy
from liren.foundation.registers.models import Entry
from liren.foundation.registers.models.declared import registers
from liren.foundation.territory import queries as territory
from liren.foundation.territory.models import Level, Unit
from liren.foundation.territory.queries.counts import latest_revisions

AREA = "facility_area_per_100_households"
REGISTER, FLOOR, ACTIVITY = "service_facility", "floor_area", "activity_area"
MOST = 500


@dataclass(frozen=True)
class Covered:
    """Of ``units`` of a level in which people live, in how many everybody reaches a category, or lacks nothing in a
    circle (R246, R258)."""

    units: int
    by_category: dict[str, int]
    by_circle: dict[str, int]


def covered(run: Run, level: int = Level.COMMUNITY, *, actor: Any = None) -> Covered:
    """How many units of a level are covered whole. Units are no people: no number is hidden."""
    rows = CircleRow.objects.visible_to(actor).filter(run=run, level=level, people__gt=0)
    found = list(rows.values_list("people", "served", "complete"))
    category, circle = [0] * len(run.categories), [0] * len(run.circles)
    for people, served, complete in found:
        for place, count in enumerate(served):
            category[place] += count == people
        for place, count in enumerate(complete):
            circle[place] += count == people
    return Covered(
        len(found), dict(zip(run.categories, category, strict=True)), dict(zip(run.circles, circle, strict=True))
    )


@dataclass(frozen=True)
class Space:
    """Service space of one community (R239, R243): square metres there are and lack to the norm, and the share for
    activities. ``households`` and ``lacking_m2`` are None where nobody has counted, the share without any space."""

    unit: Unit
    households: int | None
    area_m2: Decimal
    lacking_m2: int | None
    activity_share: float | None


def spaces(
    city: Unit, *, day: date, after: tuple[str, int] | None = None, limit: int = 100
) -> tuple[list[Space], tuple[str, int] | None]:
    """Communities of a city as they were on a day with their service space, by name, page by page: rows, and the key of
    the next page.

    The norm is the number that holds at the city on the day; where no document sets one, nothing is said to lack.
    """
    units = Unit.objects.filter(pk__in=territory.ids_below([city.pk], day, Level.COMMUNITY))
    if after is not None:
        units = units.filter(pinyin__gte=after[0]).exclude(pinyin=after[0], pk__lte=after[1])
    most = min(limit, MOST)
    page = list(units.order_by("pinyin", "pk")[: most + 1])
    shown = page[:most]
    areas = _areas(city, shown, day)
    rows = latest_revisions([one.pk for one in shown], "households", day.year - 1, day.year - YEARS_BACK)
    households = {row.unit_id: row.households for row in rows}
    norm = policy.parameters_at([AREA], city, on=day).get(AREA)
    thousandths = None if norm is None else int(norm.quantity.to("m2_per_100_households").value * 1000)
    faces, none = as_then(day, shown), (Decimal(0), Decimal(0))
    made = [_space(faces[one.pk], households.get(one.pk), *areas.get(one.pk, none), thousandths) for one in shown]
    return made, (shown[-1].pinyin, shown[-1].pk) if len(page) > most else None


def _space(unit: Unit, households: int | None, area: Decimal, activity: Decimal, thousandths: int | None) -> Space:
    lacking = None
    if households is not None and thousandths is not None:
        have, base = np.array([int(area)], np.int64), np.array([households], np.int64)
        lacking = int(shortfall(have, base, thousandths, 100_000)[0])
    return Space(unit, households, area, lacking, float(activity / area) if area else None)


def _areas(city: Unit, units: list[Unit], day: date) -> dict[int, tuple[Decimal, Decimal]]:
    """Floor and activity area of the service facilities that hung on each community on the day."""
    register = next((one for one in registers() if one.code == REGISTER), None)
    if register is None:
        return {}
    found: dict[int, tuple[Decimal, Decimal]] = {}
    rows = Entry.objects.visible_to(ANONYMOUS).open_on(day).filter(register_id=register.pk).exclude(opened_on__gt=day)
    mine = hanging(rows, city, day).filter(then__in=[one.pk for one in units])
    for unit, values in mine.values_list("then", "values"):
        floor, activity = (Decimal(str(values.get(name) or 0)) for name in (FLOOR, ACTIVITY))
        before = found.get(unit, (Decimal(0), Decimal(0)))
        found[unit] = before[0] + floor, before[1] + activity
    return found
