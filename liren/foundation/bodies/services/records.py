"""What bodies did and what became of them: yearly figures, fostering and supervision, activities. All appended."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import GROWING, Activity, Body, Entry, EntryKind, Figure, Line, Measure
from liren.foundation.bodies.services.checks import (
    KEEP,
    check_past,
    checked_choice,
    living_body,
    locked_body,
    other_body,
    unit_of,
)
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.services.checks import checked_long_text, checked_text

MOST = 10**15
MOST_PEOPLE = 10_000_000


@transaction.atomic
def record_figure(
    body_id: int, *, measure: str, year: int, number: int, source: str, by: Actor, at: datetime
) -> Figure:
    """Append how many staff or members a body had at the end of a year, or its budget of the year in fen.

    A second word on a year is a new revision. A count only: never a list of persons (R013, R171, R206).
    """
    body = locked_body(body_id, by)
    checked_choice(measure, Measure.values, _("This measure is not in the list."))
    if not 1949 <= year <= timezone.localdate(at).year + 1:
        raise BadInput(_("The year is no year of such a figure."))
    if not 0 <= number <= MOST:
        raise BadInput(_("A figure is negative or too large."))
    last = Figure.objects.filter(body=body, measure=measure, year=year).aggregate(last=Max("revision"))["last"] or 0
    row = Figure.objects.create(
        body=body,
        measure=measure,
        year=year,
        revision=last + 1,
        number=number,
        source=checked_text(source, most=300, empty=_("Name the source of the figures.")),
        recorded_by=by.label,
        recorded_at=at,
    )
    audit.record("bodies.record_figure", row, by=by, at=at, unit_id=body.unit_id, measure=measure, year=year)
    return row


@transaction.atomic
def record_entry(
    body_id: int,
    *,
    kind: str,
    happened_on: date,
    text_zh: str,
    text_en: str = "",
    amount_fen: int | None = None,
    answers_id: int | None = None,
    source: str,
    by: Actor,
    at: datetime,
) -> Entry:
    """Append a step of fostering and supervising an organisation (R175): support, yearly report, inspection,
    complaint, its answer, contract. A complaint is recorded by its matter, without the person who made it.

    Raises:
        BadInput: a kind of body that is not supervised here, an amount where there is none.
        Conflict: the complaint is not of this body, or answered already.
    """
    body = living_body(body_id, happened_on, by)
    check_past(happened_on, at)
    if body.kind not in GROWING:
        raise BadInput(_("Such entries are for organisations of residents and social organisations."))
    checked_choice(kind, EntryKind.values, _("This kind of entry is not in the list."))
    if amount_fen is not None and (kind not in (EntryKind.SUPPORT, EntryKind.CONTRACT) or not 1 <= amount_fen <= MOST):
        raise BadInput(_("Support and contracts have an amount; it is greater than nothing."))
    row = Entry.objects.create(
        body=body,
        kind=kind,
        happened_on=happened_on,
        text_zh=checked_long_text(text_zh, empty=_("Say what happened.")),
        text_en=checked_long_text(text_en),
        amount_fen=amount_fen,
        answers=_answered(body, kind, answers_id),
        source=checked_text(source, most=300, empty=_("Name the source.")),
        recorded_by=by.label,
        recorded_at=at,
    )
    audit.record("bodies.record_entry", row, by=by, at=at, unit_id=body.unit_id, kind=kind, happened_on=happened_on)
    return row


def _answered(body: Body, kind: str, entry_id: int | None) -> Entry | None:
    """The complaint that an answer answers."""
    if (kind == EntryKind.ANSWER) != (entry_id is not None):
        raise BadInput(_("An answer names the complaint that it answers, and nothing else does."))
    if entry_id is None:
        return None
    found = Entry.objects.filter(pk=entry_id, body=body, kind=EntryKind.COMPLAINT, answered_by=None).first()
    if found is None:
        raise Conflict(_("There is no such complaint that waits for an answer."))
    return found


@transaction.atomic
def record_activity(
    body_id: int,
    *,
    unit_id: int,
    held_on: date,
    text_zh: str,
    text_en: str = "",
    result_zh: str = "",
    took_part: int | None = None,
    partner_id: int | None = None,
    line: str = "",
    by: Actor,
    at: datetime,
) -> Activity:
    """Append what a body did in a unit on a day, alone or with another body; people are counted, never listed."""
    body = living_body(body_id, held_on, by)
    check_past(held_on, at)
    unit, partner = unit_of(unit_id), other_body(partner_id, held_on)
    if not unit.path.startswith(body.unit.path):
        require(by, KEEP, unit)
    checked_choice(line, ["", *Line.values], _("This strand is not one of the five."))
    if took_part is not None and not 0 <= took_part <= MOST_PEOPLE:
        raise BadInput(_("A figure is negative or too large."))
    row = Activity.objects.create(
        body=body,
        unit=unit,
        partner=partner,
        line=line,
        held_on=held_on,
        text_zh=checked_long_text(text_zh, empty=_("Say what was done.")),
        text_en=checked_long_text(text_en),
        result_zh=checked_long_text(result_zh),
        took_part=took_part,
        recorded_by=by.label,
        recorded_at=at,
    )
    audit.record("bodies.record_activity", row, by=by, at=at, unit_id=unit.pk, body=body.pk, held_on=held_on)
    return row
