"""Builders for the life circle: a small town with streets of known length, compounds, shops, and its standard."""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import shapely

from liren.development.lifecircle import services
from liren.development.lifecircle.engine import Network, network
from liren.development.lifecircle.models import Mode, Run, StreetNetwork
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.policy.models import Declaration, DeclarationVersion, Jurisdiction, Load
from liren.foundation.territory import services as territory
from liren.foundation.territory.models import Level, Unit
from tests.make.territory import population, unit

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
DAY = date(2026, 6, 1)
SYSTEM = SystemActor("test")
_numbers = itertools.count(1)
#: 100 m of the town in degrees: it lies at 104° E, 30° N.
X, Y = 0.1 / 96.486, 0.1 / 110.852
AT = (104.0, 30.0)

STANDARD: dict[str, Any] = {
    "code": "life_circle",
    "name": {"zh": "测试标准", "en": "Test standard"},
    "source": {"zh": "测试", "en": "Test"},
    "requirements": ["R244"],
    "groups": [
        {"code": "general", "name": {"zh": "一般", "en": "General"}, "walk_mm_per_s": 1000, "cycle_mm_per_s": 4000,
         "certainty": "secondary"},
        {"code": "elderly", "name": {"zh": "老人", "en": "Older"}, "walk_mm_per_s": 500, "cycle_mm_per_s": 2000,
         "certainty": "from_memory"},
    ],
    "circles": [
        {"code": "circle_15", "name": {"zh": "15分钟", "en": "15 minutes"}, "minutes": 15, "level": "street",
         "certainty": "full_text"},
        {"code": "circle_5", "name": {"zh": "5分钟", "en": "5 minutes"}, "minutes": 5, "level": "compound",
         "certainty": "full_text"},
        {"code": "park", "name": {"zh": "500米见园", "en": "Park in 500 m"}, "metres": 500, "level": "compound",
         "alone": True, "certainty": "full_text"},
    ],
    "handled": {"register": "service_item", "online": "handled_online",
                "at": [{"level": "community", "category": "shop"}, {"level": "street", "category": "market"}]},
    "estates": {
        "per_people": "service_room_area_per_1000_people",
        "least": "service_room_area_min_total",
        "per_households": "facility_area_per_100_households",
        "always": [{"category": "shop", "parameter": "childcare_in_new_estates"}],
        "due": [
            {"circle": "circle_5", "dwellings": 200, "certainty": "from_memory"},
            {"circle": "circle_15", "dwellings": 1000, "certainty": "secondary"},
        ],
    },
    "categories": [
        {"code": "market", "name": {"zh": "菜市场", "en": "Market"}, "circle": "circle_15", "kind": "commerce",
         "radius_m": 1000, "certainty": "from_memory", "everyday": "vegetables", "poi": ["marketplace"]},
        {"code": "shop", "name": {"zh": "便利店", "en": "Shop"}, "circle": "circle_5", "kind": "commerce",
         "radius_m": 300, "certainty": "from_memory", "poi": ["convenience"]},
        {"code": "park", "name": {"zh": "公园", "en": "Park"}, "circle": "park", "kind": "open_space", "radius_m": 500,
         "certainty": "full_text", "poi": ["garden"]},
    ],
}  # fmt: skip


def standard(**changes: Any) -> dict[str, Any]:
    """The content of a good declaration; a keyword replaces a key, None takes it out."""
    made = {**copy.deepcopy(STANDARD), **copy.deepcopy(changes)}
    return {key: value for key, value in made.items() if value is not None}


def declared(**changes: Any) -> DeclarationVersion:
    """A standard in force."""
    made = json.loads(json.dumps(standard(**changes)))
    nation, _old = Jurisdiction.objects.get_or_create(
        code="cn", defaults={"name_zh": "国家", "name_en": "Nation", "division": ""}
    )
    declaration, _old = Declaration.objects.get_or_create(kind="lifecircle", code=made["code"])
    DeclarationVersion.objects.filter(declaration=declaration, retired_at=None).update(retired_at=NOW)
    version = DeclarationVersion.objects.create(
        declaration=declaration,
        number=DeclarationVersion.objects.filter(declaration=declaration).count() + 1,
        jurisdiction=nation,
        basis=[],
        content=made,
        fingerprint=hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest(),
        loaded_at=NOW,
        loaded_by="test",
    )
    said = hashlib.sha256(str(next(_numbers)).encode()).hexdigest()
    Load.objects.create(at=NOW, by="system:test", fingerprint=said, tool="test")
    return version


