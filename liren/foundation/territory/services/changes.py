"""Operations on one unit: create, rename, convert, move, abolish, dissolve a district (R023, R024).

Each takes the day on which it takes effect (past or future), the document that orders it and a reason; it locks, asks
the right, rewrites the dated truth, appends the change and the audit entry, and lets today's face follow: all or
nothing, in one transaction.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Level, Op, Unit, UnitSpan
from liren.foundation.territory.services import carrying, faces, spans
from liren.foundation.territory.services.checks import (
    check_character,
    check_code,
    check_code_is_free,
    check_kind,
    check_parent,
    checked_face,
    checked_name,
    checked_text,
)
from liren.foundation.territory.services.orders import Order


@transaction.atomic
def create_unit(
    *,
    level: int,
    code: str,
    kind: str,
    name_zh: str,
    parent_id: int | None,
    name_en: str = "",
    character: str = "",
    effective_on: date,
    instrument: str,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> Unit:
    """Found a unit below ``parent_id`` (None: a root, which only the system may found)."""
    order = Order(effective_on, instrument, reason, by, at).checked()
    face = checked_face(level, code=code, kind=kind, name_zh=name_zh, name_en=name_en, character=character)
    parent = new_parent(parent_id, level, order)
    check_code_is_free(code, effective_on)
    unit = spans.draft(level=level, parent=parent, day=effective_on, face=face)
    change = order.decide(Op.CREATE, unit, became={**face, "parent_id": parent_id})
    return spans.found(unit, change)


def new_parent(parent_id: int | None, level: int, order: Order) -> Unit | None:
    """The parent of a unit to be founded, locked; the right to found below it is asked here."""
    if parent_id is None:
        require(order.by, "territory.found")
        if level > Level.CITY:
            raise BadInput(_("Only a province or a city can stand at the root; name a parent."))
        return None
    parent = spans.lock([parent_id], order.effective_on)[parent_id]
    require(order.by, "territory.change", Unit(parent=parent))  # as if the new unit stood below it already
    check_parent(level, parent)
    spans.span_on(parent, order.effective_on)
    return parent


@transaction.atomic
def rename_unit(
    unit_id: int,
    *,
    name_zh: str,
    name_en: str | None = None,
    effective_on: date,
    instrument: str,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> Unit:
    """Give the unit another name; the former one stays findable. ``name_en=None`` keeps the English name."""
    order = Order(effective_on, instrument, reason, by, at).checked()
    fields = {"name_zh": checked_name(name_zh), "name_en": None if name_en is None else checked_text(name_en, most=200)}
    return _change(Op.RENAME, unit_id, order, fields)


@transaction.atomic
def convert_unit(
    unit_id: int,
    *,
    kind: str | None = None,
    character: str | None = None,
    code: str | None = None,
    name_zh: str | None = None,
    name_en: str | None = None,
    effective_on: date,
    instrument: str,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> Unit:
    """Change the legal form or type: town to street, village to community, county to district, urban to park.

    The same document usually gives a new code and name; what is None stays. For a district that ends while its
    streets live on under the city see ``undistrict_unit``.
    """
    order = Order(effective_on, instrument, reason, by, at).checked()
    fields = {
        "kind": kind,
        "character": character,
        "code": code,
        "name_zh": None if name_zh is None else checked_name(name_zh),
        "name_en": None if name_en is None else checked_text(name_en, most=200),
    }
    return _change(Op.CONVERT, unit_id, order, fields)


def _change(op: Op, unit_id: int, order: Order, wished: dict[str, Any]) -> Unit:
    unit = spans.lock([unit_id], order.effective_on)[unit_id]
    require(order.by, "territory.change", unit)
    span = spans.span_on(unit, order.effective_on)
    fields = {name: value for name, value in wished.items() if value is not None and value != getattr(span, name)}
    if not fields:
        raise BadInput(_("Nothing would change: %(name)s is so already.") % {"name": span.name_zh})
    _check_fields(unit, fields, order.effective_on)
    change = order.decide(op, unit, was={name: getattr(span, name) for name in fields}, became=fields)
    spans.rewrite(unit_id, order.effective_on, change, fields)
    return followed([unit_id], unit_id, order)


def _check_fields(unit: Unit, fields: dict[str, Any], day: date) -> None:
    if "kind" in fields:
        check_kind(unit.level, fields["kind"])
    if "character" in fields:
        check_character(unit.level, fields["character"])
    if "code" in fields:
        check_code(unit.level, fields["code"])
        check_code_is_free(fields["code"], day, but_for=unit.pk)


def followed(unit_ids: list[int], answer: int, order: Order) -> Unit:
    """Let today's face of the units follow, and return the one asked for as it now stands."""
    faces.follow(unit_ids, order.today)
    return Unit.objects.select_related("parent").get(pk=answer)


