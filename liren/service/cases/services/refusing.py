"""A committee refuses an office's case in one step, as it refuses any other work (R352); the office is told."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.admission.models import Admission
from liren.foundation.admission.services import Work, refuse_admitted
from liren.foundation.kernel.errors import Conflict
from liren.foundation.kernel.rights import Actor
from liren.service.cases.models import Case, Dispute
from liren.service.cases.models.declared import by_version
from liren.service.cases.queries.refusable import BODY, came_from, community_of
from liren.service.cases.services import clocks
from liren.service.cases.services.story import changed, locked_case, noted, wrote


@transaction.atomic
def refuse(case_id: int, *, item_id: int | None = None, note: str = "", by: Actor, at: datetime) -> Case:
    """The case leaves the community at once and goes back to the desk that sent it; sender and government are told.

    Nobody rules on it first: the words of a case are free, so something else than what was admitted can stand in them,
    and no list of names stops that at the gate.

    Args:
        item_id: the matter of the negative list that it is; without it the note says what was not admitted.

    Raises:
        NoCase. NotAllowed: anybody but the community itself. BadInput: no such matter on the list, or no reason.
        Conflict: it is no office's work that waits for this community.
    """
    case = locked_case(case_id, by)
    spec, community = by_version(case.written_as_id), community_of(case)
    back = came_from(spec, case)
    if community is None or not back:
        raise Conflict(_("This case isn’t work of an office that waits for a community."))
    under = Admission.objects.get(pk=case.admission_id or 0)
    title, day = f"{under.title_zh} {case.number}", timezone.localdate(at)
    work = Work(case.work, title, community.pk, day, "refuse", under.sender_id, under.pk)
    refused = refuse_admitted(work, community=community, item_id=item_id, note=note, by=by, at=at)
    if case.is_disputed:
        Dispute.objects.filter(case=case, state="open").update(state="withdrawn", escalate_at=None)
    body, old = case.body, case.state
    case.body = case.handler = case.admission = None
    case.state, case.phase, case.is_disputed = back, spec.state(back).phase, False
    clocks.entered(case, spec, old, back, at)
    fields = ("body", "handler", "admission", "state", "phase", "is_disputed", "is_called", *clocks.FACE)
    changed(case, *fields, at=at)
    facts = {"body": body.pk if body else None, "refused": refused.listed, "refusal": refused.pk}
    more = {"note": refused.note, "source": old, "target": back, "acting_for": body}
    wrote(case, "disputed", by=by, at=at, role=BODY, facts=facts, **more)
    noted("disputed", case, by=by, at=at, role=BODY, **facts)
    return case
