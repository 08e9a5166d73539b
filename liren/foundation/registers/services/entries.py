"""Entering, changing, reviewing, closing and reopening an entry. Each leaves a line in its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.registers.engine.identity import Identity, read_identity
from liren.foundation.registers.models import ChangeKind, Entry, EntryChange, Register
from liren.foundation.registers.models import register as register_of
from liren.foundation.registers.models.entries import FACTS
from liren.foundation.registers.models.reach import Spot
from liren.foundation.registers.models.words import keys_for
from liren.foundation.registers.services.checks import (
    IDENTITY,
    BadEntry,
    cleaned,
    held_book,
    locked_entry,
    must_pass,
    unit_for,
)

NOTE = 200


@transaction.atomic
def add_entry(
    register: str, *, unit_id: int, identity: Mapping[str, Any], values: Mapping[str, Any], by: Actor, at: datetime
) -> Entry:
    """Enter something in a register.

    ``identity`` holds name_zh, name_en, lon, lat, opened_on, closed_on as they were typed; ``values`` the declared
    fields by code, as typed.

    Raises:
        NoRegister, NotAllowed. BadEntry: what is wrong, field by field. BadInput: the unit can't hold it.
    """
    book_of, today = register_of(register), timezone.localdate(at)
    unit = unit_for(book_of, unit_id, today)
    require(by, "registers.keep", Spot(book_of, unit))
    facts, kept = cleaned(book_of, {**identity, "reviewed_on": None}, values, today=today, entry=None)
    must_pass(book_of, unit, None, kept, today)
    book = held_book(book_of)
    book.last_number += 1
    book.save(update_fields=["last_number"])
    entry = Entry(register_id=book_of.pk, number=book.last_number, unit=unit, reviewed_on=today)
    return _write(entry, book_of, facts, kept, ChangeKind.CREATED, by=by, at=at)


@transaction.atomic
def change_entry(
    register: str,
    number: int,
    *,
    identity: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    unit_id: int | None = None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> Entry:
    """Change what an entry says; what is not mentioned stays. An empty value empties the field.

    ``seen`` is the id of the newest line of history that the actor has seen: if there is a newer one, Conflict.
    An entry that was written under an older declaration is read into the present one, and must fit it.
    """
    book_of, today = register_of(register), timezone.localdate(at)
    entry = locked_entry(book_of, number)
    unit = entry.unit if unit_id in (None, entry.unit_id) else unit_for(book_of, int(unit_id or 0), today)
    for spot in {entry.unit_id: entry.unit, unit.pk: unit}.values():
        require(by, "registers.keep", Spot(book_of, spot))
    _must_be_open(entry, today)
    _must_be_seen(entry, seen)
    before = {name: getattr(entry, name) for name in IDENTITY}
    wanted = _carried(book_of, entry, today) | dict(values or {})
    facts, kept = cleaned(book_of, {**before, **(identity or {})}, wanted, today=today, entry=entry)
    merged = {**_still_there(book_of, entry), **kept}
    new_values = {code: value for code, value in merged.items() if value is not None}
    if unit == entry.unit and new_values == entry.values and all(getattr(facts, n) == before[n] for n in IDENTITY):
        return entry
    must_pass(book_of, unit, entry.values, new_values, today)
    entry.unit = unit
    return _write(entry, book_of, facts, new_values, ChangeKind.CHANGED, by=by, at=at)


def _still_there(register: Register, entry: Entry) -> dict[str, Any]:
    """Values of fields that the register still has."""
    return {code: value for code, value in entry.values.items() if code in register.spec.by_code}


def _carried(register: Register, entry: Entry, today: date) -> dict[str, Any]:
    """What an older declaration left behind, as it would be typed today: it is checked again with the rest."""
    if entry.written_as_id == register.version:
        needed = [f.code for f in register.spec.fields if f.required]
        return {code: entry.values.get(code) for code in needed}
    needed_too = {field.code: entry.values.get(field.code) for field in register.spec.fields if field.required}
    return _still_there(register, entry) | needed_too


@transaction.atomic
def review_entry(register: str, number: int, *, by: Actor, at: datetime) -> Entry:
    """Say that the entry is still true today."""
    book_of, today = register_of(register), timezone.localdate(at)
    entry = locked_entry(book_of, number)
    require(by, "registers.keep", Spot(book_of, entry.unit))
    _must_be_open(entry, today)
    if entry.reviewed_on == today:
        return entry
    entry.reviewed_on = today
    return _note(entry, book_of, ChangeKind.REVIEWED, ["reviewed_on"], by=by, at=at)


@transaction.atomic
def close_entry(
    register: str, number: int, *, reason: str, closed_on: date | None = None, by: Actor, at: datetime
) -> Entry:
    """End an entry: the thing is no longer there. ``closed_on`` is the first day without it (today)."""
    book_of, today = register_of(register), timezone.localdate(at)
    entry = locked_entry(book_of, number)
    require(by, "registers.keep", Spot(book_of, entry.unit))
    _must_be_open(entry, today)
    facts = {name: getattr(entry, name) for name in IDENTITY} | {"closed_on": closed_on or today}
    _identity(book_of, facts, today)
    entry.closed_on = facts["closed_on"]
    return _note(entry, book_of, ChangeKind.CLOSED, ["closed_on"], note=_reason(reason), by=by, at=at)


@transaction.atomic
def reopen_entry(register: str, number: int, *, reason: str, by: Actor, at: datetime) -> Entry:
    """Take back the end of an entry: it is there again, or was never gone."""
    book_of, today = register_of(register), timezone.localdate(at)
    entry = locked_entry(book_of, number)
    require(by, "registers.keep", Spot(book_of, entry.unit))
    if entry.closed_on is None:
        raise Conflict(_("This entry is open."))
    unit_for(book_of, entry.unit_id, today)
    entry.closed_on, entry.reviewed_on = None, today
    return _note(entry, book_of, ChangeKind.REOPENED, ["closed_on", "reviewed_on"], note=_reason(reason), by=by, at=at)


def _identity(register: Register, facts: Mapping[str, Any], today: date) -> None:
    _facts, faults = read_identity(register.spec, facts, today=today)
    if faults:
        raise BadEntry(faults)


def _reason(text: str) -> str:
    text = " ".join(text.split())
    if not text or len(text) > NOTE or not text.isprintable():
        raise BadInput(_("Say why, in at most 200 characters."))
    return text


def _must_be_open(entry: Entry, today: date) -> None:
    if not entry.is_open_on(today):
        raise Conflict(_("This entry is closed."), next_step=_("Reopen it first."))


def _must_be_seen(entry: Entry, seen: int | None) -> None:
    newest = EntryChange.objects.filter(entry=entry).order_by("-id").values_list("pk", flat=True).first()
    if seen is not None and newest != seen:
        raise Conflict(_("Somebody else has changed this entry meanwhile."))


def _write(
    entry: Entry,
    register: Register,
    facts: Identity,
    values: dict[str, Any],
    kind: ChangeKind,
    *,
    by: Actor,
    at: datetime,
) -> Entry:
    for name in IDENTITY:
        if name != "reviewed_on" or facts.reviewed_on is not None:
            setattr(entry, name, getattr(facts, name))
    entry.values, entry.written_as_id = values, register.version
    entry.pinyin, entry.search = keys_for(register.spec, [(entry.name_zh, entry.name_en, values)])[0]
    entry.changed_at = at
    entry.save()
    return _story(entry, register, kind, "", by=by, at=at)


def _note(
    entry: Entry, register: Register, kind: ChangeKind, fields: list[str], *, note: str = "", by: Actor, at: datetime
) -> Entry:
    entry.changed_at = at
    entry.save(update_fields=[*fields, "changed_at"])
    return _story(entry, register, kind, note, by=by, at=at)


def _story(entry: Entry, register: Register, kind: ChangeKind, note: str, *, by: Actor, at: datetime) -> Entry:
    """One line of history with all facts, and one of the audit log without them."""
    image = {name: getattr(entry, name) for name in FACTS}
    EntryChange.objects.create(entry=entry, at=at, actor=by.label, kind=kind, note=note, **image)
    audit.record(
        f"registers.{kind}", entry, by=by, at=at, unit_id=entry.unit_id, register=register.code, number=entry.number
    )
    return entry
