"""One form with one effect: each is a line of a table, as for bodies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.kernel.reply import done, show
from liren.foundation.kernel.rights import SIGNED_IN
from liren.front.desk.fields import DeskForm
from liren.front.desk.gate import FORM, View, actor_of, desk, may
from liren.front.desk.refusals import accepted

PAGE = "desk/admission/form.html"


class GateForm(DeskForm):
    """A form about one row. ``facts`` is what the service wants to be told."""

    def __init__(self, *args: Any, row: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.row = row
        self.fit()

    def fit(self) -> None:
        """Fit choices and first values to the row and the actor; the default has none to fit."""

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def beside(self) -> dict[str, Any]:
        """What the page shows around the form."""
        return {}


@dataclass(frozen=True)
class Deed:
    """Address, words, form and service of one thing to do, and on which rows the actor may do it.

    ``save`` takes the row, the facts of the form, ``by`` and ``at``. ``home``: where its outcome is seen. ``barred``:
    why it is not for this actor although the right is there, "" where it is; a page offers nothing that is barred.
    """

    url_name: str
    title: Promise
    lede: Promise
    button: Promise
    form: type[GateForm]
    save: Callable[..., Any]
    action: str
    rows: Callable[[Any], QuerySet[Any]]
    asked_of: Callable[[Any], Any]
    home: Callable[[Any], str]
    named: Callable[[Any], str] = str
    done: Promise = _("It is recorded.")
    page: str = PAGE
    barred: Callable[[Any, Any], str] = lambda actor, row: ""

    @property
    def view(self) -> View:
        return page(self)


def page(deed: Deed) -> View:
    """The view of one deed: what may not be seen is not found, what is not one's own is refused."""

    @desk(deed.action, *FORM)
    def view(request: HttpRequest, **key: Any) -> HttpResponseBase:
        row = get_object_or_404(deed.rows(actor_of(request)), **key)
        if deed.action != SIGNED_IN:
            may(request, deed.action, deed.asked_of(row))
        if why := deed.barred(actor_of(request), row):
            raise NotAllowed(why)
        return answer(request, deed, row)

    return view


def answer(request: HttpRequest, deed: Deed, row: Any) -> HttpResponseBase:
    """The form, or where to go when it is done."""
    sent = request.POST if request.method == "POST" else None
    form = deed.form(sent, row=row, actor=actor_of(request))
    if form.is_valid() and accepted(form, lambda: _save(deed, row, form)):
        return done(request, deed.page, "", {}, to=deed.home(row), message=str(deed.done))
    name = deed.named(row)
    context: dict[str, Any] = {"title": f"{deed.title} · {name}" if name else deed.title, "lede": deed.lede}
    context |= {"form": form, "button": deed.button, "back": deed.home(row), "row": row, **form.beside()}
    return show(request, deed.page, "", context, status=422 if form.is_bound else 200)


def _save(deed: Deed, row: Any, form: GateForm) -> None:
    deed.save(row, by=form.actor, at=timezone.now(), **form.facts())
