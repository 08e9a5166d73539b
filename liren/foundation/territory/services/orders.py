"""What every change of territory brings with it: a day, a document, a reason, an actor and a moment."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Op, Unit, UnitChange
from liren.foundation.territory.services.checks import checked_long_text, checked_text

EARLIEST = date(1900, 1, 1)
FARTHEST = timedelta(days=3653)


@dataclass(frozen=True)
class Order:
    """The decision behind a change. ``today`` is the day on which it is recorded, in the city's time zone."""

    effective_on: date
    instrument: str
    reason: str
    by: Actor
    at: datetime

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def checked(self) -> Self:
        """Itself; a day far off and a change without a document are refused."""
        if not EARLIEST <= self.effective_on <= self.today + FARTHEST:
            raise BadInput(_("The day on which the change takes effect must lie between 1900 and ten years from now."))
        checked_text(self.instrument, most=300, empty=_("Name the document that orders the change."))
        checked_long_text(self.reason)
        return self

    def decide(self, op: Op, unit: Unit | None, *, action: str = "", **facts: Any) -> UnitChange:
        """Append the change and its audit entry; ``was`` and ``became`` go to the change, other facts to the log."""
        was, became = facts.pop("was", {}), facts.pop("became", {})
        change = UnitChange.objects.create(
            op=op,
            unit=unit,
            effective_on=self.effective_on,
            instrument=self.instrument.strip(),
            reason=self.reason.strip(),
            actor=self.by.label,
            recorded_at=self.at,
            corrects=facts.pop("corrects", None),
            was=was,
            became=became,
        )
        facts |= {"change": change.pk, "effective_on": self.effective_on, "was": was, "became": became}
        unit_id = unit.pk if unit else None
        audit.record(action or f"territory.{op}", unit, by=self.by, at=self.at, unit_id=unit_id, **facts)
        return change
