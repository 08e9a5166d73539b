"""Reads the audit chain from first to last: to verify it here, or to write it out for verifying elsewhere.

The hash is computed here from the rows, not by the database's own function: one of the two would notice the other.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, TextIO

from django.db import connection, transaction
from django.utils import timezone

from liren.foundation.kernel import queries

FORMAT = "liren-audit-1"
NOTHING = "00" * 32
ROWS_AT_ONCE = 5000
COLUMNS = ("id", "at", "actor", "action", "object_type", "object_id", "unit_id", "facts")

READ = """
SELECT s.position, encode(s.previous, 'hex'), encode(s.hash, 'hex'), e.id::text,
       to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       e.actor, e.action, e.object_type, e.object_id, e.unit_id::text, e.facts::text
FROM kernel_audit_seal s
LEFT JOIN LATERAL (SELECT * FROM kernel_audit_entry WHERE id = s.entry_id OFFSET 0) e ON true  -- one look-up per seal
WHERE s.position BETWEEN %s AND %s ORDER BY s.position
"""
UNSEALED = """
SELECT e.id FROM kernel_audit_entry e
LEFT JOIN LATERAL (SELECT entry_id FROM kernel_audit_seal WHERE entry_id = e.id OFFSET 0) s ON true
WHERE s.entry_id IS NULL ORDER BY e.id LIMIT 1
"""


class Link(NamedTuple):
    """One entry in its place; ``fields`` in the order of COLUMNS, as the text that is hashed."""

    position: int
    previous: str
    hash: str
    fields: tuple[str | None, ...]


@dataclass(frozen=True)
class Report:
    """What a verification found: how far the chain is whole, its head, and the first fault, if any."""

    entries: int
    head: tuple[int, str]
    position: int | None = None
    fault: str = ""

    @property
    def is_whole(self) -> bool:
        return not self.fault


def links(first: int = 1, last: int | None = None) -> Iterator[Link]:
    """The chain in order, streamed: a server-side cursor in one transaction, so in one snapshot."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        _steadily()
        cursor.execute(READ, [first, last if last is not None else 2**62])
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for position, previous, own, *fields in rows:
                yield Link(position, previous, own, tuple(fields))


def hash_of(position: int, previous: str, fields: tuple[str | None, ...]) -> str:
    """SHA-256 over each field as ``<octets>:<text>,`` and ``-,`` for none: no two entries read alike."""
    parts = []
    for text in (FORMAT, str(position), previous, *fields):
        raw = None if text is None else text.encode()
        parts.append(b"-," if raw is None else b"%d:%b," % (len(raw), raw))
    return hashlib.sha256(b"".join(parts)).hexdigest()


def verify(kept: tuple[int, str] | None = None, progress: Callable[[], Any] = lambda: None) -> Report:
    """Walk the whole chain and stop at its first fault.

    Args:
        kept: position and hash of an earlier head, kept outside the database; finds cut-off ends and rewritten chains.
        progress: called once for each entry.
    """
    head = (0, NOTHING)
    for link in links():
        fault = _fault(link, head) or _differs(link, kept)
        if fault:
            return Report(head[0], head, link.position, fault)
        head = (link.position, link.hash)
        progress()
    if kept and kept[0] > head[0]:
        return Report(head[0], head, head[0] + 1, f"the chain ends here, but its kept head stands at {kept[0]}")
    loose = _unsealed()
    if loose is not None:
        return Report(head[0], head, None, f"entry {loose} has no place in the chain")
    return Report(head[0], head)


def _fault(link: Link, head: tuple[int, str]) -> str:
    if link.position != head[0] + 1:
        return f"position {head[0] + 1} is missing"
    if link.previous != head[1]:
        return "it does not follow the entry before it"
    if link.fields[0] is None:
        return "its entry is missing"
    if link.hash != hash_of(link.position, link.previous, link.fields):
        return "its entry is not the one that was sealed"
    return ""


def _differs(link: Link, kept: tuple[int, str] | None) -> str:
    if kept and kept[0] == link.position and kept[1] != link.hash:
        return "it is not the head that was kept"
    return ""


def _steadily() -> None:
    """A long log takes longer than any page may, and is walked along its indexes whatever the statistics say."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL enable_seqscan = off")


def _unsealed() -> int | None:
    with transaction.atomic(), connection.cursor() as cursor:
        _steadily()
        cursor.execute(UNSEALED)
        row = cursor.fetchone()
    return None if row is None else row[0]


# --- export ---


def span(since: date | None, until: date | None) -> tuple[int, int]:
    """The first and last position of the unbroken part that holds every entry of these days; (1, 0) for none."""
    zone = timezone.get_current_timezone()
    lower = datetime.combine(since, time(0), zone) if since else None
    upper = datetime.combine(until + timedelta(1), time(0), zone) if until else None
    with transaction.atomic(), connection.cursor() as cursor:
        _steadily()
        cursor.execute(
            "SELECT min(s.position), max(s.position)"
            " FROM kernel_audit_entry e"
            " JOIN LATERAL (SELECT position FROM kernel_audit_seal WHERE entry_id = e.id OFFSET 0) s ON true"
            " WHERE e.at >= coalesce(%s, '-infinity'::timestamptz) AND e.at < coalesce(%s, 'infinity'::timestamptz)",
            [lower, upper],
        )
        first, last = cursor.fetchone()
    return (1, 0) if first is None else (first, last)


def export(
    out: TextIO, first: int, last: int, *, at: datetime, progress: Callable[[], Any] = lambda: None
) -> dict[str, Any]:
    """Write positions ``first`` to ``last`` as JSON lines: a header with the heads, then one line per entry."""
    ends = {link.position: link for end in {first, last} for link in links(end, end)}
    position, head = queries.audit_head()
    header = {
        "format": FORMAT,
        "exported_at": at.isoformat(),
        "first": first,
        "last": last,
        "previous": ends[first].previous if first in ends else NOTHING,
        "head": ends[last].hash if last in ends else NOTHING,
        "chain_head": {"position": position, "hash": head},
    }
    out.write(json.dumps(header, ensure_ascii=False) + "\n")
    for link in links(first, last):
        line = {"position": link.position, "hash": link.hash, **dict(zip(COLUMNS, link.fields, strict=True))}
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        progress()
    return header
