"""A table on its way in, whatever it brings: upload → check, in which nothing is written → report → the very same file.

A room says by an ``Import`` what it takes and where its pages are; the pages of every import are here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.errors import Conflict
from liren.foundation.kernel.reply import done, show, wants_part
from liren.foundation.kernel.workbooks import XLSX
from liren.front.desk.export import csv_reply
from liren.front.desk.gate import actor_of
from liren.front.desk.keeping import (
    MOST_AT_ONCE,
    Kept,
    Report,
    brought_back,
    changed,
    counted,
    forget,
    how_far,
    keep,
    on_disk,
    read_upload,
)
from liren.front.desk.refusals import accepted

CHECK, RUNNING = "desk/check.html", "desk/running.html"
#: Faults on the page; the file has all that were kept.
SHOWN = 50


@dataclass(frozen=True)
class Import:
    """What is imported (``what``), by which service, where its pages are, and what they show beside the report.

    ``take``: path and ``dry_run``, ``source``, ``by``, ``at`` → report. ``titles``: of the columns, by their names.
    ``later``: hands a table of more octets than ``at_once`` (else ``MOST_AT_ONCE``) to the worker; ``nothing``: the
    report as long as it has found nothing. ``result`` shows what the check found, with ``more`` of the report.
    ``said``: in other words than those of a register, what was done with a table of so many lines.
    """

    what: str
    take: Callable[..., Report]
    titles: Mapping[str, str]
    page: str
    upload: str
    check: Callable[[Kept], str]
    faults: Callable[[Kept], str]
    home: str
    shows: Mapping[str, Any]
    later: Callable[[Kept], object] | None = None
    nothing: Callable[[], Report] | None = None
    at_once: int | None = None
    result: str = CHECK
    more: Callable[[Any], Mapping[str, Any]] = lambda report: {}
    said: Callable[[Any], str] | None = None


class FileForm(forms.Form):
    """A table."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=200,
        help_text=gettext_lazy("XLSX or CSV (UTF-8 or GBK), at most 60 MB. The first line names the columns."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


def addresses(name: str, *args: Any) -> tuple[str, Callable[[Kept], str], Callable[[Kept], str]]:
    """Upload, check and faults of an import whose addresses are named ``name``, ``name-check``, ``name-faults``."""

    def of(what: str) -> Callable[[Kept], str]:
        return lambda kept: reverse(f"{name}-{what}", args=[*args, UUID(kept.key)])

    return reverse(f"{name}-import", args=args), of("check"), of("faults")


def upload_page(request: HttpRequest, one: Import, form: forms.Form) -> HttpResponseBase:
    """The form; with a good file, what the check of it found."""
    checked: list[Kept] = []
    if form.is_valid() and accepted(form, lambda: checked.append(_check(request, one, **form.cleaned_data))):
        return done(request, one.page, "", {}, to=one.check(checked[0]))
    context = {"title": _("Import"), "form": form, "home": one.home, **one.shows}
    return show(request, one.page, "", context, status=422 if form.is_bound else 200)


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """What a form of files is bound to."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _check(request: HttpRequest, one: Import, *, file: Any, source: str = "") -> Kept:
    name, content = read_upload(file)
    facts = {"what": one.what, "source": source, "by": actor_of(request)}
    if one.later and one.nothing and len(content) > (one.at_once or MOST_AT_ONCE):
        kept = keep(name, content, one.nothing(), step="check", **facts)
        one.later(kept)
        return kept
    with on_disk(name, content) as path:
        report = _take(request, one, path, source, dry_run=True)
    return keep(name, content, report, **facts)


def _take(request: HttpRequest, one: Import, path: Path, source: str, *, dry_run: bool) -> Report:
    return one.take(path, dry_run=dry_run, source=source, by=actor_of(request), at=timezone.now())


def check_page(request: HttpRequest, one: Import, key: UUID) -> HttpResponseBase:
    """What the check found; sent, the very file that was checked is taken over."""
    checked = brought_back(key, what=one.what, by=actor_of(request))
    if checked.step:
        return _progress(request, one, checked)
    if wants_part(request):  # the page that waited has nothing more to wait for: it is opened anew
        return HttpResponse(headers={"HX-Refresh": "true"})
    if request.method == "POST" and not checked.is_done:
        return _take_over(request, one, checked)
    return _report(request, one, checked, checked.report)


def _take_over(request: HttpRequest, one: Import, checked: Kept) -> HttpResponseBase:
    """Import what was checked. What has come in between may have made faults of it: then they are shown."""
    if checked.report.faults:
        raise Conflict(_("The file has faults, so nothing of it is imported."), next_step=_("Mend it and upload it."))
    if one.later and checked.size > (one.at_once or MOST_AT_ONCE):
        one.later(changed(checked, step="import"))
        return done(request, CHECK, "", {}, to=one.check(checked))
    with checked.file() as path:
        report = _take(request, one, path, checked.source, dry_run=False)
    if report.faults:
        return _report(request, one, checked, report, status=422)
    forget(checked)
    return done(request, CHECK, "", {}, to=one.home, message=(one.said or _said)(report))


def _said(report: Report) -> str:
    words = {"new": report.new, "changed": getattr(report, "changed", 0), "unchanged": report.unchanged}
    return _("Imported: %(new)d new, %(changed)d changed, %(unchanged)d as they were.") % words


def _progress(request: HttpRequest, one: Import, kept: Kept) -> HttpResponse:
    """How far the worker has come with the file."""
    stage, lines = how_far(kept)
    titles = {"check": _("The file is being checked"), "import": _("The file is being imported")}
    context = {"title": titles[kept.step], "checked": kept, "stage": stage, "lines": lines, "home": one.home}
    return show(request, RUNNING, "progress", context | dict(one.shows))


def _report(request: HttpRequest, one: Import, checked: Kept, report: Report, status: int = 200) -> HttpResponse:
    context = {"title": _("Check of the file"), "checked": checked, "report": report, "titles": one.titles}
    context |= {"shown": report.faults[:SHOWN], "wrong": len({fault.line for fault in report.faults})}
    context |= {"fault_count": counted(report), "faults_url": one.faults(checked), "upload": one.upload}
    context |= {"home": one.home, "was_sent": status >= 400, **one.more(report), **one.shows}
    return show(request, one.result, "", context, status=status)


def faults_csv(request: HttpRequest, one: Import, key: UUID) -> HttpResponseBase:
    """The faults as a table, to be worked through beside the file."""
    checked = brought_back(key, what=one.what, by=actor_of(request))
    header = [_("Line"), _("Column"), _("What is wrong, and what to write instead")]
    return csv_reply(f"{one.what}-faults", header, _lines(checked.report, one.titles))


def _lines(report: Report, titles: Mapping[str, str]) -> Iterator[list[object]]:
    for fault in report.faults:
        yield [fault.line or "", titles.get(fault.field, fault.field), fault.says]
    if counted(report) > len(report.faults):
        yield ["", "", _("… and %(more)d more") % {"more": counted(report) - len(report.faults)}]


def template_xlsx(name: str, content: bytes) -> HttpResponse:
    """An empty workbook as a download."""
    reply = HttpResponse(content, content_type=XLSX)
    reply["Content-Disposition"] = f'attachment; filename="{name}-template.xlsx"'
    return reply
