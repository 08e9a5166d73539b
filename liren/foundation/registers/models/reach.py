"""Whose duty an entry is: the unit at the level that keeps the register, or the nearest above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from liren.foundation.registers.engine.spec import LEVELS
from liren.foundation.registers.models.declared import Register
from liren.foundation.territory.models import Unit


@dataclass(frozen=True)
class Spot:
    """A register at a unit: what rules are asked about."""

    register: Register
    unit: Unit


def keeper(register: Register, unit: Unit) -> Unit:
    """The unit whose workers keep entries that hang on ``unit``.

    The one above it (or itself) at the level ``kept_by``; where the tree leaves that level out, or the unit stands
    above it, the nearest that there is. Authority runs down: whoever stands above the keeper may act too.
    """
    rank = LEVELS[register.spec.kept_by]
    if unit.level <= rank:
        return unit
    above = Unit.objects.filter(pk__in=unit.path_ids, level__lte=rank).order_by("-level").first()
    return above or unit


def may(actor: Any, power: str, spot: Spot | None) -> bool:
    """Whether the actor holds the power over the keeper; asked about nothing, anywhere."""
    if spot is None:
        return bool(actor.holds(power))
    return bool(actor.holds(power, keeper(spot.register, spot.unit)))
