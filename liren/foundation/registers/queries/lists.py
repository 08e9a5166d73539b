"""Entries of a register, page by page: by name, in a part of the territory, by words or by what a field says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from liren.foundation.kernel.rights import Actor
from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.registers.engine.showing import Shown
from liren.foundation.registers.engine.spec import FieldSpec
from liren.foundation.registers.models import Entry, Register
from liren.foundation.registers.models.entries import EntryQuerySet
from liren.foundation.registers.queries.sight import Readings, names_for
from liren.foundation.territory.models import Unit
from liren.foundation.territory.queries import plain, tsquery

MOST = 500
MOST_COUNTED = 10_000
Keyset = tuple[str, int]  # pinyin, id of the last entry that was shown
FILTERS = ("choice", "choices", "yes_no", "unit", "body")
# Columns that a list shows; the search vector of each row would be most of what is fetched.
COLUMNS = (
    "number", "register_id", "written_as_id", "unit_id", "name_zh", "name_en", "pinyin", "values", "lon", "lat",
    "opened_on", "closed_on", "reviewed_on",
    "unit__code", "unit__name_zh", "unit__name_en", "unit__level", "unit__path",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A line of a list. ``name`` is empty in a sealed register: it is read once the entry has been opened."""

    entry: Entry
    name: str
    cells: list[Shown]
    is_stale: bool


@dataclass(frozen=True)
class Page:
    """A page of a list; ``after`` is the key of the next one, None on the last."""

    register: Register
    fields: tuple[FieldSpec, ...]
    rows: list[Row]
    after: Keyset | None


def rows_of(
    register: Register,
    actor: Actor,
    *,
    unit: Unit | None = None,
    q: str = "",
    filters: Mapping[str, str] | None = None,
    closed: bool = False,
) -> EntryQuerySet:
    """Entries that the actor may see, unordered. ``closed``: those that ended instead of those in force."""
    rows = _chosen(register, actor, q, filters or {}, closed)
    return rows if unit is None else rows.within(unit)


def _chosen(register: Register, actor: Actor, q: str, filters: Mapping[str, str], closed: bool) -> EntryQuerySet:
    today = timezone.localdate()
    rows: EntryQuerySet = Entry.objects.visible_in(register, actor)
    rows = rows.filter(closed_on__lte=today) if closed else rows.open_on(today)
    return _found(_filtered(rows, register, actor, filters), register, q)


def _filtered(rows: EntryQuerySet, register: Register, actor: Actor, filters: Mapping[str, str]) -> EntryQuerySet:
    """By what a field says. A field that is not for everybody filters only where the actor reads it."""
    for code, word in filters.items():
        field = register.spec.by_code.get(code)
        if field is None or not word or field.kind not in FILTERS or field.visible == "sealed":
            continue
        wanted = _wanted(field, word)
        if wanted is None:
            return rows.none()
        if field.visible != "public":
            rows = rows.filter(inside(paths_of(actor, "registers.read")))
        rows = rows.filter(values__contains={code: wanted})
    return rows


def _wanted(field: FieldSpec, word: str) -> object:
    """What is kept where the field says this word; None for a word that it never says."""
    if field.kind == "yes_no":
        return {"true": True, "false": False, "1": True, "0": False}.get(word)
    if field.kind in ("unit", "body"):
        return int(word) if re.fullmatch(r"[0-9]{1,18}", word) else None
    if field.choice(word) is None:
        return None
    return [word] if field.kind == "choices" else word


def _found(rows: EntryQuerySet, register: Register, q: str) -> EntryQuerySet:
    """By words of the name and of the fields that everybody who sees the entry reads, or by number."""
    if not q.strip():
        return rows
    typed = plain(q)
    if re.fullmatch(r"[0-9]{1,9}", typed):
        return rows.filter(number=int(typed))
    words = tsquery(typed)
    if not words or register.spec.visible == "sealed":
        return rows.none()
    return rows.extra(  # type: ignore[return-value]  # the stubs forget the class
        where=["registers_entry.search @@ %s::tsquery"], params=[words]
    )


def entries(
    register: Register,
    actor: Actor,
    *,
    unit: Unit | None = None,
    q: str = "",
    filters: Mapping[str, str] | None = None,
    closed: bool = False,
    after: Keyset | None = None,
    limit: int = 50,
) -> Page:
    """A page of the register by name; one query whatever its length, and one for each kind of thing referred to."""
    limit = min(max(limit, 1), MOST)
    rows = _chosen(register, actor, q, filters or {}, closed)
    if after is not None:
        rows = behind(rows, *after)
    if unit is not None:
        rows = rows.within(unit, first=limit + 1)
    found = list(rows.select_related("unit").only(*COLUMNS).order_by("pinyin", "id")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    return Page(
        register, register.spec.list_fields, shown_rows(register, actor, found), _key(found[-1]) if more else None
    )


def behind(rows: EntryQuerySet, pinyin: str, pk: int) -> EntryQuerySet:
    """Entries behind a key. The first part said alone is what lets the index begin there, however far in it lies."""
    return rows.filter(Q(pinyin__gt=pinyin) | Q(pinyin=pinyin, pk__gt=pk), pinyin__gte=pinyin)


def _key(entry: Entry) -> Keyset:
    return entry.pinyin, entry.pk


def shown_rows(register: Register, actor: Actor, found: list[Entry]) -> list[Row]:
    """Entries as lines of a list for this reader."""
    sealed = register.spec.visible == "sealed"
    lines = [[] for _one in found] if sealed else _lines(register, actor, found)
    cutoff = timezone.localdate() - timedelta(days=register.spec.review_days)
    return [
        Row(entry, "" if sealed else entry.name, cells, entry.reviewed_on < cutoff)
        for entry, cells in zip(found, lines, strict=True)
    ]


def _lines(register: Register, actor: Actor, found: list[Entry]) -> list[list[Shown]]:
    """The cells of each entry."""
    names, read = names_for(register.spec.list_fields, found), Readings(register, actor, listed=True)
    return [read.of(entry.unit).shown(entry.values, names, empty=True) for entry in found]


def count(register: Register, actor: Actor, *, unit: Unit | None = None, q: str = "", closed: bool = False) -> int:
    """How many entries there are, counted up to 10,000."""
    return rows_of(register, actor, unit=unit, q=q, closed=closed).order_by()[:MOST_COUNTED].count()


def stale(
    register: Register,
    actor: Actor,
    *,
    unit: Unit | None = None,
    after: tuple[date, int] | None = None,
    limit: int = 50,
) -> list[Row]:
    """Entries in force that nobody has reviewed within the register's period, the longest unreviewed first."""
    cutoff = timezone.localdate() - timedelta(days=register.spec.review_days)
    rows = rows_of(register, actor, unit=unit).filter(reviewed_on__lt=cutoff)
    if after is not None:
        day, pk = after
        rows = rows.filter(Q(reviewed_on__gt=day) | Q(reviewed_on=day, pk__gt=pk), reviewed_on__gte=day)
    found = rows.select_related("unit").only(*COLUMNS).order_by("reviewed_on", "id")[: min(limit, MOST)]
    return shown_rows(register, actor, list(found))
