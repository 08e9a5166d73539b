"""How a provision stands in one unit: whether it reaches there, which numbers hold there, and what carries it out.

The pages of registers join what they count in the unit to ``Carried``.
"""

import datetime as dt
from dataclasses import dataclass

from liren.foundation.policy import queries
from liren.foundation.policy.models import DeclarationVersion, Jurisdiction, Provision
from liren.foundation.territory.models import Unit


@dataclass(frozen=True)
class Held:
    """A number that the provision sets, and the one that holds in the unit."""

    asked: queries.Answer
    here: queries.Answer | None

    @property
    def is_own(self) -> bool:
        """Whether the provision itself is what holds there."""
        return self.here is not None and self.here.parameter.pk == self.asked.parameter.pk


@dataclass(frozen=True)
class Carried:
    """One declaration that carries the provision out."""

    declaration: DeclarationVersion


@dataclass(frozen=True)
class State:
    """The provision in one unit. ``holding`` are the jurisdictions whose documents reach the unit."""

    unit: Unit
    holding: list[Jurisdiction]
    reaches: bool
    numbers: list[Held]
    carried: list[Carried]


def state_of(provision: Provision, unit: Unit, *, on: dt.date) -> State:
    """The state of a provision in a unit on a day; the number of queries does not grow with what it sets."""
    carried = queries.carried_out_by(provision.key)
    asked = queries.answered((one for one in carried.parameters if on in one.during), on=on)
    here = queries.parameters_at([one.code for one in asked], unit, on=on)
    holding = queries.jurisdictions_at(unit)
    return State(
        unit,
        holding,
        provision.document.jurisdiction.code in {one.code for one in holding},
        [Held(one, here.get(one.code)) for one in asked],
        [Carried(one) for one in carried.declarations],
    )
