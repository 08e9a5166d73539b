"""How one case stands for one worker: what the page shows and what each form begins with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import NotAllowed
from liren.front.desk.cases import words
from liren.front.desk.cases.journeys import home_of_journey
from liren.front.desk.gate import actor_of
from liren.front.kit.templatetags.kit import plain_name
from liren.service.cases import queries, services
from liren.service.cases.models import Case, CaseClock
from liren.service.cases.queries import Reading, dispatch

#: Bodies offered in one list.
MOST_BODIES = 300


@dataclass
class Standing:
    """A case as it is worked on: the reading, and which words of its type are true of the worker."""

    case: Case
    actor: Any
    it: Reading

    @property
    def spec(self) -> Any:
        return self.it.spec

    @cached_property
    def roles(self) -> frozenset[str]:
        return queries.acts_as(self.case, self.actor, self.spec)

    @cached_property
    def is_called(self) -> bool:
        return queries.is_called_on(self.case, self.actor)

    @cached_property
    def moves(self) -> list[Any]:
        return queries.open_moves(self.case, self.actor)

    @cached_property
    def elsewhere(self) -> str:
        """The page on which a case of a journey is moved; "" where it has none, or the worker may not see it."""
        return home_of_journey(self.case, self.spec.journey, self.actor) if self.spec.journey else ""

    @cached_property
    def clocks(self) -> list[CaseClock]:
        return list(queries.clocks_of(self.case))

    @cached_property
    def suspensions(self) -> list[Any]:
        return list(self.case.suspensions.order_by("-id"))

    @property
    def stands_still(self) -> Any:
        """The standstill that holds now, if one does."""
        now = timezone.now()
        approved = (one for one in self.suspensions if one.state == "approved" and one.starts_at <= now)
        return next((one for one in approved if one.ends_at is None or one.ends_at > now), None)

    @cached_property
    def near(self) -> list[Body]:
        """Bodies that act where the case is, the nearest last."""
        here = Q(unit_id__in=self.case.unit.path_ids) | Q(unit__path__startswith=self.case.unit.path)
        rows = Body.objects.living_on(timezone.localdate()).filter(here).exclude(pk=self.case.about_body_id or 0)
        return list(rows.select_related("unit").order_by("unit__level", "name_zh", "pk")[:MOST_BODIES])

    @property
    def bodies(self) -> list[tuple[str, str]]:
        """The same as choices."""
        return [(str(one.pk), f"{plain_name(one)} · {plain_name(one.unit)}") for one in self.near]

    @cached_property
    def colleagues(self) -> list[tuple[str, str]]:
        """Staff who can be added to the case; as choices."""
        found = queries.colleagues(self.case, self.actor, on=timezone.localdate())
        return [(str(one.pk), f"{one.name} · {one.office}") for one in found]

    @property
    def name(self) -> str:
        return self.it.category_words or self.it.type_words


def standing_for(request: HttpRequest, number: str) -> Standing:
    """The case for whoever works on it.

    Raises:
        NoCase: not to be seen (404). NotAllowed: public, and somebody else's work (403).
    """
    words.enter(request, words.DESK)
    actor = actor_of(request)
    case = services.open_case(number, by=actor, at=timezone.now())
    it = queries.reading(case, actor)
    if it.level != "work":
        raise NotAllowed(_("Another office works on this case."), next_step=_("Its public page shows how far it is."))
    return Standing(case, actor, it)


@dataclass(frozen=True)
class ClockLine:
    """A clock in words. ``plain`` is the date before standstills and extensions, where it is another."""

    row: CaseClock
    name: str
    rule: str
    plain: Any
    late: bool


def clock_lines(standing: Standing) -> list[ClockLine]:
    named = {one.code: one.name.text(words.language()) for one in standing.spec.clocks}
    return [
        ClockLine(
            one,
            named.get(one.code, one.code),
            said_end(standing, one) or rule_words(one.amount),
            one.plain_due_at if one.plain_due_at != one.due_at else None,
            one.stopped_at is None and words.is_late(one.due_at),
        )
        for one in standing.clocks
    ]


def said_end(standing: Standing, row: Any) -> str:
    """What the clock ends with, where an answer says it before the limit does."""
    clock = next((one for one in standing.spec.clocks if one.code == row.code), None)
    if clock is None or row.no_later_than is None or row.no_later_than != row.due_at:
        return ""
    names = {one.code: one.name.text(words.language()) for one in standing.spec.fields}
    said = next((code for code in clock.ends_with if standing.case.values.get(code)), clock.ends_with[0])
    found = pgettext("clock", "as in “%(field)s”") % {"field": names[said]}
    return f"{found} + {rule_words(queries.text_of(clock.grace))}" if clock.grace else found


def rule_words(text: str) -> str:
    """An amount of time as the page says it."""
    return queries.amount_said(text, words.language())


def why_here(standing: Standing) -> tuple[dispatch.Answer, list[dispatch.Reason]]:
    """Whom the catalogue names for this case, and the units that were asked."""
    case = standing.case
    answer = dispatch.responsible_for(case, case.type, standing.spec, timezone.localdate())
    return answer, dispatch.reasons(answer)


WHY = {
    "decides": lambda: pgettext("catalogue", "this rule decides"),
    "over": lambda: _("the body exists no more"),
    "concerned": lambda: _("the complaint is about this body"),
    "farther": lambda: _("a nearer rule decides"),
    "nothing": lambda: pgettext("catalogue", "no rule"),
}
