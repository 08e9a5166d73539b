"""Handing work to communities through the gate, and what a community answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.admission import machine
from liren.foundation.admission.models import (
    Assignment,
    ListItem,
    Notice,
    Origin,
    OutsideReport,
    ReportState,
    RowState,
    Told,
    WorkType,
)
from liren.foundation.admission.queries import correction_due
from liren.foundation.admission.services.gate import WHY, NotAdmitted, Work, passing, refused_by, told_of
from liren.foundation.admission.services.refusing import listed
from liren.foundation.admission.services.reminding import tell
from liren.foundation.admission.services.texts import body_of, community_of, held, impartial, line, lines, word
from liren.foundation.kernel import audit
from liren.foundation.kernel.engine.states import WrongMove
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Level, Unit

MOST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work for one community: what, under which admission, from which day, until when, how long."""

    community_id: int
    title_zh: str
    work_type: str
    given_on: date
    admission_id: int | None = None
    title_en: str = ""
    text: str = ""
    due_on: date | None = None
    minutes: int = 0
    is_simulated: bool = False


@transaction.atomic
def hand_down(tasks: Sequence[Task], *, sender_id: int, by: Actor, at: datetime) -> list[Assignment]:
    """Hand work of a body to communities: all of it or, where the gate refuses one line, nothing.

    A task, form, inspection, meeting, award round, appraisal, certificate, system, signboard or organisation; ledgers
    have a service of their own (``open_ledger``).

    Raises:
        NotAllowed: no post in that body. BadInput: what can't be. NotAdmitted: a line has no admission that holds.
    """
    sender = body_of(sender_id, timezone.localdate(at))
    require(by, "admission.apply", sender)
    if not 1 <= len(tasks) <= MOST_ROWS:
        raise BadInput(_("Hand down at least one and at most %(most)s pieces of work at once.") % {"most": MOST_ROWS})
    places = _places(tasks)
    rows = [assignment_of(one, places, at, origin=Origin.OFFICE, sender_id=sender.pk, by=by) for one in tasks]
    made = _written(rows, by=by, at=at)
    works: dict[str, int] = {}
    for one in made:
        works[one.work_type] = works.get(one.work_type, 0) + 1
    audit.record("admission.handed_down", None, by=by, at=at, unit_id=sender.unit_id, sender=sender.pk, works=works)
    return made


def _written(rows: list[Assignment], *, by: Actor, at: datetime) -> list[Assignment]:
    """All rows in one statement; where the gate refuses it, one by one, to say which of them is refused."""
    try:
        with transaction.atomic():
            return Assignment.objects.bulk_create(rows)
    except IntegrityError as error:
        if refused_by(error) not in WHY:
            raise
    for row in rows:
        work = Work(
            row.work_type, row.title_zh, row.community_id, row.given_on, "hand_down", row.sender_id, row.admission_id
        )
        with passing(work, by=by, at=at):
            row.save(force_insert=True)
    return rows


@transaction.atomic
def take_up(task: Task, *, by: Actor, at: datetime) -> Assignment:
    """Work that residents themselves asked for, noted by their community: it needs no admission and has no sender."""
    community = community_of(task.community_id)
    require(by, "admission.answer", community)
    row = assignment_of(task, {community.pk: community}, at, origin=Origin.RESIDENT, sender_id=None, by=by)
    row.admission_id, row.state = None, RowState.ACCEPTED
    row.save(force_insert=True)
    audit.record("admission.taken_up", row, by=by, at=at, unit_id=community.pk, work=row.work_type)
    return row


def _places(tasks: Sequence[Task]) -> Mapping[int, Unit]:
    """The communities by id. BadInput where one is none."""
    found = Unit.objects.in_bulk({one.community_id for one in tasks})
    for one in tasks:
        if one.community_id not in found or found[one.community_id].level != Level.COMMUNITY:
            raise BadInput(_("Name the communities that are concerned."))
    return found


def assignment_of(
    task: Task, places: Mapping[int, Unit], at: datetime, *, origin: str, sender_id: int | None, by: Actor
) -> Assignment:
    """The row of a piece of work, not saved yet. BadInput for what can't be."""
    if not 0 <= task.minutes <= 60_000:
        raise BadInput(_("Say how many minutes it is thought to take."))
    if task.due_on is not None and task.due_on < task.given_on:
        raise BadInput(_("It is due before it begins."))
    return Assignment(
        admission_id=task.admission_id,
        community=places[task.community_id],
        origin=origin,
        sender_id=sender_id,
        recorded_by=by.label,
        state_by=by.label,
        work_type=word(task.work_type, WorkType.values),
        given_on=task.given_on,
        title_zh=line("title_zh", task.title_zh),
        title_en=line("title_en", task.title_en, needed=False),
        text=lines(task.text, needed=False),
        due_on=task.due_on,
        minutes=task.minutes,
        is_simulated=task.is_simulated,
        recorded_at=at,
        state_at=at,
    )


# --- what the community answers ---


@transaction.atomic
def accept(assignment_id: int, *, by: Actor, at: datetime) -> Assignment:
    """The community takes the work."""
    return _moved(assignment_id, "accept", "admission.answer", by=by, at=at)


