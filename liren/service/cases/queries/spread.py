"""In how many communities a type of case is really used, as regulations ask; communities and villages apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from liren.foundation.territory.models import Kind, Level, Unit
from liren.service.cases.models import MonthFigure
from liren.service.cases.models.declared import DeclaredType
from liren.service.cases.queries import items

#: Among fewer communities it could be guessed in which of them somebody asked for what is not public.
LEAST = 5


@dataclass(frozen=True)
class Spread:
    """Communities in which a case of the type was closed, of all there are; and the villages among both."""

    reached: int
    there: int
    villages_reached: int
    villages: int


def spread_of(unit: Unit, *, types: Sequence[DeclaredType], until: date, months: int = 12) -> dict[int, Spread]:
    """By type, over the months up to one. Two queries, whatever the number of types, and two for each that is applied
    for by a catalogue: there a community counts where something in force stands in it, kept there or above (R037).

    Nothing for sealed types, for a community itself, and where there are few communities. Which of them it were is not
    told, nor how many cases: one closed case counts like a hundred.
    """
    wanted = [one.pk for one in types if one.spec.confidentiality != "sealed"]
    if not wanted or unit.level >= Level.COMMUNITY:
        return {}
    here = Unit.objects.filter(path__startswith=unit.path, level=Level.COMMUNITY, closed_on=None)
    there = dict(here.order_by().values_list("kind").annotate(n=Count("pk")))
    if sum(there.values()) < LEAST:
        return {}
    year, month = divmod(until.year * 12 + until.month - months, 12)
    rows = MonthFigure.objects.filter(unit__in=here, type__in=wanted, category="", closed__gt=0)
    rows = rows.filter(month__gte=date(year, month + 1, 1), month__lte=until).order_by()
    for one in types:
        for code in {field.register for field in one.spec.intake_fields if field.kind == "entry"}:
            rows = rows.filter(~Q(type=one.pk) | Q(unit__in=_served(here, unit, code)))
    found: dict[int, dict[str, int]] = {pk: {} for pk in wanted}
    for pk, kind, n in rows.values_list("type_id", "unit__kind").annotate(n=Count("unit_id", distinct=True)):
        found[pk][kind] = n
    village = Kind.VILLAGE.value
    whole = (sum(there.values()), there.get(village, 0))
    return {pk: Spread(sum(by.values()), whole[0], by.get(village, 0), whole[1]) for pk, by in found.items()}


def _served(here: QuerySet[Unit], unit: Unit, code: str) -> QuerySet[Unit]:
    """Of these communities those in which somebody finds an entry of the register in force."""
    entries = items.entries_in_force(code)
    if entries.filter(unit__in=unit.path_ids).exists():
        return here
    below = Unit.objects.filter(path__startswith=unit.path, level__lte=Level.COMMUNITY, closed_on=None)
    keepers = set(below.filter(Exists(entries.filter(unit=OuterRef("pk")))).values_list("pk", flat=True))
    known = here.only("pk", "path") if keepers else ()
    return here.filter(pk__in=[one.pk for one in known if keepers.intersection(one.path_ids)])
