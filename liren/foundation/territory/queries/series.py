"""Counts over the years on one set of boundaries, so that they can be compared (R024, R033).

A figure of a year in which the boundaries were others is re-stated through lineage: all of a merged unit's people count
for the unit it was merged into (exact); of a divided unit's, the share that went to the part (an estimate, and marked).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import groupby

from django.db import connection

from liren.foundation.territory.models import Level, Population, Unit
from liren.foundation.territory.queries.counts import Which, latest_revisions
from liren.foundation.territory.queries.tree import ids_below

Weights = dict[int, Decimal]


@dataclass(frozen=True)
class Step:
    """One line of a descent: by a change of this day, ``share`` of the source's people went to the target."""

    change: int
    effective_on: date
    source: int
    target: int
    share: Decimal


@dataclass(frozen=True)
class Ground:
    """What a unit is made of on the day on whose boundaries a series stands, and how it came to be so."""

    unit: Unit
    parts: list[int]
    steps: list[Step]
    day: date
    broken_on: date | None
    opened: dict[int, date]


@dataclass(frozen=True)
class Point:
    """The count of one year. ``value`` is None where a figure is missing or can't be re-stated.

    ``estimated``: a share of a split was used. ``restated``: the unit had other boundaries at the end of that year.
    """

    year: int
    value: int | None
    estimated: bool = False
    restated: bool = False
    sources: tuple[str, ...] = ()


def weights_back(
    units: Iterable[int], steps: Iterable[Step], year_end: date, day: date, opened: Mapping[int, date]
) -> Weights:
    """Which units of the year's end make up ``units`` as bounded on ``day``, and with what share of their people.

    Pure. Walks the changes of (year_end, day] backwards: before a change, a source counts with the sum of what each of
    its targets counts afterwards, times the share that went there; everybody else counts as before. A unit that was
    ``opened`` only later had no people then.
    """
    weights: Weights = dict.fromkeys(units, Decimal(1))
    between = [step for step in steps if year_end < step.effective_on <= day]
    newest_first = sorted(between, key=lambda step: (step.effective_on, step.change), reverse=True)
    for _change, group in groupby(newest_first, key=lambda step: (step.effective_on, step.change)):
        before: Weights = {}
        for step in group:
            before[step.source] = before.get(step.source, Decimal(0)) + step.share * weights.get(
                step.target, Decimal(0)
            )
        weights |= before
    return {pk: weight for pk, weight in weights.items() if weight and opened.get(pk, year_end) <= year_end}


STEPS = """
WITH RECURSIVE walk AS (
    SELECT d.id, d.source_id FROM territory_descent d WHERE d.target_id = ANY(%(ids)s)
    UNION
    SELECT d.id, d.source_id FROM territory_descent d JOIN walk w ON d.target_id = w.source_id
)
SELECT c.id, c.effective_on, d.source_id, d.target_id, d.share
FROM territory_descent d JOIN territory_unitchange c ON c.id = d.change_id
WHERE d.id IN (SELECT id FROM walk) ORDER BY c.effective_on, c.id LIMIT 10000
"""


def _steps_to(ids: list[int]) -> list[Step]:
    with connection.cursor() as cursor:
        cursor.execute(STEPS, {"ids": ids})
        return [Step(*row) for row in cursor.fetchall()]


def series(
    unit: Unit, which: Which, *, on_boundaries_of: date, since: int | None = None, until: int | None = None
) -> list[Point]:
    """The unit's counts by year, each re-stated on the unit's boundaries of one day.

    For a community or anything smaller by lineage. For a unit above communities: the re-stated sum of the communities
    that hang from it on that day; where a figure of theirs is missing, the unit's own figure if it was made of the same
    communities. Years after the day are given only while no later change touched the unit.
    """
    parts = [unit.pk] if unit.level >= Level.COMMUNITY else ids_below([unit.pk], on_boundaries_of, Level.COMMUNITY)
    steps = _steps_to(parts)
    involved = {unit.pk, *parts, *(step.source for step in steps)}
    ground = Ground(
        unit=unit,
        parts=parts,
        steps=steps,
        day=on_boundaries_of,
        broken_on=_later_changes(parts, on_boundaries_of),
        opened=dict(Unit.objects.filter(pk__in=involved).values_list("pk", "opened_on")),
    )
    by_year: dict[int, dict[int, Population]] = {}
    for row in latest_revisions(involved, which, until or 2200, since or 1900):
        by_year.setdefault(row.year, {})[row.unit_id] = row
    return [_point(ground, which, year, by_year[year]) for year in sorted(by_year)]


def _later_changes(parts: list[int], day: date) -> date | None:
    """The first day after ``day`` on which people came to one of the units or left it."""
    sql = """SELECT min(c.effective_on) FROM territory_descent d JOIN territory_unitchange c ON c.id = d.change_id
    WHERE c.effective_on > %(day)s AND (d.source_id = ANY(%(ids)s) OR d.target_id = ANY(%(ids)s))"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": parts, "day": day})
        found: date | None = cursor.fetchone()[0]
        return found


def _point(ground: Ground, which: Which, year: int, figures: dict[int, Population]) -> Point:
    unit, year_end = ground.unit, date(year, 12, 31)
    if ground.broken_on is not None and ground.broken_on <= year_end:
        return Point(year, None)  # nobody knows how the later figure divides over the earlier boundaries
    weights = weights_back(ground.parts, ground.steps, year_end, ground.day, ground.opened)
    restated = set(weights) != set(ground.parts)
    estimated = any(weight not in (0, 1) for weight in weights.values())
    if weights and all(pk in figures for pk in weights):
        total = sum((getattr(figures[pk], which) * weight for pk, weight in weights.items()), Decimal(0))
        sources = tuple(sorted({figures[pk].source for pk in weights}))[:20]
        return Point(year, int(total.quantize(Decimal(1), ROUND_HALF_EVEN)), estimated, restated, sources)
    if unit.level < Level.COMMUNITY and unit.pk in figures and _same_ground(unit, year_end, weights):
        own = figures[unit.pk]
        return Point(year, getattr(own, which), False, restated, (own.source,))
    return Point(year, None, restated=restated)


def _same_ground(unit: Unit, year_end: date, weights: Weights) -> bool:
    """Whether the unit was made of just these communities, whole, at the end of the year."""
    whole = {pk for pk, weight in weights.items() if weight == 1}
    return whole == set(weights) and whole == set(ids_below([unit.pk], year_end, Level.COMMUNITY))
