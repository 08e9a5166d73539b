"""What the portal's pages show, gathered from the queries of the rooms below."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest

from liren.foundation.kernel.rights import Actor, as_actor
from liren.foundation.kernel.suppression import published
from liren.foundation.territory import queries
from liren.foundation.territory.models import Boundary, Level, ServiceContact, Street, StreetChief, Unit, UnitSpan, Zone
from liren.front.kit.pages import Page, keyset
from liren.front.portal.forms import today

#: Children shown at once; a street with more communities goes on to a next page.
CHILDREN = 80


@dataclass(frozen=True)
class People:
    """Population of a unit as it may be published: small numbers of people are None."""

    year: int
    source: str
    households: int | None
    residents: int | None
    is_hidden: bool


def chain(unit: Unit, on: dt.date | None = None) -> list[Any]:
    """From the top down to the unit."""
    return list(queries.chain(unit, on=on))


def spans(unit: Unit) -> QuerySet[UnitSpan]:
    """Everything the unit was, oldest first."""
    return unit.spans.select_related("parent").order_by("during")


def zones() -> QuerySet[Zone]:
    """Zones that exist today."""
    return Zone.objects.filter(during__contains=today()).order_by("slug")


def members(request: HttpRequest, zone: Zone) -> Page[Any]:
    """What lies in the zone today."""
    rows = zone.memberships.filter(during__contains=today()).select_related("unit")
    return keyset(request, rows, key="id")


def streets(request: HttpRequest, unit: Unit) -> Page[Street]:
    """Streets of the unit and of everything below it, each with today's street chief."""
    now = Prefetch("chiefs", StreetChief.objects.filter(during__contains=today()), to_attr="now")
    rows = Street.objects.filter(unit__path__startswith=unit.path, closed_on=None).prefetch_related(now)
    page = keyset(request, rows, key="id")
    for street in page.rows:
        street.chief = street.now[0] if street.now else None  # type: ignore[attr-defined]  # shown by the template
    return page


def unit_page(request: HttpRequest, unit: Unit, on: dt.date | None) -> dict[str, Any]:
    """Everything on the page of a unit, as it is today or stood on a day."""
    day = on or today()
    face = queries.face(unit, on) if on else unit
    return {
        "unit": unit,
        "face": face or unit,
        "on": on,
        "exists": unit.exists_on(day),
        "chain": chain(unit, on if face else None),
        "children": keyset(request, queries.children(unit, on=on), size=CHILDREN),
        "has_children_level": unit.level < Level.GRID,
        "former": former_names(unit, face or unit),
        "population": people(unit, day),
        "area_km2": area_km2(unit, day),
        "zones": [row.zone for row in unit.zone_memberships.filter(during__contains=day).select_related("zone")],
        "contacts": ServiceContact.objects.filter(unit=unit, during__contains=day),
    }


def former_names(unit: Unit, face: Any) -> list[str]:
    """Names the unit bore before, newest first, each once."""
    names = [span.name_zh for span in unit.spans.order_by("-during")]
    return [name for name in dict.fromkeys(names) if name != face.name_zh]


def people(unit: Unit, day: dt.date) -> People | None:
    """The latest population known on the day."""
    row = unit.populations.filter(year__lte=day.year).order_by("-year", "-revision").first()
    if row is None:
        return None
    households, residents = (None if n is None else published(n) for n in (row.households, row.residents))
    hidden = (households, residents) != (row.households, row.residents)
    return People(row.year, row.source, households, residents, hidden)


def area_km2(unit: Unit, day: dt.date) -> str:
    """Area inside the boundary in square kilometres, two figures after the point; "" when no boundary is known."""
    found = Boundary.objects.filter(unit=unit, during__contains=day).values_list("area_m2", flat=True).first()
    return f"{found / 1_000_000:,.2f}" if found else ""


def roots(actor: Actor) -> list[dict[str, Any]]:
    """The tops of the tree with the number of units of each level below."""
    tops = Unit.objects.visible_to(actor).filter(parent=None, closed_on=None).order_by("pinyin")[:3]
    return [{"unit": top, "levels": levels_below(top)} for top in tops]


def levels_below(unit: Unit) -> list[dict[str, Any]]:
    """How many units of each level stand below today."""
    return [{"name": Level(level).label, "count": count} for level, count in queries.level_counts(unit)]


def found(request: HttpRequest, q: str, actor: Actor) -> Page[Any]:
    """Units by name, former name, pinyin or code."""
    return queries.search_units(q, actor)


def at(lon: float, lat: float, actor: Actor) -> tuple[list[Unit], list[Zone]]:
    """Units that hold the point, from the largest to the smallest, and zones over it."""
    units = queries.units_at(lon, lat)
    return units, []


def compared(unit: Unit, start: dt.date, end: dt.date) -> list[dict[str, Any]]:
    """Counts of each level below on two days (R025)."""
    levels = [level for level in Level if level > unit.level]
    return [row for level in levels if (row := _row(level, queries.counts_between(unit, level, start, end)))]


def _row(level: Level, found: Any) -> dict[str, Any] | None:
    return {"name": level.label, "start": found.start, "end": found.end} if found else None


def last_ten_years() -> dict[str, dt.date]:
    """What the comparison offers at first: this day ten years ago against today."""
    now = today()
    return {"start": now.replace(year=now.year - 10, day=min(now.day, 28)), "end": now}


def actor_of(request: HttpRequest) -> Actor:
    """The visitor as an actor."""
    return as_actor(request.user)
