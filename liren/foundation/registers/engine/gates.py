"""Gates of a register: what an entry must show before it may say that it is further on.

``when`` says which entries stand behind the gate (the stage is acceptance or later), ``needs`` what must hold of them.
A need that names a ``parameter`` is asked where a document sets that number, and then of that number; its own number
is what samples are made with, and what counts where the document's number measures something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from liren.foundation.kernel.engine.declared import Table
from liren.foundation.kernel.engine.quantities import UNITS, Quantity, plain
from liren.foundation.registers.engine.measures import CODE, Fields, read_condition
from liren.foundation.registers.engine.spec import (
    Condition,
    FieldSpec,
    GateSpec,
    Need,
    RegisterSpec,
    Words,
)
from liren.foundation.registers.engine.wording import ValueFault, gettext_noop

MOST_GATES, MOST_WHEN, MOST_NEEDS = 12, 4, 8
Numbers = Mapping[str, Quantity]


def read_gates(table: Table, fields: Fields, widest: str) -> tuple[GateSpec, ...]:
    """The tables ``[[gates]]``, each checked against the fields of the register."""
    tables = table.tables("gates")
    if len(tables) > MOST_GATES:
        table.fault(f"{len(tables)} gates are more than anybody passes", f"at most {MOST_GATES}", at="gates")
    gates = tuple(_gate(one, fields, widest) for one in tables)
    codes = [one.code for one in gates]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        table.fault(f"the code “{code}” is borne by two gates", "give each its own", at="gates")
    return gates


def _gate(table: Table, fields: Fields, widest: str) -> GateSpec:
    code = table.text("code", longest=60)
    if code and not CODE.fullmatch(code):
        table.fault(f"“{code}” is no code", "small letters, digits and _, beginning with a letter", at="code")
    table.name = f"{table.name} ({code})" if code else table.name
    name = Words(*table.words("name", longest=80))
    when = [read_condition(one, fields) for one in _some(table, "when", MOST_WHEN)]
    needs = [_need(one, fields) for one in _some(table, "needs", MOST_NEEDS)]
    gate = GateSpec(code, name, tuple(one for one in when if one), tuple(one for one in needs if one))
    for field in sorted({name for name in gate.fields if fields[name].visible != widest}):
        table.fault(f"“{field}” is seen by fewer than the register", "a field that every reader sees", at="needs")
    table.done()
    return gate


def _some(table: Table, key: str, most: int) -> list[Table]:
    found = table.tables(key)
    if not 1 <= len(found) <= most:
        table.fault(f"{len(found)} {key} are too few or too many", f"from 1 to {most}", at=key)
    return found


def _need(table: Table, fields: Fields) -> Need | None:
    says = Words(*table.words("says", longest=120))
    parameter = table.text("parameter", needed=False, longest=80)
    condition = read_condition(table, fields)
    return None if condition is None else Need(condition, says, parameter)


@dataclass(frozen=True, slots=True)
class Lack:
    """What an entry lacks at a gate; ``least``: how much of the field is needed, where a number is."""

    gate: GateSpec
    need: Need
    least: Words = Words()

    @property
    def key(self) -> tuple[str, int]:
        return self.gate.code, self.gate.needs.index(self.need)

    def fault(self) -> ValueFault:
        """As a fault of the field that is to be filled or raised."""
        facts = {"gate": self.gate.name, "says": self.need.says, "least": self.least}
        sentence = gettext_noop("%(gate)s: %(says)s.")
        if self.least:
            sentence = gettext_noop("%(gate)s: %(says)s (needed: %(least)s).")
        return ValueFault(self.need.condition.field, sentence, facts)


def lacking(spec: RegisterSpec, values: Mapping[str, Any], numbers: Numbers) -> list[Lack]:
    """What an entry with these values lacks at the gates behind which it stands.

    ``numbers``: the parameters that hold where the entry hangs, by code.
    """
    found = []
    for gate in spec.gates:
        if all(holds(spec, one, values) for one in gate.when):
            found += [
                Lack(gate, need, _least(spec, need, values, numbers))
                for need in gate.needs
                if not _met(spec, need, values, numbers)
            ]
    return found


def refused(
    spec: RegisterSpec, before: Mapping[str, Any] | None, after: Mapping[str, Any], numbers: Numbers
) -> list[Lack]:
    """What a write is refused for: a gate that it goes through, or that it would break.

    ``before``: the values that the entry has, None for a new one. What an older entry lacks already is marked and not
    refused, so that it can be put right step by step; it goes no further until it is.
    """
    found = lacking(spec, after, numbers)
    if before is None:
        return found
    known = {one.key for one in lacking(spec, before, numbers)}
    moved = {code for code in spec.by_code if before.get(code) != after.get(code)}
    return [one for one in found if one.key not in known or any(c.field in moved for c in one.gate.when)]


def _met(spec: RegisterSpec, need: Need, values: Mapping[str, Any], numbers: Numbers) -> bool:
    if need.parameter and need.parameter not in numbers:
        return True
    return holds(spec, need.condition, values, _number_of(spec, need, numbers))


def _number_of(spec: RegisterSpec, need: Need, numbers: Numbers) -> Decimal | None:
    """The number of the parameter in the units of the fields that are compared; None: the condition's own."""
    one, condition = numbers.get(need.parameter), need.condition
    if one is None or condition.op not in ("at_least", "at_most"):
        return None
    field, over = spec.by_code[condition.field], spec.by_code.get(condition.over)
    measures = _dimension(field), _dimension(over)
    if one.unit.measures != measures:
        return None
    below = UNITS[over.unit].factor if over is not None else Decimal(1)
    return one.value * one.unit.factor * below / UNITS[field.unit].factor


