"""What other programs are given of cases: only what is public, and of types that are open to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max, Q

from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.policy.models import DeclarationVersion
from liren.foundation.territory.models import Unit
from liren.service.cases.engine.numbers import understood
from liren.service.cases.engine.spec import CaseType, Category
from liren.service.cases.models import Case, CaseFile, CaseQuerySet
from liren.service.cases.models.declared import DeclaredType, NoType, by_version, by_versions, type_of, types
from liren.service.cases.queries.lists import NOT_SHOWN, Row, within

CHANNEL = "open311"
MOST = 1000


@dataclass(frozen=True)
class Service:
    """One thing that can be reported by a program: a type, and one of its categories where it has any."""

    kind: DeclaredType
    category: Category | None

    @property
    def code(self) -> str:
        return service_code(self.kind.spec, self.category)


def service_code(spec: CaseType, category: Category | None) -> str:
    return f"{spec.code}.{category.code}" if category else spec.code


def services() -> list[Service]:
    """All of them, in the order of the declarations. What a resident must do first instead (119) is not among them."""
    return [Service(kind, category) for kind in open_types() for category in _categories(kind.spec)]


def service_of_code(code: str) -> Service | None:
    """The one of ``services`` with this code, without going through all of them."""
    try:
        kind = type_of(code.partition(".")[0])
    except NoType:
        return None
    offered = [Service(kind, one) for one in _categories(kind.spec)] if _is_open(kind.spec) else []
    return next((one for one in offered if one.code == code), None)


def _categories(spec: CaseType) -> list[Category | None]:
    return [one for one in spec.categories if not one.stops] if spec.categories else [None]


def open_types() -> list[DeclaredType]:
    """Public types that are taken in from programs."""
    return [one for one in types() if _is_open(one.spec)]


def _is_open(spec: CaseType) -> bool:
    return CHANNEL in spec.channels and spec.confidentiality == "public"


@dataclass(frozen=True)
class Wanted:
    """Which cases a program asks for; times with their zone, ``services`` by code."""

    numbers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    changed_since: datetime | None = None
    changed_until: datetime | None = None
    unit: Unit | None = None
    skip: int = 0
    limit: int = MOST


@dataclass(frozen=True)
class Listed:
    """Cases with the words of their types, and the newest released picture of each that has one."""

    rows: list[Row]
    pictures: dict[int, int] = field(default_factory=dict)


def cases_for_programs(wanted: Wanted) -> Listed:
    """The newest first, at most a thousand. Everybody is told the same: nothing here depends on who asks."""
    rows = shown_to_programs()
    if wanted.numbers:
        rows = rows.filter(pk__in=[pk for pk in map(understood, wanted.numbers) if pk])
    else:
        rows = _narrowed(rows, wanted)
    rows = rows.select_related("unit", "body").defer("text", "address", *NOT_SHOWN).order_by("-received_at", "-id")
    cases = list(rows[wanted.skip : wanted.skip + min(wanted.limit, MOST)])
    specs = by_versions({one.written_as_id for one in cases})
    return Listed([Row(one, specs[one.written_as_id]) for one in cases], pictures_of(one.pk for one in cases))


def shown_to_programs() -> CaseQuerySet:
    """Public cases of open types that are not hidden, as a stranger sees them."""
    rows: CaseQuerySet = Case.objects.visible_to(ANONYMOUS).filter(confidentiality="public", is_hidden=False)
    return rows.filter(type_id__in=[one.pk for one in open_types()])


def _narrowed(rows: CaseQuerySet, wanted: Wanted) -> CaseQuerySet:
    moments = {
        "received_at__gte": wanted.since,
        "received_at__lte": wanted.until,
        "changed_at__gte": wanted.changed_since,
        "changed_at__lte": wanted.changed_until,
    }
    rows = rows.filter(**{name: value for name, value in moments.items() if value is not None})
    if wanted.phases:
        rows = rows.filter(phase__in=wanted.phases)
    if wanted.services:
        rows = rows.filter(_of_services(wanted.services))
    return within(rows, wanted.unit) if wanted.unit else rows


def _of_services(codes: Iterable[str]) -> Q:
    """Cases of these services; a code without category is the whole type."""
    ids, found = {one.code: one.pk for one in open_types()}, Q(pk__in=[])
    for code in codes:
        type, _dot, category = code.partition(".")
        if type in ids:
            found |= Q(type_id=ids[type], **({"category": category} if category else {}))
    return found


def pictures_of(cases: Iterable[int]) -> dict[int, int]:
    """Of each case the newest picture that was released for everybody. One query."""
    released = CaseFile.objects.filter(case_id__in=list(cases), published_at__isnull=False)
    return dict(released.order_by("pk").values_list("case_id", "pk"))


def number_of_token(token: str) -> str | None:
    """The number of the case that was sent under this key of the sender's, if everybody sees it."""
    found = shown_to_programs().filter(client_key=token, channel=CHANNEL).only("pk").first()
    return found.number if found else None


def open_types_changed_at() -> datetime | None:
    """When what is open to programs was last declared anew."""
    versions = DeclarationVersion.objects.filter(pk__in=[one.version for one in open_types()])
    found: datetime | None = versions.aggregate(last=Max("loaded_at"))["last"]
    return found


# --- for subscribers ---


def is_told_to_programs(case: Case) -> bool:
    """Whether subscribers are told of it: public, and not hidden."""
    return case.confidentiality == "public" and not case.is_hidden


def face_of(case: Case) -> dict[str, Any]:
    """The public face of a case, in the words of the API."""
    row = Row(case, by_version(case.written_as_id))
    lon, lat = row.public_point
    moments = ("received_at", "changed_at", "due_at", "closed_at")
    return {
        "number": case.number,
        "type": row.spec.code,
        "category": case.category,
        "status": case.outcome or case.phase,
        "state": case.state,
        "severity": case.severity,
        "unit": case.unit.code,
        "place": None if lon is None or lat is None else {"lon": lon, "lat": lat},
        "body": case.body.name_zh if case.body else None,
        "hops": case.hops,
        **{name: value.isoformat() if (value := getattr(case, name)) else None for name in moments},
    }
