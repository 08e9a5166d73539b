"""Yearly agreements between a street or town and a committee: matters, money, duties of both, each appraised by the
other (R362, R363)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.admission.models import (
    AgreedMatter,
    Agreement,
    MutualAppraisal,
    Reach,
    Side,
    Verdict,
)
from liren.foundation.admission.services.texts import body_of, community_of, days, held, line, lines, word
from liren.foundation.bodies.models import BodyKind
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Level, Unit

LONGEST_DAYS = 366


@transaction.atomic
def sign_agreement(
    *,
    community_id: int,
    office_id: int,
    committee_id: int,
    first: date,
    end: date,
    signed_on: date,
    street_duties: str,
    committee_duties: str,
    matters: Mapping[int, int],
    instrument: str,
    by: Actor,
    at: datetime,
) -> Agreement:
    """Record what a street or town and a committee agreed on for a year.

    Args:
        matters: money in fen by admission: matters of assistance that hold in the community.

    Raises:
        BadInput: longer than a year, no matter, no money, or bodies that are not the two sides.
        Conflict: another agreement holds at that time.
    """
    community = community_of(community_id)
    street = Unit.objects.get(pk=community.parent_id or 0)
    require(by, "admission.agree", street)
    during = days(first, end)
    if (end - first).days > LONGEST_DAYS:
        raise BadInput(_("An agreement is for a year at most."))
    if signed_on > timezone.localdate(at):
        raise BadInput(_("This happened today or earlier; the day can't lie ahead."))
    office, committee = body_of(office_id, signed_on), body_of(committee_id, signed_on)
    if street.level != Level.STREET or office.unit_id != street.pk:
        raise BadInput(_("One side is a body of the street or town of the community."))
    if committee.kind != BodyKind.COMMITTEE or committee.unit_id != community.pk:
        raise BadInput(_("The other side is the committee of the community."))
    _check_matters(community, matters, first)
    if Agreement.objects.filter(community=community, during__overlap=during).exists():
        raise Conflict(_("Another agreement with this committee holds at that time."))
    made = Agreement.objects.create(
        street=street, community=community, office=office, committee=committee, during=during, signed_on=signed_on,
        street_duties=lines(street_duties), committee_duties=lines(committee_duties),
        instrument=line("instrument", instrument), recorded_by=by.label, recorded_at=at,
    )  # fmt: skip
    AgreedMatter.objects.bulk_create(
        AgreedMatter(agreement=made, admission_id=pk, money_fen=fen) for pk, fen in sorted(matters.items())
    )
    facts = {"matters": len(matters), "money_fen": sum(matters.values())}
    audit.record("admission.agreement_signed", made, by=by, at=at, unit_id=community.pk, **facts)
    return made


def _check_matters(community: Unit, matters: Mapping[int, int], first: date) -> None:
    if not matters or any(not 0 < fen < 2**53 for fen in matters.values()):
        raise BadInput(_("Name the matters, each with its money: money follows the task."))
    holding = Reach.objects.filter(
        community=community, admission_id__in=matters, admission__is_assistance=True, during__contains=first
    )
    if holding.count() != len(matters):
        raise BadInput(_("Only matters of assistance that are admitted for the community can be agreed on."))


@transaction.atomic
def appraise_agreement(
    agreement_id: int, *, side: str, verdict: str, text: str, said_on: date, by: Actor, at: datetime
) -> MutualAppraisal:
    """One side says how the other kept its word; each does so once.

    Raises:
        NotAllowed: not of that side. Conflict: said already, or the agreement has not begun.
    """
    found = held(Agreement, agreement_id, "street", "community")
    word(side, Side.values)
    if side == Side.STREET:
        require(by, "admission.agree", found.street)
    else:
        require(by, "admission.answer", found.community)
    if said_on < found.during.lower or said_on > timezone.localdate(at):
        raise Conflict(_("An agreement is appraised once it has begun."))
    if found.appraisals.filter(side=side).exists():
        raise Conflict(_("This side has said its word already."))
    made = MutualAppraisal.objects.create(
        agreement=found, side=side, verdict=word(verdict, Verdict.values), text=lines(text), said_on=said_on,
        recorded_by=by.label, recorded_at=at,
    )  # fmt: skip
    audit.record("admission.agreement_appraised", made, by=by, at=at, unit_id=found.community_id, side=side)
    return made
