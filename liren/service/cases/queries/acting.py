"""What an actor is on one case, in the words of its type, and which moves that opens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from liren.foundation.kernel.rights import Actor, SystemActor
from liren.service.cases.engine.spec import CaseType, MoveSpec
from liren.service.cases.models import HANDLING, Case, CaseEvent, CasePart, asks_back, bodies_of, posts_of
from liren.service.cases.models.declared import by_version
from liren.service.cases.models.reach import SEALED
from liren.service.cases.queries.barred import barred, last_hands

SYSTEM, REPORTER = "system", "reporter"
#: Who gives out parts: whoever works on the case.
GIVES = frozenset({"desk", "body", "supervisor", "system"})
#: Under this word a colleague of the reporter stands in the story, where a journey says for which body was reported.
COLLEAGUE = "colleague"
#: Under this one whoever writes down what somebody adds on the telephone.
LISTENER = "listener"


def is_reporter(case: Case, actor: Any) -> bool:
    """Whether it is the actor's own case: by account, or by the receipt."""
    own = actor.pk is not None and actor.pk == case.reporter_id
    return own or getattr(actor, "receipt_of", None) == case.pk


def acts_as(case: Case, actor: Any, spec: CaseType | None = None, *, on: date | None = None) -> frozenset[str]:
    """Words of a type that are true of the actor: reporter, desk, body, supervisor, callback, system, part:<role>.
    ``on``: the day, today unless said otherwise; a part can end with a day.

    Whoever holds a post in the body complained of is nothing but, perhaps, the reporter.
    """
    if isinstance(actor, SystemActor):
        return frozenset({SYSTEM})
    found = {REPORTER} if is_reporter(case, actor) else set()
    if case.about_body_id is not None and case.about_body_id in posts_of(actor):
        return frozenset(found)
    return frozenset(found | _parts_on_day(case, actor, spec, on) | _offices(case, actor, spec))


def _parts_on_day(case: Case, actor: Any, spec: CaseType | None, on: date | None) -> set[str]:
    held = _parts(case, actor)
    if not held:
        return held
    spec, day = spec or by_version(case.written_as_id), on or timezone.localdate()
    return held - {f"part:{one.code}" for one in spec.parts if one.is_over(case.values, day)}


def _parts(case: Case, actor: Any) -> set[str]:
    if actor.pk is None and not bodies_of(actor):
        return set()
    looked: Looked | None = case.__dict__.get("_looked")
    if looked is not None and looked.actor is actor:
        return looked.parts
    return _parts_on([case.pk], actor).get(case.pk, set())


def _parts_on(cases: Iterable[int], actor: Any) -> dict[int, set[str]]:
    mine = Q(pk__in=[]) if actor.pk is None else Q(account_id=actor.pk)
    bodies = bodies_of(actor)
    if bodies:
        mine |= Q(body_id__in=bodies)
    found: dict[int, set[str]] = {}
    for case_id, role in CasePart.objects.filter(mine, case_id__in=cases, left_at=None).values_list("case_id", "role"):
        found.setdefault(case_id, set()).add(f"part:{role}")
    return found


@dataclass(frozen=True)
class Looked:
    """What was looked up about one actor on one case, together with those on many others."""

    actor: Any
    parts: set[str]
    moves: frozenset[str]


def look_up(cases: Iterable[Case], actor: Any, specs: Iterable[CaseType] = ()) -> None:
    """Look up for many cases at once what ``acts_as`` and ``open_moves`` ask of each: two queries for all of them,
    and a third where one of their types (``specs``) says who may not make a move."""
    wanted = list(cases)
    if actor.pk is None or not wanted:
        return
    ids = [one.pk for one in wanted]
    parts, moves = _parts_on(ids, actor), {pk: set[str]() for pk in ids}
    for case_id, move in CaseEvent.objects.filter(case_id__in=ids, actor=actor.label).values_list("case_id", "move"):
        moves[case_id].add(move)
    for one in wanted:
        one.__dict__["_looked"] = Looked(actor, parts.get(one.pk, set()), frozenset(moves[one.pk]))
    watched = {code for spec in specs for move in spec.moves for code in move.not_by}
    hands = last_hands(ids, watched) if watched else {}
    for one in wanted if watched else ():
        one.__dict__["_last_hands"] = hands.get(one.pk, {})


def _offices(case: Case, actor: Any, spec: CaseType | None) -> set[str]:
    if not hasattr(actor, "powers") or (actor.pk is None and not bodies_of(actor)):
        return set()
    if case.confidentiality == "sealed":
        return _sealed_offices(case, actor)
    found = {word for word, power in OFFICES.items() if actor.holds(power, case.unit)}
    if case.body_id is not None and case.body_id in bodies_of(actor):
        found.add("body")
    if "callback" in found and (is_reporter(case, actor) or has_handled(case, actor, spec)):
        found.discard("callback")
    return found


OFFICES = {"desk": "cases.work", "supervisor": "cases.supervise", "callback": "cases.callback"}


