"""The streets of the simulated city as a network to walk and ride on, and a run of the life circle for each group."""

from __future__ import annotations

import numpy as np
from django.utils import timezone

from liren.development.lifecircle import services
from liren.development.lifecircle.models import Mode
from liren.development.lifecircle.models.declared import DEFAULT
from liren.development.lifecircle.queries import standards
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Unit
from liren.front.demo.engine import rows
from liren.front.demo.engine.city import City
from liren.front.demo.engine.streets import edges
from liren.front.demo.places import Load

BANK_STEP = 5  # lattice points from one corner of a bank to the next


def load_circle(load: Load, city_id: int, *, by: Actor) -> int:
    """Record both networks and work out a run for each group from the registers; how many ways there are.

    Without a standard, as where the packs of this installation declare none, only the networks are recorded.
    """
    city = Unit.objects.get(pk=city_id)
    load.tell("ways", 0, 0)
    many = 0
    for mode in (Mode.WALK, Mode.CYCLE):
        made = services.record_ways(
            ways_of(load.city, mode),
            city=city,
            mode=mode,
            file_name="streets（模拟）",
            source=rows.SOURCE,
            by=by,
            at=load.at,
        ).network
        many += made.edges if made else 0
    known = next((one.spec for one in standards() if one.spec.code == DEFAULT), None)
    for group in known.groups if known else ():
        run = services.ask_run(city, day=timezone.localdate(load.at), group=group.code, by=by, at=load.at)
        services.perform(run.pk, by=by, progress=load.tell)
    return many


def ways_of(city: City, mode: str) -> services.Ways:
    """All streets and paths on foot; by bicycle all but the paths. The river's banks keep both sides apart."""
    found = [one for one in edges(city.ground, city.mesh) if mode == Mode.WALK or one.kind != "path"]
    points = np.array([point for one in found for point in one.points], dtype=np.float64)
    lon, lat = city.ground.lonlat(points[:, 0], points[:, 1])
    return services.Ways(
        lon=lon,
        lat=lat,
        line=np.repeat(np.arange(len(found)), [len(one.points) for one in found]),
        bridge=np.array([one.bridge for one in found]),
        water=_banks(city),
    )


def _banks(city: City) -> np.ndarray:
    """The middle of the river, from one edge of the lattice to the other, in short straight pieces."""
    south, north = city.ground.river
    u = np.arange(0, city.mesh.raster.shape[1] + 1, BANK_STEP, dtype=np.float64)
    lon, lat = city.ground.lonlat(u, np.full_like(u, (south + north) / 2))
    return np.stack([lon[:-1], lat[:-1], lon[1:], lat[1:]], axis=1)
