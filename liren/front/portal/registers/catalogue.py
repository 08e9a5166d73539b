"""The catalogue: every register that the reader may know of, by group, with how full and how fresh it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from liren.foundation.kernel.rights import Actor
from liren.foundation.registers.models import Register
from liren.foundation.registers.queries import shelf
from liren.foundation.territory import queries
from liren.foundation.territory.models import Unit
from liren.front.portal.registers import words
from liren.front.portal.registers.forms import CatalogueForm


@dataclass(frozen=True)
class Line:
    """A register with its size; ``size`` is None where it has no entry."""

    register: Register
    size: shelf.Size | None
    status: str


@dataclass(frozen=True)
class Group:
    """Registers of one group. ``entries`` is the sum of their entries."""

    code: str
    name: str
    lines: list[Line]

    @property
    def filled(self) -> list[Line]:
        return [line for line in self.lines if line.size]

    @property
    def empty(self) -> list[Line]:
        return [line for line in self.lines if not line.size]

    @property
    def entries(self) -> int:
        return sum(line.size.entries for line in self.lines if line.size)

    @property
    def at_least(self) -> bool:
        return any(line.size.at_least for line in self.lines if line.size)


def page(form: CatalogueForm, actor: Actor) -> dict[str, Any]:
    """What the catalogue shows. ``total`` counts all registers, whatever was searched for."""
    asked = form.cleaned_data if form.is_valid() else {}
    unit, q = asked.get("unit"), asked.get("q", "")
    known = shelf.readable(actor)
    found = grouped([one for one in known if says(one, q)], actor, unit)
    chain = list(queries.chain(unit)) if unit else []
    opens = bool(q) or not any(group.entries for group in found)
    return {"form": form, "unit": unit, "chain": chain, "q": q, "groups": found, "total": len(known), "opens": opens}


def says(register: Register, q: str) -> bool:
    """Whether every word stands in the name, the purpose or the code."""
    spec = register.spec
    text = f"{spec.name.zh} {spec.name.en} {spec.purpose.zh} {spec.purpose.en} {spec.code}".casefold()
    return all(word in text for word in q.casefold().split())


def grouped(wanted: list[Register], actor: Actor, unit: Unit | None) -> list[Group]:
    """Registers by group."""
    sizes = shelf.sizes(wanted, actor, unit=unit)
    groups = []
    for code, name in words.GROUPS.items():
        mine = [one for one in wanted if one.spec.group == code]
        lines = [Line(one, sizes.get(one.pk), str(words.STATUS[one.spec.visible])) for one in mine]
        if lines:
            groups.append(Group(code, str(name), lines))
    return groups


def panel(unit: Unit, actor: Actor) -> list[Group]:
    """For the page of a unit: only groups that hold something there."""
    return [group for group in grouped(shelf.readable(actor), actor, unit) if group.entries]
