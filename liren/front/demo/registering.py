"""Entries of registers as rows: what an import would write, for all registers at once, and then their coverage."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from liren.foundation.kernel.rights import Actor
from liren.foundation.policy import services as policy
from liren.foundation.registers import services
from liren.foundation.registers.models import Book, EntryChange, ImportBatch, Register, registers
from liren.foundation.registers.models import Entry as EntryRow
from liren.foundation.registers.models.words import keys_for
from liren.front.demo.copying import copy, new_ids
from liren.front.demo.engine import rows
from liren.front.demo.engine.entries import Entry, entries_of
from liren.front.demo.places import Load
from liren.host import paths

FACTS = (
    "written_as_id", "unit_id", "name_zh", "name_en", "values", "lon", "lat", "opened_on", "closed_on", "reviewed_on",
)  # fmt: skip
ENTRY = ("id", "register_id", "number", *FACTS, "pinyin", "search", "changed_at")
CHANGE = ("entry_id", "at", "actor", "kind", "note", "batch_id", *FACTS)
BATCH = (
    "id", "register_id", "at", "actor", "file_name", "written", "source", "digest", "lines", "new", "changed",
    "unchanged",
)  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """A register with what it holds: the facts of each entry as its row has them."""

    register: Register
    entries: list[Entry]
    facts: list[tuple[Any, ...]]

    @property
    def digest(self) -> str:
        """Says whether two loads gave the same entries; ids, which the database gives out, do not count."""
        told = [[str(value) for value in facts[2:]] for facts in self.facts]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def load_entries(load: Load, units: list[int], bodies: list[int], *, by: Actor) -> int:
    """Write the entries of every register that is not sealed, then compute all coverage; how many entries there are.

    Registers are declared in packs: those that come with the code are loaded where none are there yet.
    """
    if not registers():
        policy.load_packs(paths.packs(), by=by, at=load.at)
    filled = list(_filled(load, units, bodies))
    _write(load, filled)
    services.recompute_coverage(by=by, at=load.at, progress=load.tell)
    return sum(len(one.entries) for one in filled)


def _filled(load: Load, units: list[int], bodies: list[int]) -> Iterator[Filled]:
    today = timezone.localdate(load.at)
    known = registers()
    specs = [one.spec for one in known]
    for place, (register, found) in enumerate(zip(known, entries_of(load.city, specs, today), strict=True), 1):
        load.tell("registers", place, len(known))
        if found:
            yield Filled(register, found, [_facts(register, one, units, bodies) for one in found])


def _facts(register: Register, entry: Entry, units: list[int], bodies: list[int]) -> tuple[Any, ...]:
    """The columns of FACTS, with the ids that the database gave to unit and bodies."""
    named = {one.code for one in register.spec.fields if one.kind == "body"}
    values = {code: bodies[value] if code in named else value for code, value in entry.values.items()}
    name = (entry.name_zh, entry.name_en)
    days = (entry.opened_on, entry.closed_on, entry.reviewed_on)
    return register.version, units[entry.unit], *name, values, entry.lon, entry.lat, *days


def _write(load: Load, filled: list[Filled]) -> None:
    """Imports, counters, entries, and for each entry the first line of its story."""
    ids = new_ids(EntryRow, sum(len(one.entries) for one in filled))
    batches = new_ids(ImportBatch, len(filled))
    copy(ImportBatch, BATCH, _batches(load, filled, batches), len(filled), load.tell)
    numbers = [(one.register.pk, len(one.entries)) for one in filled]
    copy(Book, ("register_id", "last_number"), numbers, len(filled), load.tell)
    copy(EntryRow, ENTRY, _entries(load, filled, ids), len(ids), load.tell)
    copy(EntryChange, CHANGE, _stories(load, filled, ids, batches), len(ids), load.tell)


def _batches(load: Load, filled: list[Filled], ids: list[int]) -> Iterator[tuple[Any, ...]]:
    for pk, one in zip(ids, filled, strict=True):
        count = len(one.entries)
        name = f"{one.register.code}（模拟）"
        yield (pk, one.register.pk, load.at, load.actor, name, "simulated", rows.SOURCE, one.digest, count, count, 0, 0)


def _entries(load: Load, filled: list[Filled], ids: list[int]) -> Iterator[tuple[Any, ...]]:
    fresh = iter(ids)
    for one in filled:
        spec = one.register.spec
        keys = keys_for(spec, [(entry.name_zh, entry.name_en, entry.values) for entry in one.entries])
        for number, (facts, (pinyin, search)) in enumerate(zip(one.facts, keys, strict=True), 1):
            yield next(fresh), one.register.pk, number, *facts, pinyin, search, load.at


def _stories(load: Load, filled: list[Filled], ids: list[int], batches: list[int]) -> Iterator[tuple[Any, ...]]:
    fresh = iter(ids)
    for batch, one in zip(batches, filled, strict=True):
        for facts in one.facts:
            yield next(fresh), load.at, load.actor, "imported", "", batch, *facts
