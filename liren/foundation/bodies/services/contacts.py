"""When deputies and delegates receive residents, and what came of it (R018)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import ContactArrangement, DelegateKind, Reception, Topic
from liren.foundation.bodies.services.checks import (
    KEEP,
    check_past,
    checked_choice,
    checked_document,
    lasting,
    unit_of,
)
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.services.checks import checked_text
from liren.foundation.territory.services.dated import check_day

LEVELS = range(1, 6)


@transaction.atomic
def arrange_contact(
    unit_id: int,
    *,
    kind: str,
    level: int,
    name: str,
    times: str,
    where: str,
    effective_on: date,
    instrument: str,
    by: Actor,
    at: datetime,
) -> ContactArrangement:
    """Publish that a deputy, delegate or member receives residents of a unit: who, when and where."""
    unit = unit_of(unit_id)
    require(by, KEEP, unit)
    check_day(effective_on)
    if level not in LEVELS:
        raise BadInput(_("A congress or conference stands at a level from province to community."))
    row = ContactArrangement.objects.create(
        unit=unit,
        kind=checked_choice(kind, DelegateKind.values, _("This office is not in the list.")),
        level=level,
        name=checked_text(name, most=60, empty=_("Enter the name.")),
        times=checked_text(times, most=200, empty=_("Say when residents are received.")),
        where=checked_text(where, most=200, empty=_("Say where residents are received.")),
        during=DateRange(effective_on),
        instrument=checked_document(instrument),
    )
    audit.record("bodies.arrange_contact", row, by=by, at=at, unit_id=unit.pk, kind=kind, effective_on=effective_on)
    return row


def _arrangement(arrangement_id: int, by: Actor) -> ContactArrangement:
    rows = ContactArrangement.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    row = rows.filter(pk=arrangement_id).first()
    if row is None:
        raise BadInput(_("There is no such arrangement."))
    require(by, KEEP, row.unit)
    return row


@transaction.atomic
def end_arrangement(arrangement_id: int, *, effective_on: date, by: Actor, at: datetime) -> ContactArrangement:
    """Residents are received under this arrangement no more from the day on."""
    row = _arrangement(arrangement_id, by)
    lasting(row, effective_on, _("The arrangement does not run on that day."))
    row.during = DateRange(row.during.lower, effective_on)
    row.save(update_fields=["during"])
    audit.record("bodies.end_arrangement", row, by=by, at=at, unit_id=row.unit_id, effective_on=effective_on)
    return row


@transaction.atomic
def record_reception(
    arrangement_id: int,
    *,
    held_on: date,
    topic: str,
    times_raised: int,
    outcome: str = "",
    by: Actor,
    at: datetime,
) -> Reception:
    """Append how often a topic was raised on a day, and what came of it; nothing about who raised it."""
    row = _arrangement(arrangement_id, by)
    check_past(held_on, at)
    if held_on not in row.during:
        raise Conflict(_("The arrangement does not run on that day."))
    if not 1 <= times_raised <= 1000:
        raise BadInput(_("A topic was raised between 1 and 1,000 times."))
    found = Reception.objects.create(
        arrangement=row,
        held_on=held_on,
        topic=checked_choice(topic, Topic.values, _("This topic is not in the list.")),
        times_raised=times_raised,
        outcome=checked_text(outcome, most=400),
        recorded_by=by.label,
        recorded_at=at,
    )
    audit.record("bodies.record_reception", found, by=by, at=at, unit_id=row.unit_id, topic=topic, held_on=held_on)
    return found
