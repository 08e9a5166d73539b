"""Reads the measures of a declaration: what counts as covered, and in which unit the figure is given."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from liren.foundation.kernel.engine.declared import Table, nearest, one_of
from liren.foundation.kernel.engine.quantities import UNITS, Unit
from liren.foundation.kernel.suppression import FLOOR
from liren.foundation.registers.engine.forbidden import check_name
from liren.foundation.registers.engine.spec import (
    AREAS,
    DENOMINATORS,
    LEVELS,
    MEASURES,
    OPS,
    Condition,
    FieldSpec,
    MeasureSpec,
    Words,
)

Fields = Mapping[str, FieldSpec]
CODE = re.compile(r"[a-z][a-z0-9_]{1,59}")
MOST_CONDITIONS, MOST_MEASURES = 8, 12
# Which comparisons make sense for which kind of field; "filled" always does.
FITS = {
    "is": ("yes_no", "choice", "number", "date", "text"),
    "one_of": ("choice", "choices"),
    "at_least": ("number", "date"),
    "at_most": ("number", "date"),
}


def read_measures(table: Table, fields: Fields, levels: tuple[str, ...], register: str) -> tuple[MeasureSpec, ...]:
    """The tables ``[[coverage]]``, each checked against the fields of the register."""
    tables = table.tables("coverage")
    if len(tables) > MOST_MEASURES:
        table.fault(f"{len(tables)} measures are more than anybody reads", f"at most {MOST_MEASURES}", at="coverage")
    measures = tuple(_measure(one, fields, levels, register) for one in tables)
    codes = [one.code for one in measures]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        table.fault(f"the code “{code}” is borne by two measures", "give each its own", at="coverage")
    return measures


def _measure(table: Table, fields: Fields, levels: tuple[str, ...], register: str) -> MeasureSpec:
    code = table.text("code", longest=60)
    if code and not CODE.fullmatch(code):
        table.fault(f"“{code}” is no code", "small letters, digits and _, beginning with a letter", at="code")
    table.name = f"{table.name} ({code})" if code else table.name
    name = Words(*table.words("name", longest=80))
    check_name(table, register, code, name, lists=False)
    measure = table.choice("measure", MEASURES)
    unit = table.choice("unit", UNITS, default="percent" if measure in ("units", "entries") else None)
    facts = BY_MEASURE[measure](table, fields, unit)
    conditions = table.tables("where")
    if len(conditions) > MOST_CONDITIONS:
        table.fault("has too many conditions", f"at most {MOST_CONDITIONS}", at="where")
    where = tuple(one for one in (read_condition(given, fields) for given in conditions) if one is not None)
    if measure == "entries" and not where:
        table.fault("is the share of entries that match, and nothing is to be matched", "write where = […]", at="where")
    result = MeasureSpec(
        code=code,
        name=name,
        measure=measure,
        unit=unit,
        level=_level(table, levels, needed=measure == "units"),
        of=table.choice("of", AREAS, default="all"),
        where=where,
        parameter=table.text("parameter", needed=False, longest=80),
        **facts,
    )
    if result.of != "all" and result.level and LEVELS[result.level] < LEVELS["community"]:
        table.fault(f"“{result.of}” tells communities apart, not a {result.level}", 'of = "all"', at="of")
    table.done()
    return result


def _level(table: Table, levels: tuple[str, ...], *, needed: bool) -> str:
    level = table.choice("level", LEVELS, default=None if needed else levels[-1] if levels else "community")
    if table.has("level") and levels and LEVELS[level] > max(LEVELS[one] for one in levels):
        table.fault(f"no entry hangs on a {level} or below", f"“{levels[-1]}”, or a level above it", at="level")
    return level


def _units(table: Table, fields: Fields, unit: str) -> dict[str, Any]:
    _must_be_share(table, unit)
    return {"at_least": table.integer("at_least", 1, 1000, default=1)}


def _entries(table: Table, fields: Fields, unit: str) -> dict[str, Any]:
    _must_be_share(table, unit)
    return {}


def _must_be_share(table: Table, unit: str) -> None:
    if UNITS[unit].dimension != "share":
        table.fault(f"a share is not given in “{unit}”", "“percent”, or leave it out", at="unit")


def _rate(table: Table, fields: Fields, unit: str) -> dict[str, Any]:
    per = table.choice("per", DENOMINATORS)
    added = _number_field(table, fields, "sum", needed=False)
    target = UNITS[unit]
    if target.per != DENOMINATORS[per]:
        fitting = [one.code for one in UNITS.values() if one.per == DENOMINATORS[per]]
        table.fault(f"“{unit}” is not counted per {DENOMINATORS[per]}", one_of(fitting), at="unit")
        return {"per": per, "sum": added}
    return {"per": per, "sum": added, "scale": _scale(table, _counted(fields, added), target)}


def _counted(fields: Fields, code: str) -> Unit | None:
    """The unit of what is added up; None for entries, and for a field without a unit, which are counted as they are."""
    field = fields.get(code)
    return UNITS[field.unit] if field is not None and field.unit else None


def _scale(table: Table, counted: Unit | None, target: Unit) -> Decimal:
    """By what the bare quotient is multiplied: it follows from the unit, and what is written must agree."""
    if counted is not None and counted.dimension != target.dimension:
        table.fault(f"{counted.code} per {target.per} is not “{target.code}”", "a unit that fits the field", at="unit")
    factor = (counted.factor if counted is not None else _one(target)) / target.factor
    given = table.raw("scale")
    if given is None:
        return factor
    try:
        agrees = not isinstance(given, bool) and Decimal(str(given)) == factor
    except InvalidOperation:
        agrees = False
    if not agrees:
        table.fault(
            f"“{str(given)[:40]}” does not fit the unit “{target.code}”",
            f"scale = {factor:f}, or leave it out",
            at="scale",
        )
    return factor


def _one(target: Unit) -> Decimal:
    return UNITS["yuan"].factor if target.dimension == "money" else Decimal(1)


def _ratio(table: Table, fields: Fields, unit: str) -> dict[str, Any]:
    added, over = (_number_field(table, fields, key, needed=True) for key in ("sum", "over"))
    above, below, target = _counted(fields, added), _counted(fields, over), UNITS[unit]
    whole = UNITS["one"].factor if target.dimension == "share" else Decimal(1)
    scale = whole / target.factor if target.dimension == "share" else Decimal(1)
    if above is not None and below is not None:
        same = above.measures == below.measures and target.dimension == "share"
        if not same and (above.dimension, below.dimension) != target.measures:
            table.fault(f"{above.code} over {below.code} is not “{unit}”", "a unit that fits both fields", at="unit")
        scale = whole * above.factor / below.factor / target.factor
    elif target.per:
        scale = _one(target) / target.factor
    return {"sum": added, "over": over, "scale": scale}


def _count(table: Table, fields: Fields, unit: str) -> dict[str, Any]:
    added = _number_field(table, fields, "sum", needed=False)
    counted, target = _counted(fields, added), UNITS[unit]
    # Entries that are in force for a year each (the fund of 2025) add up to so much a year.
    fits = counted is None or (counted.dimension == target.dimension and not counted.per)
    if target.per not in ("", "year") or not fits:
        table.fault(
            f"what is counted is not given in “{unit}”", "the unit of what is counted, such as “piece”", at="unit"
        )
        return {"sum": added}
    return {"sum": added, "scale": counted.factor / target.factor if counted is not None else Decimal(1)}


def _number_field(table: Table, fields: Fields, key: str, *, needed: bool) -> str:
    code = table.text(key, needed=needed, longest=40)
    if code and (code not in fields or fields[code].kind != "number"):
        numbers = [one.code for one in fields.values() if one.kind == "number"]
        close = nearest(code, numbers)
        mend = f"“{close}”?" if close else one_of(numbers) if numbers else "declare such a field"
        table.fault(f"“{code}” is no number field of this register", mend, at=key)
        return ""
    return code


BY_MEASURE = {"units": _units, "rate": _rate, "entries": _entries, "ratio": _ratio, "count": _count}


def read_condition(table: Table, fields: Fields) -> Condition | None:
    """One comparison of a field; None, with its faults told, where it can't be meant."""
    code = table.text("field", longest=40)
    field = fields.get(code)
    if field is None:
        if code:
            close = nearest(code, fields)
            mend = f"“{close}”?" if close else one_of(fields) if fields else "declare such a field"
            table.fault(f"“{code}” is no field of this register", mend, at="field")
        return None
    given = [op for op in OPS if table.has(op)]
    over = _number_field(table, fields, "over", needed=False)
    value = table.raw(given[0]) if given else None
    if len(given) != 1:
        table.fault("says not exactly one comparison", f"{one_of(OPS)}, such as is = true")
        return None
    op = given[0]
    table.done()
    if over and (field.kind != "number" or op not in ("at_least", "at_most")):
        table.fault("a ratio of two number fields is at_least or at_most something", "leave “over” out", at="over")
        return None
    if op != "filled" and field.kind not in FITS[op]:
        fitting = [name for name in OPS if name == "filled" or field.kind in FITS[name]]
        table.fault(f"“{op}” does not fit {code}, a {field.kind}", one_of(fitting), at=op)
        return None
    return _valued(table, field, op, value, over)


