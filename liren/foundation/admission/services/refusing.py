"""What a community refuses that came to it otherwise than as a piece of work: with the same record and notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.admission.models import ListItem, ListKind, Notice, Refusal
from liren.foundation.admission.services.gate import Work, told_of
from liren.foundation.admission.services.texts import line
from liren.foundation.bodies.models import Body
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Unit


@dataclass(frozen=True, slots=True)
class Refused:
    """The record of a refusal, and its ground: the matter of the list ("" for none) and what the community says."""

    pk: int
    listed: str
    note: str


@transaction.atomic
def refuse_admitted(work: Work, *, community: Unit, item_id: int | None, note: str, by: Actor, at: datetime) -> Refused:
    """The community refuses what the gate had let pass (R352); the caller takes the work itself off it.

    Raises:
        NotAllowed: anybody but the community. BadInput: no such matter on its negative list, or no reason.
    """
    require(by, "admission.answer", community)
    today = timezone.localdate(at)
    item = None if item_id is None else listed(item_id, community, today)
    said = line("reason", note.strip(), needed=item is None)
    sender = Body.objects.select_related("unit").filter(pk=work.sender_id or 0).first()
    made = Refusal.objects.create(
        at=at, why="refused_as_listed" if item else "refused_as_not_admitted", work_type=work.work_type,
        title=work.title[:120], community=community, sender=sender, admission_number=work.admission_id,
        given_on=today, door=work.door, actor=by.label,
    )  # fmt: skip
    Notice.objects.bulk_create(
        Notice(refusal=made, body_id=body_id, unit_id=unit_id, at=at)
        for body_id, unit_id in told_of(sender, community.pk, today)
    )
    audit.record("admission.work_refused", made, by=by, at=at, unit_id=community.pk, sender=work.sender_id)
    return Refused(made.pk, item.name_zh if item else "", said)


def listed(item_id: int, community: Unit, on: date) -> ListItem:
    """A matter of the negative list that holds in a community on a day. BadInput where there is none."""
    held = ListItem.objects.filter(kind=ListKind.NEGATIVE, unit_id__in=community.path_ids, during__contains=on)
    found = held.filter(pk=item_id).first() if 0 < item_id < 2**63 else None
    if found is None:
        raise BadInput(_("This matter is not on the negative list."))
    return found
