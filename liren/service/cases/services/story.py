"""What every change of a case ends with: a line of its story, its new revision, an entry in the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from liren.foundation.kernel import audit
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import Actor, Anonymous
from liren.service.cases.models import Case, CaseEvent
from liren.service.cases.queries.acting import REPORTER, SYSTEM, acts_as
from liren.service.cases.queries.details import case_by_id

#: In which order one word is chosen for a line, where several are true of an actor.
ORDER = ("system", "body", "desk", "callback", "supervisor", "reporter")

#: Whose words to the reporter are an answer.
SPEAKERS = frozenset({"body", "desk", "supervisor"})


def locked_case(case_id: int, by: Any) -> Case:
    """The case, held until the transaction ends; it has to be one that the actor sees.

    Raises:
        NoCase: there is none, or it is not for this actor.
    """
    return case_by_id(case_id, by, held=True)


def role_of(case: Case, by: Any, wanted: Iterable[str] = ()) -> str:
    """The one word under which the actor stands in the story: of ``wanted``, if any of these is true."""
    return role_among(acts_as(case, by), wanted)


def role_among(words: frozenset[str], wanted: Iterable[str] = ()) -> str:
    """The same, of words that are known to be true of the actor."""
    fitting = words & set(wanted) or words
    return next((word for word in ORDER if word in fitting), min(fitting, default=SYSTEM))


def line(
    case: Case,
    kind: str,
    *,
    by: Actor,
    at: datetime,
    role: str,
    told: bool = True,
    facts: Mapping[str, Any] | None = None,
    **more: Any,
) -> CaseEvent:
    """A line of the story, not stored yet. ``role`` is what is shown of who did it; the actor's label never is."""
    return CaseEvent(
        case=case, kind=kind, at=at, actor=by.label, told=told, facts={**(facts or {}), "as": role}, **more
    )


def wrote(case: Case, kind: str, *, by: Actor, at: datetime, role: str, **more: Any) -> CaseEvent:
    """A line of the story, stored."""
    event = line(case, kind, by=by, at=at, role=role, **more)
    event.save(force_insert=True)
    return event


def changed(case: Case, *fields: str, at: datetime) -> None:
    """Store the changed columns and count the change."""
    case.revision += 1
    case.changed_at = at
    case.save(update_fields=[*fields, "revision", "changed_at"])


def noted(what: str, case: Case, *, by: Actor, at: datetime, role: str, **facts: Any) -> None:
    """An entry in the audit log. Who reported in confidence is named there by that word, not by account."""
    noted_of_many(what, [(case, facts)], by=by, at=at, role=role)


def noted_of_many(
    what: str, told: Iterable[tuple[Case, Mapping[str, Any]]], *, by: Actor, at: datetime, role: str
) -> None:
    """An entry for each of these cases with its facts, in one statement."""
    audit.append(entry(what, case, by=by, at=at, role=role, **facts) for case, facts in told)


def entry(what: str, case: Case, *, by: Actor, at: datetime, role: str, **facts: Any) -> AuditEntry:
    """The same entry, not stored yet: for a case that is about to be."""
    return audit.entry(f"cases.{what}", case, by=_named(case, by, role), at=at, unit_id=case.unit_id, **facts)


def _named(case: Case, by: Actor, role: str) -> Actor:
    hidden = case.confidentiality == "sealed" and role == REPORTER
    return Anonymous(label=REPORTER) if hidden else by
