"""A network out of a table of lines: GeoPackage, GeoJSON, Shapefile and whatever else GDAL reads."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from liren.development.lifecircle.engine.errors import BadCoordinates, NetworkUnreadable
from liren.development.lifecircle.engine.network import Flag, Floats, Network, check_coordinates, network

GRID = 1e-7  # degrees, about a centimetre: ends nearer than this are one node
YES, NO = {"yes", "1", "true", "t"}, {"", "no", "0", "false", "f", "none", "nan"}
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
    try:
        meta, _, shapes, fields = pyogrio.raw.read(path, layer=layer)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise NetworkUnreadable(f"{path}: cannot be read as lines ({error}).") from error
    lines, row = _lines(shapes)
    if len(lines) == 0:
        raise NetworkUnreadable(f"{path}: holds no line.")
    points, line = shapely.get_coordinates(lines, return_index=True)
    lon, lat = _degrees(points, meta.get("crs") or crs, path.name)
    flags = _flags(dict(zip(meta["fields"], fields, strict=True)), len(shapes))[row]
    return joined(lon, lat, line, flags=flags, way=row + 1, name=path.name)


def _lines(shapes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Single lines, and the row of each; what is no line is left out."""
    read = shapely.from_wkb(shapes)
    parts, row = shapely.get_parts(read, return_index=True)
    kept = shapely.get_type_id(parts) == 1
    return parts[kept], np.asarray(row[kept], np.int64)


def _degrees(points: Floats, crs: str | None, name: str) -> tuple[Floats, Floats]:
    """Longitude and latitude in WGS 84 from whatever the file has."""
    if crs is None or CRS.from_user_input(crs).equals("EPSG:4326", ignore_axis_order=True):
        lon, lat = points[:, 0].copy(), points[:, 1].copy()
    else:
        lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(points[:, 0], points[:, 1])
        if not (np.isfinite(lon) & np.isfinite(lat)).all():
            raise BadCoordinates(f"{name}: says {crs}, but its coordinates do not lie there.")
    check_coordinates(lon, lat, name)
    return lon, lat


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
