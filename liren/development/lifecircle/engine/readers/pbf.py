"""A network out of an extract of OpenStreetMap (.osm.pbf): relations, then everything else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from liren.development.lifecircle.engine.errors import NetworkUnreadable
from liren.development.lifecircle.engine.network import Flag, Lines, Network, network
from liren.development.lifecircle.engine.readers.blobs import unpacked_octets
from liren.development.lifecircle.engine.readers.rules import Rules

#: Honest extracts unpack to some two times their size (Helsinki 2.1, Porto Alegre 2.1); beyond this it is a trap.
MOST_TIMES, AND_OCTETS = 10, 10_000_000
#: Pieces of ways that are kept in memory, some 200 octets each: five cities of a million nodes.
MOST_EDGES = 6_000_000
KEYS = ("highway", "barrier", "waterway", "natural", "railway")
#: Relations whose ways are what the relation says: the outline of a lake or a river's bed, the course of a river.
OUTLINES = ("multipolygon", "waterway")
Spot = tuple[int, float, float]


@dataclass
class _Found:
    """What has been read so far; nodes get numbers as ways name them."""

    rules: Rules
    outlines: dict[int, dict[str, str]] = field(default_factory=dict)  # way: what its relation says
    at: dict[int, int] = field(default_factory=dict)
    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    edges: list[tuple[int, int, int, int]] = field(default_factory=list)  # a, b, flags, way
    lines: list[tuple[int, float, float, float, float]] = field(default_factory=list)
    gates: set[int] = field(default_factory=set)
    crossings: set[int] = field(default_factory=set)
    ends: set[int] = field(default_factory=set)
    most_edges: int = MOST_EDGES
    file: str = ""

    def point(self, node: Any) -> None:
        tags = dict(node.tags)
        if "barrier" in tags and self.rules.stops(tags):
            self.ends.add(node.id)
        elif self.rules.is_gate(tags):
            self.gates.add(node.id)
        if tags.get("highway") == "crossing":
            self.crossings.add(node.id)

    def number(self, ref: int, lon: float, lat: float) -> int:
        """A node's number; one that lets nobody through gets a new one each time, so that nothing joins there."""
        known = self.at.get(ref)
        if known is not None and ref not in self.ends:
            return known
        self.at[ref] = len(self.lon)
        self.lon.append(lon)
        self.lat.append(lat)
        return self.at[ref]

    def way(self, way: Any) -> None:
        tags = dict(way.tags)
        kind = self.rules.line(tags)
        admitted = self.rules.admits(tags)
        if kind is not None:
            self.outlines.pop(way.id, None)  # it speaks for itself
        if kind is None and not admitted:
            return
        nodes = _nodes(way)
        if kind is not None:
            self._keeps_apart(nodes, int(kind))
        if admitted:
            self._pieces(nodes, int(self.rules.flags(tags)), way.id)

    def relation(self, relation: Any) -> None:
        """Remember what an outline says of its ways; of two outlines the first."""
        tags = dict(relation.tags)
        if tags.get("type") not in OUTLINES or self.rules.line(tags) is None:
            return
        said = {key: tags[key] for key in KEYS if key in tags}
        for member in relation.members:
            if member.type == "w":
                self.outlines.setdefault(member.ref, said)

    def outline(self, way: Any) -> None:
        """A way that says nothing itself, as its relation has it; what it does say, a tunnel say, goes before."""
        kind = self.rules.line({**self.outlines[way.id], **dict(way.tags)})
        if kind is not None:
            self._keeps_apart(_nodes(way), int(kind))

    def _keeps_apart(self, nodes: list[Spot | None], kind: int) -> None:
        pairs = ((p, q) for p, q in zip(nodes, nodes[1:], strict=False) if p and q)
        self.lines += [(kind, p[1], p[2], q[1], q[2]) for p, q in pairs]

    def _pieces(self, nodes: list[Spot | None], flags: int, way: int) -> None:
        """The straight pieces of a way; where the extract lacks a node, the way is cut."""
        if len(self.edges) + len(self.lines) > self.most_edges:
            raise NetworkUnreadable("too_many_edges", file=self.file, most=self.most_edges)
        last: tuple[int, int] | None = None
        for node in nodes:
            here = (self.number(*node), node[0]) if node else None
            if last and here:
                self.edges.append((last[0], here[0], flags | self._ends(last[1], here[1]), way))
            # Behind a point that lets nobody through the way begins anew.
            last = (self.number(*node), node[0]) if node and node[0] in self.ends else here

    def _ends(self, one: int, other: int) -> int:
        gate = one in self.gates or other in self.gates
        crossing = one in self.crossings or other in self.crossings
        return (Flag.GATE if gate else 0) | (Flag.CROSSING if crossing else 0)


def read_pbf(path: Path, rules: Rules, *, most_edges: int = MOST_EDGES) -> Network:
    """The ways of an extract that the rules admit, piece by piece, and the lines that keep places apart.

    Every node of a way is a node of the network, so that a point can be joined to any piece of it. Outlines put
    together from several ways (relations: a lake with its islands, the bed of a wide river) count as their ways.

    :raises NetworkUnreadable: when the file is missing, cut off, no extract, holds no way that the rules admit, more
    pieces than ``most_edges``, or unpacks to far more than an honest extract.
    """
    check_extract(path)
    found = _Found(rules, most_edges=most_edges, file=path.name)
    try:
        _read(found, str(path))
    except (RuntimeError, OSError) as error:
        raise NetworkUnreadable("pbf_broken", file=path.name) from error
    if not found.edges:
        raise NetworkUnreadable("pbf_no_way", file=path.name, mode=rules.code)
    edges = np.array(found.edges, np.int64)
    lines = np.array(found.lines, np.float64).reshape(-1, 5)
    return network(
        np.array(found.lon),
        np.array(found.lat),
        edges[:, 0],
        edges[:, 1],
        flags=edges[:, 2],
        way=edges[:, 3],
        barriers=Lines(lines[:, 0].astype(np.uint8), lines[:, 1:].copy()),
        name=path.name,
    )


def check_extract(path: Path) -> None:
    """:raises NetworkUnreadable: when the file is missing, or unpacks to far more than an honest extract."""
    if not path.is_file():
        raise NetworkUnreadable("file_missing", file=path.name)
    if unpacked_octets(path) > MOST_TIMES * path.stat().st_size + AND_OCTETS:
        raise NetworkUnreadable("pbf_trap", file=path.name)


def _nodes(way: Any) -> list[Spot | None]:
    return [(n.ref, n.location.lon, n.location.lat) if n.location.valid() else None for n in way.nodes]


def _read(found: _Found, path: str) -> None:
    """Relations, points and ways; and once more for the ways that only their relation speaks for, where there are."""
    for relation in osmium.FileProcessor(path, osmium.osm.RELATION).with_filter(osmium.filter.KeyFilter(*KEYS)):
        found.relation(relation)
    everything: Iterable[Any] = osmium.FileProcessor(path).with_locations().with_filter(osmium.filter.KeyFilter(*KEYS))
    for one in everything:
        if one.is_node():
            found.point(one)
        elif one.is_way():
            found.way(one)
    if found.outlines:
        named = osmium.filter.IdFilter(found.outlines)
        named.enable_for(osmium.osm.WAY)
        ways = osmium.filter.EntityFilter(osmium.osm.WAY)
        for way in osmium.FileProcessor(path).with_locations().with_filter(ways).with_filter(named):
            found.outline(way)
