"""One page for print: what a community has and lacks, by compound, with where the figures come from."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from liren.development.lifecircle import queries
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Level, Unit
from liren.front.kit import circles
from liren.front.portal.lifecircle.page import page as unit_page

#: Compounds on one sheet; the list on the page has all of them.
MOST_ON_A_SHEET = 24


def page(request: HttpRequest, unit: Unit, actor: Actor) -> dict[str, Any]:
    """The page of the unit, and in how many of its compounds each category is missing."""
    context = unit_page(request, unit, actor)
    run, seen = context["run"], context.get("seen")
    if run is None or seen is None:
        return context
    is_one = seen.unit.level == Level.COMPOUND
    context["homes"] = 0 if is_one else queries.how_many(run, seen.unit)
    lacked = {} if is_one else queries.lacked(run, seen.unit)
    absent = circles.absent(run)
    short = [(one, lacked.get(one.cell.category.code, 0)) for one in worst(context)]
    context["short"] = [(one, many) for one, many in short if one.cell.category.code not in absent]
    context["nowhere"] = [one.name for one, _many in short if one.cell.category.code in absent]
    most = 0 if is_one else MOST_ON_A_SHEET
    context["rows"] = circles.worst_compounds(run, seen.unit, actor=actor, most=most)
    return context


def worst(context: dict[str, Any]) -> list[circles.Line]:
    """What most people lack, first; of a compound what it lacks."""
    lines = [one for section in context["sections"] for one in section.lines]
    if context["is_home"]:
        return [one for one in lines if not one.cell.reached]
    lacking = [one for one in lines if one.cell.served_share is not None and one.cell.served_share < 1]
    return sorted(lacking, key=lambda one: one.cell.served_share or 0)
