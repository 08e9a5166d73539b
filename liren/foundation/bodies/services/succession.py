"""When a unit is merged into another, the bodies that merely acted in it act in the one that came after it (R024).

What the unit itself had set up, its committees, its party organisation, its office, does not go along by itself:
whether it ends or goes on is a decision with a document. Such bodies wait on the desk (``queries.left_behind``).
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from liren.foundation.bodies.models import FOLLOWING, Body, BodyKind, ChangeKind
from liren.foundation.bodies.services.bodies import append_change
from liren.foundation.bodies.services.checks import lock_bodies
from liren.foundation.kernel import audit
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people.services import heir_of
from liren.foundation.territory.models import Descent, Unit


def follow_units(*, by: Actor, at: datetime, most: int = 20) -> int:
    """Carry bodies out of units that have closed, at most ``most`` units; how many bodies moved.

    Only where all the people of the unit went to exactly one other, and only bodies of ``FOLLOWING``: associations,
    firms, teams and the like. A sub-committee follows a committee that was moved by decision. Nothing moves from
    under a body that stays.

    Raises:
        NotAllowed: anybody but the system.
    """
    require(by, "bodies.follow")
    today = timezone.localdate(at)
    waiting = Body.objects.living_on(today).filter(unit__closed_on__lte=today)
    moved = 0
    for unit in Unit.objects.filter(pk__in=waiting.values("unit")).order_by("pk"):
        count = _follow(unit, today, by, at)
        moved += count
        most -= count > 0
        if most <= 0:
            break
    return moved


@transaction.atomic
def _follow(unit: Unit, today: date, by: Actor, at: datetime) -> int:
    heir = heir_of(unit)
    if heir is None:
        return 0
    lock_bodies(*Body.objects.living_on(today).filter(unit=unit).values_list("pk", flat=True))
    staying = list(Body.objects.living_on(today).filter(unit=unit).select_related("parent__unit").order_by("pk"))
    gone: list[Body] = []
    while free := [body for body in staying if _may_follow(body, heir)]:
        for body in free:
            _carry(body, unit, heir, by, at)
        gone += free
        here = {body.pk: body for body in gone}
        staying = [body for body in staying if body.pk not in here]
        for body in staying:
            body.parent = here.get(body.parent_id or 0, body.parent)
    if gone:
        audit.record("bodies.follow", heir, by=by, at=at, unit_id=heir.pk, source=unit.pk, bodies=len(gone))
    return len(gone)


def _may_follow(body: Body, heir: Unit) -> bool:
    """Whether it goes along by itself, and whoever it stands under acts in the heir, or above it, already."""
    above = body.parent
    if above is not None and not heir.path.startswith(above.unit.path):
        return False
    if body.kind == BodyKind.SUB_COMMITTEE:
        return above is not None and above.unit_id == heir.pk
    return body.kind in FOLLOWING or bool(body.place)


def _carry(body: Body, source: Unit, heir: Unit, by: Actor, at: datetime) -> None:
    """The body acts in the heir from the day of the change; the document is the one that ended its unit."""
    closed: date = source.closed_on or timezone.localdate(at)
    paper = Descent.objects.filter(source=source).order_by("-change_id").values_list("change__instrument", flat=True)
    body.unit = heir
    body.save(update_fields=["unit"])
    latest = body.changes.aggregate(day=Max("effective_on"))["day"] or closed
    day = max(closed, latest)
    append_change(body, ChangeKind.CHANGED, day, paper[0], by=by, at=at)
