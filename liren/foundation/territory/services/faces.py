"""Today's face of units follows their dated truth: after every change, and once a day for what was decided ahead."""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction

from liren.foundation.territory.engine import names
from liren.foundation.territory.models import Unit, UnitSpan

COLUMNS = ("code", "kind", "character", "name_zh", "name_en", "parent_id", "parent_level")

# The span of the day; for a unit that does not exist yet its first one, for one that no longer exists its last.
STALE = f"""
SELECT u.id, s.id FROM territory_unit u CROSS JOIN LATERAL (
    SELECT * FROM territory_unitspan s WHERE s.unit_id = u.id
    ORDER BY s.during @> %(today)s DESC, lower(s.during) <= %(today)s DESC,
             abs(lower(s.during) - %(today)s) LIMIT 1) s
WHERE (%(ids)s::bigint[] IS NULL OR u.id = ANY(%(ids)s)) AND
    ({", ".join(f"u.{c}" for c in COLUMNS)}) IS DISTINCT FROM ({", ".join(f"s.{c}" for c in COLUMNS)})
"""  # noqa: S608  (column names of ours, no input)

# Locked in the order of all operations, then written in one statement.
BELOW = """
SELECT id FROM territory_unit WHERE path LIKE ANY(
    SELECT path || '%%' FROM territory_unit WHERE id = ANY(%(ids)s)) ORDER BY level, id FOR NO KEY UPDATE
"""
PATHS = """
WITH RECURSIVE tree AS (
    SELECT u.id, coalesce(p.path, '/') || u.id || '/' AS path
    FROM territory_unit u LEFT JOIN territory_unit p ON p.id = u.parent_id WHERE u.id = ANY(%(ids)s)
    UNION ALL
    SELECT c.id, t.path || c.id || '/' FROM territory_unit c JOIN tree t ON c.parent_id = t.id
)
UPDATE territory_unit u SET path = t.path FROM tree t WHERE u.id = t.id AND u.path <> t.path
"""


def follow(unit_ids: Iterable[int] | None, today: date) -> int:
    """Bring today's face of the units (None: of all) in line with their spans; returns how many were behind."""
    ids = None if unit_ids is None else list(unit_ids)
    with connection.cursor() as cursor:
        cursor.execute(STALE, {"today": today, "ids": ids})
        behind = dict(cursor.fetchall())
    spans = UnitSpan.objects.in_bulk(list(behind.values()))
    units = list(Unit.objects.filter(pk__in=behind).order_by("level", "pk"))
    moved = [unit for unit in units if unit.parent_id != spans[behind[unit.pk]].parent_id]
    for unit in units:
        span = spans[behind[unit.pk]]
        for column in COLUMNS:
            setattr(unit, column, getattr(span, column))
        unit.pinyin = names.pinyin_key(unit.name_zh)
    Unit.objects.bulk_update(units, [*(column.removesuffix("_id") for column in COLUMNS), "pinyin"])
    _repath(moved)
    return len(units)


def _repath(moved: list[Unit]) -> None:
    """New paths for the moved units and all below them: one statement for each level that moved, from the top."""
    for level in sorted({unit.level for unit in moved}):
        with connection.cursor() as cursor:
            cursor.execute(PATHS, {"ids": [unit.pk for unit in moved if unit.level == level]})


@transaction.atomic
def refresh_today(today: date) -> int:
    """What was decided ahead for ``today`` becomes visible; returns how many units changed their face.

    Repeats change nothing. Called shortly after midnight; a day that was missed is made up by the next.
    """
    with connection.cursor() as cursor:
        cursor.execute(STALE, {"today": today, "ids": None})
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute(BELOW, {"ids": ids})
    return follow(ids, today) if ids else 0
