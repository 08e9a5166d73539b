"""Work that came round the gate: communities report it, whoever decides carries it to correction or further."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.admission import queries, services
from liren.foundation.admission.models import OutsideReport, ReportState, WorkType
from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import Actor, can
from liren.front.desk.admission import reading
from liren.front.desk.admission.fields import ChosenUnitField
from liren.front.desk.admission.steps import Deed, GateForm, answer
from liren.front.desk.body_forms import BodyField
from liren.front.desk.fields import DayField, LongTextField
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.front.kit.pages import keyset


@desk("signed_in")
def reports(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    page = keyset(request, queries.outside_reports(actor), key="id", down=True)
    context = {"title": _("Work outside of the gate"), "page": page, "may_report": bool(reading.spoken_for(actor))}
    context["today"] = timezone.localdate()
    return show(request, "desk/admission/outside.html", "", context)


class ReportForm(GateForm):
    """What was handed to the community without an admission, by whom and when."""

    community = ChosenUnitField(label=gettext_lazy("Community"))
    sender = BodyField(label=gettext_lazy("Which body"))
    work_type = forms.ChoiceField(label=gettext_lazy("Kind of work"), choices=WorkType.choices)
    happened_on = DayField(label=gettext_lazy("Day"))
    text = LongTextField(
        label=gettext_lazy("What was asked, and how"),
        max_length=2_000,
        help_text=gettext_lazy("For example a message in a working group, a call, a form that was sent round."),
    )

    def fit(self) -> None:
        self.fields["community"].choices = reading.place_choices(self.actor, reading.ANSWER)  # type: ignore[attr-defined]
        self.initial.setdefault("happened_on", timezone.localdate())


def _report(row: None, *, by: Actor, at: datetime, community: Any, sender: Any, **facts: Any) -> None:
    services.report_outside(community_id=community.pk, sender_id=sender.pk, by=by, at=at, **facts)


REPORT = Deed(
    "desk-gate-outside-add",
    gettext_lazy("Report work outside of the gate"),
    gettext_lazy("Whoever decides on admissions looks into it: correction, criticism in public, or accountability."),
    gettext_lazy("Report"),
    ReportForm,
    _report,
    reading.ANSWER,
    lambda actor: OutsideReport.objects.none(),
    lambda row: None,
    lambda row: reverse("desk-gate-outside"),
    lambda row: "",
    gettext_lazy("Reported. What becomes of it stands here."),
)


@desk(reading.ANSWER, *FORM)
def report(request: HttpRequest) -> HttpResponseBase:
    may(request, reading.ANSWER)
    return answer(request, REPORT, None)


class JudgeForm(GateForm):
    """The next step of a report, with its reason."""

    move = forms.ChoiceField(label=gettext_lazy("Step"), widget=forms.RadioSelect)
    answer = LongTextField(
        label=gettext_lazy("What was found, and why"),
        max_length=2_000,
        help_text=gettext_lazy("Corrected or criticised in public, it can be read by everybody."),
    )

    def fit(self) -> None:
        self.fields["move"].choices = open_moves(self.actor, self.row)  # type: ignore[attr-defined]  # a ChoiceField


REPORTED, BOTH = (ReportState.REPORTED,), (ReportState.REPORTED, ReportState.ORDERED)
#: Steps of a report: its word, what it is called, and from which states.
MOVES: tuple[tuple[str, Any, tuple[ReportState, ...]], ...] = (
    ("order", gettext_lazy("Order that it be corrected"), REPORTED),
    ("correct", gettext_lazy("It was corrected"), BOTH),
    ("criticise", gettext_lazy("Criticise in public"), BOTH),
    ("pass_on", gettext_lazy("Pass on for accountability"), BOTH),
    ("dismiss", gettext_lazy("It is not confirmed"), REPORTED),
)


def open_moves(actor: Any, row: OutsideReport) -> list[tuple[str, Any]]:
    """Steps that its state leaves open, for whoever decides there and is no part of it."""
    if not can(actor, reading.DECIDE, row.community) or not_to_judge(actor, row):
        return []
    return [(move, words) for move, words, states in MOVES if row.state in states]


def not_to_judge(actor: Any, row: OutsideReport) -> str:
    """Why somebody else has to judge; "" where the actor may."""
    if queries.is_of(actor, row.sender, timezone.localdate()):
        return _("Somebody has to decide who holds no post in that body.")
    return _("Whoever reported does not judge.") if actor.label == row.recorded_by else ""


def seen(actor: Any) -> QuerySet[OutsideReport]:
    """Reports that the actor may read."""
    found: Any = OutsideReport.objects
    rows: QuerySet[OutsideReport] = found.visible_to(actor).select_related("community", "sender")
    return rows


@desk("signed_in")
def one(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = get_object_or_404(seen(actor_of(request)), pk=pk)
    context = {"title": _("Work outside of the gate"), "row": row, "may_judge": open_moves(actor_of(request), row)}
    context["today"] = timezone.localdate()
    return show(request, "desk/admission/report.html", "", context)


JUDGE = Deed(
    "desk-gate-outside-judge",
    gettext_lazy("Judge a report"),
    gettext_lazy("Whoever reported does not judge. The community reads what came of it."),
    gettext_lazy("Record"),
    JudgeForm,
    lambda row, **facts: services.judge_outside(row.pk, **facts),
    reading.DECIDE,
    seen,
    lambda row: row.community,
    lambda row: reverse("desk-gate-outside-one", args=[row.pk]),
    lambda row: row.sender.name,
    barred=not_to_judge,
)
VIEWS = {JUDGE.url_name: JUDGE.view}
