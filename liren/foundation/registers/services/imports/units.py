"""From what a file writes to the unit that is meant: by code, or by exact name within the importer's reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from liren.foundation.kernel.rights import Actor, SystemActor
from liren.foundation.registers.engine.spec import LEVELS
from liren.foundation.registers.engine.values import narrow
from liren.foundation.registers.engine.wording import short
from liren.foundation.registers.models import Register
from liren.foundation.territory.models import Unit

# A city, a district and a street may be written without the zeros at their end. A committee's code has none to spare:
# one that lacks a digit would be that of another.
SHORTER = (4, 6, 9)


class NoUnit(ValueError):
    """A sentence that says why no unit can be told."""


@dataclass(slots=True)
class Units:
    """Units on which entries of the register may hang, and whether the importer may write there."""

    register: Register
    actor: Actor
    day: date
    by_code: dict[str, Unit] = field(default_factory=dict)
    by_name: dict[str, list[Unit]] = field(default_factory=dict)
    _known: dict[str, Unit] = field(default_factory=dict)
    _levels: dict[int, tuple[int, str]] = field(default_factory=dict)
    _reach: dict[int, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = Unit.objects.existing_on(self.day).only("id", "level", "code", "name_zh", "path").order_by()
        self._levels = {pk: (level, path) for pk, level, path in rows.values_list("id", "level", "path")}
        for unit in rows.filter(level__in=self.register.spec.ranks).iterator(5000):
            self.by_code[unit.code] = unit
            self.by_name.setdefault(unit.name_zh, []).append(unit)

    def find(self, code: Any, name: Any = None) -> Unit:
        """The unit of a line; NoUnit with a sentence where there is none, several, or one out of reach."""
        written = repr((code, name))  # True, 1 and 1.0 are equal, and not the same text
        found = self._known.get(written)
        if found is None:
            found = self._known[written] = self._found(code, name)
        return found

    def _found(self, code: Any, name: Any) -> Unit:
        unit = self._meant(_text(code), _text(name))
        if not self.in_reach(unit):
            raise NoUnit(_("%(unit)s lies outside your reach.") % {"unit": unit.name_zh})
        return unit

    def _meant(self, code: str, name: str) -> Unit:
        for typed in filter(None, (code, name)):
            whole = f"{typed:0<12}" if typed.isdigit() and len(typed) in SHORTER else typed
            found = self.by_code.get(whole)
            if found is not None:
                return found
            named = [unit for unit in self.by_name.get(typed, ()) if self.in_reach(unit)]
            if len(named) == 1:
                return named[0]
            if named:
                codes = ", ".join(unit.code for unit in named[:5])
                words = {"name": short(typed), "codes": codes}
                raise NoUnit(_("Several units are called %(name)s: write one of the codes %(codes)s.") % words)
        if not code and not name:
            raise NoUnit(_("The unit is missing."))
        words = {"name": short(code or name)}
        raise NoUnit(_("There is no unit %(name)s on which an entry of this register can hang.") % words)

    def in_reach(self, unit: Unit) -> bool:
        """Whether the importer holds the power over the unit that keeps entries there."""
        if isinstance(self.actor, SystemActor):
            return True
        if unit.pk not in self._reach:
            self._reach[unit.pk] = bool(self.actor.holds("registers.import", self._keeper(unit)))
        return self._reach[unit.pk]

    def _keeper(self, unit: Unit) -> Unit:
        """As ``models.reach.keeper``, from what was read already."""
        rank = LEVELS[self.register.spec.kept_by]
        above = [pk for pk in unit.path_ids if pk in self._levels and self._levels[pk][0] <= rank]
        if unit.level <= rank or not above:
            return unit
        level, path = self._levels[above[-1]]
        return Unit(pk=above[-1], level=level, path=path)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else narrow(value)
