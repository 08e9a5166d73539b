"""What communities have in hand, shown to whoever sends a case there: a load is seen before it is made heavier."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from liren.foundation.admission.models import Admission, Reach
from liren.foundation.admission.queries import in_hand
from liren.foundation.territory.models import Level, Unit
from liren.front.desk.cases.standing import Standing

#: Communities shown on one page; the others are said to be there.
SHOWN = 40
#: Admissions offered in one list.
MOST = 300


def communities(standing: Standing) -> QuerySet[Unit]:
    """Communities of today to which the case can be sent, or lies with."""
    bodies = [one for one in (standing.case.body, *standing.near) if one is not None]
    ids = {pk for one in bodies if one.unit.level >= Level.COMMUNITY for pk in one.unit.path_ids}
    return Unit.objects.filter(pk__in=ids, level=Level.COMMUNITY, closed_on=None).order_by("code")


def admissions(standing: Standing) -> list[tuple[str, str]]:
    """Admissions under which the case, an office's work, can go to one of these communities today; as choices."""
    there = Reach.objects.filter(community__in=communities(standing), during__contains=timezone.localdate())
    active = Admission.objects.filter(pk__in=there.values("admission_id"), is_active=True, work_type=standing.spec.work)
    rows = active.select_related("sender").order_by("title_zh", "pk")[:MOST]
    return [(str(one.pk), f"{one.title} · {one.sender.name}") for one in rows]


def loads(standing: Standing) -> dict[str, Any]:
    """These communities, each with what it has in hand this month."""
    found = list(communities(standing)[: SHOWN + 1])
    today = timezone.localdate()
    known = in_hand(found[:SHOWN], today)
    return {
        "loads": [(one, known[one.pk]) for one in found[:SHOWN]],
        "more_loads": len(found) > SHOWN,
        "loads_of": today.replace(day=1),
    }
