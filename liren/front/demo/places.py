"""The simulated territory as rows of its tables: the same rows that the services would write, many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from liren.foundation.territory.models import (
    Descent,
    GridProfile,
    Management,
    Occupancy,
    Population,
    ServiceContact,
    SizeBand,
    Street,
    StreetChief,
    Unit,
    UnitChange,
    UnitSpan,
    Zone,
    ZoneUnit,
)
from liren.foundation.territory.models.words import search_text
from liren.foundation.territory.services.imports.text import all_keys
from liren.front.demo.copying import Progress, copy, new_ids
from liren.front.demo.engine import rows
from liren.front.demo.engine.city import City

FACE = ("code", "kind", "character", "name_zh", "name_en", "parent_id", "parent_level")
GRID_SYSTEMS = ["里仁网格（模拟系统）"]
GRID_RULES = "里仁市网格化服务管理办法（模拟）"
CHIEF_DUTIES = "巡查道路、照明和绿化，接听来电，转办问题并公示结果。"


@dataclass(frozen=True)
class Load:
    """A load under way: the city, who loads it, when, and whoever watches."""

    city: City
    actor: str
    at: datetime
    tell: Progress


@dataclass(frozen=True)
class Placed:
    """Ids that the database gave to units, zones and streets, in the order of the city's lists."""

    units: list[int]
    zones: list[int]
    streets: list[int]


def load_territory(load: Load) -> Placed:
    """Write everything about places but the outlines."""
    units = _units(load)
    placed = Placed(units, _zones(load, units), _streets(load, units))
    _counts(load, units)
    _compounds(load, units)
    _grids(load, units)
    return placed


def _units(load: Load) -> list[int]:
    """Units with their spans, changes and lineage."""
    city = load.city
    ids = new_ids(Unit, len(city.units))
    changes = new_ids(UnitChange, len(city.changes))
    paths = _paths(city, ids)
    pinyin = [key for key, _ in all_keys([(u.face.name_zh, u.face.name_zh) for u in city.units])]
    copy(
        Unit,
        ("id", "level", *FACE, "pinyin", "path", "opened_on", "closed_on"),
        (
            (ids[i], u.level, *_face(city, u.face, ids), pinyin[i], paths[i], u.opened_on, u.closed_on)
            for i, u in enumerate(city.units)
        ),
        len(ids),
        load.tell,
    )
    columns = ("id", "op", "effective_on", "unit_id", "instrument", "reason", "actor", "recorded_at", "was", "became")
    copy(UnitChange, columns, _changes(load, ids, changes), len(changes), load.tell)
    told = ("unit_id", "level", *FACE, "during", "opened_by_id", "closed_by_id", "search_text")
    copy(UnitSpan, told, _spans(city, ids, changes), len(ids), load.tell)
    copy(Descent, ("change_id", "source_id", "target_id", "share"), _descents(city, ids, changes), 0, load.tell)
    return ids


def _paths(city: City, ids: list[int]) -> list[str]:
    """Ids from the root down; a parent stands before its children in the list."""
    paths: list[str] = []
    for place, unit in enumerate(city.units):
        parent = unit.face.parent
        paths.append(f"{'/' if parent is None else paths[parent]}{ids[place]}/")
    return paths


def _face(city: City, span: rows.Span, ids: list[int]) -> tuple[Any, ...]:
    parent = None if span.parent is None else ids[span.parent]
    level = None if span.parent is None else city.units[span.parent].level
    return span.code, span.kind, span.character, span.name_zh, span.name_en, parent, level


def _changes(load: Load, ids: list[int], changes: list[int]) -> Iterator[tuple[Any, ...]]:
    for pk, change in zip(changes, load.city.changes, strict=True):
        was, became = _words(load.city, change, ids)
        yield (
            pk,
            change.op,
            change.on,
            ids[change.unit],
            change.instrument,
            change.reason,
            load.actor,
            load.at,
            was,
            became,
        )


