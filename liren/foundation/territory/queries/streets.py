"""Streets, lanes and their chiefs, as they are published (R034)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q

from liren.foundation.territory.models import Street, StreetChief, Unit


@dataclass(frozen=True)
class StreetEntry:
    """A street with its chief of the day, if one is named."""

    street: Street
    chief: StreetChief | None


def streets_of(
    unit: Unit, on: date, *, below: bool = False, after: tuple[str, int] | None = None, limit: int = 100
) -> list[StreetEntry]:
    """The streets in the care of the unit (``below``: and of all units below it today); page by page, two queries."""
    rows = Street.objects.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on), opened_on__lte=on)
    rows = rows.filter(unit__path__startswith=unit.path) if below else rows.filter(unit=unit)
    if after is not None:
        pinyin, pk = after
        rows = rows.filter(pinyin__gte=pinyin).exclude(pinyin=pinyin, id__lte=pk)
    chiefs = Prefetch("chiefs", StreetChief.objects.filter(during__contains=on), to_attr="chief_today")
    page = rows.select_related("unit").prefetch_related(chiefs).order_by("pinyin", "id")[: min(limit, 500)]
    return [StreetEntry(street, next(iter(street.chief_today), None)) for street in page]
