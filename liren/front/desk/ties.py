"""What ties bodies and deputies to one unit, on the desk: liaison, extended authority, strands of work, receptions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liren.foundation.bodies import queries, services
from liren.foundation.bodies.models import Authority, Body, ContactArrangement, Liaison, Line, Strand
from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import can
from liren.foundation.territory import queries as territory
from liren.foundation.territory.models import Level, Unit
from liren.front.desk import body_forms, tie_forms
from liren.front.desk.body_steps import ACTION, Step, Thing, all_of
from liren.front.desk.gate import actor_of, desk, unit_for

EXTEND = "bodies.extend"


def ties_of(body: Body) -> str:
    return reverse("desk-ties", args=[body.unit.code])


def tied(model: Any, named: Callable[[Any], str]) -> Thing:
    """Rows of a model that hang on a unit; their steps lead back to the page of its ties."""
    rows = all_of(model, "unit__parent")
    return Thing(rows, lambda row: Body(unit=row.unit), lambda row: row.unit, named, ties_of)


UNIT = Thing(
    all_of(Unit, "parent"), lambda unit: Body(unit=unit), lambda unit: unit, lambda unit: unit.name, home=ties_of
)
LIAISON = tied(Liaison, lambda row: row.name)
AUTHORITY = tied(Authority, lambda row: str(row.get_power_display()))
STRAND = tied(Strand, lambda row: str(row.get_line_display()))
ARRANGEMENT = tied(ContactArrangement, lambda row: f"{row.get_kind_display()} {row.name}")

EXTENSION = Step(
    "desk-authority-extend",
    _("Record extended authority"),
    _("What was extended to the street or town, by which document and from when. It is published."),
    _("Record"),
    tie_forms.AuthorityForm,
    services.extend_authority,
    UNIT,
    action=EXTEND,
)
LEADING = Step(
    "desk-strand-lead",
    _("Say who leads a strand of work"),
    _("One body for each of the five strands. Whoever is named replaces the one before."),
    _("Record"),
    tie_forms.StrandForm,
    services.lead_strand,
    UNIT,
)
ARRANGING = Step(
    "desk-arrangement",
    _("Publish when a deputy receives residents"),
    _("Deputies, party delegates and members of the consultative conference: who, when and where."),
    _("Publish"),
    tie_forms.ArrangementForm,
    services.arrange_contact,
    UNIT,
)
ROWS = (
    Step(
        "desk-liaison-end",
        _("End the liaison"),
        _("To name somebody else, open the body: the new name replaces this one by itself."),
        _("End"),
        body_forms.EndForm,
        services.end_liaison,
        LIAISON,
    ),
    Step(
        "desk-authority-end",
        _("End the extension"),
        _("That it was extended stays to be read in the audit log."),
        _("End"),
        body_forms.EndForm,
        services.end_authority,
        AUTHORITY,
        action=EXTEND,
    ),
    Step(
        "desk-strand-end",
        _("End the lead of the strand"),
        _("Only where no other body takes over: whoever is named next replaces this one by itself."),
        _("End"),
        body_forms.EndForm,
        services.end_strand,
        STRAND,
    ),
    Step(
        "desk-arrangement-end",
        _("End the arrangement"),
        _("What was raised and what came of it stays to be read."),
        _("End"),
        body_forms.EndForm,
        services.end_arrangement,
        ARRANGEMENT,
    ),
    Step(
        "desk-reception",
        _("Record what was raised"),
        _("Topics are counted; nothing is written about who raised them. It is added and never changed."),
        _("Record"),
        tie_forms.ReceptionForm,
        services.record_reception,
        ARRANGEMENT,
    ),
)
VIEWS = {step.url_name: step.view for step in (EXTENSION, LEADING, ARRANGING, *ROWS)}


@dataclass(frozen=True)
class Offered:
    """What may be done on the page as a whole."""

    step: Step
    fits: Callable[[Unit], bool]


OFFERED = (
    Offered(ARRANGING, lambda unit: True),
    Offered(LEADING, lambda unit: unit.level == Level.COMMUNITY),
    Offered(EXTENSION, lambda unit: unit.level == Level.STREET),
)


@desk(ACTION)
def tie_list(request: HttpRequest, code: str) -> HttpResponseBase:
    unit = unit_for(request, code, ACTION)
    actor = actor_of(request)
    ties = queries.ties(unit, timezone.localdate())
    context = {
        "title": _("Liaison, authority and deputies"),
        "unit": unit,
        "chain": territory.chain(unit),
        "ties": ties,
        "steps": steps_for(actor, unit),
        "may_extend": can(actor, EXTEND, unit),
        "lines": lines(unit, ties.strands),
        "receptions": [(row, row.times_raised) for row in queries.receptions(unit)],
    }
    return show(request, "desk/ties.html", "", context)


def steps_for(actor: Any, unit: Unit) -> list[tuple[str, Promise]]:
    """Address and words of what the actor may do here."""
    open_ones = [one.step for one in OFFERED if unit.closed_on is None and one.fits(unit)]
    return [(step.url(unit.code), step.title) for step in open_ones if can(actor, step.action, unit)]


def lines(unit: Unit, strands: list[Strand]) -> list[tuple[str, list[Strand]]]:
    """The five strands of a community, each with its leads of today and later; elsewhere none."""
    if unit.level != Level.COMMUNITY:
        return []
    return [(str(line.label), [row for row in strands if row.line == line.value]) for line in Line]
