"""The page of a service pass, for its holder alone."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from liren.foundation.kernel.idempotency import repeat_is_harmless
from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import Actor, guarded_by
from liren.front.portal.cases import passes, receipt
from liren.service.cases.models import Case
from liren.service.cases.services import holds, pass_of, renew_pass, revoke_pass

PAGE = "portal/cases/{}.html"


@guarded_by("cases.move")
@repeat_is_harmless
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def service_pass(request: HttpRequest, number: str) -> HttpResponse:
    """What is ticked travels in the form, so that no address and no key of a form tells whom the pass is for."""
    case, actor = receipt.own_case(request, number)
    held = pass_of(case, actor)
    if request.POST.get("do") in ACTS:
        return acted(request, case, actor)
    form = passes.SheetForm(request.POST if request.method == "POST" else None, case=case)
    context = {"case": case, "held": held, "holds": holds(held, timezone.localdate()), "form": form}
    if context["holds"] and form.is_valid():
        context |= {"cards": passes.cards(held, form), "size": form.cleaned_data["size"]}
        return show(request, PAGE.format("pass_sheet"), "", context)
    return show(request, PAGE.format("pass"), "", context, status=422 if form.is_bound else 200)


ACTS = {"revoke": revoke_pass, "renew": renew_pass}


def acted(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    """End the pass, or let it hold for another year."""
    what = request.POST["do"]
    ACTS[what](case.pk, by=actor, at=timezone.now())
    message = _("The pass is void from now on.") if what == "revoke" else _("The pass holds for another year.")
    return done(request, "", "", {}, to=reverse("case-pass", args=[case.number]), message=message)
