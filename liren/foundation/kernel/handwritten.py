"""Statements whose text is written once: for the few that are asked with each report.

Django builds the text of a statement anew whenever it is asked; for a wide table that takes longer than PostgreSQL
takes to answer. What is read comes back as whole objects, as the ORM would have made them of the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from itertools import count
from types import NoneType
from typing import Any

from django.db import connection, models
from django.db.models import Model

from liren.foundation.kernel.prepared import numbered


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
    Thousands take several statements, as the protocol has it.

    For models whose columns are all written by Django: none that the database fills in itself, but the id.
    """
    most = MOST_VALUES // len(_columns(type(objects[0]))) if objects else 1
    for start in range(0, len(objects), most):
        _written([objects[start : start + most]], None)


def insert_with(first: Model, *others: Sequence[Model]) -> None:
    """Write a new row and, in the same statement, rows of other models that point to it or name it by ``NEW_ID``.

    Each object gets its id, and whatever points to ``first`` gets that one's. No signals; for models as in ``insert``.
    All rows are there at the statement's end, and no trigger may count on finding one of them before.
    """
    for one, name in _written([[first], *(rows for rows in others if rows)], first):
        # Not by setattr, which would forget the object itself.
        vars(one)[name] = str(first.pk) if vars(one)[name] is NEW_ID else first.pk


#: Stands for the id of a row that is written by the same statement.
NEW_ID: Any = object()
#: In one statement PostgreSQL takes 65,535 values.
MOST_VALUES = 60_000
#: Of so many rows the text is kept; more are an import, and hardly ever as many again.
MOST_KEPT = 20


def _written(groups: Sequence[Sequence[Model]], first: Model | None) -> list[tuple[Model, str]]:
    """Who points to ``first``, and by which column; the objects have their ids."""
    values, pointing, shape = list[Any](), list[tuple[Model, str]](), []
    for rows_ in groups:
        model, points = type(rows_[0]), []
        for one in rows_:
            before = len(pointing)
            _read(one, first, values, pointing)
            points.append(tuple(name for _one, name in pointing[before:]))
        shape.append((model, tuple(points)))
    text = _text if sum(map(len, groups)) <= MOST_KEPT else _text.__wrapped__
    with numbered(), connection.cursor() as cursor:
        cursor.execute(text(tuple(shape)), values)
        found = cursor.fetchall()
    for rows_, ids in zip(groups, [[pk for (pk,) in found]] if len(groups) == 1 else found[0], strict=True):
        for one, pk in zip(rows_, ids, strict=True):
            one._state.adding, one._state.db = False, connection.alias
            if type(one)._meta.auto_field is not None:
                one.pk = pk
    return pointing


def _read(one: Model, first: Model | None, values: list[Any], pointing: list[tuple[Model, str]]) -> None:
    """Add the values of one row as psycopg takes them; what points to ``first`` is no value yet."""
    for column in _columns(type(one)):
        value = getattr(one, column.name) if column.is_plain else column.field.pre_save(one, True)
        kind = type(value)
        if (value is None or value is NEW_ID) and _points(one, column, value, first):
            pointing.append((one, column.name))
            continue
        if kind not in column.as_they_are or (kind is datetime and value.tzinfo is None):
            value = column.field.get_db_prep_save(value, connection)
        values.append(value)


def _points(one: Model, column: _Column, value: Any, first: Model | None) -> bool:
    if value is NEW_ID:
        if first is None:
            raise ValueError(f"{column.name} names a row that this statement does not write.")
        return True
    if first is None or first is one or not column.field.is_relation:
        return False
    return one._state.fields_cache.get(column.field.name) is first


@lru_cache(maxsize=200)
def _text(shape: tuple[tuple[type[Model], tuple[tuple[str, ...], ...]], ...]) -> str:
    """One statement for all rows: of each model, in which rows which columns point to the first row of all."""
    number = count(1)
    parts = [_insertion(model, rows_, number) for model, rows_ in shape]
    if len(parts) == 1:
        return parts[0]
    named = ", ".join(f"w{n} (id) AS ({part})" for n, part in enumerate(parts))
    return f"WITH {named} SELECT " + ", ".join(f"ARRAY(SELECT id FROM w{n})" for n in range(len(parts)))  # noqa: S608  no names but our own


def _insertion(model: type[Model], rows_: tuple[tuple[str, ...], ...], number: Iterator[int]) -> str:
    written = _columns(model)
    names = ", ".join(f'"{one.field.column}"' for one in written)
    places = ", ".join(
        "(" + ", ".join(_first_id(one) if one.name in points else f"${next(number)}" for one in written) + ")"
        for points in rows_
    )
    key = model._meta.pk.column if model._meta.pk else ""
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES {places} RETURNING "{key}"'  # noqa: S608  names of our own tables and columns


def _first_id(column: _Column) -> str:
    return "(SELECT id FROM w0)" if column.field.is_relation else "(SELECT id::text FROM w0)"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that is written: whether its value is the one on the object, and kinds of values that need no change."""

    field: Any
    name: str
    is_plain: bool
    as_they_are: frozenset[type]


#: What psycopg takes as Django would hand it over, by the class of the field; of other classes nothing.
AS_THEY_ARE: dict[type, frozenset[type]] = {
    models.CharField: frozenset({str}),
    models.TextField: frozenset({str}),
    models.SlugField: frozenset({str}),
    models.BooleanField: frozenset({bool, NoneType}),
    models.FloatField: frozenset({float, NoneType}),
    models.DateTimeField: frozenset({datetime, NoneType}),
    models.ForeignKey: frozenset({int, NoneType}),
}


@cache
def _columns(model: type[Model]) -> list[_Column]:
    """All columns but an id that the database gives."""
    return [
        _Column(
            field,
            field.attname,
            not getattr(field, "auto_now", False) and not getattr(field, "auto_now_add", False),
            AS_THEY_ARE.get(type(field), frozenset()),
        )
        for field in model._meta.concrete_fields
        if field is not model._meta.auto_field
    ]
