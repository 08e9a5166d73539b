"""When a community is merged or abolished, those who live there follow its people to the unit that came after it.

Records are carried over (R024). Mandates do not follow: an office in the new unit is a new decision,
and a mandate in a closed unit gives power over nothing.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people.models import Residency, ResidencyState
from liren.foundation.people.models.residency import OPEN
from liren.foundation.people.services import residency as services
from liren.foundation.territory.models import Descent, Unit

FAR = 20  # mergers of mergers that are followed


def follow_units(*, by: Actor, at: datetime, most: int = 500) -> int:
    """Carry open residencies out of units that have closed, at most ``most`` of them; how many were seen to.

    Where all the people of a unit went to one unit, the residency goes on there as it stood: claimed or verified. Where
    they were divided, it ends with a word to the person, who alone can say on which side the home lies.

    Raises:
        NotAllowed: anybody but the system.
    """
    require(by, "people.follow", None)
    today = timezone.localdate(at)
    waiting = Residency.objects.filter(state__in=OPEN, unit__closed_on__lte=today).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True)[:most])
    for key in keys:
        _follow(key, by=by, at=at)
    return len(keys)


@transaction.atomic
def _follow(residency_id: int, *, by: Actor, at: datetime) -> None:
    home = Residency.objects.select_for_update(of=("self",)).select_related("unit", "account").get(pk=residency_id)
    if home.state not in OPEN:  # ended by its person a moment ago
        return
    heir = heir_of(home.unit)
    was = ResidencyState(home.state)
    with translation.override("zh-hans"):  # the line stays in the person's history as it was written
        words = _gone(home.unit) if heir is None else _goes_on(home.unit, heir)
    services.leave(home.pk, by=by, at=at, note=words)
    if heir is not None:
        services.carry(home, heir, was, by=by, at=at)


def heir_of(unit: Unit) -> Unit | None:
    """The one unit of today to which all the people of a closed unit went; None if there is not just one."""
    for _step in range(FAR):
        if unit.closed_on is None:
            return unit
        targets = list(Unit.objects.filter(pk__in=Descent.objects.filter(source=unit).values("target"))[:2])
        if len(targets) != 1 or targets[0].pk == unit.pk:
            return None
        unit = targets[0]
    return None


def _gone(unit: Unit) -> str:
    return _("%(name)s was divided or abolished. Please say again where you live.") % {"name": unit.name_zh}


def _goes_on(unit: Unit, heir: Unit) -> str:
    return _("%(name)s became part of %(heir)s; the residency goes on there.") % {
        "name": unit.name_zh,
        "heir": heir.name_zh,
    }
