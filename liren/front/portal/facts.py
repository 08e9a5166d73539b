"""What the portal's pages show, gathered from the queries of the rooms below."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from liren.foundation.kernel.rights import Actor
from liren.foundation.people.queries import grid_team
from liren.foundation.territory import queries
from liren.foundation.territory.models import (
    KINDS,
    Boundary,
    Kind,
    Level,
    Unit,
    UnitSpan,
    Zone,
)
from liren.foundation.territory.queries import places
from liren.front.kit.pages import Page, listed
from liren.front.kit.templatetags.kit import is_chinese, plain_name
from liren.front.portal.forms import today

#: Children shown at once; a street with more communities goes on to a next page.
CHILDREN = 80
#: Legal forms whose numbers a city watches on their own (R025): towns and townships, villages, communities.
WATCHED = (Kind.STREET, Kind.TOWN, Kind.TOWNSHIP, Kind.COMMUNITY, Kind.VILLAGE)


@dataclass(frozen=True)
class People:
    """Population of a unit as it may be published: a small number of people is None."""

    year: int
    source: str
    households: int | None
    residents: int | None
    is_hidden: bool = False
    is_sum: bool = False


@dataclass(frozen=True)
class Compared:
    """One line of the comparison of two days."""

    name: str
    found: queries.CountsBetween
    is_part: bool = False


def chain(unit: Unit, on: dt.date | None = None) -> list[Any]:
    """From the top down to the unit; today's chain on a day without the unit."""
    return list(queries.chain(unit, on) or queries.chain(unit))


def spans(unit: Unit) -> QuerySet[UnitSpan]:
    """Everything the unit was, oldest first."""
    return unit.spans.select_related("parent").order_by("during")


def members(request: HttpRequest, zone: Zone) -> Page[Any]:
    """What lies in the zone today."""

    def fetch(after: Any, limit: int) -> list[Any]:
        return queries.zone_units(zone, today(), after=after[0] if after else 0, limit=limit)

    return listed(request, fetch, lambda row: (row.unit_id,), shape="n", size=CHILDREN)


def streets(request: HttpRequest, unit: Unit) -> Page[Any]:
    """Streets of the unit and of everything below it, each with today's street chief."""

    def fetch(after: Any, limit: int) -> list[Any]:
        return queries.streets_of(unit, today(), below=True, after=after, limit=limit)

    return listed(request, fetch, lambda row: (row.street.pinyin, row.street.pk), shape="tn", size=50)


def unit_page(request: HttpRequest, unit: Unit, on: dt.date | None) -> dict[str, Any]:
    """Everything on the page of a unit, as it is today or stood on a day."""
    day = on or today()
    face = (queries.span_on(unit, on) if on else None) or unit
    exists, children = unit.exists_on(day), parts(request, unit, on)
    return {
        "unit": unit,
        "face": face,
        "on": on,
        "day": day,
        "exists": exists,
        "chain": chain(unit, on),
        "children": children,
        "has_parts": exists and (unit.level < Level.COMPOUND or len(children) > 0),
        "former": former_names(unit, face, day),
        "population": people(unit, day),
        "area_km2": area_km2(unit, day),
        "zones": queries.zones_of(unit.path_ids, day),
        "contacts": queries.service_contacts(unit, day, limit=20),
        "grid": queries.grid_profile(unit, day) if unit.level == Level.GRID else None,
        "team": grid_team(unit, day) if unit.level == Level.GRID else [],
        "management": queries.management(unit, day) if unit.level == Level.COMPOUND else None,
        "may_live_here": unit.level >= Level.COMMUNITY and unit.closed_on is None and on is None,
    }


def parts(request: HttpRequest, unit: Unit, on: dt.date | None) -> Page[Any]:
    """What hangs directly from the unit, page by page."""

    def fetch(after: Any, limit: int) -> list[Any]:
        return list(queries.children(unit, on, after=after, limit=limit))

    return listed(request, fetch, queries.child_key, shape="ntn", size=CHILDREN)


def former_names(unit: Unit, face: Any, day: dt.date) -> list[str]:
    """Names the unit bore until that day, newest first, each once."""
    names = unit.spans.filter(during__startswith__lte=day).order_by("-during").values_list("name_zh", flat=True)
    return [name for name in dict.fromkeys(names) if name != face.name_zh]


def people(unit: Unit, day: dt.date) -> People | None:
    """The unit's newest own figures by that day; for a street or district without any, the sum of last year's below."""
    row = next((one for one in queries.populations(unit) if one.year <= day.year), None)
    if row is not None:
        small = queries.hidden_beside(unit, row.year, row.year)
        households = None if unit.pk in small.get(("households", row.year), set()) else row.households
        residents = None if unit.pk in small.get(("residents", row.year), set()) else row.residents
        hidden = (households, residents) != (row.households, row.residents)
        return People(row.year, row.source, households, residents, hidden)
    return summed(unit, day.year - 1) if Level.CITY <= unit.level < Level.COMMUNITY else None


