"""A planned estate is checked; what was asked and what was found are kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from liren.development.lifecircle.engine import LifeCircleError
from liren.development.lifecircle.engine.measure import distance_m
from liren.development.lifecircle.models import EstateCheck, Run
from liren.development.lifecircle.models.declared import spec_of, standard
from liren.development.lifecircle.queries.asking import cities
from liren.development.lifecircle.reckoning.estates import Estate, Norms, Phase, check, month
from liren.development.lifecircle.reckoning.inputs import digest_of
from liren.development.lifecircle.services.checks import locked, next_number
from liren.development.lifecircle.services.runs import CODE_VERSION
from liren.development.lifecircle.spoken import explained
from liren.development.lifecircle.standard.spec import Estates
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.policy import queries as policy
from liren.foundation.territory.models import Kind, Level, Unit
from liren.foundation.territory.queries import units_at

MOST_HOUSEHOLDS, MOST_PEOPLE, MOST_AREA, MOST_PHASES, NAME = 200_000, 1_000_000, 10_000_000, 12, 100
#: A place without an outline around it belongs to the community of a compound at most so far away.
NEIGHBOUR_M = 2000.0


@dataclass(frozen=True)
class Plan:
    """An estate as it was entered. ``register_number``: the entry of the register of new estates that it is."""

    name: str
    lon: float
    lat: float
    households: int
    people: int
    phases: tuple[Phase, ...]
    own: tuple[str, ...] = ()
    register_number: int | None = None


def check_estate(run: Run, plan: Plan, *, by: Actor, at: datetime) -> EstateCheck:
    """Hold a planned estate against a run, by the numbers that documents set at its place on the run's day.

    Raises:
        NotAllowed. BadInput: a plan that can't be meant, or a place outside the city or far from every way.
        Conflict: the run's inputs have changed since.
    """
    require(by, "lifecircle.run", run.city)
    _must_be_meant(run, plan)
    unit = _unit_of(run, plan)
    declared, rules = spec_of(run.standard), _rules(run)
    norms, told = norms_at(rules, unit, run.day)
    rural = unit.kind == Kind.VILLAGE and run.cycle_network_id is not None
    estate = Estate(plan.lon, plan.lat, rural, plan.households, plan.people, plan.phases, plan.own)
    try:
        found = check(cities.of(run), declared, rules, estate, norms)
    except LifeCircleError as error:
        raise BadInput(explained(error)) from error
    asked = {**asdict(replace(plan, name=_named(plan.name))), "norms": told, "by_bicycle": rural, "unit": unit.code}
    return _written(run, unit, asked, found.told(), by=by, at=at)


def _rules(run: Run) -> Estates:
    """By what estates are checked: as the run's standard says, else as the one in force does."""
    rules = spec_of(run.standard).estates or standard(spec_of(run.standard).code).spec.estates
    if rules is None:
        raise BadInput(
            _("The standard of this run says nothing of new estates."),
            next_step=_("Load packs that declare it, then ask for a new run."),
        )
    return rules


def norms_at(rules: Estates, unit: Unit, day: date) -> tuple[Norms, dict[str, Any]]:
    """The numbers that documents set at a place, and where each of them stands."""
    codes = [rules.per_people, rules.least, rules.per_households, *(parameter for _code, parameter in rules.always)]
    known = policy.parameters_at(codes, unit, on=day)
    units = {rules.per_people: "m2_per_1000_people", rules.least: "m2", rules.per_households: "m2_per_100_households"}
    numbers = {code: float(known[code].quantity.to(name).value) for code, name in units.items() if code in known}
    always = tuple(category for category, parameter in rules.always if parameter in known)
    told = {
        code: {"value": str(one.quantity.value), "unit": one.quantity.unit.code, "is_draft": one.is_draft,
               "provision": one.parameter.provision_key}
        for code, one in known.items()
    }  # fmt: skip
    per_people, least, per_households = (numbers.get(code) for code in units)
    return Norms(per_people, least, per_households, always), told


