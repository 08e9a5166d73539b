"""Loading a country at once: indexes and checks of whole tables are made anew behind the load, not row by row.

An exclusion constraint or a text index costs a hundred microseconds a row when it grows row by row, and a few when it
is built in one go. So they are put aside and put back inside the one transaction: nobody ever sees a table without
them, and what they refuse, they refuse at the end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

# Under this many rows, rebuilding costs more than it saves and would lock readers out for nothing.
WORTH_REBUILDING = 100_000

_CONSTRAINTS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint
WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('x', 'f') AND conparentid = 0 ORDER BY contype DESC, conname
"""
_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique AND NOT indisprimary AND NOT indisexclusion
ORDER BY indexrelid
"""
_OWNED = """
SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class WHERE oid = ANY(%s::regclass[])
"""


def _answer_deferred(cursor: Any) -> None:
    """A table with deferred checks still open cannot be altered: have them answered now."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def rebuilt_behind(*tables: str, rows: int) -> Iterator[None]:
    """Inside a transaction: put aside foreign keys, exclusion constraints and plain indexes of the tables, and put them
    back when the block ends well. Does nothing for few rows, or for a role that does not own the tables."""
    names = list(tables)
    with connection.cursor() as cursor:
        cursor.execute(_OWNED, [names])
        owned = bool(cursor.fetchone()[0])
        if not owned or rows < WORTH_REBUILDING:
            yield
            return
        cursor.execute(_CONSTRAINTS, [names])
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, [names])
        indexes = cursor.fetchall()
        _answer_deferred(cursor)
        for table, name, _definition in constraints:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        _answer_deferred(cursor)
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in reversed(constraints):
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
