"""Cases as the program of a department gets them: what a member of it reads of the department's work, and no more.

Which these are is the rule of ``models.reach`` and no second one: a program stands for its body as a member does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict

from django.db.models import Q

from liren.service.cases.engine.spec import CaseType, MoveSpec
from liren.service.cases.engine.statuses import status_of
from liren.service.cases.models import Case, CaseEvent, bodies_of
from liren.service.cases.models.declared import by_version, by_versions
from liren.service.cases.models.reach import called
from liren.service.cases.queries.acting import open_moves
from liren.service.cases.queries.details import NoCase, case_by_number
from liren.service.cases.queries.keys import Partner
from liren.service.cases.queries.lists import NOT_SHOWN
from liren.service.cases.queries.reading import WORK, level_of, reading

MOST = 200
Key = tuple[datetime, int]


class Point(TypedDict):
    """A place in degrees (WGS 84)."""

    lon: float
    lat: float


class CaseHead(TypedDict):
    """Where a case of the department stands."""

    number: str
    type: str
    category: str
    status: Annotated[str, "received, sorted, assigned, in_work, answered, confirmed, closed or reopened"]
    outcome: Annotated[str, "how it ended: solved, unsolved, done, refused, out_of_remit, …; empty while it is open"]
    state: Annotated[str, "the state of its type"]
    severity: str
    confidentiality: Annotated[str, "public or limited; what is sealed is never exchanged"]
    unit: Annotated[str, "code of the unit"]
    body: Annotated[int | None, "number of the department that has it"]
    round: Annotated[int, "1, and one more each time it was reopened"]
    revision: Annotated[int, "counts its changes; send it back with a move"]
    received_at: str
    changed_at: str
    due_at: str | None
    answered_at: str | None
    closed_at: str | None


class Said(TypedDict):
    """What was answered to a question of the form, or of a move."""

    field: str
    text: str


class Held(TypedDict):
    """A picture or a paper."""

    id: int
    name: str
    type: str
    octets: int


class CaseWhole(CaseHead):
    """A case whole, as its work needs it. How the reporter is reached is not in it: that takes a person's reason."""

    text: str
    address: str
    place: Annotated[Point | None, "as reported, not rounded"]
    values: list[Said]
    files: list[Held]


@dataclass(frozen=True)
class Changed:
    """A page of cases in the order of their change, with their types; ``after`` is the key of the next page."""

    rows: list[tuple[Case, CaseType]]
    after: Key | None


def changed_cases(
    actor: Partner, *, since: datetime | None = None, after: Key | None = None, limit: int = 50
) -> Changed:
    """Cases of the body, those first that were changed longest ago. Three queries whatever their number.

    The two ways in which a case is a body's work are read one by one, each along its own index, and put together.
    """
    rows = Case.objects.worked_by(actor).select_related("unit").defer("text", "address", *NOT_SHOWN)
    if since is not None:
        rows = rows.filter(changed_at__gte=since)
    if after is not None:
        at, pk = after
        rows = rows.filter(Q(changed_at=at, pk__gt=pk) | Q(changed_at__gt=at), changed_at__gte=at)
    limit = min(max(limit, 1), MOST)
    found = {one.pk: one for way in _ways(actor) for one in rows.filter(way).order_by("changed_at", "pk")[: limit + 1]}
    cases = sorted(found.values(), key=_key)
    specs = by_versions({one.written_as_id for one in cases})
    page = [(one, specs[one.written_as_id]) for one in cases[:limit]]
    return Changed(page, _key(cases[limit - 1]) if len(cases) > limit else None)


def _ways(actor: Partner) -> tuple[Q, Q]:
    return Q(body_id__in=bodies_of(actor)), called(actor)


def _key(case: Case) -> Key:
    return case.changed_at, case.pk


def partner_case(number: str, actor: Partner) -> Case:
    """A case that is the body's work.

    Raises:
        NoCase: there is none of this number, or it is not, even where everybody sees its public face.
    """
    found = case_by_number(number, actor)
    if level_of(found, actor) != WORK:
        raise NoCase.unknown()
    return found


def next_moves(case: Case, actor: Partner) -> list[tuple[MoveSpec, str]]:
    """Moves that the body may make now, each with the status that the case has afterwards."""
    spec = by_version(case.written_as_id)
    return [(one, status_of(spec, one.target)) for one in open_moves(case, actor, spec)]


def head_of(case: Case, spec: CaseType) -> CaseHead:
    """Where it stands, in words that systems agree on."""
    return {
        "number": case.number,
        "type": spec.code,
        "category": case.category,
        "status": status_of(spec, case.state, rounds=case.rounds),
        "outcome": case.outcome,
        "state": case.state,
        "severity": case.severity,
        "confidentiality": case.confidentiality,
        "unit": case.unit.code,
        "body": case.body_id,
        "round": case.rounds,
        "revision": case.revision,
        "received_at": case.received_at.isoformat(),
        "changed_at": case.changed_at.isoformat(),
        "due_at": _moment(case.due_at),
        "answered_at": _moment(case.answered_at),
        "closed_at": _moment(case.closed_at),
    }


def whole_of(case: Case, actor: Partner) -> CaseWhole:
    """The case with its words, for whoever found it by ``partner_case``."""
    read = reading(case, actor)
    return {
        **head_of(case, read.spec),
        "text": read.text,
        "address": read.address,
        "place": None if read.lon is None or read.lat is None else {"lon": read.lon, "lat": read.lat},
        "values": [{"field": one.field.code, "text": one.text} for one in read.values],
        "files": [{"id": one.pk, "name": one.name, "type": one.type, "octets": one.size} for one in read.files],
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


# --- for subscribers ---


class Told(TypedDict):
    """What a message says besides where the case stands: the words of what happened, and the case whole."""

    note: str
    whole: CaseWhole


def told_of(event: CaseEvent, actor: Partner) -> Told | None:
    """What the body's program is told of an event; None where the case is not, or no longer, the body's work."""
    case = Case.objects.worked_by(actor).select_related("unit", "body").filter(pk=event.case_id).first()
    return None if case is None else {"note": event.note, "whole": whole_of(case, actor)}
