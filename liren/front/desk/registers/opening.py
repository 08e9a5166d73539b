"""What is sealed in an entry: opened with a purpose that is kept beside it, and changed while it is open."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import require
from liren.foundation.registers import queries, services
from liren.foundation.registers.models import Look, NoEntry, Register, register
from liren.foundation.territory import queries as territory
from liren.front.desk.fields import TextField
from liren.front.desk.gate import FORM, actor_of, desk
from liren.front.desk.refusals import accepted
from liren.front.desk.registers.about import about
from liren.front.kit.signers import signers

UNSEAL = "registers.unseal"
SALT = "liren.desk.registers.opened"
#: How long an opened entry may be changed before it has to be opened again.
OPEN_S = 1800


class PurposeForm(forms.Form):
    """Why the entry is opened."""

    purpose = TextField(
        label=gettext_lazy("What for?"),
        help_text=gettext_lazy("One sentence. It is kept with your account and the time, for good."),
    )


def mark(request: HttpRequest, book: Register, number: int) -> str:
    """That this actor has opened this entry just now; good for half an hour, and for nobody else."""
    return signing.dumps([actor_of(request).label, book.code, number], salt=SALT)


def is_opened(request: HttpRequest, book: Register, number: int) -> bool:
    text = request.POST.get("opened") or request.GET.get("opened", "")
    try:
        return bool(
            signing.loads(text[:500], salt=SALT, max_age=OPEN_S) == [actor_of(request).label, book.code, number]
        )
    except (signing.BadSignature, ValueError):
        return False


@desk(UNSEAL, *FORM)
def register_open(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    book, detail = _sealed(request, code, number)
    form = PurposeForm(request.POST if request.method == "POST" else None)
    opened: list[queries.Detail] = []
    if form.is_valid() and accepted(form, lambda: opened.append(_open(request, book, number, **form.cleaned_data))):
        return _shown(request, book, opened[0])
    context = about(book, title=_("Open what is sealed"), form=form, detail=detail, button=_("Open the entry"))
    context |= {"chain": territory.chain(detail.unit), "looks": looks_at(book, number, actor_of(request))}
    return show(request, "desk/registers/open.html", "", context, status=422 if form.is_bound else 200)


def _sealed(request: HttpRequest, code: str, number: int) -> tuple[Register, queries.Detail]:
    """The entry, for whoever may open it (404 where it is not to be seen)."""
    book = register(code)
    detail = queries.detail(book, number, actor_of(request))
    require(actor_of(request), UNSEAL, detail.unit)
    if not detail.sealed and book.spec.visible != "sealed":
        raise NoEntry(_("Nothing in this register is sealed."), next_step=_("Read the entry on its page."))
    return book, detail


def looks_at(book: Register, number: int, actor: Any) -> list[tuple[Look, str]]:
    """Who opened the entry, by name and office: whoever may open it holds the others to account."""
    looks = queries.looks(book, number, actor)
    who = signers(looks, by_name=True)
    return [(look, who[look.pk]) for look in looks]


def _open(request: HttpRequest, book: Register, number: int, *, purpose: str) -> queries.Detail:
    return services.open_sealed(book.code, number, purpose=purpose, by=actor_of(request), at=timezone.now())


def _shown(request: HttpRequest, book: Register, detail: queries.Detail) -> HttpResponseBase:
    """The open entry. It has no address of its own: whoever comes back states a purpose again."""
    context: dict[str, Any] = about(book, title=detail.name, detail=detail, mark=mark(request, book, detail.number))
    context |= {"chain": territory.chain(detail.unit), "looks": looks_at(book, detail.number, actor_of(request))}
    context["edit"] = reverse("desk-register-edit", args=[book.code, detail.number])
    return show(request, "desk/registers/opened.html", "", context)
