"""Corrections of wrong entries: the entry is put right, and what was wrong stays readable in the change (R024)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Op, Unit, UnitSpan
from liren.foundation.territory.services import spans
from liren.foundation.territory.services.changes import followed
from liren.foundation.territory.services.checks import (
    check_character,
    check_code,
    check_code_is_free,
    check_kind,
    checked_name,
    checked_text,
)
from liren.foundation.territory.services.orders import Order

CORRECTABLE = ("name_zh", "name_en", "kind", "character", "code")


@transaction.atomic
def correct_unit(
    span_id: int,
    *,
    name_zh: str | None = None,
    name_en: str | None = None,
    kind: str | None = None,
    character: str | None = None,
    code: str | None = None,
    starts_on: date | None = None,
    instrument: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> Unit:
    """Put right what was recorded wrongly for a period: a name, a code, a form, or the day on which it began.

    A corrected value holds from the start of the period until a later change had decided otherwise. ``starts_on``
    moves the border to the period before (or the unit's first day). The change refers to the one it corrects.
    """
    span = UnitSpan.objects.filter(pk=span_id).first()
    if span is None:
        raise Conflict(_("This entry was changed in the meantime."))
    order = Order(span.during.lower, instrument, reason, by, at).checked()
    if not reason.strip():
        raise BadInput(_("Say what was wrong and how it was found."))
    unit = spans.lock([span.unit_id], span.during.lower)[span.unit_id]
    require(by, "territory.change", unit)
    span = UnitSpan.objects.select_related("opened_by").get(pk=span_id)
    wished = {"name_zh": name_zh, "name_en": name_en, "kind": kind, "character": character, "code": code}
    fields = _checked(unit, span, wished)
    was: dict[str, Any] = {field: getattr(span, field) for field in fields}
    became: dict[str, Any] = dict(fields)
    moves = starts_on is not None and starts_on != span.during.lower
    if moves:
        was["starts_on"], became["starts_on"] = (
            span.during.lower.isoformat(),
            starts_on.isoformat() if starts_on else "",
        )
    if not became:
        raise BadInput(_("Nothing would change: %(name)s is so already.") % {"name": span.name_zh})
    change = order.decide(Op.CORRECT, unit, was=was, became=became, corrects=span.opened_by)
    if fields:
        spans.rewrite(unit.pk, span.during.lower, change, fields)
    if moves and starts_on:
        _start(unit, UnitSpan.objects.get(pk=span_id), starts_on)
    return followed([unit.pk], unit.pk, order)


def _checked(unit: Unit, span: UnitSpan, wished: dict[str, str | None]) -> dict[str, Any]:
    """Only what differs, each value checked."""
    fields = {field: value for field, value in wished.items() if value is not None}
    if "name_zh" in fields:
        fields["name_zh"] = checked_name(fields["name_zh"])
    if "name_en" in fields:
        fields["name_en"] = checked_text(fields["name_en"], most=200)
    fields = {field: value for field, value in fields.items() if value != getattr(span, field)}
    if "kind" in fields:
        check_kind(unit.level, fields["kind"])
    if "character" in fields:
        check_character(unit.level, fields["character"])
    if "code" in fields:
        check_code(unit.level, fields["code"])
        check_code_is_free(fields["code"], span.during.lower, but_for=unit.pk)
    return fields


def _start(unit: Unit, span: UnitSpan, starts_on: date) -> None:
    before = UnitSpan.objects.filter(unit=unit, during__endswith=span.during.lower).first()
    if (before and starts_on <= before.during.lower) or (span.during.upper and starts_on >= span.during.upper):
        raise BadInput(
            _("The new first day would swallow a neighbouring entry."),
            next_step=_("Choose a day between the two neighbouring entries, or correct those first."),
        )
    _check_children(unit, span, starts_on, first=before is None)
    moved = DateRange(starts_on, span.during.upper)
    if before is None:
        _first_day(unit, span, starts_on, moved)
    elif starts_on < span.during.lower:
        _border(before, starts_on)
        UnitSpan.objects.filter(pk=span.pk).update(during=moved)
    else:
        UnitSpan.objects.filter(pk=span.pk).update(during=moved)
        _border(before, starts_on)


def _border(before: UnitSpan, day: date) -> None:
    UnitSpan.objects.filter(pk=before.pk).update(during=DateRange(before.during.lower, day))


def _check_children(unit: Unit, span: UnitSpan, starts_on: date, *, first: bool) -> None:
    """A first day may not move behind what already hung from the unit, nor before its parent's."""
    if first and starts_on > span.during.lower:
        hanging = UnitSpan.objects.filter(parent=unit, during__startswith__lt=starts_on)
        if hanging.exists():
            raise Conflict(_("Units hung from %(name)s before that day.") % {"name": span.name_zh})
    parent = span.parent
    if parent and parent.opened_on > starts_on:
        raise Conflict(_("%(name)s did not exist yet on that day.") % {"name": parent.name_zh})


def _first_day(unit: Unit, span: UnitSpan, starts_on: date, moved: DateRange) -> None:
    unit.opened_on = starts_on
    if starts_on < span.during.lower:  # the life must hold the period at every moment
        unit.save(update_fields=["opened_on"])
        UnitSpan.objects.filter(pk=span.pk).update(during=moved)
    else:
        UnitSpan.objects.filter(pk=span.pk).update(during=moved)
        unit.save(update_fields=["opened_on"])
