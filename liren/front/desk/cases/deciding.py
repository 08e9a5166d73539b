"""What somebody has to decide: standstills, more time, disputes; and what silence carried up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.errors import Conflict
from liren.foundation.kernel.reply import done, show
from liren.front.desk.cases import words
from liren.front.desk.cases.casepage import conflict_page, why_page
from liren.front.desk.cases.forms import said
from liren.front.desk.cases.standing import Standing, clock_lines
from liren.front.desk.fields import LongTextField
from liren.front.desk.gate import FORM, actor_of, desk
from liren.front.kit.pages import keyset, listed
from liren.service.cases import queries
from liren.service.cases.models import by_versions
from liren.service.cases.queries import NoCase
from liren.service.cases.services import disputes, suspensions

PAGE = "desk/cases/{}.html"
SUPERVISE = ("cases.supervise", *words.SEALED)
MOST = 100
KINDS = {
    "suspension": (queries.suspensions_to_decide, suspensions.decide_suspension),
    "extension": (queries.extensions_to_decide, suspensions.decide_extension),
}


class DecideForm(forms.Form):
    """Yes or no; who asked reads it in the story of the case."""

    approve = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=[("yes", gettext_lazy("Approve")), ("no", gettext_lazy("Refuse"))],
        widget=forms.RadioSelect,
    )


@desk("cases.supervise")
def approvals(request: HttpRequest) -> HttpResponseBase:
    actor = words.enter(request, SUPERVISE)
    stops = list(queries.suspensions_to_decide(actor).order_by("id")[:MOST])
    more = list(queries.extensions_to_decide(actor).order_by("id")[:MOST])
    context = {"title": _("Requests to decide"), "stops": stops, "more": more, "also": words.also(actor)}
    return show(request, PAGE.format("approvals"), "", context)


@desk("cases.supervise", *FORM)
def approval(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    actor = actor_of(request)
    found, case = request_of(kind, pk, actor)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        facts = {"approve": form.cleaned_data["approve"] == "yes", "by": actor, "at": timezone.now()}
        try:
            KINDS[kind][1](pk, **facts)
        except Conflict as conflict:
            return conflict_page(request, case.number, conflict)
        return done(request, "", "", {}, to=reverse("desk-approvals"), message=_("Your decision is recorded."))
    standing = standing_of(case.number, actor)
    context = {"title": _("Decide"), "form": form, "kind": kind, "request_": found, "standing": standing}
    context |= {"case": standing.case, "it": standing.it, "clocks": clock_lines(standing), "may_decide": False}
    return show(request, PAGE.format("approval"), "", context, status=422 if form.is_bound else 200)


def request_of(kind: str, pk: int, actor: Any) -> tuple[Any, Any]:
    """A request that waits for this actor, with its case.

    Raises:
        NoCase: none of this kind and number, or not for this actor to decide.
    """
    rows = KINDS[kind][0](actor) if kind in KINDS else None
    found = rows.filter(pk=pk).first() if rows is not None else None
    if found is None:
        raise NoCase(_("There is no such request."), next_step=_("Open the case: it shows what was asked for."))
    clock = getattr(found, "clock", None)
    return found, clock.case if clock is not None else getattr(found, "case", None)


def standing_of(number: str, actor: Any) -> Standing:
    case = queries.case_by_number(number, actor)
    return Standing(case, actor, queries.reading(case, actor))


# --- disputes ---


class RulingForm(forms.Form):
    """Which body is responsible, why, and whether like cases go there from now on."""

    body = forms.ChoiceField(label=gettext_lazy("Responsible is"))
    ruling = LongTextField(
        label=gettext_lazy("Why"), max_length=2000, help_text=gettext_lazy("Both bodies and the reporter read it.")
    )
    into_catalogue = forms.BooleanField(
        label=gettext_lazy("Like cases go there from today: put it into the dispatch catalogue"), required=False
    )


@desk("cases.arbitrate")
def dispute_list(request: HttpRequest) -> HttpResponseBase:
    actor = words.enter(request, ("cases.arbitrate",))
    page = keyset(request, queries.disputes_to_rule(actor), key="id")
    context = {"title": _("Disputes to rule on"), "page": page, "also": words.also(actor), "now": timezone.now()}
    return show(request, PAGE.format("disputes"), "", context)


@desk("cases.arbitrate", *FORM)
def dispute(request: HttpRequest, pk: int) -> HttpResponseBase:
    actor = actor_of(request)
    found = queries.disputes_to_rule(actor).filter(pk=pk).first()
    if found is None:
        raise NoCase(_("There is no such dispute."), next_step=_("Open the case: it shows what is disputed."))
    standing = standing_of(found.case.number, actor)
    form = ruling_form(request, standing, found)
    try:
        ruled = form.is_valid() and said(form, lambda: rule(request, pk, form))
    except Conflict as conflict:
        return conflict_page(request, found.case.number, conflict)
    if ruled:
        return done(request, "", "", {}, to=reverse("desk-disputes"), message=_("The ruling is recorded."))
    context = {"title": _("Rule on it"), "form": form, "dispute": found, "standing": standing, **why_page(standing)}
    context |= {"case": standing.case, "it": standing.it}
    return show(request, PAGE.format("dispute"), "", context, status=422 if form.is_bound else 200)


def ruling_form(request: HttpRequest, standing: Standing, found: Any) -> RulingForm:
    form = RulingForm(request.POST if request.method == "POST" else None, initial={"body": str(found.proposed_id)})
    form.fields["body"].choices = [("", "—"), *standing.bodies]  # type: ignore[attr-defined]  # a choice field
    return form


def rule(request: HttpRequest, pk: int, form: RulingForm) -> None:
    asked = form.cleaned_data
    facts = {"body_id": int(asked["body"]), "ruling": asked["ruling"], "into_catalogue": asked["into_catalogue"]}
    disputes.rule(pk, **facts, by=actor_of(request), at=timezone.now())


# --- what came up ---


def key_of(one: queries.CameUp) -> tuple[int, str, int]:
    return one.key


def clock_words(spec: Any, one: queries.CameUp) -> str:
    """Which clock ran out; "" for a call and a dispute, which say so themselves."""
    return next((clock.name.text(words.language()) for clock in spec.clocks if clock.code == one.clock), "")


@desk("cases.supervise")
def escalations(request: HttpRequest) -> HttpResponseBase:
    actor = words.enter(request, ("cases.supervise",))
    page = listed(request, lambda after, limit: queries.came_up(actor, after=after, limit=limit), key_of, shape="ntn")
    specs = by_versions({one.case.written_as_id for one in page})
    rows = [(one, queries.Row(one.case, spec := specs[one.case.written_as_id]), clock_words(spec, one)) for one in page]
    context = {"title": _("Came up to me"), "page": page, "rows": rows, "also": words.also(actor)}
    return show(request, PAGE.format("escalations"), "", context)
