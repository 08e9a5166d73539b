"""A small city with a past, as the portal shows it: made by the services, with outlines, figures, zone and streets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import shapely

from liren.foundation.bodies import services as bodies
from liren.foundation.bodies.models import Body, Duty, MembershipOfBody, OfficeHolding, Pairing, Post
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
class Acting:
    """Who acts in 桂花井社区: its committee with a post that is held, a duty, and an organisation that is paired."""

    committee: Body
    post: Post
    holding: OfficeHolding
    duty: Duty
    organisation: Body
    pairing: Pairing
    member: MembershipOfBody


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
    acting: Acting


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
    made = acting(city, street, communities[0])
    return City(city, district, street, other, communities, compound, grid, zone, made)


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


def acting(city: Unit, street: Unit, community: Unit) -> Acting:
    """A commission whose chair is held by virtue of another post, a committee and its people, and what is recorded."""
    who: dict[str, Any] = {"by": SYSTEM, "at": NOW}
    on: dict[str, Any] = {"effective_on": date(2020, 1, 1), **who}
    paper = {"instrument": "里仁社治〔2020〕1号", **on}
    place = {"unit_id": community.pk, **paper}
    commission = bodies.found_body(kind="coordinating", name_zh="里仁市社区发展治理委员会", unit_id=city.pk, **paper)
    party = bodies.found_body(kind="party_organisation", name_zh="桂花井社区党组织", part="convenes", **place)
    committee = bodies.found_body(
        kind="committee",
        name_zh="桂花井社区居民委员会",
        name_en="Guihuajing Residents' Committee",
        part="carries_out",
        remit_zh="办理本居住地区居民的公共事务和公益事业",
        telephone="000-0000002",
        **place,
    )
    bodies.found_body(kind="sub_committee", name_zh="人民调解委员会", parent_id=committee.pk, **place)
    organisation = bodies.found_body(
        kind="community_social_organisation",
        name_zh="桂花井合唱队",
        registration="filed",
        works=["culture_sport"],
        **place,
    )
    head = bodies.make_post(party.pk, name_zh="书记", filled_by="election", is_head=True, **paper)
    post = bodies.make_post(
        committee.pk,
        name_zh="主任",
        name_en="Director",
        filled_by="election",
        is_head=True,
        duty_zh="主持全面工作",
        **paper,
    )
    chair = bodies.make_post(commission.pk, name_zh="主任", filled_by="ex_officio", is_head=True, **paper)
    bodies.fill_post(head.pk, name="丁某", **paper)
    bodies.fill_post(chair.pk, by_post_id=head.pk, **paper)
    holding = bodies.fill_post(post.pk, name="丁某", **paper)
    duty = bodies.publish_duty(committee.pk, text_zh="调解居民纠纷", instrument="里仁市社区章程（2020）", **on)
    pairing = bodies.pair(organisation.pk, unit_id=community.pk, agreed_zh="每季度一次演出", **paper)
    happened(organisation, committee, pairing, community, street, who)
    member = bodies.admit_member(committee.pk, member_id=organisation.pk, role="observer", **paper)
    return Acting(committee, post, holding, duty, organisation, pairing, member)


def happened(
    organisation: Body, committee: Body, pairing: Pairing, community: Unit, street: Unit, who: dict[str, Any]
) -> None:
    """One row of everything else that a page about bodies shows."""
    day, paper = date(2026, 3, 1), {"effective_on": date(2020, 1, 1), "instrument": "测试文件", **who}
    bodies.record_delivery(pairing.pk, delivered_on=day, what_zh="春季演出", **who)
    bodies.record_figure(organisation.pk, measure="members", year=2025, number=3, source="年报", **who)
    bodies.record_figure(committee.pk, measure="budget_fen", year=2025, number=1_234_56, source="预算", **who)
    bodies.record_entry(
        organisation.pk, kind="support", happened_on=day, text_zh="免费场地", amount_fen=50_000, source="文", **who
    )
    bodies.record_entry(organisation.pk, kind="complaint", happened_on=day, text_zh="排练声音大", source="来访", **who)
    bodies.record_activity(
        organisation.pk, unit_id=community.pk, held_on=day, text_zh="社区演出", line="associations", took_part=60, **who
    )
    bodies.lead_strand(community.pk, line="associations", lead_id=organisation.pk, effective_on=day, **who)
    bodies.name_liaison(
        organisation.pk, unit_id=community.pk, name="戊某", telephone="000-0000003", effective_on=day, **who
    )
    bodies.extend_authority(street.pk, power="public_services", **paper)
    bodies.arrange_contact(
        community.pk, kind="people_deputy", level=3, name="己某", times="每月5日上午", where="社区会客厅", **paper
    )
