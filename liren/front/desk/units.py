"""The card of one unit on the desk: its facts, and exactly those operations that the actor may do on it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import can
from liren.foundation.territory import queries
from liren.foundation.territory.models import Boundary, GridProfile, Level, Population, ServiceContact, Unit
from liren.front.desk.gate import actor_of, desk
from liren.front.kit.pages import keyset

#: Stands for ``territory.change`` on a unit that would be founded below this one.
CREATE = "create below"
ALL = tuple(Level)
ABOVE_COMMUNITY = (Level.PROVINCE, Level.CITY, Level.DISTRICT, Level.STREET)
MIDDLE = (Level.DISTRICT, Level.STREET)
LOW = (Level.COMMUNITY, Level.COMPOUND, Level.GRID)


@dataclass(frozen=True)
class Operation:
    """One thing to do on a unit: its page, its words, the action that guards it, the levels where it makes sense."""

    url_name: str
    title: Promise
    action: str
    levels: tuple[Level, ...] = ALL
    on_closed: bool = False

    def url(self, unit: Unit) -> str:
        return reverse(self.url_name, args=[unit.code])

    def fits(self, unit: Unit) -> bool:
        return unit.level in self.levels and (self.on_closed or unit.closed_on is None)


OPERATIONS = (
    Operation("desk-unit-create", _("Create a unit below this one"), CREATE, ALL[:-1]),
    Operation("desk-unit-rename", _("Rename"), "territory.change"),
    Operation("desk-unit-convert", _("Convert to another legal form or type"), "territory.change"),
    Operation("desk-unit-move", _("Move to another parent"), "territory.change", ALL[1:]),
    Operation("desk-unit-merge", _("Merge with others"), "territory.change", ALL[1:]),
    Operation("desk-unit-split", _("Split"), "territory.change", ALL[1:]),
    Operation("desk-unit-abolish", _("Abolish"), "territory.change", ALL[1:]),
    Operation(
        "desk-unit-dissolve", _("Dissolve: what stands below answers to the level above"), "territory.change", MIDDLE
    ),
    Operation("desk-unit-correct", _("Correct a wrong entry"), "territory.change", on_closed=True),
    Operation("desk-population", _("Enter counts of households and residents"), "territory.population", on_closed=True),
    Operation("desk-boundary", _("Set the boundary"), "territory.boundary"),
    Operation("desk-body-found", _("Record a body that acts here"), "bodies.keep"),
    Operation("desk-ties", _("Liaison, authority and deputies"), "bodies.keep"),
    Operation("desk-grid", _("Grid profile"), "territory.grid", (Level.GRID,)),
    Operation("desk-service-contact", _("Name the service contact"), "territory.grid", LOW),
    Operation("desk-subjects", _("Buildings and organisations with their contacts"), "territory.grid", ALL[1:]),
    Operation("desk-streets", _("Register streets and lanes"), "territory.street", (Level.STREET, Level.COMMUNITY)),
    Operation("desk-street-chief", _("Appoint street chiefs"), "territory.street", (Level.STREET, Level.COMMUNITY)),
    Operation("desk-occupancy", _("Record occupancy"), "territory.compound", (Level.COMPOUND,)),
    Operation("desk-management", _("Record how it is managed"), "territory.compound", (Level.COMPOUND,)),
    Operation("desk-proposal-raise", _("Propose a new community"), "territory.propose", (Level.COMPOUND,)),
    Operation("desk-size", _("Sizes of communities against bands"), "territory.size_bands", ABOVE_COMMUNITY),
)


def open_operations(actor: Any, unit: Unit) -> list[tuple[str, Promise]]:
    """Address and words of what the actor may do on the unit, in the order of the table."""
    fitting = [one for one in OPERATIONS if one.fits(unit)]
    allowed = {action: _allowed(actor, action, unit) for action in {one.action for one in fitting}}
    return [(one.url(unit), one.title) for one in fitting if allowed[one.action]]


def _allowed(actor: Any, action: str, unit: Unit) -> bool:
    return can(actor, "territory.change", Unit(parent=unit)) if action == CREATE else can(actor, action, unit)


@desk("territory.view")
def unit_card(request: HttpRequest, code: str) -> HttpResponseBase:
    unit = get_object_or_404(Unit.objects.visible_to(actor_of(request)).select_related("parent"), code=code)
    context = {
        "title": unit.name,
        "unit": unit,
        "chain": queries.chain(unit),
        "operations": open_operations(actor_of(request), unit),
        "page": keyset(request, Unit.objects.visible_to(actor_of(request)).filter(parent=unit, closed_on=None)),
        "latest": Population.objects.filter(unit=unit).order_by("-year", "-revision").first(),
        "boundary": Boundary.objects.filter(unit=unit, during__upper_inf=True).defer("wkb").first(),
        "contact": ServiceContact.objects.filter(unit=unit, during__upper_inf=True).first(),
        "profile": GridProfile.objects.filter(unit=unit, during__upper_inf=True).first(),
    }
    return show(request, "desk/unit.html", "", context)
