"""Yearly agreements of a street or town with the committees of its communities: coverage, signing, appraising."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.admission import queries, services
from liren.foundation.admission.models import Agreement, Reach, Side, Verdict
from liren.foundation.bodies.models import Body, BodyKind
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import SIGNED_IN, Actor, can
from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.territory.models import Unit
from liren.front.desk.admission import reading
from liren.front.desk.admission.fields import MoneyField
from liren.front.desk.admission.steps import Deed, GateForm
from liren.front.desk.fields import DayField, DeskForm, LongTextField, TextField
from liren.front.desk.gate import actor_of, desk
from liren.front.desk.registers.area import area_of
from liren.front.kit.pages import keyset

#: Years of which the coverage is shown, and matters that one form offers.
YEARS, MATTERS, PLACES = 3, 40, 40


class OnForm(DeskForm):
    """A day."""

    on = DayField(label=gettext_lazy("On"), required=False)

    def day(self) -> date:
        return (self.cleaned_data.get("on") if self.is_valid() else None) or timezone.localdate()


@desk("signed_in")
def agreement_list(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    form = OnForm(request.GET, actor=actor)
    page = keyset(request, reading.agreements(actor), key="id", down=True)
    context: dict[str, Any] = {"title": _("Agreements of assistance"), "form": form, "page": page, "on": form.day()}
    context["coverage"] = coverage(actor, form.day())
    context["to_sign"] = to_sign(actor)
    return show(request, "desk/admission/agreements.html", "", context)


@dataclass(frozen=True)
class OnDay:
    """How far agreements reach on a day, and what documents asked for on that day."""

    day: date
    found: queries.Covered
    milestones: list[queries.Milestone]


def coverage(actor: Any, on: date) -> list[tuple[Unit, list[OnDay]]]:
    """For each unit above streets where the actor decides: coverage on the day and on the same day of years before."""
    days = [on - timedelta(days=365 * back) for back in range(YEARS)]
    return [(one, [on_day(one, day) for day in days]) for one in area_of(actor, reading.DECIDE).units[:2]]


def on_day(unit: Unit, day: date) -> OnDay:
    found = queries.agreement_coverage(unit, day)
    return OnDay(day, found, queries.milestones(unit, day, found))


def to_sign(actor: Any) -> list[Unit]:
    """Communities without an agreement that holds today, where the actor signs."""
    held = Agreement.objects.filter(during__contains=timezone.localdate()).values("community_id")
    return list(reading.communities(actor, reading.AGREE).exclude(pk__in=held)[:PLACES])


@desk("signed_in")
def agreement(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = get_object_or_404(reading.agreements(actor_of(request)), pk=pk)
    said = list(row.appraisals.order_by("pk"))
    context = {"title": _("Agreement of assistance"), "row": row, "said": said, "last": reading.until(row)}
    context["matters"] = row.matters.select_related("admission")
    context["may_appraise"] = bool(sides(actor_of(request), row))
    return show(request, "desk/admission/agreement.html", "", context)


def sides(actor: Any, row: Agreement) -> list[tuple[str, Any]]:
    """The sides for which the actor speaks and which have not said their word."""
    mine = {
        Side.STREET: can(actor, reading.AGREE, row.street),
        Side.COMMITTEE: can(actor, reading.ANSWER, row.community),
    }
    said = set(row.appraisals.values_list("side", flat=True))
    return [(side.value, side.label) for side, is_mine in mine.items() if is_mine and side not in said]


class SignForm(GateForm):
    """Both sides, the year, the matters each with its money, and what each side owes the other."""

    office = forms.ChoiceField(label=gettext_lazy("For the street or town"))
    committee = forms.ChoiceField(label=gettext_lazy("Committee"))
    signed_on = DayField(label=gettext_lazy("Signed on"))
    first = DayField(label=gettext_lazy("First day"))
    last = DayField(label=gettext_lazy("Last day"))
    street_duties = LongTextField(label=gettext_lazy("What the street or town owes"), max_length=2_000)
    committee_duties = LongTextField(label=gettext_lazy("What the committee owes"), max_length=2_000)
    instrument = TextField(label=gettext_lazy("Document"), max_length=300)

    def fit(self) -> None:
        today = timezone.localdate()
        here = Body.objects.living_on(today)
        offices = here.filter(unit_id=self.row.parent_id).exclude(kind=BodyKind.COMMITTEE).order_by("kind", "pk")[:20]
        committees = here.filter(unit=self.row, kind=BodyKind.COMMITTEE).order_by("pk")[:20]
        for name, rows in (("office", offices), ("committee", committees)):
            self.fields[name].choices = [(str(one.pk), one.name) for one in rows]  # type: ignore[attr-defined]
        self.initial = {"signed_on": today, "first": today, "last": today + timedelta(days=364), **self.initial}
        for reach in self._matters():
            label = _("%(matter)s: yuan a year") % {"matter": reach.admission.title}
            self.fields[f"matter_{reach.admission_id}"] = MoneyField(label=label, required=False)

    def _matters(self) -> list[Reach]:
        rows = queries.asked_of(self.row, timezone.localdate()).filter(admission__is_assistance=True)
        return list(rows[:MATTERS])

    def facts(self) -> dict[str, Any]:
        data = super().facts()
        money = {int(name[7:]): data.pop(name) for name in list(data) if name.startswith("matter_")}
        facts = {"office_id": int(data.pop("office")), "committee_id": int(data.pop("committee")), **data}
        facts["end"] = facts.pop("last") + timedelta(days=1)
        return facts | {"matters": {pk: fen for pk, fen in money.items() if fen}}


class AppraiseForm(GateForm):
    """How the other side kept its word."""

    side = forms.ChoiceField(label=gettext_lazy("For which side"), widget=forms.RadioSelect)
    verdict = forms.ChoiceField(label=gettext_lazy("The other side"), choices=Verdict.choices, widget=forms.RadioSelect)
    text = LongTextField(label=gettext_lazy("Why"), max_length=2_000)

    def fit(self) -> None:
        self.fields["side"].choices = sides(self.actor, self.row)  # type: ignore[attr-defined]  # a ChoiceField

    def facts(self) -> dict[str, Any]:
        if not self.fields["side"].choices:  # type: ignore[attr-defined]
            raise BadInput(_("This side has said its word already."))
        return super().facts() | {"said_on": timezone.localdate()}


def appraisable(actor: Any) -> Any:
    """Agreements on one of whose sides the actor stands."""
    street, community = paths_of(actor, reading.AGREE), reading.spoken_for(actor)
    return reading.agreements(actor).filter(inside(street, "street__path") | inside(community, "community__path"))


def _sign(row: Unit, *, by: Actor, at: datetime, **facts: Any) -> None:
    services.sign_agreement(community_id=row.pk, by=by, at=at, **facts)


DEEDS = (
    Deed(
        "desk-agreement-sign",
        gettext_lazy("Sign an agreement of assistance"),
        gettext_lazy(
            "For a year at most. Only matters of assistance that are admitted can be agreed on, each with its money."
        ),
        gettext_lazy("Record"),
        SignForm,
        _sign,
        reading.AGREE,
        reading.public_communities,
        lambda row: row.parent,
        lambda row: reverse("desk-agreements"),
        lambda row: row.name,
    ),
    Deed(
        "desk-agreement-appraise",
        gettext_lazy("Appraise the other side"),
        gettext_lazy("Bodies are appraised, never persons. Each side says its word once."),
        gettext_lazy("Record"),
        AppraiseForm,
        lambda row, **facts: services.appraise_agreement(row.pk, **facts),
        SIGNED_IN,
        appraisable,
        lambda row: None,
        lambda row: reverse("desk-agreement", args=[row.pk]),
        lambda row: row.community.name,
    ),
)
VIEWS = {deed.url_name: deed.view for deed in DEEDS}
