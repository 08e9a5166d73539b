"""Buildings and social organisations that should have a named service contact, and who that is (R029)."""

from typing import Any

from django import forms
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.reply import done, show
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import ServiceContact, ServiceSubject, SubjectKind, Unit
from liren.front.desk.facts import EARLIER, FactForm, ServiceContactForm, Table, first_day, last_day
from liren.front.desk.fields import DayField, TextField
from liren.front.desk.gate import FORM, actor_of, desk, may, unit_for
from liren.front.desk.refusals import accepted
from liren.front.kit.coverage import coverage
from liren.front.kit.pages import Page, keyset

PAGE, CONTACT_PAGE = "desk/subjects.html", "desk/fact.html"
ACTION = "territory.grid"


class SubjectForm(FactForm):
    """One more building or organisation on the list of the unit."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=SubjectKind.choices)
    name_zh = TextField(label=gettext_lazy("Name"))
    effective_on = DayField(label=gettext_lazy("From"))


@desk(ACTION, *FORM)
def subjects(request: HttpRequest, code: str) -> HttpResponseBase:
    unit = unit_for(request, code, ACTION)
    form = SubjectForm(request.POST if request.method == "POST" else None, unit=unit, actor=actor_of(request))
    if form.is_valid() and accepted(form, lambda: _register(form)):
        return done(request, PAGE, "", {}, to=reverse("desk-subjects", args=[code]), message=_("It is on the list."))
    context = {"title": _("Buildings and organisations"), "unit": unit, "chain": queries.chain(unit), "form": form}
    context |= {"page": listed(request, unit), "coverage": coverage(unit, timezone.localdate())}
    return show(request, PAGE, "", context, status=422 if form.is_bound else 200)


def _register(form: SubjectForm) -> None:
    services.register_service_subject(form.unit.pk, by=form.actor, at=timezone.now(), **form.facts())


def listed(request: HttpRequest, unit: Unit) -> Page[ServiceSubject]:
    """What stands on the list of the unit today, each with today's contact, page by page."""
    today = timezone.localdate()
    named = Prefetch("contacts", ServiceContact.objects.filter(during__contains=today), to_attr="named_today")
    rows = ServiceSubject.objects.filter(unit=unit, during__contains=today).prefetch_related(named)
    return keyset(request, rows, key="id")


@desk(ACTION, *FORM)
def subject_contact(request: HttpRequest, pk: int) -> HttpResponseBase:
    subject = get_object_or_404(ServiceSubject.objects.select_related("unit__parent"), pk=pk)
    may(request, ACTION, subject.unit)
    sent = request.POST if request.method == "POST" else None
    form = ServiceContactForm(sent, unit=subject.unit, actor=actor_of(request))
    back = reverse("desk-subjects", args=[subject.unit.code])
    if form.is_valid() and accepted(form, lambda: _name(subject, form)):
        return done(request, CONTACT_PAGE, "", {}, to=back, message=_("The service contact is named."))
    return show(request, CONTACT_PAGE, "", _contact_page(subject, form, back), status=422 if form.is_bound else 200)


def _name(subject: ServiceSubject, form: ServiceContactForm) -> None:
    services.name_service_contact(subject_id=subject.pk, by=form.actor, at=timezone.now(), **form.facts())


def _contact_page(subject: ServiceSubject, form: ServiceContactForm, back: str) -> dict[str, Any]:
    head, rows = contacts_of(subject)
    context: dict[str, Any] = {"title": _("Service contact of %(name)s") % {"name": subject.name_zh}, "form": form}
    context["lede"] = _("Whom residents ask. A post, a public name and an office telephone; it is published.")
    return context | {
        "unit": subject.unit,
        "chain": queries.chain(subject.unit),
        "head": head,
        "rows": rows,
        "button": _("Record"),
        "back": back,
    }


def contacts_of(subject: ServiceSubject) -> Table:
    """Who was named so far, newest first."""
    head = [_("From"), _("Last day"), _("Post"), _("Name"), _("Office telephone")]
    rows = subject.contacts.order_by("-during")[:EARLIER]
    return head, [[first_day(row.during), last_day(row.during), row.post, row.name, row.telephone] for row in rows]
