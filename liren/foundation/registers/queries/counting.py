"""What the entries of a register give at each unit: one pass over them for all measures of the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from liren.foundation.kernel.suppression import FLOOR
from liren.foundation.registers.engine.coverage import MICRO, Counted, Tree, exact
from liren.foundation.registers.engine.spec import STALE, Condition, FieldSpec, MeasureSpec
from liren.foundation.registers.models import Register
from liren.foundation.territory.models import Kind, Level, Unit

# A number as it is kept, whole or as text; whatever an older version kept there instead is none.
NUMBER = r"""CASE jsonb_typeof("values"->%s) WHEN 'number' THEN ("values"->%s)::numeric
    WHEN 'string' THEN CASE WHEN "values"->>%s ~ '^-?[0-9]+(\.[0-9]+)?$' THEN ("values"->>%s)::numeric END END"""
READS = NUMBER.count("%s")
# Entries of a register stand together: so each page is read once, and ahead, and not for each entry.
PAGE_BY_PAGE = "SET LOCAL enable_indexscan = off"
AS_BEFORE = "SET LOCAL enable_indexscan TO DEFAULT"
PARTS = ("matching", "entries", "sum", "over", "few", "few_sum")
AREAS = {Kind.COMMUNITY: "urban", Kind.VILLAGE: "rural"}

Sql = tuple[str, list[Any]]


def number(code: str) -> Sql:
    return NUMBER, [code] * READS


def condition(one: Condition, field: FieldSpec) -> Sql:
    """A condition of a measure as SQL over an entry."""
    if one.op == "filled":
        return ("" if one.value else "NOT ") + 'jsonb_exists("values", %s)', [one.field]
    if one.over:
        (above, some), (below, more) = number(one.field), number(one.over)
        sign = ">=" if one.op == "at_least" else "<="
        return f"({above}) / nullif({below}, 0) {sign} %s", [*some, *more, one.value]
    if field.kind == "number":
        sql, params = number(one.field)
        return f"({sql}) {_sign(one.op)} %s", [*params, one.value]
    if field.kind == "yes_no":
        return '"values"->%s = %s::jsonb', [one.field, "true" if one.value else "false"]
    if field.kind == "choices":
        return 'jsonb_exists_any("values"->%s, %s)', [one.field, list(one.value)]
    if one.op == "one_of":
        return '"values"->>%s = ANY(%s)', [one.field, list(one.value)]
    return f'"values"->>%s {_sign(one.op)} %s', [one.field, str(one.value)]


def _sign(op: str) -> str:
    return {"is": "=", "at_least": ">=", "at_most": "<="}[op]


def _matching(measure: MeasureSpec, register: Register, day: date) -> Sql:
    """Which entries count; "" for all of them."""
    parts: list[str] = []
    params: list[Any] = []
    if measure is STALE:
        parts.append("reviewed_on < %s")
        params.append(day - timedelta(days=register.spec.review_days))
    for one in measure.where:
        sql, more = condition(one, register.spec.by_code[one.field])
        parts.append(f"({sql})")
        params += more
    if measure.measure == "ratio":  # an entry counts above and below the line, or not at all
        for code in (measure.sum, measure.over):
            sql, more = number(code)
            parts.append(f"({sql}) IS NOT NULL")
            params += more
    return " AND ".join(parts), params


def _counts_people(measure: MeasureSpec, register: Register) -> bool:
    field = register.spec.by_code.get(measure.sum)
    return field is not None and field.counts_people


class Pass:
    """One statement over the entries of a register: each number is read once for each entry, each count asked once.

    The statement is what coverage spends its time on: it asks for nothing that a measure does not need.
    """

    def __init__(self, register: Register, day: date) -> None:
        self.register, self.day = register, day
        self._numbers: dict[str, str] = {}
        self._columns: list[Sql] = [("count(*)", [])]

    def _number(self, code: str) -> str:
        return self._numbers.setdefault(code, f"number_{len(self._numbers)}")

    def _place(self, what: str, where: Sql) -> int:
        """The column that this aggregate over the entries that fit comes in."""
        sql, params = where
        column = (f"{what} FILTER (WHERE {sql})", params) if sql else (what, [])
        if column not in self._columns:
            self._columns.append(column)
        return self._columns.index(column) + 1

    def _sum(self, code: str, where: Sql) -> int:
        """In whole millionths, as text: sums are of any size."""
        return self._place(f"sum({self._number(code)})", where)

    def ask(self, measure: MeasureSpec) -> dict[str, int]:
        """In which column each part of what is counted comes; a part that is not there is nought everywhere."""
        where = _matching(measure, self.register, self.day)
        found = {"entries": 1, "matching": self._place("count(*)", where)}
        if measure.sum:
            found["sum"] = self._sum(measure.sum, where)
        if measure.over:
            found["over"] = self._sum(measure.over, where)
        if _counts_people(measure, self.register):
            name = self._number(measure.sum)
            small = f"{name} > 0 AND {name} < {FLOOR}"
            few = f"{where[0]} AND {small}" if where[0] else small, where[1]
            found |= {"few": self._place("count(*)", few), "few_sum": self._sum(measure.sum, few)}
        return found

    def rows(self, cursor: Any) -> list[tuple[Any, ...]]:
        """The unit, then the columns that were asked for."""
        columns = ", ".join(_exact(sql) for sql, _params in self._columns)
        params = [one for _sql, given in self._columns for one in given]
        read = "".join(f", {NUMBER} AS {name}" for name in self._numbers.values())
        given = [code for code in self._numbers for _each in range(READS)]
        # OFFSET 0: the planner would otherwise put the reading of a number wherever its name stands.
        sql = (
            f'SELECT unit_id, {columns} FROM (SELECT unit_id, reviewed_on, "values"{read}'  # noqa: S608  (codes are parameters)
            " FROM registers_entry WHERE register_id = %s AND (closed_on IS NULL OR closed_on > %s)"
            " AND (opened_on IS NULL OR opened_on <= %s) OFFSET 0) AS entry GROUP BY unit_id"
        )
        cursor.execute(PAGE_BY_PAGE)
        cursor.execute(sql, [*params, *given, self.register.pk, self.day, self.day])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute(AS_BEFORE)
        return found


def _exact(column: str) -> str:
    return f"trunc(coalesce({column}, 0) * {MICRO})::text" if column.startswith("sum(") else column


Rows = tuple[list[dict[str, int]], list[tuple[Any, ...]]]


def read(register: Register, measures: Sequence[MeasureSpec], day: date, cursor: Any) -> Rows:
    """What the entries in force on the day give at each unit itself, row by row, and which column is which."""
    asked = Pass(register, day)
    return [asked.ask(measure) for measure in measures], asked.rows(cursor)


def counted(read: Rows, tree: Tree) -> list[Counted]:
    """The same as arrays, for each measure."""
    wanted, found = read
    known = tree.places
    rows = [row for row in found if row[0] in known]
    places = [known[row[0]] for row in rows]
    columns = list(zip(*rows, strict=True))
    size = len(tree.ids)
    made: dict[int, Any] = {}

    def array(name: str, one: dict[str, int]) -> Any:
        column = one.get(name, 0)
        if column not in made:
            numbers = exact(list(map(int, columns[column])) if column and rows else [0] * len(places))
            made[column] = np.zeros(size, dtype=numbers.dtype)
            made[column][places] = numbers
        return made[column]

    return [Counted(**{name: array(name, one) for name in PARTS}) for one in wanted]


def tree_on(day: date) -> Tree:
    """The units of a day as arrays, with the kind of the community in which each lies."""
    units = Unit.objects.existing_on(day).order_by("level", "id")
    rows = list(units.values_list("pk", "level", "parent_id", "kind"))
    places = {row[0]: place for place, row in enumerate(rows)}
    of: list[str] = []
    for _pk, level, parent, kind in rows:
        above = of[places[parent]] if level > Level.COMMUNITY and parent in places else ""
        of.append(AREAS.get(Kind(kind), "") if level == Level.COMMUNITY else above)
    return Tree(
        ids=np.array([row[0] for row in rows], dtype=np.int64),
        level=np.array([row[1] for row in rows], dtype=np.int64),
        parent=np.array([places.get(row[2], -1) for row in rows], dtype=np.int64),
        of=np.array(of or [""], dtype=str)[: len(rows)],
    )
