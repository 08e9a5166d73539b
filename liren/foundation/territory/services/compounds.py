"""Compounds: management, occupancy, and proposals for new communities (R027, R032)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.engine.states import WrongMove
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.queries import calendar
from liren.foundation.kernel.rights import Actor, SystemActor, require
from liren.foundation.territory import machine
from liren.foundation.territory.models import (
    FormationEvent,
    FormationProposal,
    Level,
    Management,
    ManagementForm,
    Occupancy,
    ProposalState,
    Unit,
)
from liren.foundation.territory.queries.size import occupancy_threshold
from liren.foundation.territory.services.checks import checked_long_text, checked_text
from liren.foundation.territory.services.counts import locked_unit
from liren.foundation.territory.services.dated import replace

THRESHOLD = SystemActor("occupancy-threshold")
MOST_HOMES = 1_000_000


def _locked_compound(unit_id: int) -> Unit:
    unit = locked_unit(unit_id)
    if unit.level != Level.COMPOUND:
        raise BadInput(_("%(name)s is not a compound.") % {"name": unit.name_zh})
    return unit


@transaction.atomic
def record_management(
    unit_id: int, *, form: str, manager: str = "", source: str, effective_on: date, by: Actor, at: datetime
) -> Management:
    """Say how a compound is managed from a day on, and by whom; it replaces the word before."""
    unit = _locked_compound(unit_id)
    require(by, "territory.compound", unit)
    if form not in ManagementForm.values:
        raise BadInput(_("This form of management is not in the list."))
    if form in {ManagementForm.FIRM, ManagementForm.TRUST} and not manager.strip():
        raise BadInput(_("Name the firm that manages the compound."))
    row = Management(
        unit=unit,
        form=form,
        manager=checked_text(manager, most=200),
        source=checked_text(source, most=300, empty=_("Name the source.")),
    )
    replace(row, Management.objects.filter(unit=unit), effective_on)
    audit.record("territory.management", row, by=by, at=at, unit_id=unit.pk, form=form, effective_on=effective_on)
    return row


@transaction.atomic
def record_occupancy(
    unit_id: int,
    *,
    measured_on: date,
    homes_planned: int,
    homes_occupied: int,
    source: str,
    by: Actor,
    at: datetime,
) -> Occupancy:
    """Append how many homes of a compound are planned and lived in.

    Where the configured rate is reached and no proposal is under way or was answered since, the system raises one.
    """
    unit = _locked_compound(unit_id)
    require(by, "territory.compound", unit)
    if not 0 < homes_planned <= MOST_HOMES or not 0 <= homes_occupied <= homes_planned:
        raise BadInput(_("Homes lived in can't be more than homes planned."))
    if not date(1900, 1, 1) <= measured_on <= timezone.localdate(at):
        raise BadInput(_("Homes are counted today or earlier."))
    row = Occupancy.objects.create(
        unit=unit,
        measured_on=measured_on,
        homes_planned=homes_planned,
        homes_occupied=homes_occupied,
        source=checked_text(source, most=300, empty=_("Name the source of the figures.")),
        recorded_by=by.label,
        recorded_at=at,
    )
    facts = {"planned": homes_planned, "occupied": homes_occupied, "measured_on": measured_on}
    audit.record("territory.occupancy", row, by=by, at=at, unit_id=unit.pk, **facts)
    threshold = occupancy_threshold(unit, measured_on)
    if (
        threshold is not None
        and row.percent >= threshold
        and not FormationProposal.objects.filter(compound=unit).exists()
    ):
        _raise(unit, row, threshold, by=THRESHOLD, at=at)
    return row


@transaction.atomic
def raise_formation_proposal(unit_id: int, *, reason: str = "", by: Actor, at: datetime) -> FormationProposal:
    """Propose a new community for a compound whose occupancy has reached the configured rate."""
    unit = _locked_compound(unit_id)
    require(by, "territory.propose", unit)
    row = Occupancy.objects.filter(unit=unit).order_by("-measured_on", "-id").first()
    threshold = occupancy_threshold(unit, timezone.localdate(at))
    if row is None or threshold is None:
        raise Conflict(
            _("The occupancy of %(name)s or the rate to be reached is not recorded.") % {"name": unit.name_zh},
            next_step=_("Record the homes lived in, or have the rate set for the city."),
        )
    if row.percent < threshold:
        facts = {"percent": row.percent, "threshold": threshold}
        raise Conflict(_("%(percent)d%% of the homes are lived in; a proposal needs %(threshold)d%%.") % facts)
    if FormationProposal.objects.filter(compound=unit, state__in=_open_states()).exists():
        raise Conflict(_("A proposal for this compound is under way already."))
    return _raise(unit, row, threshold, by=by, at=at, reason=reason)


def _open_states() -> list[str]:
    return [state.code for state in machine.FORMATION.states if not state.final]


def _raise(
    unit: Unit, row: Occupancy, threshold: int, *, by: Actor, at: datetime, reason: str = ""
) -> FormationProposal:
    proposal = FormationProposal.objects.create(
        compound=unit,
        occupancy=row,
        threshold_percent=threshold,
        reason=checked_long_text(reason),
        raised_at=at,
        due_at=_due(unit, at, machine.DECIDE_WITHIN_WORKDAYS),
    )
    _append(proposal, "raise", "", by=by, at=at, note=reason)
    return proposal


def _due(unit: Unit, at: datetime, workdays: int) -> datetime:
    days = calendar(unit.code[:6])
    return days.close(days.add_working_days(timezone.localdate(at), workdays).day)


def _append(proposal: FormationProposal, move: str, was: str, *, by: Actor, at: datetime, note: str) -> None:
    FormationEvent.objects.create(
        proposal=proposal, move=move, from_state=was, to_state=proposal.state, actor=by.label, at=at, note=note.strip()
    )
    facts = {"from": was, "to": proposal.state}
    audit.record(f"territory.proposal_{move}", proposal, by=by, at=at, unit_id=proposal.compound_id, **facts)


def accept_proposal(proposal_id: int, *, note: str = "", by: Actor, at: datetime) -> FormationProposal:
    """Accept the proposal: the community is to be founded next."""
    return _move(proposal_id, "accept", "territory.decide_proposal", note=note, by=by, at=at)


def decline_proposal(proposal_id: int, *, note: str, by: Actor, at: datetime) -> FormationProposal:
    """Decline the proposal, with the reason."""
    return _move(proposal_id, "decline", "territory.decide_proposal", note=note, by=by, at=at)


def withdraw_proposal(proposal_id: int, *, note: str, by: Actor, at: datetime) -> FormationProposal:
    """Take the proposal back, with the reason."""
    return _move(proposal_id, "withdraw", "territory.propose", note=note, by=by, at=at)


def complete_proposal(
    proposal_id: int, new_unit_id: int, *, note: str = "", by: Actor, at: datetime
) -> FormationProposal:
    """Name the community that was founded (by ``create_unit`` or ``split_unit``) upon the proposal."""
    unit = Unit.objects.filter(pk=new_unit_id, level=Level.COMMUNITY).first()
    if unit is None:
        raise BadInput(_("Name the community that was founded."))
    require(by, "territory.change", unit)
    return _move(proposal_id, "form", "territory.view", note=note, by=by, at=at, new_unit=unit)


@transaction.atomic
def _move(
    proposal_id: int, move: str, action: str, *, note: str, by: Actor, at: datetime, **changes: Any
) -> FormationProposal:
    found = FormationProposal.objects.select_for_update(of=("self",)).select_related("compound__parent")
    proposal = found.filter(pk=proposal_id).first()
    if proposal is None:
        raise BadInput(_("There is no such proposal."))
    require(by, action, proposal)
    note = checked_long_text(note)
    was = proposal.state
    try:
        target = machine.FORMATION.check(move, was, note).target
    except WrongMove as wrong:
        if not note and move in {m.code for m in machine.FORMATION.open_moves(was)}:
            raise BadInput(_("Give the reason.")) from wrong
        raise Conflict(_("This is not possible any more: the proposal has moved on.")) from wrong
    proposal.state = target
    if target == ProposalState.ACCEPTED:
        proposal.due_at = _due(proposal.compound, at, machine.FOUND_WITHIN_WORKDAYS)
    for field, value in changes.items():
        setattr(proposal, field, value)
    proposal.save(update_fields=["state", "due_at", *changes])
    _append(proposal, move, was, by=by, at=at, note=note)
    return proposal
