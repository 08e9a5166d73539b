"""Mergers and splits, with lineage: who came from whom, in which shares (R024)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Descent, Op, Unit, UnitChange, UnitSpan
from liren.foundation.territory.queries.counts import households_on
from liren.foundation.territory.services import carrying, spans
from liren.foundation.territory.services.changes import followed
from liren.foundation.territory.services.checks import check_code_is_free, check_parent, checked_face
from liren.foundation.territory.services.orders import Order
from liren.foundation.territory.services.outlines import redraw

MOST_UNITS = 100
GRAIN = Decimal("0.000000001")


@dataclass(frozen=True)
class NewUnit:
    """A unit that a merger or a split founds. Its level is that of its sources; so is its parent, if none is named."""

    code: str
    kind: str
    name_zh: str
    name_en: str = ""
    character: str = ""
    parent_id: int | None = None


@dataclass(frozen=True)
class Part:
    """What a split gives to one unit: an old one by id, a new one, or (``into`` = the unit itself) what stays.

    ``share`` of the people, in all parts or in none; without shares the households of the children decide.
    """

    into: int | NewUnit
    share: Decimal | None = None
    children: Sequence[int] = field(default=())


@transaction.atomic
def merge_units(
    source_ids: Sequence[int],
    *,
    into: int | NewUnit,
    effective_on: date,
    instrument: str,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> Unit:
    """Merge units of one level into an old unit (which may be among them) or a new one.

    Everything below the sources hangs from the target afterwards; streets, buildings, organisations and zones go with
    it; lineage says that all people of each source went there, so that series stay exact.
    """
    order = Order(effective_on, instrument, reason, by, at).checked()
    ids = sorted(set(source_ids) - ({into} if isinstance(into, int) else set()))
    if len(ids) < (1 if isinstance(into, int) else 2) or len(ids) > MOST_UNITS:
        raise BadInput(_("Name the units to be merged: two or more, at most a hundred."))
    units = spans.lock([*ids, *_named(into)], effective_on, below=True)
    sources = [_standing(units[pk], order) for pk in ids]
    target = _target(into, sources, units, order)
    change = order.decide(Op.MERGE, target, sources=ids, target=target.pk)
    if isinstance(into, NewUnit):
        spans.found(target, change)
    children = spans.child_spans(ids, effective_on)
    spans.reparent(children, effective_on, target, change)
    redraw(target, [*ids, target.pk] if isinstance(into, int) else ids, order)
    for pk in ids:
        spans.close(units[pk], effective_on, change)
    Descent.objects.bulk_create(Descent(change=change, source_id=pk, target=target) for pk in ids)
    carrying.carry_over(ids, target, effective_on)
    return followed([*ids, target.pk, *{span.unit_id for span in children}], target.pk, order)


def _named(into: int | NewUnit) -> list[int]:
    if isinstance(into, int):
        return [into]
    return [] if into.parent_id is None else [into.parent_id]


def _standing(unit: Unit, order: Order) -> UnitSpan:
    """The source as it stands on the day, after asking whether the actor may change it."""
    require(order.by, "territory.change", unit)
    return spans.span_on(unit, order.effective_on)


def _target(into: int | NewUnit, sources: list[UnitSpan], units: dict[int, Unit], order: Order) -> Unit:
    level = sources[0].level
    if any(span.level != level for span in sources):
        raise BadInput(_("Only units of one level can be merged with each other."))
    if isinstance(into, int):
        target = units[into]
        _standing(target, order)
        if target.level != level:
            raise BadInput(_("Only units of one level can be merged with each other."))
        return target
    return _draft(into, sources[0], units, order)


def _draft(new: NewUnit, model: UnitSpan, units: dict[int, Unit], order: Order) -> Unit:
    """The new unit of a merger or a split, not yet written."""
    names = {"name_zh": new.name_zh, "name_en": new.name_en}
    face = checked_face(model.level, code=new.code, kind=new.kind, character=new.character, **names)
    parent_id = model.parent_id if new.parent_id is None else new.parent_id
    if parent_id is None:
        raise BadInput(_("A root can't be merged or split."))
    parent = units[parent_id]
    require(order.by, "territory.change", Unit(parent=parent))
    check_parent(model.level, parent)
    spans.span_on(parent, order.effective_on)
    check_code_is_free(new.code, order.effective_on)
    return spans.draft(level=model.level, parent=parent, day=order.effective_on, face=face)


@transaction.atomic
def split_unit(
    unit_id: int,
    *,
    parts: Sequence[Part],
    effective_on: date,
    instrument: str,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> list[Unit]:
    """Divide a unit; returns the units of the parts, in order.

    Every unit below it is given to exactly one part. If a part is the unit itself, that part lives on under its name;
    otherwise the unit ends, and what it had of streets, buildings and zones goes to the part with the largest share.
    """
    order = Order(effective_on, instrument, reason, by, at).checked()
    if not 2 <= len(parts) <= MOST_UNITS:
        raise BadInput(_("A split needs at least two parts, and at most a hundred."))
    named = [pk for part in parts for pk in _named(part.into)]
    units = spans.lock([unit_id, *named], effective_on, below=True)
    source = _standing(units[unit_id], order)
    children = spans.child_spans([unit_id], effective_on)
    _check_assigned(parts, children)
    shares = _shares(parts, children, effective_on)
    targets = [_part_target(part, source, units, order) for part in parts]
    if len({target.pk for target in targets}) < len(targets):
        raise BadInput(_("Each part of a split must go to a unit of its own."))
    change = order.decide(
        Op.SPLIT, units[unit_id], parts=[target.pk for target in targets], shares=[str(s) for s in shares]
    )
    _divide(units[unit_id], parts, targets, children, change)
    _redraw_parts(units[unit_id], parts, targets, order)
    Descent.objects.bulk_create(
        Descent(change=change, source_id=unit_id, target=target, share=share)
        for target, share in zip(targets, shares, strict=True)
    )
    if unit_id not in {target.pk for target in targets}:
        spans.close(units[unit_id], effective_on, change)
        carrying.carry_over(
            [unit_id], max(zip(shares, targets, strict=True), key=lambda pair: pair[0])[1], effective_on
        )
    touched = [unit_id, *(target.pk for target in targets), *{span.unit_id for span in children}]
    followed(touched, unit_id, order)
    fresh = Unit.objects.select_related("parent").in_bulk([target.pk for target in targets])
    return [fresh[target.pk] for target in targets]


def _check_assigned(parts: Sequence[Part], children: Sequence[UnitSpan]) -> None:
    given = [pk for part in parts for pk in part.children]
    if sorted(given) != sorted({span.unit_id for span in children}):
        raise Conflict(
            _("Every unit below must be given to exactly one part."),
            next_step=_("Open the page again: it lists the units below, one choice for each."),
        )


def _part_target(part: Part, source: UnitSpan, units: dict[int, Unit], order: Order) -> Unit:
    if isinstance(part.into, NewUnit):
        return _draft(part.into, source, units, order)
    target = units[part.into]
    _standing(target, order)
    if target.level != source.level:
        raise BadInput(_("A part can only go to a unit of the same level."))
    return target


def _divide(
    source: Unit, parts: Sequence[Part], targets: Sequence[Unit], children: Sequence[UnitSpan], change: UnitChange
) -> None:
    for part, target in zip(parts, targets, strict=True):
        if isinstance(part.into, NewUnit):
            spans.found(target, change)
        if target.pk != source.pk:
            going = [span for span in children if span.unit_id in part.children]
            spans.reparent(going, change.effective_on, target, change)


def _redraw_parts(source: Unit, parts: Sequence[Part], targets: Sequence[Unit], order: Order) -> None:
    """Each part is bounded by its children; an old unit that takes a part keeps what it had besides."""
    old = [target.pk for part, target in zip(parts, targets, strict=True) if isinstance(part.into, int)]
    for part, target in zip(parts, targets, strict=True):
        keeps = [target.pk] if target.pk in old and target.pk != source.pk else []
        redraw(target, [*part.children, *keeps], order)


def _shares(parts: Sequence[Part], children: Sequence[UnitSpan], day: date) -> list[Decimal]:
    """Shares as stated, or by the households of the children; their sum is 1 to the last digit."""
    stated = [part.share for part in parts if part.share is not None]
    if len(stated) == len(parts):
        shares = [share.quantize(GRAIN) for share in stated]
        if any(not 0 < share <= 1 for share in shares) or sum(shares) != 1:
            raise BadInput(_("The shares of the parts must be greater than 0 and add up to 1."))
        return shares
    if stated:
        raise BadInput(_("Give a share for every part, or for none."))
    return _by_households(parts, children, day)


def _by_households(parts: Sequence[Part], children: Sequence[UnitSpan], day: date) -> list[Decimal]:
    counts = households_on([span.unit_id for span in children], day)
    sums = [sum(counts.get(pk, 0) for pk in part.children) for part in parts]
    missing = {span.unit_id for span in children} - counts.keys()
    if missing or not all(sums):
        raise BadInput(
            _("The households of the units below are not all known, so the shares can't be worked out."),
            next_step=_("State the share of each part, or record the households first."),
        )
    shares = [(Decimal(count) / sum(sums)).quantize(GRAIN) for count in sums]
    shares[0] += 1 - sum(shares)
    return shares
