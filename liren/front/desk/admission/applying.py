"""A department applies. The form tells before it is sent why it would be refused."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.admission import queries
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.reply import done, show
from liren.front.desk.admission.apply_form import ApplyForm
from liren.front.desk.admission.reading import APPLY, bodies
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.front.desk.refusals import accepted
from liren.journeys import admit

PAGE = "desk/admission/apply.html"


@desk(APPLY, *FORM)
def apply(request: HttpRequest) -> HttpResponseBase:
    may(request, APPLY)
    form = ApplyForm(request.POST if request.method == "POST" else None, actor=actor_of(request))
    if request.POST.get("step") == "check":
        return checked(request, form)
    made: list[Any] = []
    if form.is_valid() and accepted(form, lambda: made.append(_send(form))):
        to = reverse("desk-application", args=[made[0].pk])
        return done(request, PAGE, "", {}, to=to, message=_("Applied. The communities are heard, then it is decided."))
    return _page(request, form, status=422 if form.is_bound else 200)


def _send(form: ApplyForm) -> Any:
    wish = form.wish()
    if wish is None:
        raise BadInput(_("Choose one of the list."))
    return admit.apply(wish, purpose=form.cleaned_data["purpose"], by=form.actor, at=timezone.now()).application


def checked(request: HttpRequest, form: ApplyForm) -> HttpResponseBase:
    """What stands in the way, for htmx alone or with the form as it was filled in; nothing is sent and nothing kept."""
    form.is_valid()
    wish = form.wish()
    found = queries.findings(wish, on=timezone.localdate()) if wish else []
    context: dict[str, Any] = {"checked": wish is not None, "stops": queries.blocking(found)}
    context["notes"] = [one for one in found if not one.stops]
    fresh = ApplyForm(initial=_typed(request), actor=form.actor)
    return _page(request, fresh, **context)


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed, to stand in the form again."""
    return {name: request.POST[name] for name in ApplyForm.base_fields if name in request.POST}


def _page(request: HttpRequest, form: ApplyForm, *, status: int = 200, **context: Any) -> HttpResponseBase:
    facts = {"title": _("Apply for admission"), "form": form, "has_bodies": bodies(form.actor).exists(), **context}
    return show(request, PAGE, "found", facts, status=status)
