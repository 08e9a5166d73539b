"""Alarms of registered devices: place and state of equipment, and no person in them (R110)."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.registers.models import Entry
from liren.service.cases.models import ApiKey, Case
from liren.service.cases.models.declared import DeclaredType, type_of
from liren.service.cases.queries.keys import program
from liren.service.cases.services.intake import Taken, report
from liren.service.cases.services.receipts import key_of

TYPE = "sensor_alarm"
#: A number, perhaps with its unit: no room for anything about a person.
READING = re.compile(r"[-+]?[0-9]{1,9}(?:\.[0-9]{1,4})?(?: ?[%°A-Za-zµ/³²]{1,8})?")


@transaction.atomic
def take_alarm(*, key: ApiKey, at: datetime, reading: str = "", client_key: UUID | None = None) -> Taken:
    """A case out of an alarm of the device that the key stands for. While one is open, the device adds none.

    What kind of device it is, and where it stands, is what the register says; the device itself says one number.

    Raises:
        Conflict: the device is closed in the register, or it isn't declared there that it raises alarms.
        BadInput: a reading that is no number with a unit. NoType: alarms aren't taken in here.
    """
    kind, sensor = type_of(TYPE), _sensor(key, at)
    if reading and not READING.fullmatch(reading):
        raise BadInput(_("A reading is one number, with its unit if need be."))
    with connection.cursor() as cursor:  # two alarms of one device at once: one waits for the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases.alarm'), %s)", [sensor.pk % 2**31])
    device = device_of(sensor)
    earlier = Case.objects.filter(type_id=kind.pk, values__device=device).exclude(phase="closed")
    if (case := earlier.select_related("unit", "body").first()) is not None:
        return Taken(case, key_of(case), repeated=True)
    return report(
        TYPE,
        text=_text(sensor, reading),
        by=program(key),
        at=at,
        channel="sensor",
        unit_id=sensor.unit_id,
        lon=sensor.lon,
        lat=sensor.lat,
        address=sensor.name_zh[:100],
        category=_category(kind, sensor),
        values={"device": device, **({"reading": reading} if reading else {})},
        client_key=client_key,
        key=key,
    )


def device_of(sensor: Entry) -> str:
    """What the case calls the device: its number in the register."""
    return f"public_sensor/{sensor.number}"


def _sensor(key: ApiKey, at: datetime) -> Entry:
    sensor = key.sensor
    if sensor is None or not sensor.is_open_on(timezone.localdate(at)):
        raise Conflict(_("This device is not in the register any more."), next_step=_("Enter it anew, with a new key."))
    if sensor.values.get("raises_alarm") is not True:
        raise Conflict(
            _("The register does not say that this device raises alarms."),
            next_step=_("Have that entered first, with its purpose and legal basis."),
        )
    return sensor


def _category(kind: DeclaredType, sensor: Entry) -> str:
    """The kind of the device, where the type knows it."""
    code = str(sensor.values.get("sensor_kind", ""))
    return code if kind.spec.category(code) else ""


def _text(sensor: Entry, reading: str) -> str:
    words = _("Alarm of the device “%(device)s” (no. %(number)s in the register).")
    said = words % {"device": sensor.name, "number": sensor.number}
    return f"{said} {_('Reading: %(reading)s.') % {'reading': reading}}" if reading else said
