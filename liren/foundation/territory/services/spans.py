"""How the dated truth is rewritten: lock, cut, change, close; then today's face follows.

Locks are always taken from the top of the tree downwards (level, then id), on the units named, their parents, and
where paths change on everything below: so operations wait for each other and never block each other for good.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.territory.engine import names
from liren.foundation.territory.models import Unit, UnitChange, UnitSpan
from liren.foundation.territory.models.words import search_text

FACE = ("code", "kind", "character", "name_zh", "name_en", "parent_id", "parent_level")


def lock(unit_ids: Iterable[int], day: date, *, below: bool = False) -> dict[int, Unit]:
    """Lock the units, whoever is their parent from ``day`` on, and with ``below`` all that hangs from the units."""
    wanted = set(unit_ids)
    above = _parents(wanted, day)
    condition = Q(pk__in=wanted | above)
    if below:
        for path in Unit.objects.filter(pk__in=wanted).values_list("path", flat=True):
            condition |= Q(path__startswith=path)
    units = {u.pk: u for u in Unit.objects.select_for_update(no_key=True).filter(condition).order_by("level", "pk")}
    if wanted - units.keys():
        raise BadInput(_("One of the units named does not exist."))
    if _parents(wanted, day) - units.keys():
        raise Conflict(_("Somebody else has just moved one of these units."))
    for pk in wanted:  # the parents are locked rows too: let the rules look at them without another query
        parent_id = units[pk].parent_id
        if parent_id in units:
            units[pk].parent = units[parent_id]
    return units


def _parents(unit_ids: set[int], day: date) -> set[int]:
    spans = UnitSpan.objects.filter(_reaching(day), unit_id__in=unit_ids, parent__isnull=False)
    today = Unit.objects.filter(pk__in=unit_ids, parent__isnull=False).values_list("parent_id", flat=True)
    return {pk for pk in (*spans.values_list("parent_id", flat=True), *today) if pk}


def span_on(unit: Unit, day: date) -> UnitSpan:
    """What the unit is on the day; a Conflict says that it does not exist then."""
    span = UnitSpan.objects.filter(unit=unit, during__contains=day).first()
    if span is None:
        raise Conflict(
            _("%(name)s does not exist on %(day)s.") % {"name": unit.name_zh, "day": day.isoformat()},
            next_step=_("Look at the unit's history and choose a day within its life."),
        )
    return span


def from_day(unit_id: int, day: date) -> list[UnitSpan]:
    """The unit's spans that reach the day or lie after it, in order."""
    return list(UnitSpan.objects.filter(_reaching(day), unit_id=unit_id).order_by("during"))


def _reaching(day: date) -> Q:
    return Q(during__endswith__gt=day) | Q(during__upper_inf=True)


def cut(spans: Sequence[UnitSpan], day: date, change: UnitChange) -> list[UnitSpan]:
    """Cut those spans in two that began before the day; returns the pieces that lie on or after it, saved."""
    crossing = [span for span in spans if span.during.lower < day]
    pieces = [_piece(span, day, change) for span in crossing]
    for span in crossing:
        span.during, span.closed_by = DateRange(span.during.lower, day), change
    UnitSpan.objects.bulk_update(crossing, ["during", "closed_by"])  # before the pieces: they may not overlap
    UnitSpan.objects.bulk_create(pieces)
    later = [span for span in spans if span.during.lower >= day and span not in crossing]
    return sorted([*pieces, *later], key=lambda span: (span.unit_id, span.during.lower))


def _piece(span: UnitSpan, day: date, change: UnitChange) -> UnitSpan:
    facts = {field: getattr(span, field) for field in (*FACE, "level", "unit_id", "search_text", "closed_by_id")}
    return UnitSpan(during=DateRange(day, span.during.upper), opened_by=change, **facts)


