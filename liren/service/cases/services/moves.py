"""Moving a case on: one door for every move of every type. Lock, look, ask the right, ask the type, write, tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.engine.states import WrongMove
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.files import Clean, Upload, cleaned
from liren.foundation.kernel.handwritten import insert_with
from liren.foundation.kernel.rights import Actor, require
from liren.service.cases.engine.answers import clean, gettext_noop, long_text, past
from liren.service.cases.engine.needed import asked_at, lacking, outdated
from liren.service.cases.engine.spec import CaseType, MoveSpec
from liren.service.cases.models import MOST_TEXT, Case, CaseEvent, CasePart
from liren.service.cases.models.declared import by_version
from liren.service.cases.queries.acting import COLLEAGUE, REPORTER, SYSTEM, acts_as, open_moves
from liren.service.cases.queries.dispatch import responsible_for
from liren.service.cases.queries.filled import filled
from liren.service.cases.queries.reading import is_booking
from liren.service.cases.services import clocks
from liren.service.cases.services.conditions import agreed, free_hands, free_word, held
from liren.service.cases.services.faults import Gathered, OfJourney, Outdated, find
from liren.service.cases.services.files import attach
from liren.service.cases.services.following_up import follow_up, no_period
from liren.service.cases.services.gating import admitted_as, through_gate, told_by_its_journey
from liren.service.cases.services.passes import issue
from liren.service.cases.services.ratings import Verdict, rated
from liren.service.cases.services.story import SPEAKERS, changed, entry, line, locked_case, role_among

__all__ = ["Step", "move", "open_moves", "wrote_move"]

KINDS = {"dispatch": "dispatched", "verdict": "rated"}
VERDICT = ("solved", "satisfied")
#: What the clocks set where a state is entered.
BY_CLOCKS = (*clocks.FACE, "is_called", "is_disputed")
#: Who withdraws a report ends the dispute about it; who works on it can't end it so.
ENDS_DISPUTES = frozenset({"reporter", "system"})


@dataclass
class Step:
    """One move on its way into the tables."""

    case: Case
    spec: CaseType
    move: MoveSpec
    by: Actor
    at: datetime
    role: str
    note: str = ""
    files: list[Clean] = field(default_factory=list)
    body: Body | None = None
    verdict: Verdict | None = None
    acting_for: Body | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    says_end: bool = False


@transaction.atomic
def move(
    case_id: int,
    move: str,
    *,
    note: str = "",
    values: Mapping[str, Any] | None = None,
    body_id: int | None = None,
    files: Sequence[Upload] = (),
    seen: int | None = None,
    outcome: str | None = None,
    admission_id: int | None = None,
    journey: str = "",
    reporting_body_id: int | None = None,
    by: Actor,
    at: datetime,
    acting_for: int | None = None,
) -> Case:
    """Make a move of the case's type. ``seen`` is the revision that the actor has seen.

    ``values`` answers what the move asks; at a verdict also "solved" and "satisfied". ``body_id`` names the body for a
    dispatch; without it the catalogue does. ``admission_id`` names the admission under which an office hands its own
    work to a community. ``journey`` is named by a file of ``journeys`` alone: it says that the rows of other rooms
    which belong to the move are written in the same transaction. ``reporting_body_id``, named by a journey as well,
    says that the case was reported for this body and that the journey has asked whether ``by`` may act for it: then a
    colleague of whoever reported makes the move in the body's name.

    Raises:
        NoCase: no such case, or not for this actor. NotAllowed: the type gives this move to somebody else.
        Outdated (409): it moved on meanwhile, or the move isn't possible in its state; ``facts`` say how it stands.
        BadReport: note, evidence or answers are missing, field by field. Conflict: a consent is missing, or nobody
        holds the part whose turn it would be.
        NotAdmitted: an office's work for a community, without an admission that holds there.
        OfJourney: the type gives this move to a journey, and it is not this journey that makes it.
        Conflict: the move wants parts that were split off, and there are none.
    """
    require(by, "cases.move")
    case = locked_case(case_id, by)
    spec = by_version(case.written_as_id)
    if seen is not None and seen != case.revision:
        raise Outdated(case)
    words = acts_as(case, by, spec, on=timezone.localdate(at))
    stands_in = journey != "" and reporting_body_id is not None and not words & {REPORTER, SYSTEM}
    made = _allowed(case, spec, move, note, words | {REPORTER} if stands_in else words)
    step = Step(case, spec, made, by, at, COLLEAGUE if stands_in else role_among(words, made.by))
    if step.move.journey not in ("", journey):
        raise OfJourney
    free_hands(step)
    free_word(step)
    _read(step, note, values or {}, files)
    agreed(step)
    held(step)
    _parted(step)
    _undisputed(step)
    if outcome not in (None, spec.state(step.move.target).outcome):
        raise BadInput(_("This move doesn't end the case in that way."))
    if step.move.effect == "dispatch":
        step.body = _body_for(step, body_id)
        admitted_as(case, admission_id)
    step.acting_for = Body.objects.get(pk=reporting_body_id or 0) if stands_in else _for_whom(step, acting_for)
    return wrote_move(step)


def _allowed(case: Case, spec: CaseType, code: str, note: str, words: frozenset[str]) -> MoveSpec:
    """The move, where the state allows it, and these words that are true of the actor."""
    found = spec.move(code)
    if found is not None and not words & set(found.by):
        raise NotAllowed(_("This step is for somebody else to take."))
    try:
        spec.table.check(code, case.state, note.strip() or "-")
    except WrongMove as wrong:
        state = spec.state(case.state).name.text(get_language() or "zh")
        raise Outdated(case, _("This isn't possible now. The case stands at: %(state)s.") % {"state": state}) from wrong
    made = next(one for one in spec.moves if one.code == code)
    if spec.state(made.target).outcome == "joined":
        raise BadInput(_("Name the case into which this one is joined."))
    return made


def _read(step: Step, note: str, values: Mapping[str, Any], files: Sequence[Upload]) -> None:
    """Note, evidence, and answers to what the move asks."""
    gathered = Gathered()
    step.note = gathered.read("note", lambda: long_text(note, MOST_TEXT), "?")
    if step.move.note and not step.note:
        gathered.add("note", gettext_noop("Write down what was done, or why."))
    step.files = gathered.read("files", lambda: cleaned(files), [])
    if step.move.evidence and not files:
        gathered.add("files", gettext_noop("This step needs a photograph or a paper."))
    asked = asked_at(step.spec, step.move, step.case.values)
    rest = dict(values)
    if step.move.effect == "verdict":
        step.verdict = Verdict.read({key: rest.pop(key, None) for key in VERDICT}, gathered)
    answers, faults = clean(asked, rest, find=find)
    gathered.faults += faults + lacking(asked, answers, step.case.values) + no_period(step.spec, answers)
    gathered.faults += clocks.over_already(step.spec, answers, step.at)
    gathered.faults += past(asked, answers, timezone.localtime(step.at))
    if is_booking(step.case, frozenset({step.role})):
        for told, name in ((step.note, "note"), (files, "files")):
            if told:
                gathered.add(name, gettext_noop("Only the booking is kept here, and nothing of what is said."))
    gathered.stop()
    if answers:
        over = outdated(asked, answers, step.case.values)
        step.case.values = {code: value for code, value in step.case.values.items() if code not in over} | answers
        step.facts["values"] = sorted(answers)
        step.says_end = not step.spec.ending_fields.isdisjoint(answers)


def _parted(step: Step) -> None:
    if step.move.parted and not step.case.children.exists():
        raise Conflict(
            _("Nothing was split off from this case yet."),
            next_step=_("Split off each matter that was found, so that it goes its own way."),
        )


def _undisputed(step: Step) -> None:
    phase = step.spec.state(step.move.target).phase
    if step.case.is_disputed and phase != "open" and step.role not in ENDS_DISPUTES:
        raise Conflict(_("There is a dispute about who is responsible."), next_step=_("It has to be ruled on first."))


def _body_for(step: Step, body_id: int | None) -> Body:
    """The body that is to act: one of this place, of a level above or below; without a name, the catalogue's."""
    case, today = step.case, timezone.localdate(step.at)
    body: Body | None = None
    if body_id is not None:
        here = Q(unit_id__in=case.unit.path_ids) | Q(unit__path__startswith=case.unit.path)
        body = Body.objects.living_on(today).filter(here, pk=body_id).first() if 0 < body_id < 2**63 else None
    else:
        body = responsible_for(case, case.type, step.spec, today).body
    if body is None:
        raise BadInput(_("Name the body that is responsible."), next_step=_("Choose it from the list of bodies."))
    if body.pk == case.about_body_id:
        raise Conflict(_("A complaint never goes to the body that it is about."))
    return body


