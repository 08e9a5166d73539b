"""Grids, and who is to be asked about a grid, a building or an organisation (R028, R029)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import GridProfile, Level, ServiceContact, ServiceSubject, SubjectKind, Unit
from liren.foundation.territory.services.checks import checked_long_text, checked_text
from liren.foundation.territory.services.counts import locked_unit
from liren.foundation.territory.services.dated import check_day, replace


@transaction.atomic
def describe_grid(
    unit_id: int,
    *,
    systems: Sequence[str],
    rules: str,
    rules_url: str = "",
    extent: str = "",
    effective_on: date,
    by: Actor,
    at: datetime,
) -> GridProfile:
    """Say which information systems and which rules a grid works with from a day on; it replaces the word before."""
    unit = locked_unit(unit_id)
    require(by, "territory.grid", unit)
    if unit.level != Level.GRID:
        raise BadInput(_("%(name)s is not a grid.") % {"name": unit.name_zh})
    if len(systems) > 20:
        raise BadInput(_("A grid works with at most 20 systems."))
    if rules_url and not rules_url.startswith(("https://", "http://")):
        raise BadInput(_("The address of the rules must begin with https:// or http://."))
    profile = GridProfile(
        unit=unit,
        systems=[checked_text(system, most=100, empty=_("A system needs a name.")) for system in systems],
        rules=checked_text(rules, most=500, empty=_("Name the rules that the grid works by.")),
        rules_url=checked_text(rules_url, most=500),
        extent=checked_long_text(extent),
    )
    replace(profile, GridProfile.objects.filter(unit=unit), effective_on)
    audit.record("territory.describe_grid", profile, by=by, at=at, unit_id=unit.pk, effective_on=effective_on)
    return profile


@transaction.atomic
def register_service_subject(
    unit_id: int, *, kind: str, name_zh: str, effective_on: date, by: Actor, at: datetime
) -> ServiceSubject:
    """Put a building or a social organisation on the list of what should have a named service contact."""
    unit = locked_unit(unit_id)
    require(by, "territory.grid", unit)
    check_day(effective_on)
    if kind not in SubjectKind.values:
        raise BadInput(_("Only buildings and social organisations are on this list."))
    name_zh = checked_text(name_zh, most=200, empty=_("Enter the name."))
    subject = ServiceSubject.objects.create(unit=unit, kind=kind, name_zh=name_zh, during=DateRange(effective_on))
    audit.record("territory.service_subject", subject, by=by, at=at, unit_id=unit.pk, kind=kind, on=effective_on)
    return subject


@transaction.atomic
def name_service_contact(
    *,
    unit_id: int | None = None,
    subject_id: int | None = None,
    post: str,
    name: str,
    telephone: str = "",
    effective_on: date,
    by: Actor,
    at: datetime,
) -> ServiceContact:
    """Name who is to be asked about a unit, or about a building or organisation, from a day on.

    A post, a public name and an office telephone: the person acts in office, nothing private is held.
    """
    unit, subject = _asked_about(unit_id, subject_id)
    require(by, "territory.grid", unit)
    contact = ServiceContact(
        unit=None if subject else unit,
        subject=subject,
        post=checked_text(post, most=100, empty=_("Name the post.")),
        name=checked_text(name, most=100, empty=_("Enter the name.")),
        telephone=checked_text(telephone, most=30),
    )
    replace(contact, ServiceContact.objects.filter(unit=contact.unit, subject=subject), effective_on)
    audit.record("territory.service_contact", contact, by=by, at=at, unit_id=unit.pk, on=effective_on)
    return contact


def _asked_about(unit_id: int | None, subject_id: int | None) -> tuple[Unit, ServiceSubject | None]:
    if (unit_id is None) == (subject_id is None):
        raise BadInput(_("A contact is for a unit, or for one building or organisation."))
    if unit_id is not None:
        return locked_unit(unit_id), None
    subject = ServiceSubject.objects.select_for_update(no_key=True).filter(pk=subject_id or 0).first()
    if subject is None:
        raise Conflict(_("This building or organisation is no longer on the list."))
    return locked_unit(subject.unit_id), subject
