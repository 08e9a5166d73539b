"""An entry on the desk: read, entered, changed, with its files."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import Conflict
from liren.foundation.kernel.reply import done, show
from liren.foundation.registers import queries
from liren.foundation.registers.models import Entry, Register
from liren.foundation.territory import queries as territory
from liren.front.desk.gate import FORM, actor_of, desk
from liren.front.desk.registers import saving
from liren.front.desk.registers.about import about, entry_for, is_open, is_stale, must_be_open, name_of
from liren.front.desk.registers.area import KEEP, Area, book_for
from liren.front.desk.registers.forms import EntryForm, initial_of
from liren.front.desk.registers.opening import is_opened, looks_at
from liren.front.kit.signers import signers

PAGE = "desk/registers/form.html"
#: Lines of the story on the desk; the whole of it is on the page for residents.
STORY = 15


@desk(KEEP)
def register_entry(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    book, _area, detail = entry_for(request, code, number)
    context = about(book, title=name_of(detail), detail=detail, chain=territory.chain(detail.unit))
    context["story"] = queries.history(book, number, actor_of(request), count=STORY)
    context["looks"] = looks_at(book, number, actor_of(request)) if detail.sealed else []
    context["who"] = signers(context["story"])
    context |= {"is_open": is_open(detail), "is_stale": is_stale(book, detail), "files": files_of(book, detail)}
    return show(request, "desk/registers/entry.html", "", context)


def files_of(book: Register, detail: queries.Detail) -> dict[str, str]:
    """Addresses of the files that the entry names, by field."""
    shown = [one for one in detail.fields if one.field.kind == "file" and isinstance(one.value, int)]
    return {one.field.code: reverse("desk-register-file", args=[book.code, detail.number, one.value]) for one in shown}


@desk(KEEP, *FORM)
def register_add(request: HttpRequest, code: str) -> HttpResponseBase:
    book, area = book_for(request, code)
    form = _form(request, book, area, initial={"unit": request.GET.get("unit", "")[:20]})
    if request.method == "POST" and (entry := saving.add(form, timezone.now())):
        to = _after(request, book, entry)
        return done(request, PAGE, "", {}, to=to, message=_("“%(name)s” is entered.") % {"name": _told(book, entry)})
    context = about(book, title=_("Add an entry"), form=form, button=_("Enter"), is_new=True)
    context["back"] = context["home"]
    return show(request, PAGE, "", context, status=422 if form.is_bound else 200)


def _form(request: HttpRequest, book: Register, area: Area, **options: Any) -> EntryForm:
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return EntryForm(*sent, book=book, area=area, actor=actor_of(request), **options)


def _told(book: Register, entry: Entry) -> str:
    """The name in a message, which the next page shows; of a sealed entry its number."""
    return entry.name if book.spec.visible != "sealed" else _("Entry %(number)s") % {"number": entry.number}


def _after(request: HttpRequest, book: Register, entry: Entry) -> str:
    """Where to go from a new entry: to the next one, to the entry, or to the list where the entry is sealed now."""
    if "again" in request.POST:
        return f"{reverse('desk-register-add', args=[book.code])}?unit={entry.unit.code}"
    if book.spec.visible == "sealed":
        return reverse("desk-register", args=[book.code])
    return reverse("desk-register-entry", args=[book.code, entry.number])


@desk(KEEP, *FORM)
def register_edit(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    book, area, detail = entry_for(request, code, number)
    opened = is_opened(request, book, number)
    if book.spec.visible == "sealed" and not opened:
        return redirect("desk-register-open", code, number)
    must_be_open(detail)
    form = _form(request, book, area, sealed=opened, initial=initial_of(book, detail.entry))
    try:
        if request.method == "POST" and saving.change(form, number, _seen(request), timezone.now()):
            to = reverse("desk-register-entry", args=[code, number])
            return done(request, PAGE, "", {}, to=to, message=_("The change is recorded."))
    except Conflict:
        return _overtaken(request, book, detail, form)
    seen = _seen(request) if form.is_bound else detail.seen
    return _edit_page(request, book, detail, form, status=422 if form.is_bound else 200, seen=seen)


def _seen(request: HttpRequest) -> int:
    """The newest line of the story that the form was opened with; a form that names none has seen nothing."""
    typed = request.POST.get("seen", "")
    return int(typed) if re.fullmatch(r"[0-9]{1,18}", typed) else 0


def _overtaken(request: HttpRequest, book: Register, detail: queries.Detail, form: EntryForm) -> HttpResponse:
    """Somebody was faster: what they changed, and what I typed still in the form, to be sent again on top of it."""
    story = queries.history(book, detail.number, actor_of(request), count=STORY)
    newer = [line for line in story if line.pk > _seen(request)]
    return _edit_page(request, book, detail, form, status=409, seen=detail.seen, newer=newer, who=signers(newer))


def _edit_page(
    request: HttpRequest, book: Register, detail: queries.Detail, form: EntryForm, *, status: int, **more: Any
) -> HttpResponse:
    context = about(book, title=_("Change this entry"), form=form, button=_("Record the change"), detail=detail, **more)
    context["back"] = reverse("desk-register-entry", args=[book.code, detail.number])
    context["opened"] = request.POST.get("opened") or request.GET.get("opened", "")
    return show(request, PAGE, "", context, status=status)


@desk(KEEP)
def register_file(request: HttpRequest, code: str, number: int, key: int) -> HttpResponseBase:
    """A file of an entry: to be saved, and not to be run by the browser."""
    book, _area, _detail = entry_for(request, code, number)
    file = queries.attachment(book, number, key, actor_of(request))
    reply = HttpResponse(bytes(file.content), content_type=file.type)
    reply.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name) or ""
    reply.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return reply
