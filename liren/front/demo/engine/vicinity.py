"""What a quarter lives on: shops, schools, clinics and bus stops, so many that a usual compound lacks a few of them.

Registers alone hold about one entry for each community, whatever its kind, and a usual compound then lacks 37 of 42
services. Here every kind of facility is set down where compounds have none near, but for a few that are passed over;
one community in nine is poorly served.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from liren.front.demo.engine.chance import Dice
from liren.front.demo.engine.regions import COMMUNITY
from liren.front.demo.engine.rows import City, Compound

#: Metres as the crow flies within which a facility serves, for what shall be 5, 10 and 15 minutes on foot; and for
#: green space (300 m of way) and parks (500 m).
FIVE, TEN, FIFTEEN, GREEN, PARK = 120, 360, 620, 90, 220
POOR, POORLY_SERVED = 1 / 9, 0.4
BY_BICYCLE = 3  # villages are measured by bicycle: three times as far in the same time
Point = tuple[float, float]


@dataclass(frozen=True)
class Kind:
    """Facilities of one kind: in which register, what tells them apart there, and how many compounds get one near.

    ``field`` is empty where the whole register is of one kind; ``share`` of the compounds without one near get one.
    """

    register: str
    field: str
    value: str
    thing_zh: str
    thing_en: str
    reach_m: int
    share: float = 0.93


KINDS = (
    Kind("school", "school_kind", "junior", "初级中学", "junior secondary school", FIFTEEN),
    Kind("health_facility", "facility_kind", "centre", "社区卫生服务中心", "community health centre", FIFTEEN),
    Kind("health_facility", "facility_kind", "hospital", "医院", "hospital", FIFTEEN),
    Kind("elder_care_provider", "provider_kind", "home", "养老院", "home for older people", FIFTEEN, 0.85),
    Kind("reading_room", "room_kind", "branch", "图书馆分馆", "branch library", FIFTEEN),
    Kind("fitness_site", "site_kind", "hall", "全民健身中心", "fitness centre", FIFTEEN, 0.85),
    Kind("fitness_site", "site_kind", "park", "体育公园", "sports park", FIFTEEN),
    Kind("community_complex", "", "", "社区综合体", "community complex", FIFTEEN),
    Kind("public_utility_site", "site_kind", "metro", "地铁站", "metro station", FIFTEEN, 0.6),
    Kind("hosted_service_point", "shop_kind", "mall", "商场服务点", "service point in the shopping centre", FIFTEEN),
    Kind("school", "school_kind", "primary", "小学", "primary school", TEN),
    Kind("fitness_site", "site_kind", "square", "健身广场", "fitness square", TEN, 0.9),
    Kind("daily_service_outlet", "outlet_kind", "vegetables", "菜市场", "food market", TEN),
    Kind("daily_service_outlet", "outlet_kind", "finance", "银行网点", "bank", TEN),
    Kind("daily_service_outlet", "outlet_kind", "post", "邮政所", "post office", TEN, 0.9),
    Kind("daily_service_outlet", "outlet_kind", "telecom", "电信营业厅", "telecom shop", TEN),
    Kind("daily_service_outlet", "outlet_kind", "catering", "餐馆", "restaurant", TEN, 0.97),
    Kind("school", "school_kind", "kindergarten", "幼儿园", "kindergarten", FIVE),
    Kind("childcare_institution", "", "", "托育园", "nursery", FIVE, 0.85),
    Kind("health_facility", "facility_kind", "station", "社区卫生服务站", "health station", FIVE),
    Kind("elder_care_provider", "provider_kind", "day_care", "老年人日间照料中心", "day-care centre", FIVE, 0.88),
    Kind("meal_service", "", "", "社区食堂", "community canteen", FIVE, 0.88),
    Kind("culture_centre", "", "", "文化活动站", "culture station", FIVE),
    Kind("fitness_site", "site_kind", "court", "篮球场", "basketball court", FIVE, 0.9),
    Kind("fitness_site", "site_kind", "path", "健身路径", "outdoor gym", FIVE),
    Kind("service_station", "", "", "居民服务站", "residents' service station", FIVE),
    Kind("daily_service_outlet", "outlet_kind", "retail", "便利店", "corner shop", FIVE, 0.98),
    Kind("daily_service_outlet", "outlet_kind", "breakfast", "早餐店", "breakfast shop", FIVE),
    Kind("daily_service_outlet", "outlet_kind", "housekeeping", "家政服务点", "housekeeping service", FIVE),
    Kind("daily_service_outlet", "outlet_kind", "repair", "维修铺", "repair shop", FIVE),
    Kind("daily_service_outlet", "outlet_kind", "beauty", "理发店", "hairdresser", FIVE),
    Kind("daily_service_outlet", "outlet_kind", "pharmacy", "药店", "pharmacy", FIVE),
    Kind("public_utility_site", "site_kind", "bus", "公交站", "bus stop", FIVE, 0.97),
    Kind("public_utility_site", "site_kind", "toilet", "公共厕所", "public toilet", FIVE),
    Kind("public_utility_site", "site_kind", "waste", "垃圾收集站", "waste collection point", FIVE, 0.97),
    Kind("recycling_point", "", "", "再生资源回收点", "recycling point", FIVE),
    Kind("parcel_point", "", "", "快递驿站", "parcel point", FIVE, 0.97),
    Kind("green_space", "green_kind", "pocket_green", "口袋公园", "pocket park", GREEN),
    Kind("green_space", "green_kind", "park", "社区公园", "community park", PARK),
)


@dataclass(frozen=True)
class Spot:
    """One more facility: of which community, where on the lattice."""

    kind: Kind
    unit: int
    at: Point


def spots_of(city: City, register: str) -> Iterator[Spot]:
    """The facilities of a register, kind by kind; the same city gives the same ones."""
    for kind in KINDS:
        if kind.register == register:
            yield from _spots(city, kind)


def _spots(city: City, kind: Kind) -> Iterator[Spot]:
    dice = Dice(city.size.seed, "vicinity", kind.register, kind.value)
    poor = _poor(city)
    made: list[Point] = []
    for compound in city.compounds:
        unit = city.units[compound.unit]
        community = unit.face.parent
        wanted = dice.chance(kind.share * (POORLY_SERVED if community in poor else 1.0))
        if unit.closed_on is not None or community is None or not wanted:
            continue
        home = _middle(compound.corners)
        reach = kind.reach_m / city.ground.unit * (BY_BICYCLE if _is_rural(city, community) else 1)
        if any((u - home[0]) ** 2 + (v - home[1]) ** 2 <= reach**2 for u, v in made):
            continue
        at = _beside(city, compound, dice)
        made.append(at)
        yield Spot(kind, community, at)


def _is_rural(city: City, community: int) -> bool:
    return city.units[community].face.kind == "village"


def _poor(city: City) -> set[int]:
    """The communities that are poorly served in everything."""
    dice = Dice(city.size.seed, "poorly served")
    return {place for place, unit in enumerate(city.units) if unit.level == COMMUNITY and dice.chance(POOR)}


def _middle(corners: tuple[Point, ...]) -> Point:
    return sum(u for u, _v in corners) / len(corners), sum(v for _u, v in corners) / len(corners)


def _beside(city: City, compound: Compound, dice: Dice) -> Point:
    """A point at the edge of a compound towards the nearest street, where shops open on it and buses stop."""
    block = city.mesh.blocks[compound.block]
    u, v = _middle(compound.corners)
    us, vs = [one for one, _v in compound.corners], [one for _u, one in compound.corners]
    along = dice.uniform(0.35, 0.65)
    to_u, to_v = min(us) + along * (max(us) - min(us)), min(vs) + along * (max(vs) - min(vs))
    sides = (
        (u - block.u0, (_near(min(us), u), to_v)),
        (block.u1 - u, (_near(max(us), u), to_v)),
        (v - block.v0, (to_u, _near(min(vs), v))),
        (block.v1 - v, (to_u, _near(max(vs), v))),
    )
    return min(sides)[1]


def _near(edge: float, middle: float) -> float:
    """Just inside an edge."""
    return edge + 0.1 * (middle - edge)
