"""Entries made up from a declaration: what each of its fields could hold, the same for the same seed.

For a simulated city and for tests. Values are those that are kept, and reading them again changes nothing. Whoever
places the entry gives it its name and its place on the map.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from liren.foundation.registers.engine.gates import holds
from liren.foundation.registers.engine.phrases import english, phrase
from liren.foundation.registers.engine.spec import Condition, FieldSpec, MeasureSpec, RegisterSpec

__all__ = ["FieldSpec", "MeasureSpec", "RegisterSpec", "Sample", "is_yearly", "sample", "thing_of"]

Refers = Callable[[FieldSpec], int | None]
Values = dict[str, Any]
STEP, WORD = 0x9E3779B97F4A7C15, (1 << 64) - 1
FIRST_YEAR = 2018
# What a number is likely to be, by its unit and before that by its code; narrowed to what the field allows.
BY_CODE = (
    ("monthly", 1800, 5200), ("income", 52_000, 78_000), ("wage", 48_000, 70_000), ("contribution", 50_000, 75_000),
    ("hours_a_day", 8, 14), ("books", 600, 6000), ("visits", 200, 6000), ("uptime", 90, 100), ("free_hours", 12, 72),
    ("floor_area", 120, 1900), ("activity_area", 80, 1200),
    ("retention", 7, 36), ("training_hours", 8, 80), ("seats", 5, 60), ("price", 1, 4), ("first_answer", 2, 24),
    ("ready_minutes", 10, 60), ("cycle", 7, 90), ("file_count", 20, 900), ("grade_number", 1, 12),
)  # fmt: skip
BY_UNIT = {
    "m2": (20, 900), "hectare": (1, 12), "m": (150, 4000), "household": (60, 1500), "person": (6, 260),
    "piece": (1, 30), "yuan": (800, 160_000), "hour": (1, 40), "day": (1, 20), "working_day": (1, 20),
    "month": (3, 36), "year": (1, 10), "percent": (40, 100), "minute": (10, 90), "": (2, 90),
}  # fmt: skip
QUOTES = str.maketrans("", "", "“”+")
SELDOM = ("recognition", "about_persons", "biometric", "fault", "overdue", "threat")
LATER = ("until", "ends", "expires", "due", "next", "destroy", "comes", "scheduled", "correct_by")


@dataclass(frozen=True, slots=True)
class Sample:
    """Values of the declared fields, and the days between which the entry holds."""

    values: Values
    opened_on: date | None
    closed_on: date | None = None


class Dice:
    """Draws that follow from seed and purpose alone (splitmix64 of Steele, Lea and Flood, 2014)."""

    def __init__(self, *purpose: object) -> None:
        digest = hashlib.blake2b(repr(purpose).encode(), digest_size=8).digest()
        self._state = int.from_bytes(digest, "big")

    def _next(self) -> int:
        self._state = (self._state + STEP) & WORD
        value = ((self._state ^ (self._state >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & WORD
        return value ^ (value >> 31)

    def below(self, count: int) -> int:
        return self._next() % count

    def share(self) -> float:
        return (self._next() >> 11) * 2.0**-53

    def chance(self, share: float) -> bool:
        return self.share() < share

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)


def is_yearly(spec: RegisterSpec) -> bool:
    """Whether an entry says what holds for one year: then it is named by it, and ends with it."""
    return any(_is_year(one) for one in spec.fields) and "年度" in spec.title_help.zh


def thing_of(spec: RegisterSpec) -> str:
    """What one entry of the register is called beside the name of its unit."""
    name = spec.name.zh.translate(QUOTES)
    name = f"居{name[4:]}" if name.startswith("村（居）") else name.removeprefix("居（村）")
    name = name.split("（")[0]
    for start in ("社区", "小区", "村级", "镇街", "院落小区"):
        if name.startswith(start) and len(name) > len(start) + 1:
            return name.removeprefix(start)
    return name


def sample(
    spec: RegisterSpec,
    seed: object,
    *,
    today: date,
    refers: Refers = lambda field: None,
    meets: Sequence[MeasureSpec] = (),
    full: bool = False,
) -> Sample:
    """Values for one entry as of a day.

    ``refers`` finds what a field of another thing (a unit, a body) shall refer to; None leaves it empty. ``meets``: the
    values satisfy the conditions of these measures, the last above all. ``full``: every field is filled, instead of
    those that are needed and most of the others.
    """
    dice, values = Dice(spec.code, seed), Values()
    for field in spec.fields:
        wanted = field.required or full or dice.chance(0.8)
        found = refers(field) if field.kind in ("unit", "body", "file") else _value(field, dice, today)
        if wanted and found is not None:
            values[field.code] = found
    _fit_together(spec, values, dice)
    for condition in (one for measure in meets for one in measure.where):
        _meet(spec, condition, values, dice, today)
    _pass_gates(spec, values, dice, today)
    if is_yearly(spec):
        return Sample(_kept(spec, values), date(today.year, 1, 1), date(today.year + 1, 1, 1))
    return Sample(_kept(spec, values), _past(dice, date(FIRST_YEAR, 1, 1), today))


def _value(field: FieldSpec, dice: Dice, today: date) -> Any:
    return MAKE[field.kind](field, dice, today)


def _text(field: FieldSpec, dice: Dice, today: date) -> str:
    return phrase(field, dice.below)


def _bilingual(field: FieldSpec, dice: Dice, today: date) -> dict[str, str]:
    return {"zh": phrase(field, dice.below), "en": english(dice.below)}


def _is_year(field: FieldSpec) -> bool:
    return field.kind == "number" and not field.unit and field.low is not None and 1900 <= field.low < 2100


def _bounds(field: FieldSpec) -> tuple[int, int]:
    """Likely numbers that the field allows."""
    low, high = next(((a, b) for word, a, b in BY_CODE if word in field.code), BY_UNIT.get(field.unit, (1, 100)))
    least = low if field.low is None else -int(-field.low // 1)
    most = high if field.high is None else int(field.high)
    low, high = max(low, least), min(high, most)
    return (low, high) if low <= high else (least, max(least, min(most, least + 10)))


def _number(field: FieldSpec, dice: Dice, today: date) -> Decimal:
    if _is_year(field):
        made = "made" in field.code or "built" in field.code or "installed" in field.code
        return Decimal(dice.between(1995, today.year) if made else today.year)
    low, high = _bounds(field)
    value = Decimal(int(low + (high - low) * dice.share() ** 2 + 0.5))
    if not field.whole and field.unit in ("hour", "hectare", "m2") and value < high:
        value += Decimal(dice.below(10)) / 10
    return value


def _past(dice: Dice, first: date, today: date) -> date:
    return first + timedelta(days=dice.below(max((today - first).days, 1)))


def _date(field: FieldSpec, dice: Dice, today: date) -> str:
    if field.future and any(word in field.code for word in LATER):
        return (today + timedelta(days=dice.between(20, 900))).isoformat()
    first = max(field.not_before, date(FIRST_YEAR, 1, 1))
    return _past(dice, min(first, today), today).isoformat()


def _choice(field: FieldSpec, dice: Dice, today: date) -> str:
    return field.choices[dice.below(len(field.choices))].code


def _choices(field: FieldSpec, dice: Dice, today: date) -> list[str]:
    always = dice.below(len(field.choices))
    return [one.code for place, one in enumerate(field.choices) if place == always or dice.chance(0.35)]


def _yes_no(field: FieldSpec, dice: Dice, today: date) -> bool:
    return dice.chance(0.06 if any(word in field.code for word in SELDOM) else 0.78)


def _phone(field: FieldSpec, dice: Dice, today: date) -> str:
    """A number that no exchange can have: the area code 0000 is not given out."""
    return f"0000-{dice.between(5_000_000, 8_999_999)}"


def _link(field: FieldSpec, dice: Dice, today: date) -> str:
    """An address under a name that is kept for examples (RFC 2606)."""
    return f"https://liren.example/{field.code}/{dice.between(100, 9999)}"


MAKE: Mapping[str, Callable[[FieldSpec, Dice, date], Any]] = {
    "text": _text,
    "long_text": _text,
    "bilingual": _bilingual,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "yes_no": _yes_no,
    "phone": _phone,
    "link": _link,
}


def _fit_together(spec: RegisterSpec, values: Values, dice: Dice) -> None:
    """Numbers that belong together: a part is no larger than its whole, and shares of one thing make up the whole."""
    for part, whole in [*_parts(spec), *_ratios(spec)]:
        if part in values and whole in values:
            grows = any(word in whole for word in ("last_year", "before", "average"))
            share = dice.between(94, 130) if grows else dice.between(55, 100)
            values[part] = _within(spec.by_code[part], values[whole] * share / 100)
    shares = [one.code for one in spec.fields if one.unit == "percent" and one.code.endswith("_share")]
    shares = [code for code in shares if code in values]
    if len(shares) > 1:
        left = Decimal(100)
        for code in shares[:-1]:
            values[code] = Decimal(int(left) * dice.between(20, 60) // 100)
            left -= values[code]
        values[shares[-1]] = left


def _parts(spec: RegisterSpec) -> list[tuple[str, str]]:
    """Pairs such as (places_free, places) and (accessible_spaces, spaces)."""
    numbers = [one for one in spec.fields if one.kind == "number"]
    return [
        (one.code, other.code)
        for one in numbers
        for other in numbers
        if one.unit == other.unit
        and (one.code.startswith(f"{other.code}_") or one.code.endswith(f"_{other.code}"))
        and not one.code.endswith("last_year")
    ]


def _ratios(spec: RegisterSpec) -> list[tuple[str, str]]:
    """Sums over sums of the same kind, as the measures of the register divide them."""
    pairs = [(one.sum, one.over) for one in spec.measures if one.measure == "ratio"]
    return [(a, b) for a, b in pairs if spec.by_code[a].unit == spec.by_code[b].unit]


def _within(field: FieldSpec, number: Decimal) -> Decimal:
    number = Decimal(int(number)) if field.whole else number.quantize(Decimal("0.1"))
    low = number if field.low is None else max(number, field.low)
    return low if field.high is None else min(low, field.high)


def _pass_gates(spec: RegisterSpec, values: Values, dice: Dice, today: date) -> None:
    """An entry that stands behind a gate has what the gate asks for."""
    for gate in spec.gates:
        if all(holds(spec, one, values) for one in gate.when):
            for need in gate.needs:
                if not holds(spec, need.condition, values):
                    _meet(spec, need.condition, values, dice, today, keeps=True)


def _meet(
    spec: RegisterSpec, condition: Condition, values: Values, dice: Dice, today: date, *, keeps: bool = False
) -> None:
    """Make one condition true; with ``keeps`` a number that others are compared with stays."""
    field, wanted = spec.by_code[condition.field], condition.value
    if condition.op == "filled":
        if not wanted:
            values.pop(field.code, None)
        elif field.kind in MAKE:
            values.setdefault(field.code, _value(field, dice, today))
    elif condition.over:
        whole = spec.by_code[condition.over]
        below = max(_number(whole, dice, today), Decimal(1))
        below = values.get(whole.code, below) if keeps else below
        values[whole.code] = below
        values[field.code] = _within(field, below * wanted)
    elif condition.op == "one_of":
        one = wanted[dice.below(len(wanted))]
        if field.kind == "choices":
            held = {*values.get(field.code, ()), one}
            values[field.code] = [choice.code for choice in field.choices if choice.code in held]
        else:
            values[field.code] = one
    elif field.kind == "number" and condition.op != "is":
        had = values.get(field.code, wanted)
        values[field.code] = max(had, wanted) if condition.op == "at_least" else min(had, wanted)
    else:
        values[field.code] = wanted


def _kept(spec: RegisterSpec, values: Values) -> Values:
    """As an entry keeps them, in the order of the fields."""
    kept = Values()
    for field in spec.fields:
        if field.code in values:
            value = values[field.code]
            kept[field.code] = _plain(value) if isinstance(value, Decimal) else value
    return kept


def _plain(number: Decimal) -> int | str:
    return int(number) if number == number.to_integral_value() else f"{number.normalize():f}"
