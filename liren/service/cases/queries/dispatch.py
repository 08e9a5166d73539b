"""Who is responsible, by the dispatch catalogue, and why: one statement for one answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from liren.foundation.bodies.models import Body
from liren.foundation.territory.models import Unit
from liren.service.cases.models import DispatchRule

#: What was found when a unit was asked for a rule.
DECIDES, OVER, CONCERNED, FARTHER, NOTHING = "decides", "over", "concerned", "farther", "nothing"


@dataclass(frozen=True, slots=True)
class Asked:
    """One unit that was asked, and what it said: its rule, if it has one, and what became of that."""

    unit_id: int
    rule: DispatchRule | None
    word: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The body that is responsible and the rule that says so, or neither. ``why``: units asked, from near to far."""

    body: Body | None = None
    rule: DispatchRule | None = None
    why: tuple[Asked, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return self.body is not None


def responsible(type: Any, category: str, unit: Unit, on: date, *, about_body_id: int | None = None) -> Answer:
    """The body that the catalogue names for a matter of this type and category in a unit on a day.

    A rule for the category itself, wherever above the unit it stands, comes before one for everything else: what is a
    department's task does not fall to the community because the community takes the rest. Among equals the nearest
    unit decides. A body that exists no more, or that the matter is about (``about_body_id``), is passed over.

    Args:
        type: the type as declared, or its identity: anything with ``pk``.
    """
    rules = DispatchRule.objects.filter(
        type_id=type.pk, category__in={category, ""}, unit_id__in=unit.path_ids, during__contains=on
    ).select_related("body")
    return chosen({(one.category, one.unit_id): one for one in rules}, category, unit.path_ids, on, about_body_id)


def chosen(
    rules: Mapping[tuple[str, int], DispatchRule],
    category: str,
    path: list[int],
    on: date,
    about_body_id: int | None = None,
) -> Answer:
    """The answer out of rules by (category, unit): the category's own first, each from the nearest unit upwards."""
    deciding: DispatchRule | None = None
    why: list[Asked] = []
    for word in dict.fromkeys((category, "")):
        for unit_id in reversed(path):
            rule = rules.get((word, unit_id))
            found = _said(rule, on, about_body_id, decided=deciding is not None)
            if found == DECIDES:
                deciding = rule
            why.append(Asked(unit_id, rule, found, word))
    return Answer(deciding.body if deciding else None, deciding, tuple(why))


def _said(rule: DispatchRule | None, on: date, about_body_id: int | None, *, decided: bool) -> str:
    if rule is None:
        return NOTHING
    if on not in rule.body.during:
        return OVER
    if rule.body_id == about_body_id:
        return CONCERNED
    return FARTHER if decided else DECIDES


@dataclass(frozen=True, slots=True)
class Reason:
    """A line of "why here?" as a page shows it."""

    unit: Unit
    category: str
    body: Body | None
    ground: str
    word: str


def reasons(answer: Answer) -> list[Reason]:
    """The answer's reasons with the units by name, in one more statement; units without a rule are left out only where
    a rule decided nearer by."""
    units = Unit.objects.in_bulk({one.unit_id for one in answer.why})
    lines: list[Reason] = []
    decided = False
    for one in answer.why:
        if one.word != NOTHING or not decided:
            body = one.rule.body if one.rule else None
            lines.append(Reason(units[one.unit_id], one.category, body, one.rule.ground if one.rule else "", one.word))
        decided = decided or one.word == DECIDES
    return lines


def in_force(types: Iterable[int], on: date) -> list[DispatchRule]:
    """Every rule of these types on a day."""
    found = DispatchRule.objects.filter(type_id__in=list(types), during__contains=on)
    return list(found.select_related("body", "unit").order_by("type_id", "category", "unit__path", "id"))
