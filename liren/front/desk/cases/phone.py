"""The telephone: how far is my case, and the call back that asks the reporter's two questions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import can
from liren.front.desk.cases import words
from liren.front.desk.cases.forms import YES_NO, SeenField, said
from liren.front.desk.fields import LongTextField, TextField
from liren.front.desk.gate import FORM, desk
from liren.front.kit.pages import keyset
from liren.service.cases import queries, services
from liren.service.cases.models import by_versions

PAGE = "desk/cases/{}.html"
PHONE = (*words.TAKE, *words.CALL_BACK)


class NumberForm(forms.Form):
    number = TextField(label=pgettext_lazy("case", "Number"), max_length=40, required=False)


class AskForm(forms.Form):
    """The two questions, and what shall follow where it is not solved; or that nobody was reached."""

    solved = forms.ChoiceField(label=gettext_lazy("Is it solved?"), choices=YES_NO, widget=forms.RadioSelect)
    satisfied = forms.ChoiceField(
        label=gettext_lazy("Are you satisfied with how it was handled?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        required=False,
    )
    note = LongTextField(label=gettext_lazy("In the reporter’s words"), max_length=1000, required=False)
    seen = SeenField()


class HeardForm(forms.Form):
    """What whoever is on the telephone adds to a case that is there."""

    adds = LongTextField(label=gettext_lazy("In the caller’s words"), max_length=1000)


@desk("cases.callback")
def phone(request: HttpRequest) -> HttpResponseBase:
    actor = words.enter(request, PHONE)
    form, missed = NumberForm(request.GET), ""
    typed = form.cleaned_data["number"] if form.is_valid() else ""
    if typed:
        try:
            found = queries.case_by_number(typed, actor)
            return done(request, "", "", {}, to=reverse("desk-phone-case", args=[found.number]))
        except queries.NoCase as none:
            missed = none.said
    page = keyset(request, queries.to_call_back(actor), key="id")
    specs = by_versions({one.written_as_id for one in page})
    rows = [queries.Row(one, specs[one.written_as_id]) for one in page]
    context = {"title": _("Telephone and counter"), "form": form, "missed": missed, "page": page, "rows": rows}
    context |= {"may_take": actor.holds("cases.take"), "may_ask": actor.holds("cases.callback")}
    return show(request, PAGE.format("phone"), "", context)


@desk("cases.callback", *FORM)
def phone_case(request: HttpRequest, number: str) -> HttpResponseBase:
    actor = words.enter(request, PHONE)
    case = queries.case_by_number(number, actor)
    moves = asking(case, actor)
    asked = request.POST if request.method == "POST" and "adds" not in request.POST else None
    form = AskForm(asked, initial={"seen": case.revision})
    if request.POST.get("missed") and moves:
        services.add_note(case.pk, note=_("Called, and reached nobody."), told=False, by=actor, at=timezone.now())
        return done(request, "", "", {}, to=reverse("desk-phone"), message=_("Noted: nobody was reached."))
    if form.is_valid() and said(form, lambda: judged(case, moves, form, actor)):
        return done(request, "", "", {}, to=reverse("desk-phone"), message=_("The answer is recorded."))
    heard = HeardForm(request.POST if "adds" in request.POST else None) if adds_to(case, actor) else None
    if heard and heard.is_valid() and said(heard, lambda: added(case, heard, actor)):
        to = reverse("desk-phone-case", args=[case.number])
        return done(request, "", "", {}, to=to, message=_("It stands on the case now; its desk reads it."))
    it = queries.reading(case, actor)
    context: dict[str, Any] = {"title": it.category_words or it.type_words, "case": case, "it": it, "heard": heard}
    context |= {"form": form if moves else None, "lines": queries.timeline(case, actor)[::-1]}
    context |= {"clocks": case.clocks.filter(stopped_at=None), "phase": words.PHASES[case.phase]}
    context |= {"has_contact": bool(moves) and hasattr(case, "contact")}
    is_faulty = form.is_bound or (heard is not None and heard.is_bound)
    return show(request, PAGE.format("phone_case"), "", context, status=422 if is_faulty else 200)


def adds_to(case: Any, actor: Any) -> bool:
    """Whether this actor writes down what callers add: who takes in there, on an open case not in confidence."""
    return case.phase != "closed" and case.confidentiality != "sealed" and can(actor, "cases.take", case.unit)


def added(case: Any, form: HeardForm, actor: Any) -> None:
    services.add_heard(case.pk, note=form.cleaned_data["adds"], by=actor, at=timezone.now())


def asking(case: Any, actor: Any) -> list[Any]:
    """Moves by which this actor writes down what the reporter says."""
    if "callback" not in queries.acts_as(case, actor):
        return []
    return [one for one in queries.open_moves(case, actor) if one.effect == "verdict" and "callback" in one.by]


def judged(case: Any, moves: list[Any], form: AskForm, actor: Any) -> None:
    """The move whose outcome says what was answered; where a type has one for both, that one."""
    asked = form.cleaned_data
    spec = queries.reading(case, actor).spec
    wanted = "solved" if asked["solved"] == "yes" else "unsolved"
    fitting = [one for one in moves if spec.state(one.target).outcome == wanted] or moves
    if not fitting:
        raise BadInput(_("This case isn’t waiting for an answer of its reporter."))
    values = {"solved": asked["solved"], "satisfied": asked["satisfied"]}
    facts = {"note": asked["note"], "values": values, "seen": asked["seen"]}
    services.move(case.pk, fitting[0].code, **facts, by=actor, at=timezone.now())
