"""The facts that every entry has, declared or not: its name, its place, its days."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from liren.foundation.registers.engine.numbers import read_number
from liren.foundation.registers.engine.spec import RegisterSpec, Words
from liren.foundation.registers.engine.values import LONGEST_NAME, is_empty, line, read_day
from liren.foundation.registers.engine.wording import Unfit, ValueFault, gettext_noop, short

NAMES = {
    "name_zh": Words("名称", "Name"),
    "name_en": Words("英文名称", "English name"),
    "lon": Words("经度", "Longitude"),
    "lat": Words("纬度", "Latitude"),
    "opened_on": Words("开始日期", "Since"),
    "closed_on": Words("结束日期", "Until"),
    "reviewed_on": Words("核对日期", "Reviewed on"),
}
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
PLACES = 6  # a tenth of a metre


@dataclass(slots=True)  # not frozen: an import makes one for each line
class Identity:
    """Name, place and days of an entry. ``lon`` and ``lat`` in WGS 84 degrees."""

    name_zh: str
    name_en: str = ""
    lon: float | None = None
    lat: float | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    reviewed_on: date | None = None


def read_identity(spec: RegisterSpec, raw: Mapping[str, Any], *, today: date) -> tuple[Identity, list[ValueFault]]:
    """Name, place and days as they are kept, and every fault."""
    facts: dict[str, Any] = dict.fromkeys(READ)
    faults: list[ValueFault] = []
    for name, value in raw.items():
        try:
            if name in READ and not is_empty(value):
                facts[name] = READ[name](value)
        except Unfit as unfit:
            faults.append(ValueFault(name, unfit.message, {"field": NAMES[name], **unfit.facts}))
    wrong = {fault.field for fault in faults}
    faults += [fault for fault in _together(spec, facts, today) if fault.field not in wrong]
    facts["name_zh"], facts["name_en"] = facts["name_zh"] or "", facts["name_en"] or ""
    return Identity(**facts), faults


def _together(spec: RegisterSpec, facts: Mapping[str, Any], today: date) -> list[ValueFault]:
    found: list[ValueFault] = []

    def add(name: str, message: str, **more: Any) -> None:
        found.append(ValueFault(name, message, {"field": NAMES[name], **more}))

    if not facts["name_zh"]:
        add("name_zh", gettext_noop("%(field)s is needed."))
    has_place = facts["lon"] is not None, facts["lat"] is not None
    if has_place[0] != has_place[1]:
        add("lat" if has_place[0] else "lon", gettext_noop("%(field)s is needed beside the other coordinate."))
    if spec.place == "required" and not any(has_place):
        add("lon", gettext_noop("The place on the map is needed."))
    if spec.place == "none" and any(has_place):
        add("lon", gettext_noop("Entries of this register have no place on the map."))
    opened, closed = facts["opened_on"], facts["closed_on"]
    if opened and closed and closed <= opened:
        add("closed_on", gettext_noop("%(field)s must lie after the first day."))
    if facts["reviewed_on"] and facts["reviewed_on"] > today:
        add("reviewed_on", gettext_noop("%(field)s can't lie in the future."))
    return found


def _name(value: Any) -> str:
    return line(value, LONGEST_NAME)


def _name_en(value: Any) -> str:
    return line(value, LONGEST_NAME * 2)


def _degrees(value: Any, most: int) -> float:
    number = read_number(float(Decimal(value)) if isinstance(value, Decimal) else _rounded(value), "")
    if not math.isfinite(number) or abs(number) > most:
        raise Unfit(gettext_noop("“%(value)s” is no place on earth."), value=short(value))
    return float(number)


def _rounded(value: Any) -> Any:
    """More digits than a place needs are what maps and spreadsheets write."""
    try:
        return round(float(str(value).strip()), PLACES) if not isinstance(value, bool) else value
    except ValueError:
        return value


def _lon(value: Any) -> float:
    return _degrees(value, 180)


def _lat(value: Any) -> float:
    return _degrees(value, 90)


def _day(value: Any) -> date:
    day = read_day(value)
    if not EARLIEST <= day < LATEST:
        raise Unfit(gettext_noop("“%(value)s” is no day that can be meant."), value=short(value))
    return day


READ = {
    "name_zh": _name,
    "name_en": _name_en,
    "lon": _lon,
    "lat": _lat,
    "opened_on": _day,
    "closed_on": _day,
    "reviewed_on": _day,
}
