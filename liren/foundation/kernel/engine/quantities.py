"""Quantities with units: exact, converted only within one dimension, never mixed by mistake.

Units that count different things (households, people) are dimensions of their own: 30 people are not 30 households.
Working days and plain days too: how many plain days a working day takes is the calendar's answer, not a factor.
A ratio is a fraction of two dimensions: m² per 100 households is area over households.
Shares are counted in thirds of one, so that the two thirds of the law, its halves and its quarters are all exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow

EXACT = Context(prec=60, traps=[InvalidOperation, DivisionByZero, Overflow, Inexact])
ROUNDED = Context(prec=60, traps=[InvalidOperation, DivisionByZero, Overflow])
Number = Decimal | int | str


class WrongUnits(TypeError):
    """Two quantities that can't be added, compared or converted: their units measure different things."""


@dataclass(frozen=True)
class Unit:
    """A unit: its code, what it measures, how many base units it is, and how it is written.

    ``dimension`` and ``per`` name what is counted ("area", per "household"); ``per`` is empty for a plain unit.
    """

    code: str
    dimension: str
    factor: Decimal
    zh: str
    en: str
    per: str = ""
    en_one: str = ""

    @property
    def measures(self) -> tuple[str, str]:
        return self.dimension, self.per


def _units(*units: Unit) -> Mapping[str, Unit]:
    return {unit.code: unit for unit in units}


def _unit(code: str, dimension: str, factor: str, zh: str, en: str, per: str = "", en_one: str = "") -> Unit:
    return Unit(code, dimension, Decimal(factor), zh, en, per, en_one)


UNITS = _units(
    _unit("m2", "area", "1", "平方米", "m²"),
    _unit("hectare", "area", "10000", "公顷", "ha"),
    _unit("km2", "area", "1000000", "平方公里", "km²"),
    _unit("m", "length", "1", "米", "m"),
    _unit("km", "length", "1000", "公里", "km"),
    _unit("household", "household", "1", "户", "households", en_one="household"),
    _unit("person", "person", "1", "人", "people", en_one="person"),
    _unit("piece", "piece", "1", "个", "items", en_one="item"),
    _unit("fen", "money", "1", "分", "fen"),
    _unit("yuan", "money", "100", "元", "yuan"),
    _unit("wan_yuan", "money", "1000000", "万元", "× 10,000 yuan"),
    _unit("yi_yuan", "money", "10000000000", "亿元", "× 100 million yuan"),
    _unit("second", "time", "1", "秒", "seconds", en_one="second"),
    _unit("minute", "time", "60", "分钟", "minutes", en_one="minute"),
    _unit("hour", "time", "3600", "小时", "hours", en_one="hour"),
    _unit("day", "time", "86400", "日", "days", en_one="day"),
    _unit("working_day", "working day", "1", "个工作日", "working days", en_one="working day"),
    _unit("month", "month", "1", "个月", "months", en_one="month"),
    _unit("year", "month", "12", "年", "years", en_one="year"),
    _unit("one", "share", "3", "", ""),
    _unit("percent", "share", "0.03", "%", "%"),
    _unit("permille", "share", "0.003", "‰", "‰"),
    _unit("half", "share", "1.5", "/2", "/2"),
    _unit("third", "share", "1", "/3", "/3"),
    _unit("quarter", "share", "0.75", "/4", "/4"),
    _unit("fifth", "share", "0.6", "/5", "/5"),
    _unit("tenth", "share", "0.3", "/10", "/10"),
    _unit("percentage_point", "share change", "0.01", "个百分点", "percentage points", en_one="percentage point"),
    _unit("m2_per_100_households", "area", "0.01", "平方米/百户", "m² per 100 households", "household"),
    _unit("m2_per_household", "area", "1", "平方米/户", "m² per household", "household"),
    _unit("m2_per_1000_people", "area", "0.001", "平方米/千人", "m² per 1,000 people", "person"),
    _unit("m2_per_person", "area", "1", "平方米/人", "m² per person", "person"),
    _unit("people_per_household", "person", "1", "人/户", "people per household", "household"),
    _unit("per_10000_people", "person", "0.0001", "人/万人", "per 10,000 people", "person"),
    _unit("pieces_per_10000_people", "piece", "0.0001", "个/万人", "per 10,000 people", "person"),
    _unit("yuan_per_household", "money", "100", "元/户", "yuan per household", "household"),
    _unit("yuan_per_person", "money", "100", "元/人", "yuan per person", "person"),
    _unit("m_per_minute", "length", "1", "米/分钟", "m per minute", "minute"),
    _unit("community", "community", "1", "个社区", "communities", en_one="community"),
    _unit("village", "village", "1", "个村", "villages", en_one="village"),
    _unit("urban_resident", "urban resident", "1", "名城镇常住人口", "urban residents", en_one="urban resident"),
    _unit("matter", "matter", "1", "项", "matters", en_one="matter"),
    _unit("kind", "kind", "1", "类", "kinds", en_one="kind"),
    _unit("level", "level", "1", "级", "levels", en_one="level"),
    _unit("step", "step", "1", "步", "steps", en_one="step"),
    _unit("occasion", "occasion", "1", "次", "times", en_one="time"),
    _unit(
        "per_10000_urban_residents",
        "person",
        "0.0001",
        "人/万城镇常住人口",
        "per 10,000 urban residents",
        "urban resident",
    ),
    _unit(
        "people_per_community", "person", "1", "人/社区", "people per community", "community", "person per community"
    ),
    _unit("pieces_per_community", "piece", "1", "个/社区", "per community", "community"),
    _unit("pieces_per_village", "piece", "1", "个/村", "per village", "village"),
    _unit("pieces_per_year", "piece", "1", "个/年", "a year", "year"),
    _unit("occasions_per_year", "occasion", "1", "次/年", "times a year", "year", "time a year"),
    _unit("yuan_per_year", "money", "100", "元/年", "yuan a year", "year"),
    _unit("yuan_per_1000_households", "money", "0.1", "元/千户", "yuan per 1,000 households", "household"),
    _unit("hours_per_day", "time", "3600", "小时/日", "hours a day", "day", "hour a day"),
    _unit("hours_per_person", "time", "3600", "小时/人", "hours per person", "person", "hour per person"),
)


