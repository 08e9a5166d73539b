"""How much of an entry an actor reads, and its facts in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from liren.foundation.kernel.rights import Actor
from liren.foundation.registers.engine.showing import HIDDEN, Shown, is_small, text_of
from liren.foundation.registers.engine.spec import FieldSpec, RegisterSpec
from liren.foundation.registers.models import Facts, Register
from liren.foundation.registers.queries.finding import Named
from liren.foundation.territory.models import Unit


def language() -> str:
    return get_language() or "zh"


def reads_all(actor: Actor, unit: Unit) -> bool:
    """Whether the actor reads what is for workers there, small numbers of people included."""
    return bool(actor.holds("registers.read", unit))


@dataclass(frozen=True, slots=True)
class Reading:
    """The fields of a register for one reader. ``whole``: small numbers too."""

    fields: tuple[FieldSpec, ...]
    whole: bool

    def shown(self, values: Mapping[str, Any], names: Named, *, empty: bool = False) -> list[Shown]:
        """Fields with their values in words; without values only if ``empty``."""
        words, found = language(), []
        for field in self.fields:
            value = values.get(field.code)
            if value is None and not empty:
                continue
            if not self.whole and is_small(field, value):
                found.append(Shown(field, None, HIDDEN.text(words), hidden=True))
            else:
                found.append(Shown(field, value, text_of(field, value, words, names)))
        return found

    def in_lists(self) -> Reading:
        """Only what stands in lists."""
        return Reading(tuple(one for one in self.fields if one.in_list), self.whole)


def reading(register: Register, actor: Actor, unit: Unit, *, unsealed: bool = False) -> Reading:
    """What the actor reads of entries in this unit. Sealed fields only once they have been opened."""
    whole = unsealed or reads_all(actor, unit)
    widest = "sealed" if unsealed else "workers" if whole else "public"
    return Reading(register.spec.fields_for(widest), whole)


class Readings:
    """What the actor reads in each unit, asked once for each: many entries lie in few units.

    ``listed``: of that only what stands in lists.
    """

    def __init__(self, register: Register, actor: Actor, *, listed: bool = False) -> None:
        self.register, self.actor, self.listed = register, actor, listed
        self._known: dict[int, Reading] = {}

    def of(self, unit: Unit) -> Reading:
        if unit.pk not in self._known:
            found = reading(self.register, self.actor, unit)
            self._known[unit.pk] = found.in_lists() if self.listed else found
        return self._known[unit.pk]


def through(written: RegisterSpec, now: RegisterSpec, field: FieldSpec) -> FieldSpec:
    """The field by which an old value is read: as it was then, under its present name."""
    old = written.by_code.get(field.code)
    return field if old is None or old.kind == field.kind else old


def names_for(fields: Iterable[FieldSpec], rows: Iterable[Facts]) -> Named:
    return Named(fields, [row.values for row in rows])
