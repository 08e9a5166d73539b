"""A small city with a past, as the portal shows it: made by the services, with outlines, figures, zone and streets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import shapely

from liren.foundation.kernel.rights import SystemActor
from liren.foundation.territory import services
from liren.foundation.territory.models import Boundary, Unit, Zone
from liren.foundation.territory.services import boundaries

SYSTEM = SystemActor("test")
NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
DAY = date(2001, 3, 1)
FACTS: dict[str, Any] = {"instrument": "测试文件〔2001〕1号", "by": SYSTEM, "at": NOW}
#: West and south edge of the city's square in degrees, and the side of one community.
WEST, SOUTH, SIDE = 104.0, 30.0, 0.01


@dataclass(frozen=True)
class City:
    """里仁市 in little: one district, two streets, six communities, a compound and a grid."""

    city: Unit
    district: Unit
    street: Unit
    other_street: Unit
    communities: list[Unit]
    compound: Unit
    grid: Unit
    zone: Zone


def small_city() -> City:
    """The city as it is today; its street was a town until 2016 and bore another name until 2004."""
    city = unit(2, "990100000000", "city", "里仁市", None, name_en="Liren")
    district = unit(3, "990102000000", "district", "临川区", city)
    street = unit(4, "990102001000", "town", "文昌乡镇", district)
    other = unit(4, "990102002000", "street", "北门街道", district)
    names = ["桂花井社区", "东门外社区", "书院街社区", "清水河社区", "新风苑第二社区居民委员会筹备处", "仁和里社区"]
    communities = [
        unit(5, f"99010200100{number}", "community", name, street, character="urban")
        for number, name in enumerate(names, start=1)
    ]
    compound = unit(6, "990102001001-X001", "estate", "桂花苑", communities[0])
    grid = unit(7, "990102001001-G001", "grid", "桂花井第一网格", communities[0])
    street = with_a_past(street)
    outlines([street, *communities])
    figures(street, communities)
    zone = services.create_zone(
        slug="qingshui",
        kind="scenic",
        name_zh="清水河公园",
        managing_body="公园管理处",
        effective_on=DAY,
        by=SYSTEM,
        at=NOW,
    )
    services.put_in_zone(zone.pk, communities[3].pk, whole=False, effective_on=DAY, by=SYSTEM, at=NOW)
    streets(communities[0], grid)
    return City(city, district, street, other, communities, compound, grid, zone)


def unit(level: int, code: str, kind: str, name: str, parent: Unit | None, **changes: Any) -> Unit:
    """One unit, founded in 2001."""
    facts = {**FACTS, "effective_on": DAY, "parent_id": parent and parent.pk, **changes}
    return services.create_unit(level=level, code=code, kind=kind, name_zh=name, **facts)


def with_a_past(street: Unit) -> Unit:
    """Renamed in 2004, turned from town into street in 2016."""
    services.rename_unit(street.pk, name_zh="文昌镇", effective_on=date(2004, 5, 1), **FACTS)
    changes = {"kind": "street", "name_zh": "文昌里街道"}
    return services.convert_unit(street.pk, **changes, effective_on=date(2016, 9, 1), **FACTS)


def outlines(units: list[Unit]) -> None:
    """The first unit as the square around the others, which lie in rows of three."""
    shapes = [
        shapely.box(WEST + n % 3 * SIDE, SOUTH + n // 3 * SIDE, WEST + (n % 3 + 1) * SIDE, SOUTH + (n // 3 + 1) * SIDE)
        for n in range(len(units) - 1)
    ]
    for one, shape in zip(units, [shapely.union_all(shapes), *shapes], strict=True):
        outline(one, shape)


def outline(one: Unit, shape: shapely.Geometry) -> Boundary:
    """An outline in WGS 84 from 2001 on."""
    return boundaries.set_boundary(
        unit_id=one.pk, shape=shape, crs="wgs84", source="测试图", from_day=DAY, by=SYSTEM, at=NOW
    )


def figures(street: Unit, communities: list[Unit]) -> None:
    """Figures of two years for the street, and one so small that it stays hidden."""
    facts: dict[str, Any] = {"source": "里仁市统计年鉴", "published_on": date(2026, 5, 1), "by": SYSTEM, "at": NOW}
    for year, residents in ((2023, 50_110), (2024, 51_260)):
        services.record_population(street.pk, year=year, households=18_342, residents=residents, **facts)
    services.record_population(communities[5].pk, year=2024, households=3, residents=4, **facts)


def streets(community: Unit, grid: Unit) -> None:
    """A street with a chief, one without, and a service contact of the grid."""
    facts: dict[str, Any] = {"by": SYSTEM, "at": NOW}
    led = services.register_street(community.pk, name_zh="桂花井巷", length_m=420, opened_on=DAY, **facts)
    services.register_street(community.pk, name_zh="书院街", length_m=1280, opened_on=DAY, **facts)
    services.appoint_street_chief(
        led.pk,
        post="街道办事处副主任",
        name="甲某",
        telephone="000-0000000",
        duties="道路整洁",
        effective_on=DAY,
        **facts,
    )
    services.name_service_contact(
        unit_id=grid.pk, post="网格员", name="乙某", telephone="000-0000001", effective_on=DAY, **facts
    )
