"""What the registers of the simulated city hold: entries made up from their declarations, hung on its units.

Coverage lies between 40 and 100 per cent and differs by register, so that gaps show; some entries were not reviewed in
time, some have ended. Beside them stands what people go to every day, near where they live (:mod:`.vicinity`). Names
are put together from the names of places; people are invented and named with their post.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from liren.foundation.registers.engine.samples import (
    FieldSpec,
    MeasureSpec,
    RegisterSpec,
    Sample,
    is_yearly,
    sample,
    thing_of,
)
from liren.front.demo.engine import matters, names
from liren.front.demo.engine.bodies import CIVIL_AFFAIRS, DEPARTMENTS
from liren.front.demo.engine.chance import Dice
from liren.front.demo.engine.regions import COMMUNITY, COMPOUND, GRID
from liren.front.demo.engine.rows import City
from liren.front.demo.engine.vicinity import Spot, spots_of

Bodies = dict[tuple[int, str], list[int]]
LEVELS = {"city": 2, "district": 3, "street": 4, "community": COMMUNITY, "compound": COMPOUND, "grid": GRID}
KINDS = {"community": "urban", "village": "rural"}
LEAST, MOST = 0.42, 0.98
STALE, ENDED = 0.12, 0.02
# Beside its main level a register holds a few entries above and below it.
BESIDE = {2: 1.0, 3: 0.8, 4: 0.6, COMMUNITY: 0.4, COMPOUND: 0.05, GRID: 0.05}
SEVERAL = {
    "community_worker": 5, "shared_equipment": 2, "fitness_site": 2, "life_service_business": 3, "people_mediator": 3,
    "mediation_expert": 4,
}  # fmt: skip
# Every unit has some: without them there would be nobody to propose for a case.
SURE = ("people_mediator", "mediation_expert")
MOST_IN_UNIT = 6
# Where the head of an English title ends.
JOINTS = "of|for|in|from|and|by|that|to|at|with|on|kept|open|opened|asked"
# What an entry is called where the name of the register does not say it.
THINGS = {
    "algorithm": "自动化工具", "basic_need_programme": "六有保障项目", "career_opening": "职业发展通道",
    "centre_conversion": "服务中心改造", "ceremony_place": "红白喜事厅", "check_in_total": "报到服务汇总",
    "childrens_place": "儿童之家", "committee_support": "办公经费保障", "community_police": "社区民警",
    "community_social_organisation": "邻里互助组", "community_station": "服务站", "community_worker": "社区工作者",
    "complete_community": "完整社区创建", "consultation_method": "协商试验", "contact_plan": "楼栋联系人",
    "cooperation_case": "合作服务案例", "culture_centre": "文化服务中心", "culture_landmark": "文化家园",
    "data_set": "数据集", "elder_care_provider": "日间照料中心", "entry_gate": "出入口",
    "facility_title": "服务用房权属", "fitness_site": "健身点", "green_space": "小游园", "greenway": "绿道",
    "health_facility": "卫生服务站",
    "heritage_place": "古建筑", "incubator": "社会组织孵化基地", "legal_service_point": "公共法律服务点",
    "life_service_business": "便民商店", "linpan": "林盘", "mediation_expert": "调解专家",
    "official_visit": "法律服务日", "opened_space": "开放空间", "owners_committee_term": "业主委员会",
    "property_organisation_fact": "组织建设情况", "public_sensor": "环境传感器", "school": "学校",
    "secondment": "挂职干部", "self_government_body": "院落自治小组", "special_fund": "保障激励资金",
    "spokesperson": "新闻发言人", "street_work": "背街小巷整治", "surveillance_point": "公共摄像头",
    "think_tank_expert": "智库专家", "women_children_service": "妇女儿童服务",
}  # fmt: skip
# What stands in a catalogue bears a name of its own, and is the task of a department; the city keeps all of them.
TITLES = {
    "service_item": (
        ("高龄津贴申请", "Allowance for the very old", CIVIL_AFFAIRS),
        ("灵活就业人员参保登记", "Insurance for flexible workers", matters.LABOUR),
        ("居住证签注", "Renewal of the residence permit", matters.POLICE),
        ("就业困难人员认定", "Recognised as hard to place in work", matters.LABOUR),
        ("居住情况证明", "Certificate of residence", matters.POLICE),
        ("老年人优待证办理", "Card for the elderly", CIVIL_AFFAIRS),
        ("公租房申请", "Application for public rental housing", matters.HOUSING),
    ),
}
# What such an entry says where a sample would be odd.
SAID: dict[str, Any] = {"item_class": "government", "documents": "身份证", "fee": 0}
THINGS_EN = {
    "community_social_organisation": "Neighbours' Aid Group", "community_station": "service station",
    "community_worker": "community worker", "official_visit": "legal service day", "school": "school",
    "health_facility": "health station", "elder_care_provider": "day-care centre", "green_space": "pocket park",
    "childrens_place": "children's house", "life_service_business": "corner shop",
    "surveillance_point": "public camera", "public_sensor": "environment sensor", "contact_plan": "stairwell contact",
    "think_tank_expert": "think-tank expert", "mediation_expert": "mediation expert",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """An entry of a register. Bodies in its values are known by their place in the city's list."""

    unit: int
    name_zh: str
    name_en: str
    lon: float | None
    lat: float | None
    values: dict[str, Any]
    opened_on: date | None
    closed_on: date | None
    reviewed_on: date


