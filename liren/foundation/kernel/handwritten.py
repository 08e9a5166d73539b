"""Whole objects from a SELECT whose text is written by hand: for the few that are asked with each report.

Django builds the text of a statement anew whenever it is asked; for a wide table that takes longer than PostgreSQL
takes to answer. Here it is built once. What comes back is what the ORM would have made of the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model


@cache
def columns(model: type[Model], alias: str) -> str:
    """All columns of a model under an alias, in the order in which ``rows`` reads them."""
    return ", ".join(f'"{alias}"."{field.column}"' for field in model._meta.concrete_fields)


def rows(sql: str, values: Sequence[Any], *models: type[Model]) -> list[tuple[Any, ...]]:
    """The rows of a SELECT of the ``columns`` of these models, one after another: an object of each. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
    return [_objects(row, models) for row in found]


def _objects(row: tuple[Any, ...], models: Sequence[type[Model]]) -> tuple[Any, ...]:
    made, start = [], 0
    for model in models:
        names, converters = _shape(model)
        values = list(row[start : start + len(names)])
        for place, convert in converters:
            values[place] = convert(values[place])
        made.append(model.from_db(connection.alias, names, values))
        start += len(names)
    return tuple(made)


@cache
def _shape(model: type[Model]) -> tuple[list[str], list[tuple[int, Callable[[Any], Any]]]]:
    """The names of the fields, and of those that PostgreSQL gives in another form than Python wants, how to read them."""
    fields = model._meta.concrete_fields
    converters = [
        (place, _reading(converter, field))
        for place, field in enumerate(fields)
        for converter in field.get_db_converters(connection)
    ]
    return [field.attname for field in fields], converters


def _reading(converter: Callable[..., Any], field: Any) -> Callable[[Any], Any]:
    expression = field.get_col(field.model._meta.db_table)
    return lambda value: converter(value, expression, connection)
