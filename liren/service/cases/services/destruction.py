"""Destruction of closed cases when their time of keeping is over: with story, files, ratings, clocks, everything.

This is the one way out of tables that are only appended to. It says so inside its transaction; the triggers let
nothing else delete.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from liren.foundation.kernel import audit
from liren.foundation.kernel.engine.worktime import add_months
from liren.foundation.kernel.rights import Actor, SystemActor, require
from liren.foundation.people.services import END, destroyed
from liren.foundation.policy.models import DeclarationVersion
from liren.service.cases.models import (
    Call,
    Case,
    CaseClock,
    CaseContact,
    CaseEvent,
    CaseFile,
    CaseFollower,
    CaseLook,
    CasePart,
    Delivery,
    DispatchRule,
    Dispute,
    Escalation,
    Extension,
    Rating,
    Repeat,
    ServicePass,
    Suspension,
)
from liren.service.cases.models.declared import KIND, by_versions

SYSTEM = SystemActor("retention")
AT_ONCE = 500


@transaction.atomic
def destroy_due(*, at: datetime, by: Actor = SYSTEM, limit: int = AT_ONCE) -> int:
    """Destroy up to ``limit`` closed cases whose period is over; how many went. Call until it says 0.

    The period is that of the version of the type under which a case was received. A case into which others were joined
    stays as long as they do.
    """
    require(by, "cases.destroy")
    cases = list(_due(at).order_by("closed_at", "pk").values_list("pk", "type__code", "closed_at")[:limit])
    held = _held({pk for pk, _code, _closed in cases})
    cases = [one for one in cases if one[0] not in held]
    if not cases:
        return 0
    ids = [pk for pk, _code, _closed in cases]
    rows = _destroyed(ids)
    by_type = Counter(code for _pk, code, _closed in cases)
    audit.record("cases.destroyed", None, by=by, at=at, cases=len(ids), types=dict(by_type), rows=rows)
    destroyed("case", len(ids), END, by=by, at=at, older_than=cases[-1][2])
    return len(ids)


def _due(at: datetime) -> QuerySet[Case]:
    """Closed cases past the period of their own version, but those out of which a pass came that still holds."""
    versions = set(DeclarationVersion.objects.filter(declaration__kind=KIND).values_list("pk", flat=True))
    over = Q(pk__in=[])
    for version, spec in by_versions(versions).items():
        over |= Q(written_as_id=version, closed_at__lt=_before(at, spec.retention_months))
    held = ServicePass.objects.filter(revoked_at=None, expires_on__gte=timezone.localdate(at))
    return Case.objects.filter(over, phase="closed").exclude(Exists(held.filter(case=OuterRef("pk"))))


def _before(at: datetime, months: int) -> datetime:
    """The moment so many months back."""
    return at - timedelta(days=(at.date() - add_months(at.date(), -months)).days)


def _held(ids: set[int]) -> set[int]:
    """Cases that others, which are not due yet, were joined into."""
    waiting = Case.objects.filter(joined_to_id__in=ids).exclude(pk__in=ids)
    return set(waiting.values_list("joined_to_id", flat=True))


def _destroyed(ids: list[int]) -> dict[str, int]:
    """Delete the cases and all that hangs on them, leaves first; how many rows of each table."""
    DispatchRule.objects.filter(ruling__case_id__in=ids).update(ruling=None)
    Case.objects.filter(parent_id__in=ids).exclude(pk__in=ids).update(parent=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('liren.destroying', 'on', true)")
    rows = {label: found._raw_delete(using="default") for label, found in _leaves(ids)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('liren.destroying', 'off', true)")
    return {label: many for label, many in rows.items() if many}


def _leaves(ids: list[int]) -> list[tuple[str, Any]]:
    of_clock: list[Any] = [Escalation, Extension]
    of_case: list[Any] = [
        Rating, CaseFile, CaseEvent, CaseClock, Call, Dispute, Suspension, CasePart, CaseFollower, CaseContact,
        CaseLook, ServicePass,
    ]  # fmt: skip
    return [
        ("delivery", Delivery.objects.filter(event__case_id__in=ids)),
        ("repeat", Repeat.objects.filter(Q(case_id__in=ids) | Q(before_id__in=ids))),
        *((one._meta.model_name, one.objects.filter(clock__case_id__in=ids)) for one in of_clock),
        *((one._meta.model_name, one.objects.filter(case_id__in=ids)) for one in of_case),
        ("case", Case.objects.filter(pk__in=ids)),
    ]
