"""How long rulings and answers may take: numbers of the packs, none of the code."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from liren.foundation.kernel.engine.deadlines import Amount, CalendarDays, PlainTime, WorkingDays
from liren.foundation.kernel.errors import Conflict
from liren.foundation.policy.queries import NotInPacks, parameter
from liren.foundation.territory.models import Unit

CALL, RULING = "call_answer_days", "dispute_ruling_days"
#: Where a city sets nothing: what this platform declares for everybody.
EVERYWHERE = "common"
TIMES = ("second", "minute", "hour")


def allowed(code: str, unit: Unit, on: date) -> Amount:
    """How long something may take in a unit, by the number in force there on the day.

    Raises:
        Conflict: no pack says it, or says it in a unit that is no time.
    """
    for where in (unit.code, EVERYWHERE):
        try:
            found = parameter(code, where, on=on).quantity
        except NotInPacks:
            continue
        if found.unit.code == "working_day":
            return WorkingDays(int(found.value))
        if found.unit.code == "day":
            return CalendarDays(int(found.value))
        if found.unit.code in TIMES:
            return PlainTime(timedelta(seconds=int(found.to("second").value)))
    raise Conflict(
        _("No document says how long this may take here (%(code)s).") % {"code": code},
        next_step=_("Declare this number in the packs of this place, and load them."),
    )
