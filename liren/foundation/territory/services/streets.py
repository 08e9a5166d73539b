"""Streets and lanes, and their chiefs (R034)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.engine import names
from liren.foundation.territory.models import Street, StreetChief
from liren.foundation.territory.services.checks import checked_long_text, checked_text
from liren.foundation.territory.services.counts import locked_unit
from liren.foundation.territory.services.dated import check_day, end, replace

LONGEST_M = 500_000


@transaction.atomic
def register_street(
    unit_id: int,
    *,
    name_zh: str,
    name_en: str = "",
    start: str = "",
    end: str = "",
    length_m: int,
    opened_on: date,
    by: Actor,
    at: datetime,
) -> Street:
    """Put a street or lane on the register of the unit that looks after it; ``length_m`` in metres."""
    unit = locked_unit(unit_id)
    require(by, "territory.street", unit)
    check_day(opened_on)
    if not 1 <= length_m <= LONGEST_M:
        raise BadInput(_("A street is between 1 metre and 500 kilometres long."))
    name_zh = names.clean(checked_text(name_zh, most=100, empty=_("Enter the name.")))
    if Street.objects.filter(unit=unit, name_zh=name_zh, closed_on__isnull=True).exists():
        raise Conflict(_("%(name)s is on the register already.") % {"name": name_zh})
    street = Street.objects.create(
        unit=unit,
        name_zh=name_zh,
        name_en=checked_text(name_en, most=200),
        pinyin=names.pinyin_key(name_zh),
        start=checked_text(start, most=200),
        end=checked_text(end, most=200),
        length_m=length_m,
        opened_on=opened_on,
    )
    audit.record("territory.register_street", street, by=by, at=at, unit_id=unit.pk, length_m=length_m)
    return street


def _locked(street_id: int, by: Actor) -> Street:
    street = (
        Street.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").filter(pk=street_id).first()
    )
    if street is None:
        raise BadInput(_("This street is not on the register."))
    require(by, "territory.street", street)
    return street


@transaction.atomic
def appoint_street_chief(
    street_id: int,
    *,
    post: str,
    name: str,
    telephone: str,
    duties: str,
    sign_place: str = "",
    effective_on: date,
    by: Actor,
    at: datetime,
) -> StreetChief:
    """Name the chief of a street from a day on; the one before ends on that day.

    All of it is published, on a sign (``sign_place``) and online: a post, a name, an office telephone.
    """
    street = _locked(street_id, by)
    if effective_on < street.opened_on or (street.closed_on and effective_on >= street.closed_on):
        raise Conflict(_("%(name)s does not exist on that day.") % {"name": street.name_zh})
    chief = StreetChief(
        street=street,
        post=checked_text(post, most=100, empty=_("Name the post.")),
        name=checked_text(name, most=100, empty=_("Enter the name.")),
        telephone=checked_text(telephone, most=30, empty=_("Enter the office telephone.")),
        duties=checked_long_text(duties, empty=_("Say what the street chief answers for.")),
        sign_place=checked_text(sign_place, most=200),
    )
    replace(chief, StreetChief.objects.filter(street=street), effective_on)
    audit.record(
        "territory.street_chief", chief, by=by, at=at, unit_id=street.unit_id, street=street.pk, on=effective_on
    )
    return chief


@transaction.atomic
def close_street(street_id: int, *, effective_on: date, by: Actor, at: datetime) -> Street:
    """The street no longer exists from the day on; its chief's office ends with it."""
    street = _locked(street_id, by)
    check_day(effective_on)
    if street.closed_on or effective_on <= street.opened_on:
        raise Conflict(_("%(name)s does not exist on that day.") % {"name": street.name_zh})
    end(StreetChief.objects.filter(street=street), effective_on)
    street.closed_on = effective_on
    street.save(update_fields=["closed_on"])
    audit.record("territory.close_street", street, by=by, at=at, unit_id=street.unit_id, effective_on=effective_on)
    return street