def summed(unit: Unit, year: int) -> People | None:
    """Added up from the communities below, when each has given its figure."""
    found = [queries.denominator(unit, year, which) for which in ("households", "residents")]
    if all(one.value is None for one in found):
        return None
    source = "; ".join(dict.fromkeys(source for one in found for source in one.sources))
    households, residents = (queries.published_count(one.value) for one in found)
    return People(year, source, households, residents, is_sum=any(one.is_sum for one in found))


def area_km2(unit: Unit, day: dt.date) -> str:
    """Area inside the boundary in square kilometres, two figures after the point; "" when no boundary is known."""
    found = Boundary.objects.filter(unit=unit, during__contains=day).values_list("area_m2", flat=True).first()
    return f"{found / 1_000_000:,.2f}" if found else ""


def roots(actor: Actor) -> list[dict[str, Any]]:
    """The tops of the tree; a single city also with the number of units of each level below."""
    tops = list(Unit.objects.visible_to(actor).filter(parent=None, closed_on=None).order_by("pinyin", "id")[:40])
    if len(tops) != 1:
        return [{"unit": top, "levels": []} for top in tops]
    counts = queries.counts_below(tops[0], today())
    return [{"unit": tops[0], "levels": [{"name": level.label, "count": count} for level, count in counts.items()]}]


def found(request: HttpRequest, q: str, actor: Actor) -> Page[Any]:
    """Units by name, former name, pinyin or code, each with the places it lies in."""

    def fetch(after: Any, limit: int) -> list[Any]:
        return queries.search_units(q, actor, limit=limit, after=after)

    page = listed(request, fetch, lambda hit: hit.key, shape="nntn", size=20)
    above = Unit.objects.only("name_zh", "name_en").in_bulk({pk for hit in page for pk in hit.unit.path_ids})
    rows = [{"hit": hit, "where": where(hit.unit, above)} for hit in page]
    return Page(rows, page.next_query, page.first_query)


def where(unit: Unit, above: dict[int, Unit]) -> str:
    """The chain above a unit in words, from the top."""
    names = [plain_name(above[pk]) for pk in unit.path_ids if pk in above and pk != unit.pk]
    return ("" if is_chinese() else " · ").join(names)


def at(lon: float, lat: float) -> tuple[list[Unit], list[Zone]]:
    """Units that hold the point, the smallest first, and zones over it."""
    return places.units_at(lon, lat), places.zones_at(lon, lat)


def compared(unit: Unit, start: dt.date, end: dt.date) -> list[Compared]:
    """Counts of each level below on two days, with the watched legal forms on their own (R025)."""
    before, after = (queries.counts_below(unit, day) for day in (start, end))
    rows = []
    for level in sorted({*before, *after}):
        counted = queries.CountsBetween(level, start, end, before.get(level, 0), after.get(level, 0))
        rows.append(Compared(str(level.label), counted))
        rows += watched(unit, level, start, end) if unit.level >= Level.CITY else []
    return rows


def watched(unit: Unit, level: Level, start: dt.date, end: dt.date) -> list[Compared]:
    """The legal forms of a level that are watched on their own and existed on either day."""
    forms = [kind for kind in WATCHED if kind in KINDS[level]]
    rows = [(kind, queries.counts_between(unit, level, start, end, kinds=[kind])) for kind in forms]
    return [Compared(str(kind.label), row, is_part=True) for kind, row in rows if row.before or row.after]


def by_year(unit: Unit) -> list[dict[str, Any]]:
    """Residents by year on the boundaries of today, as they may be published."""
    points = queries.series(unit, "residents", on_boundaries_of=today())[-40:]
    first, last = (points[0].year, points[-1].year) if points else (0, 0)
    small = queries.hidden_beside(unit, first, last)
    rows = [{"point": p, "value": of_year(unit, p, small.get(("residents", p.year), set()))} for p in points]
    return rows if any(row["value"] is not None for row in rows) else []


def of_year(unit: Unit, point: queries.Point, hidden: set[int]) -> int | None:
    """The year's count; None where it is small, hidden on its own page, or re-stated while a part of it is hidden."""
    is_hidden = unit.pk in hidden or (point.restated and bool(hidden))
    return None if is_hidden else queries.published_count(point.value)


def last_ten_years() -> dict[str, dt.date]:
    """What the comparison offers at first: this day ten years ago against today."""
    now = today()
    return {"start": now.replace(year=now.year - 10, day=min(now.day, 28)), "end": now}
