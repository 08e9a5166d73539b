"""Builders for the kernel, and what tests of real commits need."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import connection, connections, transaction

from liren.foundation.kernel import idempotency, services
from liren.foundation.kernel.audit import record
from liren.foundation.kernel.models import AuditEntry, CalendarNotice
from liren.foundation.kernel.rights import SystemActor

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # 9 o'clock of a Monday in China
SYSTEM = SystemActor("test")

Built = TypeVar("Built")


@dataclass(frozen=True)
class Person:
    """An actor without an account: holds the named powers everywhere."""

    pk: int = 1
    powers: frozenset[str] = field(default_factory=frozenset)
    is_authenticated: bool = True

    @property
    def label(self) -> str:
        return f"account:{self.pk}"

    def holds(self, power: str, unit: Any = None) -> bool:
        return power in self.powers


def person(pk: int = 1, *powers: str) -> Person:
    return Person(pk, frozenset(powers))


def entry(action: str = "test.done", **facts: Any) -> AuditEntry:
    """One entry of the audit log; chained when its transaction commits."""
    return record(action, None, by=SYSTEM, at=NOW, **facts)


def notice(jurisdiction: str = "cn", year: int = 2026, days: dict | None = None, **changes: Any) -> CalendarNotice:
    """A notice; ``days`` maps dates to True (work) or False (rest)."""
    rules = {day: services.DayRule(works) for day, works in (days or {}).items()}
    facts = {"title": "Notice", "by": SYSTEM, "at": NOW, **changes}
    return services.publish_notice(jurisdiction, year, rules, **facts)


@contextmanager
def standing(blocker: Any, build: Callable[[], Built]) -> Iterator[Built]:
    """What ``build`` makes stands for all tests of a file or a folder, and is rolled back after the last one.

    Each test runs in a savepoint, so that what it changes is undone. ``blocker``: pytest-django's fixture. The audit
    log is chained at once: else each test would chain what was built again at its end.
    """
    with blocker.unblock(), transaction.atomic():
        made = build()
        chained()
        yield made
        transaction.set_rollback(True)


def form(actor: Any = None, **fields: Any) -> dict[str, Any]:
    """The fields of a form with a fresh key for this actor (default: a stranger)."""
    return {idempotency.FIELD: idempotency.new_token(actor), **fields}


def chained() -> None:
    """Chain what this transaction has recorded now, in a test that never commits."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run ``act(0) … act(count-1)`` in threads that start together; results or exceptions, in order."""
    results: list[Any] = [None] * count
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        try:
            gate.wait()
            results[number] = act(number)
        except Exception as error:  # the test looks at it
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


GUARDED = """
SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgtype & 32 > 0 AND NOT tgisinternal
"""


def let_tests_empty_tables() -> None:
    """Tests with real commits empty all tables at their end: the guards are lifted meanwhile, as their owner may."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    plain = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **kwargs: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute(GUARDED)
            guards = cursor.fetchall()
        off, on = ([f"ALTER TABLE {t} {word} TRIGGER {name}" for t, name in guards] for word in ("DISABLE", "ENABLE"))
        return [*off, *plain(self, *args, **kwargs), *on]

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]  # the test run's own manners
