"""A body objects to a dispatch, somebody above rules, and the ruling may become the rule of the catalogue.

The main clock runs on meanwhile: it counts from the first dispatch, and no ruling sets it back.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import BadInput, Conflict, LirenError, NotAllowed
from liren.foundation.kernel.rights import Actor, require
from liren.service.cases.engine.spec import CaseType
from liren.service.cases.models import Case, Dispute, posts_of
from liren.service.cases.models.declared import by_version
from liren.service.cases.queries.acting import acts_as
from liren.service.cases.queries.limits import RULING
from liren.service.cases.services import clocks
from liren.service.cases.services.catalogue import precedent
from liren.service.cases.services.gating import through_gate
from liren.service.cases.services.sentences import sentences
from liren.service.cases.services.silence import due_after
from liren.service.cases.services.story import changed, locked_case, noted, wrote

BODY, ARBITER = "body", "supervisor"


class NoDispute(LirenError):
    """There is no such dispute, or it is not for this actor (404)."""

    status = 404


@transaction.atomic
def object_to(
    case_id: int, *, ground: str, reason: str, proposed_id: int | None = None, by: Actor, at: datetime
) -> Dispute:
    """The body to which a case was dispatched says that it is not its task, on which legal ground, and why.

    Raises:
        NoCase, NotAllowed, BadReport. BadInput: it proposes itself or a body that isn't there.
        Conflict: the case is not open, or in dispute already.
    """
    ground, reason = sentences(ground=(ground, 300), reason=(reason, 2000))
    case = locked_case(case_id, by)
    if case.body_id is None or BODY not in acts_as(case, by):
        raise NotAllowed(_("Only the body that a case was dispatched to can object."))
    if case.phase != "open" or case.is_disputed:
        raise Conflict(_("This case is not open any more, or is in dispute already."))
    if proposed_id is not None:
        _able(case, proposed_id, at)
        if proposed_id == case.body_id:
            raise BadInput(_("Propose another body than your own, or none."))
    due_at = due_after(RULING, case.unit, at, known_at=at)
    made = Dispute.objects.create(
        case=case,
        body_id=case.body_id,
        proposed_id=proposed_id,
        ground=ground,
        reason=reason,
        opened_at=at,
        opened_by=by.label,
        due_at=due_at,
        escalate_at=due_at,
    )
    case.is_disputed = True
    facts = {"dispute": made.pk, "body": made.body_id, "proposed": proposed_id, "ground": ground}
    _tell(case, "disputed", {**facts, "due": due_at.isoformat()}, role=BODY, note=reason, by=by, at=at)
    return made


@transaction.atomic
def rule(
    dispute_id: int, *, body_id: int, ruling: str, into_catalogue: bool = False, by: Actor, at: datetime
) -> Dispute:
    """Rule which body is responsible. The case goes there; every further body is a hop, and public.

    ``into_catalogue``: like cases go there from today, in the unit whose rule was disputed, else in the case's.

    Raises:
        NoDispute, NoCase, BadReport. NotAllowed: no power to arbitrate there, or a part of the dispute oneself.
        BadInput: no such body acts there. Conflict: it was ruled on or withdrawn already.
    """
    (ruling,) = sentences(ruling=(ruling, 2000))
    found, case = _held(dispute_id, by)
    require(by, "cases.arbitrate", case.unit)
    _impartial(found, by)
    _still_open(found)
    body = _able(case, body_id, at)
    found.state = "upheld" if body.pk != found.body_id else "rejected"
    found.ruled_body, found.ruling, found.ruled_at, found.ruled_by = body, ruling, at, by.label
    found.escalate_at = None
    found.save()
    before = case.body_id
    source, fields = case.state, _sent_to(case, body, at)
    facts = {"dispute": found.pk, "ruling": found.state, "from": before, "body": body.pk, "hops": case.hops}
    facts["ground"] = found.ground
    if into_catalogue:
        facts["rule"] = precedent(found, case, by=by, at=at).pk
    _tell(
        case, "ruled", facts, role=ARBITER, note=ruling, fields=fields, by=by, at=at, source=source, target=case.state
    )
    return found


@transaction.atomic
def withdraw(dispute_id: int, *, by: Actor, at: datetime) -> Dispute:
    """The body takes the case after all."""
    found, case = _held(dispute_id, by)
    if BODY not in acts_as(case, by):
        raise NotAllowed(_("Only the body that objected can withdraw."))
    _still_open(found)
    found.state, found.escalate_at = "withdrawn", None
    found.save(update_fields=["state", "escalate_at"])
    case.is_disputed = False
    _tell(case, "disputed", {"dispute": found.pk, "withdrawn": True}, role=BODY, by=by, at=at)
    return found


def _held(dispute_id: int, by: Actor) -> tuple[Dispute, Case]:
    """The dispute with the lock on its case."""
    found = Dispute.objects.filter(pk=dispute_id).first() if 0 < dispute_id < 2**63 else None
    if found is None:
        raise NoDispute(_("There is no such dispute."), next_step=_("Open the case: it shows what is disputed."))
    case = locked_case(found.case_id, by)
    found.refresh_from_db()
    return found, case


def _still_open(found: Dispute) -> None:
    if found.state != "open":
        raise Conflict(_("This dispute is over: it was ruled on or withdrawn."))


def _impartial(found: Dispute, by: Actor) -> None:
    """Who objected, or holds a post in a body of the dispute, does not rule on it."""
    if by.label == found.opened_by or {found.body_id, found.proposed_id} & set(posts_of(by)):
        raise NotAllowed(_("Somebody has to rule who stands outside of the dispute."))


def _able(case: Case, body_id: int, at: datetime) -> Body:
    """A body that exists, acts where the case is, and is not what the case is about."""
    living = Body.objects.living_on(timezone.localdate(at)).filter(unit_id__in=case.unit.path_ids)
    found: Body | None = living.filter(pk=body_id).first() if 0 < body_id < 2**63 else None
    if found is None or found.pk == case.about_body_id:
        raise BadInput(_("No such body acts in this place."), next_step=_("Choose it from the list of bodies."))
    return found


def _sent_to(case: Case, body: Body, at: datetime) -> list[str]:
    """Dispatch the case anew, if it is still open and goes elsewhere; the columns that changed."""
    case.is_disputed = False
    if case.phase != "open" or case.body_id == body.pk:
        return []
    spec = by_version(case.written_as_id)
    old, case.body, case.handler = case.state, body, None
    case.hops += 1
    case.state = _dispatched(spec, case.state)
    case.phase = spec.state(case.state).phase
    clocks.entered(case, spec, old, case.state, at)
    return ["body", "handler", "hops", "state", "phase", *clocks.FACE]


def _dispatched(spec: CaseType, state: str) -> str:
    """The state in which a case waits for the body it was sent to: where the dispatch from here leads, or any."""
    moves = [move for move in spec.moves if move.effect == "dispatch"]
    here = [move for move in moves if state in move.sources]
    return next((move.target for move in (*here, *moves)), state)


def _tell(
    case: Case,
    kind: str,
    facts: dict[str, object],
    *,
    role: str,
    note: str = "",
    fields: list[str] | None = None,
    by: Actor,
    at: datetime,
    **more: str,
) -> None:
    with through_gate(case, case.body if fields else None, "rule", by=by, at=at):
        changed(case, "is_disputed", *(fields or []), at=at)
    wrote(case, kind, by=by, at=at, role=role, note=note, facts=facts, **more)
    noted(kind, case, by=by, at=at, role=role, **{key: value for key, value in facts.items() if key != "ground"})
