"""Looks of officials at sealed cases, for whoever reviews access: who, when, how often, and why if it was said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.reply import done, show
from liren.front.desk.access import REVIEWED, ReviewFilter, ReviewForm
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.front.desk.refusals import accepted
from liren.front.kit.pages import keyset
from liren.service.cases import services
from liren.service.cases.models import CaseLook
from liren.service.cases.queries import looked


def rows(request: HttpRequest) -> Any:
    """Looks that this person reviews, with who looked."""
    return CaseLook.objects.visible_to(actor_of(request)).select_related("account", "case", "reviewed_by")


@desk("people.review_access")
def look_list(request: HttpRequest) -> HttpResponseBase:
    may(request, "people.review_access")
    chosen = ReviewFilter(request.GET, actor=actor_of(request))
    wants_done = chosen.is_valid() and chosen.cleaned_data["state"] == REVIEWED
    found = rows(request).exclude(outcome="") if wants_done else rows(request).filter(outcome="")
    page = keyset(request, found, key="id", down=True)
    context = {"title": _("Looks at sealed cases"), "filter": chosen, "page": replace(page, rows=looked(page.rows))}
    return show(request, "desk/looks.html", "", context)


@desk("people.review_access", *FORM)
def look_review(request: HttpRequest, pk: int) -> HttpResponseBase:
    look = get_object_or_404(rows(request), pk=pk)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(form, lambda: reviewed(request, pk, form)):
        return done(request, "desk/look_review.html", "", {}, to="desk-looks", message=_("The review is recorded."))
    context = {"title": _("Review a look"), "line": looked([look])[0], "form": form, "back": reverse("desk-looks")}
    return show(request, "desk/look_review.html", "", context, status=422 if form.is_bound else 200)


def reviewed(request: HttpRequest, pk: int, form: ReviewForm) -> None:
    services.review_look(pk, **form.cleaned_data, by=actor_of(request), at=timezone.now())
