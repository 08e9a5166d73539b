"""What a department has applied for, what was admitted, and the work that it hands down under an admission."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liren.foundation.admission import queries, services
from liren.foundation.admission.models import Admission, Assignment, Ledger, Medium, Refusal, WorkType, bodies_of
from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Unit
from liren.front.desk.admission import reading
from liren.front.desk.admission.fields import CommunitiesField, LinesField, MoneyField
from liren.front.desk.admission.steps import Deed, GateForm
from liren.front.desk.body_forms import BodyField
from liren.front.desk.fields import CountField, DayField, LongTextField, TextField
from liren.front.desk.gate import actor_of, desk, may
from liren.front.kit.pages import keyset

#: Communities whose load is shown beside the form; more would be no picture any more.
SHOWN, NEWEST = 8, 20


@desk(reading.APPLY)
def mine(request: HttpRequest) -> HttpResponseBase:
    may(request, reading.APPLY)
    actor, today = actor_of(request), timezone.localdate()
    applied = reading.applications(actor).filter(sender_id__in=bodies_of(actor))
    context = {
        "title": _("Our applications"),
        "bodies": list(reading.bodies(actor)),
        "page": keyset(request, applied, key="id", down=True),
        "admissions": reading.own_admissions(actor).filter(during__endswith__gt=today)[:NEWEST],
        "work": Assignment.objects.filter(sender_id__in=bodies_of(actor)).select_related("community")[:NEWEST],
        "refused": Refusal.objects.filter(sender_id__in=bodies_of(actor)).order_by("-pk")[:NEWEST],
    }
    return show(request, "desk/admission/mine.html", "", context)


class HandForm(GateForm):
    """A piece of work under an admission, for some or all of the communities that it reaches."""

    communities = CommunitiesField(label=gettext_lazy("Communities"), required=False)
    title_zh = TextField(label=gettext_lazy("What is to be done"), max_length=120)
    text = LongTextField(label=gettext_lazy("What is asked, in plain words"), required=False)
    given_on = DayField(label=pgettext_lazy("gate", "From"))
    due_on = DayField(label=pgettext_lazy("gate", "Until"), required=False)
    minutes = CountField(label=gettext_lazy("Minutes that it takes in one community"), max_value=60_000, required=False)
    fields_asked = LinesField(
        label=gettext_lazy("Columns of the ledger"),
        required=False,
        most=200,
        help_text=gettext_lazy("One on each line."),
    )

    def fit(self) -> None:
        self.fields["communities"].actor = self.actor  # type: ignore[attr-defined]  # a CommunitiesField
        help_text = _("Leave empty for all communities of the admission. Otherwise one name or code on each line.")
        self.fields["communities"].help_text = help_text
        self.initial.setdefault("given_on", max(timezone.localdate(), self.row.during.lower))
        self.initial.setdefault("title_zh", self.row.title_zh)
        for name in ("text", "due_on", "minutes") if self.is_ledger else ("fields_asked",):
            del self.fields[name]

    @property
    def is_ledger(self) -> bool:
        return bool(self.row.work_type == WorkType.LEDGER)

    def beside(self) -> dict[str, Any]:
        found = list(reading.reached(self.row)[: SHOWN + 1])
        today = timezone.localdate()
        loads = [(one, queries.capacity(one, today)) for one in found[:SHOWN]]
        return {"loads": loads, "more_loads": len(found) > SHOWN}


def hand(row: Admission, *, by: Actor, at: datetime, **facts: Any) -> None:
    """All lines or none; a ledger is opened in each community, anything else is one piece of work in each."""
    chosen = facts.pop("communities") or list(reading.reached(row).values_list("pk", flat=True))
    if row.work_type != WorkType.LEDGER:
        minutes = facts.pop("minutes") or 0
        tasks = [
            services.Task(community_id=pk, work_type=row.work_type, admission_id=row.pk, minutes=minutes, **facts)
            for pk in chosen
        ]
        services.hand_down(tasks, sender_id=row.sender_id, by=by, at=at)
        return
    for pk in chosen:
        services.open_ledger(
            community_id=pk, name_zh=facts["title_zh"], sender_id=row.sender_id, admission_id=row.pk,
            given_on=facts["given_on"], medium=Medium.ELECTRONIC, fields=facts["fields_asked"], by=by, at=at,
        )  # fmt: skip


class SupportForm(GateForm):
    """The four supports without which an assistance matter stays inactive."""

    money_fen = MoneyField(label=gettext_lazy("Money for one community and year, in yuan"))
    conditions = LongTextField(label=gettext_lazy("Conditions provided"))
    information = LongTextField(label=gettext_lazy("Information support"))
    guide = BodyField(label=gettext_lazy("Guiding unit"))

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        return facts | {"guide_id": facts.pop("guide").pk} if "guide" in facts else facts


class CloseForm(GateForm):
    """From which day a ledger is not kept any more."""

    on = DayField(label=gettext_lazy("First day without it"))
    why = TextField(label=gettext_lazy("Why"), max_length=300)


def own_ledgers(actor: Any) -> Any:
    found = Ledger.objects.filter(sender_id__in=bodies_of(actor))
    return found.select_related("sender__unit", "community")


def place_of(unit: Unit) -> str:
    return unit.name


def to_mine(row: Any) -> str:
    return reverse("desk-gate-mine")


DEEDS = (
    Deed(
        "desk-gate-hand",
        gettext_lazy("Hand down work"),
        gettext_lazy(
            "Under this admission, for its communities and on its days; whatever else is refused and counted."
        ),
        gettext_lazy("Hand down"),
        HandForm,
        hand,
        reading.APPLY,
        reading.all_admissions,
        lambda row: row.sender,
        to_mine,
        lambda row: row.title,
        page="desk/admission/hand.html",
    ),
    Deed(
        "desk-gate-support",
        gettext_lazy("Enter money and support"),
        gettext_lazy("Duties come with their power, tasks with their money: then the matter becomes active."),
        gettext_lazy("Record"),
        SupportForm,
        lambda row, **facts: services.support(row.pk, **facts),
        reading.APPLY,
        reading.all_admissions,
        lambda row: row.sender,
        to_mine,
        lambda row: row.title,
    ),
    Deed(
        "desk-gate-ledger-close",
        gettext_lazy("Close a ledger"),
        gettext_lazy("Nothing is entered from that day on."),
        gettext_lazy("Close"),
        CloseForm,
        lambda row, **facts: services.close_ledger(row.pk, **facts),
        reading.APPLY,
        own_ledgers,
        lambda row: row.sender,
        to_mine,
        lambda row: row.name_zh,
    ),
)
VIEWS = {deed.url_name: deed.view for deed in DEEDS}
