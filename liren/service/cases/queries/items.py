"""What questions of a form are answered with out of public registers: items of the catalogue of services, and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers.models import Entry, NoRegister, Register
from liren.foundation.registers.models import register as register_of
from liren.foundation.registers.models.entries import EntryQuerySet
from liren.foundation.territory.models import Unit
from liren.service.cases.engine.answers import AnswerFault, clean, gettext_noop
from liren.service.cases.engine.spec import CaseType, Field
from liren.service.cases.models import DeclaredType, types

#: A list to choose from holds so many; what stands behind them is applied for from its own page.
MOST = 300


def entries_in_force(code: str) -> EntryQuerySet:
    """Entries in force of a register for everybody; none of any other."""
    try:
        register = register_of(code)
    except NoRegister:
        return Entry.objects.none()
    if register.spec.visible != "public":
        return Entry.objects.none()
    return Entry.objects.visible_in(register, ANONYMOUS).open_on(timezone.localdate())


def in_force(code: str, number: int) -> int | None:
    """The number, if an entry in force of this public register bears it."""
    if number >= 2**31:
        return None
    return entries_in_force(code).filter(number=number).values_list("number", flat=True).first()


def offered(field: Field, unit: Unit | None, *, chosen: str = "") -> list[tuple[str, str]]:
    """Numbers and names to choose from, by name: what the unit and those above it keep, at most ``MOST``; without a
    unit what is kept at the top. The one chosen before is among them wherever it is kept."""
    kept_at = Q(unit__in=unit.path_ids) if unit else Q(unit__level=_top())
    found = list(_named(entries_in_force(field.register).filter(kept_at).order_by("pinyin", "id")[:MOST]))
    if chosen.isascii() and chosen.isdigit() and chosen not in {number for number, _name in found}:
        found += _named(entries_in_force(field.register).filter(number=int(chosen[:9])))
    return found


def _top() -> int:
    return Unit.objects.order_by("level").values_list("level", flat=True).first() or 0


def _named(rows: Iterable[Entry]) -> list[tuple[str, str]]:
    return [(str(one.number), one.name) for one in rows]


def names(told: Iterable[tuple[Field, Any]]) -> dict[tuple[str, int], str]:
    """Names by register and number, of ended entries too: what was applied for keeps its name."""
    wanted = {(field.register, number) for field, number in told if field.kind == "entry"}
    found: dict[tuple[str, int], str] = {}
    for code in {register for register, _number in wanted}:
        try:
            rows = Entry.objects.visible_in(register_of(code), ANONYMOUS)
        except NoRegister:
            continue
        numbers = [number for register, number in wanted if register == code]
        found |= {(code, one.number): one.name for one in rows.filter(number__in=numbers)}
    return found


def given(spec: CaseType, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the entries that were chosen answer by themselves today; what does not fit the field is left out."""
    found: dict[str, Any] = {}
    for field, entry in _chosen(spec, values, lambda one: bool(one.gives)):
        public = {one.code for one in register_of(field.register).spec.fields_for("public")}
        said = {code: entry.values.get(theirs) for code, theirs in field.gives.items() if theirs in public}
        answers, _faults = clean([one for one in spec.fields if one.code in said], said, find=lambda *_asked: None)
        found |= answers
    return found


def in_charge(spec: CaseType, values: Mapping[str, Any], unit: Unit, on: date) -> tuple[Body | None, str]:
    """The body that a chosen entry names, if it acts in the unit on the day, and the name of the entry."""
    here = Q(unit__in=unit.path_ids) | Q(unit__path__startswith=unit.path)
    for field, entry in _chosen(spec, values, lambda one: bool(one.sends_to)):
        key = entry.values.get(field.sends_to)
        body = Body.objects.living_on(on).filter(here, pk=key).first() if isinstance(key, int) else None
        if body is not None:
            return body, entry.name
    return None, ""


def _chosen(spec: CaseType, values: Mapping[str, Any], which: Callable[[Field], bool]) -> Iterator[tuple[Field, Entry]]:
    """Fields of this sort that were answered, with the entry in force."""
    for one in spec.fields:
        if one.kind == "entry" and which(one) and isinstance(values.get(one.code), int):
            entry = entries_in_force(one.register).filter(number=values[one.code]).first()
            if entry is not None:
                yield one, entry


def elsewhere(spec: CaseType, values: Mapping[str, Any], unit: Unit | None) -> list[AnswerFault]:
    """Faults of entries that neither the unit of the case nor one above it keeps."""
    asked = [one for one in spec.intake_fields if one.kind == "entry" and one.code in values]
    if unit is None:
        return []
    return [
        AnswerFault(one.code, gettext_noop("This is not offered in %(unit)s."), {"unit": unit.name})
        for one in asked
        if not entries_in_force(one.register).filter(number=values[one.code], unit__in=unit.path_ids).exists()
    ]


def applied_for(register: Register) -> list[tuple[DeclaredType, Field]]:
    """Types that residents send themselves and that ask for an entry of this register."""
    return [
        (kind, one)
        for kind in types()
        if "web" in kind.spec.channels and not kind.spec.journey
        for one in kind.spec.intake_fields
        if one.kind == "entry" and one.register == register.code
    ]
