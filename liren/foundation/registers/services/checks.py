"""What every write of an entry begins with: the register, its book held, the unit, and the facts made clean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput
from liren.foundation.registers.engine.gates import Lack, refused
from liren.foundation.registers.engine.identity import NAMES, Identity, read_identity
from liren.foundation.registers.engine.values import clean
from liren.foundation.registers.engine.wording import ValueFault
from liren.foundation.registers.models import Book, Entry, NoEntry, Register
from liren.foundation.registers.queries.finding import Found
from liren.foundation.registers.queries.gates import numbers_at
from liren.foundation.territory.models import Level, Unit

IDENTITY = tuple(NAMES)


class BadEntry(BadInput):
    """What was entered can't be; ``by_field`` says it field by field, for a form."""

    def __init__(self, faults: Iterable[ValueFault]) -> None:
        self.faults = list(faults)
        self.by_field: dict[str, list[str]] = {}
        for fault in self.faults:
            self.by_field.setdefault(fault.field, []).append(said(fault))
        super().__init__(" ".join(sentence for many in self.by_field.values() for sentence in many))


def said(fault: ValueFault) -> str:
    """A fault as a sentence in the reader's language."""
    return fault.text(get_language() or "zh", _)


def held_book(register: Register) -> Book:
    """The register's book, held until the transaction ends: one after another gives out numbers, or imports."""
    book = Book.objects.select_for_update().filter(register_id=register.pk).first()
    if book is not None:
        return book
    try:
        with transaction.atomic():
            Book.objects.create(register_id=register.pk)
    except IntegrityError:  # somebody else was first
        pass
    return Book.objects.select_for_update().get(register_id=register.pk)


def locked_entry(register: Register, number: int) -> Entry:
    """The entry with its unit, held until the transaction ends.

    Raises:
        NoEntry: the register holds no entry of this number.
    """
    entry = None
    if 0 < number < 2**31:
        rows = Entry.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
        entry = rows.filter(register_id=register.pk, number=number).first()
    if entry is None:
        raise NoEntry(_("This register has no entry of this number."), next_step=_("Look for it in the list."))
    return entry


def unit_for(register: Register, unit_id: int, day: date) -> Unit:
    """The unit on which an entry shall hang, held against changes of the tree; BadInput where it can't."""
    unit = Unit.objects.select_for_update(no_key=True).filter(pk=unit_id).first() if 0 < unit_id < 2**63 else None
    if unit is None or not unit.exists_on(day):
        raise BadInput(_("The unit does not exist on this day."))
    if unit.level not in register.spec.ranks:
        levels = ", ".join(str(Level(rank).label) for rank in register.spec.ranks)
        raise BadInput(_("Entries of this register hang on: %(levels)s.") % {"levels": levels})
    return unit


def held_at_gates(
    register: Register, unit: Unit, before: Mapping[str, Any] | None, after: Mapping[str, Any], today: date
) -> list[Lack]:
    """What a write of an entry is refused for at the gates of its register; one query where it has any."""
    if not register.spec.gates:
        return []
    return refused(register.spec, before, after, numbers_at(register, unit, today))


def must_pass(
    register: Register, unit: Unit, before: Mapping[str, Any] | None, after: Mapping[str, Any], today: date
) -> None:
    """BadEntry where a gate holds the entry back."""
    held = held_at_gates(register, unit, before, after, today)
    if held:
        raise BadEntry([one.fault() for one in held])


def cleaned(
    register: Register, identity: Mapping[str, Any], values: Mapping[str, Any], *, today: date, entry: Entry | None
) -> tuple[Identity, dict[str, Any]]:
    """Facts as they are kept. For an entry that is there, ``values`` are only those that change, None for emptied.

    Raises:
        BadEntry: everything that is wrong, field by field.
    """
    facts, faults = read_identity(register.spec, identity, today=today)
    finder = Found(today, entry)
    read, more = clean(register.spec, values, finder=finder, today=today, partly=entry is not None)
    if faults or more:
        raise BadEntry([*faults, *more])
    return facts, read
