"""Numbers as people write them: 1,200, １２０㎡, 3.5万元, 85%; in the unit of their field, or said to be none."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from liren.foundation.kernel.engine.quantities import UNITS, Quantity
from liren.foundation.registers.engine.spec import Words
from liren.foundation.registers.engine.wording import Unfit, gettext_noop, short

MOST, DIGITS = Decimal(10) ** 15, 15
PLACES, SMALLEST = 6, Decimal("0.000001")
WRITTEN = re.compile(
    r"([¥$]?)\s*([+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|[+-]?\.[0-9]+)\s*((?![0-9.,]).*)?"
)
RAISED = re.compile("[0-9０-９][⁰¹²³⁴-⁹]")  # 5² is not 52
FIRST = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
TIMES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
# How people write units beside their names in the catalogue of units (compared after NFKC, so ㎡ and m² are m2).
WAYS = {
    "m2": "平米 平方 平 m^2 sqm 平方公尺",
    "hectare": "ha 顷",
    "km2": "平方千米 km^2",
    "m": "公尺 metre metres",
    "km": "千米",
    "household": "家 household",
    "person": "名 位 人次 person",
    "piece": "件 处 所 家 项 支 座 台 只 次 场 间 套 条 株 份 册 盏 辆 栋 张 期 场次 item",
    "yuan": "块 元整 rmb cny",
    "wan_yuan": "万",
    "yi_yuan": "亿",
    "minute": "分 min",
    "hour": "时 h 个小时 hour",
    "second": "s",
    "day": "天 day 个工日",
    "working_day": "工作日",
    "month": "月 month",
    "year": "周年 year",
    "percent": "百分之 percent",
}


def _ways(code: str) -> set[str]:
    unit = UNITS[code]
    words = {unit.zh, unit.en, unit.en_one, unit.zh.removeprefix("个"), *WAYS.get(code, "").split()}
    return {unicodedata.normalize("NFKC", word).casefold() for word in words if word}


BY_UNIT = {code: _ways(code) for code in UNITS}


def read_number(value: Any, unit: str) -> Decimal:
    """The number, in ``unit`` (a code, "" for a bare number); Unfit where it can't be read or kept."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _kept(Decimal(value), value, unit)
    if isinstance(value, float):  # from a spreadsheet, which keeps 15 digits
        return _kept(Decimal(f"{value:.15g}"), value, unit)
    if not isinstance(value, str):
        raise _unreadable(value, unit)
    if value.isascii() and value.isdigit() and len(value) < DIGITS:
        return Decimal(value)  # as most numbers are written
    text = unicodedata.normalize("NFKC", value[:200]).strip().replace("−", "-").replace("—", "-")
    found = WRITTEN.fullmatch(text)
    if not found or not text.isprintable() or RAISED.search(value):
        raise _unreadable(value, unit)
    sign, digits, suffix = found.groups()
    if sign and unit not in ("yuan", "fen"):
        raise _unreadable(value, unit)
    try:
        number = Decimal(digits.replace(",", ""))
    except InvalidOperation as error:
        raise _unreadable(value, unit) from error
    return _kept(_in_unit(number, (suffix or "").strip().casefold(), value, unit), value, unit)


def _in_unit(number: Decimal, suffix: str, value: Any, unit: str) -> Decimal:
    """The number with what stands behind it: its unit, another unit of the same measure, or 万 and 亿."""
    if not suffix or (unit and suffix in BY_UNIT[unit]):
        return number
    if unit:
        measures = UNITS[unit].measures
        for code, words in BY_UNIT.items():
            if suffix in words and UNITS[code].measures == measures:
                return _converted(number, code, value, unit)
    times = TIMES.get(suffix[0])
    if times is not None and (len(suffix) == 1 or (unit and suffix[1:].strip() in BY_UNIT[unit])):
        return number * times
    raise _unreadable(value, unit)


def _converted(number: Decimal, code: str, value: Any, unit: str) -> Decimal:
    try:
        return Quantity(number, UNITS[code]).to(unit).value
    except ArithmeticError as error:
        raise _unreadable(value, unit) from error


def _kept(number: Decimal, value: Any, unit: str) -> Decimal:
    if not number.is_finite():
        raise _unreadable(value, unit)
    if abs(number) > MOST:
        raise Unfit(gettext_noop("“%(value)s” is larger than any number kept here."), value=short(value))
    if number != number.quantize(SMALLEST):
        raise Unfit(gettext_noop("“%(value)s” has more than %(places)s decimals."), value=short(value), places=PLACES)
    return number


def _unreadable(value: Any, unit: str) -> Unfit:
    text = unicodedata.normalize("NFKC", re.sub("[⁰¹²³⁴-⁹].*", "", str(value)[:200]))
    number = FIRST.search(re.sub(r"^([0-9]+),([0-9]{1,2})$", r"\1.\2", text))
    example = number[0].replace(",", "") if number else "120"
    if not unit or not UNITS[unit].zh:
        return Unfit(
            gettext_noop("“%(value)s” is not a number; write %(example)s."), value=short(value), example=example
        )
    name = Words(UNITS[unit].zh, UNITS[unit].en)
    return Unfit(
        gettext_noop("“%(value)s” is not a number of %(unit)s; write %(example)s."),
        value=short(value),
        unit=name,
        example=example,
    )
