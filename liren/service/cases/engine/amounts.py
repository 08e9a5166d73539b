"""Amounts of time as declarations write them: "5 working days", "2 hours", "6 months"."""

from __future__ import annotations

import re
from datetime import timedelta

from liren.foundation.kernel.engine.deadlines import (
    Amount,
    CalendarDays,
    CalendarMonths,
    PlainTime,
    ServiceTime,
    WorkingDays,
)

FORM = "“5 working days”, “2 hours”, “4 service hours”, “30 minutes”, “7 days” or “6 months”"
WRITTEN = re.compile(r"([0-9]{1,5}) (minute|hour|service hour|working day|day|month)s?")
CHINESE = {
    "minute": "分钟", "hour": "小时", "service hour": "个工作小时", "working day": "个工作日", "day": "天",
    "month": "个月",
}  # fmt: skip
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
#: How long an amount is at most, in working days: so many hours or days never end later than so many working days.
SERVICE_DAY = 8
DAYS_OF_MONTH, WORKING_DAYS_OF_MONTH, DAYS_OF_WORKING_DAY = 31, 23, 1.4


def read_amount(text: str) -> Amount:
    """The amount that a text names.

    Raises:
        ValueError: the text is not of this form.
    """
    found = WRITTEN.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"“{str(text)[:40]}” is no amount of time: write {FORM}.")
    number, unit = int(found[1]), found[2]
    return _made(number, unit)


def _made(number: int, unit: str) -> Amount:
    match unit:
        case "minute":
            return PlainTime(number * MINUTE)
        case "hour":
            return PlainTime(number * HOUR)
        case "service hour":
            return ServiceTime(number * HOUR)
        case "working day":
            return WorkingDays(number)
        case "day":
            return CalendarDays(number)
        case _:
            return CalendarMonths(number)


def parts_of(amount: Amount) -> tuple[int, str]:
    """The number and the unit as they are written; whole hours are not written in minutes.

    Raises:
        ValueError: service time that is not of whole hours, which no declaration can write.
    """
    match amount:
        case WorkingDays(number):
            return number, "working day"
        case CalendarDays(number):
            return number, "day"
        case CalendarMonths(number):
            return number, "month"
        case ServiceTime(time) if time % HOUR:
            raise ValueError("Service time is written in whole hours.")
        case ServiceTime(time):
            return time // HOUR, "service hour"
        case PlainTime(time):
            return (time // MINUTE, "minute") if time % HOUR else (time // HOUR, "hour")


def text_of(amount: Amount) -> str:
    """As a declaration writes it; ``read_amount`` reads it back."""
    number, unit = parts_of(amount)
    return f"{number} {unit}{'' if number == 1 else 's'}"


def amount_words(amount: Amount, language: str) -> str:
    """As a reader is told: 5个工作日, 5 working days."""
    number, unit = parts_of(amount)
    return f"{number}{CHINESE[unit]}" if language.startswith("zh") else text_of(amount)


def in_working_days(amount: Amount) -> float:
    """At most so many working days: 24 hours or 8 service hours never end later than one working day does."""
    match amount:
        case WorkingDays(number) | CalendarDays(number):
            return number
        case CalendarMonths(number):
            return number * WORKING_DAYS_OF_MONTH
        case ServiceTime(time):
            return time / (SERVICE_DAY * HOUR)
        case PlainTime(time):
            return time / (24 * HOUR)


def in_days(amount: Amount) -> float:
    """About so many calendar days, in weeks without holidays."""
    match amount:
        case WorkingDays(number):
            return number * DAYS_OF_WORKING_DAY
        case CalendarDays(number):
            return number
        case CalendarMonths(number):
            return number * DAYS_OF_MONTH
        case ServiceTime(time):
            return time / (SERVICE_DAY * HOUR) * DAYS_OF_WORKING_DAY
        case PlainTime(time):
            return time / (24 * HOUR)


def measured_like(amount: Amount, like: Amount) -> float:
    """``amount`` as a number that can be compared with ``like`` measured the same way."""
    return in_working_days(amount) if isinstance(like, WorkingDays | ServiceTime) else in_days(amount)
