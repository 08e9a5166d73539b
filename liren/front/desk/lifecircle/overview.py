"""Coverage of a unit and of its parts by population: figures, chart, table, map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Run
from liren.foundation.kernel.reply import show
from liren.foundation.territory.models import Unit
from liren.front.desk.gate import actor_of, desk, may
from liren.front.desk.lifecircle.place import ACTION, Place, place_for
from liren.front.desk.registers.area import area_of
from liren.front.kit import circles
from liren.front.kit.frames import frame_of
from liren.front.kit.pages import Page, listed
from liren.front.kit.templatetags.kit import plain_name

PAGE = "desk/lifecircle/{}.html"
PARTS, MOST_GAPS = 60, 8
#: The nested circles; those that stand alone are in the table of services.
CHARTED = 3


@dataclass(frozen=True)
class Part:
    """A unit below: of each nested circle the average share of services a resident reaches, and who lack nothing."""

    unit: Unit
    people: int | None
    average: list[float | None]
    complete: list[float | None]


@desk(ACTION)
def home(request: HttpRequest) -> HttpResponseBase:
    """The units of the planner's mandates."""
    may(request, ACTION)
    units = area_of(actor_of(request), ACTION).units
    return show(request, PAGE.format("home"), "", {"title": _("Life circle"), "units": units})


@desk(ACTION)
def overview(request: HttpRequest, code: str) -> HttpResponseBase:
    place = place_for(request, code)
    context = place.context(title=_("Coverage by the life circle"))
    return show(request, PAGE.format("overview"), "", context | (worked_out(request, place) if place.run else {}))


def worked_out(request: HttpRequest, place: Place) -> dict[str, Any]:
    """What the run found at the unit and at its parts."""
    run, actor = place.run, actor_of(request)
    assert run is not None  # noqa: S101  the caller has looked
    seen = queries.seen(run, place.unit, actor=actor)
    if seen is None:
        return {"seen": None}
    found = circles.sections(seen)
    return {
        "seen": seen,
        "sections": found,
        "nested": [one for one in found if not one.seen.circle.alone][:CHARTED],
        "page": parts(request, run, place.unit),
        **lacked(run, queries.by_category(run, actor=actor, unit=place.unit)),
        "whole": covered(run) if place.unit.pk == run.city_id else [],
        "everyday": [circles.line(run, one, by_bicycle=False) for one in seen.everyday],
        "legend": circles.legend(),
        "map_url": reverse("desk-circle-map", args=[place.unit.code]) + place.query,
        "ground_url": reverse("unit-geo", args=[place.unit.code]),
    }


def covered(run: Run) -> list[tuple[str, int, int]]:
    """Of each circle in how many communities nobody lacks anything: name, communities, of how many. Circles of which
    nothing is on record say nothing."""
    found, standard = queries.covered(run), queries.standard_of(run)
    known = [(standard.circle(code), many) for code, many in found.by_circle.items() if queries.counted(run, code)]
    return [(circles.says(one.name), many, found.units) for one, many in known if one]


def lacked(run: Run, found: list[queries.CategoryGap]) -> dict[str, Any]:
    """What most residents lack, apart from what the whole city does not have."""
    absent = circles.absent(run)
    return {"gaps": [one for one in found if one.category.code not in absent][:MOST_GAPS]}


def parts(request: HttpRequest, run: Run, unit: Unit) -> Page[Any]:
    """The parts of a unit by name, page by page."""

    def fetch(after: Any, limit: int) -> list[Part]:
        return [
            part(run, one) for one in queries.below(run, unit, actor=actor_of(request), after=after, limit=limit)[0]
        ]

    return listed(request, fetch, lambda row: (row.unit.pinyin, row.unit.pk), shape="tn", size=PARTS)


def part(run: Run, one: queries.Below) -> Part:
    """The shares of a unit put together by circle."""
    standard = queries.standard_of(run)
    codes = [code for code in run.circles if not standard.circle(code).alone][:CHARTED]  # type: ignore[union-attr]  # declared
    average = [mean([one.served_share[k] for k in columns(run, code)]) for code in codes]
    return Part(one.unit, one.people, average, [one.complete_share[run.circles.index(code)] for code in codes])


def columns(run: Run, circle: str) -> list[int]:
    """The places of a circle's categories among the columns of a run, of those that count."""
    return [run.categories.index(code) for code in queries.counted(run, circle)]


def mean(shares: list[float | None]) -> float | None:
    """The average; None where one of them is hidden."""
    known = [one for one in shares if one is not None]
    return sum(known) / len(known) if known and len(known) == len(shares) else None


@desk(ACTION)
def compound_map(request: HttpRequest, code: str) -> HttpResponseBase:
    """The compounds of the unit by how many services they lack, in a frame; heaps where they are many."""
    place, frame = place_for(request, code), frame_of(request.GET.get("bbox", ""))
    found: Any = ([], [])
    if place.run is not None:
        found = circles.on_map(place.run, place.unit, actor=actor_of(request), frame=frame)
    data = circles.collection([feature(one) for one in found[0]], found[1])
    return JsonResponse(data, content_type="application/geo+json")


def feature(one: circles.Compound) -> dict[str, Any]:
    name, many = plain_name(one.unit), len(one.missing)
    says = _("%(name)s: %(n)d missing") % {"name": name, "n": many}
    url = reverse("life-circle", args=[one.unit.code])
    told = {"code": one.unit.code, "name": name, "says": says, "step": one.step, "missing": many, "url": url}
    return circles.point(one.lon, one.lat, kind="compound", **told)