def _dimension(field: FieldSpec | None) -> str:
    return UNITS[field.unit].dimension if field is not None and field.unit else ""


def _least(spec: RegisterSpec, need: Need, values: Mapping[str, Any], numbers: Numbers) -> Words:
    """How much of the field is needed, with its unit; nothing where no number is compared."""
    condition = need.condition
    if condition.op != "at_least" or spec.by_code[condition.field].kind != "number":
        return Words()
    least = _number_of(spec, need, numbers) or condition.value
    if condition.over:
        below = number(values.get(condition.over))
        if below is None:
            return Words()
        least = least * below
    unit = spec.by_code[condition.field].unit
    if not unit:
        return Words(f"{plain(least):f}", f"{plain(least):f}")
    quantity = Quantity(plain(least), UNITS[unit])
    return Words(quantity.text("zh"), quantity.text("en"))


def number(value: Any) -> Decimal | None:
    """A number as entries keep it; None where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal) or value == "":
        return None
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return None


def holds(spec: RegisterSpec, one: Condition, values: Mapping[str, Any], instead: Decimal | None = None) -> bool:
    """Whether a condition holds of an entry's values, as ``queries.counting`` asks it of rows.

    ``instead``: a number that goes before the condition's own.
    """
    value, field = values.get(one.field), spec.by_code[one.field]
    wanted: Any = one.value if instead is None else instead
    if one.op == "filled":
        return (value is not None) == wanted
    if value is None:
        return False
    if field.kind == "number":
        return _compared(one, number(value), number(values.get(one.over)) if one.over else Decimal(1), wanted)
    if one.op == "one_of":
        return any(each in wanted for each in value) if isinstance(value, list) else value in wanted
    if one.op == "is":
        return bool(value == wanted)
    return bool(value >= wanted) if one.op == "at_least" else bool(value <= wanted)


def _compared(one: Condition, above: Decimal | None, below: Decimal | None, wanted: Decimal) -> bool:
    if above is None or not below:
        return False
    if one.op == "is":
        return above == wanted
    return above >= wanted * below if one.op == "at_least" else above <= wanted * below
