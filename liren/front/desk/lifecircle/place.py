"""Where a planner looks: the unit of the address, the run that holds it, and the links that every page shares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Run, RunState
from liren.foundation.territory import queries as territory
from liren.foundation.territory.models import Level, Unit
from liren.front.desk.gate import actor_of, unit_for
from liren.front.kit import circles

ACTION = "lifecircle.run"
GENERAL = "general"
NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


@dataclass(frozen=True)
class Place:
    """A unit with the run that is looked at; ``run`` is None where nothing has been worked out yet.

    ``home``: the city or district whose runs and networks are listed, None below a district without any.
    """

    unit: Unit
    home: Unit | None
    run: Run | None
    may_ask: bool

    @property
    def query(self) -> str:
        """What keeps the run on the way to another page."""
        return "" if self.run is None else f"?run={self.run.number}"

    def context(self, **more: Any) -> dict[str, Any]:
        """What every page of the room is given; what a part of a page does not show is not asked for."""
        return {
            "place": self,
            "unit": self.unit,
            "chain": cache(lambda: territory.chain(self.unit)),
            "run": self.run,
            "tabs": cache(lambda: tabs(self)),
            "groups": cache(lambda: groups(self.run)),
            "standard": None if self.run is None else queries.standard_of(self.run),
            **more,
        }


def place_for(request: HttpRequest, code: str) -> Place:
    """The unit of an address, for whoever may ask for runs there (404, 403 for others)."""
    unit, actor = unit_for(request, code, ACTION), actor_of(request)
    run = own_run(request, unit)
    city = unit if run is not None else queries.city_above(unit)
    run = run or (None if city is None else chosen(request, city))
    home = unit if unit.level <= Level.DISTRICT else city
    may_ask = run is not None and actor.holds(ACTION, run.city)
    return Place(unit, home, run, may_ask)


def own_run(request: HttpRequest, unit: Unit) -> Run | None:
    """The run of ``?run=`` where the city itself is looked at: what the page and its parts ask again and again."""
    number = request.GET.get("run", "")
    if unit.level > Level.CITY or not NUMBER.fullmatch(number) or request.GET.get("group"):
        return None
    return queries.done_run(unit, int(number), actor=actor_of(request))


def chosen(request: HttpRequest, city: Unit) -> Run | None:
    """The run of ``?run=`` if it is done, else the newest of ``?group=``, else the newest of everybody.

    Raises:
        NoRun: the number is of no run that this actor sees.
    """
    actor, number, group = actor_of(request), request.GET.get("run", ""), request.GET.get("group", "")
    if NUMBER.fullmatch(number) and not group:
        found = queries.run_of(city, int(number), actor=actor)
        if found.state == RunState.DONE:
            return found
    codes = queries.groups_of(city)
    best = group if group in codes else GENERAL if GENERAL in codes else codes[0]
    return queries.latest_run(city, group=best, actor=actor)


def groups(run: Run | None) -> list[dict[str, Any]]:
    """The groups for which the city has a run."""
    return [] if run is None else circles.group_links(run, queries.groups_of(run.city), queries.standard_of(run))


def tabs(place: Place) -> list[tuple[str, str, str]]:
    """The pages of the room: URL name, address, words."""
    names = (
        ("desk-circle-unit", _("Coverage")),
        ("desk-circle-gaps", _("Gaps")),
        ("desk-circle-whatif", _("What if")),
        ("desk-circle-sites", _("Where best")),
        ("desk-circle-space", _("Service space")),
        ("desk-circle-answers", _("By question")),
        ("desk-circle-estates", _("New estates")),
        ("desk-circle-runs", _("Runs")),
        ("desk-circle-networks", _("Networks and places")),
    )
    return [(name, reverse(name, args=[place.unit.code]) + place.query, words) for name, words in names]
