"""A register to take away, as far as the actor reads it: rows for a table, features for a map.

Read in portions by key, so that a register of any size takes the same memory. What is sealed never leaves in a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.kernel.rights import Actor
from liren.foundation.people.models.reach import paths_of
from liren.foundation.registers.engine.columns import BUILT_IN
from liren.foundation.registers.engine.showing import HIDDEN, exact, is_small, text_of
from liren.foundation.registers.engine.spec import FieldSpec, Words
from liren.foundation.registers.engine.writing import csv_lines, geojson_pieces, write_xlsx
from liren.foundation.registers.models import Entry, ImportBatch, Register
from liren.foundation.registers.queries.finding import Named
from liren.foundation.registers.queries.lists import COLUMNS, behind, rows_of
from liren.foundation.registers.queries.sight import Reading, Readings, language, names_for
from liren.foundation.territory.models import Unit

PORTION = 2000
MOST_FEATURES = 5000
BEFORE = ("number", "name_zh", "name_en", "unit", "unit_name")
PLACE = ("lon", "lat")
AFTER = ("opened_on", "closed_on", "reviewed_on")


@dataclass(frozen=True)
class Choice:
    """Which entries: in a part of the territory, by words and filters, in force or ended; ``most`` of them at most."""

    unit: Unit | None = None
    q: str = ""
    filters: Mapping[str, str] | None = None
    closed: bool = False
    most: int | None = None


EVERYTHING = Choice()


def _portions(register: Register, actor: Actor, chosen: Choice) -> Iterator[list[Entry]]:
    if register.spec.visible == "sealed":
        raise NotAllowed(_("What is sealed is read entry by entry, and never leaves in a file."))
    rows = rows_of(register, actor, unit=chosen.unit, q=chosen.q, filters=chosen.filters, closed=chosen.closed)
    rows = rows.select_related("unit").only(*COLUMNS).order_by("pinyin", "id")
    portion, left = list(rows[:PORTION]), chosen.most
    while portion:
        yield portion if left is None else portion[:left]
        left = None if left is None else left - len(portion)
        is_last = len(portion) < PORTION or (left is not None and left <= 0)
        portion = [] if is_last else list(behind(rows, portion[-1].pinyin, portion[-1].pk)[:PORTION])


def _fields(register: Register, actor: Actor) -> tuple[FieldSpec, ...]:
    """Columns: what is for workers too, if the actor reads it anywhere."""
    return register.spec.fields_for("workers" if paths_of(actor, "registers.read") else "public")


def _names(register: Register) -> tuple[str, ...]:
    place = () if register.spec.place == "none" else PLACE
    return (*BEFORE, *place, *AFTER)


def header(register: Register, actor: Actor) -> list[str]:
    """Titles of the columns in the reader's language; an import knows them again."""
    titles = [Words(*BUILT_IN[name][:2]).text(language()) for name in _names(register)]
    for field in _fields(register, actor):
        titles.append(field.name.text(language()))
        if field.kind == "bilingual":
            titles.append(f"{field.name.text(language())}_en")
    return titles


def rows(register: Register, actor: Actor, chosen: Choice = EVERYTHING) -> Iterator[list[Any]]:
    """The lines of the table; numbers as numbers, everything else as text."""
    fields, read = _fields(register, actor), Readings(register, actor)
    for portion in _portions(register, actor, chosen):
        names = names_for(fields, portion)
        codes = _unit_codes(fields, portion)
        for entry in portion:
            yield [*_built_in(register, entry), *_cells(fields, read.of(entry.unit), entry, names, codes)]


def _unit_codes(fields: tuple[FieldSpec, ...], portion: list[Entry]) -> dict[int, str]:
    """Units that values refer to, by code: what an import finds again."""
    wanted = {entry.values.get(one.code) for one in fields if one.kind == "unit" for entry in portion}
    keys = [key for key in wanted if isinstance(key, int)]
    return dict(Unit.objects.filter(pk__in=keys).values_list("pk", "code")) if keys else {}


def _built_in(register: Register, entry: Entry) -> Iterator[Any]:
    for name in _names(register):
        if name == "unit":
            yield entry.unit.code
        elif name == "unit_name":
            yield entry.unit.name
        elif name in AFTER:
            day = getattr(entry, name)
            yield "" if day is None else day.isoformat()
        else:
            yield getattr(entry, name)


