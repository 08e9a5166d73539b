"""One application: what is asked, what the checks found, what communities say, what the joint meeting decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from liren.foundation.admission import queries, services
from liren.foundation.admission.models import Admission, Application, Hearing, Outcome, Stand
from liren.foundation.kernel.errors import Conflict
from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import Actor, can
from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.territory.models import Unit
from liren.front.desk.admission import reading
from liren.front.desk.admission.fields import ChosenUnitField
from liren.front.desk.admission.steps import Deed, GateForm
from liren.front.desk.fields import DayField, LongTextField, TextField
from liren.front.desk.gate import actor_of, desk, may
from liren.front.kit.concerned import concerned as concerned_by
from liren.front.kit.concerned import heard
from liren.front.kit.pages import keyset
from liren.journeys import admit
from liren.service.cases.models import Case, CaseClock
from liren.service.cases.queries import types_of


@desk("signed_in")
def application(request: HttpRequest, pk: int) -> HttpResponseBase:
    actor = actor_of(request)
    row = get_object_or_404(reading.applications(actor), pk=pk)
    context = {"title": row.title, "row": row, "last": reading.until(row), **facts(request, row), **doors(actor, row)}
    return show(request, "desk/admission/application.html", "", context)


def facts(request: HttpRequest, row: Application) -> dict[str, Any]:
    """What the page shows of it."""
    places = concerned_by(request, row.communities.all())
    found = [queries.Finding(one["code"], one["what"]) for one in row.findings]
    return {
        "concerned": places,
        "notes": [one for one in found if not one.stops],
        "purpose": admit.purpose_of(row),
        "line": agenda([row])[0],
        "now": timezone.now(),
        **heard(row, places.q),
        "admission": Admission.objects.filter(application=row).first(),
    }


def doors(actor: Any, row: Application) -> dict[str, Any]:
    """Which forms the page leads to."""
    steps, decides = admit.open_steps(row, actor), can(actor, reading.DECIDE, row.unit)
    return {
        "may_hear": not row.outcome and to_hear(actor, row).exists(),
        "may_decide": decides and steps and not not_to_decide(actor, row),
        "next": next((one for one in NEXT.values() if decides and one[0] in steps), None),
        "may_withdraw": "withdraw" in steps,
    }


def not_to_decide(actor: Any, row: Application) -> str:
    """Why somebody else has to decide; "" where the actor may."""
    if queries.is_of(actor, row.sender, timezone.localdate()):
        return _("Somebody has to decide who holds no post in that body.")
    return _("Whoever applied does not decide.") if actor.label == row.recorded_by else ""


def to_hear(actor: Any, row: Application) -> QuerySet[Unit]:
    """Communities of the application for which the actor speaks."""
    found: QuerySet[Unit] = row.communities.filter(inside(reading.spoken_for(actor), "path")).order_by("code")
    return found


class HearForm(GateForm):
    """What a community says before it is decided."""

    community = ChosenUnitField(label=gettext_lazy("For which community"))
    stand = forms.ChoiceField(label=gettext_lazy("What we say"), choices=Stand.choices, widget=forms.RadioSelect)
    text = LongTextField(
        label=gettext_lazy("Why"),
        max_length=2_000,
        help_text=gettext_lazy("How much work it is here, who would do it, what else waits."),
    )

    def fit(self) -> None:
        found = [(one.code, one.name) for one in to_hear(self.actor, self.row)[: reading.OFFERED]]
        self.fields["community"].choices = found  # type: ignore[attr-defined]  # a ChoiceField

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        return facts | {"community_id": facts.pop("community").pk}


class DecideForm(GateForm):
    """What the joint meeting decided."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        widget=forms.RadioSelect,
    )
    session = TextField(label=gettext_lazy("Joint meeting"), max_length=120, help_text=gettext_lazy("Which, and when."))
    ground = LongTextField(
        label=pgettext_lazy("decision", "Ground"),
        max_length=2_000,
        help_text=gettext_lazy("It is published, and answers what the communities said."),
    )

    def fit(self) -> None:
        steps = admit.open_steps(self.row, self.actor)
        both = (("admit", Outcome.ADMITTED), ("refuse", Outcome.REFUSED))
        found = [(one.value, one.label) for step, one in both if step in steps]
        self.fields["outcome"].choices = found  # type: ignore[attr-defined]  # a ChoiceField
        if len(found) == 1:
            words = _("It can be admitted once the communities were heard and the hearing is closed.")
            self.fields["outcome"].help_text = words


