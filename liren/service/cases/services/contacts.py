"""How a reporter can be reached: sealed with the case, opened for a reason that the reporter reads, gone with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.handwritten import insert
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people.services import is_stale, seal_value, unseal_value
from liren.service.cases.engine.answers import Unfit, one_line
from liren.service.cases.models import Case, CaseContact
from liren.service.cases.queries.acting import is_reporter, reaches
from liren.service.cases.services.story import changed, locked_case, noted, role_of, wrote

TABLE = "cases_casecontact"
COLUMNS = {"name": "sealed_name", "phone": "sealed_phone"}
SHORTEST, LONGEST = 4, 200


def keep_contact(case: Case, contact: Mapping[str, str], *, at: datetime) -> None:
    """Seal name and telephone for this case; inside the caller's transaction."""
    sealed = {
        column: seal_value(contact[kind], table=TABLE, column=column, row=case.pk)
        for kind, column in COLUMNS.items()
        if contact.get(kind)
    }
    insert([CaseContact(case=case, recorded_at=at, **sealed)])


@transaction.atomic
def read_contact(case_id: int, *, purpose: str, by: Actor, at: datetime) -> dict[str, str]:
    """Name and telephone in the clear, for whoever works on the case; the reporter reads who looked, and why.

    Raises:
        NoCase. NotAllowed: the actor does not work on this case. BadInput: no reason. Conflict: nothing was left.
    """
    case = locked_case(case_id, by)
    if is_reporter(case, by):
        return _opened(case)
    allowed = reaches(case, by)
    if not allowed:
        raise NotAllowed(_("Your account does not hold the duty that this needs."))
    try:
        reason = one_line(purpose, LONGEST)
    except Unfit:
        reason = ""
    if len(reason) < SHORTEST:
        raise BadInput(_("Say why you open this, in at most 200 characters."))
    found, role = _opened(case), role_of(case, by, allowed)
    wrote(case, "note", by=by, at=at, role=role, note=reason, facts={"contact": True})
    changed(case, at=at)
    noted("opened_contact", case, by=by, at=at, role=role)
    return found


def _opened(case: Case) -> dict[str, str]:
    kept = CaseContact.objects.filter(case=case).first()
    if kept is None:
        raise Conflict(_("No telephone number was left with this case."), next_step=_("Put up a notice, or visit."))
    return {
        kind: unseal_value(bytes(getattr(kept, column)), table=TABLE, column=column, row=case.pk)
        for kind, column in COLUMNS.items()
        if getattr(kept, column)
    }


@dataclass(frozen=True)
class Resealed:
    """One batch: the id of the last contact that was looked at, and how many an older key or cipher held."""

    last: int
    rows: int


@transaction.atomic
def reseal_contacts(
    *, by: Actor, at: datetime, after: int = 0, batch: int = 1000, dry_run: bool = False
) -> Resealed | None:
    """Seal up to ``batch`` contacts behind ``after`` anew that an older key or cipher holds; None at the end.

    Raises:
        NotAllowed: destruction and keys are the system's alone.
    """
    require(by, "people.destroy")
    rows = list(CaseContact.objects.select_for_update().filter(pk__gt=after).order_by("pk")[:batch])
    stale = [row for row in rows if any(_is_due(row, column) for column in COLUMNS.values())]
    if stale and not dry_run:
        for row in stale:
            _seal_anew(row)
        CaseContact.objects.bulk_update(stale, list(COLUMNS.values()))
        audit.record("cases.resealed", None, by=by, at=at, rows=len(stale))
    return Resealed(rows[-1].pk, len(stale)) if rows else None


def _seal_anew(row: CaseContact) -> None:
    for column in COLUMNS.values():
        if sealed := bytes(getattr(row, column)):
            place = {"table": TABLE, "column": column, "row": row.pk}
            setattr(row, column, seal_value(unseal_value(sealed, **place), **place))


def _is_due(row: CaseContact, column: str) -> bool:
    sealed = bytes(getattr(row, column))
    return bool(sealed) and is_stale(sealed)
