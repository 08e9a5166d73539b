"""Under which circumstances a planner asks: at another pace on foot, on a weekday at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Run
from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Unit

#: Metres a minute that are offered: from a slow old person to a brisk walk.
SLOWEST, FASTEST = 25, 100
DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
#: Where a weekday is chosen and no time yet.
BY_DAY = "10:00"
NOT_ALLOWED = 403


@dataclass(frozen=True)
class Asked:
    """What the page was asked for: metres a minute, weekday ("" for any time), and the time of day."""

    pace: int
    own_pace: int
    day: str
    time: str

    @property
    def is_plain(self) -> bool:
        return self.pace == self.own_pace and not self.day

    @property
    def setting(self) -> queries.Setting:
        walk = None if self.pace == self.own_pace else round(self.pace * 1000 / 60)
        return queries.Setting(walk, queries.moment_of(self.day, self.time) if self.day else None)

    @property
    def query(self) -> str:
        """What keeps the circumstances on the way to another address; "" where there are none."""
        said = {"pace": self.pace} if self.pace != self.own_pace else {}
        return urlencode(said | ({"day": self.day, "time": self.time} if self.day else {}))

    @property
    def words(self) -> str:
        """The circumstances in words; "" where they are those of the run."""
        when = f"{WEEKDAYS[DAYS.index(self.day)]} {self.time}" if self.day else ""
        walk = _("%(pace)d metres a minute") % {"pace": self.pace} if self.pace != self.own_pace else ""
        return " · ".join(part for part in (when, walk) if part)


def asked_of(request: HttpRequest, run: Run) -> Asked:
    """The circumstances of an address; what can't be meant counts as not said."""
    own = round(run.parameters["walk_mm_per_s"] * 60 / 1000)
    text, day, time = (request.GET.get(name, "") for name in ("pace", "day", "time"))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else own
    pace = number if number == own else min(FASTEST, max(SLOWEST, number))
    if day not in DAYS:
        return Asked(pace, own, "", BY_DAY)
    return Asked(pace, own, day, time if queries.moment_of(day, time) is not None else BY_DAY)


def under(run: Run, unit: Unit, asked: Asked, by: Actor) -> dict[str, Any]:
    """The circles under the circumstances beside the run's own, for the page; why not, where that can't be said."""
    found, why_not = None, ""
    if not asked.is_plain:
        try:
            found = queries.under(run, unit, asked.setting, by=by)
        except LirenError as error:
            if error.status == NOT_ALLOWED:
                raise
            why_not = f"{error.message} {error.next_step}".strip()
    days = [(code, WEEKDAYS[place]) for place, code in enumerate(DAYS)]
    return {"asked": asked, "under": found, "why_not": why_not, "days": days, "slowest": SLOWEST, "fastest": FASTEST}