def _cells(
    fields: tuple[FieldSpec, ...], seen: Reading, entry: Entry, names: Named, codes: dict[int, str]
) -> Iterator[Any]:
    known = {field.code for field in seen.fields}
    for field in fields:
        value = entry.values.get(field.code) if field.code in known else None
        if field.kind == "bilingual":
            both = value if isinstance(value, Mapping) else {"zh": value}
            yield both.get("zh") or ""
            yield both.get("en") or ""
        elif not seen.whole and is_small(field, value):
            yield HIDDEN.text(language())
        elif field.kind == "number":
            yield _number(value)
        elif field.kind == "unit":
            yield codes.get(value, "") if isinstance(value, int) else ""
        else:
            yield text_of(field, value, language(), names)


def _number(value: Any) -> Any:
    number = exact(value)
    if number is None:
        return "" if value is None else str(value)
    return int(number) if number == number.to_integral_value() else Decimal(number)


def csv_export(register: Register, actor: Actor, chosen: Choice = EVERYTHING) -> Iterator[str]:
    """The table as CSV in pieces: UTF-8 with byte order mark, nothing that a spreadsheet would run."""
    return csv_lines(header(register, actor), rows(register, actor, chosen))


def xlsx_export(register: Register, actor: Actor, path: Path, chosen: Choice = EVERYTHING) -> None:
    """The table as a workbook, written to a file."""
    write_xlsx(path, register.name, header(register, actor), rows(register, actor, chosen))


Frame = tuple[float, float, float, float]  # west, south, east, north


def features(
    register: Register,
    actor: Actor,
    chosen: Choice = EVERYTHING,
    *,
    frame: Frame | None = None,
    limit: int = MOST_FEATURES,
) -> list[dict[str, Any]]:
    """Entries with a place as GeoJSON features, for a map: those inside the frame, at most 5,000 by name."""
    if register.spec.visible == "sealed":
        return []
    found = rows_of(register, actor, unit=chosen.unit, q=chosen.q, filters=chosen.filters, closed=chosen.closed)
    found = found.filter(lon__isnull=False)
    if frame is not None:
        west, south, east, north = frame
        found = found.filter(lon__range=(west, east), lat__range=(south, north))
    entries = list(found.select_related("unit").only(*COLUMNS).order_by("pinyin", "id")[: min(limit, MOST_FEATURES)])
    names, read = names_for(register.spec.list_fields, entries), Readings(register, actor, listed=True)
    return [_feature(read, entry, names, whole=False) for entry in entries]


def _feature(read: Readings, entry: Entry, names: Named, *, whole: bool) -> dict[str, Any]:
    """A point with its facts. ``whole``: every field that is read and the values as kept, not the list's words."""
    shown = read.of(entry.unit).shown(entry.values, names)
    if whole:
        facts = {one.field.code: None if one.hidden else _plain(one.field, one.value, names) for one in shown}
    else:
        facts = {one.field.code: one.text for one in shown}
    properties = {
        "register": read.register.code,
        "number": entry.number,
        "name": entry.name,
        "unit": entry.unit.code,
        "unit_name": entry.unit.name,
        "reviewed_on": entry.reviewed_on.isoformat(),
        **facts,
    }
    place = None if entry.lon is None else {"type": "Point", "coordinates": [entry.lon, entry.lat]}
    key = f"{read.register.code}/{entry.number}"
    return {"type": "Feature", "id": key, "geometry": place, "properties": properties}


def _plain(field: FieldSpec, value: Any, names: Named) -> Any:
    """A value for machines: numbers as numbers, codes of choices as codes, names of what is referred to."""
    if field.kind == "number":
        number = exact(value)
        return value if number is None else int(number) if number == number.to_integral_value() else float(number)
    if field.kind in ("unit", "body", "file"):
        return text_of(field, value, language(), names)
    return value


def geojson_export(register: Register, actor: Actor, chosen: Choice = EVERYTHING) -> Iterator[str]:
    """Every entry as a feature, in pieces; sources that have to be named stand beside them."""
    return geojson_pieces(_every_feature(register, actor, chosen), name=register.name, sources=sources(register))


def _every_feature(register: Register, actor: Actor, chosen: Choice) -> Iterator[dict[str, Any]]:
    read = Readings(register, actor)
    for portion in _portions(register, actor, chosen):
        names = names_for(register.spec.fields, portion)
        for entry in portion:
            yield _feature(read, entry, names, whole=True)


def sources(register: Register) -> list[str]:
    """What imports into this register named as their source: licences ask that it be said."""
    batches = ImportBatch.objects.filter(register_id=register.pk).exclude(source="").order_by()
    return sorted(batches.values_list("source", flat=True).distinct())


def batches(register: Register, *, count: int = 25) -> list[ImportBatch]:
    """The latest imports into the register."""
    return list(ImportBatch.objects.filter(register_id=register.pk)[:count])
