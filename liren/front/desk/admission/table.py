"""Work to many communities out of a table: the same steps as for entries of a register."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from liren.foundation.admission.models import Admission
from liren.foundation.admission.services import HandReport
from liren.foundation.territory.models import Unit
from liren.front.desk import importing, jobs
from liren.front.desk.admission import reading
from liren.front.desk.export import csv_reply
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.journeys import hand_out

#: Admissions that the page names with their numbers.
SHOWN = 40


class UploadForm(importing.FileForm):
    """A table, and the body in whose name the work is handed out (kept with the file as its source)."""

    source = forms.ChoiceField(label=gettext_lazy("In the name of"))
    field_order = ("source", "file")

    def __init__(self, *args: Any, actor: Any) -> None:
        super().__init__(*args)
        self.fields["source"].choices = reading.body_choices(actor)  # type: ignore[attr-defined]  # a ChoiceField


def import_of(actor: Any, **shows: Any) -> importing.Import:
    """What the pages of an import are told of work."""
    upload, check, faults = importing.addresses("desk-gate-table")
    return importing.Import(
        what=jobs.WORK,
        take=jobs.take_work,
        titles=hand_out.titles(),
        page="desk/admission/table.html",
        upload=upload,
        check=check,
        faults=faults,
        home=reverse("desk-gate-mine"),
        shows=shows,
        later=partial(jobs.hand_over, by=actor),
        nothing=HandReport,
        result="desk/admission/table_check.html",
        said=said,
    )


def said(report: Any) -> str:
    """What was done."""
    sentence = ngettext("%(n)d piece of work was handed out.", "%(n)d pieces of work were handed out.", report.new)
    return sentence % {"n": report.new}


@desk(reading.APPLY, *FORM)
def table_import(request: HttpRequest) -> HttpResponseBase:
    actor = may(request, reading.APPLY) or actor_of(request)
    one = import_of(actor, title=_("Hand out by a table"), admissions=usable(actor))
    return importing.upload_page(request, one, UploadForm(*importing.sent(request), actor=actor))


def usable(actor: Any) -> list[Admission]:
    """Admissions of the actor's bodies under which work can be handed out today."""
    found = reading.own_admissions(actor).filter(during__contains=timezone.localdate(), is_active=True)
    return list(found.order_by("-pk")[:SHOWN])


@desk(reading.APPLY, *FORM)
def table_check(request: HttpRequest, kept: UUID) -> HttpResponseBase:
    actor = may(request, reading.APPLY) or actor_of(request)
    return importing.check_page(request, import_of(actor), kept)


@desk(reading.APPLY)
def table_faults(request: HttpRequest, kept: UUID) -> HttpResponseBase:
    actor = may(request, reading.APPLY) or actor_of(request)
    return importing.faults_csv(request, import_of(actor), kept)


@desk(reading.APPLY)
def table_template(request: HttpRequest, kind: str) -> HttpResponseBase:
    actor = may(request, reading.APPLY) or actor_of(request)
    if kind == "csv":
        return csv_reply("work-template", hand_out.titles().values(), [])
    under = next(iter(usable(actor)), None)
    place: Unit | None = reading.reached(under).first() if under else None
    return importing.template_xlsx("work", hand_out.template(under, place))