@transaction.atomic
def finish(assignment_id: int, *, note: str = "", by: Actor, at: datetime) -> Assignment:
    """The community has done it."""
    return _moved(assignment_id, "finish", "admission.answer", note=note, by=by, at=at)


@transaction.atomic
def withdraw_work(assignment_id: int, *, note: str = "", by: Actor, at: datetime) -> Assignment:
    """The body that asked does not want it any more."""
    return _moved(assignment_id, "withdraw", "admission.apply", note=note, by=by, at=at)


@transaction.atomic
def refuse_work(
    assignment_id: int, *, item_id: int | None = None, note: str = "", by: Actor, at: datetime
) -> Assignment:
    """One step for a committee (R352): what stands on the negative list is refused, and sender and government told.

    Args:
        item_id: the matter of the negative list; without it, the work was not admitted for what is asked, which the
            note says.

    Raises:
        NotAllowed. BadInput: no such matter on the negative list there today, or no reason. Conflict: it is over.
    """
    found = held(Assignment, assignment_id, "community", "sender__unit")
    item = None if item_id is None else listed(item_id, found.community, timezone.localdate(at))
    note = note.strip() or (item.name_zh if item else "")
    row = _moved(assignment_id, "refuse", "admission.answer", note=note, by=by, at=at, item=item)
    Notice.objects.bulk_create(
        Notice(assignment=row, body_id=body_id, unit_id=unit_id, at=at)
        for body_id, unit_id in told_of(found.sender, found.community_id, timezone.localdate(at))
    )
    return row


def _moved(
    assignment_id: int, move: str, power: str, *, note: str = "", by: Actor, at: datetime, item: ListItem | None = None
) -> Assignment:
    row = held(Assignment, assignment_id, "community", "sender__unit")
    require(by, power, row.community if power == "admission.answer" else row.sender)
    try:
        step = machine.ASSIGNMENT.check(move, row.state, note)
    except WrongMove as wrong:
        if "reason" in str(wrong):
            raise BadInput(_("Say why.")) from wrong
        raise Conflict(_("This is not possible any more: the work is over.")) from wrong
    row.state, row.state_at, row.state_by, row.item = step.target, at, by.label, item
    row.note = line("reason", note, needed=False)
    row.save(update_fields=["state", "state_at", "state_by", "note", "item"])
    audit.record(f"admission.work_{step.target}", row, by=by, at=at, unit_id=row.community_id, sender=row.sender_id)
    return row


# --- work that came round the gate ---


@transaction.atomic
def report_outside(
    *, community_id: int, sender_id: int, work_type: str, happened_on: date, text: str, by: Actor, at: datetime
) -> OutsideReport:
    """The community reports that a body handed it work without an admission, or a duty of its own (R353)."""
    community = community_of(community_id)
    require(by, "admission.answer", community)
    if happened_on > timezone.localdate(at):
        raise BadInput(_("This happened today or earlier; the day can't lie ahead."))
    made = OutsideReport(
        community=community, sender=body_of(sender_id, happened_on), work_type=word(work_type, WorkType.values),
        happened_on=happened_on, text=lines(text), recorded_by=by.label, recorded_at=at,
    )  # fmt: skip
    _due(made)
    made.save(force_insert=True)
    audit.record("admission.outside_reported", made, by=by, at=at, unit_id=community.pk, sender=sender_id)
    return made


@transaction.atomic
def judge_outside(report_id: int, *, move: str, answer: str, by: Actor, at: datetime) -> OutsideReport:
    """Carry a report on: order, correct, criticise, pass_on or dismiss, each with its reason. The body of which a
    correction is ordered is told, and the government above it; from then on its days run.

    Raises:
        NotAllowed: the power is missing over the community, or a post is held in the body reported.
        Conflict: one's own report, or a step that is not possible.
    """
    found = held(OutsideReport, report_id, "community", "sender__unit")
    require(by, "admission.decide", found.community)
    impartial(found.sender, by, timezone.localdate(at))
    if by.label == found.recorded_by and not by.label.startswith("system:"):
        raise Conflict(_("Whoever reported does not judge."))
    try:
        step = machine.OUTSIDE.check(move, found.state, answer)
    except WrongMove as wrong:
        raise Conflict(_("Say why, and choose a step that is possible now.")) from wrong
    found.state, found.state_at, found.state_by = ReportState(step.target), at, by.label
    found.answer = lines(answer)
    _due(found)
    found.save(update_fields=["state", "state_at", "state_by", "answer", "due_on"])
    audit.record("admission.outside_judged", found, by=by, at=at, unit_id=found.community_id, state=found.state)
    if found.state == ReportState.ORDERED:
        tell(found, Told.ORDERED, by=by, at=at)
    return found


def _due(report: OutsideReport) -> None:
    """By which day somebody has to act on it, as it stands now."""
    due = correction_due(report)
    report.due_on = due.day if due else None


__all__ = [
    "NotAdmitted", "Task", "accept", "finish", "hand_down", "judge_outside", "refuse_work", "report_outside", "take_up",
    "withdraw_work",
]  # fmt: skip
