"""Which figures of a month are not for everybody: small ones, and those that would give a small one away.

A number of one to four is hidden. Since a total is published with its parts (a unit with the units below it, a type
with its categories), one hidden part alone could be worked out: so at least two parts are hidden, and together they
reach the floor; below a hidden total, enough to keep it hidden. The smallest others are taken, zeros last: the same
rule as ``kernel.suppression``, said as window functions over all groups of a month at once. Units and categories are
gone through in turns until nothing changes; numbers only ever become hidden, so that comes to an end. What could
still be worked out by adding along both ways is found as a bridge in a graph (``engine.withholding``).
"""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import F

from liren.foundation.kernel.suppression import FLOOR
from liren.foundation.territory.models import Unit
from liren.service.cases.engine.withholding import Cell, also_hidden
from liren.service.cases.models import MonthFigure

MOST_TURNS = 50

# Parts and their total, in the two ways in which figures add up.
UNITS = """
    SELECT f.id, coalesce(p.id, -f.id) AS total, coalesce(p.hidden & {bit} <> 0, false) AS above, f.{column} AS number,
        f.hidden & {bit} <> 0 AS is_out
    FROM cases_monthfigure f JOIN territory_unit u ON u.id = f.unit_id LEFT JOIN cases_monthfigure p
        ON p.unit_id = u.parent_id AND p.month = f.month AND p.type_id = f.type_id AND p.category = f.category
    WHERE f.month = %(month)s
"""
CATEGORIES = """
    SELECT f.id, p.id AS total, p.hidden & {bit} <> 0 AS above, f.{column} AS number, f.hidden & {bit} <> 0 AS is_out
    FROM cases_monthfigure f JOIN cases_monthfigure p
        ON p.unit_id = f.unit_id AND p.month = f.month AND p.type_id = f.type_id AND p.category = ''
    WHERE f.month = %(month)s AND f.category <> ''
"""
# A part is hidden if it is small, or if those before it in the order do not yet hide each other.
DOWN = """
WITH part AS ({parts}), judged AS (
    SELECT id, total, above, number, is_out, is_out OR number BETWEEN 1 AND {floor} - 1 AS out FROM part
), ranked AS (
    SELECT id, above, out, is_out, bool_or(out) OVER (PARTITION BY total) AS any_out,
        row_number() OVER turn - 1 AS before, coalesce(sum(number) OVER turn, 0) - number AS together
    FROM judged WINDOW turn AS (
        PARTITION BY total ORDER BY out DESC, number = 0, number, id ROWS UNBOUNDED PRECEDING)
)
UPDATE cases_monthfigure SET hidden = hidden | {bit}, withheld = true WHERE month = %(month)s AND id IN (
    SELECT id FROM ranked WHERE NOT is_out AND (out OR (any_out OR above)
        AND (before < CASE WHEN above THEN 1 ELSE 2 END OR together < {floor})))
"""
# A total of which the only part is hidden is hidden too.
UP = """
WITH part AS ({parts})
UPDATE cases_monthfigure SET hidden = hidden | {bit}, withheld = true WHERE month = %(month)s
    AND hidden & {bit} = 0 AND id IN (
    SELECT total FROM part GROUP BY total HAVING bool_and(is_out) AND count(*) < 2)
"""


def withhold(month: date) -> None:
    """Mark what is hidden among the figures of a month. Inside a transaction.

    Rows that were written a moment ago are unknown to the planner, which takes them for a handful: with loops in loops,
    or a merge by type alone, it would not come to an end over those of a great city. So parts meet totals by hash.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off")
    for place, column in enumerate(MonthFigure.COUNTS):
        _in_groups(month, column, 1 << place)
        _across(month, column, 1 << place)


def _in_groups(month: date, column: str, bit: int) -> None:
    statements = _statements(column, bit)
    with connection.cursor() as cursor:
        for _turn in range(MOST_TURNS):
            if not sum([_changed(cursor, statement, month) for statement in statements]):
                return
    raise RuntimeError("Hiding small figures did not come to an end.")


def _across(month: date, column: str, bit: int) -> None:
    """What follows from sums along units and categories together, type by type."""
    rows = MonthFigure.objects.filter(month=month)
    concerned = rows.annotate(out=F("hidden").bitand(bit)).filter(out__gt=0).values_list("type_id", flat=True)
    parents = dict(Unit.objects.filter(pk__in=rows.values("unit")).values_list("pk", "parent_id"))
    for type_id in sorted(set(concerned)):
        found = rows.filter(type=type_id).values_list("pk", "unit_id", "category", column, "hidden")
        cells = [Cell(pk, unit, category, number, bool(hidden & bit)) for pk, unit, category, number, hidden in found]
        more = also_hidden(cells, parents)
        if more:
            MonthFigure.objects.filter(pk__in=more).update(hidden=F("hidden").bitor(bit), withheld=True)


def _changed(cursor, statement: str, month: date) -> int:  # type: ignore[no-untyped-def]  # Django's own wrapper
    cursor.execute(statement, {"month": month})
    return int(cursor.rowcount)


def _statements(column: str, bit: int) -> list[str]:
    """Column names are ours, bits are numbers."""
    parts = [one.format(column=column, bit=bit) for one in (UNITS, CATEGORIES)]
    return [frame.format(parts=one, bit=bit, floor=FLOOR) for one in parts for frame in (DOWN, UP)]
