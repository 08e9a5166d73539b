"""How long a point takes to find its units, against a search tree of all outlines in memory, in the same run.

    script/bench locate

Fills a database of its own (dropped afterwards) with the outlines given, each quartered downwards into made-up streets,
communities and grids, and asks random points. Both sides must answer alike.
"""

import argparse
import json
import time
from datetime import date
from pathlib import Path

import numpy as np
import shapely
from scratch import SHARED, scratch_database

DAY = date(2023, 6, 30)


def outlines(folder: Path) -> dict[str, shapely.Geometry]:
    """District outlines by code, WGS 84, from files named by six digits (coordinates GCJ-02)."""
    from liren.foundation.territory.engine import geometry

    found = {}
    for path in sorted(folder.glob("[0-9]*.geojson")):
        if not path.stem.endswith("00"):
            drawn = geometry.from_geojson(json.loads(path.read_text()))
            found[f"{path.stem}000000"] = geometry.boundary(drawn, "gcj02")
    return found


def quarters(shape: shapely.Geometry, parts: int) -> list[shapely.Geometry]:
    """A shape cut by a lattice of ``parts`` by ``parts``: the pieces share their borders exactly."""
    west, south, east, north = shape.bounds
    xs, ys = np.linspace(west, east, parts + 1), np.linspace(south, north, parts + 1)
    boxes = [shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in range(parts) for j in range(parts)]
    cut = [shapely.intersection(shape, box) for box in boxes]
    return [piece for piece in cut if piece.geom_type in {"Polygon", "MultiPolygon"} and not piece.is_empty]


class Ground:
    """Units with outlines, as they are put into the database."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, str, shapely.Geometry]] = []

    def found(self, level: int, code: str, parent: int | None, shape: shapely.Geometry | None) -> int:
        from django.utils import timezone

        from liren.foundation.kernel.rights import SystemActor
        from liren.foundation.territory import services
        from liren.foundation.territory.models import KINDS, Level
        from liren.foundation.territory.services.boundaries import set_boundary

        by, at = SystemActor("bench"), timezone.now()
        unit = services.create_unit(
            level=level, code=code, kind=KINDS[Level(level)][0], name_zh=f"第{code}单元", parent_id=parent,
            effective_on=DAY, instrument="bench", by=by, at=at,
        )  # fmt: skip
        if shape is not None:
            set_boundary(unit_id=unit.pk, shape=shape, crs="wgs84", source="bench", from_day=DAY, by=by, at=at)
            self.shapes.append((level, code, shape))
        return unit.pk

    def fill(self, districts: dict[str, shapely.Geometry]) -> None:
        """City, districts, each cut into 9 streets, each into 9 communities."""
        city = self.found(2, "510100000000", None, None)
        for code, shape in districts.items():
            district = self.found(3, code, city, shape)
            for s, street_shape in enumerate(quarters(shape, 3), 1):
                street_code = f"{code[:6]}{s:03}"
                street = self.found(4, f"{street_code}000", district, street_shape)
                for c, piece in enumerate(quarters(street_shape, 3), 1):
                    self.found(5, f"{street_code}{c:03}", street, piece)


def report(name: str, seconds: list[float]) -> None:
    median, late = np.percentile(np.array(seconds) * 1000, [50, 95])
    print(f"{name:<34} median {median:6.3f} ms   95th of 100 {late:6.3f} ms   over {len(seconds)} points")


def ask(ground: Ground, points: np.ndarray) -> None:
    from liren.foundation.territory.queries.places import units_at

    tree = shapely.STRtree([shape for _, _, shape in ground.shapes])
    ours: list[float] = []
    theirs: list[float] = []
    different = 0
    for warm in (True, False):
        ours, theirs, different = [], [], 0
        for lon, lat in points.tolist():
            start = time.perf_counter()
            found = units_at(lon, lat, on=DAY)
            middle = time.perf_counter()
            hits = tree.query(shapely.Point(lon, lat), predicate="intersects")
            end = time.perf_counter()
            ours.append(middle - start)
            theirs.append(end - middle)
            different += {unit.code for unit in found} != {ground.shapes[hit][1] for hit in hits.tolist()}
        print("first time, outlines not yet in memory:" if warm else "again:")
        report("  point to units, with database", ours)
        report("  search tree in memory, no database", theirs)
    print(f"points answered differently: {different} (a point on a shared border counts once here, twice there)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--boundaries", type=Path, default=SHARED / "boundaries")
    parser.add_argument("--points", type=int, default=5000)
    options = parser.parse_args()
    with scratch_database():
        ground = Ground()
        start = time.perf_counter()
        ground.fill(outlines(options.boundaries))
        print(f"{len(ground.shapes)} outlines stored in {time.perf_counter() - start:.1f} s")
        random = np.random.default_rng(1)
        ask(ground, random.uniform((102.9, 30.0), (104.95, 31.5), (options.points, 2)))


if __name__ == "__main__":
    main()
