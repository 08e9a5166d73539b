"""Residency: one function moves it; claimed by the person, decided by the unit, never by oneself."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from liren.foundation.kernel import audit
from liren.foundation.kernel.engine.states import WrongMove
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people import machine
from liren.foundation.people.models import Account, Residency, ResidencyEvent, ResidencyState
from liren.foundation.people.models.residency import COMMUNITY_RANK
from liren.foundation.people.services.privacy import record_look
from liren.foundation.territory.models import Unit

NOTE = 400
CHECKING = gettext_noop("To check the claim of residency")


@transaction.atomic
def claim_residency(account_id: int, *, unit_id: int, by: Actor, at: datetime) -> Residency:
    """Say that one lives in a community, compound or grid; the unit then verifies it.

    Raises:
        NotAllowed: for somebody else's account.
        BadInput: the unit is above the community, or no longer exists.
        Conflict: another residency of the account is open.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    require(by, "people.claim", account)
    unit = Unit.objects.get(pk=unit_id)
    if unit.level < COMMUNITY_RANK or unit.closed_on is not None:
        raise BadInput(
            _("One lives in a community, a compound or a grid that exists today."),
            next_step=_("Choose your community, or search for it by name."),
        )
    if account.residencies.filter(closed_at=None).exists():
        raise Conflict(
            _("You have an open residency already."),
            next_step=_("End it or withdraw the claim first; then claim the new one."),
        )
    residency = _create(account, unit, at)
    _tell(residency, "claim", "", by=by, at=at, note="")
    return residency


def _create(account: Account, unit: Unit, at: datetime) -> Residency:
    try:
        with transaction.atomic():
            return Residency.objects.create(account=account, unit=unit, claimed_at=at)
    except IntegrityError as refused:  # a second window of the same person, a moment earlier
        raise Conflict(_("You have an open residency already.")) from refused


@transaction.atomic
def open_claim(residency_id: int, *, by: Actor, at: datetime) -> Residency:
    """Look at one claim with the person's name; the person will see that somebody looked."""
    residency = Residency.objects.select_related("unit", "account").get(pk=residency_id)
    require(by, "people.verify", residency)
    who, where = [residency.account_id], residency.unit_id
    record_look(who, dataset="residency", purpose=CHECKING, unit_id=where, by=by, at=at)
    return residency


@transaction.atomic
def verify_residency(residency_id: int, *, by: Actor, at: datetime, note: str = "") -> Residency:
    """The unit confirms a claim. Nobody confirms their own."""
    return _move(residency_id, "verify", "people.verify", by=by, at=at, note=note)


@transaction.atomic
def refuse_residency(residency_id: int, *, by: Actor, at: datetime, note: str) -> Residency:
    """The unit refuses a claim, with a reason that the person reads."""
    return _move(residency_id, "refuse", "people.verify", by=by, at=at, note=note)


@transaction.atomic
def withdraw_residency(residency_id: int, *, by: Actor, at: datetime) -> Residency:
    """The person takes the claim back before it is decided."""
    return _move(residency_id, "withdraw", "people.withdraw", by=by, at=at, note="")


@transaction.atomic
def end_residency(residency_id: int, *, by: Actor, at: datetime, note: str = "") -> Residency:
    """The person, or the unit, ends a verified residency: somebody moved away."""
    return _move(residency_id, "end", "people.end_residency", by=by, at=at, note=note)


def leave(residency_id: int, *, by: Actor, at: datetime, note: str) -> Residency:
    """End what is open, claimed or verified, by whichever move the table has for it."""
    state = Residency.objects.get(pk=residency_id).state
    move = machine.RESIDENCY.open_moves(state)[-1].code
    return _move(
        residency_id, move, f"people.{'withdraw' if move == 'withdraw' else 'end_residency'}", by=by, at=at, note=note
    )


def carry(home: Residency, unit: Unit, state: str, *, by: Actor, at: datetime) -> Residency:
    """The residency goes on in another unit as it stood in this one; the decision and its day stay what they were."""
    facts = {"state": state, "claimed_at": home.claimed_at}
    if home.decided_at is not None:
        facts |= {"decided_at": home.decided_at, "decided_by_id": home.decided_by_id}
    carried = Residency.objects.create(account=home.account, unit=unit, **facts)
    _tell(carried, "carry", "", by=by, at=at, note="")
    return carried


def _move(residency_id: int, move: str, action: str, *, by: Actor, at: datetime, note: str) -> Residency:
    residency = Residency.objects.select_for_update(of=("self",)).select_related("unit").get(pk=residency_id)
    require(by, action, residency)
    was = residency.state
    target = _checked(move, was, note)
    residency.state = target
    if move in ("verify", "refuse"):
        residency.decided_at, residency.decided_by_id = at, by.pk
    if machine.RESIDENCY.state(target).final:
        residency.closed_at = at
    residency.save(update_fields=["state", "decided_at", "decided_by", "closed_at"])
    _tell(residency, move, was, by=by, at=at, note=note)
    return residency


def _checked(move: str, was: str, note: str) -> str:
    """The state that follows; an error that says the next step when the table refuses."""
    if len(note) > NOTE:
        raise BadInput(_("The reason is too long: 400 characters at most."))
    try:
        return machine.RESIDENCY.check(move, was, note).target
    except WrongMove as wrong:
        if move in {open_move.code for open_move in machine.RESIDENCY.open_moves(was)}:
            raise BadInput(_("A reason is needed: the person will read it.")) from wrong
        raise Conflict(
            _("This residency is %(state)s now: that step is no longer possible.")
            % {"state": ResidencyState(was).label}
        ) from wrong


def _tell(residency: Residency, move: str, was: str, *, by: Actor, at: datetime, note: str) -> None:
    ResidencyEvent.objects.create(
        residency=residency, move=move, from_state=was, to_state=residency.state, at=at, actor=by.label, note=note
    )
    audit.record(
        f"people.residency_{move}", residency, by=by, at=at, unit_id=residency.unit_id, account=residency.account_id
    )
