"""What stays although the transaction around it is rolled back: written on a connection of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper


@contextmanager
def aside() -> Iterator[CursorWrapper]:
    """A cursor in a transaction of its own, committed at the end whatever becomes of the caller's.

    It takes no connection of the pool: whoever holds one and waits for a second would wait for themselves.
    """
    own = connection.copy()
    own.settings_dict["OPTIONS"] = {k: v for k, v in own.settings_dict["OPTIONS"].items() if k != "pool"}
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN")
            yield cursor
            cursor.execute("COMMIT")
    finally:
        own.close()


REFUSED = """
INSERT INTO admission_refusal
    (at, why, work_type, title, community_id, sender_id, admission_number, given_on, door, actor)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
TOLD = "INSERT INTO admission_notice (refusal_id, body_id, unit_id, at) VALUES (%s, %s, %s, %s)"


def keep_refusal(
    *,
    why: str,
    work_type: str,
    title: str,
    community_id: int,
    sender_id: int | None,
    admission_id: int | None,
    given_on: date,
    door: str,
    actor: str,
    told: list[tuple[int | None, int]],
    at: datetime,
) -> int:
    """Append one refusal with its notices; ``told``: pairs of body (None where none is recorded) and its unit."""
    facts = {
        "why": why, "work_type": work_type, "title": title, "community_id": community_id, "sender_id": sender_id,
        "admission_id": admission_id, "given_on": given_on, "door": door, "actor": actor, "told": told, "at": at,
    }  # fmt: skip
    return keep_refusals([facts])[0]


def keep_refusals(many: Sequence[Mapping[str, Any]]) -> list[int]:
    """Append many, each with the facts of ``keep_refusal``, over one connection; their numbers."""
    with aside() as cursor:
        return [_appended(cursor, **facts) for facts in many]


def _appended(cursor: CursorWrapper, *, told: list[tuple[int | None, int]], at: datetime, **facts: Any) -> int:
    cursor.execute(REFUSED, [
        at, facts["why"], facts["work_type"], facts["title"][:120], facts["community_id"], facts["sender_id"],
        facts["admission_id"], facts["given_on"], facts["door"][:40], facts["actor"][:100],
    ])  # fmt: skip
    number = int(cursor.fetchone()[0])
    for body_id, unit_id in told:
        cursor.execute(TOLD, [number, body_id, unit_id, at])
    return number
