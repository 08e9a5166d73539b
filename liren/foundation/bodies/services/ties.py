"""What ties bodies together and to places: memberships, pairings, liaison, extended authority, strands of work."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import (
    Authority,
    Delivery,
    Liaison,
    Line,
    MemberRole,
    MembershipOfBody,
    Pairing,
    Power,
    Strand,
)
from liren.foundation.bodies.services.checks import (
    KEEP,
    check_past,
    checked_choice,
    checked_document,
    lasting,
    living_body,
    lock_bodies,
    lock_body_of,
    other_body,
    unit_of,
)
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Level, Unit
from liren.foundation.territory.services.checks import checked_long_text, checked_text
from liren.foundation.territory.services.dated import check_day, replace


@transaction.atomic
def admit_member(
    body_id: int,
    *,
    member_id: int,
    role: str = MemberRole.MEMBER,
    effective_on: date,
    instrument: str,
    by: Actor,
    at: datetime,
) -> MembershipOfBody:
    """Let a body belong to another from a day on: as chairing unit, member, observer or guiding department.

    Raises:
        BadInput: the body itself, or a role that is not in the list.
        Conflict: one of them does not exist on the day, or it is a member already.
    """
    lock_bodies(body_id, member_id)
    whole = living_body(body_id, effective_on, by)
    member = other_body(member_id, effective_on)
    if member is None or member.pk == whole.pk:
        raise BadInput(_("A body can't belong to itself."))
    there = MembershipOfBody.objects.filter(whole=whole, member=member, during__overlap=DateRange(effective_on))
    if there.exists():
        raise Conflict(_("%(name)s is a member already.") % {"name": member.name_zh})
    ends = [day for day in (whole.during.upper, member.during.upper) if day is not None]
    row = MembershipOfBody.objects.create(
        whole=whole,
        member=member,
        role=checked_choice(role, MemberRole.values, _("This role is not in the list.")),
        during=DateRange(effective_on, min(ends, default=None)),
        instrument=checked_document(instrument),
    )
    audit.record("bodies.admit_member", row, by=by, at=at, unit_id=whole.unit_id, whole=whole.pk, member=member.pk)
    return row


@transaction.atomic
def end_membership(membership_id: int, *, effective_on: date, by: Actor, at: datetime) -> MembershipOfBody:
    """The body belongs to the other no more from the day on."""
    lock_body_of(MembershipOfBody.objects.filter(pk=membership_id), "whole", "member")
    rows = MembershipOfBody.objects.select_for_update(no_key=True, of=("self",))
    row = rows.select_related("whole__unit", "whole__parent__unit").filter(pk=membership_id).first()
    if row is None:
        raise BadInput(_("There is no such membership."))
    require(by, KEEP, row.whole)
    lasting(row, effective_on, _("It is not a member on that day."))
    _end(row, effective_on)
    audit.record("bodies.end_membership", row, by=by, at=at, unit_id=row.whole.unit_id, effective_on=effective_on)
    return row


def _end(row: Any, day: date) -> None:
    """The row holds no more from the day on."""
    row.during = DateRange(row.during.lower, day)
    row.save(update_fields=["during"])


@transaction.atomic
def pair(
    body_id: int,
    *,
    unit_id: int,
    agreed_zh: str,
    agreed_en: str = "",
    effective_on: date,
    instrument: str,
    by: Actor,
    at: datetime,
) -> Pairing:
    """Record what a resident unit, or another body, has agreed to contribute to a community (R015).

    The community's side keeps the record: the right is asked in the community.
    """
    unit = _community(unit_id, by)
    check_day(effective_on)
    body = other_body(body_id, effective_on)
    if body is None:
        raise BadInput(_("There is no such body."))
    if Pairing.objects.filter(body=body, unit=unit, during__overlap=DateRange(effective_on)).exists():
        raise Conflict(_("%(name)s is paired with this community already.") % {"name": body.name_zh})
    pairing = Pairing.objects.create(
        body=body,
        unit=unit,
        agreed_zh=checked_long_text(agreed_zh, empty=_("Say what was agreed.")),
        agreed_en=checked_long_text(agreed_en),
        during=DateRange(effective_on, body.during.upper),
        instrument=checked_document(instrument),
    )
    audit.record("bodies.pair", pairing, by=by, at=at, unit_id=unit.pk, body=body.pk, effective_on=effective_on)
    return pairing


def _community(unit_id: int, by: Actor) -> Unit:
    unit = unit_of(unit_id)
    require(by, KEEP, unit)
    if unit.level != Level.COMMUNITY:
        raise BadInput(_("%(name)s is not a community or village.") % {"name": unit.name_zh})
    return unit


def _pairing(pairing_id: int, by: Actor) -> Pairing:
    lock_body_of(Pairing.objects.filter(pk=pairing_id), "body")
    rows = Pairing.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    pairing = rows.filter(pk=pairing_id).first()
    if pairing is None:
        raise BadInput(_("There is no such pairing."))
    require(by, KEEP, pairing.unit)
    return pairing


@transaction.atomic
def unpair(pairing_id: int, *, effective_on: date, by: Actor, at: datetime) -> Pairing:
    """The pairing ends; what was agreed and delivered stays to be read."""
    pairing = _pairing(pairing_id, by)
    lasting(pairing, effective_on, _("The pairing does not run on that day."))
    _end(pairing, effective_on)
    audit.record("bodies.unpair", pairing, by=by, at=at, unit_id=pairing.unit_id, effective_on=effective_on)
    return pairing


@transaction.atomic
def record_delivery(
    pairing_id: int, *, delivered_on: date, what_zh: str, what_en: str = "", by: Actor, at: datetime
) -> Delivery:
    """Append what a paired body did for the community on a day of the pairing."""
    pairing = _pairing(pairing_id, by)
    check_past(delivered_on, at)
    if delivered_on not in pairing.during:
        raise Conflict(_("The pairing does not run on that day."))
    row = Delivery.objects.create(
        pairing=pairing,
        delivered_on=delivered_on,
        what_zh=checked_long_text(what_zh, empty=_("Say what was delivered.")),
        what_en=checked_long_text(what_en),
        recorded_by=by.label,
        recorded_at=at,
    )
    audit.record("bodies.record_delivery", row, by=by, at=at, unit_id=pairing.unit_id, delivered_on=delivered_on)
    return row


@transaction.atomic
def name_liaison(
    body_id: int, *, unit_id: int, name: str, telephone: str = "", effective_on: date, by: Actor, at: datetime
) -> Liaison:
    """Name who speaks for a body in a unit from a day on; it replaces the word before (R004)."""
    unit = unit_of(unit_id)
    require(by, KEEP, unit)
    check_day(effective_on)
    lock_bodies(body_id)
    body = other_body(body_id, effective_on)
    row = Liaison(
        body=body,
        unit=unit,
        name=checked_text(name, most=60, empty=_("Enter the name.")),
        telephone=checked_text(telephone, most=30),
    )
    replace(row, Liaison.objects.filter(body=body, unit=unit), effective_on)
    audit.record("bodies.name_liaison", row, by=by, at=at, unit_id=unit.pk, body=body_id, effective_on=effective_on)
    return row


@transaction.atomic
def end_liaison(liaison_id: int, *, effective_on: date, by: Actor, at: datetime) -> Liaison:
    """Nobody speaks for the body in the unit from the day on, until somebody else is named."""
    lock_body_of(Liaison.objects.filter(pk=liaison_id), "body")
    rows = Liaison.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    found: Liaison = _kept_in_unit(rows.filter(pk=liaison_id).first(), by)
    lasting(found, effective_on, _("The liaison does not run on that day."))
    _end(found, effective_on)
    audit.record("bodies.end_liaison", found, by=by, at=at, unit_id=found.unit_id, effective_on=effective_on)
    return found


def _kept_in_unit(row: Any, by: Actor) -> Any:
    """The row, if it is there and the actor keeps bodies in its unit."""
    if row is None:
        raise BadInput(_("There is no such entry."))
    require(by, KEEP, row.unit)
    return row


@transaction.atomic
def extend_authority(
    unit_id: int,
    *,
    power: str,
    from_body_id: int | None = None,
    detail: str = "",
    effective_on: date,
    instrument: str,
    by: Actor,
    at: datetime,
) -> Authority:
    """Record that authority was extended to a street or town, by which document and from when (R008, R009)."""
    unit = unit_of(unit_id)
    require(by, "bodies.extend", unit)
    check_day(effective_on)
    if unit.level != Level.STREET:
        raise BadInput(_("%(name)s is not a street or town.") % {"name": unit.name_zh})
    checked_choice(power, Power.values, _("This authority is not in the list."))
    detail = checked_text(detail, most=300)
    if power == Power.OTHER and not detail:
        raise BadInput(_("Say which authority it is."))
    row = Authority.objects.create(
        unit=unit,
        power=power,
        from_body=other_body(from_body_id, effective_on),
        detail=detail,
        during=DateRange(effective_on),
        instrument=checked_document(instrument),
    )
    audit.record("bodies.extend_authority", row, by=by, at=at, unit_id=unit.pk, power=power, effective_on=effective_on)
    return row


@transaction.atomic
def end_authority(authority_id: int, *, effective_on: date, by: Actor, at: datetime) -> Authority:
    """The authority is extended no more from the day on."""
    rows = Authority.objects.select_for_update(no_key=True, of=("self",)).select_related("unit__parent")
    row = rows.filter(pk=authority_id).first()
    if row is None:
        raise BadInput(_("There is no such extension of authority."))
    require(by, "bodies.extend", row.unit)
    lasting(row, effective_on, _("The authority is not extended on that day."))
    _end(row, effective_on)
    audit.record("bodies.end_authority", row, by=by, at=at, unit_id=row.unit_id, effective_on=effective_on)
    return row


@transaction.atomic
def lead_strand(unit_id: int, *, line: str, lead_id: int, effective_on: date, by: Actor, at: datetime) -> Strand:
    """Say which body leads one of the five strands of a community from a day on; it replaces the word before (R017)."""
    unit = _community(unit_id, by)
    check_day(effective_on)
    checked_choice(line, Line.values, _("This strand is not one of the five."))
    before = Strand.objects.filter(unit=unit, line=line, during__contains=effective_on)
    lock_bodies(lead_id, *before.values_list("lead", flat=True))
    lead = other_body(lead_id, effective_on)
    if lead is None:
        raise BadInput(_("There is no such body."))
    row = Strand(unit=unit, line=line, place=Line.values.index(line), lead=lead)
    replace(row, Strand.objects.filter(unit=unit, line=line), effective_on)
    audit.record("bodies.lead_strand", row, by=by, at=at, unit_id=unit.pk, line=line, lead=lead.pk)
    return row


@transaction.atomic
def end_strand(strand_id: int, *, effective_on: date, by: Actor, at: datetime) -> Strand:
    """No body leads the strand from the day on, until another is named."""
    lock_body_of(Strand.objects.filter(pk=strand_id), "lead")
    rows = Strand.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    found: Strand = _kept_in_unit(rows.filter(pk=strand_id).first(), by)
    lasting(found, effective_on, _("The body does not lead the strand on that day."))
    _end(found, effective_on)
    audit.record("bodies.end_strand", found, by=by, at=at, unit_id=found.unit_id, effective_on=effective_on)
    return found
