"""What a row at hand says of a condition: the same ``Q`` by which a query filters, asked of the row without a query.

So the rule for lists and the rule for one row are one object, and no statement is built to look at a row that was read
already. What hangs on other rows, the database says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet

#: Lookups that are asked of a value; a missing value answers none of them, as in a query.
LOOKUPS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda has, wanted: has == wanted,
    "in": lambda has, wanted: has in wanted,
    "startswith": lambda has, wanted: has.startswith(wanted),
}


def said_of(condition: Q, row: Model) -> bool | None:
    """Whether ``filter(condition)`` would find this row; None: its columns do not decide that. No statement.

    Columns of rows to which this one always points count as its own; they should be at hand as well.
    """
    if not condition.children:  # nothing is asked, and nothing is what its negation leaves out
        return True
    said = _together(condition, row)
    return said if said is None else said is not condition.negated


def _together(condition: Q, row: Model) -> bool | None:
    """All of the parts, or any of them: one decides, or all are known."""
    if condition.connector not in (Q.AND, Q.OR):
        return None
    decides = condition.connector == Q.OR
    said = [said_of(one, row) if isinstance(one, Q) else _part(one, row) for one in condition.children]
    if any(one is decides for one in said):
        return decides
    return None if None in said else not decides


def _part(part: Any, row: Model) -> bool | None:
    """One lookup; an expression is the database's."""
    if not isinstance(part, tuple):
        return None
    path, wanted = part
    *way, lookup = path.split("__")
    if lookup not in LOOKUPS and lookup != "isnull":
        way, lookup = [*way, lookup], "exact"
    if isinstance(wanted, QuerySet | Model) or hasattr(wanted, "resolve_expression") or wanted is None:
        return None
    known, value = _value(row, way)
    if not known:
        return None
    if lookup == "isnull":
        return (value is None) is wanted
    return value is not None and LOOKUPS[lookup](value, wanted)


def _value(row: Any, way: list[str]) -> tuple[bool, Any]:
    """Whether it is known, and the value of a column, or of one of a row to which this one always points."""
    *others, last = way
    for name in others:
        field = row._meta.get_field(name)
        if not field.is_relation or field.null:
            return False, None
        row = getattr(row, name)
    return True, getattr(row, row._meta.pk.attname if last == "pk" else row._meta.get_field(last).attname)
