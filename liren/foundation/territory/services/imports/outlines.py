"""Outlines out of files: GeoJSON (also a bare geometry), GeoPackage, Shapefile; and the system their numbers are in.

The kind of file is known by its first bytes, not its name: GDAL would otherwise follow whatever a file asks it to open.
"""

import json
import re
import sqlite3
import warnings
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pyproj
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry.base import BaseGeometry

from liren.foundation.kernel.errors import BadInput
from liren.foundation.territory.engine import coordinates, geometry

AUTO = "auto"
MAX_BYTES = 200_000_000
# The datums whose degrees are WGS 84 as far as a boundary line can tell.
_DATUMS = {"World Geodetic System 1984": "wgs84", "China 2000": "cgcs2000"}
# What stands in an honest GeoPackage (OGC 12-128): tables, indexes, triggers (never run, we only read), r-trees.
_HONEST_SQL = re.compile(
    r"CREATE (TABLE|INDEX|UNIQUE INDEX|TRIGGER)\b|CREATE VIRTUAL TABLE (\"[^\"]*\"|\w+) USING rtree\s*\([\w\s,\"]*\)\Z"
)


@dataclass(frozen=True, slots=True)
class Outline:
    """One feature of a file: where it stands, its attributes, its shape in degrees of ``crs`` (or why it has none)."""

    place: str
    attributes: dict[str, Any]
    shape: BaseGeometry | None
    crs: str
    fault: geometry.GeometryFault | None = None


class BadFile(BadInput):
    """A file that cannot be read as outlines."""

    default_next_step = gettext_lazy("Check the file, and try again.")


def read_outlines(path: Path, crs: str = AUTO) -> list[Outline]:
    """The features of a file. ``crs`` "auto" asks the file; BadFile when the file says nothing that is known."""
    if crs != AUTO and crs not in coordinates.SYSTEMS:
        raise BadFile(_("There is no coordinate system called %(crs)s.") % {"crs": crs[:40]})
    try:
        size, start = path.stat().st_size, path.open("rb").read(100)
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}.") from error
    if size > MAX_BYTES:
        raise BadFile(_("%(file)s is larger than the %(most)d MB that are taken.") % {"file": path.name, "most": 200})
    if start.startswith(b"SQLite format 3\0"):
        _check_geopackage(path)
        return _read_with_gdal(path, crs)
    if start.startswith(b"\x00\x00\x27\x0a"):
        return _read_with_gdal(path, crs)
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return _read_json(path, crs)
    raise BadFile(_("%(file)s is neither GeoJSON nor GeoPackage nor Shapefile (.shp).") % {"file": path.name})


def _read_json(path: Path, crs: str) -> list[Outline]:
    raw = path.read_bytes()
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadFile(
            _("%(file)s is not UTF-8, at byte %(byte)d.") % {"file": path.name, "byte": error.start}
        ) from error
    except json.JSONDecodeError as error:
        words = {"file": path.name, "line": error.lineno, "column": error.colno}
        raise BadFile(_("%(file)s is no JSON, or cut off, at line %(line)d, column %(column)d.") % words) from error
    except RecursionError as error:
        raise BadFile(_("%(file)s is nested too deeply.") % {"file": path.name}) from error
    except ValueError as error:  # a whole number of thousands of digits
        raise _unreadable(path, error) from error
    system = _json_system(data, path.name) if crs == AUTO else crs
    return [_json_outline(feature, number, path.name, system) for number, feature in enumerate(_json_features(data), 1)]


def _json_features(data: dict[str, Any]) -> list[Any]:
    if data.get("type") != "FeatureCollection":
        return [data]
    features = data.get("features")
    return features if isinstance(features, list) else []


def _json_outline(feature: Any, number: int, file: str, system: str) -> Outline:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    attributes = properties if isinstance(properties, dict) else {}
    place = f"{file}, feature {number}"
    try:
        return Outline(place, attributes, geometry.from_geojson(feature), system)
    except geometry.GeometryFault as fault:
        return Outline(place, attributes, None, system, fault)


def _json_system(data: Any, file: str) -> str:
    """WGS 84, as RFC 7946 has it, unless the file carries the older "crs" member."""
    named = data.get("crs") if isinstance(data, dict) else None
    if not isinstance(named, dict):
        return "wgs84"
    properties = named.get("properties")
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    system, transformer = _system_of(name, file)
    if transformer is not None:
        raise BadFile(_("%(file)s is in projected metres; GeoJSON holds degrees.") % {"file": file})
    return system


def _system_of(name: str, file: str) -> tuple[str, pyproj.Transformer | None]:
    """The system of a file's own description, and what turns its numbers into degrees (None when they are)."""
    try:
        crs = pyproj.CRS.from_user_input(name)
    except pyproj.exceptions.CRSError as error:
        raise BadFile(_("%(file)s names an unknown coordinate system.") % {"file": file}) from error
    base = crs.geodetic_crs
    datum = base.datum.name if base is not None and base.datum is not None else ""
    system = next((system for known, system in _DATUMS.items() if datum.startswith(known)), "")
    if base is None or not system:
        # No public parameters lead from Beijing 1954 or Xi'an 1980 to CGCS2000: a guess would be 100 m off.
        words = {"file": file, "crs": crs.name}
        raise BadFile(_("%(file)s is in %(crs)s. Have it converted to CGCS2000 by the surveying office first.") % words)
    if crs.is_geographic:
        return system, None
    return system, pyproj.Transformer.from_crs(crs, base, always_xy=True)


def _check_geopackage(path: Path) -> None:
    """A database is a program: a view or a virtual table in it could keep the reader busy for ever. Refused unread."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            made = [row[0] for row in database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error
    if not all(isinstance(sql, str) and _HONEST_SQL.match(sql) for sql in made):
        raise BadFile(
            _("%(file)s holds more than tables: a view, or a table that is computed.") % {"file": path.name},
            next_step=_("Save the outlines alone into a new GeoPackage, and try again."),
        )


def _unreadable(path: Path, error: Exception) -> BadFile:
    words = {"file": path.name, "error": (str(error).splitlines() or [""])[0][:200]}
    return BadFile(_("%(file)s can't be read: %(error)s") % words)


def _read_with_gdal(path: Path, crs: str) -> list[Outline]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, _ids, shapes, columns = pyogrio.raw.read(str(path), datetime_as_string=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    system, transformer = _file_system(meta.get("crs"), crs, path.name)
    names = [str(name) for name in meta["fields"]]
    rows: list[Outline] = []
    for number, wkb in enumerate(shapes, 1):
        attributes = {name: _plain(column[number - 1]) for name, column in zip(names, columns, strict=True)}
        rows.append(_gdal_outline(wkb, attributes, f"{path.name}, feature {number}", system, transformer))
    return rows


def _file_system(said: str | None, crs: str, file: str) -> tuple[str, pyproj.Transformer | None]:
    if crs != AUTO:
        return crs, None
    if not said:
        raise BadFile(_("%(file)s names no coordinate system: say which one it is in.") % {"file": file})
    return _system_of(said, file)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _gdal_outline(
    wkb: bytes | None, attributes: dict[str, Any], place: str, system: str, transformer: pyproj.Transformer | None
) -> Outline:
    try:
        shape = None if wkb is None else geometry.from_wkb(wkb)
    except geometry.GeometryFault as fault:
        return Outline(place, attributes, None, system, fault)
    if shape is not None and transformer is not None:
        shape = shapely.transform(
            shapely.force_2d(shape), lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
        )
    return Outline(place, attributes, shape, system)