def entries_of(city: City, specs: Sequence[RegisterSpec], today: date) -> Iterator[list[Entry]]:
    """What each of the registers holds on a day, one after another; nothing for a sealed one.

    The same city, declaration and day give the same entries, whatever other registers there are.
    """
    bodies = bodies_by_kind(city)
    for spec in specs:
        made = _Register(city, spec, today, bodies)
        levels = () if spec.visible == "sealed" else spec.levels
        found = [one for level in levels for one in made.at_level(LEVELS[level])]
        spots = [] if spec.visible == "sealed" else list(spots_of(city, spec.code))
        yield [*_on_the_map(city, spec, found), *made.nearby(spots)]


def main_level(spec: RegisterSpec) -> int:
    """The level whose coverage is looked at: the community where an entry may hang there, else the lowest."""
    ranks = [LEVELS[level] for level in spec.levels]
    return COMMUNITY if COMMUNITY in ranks else max(ranks)


class _Register:
    """Makes the entries of one register."""

    def __init__(self, city: City, spec: RegisterSpec, today: date, bodies: Bodies) -> None:
        self.city, self.spec, self.today, self.bodies = city, spec, today, bodies
        self.dice = Dice(city.size.seed, "entries", spec.code)
        self.shares = {one.code: self.dice.uniform(LEAST, MOST) for one in spec.measures}
        self.share = self.dice.uniform(LEAST, MOST)
        self.names = _Names(city, spec, today, self.dice)

    def at_level(self, level: int) -> Iterator[Entry]:
        main = main_level(self.spec)
        for place, unit in enumerate(self.city.units):
            if unit.level != level or unit.closed_on is not None:
                continue
            wanted = self._wanted(place) if level == main else [()] * self.dice.chance(BESIDE[level])
            if level == LEVELS["city"] and self.spec.code in TITLES:
                wanted = [()] * len(TITLES[self.spec.code])
            for meets in wanted[: MOST_IN_UNIT + 1]:
                entry = self._entry(place, meets)
                if entry is not None:
                    yield entry

    def nearby(self, spots: Sequence[Spot]) -> Iterator[Entry]:
        """What is set down near compounds, named by what it is and where it stands."""
        entries = [(self._entry(one.unit, (), one), one) for one in spots]
        there = [(entry, one) for entry, one in entries if entry is not None]
        points = np.array([one.at for _entry, one in there]).reshape(-1, 2)
        lon, lat = self.city.ground.lonlat(points[:, 0], points[:, 1])
        for place, (entry, _one) in enumerate(there):
            yield replace(entry, lon=round(float(lon[place]), 6), lat=round(float(lat[place]), 6))

    def _wanted(self, place: int) -> list[tuple[MeasureSpec, ...]]:
        """For each entry of a unit the measures that it shall meet: so many that the unit counts as covered."""
        unit = self.city.units[place]
        asked = [one for one in self.spec.measures if one.measure == "units" and LEVELS[one.level] == unit.level]
        asked = [one for one in asked if one.of in ("all", KINDS.get(unit.face.kind, "all"))]
        several = SEVERAL.get(self.spec.code, 1)
        if unit.level == LEVELS["city"]:  # there is one of it: without entries the register would stand empty
            return [(one,) for one in asked] or [()] * self.dice.whole(2, 4)
        if not asked:
            return [()] * (several if self.dice.chance(self.share) else 0)
        chosen = [one for one in asked if self.dice.chance(self.shares[one.code]) or self.spec.code in SURE]
        wanted: list[tuple[MeasureSpec, ...]] = []
        for one in chosen:
            others = [two for two in chosen if two is not one and not _at_odds(one, two)]
            wanted += [(*others, one)] * one.at_least if not _met(one, wanted) else []
        if wanted:
            return wanted + [()] * (several - 1)
        return [()] if self.dice.chance(0.1) else []

    def _entry(self, place: int, meets: Sequence[MeasureSpec], spot: Spot | None = None) -> Entry | None:
        """One entry; None where it would have to name a body of which there is none near."""
        title = self.names.title(place) if spot is None else None
        order = title[2] if title else None
        refers = {field.code: self._body(field, place, order) for field in self.spec.fields if field.kind == "body"}
        if any(refers.get(field.code, 0) is None for field in self.spec.fields if field.required):
            return None
        seed = self.dice.whole(0, 2**40)
        made = sample(self.spec, seed, today=self.today, refers=lambda one: refers.get(one.code), meets=meets)
        if title is not None:
            made.values.update({code: said for code, said in SAID.items() if code in made.values})
        if spot is not None and spot.kind.field:
            made.values[spot.kind.field] = spot.kind.value
        zh, en = self.names.take(place, made, title) if spot is None else self.names.of_kind(place, spot)
        opened = made.opened_on
        if opened is not None and not is_yearly(self.spec):
            opened = max(opened, self.city.units[place].opened_on)
        reviewed, closed = self._days(opened)
        return Entry(place, zh, en, None, None, made.values, opened, made.closed_on or closed, reviewed)

    def _body(self, field: FieldSpec, place: int, order: int | None = None) -> int | None:
        """A body of a fitting kind in the unit, or in the nearest unit above that has one; ``order``: the department of
        this place in the list of them."""
        kinds = field.body_kinds or ("social_organisation", "resident_unit", "department", "government")
        at: int | None = place
        while at is not None:
            found = [one for kind in kinds for one in self.bodies.get((at, kind), ())]
            if order is not None:
                found = [one for one in found if DEPARTMENTS[order][0] in self.city.acting.bodies[one].name_zh]
            if found:
                return self.dice.pick(found)
            at = self.city.units[at].face.parent
        return None

    def _days(self, opened: date | None) -> tuple[date, date | None]:
        """When the entry was last reviewed, and the first day without it where it has ended."""
        period = self.spec.review_days
        late = self.dice.chance(STALE)
        ago = period + self.dice.whole(1, 300) if late else self.dice.whole(0, min(period - 1, 300))
        reviewed = self.today - timedelta(days=ago)
        ended = self.dice.chance(ENDED) and opened is not None and (self.today - opened).days > 60
        return reviewed, self.today - timedelta(days=self.dice.whole(1, 50)) if ended else None


