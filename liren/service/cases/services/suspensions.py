"""Standstills and extensions: asked for by whoever works on the case, approved by somebody else further up.

What was approved moves deadlines by worked time; the story of the case names both dates.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liren.foundation.kernel import queries as kernel
from liren.foundation.kernel.errors import BadInput, Conflict, LirenError, NotAllowed
from liren.foundation.kernel.rights import Actor
from liren.service.cases.engine import clocks as engine
from liren.service.cases.engine.amounts import FORM, read_amount
from liren.service.cases.models import Case, CaseClock, Extension, Suspension
from liren.service.cases.models.declared import by_version
from liren.service.cases.queries.acting import acts_as
from liren.service.cases.services import clocks
from liren.service.cases.services.sentences import sentences
from liren.service.cases.services.story import changed, locked_case, noted, role_of, wrote

WORKERS = frozenset({"desk", "body", "system"})
DECIDERS = frozenset({"supervisor", "system"})
LONGEST = 200


class NoRequest(LirenError):
    """There is no such request, or it is not for this actor (404)."""

    status = 404


@transaction.atomic
def suspend(
    case_id: int, *, reason: str, ground: str, until: datetime | None = None, by: Actor, at: datetime
) -> Suspension:
    """Ask that the clocks of a case stand still from now on, for a reason and on a ground (the provision, the order).

    Nothing stands still before somebody else approves it; then it does from the moment it was asked.

    Raises:
        NoCase, NotAllowed, BadReport. Conflict: one is asked or runs already, or no clock runs.
    """
    reason, ground = sentences(reason=(reason, LONGEST), ground=(ground, LONGEST))
    case = locked_case(case_id, by)
    _one_of(case, by, WORKERS)
    if until is not None and until <= at:
        raise BadInput(_("A standstill ends after it begins."))
    if Suspension.objects.filter(_unended(at), case=case).exclude(state="refused").exists():
        raise Conflict(_("A standstill of this case is asked for or runs already."))
    if not CaseClock.objects.filter(case=case, stopped_at=None).exists():
        raise Conflict(_("No clock of this case runs."))
    made = Suspension.objects.create(
        case=case, reason=reason, ground=ground, starts_at=at, ends_at=until, asked_by=by.label, asked_at=at
    )
    _tell(case, "suspended", {"step": "asked", "suspension": made.pk}, note=reason, told=False, by=by, at=at)
    return made


@transaction.atomic
def decide_suspension(suspension_id: int, *, approve: bool, by: Actor, at: datetime) -> Suspension:
    """Approve or refuse a standstill that somebody else asked for.

    Raises:
        NoRequest, NotAllowed. Conflict: it was decided already, or the case is open no more.
    """
    found = _request(Suspension.objects.all(), suspension_id)
    case = locked_case(found.case_id, by)
    found.refresh_from_db()
    _decide(case, found, approve, by, at)
    if not approve:
        _tell(case, "suspended", {"step": "refused", "suspension": found.pk}, told=False, by=by, at=at)
        return found
    facts = {"step": "approved", "suspension": found.pk, "ground": found.ground, "until": clocks.written(found.ends_at)}
    _retold(case, "suspended", facts, note=found.reason, by=by, at=at)
    return found


@transaction.atomic
def resume(case_id: int, *, by: Actor, at: datetime) -> Case:
    """The reason is gone: the clocks run again, and end by so much later as they stood still.

    Raises:
        NoCase, NotAllowed. Conflict: nothing stands still.
    """
    case = locked_case(case_id, by)
    _one_of(case, by, WORKERS | DECIDERS)
    running = Suspension.objects.filter(_unended(at), case=case, state="approved", starts_at__lte=at)
    if not running.update(ends_at=at):
        raise Conflict(_("The clocks of this case run."))
    _retold(case, "resumed", {}, by=by, at=at)
    return case


@transaction.atomic
def extend(case_id: int, clock: str, *, amount: str, reason: str, by: Actor, at: datetime) -> Extension:
    """Ask for more time ("3 working days") for one clock of a case; never after it is due.

    Raises:
        NoCase, NotAllowed, BadReport, BadInput. Conflict: no such clock runs, none more can be had, or it is too late.
    """
    (reason,) = sentences(reason=(reason, LONGEST))
    case = locked_case(case_id, by)
    _one_of(case, by, WORKERS)
    running = CaseClock.objects.filter(case=case, code=clock, stopped_at=None).first()
    if running is None or not by_version(case.written_as_id).clock(clock).extendable:
        raise Conflict(_("This clock can't be extended."), next_step=_("The type of the case says which clocks can."))
    _in_time(running, at)
    if running.extensions.filter(state="asked").exists():
        raise Conflict(_("An extension of this clock is asked for already."))
    _more(running, amount)
    made = Extension.objects.create(clock=running, amount=amount.strip(), reason=reason, asked_by=by.label, asked_at=at)
    facts = {"step": "asked", "extension": made.pk, "clock": clock, "amount": made.amount}
    _tell(case, "extended", facts, note=reason, told=False, by=by, at=at)
    return made


@transaction.atomic
def decide_extension(extension_id: int, *, approve: bool, by: Actor, at: datetime) -> Extension:
    """Approve or refuse more time that somebody else asked for; an approval comes too late once the clock is due.

    Raises:
        NoRequest, NotAllowed. Conflict: it was decided already, the clock has stopped, or it is too late.
    """
    found = _request(Extension.objects.select_related("clock"), extension_id)
    case = locked_case(found.clock.case_id, by)
    found.refresh_from_db()
    clock = found.clock
    clock.case = case
    facts = {"extension": found.pk, "clock": clock.code, "amount": found.amount}
    if approve:
        _in_time(clock, at)
    _decide(case, found, approve, by, at)
    if not approve:
        _tell(case, "extended", {"step": "refused", **facts}, told=False, by=by, at=at)
        return found
    clock.more = _more(clock, found.amount)
    clock.save(update_fields=["more"])
    _retold(case, "extended", {"step": "approved", **facts}, note=found.reason, by=by, at=at)
    return found


# --- who and when ---


def _one_of(case: Case, by: Actor, words: frozenset[str]) -> None:
    if not acts_as(case, by) & words:
        raise NotAllowed(_("This step is for somebody else to take."))


def _unended(at: datetime) -> Q:
    return Q(ends_at=None) | Q(ends_at__gt=at)


def _request(rows: Any, pk: int) -> Any:
    found = rows.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise NoRequest(_("There is no such request."), next_step=_("Open the case: it shows what was asked for."))
    return found


def _decide(case: Case, found: Suspension | Extension, approve: bool, by: Actor, at: datetime) -> None:
    """Lock held: the decision itself, by somebody who looks over the case and did not ask."""
    _one_of(case, by, DECIDERS)
    if by.label == found.asked_by:
        raise NotAllowed(_("Who asked for it can't decide on it."))
    if found.state != "asked" or case.phase != "open":
        raise Conflict(_("This was decided already, or the case is not open any more."))
    found.state, found.decided_by, found.decided_at = ("approved" if approve else "refused"), by.label, at
    found.save(update_fields=["state", "decided_by", "decided_at"])


def _in_time(clock: CaseClock, at: datetime) -> None:
    if clock.stopped_at is not None or (clock.due_at is not None and clock.due_at < at):
        raise Conflict(_("The clock has stopped or is past due: it can't be extended any more."))


def _more(clock: CaseClock, amount: str) -> str:
    """What the clock is extended by, with this amount; BadInput for what is no amount of time."""
    try:
        another = read_amount(amount)
    except ValueError as error:
        raise BadInput(_("This is no amount of time."), next_step=_("Write %(form)s.") % {"form": FORM}) from error
    more = engine.more_text(clock.more, another)
    if not another_is_some(another) or len(more) > CaseClock._meta.get_field("more").max_length:  # type: ignore[operator]
        raise BadInput(_("So much time can't be added."))
    return more


def another_is_some(amount: engine.Amount) -> bool:
    """Whether an amount is more than nothing."""
    return bool(getattr(amount, "number", None) or getattr(amount, "time", None))


# --- telling ---


def _retold(case: Case, kind: str, facts: dict[str, Any], *, note: str = "", by: Actor, at: datetime) -> None:
    """Work out the running clocks anew, and tell both dates of each that moved."""
    _tell(case, kind, {**facts, "clocks": moved(case, at)}, note=note, told=True, by=by, at=at)


def recomputed(case: Case, *, by: Actor, at: datetime) -> bool:
    """Work out the running clocks by today's calendar; whether any moved, which the story tells with both dates.

    The lock on the case is held.
    """
    found = moved(case, at)
    if found:
        _tell(case, "recomputed", {"clocks": found}, told=True, by=by, at=at)
    else:
        case.save(update_fields=clocks.FACE)
    return bool(found)


def moved(case: Case, at: datetime) -> list[clocks.Moved]:
    """Work out the running clocks of a case anew; those that moved, with the date before and after.

    The lock on the case is held; the caller saves the case.
    """
    calendar, stops = kernel.calendar(case.unit.code, as_of=at), clocks.standstills(case)
    running = list(CaseClock.objects.filter(case=case, stopped_at=None))
    found: list[clocks.Moved] = []
    for one in running:
        before = one.due_at
        clocks.reckon(one, calendar, stops, at)
        found += [both] if (both := clocks.dates(one.code, before, one.due_at)) else []
    CaseClock.objects.bulk_update(running, clocks.DATES)
    clocks.due_of(case, by_version(case.written_as_id), at)
    return found


def _tell(case: Case, kind: str, facts: dict[str, Any], *, note: str = "", told: bool, by: Actor, at: datetime) -> None:
    role = role_of(case, by, WORKERS | DECIDERS)
    changed(case, *clocks.FACE, at=at)
    wrote(case, kind, by=by, at=at, role=role, told=told, note=note, facts=facts)
    noted(kind, case, by=by, at=at, role=role, **{key: value for key, value in facts.items() if key != "ground"})
