"""One matter that is several, and several that are one: split and join. Helpers of a lead are parts of the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.rights import Actor
from liren.service.cases.engine.spec import CONFIDENTIALITY, CaseType, MoveSpec
from liren.service.cases.models import MOST_TEXT, Case, CaseClock, CaseEvent, CaseFollower
from liren.service.cases.models.declared import DeclaredType, by_version, type_of
from liren.service.cases.queries.acting import acts_as
from liren.service.cases.queries.dispatch import responsible
from liren.service.cases.services import clocks
from liren.service.cases.services.faults import OfJourney
from liren.service.cases.services.gating import admitted_as, through_gate
from liren.service.cases.services.sentences import sentences
from liren.service.cases.services.story import changed, line, locked_case, noted, wrote
from liren.service.cases.services.words import search_of

DESK = frozenset({"desk", "supervisor", "system"})
MOST_PARTS = 10


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a matter: of which type, what it says, and which body it goes to; without one the catalogue decides."""

    type: str
    text: str
    body_id: int | None = None
    category: str = ""
    admission_id: int | None = None


@transaction.atomic
def split(case_id: int, *, parts: Sequence[Piece], by: Actor, at: datetime) -> list[Case]:
    """Split a case in parts that go their own ways, one level deep; it closes after the last of them.

    Each part has a number and clocks of its own, and is never less confidential than the whole.

    Raises:
        NoCase, NoType, NotAllowed, BadReport. BadInput: no such body or category. OfJourney: a type that is taken in by
        a journey.
        Conflict: the case is closed, is a part itself, or would have more than ten.
    """
    case = locked_case(case_id, by)
    _desk(case, by)
    if case.phase != "open" or case.parent_id is not None:
        raise Conflict(_("Only an open case that is no part itself can be split."))
    if not parts or case.children.count() + len(parts) > MOST_PARTS:
        raise Conflict(_("A case is split in at most %(most)s parts, and at least one.") % {"most": MOST_PARTS})
    made = [_part(case, one, by, at) for one in parts]
    changed(case, at=at)
    facts = {"parts": [one.pk for one in made]}
    wrote(case, "split", by=by, at=at, role="desk", facts=facts)
    noted("split", case, by=by, at=at, role="desk", **facts)
    return made


@transaction.atomic
def join(case_id: int, *, into_id: int, by: Actor, at: datetime) -> Case:
    """The case is the same as another: it closes as joined, and whoever waits for it follows the other one.

    Raises:
        NoCase, NotAllowed. Conflict: one of the two is not open, can't be joined, or is seen by others than the other.
    """
    held = {pk: locked_case(pk, by) for pk in sorted({case_id, into_id})}  # in order: two joins never block each other
    case, into = held[case_id], held[into_id]
    _desk(case, by)
    _desk(into, by)
    spec = by_version(case.written_as_id)
    move = _joining(spec, case, into)
    source, case.state, case.phase, case.outcome = case.state, move.target, "closed", "joined"
    case.joined_to, case.closed_at = into, at
    clocks.entered(case, spec, source, case.state, at)
    _followers(case, into, at)
    fields = ("state", "phase", "outcome", "joined_to", "closed_at", "followers", "is_called", "is_disputed")
    changed(case, *fields, *clocks.FACE, at=at)
    more = {"move": move.code, "source": source, "target": case.state}
    wrote(case, "joined", by=by, at=at, role="desk", facts={"into": into.pk, "number": into.number}, **more)
    noted("joined", case, by=by, at=at, role="desk", into=into.pk)
    changed(into, "followers", at=at)
    wrote(into, "joined", by=by, at=at, role="desk", told=False, facts={"from": case.pk, "number": case.number})
    return case


def _desk(case: Case, by: Actor) -> None:
    if not acts_as(case, by) & DESK:
        raise NotAllowed(_("Your account does not hold the duty that this needs."))


# --- splitting ---


def _part(case: Case, piece: Piece, by: Actor, at: datetime) -> Case:
    (text,) = sentences(text=(piece.text, MOST_TEXT))
    kind, today = type_of(piece.type), timezone.localdate(at)
    if kind.spec.journey:
        raise OfJourney
    if piece.category and kind.spec.category(piece.category) is None:
        raise BadInput(_("This type has no category “%(code)s”.") % {"code": piece.category[:40]})
    made = Case(
        type_id=kind.pk,
        written_as_id=kind.version,
        work=kind.spec.work,
        state=kind.spec.start,
        severity=case.severity,
        category=piece.category,
        text=text,
        channel="system",
        taken_by=by.label,
        parent=case,
        received_at=at,
        changed_at=at,
        **_kept_secret(case, kind.spec),
        **{name: getattr(case, name) for name in INHERITED},
    )
    if kind.spec.is_unlinked:
        made.reporter_id = None  # the account of the whole case finds nothing of it either
    made.search = "" if made.confidentiality == "sealed" else search_of(text, made.address)
    admitted_as(made, piece.admission_id or (case.admission_id if made.work == case.work else None))
    return _begun(made, kind, _body(case, piece, kind, today), by, at)


