"""A check of a planned estate in words: the verdict, area by phase, and service by service what is due when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Cause, EstateCheck
from liren.foundation.kernel.engine.quantities import quantity
from liren.front.kit import circles

#: In this order on the page: what must be done comes first.
ORDER = ("build", "planned", "open", "street", "unrecorded", "there")
STATES = {
    "build": gettext_lazy("Lacking: the estate must build it"),
    "planned": gettext_lazy("The estate builds it"),
    "open": gettext_lazy("Lacking: no rule says who builds it"),
    "street": gettext_lazy("Lacking: the estate alone is too small for it, the street’s plan decides"),
    "unrecorded": gettext_lazy("Not recorded anywhere in the city: not judged"),
    # Translators: 步行范围内已有
    "there": pgettext_lazy("estate", "Within reach already"),
}


@dataclass(frozen=True)
class Line:
    """One service in words: circle, minutes and metres, how many within 5, 10 and 15 minutes, the cause."""

    code: str
    name: str
    circle: str
    time: str
    straight: str
    within: str
    cause: str
    phase: int | None
    is_unverified: bool


@dataclass(frozen=True)
class Section:
    """Services of one state."""

    state: str
    title: str
    lines: list[Line]

    @property
    def has_phase(self) -> bool:
        """Whether any of it is, or would be, due with a phase."""
        return any(one.phase for one in self.lines)


def told(one: EstateCheck) -> dict[str, Any]:
    """Everything on the page of a check."""
    found, standard = one.found, queries.standard_of(one.run)
    lines: dict[str, list[Line]] = {}
    for service in found["services"]:
        lines.setdefault(service["state"], []).append(_line(standard, service))
    return {
        "check": one,
        "sections": [Section(state, str(STATES[state]), lines[state]) for state in ORDER if state in lines],
        "unrecorded": len(lines.get("unrecorded", ())),
        "phases": _phases(one),
        "area": _area(one),
        "by_kind": _by_circle(standard, found["services"]),
        "due": _scales(one),
        "register": queries.estate_register() if one.register_number is not None else None,
        "feature": circles.point(one.lon, one.lat, kind="home", code="", name=one.name),
        "around_url": reverse("desk-circle-map", args=[one.run.city.code]) + f"?run={one.run.number}",
    }


def _line(standard: Any, service: dict[str, Any]) -> Line:
    category = standard.category(service["code"])
    circle = standard.circle(category.circle)
    time, far = service["time_ds"], service["straight_m"]
    return Line(
        code=service["code"],
        name=circles.says(category.name),
        circle=circles.says(circle.name),
        time="—" if time is None else circles.minutes(time / circles.DS_A_MINUTE),
        straight="—" if far is None else circles.metres(far),
        within=" / ".join(map(str, service["counts"])),
        cause=circles.because(Cause(service["cause"])),
        phase=service["phase"],
        is_unverified=category.is_unverified,
    )


def _phases(one: EstateCheck) -> list[dict[str, Any]]:
    """Each phase with what was planned and what is due by its end."""
    pairs = zip(one.asked["phases"], one.found["phases"], strict=True)
    return [{"number": number, **asked, "found": found} for number, (asked, found) in enumerate(pairs, 1)]


def _area(one: EstateCheck) -> list[dict[str, Any]]:
    """The norms, with what they ask for here and where each stands; those that no document sets are said so."""
    found, norms = one.found, one.asked["norms"]
    rules = _rules(one)
    if rules is None:
        return []
    words = {
        rules.per_people: (_("Service rooms for the population"), found["due_people_m2"]),
        rules.least: (_("At least in all"), None),
        rules.per_households: (_("Service area for the households"), found["due_households_m2"]),
    }
    return [_norm(norms.get(code), name, due) for code, (name, due) in words.items()]


def _norm(norm: dict[str, Any] | None, name: str, due: int | None) -> dict[str, Any]:
    if norm is None:
        return {"name": name, "norm": _("No document sets it here."), "due": None, "provision": ""}
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    said = quantity(norm["value"], norm["unit"]).text(language)
    return {"name": name, "norm": f"≥ {said}", "due": due, **norm}


def _rules(one: EstateCheck) -> Any:
    return queries.standard_of(one.run).estates or queries.standard(queries.standard_of(one.run).code).spec.estates


def _scales(one: EstateCheck) -> list[dict[str, Any]]:
    """From how many dwellings on an estate owes the services of a circle."""
    rules, standard = _rules(one), queries.standard_of(one.run)
    return [
        {"name": circles.says(circle.name), "due": due}
        for due in (rules.due if rules is not None else ())
        if (circle := standard.circle(due.circle)) is not None
    ]


def _by_circle(standard: Any, services: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For the chart: of each circle how many services are there, planned and lacking; what is unrecorded is none."""
    rows: dict[str, dict[str, int]] = {}
    for service in services:
        circle = standard.category(service["code"]).circle
        row = rows.setdefault(circle, {"there": 0, "planned": 0, "lacking": 0, "unrecorded": 0})
        state = service["state"]
        row[state if state in row else "lacking"] += 1
    return [{"name": circles.says(standard.circle(code).name), **row} for code, row in rows.items()]
