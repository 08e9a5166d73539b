"""Jobs: queued in the business transaction, run by a real worker, tidied up after."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache.backends.db import DatabaseCache
from django.core.management import call_command
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from liren.config import settings
from liren.foundation.kernel import jobs
from liren.foundation.kernel.models import AuditEntry
from tests.make.kernel import NOW, entry

pytestmark = pytest.mark.django_db


@jobs.job(name="test.write", retry=1)
def write(*, words: str) -> None:
    entry("test.job", words=words)
    if words == "fail":
        raise RuntimeError(words)


@jobs.job(name="test.hourly", cron="0 * * * *")
def hourly(*, at: datetime) -> None:
    entry("test.hourly", due=at)


def queued() -> list[tuple[str, dict[str, Any]]]:
    found = ProcrastinateJob.objects.filter(task_name__startswith="test.").order_by("pk")
    return [(job.task_name, job.args) for job in found]


def test_a_job_is_queued_with_its_arguments_and_its_time() -> None:
    number = jobs.enqueue(write, words="里仁", at=NOW)
    made = ProcrastinateJob.objects.get(pk=number)
    assert (made.task_name, made.args, made.scheduled_at) == ("test.write", {"words": "里仁"}, NOW)


def test_a_job_goes_with_the_transaction_that_queued_it() -> None:
    with transaction.atomic():
        jobs.enqueue(write, words="never")
        transaction.set_rollback(True)
    assert queued() == []


def test_one_job_waits_for_one_key_and_a_refused_one_breaks_nothing() -> None:
    assert jobs.enqueue(write, key="unit 7", words="first")
    assert jobs.enqueue(write, key="unit 7", words="second") is None
    assert jobs.enqueue(write, key="unit 8", words="third")
    assert [args["words"] for _, args in queued()] == ["first", "third"]


def test_a_periodic_job_is_called_with_the_moment_it_was_due() -> None:
    hourly(timestamp=int(NOW.timestamp()))
    assert AuditEntry.objects.get().facts == {"due": "2026-06-01T01:00:00Z"}


def test_the_tidying_jobs_are_known_to_the_worker() -> None:
    known = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert {"kernel.delete_finished_jobs", "kernel.delete_old_form_keys"} <= set(known)


def test_finished_jobs_go_when_they_are_old_and_waiting_ones_stay() -> None:
    for number, (status, days) in enumerate(
        [("succeeded", 20), ("failed", 20), ("cancelled", 15), ("succeeded", 13), ("todo", 99), ("doing", 99)]
    ):
        job = jobs.enqueue(write, words=str(number))
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s", [status, job]
            )
            cursor.execute(
                "UPDATE procrastinate_events SET at = %s WHERE job_id = %s", [NOW - timedelta(days=days), job]
            )
    jobs.delete_finished_jobs.func(timestamp=int(NOW.timestamp()))
    assert [args["words"] for _, args in queued()] == ["3", "4", "5"]


def work_once() -> None:
    """A worker that does what is there and ends."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        worker_app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False, concurrency=1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_runs_what_was_committed_and_tries_a_failed_job_again() -> None:
    jobs.enqueue(write, words="good")
    jobs.enqueue(write, words="fail")
    try:
        with ThreadPoolExecutor(1) as aside:  # a browser of another test may hold this thread's event loop
            aside.submit(work_once).result()
        assert AuditEntry.objects.filter(facts__words="good").count() == 1
        assert AuditEntry.objects.filter(facts__words="fail").count() == 2
        found = ProcrastinateJob.objects.filter(task_name="test.write").order_by("pk")
        assert [(job.status, job.attempts) for job in found] == [("succeeded", 1), ("failed", 2)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def test_the_moment_of_a_periodic_job_is_in_utc() -> None:
    hourly(timestamp=0)
    assert AuditEntry.objects.get().facts == {
        "due": datetime(1970, 1, 1, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    }


@pytest.fixture
def cache() -> DatabaseCache:
    """The cache as the settings have it, and not the one of the tests."""
    call_command("createcachetable", "kernel_cache", verbosity=0)
    options = settings.CACHES["default"]
    return DatabaseCache(str(options["LOCATION"]), dict(options))


@pytest.mark.slow
def test_a_crowd_does_not_push_the_count_of_failed_sign_ins_out_of_the_cache(cache: DatabaseCache) -> None:
    cache.set("aaa:failed:zhou.lin", [1, 2, 3], 300)
    for number in range(400):
        cache.set(f"zzz:failed:{number}", [1], 300)
    assert cache.get("aaa:failed:zhou.lin") == [1, 2, 3]


def test_what_has_expired_in_the_cache_is_deleted(cache: DatabaseCache) -> None:
    cache.set("soon-over", 1, 60)
    cache.set("still-needed", 1, 3 * 86_400)
    jobs.delete_expired_cache.func(timestamp=int((datetime.now(UTC) + timedelta(days=1)).timestamp()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM kernel_cache")
        assert cursor.fetchall() == [(":1:still-needed",)]
