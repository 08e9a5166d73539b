"""Notices make the calendar: appended, versioned, wide places under narrow ones, re-derivable as of any moment."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from liren.foundation.kernel import queries, services
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry, CalendarDay, CalendarNotice
from tests.make.kernel import NOW, SYSTEM, chained, notice, person

pytestmark = pytest.mark.django_db
FRIDAY, SATURDAY, MONDAY = date(2026, 6, 5), date(2026, 6, 6), date(2026, 6, 8)
HOUR = timedelta(hours=1)


@pytest.fixture
def seeded() -> list[int]:
    return services.seed_calendar(by=SYSTEM, at=NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("code", "chain"),
    [
        ("cn", ["cn"]),
        ("62", ["cn", "62"]),
        ("620000", ["cn", "62"]),
        ("620200", ["cn", "62", "6202"]),
        ("620200000000", ["cn", "62", "6202"]),
        ("510104", ["cn", "51", "5101", "510104"]),
        ("510104017000", ["cn", "51", "5101", "510104", "510104017"]),
        ("510104017001", ["cn", "51", "5101", "510104", "510104017", "510104017001"]),
        ("510104017001-G001", ["cn", "51", "5101", "510104", "510104017", "510104017001"]),
    ],
)
def test_a_place_hears_its_own_notices_and_those_of_every_place_above(code: str, chain: list[str]) -> None:
    assert queries.jurisdictions(code) == chain


@pytest.mark.parametrize("code", ["", "us", "6", "620", "0", "000000", "62020x", "６２", "6202000000000", "62 "])
def test_what_is_no_place_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="not a division code"):
        queries.jurisdictions(code)
    with pytest.raises(BadInput):
        notice(jurisdiction=code)


def test_the_seed_knows_the_notices_of_every_year_and_the_law_for_the_next(seeded: list[int]) -> None:
    assert seeded == list(range(2004, 2028))
    calendar = queries.calendar("620200")
    assert calendar.settled == frozenset(range(2004, 2027))
    assert calendar.working_days_between(date(2025, 12, 31), date(2026, 12, 31)).days == 248
    assert calendar.add_working_days(date(2026, 2, 14), 1).day == date(2026, 2, 24)
    new_year = calendar.on_or_after(date(2027, 1, 1))
    assert (new_year.day, new_year.provisional) == (date(2027, 1, 4), True)


def test_seeding_again_changes_nothing(seeded: list[int]) -> None:
    before = CalendarDay.objects.count()
    assert services.seed_calendar(by=SYSTEM, at=NOW) == []
    assert (CalendarDay.objects.count(), AuditEntry.objects.count()) == (before, 1)


def test_without_any_notice_every_year_is_provisional() -> None:
    calendar = queries.calendar("cn")
    assert (calendar.is_working(FRIDAY), calendar.is_working(SATURDAY)) == (True, False)
    assert calendar.add_working_days(FRIDAY, 1).provisional is True


def test_a_notice_of_our_own_wins_over_the_seed_even_if_the_seed_comes_later() -> None:
    notice(days={date(2026, 10, 1): True})
    services.seed_calendar(by=SYSTEM, at=NOW + HOUR)
    calendar = queries.calendar("cn")
    assert (calendar.is_working(date(2026, 10, 1)), calendar.is_working(date(2026, 10, 2))) == (True, False)


def test_a_later_notice_wins_over_an_earlier_one_of_the_same_place() -> None:
    notice(days={FRIDAY: False, MONDAY: False})
    notice(days={FRIDAY: True}, at=NOW + HOUR)
    assert [queries.calendar("cn").is_working(day) for day in (FRIDAY, MONDAY)] == [True, False]


def test_a_narrow_place_wins_over_a_wide_one_whichever_comes_later() -> None:
    notice("620200", days={FRIDAY: False, SATURDAY: True})
    notice("cn", days={FRIDAY: True, MONDAY: False}, at=NOW + HOUR)
    days = (FRIDAY, SATURDAY, MONDAY)
    assert [queries.calendar("620200").is_working(day) for day in days] == [False, True, False]
    assert [queries.calendar("620201").is_working(day) for day in days] == [False, True, False]
    assert [queries.calendar("510100").is_working(day) for day in days] == [True, False, False]


def test_the_calendar_is_known_as_it_was_at_any_moment() -> None:
    notice(days={FRIDAY: False})
    notice(days={FRIDAY: True, MONDAY: False}, at=NOW + HOUR)
    seen = [
        (calendar.is_working(FRIDAY), calendar.is_working(MONDAY), calendar.add_working_days(FRIDAY, 1).provisional)
        for calendar in (queries.calendar("cn", as_of=NOW + step) for step in (-HOUR, HOUR / 2, HOUR))
    ]
    assert seen == [(True, True, True), (False, True, False), (True, False, False)]


def test_a_local_day_off_does_not_settle_the_year() -> None:
    notice("620200", year=2031, days={date(2031, 3, 3): False}, settles_year=False)
    calendar = queries.calendar("620200")
    assert (calendar.is_working(date(2031, 3, 3)), calendar.is_provisional(date(2031, 3, 3))) == (False, True)


def test_the_calendar_is_built_once_and_asked_for_with_one_query(seeded: list[int], django_assert_num_queries) -> None:
    first = queries.calendar("620200")
    with django_assert_num_queries(1):
        assert queries.calendar("620200") is first


def test_a_notice_is_written_with_its_days_and_its_audit_entry() -> None:
    made = notice("620200", days={FRIDAY: False, SATURDAY: True}, document="No. 1", by=person(7, "calendar.publish"))
    assert list(made.days.values_list("day", "is_working")) == [(FRIDAY, False), (SATURDAY, True)]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.object_id) == ("calendar.publish", "account:7", str(made.pk))
    assert (made.jurisdiction, made.recorded_by, str(made)) == ("6202", "account:7", "Notice")
    assert [day.day for day in queries.named_days("620200", 2026)] == [FRIDAY, SATURDAY]


def test_who_does_not_hold_the_duty_can_not_publish() -> None:
    with pytest.raises(NotAllowed):
        notice(by=person(7, "audit.read"))
    assert CalendarNotice.objects.count() == AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"year": 1000},
        {"year": 9999},
        {"title": " "},
        {"days": {date(2027, 3, 1): False}},
        {"days": {date(2025, 12, 1): False}},
    ],
    ids=str,
)
def test_a_notice_that_can_not_be_is_refused(wrong: dict) -> None:
    with pytest.raises(BadInput):
        notice(**wrong)


def test_a_notice_may_reach_over_the_edge_of_the_year() -> None:
    assert notice(days={date(2027, 1, 3): False, date(2025, 12, 31): False}).days.count() == 2


def test_the_past_is_not_rewritten_by_a_notice_dated_back() -> None:
    notice(at=NOW)
    with pytest.raises(Conflict):
        notice(at=NOW - HOUR)
    assert notice("620200", at=NOW - HOUR)


@pytest.mark.parametrize("table", ["kernel_calendar_notice", "kernel_calendar_day"])
@pytest.mark.parametrize("attack", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_notices_are_appended_and_never_changed(table: str, attack: str) -> None:
    notice(days={FRIDAY: False})
    chained()  # a table with checks still waiting can't be emptied for that reason alone
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack.format(table))


@pytest.mark.parametrize(
    "wrong",
    [
        {"jurisdiction": "us"},
        {"jurisdiction": "620"},
        {"year": 1900},
        {"source": "rumour"},
        {"title": ""},
    ],
    ids=str,
)
def test_the_database_refuses_a_notice_that_can_not_be(wrong: dict) -> None:
    facts = {"jurisdiction": "cn", "year": 2026, "title": "N", "recorded_at": NOW, "recorded_by": "system:test"}
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarNotice.objects.create(**{**facts, **wrong})


def test_the_database_refuses_a_second_seed_of_a_year_and_a_day_named_twice() -> None:
    facts = {"year": 2026, "title": "N", "recorded_at": NOW, "recorded_by": "system:test", "source": "seed"}
    made = CalendarNotice.objects.create(jurisdiction="cn", **facts)
    CalendarDay.objects.create(notice=made, day=FRIDAY, is_working=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarNotice.objects.create(jurisdiction="cn", **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(notice=made, day=FRIDAY, is_working=True)


def test_things_say_what_they_are() -> None:
    made = notice(days={FRIDAY: False, SATURDAY: True})
    assert [str(day) for day in made.days.all()] == ["2026-06-05 rest", "2026-06-06 work"]
    assert str(AuditEntry(at=datetime(2026, 1, 1), actor="a", action="b")) == "2026-01-01 00:00 a b"  # noqa: DTZ001  # only printed
