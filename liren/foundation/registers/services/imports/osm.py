"""Places out of an extract of OpenStreetMap into a register: by tag, each in the unit that holds its point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import osmium
import shapely
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor
from liren.foundation.registers.engine.values import LONGEST_NAME
from liren.foundation.registers.models import Register
from liren.foundation.registers.models import register as register_of
from liren.foundation.registers.services.imports.files import Origin, digest_of, import_lines
from liren.foundation.registers.services.imports.report import ImportReport, Progress, silent
from liren.foundation.territory.models import Unit
from liren.foundation.territory.queries import units_at

SOURCE = "© OpenStreetMap contributors, ODbL 1.0"
HEADER = ["name_zh", "name_en", "unit", "lon", "lat"]
CHINESE = ("name:zh-Hans", "name:zh", "name")
Tag = tuple[str, str]
Find = Callable[[float, float], str | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A node, or an outline by a point inside it."""

    name_zh: str
    name_en: str
    lon: float
    lat: float


def read_places(path: Path, tags: Sequence[Tag]) -> Iterator[Place]:
    """Nodes and outlines that carry one of the tags, named or not; BadInput for a file that can't be read."""
    wanted = osmium.filter.TagFilter(*tags)
    shapes = osmium.geom.WKBFactory()
    try:
        found: Any
        for found in osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted):
            if found.is_node():
                yield _place(found.tags, found.location.lon, found.location.lat)
            elif found.is_area():
                # Inside the outline, which the centroid of a bent one is not.
                point = shapely.from_wkb(bytes.fromhex(shapes.create_multipolygon(found))).representative_point()
                yield _place(found.tags, point.x, point.y)
    except (RuntimeError, OSError, ValueError) as error:
        raise BadInput(_("%(file)s can't be read as an extract of OpenStreetMap.") % {"file": path.name}) from error


def _place(tags: Any, lon: float, lat: float) -> Place:
    name = next((tags.get(key) for key in CHINESE if tags.get(key)), "") or ""
    return Place(name.strip()[:LONGEST_NAME], (tags.get("name:en") or "").strip()[: 2 * LONGEST_NAME], lon, lat)


def import_osm(
    register: str,
    path: Path | str,
    tags: Sequence[Tag],
    *,
    unit: str | None = None,
    values: Mapping[str, str] | None = None,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Enter what carries one of the tags. ``unit``: the code of the one unit for all; ``values`` are set in each entry.

    What has no name is counted as ``skipped``, with what repeats a name in its unit; what lies in no unit as
    ``outside``. The same extract again changes nothing.
    """
    book_of, path, tell = register_of(register), Path(path), progress or silent
    report = ImportReport(register, written="OpenStreetMap")
    constants = dict(values or {})
    find = _one_unit(unit) if unit else _by_point(book_of, timezone.localdate(at))
    rows = _rows(read_places(path, tags), find, constants, report, tell)
    origin = Origin(path.name[-200:], report.written, SOURCE, digest_of(path))
    import_lines(
        register,
        [*HEADER, *constants],
        rows,
        origin=origin,
        report=report,
        by=by,
        at=at,
        dry_run=dry_run,
        progress=tell,
    )
    return report


def _one_unit(code: str) -> Find:
    if not Unit.objects.filter(code=code).exists():
        raise BadInput(_("There is no unit with the code %(code)s.") % {"code": code[:30]})
    return lambda lon, lat: code


def _by_point(register: Register, day: date) -> Find:
    ranks = set(register.spec.ranks)

    def find(lon: float, lat: float) -> str | None:
        """The smallest unit there on which an entry may hang."""
        return next((unit.code for unit in units_at(lon, lat, on=day) if unit.level in ranks), None)

    return find


def _rows(
    places: Iterator[Place], find: Find, constants: Mapping[str, str], report: ImportReport, tell: Progress
) -> Iterator[list[object]]:
    seen: set[tuple[str, str]] = set()
    for number, place in enumerate(places, 1):
        if number % 100 == 0:
            tell("places", number, 0)
        if not place.name_zh:
            report.skipped += 1
            continue
        code = find(place.lon, place.lat)
        if code is None:
            report.outside += 1
        elif (code, place.name_zh) in seen:
            report.skipped += 1
        else:
            seen.add((code, place.name_zh))
            yield [place.name_zh, place.name_en, code, place.lon, place.lat, *constants.values()]
