"""What waits for one actor besides the queue: requests to decide, disputes to rule on, whom to ask."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.territory.models import Unit
from liren.service.cases.engine.amounts import amount_words, read_amount
from liren.service.cases.models import (
    Case,
    CaseClock,
    CaseEvent,
    CaseQuerySet,
    DispatchRule,
    Dispute,
    Extension,
    SavedView,
    Suspension,
    asked_back,
    bodies_of,
    handling_moves,
    lying_in,
    posts_of,
)
from liren.service.cases.models.reach import sealed_for


def _over(actor: Any, power: str, *, sealed: bool = False) -> CaseQuerySet:
    """Cases of the actor's work over which the power is held; sealed ones only for whoever opens these."""
    where = lying_in(actor, paths_of(actor, power))
    found: CaseQuerySet = Case.objects.worked_by(actor).filter(where | sealed_for(actor) if sealed else where)
    return found


def suspensions_to_decide(actor: Any) -> QuerySet[Suspension]:
    """Standstills that others asked for and this actor may decide, with their cases."""
    rows = Suspension.objects.filter(state="asked", case__in=_over(actor, "cases.supervise", sealed=True))
    rows = rows.filter(case__phase="open").exclude(asked_by=actor.label)
    return rows.select_related("case__unit", "case__body")


def extensions_to_decide(actor: Any) -> QuerySet[Extension]:
    """The same for more time."""
    rows = Extension.objects.filter(state="asked", clock__case__in=_over(actor, "cases.supervise", sealed=True))
    rows = rows.filter(clock__stopped_at=None, clock__case__phase="open").exclude(asked_by=actor.label)
    return rows.select_related("clock__case__unit", "clock__case__body")


def disputes_to_rule(actor: Any) -> QuerySet[Dispute]:
    """Open disputes over which the actor arbitrates, but those that the actor is a part of."""
    posts = posts_of(actor)
    rows = Dispute.objects.filter(state="open", case__in=_over(actor, "cases.arbitrate")).exclude(opened_by=actor.label)
    rows = rows.exclude(Q(body_id__in=posts) | Q(proposed_id__isnull=False, proposed_id__in=posts))
    return rows.select_related("case__unit", "body", "proposed")


def to_call_back(actor: Any) -> CaseQuerySet:
    """Answered cases whose reporter this actor may ask whether it is solved: somebody who did not handle them."""
    handled = CaseEvent.objects.filter(case=OuterRef("pk"), actor=actor.label, move__in=handling_moves())
    rows = Case.objects.visible_to(actor).filter(phase="answered")
    rows = rows.filter(lying_in(actor, paths_of(actor, "cases.callback")))
    rows = rows.filter(type_id__in=asked_back()).exclude(confidentiality="sealed").exclude(handler_id=actor.pk or 0)
    posts = posts_of(actor)
    if posts:
        rows = rows.exclude(body_id__isnull=False, body_id__in=posts)
    found: CaseQuerySet = rows.filter(~Exists(handled)).select_related("unit", "body")
    return found


def saved_views(actor: Any) -> QuerySet[SavedView]:
    """The actor's own views of the queue."""
    return SavedView.objects.filter(account_id=actor.pk or 0).order_by("name")


def clocks_of(case: Case) -> QuerySet[CaseClock]:
    """All clocks of a case with what was asked for, the running ones first."""
    return case.clocks.prefetch_related("extensions").order_by("-stopped_at", "id")


def amount_said(text: str, language: str) -> str:
    """An amount of time as it is stored, in the reader's words; as it stands where it is several in one."""
    try:
        return amount_words(read_amount(text), language)
    except ValueError:
        return text


def own_bodies(actor: Any) -> list[int]:
    """Bodies that the actor acts for."""
    return bodies_of(actor)


def end_of_day(day: date) -> datetime:
    """The moment at which a day is over, in the time of the city."""
    return timezone.make_aware(datetime.combine(day + timedelta(1), time.min))


def rules_kept(
    actor: Any, *, unit: Unit | None = None, type: int | None = None, on: date | None = None
) -> QuerySet[DispatchRule]:
    """Rules of the catalogue where the actor keeps it; those in force on a day, where one is named."""
    rows = DispatchRule.objects.filter(inside(paths_of(actor, "cases.catalogue")))
    rows = rows.filter(unit__path__startswith=unit.path) if unit else rows
    rows = rows.filter(type_id=type) if type else rows
    rows = rows.filter(during__contains=on) if on else rows
    return rows.select_related("unit", "body")
