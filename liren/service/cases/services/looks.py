"""Who opened a sealed case: each look of somebody else than its reporter stays in the audit log, and the looks of
officials are reviewed by somebody who did not look (R107, R338)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people.models import ReviewOutcome
from liren.service.cases.models import Case, CaseLook
from liren.service.cases.queries.acting import is_reporter
from liren.service.cases.queries.details import case_by_number
from liren.service.cases.queries.reading import WORK, level_of

#: One line for the looks of a person at a case on a day, as long as nobody has reviewed them.
COUNTED = """
INSERT INTO cases_caselook (case_id, account_id, day, first_at, last_at, times, outcome, review_note)
VALUES (%(case)s, %(account)s, %(day)s, %(at)s, %(at)s, 1, '', '')
ON CONFLICT (case_id, account_id, day) WHERE outcome = ''
DO UPDATE SET times = cases_caselook.times + 1, last_at = greatest(cases_caselook.last_at, excluded.last_at)
"""


@transaction.atomic
def open_case(number: str, *, by: Actor, at: datetime) -> Case:
    """The case of this number, if ``by`` sees it; that a sealed one was opened is recorded before anything is shown.

    Raises:
        NoCase: no such number, or not for this actor.
    """
    case = case_by_number(number, by)
    if case.confidentiality == "sealed" and not is_reporter(case, by):
        audit.record("cases.look", case, by=by, at=at, unit_id=case.unit_id)
        if by.pk is not None and level_of(case, by) == WORK:  # parties look at what is theirs
            with connection.cursor() as cursor:
                day = timezone.localdate(at)
                cursor.execute(COUNTED, {"case": case.pk, "account": by.pk, "day": day, "at": at})
    return case


@transaction.atomic
def review_look(look_id: int, *, outcome: str, by: Actor, at: datetime, note: str = "") -> CaseLook:
    """Say whether the looks of a day were justified; by somebody who did not look, and only once.

    Raises:
        NotAllowed: no such power over the unit of the case, or one's own look.
        BadInput: unknown outcome, or a doubt without a note. Conflict: reviewed already.
    """
    look = CaseLook.objects.select_for_update(of=("self",)).select_related("case__unit").get(pk=look_id)
    require(by, "people.review_access", look.case.unit)
    if by.pk == look.account_id:
        raise NotAllowed(_("Somebody else reviews your own looks."))
    if outcome not in ReviewOutcome.values or (outcome != ReviewOutcome.JUSTIFIED and not note.strip()):
        raise BadInput(_("Choose an outcome; a doubt needs a note."))
    if look.outcome:
        raise Conflict(_("This access was reviewed already."))
    look.outcome, look.reviewed_by_id, look.reviewed_at, look.review_note = outcome, by.pk, at, note.strip()[:400]
    look.save(update_fields=["outcome", "reviewed_by", "reviewed_at", "review_note"])
    audit.record("cases.look_reviewed", look.case, by=by, at=at, unit_id=look.case.unit_id, outcome=outcome)
    return look
