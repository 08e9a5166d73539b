"""Rows into tables by COPY, over Django's own connection and inside its transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg.types.json import Jsonb

Progress = Callable[[str, int, int], None]
STEP = 20_000


def silent(stage: str, done: int, total: int) -> None:
    """The progress of whoever does not look."""


def new_ids(model: type[Model], count: int) -> list[int]:
    """As many fresh ids for a model, in rising order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def copy(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], total: int, tell: Progress = silent
) -> int:
    """COPY rows into the model's table; ``columns`` as the database names them. Returns how many."""
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    done, stage = 0, str(model._meta.verbose_name_plural)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as pipe:
        for row in rows:
            pipe.write_row([Jsonb(value) if isinstance(value, dict) else value for value in row])
            done += 1
            if done % STEP == 0:
                tell(stage, done, total)
    tell(stage, done, total)
    return done


def unhurried() -> None:
    """Within this transaction a statement may take as long as it needs."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")


def by_index() -> None:
    """Let this transaction look rows up by index. A trigger plans its queries while the table is empty, and would read
    the whole table for each of the many rows that follow."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
