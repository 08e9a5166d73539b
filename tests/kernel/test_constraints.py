"""What must never be true of the kernel's tables is refused by the database: each rule is broken once."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from liren.foundation.kernel.models import AuditEntry, CalendarDay, CalendarNotice, FormKey, Knock
from tests import make
from tests.make.kernel import NOW

pytestmark = pytest.mark.django_db
KEY = uuid.UUID(int=7)


def logged(**wrong: Any) -> AuditEntry:
    return AuditEntry.objects.create(**{"at": NOW, "actor": "system:test", "action": "test.done", **wrong})


def keyed(**wrong: Any) -> FormKey:
    facts = {"owner": "account:1", "key": KEY, "fingerprint": b"x", "created_at": NOW}
    return FormKey.objects.create(**{**facts, **wrong})


def knocked(**wrong: Any) -> Knock:
    facts = {"day": date(2026, 3, 2), "door": "report", "who": b"x" * 32, "hour": 9, "in_hour": 1, "in_day": 1}
    return Knock.objects.create(**{**facts, **wrong})


def noticed(**wrong: Any) -> CalendarNotice:
    facts = {"jurisdiction": "cn", "year": 2026, "title": "Notice", "recorded_at": NOW, "recorded_by": "system:test"}
    return CalendarNotice.objects.create(**{**facts, **wrong})


def sealed_at_zero() -> None:
    """With the guard of the seals switched off, as only the owner of the table can."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_audit_seal DISABLE TRIGGER USER")
        cursor.execute("INSERT INTO kernel_audit_seal (entry_id, position, previous, hash) VALUES (1, 0, '', '')")


def twice(make_one: Callable[..., Any], **facts: Any) -> None:
    make_one(**facts)
    make_one(**facts)


def one_day_twice() -> None:
    notice = make.notice(days={date(2026, 1, 1): False})
    CalendarDay.objects.create(notice=notice, day=date(2026, 1, 1), is_working=True)


BROKEN: dict[str, Callable[[], Any]] = {
    "audit_entry_names_its_actor": lambda: logged(actor=""),
    "audit_entry_names_its_action": lambda: logged(action=""),
    "audit_seal_counts_from_one": sealed_at_zero,
    "form_key_is_used_once": lambda: twice(keyed),
    "form_key_has_an_owner": lambda: keyed(owner=""),
    "knock_is_counted_in_one_row": lambda: twice(knocked),
    "knock_hour_is_of_a_day": lambda: knocked(hour=24),
    "knock_day_holds_its_hour": lambda: knocked(in_hour=2),
    "calendar_notice_jurisdiction_is_a_code": lambda: noticed(jurisdiction="here"),
    "calendar_notice_year_is_plausible": lambda: noticed(year=1776),
    "calendar_notice_source_is_known": lambda: noticed(source="rumour"),
    "calendar_notice_has_a_title": lambda: noticed(title=""),
    "calendar_notice_is_seeded_once": lambda: twice(noticed, source="seed"),
    "calendar_day_stands_once_in_a_notice": one_day_twice,
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_it_by_name(name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BROKEN[name]()
