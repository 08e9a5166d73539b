"""What a case waited for ends when it is answered or closed: its standstill, its open calls, its dispute."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import Conflict
from liren.service.cases.engine.spec import CaseType
from liren.service.cases.models import Call, Case, Dispute, Suspension


def left_open(case: Case, spec: CaseType, state: str, at: datetime) -> None:
    """Withdraw what is still asked of others, and let the clocks run again. The caller saves the case.

    Raises:
        Conflict: the case closes while a part that was split off is still open.
    """
    if spec.state(state).final and case.children.exclude(phase="closed").exists():
        raise Conflict(
            _("A part of this case is still open."),
            next_step=_("Close the parts that were split off first; they stand below this case."),
        )
    unended = Suspension.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), case=case).exclude(state="refused")
    unended.update(ends_at=Greatest(F("starts_at"), at))
    if case.is_called:
        Call.objects.filter(case=case, state="open").update(state="withdrawn", escalate_at=None)
        case.is_called = False
    if case.is_disputed:
        Dispute.objects.filter(case=case, state="open").update(state="withdrawn", escalate_at=None)
        case.is_disputed = False
