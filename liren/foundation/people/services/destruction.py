"""Which rows of which data set are due, and the record that they were destroyed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet

from liren.foundation.kernel import audit
from liren.foundation.kernel.rights import Actor
from liren.foundation.people import register
from liren.foundation.people.models import (
    AccessEntry,
    AccessGrant,
    ConsentEvent,
    Contact,
    Destruction,
    Residency,
    ResidencyEvent,
)

Rows = Callable[[datetime], QuerySet[Any]]


def _unverified_contacts(before: datetime) -> QuerySet[Any]:
    return Contact.objects.filter(kind="phone", verified_at=None, recorded_at__lt=before)


def _looks(before: datetime) -> QuerySet[Any]:
    return AccessEntry.objects.filter(at__lt=before)


def _grants(before: datetime) -> QuerySet[Any]:
    """Grants whose lines are gone."""
    lines = AccessEntry.objects.filter(grant=OuterRef("pk"))
    return AccessGrant.objects.filter(~Exists(lines), opened_at__lt=before)


def _residency_events(before: datetime) -> QuerySet[Any]:
    return ResidencyEvent.objects.filter(residency__closed_at__lt=before, at__lt=before)


def _residencies(before: datetime) -> QuerySet[Any]:
    """Closed residencies whose story is gone."""
    story = ResidencyEvent.objects.filter(residency=OuterRef("pk"))
    return Residency.objects.filter(~Exists(story), closed_at__lt=before)


def _consents(before: datetime) -> QuerySet[Any]:
    """Old lines that a newer one has replaced: the latest word counts as long as the account lives."""
    newer = ConsentEvent.objects.filter(account=OuterRef("account"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk"))
    return ConsentEvent.objects.filter(Exists(newer) | Q(account__erased_at__isnull=False), at__lt=before)


def _sessions(before: datetime) -> QuerySet[Any]:
    return Session.objects.filter(expire_date__lt=before)


def _session_lines(before: datetime) -> QuerySet[Any]:
    live = Session.objects.filter(session_key=OuterRef("session_key"))
    return UserSession.objects.filter(~Exists(live), last_seen_at__lt=before)


# Order matters: lines go before what they hang on.
DUE: tuple[tuple[str, Rows], ...] = (
    ("contact", _unverified_contacts),
    ("access_log", _looks),
    ("access_grant", _grants),
    ("residency", _residency_events),
    ("residency", _residencies),
    ("consent", _consents),
    ("session", _sessions),
    ("session", _session_lines),
)


def everything_due(*, by: Actor, at: datetime) -> list[Destruction]:
    """Walk the register; one record per data set that lost rows."""
    lost: dict[str, int] = {}
    for dataset, rows in DUE:
        before = at - timedelta(days=register.datasets()[dataset].retention_days)
        lost[dataset] = lost.get(dataset, 0) + rows(before)._raw_delete(using="default")
    return [destroyed(dataset, count, register.END, by=by, at=at) for dataset, count in lost.items() if count]


def destroyed(
    dataset: str, rows: int, reason: str, *, by: Actor, at: datetime, older_than: datetime | None = None
) -> Destruction:
    """Append the record of a destruction and its line in the audit log.

    ``older_than`` is said where the period is not that of the data set but of each matter by itself.
    """
    entry = register.datasets()[dataset]
    if older_than is None and reason == register.END:
        older_than = at - timedelta(days=entry.retention_days)
    record = Destruction.objects.create(
        dataset=dataset,
        archive_class=entry.archive_class,
        rows=rows,
        older_than=older_than,
        reason=reason,
        actor=by.label,
        at=at,
    )
    audit.record("people.destroyed", record, by=by, at=at, dataset=dataset, rows=rows, reason=reason)
    return record
