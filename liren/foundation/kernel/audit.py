"""The audit log: who did what to which object, appended in the transaction of the change and chained at its commit."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model

from liren.foundation.kernel.handwritten import NEW_ID, insert
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import Actor, as_actor


def record(
    action: str, obj: Model | None, *, by: Actor, at: datetime, unit_id: int | None = None, **facts: Any
) -> AuditEntry:
    """Append one entry inside the current transaction; the database chains it when that commits.

    ``facts`` are plain values (numbers, text, dates). No contact data and no free text about a person: an entry can
    never be erased.
    """
    made = entry(action, obj, by=by, at=at, unit_id=unit_id, **facts)
    insert([made])
    return made


def append(entries: Iterable[AuditEntry]) -> None:
    """Append several entries inside the current transaction, in one statement."""
    insert(list(entries))


def entry(
    action: str, obj: Model | None, *, by: Actor, at: datetime, unit_id: int | None = None, **facts: Any
) -> AuditEntry:
    """An entry that is not appended yet: for ``append``, or ``insert_with`` where the object is about to be written."""
    return AuditEntry(
        at=at,
        actor=as_actor(by).label,
        action=action,
        object_type="" if obj is None else obj._meta.label_lower,
        object_id="" if obj is None else NEW_ID if obj.pk is None else str(obj.pk),
        unit_id=unit_id,
        facts=facts,
    )
