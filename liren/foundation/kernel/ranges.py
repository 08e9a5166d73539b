"""Date ranges that may not overlap, in core PostgreSQL: no btree_gist."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db.models import BigIntegerField, F, Func, Q, Value
from django.db.models.functions import Cast


def same(column: str) -> Func:
    """An integer column as a one-number range, so that a gist index can ask for equality with ``&&``."""
    number = Cast(F(column), BigIntegerField())
    return Func(number, number, Value("[]"), function="int8range")


def no_overlap(
    name: str, *columns: str, during: str = "during", condition: Q | None = None, message: str = ""
) -> ExclusionConstraint:
    """Rows equal in every one of ``columns`` (integers, foreign keys) may not overlap in ``during``."""
    pairs: list[tuple[Any, str]] = [(same(column), RangeOperators.OVERLAPS) for column in columns]
    return ExclusionConstraint(
        name=name,
        expressions=[*pairs, (during, RangeOperators.OVERLAPS)],
        condition=condition,
        violation_error_message=message or None,
    )