def _valued(table: Table, field: FieldSpec, op: str, value: Any, over: str) -> Condition | None:
    """The condition with its value in the form in which entries keep theirs."""
    kept: Any = value
    wrong = ""
    if op == "filled" or field.kind == "yes_no":
        wrong = "" if isinstance(value, bool) else "true or false"
    elif op == "one_of":
        good = isinstance(value, list | tuple) and value and all(field.choice(str(one)) is not None for one in value)
        kept, wrong = (
            tuple(value) if good else (),
            "" if good else f"a list of {', '.join(c.code for c in field.choices)}",
        )
    elif field.kind == "choice":
        wrong = "" if field.choice(str(value)) is not None else one_of(c.code for c in field.choices)
    elif field.kind == "number":
        kept, wrong = _as_number(value)
        wrong = wrong or _singles_out(field, op, kept, over)
    elif field.kind == "date":
        kept, wrong = str(value), "" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)) else "a day such as 2024-01-01"
    elif not isinstance(value, str):
        wrong = "a text"
    if wrong:
        table.fault(f"“{str(value)[:40]}” is nothing that {field.code} can be", wrong, at=op)
        return None
    return Condition(field.code, op, kept, over)


def _singles_out(field: FieldSpec, op: str, number: Decimal, over: str) -> str:
    """A threshold among the small numbers of people would show what is hidden where it stands."""
    shows = {"is": 0 < number < FLOOR, "at_least": 1 < number < FLOOR, "at_most": 0 < number < FLOOR - 1}
    return (
        f"0, 1, or {FLOOR} and more: smaller numbers of people are hidden"
        if (field.counts_people and not over and shows.get(op))
        else ""
    )


def _as_number(value: Any) -> tuple[Decimal, str]:
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
            raise InvalidOperation
        number = Decimal(str(value))
        if not number.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        return Decimal(0), "a number"
    return number, ""
