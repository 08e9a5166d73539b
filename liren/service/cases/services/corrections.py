"""Corrections of what was taken in: what it is about, how urgent, where; and hiding what must not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Unit
from liren.service.cases.engine.answers import Unfit, one_line
from liren.service.cases.engine.places import cell_of
from liren.service.cases.engine.spec import CONFIDENTIALITY, SEVERITIES, CaseType
from liren.service.cases.models import Case
from liren.service.cases.models.declared import by_version
from liren.service.cases.queries.acting import acts_as
from liren.service.cases.services.faults import Outdated
from liren.service.cases.services.sending import unit_at, unit_of
from liren.service.cases.services.story import changed, locked_case, noted, role_of, wrote
from liren.service.cases.services.words import search_of

CORRECTS = frozenset({"desk", "supervisor", "system"})
LONGEST_REASON = 200


@dataclass
class Correction:
    """What shall be true instead; None stays as it is."""

    category: str | None = None
    severity: str | None = None
    point: tuple[float, float] | None = None
    address: str | None = None
    unit_id: int | None = None
    old: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def correct(
    case_id: int,
    *,
    category: str | None = None,
    severity: str | None = None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """Sort a case anew. Clocks that run keep the time that was promised; the next ones follow the new severity."""
    return _corrected(case_id, Correction(category=category, severity=severity), seen, by=by, at=at)


@transaction.atomic
def correct_place(
    case_id: int,
    *,
    lon: float | None = None,
    lat: float | None = None,
    address: str | None = None,
    unit_id: int | None = None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """Put the pin right. The unit follows the place, or is named; after the dispatch the unit stays.

    Raises:
        NoCase. NotAllowed: not one's work. Outdated. BadInput: no such place or unit.
        Conflict: the unit would change, and the case was dispatched already.
    """
    point = (float(lon), float(lat)) if lon is not None and lat is not None else None
    if point and not (abs(point[0]) <= 180 and abs(point[1]) <= 90):
        raise BadInput(_("This is no place on earth."))
    return _corrected(case_id, Correction(point=point, address=address, unit_id=unit_id), seen, by=by, at=at)


def _corrected(case_id: int, wanted: Correction, seen: int | None, *, by: Actor, at: datetime) -> Case:
    case = locked_case(case_id, by)
    if not acts_as(case, by) & CORRECTS:
        raise NotAllowed(_("Your account does not hold the duty that this needs."))
    if seen is not None and seen != case.revision:
        raise Outdated(case)
    if case.phase == "closed":
        raise Conflict(_("This case is closed."))
    spec = by_version(case.written_as_id)
    _sort(case, spec, wanted)
    _place(case, spec, wanted, timezone.localdate(at))
    if not wanted.old:
        return case
    role = role_of(case, by, CORRECTS)
    wrote(case, "corrected", by=by, at=at, role=role, facts={"old": wanted.old})
    columns = set(wanted.old) | ({"cell", "search"} if {"lon", "address"} & set(wanted.old) else set())
    changed(case, *columns, at=at)
    noted("corrected", case, by=by, at=at, role=role, columns=sorted(wanted.old))
    return case


def _put(case: Case, wanted: Correction, column: str, value: Any) -> None:
    old = getattr(case, column)
    if old != value:
        wanted.old[column] = old.pk if isinstance(old, Unit) else old
        setattr(case, column, value)


def _sort(case: Case, spec: CaseType, wanted: Correction) -> None:
    if wanted.category is not None:
        found = spec.category(wanted.category)
        if found is None and wanted.category:
            raise BadInput(_("There is no such category; choose one from the list."))
        _put(case, wanted, "category", wanted.category)
    if wanted.severity is not None:
        if wanted.severity not in SEVERITIES:
            raise BadInput(_("There is no such degree of urgency."))
        _put(case, wanted, "severity", wanted.severity)


def _place(case: Case, spec: CaseType, wanted: Correction, today: date) -> None:
    unit = None
    if wanted.point is not None:
        _put(case, wanted, "lon", wanted.point[0])
        _put(case, wanted, "lat", wanted.point[1])
        case.cell = cell_of(case.lon, case.lat)
        unit = unit_at(spec, wanted.point, today)
    if wanted.address is not None:
        try:
            _put(case, wanted, "address", one_line(wanted.address))
        except Unfit as unfit:
            raise BadInput(_(unfit.message) % unfit.facts) from unfit
    if case.confidentiality != "sealed":
        case.search = search_of(case.text, case.address)
    if wanted.unit_id is not None:
        unit = unit_of(spec, wanted.unit_id, today)
    if unit is None and (wanted.point is not None or wanted.unit_id is not None):
        raise BadInput(
            _("This place lies outside of every community that is served here."),
            next_step=_("Move the pin, or choose your community from the list."),
        )
    if unit is not None and unit.pk != case.unit_id:
        if case.dispatched_at is not None:
            raise Conflict(_("The case was sent on already: its community stays."), next_step=_("Dispatch it anew."))
        _put(case, wanted, "unit", unit)


@transaction.atomic
def hide(case_id: int, *, reason: str, hidden: bool = True, by: Actor, at: datetime) -> Case:
    """Take a case out of what everybody sees, or put it back. Its reporter and who works on it still see it."""
    case = locked_case(case_id, by)
    require(by, "cases.moderate", case.unit)
    text = _reason(reason)
    if case.is_hidden == hidden:
        return case
    case.is_hidden = hidden
    wrote(case, "hidden", by=by, at=at, role="desk", note=text, facts={"hidden": hidden})
    changed(case, "is_hidden", at=at)
    noted("hid" if hidden else "showed", case, by=by, at=at, role="desk")
    return case


@transaction.atomic
def restrict(case_id: int, *, reason: str, by: Actor, at: datetime) -> Case:
    """Make a public case one that only the reporter and who works on it see. There is no way back."""
    case = locked_case(case_id, by)
    require(by, "cases.moderate", case.unit)
    text = _reason(reason)
    if CONFIDENTIALITY.index(case.confidentiality) >= CONFIDENTIALITY.index("limited"):
        return case
    case.confidentiality = "limited"
    wrote(case, "hidden", by=by, at=at, role="desk", note=text, facts={"confidentiality": "limited"})
    changed(case, "confidentiality", at=at)
    noted("restricted", case, by=by, at=at, role="desk")
    return case


def _reason(text: str) -> str:
    try:
        reason = one_line(text, LONGEST_REASON)
    except Unfit:
        reason = ""
    if not reason:
        raise BadInput(_("Say why, in at most 200 characters."))
    return reason
