"""A network out of GraphML as OSMnx writes it: nodes with x and y, edges with a geometry or none."""

import re
from pathlib import Path
from xml.etree import ElementTree as Tree

import numpy as np
import shapely

from liren.development.lifecircle.engine.errors import BadCoordinates, NetworkUnreadable
from liren.development.lifecircle.engine.network import Flag, Network
from liren.development.lifecircle.engine.readers.edges import joined
from liren.development.lifecircle.engine.readers.rules import Rules

SPACE = "{http://graphml.graphdrawing.org/xmlns}"
DEGREES = re.compile(r"(?i)(epsg:+)?(:)?4326$|.*crs84$|^$")
MOST_PARTS = 20  # kinds of way that one edge is taken to be made of
QUOTED = re.compile(r"""['"]([^'"]*)['"]""")


def read_graphml(path: Path, rules: Rules) -> Network:
    """The edges that the rules admit, vertex by vertex; an edge that is there in both directions is taken once.

    OSMnx says of each edge whether it runs against its way (``reversed``); rules of one way are read by that. Of an
    edge that it made of several ways each must be admitted, and steps among them make steps of all: no time is
    flattered.

    :raises NetworkUnreadable: when the file is cut off, no GraphML, names a node that is not there, or admits no edge.
    :raises BadCoordinates: when its coordinate system is not WGS 84, or its numbers are no degrees.
    """
    root = _root(path)
    names = {key.get("id", ""): key.get("attr.name", "") for key in root.iter(f"{SPACE}key")}
    crs = next(
        (
            said[key]
            for one in root.iter(f"{SPACE}graph")
            for said in [_said(one, names)]
            for key in said
            if key == "crs"
        ),
        "",
    )
    if not DEGREES.match(crs):
        raise BadCoordinates("graphml_crs", file=path.name, crs=crs[:60])
    nodes: dict[str, tuple[float, float]] = {}
    try:
        for one in root.iter(f"{SPACE}node"):
            said = _said(one, names)
            nodes[one.get("id", "")] = float(said["x"]), float(said["y"])
        lines, flags, ways = _edges(root, names, nodes, rules)
    except (KeyError, ValueError, shapely.errors.GEOSException) as error:
        raise NetworkUnreadable("graphml_part", file=path.name, part=str(error).strip("'")[:80]) from error
    if not lines:
        raise NetworkUnreadable("graphml_no_edge", file=path.name, mode=rules.code)
    points = np.concatenate(lines)
    line = np.repeat(np.arange(len(lines)), [len(one) for one in lines])
    return joined(
        points[:, 0], points[:, 1], line, flags=np.array(flags, np.uint16), way=np.array(ways, np.int64), name=path.name
    )


def _root(path: Path) -> Tree.Element:
    try:
        text = path.read_text(encoding="utf-8")
        if "<!DOCTYPE" in text:
            raise NetworkUnreadable("graphml_doctype", file=path.name)
        return Tree.fromstring(text)  # noqa: S314  see the import
    except (OSError, UnicodeDecodeError, Tree.ParseError) as error:
        raise NetworkUnreadable("graphml_broken", file=path.name) from error


def _said(element: Tree.Element, names: dict[str, str]) -> dict[str, str]:
    return {names.get(data.get("key", ""), ""): data.text or "" for data in element.findall(f"{SPACE}data")}


def _edges(
    root: Tree.Element, names: dict[str, str], nodes: dict[str, tuple[float, float]], rules: Rules
) -> tuple[list[np.ndarray], list[int], list[int]]:
    lines, flags, ways = [], [], []
    seen: set[tuple[str, ...]] = set()
    for one in root.iter(f"{SPACE}edge"):
        told = {key: _values(value) for key, value in _said(one, names).items()}
        said = {key: values[0] for key, values in told.items()}
        ends = one.get("source", ""), one.get("target", "")
        points = np.array([nodes[ends[0]], nodes[ends[1]]])
        if said.get("geometry"):
            points = shapely.get_coordinates(shapely.from_wkt(said["geometry"]))
        twin = (*sorted(ends), said.get("osmid", ""), str(len(points)))
        parts = _parts(told, said)
        if twin in seen or not all(map(rules.admits, parts)):
            continue
        seen.add(twin)
        flag = rules.flags(parts[0]) | (Flag.STEPS if any(rules.flags(it) & Flag.STEPS for it in parts) else Flag.NONE)
        if said.get("reversed") == "True" and flag & (Flag.FORWARD_ONLY | Flag.BACKWARD_ONLY):
            flag ^= Flag.FORWARD_ONLY | Flag.BACKWARD_ONLY
        lines.append(points)
        flags.append(int(flag))
        ways.append(int(said["osmid"]) if said.get("osmid", "").isdigit() else 0)
    return lines, flags, ways


def _parts(told: dict[str, list[str]], said: dict[str, str]) -> list[dict[str, str]]:
    """The tags of the ways that an edge was made of, as far as they decide who may go there."""
    kinds, rights = (list(dict.fromkeys(told.get(key, [""])))[:MOST_PARTS] for key in ("highway", "access"))
    return [_as_tags({**said, "highway": kind, "access": right}) for kind in kinds for right in rights]


def _values(value: str) -> list[str]:
    """OSMnx joins the values of edges that it made one: ['a', 'b'] or [1, 2]; of most keys the first speaks."""
    if not value.startswith("["):
        return [value]
    return QUOTED.findall(value) or [one.strip() for one in value.strip("[]").split(",")]


def _as_tags(said: dict[str, str]) -> dict[str, str]:
    """As OpenStreetMap would say it: OSMnx writes True and False."""
    return {key: {"True": "yes", "False": "no"}.get(value, value) for key, value in said.items() if value}
