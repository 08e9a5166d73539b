"""Proposals to found a community for a compound that is lived in: raise, accept, decline, withdraw (R027)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import can, require
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import FormationProposal, ProposalState
from liren.front.desk.export import csv_reply, export_url
from liren.front.desk.fields import DeskForm, LongTextField, UnitField
from liren.front.desk.gate import FORM, actor_of, desk, may, unit_for
from liren.front.desk.refusals import accepted
from liren.front.kit.pages import keyset

PROPOSE, DECIDE = "territory.propose", "territory.decide_proposal"
ACCEPT, DECLINE, WITHDRAW, FORM_IT = "accept", "decline", "withdraw", "form"


def proposals_in_area_of(actor: Any) -> QuerySet[FormationProposal]:
    """Proposals for compounds in the units where the actor proposes or decides."""
    mine = Q(pk__in=[])
    for path in actor.paths_with(PROPOSE) | actor.paths_with(DECIDE):
        mine |= Q(compound__path__startswith=path)
    return FormationProposal.objects.filter(mine)


class ProposalFilter(DeskForm):
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=ProposalState.choices, required=False)

    def rows(self) -> QuerySet[FormationProposal]:
        state = self.cleaned_data["state"] if self.is_valid() else ""
        rows = proposals_in_area_of(self.actor).select_related("compound__parent", "occupancy")
        return rows.filter(state=state) if state else rows


class RaiseForm(DeskForm):
    reason = LongTextField(label=gettext_lazy("Reason"), required=False)


class StepForm(DeskForm):
    """The next step of a proposal, out of those that the state table and the rights leave open."""

    step = forms.ChoiceField(label=gettext_lazy("Decision"), widget=forms.RadioSelect)
    note = LongTextField(
        label=gettext_lazy("Note"),
        required=False,
        help_text=gettext_lazy("Needed if the proposal is declined or withdrawn."),
    )

    new_unit = UnitField(
        label=gettext_lazy("The community that was founded"),
        required=False,
        help_text=gettext_lazy("Its code or full name; only for the last step."),
    )

    def __init__(self, *args: Any, steps: list[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["step"].choices = steps  # type: ignore[attr-defined]  # a ChoiceField
        if FORM_IT not in dict(steps):
            del self.fields["new_unit"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("step") == FORM_IT and not data.get("new_unit"):
            self.add_error("new_unit", _("Name the community that was founded."))
        return data


def open_steps(actor: Any, proposal: FormationProposal) -> list[tuple[str, Any]]:
    """Steps that the state leaves open and the actor may take."""
    table = [
        (ACCEPT, _("Accept: a community is to be founded"), DECIDE, {ProposalState.RAISED}),
        (DECLINE, _("Decline, with a reason"), DECIDE, {ProposalState.RAISED}),
        (FORM_IT, _("The community has been founded"), DECIDE, {ProposalState.ACCEPTED}),
        (WITHDRAW, _("Withdraw, with a reason"), PROPOSE, {ProposalState.RAISED, ProposalState.ACCEPTED}),
    ]
    return [
        (step, words)
        for step, words, action, states in table
        if proposal.state in states and can(actor, action, proposal)
    ]


STEPS: dict[str, Callable[..., Any]] = {
    ACCEPT: services.accept_proposal,
    DECLINE: services.decline_proposal,
    WITHDRAW: services.withdraw_proposal,
}


@desk(PROPOSE)
def proposal_list(request: HttpRequest) -> HttpResponseBase:
    may_enter(request)
    chosen = ProposalFilter(request.GET, actor=actor_of(request))
    page = keyset(request, chosen.rows(), key="id", down=True)
    context = {"title": _("New communities"), "filter": chosen, "page": page}
    context["export"] = export_url(request, "desk-proposals-csv")
    return show(request, "desk/proposals.html", "", context)


@desk(PROPOSE)
def proposal_csv(request: HttpRequest) -> HttpResponseBase:
    may_enter(request)
    rows = ProposalFilter(request.GET, actor=actor_of(request)).rows().order_by("-id")
    header = [_("Compound"), _("Division code"), _("Community"), _("Homes planned"), _("Homes lived in"), _("Percent")]
    header += [_("Configured rate"), _("Raised"), _("To be decided by"), _("State")]
    return csv_reply("proposals", header, (_line(row) for row in rows.iterator(500)))


def _line(row: FormationProposal) -> list[object]:
    place, homes = row.compound, row.occupancy
    parent = place.parent.name if place.parent else ""
    days = [timezone.localdate(row.raised_at), timezone.localdate(row.due_at)]
    counts = [homes.homes_planned, homes.homes_occupied, homes.percent, row.threshold_percent]
    return [place.name, place.code, parent, *counts, *days, row.get_state_display()]


def may_enter(request: HttpRequest) -> None:
    """Whoever decides on proposals reads them too."""
    if not actor_of(request).holds(DECIDE):
        require(actor_of(request), PROPOSE)


@desk(PROPOSE, *FORM)
def proposal_raise(request: HttpRequest, code: str) -> HttpResponseBase:
    compound = unit_for(request, code, PROPOSE)
    form = RaiseForm(request.POST if request.method == "POST" else None, actor=actor_of(request))
    if form.is_valid() and accepted(form, lambda: _raise(compound.pk, form)):
        return done(request, "desk/form.html", "", {}, to="desk-proposals", message=_("The proposal is raised."))
    context = {"title": _("Propose a new community"), "form": form, "chain": queries.chain(compound)}
    context |= {"button": _("Propose"), "back": reverse("desk-unit", args=[code])}
    return show(request, "desk/form.html", "", context, status=422 if form.is_bound else 200)


def _raise(compound_id: int, form: RaiseForm) -> None:
    services.raise_formation_proposal(compound_id, **form.cleaned_data, by=form.actor, at=timezone.now())


@desk(DECIDE, *FORM)
def proposal(request: HttpRequest, pk: int) -> HttpResponseBase:
    visible = proposals_in_area_of(actor_of(request)).select_related("compound__parent", "occupancy")
    it = get_object_or_404(visible.prefetch_related("events"), pk=pk)
    steps = open_steps(actor_of(request), it)
    if request.method == "POST" and not steps:
        may(request, DECIDE, it)
    form = StepForm(request.POST if request.method == "POST" else None, actor=actor_of(request), steps=steps)
    if form.is_valid() and accepted(form, lambda: _step(pk, form)):
        return done(request, "desk/proposal.html", "", {}, to="desk-proposals", message=_("The decision is recorded."))
    context = {"title": _("Proposal of a new community"), "proposal": it, "form": form if steps else None}
    return show(request, "desk/proposal.html", "", context, status=422 if form.is_bound else 200)


def _step(pk: int, form: StepForm) -> None:
    data = form.cleaned_data
    facts = {"note": data["note"], "by": form.actor, "at": timezone.now()}
    if data["step"] == FORM_IT:
        services.complete_proposal(pk, data["new_unit"].pk, **facts)
    else:
        STEPS[data["step"]](pk, **facts)
