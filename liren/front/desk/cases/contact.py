"""How the reporter is reached: opened for a reason, which the reporter reads; shown once and kept nowhere."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.kernel.reply import show
from liren.front.desk.cases import words
from liren.front.desk.cases.casepage import told_if_moved_on
from liren.front.desk.cases.forms import said
from liren.front.desk.fields import TextField
from liren.front.desk.gate import FORM, actor_of, desk
from liren.service.cases import queries, services

PAGE = "desk/cases/contact.html"


class PurposeForm(forms.Form):
    purpose = TextField(label=gettext_lazy("What you need it for"), help_text=gettext_lazy("The reporter reads it."))


@desk("cases.move", *FORM)
@told_if_moved_on
def contact(request: HttpRequest, number: str) -> HttpResponseBase:
    words.enter(request, (*words.DESK, *words.CALL_BACK))
    case = queries.case_by_number(number, actor_of(request))
    if not queries.reaches(case, actor_of(request)):
        raise NotAllowed(_("Your account does not hold the duty that this needs."))
    form = PurposeForm(request.POST if request.method == "POST" else None)
    found: dict[str, str] = {}
    if form.is_valid():
        said(form, lambda: found.update(opened(request, case.pk, form)))
    context = {"title": _("Reach the reporter"), "case": case, "form": form, "found": found, "back": back_of(request)}
    return show(request, PAGE, "", context, status=422 if form.errors else 200)


def opened(request: HttpRequest, pk: int, form: PurposeForm) -> dict[str, str]:
    return services.read_contact(pk, purpose=form.cleaned_data["purpose"], by=actor_of(request), at=timezone.now())


def back_of(request: HttpRequest) -> Any:
    """Whether whoever asks works on cases, or only calls back."""
    return any(actor_of(request).holds(power) for power in words.DESK)
