"""Whether a condition holds for one row that is at hand: the same ``Q`` by which a query filters, asked of the row.

So the rule for lists and the rule for one row are one object, and no statement is built to look at a row that was read
already. What hangs on other rows is asked of the database, and only where the row itself does not decide.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from django.db.models import Model, Q, QuerySet

#: Lookups that are asked of a value; a missing value answers none of them, as in a query.
LOOKUPS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda has, wanted: has == wanted,
    "in": lambda has, wanted: has in wanted,
    "startswith": lambda has, wanted: has.startswith(wanted),
}


@runtime_checkable
class Asked(Protocol):
    """A part of a condition that hangs on other rows."""

    def holds(self, row: Any) -> bool:
        """Whether it holds for this row; may ask the database."""


def holds(condition: Q, row: Model) -> bool:
    """Whether ``filter(condition)`` would find this row. No statement where the columns of the row decide.

    Raises:
        NotImplementedError: a lookup or an expression that can be asked of the database alone.
    """
    return bool(_said(condition, row, ask=True))


def _said(part: Any, row: Model, *, ask: bool) -> bool | None:
    """None: it hangs on other rows, and these shall not be asked (``ask``)."""
    if isinstance(part, Q):
        if not part.children:  # nothing is asked, and nothing is what its negation leaves out
            return True
        said = _together(part, row, ask=ask)
        return said if said is None else said is not part.negated
    if isinstance(part, tuple):
        path, wanted = part
        return _looked_at(path, wanted, row, ask=ask)
    if isinstance(part, Asked):
        return part.holds(row) if ask else None
    raise NotImplementedError(f"{part!r} can be asked of the database alone.")


def _together(condition: Q, row: Model, *, ask: bool) -> bool | None:
    """All of the parts, or any of them: first what costs nothing, then what has to be asked, until one decides."""
    if condition.connector not in (Q.AND, Q.OR):
        raise NotImplementedError(f"{condition.connector} can be asked of the database alone.")
    decides = condition.connector == Q.OR
    said = [(part, _said(part, row, ask=False)) for part in condition.children]
    if any(one is decides for _part, one in said):
        return decides
    unknown = [part for part, one in said if one is None]
    if unknown and not ask:
        return None
    return decides if any(_said(part, row, ask=True) is decides for part in unknown) else not decides


def _looked_at(path: str, wanted: Any, row: Model, *, ask: bool) -> bool | None:
    *way, lookup = path.split("__")
    if lookup not in LOOKUPS and lookup != "isnull":
        way, lookup = [*way, lookup], "exact"
    value = _value(row, way)
    if lookup == "isnull":
        return (value is None) is wanted
    if isinstance(wanted, QuerySet):
        return _is_among(value, wanted) if ask else None
    if hasattr(wanted, "resolve_expression") or isinstance(wanted, Model) or wanted is None:
        raise NotImplementedError(f"{path}={wanted!r} can be asked of the database alone.")
    return value is not None and LOOKUPS[lookup](value, wanted)


def _value(row: Any, way: list[str]) -> Any:
    """The value of a column, or of one of a row to which this one always points."""
    *others, last = way
    for name in others:
        field = row._meta.get_field(name)
        if not field.is_relation or field.null:
            raise NotImplementedError(f"What is asked of {name} here, the database alone can say.")
        row = getattr(row, name)
    return getattr(row, row._meta.pk.attname if last == "pk" else row._meta.get_field(last).attname)


def _is_among(value: Any, rows: QuerySet[Any]) -> bool:
    """``in`` a query of one column."""
    (column,) = rows.query.values_select
    return value is not None and rows.filter(**{column: value}).exists()
