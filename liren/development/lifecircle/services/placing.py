"""Facilities out of a table or map file into the record: CSV, XLSX or GeoJSON in four systems, or OpenStreetMap."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils.translation import gettext as _

from liren.development.lifecircle.models import Place, PlaceTable
from liren.development.lifecircle.models.declared import DEFAULT, standard
from liren.development.lifecircle.services.checks import (
    Progress,
    city_of,
    digest_of_file,
    locked,
    next_number,
    silent,
    source_of,
)
from liren.development.lifecircle.services.extracts import is_extract, places_in
from liren.development.lifecircle.spoken import NotWorkedOut, PlaceFault
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.kernel.tables import read_table
from liren.foundation.territory.models import Unit
from liren.foundation.territory.queries import SYSTEMS, to_wgs84

COLUMNS = {
    "name": ("name", "title", "poi", "名称", "名字"),
    "category": ("category", "type", "kind", "amenity", "类型", "大类", "中类", "小类", "类别"),
    "lon": ("lon", "lng", "longitude", "x", "经度"),
    "lat": ("lat", "latitude", "y", "纬度"),
    "capacity": ("capacity", "places", "beds", "area", "容量", "床位", "学位", "面积"),
    "hours": ("opening_hours", "hours", "营业时间", "开放时间", "服务时间"),
}
NEEDED = ("name", "category", "lon", "lat")
MOST_FAULTS = 1000
COPY = "COPY lifecircle_place (table_id, number, name, categories, lon, lat, capacity, hours) FROM STDIN"
LONGEST_HOURS = 200
STEP = 20_000


@dataclass
class PlacesReport:
    """What an import of places found and did; with any fault nothing was written."""

    lines: int = 0
    places: int = 0
    is_new: bool = False
    table: PlaceTable | None = None
    unknown: dict[str, int] = field(default_factory=dict)  # words that no category knows, with their lines
    by_category: dict[str, int] = field(default_factory=dict)
    faults: list[PlaceFault] = field(default_factory=list)
    fault_count: int = 0

    def fault(self, line: int, column: str, code: str) -> None:
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(PlaceFault(line, column, code))


@dataclass(frozen=True, slots=True)
class _Read:
    line: int
    name: str
    word: str
    lon: float
    lat: float
    capacity: int | None
    hours: str


def import_places(
    path: Path | str,
    *,
    city: Unit | str,
    crs: str = "wgs84",
    source: str = "",
    code: str = DEFAULT,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> PlacesReport:
    """Record a table of facilities. What no category of the standard knows is counted and left out, never guessed.

    ``crs``: wgs84, cgcs2000, gcj02 or bd09 (an extract of OpenStreetMap is always WGS 84); stored is WGS 84. The same
    file in the same system again changes nothing.

    Raises:
        BadInput: the file can't be read, or names a system that is not known; NotAllowed.
    """
    path, tell, where = Path(path), progress or silent, city_of(city)
    require(by, "lifecircle.import", where)
    if crs not in SYSTEMS:
        raise BadInput(_("There is no coordinate system called %(crs)s.") % {"crs": crs[:40]})
    crs = "wgs84" if is_extract(path) else crs
    report, words = PlacesReport(), standard(code).spec.by_poi()
    read = list(_rows(path, words, report))
    kept = []
    for one in read:
        if one.word.lower() in words:
            kept.append(one)
        else:
            report.unknown[one.word[:60]] = report.unknown.get(one.word[:60], 0) + 1
    lon, lat = to_wgs84([one.lon for one in kept], [one.lat for one in kept], crs)
    _check_place(kept, lon, lat, report)
    report.places = len(kept)
    for one in kept:
        for category in words[one.word.lower()]:
            report.by_category[category] = report.by_category.get(category, 0) + 1
    if report.fault_count or not kept:
        if not report.fault_count:
            raise NotWorkedOut("places_none_known", file=path.name[:100])
        return report
    made = _Table(where, path, source_of(source, path), crs)
    rows = (
        (one.name, list(words[one.word.lower()]), x, y, one.capacity, one.hours)
        for one, x, y in zip(kept, lon, lat, strict=True)
    )
    _write(made, rows, report, by=by, at=at, dry_run=dry_run, tell=tell)
    return report


@dataclass(frozen=True)
class _Table:
    city: Unit
    path: Path
    source: str
    crs: str


def _write(
    of: _Table,
    rows: Iterator[tuple[Any, ...]],
    report: PlacesReport,
    *,
    by: Actor,
    at: datetime,
    dry_run: bool,
    tell: Progress,
) -> None:
    digest = digest_of_file(of.path)
    with transaction.atomic():
        locked(of.city)
        kept = PlaceTable.objects.filter(city=of.city, digest=digest).first()
        if kept is not None and kept.crs != of.crs:
            raise NotWorkedOut("places_other_crs", crs=kept.crs)
        report.is_new, report.table = kept is None, kept
        if kept is not None or dry_run:
            return
        quality = {"lines": report.lines, "unknown": report.unknown, "by_category": report.by_category}
        table = PlaceTable.objects.create(
            city=of.city,
            version=next_number(PlaceTable.objects.filter(city=of.city), "version"),
            file_name=of.path.name[-200:],
            source=of.source,
            crs=of.crs,
            digest=digest,
            places=report.places,
            quality=quality,
            recorded_by=by.label,
            recorded_at=at,
        )
        with connection.cursor() as cursor:  # two million places in one statement take longer than a page may
            cursor.execute("SET LOCAL statement_timeout = 0")
        with connection.cursor() as cursor, cursor.copy(COPY) as pipe:
            for number, (name, categories, lon, lat, capacity, hours) in enumerate(rows, 1):
                pipe.write_row([table.pk, number, name, categories, float(lon), float(lat), capacity, hours])
                if number % STEP == 0:
                    tell("places", number, report.places)
        report.table = table
        facts = {"version": table.version, "places": table.places, "crs": of.crs}
        audit.record("lifecircle.places", table, by=by, at=at, unit_id=of.city.pk, **facts)
    tell("places", report.places, report.places)


def _rows(path: Path, words: Iterable[str], report: PlacesReport) -> Iterator[_Read]:
    for line, cells in _read_in(path, words):
        report.lines += 1
        lon, lat = _number(cells["lon"]), _number(cells["lat"])
        name = " ".join(str(cells.get("name") or "").split())[:200]
        if lon is None or lat is None:
            report.fault(line, "lon", "degrees_no_number")
        elif not name.isprintable():
            report.fault(line, "name", "name_unshown")
        else:
            capacity = _number(cells.get("capacity") or "")
            whole = int(capacity) if capacity is not None and 0 <= capacity < 10**12 else None
            hours = " ".join(str(cells.get("hours") or "").split())
            hours = hours if hours.isprintable() and len(hours) <= LONGEST_HOURS else ""
            yield _Read(line, name, str(cells["category"] or "").strip(), lon, lat, whole, hours)


def _read_in(path: Path, words: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    if is_extract(path):
        return places_in(path, words)
    return _features(path) if path.suffix.lower() in (".geojson", ".json") else _lines(path)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for row in read_table(path, COLUMNS, NEEDED):
        yield row.line, row.cells


def _features(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
        for number, one in enumerate(features, 1):
            told = {str(key).lower(): value for key, value in (one.get("properties") or {}).items()}
            cells = {name: next((told[t] for t in known if told.get(t)), "") for name, known in COLUMNS.items()}
            shape = one["geometry"]
            if shape["type"] == "Point":
                cells["lon"], cells["lat"] = shape["coordinates"][:2]
                yield number, cells
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotWorkedOut("geojson_broken", file=path.name[:100]) from error


def _number(text: Any) -> float | None:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if np.isfinite(value) else None


def _check_place(read: list[_Read], lon: Any, lat: Any, report: PlacesReport) -> None:
    """Degrees on earth; latitude and longitude in each other's place are told as what they are."""
    for one, x, y in zip(read, lon, lat, strict=True):
        if abs(x) <= 180 and abs(y) <= 90:
            continue
        swapped = abs(one.lon) <= 90 and abs(one.lat) <= 180
        report.fault(one.line, "lon", "degrees_swapped" if swapped else "degrees_none")


def places_of(table: PlaceTable) -> Iterator[tuple[str, list[str], float, float, int | None]]:
    """The places of a table, in their order."""
    rows = Place.objects.filter(table=table).order_by("number")
    return rows.values_list("name", "categories", "lon", "lat", "capacity").iterator(chunk_size=STEP)