def rewrite(unit_id: int, day: date, change: UnitChange, fields: dict[str, Any], *, parent: Unit | None = None) -> None:
    """Let the fields hold from the day on, each until a later change had already decided otherwise.

    With ``parent`` the fields hang the unit from it; its level goes with it and never alone.
    """
    spans = cut(from_day(unit_id, day), day, change)
    before = {field: getattr(spans[0], field) for field in fields}
    live = set(fields)
    for span in spans:
        live = {field for field in live if getattr(span, field) == before[field]}
        for field in live:
            setattr(span, field, fields[field])
        if parent is not None and "parent_id" in live:
            span.parent_level = parent.level
        span.search_text = search_text(span.name_zh, span.name_en)
    if parent is not None:
        check_outlives(parent, [span for span in spans if span.parent_id == parent.pk])
    UnitSpan.objects.bulk_update(spans, [*fields, "parent_level", "search_text"])


def check_outlives(parent: Unit, spans: Iterable[UnitSpan]) -> None:
    """What hangs from a unit may not last longer than the unit, whose end may be recorded already."""
    for span in spans:
        upper = span.during.upper
        if parent.closed_on is not None and (upper is None or upper > parent.closed_on):
            raise Conflict(
                _("%(name)s ends on %(day)s already.") % {"name": parent.name_zh, "day": parent.closed_on.isoformat()},
                next_step=_("Choose another unit, or correct its end first."),
            )


def reparent(spans: Sequence[UnitSpan], day: date, parent: Unit, change: UnitChange) -> None:
    """Hang the spans below another parent from the day on."""
    check_outlives(parent, spans)
    pieces = cut(spans, day, change)
    for span in pieces:
        span.parent_id, span.parent_level = parent.pk, parent.level
    UnitSpan.objects.bulk_update(pieces, ["parent_id", "parent_level"])


def child_spans(parent_ids: Iterable[int], day: date) -> list[UnitSpan]:
    """Spans, from the day on, of whatever hangs from the parents then or later."""
    return list(UnitSpan.objects.filter(_reaching(day), parent_id__in=list(parent_ids)).select_related("unit"))


def close(unit: Unit, day: date, change: UnitChange) -> None:
    """End the unit's life; what was already recorded for later days stands in the way."""
    spans = from_day(unit.pk, day)
    if unit.opened_on >= day:
        raise Conflict(_("%(name)s would end before it began.") % {"name": unit.name_zh})
    if any(span.during.lower > day for span in spans):
        raise Conflict(
            _("A later change of %(name)s is recorded already.") % {"name": unit.name_zh},
            next_step=_("Correct the later change first, or choose a day after it."),
        )
    for span in cut(spans, day, change):
        span.delete()
    UnitSpan.objects.filter(unit=unit, during__endswith=day).update(closed_by=change)
    unit.closed_on = day
    unit.save(update_fields=["closed_on"])


def draft(*, level: int, parent: Unit | None, day: date, face: dict[str, str]) -> Unit:
    """A unit with its id and path, not yet written: the change that founds it is recorded first and names it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('territory_unit', 'id'))")
        pk = int(cursor.fetchone()[0])
    return Unit(
        pk=pk,
        level=level,
        parent=parent,
        parent_level=parent.level if parent else None,
        path=f"{parent.path if parent else '/'}{pk}/",
        pinyin=names.pinyin_key(face["name_zh"]),
        opened_on=day,
        **face,
    )


def found(unit: Unit, change: UnitChange) -> Unit:
    """Write a drafted unit and its first span."""
    if unit.parent is not None:
        check_outlives(unit.parent, [UnitSpan(during=DateRange(unit.opened_on))])
    unit.save(force_insert=True)
    facts = {column: getattr(unit, column) for column in (*FACE, "level")}
    words = search_text(unit.name_zh, unit.name_en)
    UnitSpan.objects.create(unit=unit, during=DateRange(unit.opened_on), opened_by=change, search_text=words, **facts)
    return unit
