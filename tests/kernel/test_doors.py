"""How often a stranger knocks: counted by the hour and by the day in one statement, known to nobody, gone at night."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.foundation.kernel import doors
from liren.foundation.kernel.jobs import forget_knocks
from liren.foundation.kernel.models import Knock

pytestmark = pytest.mark.django_db
#: 10:20 in China.
NOW = datetime(2026, 3, 2, 2, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOST = doors.Most(hour=2, day=3)


def knock(at: datetime = NOW, who: str = "network:192.0.2.0/24", door: str = "report") -> int:
    return doors.knock(door, who, most=MOST, at=at)


def test_an_hour_holds_so_many_and_a_day_so_many() -> None:
    assert [knock(), knock(), knock()] == [0, 0, 40 * 60]
    assert knock(NOW + HOUR) == 0
    assert knock(NOW + HOUR) == 12 * 3600 + 40 * 60
    assert knock(NOW + 24 * HOUR) == 0
    row = Knock.objects.get(day=NOW.date())
    assert (row.hour, row.in_hour, row.in_day) == (11, 1, 3)


def test_each_is_counted_alone_and_at_each_door() -> None:
    assert [knock(), knock()] == [0, 0]
    assert knock(who="network:198.51.100.0/24") == 0
    assert knock(door="sealed") == 0
    assert knock() > 0


def test_one_statement_counts() -> None:
    knock()
    with CaptureQueriesContext(connection) as asked:
        assert knock() == 0
    assert len(asked) == 1


def test_what_is_kept_names_nobody_and_is_another_each_day() -> None:
    knock()
    knock(NOW + 24 * HOUR)
    kept = [bytes(one) for one in Knock.objects.order_by("day").values_list("who", flat=True)]
    assert len({len(one) for one in kept} | {32}) == 1
    assert kept[0] != kept[1]
    assert "192.0.2" not in str(list(Knock.objects.values()))


def test_the_days_before_are_forgotten_every_night() -> None:
    knock()
    knock(NOW + 24 * HOUR)
    forget_knocks.func(timestamp=int((NOW + 24 * HOUR).timestamp()))
    assert [one.day for one in Knock.objects.all()] == [(NOW + 24 * HOUR).date()]


def test_the_table_is_in_no_archive_of_the_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE oid = 'kernel_knock'::regclass")
        assert cursor.fetchone()[0] in ("u", b"u")