def unit(code: str) -> Unit:
    """The unit with this code; KeyError for an unknown one."""
    return UNITS[code]


@dataclass(frozen=True, eq=False)
class Quantity:
    """A number of units. Made by ``quantity(30, "m2")``; never from a float, which would not be exact."""

    value: Decimal
    unit: Unit

    def to(self, code: str) -> "Quantity":
        """The same quantity in another unit of its dimension, exactly.

        Raises:
            WrongUnits: the unit measures something else.
            decimal.Inexact: the result has no finite decimal form (1 minute in days); ask for ``rounded_to``.
        """
        target = self._comparable(unit(code))
        return Quantity(EXACT.divide(EXACT.multiply(self.value, self.unit.factor), target.factor), target)

    def rounded_to(self, code: str, places: int) -> "Quantity":
        """Converted and rounded, halves away from zero (GB/T 8170 leaves the choice to the rule; ours is this one)."""
        target = self._comparable(unit(code))
        value = ROUNDED.divide(ROUNDED.multiply(self.value, self.unit.factor), target.factor)
        return Quantity(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, ROUNDED), target)

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity(EXACT.add(self.value, self._like(other)), self.unit)

    def __sub__(self, other: "Quantity") -> "Quantity":
        return Quantity(EXACT.subtract(self.value, self._like(other)), self.unit)

    def __mul__(self, times: Number) -> "Quantity":
        return Quantity(EXACT.multiply(self.value, exact(times)), self.unit)

    __rmul__ = __mul__

    def __neg__(self) -> "Quantity":
        return Quantity(-self.value, self.unit)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.unit.measures == other.unit.measures and self.base == other.base

    def __hash__(self) -> int:
        return hash((self.unit.measures, self.base))

    def __lt__(self, other: "Quantity") -> bool:
        return self.base < self._base_of(other)

    def __le__(self, other: "Quantity") -> bool:
        return self.base <= self._base_of(other)

    def __gt__(self, other: "Quantity") -> bool:
        return self.base > self._base_of(other)

    def __ge__(self, other: "Quantity") -> bool:
        return self.base >= self._base_of(other)

    @property
    def base(self) -> Decimal:
        """The number in base units of its dimension."""
        return EXACT.multiply(self.value, self.unit.factor)

    def text(self, language: str = "zh") -> str:
        """As people write it: 30 平方米, 0.5%, 1 household, 1,200 m²."""
        number = f"{plain(self.value):,f}"
        if language == "zh":
            number = number.replace(",", "")
        name = getattr(self.unit, language)
        if language == "en" and abs(self.value) == 1 and self.unit.en_one:
            name = self.unit.en_one
        joined = self.unit.dimension == "share" or not name
        return f"{number}{name}" if joined else f"{number} {name}"

    def __str__(self) -> str:
        return self.text("en")

    def _comparable(self, other: Unit) -> Unit:
        if other.measures != self.unit.measures:
            raise WrongUnits(f"{self.unit.code} and {other.code} measure different things.")
        return other

    def _base_of(self, other: "Quantity") -> Decimal:
        if not isinstance(other, Quantity):
            raise WrongUnits(f"A bare number is no quantity: say {self.unit.code} or another unit.")
        self._comparable(other.unit)
        return other.base

    def _like(self, other: "Quantity") -> Decimal:
        return EXACT.divide(self._base_of(other), self.unit.factor)


def exact(number: Number) -> Decimal:
    """A finite decimal from a decimal, an integer or text.

    Raises:
        TypeError: a float or a truth value. ValueError: not a finite number.
    """
    if isinstance(number, bool) or not isinstance(number, Decimal | int | str):
        raise TypeError("A quantity is made from a decimal, an integer or text, never from a float.")
    try:
        value = Decimal(number)
    except InvalidOperation as error:
        raise ValueError(f"{number!r} is not a number.") from error
    if not value.is_finite():
        raise ValueError(f"{number!r} is not a finite number.")
    return value


def quantity(number: Number, code: str) -> Quantity:
    """So many of this unit: ``quantity("30", "m2")``."""
    return Quantity(exact(number), unit(code))


def ratio(over: Quantity, under: Quantity, code: str, places: int) -> Quantity:
    """``over`` per ``under`` in a ratio unit, rounded: 5,400 m² over 15,000 households is 36 m² per 100 households.

    Raises:
        WrongUnits: the unit is not that ratio. ZeroDivisionError: nothing to divide by.
    """
    target = unit(code)
    is_share = target.dimension == "share" and over.unit.measures == under.unit.measures
    if not is_share and (
        (over.unit.dimension, under.unit.dimension) != target.measures or over.unit.per or under.unit.per
    ):
        raise WrongUnits(f"{over.unit.code} per {under.unit.code} is not {code}.")
    if under.value == 0:
        raise ZeroDivisionError(f"No {under.unit.code} to divide by.")
    whole = unit("one").factor if is_share else Decimal(1)
    value = ROUNDED.divide(ROUNDED.multiply(over.base, whole), ROUNDED.multiply(under.base, target.factor))
    return Quantity(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, ROUNDED), target)


def plain(value: Decimal) -> Decimal:
    """Without the zeros at the end that say nothing, and without an exponent."""
    short = value.normalize(ROUNDED)
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short
