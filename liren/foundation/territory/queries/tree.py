"""The tree on any day: children, chain, everything below, what existed (R023).

Without a day the answer is today's face (``Unit``); with one it is the dated truth (``UnitSpan``). Both bear the same
columns, ``unit_id`` and ``name``, so that a page can show either.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from liren.foundation.kernel.handwritten import columns, rows
from liren.foundation.territory.models import Level, Unit, UnitSpan

MOST = 1000
Keyset = tuple[int, str, int]  # level, pinyin (children: code), id of the last row that was shown

BELOW = """
WITH RECURSIVE tree AS (
    SELECT unit_id, level FROM territory_unitspan WHERE unit_id = ANY(%(roots)s) AND during @> %(day)s::date
    UNION ALL
    SELECT s.unit_id, s.level FROM territory_unitspan s JOIN tree t ON s.parent_id = t.unit_id
    WHERE s.during @> %(day)s::date
)
"""
IDS = "SELECT unit_id FROM tree WHERE %(level)s::int IS NULL OR level = %(level)s"
BY_LEVEL = "SELECT level, count(*) FROM tree WHERE unit_id <> ALL(%(roots)s) GROUP BY level ORDER BY level"


def units_on(day: date) -> QuerySet[UnitSpan]:
    """Every unit that existed on the day, as it was then."""
    return UnitSpan.objects.filter(during__contains=day).select_related("unit")


def span_on(unit: Unit, day: date) -> UnitSpan | None:
    """The unit as it was on the day; None outside its life."""
    return units_on(day).filter(unit=unit).first()


def children(
    unit: Unit, on: date | None = None, *, after: Keyset | None = None, limit: int = MOST
) -> list[Unit] | list[UnitSpan]:
    """What hangs directly from the unit, by level and code; at most ``limit`` (1,000) rows behind ``after``."""
    rows: QuerySet = Unit.objects.existing_on(timezone.localdate()) if on is None else units_on(on)
    if after is not None:
        level, code, _pk = after
        rows = rows.filter(Q(level__gt=level) | Q(level=level, code__gt=code))
    return list(rows.filter(parent=unit).order_by("level", "code")[: min(limit, MOST)])


def _page(rows: QuerySet, after: Keyset | None) -> QuerySet:
    if after is None:
        return rows
    level, pinyin, pk = after
    same_level, same_pinyin = Q(level=level), Q(pinyin=pinyin)
    behind = same_level & Q(pinyin__gt=pinyin) | same_level & same_pinyin & Q(pk__gt=pk)
    return rows.filter(Q(level__gt=level) | behind)


def child_key(row: Unit | UnitSpan) -> Keyset:
    """Where the next page of ``children`` starts."""
    return row.level, row.code, row.unit_id


def key_of(row: Unit) -> Keyset:
    """Where the next page of ``unit_page`` starts."""
    return row.level, row.pinyin, row.pk


def unit_page(
    level: int | None = None, *, root: Unit | None = None, after: Keyset | None = None, limit: int = 50
) -> list[Unit]:
    """Units of today, of one level or all, in the whole tree or below a root; page by page."""
    rows = Unit.objects.existing_on(timezone.localdate())
    if level is not None:
        rows = rows.filter(level=level)
    if root is not None:
        rows = rows.inside(root).exclude(pk=root.pk)
    return list(_page(rows, after).order_by("level", "pinyin", "id")[: min(limit, MOST)])


def chain(unit: Unit, on: date | None = None) -> list[Unit] | list[UnitSpan]:
    """From the root down to the unit itself; empty on a day on which the unit did not exist."""
    if on is None:
        return list(Unit.objects.filter(pk__in=unit.path_ids).order_by("level"))
    return chains([unit.pk], on).get(unit.pk, [])


CHAINS = """
WITH RECURSIVE up AS (
    SELECT unit_id AS bottom, id, parent_id FROM territory_unitspan
    WHERE unit_id = ANY(%(ids)s) AND during @> %(day)s::date
    UNION ALL
    SELECT up.bottom, s.id, s.parent_id FROM territory_unitspan s JOIN up ON s.unit_id = up.parent_id
    WHERE s.during @> %(day)s::date
)
SELECT bottom, id FROM up
"""


def chains(unit_ids: Iterable[int], day: date) -> dict[int, list[UnitSpan]]:
    """The chains of many units on a day, in two queries whatever their number."""
    with connection.cursor() as cursor:
        cursor.execute(CHAINS, {"ids": list(unit_ids), "day": day})
        pairs = cursor.fetchall()
    spans = UnitSpan.objects.select_related("unit").in_bulk({span_id for _, span_id in pairs})
    found: dict[int, list[UnitSpan]] = {}
    for bottom, span_id in pairs:
        found.setdefault(bottom, []).append(spans[span_id])
    return {bottom: sorted(above, key=lambda span: span.level) for bottom, above in found.items()}


def ids_below(roots: Iterable[int], day: date, level: int | None = None) -> list[int]:
    """Ids of everything that hung from the roots on the day (roots included), of one level or of all."""
    sql = BELOW + IDS
    with connection.cursor() as cursor:
        cursor.execute(sql, {"roots": list(roots), "day": day, "level": level})
        return [row[0] for row in cursor.fetchall()]


def counts_below(unit: Unit, day: date) -> dict[Level, int]:
    """How many units of each level hung from the unit on the day; the unit itself is not counted."""
    with connection.cursor() as cursor:
        cursor.execute(BELOW + BY_LEVEL, {"roots": [unit.pk], "day": day})
        return {Level(level): count for level, count in cursor.fetchall()}


def unit_of_today(code: str) -> Unit | None:
    """The unit that bears this code and has not ended; None for any other text. One statement."""
    found = rows(_asked(), [code], Unit)
    return found[0][0] if found else None


@cache
def _asked() -> str:
    return f"SELECT {columns(Unit, 'u')} FROM {Unit._meta.db_table} u WHERE u.code = %s AND u.closed_on IS NULL"  # noqa: S608  names of our own tables and columns
