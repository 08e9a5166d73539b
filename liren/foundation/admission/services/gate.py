"""The way through the gate: what the database refuses becomes a sentence, is kept, is counted, and is told.

Whoever writes rows that put work on a community does so inside ``passing``. It asks nothing itself: the trigger of the
table does, in one look-up. So it cannot be forgotten without the row being refused anyway, only without being told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.admission.models import Notice, Refusal
from liren.foundation.admission.services.aside import keep_refusal
from liren.foundation.bodies.models import Body, BodyKind
from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Unit

#: Why the gate says no, by the name of what the database refused.
WHY: Mapping[str, object] = {
    "gate_needs_an_admission": gettext_lazy("No admission is named for it, or there is no such admission."),
    "gate_work_is_not_backdated": gettext_lazy("It is recorded after the day on which it begins."),
    "gate_community_exists_on_the_day": gettext_lazy(
        "There is no such community on that day: it was merged or closed."
    ),
    "gate_admission_is_of_this_kind": gettext_lazy("What was admitted is another kind of work."),
    "gate_admission_is_of_this_sender": gettext_lazy("What was admitted is the matter of another body."),
    "gate_admission_reaches_this_community": gettext_lazy("It was admitted for other communities."),
    "gate_admission_is_active": gettext_lazy(
        "The admission is not active: its money and support are missing, or it was ended."
    ),
    "gate_admission_holds_on_the_day": gettext_lazy("It was admitted for other days."),
    "gate_admission_was_there_before_the_work": gettext_lazy("It was admitted only after that day."),
    "gate_work_is_not_on_the_negative_list": gettext_lazy(
        "Its name is on the negative list of the community, and what was admitted is something else."
    ),
    "ledger_of_what_is_cancelled_stays_closed": gettext_lazy("What the ledger is kept for was cancelled."),
}
#: Why a community said no to what the gate had let pass, by words that stand in the same column.
SAID_NO: Mapping[str, object] = {
    "refused_as_listed": gettext_lazy("The community refused it: it is on the negative list."),
    "refused_as_not_admitted": gettext_lazy("The community refused it: this is not what was admitted."),
}


class NotAdmitted(LirenError):
    """The gate refuses (409). ``why`` names what was broken, ``refusal_id`` the row that keeps it."""

    status = 409
    default_next_step = gettext_lazy("Apply for an admission first; the community is not to be asked before.")

    def __init__(self, why: str, refusal_id: int) -> None:
        super().__init__(str(_("The gate refuses this work for the community.")) + " " + str(WHY[why]))
        self.why = why
        self.refusal_id = refusal_id


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be handed to whom: as much as the record of a refusal says. ``door`` names the service."""

    work_type: str
    title: str
    community_id: int
    given_on: date
    door: str
    sender_id: int | None = None
    admission_id: int | None = None


@contextmanager
def passing(work: Work | Callable[[], Work], *, by: Actor, at: datetime) -> Iterator[None]:
    """Write rows through the gate. ``work`` may be a function, which is asked only when the gate refuses.

    Raises:
        NotAdmitted: the database refused; nothing of the block is kept but the refusal and its notices.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        why = refused_by(error)
        if why not in WHY:
            raise
        said = work if isinstance(work, Work) else work()
        raise NotAdmitted(why, refuse(said, why, by=by, at=at)) from error


def refused_by(error: IntegrityError) -> str:
    """The name of the constraint that was broken; "" where the error names none."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""


def refuse(work: Work, why: str, *, by: Actor, at: datetime) -> int:
    """Keep a refusal outside of the transaction that is rolled back, and tell sender and government; its number."""
    sender = Body.objects.select_related("unit").filter(pk=work.sender_id or 0).first()
    return keep_refusal(
        why=why,
        work_type=work.work_type,
        title=work.title,
        community_id=work.community_id,
        sender_id=work.sender_id,
        admission_id=work.admission_id,
        given_on=work.given_on,
        door=work.door,
        actor=by.label,
        told=told_of(sender, work.community_id, timezone.localdate(at)),
        at=at,
    )


@transaction.atomic
def refused_before(work: Work, why: str, *, by: Actor, at: datetime) -> Refusal:
    """A refusal that another system kept, or that a simulated city begins with; inside the caller's transaction.

    For commands, not for accounts. Raises:
        NotAllowed: an account asks.
    """
    require(by, "admission.admit_old")
    sender = Body.objects.select_related("unit").filter(pk=work.sender_id or 0).first()
    made = Refusal.objects.create(
        at=at, why=why, work_type=work.work_type, title=work.title, community_id=work.community_id, sender=sender,
        admission_number=work.admission_id, given_on=work.given_on, door=work.door, actor=by.label,
    )  # fmt: skip
    Notice.objects.bulk_create(
        Notice(refusal=made, body_id=body_id, unit_id=unit_id, at=at)
        for body_id, unit_id in told_of(sender, work.community_id, timezone.localdate(at))
    )
    return made


def told_of(sender: Body | None, community_id: int, on: date) -> list[tuple[int | None, int]]:
    """Who is told: the sender, and the government at its level or the next above (with the community's, where nobody
    knows the sender). Where no government is recorded as a body, whoever decides in the top unit reads it there."""
    place = sender.unit if sender else Unit.objects.filter(pk=community_id).first()
    if place is None:
        return []
    found: list[tuple[int | None, int]] = [(sender.pk, sender.unit_id)] if sender else []
    governments = Body.objects.living_on(on).filter(kind=BodyKind.GOVERNMENT, unit_id__in=place.path_ids)
    above = governments.exclude(pk=sender.pk if sender else 0).order_by("-unit__level", "pk").first()
    found.append((above.pk, above.unit_id) if above else (None, place.path_ids[0]))
    return found
