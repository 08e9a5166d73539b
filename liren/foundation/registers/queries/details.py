"""One entry: what it says now, what it said on a day, and its story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.rights import Actor, can
from liren.foundation.registers.engine.columns import BUILT_IN
from liren.foundation.registers.engine.gates import Lack
from liren.foundation.registers.engine.showing import Shown, former
from liren.foundation.registers.engine.spec import FieldSpec, RegisterSpec, Words
from liren.foundation.registers.models import (
    Attachment,
    ChangeKind,
    Entry,
    EntryChange,
    ImportBatch,
    Look,
    NoEntry,
    Register,
)
from liren.foundation.registers.models.declared import written_as
from liren.foundation.registers.models.entries import Facts
from liren.foundation.registers.models.reach import Spot
from liren.foundation.registers.queries.finding import Named
from liren.foundation.registers.queries.gates import held_back
from liren.foundation.registers.queries.sight import Reading, language, names_for, reading, through
from liren.foundation.territory.models import Unit

PAGE = 25
FACTS = ("name_zh", "name_en", "opened_on", "closed_on")


@dataclass(frozen=True)
class Detail:
    """An entry as one reader sees it. ``sealed`` names the fields that have to be opened with a reason.

    ``seen`` is the newest line of its story: a form gives it back, so that nobody overwrites what came in between.
    ``held``: what it lacks at the gates of its register.
    """

    register: Register
    entry: Facts
    number: int
    unit: Unit
    name: str
    fields: list[Shown]
    sealed: tuple[FieldSpec, ...]
    seen: int
    may_keep: bool
    may_unseal: bool
    source: str = ""
    held: tuple[Lack, ...] = ()


def visible_entry(register: Register, number: int, actor: Actor) -> Entry:
    """The entry, if the actor may see it; NoEntry otherwise, as for one that is not there."""
    rows = Entry.objects.visible_in(register, actor).select_related("unit")
    entry = rows.filter(number=number).first() if 0 < number < 2**31 else None
    if entry is None:
        raise NoEntry(_("This register has no entry of this number."), next_step=_("Look for it in the list."))
    return entry


def detail(register: Register, number: int, actor: Actor) -> Detail:
    """One entry with every field that the actor reads. NoEntry where it is not to be seen."""
    entry = visible_entry(register, number, actor)
    return detail_of(register, entry, entry, actor)


def detail_of(register: Register, entry: Entry, facts: Facts, actor: Actor, *, unsealed: bool = False) -> Detail:
    """``facts``: the entry itself, or what a line of its story says it was."""
    newest = EntryChange.objects.filter(entry=entry).order_by("-id").values_list("pk", "batch__source").first()
    seen = reading(register, actor, entry.unit, unsealed=unsealed)
    closed = register.spec.visible == "sealed" and not unsealed
    read = Reading((), seen.whole) if closed else _as_written(register.spec, facts, seen)
    hidden = () if unsealed else tuple(one for one in register.spec.fields if one.visible == "sealed")
    return Detail(
        register=register,
        entry=facts,
        number=entry.number,
        unit=facts.unit,
        name="" if closed else facts.name,
        fields=read.shown(facts.values, names_for(read.fields, [facts])),
        sealed=hidden,
        seen=newest[0] if newest else 0,
        may_keep=can(actor, "registers.keep", Spot(register, entry.unit)),
        may_unseal=bool(hidden or closed) and can(actor, "registers.unseal", entry.unit),
        source=_source(entry),
        held=() if closed else tuple(held_back(register, facts.unit, facts.values, timezone.localdate())),
    )


def _source(entry: Entry) -> str:
    """What the last import of this entry named as its source."""
    batches = EntryChange.objects.filter(entry=entry, kind=ChangeKind.IMPORTED).order_by("-id")
    return str(batches.values_list("batch__source", flat=True).first() or "")


def _as_written(spec: RegisterSpec, facts: Facts, seen: Reading) -> Reading:
    """Fields under their present names, read as they were declared when this was written."""
    old = written_as({facts.written_as_id}).get(facts.written_as_id, spec)
    return Reading(tuple(through(old, spec, one) for one in seen.fields), seen.whole)


def entry_on(register: Register, number: int, day: date, actor: Actor) -> Detail | None:
    """The entry as it was at the end of a day; None before it was entered."""
    entry = visible_entry(register, number, actor)
    evening = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    line = EntryChange.objects.filter(entry=entry, at__lt=evening).select_related("unit").order_by("-id").first()
    return None if line is None else detail_of(register, entry, line, actor)


@dataclass(frozen=True)
class Difference:
    """What one line of the story changed: a fact or a field, before and after, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Story:
    """One line of the story. ``actor`` is empty for readers who are not told who works there."""

    pk: int
    at: datetime
    kind: str
    note: str
    actor: str
    batch: ImportBatch | None
    differences: list[Difference]


