"""Statements whose text is written once: for the few that are asked with each report.

Django builds the text of a statement anew whenever it is asked; for a wide table that takes longer than PostgreSQL
takes to answer. What is read comes back as whole objects, as the ORM would have made them of the same rows.
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
    """The rows of a SELECT of the ``columns`` of these models, one after another: an object of each. One statement.

    None in place of an object that a LEFT JOIN did not find.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
    return [_objects(row, models) for row in found]


def _objects(row: tuple[Any, ...], models: Sequence[type[Model]]) -> tuple[Any, ...]:
    made: list[Model | None] = []
    start = 0
    for model in models:
        names, key, converters = _shape(model)
        values = list(row[start : start + len(names)])
        start += len(names)
        if values[key] is None:
            made.append(None)
            continue
        for place, convert in converters:
            values[place] = convert(values[place])
        made.append(model.from_db(connection.alias, names, values))
    return tuple(made)


@cache
def _shape(model: type[Model]) -> tuple[list[str], int, list[tuple[int, Callable[[Any], Any]]]]:
    """The names of the fields, the place of the key, and how to read those that PostgreSQL gives in another form than
    Python wants."""
    fields = model._meta.concrete_fields
    converters = [
        (place, _reading(converter, field))
        for place, field in enumerate(fields)
        for converter in field.get_db_converters(connection)
    ]
    return [field.attname for field in fields], [field.primary_key for field in fields].index(True), converters


def _reading(converter: Callable[..., Any], field: Any) -> Callable[[Any], Any]:
    expression = field.get_col(field.model._meta.db_table)
    return lambda value: converter(value, expression, connection)


def insert(objects: Sequence[Model]) -> None:
    """Write new rows of one model in one statement, as ``bulk_create`` does; each object gets its id. No signals.

    For models whose columns are all written by Django: none that the database fills in itself, but the id.
    """
    if not objects:
        return
    statement, row, fields, has_id = _writing(type(objects[0]))
    values = [field.get_db_prep_save(field.pre_save(one, True), connection) for one in objects for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement % ", ".join([row] * len(objects)), values)
        ids = cursor.fetchall()
    for one, (pk,) in zip(objects, ids, strict=True):
        one._state.adding, one._state.db = False, connection.alias
        if has_id:
            one.pk = pk


@cache
def _writing(model: type[Model]) -> tuple[str, str, list[Any], bool]:
    """The statement with a place for its rows, the placeholders of one row, the fields in their order, and whether the
    database gives the id."""
    auto = model._meta.auto_field
    fields = [field for field in model._meta.concrete_fields if field is not auto]
    names = ", ".join(f'"{field.column}"' for field in fields)
    key = model._meta.pk.column if model._meta.pk else ""
    statement = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES %s RETURNING "{key}"'  # noqa: S608  names of our own tables and columns
    return statement, f"({', '.join(['%s'] * len(fields))})", fields, auto is not None
