"""The page of a unit: what is within 5, 10 and 15 minutes, what is missing first, and why."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Run
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Level, Unit
from liren.front.kit import circles
from liren.front.kit.pages import Page, listed
from liren.front.portal import facts

GENERAL = "general"
#: Parts shown at once.
PARTS = 60


def page(request: HttpRequest, unit: Unit, actor: Actor) -> dict[str, Any]:
    """Everything on the page; without a run of the city, only where one is."""
    run = run_for(unit, request.GET.get("group", ""), actor)
    context: dict[str, Any] = {"unit": unit, "chain": facts.chain(unit), "run": run}
    if run is None:
        return context
    here, seen = nearest_seen(run, unit, actor)
    context |= {"here": here, "seen": seen, "groups": groups(run)}
    if seen is None:
        return context
    return context | shown(request, run, seen, actor)


def shown(request: HttpRequest, run: Run, seen: queries.Seen, actor: Actor) -> dict[str, Any]:
    """The circles of a unit that the run knows; of a larger unit its parts as well."""
    found = circles.sections(seen)
    is_home = seen.unit.level == Level.COMPOUND
    query = f"?group={run.group}"
    return {
        "sections": found,
        "is_home": is_home,
        "lacking": sum(len(one.missing) for one in found) if is_home else 0,
        "had": sum(len(one.there) for one in found) if is_home else 0,
        "unknown": sum(len(one.nowhere) for one in found),
        "standard": queries.standard_of(run),
        "source": circles.says(queries.standard_of(run).source),
        "page": Page([], "", "") if is_home else parts(request, run, seen.unit, actor),
        "map_url": reverse("life-circle-map", args=[seen.unit.code]) + query,
        "ground_url": reverse("unit-geo", args=[seen.unit.code]),
        "legend": circles.legend(),
        "handled": [(one, circles.line(run, one.cell, by_bicycle=seen.by_bicycle)) for one in near_home(seen)],
    }


def near_home(seen: queries.Seen) -> list[queries.HandledNear]:
    """Matters that can be handled around the unit today."""
    return queries.handled_near(seen, day=timezone.localdate())


def run_for(unit: Unit, group: str, actor: Actor) -> Run | None:
    """The newest run of the unit's city for a group; an unknown group is everybody."""
    city = queries.city_above(unit)
    if city is None:
        return None
    codes = queries.groups_of(city)
    chosen = group if group in codes else GENERAL if GENERAL in codes else codes[0]
    return queries.latest_run(city, group=chosen, actor=actor)


def groups(run: Run) -> list[dict[str, Any]]:
    """The groups as links."""
    return circles.group_links(run, queries.groups_of(run.city), queries.standard_of(run))


def nearest_seen(run: Run, unit: Unit, actor: Actor) -> tuple[Unit, queries.Seen | None]:
    """What the run found at the unit, or at the smallest place around it that the run knows (a grid's community)."""
    around = Unit.objects.in_bulk(unit.path_ids)
    for pk in reversed(unit.path_ids):
        found = queries.seen(run, around[pk], actor=actor)
        if found is not None:
            return around[pk], found
    return unit, None


def parts(request: HttpRequest, run: Run, unit: Unit, actor: Actor) -> Page[Any]:
    """The parts of a unit: compounds with how much each lacks, larger parts with their shares."""
    if unit.level == Level.COMMUNITY:
        found = circles.compounds(run, unit, actor=actor)
        return Page(sorted(found, key=lambda one: (-len(one.missing), one.unit.pinyin, one.unit.pk)), "", "")

    def fetch(after: Any, limit: int) -> list[queries.Below]:
        return queries.below(run, unit, actor=actor, after=after, limit=limit)[0]

    return listed(request, fetch, lambda row: (row.unit.pinyin, row.unit.pk), shape="tn", size=PARTS)
