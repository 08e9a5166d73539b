"""What is asked of a community: by whom, on which ground, until when, with which money; accept, refuse, report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from liren.foundation.admission import queries, services
from liren.foundation.admission.models import Assignment, ListItem, RowState, bodies_of
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import Actor, can
from liren.foundation.people.models.reach import inside
from liren.front.desk.admission import reading
from liren.front.desk.admission.application import concerned
from liren.front.desk.admission.steps import Deed, GateForm
from liren.front.desk.fields import CountField, DayField, DeskForm, LongTextField
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.front.desk.refusals import accepted
from liren.front.kit.pages import keyset
from liren.service.cases.models import Case
from liren.service.cases.queries import refusable, types_of

OPEN = (RowState.ASKED, RowState.ACCEPTED)
SHOWN = 40


@dataclass(frozen=True)
class Line:
    """A piece of work as the committee sees it; ``item``: the matter of the negative list that it seems to be."""

    row: Assignment
    item: ListItem | None
    is_late: bool


@dataclass(frozen=True)
class CaseLine:
    """A case of an office that lies with us; ``item``: the matter of the negative list that its words betray."""

    case: Case
    name: str
    item: ListItem | None
    is_late: bool


class AskedFilter(DeskForm):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("Not done yet")), ("all", gettext_lazy("All")), *RowState.choices],
        required=False,
    )

    def rows(self) -> QuerySet[Assignment]:
        mine = Assignment.objects.visible_to(self.actor).filter(
            inside(reading.spoken_for(self.actor), "community__path")
        )
        state = self.cleaned_data["state"] if self.is_valid() else ""
        found = mine.filter(state__in=OPEN) if not state else mine if state == "all" else mine.filter(state=state)
        return found.select_related("sender", "admission", "community")


@desk(reading.ANSWER)
def asked(request: HttpRequest) -> HttpResponseBase:
    may(request, reading.ANSWER)
    actor, chosen = actor_of(request), AskedFilter(request.GET, actor=actor_of(request))
    page = keyset(request, chosen.rows(), key="id", down=True)
    context = {
        "title": _("Asked of us"),
        "filter": chosen,
        "page": page,
        "lines": lines(page.rows, timezone.localdate()),
    }
    context["cases"] = by_cases(actor)
    context["places"] = list(reading.communities(actor, reading.ANSWER)[:SHOWN])
    context["hearings"] = concerned(actor)[:SHOWN]
    context["ledgers"] = reading.ledgers(actor).filter(closed_on=None).order_by("-id")[:SHOWN]
    return show(request, "desk/admission/asked.html", "", context)


def by_cases(actor: Any) -> list[CaseLine]:
    """Cases that offices handed to us, the newest first. Three statements."""
    found = list(refusable.asked_by_cases(reading.spoken_for(actor), actor)[:SHOWN])
    specs, items = types_of({one.pk: one for one in found}), refusable.betrayed(found, timezone.localdate())
    words, now = get_language() or "zh", timezone.now()
    return [
        CaseLine(one, specs[one.pk].name.text(words), items.get(one.pk), bool(one.due_at and one.due_at < now))
        for one in found
    ]


def lines(rows: list[Assignment], today: date) -> list[Line]:
    """Each piece of work with the matter of the negative list that its name betrays. One query, for all communities."""
    items = queries.negative_list({one.community for one in rows}, today)
    return [Line(one, hit(one, items), is_late(one, today)) for one in rows]


def hit(row: Assignment, items: list[ListItem]) -> ListItem | None:
    """The matter of a negative list of this community that the name of the work betrays, as the gate reads names, or
    the words under it, which the gate lets pass: under a harmless name anything can be asked."""
    here = [one for one in items if one.unit_id in row.community.path_ids]
    said = (row.title_zh, row.text)
    return next((hit for text in said for hit in queries.looks_like(text, row.work_type, here)), None)


def is_late(row: Assignment, today: date) -> bool:
    return row.due_on is not None and row.due_on < today and row.state in OPEN


class WorkForm(DeskForm):
    """The next step of a piece of work, out of those that its state and the rights leave open."""

    move = forms.ChoiceField(label=gettext_lazy("Step"), widget=forms.RadioSelect)
    item = forms.ChoiceField(label=gettext_lazy("Matter of the negative list"), required=False)
    note = LongTextField(
        label=gettext_lazy("Reason or note"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Needed to refuse what is not on the negative list."),
    )

    def __init__(self, *args: Any, row: Assignment, **options: Any) -> None:
        super().__init__(*args, **options)
        self.row, moves = row, open_moves(options["actor"], row)
        self.fields["move"].choices = moves  # type: ignore[attr-defined]  # a ChoiceField
        items = queries.negative_list([row.community], timezone.localdate()) if "refuse" in dict(moves) else []
        choices = [("", _("None of them")), *((str(one.pk), one.name) for one in items)]
        self.fields["item"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        if len(choices) == 1:
            del self.fields["item"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("move") == "refuse" and not data.get("item") and not data.get("note"):
            self.add_error("note", _("Say why, or choose what it is on the negative list."))
        return data


#: Steps of a piece of work: its word, what it is called, whose it is, and from which states.
MOVES: tuple[tuple[str, Any, str, tuple[RowState, ...]], ...] = (
    ("accept", pgettext_lazy("step of work", "Accept"), reading.ANSWER, (RowState.ASKED,)),
    ("refuse", pgettext_lazy("step of work", "Refuse"), reading.ANSWER, OPEN),
    ("finish", pgettext_lazy("step of work", "Done"), reading.ANSWER, OPEN),
    ("withdraw", pgettext_lazy("step of work", "Take it back"), reading.APPLY, OPEN),
)


def open_moves(actor: Any, row: Assignment) -> list[tuple[str, Any]]:
    """Moves that the state leaves open and that are this actor's: of the community, or of the body that asked."""
    mine = {reading.ANSWER: can(actor, reading.ANSWER, row.community)}
    mine[reading.APPLY] = row.sender_id in bodies_of(actor)
    return [(move, words) for move, words, power, states in MOVES if row.state in states and mine[power]]


