"""A community calls a department on a case that it cannot solve alone (R071); silence goes up, level by level."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import BadInput, Conflict, LirenError, NotAllowed
from liren.foundation.kernel.rights import Actor
from liren.service.cases.models import Call, Case, bodies_of
from liren.service.cases.queries.acting import acts_as
from liren.service.cases.queries.limits import CALL
from liren.service.cases.services.gating import through_gate
from liren.service.cases.services.sentences import sentences
from liren.service.cases.services.silence import due_after
from liren.service.cases.services.story import changed, locked_case, noted, wrote

CALLERS = frozenset({"desk", "supervisor"})
LONGEST = 2000
#: As many bodies as one table seats; more is a meeting, not a call.
MOST_OPEN = 10


class NoCall(LirenError):
    """There is no such call, or it is not for this actor (404)."""

    status = 404


@transaction.atomic
def call(case_id: int, *, body_id: int, question: str, by: Actor, at: datetime) -> Call:
    """Call a department, or whatever body acts there, to say whether it comes and what it does.

    It sees the case from now on. How long it may take is a number of the packs ("call_answer_days").

    Raises:
        NoCase, NotAllowed, BadReport. BadInput: no such body acts in the case's unit.
        Conflict: the case is closed or sealed, this body is called already, or ten are.
    """
    (question,) = sentences(question=(question, LONGEST))
    case = locked_case(case_id, by)
    if not acts_as(case, by) & CALLERS:
        raise NotAllowed(_("Only the desk of the case's unit calls departments."))
    if case.confidentiality == "sealed":
        raise Conflict(_("A sealed case is shown to nobody else."), next_step=_("Ask without naming the case."))
    if case.phase != "open":
        raise Conflict(_("This case is not open any more."))
    body = _callable(case, body_id, at)
    _room(case, body)
    due_at = due_after(CALL, case.unit, at, known_at=at)
    with through_gate(case, body, "call", by=by, at=at):
        made = Call.objects.create(
            case=case,
            body=body,
            question=question,
            called_at=at,
            called_by=by.label,
            due_at=due_at,
            escalate_at=due_at,
        )
    facts = {"call": made.pk, "body": body.pk, "due": due_at.isoformat()}
    _tell(case, "called", facts, role="desk", note=question, by=by, at=at)
    return made


@transaction.atomic
def answer(call_id: int, *, answer: str, comes: bool, by: Actor, at: datetime) -> Call:
    """The body that was called says whether it comes, and what it does.

    Raises:
        NoCall, NoCase, BadReport. NotAllowed: another body was called. Conflict: it was answered or withdrawn already.
    """
    (answer,) = sentences(answer=(answer, LONGEST))
    found, case = _held(call_id, by)
    if found.body_id not in bodies_of(by):
        raise NotAllowed(_("Only the body that was called can answer."))
    _still_open(found)
    found.state, found.answer, found.comes = "answered", answer, comes
    found.answered_at, found.answered_by, found.escalate_at = at, by.label, None
    found.save()
    facts = {"call": found.pk, "body": found.body_id, "comes": comes, "in_time": at <= found.due_at}
    _tell(case, "call_answered", facts, role="body", note=answer, by=by, at=at, acting_for_id=found.body_id)
    return found


@transaction.atomic
def withdraw(call_id: int, *, by: Actor, at: datetime) -> Call:
    """The desk needs no answer any more; the body does not see the case through this call any longer.

    Raises:
        NoCall, NoCase, NotAllowed. Conflict: it was answered or withdrawn already.
    """
    found, case = _held(call_id, by)
    if not acts_as(case, by) & CALLERS:
        raise NotAllowed(_("Only the desk of the case's unit calls departments."))
    _still_open(found)
    found.state, found.escalate_at = "withdrawn", None
    found.save(update_fields=["state", "escalate_at"])
    _tell(case, "called", {"call": found.pk, "body": found.body_id, "withdrawn": True}, role="desk", by=by, at=at)
    return found


def _callable(case: Case, body_id: int, at: datetime) -> Body:
    """A body that acts where the case is, and is not what the case is about."""
    living = Body.objects.living_on(timezone.localdate(at)).filter(unit_id__in=case.unit.path_ids)
    found: Body | None = living.filter(pk=body_id).first() if 0 < body_id < 2**63 else None
    if found is None or found.pk == case.about_body_id:
        raise BadInput(_("No such body acts in this place."), next_step=_("Choose it from the list of bodies."))
    return found


def _room(case: Case, body: Body) -> None:
    waiting = list(case.calls.filter(state="open").values_list("body_id", flat=True))
    if body.pk in waiting:
        raise Conflict(_("%(body)s is called already, and has not answered yet.") % {"body": body.name})
    if len(waiting) >= MOST_OPEN:
        raise Conflict(_("%(most)s bodies are called already; wait for an answer.") % {"most": MOST_OPEN})


def _held(call_id: int, by: Actor) -> tuple[Call, Case]:
    """The call with the lock on its case."""
    found = Call.objects.filter(pk=call_id).first() if 0 < call_id < 2**63 else None
    if found is None:
        raise NoCall(_("There is no such call."), next_step=_("Open the case: it shows who was called."))
    case = locked_case(found.case_id, by)
    found.refresh_from_db()
    return found, case


def _still_open(found: Call) -> None:
    if found.state != "open":
        raise Conflict(_("This call was answered or withdrawn already."))


def _tell(
    case: Case,
    kind: str,
    facts: Mapping[str, object],
    *,
    role: str,
    note: str = "",
    by: Actor,
    at: datetime,
    **more: int,
) -> None:
    case.is_called = case.calls.filter(state="open").exists()
    changed(case, "is_called", at=at)
    wrote(case, kind, by=by, at=at, role=role, note=note, facts=facts, **more)
    noted(kind, case, by=by, at=at, role=role, **facts)
