"""The coverage of a register worked out the slow way: entry by entry and unit by unit, in fractions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from liren.foundation.kernel.engine.quantities import UNITS
from liren.foundation.registers.engine.spec import LEVELS, Condition, MeasureSpec, RegisterSpec
from liren.foundation.territory.models import Kind, Level, Unit

Figure = tuple[Fraction, Fraction | None, Decimal | None]


@dataclass(frozen=True)
class Held:
    """An entry in force."""

    unit: Unit
    values: Mapping[str, Any]


def expected(
    spec: RegisterSpec,
    measure: MeasureSpec,
    units: list[Unit],
    entries: list[Held],
    people: Mapping[int, Mapping[str, int]],
) -> dict[int, Figure]:
    """Numerator, denominator and value at every unit at which the measure says something."""
    found = {}
    for unit in units:
        if unit.level <= LEVELS[measure.level]:
            figure = _at(spec, measure, unit, units, entries, people)
            if figure is not None:
                found[unit.pk] = figure
    return found


def _at(
    spec: RegisterSpec,
    measure: MeasureSpec,
    unit: Unit,
    units: list[Unit],
    entries: list[Held],
    people: Mapping[int, Mapping[str, int]],
) -> Figure | None:
    kinds = _kinds(units)
    here = [one for one in entries if lies_in(one.unit, unit)]
    if measure.measure == "units":
        meant = [u for u in units if u.level == LEVELS[measure.level] and lies_in(u, unit) and _fits(kinds, u, measure)]
        good = [one for one in here if matches(measure, one.values)]
        covered = [u for u in meant if sum(lies_in(one.unit, u) for one in good) >= measure.at_least]
        return _figure(len(covered), len(meant), Fraction(100)) if meant else None
    here = [one for one in here if _fits(kinds, one.unit, measure)]
    good = [one for one in here if matches(measure, one.values)]
    if measure.measure == "entries":
        return _figure(len(good), len(here), Fraction(100))
    if measure.measure == "ratio":
        both = [one for one in good if measure.sum in one.values and measure.over in one.values]
        above, below = (_sum(both, code) for code in (measure.sum, measure.over))
        return _figure(above, below, _times(spec, measure))
    above = _sum(good, measure.sum) if measure.sum else Fraction(len(good))
    if measure.measure == "count":
        return above, None, rounded(above * _times(spec, measure))
    communities = [u for u in units if u.level == Level.COMMUNITY and lies_in(u, unit) and _fits(kinds, u, measure)]
    known = [people[u.pk][measure.per] for u in communities if u.pk in people]
    below = sum(known) if communities and len(known) == len(communities) else None
    return _figure(above, below, _times(spec, measure))


def lies_in(unit: Unit, above: Unit) -> bool:
    return unit.path.startswith(above.path)


def _kinds(units: Iterable[Unit]) -> dict[int, str]:
    """Urban or rural for each unit in a community; nothing above."""
    names = {Kind.COMMUNITY: "urban", Kind.VILLAGE: "rural"}
    communities = [unit for unit in units if unit.level == Level.COMMUNITY]
    return {unit.pk: names[Kind(c.kind)] for unit in units for c in communities if lies_in(unit, c)}


def _fits(kinds: dict[int, str], unit: Unit, measure: MeasureSpec) -> bool:
    return measure.of == "all" or kinds.get(unit.pk) == measure.of


def matches(measure: MeasureSpec, values: Mapping[str, Any]) -> bool:
    return all(_holds(one, values) for one in measure.where)


def _holds(one: Condition, values: Mapping[str, Any]) -> bool:
    value = values.get(one.field)
    if one.op == "filled":
        return (value is not None) is one.value
    if value is None:
        return False
    if one.over:
        below = values.get(one.over)
        if below is None or Fraction(below) == 0:
            return False
        quotient = Fraction(value) / Fraction(below)
        return quotient >= Fraction(one.value) if one.op == "at_least" else quotient <= Fraction(one.value)
    if one.op == "one_of":
        said = value if isinstance(value, list) else [value]
        return bool(set(said) & set(one.value))
    if isinstance(one.value, Decimal):
        value, wanted = Fraction(value), Fraction(one.value)
        return {"is": value == wanted, "at_least": value >= wanted, "at_most": value <= wanted}[one.op]
    if one.op in ("at_least", "at_most"):  # days
        return value >= one.value if one.op == "at_least" else value <= one.value
    return value == one.value


def _sum(entries: list[Held], code: str) -> Fraction:
    return sum((Fraction(one.values[code]) for one in entries if code in one.values), Fraction(0))


def _times(spec: RegisterSpec, measure: MeasureSpec) -> Fraction:
    """From the bare number to the unit of the measure."""
    target = Fraction(UNITS[measure.unit].factor)
    if measure.unit == "percent":
        target = Fraction(1, 100)
    above, below = (_factor(spec, code) for code in (measure.sum, measure.over))
    if UNITS[measure.unit].dimension == "money" and not measure.sum:
        above = Fraction(UNITS["yuan"].factor)
    if not measure.sum and not UNITS[measure.unit].per:
        return Fraction(1)
    return above / below / target


def _factor(spec: RegisterSpec, code: str) -> Fraction:
    unit = spec.by_code[code].unit if code else ""
    return Fraction(UNITS[unit].factor) if unit and UNITS[unit].dimension != "share" else Fraction(1)


def _figure(above: Fraction | int, below: Fraction | int | None, times: Fraction) -> Figure:
    value = None if not below else rounded(Fraction(above) / Fraction(below) * times)
    return Fraction(above), None if below is None else Fraction(below), value


def rounded(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
