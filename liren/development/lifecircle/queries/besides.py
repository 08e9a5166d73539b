"""The places behind an answer: each with what it says, and how near the other kind is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from liren.development.lifecircle.engine import straight
from liren.development.lifecircle.standard.spec import AnswerSpec, Beside, Source
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers.models import Entry, Register
from liren.foundation.territory.models import Unit

MOST_PLACES = 5000


@dataclass(frozen=True)
class Near:
    """The nearest entry of the other kind: its name, and how many metres away in a straight line."""

    name: str
    metres: int
    is_beside: bool


def entries_of(source: Source, register: Register, unit: Unit | None, day: date) -> list[Entry]:
    """Entries of a source that everybody may read and whose place is known, inside a unit; bounded."""
    rows = Entry.objects.visible_to(ANONYMOUS).open_on(day).filter(register_id=register.pk, lon__isnull=False)
    if unit is not None:
        rows = rows.filter(unit__path__startswith=unit.path)
    found = rows.select_related("unit").order_by("pk")[:MOST_PLACES]
    return [one for one in found if source.takes(one.values)]


def around(unit: Unit) -> Unit:
    """The outermost unit around one: what stands across a border is near all the same."""
    return unit if unit.parent_id is None else Unit.objects.get(pk=unit.path_ids[0])


def nearest(beside: Beside, of: list[Entry], to: list[Entry]) -> list[Near | None]:
    """For each entry of the one kind the nearest of the other; None where there is none at all."""
    if not of or not to:
        return [None] * len(of)
    lon, lat, to_lon, to_lat = (
        np.array([getattr(one, key) for one in rows], np.float64) for rows in (of, to) for key in ("lon", "lat")
    )
    owner, facility = (np.arange(len(rows), dtype=np.int32) for rows in (of, to))
    one_kind = np.zeros(len(to), np.int32)
    found = straight(lon, lat, owner, len(of), to_lon, to_lat, facility, one_kind, categories=1)
    pairs = zip(found.metres[:, 0].tolist(), found.facility[:, 0].tolist(), strict=True)
    return [Near(to[k].name, round(metres), metres <= beside.within_m) for metres, k in pairs]


def beside_counts(
    beside: Beside, known: dict[str, Register], units: list[Unit], day: date
) -> dict[int, dict[str, int]]:
    """How many entries of the one kind at each unit have the other beside them (true) or not (false)."""
    found: dict[int, dict[str, int]] = {one.pk: defaultdict(int) for one in units}
    of, to = ends(beside, known, units[0], day)
    for one, near in zip(of, nearest(beside, of, to), strict=True):
        for pk in one.unit.path_ids:
            if pk in found:
                found[pk]["true" if near is not None and near.is_beside else "false"] += 1
    return found


def ends(beside: Beside, known: dict[str, Register], unit: Unit, day: date) -> tuple[list[Entry], list[Entry]]:
    """Both kinds: the one inside a unit, the other around it."""
    if beside.of.register not in known or beside.to.register not in known:
        return [], []
    to = entries_of(beside.to, known[beside.to.register], around(unit), day)
    return entries_of(beside.of, known[beside.of.register], unit, day), to


@dataclass(frozen=True)
class PlaceSeen:
    """An entry behind an answer: ``says`` by field (a choice's code, True, False; None where it says nothing)."""

    register: Register
    entry: Entry
    says: dict[str, object]
    near: Near | None = None


def places(
    spec: AnswerSpec, known: dict[str, Register], unit: Unit, day: date, *, after: int = 0, limit: int = 60
) -> tuple[list[PlaceSeen], int]:
    """The entries behind an answer inside a unit, page by page by id: rows, and the key of the next page (0: none)."""
    fields = _fields(spec, known)
    rows = Entry.objects.visible_to(ANONYMOUS).open_on(day).filter(register_id__in=[known[code].pk for code in fields])
    rows = rows.filter(unit__path__startswith=unit.path, pk__gt=after).select_related("unit").order_by("pk")
    found = list(rows[: min(limit, MOST_PLACES) + 1])
    page = found[: min(limit, MOST_PLACES)]
    near = _near(spec, known, page, unit, day)
    by_id = {known[code].pk: (known[code], names) for code, names in fields.items()}
    seen = [_seen(one, *by_id[one.register_id], near.get(one.pk)) for one in page]
    return seen, page[-1].pk if len(found) > len(page) else 0


def _fields(spec: AnswerSpec, known: dict[str, Register]) -> dict[str, list[str]]:
    """What is read of the entries of each register."""
    found: dict[str, list[str]] = {}
    for code, name in spec.tallies:
        found.setdefault(code, []).append(name)
    for code, names in spec.checks:
        found.setdefault(code, []).extend(names)
    if spec.beside is not None:
        found.setdefault(spec.beside.of.register, [])
    return {code: names for code, names in found.items() if code in known}


def _near(
    spec: AnswerSpec, known: dict[str, Register], page: Iterable[Entry], unit: Unit, day: date
) -> dict[int, Near | None]:
    beside = spec.beside
    if beside is None or beside.of.register not in known or beside.to.register not in known:
        return {}
    mine = known[beside.of.register].pk
    of = [one for one in page if one.register_id == mine and one.lon is not None and beside.of.takes(one.values)]
    to = entries_of(beside.to, known[beside.to.register], around(unit), day)
    return {one.pk: near for one, near in zip(of, nearest(beside, of, to), strict=True)}


def _seen(entry: Entry, register: Register, names: list[str], near: Near | None) -> PlaceSeen:
    return PlaceSeen(register, entry, {name: entry.values.get(name) for name in names}, near)
