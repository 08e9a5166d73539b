"""A network out of a table of lines: GeoPackage, GeoJSON, Shapefile and whatever else GDAL reads."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from liren.development.lifecircle.engine.errors import BadCoordinates, NetworkUnreadable
from liren.development.lifecircle.engine.network import Flag, Floats, Network, check_coordinates, network

GRID = 1e-7  # degrees, about a centimetre: ends nearer than this are one node
YES, NO = {"yes", "1", "true", "t"}, {"", "no", "0", "false", "f", "none", "nan"}
#: How files of these kinds begin; what begins otherwise is given to no reader that would guess what it is.
HEADS = {".gpkg": b"SQLite format 3\0", ".shp": b"\0\0\x27\x0a", ".geojson": b"{", ".json": b"{"}
MARKS = {
    "bridge": Flag.BRIDGE,
    "tunnel": Flag.TUNNEL,
    "steps": Flag.STEPS,
    "crossing": Flag.CROSSING,
    "gate": Flag.GATE,
}


def read_edges(path: Path, *, layer: str | None = None, crs: str | None = None) -> Network:
    """Lines that meet where their vertices meet; columns oneway, bridge, tunnel, steps, crossing, gate are understood.

    ``crs`` names the coordinate system where the file says none (``EPSG:4547``); what the file says goes first.

    :raises NetworkUnreadable: when the file cannot be read or holds no line.
    :raises BadCoordinates: when there is no coordinate system and the numbers are no degrees, or it is not what it
    says.
    """
    if not path.is_file():
        raise NetworkUnreadable("file_missing", file=path.name)
    if not _begins_as_it_says(path):
        raise NetworkUnreadable("lines_broken", file=path.name)
    try:
        meta, _, shapes, fields = pyogrio.raw.read(path, layer=layer)
        lines, row = _lines(shapes)
    except (pyogrio.errors.DataSourceError, OSError, ValueError, shapely.errors.ShapelyError) as error:
        raise NetworkUnreadable("lines_broken", file=path.name) from error
    if len(lines) == 0:
        raise NetworkUnreadable("lines_none", file=path.name)
    points, line = shapely.get_coordinates(lines, return_index=True)
    lon, lat = _degrees(points, meta.get("crs") or crs, path.name)
    flags = _flags(dict(zip(meta["fields"], fields, strict=True)), len(shapes))[row]
    return joined(lon, lat, line, flags=flags, way=row + 1, name=path.name)


def _begins_as_it_says(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    return start.startswith(HEADS.get(path.suffix.lower(), b""))


def _lines(shapes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Single lines, and the row of each; what is no line is left out."""
    with np.errstate(invalid="ignore"):  # of what is no number the check of coordinates tells, with its place
        read = shapely.from_wkb(shapes)
    parts, row = shapely.get_parts(read, return_index=True)
    kept = shapely.get_type_id(parts) == 1
    return parts[kept], np.asarray(row[kept], np.int64)


def _degrees(points: Floats, crs: str | None, name: str) -> tuple[Floats, Floats]:
    """Longitude and latitude in WGS 84 from whatever the file has."""
    system = None if crs is None else _system(crs, name)
    if system is None or system.equals("EPSG:4326", ignore_axis_order=True):
        lon, lat = points[:, 0].copy(), points[:, 1].copy()
    else:
        lon, lat = Transformer.from_crs(system, "EPSG:4326", always_xy=True).transform(points[:, 0], points[:, 1])
        if not (np.isfinite(lon) & np.isfinite(lat)).all():
            raise BadCoordinates("lines_crs_elsewhere", file=name, crs=system.name)
    check_coordinates(lon, lat, name)
    return lon, lat


def _system(crs: str, name: str) -> CRS:
    try:
        return CRS.from_user_input(crs)
    except ProjError as error:
        raise BadCoordinates("lines_crs_unknown", file=name, crs=crs[:40]) from error


def _flags(fields: dict[str, NDArray[Any]], rows: int) -> NDArray[np.uint16]:
    found = np.zeros(rows, np.uint16)
    for name, values in fields.items():
        said = np.array([str(value).strip().lower() for value in values])
        if name.lower() == "oneway":
            found[np.isin(said, list(YES))] |= np.uint16(Flag.FORWARD_ONLY)
            found[np.isin(said, ["-1", "reverse"])] |= np.uint16(Flag.BACKWARD_ONLY)
        elif name.lower() in MARKS:
            found[~np.isin(said, list(NO))] |= np.uint16(MARKS[name.lower()])
    return found


def joined(
    lon: Floats,
    lat: Floats,
    line: NDArray[np.integer],
    *,
    flags: NDArray[np.uint16],
    way: NDArray[np.int64],
    name: str,
) -> Network:
    """Vertices of lines, one line after the other, as a network: equal points are one node.

    ``line`` (vertices,) which line a vertex belongs to; ``flags``, ``way`` (lines,).
    """
    key = np.stack([np.rint(lon / GRID), np.rint(lat / GRID)], axis=1).astype(np.int64)
    _, first, node = np.unique(key, axis=0, return_index=True, return_inverse=True)
    node = node.reshape(-1)
    start = np.flatnonzero(line[1:] == line[:-1])
    return network(
        lon[first],
        lat[first],
        node[start],
        node[start + 1],
        flags=flags[line[start]],
        way=way[line[start]],
        name=name,
    )
