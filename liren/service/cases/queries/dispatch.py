"""Who is responsible, by the dispatch catalogue, and why: one statement for one answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Count, Q
from django.utils.timezone import localdate

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.handwritten import columns, rows
from liren.foundation.territory.models import Unit
from liren.service.cases.engine.spec import CaseType
from liren.service.cases.models import Case, DispatchRule
from liren.service.cases.queries import items

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
    """The body that is responsible and the rule that says so, or neither. ``why``: units asked, from near to far.
    ``item``: the entry of a register that names the body, which no rule does then."""

    body: Body | None = None
    rule: DispatchRule | None = None
    why: tuple[Asked, ...] = field(default=(), repr=False)
    item: str = ""

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
    rules = {}
    for rule, body in rows(_asked(), [type.pk, category, unit.path_ids, on], DispatchRule, Body):
        rule.body = body
        rules[rule.category, rule.unit_id] = rule
    return chosen(rules, category, unit.path_ids, on, about_body_id)


def responsible_for(case: Case, type: Any, spec: CaseType, on: date) -> Answer:
    """The body in charge of the very item that the case is about, or else whom the catalogue names."""
    body, item = items.in_charge(spec, case.values, case.unit, on)
    if body is not None and body.pk != case.about_body_id:
        return Answer(body, item=item)
    return responsible(type, case.category, case.unit, on, about_body_id=case.about_body_id)


@cache
def _asked() -> str:
    return f"""SELECT {columns(DispatchRule, "r")}, {columns(Body, "b")}
        FROM {DispatchRule._meta.db_table} r JOIN {Body._meta.db_table} b ON b.id = r.body_id
        WHERE r.type_id = %s AND r.category IN (%s, '') AND r.unit_id = ANY(%s) AND r.during @> %s"""  # noqa: S608  names of our own tables and columns


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


# --- what a change would do ---

RECENT = timedelta(days=90)
MOST_NAMED = 100
Rules = Mapping[tuple[str, int], DispatchRule]


@dataclass(frozen=True, slots=True)
class Moved:
    """Cases of one type and category in one unit that would go elsewhere; ``recent`` counts those of the last 90 days,
    ``open`` those that are not closed. ``named`` are some of them."""

    type_id: int
    category: str
    unit_id: int
    before: Body | None
    after: Body | None
    open: int
    recent: int
    named: tuple[Case, ...] = ()


def by_type(rules: Iterable[DispatchRule]) -> dict[int, dict[tuple[str, int], DispatchRule]]:
    """Rules as ``chosen`` takes them, type by type."""
    found: dict[int, dict[tuple[str, int], DispatchRule]] = {}
    for one in rules:
        found.setdefault(one.type_id, {})[one.category, one.unit_id] = one
    return found


def elsewhere(before: Mapping[int, Rules], after: Mapping[int, Rules], actor: Any, at: datetime) -> list[Moved]:
    """Which cases, open or of the last 90 days, the catalogue would send to another body; of the actor's work only.

    Two statements, whatever their number. The bodies that the cases are with now play no part: a dispute may have been
    ruled on otherwise.
    """
    day = localdate(at)
    cases = Case.objects.worked_by(actor).filter(type_id__in={*before, *after})
    cases = cases.filter(~Q(phase="closed") | Q(received_at__gte=at - RECENT))
    counted = (
        cases.order_by()
        .values("type_id", "category", "unit_id", "unit__path")
        .annotate(
            open=Count("pk", filter=~Q(phase="closed")), recent=Count("pk", filter=Q(received_at__gte=at - RECENT))
        )
    )
    moved = []
    for row in counted:
        path = [int(part) for part in row["unit__path"].strip("/").split("/")]
        was, becomes = (
            chosen(rules.get(row["type_id"], {}), row["category"], path, day).body for rules in (before, after)
        )
        if was != becomes:
            moved.append(
                Moved(row["type_id"], row["category"], row["unit_id"], was, becomes, row["open"], row["recent"])
            )
    return _named(sorted(moved, key=lambda one: (-one.open, -one.recent, one.unit_id, one.category)), cases)


def _named(moved: list[Moved], cases: Any) -> list[Moved]:
    which = Q(pk__in=[])
    for one in moved[:MOST_NAMED]:
        which |= Q(type_id=one.type_id, category=one.category, unit_id=one.unit_id)
    found: dict[tuple[int, str, int], list[Case]] = {}
    for case in cases.filter(which).order_by("phase", "-pk")[:MOST_NAMED] if moved else ():
        found.setdefault((case.type_id, case.category, case.unit_id), []).append(case)
    return [replace(one, named=tuple(found.get((one.type_id, one.category, one.unit_id), ()))) for one in moved]