def spot(x: float, y: float) -> tuple[float, float]:
    """Hundreds of metres east and north of the corner of the town, in degrees."""
    return AT[0] + x * X, AT[1] + y * Y


def streets(width: int = 20, height: int = 4, gap: float | None = None) -> Network:
    """A grid of streets every 100 m; with ``gap``, none crosses the line at that many hundreds of metres east."""
    x, y = np.meshgrid(np.arange(width + 1), np.arange(height + 1), indexing="ij")
    place = np.arange(x.size).reshape(x.shape)
    across = np.stack([place[:-1].ravel(), place[1:].ravel()], axis=1)
    if gap is not None:
        across = across[~((x[:-1].ravel() < gap) & (x[1:].ravel() > gap) & (y[:-1].ravel() > 0))]
    ends = np.concatenate([across, np.stack([place[:, :-1].ravel(), place[:, 1:].ravel()], axis=1)])
    lon, lat = spot(x.ravel(), y.ravel())
    return network(lon, lat, ends[:, 0], ends[:, 1], name="streets of a test")


def square(x: float, y: float, half: float = 0.2) -> shapely.Polygon:
    """An outline around a spot, so many hundreds of metres to each side."""
    (west, south), (east, north) = spot(x - half, y - half), spot(x + half, y + half)
    return shapely.box(west, south, east, north)


@dataclass
class Quarter:
    """A city with a district, two streets, three communities (the last a village) and compounds along a street."""

    city: Unit
    district: Unit
    communities: list[Unit]
    compounds: list[Unit]
    network: StreetNetwork
    standard: DeclarationVersion


def quarter(people: tuple[int, ...] = (1000, 300, 50, 3)) -> Quarter:
    """Compounds at 200, 800, 1200 and 1800 m east on the southernmost street but one, with so many residents."""
    city = unit(Level.CITY, name_zh="里仁市", name_en="Liren")
    district = unit(Level.DISTRICT, city, name_zh="望江区")
    one, other = (unit(Level.STREET, district) for _ in range(2))
    communities = [unit(Level.COMMUNITY, one), unit(Level.COMMUNITY, one), unit(Level.COMMUNITY, other, kind="village")]
    compounds = []
    for count, x, above in zip(people, (2, 8, 12, 18), (0, 0, 1, 2), strict=True):
        made = unit(Level.COMPOUND, communities[above])
        facts = {"crs": "wgs84", "source": "test", "from_day": date(2020, 1, 1), "by": SYSTEM, "at": NOW}
        territory.set_boundary(unit_id=made.pk, shape=square(x, 1), **facts)
        population(made, residents=count, households=max(1, count // 3))
        compounds.append(made)
    return Quarter(city, district, communities, compounds, recorded(city), declared())


def recorded(city: Unit, net: Network | None = None, mode: str = Mode.WALK) -> StreetNetwork:
    """A network of the city."""
    given = streets() if net is None else net
    facts = {"file_name": "test", "source": "test", "by": SYSTEM, "at": NOW}
    found = services.record_network(given, city=city, mode=mode, **facts).network
    assert found is not None
    return found


PLACES = "name,category,lon,lat,capacity,opening_hours\n"


def table(path: Any, rows: Sequence[tuple[Any, ...]]) -> Any:
    """A file of places: name, category, hundreds of metres east and north, and hours if there are any."""
    lines = [
        f'{name},{category},{spot(x, y)[0]:.7f},{spot(x, y)[1]:.7f},10,"{"".join(said)}"'
        for name, category, x, y, *said in rows
    ]
    path.write_text(PLACES + "\n".join(lines) + "\n", encoding="utf-8")
    return path


TOWN_PLACES = [("东菜市场", "marketplace", 10, 1), ("小店", "convenience", 3, 1), ("西公园", "garden", 6, 1)]


def done(of: Quarter, path: Any, rows: Sequence[tuple[Any, ...]] | None = None, **how: Any) -> Run:
    """A run of the quarter with a table of places, worked out."""
    places = services.import_places(table(path, rows or TOWN_PLACES), city=of.city, by=SYSTEM, at=NOW).table
    run = services.ask_run(of.city, day=DAY, places=places, by=SYSTEM, at=NOW, **how)
    return services.perform(run.pk, by=SYSTEM)
