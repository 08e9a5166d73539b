"""Builders for territory: units by level in a small fictional city, and the papers that every change needs."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from liren.foundation.kernel.rights import SystemActor
from liren.foundation.territory import services
from liren.foundation.territory.models import KINDS, Level, Unit

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # 9 o'clock in China
TODAY = date(2026, 6, 1)
LONG_AGO = date(2000, 1, 1)
SYSTEM = SystemActor("test")
_numbers: dict[object, Iterator[int]] = defaultdict(lambda: itertools.count(1))
NAMES = {1: "省", 2: "市", 3: "区", 4: "街道", 5: "社区", 6: "小区", 7: "网格"}


def papers(effective_on: date = TODAY, **changes: Any) -> dict[str, Any]:
    """What each operation asks for beside its own facts."""
    return {"effective_on": effective_on, "instrument": "里民发〔2026〕1号", "by": SYSTEM, "at": NOW, **changes}


def code(level: int, number: int | None = None) -> str:
    """A free division code of the level, none like the last, and none of the cities that are written out (99…)."""
    n = next(_numbers[level]) if number is None else number
    return {
        Level.PROVINCE: f"{10 + n % 80:02}0000000000",
        Level.CITY: f"9{n // 99 % 7}{1 + n % 99:02}00000000",
        Level.DISTRICT: f"97{n // 99 % 100:02}{1 + n % 99:02}000000",
        Level.STREET: f"97{n // 99 % 10000:04}{1 + n % 99:03}000",
        Level.COMMUNITY: f"98{n:010}",
        Level.COMPOUND: f"{980000000000 + n // 999}-X{1 + n % 999:03}",
        Level.GRID: f"{980000000000 + n // 999}-G{1 + n % 999:03}",
    }[Level(level)]


def unit(level: int = Level.COMMUNITY, parent: Unit | None = None, *, on: date = LONG_AGO, **changes: Any) -> Unit:
    """A unit founded ``on`` a day; without a parent it gets a root city (a province or city is a root itself)."""
    if parent is None and level > Level.CITY:
        parent = unit(Level.CITY, on=on)
    facts = {
        "level": level,
        "code": changes.pop("code", None) or code(level),
        "kind": KINDS[Level(level)][0],
        "name_zh": f"第{next(_numbers['name'])}{NAMES[level]}",
        "parent_id": parent.pk if parent else None,
        **papers(on),
        **changes,
    }
    return services.create_unit(**facts)


@dataclass
class Town:
    """里仁市 in small: a district with two streets, three communities, a compound and a grid."""

    city: Unit
    district: Unit
    east: Unit
    west: Unit
    willow: Unit
    plum: Unit
    bridge: Unit
    compound: Unit
    grid: Unit
    all: list[Unit] = field(default_factory=list)


def small_town(on: date = LONG_AGO) -> Town:
    """Five levels: 里仁市, 望江区, 东街 (柳荫, 梅园), 西街 (石桥), a compound and a grid in 柳荫."""
    city = unit(Level.CITY, on=on, name_zh="里仁市", name_en="Liren")
    district = unit(Level.DISTRICT, city, on=on, name_zh="望江区")
    east = unit(Level.STREET, district, on=on, name_zh="东街街道")
    west = unit(Level.STREET, district, on=on, name_zh="西街街道")
    willow = unit(Level.COMMUNITY, east, on=on, name_zh="柳荫社区", name_en="Willow Shade")
    plum = unit(Level.COMMUNITY, east, on=on, name_zh="梅园社区")
    bridge = unit(Level.COMMUNITY, west, on=on, name_zh="石桥社区")
    compound = unit(Level.COMPOUND, willow, on=on, name_zh="柳荫苑")
    grid = unit(Level.GRID, willow, on=on, name_zh="柳荫一格")
    made = Town(city, district, east, west, willow, plum, bridge, compound, grid)
    made.all = [city, district, east, west, willow, plum, bridge, compound, grid]
    return made


def population(of: Unit, year: int = 2025, **counts: Any) -> Any:
    """Counts of a unit at the end of a year; 100 households if nothing is said."""
    facts = {"source": "2025 年统计公报", "published_on": date(2026, 3, 1), "by": SYSTEM, "at": NOW}
    return services.record_population(of.pk, year=year, **{**facts, **(counts or {"households": 100})})


@dataclass(frozen=True)
class Holder:
    """An actor without an account that holds powers on units and on everything below them."""

    powers: frozenset[str]
    paths: tuple[str, ...] = ()
    pk: int = 7
    is_authenticated: bool = True
    label: str = "account:7"

    def holds(self, power: str, unit: Any = None) -> bool:
        reached = unit is None or any(unit.path.startswith(path) for path in self.paths)
        return power in self.powers and reached


def holder(power: str, *units: Unit) -> Holder:
    return Holder(frozenset({power}), tuple(unit.path for unit in units))
