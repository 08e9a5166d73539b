"""Checks of planned estates for programs: those of the public register, and all of them for planners."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Cause, EstateCheck
from liren.front.api import lifecircle as circle
from liren.front.api import lifecircle_shapes as shapes
from liren.front.api.endpoints import Asked, Endpoint
from liren.front.api.reading import LIMIT
from liren.front.api.registers import both


def estates(asked: Asked, code: str) -> shapes.EstateChecks:
    unit = circle.unit_of(asked, code)
    after = int(asked["after"].split("-")[1]) if asked["after"] else 0
    found = queries.estates(unit, actor=asked.actor, after=after, limit=asked["limit"] + 1)
    page = found[: asked["limit"]]
    following = asked.after(f"0-{page[-1].pk}") if len(found) > len(page) else None
    return {"estates": [estate(asked, one) for one in page], "next": following}


def estate(asked: Asked, one: EstateCheck) -> shapes.EstateCheck:
    found = one.found
    return {
        "id": one.pk,
        "name": one.name,
        "unit": one.unit.code,
        "lon": one.lon,
        "lat": one.lat,
        "households": one.households,
        "people": one.people,
        "register_number": one.register_number,
        "run": circle.run(asked, one.run),
        "passes": one.passes,
        "per_100_households_m2": found["per_100_households_m2"],
        "due_m2": found["due_m2"],
        "planned_m2": found["planned_m2"],
        "lacking_m2": found["lacking_m2"],
        "phases": found["phases"],
        "services": [service(one, each) for each in found["services"]],
        "made_on": one.made_at.date().isoformat(),
        "digest": one.digest,
    }


def service(one: EstateCheck, found: dict[str, Any]) -> shapes.EstateService:
    category = queries.standard_of(one.run).category(found["code"])
    time = found["time_ds"]
    return {
        "code": found["code"],
        "name": both(category.name),  # type: ignore[union-attr,arg-type]  # the words of a standard are those of a register
        "minutes": None if time is None else round(time / 600, 1),
        "straight_m": found["straight_m"],
        "within": found["counts"],
        "cause": circle.cause(Cause(found["cause"])),
        "state": found["state"],
        "phase": found["phase"],
    }


ENDPOINTS = (
    Endpoint(
        "api-life-circle-estates",
        "life-circle/<code:code>/estates/",
        gettext_lazy("Planned estates that were checked: what is near, what is lacking, what is due with which phase."),
        estates,
        shapes.EstateChecks,
        (circle.UNIT,),
        (circle.AFTER, LIMIT),
        guards="lifecircle.view",
        example=circle.a_city,
    ),
)
