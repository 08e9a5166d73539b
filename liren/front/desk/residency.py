"""Residency claims: the list that waits, and one claim with its story and the decision (R023, R366, R367)."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import can
from liren.foundation.people import services
from liren.foundation.people.models import Residency, ResidencyState
from liren.front.desk.export import csv_reply, export_url
from liren.front.desk.fields import DeskForm, LongTextField, UnitField
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.front.desk.refusals import accepted
from liren.front.kit.pages import keyset

VERIFY, REFUSE = "verify", "refuse"


class ClaimFilter(DeskForm):
    """Which claims to show; an unreadable filter shows what waits."""

    state = forms.ChoiceField(label=gettext_lazy("State"), choices=ResidencyState.choices, required=False)
    unit = UnitField(label=gettext_lazy("In the unit"), required=False, help_text="")

    def rows(self) -> QuerySet[Residency]:
        chosen = self.cleaned_data if self.is_valid() else {}
        rows = Residency.objects.visible_to(self.actor).exclude(account_id=self.actor.pk)
        rows = rows.filter(state=chosen.get("state") or ResidencyState.CLAIMED)
        if unit := chosen.get("unit"):
            rows = rows.filter(unit__path__startswith=unit.path)
        return rows.select_related("account", "unit__parent")


class DecisionForm(forms.Form):
    """Verify, or refuse with a reason that the resident reads."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        widget=forms.RadioSelect,
        choices=[
            (VERIFY, gettext_lazy("Verify: the person lives here")),
            (REFUSE, gettext_lazy("Refuse, with a reason")),
        ],
    )
    note = LongTextField(
        label=gettext_lazy("Reason"),
        max_length=400,
        required=False,
        help_text=gettext_lazy(
            "Needed for a refusal. The resident reads it, so write what is missing and what to bring."
        ),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == REFUSE and not data.get("note"):
            self.add_error("note", _("Give the reason, so that the resident knows what to do."))
        return data


@desk("people.verify")
def residency_list(request: HttpRequest) -> HttpResponseBase:
    may(request, "people.verify")
    claims = ClaimFilter(request.GET, actor=actor_of(request))
    page = keyset(request, claims.rows(), key="id")
    export = export_url(request, "desk-residency-csv")
    context = {"title": _("Residency claims"), "filter": claims, "page": page, "export": export}
    return show(request, "desk/residency_list.html", "", context)


@desk("people.verify")
def residency_csv(request: HttpRequest) -> HttpResponseBase:
    may(request, "people.verify")
    rows = ClaimFilter(request.GET, actor=actor_of(request)).rows().order_by("id")
    header = [_("Number"), _("Name shortened"), _("Unit"), _("Division code"), _("State"), _("Claimed on")]
    return csv_reply("residency", header, (_line(row) for row in rows.iterator(500)))


def _line(row: Residency) -> list[object]:
    day = timezone.localdate(row.claimed_at)
    return [row.pk, row.account.masked_name, row.unit.name, row.unit.code, row.get_state_display(), day]


@desk("people.verify", *FORM)
def residency_decide(request: HttpRequest, pk: int) -> HttpResponseBase:
    claim = get_object_or_404(_claims(request), pk=pk)
    may(request, "people.verify", claim)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(form, lambda: _decide(request, pk, **form.cleaned_data)):
        message = _("The decision is recorded. The resident can read it.")
        return done(request, "desk/residency.html", "", {}, to="desk-residency", message=message)
    name = claim.account.masked_name  # a refused form leaves no line in the log of looks, so it shows no name
    if not form.is_bound:
        name = services.open_claim(pk, by=actor_of(request), at=timezone.now()).account.display_name
    context = {"title": _("Residency claim"), "claim": claim, "form": form, "back": reverse("desk-residency")}
    context["name"] = name
    context["may_reach"] = can(actor_of(request), "people.open_contact", claim.account)
    return show(request, "desk/residency.html", "", context, status=422 if form.is_bound else 200)


def _decide(request: HttpRequest, pk: int, *, decision: str, note: str) -> None:
    service = services.verify_residency if decision == VERIFY else services.refuse_residency
    service(pk, note=note, by=actor_of(request), at=timezone.now())


def _claims(request: HttpRequest) -> QuerySet[Residency]:
    visible = Residency.objects.visible_to(actor_of(request))
    return visible.select_related("account", "unit__parent").prefetch_related("events")
