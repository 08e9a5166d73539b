"""Bodies on the desk: the list of those one keeps, the card of one, and founding one in a unit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.bodies import queries, services
from liren.foundation.bodies.models import GROWING, Body, BodyKind, Registration
from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import can
from liren.foundation.people.services import heir_of
from liren.foundation.territory import queries as territory
from liren.front.desk.body_forms import FoundForm
from liren.front.desk.body_steps import ACTION, STEPS
from liren.front.desk.fields import DeskForm, TextField, UnitField
from liren.front.desk.gate import FORM, actor_of, desk, may, unit_for
from liren.front.desk.refusals import accepted
from liren.front.kit.pages import Page, listed

ALL = ("", gettext_lazy("all"))
#: Steps that whoever keeps bodies in a unit may do with bodies from elsewhere: the right is asked in that unit.
AT_A_UNIT = ("desk-body-pair", "desk-body-liaison")


class BodyFilter(DeskForm):
    """Which of the bodies that one keeps."""

    q = TextField(label=gettext_lazy("Name, pinyin or unified social credit code"), max_length=60, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[ALL, *BodyKind.choices], required=False)
    registration = forms.ChoiceField(
        label=gettext_lazy("Registration"), choices=[ALL, *Registration.choices], required=False
    )
    unit = UnitField(label=gettext_lazy("In the unit"), required=False, help_text="")
    left = forms.ChoiceField(
        label=gettext_lazy("Whether its unit stands"), choices=[ALL, ("on", gettext_lazy("has ended"))], required=False
    )

    def asked(self) -> dict[str, Any]:
        chosen: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        return {name: chosen.get(name) or "" for name in ("q", "kind", "registration")} | {
            "unit": chosen.get("unit"),
            "is_left": bool(chosen.get("left")),
        }


@desk(ACTION)
def body_list(request: HttpRequest) -> HttpResponseBase:
    may(request, ACTION)
    actor = actor_of(request)
    chosen = BodyFilter(request.GET, actor=actor)
    asked = chosen.asked()

    def fetch(after: Any, limit: int) -> list[Body]:
        return queries.bodies(actor, kept_by=actor, after=after, limit=limit, **asked)

    page: Page[Body] = listed(request, fetch, queries.key_of, shape="tn")
    return show(request, "desk/bodies.html", "", {"title": _("Bodies"), "filter": chosen, "page": page})


@desk("bodies.view")
def body_card(request: HttpRequest, pk: int) -> HttpResponseBase:
    actor, today = actor_of(request), timezone.localdate()
    rows = Body.objects.visible_to(actor).select_related("unit", "parent__unit", "zone")
    body = get_object_or_404(rows, pk=pk)
    keeps = can(actor, ACTION, body)
    context = {
        "title": body.name,
        "body": body,
        "chain": territory.chain(body.unit),
        "keeps": keeps,
        "steps": steps_for(actor, body, keeps),
        "heir": heir_of(body.unit) if is_left(body) else None,
        "is_left": is_left(body),
        "offices": queries.offices(body, actor, today),
        "duties": queries.duty_list(body, today),
        "members": queries.members(body, today),
        "pairings": [(row, can(actor, ACTION, row.unit)) for row in queries.pairings(body=body, on=today)],
        "liaisons": [(row, can(actor, ACTION, row.unit)) for row in queries.liaisons(body, today)],
        "lines": queries.history(body),
    }
    return show(request, "desk/body.html", "", context)


def steps_for(actor: Any, body: Body, keeps: bool) -> list[tuple[str, Any]]:
    """Address and words of what the actor may do with the body, be it only for a unit of one's own."""
    pairs = not keeps and can(actor, ACTION)
    offered = [step for step in STEPS if keeps or (pairs and step.url_name in AT_A_UNIT)]
    return [(step.url(body.pk), step.title) for step in offered if fits(step.url_name, body)]


def is_left(body: Body) -> bool:
    """Whether the body exists although its unit has ended."""
    return body.unit.closed_on is not None and body.unit.closed_on <= timezone.localdate() and not body.is_over


def fits(url_name: str, body: Body) -> bool:
    """Whether a step makes sense for this body today."""
    if body.is_over:
        return url_name == "desk-body-figure"
    return url_name not in ("desk-body-register", "desk-body-entry") or body.kind in GROWING


@desk(ACTION, *FORM)
def body_found(request: HttpRequest, code: str) -> HttpResponseBase:
    unit = unit_for(request, code, ACTION)
    sent = request.POST if request.method == "POST" else None
    form = FoundForm(sent, body=Body(unit=unit), actor=actor_of(request))
    made: list[Body] = []
    if form.is_valid() and accepted(form, lambda: made.append(_found(form, unit.pk))):
        to = reverse("desk-body", args=[made[0].pk])
        return done(request, "desk/form.html", "", {}, to=to, message=_("The body is on the record."))
    context = {"title": _("Record a body"), "form": form, "unit": unit, "chain": territory.chain(unit)}
    context |= {"button": _("Record"), "back": reverse("desk-unit", args=[code])}
    return show(request, "desk/form.html", "", context, status=422 if form.is_bound else 200)


def _found(form: FoundForm, unit_id: int) -> Body:
    return services.found_body(unit_id=unit_id, by=form.actor, at=timezone.now(), **form.facts())
