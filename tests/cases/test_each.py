"""Every case type that the packs declare, played through by the services: every move in every state, by everybody.

Who acts, what is asked and where it leads are made up from the declaration; what a right move leaves behind is counted
beside it, row by row. A state is visited by the shortest way, before and after the first dispatch.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.service.cases import queries, services
from liren.service.cases.engine.amounts import text_of
from liren.service.cases.engine.declaration import parse
from liren.service.cases.engine.spec import CaseType, MoveSpec
from liren.service.cases.models import Case, CaseClock, CaseEvent, CaseFile, CasePart, Rating
from liren.service.cases.queries.details import NoCase
from liren.service.cases.services import BadReport, Outdated
from liren.service.cases.services.escalation import escalate_due
from tests import make
from tests.conftest import ROOT
from tests.make import cases, moves
from tests.make.moves import Node, Play, Stage, undone

pytestmark = pytest.mark.slow

CONTENT = {
    path.stem: json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8"))))
    for path in sorted((ROOT / "packs").glob("**/cases/*.toml"))
}
SPECS = {code: parse(content) for code, content in CONTENT.items()}
EACH = [pytest.param(code, id=code) for code in SPECS]
#: Whoever has nothing to do with the case: tried on the first move of a type.
STRANGERS = frozenset({"neighbour", "anonymous"})
KINDS = {"dispatch": "dispatched", "verdict": "rated"}


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """The city and its people, once for all types."""
    with make.standing(django_db_blocker, declared) as made:
        yield made


def declared() -> Stage:
    made = moves.stage()
    for content in CONTENT.values():
        cases.declare(**{**dict.fromkeys(cases.REQUEST), **content})
    return made


@pytest.mark.parametrize("code", EACH)
def test_every_move_in_every_state_by_everybody(stage, db, code):
    play = Play(stage, SPECS[code])
    ways = play.ways()
    assert {node.state for node in ways} == {one.code for one in play.spec.states}, "some state was not played"
    tour = Tour(play, ways)
    assert play.other.state == play.spec.start
    case = play.taken()
    assert case.state == play.spec.start
    tour.visit(Node(case.state), case, 1)
    assert tour.played == {(one.code, source) for one in play.spec.moves for source in one.sources}
    if code in ("joint_enforcement", "complaint_on_body", "grid_finding"):
        assert tour.own_eyes, "nobody was held back from looking at a step of their own"


@pytest.mark.parametrize("code", EACH)
def test_what_the_form_needs_is_asked_for_by_field(stage, db, code):
    play = Play(stage, SPECS[code])
    given = play.answers(play.spec.intake_fields)
    for one in play.spec.intake_fields:
        values = {key: value for key, value in given.items() if key != one.code}
        if one.required:
            with pytest.raises(BadReport) as caught:
                play.taken(values=values)
            assert list(caught.value.by_field) == [one.code]
    with pytest.raises(BadReport) as caught:
        play.taken(values={**given, "unasked": "1"})
    assert list(caught.value.by_field) == ["unasked"]


@dataclass
class Before:
    """What stood in the tables before a move."""

    case: Case
    clocks: dict[int, CaseClock]
    event: int
    audit: int
    ratings: int
    files: int

    @classmethod
    def of(cls, case: Case) -> "Before":
        rows = {one.pk: one for one in CaseClock.objects.filter(case=case)}
        event = CaseEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]
        audit = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[0]
        counts = (one.objects.filter(case=case).count() for one in (Rating, CaseFile))
        return cls(case, rows, event, audit, *counts)


class Tour:
    """Walks the tree of states. What is tried in a state is undone, so that each try begins alike."""

    def __init__(self, play: Play, ways: dict[Node, list[moves.Way]]) -> None:
        self.play, self.ways, self.played = play, ways, set()
        self.own_eyes: set[str] = set()

    def visit(self, node: Node, case: Case, depth: int) -> None:
        self.offered(node, case)
        onward = {(one.move.code, one.word): one for one in self.ways[node]}
        before = Before.of(case)
        for move in self.play.spec.moves:
            if node.state not in move.sources:
                self.refused_here(node, case, move, depth)
                continue
            is_new = move.code not in {code for code, _source in self.played}
            if is_new:
                self.refused_to_others(node, case, move, depth)
                self.asked_for(node, case, move, depth)
                self.refused_to_own_eyes(node, case, move, depth)
            first = (move.code, node.state) not in self.played
            self.played.add((move.code, node.state))
            for place, word in enumerate(self.play.lawful(move, node)):
                way = onward.get((move.code, word))
                if way or is_new or (first and place == 0):
                    self.made(before, move, word, depth, way)
        if self.play.spec.state(node.state).final:
            self.closed(case, depth)

    def offered(self, node: Node, case: Case) -> None:
        """The page offers exactly what the type gives to the reader in this state."""
        here = [one for one in self.play.spec.moves if node.state in one.sources and not self.play.joins(one)]
        for name, actor in self.play.actors.items():
            if name in STRANGERS and self.played:
                continue
            words = self.play.words_of(name, node)
            offered = [one.code for one in queries.open_moves(case, actor)]
            own = [one for one in here if words & set(one.by) and not one.journey]
            assert offered == [one.code for one in own if not self.looks_at_own(case, one, actor)], (node, name)

    def looks_at_own(self, case: Case, move: MoveSpec, actor: Any) -> bool:
        """Whether the actor took a step that the move looks at, and nobody took it anew."""
        story = list(CaseEvent.objects.filter(case=case).order_by("pk").values_list("move", "actor"))
        last = dict(story)  # the later of two replaces the earlier
        took_in = story[0][1] == actor.label and case.channel != "web"
        return any(last.get(code) == actor.label or (code == "received" and took_in) for code in move.not_by)

    def refused_to_own_eyes(self, node: Node, case: Case, move: MoveSpec, depth: int) -> None:
        """Whoever took a step that the move looks at, whatever else they are."""
        for word in self.play.lawful(move, node) if move.not_by else ():
            for actor in self.play.hands(move, word):
                if self.looks_at_own(case, move, actor):
                    facts = {**self.play.needs(case, move, word), "by": actor}
                    with pytest.raises(NotAllowed) as caught:
                        services.move(case.pk, move.code, at=moves.later(depth), **facts)
                    assert caught.value.next_step
                    self.own_eyes.add(move.code)

    def refused_here(self, node: Node, case: Case, move: MoveSpec, depth: int) -> None:
        """Not in this state, whoever tries: 409 for whom the type gives it to."""
        right = self.play.lawful(move, node)
        with pytest.raises(Conflict if right else (NotAllowed, NoCase)) as caught:
            self.play.made(case, move, (right or move.by)[0], moves.later(depth))
        assert not right or caught.value.status == 409
        if isinstance(caught.value, Outdated):
            assert caught.value.facts["state"] == node.state

    def refused_to_others(self, node: Node, case: Case, move: MoveSpec, depth: int) -> None:
        """To whomever the type does not give it; who may not even see the case hears that there is none."""
        right = self.play.lawful(move, node)
        for name in self.play.actors:
            if name in right or (name in STRANGERS and len(self.played) > 1):
                continue
            with pytest.raises((NotAllowed, NoCase)) as caught:
                services.move(case.pk, move.code, at=moves.later(depth), **self.play.needs(case, move, name))
            hidden = name in STRANGERS and self.play.spec.confidentiality != "public"
            assert not hidden or isinstance(caught.value, NoCase), (node, move.code, name)

    def asked_for(self, node: Node, case: Case, move: MoveSpec, depth: int) -> None:
        """Note, evidence, answers, the resident's word and consents: what is missing is named."""
        word = (self.play.lawful(move, node) or [""])[0]
        if not word or self.play.joins(move):
            return
        needs = {"at": moves.later(depth), **self.play.needs(case, move, word)}
        for field, facts in self.lacking(move, needs):
            with pytest.raises(BadReport) as caught:
                services.move(case.pk, move.code, **facts)
            assert list(caught.value.by_field) == [field], (node, move.code)
        for role in move.consents:
            name = next(one.name.zh for one in self.play.spec.parts if one.code == role)
            with undone():
                moves.without_consent(case, role)
                with pytest.raises(Conflict, match=name):
                    services.move(case.pk, move.code, **needs)
            if next(one.least for one in self.play.spec.parts if one.code == role) > 1:
                with undone():
                    moves.without_last(case, role)
                    with pytest.raises(Conflict, match=name):
                        services.move(case.pk, move.code, **needs)
        self.part_held(case, move, word, needs)

    def part_held(self, case: Case, move: MoveSpec, word: str, needs: dict[str, Any]) -> None:
        """Where it would be the turn of a part, a move is refused as long as nobody holds it."""
        owner = self.play.spec.state(move.target).owner
        if not owner.startswith("part:") or word in (owner, "system"):
            return
        role = owner.removeprefix("part:")
        name = next(one.name.zh for one in self.play.spec.parts if one.code == role)
        with undone():
            CasePart.objects.filter(case=case, role=role).update(left_at=needs["at"])
            with pytest.raises(Conflict, match=name) as caught:
                services.move(case.pk, move.code, **needs)
            assert (caught.value.status, bool(caught.value.next_step)) == (409, True)

    def lacking(self, move: MoveSpec, needs: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Everything that the move needs but one; the field that has to be named."""
        if move.note:
            yield "note", {**needs, "note": " "}
        if move.evidence:
            yield "files", {**needs, "files": []}
        if move.effect == "verdict":
            yield "solved", {**needs, "values": {**needs["values"], "solved": ""}}
        for one in self.play.spec.fields:
            if one.code in move.asks and one.required:
                yield one.code, {**needs, "values": {k: v for k, v in needs["values"].items() if k != one.code}}
        yield "unasked", {**needs, "values": {**needs["values"], "unasked": "1"}}

    def made(self, before: Before, move: MoveSpec, word: str, depth: int, way: moves.Way | None) -> None:
        """The move, what it left behind, and the states behind it."""
        at, case = moves.later(depth), before.case
        by = self.play.hand(case, move, word)
        with undone():
            self.play.made(case, move, word, at)
            after = Case.objects.select_related("unit").get(pk=case.pk)
            check_row(self.play.spec, move, before, after, by, at)
            check_story(move, before, after, word, at)
            check_clocks(self.play.spec, move, before, after, at)
            if way:
                self.visit(way.to, after, depth + 1)
        if word == "system":
            self.lapses(case, move)

    def lapses(self, case: Case, move: MoveSpec) -> None:
        """The clock makes the same move when its time is over, and not a moment before."""
        running = CaseClock.objects.filter(case=case, stopped_at=None)
        own = [one for one in running if self.play.spec.clock(one.code).starts == "entered"]
        (clock,) = own
        with undone():
            escalate_due(clock.due_at)
            assert Case.objects.get(pk=case.pk).state == case.state
            escalate_due(clock.due_at + timedelta(seconds=1))
            row = Case.objects.get(pk=case.pk)
            made = CaseEvent.objects.filter(case=case).exclude(move="").order_by("pk").last()
            assert (row.state, made.move, made.facts["as"]) == (move.target, move.code, "system")

    def closed(self, case: Case, depth: int) -> None:
        """A closed case takes no more parts, no word of its reporter, no new date."""
        facts = {"by": self.play.actors["desk"], "at": moves.later(depth)}
        with pytest.raises(Conflict):
            services.add_note(case.pk, note="还有", by=self.play.actors["reporter"], at=moves.later(depth))
        for part in self.play.spec.parts:
            with pytest.raises(Conflict):
                services.add_part(case.pk, role=part.code, alias="再来一位", **facts)
        with pytest.raises((Conflict, BadInput)):
            services.correct(case.pk, category="", **facts)
        assert (case.due_at, case.escalate_at, case.level) == (None, None, 0)


def check_row(spec: CaseType, move: MoveSpec, before: Before, after: Case, actor: Any, at: Any) -> None:
    target, old = spec.state(move.target), before.case
    assert (after.state, after.phase, after.outcome) == (target.code, target.phase, target.outcome)
    assert (after.revision, after.changed_at) == (old.revision + 1, at)
    assert after.closed_at == (at if target.final else None)
    assert set(move.asks) <= set(after.values)
    assert after.rounds == old.rounds + (move.effect == "reopen")
    assert Rating.objects.filter(case=after).count() == before.ratings + (move.effect == "verdict")
    assert CaseFile.objects.filter(case=after).count() == before.files + move.evidence
    if move.effect == "dispatch":
        assert (after.body_id is not None, after.handler_id) == (True, None)
        assert after.dispatched_at == (old.dispatched_at or at)
    else:
        assert (after.body_id, after.dispatched_at) == (old.body_id, old.dispatched_at)
        assert after.handler_id == (actor.pk if move.effect == "take" else old.handler_id)
    if target.phase == "answered":
        assert (after.answered_at, after.first_answer_at) == (at, old.first_answer_at or at)


def check_story(move: MoveSpec, before: Before, after: Case, word: str, at: Any) -> None:
    """One line of the story and one of the audit log, and nothing on the side."""
    joined = move.target == after.state and after.joined_to_id is not None
    (line,) = CaseEvent.objects.filter(case=after, pk__gt=before.event)
    assert (line.move, line.source, line.target, line.at) == (move.code, before.case.state, move.target, at)
    assert line.kind == ("joined" if joined else KINDS.get(move.effect, "moved"))
    assert line.facts["as"] in move.by
    also_desk = word == "supervisor" or (word.startswith("part:") and line.facts["as"] == "desk")
    assert line.facts["as"] == word or also_desk
    assert joined or (line.told, line.note) == (move.tells, "写明原因" if move.note else "")
    (entry,) = AuditEntry.objects.filter(pk__gt=before.audit, object_id=str(after.pk))
    assert entry.action == ("cases.joined" if joined else "cases.moved")


def check_clocks(spec: CaseType, move: MoveSpec, before: Before, after: Case, at: Any) -> None:
    """Running is exactly what the declaration says of the state; what stopped was judged; what began has its start."""
    rows = {one.pk: one for one in CaseClock.objects.filter(case=after)}
    running = {pk: one for pk, one in rows.items() if one.stopped_at is None}
    wanted = [one for one in spec.clocks if after.state in one.runs_in]
    wanted = [one for one in wanted if one.starts != "dispatched" or after.dispatched_at]
    wanted = [one for one in wanted if not (one.until and after.first_word_at)]
    assert sorted(one.code for one in running.values()) == sorted(one.code for one in wanted)
    for pk, old in before.clocks.items():
        new = rows[pk]
        assert (new.started_at, new.amount) == (old.started_at, old.amount)
        if old.stopped_at is None and pk not in running:
            assert (new.stopped_at, new.kept) == (at, at <= old.due_at)
        elif old.stopped_at is not None and pk in running:
            assert spec.clock(old.code).starts != "entered"
        if pk in running:
            assert new.round == after.rounds
    for pk in set(rows) - set(before.clocks):
        clock, row = spec.clock(rows[pk].code), rows[pk]
        begins = {"received": after.received_at, "dispatched": after.dispatched_at, "entered": at}[clock.starts]
        assert row.started_at == (begins if after.rounds == 1 else at)
        assert row.amount == text_of(clock.limits[after.severity])
    assert after.due_at == min((one.due_at for one in running.values()), default=None)
