"""Public warnings as they were issued: for the feed that broadcasters and other systems read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from liren.service.cases.engine.numbers import understood
from liren.service.cases.models import Case, CaseQuerySet
from liren.service.cases.queries.details import NoCase
from liren.service.cases.queries.issued import Issued, public_cases, told

TYPE, IN_FORCE, MOST = "warning", "published", 200


@dataclass(frozen=True)
class Warning(Issued):
    """A warning with what was issued of it: first, each update, and at the end that it is over."""

    @property
    def is_in_force(self) -> bool:
        return self.case.state == IN_FORCE

    @property
    def ends_at(self) -> datetime | None:
        """Until when it holds: as it was said last, or when the longest validity is over, whichever comes first."""
        said, due = self._said_to_end, self.case.due_at if self.is_in_force else None
        return min((moment for moment in (said, due) if moment is not None), default=None)

    @property
    def _said_to_end(self) -> datetime | None:
        """Older forms asked for a time of day only: that is the next such time after the warning was issued; of an
        update that was issued past it, the next after the update."""
        said = self.said.get("ends_anew") or self.said.get("ends")
        if said is None:
            return None
        try:
            if said.field.kind == "moment":
                return timezone.make_aware(datetime.fromisoformat(str(said.value)))
            until = time.fromisoformat(str(said.value))
        except ValueError:
            return None
        first = _next(until, self.issued[0].at)
        return first if first > self.last.at else _next(until, self.last.at)


def _next(until: time, after: datetime) -> datetime:
    local = timezone.localtime(after)
    found = local.replace(hour=until.hour, minute=until.minute, second=0, microsecond=0)
    return found if found > local else found + timedelta(days=1)


def warnings_in_force() -> list[Warning]:
    """Those that hold now, the newest first. Three queries, whatever their number."""
    rows = _seen().filter(state=IN_FORCE).order_by("-changed_at", "-id")
    return [one for one in _told(list(rows[:MOST])) if one.issued]


def warning_by_number(number: str) -> Warning:
    """One warning that was issued, in force or over.

    Raises:
        NoCase: no such warning, or it was never issued.
    """
    found = _told(list(_seen().filter(pk=understood(number) or 0)))
    if not found or not found[0].issued:
        raise NoCase.unknown()
    return found[0]


def _seen() -> CaseQuerySet:
    return public_cases(TYPE)


def _told(cases: list[Case]) -> list[Warning]:
    return [Warning(one.case, one.spec, one.said, one.issued) for one in told(cases)]
