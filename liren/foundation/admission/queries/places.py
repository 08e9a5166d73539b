"""The communities that something concerns, by their streets: of thousands a page shows the streets, with numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from liren.foundation.territory.models import Unit

#: So many streets, so many communities of one street, and so many names in all stand on one page.
STREETS, OF_ONE, NAMES = 60, 30, 400
#: Up to so many communities there is nothing to fold or to search.
FEW = 12


@dataclass(slots=True)
class Street:
    """A street or town: how many of its communities are concerned, and the first of them."""

    unit: Unit | None
    number: int
    communities: list[Unit] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.number - len(self.communities)


@dataclass(frozen=True, slots=True)
class Concerned:
    """How many communities in all, how many of them were searched for (``q``), and the streets of these."""

    total: int
    found: int
    streets: list[Street]
    q: str = ""

    @property
    def more(self) -> int:
        """Communities in streets that are not shown."""
        return self.found - sum(one.number for one in self.streets)

    @property
    def is_long(self) -> bool:
        return self.total > FEW

    @property
    def few(self) -> list[Unit]:
        """All of them, where they are few."""
        return [one for street in self.streets for one in street.communities]


def by_street(units: QuerySet[Unit], q: str = "") -> Concerned:
    """Communities by street, those that fit a name or the beginning of a code. Four statements, however many."""
    total = units.count()
    fits = Q(name_zh__icontains=q) | Q(name_en__icontains=q) | Q(code__startswith=q)
    hits = (units.filter(fits) if q else units).order_by()
    numbers = list(hits.values_list("parent_id").annotate(n=Count("pk")).order_by("parent__code")[: STREETS + 1])
    found = total if not q else sum(n for _pk, n in numbers) if len(numbers) <= STREETS else hits.count()
    parents = Unit.objects.in_bulk([pk for pk, _n in numbers[:STREETS] if pk])
    streets = {pk: Street(parents.get(pk), n) for pk, n in numbers[:STREETS]}
    place = Window(RowNumber(), partition_by=F("parent_id"), order_by=F("code").asc())
    named = hits.filter(parent_id__in=list(parents)).annotate(place=place).filter(place__lte=OF_ONE)
    for one in named.order_by("parent__code", "code")[:NAMES]:
        streets[one.parent_id].communities.append(one)
    return Concerned(total, found, list(streets.values()), q)
