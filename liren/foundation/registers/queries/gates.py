"""What an entry lacks at the gates of its register, by the numbers that hold where it hangs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from liren.foundation.kernel.engine.quantities import Quantity
from liren.foundation.policy import queries as policy
from liren.foundation.registers.engine.gates import Lack, lacking
from liren.foundation.registers.models import Register
from liren.foundation.territory.models import Unit


def numbers_at(register: Register, unit: Unit, day: date) -> dict[str, Quantity]:
    """The parameters that the register's gates name, as they hold at a unit on a day. At most one query."""
    codes = {need.parameter for gate in register.spec.gates for need in gate.needs if need.parameter}
    if not codes:
        return {}
    return {code: one.quantity for code, one in policy.parameters_at(sorted(codes), unit, on=day).items()}


def held_back(register: Register, unit: Unit, values: Mapping[str, Any], day: date) -> list[Lack]:
    """What an entry with these values lacks; nothing where its register has no gates. At most one query."""
    if not register.spec.gates:
        return []
    return lacking(register.spec, values, numbers_at(register, unit, day))
