"""Jobs in the same PostgreSQL, enqueued inside the business transaction: rolled back with it, seen after it commits.

A thin face over procrastinate, so that another engine can stand behind it one day.
"""

import functools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from liren.foundation.kernel import doors, idempotency
from liren.foundation.kernel.models import FormKey

KEEP_FINISHED = timedelta(days=14)


def job(
    *, name: str, retry: int | bool | RetryStrategy = False, cron: str | None = None, queue: str = "default"
) -> Callable[[Callable[..., None]], Task]:
    """Register a function as a job called ``name``; arguments must be JSON values.

    With ``cron`` ("m h dom mon dow", UTC) it also runs by the clock, and is called with ``at``, the moment it was due;
    while one run waits, no second is queued.
    """

    def register(function: Callable[..., None]) -> Task:
        if cron is None:
            return app.task(name=name, retry=retry, queue=queue)(function)

        @functools.wraps(function)
        def on_time(timestamp: int, **args: Any) -> None:
            function(at=datetime.fromtimestamp(timestamp, UTC), **args)

        task = app.task(name=name, retry=retry, queue=queue, queueing_lock=name)(on_time)
        return app.periodic(cron=cron)(task)

    return register


def enqueue(job: Task, *, at: datetime | None = None, key: str | None = None, **args: Any) -> int | None:
    """Queue ``job`` in the current transaction, not before ``at``; returns its id.

    While a job with the same ``key`` is waiting, nothing is queued and None is returned.
    """
    try:
        with transaction.atomic():  # a refused duplicate must not break the caller's transaction
            return job.configure(schedule_at=at, queueing_lock=key).defer(**args)
    except AlreadyEnqueued:
        return None


@job(name="kernel.delete_finished_jobs", cron="17 19 * * *")
def delete_finished_jobs(*, at: datetime) -> None:
    """Jobs finished longer ago than KEEP_FINISHED go, failed ones too: a long table makes the worker start slowly."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs j WHERE j.status IN ('succeeded', 'failed', 'cancelled', 'aborted')"
            " AND (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id) < %s",
            [at - KEEP_FINISHED],
        )


@job(name="kernel.delete_expired_cache", cron="37 * * * *")
def delete_expired_cache(*, at: datetime) -> None:
    """Counters of sign-ins whose time is over are deleted: their keys say who tried to come in, and from where."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kernel_cache WHERE expires < %s", [at])


@job(name="kernel.delete_old_form_keys", cron="27 19 * * *")
def delete_old_form_keys(*, at: datetime) -> None:
    """Keys too old for any form to use them are deleted: they say who sent what, and are of no use any more."""
    FormKey.objects.filter(created_at__lt=at - idempotency.KEEP).delete()


@job(name="kernel.forget_knocks", retry=3, cron="7 16 * * *")
def forget_knocks(*, at: datetime) -> None:
    """Every night at 00:07 in China (16:07 UTC): what was counted yesterday is of no use any more."""
    doors.forget_before(timezone.localdate(at))