def _for_whom(step: Step, acting_for: int | None) -> Body | None:
    """The body for which the actor writes: the one to which the case was dispatched."""
    if step.move.effect == "dispatch":
        return step.body
    if step.role == "body" or acting_for == step.case.body_id:
        return step.case.body
    return None


# --- writing ---


def wrote_move(step: Step) -> Case:
    """Write a move that was allowed. The clock uses this door too: it asks no right."""
    case, old = step.case, step.case.state
    target = step.spec.state(step.move.target)
    fields = {"state", "phase", "outcome", "values", "admission"}
    case.state, case.phase, case.outcome = target.code, target.phase, target.outcome
    fields |= EFFECTS.get(step.move.effect, _nothing)(step)
    case.values = {**case.values, **filled(case, step.spec)}
    if target.phase == "answered":
        fields |= _answered(step)
    fields |= _spoken(step)
    if target.final:
        case.closed_at = step.at
        follow_up(case, step.spec, at=step.at)
    if moved := clocks.entered(case, step.spec, old, case.state, step.at):
        step.facts["clocks"] = moved
    if step.says_end and case.due_at is not None:
        step.facts["until"] = clocks.written(case.due_at)
    with through_gate(case, step.body, "move", by=step.by, at=step.at), told_by_its_journey():
        changed(case, *fields, *BY_CLOCKS, "closed_at", at=step.at)
    facts = {"move": step.move.code, "state": case.state, "body": case.body_id, "revision": case.revision}
    event = _told(step, old)
    insert_with(event, [entry("moved", case, by=step.by, at=step.at, role=step.role, **facts)])
    if step.files:
        attach(case, event, step.files, by=step.by, at=step.at)
    if step.move.issues == "pass":
        issue(case, at=step.at)
    return case