def _words(city: City, change: rows.Change, ids: list[int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a change says that was, and what became, field by field: as the services write it."""
    fields = ("code", "kind", "name_zh", "name_en", "character")
    spans = city.units[change.unit].spans
    if change.op == "create":
        parent = spans[0].parent
        return {}, {f: getattr(spans[0], f) for f in fields} | {"parent_id": None if parent is None else ids[parent]}
    if change.op in ("rename", "convert"):
        before, after = spans
        differ = [f for f in fields if getattr(before, f) != getattr(after, f)]
        return {f: getattr(before, f) for f in differ}, {f: getattr(after, f) for f in differ}
    return {}, {}


def _spans(city: City, ids: list[int], changes: list[int]) -> Iterator[tuple[Any, ...]]:
    """Each span with the changes that opened and closed it."""
    decided: dict[tuple[int, date], int] = {}
    for pk, change in zip(changes, city.changes, strict=True):
        touched = {change.unit, *(s for s, _, _ in change.came_from), *(t for _, t, _ in change.came_from)}
        decided.update({(unit, change.on): pk for unit in touched})
    for place, unit in enumerate(city.units):
        for span in unit.spans:
            closed_by = None if span.end is None else decided[place, span.end]
            words = search_text(span.name_zh, span.name_en)
            face, life = _face(city, span, ids), DateRange(span.start, span.end)
            yield (ids[place], unit.level, *face, life, decided[place, span.start], closed_by, words)


def _descents(city: City, ids: list[int], changes: list[int]) -> Iterator[tuple[Any, ...]]:
    for pk, change in zip(changes, city.changes, strict=True):
        for source, target, share in change.came_from:
            yield pk, ids[source], ids[target], Decimal(share).scaleb(-9)


def _zones(load: Load, units: list[int]) -> list[int]:
    ids, since = new_ids(Zone, len(load.city.zones)), DateRange(rows.REGISTERED)
    copy(
        Zone,
        ("id", "slug", "kind", "name_zh", "name_en", "managing_body", "during"),
        ((pk, z.slug, z.kind, z.name_zh, z.name_en, z.body, since) for pk, z in zip(ids, load.city.zones, strict=True)),
        len(ids),
        load.tell,
    )
    copy(
        ZoneUnit,
        ("zone_id", "unit_id", "during", "whole"),
        (
            (pk, units[unit], DateRange(max(rows.REGISTERED, load.city.units[unit].opened_on)), whole)
            for pk, zone in zip(ids, load.city.zones, strict=True)
            for unit, whole in zone.units
        ),
        0,
        load.tell,
    )
    return ids


def _streets(load: Load, units: list[int]) -> list[int]:
    listed = load.city.streets
    ids = new_ids(Street, len(listed))
    pinyin = [key for key, _ in all_keys([(s.name_zh, s.name_zh) for s in listed])]
    copy(
        Street,
        ("id", "unit_id", "name_zh", "name_en", "pinyin", "start", "end", "length_m", "opened_on", "closed_on"),
        (
            (pk, units[s.unit], s.name_zh, s.name_en, key, s.start, s.end, s.length_m, rows.REGISTERED, None)
            for pk, s, key in zip(ids, listed, pinyin, strict=True)
        ),
        len(ids),
        load.tell,
    )
    copy(
        StreetChief,
        ("street_id", "during", "post", "name", "telephone", "duties", "sign_place"),
        (
            (ids[c.owner], DateRange(rows.APPOINTED), c.post, c.name, c.telephone, CHIEF_DUTIES, listed[c.owner].start)
            for c in load.city.chiefs
        ),
        len(load.city.chiefs),
        load.tell,
    )
    return ids


def published(year: int) -> date:
    """The day on which the figures of a year came out."""
    return date(year + 1, 3, 1)


def _counts(load: Load, units: list[int]) -> None:
    columns = ("unit_id", "year", "revision", "households", "residents", "urban_residents", "source", "published_on")
    copy(
        Population,
        (*columns, "recorded_by", "recorded_at"),
        (
            (units[c.unit], c.year, 1, c.households, c.residents, c.urban, rows.SOURCE, published(c.year))
            + (load.actor, load.at)
            for c in load.city.counts
        ),
        len(load.city.counts),
        load.tell,
    )
    copy(
        SizeBand,
        ("root_id", "measure", "kind", "character", "low", "high", "during", "source"),
        (
            (units[0], b.measure, b.kind, "", b.low, b.high, DateRange(rows.REGISTERED), rows.SOURCE)
            for b in load.city.bands
        ),
        0,
        load.tell,
    )


def _compounds(load: Load, units: list[int]) -> None:
    city = load.city
    copy(
        Management,
        ("unit_id", "level", "during", "form", "manager", "source"),
        (
            (units[c.unit], 6, DateRange(city.units[c.unit].opened_on), c.form, c.manager, rows.SOURCE)
            for c in city.compounds
        ),
        len(city.compounds),
        load.tell,
    )
    filling = [c for c in city.compounds if c.is_filling]
    copy(
        Occupancy,
        ("unit_id", "level", "measured_on", "homes_planned", "homes_occupied", "source", "recorded_by", "recorded_at"),
        ((units[c.unit], 6, rows.MEASURED, c.homes, c.occupied, rows.SOURCE, load.actor, load.at) for c in filling),
        len(filling),
        load.tell,
    )


def _grids(load: Load, units: list[int]) -> None:
    city = load.city
    grids = [i for i, unit in enumerate(city.units) if unit.level == 7]
    copy(
        GridProfile,
        ("unit_id", "level", "during", "systems", "rules", "rules_url", "extent"),
        ((units[i], 7, DateRange(city.units[i].opened_on), GRID_SYSTEMS, GRID_RULES, "", "") for i in grids),
        len(grids),
        load.tell,
    )
    copy(
        ServiceContact,
        ("unit_id", "subject_id", "during", "post", "name", "telephone"),
        ((units[c.owner], None, DateRange(rows.APPOINTED), c.post, c.name, c.telephone) for c in city.contacts),
        len(city.contacts),
        load.tell,
    )