@transaction.atomic
def move_unit(
    unit_id: int,
    *,
    parent_id: int,
    code: str | None = None,
    effective_on: date,
    instrument: str,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> Unit:
    """Hang the unit, with everything below it, under another parent; both parents' sides must allow it."""
    order = Order(effective_on, instrument, reason, by, at).checked()
    units = spans.lock([unit_id, parent_id], effective_on, below=True)
    unit, parent = units[unit_id], units[parent_id]
    require(by, "territory.change", unit)
    require(by, "territory.change", Unit(parent=parent))
    check_parent(unit.level, parent)
    span = spans.span_on(unit, effective_on)
    spans.span_on(parent, effective_on)
    if span.parent_id == parent_id:
        raise BadInput(_("%(name)s belongs there already.") % {"name": span.name_zh})
    fields: dict[str, Any] = {"parent_id": parent_id}
    if code is not None and code != span.code:
        _check_fields(unit, {"code": code}, effective_on)
        fields["code"] = code
    was = {name: getattr(span, name) for name in fields}
    change = order.decide(Op.MOVE, unit, was=was, became=fields)
    spans.rewrite(unit_id, effective_on, change, fields, parent=parent)
    return followed([unit_id], unit_id, order)


@transaction.atomic
def abolish_unit(
    unit_id: int, *, effective_on: date, instrument: str, reason: str = "", by: Actor, at: datetime
) -> Unit:
    """End a unit that nothing hangs from any more; its records and history stay."""
    order = Order(effective_on, instrument, reason, by, at).checked()
    unit = spans.lock([unit_id], effective_on)[unit_id]
    require(by, "territory.change", unit)
    span = spans.span_on(unit, effective_on)
    if spans.child_spans([unit_id], effective_on):
        raise Conflict(
            _("%(name)s still has units below it.") % {"name": span.name_zh},
            next_step=_("Move, merge or abolish them first."),
        )
    change = order.decide(Op.ABOLISH, unit, was=_face_of(span))
    spans.close(unit, effective_on, change)
    carrying.end_records([unit_id], effective_on)
    return followed([unit_id], unit_id, order)


@transaction.atomic
def undistrict_unit(
    unit_id: int, *, effective_on: date, instrument: str, reason: str = "", by: Actor, at: datetime
) -> Unit:
    """Dissolve a unit and hang what is below it under its own parent, as Jiayuguan did with its three districts."""
    order = Order(effective_on, instrument, reason, by, at).checked()
    units = spans.lock([unit_id], effective_on, below=True)
    unit = units[unit_id]
    require(by, "territory.change", unit)
    span = spans.span_on(unit, effective_on)
    if span.parent_id is None:
        raise BadInput(_("%(name)s is a root: nothing stands above it to take its units.") % {"name": span.name_zh})
    children = spans.child_spans([unit_id], effective_on)
    change = order.decide(Op.UNDISTRICT, unit, was=_face_of(span), children=sorted({s.unit_id for s in children}))
    spans.reparent(children, effective_on, units[span.parent_id], change)
    spans.close(unit, effective_on, change)
    carrying.end_records([unit_id], effective_on)
    return followed([unit_id, *{s.unit_id for s in children}], unit_id, order)


def _face_of(span: UnitSpan) -> dict[str, Any]:
    return {name: getattr(span, name) for name in ("code", "kind", "name_zh", "parent_id")}
