"""Counts of people with their source and day: the only denominators used anywhere (R033)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import QuerySet

from liren.foundation.kernel.suppression import published, suppress
from liren.foundation.territory.models import Level, Population, Unit, UnitSpan
from liren.foundation.territory.queries.tree import children, ids_below

Which = Literal["households", "residents", "urban_residents"]
WHICH: tuple[Which, ...] = ("households", "residents", "urban_residents")


@dataclass(frozen=True)
class Denominator:
    """A count to divide by. ``value`` is None when it is unknown; nobody guesses.

    ``is_sum``: added up from the ``of`` communities below, of which ``missing`` have given no figure (then no value).
    """

    value: int | None
    year: int
    which: Which
    sources: tuple[str, ...] = ()
    published_on: date | None = None
    is_sum: bool = False
    missing: int = 0
    of: int = 0


def latest_revisions(unit_ids: Iterable[int], which: Which, until: int, since: int = 1900) -> QuerySet[Population]:
    """For each unit and year the newest revision that says something about ``which``."""
    rows = Population.objects.filter(unit_id__in=list(unit_ids), year__range=(since, until))
    return rows.exclude(**{which: None}).order_by("unit_id", "year", "-revision").distinct("unit_id", "year")


def denominator(unit: Unit, year: int, which: Which) -> Denominator:
    """The unit's own figure at the end of the year, else the sum of its communities' figures of that year."""
    own = latest_revisions([unit.pk], which, year, year).first()
    if own is not None:
        return Denominator(getattr(own, which), year, which, (own.source,), own.published_on)
    if unit.level >= Level.COMMUNITY:
        return Denominator(None, year, which)
    ids = ids_below([unit.pk], date(year, 12, 31), Level.COMMUNITY)
    rows = list(latest_revisions(ids, which, year, year))
    value = sum(getattr(row, which) for row in rows) if ids and len(rows) == len(ids) else None
    sources = tuple(sorted({row.source for row in rows}))[:20]
    newest = max((row.published_on for row in rows), default=None)
    return Denominator(value, year, which, sources, newest, is_sum=True, missing=len(ids) - len(rows), of=len(ids))


def households_on(unit_ids: Iterable[int], day: date) -> dict[int, int]:
    """Households by unit: the newest figure of the year before the day, or of an earlier one."""
    rows = latest_revisions(unit_ids, "households", day.year - 1)
    return {row.unit_id: row.households or 0 for row in rows}  # later years overwrite earlier ones


def populations(unit: Unit, *, limit: int = 100) -> list[Population]:
    """The unit's own figures, newest year and newest revision first."""
    return list(Population.objects.filter(unit=unit).order_by("-year", "-revision")[:limit])


@dataclass(frozen=True)
class Published:
    """A count made fit for publication: None with ``hidden`` where it could single out a person (R378)."""

    unit_id: int
    value: int | None
    hidden: bool = False


def published_count(value: int | None) -> int | None:
    """One count that stands alone."""
    return None if value is None else published(value)


def published_children(unit: Unit, year: int, which: Which, on: date | None = None) -> list[Published]:
    """The children's counts beside the unit's total: so many are hidden that the total gives none of them away."""
    units = children(unit, on)
    rows = {row.unit_id: getattr(row, which) for row in latest_revisions([u.unit_id for u in units], which, year, year)}
    known = [u.unit_id for u in units if u.unit_id in rows]
    shown = dict(zip(known, suppress([rows[pk] for pk in known]), strict=True))
    return [Published(u.unit_id, shown.get(u.unit_id), u.unit_id in rows and shown[u.unit_id] is None) for u in units]


def hidden_beside(unit: Unit, since: int, until: int) -> dict[tuple[Which, int], set[int]]:
    """For each kind of count and year the units beside this one, itself included, whose counts stay hidden (R378).

    Each of them has a page, and their parent's total has one too: whoever subtracts all that is shown from the total
    must not find a small count. Units that ended are asked too: their years are still shown.
    """
    beside = Unit.objects.filter(parent=unit.parent_id, level=unit.level).values("pk")
    rows = Population.objects.filter(unit__in=beside, year__range=(since, until)).order_by("revision")
    found: dict[tuple[Which, int], dict[int, int]] = {}
    for row in rows.only("unit_id", "year", *WHICH):
        for which in WHICH:
            count = getattr(row, which)
            if count is not None:  # a later revision overwrites
                found.setdefault((which, row.year), {})[row.unit_id] = count
    return {key: _hidden(counts) for key, counts in found.items()}


def _hidden(counts: dict[int, int]) -> set[int]:
    shown = suppress(list(counts.values()))
    return {unit_id for unit_id, count in zip(counts, shown, strict=True) if count is None}


YEARS_BACK = 5  # an older count says too little about today to divide by


def denominators_on(day: date, which: Which) -> dict[int, Denominator]:
    """For every unit the count to divide by on a day: of the newest year that is over and for which there is one.

    As ``denominator`` says it for one unit: the unit's own figure, else the sum of its communities' if each has one. At
    most five years back; a unit without any is left out. Few queries, whatever the number of units.
    """
    found: dict[int, Denominator] = {}
    for year in range(day.year - 1, day.year - 1 - YEARS_BACK, -1):
        for unit_id, one in _of_year(year, which).items():
            found.setdefault(unit_id, one)
    return found


def _of_year(year: int, which: Which) -> dict[int, Denominator]:
    rows = Population.objects.filter(year=year).exclude(**{which: None}).order_by("unit_id", "-revision")
    own = {row.unit_id: row for row in rows.distinct("unit_id")}
    if not own:
        return {}
    sums = _sums(year, which, own)
    known = {
        pk: Denominator(getattr(row, which), year, which, (row.source,), row.published_on) for pk, row in own.items()
    }
    return {**sums, **known}


def _sums(year: int, which: Which, own: dict[int, Population]) -> dict[int, Denominator]:
    """Above communities: sums over those that hung there at the end of the year, where each has a figure."""
    spans = UnitSpan.objects.filter(during__contains=date(year, 12, 31)).order_by()
    above: dict[int, int | None] = {}
    communities: list[int] = []
    for unit_id, parent_id, level in spans.values_list("unit_id", "parent_id", "level"):
        above[unit_id] = parent_id
        if level == Level.COMMUNITY:
            communities.append(unit_id)
    below: dict[int, list[int]] = {}
    for unit_id in communities:
        parent = above.get(unit_id)
        while parent is not None:
            below.setdefault(parent, []).append(unit_id)
            parent = above.get(parent)
    return {pk: _sum(ids, year, which, own) for pk, ids in below.items() if all(one in own for one in ids)}


def _sum(ids: list[int], year: int, which: Which, own: dict[int, Population]) -> Denominator:
    rows = [own[pk] for pk in ids]
    sources = tuple(sorted({row.source for row in rows}))[:20]
    value = sum(getattr(row, which) for row in rows)
    newest = max(row.published_on for row in rows)
    return Denominator(value, year, which, sources, newest, is_sum=True, of=len(ids))
