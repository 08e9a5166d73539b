"""What ends with a case: it waits for nothing any more, and nothing waits for it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import Conflict
from liren.service.cases.models import Call, Case, Dispute, Suspension


def closed(case: Case, *, role: str, at: datetime) -> set[str]:
    """Close what is still open around the case; the columns that changed. Inside the caller's transaction.

    Raises:
        Conflict: a part that was split off is still open, or a dispute about it has no ruling yet.
    """
    if Case.objects.filter(parent_id=case.pk).exclude(phase="closed").exists():
        raise Conflict(
            _("A part of this case that was split off is still open."), next_step=_("Close the parts first.")
        )
    if case.is_disputed:
        _no_dispute_left(case, role)
    if case.is_called:
        Call.objects.filter(case=case, state="open").update(state="withdrawn")
    Suspension.objects.filter(case=case, state="approved", ends_at=None).update(ends_at=at)
    case.closed_at, case.due_at, case.escalate_at, case.is_called = at, None, None, False
    return {"closed_at", "due_at", "escalate_at", "is_called", "is_disputed"}


def _no_dispute_left(case: Case, role: str) -> None:
    """Who withdraws a report ends the dispute about it; whoever works on it can't close it over one."""
    still = Dispute.objects.filter(case=case, state="open")
    if role not in ("reporter", "system") and still.exists():
        raise Conflict(_("There is a dispute about who is responsible."), next_step=_("It has to be ruled on first."))
    still.update(state="withdrawn")
    case.is_disputed = False