class WithdrawForm(GateForm):
    ground = LongTextField(label=gettext_lazy("Why"), max_length=2_000)


class EndForm(GateForm):
    """From which day an admission does not hold any more."""

    on = DayField(label=gettext_lazy("First day without it"))
    reason = TextField(label=gettext_lazy("Why"), max_length=500)


#: The next move of the case that carries an application, by its state: what the office of the joint meeting does.
NEXT = {
    "applied": ("check", gettext_lazy("The lists were checked: go on to the hearing")),
    "checked": ("open_hearing", gettext_lazy("Open the hearing: the communities are asked")),
    "hearing": ("close_hearing", gettext_lazy("Close the hearing: before the joint meeting with it")),
}


def state_of(row: Application) -> str:
    """Where the case stands that carries it."""
    return str(Case.objects.values_list("state", flat=True).get(pk=row.case_id))


class NextForm(GateForm):
    """One step on, with what was looked at."""

    note = LongTextField(
        label=gettext_lazy("Note"), help_text=gettext_lazy("What was compared with which list, in a sentence.")
    )

    def fit(self) -> None:
        self.move, self.words = NEXT.get(state_of(self.row), ("", gettext_lazy("Nothing is to be done here.")))
        if self.move != "check":
            del self.fields["note"]

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"move": self.move}

    def beside(self) -> dict[str, Any]:
        return {"lede": self.words}


def _step(row: Application, *, move: str, by: Actor, at: datetime, **facts: Any) -> None:
    steps: dict[str, Callable[..., Any]] = {
        "check": admit.check,
        "open_hearing": admit.open_hearing,
        "close_hearing": admit.close_hearing,
    }
    if move not in steps:
        raise Conflict(_("This step was done already."))
    steps[move](row.pk, by=by, at=at, **facts)


def _decide(row: Application, *, by: Actor, at: datetime, **facts: Any) -> None:
    admit.decide(row.pk, by=by, at=at, **facts)


def _withdraw(row: Application, *, by: Actor, at: datetime, **facts: Any) -> None:
    admit.withdraw(row.pk, reason=facts["ground"], by=by, at=at)


def home(row: Application) -> str:
    return reverse("desk-application", args=[row.pk])


def heard_by(actor: Any) -> QuerySet[Application]:
    """Applications on which communities are heard for which the actor speaks."""
    through = Application.communities.through.objects.filter(inside(reading.spoken_for(actor), "unit__path"))
    found = Application.objects.filter(pk__in=through.values("application_id"))
    return found.select_related("sender", "unit")


def concerned(actor: Any) -> QuerySet[Application]:
    """Those of them that are not decided yet."""
    return heard_by(actor).filter(outcome="")


def due(actor: Any) -> QuerySet[Application]:
    """What the joint meetings that the actor serves have to decide."""
    found = Application.objects.filter(inside(paths_of(actor, reading.DECIDE), "unit__path"), outcome="")
    return found.select_related("sender__unit", "unit")


@dataclass(frozen=True)
class Line:
    """An application before the joint meeting: at which step it is, until when that takes, by when the whole is to be
    decided, how many communities spoke of how many that are concerned."""

    row: Application
    step: str
    due_at: datetime | None
    decide_by: datetime | None
    heard: int
    concerned: int