def history(
    register: Register, number: int, actor: Actor, *, before: int | None = None, count: int = PAGE
) -> list[Story]:
    """The story of an entry, newest first, with what each line changed; fields no longer declared included."""
    entry = visible_entry(register, number, actor)
    rows = EntryChange.objects.filter(entry=entry).select_related("unit", "batch").order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    lines = list(rows[: count + 1])
    specs = written_as({line.written_as_id for line in lines})
    seen = reading(register, actor, entry.unit)
    closed = register.spec.visible == "sealed"
    told = _told(register.spec, specs, seen)
    names = names_for(told, lines)
    stories = []
    for place, line in enumerate(lines[:count]):
        older = lines[place + 1] if place + 1 < len(lines) else None
        changed = [] if closed else _differences(register.spec, specs, told, older, line, seen.whole, names)
        who = line.actor if seen.whole else ""
        stories.append(Story(line.pk, line.at, line.kind, line.note, who, line.batch, changed))
    return stories


def _told(spec: RegisterSpec, specs: Mapping[int, RegisterSpec], seen: Reading) -> list[FieldSpec]:
    """Fields of today that the reader reads, then those of older versions that everybody who saw them then could."""
    told = list(seen.fields)
    known = set(spec.by_code)
    for old in specs.values():
        for field in former(old, spec):
            if field.code not in known and (field.visible == "public" or (seen.whole and field.visible == "workers")):
                known.add(field.code)
                told.append(field)
    return told


def _differences(
    spec: RegisterSpec,
    specs: Mapping[int, RegisterSpec],
    told: list[FieldSpec],
    older: EntryChange | None,
    line: EntryChange,
    whole: bool,
    names: Named,
) -> list[Difference]:
    if older is None:
        return []
    found = [
        Difference(Words(*BUILT_IN[name][:2]).text(language()), _plain(older, name), _plain(line, name))
        for name in FACTS
        if getattr(older, name) != getattr(line, name)
    ]
    if older.unit_id != line.unit_id:
        found.append(Difference(str(_("Unit")), older.unit.name, line.unit.name))
    if (older.lon, older.lat) != (line.lon, line.lat):
        found.append(Difference(str(_("Place")), _place(older), _place(line)))
    for field in told:
        if older.values.get(field.code) == line.values.get(field.code):
            continue
        both = [_in_words(spec, specs, field, one, whole, names) for one in (older, line)]
        found.append(Difference(field.name.text(language()), *both))
    return found


def _in_words(
    spec: RegisterSpec,
    specs: Mapping[int, RegisterSpec],
    field: FieldSpec,
    line: EntryChange,
    whole: bool,
    names: Named,
) -> str:
    read = through(specs.get(line.written_as_id, spec), spec, field)
    shown = Reading((read,), whole).shown(line.values, names)
    return shown[0].text if shown else ""


def _plain(line: EntryChange, name: str) -> str:
    value: Any = getattr(line, name)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _place(line: EntryChange) -> str:
    return "" if line.lon is None else f"{line.lon:.6f}, {line.lat:.6f}"


def looks(register: Register, number: int, actor: Actor, *, count: int = PAGE) -> list[Look]:
    """Who opened this entry, when and why, newest first: for whoever may open it."""
    entry = visible_entry(register, number, actor)
    if not can(actor, "registers.unseal", entry.unit):
        return []
    return list(Look.objects.filter(entry=entry)[:count])


def attachment(register: Register, number: int, key: int, actor: Actor) -> Attachment:
    """A file that a field of the entry names now, if the actor reads that field; NoEntry otherwise."""
    entry = visible_entry(register, number, actor)
    fields = reading(register, actor, entry.unit).fields if register.spec.visible != "sealed" else ()
    named = {entry.values.get(one.code) for one in fields if one.kind == "file"}
    found = Attachment.objects.filter(pk=key, entry=entry).first() if key in named else None
    if found is None:
        raise NoEntry(_("This entry has no such file."))
    return found


def typed_values(register: Register, entry: Facts) -> dict[str, Any]:
    """The values as a form shows them for typing: text, lists of choices, and the English half beside the Chinese."""
    typed: dict[str, Any] = {}
    keys = [entry.values.get(field.code) for field in register.spec.fields if field.kind == "unit"]
    whole = [key for key in keys if isinstance(key, int)]
    units = dict(Unit.objects.filter(pk__in=whole).values_list("pk", "code")) if whole else {}
    for field in register.spec.fields:
        value = entry.values.get(field.code)
        if field.kind == "bilingual":
            both = value if isinstance(value, Mapping) else {}
            typed[field.code], typed[f"{field.code}_en"] = both.get("zh", ""), both.get("en", "")
        elif field.kind == "unit":
            typed[field.code] = units.get(value, "")
        else:
            typed[field.code] = "" if value is None else value
    return typed
