"""Reporting: what, where, one form, the receipt."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from liren.foundation.kernel.idempotency import repeat_is_harmless
from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import as_actor, guarded_by
from liren.foundation.policy.queries import pinned
from liren.front.kit.suggesting import suggestions
from liren.front.portal.cases import choosing, near, places, receipt, sending
from liren.front.portal.cases.entrances import entrances

PAGE = "portal/cases/{}.html"


@guarded_by("cases.report")
@require_safe
@pinned()
def choose(request: HttpRequest) -> HttpResponse:
    form = choosing.WishForm(request.GET)
    unit = places.unit_of_code(request.GET.get("unit", "")[:20])
    context = {**choosing.page(form, unit), "entrances": entrances(unit)}
    return show(request, PAGE.format("choose"), "ways", context, status=200 if form.is_valid() else 422)


@guarded_by("cases.report")
@repeat_is_harmless
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@pinned()
def report(request: HttpRequest, code: str) -> HttpResponse:
    """The service keeps a repeat harmless by the form's ``client_key``, which a saved draft bears too."""
    form = sending.form_for(request, sending.opened(code))
    taken = sending.sent(request, form) if form.is_bound else None
    if taken is None:
        return sending.form_page(request, form)
    receipt.remember(request, taken.case)
    return done(request, "", "", {}, to=reverse("report-sent", args=[taken.case.number]))


@guarded_by("cases.report")
@require_safe
def where(request: HttpRequest) -> HttpResponse:
    context = places.looked_up(places.PointForm(request.GET), as_actor(request.user))
    return show(request, PAGE.format("where"), "", context)


@guarded_by("cases.report")
@require_safe
def neighbours(request: HttpRequest, code: str) -> HttpResponse:
    form = places.PointForm(request.GET)
    asked = {**form.cleaned_data, "category": request.GET.get("category", "")[:40]} if form.is_valid() else {}
    hints = near.hints(sending.opened(code), asked, as_actor(request.user))
    return show(request, PAGE.format("near"), "", {"hints": hints})


@guarded_by("cases.report")
@require_http_methods(["POST"])
def suggested(request: HttpRequest, code: str) -> HttpResponse:
    """What was written so far travels in the body: an address would stand in logs."""
    found = suggestions(sending.opened(code), request.POST.get("text", ""))
    return show(request, "kit/suggested.html", "", {"suggestions": found})


@guarded_by("cases.report")
@never_cache
@require_safe
def sent(request: HttpRequest, number: str) -> HttpResponse:
    case, _actor = receipt.own_case(request, number)
    return show(request, PAGE.format("sent"), "", receipt.page(request, case))
