"""Statements that the server parses and plans once for each connection, and not each time they are asked.

For paths that are walked many times a second and whose plans do not hang on the values: a row by its key, an insert.
Not for lists, where a busy community wants another plan than a quiet one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import CursorMixin, ServerBindingCursor
from psycopg import RawCursor

#: Asked so often on one connection, a statement is prepared.
OFTEN = 2


@contextmanager
def prepared() -> Iterator[None]:
    """What is asked inside is prepared, unless the settings say that something between us and the server forbids it."""
    if not settings.LIREN_DB_PREPARES:
        yield
        return
    connection.ensure_connection()
    raw = connection.connection
    before = raw.cursor_factory, raw.prepare_threshold
    raw.cursor_factory, raw.prepare_threshold = ServerBindingCursor, OFTEN
    try:
        yield
    finally:
        raw.cursor_factory, raw.prepare_threshold = before


class NumberedCursor(CursorMixin, RawCursor):
    """Takes statements as PostgreSQL writes them, with ``$1``: long ones are then not taken apart each time."""


@contextmanager
def numbered() -> Iterator[None]:
    """Values stand in the statements of cursors opened inside as ``$1``, ``$2`` and so on."""
    connection.ensure_connection()
    raw = connection.connection
    before, raw.cursor_factory = raw.cursor_factory, NumberedCursor
    try:
        yield
    finally:
        raw.cursor_factory = before
