"""What else happens to an entry: reviewed, closed, reopened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.reply import done, show
from liren.foundation.registers import queries, services
from liren.foundation.registers.models import Register
from liren.foundation.territory import queries as territory
from liren.front.desk.fields import DayField, TextField
from liren.front.desk.gate import FORM, View, actor_of, desk
from liren.front.desk.refusals import accepted
from liren.front.desk.registers.about import about, entry_for, is_open, is_stale, name_of
from liren.front.desk.registers.area import KEEP

PAGE = "desk/registers/move.html"


class ReviewForm(forms.Form):
    """Nothing to fill in: to send it says that everything is still so."""


class ReopenForm(forms.Form):
    """Why it is there again."""

    reason = TextField(label=gettext_lazy("Reason"))


class CloseForm(ReopenForm):
    """From which day it is gone, and why."""

    closed_on = DayField(label=gettext_lazy("First day without it"))


@dataclass(frozen=True)
class Move:
    """One thing to do with an entry: its words, its form, its service, and whether it is for open or closed entries."""

    title: Promise
    lede: Promise
    button: Promise
    message: Promise
    form: type[forms.Form]
    save: Callable[..., Any]
    of_open: bool = True


def page(move: Move) -> View:
    """The view of one thing to do with an entry."""

    @desk(KEEP, *FORM)
    def view(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
        book, _area, detail = entry_for(request, code, number)
        form = move.form(
            request.POST if request.method == "POST" else None, initial={"closed_on": timezone.localdate()}
        )
        if form.is_valid() and accepted(form, lambda: _save(request, move, book, number, form)):
            return done(request, PAGE, "", {}, to=_next(request, book, number), message=str(move.message))
        context = about(book, title=move.title, lede=move.lede, button=move.button, form=form, detail=detail)
        context |= {"name": name_of(detail), "chain": territory.chain(detail.unit), **_state(move, book, detail)}
        return show(request, PAGE, "", context, status=422 if form.is_bound else 200)

    return view


def _save(request: HttpRequest, move: Move, book: Register, number: int, form: forms.Form) -> None:
    move.save(book.code, number, **form.cleaned_data, by=actor_of(request), at=timezone.now())


def _state(move: Move, book: Register, detail: queries.Detail) -> dict[str, Any]:
    return {"fits": is_open(detail) == move.of_open, "is_open": is_open(detail), "is_stale": is_stale(book, detail)}


def _next(request: HttpRequest, book: Register, number: int) -> str:
    """Back to the pile of stale entries for whoever works through it, else to the entry."""
    if "pile" in request.POST:
        return f"{reverse('desk-register', args=[book.code])}?state=stale"
    return reverse("desk-register-entry", args=[book.code, number])


register_review = page(
    Move(
        gettext_lazy("Review this entry"),
        gettext_lazy("Look at every fact. If all of it is still so, say it here; if not, change the entry."),
        gettext_lazy("All of it is still so"),
        gettext_lazy("The review is recorded."),
        ReviewForm,
        services.review_entry,
    )
)
register_close = page(
    Move(
        gettext_lazy("Close this entry"),
        gettext_lazy("For what is no longer there. The entry leaves the lists and the figures; its story stays."),
        gettext_lazy("Close this entry"),
        gettext_lazy("The entry is closed."),
        CloseForm,
        services.close_entry,
    )
)
register_reopen = page(
    Move(
        gettext_lazy("Reopen this entry"),
        gettext_lazy("For what is there again, or was closed by mistake."),
        gettext_lazy("Reopen this entry"),
        gettext_lazy("The entry is open again."),
        ReopenForm,
        services.reopen_entry,
        of_open=False,
    )
)
