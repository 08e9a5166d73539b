"""What every write of this room asks first: a city, a text, the next number."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput
from liren.foundation.territory.models import Level, Unit

Progress = Callable[[str, int, int], None]
LONGEST_SOURCE = 300
#: The first part of the advisory locks of this room; the second is the city.
LOCK = 0x11FE


def silent(stage: str, done: int, total: int) -> None:
    """The progress of whoever does not look."""


def city_of(city: Unit | str) -> Unit:
    """The city (or district, or municipality) meant, as a unit or its code.

    Raises:
        BadInput: there is none, or it stands too low to have a life circle of its own.
    """
    found = city if isinstance(city, Unit) else Unit.objects.filter(code=city).first()
    if found is None:
        raise BadInput(_("There is no unit with the code %(code)s.") % {"code": str(city)[:30]})
    if found.level > Level.DISTRICT:
        raise BadInput(
            _("The life circle is worked out for a city or a district, not for %(name)s.") % {"name": found.name}
        )
    return found


def locked(city: Unit) -> None:
    """Whoever numbers something of a city waits here for whoever does so too; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, city.pk % 2**31])


def next_number(rows: Any, field: str) -> int:
    """One more than the highest number given so far."""
    return int(rows.aggregate(most=Max(field))["most"] or 0) + 1


def source_of(text: str, path: Path) -> str:
    """Where something comes from: what was said, else the file's name."""
    said = " ".join((text or path.name).split())
    if len(said) > LONGEST_SOURCE or not said.isprintable():
        raise BadInput(_("The source is too long: at most %(most)d characters.") % {"most": LONGEST_SOURCE})
    return said


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
