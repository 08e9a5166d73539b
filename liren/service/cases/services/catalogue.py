"""The dispatch catalogue: rules are added and ended by a day, never rewritten; a ruling may add one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict, LirenError
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Unit
from liren.service.cases.models import Case, DispatchRule, Dispute
from liren.service.cases.models.declared import DeclaredType, type_of
from liren.service.cases.queries.dispatch import responsible
from liren.service.cases.services.sentences import sentences

KEEP = "cases.catalogue"
LONGEST = 300


class NoRule(LirenError):
    """There is no such rule (404)."""

    status = 404


@transaction.atomic
def add_rule(
    type: str,
    *,
    category: str = "",
    unit_id: int,
    body_id: int,
    ground: str,
    since: date,
    until: date | None = None,
    by: Actor,
    at: datetime,
) -> DispatchRule:
    """From a day on, a body is responsible for a type and category in a unit and below it.

    A rule without an end that says so until then ends on that day.

    Args:
        category: "" for all categories that have no rule of their own.
        ground: the provision, list or decision that makes it so.
        until: the first day without the rule.

    Raises:
        NoType, NotAllowed, BadReport. BadInput: no such unit, body or category; a body that doesn't act there.
        Conflict: a rule of the same kind begins on that day or later.
    """
    (ground,) = sentences(ground=(ground, LONGEST))
    unit = Unit.objects.filter(pk=unit_id).first() if 0 < unit_id < 2**63 else None
    if unit is None:
        raise BadInput(_("There is no such unit."))
    require(by, KEEP, unit)
    kind = type_of(type)
    fits(kind, category, unit, body_id, since, until)
    return _written(kind, category, unit, body_id, ground, DateRange(since, until), by=by, at=at)


@transaction.atomic
def end_rule(rule_id: int, *, on: date, by: Actor, at: datetime) -> DispatchRule:
    """End a rule: ``on`` is the first day without it.

    Raises:
        NoRule, NotAllowed. BadInput: the day lies before the rule begins. Conflict: it ends earlier already.
    """
    found = DispatchRule.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=rule_id).first()
    if found is None:
        raise NoRule(_("There is no such rule."), next_step=_("Choose it from the catalogue."))
    require(by, KEEP, found.unit)
    if on <= found.during.lower:
        raise BadInput(_("A rule ends after the day on which it begins."))
    if found.during.upper is not None and found.during.upper <= on:
        raise Conflict(_("This rule ends on that day or earlier."))
    _ended(found, on, by=by, at=at)
    return found


def fits(kind: DeclaredType, category: str, unit: Unit, body_id: int, since: date, until: date | None = None) -> None:
    """Whether a rule can say this; BadInput with what is wrong."""
    if category and kind.spec.category(category) is None:
        raise BadInput(_("This type has no category “%(code)s”.") % {"code": category[:40]})
    if until is not None and until <= since:
        raise BadInput(_("A rule ends after the day on which it begins."))
    body = Body.objects.filter(pk=body_id).select_related("unit").first() if 0 < body_id < 2**63 else None
    if body is None or since not in body.during:
        raise BadInput(_("There is no such body on that day."))
    if body.unit_id not in unit.path_ids:
        raise BadInput(_("%(body)s does not act in %(unit)s.") % {"body": body.name, "unit": unit.name})


def precedent(dispute: Dispute, case: Case, *, by: Actor, at: datetime) -> DispatchRule:
    """What was ruled becomes the rule for like cases, from today: in the unit whose rule was disputed, if the body that
    was named acts there, else in the case's own unit.

    Raises:
        NotAllowed: no power over the catalogue there. BadInput, Conflict: as for ``add_rule``.
    """
    today = timezone.localdate(at)
    kind = type_of(case.type.code)
    disputed = responsible(kind, case.category, case.unit, today).rule
    body = Body.objects.get(pk=dispute.ruled_body_id or 0)
    unit, category = case.unit, case.category
    if disputed is not None and disputed.body_id == dispute.body_id:
        wider = Unit.objects.get(pk=disputed.unit_id)
        unit = wider if body.unit_id in wider.path_ids else unit
        category = disputed.category or category
    require(by, KEEP, unit)
    fits(kind, category, unit, body.pk, today)
    same = _in_force(kind, category, unit, today)
    if same is not None and same.body_id == body.pk:
        return same
    since = today if same is None else max(today, same.during.lower + timedelta(1))
    during = DateRange(since, None)
    return _written(kind, category, unit, body.pk, dispute.ground, during, ruling=dispute, by=by, at=at)


def _in_force(kind: DeclaredType, category: str, unit: Unit, on: date) -> DispatchRule | None:
    rows = DispatchRule.objects.select_for_update(of=("self",))
    return rows.filter(type_id=kind.pk, category=category, unit=unit, during__contains=on).first()


def _written(
    kind: DeclaredType,
    category: str,
    unit: Unit,
    body_id: int,
    ground: str,
    during: DateRange,
    *,
    ruling: Dispute | None = None,
    by: Actor,
    at: datetime,
) -> DispatchRule:
    """One row; a rule that would go on without an end ends where this one begins."""
    before = _in_force(kind, category, unit, during.lower)
    if before is not None and before.during.upper is None and before.during.lower < during.lower:
        _ended(before, during.lower, by=by, at=at)
    same = DispatchRule.objects.filter(type_id=kind.pk, category=category, unit=unit)
    if same.filter(during__overlap=during).exists():
        raise Conflict(
            _("Another rule for the same category and unit holds at that time."),
            next_step=_("End that rule first, or let this one begin on a later day."),
        )
    made = DispatchRule.objects.create(
        type_id=kind.pk,
        category=category,
        unit=unit,
        body_id=body_id,
        during=during,
        ground=ground,
        ruling=ruling,
        recorded_by=by.label,
        recorded_at=at,
    )
    facts = {"type": kind.code, "category": category, "body": body_id, "since": during.lower, "until": during.upper}
    audit.record("cases.rule_added", made, by=by, at=at, unit_id=unit.pk, **facts)
    return made


def _ended(rule: DispatchRule, on: date, *, by: Actor, at: datetime) -> None:
    rule.during = DateRange(rule.during.lower, on)
    rule.save(update_fields=["during"])
    audit.record("cases.rule_ended", rule, by=by, at=at, unit_id=rule.unit_id, on=on)
