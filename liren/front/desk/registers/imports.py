"""Entries out of a table: upload → check, in which nothing is written → report → the very same file taken over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import Conflict
from liren.foundation.kernel.jobs import enqueue
from liren.foundation.kernel.reply import done, show, wants_part
from liren.foundation.registers import queries, services
from liren.foundation.registers.models import Register
from liren.foundation.registers.queries import template
from liren.foundation.registers.services import ImportReport
from liren.front.desk import jobs
from liren.front.desk.export import csv_reply
from liren.front.desk.fields import TextField
from liren.front.desk.gate import FORM, actor_of, desk
from liren.front.desk.refusals import accepted
from liren.front.desk.registers.about import about
from liren.front.desk.registers.area import IMPORT, book_for
from liren.front.desk.registers.keeping import (
    MOST_AT_ONCE,
    Kept,
    brought_back,
    changed,
    forget,
    how_far,
    keep,
    on_disk,
    read_upload,
)

UPLOAD, CHECK, RUNNING = (f"desk/registers/{name}.html" for name in ("import", "check", "running"))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Faults on the page; the file has all that were kept.
SHOWN = 50
#: Imports that the page remembers.
EARLIER = 8


class UploadForm(forms.Form):
    """A table, and where it comes from."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=200,
        help_text=gettext_lazy(
            "XLSX or CSV (UTF-8 or GBK), at most 60 MB and 300,000 lines. The first line names the columns."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    source = TextField(
        label=gettext_lazy("Source"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Whose figures they are, if not your own, for example a register of another office."),
    )


@desk(IMPORT, *FORM)
def register_import(request: HttpRequest, code: str) -> HttpResponseBase:
    book, _area = book_for(request, code, IMPORT)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*sent)
    checked: list[Kept] = []
    if form.is_valid() and accepted(form, lambda: checked.append(_check(request, book, **form.cleaned_data))):
        return done(request, UPLOAD, "", {}, to=reverse("desk-register-check", args=[code, UUID(checked[0].key)]))
    context = about(book, title=_("Import"), form=form, batches=queries.batches(book, count=EARLIER))
    return show(request, UPLOAD, "", context, status=422 if form.is_bound else 200)


def _check(request: HttpRequest, book: Register, *, file: Any, source: str) -> Kept:
    name, content = read_upload(file)
    if len(content) > MOST_AT_ONCE:
        facts = {"register": book.code, "source": source, "by": actor_of(request)}
        return _handed_over(request, keep(name, content, ImportReport(book.code), step="check", **facts))
    with on_disk(name, content) as path:
        report = services.import_entries(
            book.code, path, dry_run=True, source=source, by=actor_of(request), at=timezone.now()
        )
    return keep(name, content, report, register=book.code, source=source, by=actor_of(request))


def _handed_over(request: HttpRequest, kept: Kept) -> Kept:
    """The worker does it; its page says how far it has come."""
    facts = {"kept_as": kept.key, "register": kept.register, "account": actor_of(request).pk}
    at, language = timezone.now().isoformat(), get_language() or "zh-hans"
    enqueue(jobs.take_table, key=f"{kept.key}:{kept.step}", language=language, moment=at, **facts)
    return kept


@desk(IMPORT, *FORM)
def register_check(request: HttpRequest, code: str, kept: UUID) -> HttpResponseBase:
    book, _area = book_for(request, code, IMPORT)
    checked = brought_back(kept, register=code, by=actor_of(request))
    if checked.step:
        return _progress(request, book, checked)
    if wants_part(request):  # the page that waited has nothing more to wait for: it is opened anew
        return HttpResponse(headers={"HX-Refresh": "true"})
    if request.method == "POST" and not checked.is_done:
        return _take_over(request, book, checked)
    return _report(request, book, checked, checked.report)


def _take_over(request: HttpRequest, book: Register, checked: Kept) -> HttpResponseBase:
    """Import what was checked. What has come in between may have made faults of it: then they are shown."""
    if checked.report.fault_count:
        raise Conflict(_("The file has faults, so nothing of it is imported."), next_step=_("Mend it and upload it."))
    if checked.size > MOST_AT_ONCE:
        _handed_over(request, changed(checked, step="import"))
        return done(request, CHECK, "", {}, to=reverse("desk-register-check", args=[book.code, UUID(checked.key)]))
    with checked.file() as path:
        facts = {"source": checked.source, "by": actor_of(request), "at": timezone.now()}
        report = services.import_entries(book.code, path, **facts)
    if report.fault_count:
        return _report(request, book, checked, report, status=422)
    forget(checked)
    words = {"new": report.new, "changed": report.changed, "unchanged": report.unchanged}
    message = _("Imported: %(new)d new, %(changed)d changed, %(unchanged)d as they were.") % words
    return done(request, CHECK, "", {}, to=reverse("desk-register", args=[book.code]), message=message)


def _progress(request: HttpRequest, book: Register, kept: Kept) -> HttpResponse:
    """How far the worker has come with the file."""
    stage, lines = how_far(kept)
    titles = {"check": _("The file is being checked"), "import": _("The file is being imported")}
    context = about(book, title=titles[kept.step], checked=kept, stage=stage, lines=lines)
    return show(request, RUNNING, "progress", context)


def _report(
    request: HttpRequest, book: Register, checked: Kept, report: ImportReport, status: int = 200
) -> HttpResponse:
    context = about(book, title=_("Check of the file"), checked=checked, report=report, shown=report.faults[:SHOWN])
    context["titles"] = template.titles(book)
    context["wrong"] = len({fault.line for fault in report.faults})
    context["faults_url"] = reverse("desk-register-faults", args=[book.code, UUID(checked.key)])
    context["upload"] = reverse("desk-register-import", args=[book.code])
    return show(request, CHECK, "", context, status=status)


@desk(IMPORT)
def register_faults(request: HttpRequest, code: str, kept: UUID) -> HttpResponseBase:
    """The faults as a table, to be worked through beside the file."""
    book, _area = book_for(request, code, IMPORT)
    checked = brought_back(kept, register=code, by=actor_of(request))
    header = [_("Line"), _("Column"), _("What is wrong, and what to write instead")]
    return csv_reply(f"{book.code}-faults", header, _lines(checked.report, template.titles(book)))


def _lines(report: ImportReport, titles: dict[str, str]) -> Iterator[list[object]]:
    for fault in report.faults:
        yield [fault.line or "", titles.get(fault.field, fault.field), fault.says]
    if report.fault_count > len(report.faults):
        yield ["", "", _("… and %(more)d more") % {"more": report.fault_count - len(report.faults)}]


@desk(IMPORT)
def register_template(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """An empty table with the right columns: a workbook with an example and the words to choose from, or plain CSV."""
    book, area = book_for(request, code, IMPORT)
    if kind == "csv":
        return csv_reply(f"{book.code}-template", template.header(book), [])
    reply = HttpResponse(template.workbook(book, area.places(book).first()), content_type=XLSX)
    reply["Content-Disposition"] = f'attachment; filename="{book.code}-template.xlsx"'
    return reply