def _at_odds(one: MeasureSpec, other: MeasureSpec) -> bool:
    """Whether two measures ask the same field for different things."""
    wants = {condition.field: (condition.op, condition.value) for condition in one.where}
    return any(wants.get(two.field, (two.op, two.value)) != (two.op, two.value) for two in other.where)


def _met(one: MeasureSpec, wanted: list[tuple[MeasureSpec, ...]]) -> bool:
    """Whether the entries that are planned already are enough for a measure."""
    return sum(not one.where or one in meets for meets in wanted) >= one.at_least


def bodies_by_kind(city: City) -> Bodies:
    """Bodies by the unit in which they act and by their kind."""
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for place, body in enumerate(city.acting.bodies):
        found[body.unit, body.kind].append(place)
    return found


class _Names:
    """Names of entries: after their unit, after its year, or after whoever holds the post."""

    def __init__(self, city: City, spec: RegisterSpec, today: date, dice: Dice) -> None:
        self.city, self.spec, self.today, self.dice = city, spec, today, dice
        self.zh = THINGS.get(spec.code) or thing_of(spec)
        self.en = THINGS_EN.get(spec.code) or singular(spec.name.en)
        self.stems: names.Stems | None = None
        self.is_dated = any(_is_year(one) for one in spec.fields) or "年" in spec.title_help.zh
        self._taken: set[tuple[int, str]] = set()

    def title(self, place: int) -> tuple[str, str, int] | None:
        """The next of the catalogue's own names at a unit; None where entries are called after their unit."""
        titles = TITLES.get(self.spec.code, ())
        known = sum(at == place for at, _name in self._taken)
        return titles[(known + place) % len(titles)] if titles else None

    def take(self, place: int, made: Sample, title: tuple[str, str, int] | None = None) -> tuple[str, str]:
        """Chinese and English name of an entry of a unit; no other there bears it."""
        face = self.city.units[place].face
        zh, en = face.name_zh.partition("（")[0], face.name_en.partition(" (")[0]
        if self.spec.covers_people:
            return self._free(place, *self._holder(zh, en))
        if title is not None:
            return self._free(place, *title[:2])
        if self.is_dated:
            year, (word_zh, word_en) = self.today.year, self._choice(made)
            return self._free(place, f"{zh}{year}年度{self.zh}{word_zh}", f"{en} {self.en} {year}{word_en}")
        return self._free(place, f"{zh}{self.zh}", f"{en} {self.en}")

    def of_kind(self, place: int, spot: Spot) -> tuple[str, str]:
        """Chinese and English name of a facility that stands near homes of a unit."""
        face = self.city.units[place].face
        zh, en = face.name_zh.partition("（")[0], face.name_en.partition(" (")[0]
        return self._free(place, f"{zh}{spot.kind.thing_zh}", f"{en} {spot.kind.thing_en}")

    def _holder(self, zh: str, en: str) -> tuple[str, str]:
        if self.spec.code == "contact_plan":
            number = self.dice.whole(1, 30)
            return f"{zh}{number}号楼联系人", f"{en} building {number} {self.en}"
        person = names.person(self.dice)
        return f"{person} {self.zh}", f"{names.pinyin(person[0])} {names.pinyin(person[1:])}, {self.en}"

    def _choice(self, made: Sample) -> tuple[str, str]:
        """The first needed word of choice: what the year's entry is about."""
        for one in self.spec.fields:
            found = one.choice(made.values.get(one.code, "")) if one.kind == "choice" and one.required else None
            if found is not None:
                return f"（{found.name.zh}）", f" ({found.name.en})"
        return "", ""

    def _free(self, place: int, zh: str, en: str) -> tuple[str, str]:
        if (place, zh) in self._taken:
            self.stems = self.stems or names.Stems(self.city.size.seed, "entries")
            stem = self.stems.take()
            zh, en = f"{zh}（{stem}）", f"{en} ({names.pinyin(stem)})"
        self._taken.add((place, zh))
        return zh[:100], en[:200]


