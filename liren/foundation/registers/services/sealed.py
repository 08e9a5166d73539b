"""Opening what is sealed: with a reason, and each look is written down."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.registers.models import Look
from liren.foundation.registers.models import register as register_of
from liren.foundation.registers.queries.details import Detail, detail_of, visible_entry

LONGEST = 200


@transaction.atomic
def open_sealed(register: str, number: int, *, purpose: str, by: Actor, at: datetime) -> Detail:
    """The whole entry, sealed fields included. That it was read, by whom and why, is kept beside it for good.

    Raises:
        NoEntry, NotAllowed. BadInput: no purpose is given.
    """
    book_of = register_of(register)
    entry = visible_entry(book_of, number, by)
    require(by, "registers.unseal", entry.unit)
    purpose = " ".join(purpose.split())
    if not purpose or len(purpose) > LONGEST or not purpose.isprintable():
        raise BadInput(_("Say why you open this, in at most 200 characters."))
    Look.objects.create(entry=entry, actor=by.label, purpose=purpose, at=at)
    audit.record("registers.unseal", entry, by=by, at=at, unit_id=entry.unit_id, register=register, number=number)
    return detail_of(book_of, entry, entry, by, unsealed=True)
