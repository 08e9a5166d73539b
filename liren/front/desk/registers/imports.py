"""Entries out of a table: what one register takes, and where its pages are."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy

from liren.foundation.registers import queries, services
from liren.foundation.registers.models import Register
from liren.foundation.registers.queries import template
from liren.front.desk import importing, jobs
from liren.front.desk.export import csv_reply
from liren.front.desk.fields import TextField
from liren.front.desk.gate import FORM, actor_of, desk
from liren.front.desk.registers.about import about
from liren.front.desk.registers.area import IMPORT, book_for

#: Imports that the page remembers.
EARLIER = 8


class UploadForm(importing.FileForm):
    """A table, and where it comes from. 300,000 lines are the most that one import takes."""

    source = TextField(
        label=gettext_lazy("Source"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Whose figures they are, if not your own, for example a register of another office."),
    )


def import_of(book: Register, *, by: Any, **shows: Any) -> importing.Import:
    """What the pages of an import are told of a register."""
    upload, check, faults = importing.addresses("desk-register", book.code)
    return importing.Import(
        what=book.code,
        take=partial(services.import_entries, book.code),
        titles=template.titles(book),
        page="desk/registers/import.html",
        upload=upload,
        check=check,
        faults=faults,
        home=reverse("desk-register", args=[book.code]),
        shows=about(book, **shows),
        later=partial(jobs.hand_over, by=by),
        nothing=partial(services.ImportReport, book.code),
    )


@desk(IMPORT, *FORM)
def register_import(request: HttpRequest, code: str) -> HttpResponseBase:
    book, _area = book_for(request, code, IMPORT)
    one = import_of(book, by=actor_of(request), batches=queries.batches(book, count=EARLIER))
    return importing.upload_page(request, one, UploadForm(*importing.sent(request)))


@desk(IMPORT, *FORM)
def register_check(request: HttpRequest, code: str, kept: UUID) -> HttpResponseBase:
    book, _area = book_for(request, code, IMPORT)
    return importing.check_page(request, import_of(book, by=actor_of(request)), kept)


@desk(IMPORT)
def register_faults(request: HttpRequest, code: str, kept: UUID) -> HttpResponseBase:
    book, _area = book_for(request, code, IMPORT)
    return importing.faults_csv(request, import_of(book, by=actor_of(request)), kept)


@desk(IMPORT)
def register_template(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """An empty table with the right columns: a workbook with an example and the words to choose from, or plain CSV."""
    book, area = book_for(request, code, IMPORT)
    if kind == "csv":
        return csv_reply(f"{book.code}-template", template.header(book), [])
    return importing.template_xlsx(book.code, template.workbook(book, area.places(book).first()))
