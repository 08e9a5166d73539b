"""The street network as GeoJSON or GraphML: junctions and what lies between them, to walk, ride or drive on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from liren.front.demo.engine.mesh import Line
from liren.front.demo.engine.rows import City
from liren.front.demo.engine.streets import WIDTH_M, Edge, edges, path_lengths

Fields = dict[str, int | float | str | bool]
PARK_PATH = ("知乐公园步道", "Zhile Park Path")
_GRAPHML = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'


def _parts(city: City) -> tuple[list[tuple[float, float]], list[tuple[Fields, list[tuple[float, float]]]]]:
    """Junctions as longitude and latitude, and edges with their fields and points."""
    found = edges(city.ground, city.mesh)
    lengths = path_lengths(city.ground, found)
    ends = sorted({point for edge in found for point in (edge.points[0], edge.points[-1])})
    number = {point: place for place, point in enumerate(ends)}
    at = np.array(ends, dtype=np.float64)
    lon, lat = city.ground.lonlat(at[:, 0], at[:, 1])
    names = {place: PARK_PATH for place, line in enumerate(city.mesh.lines) if _is_in_park(city, line)}
    names |= {row.line: (row.name_zh, row.name_en) for row in city.streets}
    out = []
    for edge, length in zip(found, lengths.tolist(), strict=True):
        points = np.array(edge.points, dtype=np.float64)
        x, y = city.ground.lonlat(points[:, 0], points[:, 1])
        out.append((_fields(edge, length, number, names), list(zip(x.tolist(), y.tolist(), strict=True))))
    return list(zip(lon.tolist(), lat.tolist(), strict=True)), out


def _is_in_park(city: City, line: Line) -> bool:
    """Whether a footpath runs through the park."""
    block = city.mesh.raster[(line.v0 + line.v1) // 2, (line.u0 + line.u1) // 2]
    return line.kind == "path" and block >= 0 and city.uses[block] == "park"


def _fields(edge: Edge, length: float, number: dict[tuple[int, int], int], names: dict[int, tuple[str, str]]) -> Fields:
    name_zh, name_en = names.get(edge.line, ("", ""))
    return {
        "source": number[edge.points[0]],
        "target": number[edge.points[-1]],
        "street": edge.line,
        "name_zh": name_zh,
        "name_en": name_en,
        "class": edge.kind,
        "width_m": WIDTH_M[edge.kind],
        "length_m": round(length, 1),
        "bridge": edge.bridge,
        "foot": True,
        "bicycle": edge.kind != "path",
        "car": edge.kind not in ("path", "lane"),
        "simulated": True,
    }


def geojson(city: City) -> str:
    """A FeatureCollection: points are junctions (``node``), lines are pieces of street (``edge``)."""
    nodes, lines = _parts(city)
    features: list[dict[str, object]] = [
        {
            "type": "Feature",
            "id": f"n{place}",
            "properties": {"kind": "node", "node": place, "simulated": True},
            "geometry": {"type": "Point", "coordinates": point},
        }
        for place, point in enumerate(nodes)
    ]
    features += [
        {
            "type": "Feature",
            "id": f"e{place}",
            "properties": {"kind": "edge", **fields},
            "geometry": {"type": "LineString", "coordinates": points},
        }
        for place, (fields, points) in enumerate(lines)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))


def graphml(city: City) -> str:
    """The same network as GraphML, for networkx, igraph and the like; the shape of an edge as WKT."""
    nodes, lines = _parts(city)
    return "\n".join([*_head(lines[0][0]), *_nodes(nodes), *_edges(lines), "</graph>", "</graphml>", ""])


def _head(fields: Fields) -> Iterator[str]:
    kinds = {bool: "boolean", int: "int", float: "double", str: "string"}
    yield f'<?xml version="1.0" encoding="UTF-8"?>{_GRAPHML}'
    for name in ("lon", "lat"):
        yield f'<key id="{name}" for="node" attr.name="{name}" attr.type="double"/>'
    for name, value in fields.items():
        yield f'<key id="{name}" for="edge" attr.name="{name}" attr.type="{kinds[type(value)]}"/>'
    yield '<key id="wkt" for="edge" attr.name="wkt" attr.type="string"/>'
    yield '<graph edgedefault="undirected">'


def _nodes(nodes: list[tuple[float, float]]) -> Iterator[str]:
    for place, (lon, lat) in enumerate(nodes):
        yield f'<node id="{place}"><data key="lon">{lon}</data><data key="lat">{lat}</data></node>'


def _edges(lines: list[tuple[Fields, list[tuple[float, float]]]]) -> Iterator[str]:
    for fields, points in lines:
        told = "".join(f"<data key={quoteattr(name)}>{_word(value)}</data>" for name, value in fields.items())
        shape = ", ".join(f"{x} {y}" for x, y in points)
        yield (
            f'<edge source="{fields["source"]}" target="{fields["target"]}">{told}'
            f'<data key="wkt">LINESTRING ({shape})</data></edge>'
        )


def _word(value: int | float | str | bool) -> str:
    return escape(str(value).lower() if isinstance(value, bool) else str(value))
