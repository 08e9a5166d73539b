"""A stage on which every declared case type can be played: an actor for each word of a type, the way to each state.

Everything follows from the declaration: who acts, what is asked, by which shortest way a state is reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import transaction

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.rights import ANONYMOUS, SystemActor
from liren.foundation.people.models import Account, Role, RoleLevel, RolePower
from liren.foundation.policy.models import Declaration
from liren.foundation.registers.models import Entry
from liren.service.cases import services
from liren.service.cases.engine.spec import CaseType, Field, MoveSpec, Part
from liren.service.cases.models import Case, CasePart
from liren.service.cases.queries.barred import barred
from liren.service.cases.services import Upload
from liren.service.cases.services.joint import Piece, join, split
from tests.make import bodies, cases, people, registers

CLOCK = SystemActor("escalation")
PAPER = Upload("证.png", cases.picture("PNG", (8, 8)))
#: Roles that hold one power alone, so that exactly one word of a type is true of whoever holds them.
ALONE = {
    "desk": "cases.work", "colleague": "cases.take",
    "supervisor": "cases.supervise", "body": "cases.serve", "callback": "cases.callback",
    **{to: f"cases.sealed.{to}" for to in ("mediation", "support", "refuge", "supervision")},
}  # fmt: skip
SAMPLES: dict[str, Any] = {
    "text": "三号楼", "long_text": "写明经过", "number": "3", "date": "2026-07-01", "yes_no": "是", "time": "14:30",
    "moment": "2026-07-01 14:30",
}  # fmt: skip


@dataclass
class Stage:
    """Units, bodies and persons that all types share."""

    town: people.Tree
    department: Body
    helper: Body
    blamed: Body
    reporter: Account
    neighbour: Account
    persons: list[Account]
    actors: dict[str, Account] = field(default_factory=dict)

    def holder(self, role: str, level: str, which: str = "") -> Account:
        """Whoever holds one power alone at a level of the city; ``which`` tells several of them apart."""
        key = f"only-{role}-{level}{which}"
        if key not in self.actors:
            self.actors[key] = people.official(f"only-{role}", getattr(self.town, level))
        return self.actors[key]

    def entry(self, code: str) -> int:
        """The number of what the city keeps in a register of this code."""
        if not Declaration.objects.filter(kind="register", code=code).exists():
            registers.declared(code=code, level=["city", "community"])
        found = Entry.objects.filter(register__code=code).first()
        return (found or registers.room(self.town.city, of=code)).number


def stage() -> Stage:
    """One small city with three bodies in it."""
    town = people.town()
    people.roles()
    for role, power in ALONE.items():
        _role(f"only-{role}", power)
    made = [bodies.body(town.district, "department", name_zh=name) for name in ("市政处", "环卫处", "城管处")]
    found = Stage(town, *made, people.account(), people.account(), [people.account() for _ in range(3)])
    found.actors["body"] = cases.clerk(found.department, town.district, "only-body")
    found.actors["helper"] = cases.clerk(found.helper, town.district, "only-body")
    return found


def _role(code: str, power: str) -> None:
    words = dict.fromkeys(("name_zh", "name_en", "description_zh", "description_en"), code)
    role = Role.objects.create(code=code, **words)
    RolePower.objects.create(role=role, power=power)
    RoleLevel.objects.bulk_create([RoleLevel(role=role, level=level) for level in range(2, 8)])


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside never was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Node:
    """A state, and whether the case was dispatched on the way: before that no body has anything to do with it."""

    state: str
    dispatched: bool = False


@dataclass(frozen=True)
class Way:
    """One step of the shortest way to a node."""

    move: MoveSpec
    word: str
    to: Node


@dataclass
class Play:
    """One type on the stage: its actors by the word that is true of them, and one case of it."""

    stage: Stage
    spec: CaseType

    def __post_init__(self) -> None:
        spec, stage, here = self.spec, self.stage, self.spec.level
        desk = spec.sealed_to or "desk"
        above = spec.sealed_to or "supervisor"
        self.actors: dict[str, Any] = {
            "reporter": stage.reporter, "desk": stage.holder(desk, here), "supervisor": stage.holder(above, "city"),
            "body": stage.actors["body"], "callback": stage.holder("callback", "city"), "system": CLOCK,
            "neighbour": stage.neighbour, "anonymous": ANONYMOUS,
        }  # fmt: skip
        others = iter(stage.persons)
        for part in spec.parts:
            self.actors[f"part:{part.code}"] = self._person(part, others)
        self.more_hands = {word: self._colleagues(word, above) for word in ("desk", "supervisor", "body")}

    def _colleagues(self, word: str, above: str) -> list[Account]:
        """Others of whom the word is true, where a move is for somebody else than whoever made another."""
        if not any(word in move.by for move in self.spec.moves if move.not_by):
            return []
        if word == "body":
            return [cases.clerk(self.stage.department, self.stage.town.district, "only-body")]
        role = above if word == "supervisor" else self.spec.sealed_to or word
        unit = getattr(self.stage.town, self.spec.level if word == "desk" else "city")
        return [people.official(f"only-{role}", unit) for _one in range(2)]

    def _person(self, part: Part, others: Iterator[Account]) -> Account:
        """Whoever can have the part: the body, the person concerned who agrees, or a colleague."""
        if part.kind == "body":
            return self.stage.actors["helper"]
        if part.consent or part.served or self.spec.confidentiality == "public":
            return next(others)
        return self.stage.holder(self.spec.sealed_to or "colleague", self.spec.level, part.code)

    def _opens(self, name: str) -> bool:
        """Whether the actor has a part which only those hold to whom the case is sealed."""
        return bool(self.spec.sealed_to) and any(
            name == f"part:{one.code}" and one.kind == "account" and not one.consent for one in self.spec.parts
        )

    def words_of(self, name: str, node: Node) -> set[str]:
        """Words of the type that are true of an actor on the stage: one; over a sealed case also the desk's."""
        if name == "body" and not node.dispatched or name in {"neighbour", "anonymous"}:
            return set()
        if name == "callback" and self.spec.confidentiality == "sealed":
            return set()
        if self._opens(name):
            return {name, "desk"}
        return {"supervisor", "desk"} if name == "supervisor" and self.spec.sealed_to else {name}

    def lawful(self, move: MoveSpec, node: Node) -> list[str]:
        """Whoever may make the move here, in the order of the declaration."""
        words = [*move.by, *(name for name in self.actors if name not in move.by)]
        return [name for name in words if self.words_of(name, node) & set(move.by)]

    def taken(self, at: datetime = cases.NOW, **changes: Any) -> Case:
        """A case of the type with everybody on it who can have a part, and the consent of whoever has to give it."""
        spec, unit = self.spec, getattr(self.stage.town, self.spec.level)
        category = next((one.code for one in spec.categories if not one.stops), "")
        facts: dict[str, Any] = {
            "text": "写明时间、地点和情况", "by": self.stage.reporter, "at": at, "unit_id": unit.pk,
            "address": "柳荫路 3 号",
            "channel": spec.channels[0], "category": category, "values": self.answers(spec.intake_fields),
            "about_body_id": self.stage.blamed.pk if spec.about_body else None, **changes,
        }  # fmt: skip
        case = services.report(spec.code, journey=spec.journey, **facts).case
        if spec.is_unlinked:
            self.actors["reporter"] = services.Holder(case.pk)  # it hangs on no account
        for part in spec.parts:
            self._joined(case, part.code, part.kind, part.consent, at)
            for number in range(1, part.least):
                also = services.add_part(
                    case.pk, role=part.code, alias=f"另一方{number}", by=self.actors["desk"], at=at
                )
                services.consent(also.pk, by=self.actors["desk"], at=at)
        if any(move.parted for move in spec.moves):
            self._parted(case, at)
        case.refresh_from_db()
        return case

    def _parted(self, case: Case, at: datetime) -> None:
        """A part split off and ended, so that the whole may end."""
        (part,) = split(case.pk, parts=[Piece("request", "分办的一件")], by=self.actors["desk"], at=at)
        services.move(part.pk, "withdraw", by=self.stage.reporter, at=at)

    def _joined(self, case: Case, code: str, kind: str, consent: bool, at: datetime) -> None:
        actor = self.actors[f"part:{code}"]
        who = {"body_id": self.stage.helper.pk} if kind == "body" else {"account_id": actor.pk}
        part = services.add_part(case.pk, role=code, by=self.actors["desk"], at=at, **who)
        if consent:
            services.consent(part.pk, by=actor, at=at)

    def answers(self, fields: Any) -> dict[str, Any]:
        """An answer to each question, as it is typed."""
        return {one.code: self._answer(one) for one in fields}

    def _answer(self, one: Field) -> Any:
        if one.kind == "body":
            return str(self.stage.department.pk)
        if one.kind == "entry":
            return str(self.stage.entry(one.register))
        if one.kind == "choice":  # whoever reports is not the person on the case: that is another actor
            own = {choice for part in self.spec.parts for code, choice in part.given_if.items() if code == one.code}
            return next(choice.code for choice in one.choices if choice.code not in own)
        if one.link:
            return "https://room.example/1"
        return "2099-07-01" if one.kind == "date" and one.ahead else SAMPLES[one.kind]

    def hand(self, case: Case, move: MoveSpec, word: str) -> Any:
        """Whoever makes the move under this word: a colleague, where the actor took a step that the move looks at."""
        free = (one for one in self.hands(move, word) if not barred(case, one, [move]))
        return next(free, self.actors[word])

    def hands(self, move: MoveSpec, word: str) -> list[Any]:
        """Persons who may make the move as this word does; several only where it is for somebody else than another."""
        if not move.not_by:
            return [self.actors[word]]
        also = "desk" if self._opens(word) and word not in move.by else word
        return [self.actors[word], *self.more_hands.get(also, [])]

    def needs(self, case: Case, move: MoveSpec, word: str) -> dict[str, Any]:
        """All that the move asks for."""
        asked = [one for one in self.spec.fields if one.code in move.asks]
        by = self.hand(case, move, word)
        found: dict[str, Any] = {"by": by, "values": self.answers(asked), "journey": move.journey}
        if move.note:
            found["note"] = "写明原因"
        if move.evidence:
            found["files"] = [PAPER]
        if move.effect == "verdict":
            found["values"]["solved"] = "是"
        if move.effect == "dispatch":
            found["body_id"] = self.stage.department.pk
        return found

    def made(self, case: Case, move: MoveSpec, word: str, at: datetime) -> Case:
        """The move by whoever is named; joining goes into another case of the type."""
        if self.joins(move):
            return join(case.pk, into_id=self.other.pk, by=self.actors[word], at=at)
        return services.move(case.pk, move.code, at=at, **self.needs(case, move, word))

    @cached_property
    def other(self) -> Case:
        """Another case of the type, to join with."""
        return self.taken()

    def joins(self, move: MoveSpec) -> bool:
        return self.spec.state(move.target).outcome == "joined"

    def after(self, move: MoveSpec, node: Node) -> Node:
        return Node(move.target, node.dispatched or move.effect == "dispatch")

    def ways(self) -> dict[Node, list[Way]]:
        """The tree of shortest ways from the receipt to every node that can be reached.

        Whether a case was dispatched on the way makes a difference only where the body has a move.
        """
        start = Node(self.spec.start)
        found: dict[Node, list[Way]] = {start: []}
        queue = [start]
        for node in queue:
            for move in self.spec.moves:
                hands, to = self.lawful(move, node), self.after(move, node)
                if node.state in move.sources and hands and not self._known(to, found):
                    found[node].append(Way(move, hands[0], to))
                    found[to] = []
                    queue.append(to)
        return found

    def _known(self, node: Node, found: Iterable[Node]) -> bool:
        of_body = any(node.state in move.sources and "body" in move.by for move in self.spec.moves)
        return node in found if of_body else any(node.state == one.state for one in found)


def later(depth: int) -> datetime:
    """A minute for each step."""
    return cases.NOW + timedelta(minutes=depth)


def without_consent(case: Case, role: str) -> None:
    CasePart.objects.filter(case=case, role=role).update(consented_at=None)


def without_last(case: Case, role: str) -> None:
    """One holder fewer than there were."""
    last = CasePart.objects.filter(case=case, role=role, left_at=None).order_by("-pk")[0]
    CasePart.objects.filter(pk=last.pk).update(left_at=last.joined_at)