def _sealed_offices(case: Case, actor: Any) -> set[str]:
    """A sealed case has the desk it is sealed to; who holds the same power further up is its supervisor."""
    paths = [path for path in actor.paths_with(f"{SEALED}.{case.sealed_to}") if case.unit.path.startswith(path)]
    found = {"desk"} if paths else set()
    if any(path != case.unit.path for path in paths):
        found.add("supervisor")
    if paths and case.body_id is not None and case.body_id in bodies_of(actor):
        found.add("body")
    return found


def has_handled(case: Case, actor: Any, spec: CaseType | None = None) -> bool:
    """Whether the actor handles the case or did: then it is for somebody else to ask whether it is solved."""
    if actor.pk == case.handler_id or (case.body_id is not None and case.body_id in posts_of(actor)):
        return True
    spec = spec or by_version(case.written_as_id)
    moves = [one.code for one in spec.moves if one.effect in HANDLING]
    looked: Looked | None = case.__dict__.get("_looked")
    if looked is not None and looked.actor is actor:
        return not looked.moves.isdisjoint(moves)
    return CaseEvent.objects.filter(case_id=case.pk, actor=actor.label, move__in=moves).exists()


def judges_own_work(case: Case, actor: Any, spec: CaseType) -> bool:
    """Whether the actor speaks for whom the case concerns and worked on it as well, or took it in and shows the receipt
    that was made for somebody else: then the word on it is not theirs. No query for whoever holds no office."""
    who = getattr(actor, "shown_by", None) or actor
    if who.pk is None or not (who.powers() if callable(getattr(who, "powers", None)) else who.powers):
        return False
    if who is not actor and case.taken_by == who.label:
        return True
    concerned = {f"part:{one.code}" for one in spec.parts if one.consent}
    if not (is_reporter(case, actor) or (concerned and _parts(case, actor) & concerned)):
        return False
    if who.pk == case.handler_id or (case.body_id is not None and case.body_id in posts_of(who)):
        return True
    works = ["desk", "body", "supervisor", *(f"part:{one.code}" for one in spec.parts if not one.consent)]
    made = CaseEvent.objects.filter(case_id=case.pk, actor=who.label, facts__as__in=works)
    return made.exclude(move="").exists()


def calls_back(case: Case, words: frozenset[str], spec: CaseType) -> bool:
    """Whether whoever these words are true of may ask the reporter now; a sealed case is asked about by nobody else."""
    waits = any(case.state in one.sources and asks_back(one) for one in spec.moves)
    return "callback" in words and waits and case.confidentiality != "sealed"


def reaches(case: Case, actor: Any) -> frozenset[str]:
    """Words under which the actor may open how the reporter is reached: who works on the case may have to ask back,
    who calls back may while the answer waits for the reporter's word. None for anybody else."""
    spec = by_version(case.written_as_id)
    words = acts_as(case, actor, spec)
    return words & {"desk", "body"} | ({"callback"} if calls_back(case, words, spec) else frozenset())


def may_move(case: Case, move: MoveSpec, actor: Actor, spec: CaseType | None = None) -> bool:
    """Whether the type lets this actor make the move, whatever the state."""
    spec = spec or by_version(case.written_as_id)
    return bool(acts_as(case, actor, spec) & set(move.by) and _free(case, actor, spec, [move]))


def open_moves(case: Case, actor: Actor, spec: CaseType | None = None) -> list[MoveSpec]:
    """Moves that the actor may make now, in the order of the declaration. Joining names another case: a door of its
    own; so has what belongs to a journey."""
    spec = spec or by_version(case.written_as_id)
    words = acts_as(case, actor, spec)
    joins = {state.code for state in spec.states if state.outcome == "joined"}
    found = [one for one in spec.moves if case.state in one.sources and one.target not in joins and not one.journey]
    return _free(case, actor, spec, [one for one in found if words & set(one.by)])


def _free(case: Case, actor: Actor, spec: CaseType, moves: list[MoveSpec]) -> list[MoveSpec]:
    """These moves without those that the actor can't make because of a step of their own."""
    stopped = barred(case, actor, moves)
    if any(one.effect == "verdict" for one in moves) and judges_own_work(case, actor, spec):
        stopped |= {one.code for one in moves if one.effect == "verdict"}
    return [one for one in moves if one.code not in stopped] if stopped else moves


def moves_of_journey(case: Case, actor: Actor, journey: str, *, for_reporter: bool = False) -> list[MoveSpec]:
    """Moves that a journey may make now for the actor, in the order of the declaration. ``for_reporter``: the journey
    knows that the actor may stand in for whoever reported."""
    spec = by_version(case.written_as_id)
    words = acts_as(case, actor, spec) | ({REPORTER} if for_reporter else set())
    found = [one for one in spec.moves if one.journey == journey and case.state in one.sources]
    return _free(case, actor, spec, [one for one in found if words & set(one.by)])


def is_called_on(case: Case, actor: Any) -> bool:
    """Whether a body of the actor was called on this case, and the call stands."""
    bodies = bodies_of(actor)
    return bool(bodies) and case.calls.filter(body_id__in=bodies).exclude(state="withdrawn").exists()
