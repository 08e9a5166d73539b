"""Real requests of one city with its own clock, run through our deadline arithmetic.

The file says for each request when it was opened, until when it should have been done, when it was closed, and whether
that was in time. It does not say by which rule: so for each type the rule (so many working days, or so many days by the
clock) is taken from the requests of July, and held against those of August and September.

Their working day is Monday to Friday, 8:30 to 17:00; a working day of theirs is 8.5 hours of service of ours. Two
moments with no service between them are one and the same deadline (17:00 of one day, 8:30 of the next).
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from liren.foundation.kernel.engine.deadlines import Amount, PlainTime, ServiceTime
from liren.foundation.kernel.engine.hours import ServiceHours
from liren.foundation.kernel.engine.worktime import Calendar
from liren.service.cases.engine.clocks import due, is_kept

FILE = "boston311/requests_2011_q3.csv.gz"
#: Their targets keep the time of day across the end of summer time: a clock that knows no change of hour.
ZONE = ZoneInfo("Etc/GMT+5")
OPENS, CLOSES = time(8, 30), time(17)
DAY = timedelta(hours=8, minutes=30)
MINUTE = timedelta(minutes=1)
#: Their clock rested on 4 July and on no other public holiday: each that is added explains fewer of their targets
#: (Labor Day 1,476 fewer): many fell due on a day on which the offices were closed.
RESTS = [date(2011, 7, 4)]
LEARNED = 7  # the month from which rules are taken
MOST_DAYS = 750


def hours() -> ServiceHours:
    """Monday to Friday, 8:30 to 17:00, by the city's own clock."""
    span = tuple(int(timedelta(hours=t.hour, minutes=t.minute).total_seconds() * 1e6) for t in (OPENS, CLOSES))
    plan = (span,)
    return ServiceHours(week=(plan,) * 5 + ((), ()), makeup=plan, zone=ZONE.key)


@lru_cache
def calendar() -> Calendar:
    """The city's working days."""
    return Calendar({day: False for day in RESTS}, frozenset({2011, 2012, 2013}), hours())


@dataclass(frozen=True, slots=True)
class Request:
    """What the file says of one request. ``target`` is None where it has no clock."""

    type: str
    opened: datetime
    target: datetime | None
    closed: datetime | None
    ontime: str


def requests(folder: Path) -> list[Request]:
    """All requests of the file."""
    with gzip.open(folder / FILE, "rt", encoding="utf-8") as lines:
        return [
            Request(
                f"{row['type']} · {row['queue']}",
                datetime.fromisoformat(row["open_dt"]).replace(tzinfo=ZONE),
                _moment(row["target_dt"]),
                _moment(row["closed_dt"]),
                row["ontime"],
            )
            for row in csv.DictReader(lines)
        ]


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE) if text else None


def apart(one: datetime, other: datetime) -> timedelta:
    """Service time between two moments."""
    return abs(calendar().worked_between(one, other).time)


def rule(known: Iterable[Request]) -> Amount:
    """The amount that explains the most of these requests; of equals the shortest, working days before plain ones."""
    votes: Counter[tuple[bool, int]] = Counter()
    for one in known:
        if one.target is not None:
            worked = calendar().worked_between(one.opened, one.target).time
            plain = one.target - one.opened
            for in_service, found, unit in ((True, worked, DAY), (False, plain, timedelta(days=1))):
                number = round(found / unit)
                if 0 < number <= MOST_DAYS and abs(found - number * unit) <= 2 * MINUTE:
                    votes[in_service, number] += 1
    if not votes:
        return PlainTime(timedelta(days=1))
    in_service, number = max(votes, key=lambda vote: (votes[vote], -vote[1], vote[0]))
    return ServiceTime(number * DAY) if in_service else PlainTime(timedelta(days=number))


def rules(found: Iterable[Request]) -> dict[str, Amount]:
    """The rule of each type, by its requests of July."""
    by_type: dict[str, list[Request]] = defaultdict(list)
    for one in found:
        if one.target is not None and one.opened.month == LEARNED:
            by_type[one.type].append(one)
    return {type: rule(known) for type, known in by_type.items()}


def deadline_of(one: Request, amount: Amount) -> datetime:
    """Ours."""
    found = due(calendar(), one.opened, [amount]).at
    assert found is not None
    return found


@dataclass
class Replay:
    """What came of it. ``same``: deadlines with no service (or no minute) between them; ``verdict``: in time or not."""

    requests: int = 0
    same: int = 0
    judged: int = 0
    verdict: int = 0
    why: Counter[str] | None = None
    verdict_why: Counter[str] | None = None


def replay(found: Iterable[Request], known: dict[str, Amount]) -> Replay:
    """Requests with a clock, of types that have a rule."""
    done = Replay(why=Counter(), verdict_why=Counter())
    for one in found:
        if one.target is None or one.type not in known:
            continue
        ours = deadline_of(one, known[one.type])
        same = is_same(one, ours, known[one.type])
        done.requests += 1
        done.same += same
        if not same:
            done.why[reason(one, ours, known[one.type])] += 1
        if one.ontime:
            done.judged += 1
            kept = one.closed is not None and is_kept(ours, one.closed)
            done.verdict += kept == (one.ontime == "ONTIME")
            if kept != (one.ontime == "ONTIME"):
                done.verdict_why["deadlines differ" if not same else "closed outside service hours"] += 1
    return done


def is_same(one: Request, ours: datetime, amount: Amount) -> bool:
    """Whether both deadlines are one and the same."""
    between = apart(ours, one.target) if isinstance(amount, ServiceTime) else abs(ours - one.target)
    return between <= 2 * MINUTE


def reason(one: Request, ours: datetime, amount: Amount) -> str:
    """Why the two deadlines differ; the first that holds."""
    return next(words for words, holds in REASONS if holds(one, ours, amount))


def _opened_at_rest(one: Request, ours: datetime, amount: Amount) -> bool:
    return not calendar().is_working(one.opened.date())


def _after_hours(one: Request, ours: datetime, amount: Amount) -> bool:
    return one.opened.time() > CLOSES


def _whole(one: Request, ours: datetime, amount: Amount) -> bool:
    """Their time span is a whole number of days by one of the two ways of counting, only not that of the type."""
    worked, plain = calendar().worked_between(one.opened, one.target).time, one.target - one.opened
    return any(abs(span - round(span / unit) * unit) <= 2 * MINUTE
               for span, unit in ((worked, DAY), (plain, timedelta(days=1))))  # fmt: skip


REASONS: list[tuple[str, Callable[[Request, datetime, Amount], bool]]] = [
    ("opened on a day of rest: they keep the time of day, we start when service does",
     lambda one, ours, amount: isinstance(amount, ServiceTime) and _opened_at_rest(one, ours, amount)),
    ("opened after 17:00 before a day of rest: theirs begins the day after, ours when service does",
     lambda one, ours, amount: isinstance(amount, ServiceTime) and _after_hours(one, ours, amount)),
    ("another rule than most of its type: other whole number of days", _whole),
    ("a target that no rule of whole days gives: set or moved by hand", lambda one, ours, amount: True),
]  # fmt: skip