def _told(step: Step, old: str) -> CaseEvent:
    return line(
        step.case,
        KINDS.get(step.move.effect, "moved"),
        by=step.by,
        at=step.at,
        role=step.role,
        told=step.move.tells,
        move=step.move.code,
        source=old,
        target=step.case.state,
        note=step.note,
        acting_for=step.acting_for,
        facts=step.facts,
    )


def _nothing(step: Step) -> set[str]:
    return set()


def _dispatched(step: Step) -> set[str]:
    """To a body; the main clock runs from the first time. Every further body is a hop, and public."""
    case, body = step.case, step.body
    if case.dispatched_at is None:
        case.dispatched_at = step.at
    elif body is not None and case.body_id not in (None, body.pk):
        case.hops += 1
    case.body, case.handler = body, None
    step.facts["body"] = body.pk if body else None
    return {"body", "handler", "dispatched_at", "hops"}


def _taken(step: Step) -> set[str]:
    step.case.handler_id = step.by.pk
    return {"handler"}


def _answered(step: Step) -> set[str]:
    """What was done is said; from this moment the resident has the word."""
    step.case.answered_at = step.at
    step.case.first_answer_at = step.case.first_answer_at or step.at
    return {"answered_at", "first_answer_at"}


def _spoken(step: Step) -> set[str]:
    """The first word to the reporter of somebody whose work it is; that a step was taken is none."""
    says = step.move.tells and (step.note or step.case.answered_at == step.at)
    if not says or step.role not in SPEAKERS or step.case.first_word_at is not None:
        return set()
    step.case.first_word_at = step.at
    return {"first_word_at"}


def _judged(step: Step) -> set[str]:
    if step.verdict is not None:
        rated(step.case, step.verdict, note=step.note, role=step.role, by=step.by, at=step.at)
    return set()


def _reopened(step: Step) -> set[str]:
    """Within the window, counted from the answer or the day to which that put the matter; the next round begins."""
    case, first = step.case, clocks.window_from(step.case, step.spec)
    window = timedelta(days=step.spec.reopen_days)
    if first is None or step.at > first + window:
        raise Conflict(
            _("The time in which this could be reopened is over."), next_step=_("Report it anew, and name this number.")
        )
    case.rounds += 1
    case.answered_at = None
    return {"rounds", "answered_at"}


def _agreed_to(step: Step) -> set[str]:
    """Whoever makes the move agrees to their own part by it."""
    roles = [word.removeprefix("part:") for word in step.move.by if word.startswith("part:")]
    own = CasePart.objects.filter(case_id=step.case.pk, role__in=roles, left_at=None, consented_at=None)
    if step.by.pk is not None:
        own.filter(account_id=step.by.pk).update(consented_at=step.at)
    return set()


EFFECTS: dict[str, Callable[[Step], set[str]]] = {
    "dispatch": _dispatched,
    "take": _taken,
    "verdict": _judged,
    "reopen": _reopened,
    "consent": _agreed_to,
}