def _is_year(field: FieldSpec) -> bool:
    """A year that the entry is about, not one in which something was built."""
    return field.kind == "number" and bool(
        re.fullmatch(r"(budget|fund|report|source|check|standard)_year|year_\w+", field.code)
    )


def singular(title: str) -> str:
    """One of what an English title names in the plural: “Incubators of social organisations” gives “incubator of …”."""
    head, rest = re.match(rf"(.*?)(\b(?:{JOINTS})\b.*|,.*|$)", title).groups()  # type: ignore[union-attr]
    word, space = head.rstrip(), head[len(head.rstrip()) :]
    for ending, other in ((r"ies$", "y"), (r"(?<=x)es$|(?<=ss)es$", ""), (r"(?<=[^s])s$", "")):
        if re.search(ending, word):
            word = re.sub(ending, other, word)
            break
    word = word.removeprefix("Community ")
    return word[:1].lower() + word[1:] + space + rest


def _on_the_map(city: City, spec: RegisterSpec, entries: list[Entry]) -> Iterator[Entry]:
    """Places inside the outlines of their units, all turned into degrees at once."""
    if spec.place == "none" or not entries:
        yield from entries
        return
    dice = Dice(city.size.seed, "places", spec.code)
    corners = {one.unit: one.corners for one in city.compounds}
    points = np.array([_point(city, one.unit, corners, dice) for one in entries])
    lon, lat = city.ground.lonlat(points[:, 0], points[:, 1])
    for place, one in enumerate(entries):
        placed = spec.place == "required" or dice.chance(0.7)
        yield replace(one, lon=round(float(lon[place]), 6), lat=round(float(lat[place]), 6)) if placed else one


def _point(city: City, unit: int, corners: dict[int, Any], dice: Dice) -> tuple[float, float]:
    """A point of the lattice well inside a compound, or inside one of the blocks of a unit."""
    if unit in corners:
        (u0, v0), _, (u1, v1), _ = corners[unit]
    else:
        block = city.mesh.blocks[dice.pick(city.units[unit].members)]
        u0, v0, u1, v1 = block.u0, block.v0, block.u1, block.v1
    return u0 + dice.uniform(0.2, 0.8) * (u1 - u0), v0 + dice.uniform(0.2, 0.8) * (v1 - v0)