def take_step(row: Assignment, *, by: Actor, at: datetime, move: str, note: str, item: str = "") -> None:
    """One step for a committee, or the sender takes it back."""
    if move == "refuse":
        services.refuse_work(row.pk, item_id=int(item) if item else None, note=note, by=by, at=at)
    elif move == "accept":
        services.accept(row.pk, by=by, at=at)
    elif move == "finish":
        services.finish(row.pk, note=note, by=by, at=at)
    else:
        services.withdraw_work(row.pk, note=note, by=by, at=at)


@desk("signed_in", *FORM)
def work(request: HttpRequest, pk: int) -> HttpResponseBase:
    rows = Assignment.objects.visible_to(actor_of(request)).select_related(
        "sender__unit", "admission", "community", "item"
    )
    row = get_object_or_404(rows, pk=pk)
    sent = request.POST if request.method == "POST" else None
    form = WorkForm(sent, row=row, actor=actor_of(request))
    if form.is_valid() and accepted(
        form, lambda: take_step(row, by=form.actor, at=timezone.now(), **form.cleaned_data)
    ):
        return done(request, "", "", {}, to=home_of(form.actor, row), message=_said(form.cleaned_data["move"]))
    context = {"title": row.title, "row": row, "form": form if form.fields["move"].choices else None}  # type: ignore[attr-defined]
    return show(request, "desk/admission/work.html", "", context, status=422 if form.is_bound else 200)


def _said(move: str) -> str:
    if move == "refuse":
        return _("Refused. The body that asked and its government are told.")
    return _("It is recorded.")


def home_of(actor: Any, row: Assignment) -> str:
    name = "desk-gate-asked" if can(actor, reading.ANSWER, row.community) else "desk-gate-mine"
    return reverse(name)


class EnterForm(GateForm):
    """That something was written into a ledger, and how long it took."""

    entered_on = DayField(label=gettext_lazy("Day"))
    minutes = CountField(label=gettext_lazy("Minutes"), max_value=960, required=False)

    def fit(self) -> None:
        self.initial.setdefault("entered_on", timezone.localdate())

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        return facts | {"minutes": facts["minutes"] or 0}


#: What a day can be spent on, in the words of those who spend it.
SPENT = {
    "residents": gettext_lazy("With residents and for them"),
    "tasks": gettext_lazy("Tasks from above"),
    "forms": gettext_lazy("Forms and ledgers"),
    "meetings": gettext_lazy("Meetings"),
    "inspections": gettext_lazy("Inspections and appraisals"),
    "other": gettext_lazy("Anything else"),
}


class DiaryForm(GateForm):
    """How a day was spent, in minutes; without a name."""

    day = DayField(label=gettext_lazy("Day"))

    def fit(self) -> None:
        self.initial.setdefault("day", timezone.localdate())
        for name, words in SPENT.items():
            label = _("%(what)s (minutes)") % {"what": words}
            self.fields[name] = CountField(label=label, max_value=960, required=False)

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        spent = {name: data[name] for name in SPENT if data.get(name)}
        if not spent:
            raise BadInput(_("Enter how many minutes went to what; a day has at most 960."))
        return {"day": data["day"], "minutes": spent}


DEEDS = (
    Deed(
        "desk-gate-ledger",
        gettext_lazy("Note an entry in the ledger"),
        gettext_lazy("Only the day and how long it took. What stands in the ledger stays there."),
        gettext_lazy("Note"),
        EnterForm,
        lambda row, **facts: services.enter(row.pk, **facts),
        reading.ANSWER,
        reading.ledgers,
        lambda row: row.community,
        lambda row: reverse("desk-gate-asked"),
        lambda row: row.name_zh,
    ),
    Deed(
        "desk-gate-diary",
        gettext_lazy("A sheet of the diary"),
        gettext_lazy(
            "Whoever likes says how a day was spent. Nobody has to; no name, no account and no time of day is kept, "
            "and nothing is shown before five sheets of a month are there."
        ),
        gettext_lazy("Hand in"),
        DiaryForm,
        lambda row, **facts: services.fill_diary(row.pk, **facts),
        reading.ANSWER,
        reading.public_communities,
        lambda row: row,
        lambda row: reverse("desk-gate-burden", args=[row.code]),
        lambda row: row.name,
    ),
)
VIEWS = {deed.url_name: deed.view for deed in DEEDS}
