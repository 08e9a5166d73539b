"""What is read and written by statements of our own is what the ORM makes of the same rows."""

from datetime import UTC, date, datetime

import pytest
from django.db.models import Model

from liren.foundation.kernel.audit import entry
from liren.foundation.kernel.handwritten import columns, insert, insert_with, rows
from liren.foundation.kernel.models import AuditEntry, CalendarDay, CalendarNotice
from liren.foundation.kernel.queries import calendar, notices
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.kernel.services import seed_calendar
from liren.foundation.territory.models import Unit
from liren.foundation.territory.queries import unit_of_today
from liren.foundation.territory.services import abolish_unit
from tests import make

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
FACTS = {"n": 1, "what": ["路灯", None], "share": 0.5}


def values(one: Model) -> dict[str, object]:
    return {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}


def test_rows_of_two_models_are_read_as_the_orm_reads_them():
    seed_calendar(by=SystemActor("test"), at=AT)
    found = rows(
        f"SELECT {columns(CalendarDay, 'd')}, {columns(CalendarNotice, 'n')} FROM kernel_calendar_day d"
        " JOIN kernel_calendar_notice n ON n.id = d.notice_id WHERE d.day >= %s ORDER BY d.id LIMIT 5",
        [date(2026, 1, 1)],
        CalendarDay,
        CalendarNotice,
    )
    same = CalendarDay.objects.filter(day__gte=date(2026, 1, 1)).select_related("notice").order_by("pk")[:5]
    assert [(values(day), values(notice)) for day, notice in found] == [(values(d), values(d.notice)) for d in same]
    day, notice = found[0]
    assert (day._state.adding, day._state.db, notice == day.notice) == (False, "default", True)


def test_rows_are_written_as_the_orm_writes_them():
    facts = {"at": AT, "actor": "system:test", "action": "test", "facts": FACTS}
    ours = [AuditEntry(**facts, object_id=str(n)) for n in range(3)]
    insert(ours)
    theirs = AuditEntry.objects.create(**facts, object_id="0")
    assert [one.pk for one in ours] == list(range(theirs.pk - 3, theirs.pk))
    kept = AuditEntry.objects.get(pk=ours[0].pk)
    assert {**values(kept), "id": 0} == {**values(AuditEntry.objects.get(pk=theirs.pk)), "id": 0}
    assert (kept.facts, ours[2]._state.adding) == (FACTS, False)
    insert([])
    assert AuditEntry.objects.filter(action="test").count() == 4


def test_the_calendar_goes_by_what_was_known_then():
    seed_calendar(by=SystemActor("test"), at=AT)
    late = CalendarNotice.objects.order_by("recorded_at").last()
    for as_of in (None, late.recorded_at, datetime(1990, 1, 1, tzinfo=UTC)):
        known = CalendarDay.objects.filter(notice__in=notices("990102000000", as_of))
        assert dict(calendar("990102000000", as_of).days) == dict(known.values_list("day", "is_working"))


def test_a_unit_is_found_by_its_code_until_it_ends():
    grid = make.small_town().grid
    assert unit_of_today(grid.code) == Unit.objects.get(pk=grid.pk)
    abolish_unit(grid.pk, **make.papers())
    assert (unit_of_today(grid.code), unit_of_today("x")) == (None, None)


def test_a_row_and_those_about_it_are_written_together(django_assert_num_queries):
    """Each gets its id; whatever points to the first row points to it, by a key or by its name in the audit log."""
    notice = CalendarNotice(
        jurisdiction="99", title="试行通知", source="notice", settles_year=False, year=2026, recorded_by="system:test",
        recorded_at=AT,
    )  # fmt: skip
    days = [CalendarDay(notice=notice, day=date(2026, 3, n), is_working=n == 1) for n in (1, 2)]
    said = entry("test", notice, by=SystemActor("test"), at=AT, **FACTS)
    with django_assert_num_queries(1):
        insert_with(notice, days, [], [said])
    assert [(one.notice_id, one.notice is notice) for one in days] == [(notice.pk, True)] * 2
    assert said.object_id == str(notice.pk)
    for one in (notice, *days, said):
        assert values(type(one).objects.get(pk=one.pk)) == values(one)
        assert one._state.adding is False


def test_who_names_a_row_that_is_not_written_is_told():
    said = entry("test", CalendarNotice(), by=SystemActor("test"), at=AT)
    with pytest.raises(ValueError, match="object_id"):
        insert([said])


def test_thousands_of_rows_are_written_too():
    many = [AuditEntry(at=AT, actor="system:test", action="test", object_id=str(n), facts={}) for n in range(9_000)]
    insert(many)
    found = AuditEntry.objects.filter(action="test").order_by("pk").values_list("pk", "object_id")
    assert list(found) == [(one.pk, one.object_id) for one in many]
