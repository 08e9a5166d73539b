"""How a provision stands in one unit: whether it reaches there, which numbers hold there, and what carries it out.

A register that carries it out tells what it counts there; one that is not for the reader is not named.
"""

import datetime as dt
from dataclasses import dataclass, field

from liren.foundation.bodies.queries import Published, published_under
from liren.foundation.kernel.rights import Actor
from liren.foundation.policy import queries
from liren.foundation.policy.models import DeclarationVersion, Jurisdiction, Provision
from liren.foundation.registers.queries import coverage_of, shelf
from liren.foundation.territory.models import Unit
from liren.front.portal import carried as carried_facts
from liren.front.portal.registers import figures


@dataclass(frozen=True)
class Held:
    """A number that the provision sets, and the one that holds in the unit; where there is none, the numbers by which
    the same matter is ruled there."""

    asked: queries.Answer
    here: queries.Answer | None
    instead: list[queries.Answer] = field(default_factory=list)

    @property
    def is_own(self) -> bool:
        """Whether the provision itself is what holds there."""
        return self.here is not None and self.here.parameter.pk == self.asked.parameter.pk


@dataclass(frozen=True)
class Carried:
    """One declaration that carries the provision out, what a register counts in the unit, and what others tell."""

    declaration: DeclarationVersion
    figures: list[figures.Line]
    said: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class State:
    """The provision in one unit. ``holding`` are the jurisdictions whose documents reach the unit."""

    unit: Unit
    holding: list[Jurisdiction]
    reaches: bool
    numbers: list[Held]
    carried: list[Carried]
    published: list[Published]


def state_of(provision: Provision, unit: Unit, actor: Actor, *, on: dt.date) -> State:
    """The state of a provision in a unit on a day; the number of queries does not grow with what it sets."""
    carried = queries.carried_out_by(provision.key)
    asked = queries.answered((one for one in carried.parameters if on in one.during), on=on)
    here = queries.parameters_at([one.code for one in asked], unit, on=on)
    holding = queries.jurisdictions_at(unit)
    known = shelf.known_to(carried.declarations, actor)
    counted = counted_at(unit, actor, on) if any(shelf.is_register(one) for one in known) else {}
    told = carried_facts.said(known, unit, actor, on)
    return State(
        unit,
        holding,
        provision.document.jurisdiction.code in {one.code for one in holding},
        [held_at(one, here.get(one.code), unit, on) for one in asked],
        [Carried(one, counted.get(one.declaration_id, []), told.get(one.declaration_id, [])) for one in known],
        published_under(provision.key, on, unit),
    )


def held_at(asked: queries.Answer, here: queries.Answer | None, unit: Unit, on: dt.date) -> Held:
    """What holds in the unit for a number of the provision."""
    return Held(asked, here, [] if here else queries.of_one_matter(asked.code, unit, on))


def counted_at(unit: Unit, actor: Actor, on: dt.date) -> dict[int, list[figures.Line]]:
    """What registers count in the unit, by their identity; only what there is a figure for."""
    found: dict[int, list[figures.Line]] = {}
    for one in coverage_of(unit, actor, on=on):
        if one.figure is not None:
            found.setdefault(one.register.pk, []).append(figures.line(one, set(), counted=True))
    return found
