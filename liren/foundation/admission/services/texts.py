"""What was typed, checked: texts that fit, words of a list, days, rows that are there."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from liren.foundation.admission.queries import is_of
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import BadInput, LirenError, NotAllowed
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Level, Unit
from liren.foundation.territory.services.checks import checked_long_text, checked_text

Row = TypeVar("Row", bound=models.Model)
LONGEST = 2000
#: Columns that may be typed, with the most characters of each.
LINES = {"title_zh": 120, "title_en": 200, "name_zh": 120, "name_en": 200, "basis": 300, "session": 120, "reason": 500,
         "instrument": 300}  # fmt: skip


class NoSuch(LirenError):
    """There is no such row, or it is not for this actor (404)."""

    status = 404


def line(field: str, text: str, *, needed: bool = True) -> str:
    """One line of text. BadInput where it is needed and empty, too long, or holds signs that can't be kept."""
    empty = _("Fill in every field that is marked as needed.") if needed else ""
    return checked_text(text, most=LINES.get(field, 200), empty=empty)


def lines(text: str, *, needed: bool = True) -> str:
    """A longer text."""
    return checked_long_text(text, empty=_("Say it in a sentence; others will read it later.") if needed else "")


def word(value: str, known: list[str]) -> str:
    """A word of a list."""
    if value not in known:
        raise BadInput(_("Choose one of the list."))
    return value


def days(first: date, end: date) -> DateRange:
    """A period from its first day to the first day without it."""
    if not date(1949, 1, 1) <= first < end <= date(2200, 1, 1):
        raise BadInput(_("The last day lies before the first."))
    return DateRange(first, end)


def held(model: type[Row], pk: int, *related: str) -> Row:
    """The row, held until the transaction ends.

    Raises:
        NoSuch: there is none.
    """
    rows: Any = model._default_manager.select_for_update(no_key=True, of=("self",)).select_related(*related)
    found: Row | None = rows.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise NoSuch(_("There is no such entry."), next_step=_("Choose it from the list."))
    return found


def body_of(pk: int | None, on: date) -> Body:
    """A body that exists on the day."""
    found = Body.objects.select_related("unit").filter(pk=pk or 0, during__contains=on).first()
    if found is None:
        raise BadInput(_("There is no such body on that day."))
    return found


def unit_of(pk: int) -> Unit:
    found = Unit.objects.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise BadInput(_("There is no such unit."))
    return found


def community_of(pk: int) -> Unit:
    """A community or village; whether it exists on a day is asked by the database."""
    found = unit_of(pk)
    if found.level != Level.COMMUNITY:
        raise BadInput(_("%(name)s is not a community or village.") % {"name": found.name_zh})
    return found


def impartial(body: Body, by: Actor, on: date) -> None:
    """Whoever holds a post in a body does not decide on what it asks, or on what is said of it.

    Raises:
        NotAllowed: the actor holds one.
    """
    if is_of(by, body, on):
        raise NotAllowed(_("Somebody has to decide who holds no post in that body."))
