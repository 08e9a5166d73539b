"""What is missing where, the most people first, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from liren.development.lifecircle.models import Cause, Gap, Run
from liren.development.lifecircle.queries import days
from liren.development.lifecircle.queries.runs import standard_of
from liren.development.lifecircle.queries.seeing import DS_A_MINUTE, hidden_among, sees_all
from liren.development.lifecircle.standard.spec import Category
from liren.foundation.territory.models import Unit

MOST = 500
Keyset = tuple[int, int]  # people, id of the last gap that was shown


def recorded_gaps(run: Run) -> QuerySet[Gap]:
    """Gaps of a run but for what is on record nowhere in the city."""
    return Gap.objects.filter(run=run).exclude(category__in=run.unrecorded)


@dataclass(frozen=True)
class GapSeen:
    """A compound that does not reach a category: ``over_minutes`` beyond its circle's limit (None: no way there)."""

    unit: Unit
    category: Category
    people: int | None
    over_minutes: float | None
    cause: Cause


@dataclass(frozen=True)
class GapPage:
    """A page of gaps; ``after`` is the key of the next one, None on the last."""

    rows: list[GapSeen]
    after: Keyset | None


def gaps(
    run: Run,
    *,
    actor: Any = None,
    unit: Unit | None = None,
    category: str = "",
    circle: str = "",
    after: Keyset | None = None,
    limit: int = 50,
) -> GapPage:
    """Gaps of a run, in a part of the city, of one category or circle. Small numbers of people are hidden.

    What the whole city has no place of is in the list only where it is asked for by its category: it would fill the
    first pages with every compound, and nobody is said to lack it.
    """
    standard = standard_of(run)
    rows = Gap.objects.filter(run=run) if category else recorded_gaps(run)
    if unit is not None and (ids := days.within(run, unit)) is not None:
        rows = rows.filter(unit__in=ids)
    if circle:
        rows = rows.filter(category__in=[one.code for one in standard.categories if one.circle == circle])
    if category:
        rows = rows.filter(category=category)
    if after is not None:
        rows = rows.filter(Q(people__lt=after[0]) | Q(people=after[0], pk__gt=after[1]))
    most = min(limit, MOST)
    found = list(rows.select_related("unit").order_by("-people", "pk")[: most + 1])
    hidden = hidden_among(run, [one.unit for one in found[:most]], actor=actor)
    units = days.as_then(run.day, [one.unit for one in found[:most]])
    seen = [
        _seen(one, units[one.unit_id], standard.category(one.category), one.unit_id in hidden) for one in found[:most]
    ]
    last = found[most - 1] if len(found) > most else None
    return GapPage(seen, None if last is None else (last.people, last.pk))


def _seen(one: Gap, unit: Unit, category: Category | None, is_hidden: bool) -> GapSeen:
    assert category is not None  # noqa: S101  the run went by this very standard
    over = None if one.over_ds is None else one.over_ds / DS_A_MINUTE
    return GapSeen(unit, category, None if is_hidden else one.people, over, Cause(one.cause))


@dataclass(frozen=True)
class CategoryGap:
    """A category of a run: people who do not reach it, and in how many compounds.

    For the public in tens, so that no small number follows from it beside the list.
    """

    category: Category
    people: int
    compounds: int


def by_category(run: Run, *, actor: Any = None, unit: Unit | None = None) -> list[CategoryGap]:
    """For each category with gaps how many people it fails, the most first; of what is on record in the city."""
    standard, whole = standard_of(run), sees_all(actor, run.city)
    rows = recorded_gaps(run)
    if unit is not None and (ids := days.within(run, unit)) is not None:
        rows = rows.filter(unit__in=ids)
    found = {}
    for code, people in rows.order_by().values_list("category").annotate(people=Sum("people")):
        found[code] = people
    counts = _compounds(rows)
    seen = [(standard.category(code), people, counts[code]) for code, people in found.items()]
    made = [CategoryGap(one, people if whole else round(people, -1), many) for one, people, many in seen if one]
    return sorted(made, key=lambda one: (-one.people, one.category.code))


def _compounds(rows: Any) -> dict[str, int]:
    return dict(rows.order_by().values_list("category").annotate(many=Count("pk")))
