"""What a program asks for, read from the query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, LirenError
from liren.foundation.territory.models import Unit
from liren.service.cases.queries.feeds import MOST, Wanted

LONGEST = timedelta(days=90)
PHASES = {"open": ("open", "answered"), "closed": ("closed",)}
CODE = re.compile(r"[0-9]{12}")
MOST_NAMED, DEEPEST = 500, 100_000


class NoJurisdiction(LirenError):
    """No unit of today has the code that was sent as jurisdiction_id (404)."""

    status = 404


def jurisdiction(query: Mapping[str, str]) -> Unit | None:
    """The unit that ``jurisdiction_id`` names by its code; None where it isn't sent, which means all of this city."""
    code = query.get("jurisdiction_id", "").strip()
    if not code:
        return None
    unit = Unit.objects.filter(code=code, closed_on=None).first() if CODE.fullmatch(code) else None
    if unit is None:
        raise NoJurisdiction(
            _("There is no jurisdiction of this code."),
            next_step=_("Leave jurisdiction_id out, or send a unit's code."),
        )
    return unit


def wanted(query: Mapping[str, str], at: datetime) -> Wanted:
    """Cases by number, or of a span of at most 90 days, which are the last ones unless something else is asked for.

    Raises:
        BadInput: a value that can't be meant.
    """
    unit, limit = jurisdiction(query), _whole(query, "page_size", MOST, MOST)
    numbers = _words(query, "service_request_id")
    if numbers:
        return Wanted(numbers=numbers, unit=unit)
    since, until = _span(query, "start_date", "end_date")
    changed = _span(query, "updated_after", "updated_before")
    if since is None and until is None and changed == (None, None):
        since = at - LONGEST
    phases = [phase for status in _words(query, "status") for phase in _phases(status)]
    skip = (_whole(query, "page", 1, DEEPEST) - 1) * limit
    services = _words(query, "service_code")
    return Wanted(numbers, services, tuple(phases), since, until, *changed, unit, min(skip, DEEPEST), limit)


def _words(query: Mapping[str, str], name: str) -> tuple[str, ...]:
    words = [one.strip() for one in query.get(name, "").split(",")]
    if len(words) > MOST_NAMED:
        raise BadInput(_("Ask for at most %(most)s at once.") % {"most": MOST_NAMED})
    return tuple(one[:100] for one in words if one)


def _phases(status: str) -> tuple[str, ...]:
    if status not in PHASES:
        raise BadInput(_("status is open or closed."))
    return PHASES[status]


def _whole(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 0 < int(text) <= most):
        raise BadInput(_("%(name)s is a number from 1 to %(most)s.") % {"name": name, "most": most})
    return int(text)


def _span(query: Mapping[str, str], first: str, last: str) -> tuple[datetime | None, datetime | None]:
    """From one moment to another, 90 days apart at the most; the missing end of a span is 90 days from the other."""
    since, until = _moment(query, first), _moment(query, last)
    if since is not None and until is not None and until - since > LONGEST:
        raise BadInput(_("A span is at most 90 days long."))
    if since is not None and until is None:
        until = min(since, LATEST) + LONGEST
    if until is not None and since is None:
        since = max(until, EARLIEST) - LONGEST
    return since, until


EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    """A moment as W3C writes it; without a zone it is meant here."""
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        # The plus of a zone becomes a blank where it was not written as %2B.
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        moment = found if found.tzinfo else timezone.make_aware(found)
        if EARLIEST <= moment <= LATEST:
            return moment
    except (ValueError, OverflowError):
        pass
    raise BadInput(_("%(name)s is written as 2024-03-01T08:00:00+08:00.") % {"name": name})


def fields(request: Any) -> dict[str, str]:
    """What was sent, by name, the last of each name; query and form together, the form first."""
    return {**request.GET.dict(), **request.POST.dict()}
