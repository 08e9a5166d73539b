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


def same_text(column: str) -> Func:
    """A text column likewise, by a hash of 63 bits: two of a thousand words are taken for one another never."""
    number = Func(F(column), template="(hashtextextended(%(expressions)s, 0) >> 1)", output_field=BigIntegerField())
    return Func(number, number, Value("[]"), function="int8range")


def no_overlap(
    name: str,
    *columns: str,
    texts: tuple[str, ...] = (),
    during: str = "during",
    condition: Q | None = None,
    message: str = "",
) -> ExclusionConstraint:
    """Rows equal in every one of ``columns`` (integers, foreign keys) and ``texts`` may not overlap in ``during``."""
    alike = [*map(same, columns), *map(same_text, texts)]
    pairs: list[tuple[Any, str]] = [(one, RangeOperators.OVERLAPS) for one in alike]
    return ExclusionConstraint(
        name=name,
        expressions=[*pairs, (during, RangeOperators.OVERLAPS)],
        condition=condition,
        violation_error_message=message or None,
    )


def no_overlap_of_many(name: str, column: str, *, during: str = "during") -> ExclusionConstraint:
    """The same rule for a table that is loaded by the hundred thousand: one box for each row, number by days.

    PostgreSQL asks the index anew for every row when such a constraint is put back behind a load, and GiST compares
    two boxes some four times faster than two pairs of ranges (bench/divisions.py). A period runs to half a day before
    its first day without the row, so that periods side by side do not touch. Exact for numbers below 2**53.
    """
    first = Func(F(during), template="(lower(%(expressions)s) - '1900-01-01'::date)")
    last = Func(F(during), template="(coalesce(upper(%(expressions)s) - '1900-01-01'::date, 9999999) - 0.5)")
    corners = (Func(F(column), day, function="point") for day in (first, last))
    return ExclusionConstraint(name=name, expressions=[(Func(*corners, function="box"), RangeOperators.OVERLAPS)])
