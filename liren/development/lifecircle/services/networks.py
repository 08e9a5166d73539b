"""Networks of ways into the record: from files, or as arrays. The same network again changes nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from liren.development.lifecircle.engine import Barrier, Flag, LifeCircleError, Lines, Network, Quality, clean
from liren.development.lifecircle.engine.readers.edges import joined, read_edges
from liren.development.lifecircle.engine.readers.graphml import read_graphml
from liren.development.lifecircle.engine.readers.pbf import read_pbf
from liren.development.lifecircle.engine.readers.rules import rules
from liren.development.lifecircle.models import Mode, StreetNetwork
from liren.development.lifecircle.reckoning.packing import digest_of, packed
from liren.development.lifecircle.services.checks import Progress, city_of, locked, next_number, silent, source_of
from liren.development.lifecircle.services.unpacking import unpacked
from liren.development.lifecircle.spoken import NotWorkedOut, explained
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Unit

ENDINGS = {
    ".pbf": "pbf",
    ".graphml": "graphml",
    ".gpkg": "edges",
    ".geojson": "edges",
    ".json": "edges",
    ".shp": "edges",
    ".zip": "zip",
}
#: From this share of nodes outside the largest part on, the report warns.
LOST_SHARE = 0.05


@dataclass(frozen=True)
class NetworkReport:
    """What an import found and did; ``network`` is None for a dry run."""

    quality: dict[str, Any]
    is_new: bool
    network: StreetNetwork | None = None

    @property
    def is_torn(self) -> bool:
        """Whether so much is cut off from the largest part that the file should be looked at."""
        return bool(self.quality["share_outside_largest"] > LOST_SHARE)


def import_network(
    path: Path | str,
    *,
    city: Unit | str,
    mode: str = Mode.WALK,
    source: str = "",
    crs: str | None = None,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> NetworkReport:
    """Record the ways of a file: .osm.pbf, .graphml, .gpkg, .geojson, .shp, or a .zip of one of the last three. Its
    largest connected part is kept.

    ``crs`` where a file of lines names none (``EPSG:4547``). The same network again is the one that is there.

    Raises:
        BadInput: the file can't be read, or is no network; NotAllowed.
    """
    path, tell, where = Path(path), progress or silent, city_of(city)
    require(by, "lifecircle.import", where)
    if mode not in Mode.values:
        raise BadInput(_("A network is for walking or for cycling: walk, cycle."))
    tell("reading", 0, 3)
    net = read_network(path, mode, crs)
    tell("cleaning", 1, 3)
    return record_network(
        net,
        city=where,
        mode=mode,
        file_name=path.name,
        source=source_of(source, path),
        by=by,
        at=at,
        dry_run=dry_run,
        progress=tell,
    )


def read_network(path: Path, mode: str, crs: str | None = None) -> Network:
    """The ways of a file, by its ending; BadInput with the engine's words where it can't be read."""
    kind = ENDINGS.get(path.suffix.lower())
    try:
        if kind == "pbf":
            return read_pbf(path, rules(mode))
        if kind == "graphml":
            return read_graphml(path, rules(mode))
        if kind == "edges":
            return read_edges(path, crs=crs)
        if kind == "zip":
            with unpacked(path) as inside:
                return read_edges(inside, crs=crs)
    except LifeCircleError as error:
        raise BadInput(explained(error)) from error
    raise NotWorkedOut("ways_ending", file=path.name[:100])


def record_network(
    net: Network,
    *,
    city: Unit | str,
    mode: str,
    file_name: str,
    source: str,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> NetworkReport:
    """Clean and record a network that is there as arrays.

    Raises:
        BadInput: nothing is left of it; NotAllowed.
    """
    tell, where = progress or silent, city_of(city)
    require(by, "lifecircle.import", where)
    whole, found = clean(net)
    quality = told(found, whole)
    if whole.edges == 0 or whole.nodes < 2:
        raise NotWorkedOut("ways_none", file=file_name[:100])
    digest = digest_of(whole)
    tell("writing", 2, 3)
    with transaction.atomic():
        locked(where)
        kept = StreetNetwork.objects.of(where, mode).filter(digest=digest).first()
        if kept is not None or dry_run:
            return NetworkReport(quality, kept is None, kept)
        made = StreetNetwork.objects.create(
            city=where,
            mode=mode,
            version=next_number(StreetNetwork.objects.filter(city=where, mode=mode), "version"),
            file_name=file_name[-200:],
            source=source,
            rules=f"{mode} {rules(mode).as_of}",
            digest=digest,
            content=packed(whole),
            nodes=whole.nodes,
            edges=whole.edges,
            quality=quality,
            west=float(whole.lon.min()),
            south=float(whole.lat.min()),
            east=float(whole.lon.max()),
            north=float(whole.lat.max()),
            recorded_by=by.label,
            recorded_at=at,
        )
        facts = {"mode": mode, "version": made.version, "nodes": made.nodes, "edges": made.edges}
        audit.record("lifecircle.network", made, by=by, at=at, unit_id=where.pk, **facts)
    tell("writing", 3, 3)
    return NetworkReport(quality, True, made)


@dataclass(frozen=True, eq=False)
class Ways:
    """Ways as vertices, one line after the other: degrees, ``line`` (vertices,) which line each belongs to, rising from
    0, ``bridge`` (lines,). ``water`` (k, 4): straight pieces of banks as lon, lat, lon, lat; nobody crosses them."""

    lon: Any
    lat: Any
    line: Any
    bridge: Any
    water: Any


def record_ways(
    ways: Ways, *, city: Unit | str, mode: str, file_name: str, source: str, by: Actor, at: datetime
) -> NetworkReport:
    """Record ways that another program made: lines that share a vertex meet there.

    Raises:
        BadInput: nothing is left of it; NotAllowed.
    """
    flags = np.where(np.asarray(ways.bridge, np.bool_), Flag.BRIDGE, Flag.NONE).astype(np.uint16)
    net = joined(
        np.asarray(ways.lon, np.float64),
        np.asarray(ways.lat, np.float64),
        np.asarray(ways.line, np.int64),
        flags=flags,
        way=np.arange(1, len(flags) + 1, dtype=np.int64),
        name=file_name,
    )
    banks = np.asarray(ways.water, np.float64).reshape(-1, 4)
    net = replace(net, barriers=Lines(np.full(len(banks), Barrier.WATER, np.uint8), banks))
    return record_network(net, city=city, mode=mode, file_name=file_name, source=source, by=by, at=at)


def told(found: Quality, kept: Network) -> dict[str, Any]:
    """The quality report as it is kept: counts, and kilometres of way."""
    kilometres = round(float(kept.length_mm.sum(dtype="int64")) / 1e6, 1)
    share = round(found.share_outside_largest, 4)
    return {**asdict(found), "share_outside_largest": share, "kilometres": kilometres, "lines": len(kept.barriers.kind)}
