"""Addresses of the life circle: runs that are done, what one found at a unit, and what is missing where."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Cause, Run
from liren.foundation.kernel.errors import LirenError
from liren.foundation.territory.models import Unit
from liren.front.api import lifecircle_shapes as shapes
from liren.front.api.endpoints import Asked, Endpoint, Part, Query
from liren.front.api.reading import LIMIT, matching
from liren.front.api.registers import NoUnit, both, named
from liren.front.kit.converters import CodeConverter

GENERAL = "general"
UNIT = Part("code", gettext_lazy("Code of a unit: a city, district, street, community or compound."))
CITY = Query(
    "city",
    gettext_lazy("Code of a city or district; all of them when empty."),
    matching(
        re.compile(CodeConverter.regex, re.ASCII),
        gettext_lazy("Write twelve digits, with the tail of a compound or grid."),
    ),
    {"type": "string", "pattern": f"^(?:{CodeConverter.regex})$"},
    "",
)
WORD = r"[a-z][a-z0-9_]{1,39}"
GROUP = Query(
    "group",
    gettext_lazy("At whose pace: a code of the standard, as in /api/life-circle/runs/; “general” when empty."),
    matching(re.compile(WORD), gettext_lazy("Write the code of a group, as in /api/life-circle/runs/.")),
    {"type": "string", "pattern": f"^{WORD}$"},
    GENERAL,
)
CATEGORY = Query(
    "category",
    gettext_lazy("Only this service: a code of the standard."),
    matching(re.compile(WORD), gettext_lazy("Write the code of a service, as in the answer for a unit.")),
    {"type": "string", "pattern": f"^{WORD}$"},
    "",
)
PAIR = r"[0-9]{1,15}-[0-9]{1,18}"
AFTER = Query(
    "after",
    gettext_lazy("Begin after this key; “next” in an answer writes it for you."),
    matching(re.compile(PAIR, re.ASCII), gettext_lazy("Take the address from “next” in the answer before.")),
    {"type": "string", "pattern": f"^{PAIR}$"},
    "",
)


class NoCircle(LirenError):
    """Nothing has been worked out for this unit (404)."""

    status = 404


def unit_of(asked: Asked, code: str) -> Unit:
    """The unit of an address.

    Raises:
        NoUnit: there is none that the caller may see.
    """
    found = Unit.objects.visible_to(asked.actor).filter(code=code).first()
    if found is None:
        raise NoUnit(_("No place of today has this code."), next_step=_("Take the code from the page of the place."))
    return found


def run_for(asked: Asked, unit: Unit) -> Run:
    """The newest run of the unit's city for the group.

    Raises:
        NoCircle: there is none.
    """
    city = queries.city_above(unit)
    found = None if city is None else queries.latest_run(city, group=asked["group"], actor=asked.actor)
    if found is None:
        raise NoCircle(
            _("Nothing has been worked out for this place at this pace."),
            next_step=_("See /api/life-circle/runs/ for what has been."),
        )
    return found


def runs(asked: Asked) -> shapes.CircleRuns:
    rows = Run.objects.visible_to(asked.actor).done().select_related("city", "standard")
    if asked["city"]:
        rows = rows.filter(city__code=asked["city"])
    if asked["after"]:
        rows = rows.filter(pk__lt=int(asked["after"].split("-")[1]))
    found = list(rows.order_by("-pk")[: asked["limit"] + 1])
    page = found[: asked["limit"]]
    following = asked.after(f"0-{page[-1].pk}") if len(found) > len(page) else None
    return {"runs": [run(asked, one) for one in page], "next": following}


def run(asked: Asked, one: Run) -> shapes.CircleRun:
    return {
        "city": one.city.code,
        "number": one.number,
        "group": one.group,
        "on": one.day.isoformat(),
        "standard": queries.standard_of(one).code,
        "code_version": one.code_version,
        "input_fingerprint": one.input_fingerprint,
        "result_digest": one.result_digest,
        "url": asked.url("api-life-circle", one.city.code, group=one.group),
    }


def circle(asked: Asked, code: str) -> shapes.UnitCircle:
    unit = unit_of(asked, code)
    one = run_for(asked, unit)
    seen = queries.seen(one, unit, actor=asked.actor)
    if seen is None:
        raise NoCircle(_("This place was no part of what was worked out"), next_step=_("Ask for its community."))
    return {
        "unit": unit.code,
        "name": named(unit),
        "run": run(asked, one),
        "people": seen.people,
        "compounds": seen.compounds,
        "by_bicycle": seen.by_bicycle,
        "circles": [ring(found) for found in seen.circles],
        "services": [service(cell) for cell in seen.cells],
        "page": asked.url("life-circle", unit.code, group=one.group),
    }


def ring(found: queries.CircleSeen) -> shapes.CircleRing:
    return {
        "code": found.circle.code,
        "name": both(found.circle.name),  # type: ignore[arg-type]  # the words of a standard are those of a register
        "complete_share": rounded(found.complete_share),
        "counted": found.counted,
        "unrecorded": [one.code for one in found.unrecorded],
        "missing": [one.code for one in found.missing],
    }


def service(cell: queries.Cell) -> shapes.CircleService:
    one = cell.category
    return {
        "code": one.code,
        "name": both(one.name),  # type: ignore[arg-type]
        "circle": one.circle,
        "limit_minutes": round(cell.limit_minutes, 1),
        "minutes": None if cell.minutes is None else round(cell.minutes, 1),
        "reached": cell.reached,
        "straight_m": cell.straight_m,
        "radius_m": one.radius_m or None,
        "in_radius": cell.in_radius,
        "within": list(cell.counts),
        "cause": cause(cell.cause),
        "served_share": rounded(cell.served_share),
        "radius_share": rounded(cell.radius_share) if one.radius_m else None,
        "is_unverified": one.is_unverified,
    }


def cause(one: Cause) -> str:
    return "" if one == Cause.NONE else one.name.lower()


def rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def gaps(asked: Asked, code: str) -> shapes.CircleGaps:
    unit = unit_of(asked, code)
    one = run_for(asked, unit)
    people, _dash, row = asked["after"].partition("-")
    after = (int(people), int(row)) if row else None
    found = queries.gaps(
        one, actor=asked.actor, unit=unit, category=asked["category"], after=after, limit=asked["limit"]
    )
    following = None if found.after is None else asked.after(f"{found.after[0]}-{found.after[1]}")
    return {"run": run(asked, one), "gaps": [gap(seen) for seen in found.rows], "next": following}


def gap(seen: queries.GapSeen) -> shapes.CircleGap:
    return {
        "unit": seen.unit.code,
        "name": named(seen.unit),
        "category": seen.category.code,
        "people": seen.people,
        "over_minutes": None if seen.over_minutes is None else round(seen.over_minutes, 1),
        "cause": cause(seen.cause),
    }


def a_city() -> dict[str, str] | None:
    """A city with a run, for the documentation."""
    found: list[Any] = queries.cities_with_runs(limit=1)
    return {"code": found[0].code} if found else None


ENDPOINTS = (
    Endpoint(
        "api-life-circle-runs",
        "life-circle/runs/",
        gettext_lazy("Runs of the life circle that are done, the newest first."),
        runs,
        shapes.CircleRuns,
        queries=(CITY, AFTER, LIMIT),
        guards="lifecircle.view",
    ),
    Endpoint(
        "api-life-circle",
        "life-circle/<code:code>/",
        gettext_lazy("What is within 5, 10 and 15 minutes of a unit, and what is missing."),
        circle,
        shapes.UnitCircle,
        (UNIT,),
        (GROUP,),
        guards="lifecircle.view",
        example=a_city,
    ),
    Endpoint(
        "api-life-circle-gaps",
        "life-circle/<code:code>/gaps/",
        gettext_lazy("What is missing where in a unit, the most residents first."),
        gaps,
        shapes.CircleGaps,
        (UNIT,),
        (GROUP, CATEGORY, AFTER, LIMIT),
        guards="lifecircle.view",
        example=a_city,
    ),
)