def _must_be_meant(run: Run, plan: Plan) -> None:
    if not _named(plan.name):
        raise BadInput(_("Give the estate a name of at most %(most)d characters.") % {"most": NAME})
    whole = {
        _("households"): (plan.households, MOST_HOUSEHOLDS),
        _("people"): (plan.people, MOST_PEOPLE),
    }
    for what, (number, most) in whole.items():
        if not 1 <= number <= most:
            raise BadInput(_("The number of %(what)s lies between 1 and %(most)d.") % {"what": what, "most": most})
    if not (abs(plan.lon) <= 180 and abs(plan.lat) <= 90):
        raise BadInput(_("A place is given as longitude and latitude in degrees."))
    unknown = sorted(set(plan.own) - set(run.categories))
    if unknown:
        raise BadInput(_("There is no category “%(code)s” in this run.") % {"code": unknown[0][:40]})
    _phases_must_be_meant(plan)


def _phases_must_be_meant(plan: Plan) -> None:
    if not 1 <= len(plan.phases) <= MOST_PHASES:
        raise BadInput(_("An estate is built in 1 to %(most)d phases.") % {"most": MOST_PHASES})
    if any(one.households < 0 or not 0 <= one.area_m2 <= MOST_AREA for one in plan.phases):
        raise BadInput(_("Households and area of a phase are whole numbers from 0."))
    if sum(one.households for one in plan.phases) != plan.households:
        raise BadInput(_("The households of the phases do not add up to those of the estate."))
    before = None
    for one in plan.phases:
        starts, ends = month(one.starts), month(one.ends)
        if (one.starts and starts is None) or (one.ends and ends is None):
            raise BadInput(_("Write months as 2027-03."))
        if starts and ends and ends < starts:
            raise BadInput(_("A phase ends after it begins."))
        if before and ends and ends < before:
            raise BadInput(_("Phases stand in the order in which they are handed over."))
        before = ends or before


def _named(name: str) -> str:
    said = " ".join(name.split())
    return said if len(said) <= NAME and said.isprintable() else ""


def _unit_of(run: Run, plan: Plan) -> Unit:
    """The community in which the place lies; where it has no outline, that of the nearest compound."""
    around = [one for one in units_at(plan.lon, plan.lat) if one.level <= Level.COMMUNITY]
    if around and not around[0].path.startswith(run.city.path):
        raise BadInput(_("The place does not lie in %(city)s.") % {"city": run.city.name})
    if around and around[0].level == Level.COMMUNITY:
        return around[0]
    compounds = cities.of(run).inputs.compounds
    metres = distance_m(
        compounds.lon, compounds.lat, np.full(len(compounds), plan.lon), np.full(len(compounds), plan.lat)
    )
    if not metres.min() <= NEIGHBOUR_M:
        raise BadInput(_("The place does not lie in %(city)s.") % {"city": run.city.name})
    compound = Unit.objects.select_related("parent").get(code=compounds.codes[int(metres.argmin())])
    return compound.parent or run.city


def _written(
    run: Run, unit: Unit, asked: dict[str, Any], found: dict[str, Any], *, by: Actor, at: datetime
) -> EstateCheck:
    with transaction.atomic():
        locked(run.city)
        made = EstateCheck.objects.create(
            run=run,
            number=next_number(EstateCheck.objects.filter(run=run), "number"),
            unit=unit,
            **{key: asked[key] for key in ("name", "lon", "lat", "households", "people", "register_number")},
            asked=asked,
            found=found,
            passes=found["passes"],
            digest=digest_of(run.result_digest, asked, found),
            code_version=CODE_VERSION,
            made_by=by.label,
            made_at=at,
        )
        facts = {"number": made.number, "run": run.number, "passes": made.passes}
        audit.record("lifecircle.estate", made, by=by, at=at, unit_id=unit.pk, **facts)
    return made
