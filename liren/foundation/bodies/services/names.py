"""Names of office-holders go ten years after the office ended; that the office was held stays (data set "office")."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from liren.foundation.bodies.models import NAME_DAYS, ContactArrangement, Liaison, OfficeHolding
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people.models import Destruction
from liren.foundation.people.services import END, destroyed

DATASET = "office"


@transaction.atomic
def forget_names(*, by: Actor, at: datetime) -> Destruction | None:
    """Remove the names that have been kept for their full period, and record how many; None where there were none.

    Raises:
        NotAllowed: anybody but the system.
    """
    require(by, "bodies.forget", None)
    today = timezone.localdate(at)
    due: dict[str, Any] = {
        "during__upper_inf": False,
        "during__endswith__lte": today - timedelta(days=NAME_DAYS),
        "forgotten_on": None,
    }
    count = OfficeHolding.objects.filter(by_post=None, **due).update(name="", account=None, forgotten_on=today)
    for model in (Liaison, ContactArrangement):
        count += model.objects.filter(**due).update(name="", forgotten_on=today)
    return destroyed(DATASET, count, END, by=by, at=at) if count else None
