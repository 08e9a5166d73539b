"""What the entries of a register give at each unit: one pass over them for all measures of the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection

from liren.foundation.kernel.suppression import FLOOR
from liren.foundation.registers.engine.coverage import MICRO, Counted, Tree
from liren.foundation.registers.engine.spec import STALE, Condition, FieldSpec, MeasureSpec
from liren.foundation.registers.models import Register
from liren.foundation.territory.models import Kind, Level, Unit

# A number as it is kept; whatever an older version kept there instead is none.
NUMBER = r"""CASE WHEN "values"->>%s ~ '^-?[0-9]+(\.[0-9]+)?$' THEN ("values"->>%s)::numeric END"""
AREAS = {Kind.COMMUNITY: "urban", Kind.VILLAGE: "rural"}

Sql = tuple[str, list[Any]]


def number(code: str) -> Sql:
    return NUMBER, [code, code]


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
        return '"values"->%s = to_jsonb(%s::boolean)', [one.field, one.value]
    if field.kind == "choices":
        return 'jsonb_exists_any("values"->%s, %s)', [one.field, list(one.value)]
    if one.op == "one_of":
        return '"values"->>%s = ANY(%s)', [one.field, list(one.value)]
    return f'"values"->>%s {_sign(one.op)} %s', [one.field, str(one.value)]


def _sign(op: str) -> str:
    return {"is": "=", "at_least": ">=", "at_most": "<="}[op]


def _matching(measure: MeasureSpec, register: Register, day: date) -> Sql:
    parts, params = ["true"], []
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


def _columns(measure: MeasureSpec, register: Register, day: date) -> Sql:
    """Matching entries, sum, sum below the line, small numbers of people and their sum."""
    where, params = _matching(measure, register, day)
    columns, given = [f"count(*) FILTER (WHERE {where})"], [*params]
    for code in (measure.sum, measure.over):
        sql, more = number(code) if code else ("0", [])
        columns.append(f"coalesce(sum({sql}) FILTER (WHERE {where}), 0)")
        given += [*more, *params]
    sql, more = number(measure.sum) if _counts_people(measure, register) else ("NULL::numeric", [])
    small = f"({sql}) > 0 AND ({sql}) < {FLOOR}"
    columns.append(f"count(*) FILTER (WHERE {where} AND {small})")
    given += [*params, *more, *more]
    columns.append(f"coalesce(sum({sql}) FILTER (WHERE {where} AND {small}), 0)")
    given += [*more, *params, *more, *more]
    return ", ".join(columns), given


def _counts_people(measure: MeasureSpec, register: Register) -> bool:
    field = register.spec.by_code.get(measure.sum)
    return field is not None and field.counts_people


def counted(register: Register, measures: Sequence[MeasureSpec], tree: Tree, day: date) -> list[Counted]:
    """For each measure what the entries in force on the day give at each unit itself."""
    parts = [_columns(measure, register, day) for measure in measures]
    columns = ", ".join(sql for sql, _params in parts)
    sql = (
        f"SELECT unit_id, count(*), {columns} FROM registers_entry"  # noqa: S608  (codes are parameters)
        " WHERE register_id = %s AND (closed_on IS NULL OR closed_on > %s) AND (opened_on IS NULL OR opened_on <= %s)"
        " GROUP BY unit_id"
    )
    params = [one for _sql, given in parts for one in given]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, register.pk, day, day])
        rows = cursor.fetchall()
    places = {int(pk): place for place, pk in enumerate(tree.ids.tolist())}
    known = [(places[row[0]], row) for row in rows if row[0] in places]
    return [_counted(known, 2 + 5 * number, len(tree.ids)) for number in range(len(measures))]


def _counted(rows: list[tuple[int, tuple[Any, ...]]], start: int, size: int) -> Counted:
    whole: dict[str, Any] = {name: np.zeros(size, dtype=np.int64) for name in ("matching", "entries", "few")}
    exact: dict[str, Any] = {name: np.zeros(size, dtype=object) for name in ("sum", "over", "few_sum")}
    for place, row in rows:
        matching, above, below, few, few_sum = row[start : start + 5]
        whole["entries"][place], whole["matching"][place], whole["few"][place] = row[1], matching, few
        exact["sum"][place], exact["over"][place], exact["few_sum"][place] = map(_micro, (above, below, few_sum))
    return Counted(**whole, **exact)


def _micro(value: Decimal | int) -> int:
    return int(Decimal(value) * MICRO)


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