def agenda(rows: Sequence[Application]) -> list[Line]:
    """Each application with where it stands. Five statements."""
    cases, ids = Case.objects.in_bulk([one.case_id for one in rows]), [one.pk for one in rows]
    specs = types_of(cases)
    spoke = Hearing.objects.filter(application_id__in=ids).order_by().values_list("application_id")
    heard = dict(spoke.annotate(n=Count("community_id", distinct=True)))
    among = Application.communities.through.objects.filter(application_id__in=ids).values_list("application_id")
    concerned = dict(among.annotate(n=Count("pk")))
    clocks = step_and_whole(cases)
    found = []
    for one in rows:
        case = cases[one.case_id]
        step = specs[case.pk].state(case.state).name.text(get_language() or "zh")
        due, whole = clocks.get(case.pk, (case.due_at, None))
        found.append(Line(one, step, due, whole, heard.get(one.pk, 0), concerned.get(one.pk, 0)))
    return found


#: The clock of a whole application, beside those of its steps.
WHOLE = "decision"


def step_and_whole(cases: Iterable[int]) -> dict[int, tuple[datetime | None, datetime | None]]:
    """By case when its step is due, and when the whole is to be decided."""
    rows = CaseClock.objects.filter(case_id__in=list(cases), stopped_at=None)
    found: dict[int, tuple[datetime | None, datetime | None]] = {}
    for case_id, code, due in rows.values_list("case_id", "code", "due_at"):
        step, whole = found.get(case_id, (None, None))
        found[case_id] = (step, due) if code == WHOLE else (due, whole)
    return found


@desk(reading.DECIDE)
def meeting(request: HttpRequest) -> HttpResponseBase:
    may(request, reading.DECIDE)
    page = keyset(request, due(actor_of(request)), key="id")
    decided = Application.objects.filter(inside(paths_of(actor_of(request), reading.DECIDE), "unit__path"))
    recent = decided.exclude(outcome="").select_related("sender").order_by("-decided_at")[:10]
    context = {"title": _("Joint meeting"), "page": page, "lines": agenda(page.rows), "recent": recent}
    context["today"] = timezone.now()
    return show(request, "desk/admission/meeting.html", "", context)


DEEDS = (
    Deed(
        "desk-application-next",
        gettext_lazy("Next step"),
        gettext_lazy("Checked, heard, decided: one after the other."),
        gettext_lazy("Do it"),
        NextForm,
        _step,
        reading.DECIDE,
        reading.applications,
        lambda row: row.unit,
        home,
        lambda row: row.title,
    ),
    Deed(
        "desk-application-hear",
        gettext_lazy("What our community says"),
        gettext_lazy("It is read at the joint meeting and answered in its decision."),
        gettext_lazy("Hand in what we say"),
        HearForm,
        lambda row, **facts: services.hear(row.pk, **facts),
        reading.ANSWER,
        heard_by,
        lambda row: None,
        home,
        lambda row: row.title,
    ),
    Deed(
        "desk-application-decide",
        gettext_lazy("Record the decision"),
        gettext_lazy("Admitted, it holds for the days and communities that were applied for, and ends by itself."),
        gettext_lazy("Record the decision"),
        DecideForm,
        _decide,
        reading.DECIDE,
        reading.applications,
        lambda row: row.unit,
        home,
        lambda row: row.title,
        barred=not_to_decide,
    ),
    Deed(
        "desk-application-withdraw",
        gettext_lazy("Withdraw the application"),
        gettext_lazy("Nothing comes of it; that it was asked for stays to be read."),
        gettext_lazy("Withdraw"),
        WithdrawForm,
        _withdraw,
        reading.APPLY,
        reading.applications,
        lambda row: row.sender,
        home,
        lambda row: row.title,
    ),
    Deed(
        "desk-admission-end",
        gettext_lazy("End an admission"),
        gettext_lazy("What is open under it closes; its ledgers take no entry from that day on."),
        gettext_lazy("End"),
        EndForm,
        lambda row, **facts: services.end_admission(row.pk, **facts),
        reading.DECIDE,
        reading.all_admissions,
        lambda row: row.sender.unit,
        lambda row: reverse("gate-admission", args=[row.pk]),
        lambda row: row.title,
    ),
)
VIEWS = {deed.url_name: deed.view for deed in DEEDS}
