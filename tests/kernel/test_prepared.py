"""Statements of hot paths are planned once for a connection, and everything else is asked as before."""

import pytest
from django.db import connection

from liren.foundation.kernel.prepared import prepared

pytestmark = pytest.mark.django_db
ASKED = "SELECT %s::int AS asked_often_by_this_test"


def ask(times: int) -> None:
    for number in range(times):
        with connection.cursor() as cursor:
            cursor.execute(ASKED, [number])
            assert cursor.fetchone() == (number,)


def kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%AS asked_often_by_this_test"]
        )
        return int(cursor.fetchone()[0])


def test_what_is_asked_often_inside_is_prepared_once_and_nothing_outside():
    ask(4)
    assert kept() == 0
    with prepared(), prepared():
        ask(4)
    assert kept() == 1
    ask(4)
    assert kept() == 1


def test_the_connection_is_as_before_even_after_an_error():
    connection.ensure_connection()
    before = connection.connection.cursor_factory, connection.connection.prepare_threshold
    with pytest.raises(ValueError, match="broken off"), prepared():
        raise ValueError("broken off")
    assert (connection.connection.cursor_factory, connection.connection.prepare_threshold) == before


def test_behind_a_pooler_nothing_is_prepared(settings):
    settings.LIREN_DB_PREPARES = False
    with prepared():
        ask(4)
    assert kept() == 0
