"""How often one stranger knocks at a door today: bounded, without anybody being known.

Kept is a digest of whoever knocks that is another one each day, with two numbers: this hour's and today's. It is made
with the key of this installation, so that the table alone tells nothing; every night the rows of the days before go.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from liren.foundation.kernel.models import Knock

#: One statement: it counts, or finds that it was enough and changes nothing.
COUNT = """
INSERT INTO kernel_knock AS k (day, door, who, hour, in_hour, in_day)
VALUES (%(day)s, %(door)s, %(who)s, %(hour)s, 1, 1)
ON CONFLICT (day, door, who) DO UPDATE SET
    hour = excluded.hour,
    in_hour = CASE WHEN k.hour = excluded.hour THEN k.in_hour + 1 ELSE 1 END,
    in_day = k.in_day + 1
WHERE k.in_day < %(most_day)s AND (k.hour <> excluded.hour OR k.in_hour < %(most_hour)s)
"""


@dataclass(frozen=True)
class Most:
    """How often in one hour by the clock, and in one day."""

    hour: int
    day: int


def knock(door: str, who: str, *, most: Most, at: datetime) -> int:
    """Count one more of ``who`` at ``door``; 0, or after how many seconds to come again: then nothing was counted.

    It stands in the transaction of what the door leads to: what is refused there is not counted here either.
    """
    now = timezone.localtime(at)
    day, mark = now.date(), digest_of(door, who, now.date())
    bounds = {"hour": now.hour, "most_hour": most.hour, "most_day": most.day}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"day": day, "door": door, "who": mark, **bounds})
        if cursor.rowcount:
            return 0
    row = Knock.objects.filter(day=day, door=door, who=mark).first()
    is_for_today = row is not None and row.in_day >= most.day
    return seconds_left(now, is_for_today=is_for_today)


def times_of(who: str, *, on: date) -> int:
    """How often ``who`` knocked on that day, at whatever door: where it was is told to nobody."""
    seen = Knock.objects.filter(day=on).values_list("door", flat=True).distinct()
    marks = [digest_of(door, who, on) for door in seen]
    return sum(Knock.objects.filter(day=on, who__in=marks).values_list("in_day", flat=True))


def digest_of(door: str, who: str, day: date) -> bytes:
    """32 octets (HMAC-SHA-256) that stand for ``who`` at one door on one day."""
    return salted_hmac(f"liren.door:{door}:{day.isoformat()}", who, algorithm="sha256").digest()


def seconds_left(now: datetime, *, is_for_today: bool) -> int:
    """Seconds until the next hour by the clock begins, or the next day."""
    if is_for_today:
        end = timezone.make_aware(datetime.combine(now.date() + timedelta(days=1), time.min))
    else:
        end = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return max(1, math.ceil((end - now).total_seconds()))


def forget_before(day: date) -> int:
    """Delete the counts of the days before; how many rows went."""
    gone, _by_table = Knock.objects.filter(day__lt=day).delete()
    return gone
