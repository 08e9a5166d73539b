"""What pages of one register and of one entry begin with."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import Conflict, NotAllowed
from liren.foundation.registers import queries
from liren.foundation.registers.models import Register
from liren.front.desk.gate import actor_of
from liren.front.desk.registers.area import Area, book_for
from liren.front.desk.registers.words import READERS


def about(book: Register, **more: Any) -> dict[str, Any]:
    """What every page of a register shows of it."""
    home = reverse("desk-register", args=[book.code])
    return {"book": book, "spec": book.spec, "reader": READERS[book.spec.visible], "home": home, **more}


def entry_for(request: HttpRequest, code: str, number: int) -> tuple[Register, Area, queries.Detail]:
    """The entry, for whoever keeps it: 404 where it is not to be seen, 403 where others keep it."""
    book, area = book_for(request, code)
    detail = queries.detail(book, number, actor_of(request))
    if not detail.may_keep:
        raise NotAllowed(_("This entry is kept by another office."))
    return book, area, detail


def name_of(detail: queries.Detail) -> str:
    """The name of an entry; of a sealed one its number, since its name is sealed too."""
    return detail.name or _("Entry %(number)s") % {"number": detail.number}


def is_open(detail: queries.Detail) -> bool:
    closed = detail.entry.closed_on
    return closed is None or closed > timezone.localdate()


def must_be_open(detail: queries.Detail) -> None:
    if not is_open(detail):
        raise Conflict(_("This entry is closed."), next_step=_("Reopen it first."))


def is_stale(book: Register, detail: queries.Detail) -> bool:
    """Whether nobody has reviewed the entry within the register's period."""
    return (timezone.localdate() - detail.entry.reviewed_on).days > book.spec.review_days
