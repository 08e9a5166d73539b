"""From a filled-in form to a case: the form, the place, the hint at neighbours, the one call of the service."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, Malformed, TooMany
from liren.foundation.kernel.pages import wants_json
from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import ANONYMOUS, as_actor
from liren.foundation.policy.queries import pinned
from liren.front.kit.limits import let_in
from liren.front.kit.suggesting import has_sorter, top
from liren.front.portal.cases import choosing, near, places
from liren.front.portal.cases.forms import ASKED, ReportForm
from liren.service.cases.models import DeclaredType, NoType, type_of
from liren.service.cases.services import BadReport, Taken, report, uploads


def opened(code: str) -> DeclaredType:
    """The type of this code, if residents may report it here.

    Raises:
        NoType: none, or not for the web.
    """
    kind = type_of(code)
    if "web" not in kind.spec.channels or kind.spec.journey:
        raise NoType(_("This is not reported here."), next_step=_("Ask at the counter of your community."))
    return kind


def form_for(request: HttpRequest, kind: DeclaredType) -> ReportForm:
    """The form: empty with what is known already, or as it was sent.

    Raises:
        Malformed: what was sent bears no key of its own, which keeps a repeat harmless.
    """
    if request.method == "POST":
        unit = places.unit_of_code(request.POST.get("unit", "")[:20])
        form = ReportForm(request.POST, request.FILES, kind=kind, unit=unit)
        if not form.is_valid() and "client_key" in form.errors or not form.cleaned_data.get("client_key"):
            raise Malformed(_("This form came without its key, so nothing was saved."))
        return form
    known = {"category": request.GET.get("category", "")[:40]}
    known |= {ASKED + one.code: request.GET.get(one.code, "")[:18] for one in kind.spec.intake_fields if one.register}
    unit = places.unit_of_code(request.GET.get("unit", "")[:20]) or places.home_of(request.user)
    if unit:
        known["unit"] = unit.code
    return ReportForm(kind=kind, unit=unit, initial=known)


def page(request: HttpRequest, form: ReportForm) -> dict[str, Any]:
    """What the page of a report shows beside the form."""
    spec, here = form.kind.spec, choosing.language()
    unit = places.unit_of_code(str(form["unit"].value() or ""))
    offered = getattr(form, "places", [])
    ground = unit or top()
    return {
        "form": form,
        "ground_url": reverse("unit-geo", args=[ground.code]) if ground else "",
        "kind": form.kind,
        "spec": spec,
        "places": offered or ([unit] if unit else []),
        "ticked": str(form["unit"].value() or ""),
        "offices": getattr(form, "offices", []),
        "office": str(form["body"].value() or ""),
        "hints": getattr(form, "hints", []),
        "notices": [one for one in spec.categories if one.notice.text(here)],
        "emergencies": choosing.EMERGENCIES,
        "has_sorter": has_sorter(form.kind),
        "is_sealed": spec.confidentiality == "sealed",
        "is_quiet": spec.is_unlinked,
        "is_linked": request.user.is_authenticated and not spec.is_unlinked,
        "needs_contact": not (spec.anonymous or (request.user.is_authenticated and not spec.is_unlinked)),
    }


def form_page(request: HttpRequest, form: ReportForm) -> HttpResponse:
    """The form as it stands: new, with what is wrong, or with what to do instead of sending it now."""
    status = 429 if form.wait_s else 422 if form.is_bound else 200
    reply = show(request, "portal/cases/report.html", "", page(request, form), status=status)
    if form.wait_s:
        reply["Retry-After"] = str(form.wait_s)
    return reply


def sent(request: HttpRequest, form: ReportForm) -> Taken | None:
    """Send it; None where something has to be said on the form first."""
    actor = as_actor(request.user)
    unit, form.places = places.chosen(form, actor)
    body, form.offices = places.body_of(form, unit, actor) if form.kind.spec.about_body else (None, [])
    if form.errors:
        return None
    if not form.cleaned_data["again"]:  # else it is known that neighbours reported the same
        form.hints = near.hints(form.kind, form.cleaned_data, actor)
    if form.hints:
        return None
    return taken(request, form, actor, unit, body)


def taken(request: HttpRequest, form: ReportForm, actor: Any, unit: Any, body: int | None) -> Taken | None:
    """The call of the service; its refusals stand beside the fields.

    Whoever sends very much is bounded, but what is sent in confidence is counted apart: a neighbour's many lamps shall
    not keep anybody from asking for refuge.
    """
    at, is_sealed = timezone.now(), form.kind.spec.confidentiality == "sealed"
    asked = form.cleaned_data
    unnamed = asked["unnamed"] and form.kind.spec.anonymous
    try:
        with pinned(), transaction.atomic():
            let_in(request, "sealed" if is_sealed else "report", at=at, where=unit.code if unit else "")
            return report(
                form.kind.code,
                text=asked["text"],
                by=ANONYMOUS if unnamed else actor,
                at=at,
                unit=unit,
                lon=asked["lon"],
                lat=asked["lat"],
                address=asked["address"],
                category=asked["category"],
                values=form.answers,
                contact={"name": asked["name"], "phone": asked["phone"]},
                about_body_id=body,
                client_key=asked["client_key"],
                language=get_language() or "zh-hans",
                files=uploads(asked["shots"]),
            )
    except TooMany as many:
        form.wait_s = many.retry_after_s
        form.add_error(None, many.said)
        if wants_json(request):
            raise
    except BadReport as bad:
        form.refuse(bad.by_field)
    except BadInput as bad:
        form.add_error(None, bad.said)
    return None
