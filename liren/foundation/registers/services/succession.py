"""When a unit is merged, divided or abolished, its entries go on in the unit that came after it (R024)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people.services import heir_of
from liren.foundation.registers.models import ChangeKind, Entry, EntryChange, Register, registers
from liren.foundation.registers.models.entries import FACTS
from liren.foundation.territory.models import Unit
from liren.foundation.territory.queries import units_at


def follow_units(*, by: Actor, at: datetime, most: int = 20) -> int:
    """Carry open entries out of units that have closed, at most ``most`` units; how many entries moved.

    To the one unit to which all the people went, or else to the unit in which the entry's place lies today. An entry
    for which neither tells stays where it is, until somebody moves it.

    Raises:
        NotAllowed: anybody but the system.
    """
    require(by, "registers.follow")
    today = timezone.localdate(at)
    known = {one.pk: one for one in registers()}
    waiting = Entry.objects.open_on(today).filter(unit__closed_on__lte=today, register__in=known)
    closed = Unit.objects.filter(pk__in=waiting.values("unit")).order_by("pk")
    moved = 0
    for unit in closed:
        count = _follow(unit, known, today, by, at)
        moved += count
        most -= count > 0
        if most <= 0:
            break
    return moved


@transaction.atomic
def _follow(unit: Unit, known: dict[int, Register], today: date, by: Actor, at: datetime) -> int:
    heir = heir_of(unit)
    rows = Entry.objects.open_on(today).filter(unit=unit, register__in=known).select_for_update(no_key=True)
    going: dict[Unit, list[Entry]] = {}
    for entry in rows.order_by("pk"):
        target = heir if heir is not None else _at_its_place(entry, known[entry.register_id], today)
        if target is not None and target.level in known[entry.register_id].spec.ranks:
            going.setdefault(target, []).append(entry)
    for target, entries in going.items():
        _carry(entries, unit, target, by, at)
    return sum(map(len, going.values()))


def _at_its_place(entry: Entry, register: Register, today: date) -> Unit | None:
    """The smallest unit of today that holds the entry's place, of a level on which it may hang."""
    if entry.lon is None or entry.lat is None:
        return None
    found = units_at(entry.lon, entry.lat, on=today)
    return next((one for one in found if one.level in register.spec.ranks), None)


def _carry(entries: Iterable[Entry], source: Unit, target: Unit, by: Actor, at: datetime) -> None:
    entries = list(entries)
    with translation.override("zh-hans"):  # the line stays in the history as it was written
        words = _("%(name)s became part of %(heir)s.") % {"name": source.name_zh, "heir": target.name_zh}
    Entry.objects.filter(pk__in=[one.pk for one in entries]).update(unit=target, changed_at=at)
    lines = []
    for entry in entries:
        image = {name: getattr(entry, name) for name in FACTS} | {"unit_id": target.pk}
        lines.append(
            EntryChange(entry=entry, at=at, actor=by.label, kind=ChangeKind.CHANGED, note=words[:200], **image)
        )
    EntryChange.objects.bulk_create(lines, batch_size=1000)
    audit.record("registers.follow", target, by=by, at=at, unit_id=target.pk, source=source.pk, entries=len(entries))
