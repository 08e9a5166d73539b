"""Keys that programs send: made once, shown once, kept as a digest, ended by a date."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.registers.models import Entry
from liren.foundation.territory.models import Unit
from liren.service.cases.engine.answers import Unfit, one_line
from liren.service.cases.models import KEY_KINDS, ApiKey, Subscription
from liren.service.cases.queries.keys import PREFIX, digest_of

KINDS = KEY_KINDS
#: Random octets of a key: nobody guesses 256 bits.
OCTETS = 32


@dataclass(frozen=True)
class Made:
    """A new key, and its text, which is nowhere kept."""

    key: ApiKey
    text: str


@transaction.atomic
def make_key(
    *,
    name: str,
    kind: str,
    unit_id: int,
    by: Actor,
    at: datetime,
    sensor_id: int | None = None,
    body_id: int | None = None,
) -> Made:
    """A key for a program. It reaches ``unit_id`` and what lies below; one for alarms stands for one registered sensor,
    a partner's for one body in the unit: it does what a member of this body does with the cases of this body.

    Raises:
        NotAllowed: keys of this unit are given out by somebody else. BadInput: no name, an unknown kind, no such unit,
            sensor or body, one that lies outside the unit, or a key for alarms or for a partner without it.
    """
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None or not unit.exists_on(timezone.localdate(at)):
        raise BadInput(_("There is no such unit today."))
    require(by, "cases.keys", unit)
    named = _named(name)
    if kind not in KINDS:
        raise BadInput(_("A key is for one of these: %(kinds)s.") % {"kinds": ", ".join(KINDS)})
    _fitting(kind, sensor_id, unit)
    _of_body(kind, body_id, unit, at)
    text = f"{PREFIX}{secrets.token_urlsafe(OCTETS)}"
    facts = {"name": named, "kind": kind, "unit": unit, "sensor_id": sensor_id, "body_id": body_id}
    key = ApiKey.objects.create(**facts, digest=digest_of(text), made_at=at, made_by=by.label)
    audit.record("cases.key_made", key, by=by, at=at, unit_id=unit.pk, kind=kind, sensor=sensor_id, body=key.body_id)
    return Made(key, text)


def _named(name: str) -> str:
    try:
        named = one_line(name, 100)
    except Unfit:
        named = ""
    if not named:
        raise BadInput(_("Say for whom the key is, in at most 100 characters."))
    return named


def _fitting(kind: str, sensor_id: int | None, unit: Unit) -> None:
    if kind != "sensor":
        if sensor_id is not None:
            raise BadInput(_("Only a key for alarms stands for a device."))
        return
    sensor = Entry.objects.filter(pk=sensor_id or 0).select_related("unit", "register").first()
    if sensor is None or sensor.register.code != "public_sensor" or unit.pk not in sensor.unit.path_ids:
        raise BadInput(
            _("A key for alarms needs a device that stands in the register of sensors of this unit."),
            next_step=_("Enter the device with its purpose and legal basis first."),
        )


def _of_body(kind: str, body_id: int | None, unit: Unit, at: datetime) -> None:
    if kind != "partner":
        if body_id is not None:
            raise BadInput(_("Only the key of a partner stands for a department."))
        return
    living = Body.objects.living_on(timezone.localdate(at)).filter(unit__path__startswith=unit.path)
    if not living.filter(pk=body_id or 0).exists():
        raise BadInput(
            _("The key of a partner needs a department that acts in this unit or below it."),
            next_step=_("Choose it from the list of bodies."),
        )


@transaction.atomic
def end_key(key_id: int, *, by: Actor, at: datetime) -> ApiKey:
    """The key is good for nothing from now on, and its subscriptions with it.

    Raises:
        BadInput: no such key. NotAllowed. Conflict: it ended before.
    """
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=key_id).first()
    if key is None:
        raise BadInput(_("There is no such key."))
    require(by, "cases.keys", key.unit)
    if key.ended_at is not None:
        raise Conflict(_("This key ended before."))
    key.ended_at = at
    key.save(update_fields=["ended_at"])
    Subscription.objects.filter(key=key, ended_at=None).update(ended_at=at)
    audit.record("cases.key_ended", key, by=by, at=at, unit_id=key.unit_id)
    return key


def note_use(key: ApiKey, *, at: datetime) -> None:
    """The key is in use today; written on its first use of a day alone. Sending a key is using it."""
    today = timezone.localdate(at)
    if key.used_on is None or key.used_on < today:
        ApiKey.objects.filter(pk=key.pk).exclude(used_on__gte=today).update(used_on=today)
        key.used_on = today
