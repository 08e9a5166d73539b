"""Facts that hold from a day until the next one: the running one ends where the new one begins."""

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, Conflict


def replace(new: Any, siblings: QuerySet[Any], day: date) -> None:
    """End the sibling that runs on the day and save the new row; one that began on or after the day is in the way."""
    check_day(day)
    end(siblings, day)
    new.during = DateRange(day)
    new.save(force_insert=True)


def end(siblings: QuerySet[Any], day: date) -> list[Any]:
    """Cut the running sibling off at the day; returns what was cut."""
    if siblings.filter(during__startswith__gte=day).exists():
        raise Conflict(
            _("An entry that begins on or after that day is recorded already."),
            next_step=_("Choose a later day."),
        )
    running: list[Model] = list(siblings.select_for_update().filter(during__contains=day))
    for row in running:
        siblings.filter(pk=row.pk).update(during=DateRange(row.during.lower, day))  # type: ignore[attr-defined]  # every dated table has it
    return running


def check_day(day: date) -> None:
    if not 1900 <= day.year <= 2200:
        raise BadInput(_("The day lies too far away."))
