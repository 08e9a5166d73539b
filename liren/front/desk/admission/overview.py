"""The room's first page: what waits for whom, and the way to everything else that one's powers open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.admission.models import UNDECIDED, Assignment, OutsideReport, ReportState, RowState, bodies_of
from liren.foundation.kernel.reply import show
from liren.foundation.people.models.reach import inside, paths_of
from liren.front.desk.admission import reading
from liren.front.desk.admission.application import concerned, due
from liren.front.desk.counting import bounded
from liren.front.desk.gate import actor_of, desk


@dataclass(frozen=True)
class Card:
    """A page of the room: address, words, and the powers of which one is enough (none: everybody on the desk)."""

    url_name: str
    title: Promise
    text: Promise
    powers: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.url_name)


CARDS = (
    Card(
        "desk-gate-asked",
        gettext_lazy("Asked of us"),
        gettext_lazy("What communities are asked to do: by whom, on which ground, until when. Accept or refuse."),
        (reading.ANSWER,),
    ),
    Card(
        "desk-gate-apply",
        gettext_lazy("Apply for admission"),
        gettext_lazy("Before anything is asked of communities. The form tells what stands in the way."),
        (reading.APPLY,),
    ),
    Card(
        "desk-gate-mine",
        gettext_lazy("Our applications"),
        gettext_lazy("How far they are, what was admitted, and the work handed down under it."),
        (reading.APPLY,),
    ),
    Card(
        "desk-gate-meeting",
        gettext_lazy("Joint meeting"),
        gettext_lazy("Applications that are due, what communities say of them, and the decision."),
        (reading.DECIDE,),
    ),
    Card(
        "desk-gate-outside",
        gettext_lazy("Work outside of the gate"),
        gettext_lazy("What communities report, and what becomes of it."),
    ),
    Card(
        "desk-gate-refusals",
        gettext_lazy("Refused by the gate"),
        gettext_lazy("Counted by the body that tried, with what each was told."),
    ),
    Card(
        "desk-gate-inventory",
        gettext_lazy("Inventories of what communities carry"),
        gettext_lazy("Organisations, venues, tasks, systems, stamps: kept, stopped, cancelled, and the cut."),
        (reading.BURDEN,),
    ),
    Card(
        "desk-agreements",
        gettext_lazy("Agreements of assistance"),
        gettext_lazy("Between street and committee, year by year; who has one and who does not."),
        (reading.AGREE, reading.ANSWER, reading.DECIDE),
    ),
    Card(
        "desk-gate-versions",
        gettext_lazy("Lists and catalogues"),
        gettext_lazy("Draft, hear, publish: each change with its ground and its reason."),
        (reading.LISTS,),
    ),
)


@desk("signed_in")
def overview(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    open_to = [one for one in CARDS if not one.powers or any(_has(actor, power) for power in one.powers)]
    context = {"title": _("Admission gate"), "cards": open_to, "waiting": _counted(actor)}
    return show(request, "desk/admission/overview.html", "", context)


def _has(actor: Any, power: str) -> bool:
    """Whether a page is offered: for a body in which one holds a post, for a community for which one speaks."""
    if power == reading.ANSWER:
        return bool(reading.spoken_for(actor))
    if power == reading.APPLY:
        return bool(bodies_of(actor))
    return bool(actor.holds(power))


def _counted(actor: Any) -> list[tuple[str, str, str]]:
    return [(words, url, bounded(rows)) for words, url, rows in gate_lines(actor)]


def gate_lines(actor: Any) -> list[tuple[str, str, Any]]:
    """What waits for the actor at the gate: words, address, rows. Nothing for whoever holds no power there."""
    found: list[tuple[str, str, Any]] = []
    if reading.spoken_for(actor):
        mine = Assignment.objects.filter(inside(reading.spoken_for(actor), "community__path"))
        asked = mine.filter(state=RowState.ASKED)
        found.append((_("Asked of communities, not answered yet"), reverse("desk-gate-asked"), asked))
        found.append((_("Hearings to which communities are asked"), reverse("desk-gate-asked"), concerned(actor)))
    if actor.holds(reading.DECIDE):
        found.append((_("Applications for the joint meeting"), reverse("desk-gate-meeting"), due(actor)))
        told = OutsideReport.objects.filter(inside(paths_of(actor, reading.DECIDE), "community__path"))
        told = told.filter(state__in=UNDECIDED)
        found.append((_("Reports of work outside of the gate"), reverse("desk-gate-outside"), told))
        late = told.filter(due_on__lt=timezone.localdate())
        found.append((_("Reports of work outside of the gate that are overdue"), reverse("desk-gate-outside"), late))
    if bodies_of(actor):
        ours = OutsideReport.objects.filter(sender_id__in=bodies_of(actor), state=ReportState.ORDERED)
        found.append((_("Corrections that were ordered of our body"), reverse("desk-gate-outside"), ours))
    return found
