"""Facilities out of an extract of OpenStreetMap: what bears one of the standard's words as its tag."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import osmium
import shapely

from liren.development.lifecircle.engine import LifeCircleError
from liren.development.lifecircle.engine.readers.pbf import check_extract
from liren.development.lifecircle.spoken import NotWorkedOut, explained
from liren.foundation.kernel.errors import BadInput

#: Keys under which OpenStreetMap says what a place is.
KEYS = ("amenity", "shop", "leisure", "healthcare", "social_facility", "station", "highway")
NAMES = ("name:zh-Hans", "name:zh", "name")


def is_extract(path: Path) -> bool:
    """Whether a file says by its name that it is one."""
    return path.suffix.lower() == ".pbf"


def places_in(path: Path, words: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Cells as a table's lines have them, numbered; of an outline a point inside it. BadInput for a damaged file."""
    try:
        check_extract(path)
    except LifeCircleError as error:
        raise BadInput(explained(error)) from error
    known = frozenset(words)
    wanted = osmium.filter.TagFilter(*((key, word) for key in KEYS for word in known))
    shapes = osmium.geom.WKBFactory()
    try:
        found: Any
        for number, found in enumerate(osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted), 1):
            if found.is_node():
                yield number, _cells(found.tags, known, found.location.lon, found.location.lat)
            elif found.is_area():
                # Inside the outline, which the centroid of a bent one is not.
                point = shapely.from_wkb(bytes.fromhex(shapes.create_multipolygon(found))).representative_point()
                yield number, _cells(found.tags, known, point.x, point.y)
    except (RuntimeError, OSError, ValueError) as error:
        raise NotWorkedOut("pbf_broken", file=path.name[:100]) from error


def _cells(tags: Any, known: frozenset[str], lon: float, lat: float) -> dict[str, Any]:
    word = next(tags[key] for key in KEYS if key in tags and tags[key] in known)
    name = next((tags[one] for one in NAMES if one in tags), "")
    facts = {"name": name, "category": word, "lon": lon, "lat": lat}
    return facts | {"capacity": tags.get("capacity"), "hours": tags.get("opening_hours")}
