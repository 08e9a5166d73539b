"""Who enters the desk of cases, and the words that its pages share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import NotAllowed
from liren.front.desk.gate import actor_of
from liren.front.desk.sections import CASES

#: Whoever works on cases in any way enters the queue.
DESK = CASES
#: Whoever looks over sealed cases decides on their standstills too.
SEALED = tuple(power for power in CASES if power.startswith("cases.sealed."))
TAKE, CALL_BACK = ("cases.take",), ("cases.callback",)

VIEWS = {
    "mine": gettext_lazy("Mine"),
    "unit": gettext_lazy("At my desk"),
    "due": gettext_lazy("Due"),
    "called": gettext_lazy("Called on"),
    "disputed": gettext_lazy("In dispute"),
    "hidden": pgettext_lazy("cases", "Hidden, to be looked at"),
    "answered": pgettext_lazy("cases", "Answered"),
    "all": pgettext_lazy("cases", "All open"),
    "closed": pgettext_lazy("cases", "Closed"),
}
SEVERITIES = {
    "critical": pgettext_lazy("severity", "Critical"),
    "urgent": pgettext_lazy("severity", "Urgent"),
    "normal": pgettext_lazy("severity", "Normal"),
}
#: The six mechanisms, as the document names them, but for the patrol: that looks at places.
MECHANISMS = {
    "unified_command": pgettext_lazy("mechanism", "Unified command"),
    "pooled_resources": pgettext_lazy("mechanism", "Pooled resources"),
    "patrol": pgettext_lazy("mechanism", "Patrol of places for hazards"),
    "mediation": pgettext_lazy("mechanism", "Mediation of all kinds"),
    "livelihood_service": pgettext_lazy("mechanism", "Livelihood services"),
    "coordinated_enforcement": pgettext_lazy("mechanism", "Coordinated enforcement"),
}
PHASES = {
    "open": pgettext_lazy("case", "open"),
    "answered": pgettext_lazy("case", "answered"),
    "closed": pgettext_lazy("case", "closed"),
}


def enter(request: HttpRequest, powers: tuple[str, ...]) -> Any:
    """Whoever is signed in, if they hold one of these powers anywhere."""
    actor = actor_of(request)
    if not any(actor.holds(power) for power in powers):
        raise NotAllowed(_("Your account does not hold the duty that this needs."))
    return actor


def language() -> str:
    return get_language() or "zh"


def home_of(number: str) -> str:
    """The address of a case at the desk."""
    return reverse("desk-case", args=[number])


def is_late(due_at: datetime | None) -> bool:
    return due_at is not None and due_at < timezone.now()


#: Pages beside the queue, each with the powers of which one opens it.
BESIDE = (
    ("desk-intake", gettext_lazy("Take in for somebody"), TAKE),
    ("desk-approvals", gettext_lazy("Requests to decide"), ("cases.supervise", *SEALED)),
    ("desk-disputes", gettext_lazy("Disputes to rule on"), ("cases.arbitrate",)),
    ("desk-escalations", gettext_lazy("Came up to me"), ("cases.supervise",)),
)


def also(actor: Any) -> list[tuple[str, Any]]:
    """Addresses and words of the pages beside the queue that this actor can enter."""
    return [(reverse(name), title) for name, title, powers in BESIDE if any(actor.holds(one) for one in powers)]