#: What a part has from the whole: where it is, whose it is, whom it is about.
INHERITED = (
    "unit", "lon", "lat", "cell", "address", "language", "reporter_id", "about_body_id", "is_simulated",
)  # fmt: skip


def _kept_secret(case: Case, spec: CaseType) -> dict[str, str]:
    """The stricter of the two."""
    if CONFIDENTIALITY.index(case.confidentiality) >= CONFIDENTIALITY.index(spec.confidentiality):
        return {"confidentiality": case.confidentiality, "sealed_to": case.sealed_to}
    sealed_to = spec.sealed_to if spec.confidentiality == "sealed" else ""
    return {"confidentiality": spec.confidentiality, "sealed_to": sealed_to}


def _body(case: Case, piece: Piece, kind: DeclaredType, today: date) -> Body | None:
    if piece.body_id is None:
        return responsible(kind, piece.category, case.unit, today, about_body_id=case.about_body_id).body
    living = Body.objects.living_on(today).filter(unit_id__in=case.unit.path_ids).exclude(pk=case.about_body_id or 0)
    found: Body | None = living.filter(pk=piece.body_id).first() if 0 < piece.body_id < 2**63 else None
    if found is None:
        raise BadInput(_("No such body acts in this place."), next_step=_("Choose it from the list of bodies."))
    return found


def _begun(made: Case, kind: DeclaredType, body: Body | None, by: Actor, at: datetime) -> Case:
    """Store the part: dispatched at once where its type allows it, else waiting for the desk."""
    facts: dict[str, Any] = {"part_of": made.parent_id}
    lines = [line(made, "received", by=by, at=at, role="desk", target=made.state, facts=facts)]
    move = kind.spec.plain_dispatch
    if body is not None and move is not None and made.confidentiality != "sealed":
        more: dict[str, Any] = {"move": move.code, "source": made.state, "target": move.target, "acting_for": body}
        made.body, made.dispatched_at, made.state = body, at, move.target
        made.phase = kind.spec.state(move.target).phase
        lines.append(line(made, "dispatched", by=by, at=at, role="desk", facts={"body": body.pk}, **more))
    running = clocks.planned(made, kind.spec, at)
    with through_gate(made, made.body, "split", by=by, at=at):
        made.save(force_insert=True)
    rows: list[CaseEvent | CaseClock] = [*lines, *running]
    for row in rows:
        row.case_id = made.pk
    CaseEvent.objects.bulk_create(lines)
    CaseClock.objects.bulk_create(running)
    noted("reported", made, by=by, at=at, role="desk", type=kind.code, channel="system", part_of=made.parent_id)
    return made


# --- joining ---


def _joining(spec: CaseType, case: Case, into: Case) -> MoveSpec:
    """The move by which the case closes as joined; Conflict where the two can't be one."""
    can = spec.joinable and by_version(into.written_as_id).joinable
    if case.pk == into.pk or not can or case.confidentiality != into.confidentiality:
        raise Conflict(_("These two can't be joined."), next_step=_("Answer each for itself."))
    if case.phase != "open" or into.phase == "closed":
        raise Conflict(_("Only open cases are joined."))
    for move in spec.moves:
        if case.state in move.sources and spec.state(move.target).outcome == "joined":
            return move
    state = spec.state(case.state).name.text(get_language() or "zh")
    raise Conflict(_("This isn't possible now. The case stands at: %(state)s.") % {"state": state})


def _followers(case: Case, into: Case, at: datetime) -> None:
    """Whoever followed, and whoever reported with an account, follows the other case; so do cases joined before."""
    waiting = [*CaseFollower.objects.filter(case=case).values_list("account_id", flat=True), case.reporter_id or 0]
    rows = [CaseFollower(case=into, account_id=pk, at=at) for pk in waiting if pk not in (0, into.reporter_id)]
    CaseFollower.objects.bulk_create(rows, ignore_conflicts=True)
    CaseFollower.objects.filter(case=case).delete()
    Case.objects.filter(joined_to=case).update(joined_to=into)
    case.followers, into.followers = 0, CaseFollower.objects.filter(case=into).count()
