"""Who opened a sealed case: each look of somebody else than its reporter stays in the audit log (R107, R338)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from liren.foundation.kernel import audit
from liren.foundation.kernel.rights import Actor
from liren.service.cases.models import Case
from liren.service.cases.queries.acting import is_reporter
from liren.service.cases.queries.details import case_by_number


@transaction.atomic
def open_case(number: str, *, by: Actor, at: datetime) -> Case:
    """The case of this number, if ``by`` sees it; that a sealed one was opened is recorded before anything is shown.

    Raises:
        NoCase: no such number, or not for this actor.
    """
    case = case_by_number(number, by)
    if case.confidentiality == "sealed" and not is_reporter(case, by):
        audit.record("cases.look", case, by=by, at=at, unit_id=case.unit_id)
    return case
