"""Who acts in the simulated city: commissions, departments, committees, organisations, firms, and their people.

Kinds and numbers follow what the documents name (23 departments, eight mass organisations, five sub-committees);
every name of a body and of a person is invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from stdnum.cn import uscc

from liren.front.demo.engine import names
from liren.front.demo.engine.body_rows import (
    Acting,
    Activity,
    Authority,
    Body,
    BodyPost,
    Duty,
    Figure,
    Holding,
    Liaison,
    Membership,
    Pairing,
    Reception,
    Strand,
)
from liren.front.demo.engine.chance import Dice
from liren.front.demo.engine.regions import CITY, COMMUNITY, DISTRICT, STREET
from liren.front.demo.engine.rows import APPOINTED, REGISTERED, Compound
from liren.front.demo.engine.streets import telephone
from liren.front.demo.engine.tree import Tree

DEPARTMENTS = (
    ("发展和改革", "Development and Reform"), ("经济和信息化", "Economy and Information"), ("教育", "Education"),
    ("科学技术", "Science and Technology"), ("公安", "Public Security"), ("民政", "Civil Affairs"),
    ("司法", "Justice"), ("财政", "Finance"), ("人力资源和社会保障", "Human Resources and Social Security"),
    ("规划和自然资源", "Planning and Natural Resources"), ("生态环境", "Ecology and Environment"),
    ("住房和城乡建设", "Housing and Construction"), ("城市管理", "Urban Management"), ("交通运输", "Transport"),
    ("农业农村", "Agriculture and Rural Affairs"), ("公园城市建设", "Park City"), ("商务", "Commerce"),
    ("文化广电旅游", "Culture and Tourism"), ("卫生健康", "Health"), ("退役军人事务", "Veterans Affairs"),
    ("市场监督管理", "Market Regulation"), ("体育", "Sport"), ("统计", "Statistics"),
)  # fmt: skip
MASS = (
    ("总工会", "Trade Union Federation"), ("共青团", "Youth League"), ("妇女联合会", "Women's Federation"),
    ("文学艺术界联合会", "Federation of Literary and Art Circles"), ("科学技术协会", "Association for Science"),
    ("工商业联合会", "Federation of Industry and Commerce"), ("残疾人联合会", "Disabled Persons' Federation"),
    ("红十字会", "Red Cross Society"),
)  # fmt: skip
# Name of the sub-committee, and which department guides it.
SUB_COMMITTEES = (
    ("人民调解委员会", "People's Mediation Committee", 6),
    ("治安保卫委员会", "Public Security Committee", 4),
    ("公共卫生委员会", "Public Health Committee", 18),
    ("环境和物业管理委员会", "Environment and Property Committee", 11),
    ("妇女和儿童工作委员会", "Women and Children Committee", 5),
)
GROUPS = (
    ("合唱队", "Choir", "culture_sport"), ("园艺社", "Garden Club", "environment"),
    ("太极队", "Tai Chi Group", "culture_sport"),
    ("读书会", "Reading Circle", "education"), ("邻里互助社", "Neighbours' Aid", "community_service"),
    ("法律服务社", "Law Help", "law_mediation"), ("助老服务中心", "Care for the Aged", "aged_care"),
    ("儿童之家", "Children's House", "children_youth"), ("社工服务中心", "Social Work Centre", "social_work"),
)  # fmt: skip
RESIDENT_UNITS = (
    ("中学", "Middle School"),
    ("医院", "Hospital"),
    ("供电所", "Power Station"),
    ("邮政支局", "Post Office"),
)
HEADS = {"town": "镇长", "township": "乡长"}
CIVIL_AFFAIRS = 5
AGREED = (
    ("周末向居民开放停车位", "Parking open to residents at weekends"),
    ("每季度提供一次义诊或咨询", "Free advice once a quarter"),
    ("开放会议室供居民议事", "A meeting room for residents"),
)
DUTIES = {
    "coordinating": (
        ("统筹协调社区发展治理工作", "Coordinate the development and governance of communities"),
        ("组织指导并督促落实", "Guide the work and see that it is done"),
    ),
    "government": (
        ("统筹社区发展", "Coordinate the development of communities"),
        ("组织公共服务", "Organise public services"),
        ("实施综合管理", "Carry out comprehensive management"),
        ("维护社区平安", "Keep communities safe"),
        ("指导、支持和帮助村（居）民委员会", "Guide, support and help residents' and villagers' committees"),
    ),
    "department": (("按职责分工做好社区发展治理相关工作", "Do its part of the work in communities"),),
    "committee": (
        ("办理居民公共事务和公益事业", "Look after residents' common affairs"),
        ("组织居民协商议事", "Bring residents together to deliberate"),
        ("协助做好公共服务、公共管理和公共安全工作", "Assist in public services, management and safety"),
    ),
}
POWERS_TOWN = ("rural_development", "public_services", "work_safety")
POWERS_STREET = ("dispatched_units", "planning", "comprehensive_management", "livelihood_advice")
YEAR = 2025
SHARE_ONE_PERSON, SHARE_OWNERS = 0.7, 0.6


def make_acting(tree: Tree, compounds: Sequence[Compound]) -> Acting:
    """Everybody who acts, from the top of the tree down."""
    made = _Maker(tree)
    for place, unit in enumerate(tree.units):
        if unit.closed_on is None:
            step = {CITY: made.city, DISTRICT: made.district, STREET: made.street, COMMUNITY: made.community}
            step.get(unit.level, lambda _place: None)(place)
    for compound in compounds:
        made.estate(compound)
    return made.acting


class _Maker:
    """Bodies under construction, with what is above them at hand."""

    def __init__(self, tree: Tree) -> None:
        self.tree, self.acting = tree, Acting()
        self.dice = Dice(tree.seed, "bodies")
        self.of: dict[tuple[int, str], int] = {}  # (unit, which body) -> place of the body
        self.codes = 0

    # --- what every body needs

    def body(self, unit: int, kind: str, zh: str, en: str, **more: Any) -> int:
        """Append a body since its unit, or the register, is there."""
        since = max(REGISTERED, self.tree.units[unit].opened_on)
        self.acting.bodies.append(Body(unit, kind, zh, en, since, **more))
        place = len(self.acting.bodies) - 1
        for text in DUTIES.get(kind, ()) if more.get("part", "carries_out") == "carries_out" else ():
            self.acting.duties.append(Duty(place, *text))
        return place

    def registered(self, unit: int, kind: str, zh: str, en: str, front: str, **more: Any) -> int:
        """The same with a unified social credit code; 9901 is no division that could register anybody."""
        self.codes += 1
        first = f"{front}{self.tree.units[unit].face.code[:6]}MJ{self.codes:07d}"
        code = first + uscc.calc_check_digit(first)
        return self.body(unit, kind, zh, en, registration="registered", uscc=code, **more)

    def post(self, body: int, zh: str, en: str, duty: str, filled_by: str, **more: Any) -> int:
        self.acting.posts.append(BodyPost(body, zh, en, duty, filled_by, **more))
        return len(self.acting.posts) - 1

    def hold(self, post: int, name: str, how: str, seat: int = 1, **more: Any) -> None:
        since = max(APPOINTED, self.acting.bodies[self.acting.posts[post].body].since)
        self.acting.holdings.append(Holding(post, seat, name, how, since, **more))

    def head(self, body: int, zh: str, en: str, duty: str, how: str, name: str = "", by_post: int | None = None) -> int:
        """A leading post that is held."""
        post = self.post(body, zh, en, duty, how, is_head=True)
        person = "" if by_post is not None else name or names.person(self.dice)
        self.hold(post, person, how, by_post=by_post)
        return post

    def seats(self, body: int, zh: str, en: str, how: str, count: int, filled: int) -> None:
        """A post of several seats, some of them vacant."""
        post = self.post(body, zh, en, "", how, seats=count)
        for seat in range(1, filled + 1):
            self.hold(post, names.person(self.dice), how, seat)

    def stem(self, unit: int) -> tuple[str, str]:
        """The name of a unit without brackets, in both languages."""
        face = self.tree.units[unit].face
        return face.name_zh.partition("（")[0], face.name_en.partition(" (")[0]

    # --- level by level

    def city(self, unit: int) -> None:
        zh, en = self.stem(unit)
        self._above(unit, zh, en, len(MASS))

    def district(self, unit: int) -> None:
        zh, en = self.stem(unit)
        self._above(unit, zh, en, 3)

    def _above(self, unit: int, zh: str, en: str, mass: int) -> None:
        """Government, commission, mass organisations, departments; a suburban office works with those of the city."""
        is_office = self.tree.units[unit].face.kind == "suburban_office"
        ending = ("", "") if is_office else ("人民政府", "Government of ")
        government = self.body(unit, "government", f"{zh}{ending[0]}（模拟）", f"{ending[1]}{en} (simulated)")
        self._commission(unit, zh, en)
        for order, (word, english) in enumerate(() if is_office else DEPARTMENTS):
            self._of_departments(unit, order, (f"{zh}{word}局（模拟）", f"{english} of {en} (simulated)"), government)
        for word, english in MASS[:mass]:
            names_of = (f"{zh}{word}（模拟）", f"{english} of {en} (simulated)")
            self.of[unit, word] = self.body(unit, "mass_organisation", *names_of)

    def _commission(self, unit: int, zh: str, en: str) -> None:
        """Its chair is held by virtue of the post that leads the organisation office."""
        names_of = (f"{zh}组织部门（模拟）", f"Organisation Office of {en} (simulated)")
        head = self.head(self.body(unit, "party_organisation", *names_of), "主要负责人", "Head", "", "appointment")
        commission = self.body(
            unit,
            "coordinating",
            f"{zh}社区发展治理委员会（模拟）",
            f"Community Commission of {en} (simulated)",
            remit_zh="统筹指导、资源整合、协调推进、督促落实",
            remit_en="Guide, bring together, move forward, follow up",
            telephone=telephone(2_000_000 + unit),
        )
        self.head(commission, "主任", "Chair", "主持委员会工作", "ex_officio", by_post=head)
        self.of[unit, "commission"] = commission

    def _of_departments(self, unit: int, order: int, names_of: tuple[str, str], government: int) -> None:
        """A department under that of the city, or under the government; a member of the commission."""
        parent = self.of.get((self.tree.parent_of(unit), f"department {order}"), government) if unit else government
        made = self.body(unit, "department", *names_of, parent=parent)
        self.head(made, "局长", "Director", "", "appointment")
        self.of[unit, f"department {order}"] = made
        role = "chair_unit" if order == CIVIL_AFFAIRS else "member"
        self.acting.memberships.append(Membership(self.of[unit, "commission"], made, role))

    def street(self, unit: int) -> None:
        """The office or government, the federation of organisations, a resident unit, extended authority."""
        (zh, en), kind = self.stem(unit), self.tree.units[unit].face.kind
        ending = ("办事处", "Office") if kind == "street" else ("人民政府", "Government")
        names_of = (f"{zh}{ending[0]}（模拟）", f"{en} {ending[1]} (simulated)")
        office = self.body(unit, "government", *names_of, telephone=telephone(2_000_000 + unit))
        self.head(office, HEADS.get(kind, "主任"), "Head", "主持全面工作", "appointment")
        names_of = (f"{zh}社区社会组织联合会", f"{en} Federation of Community Organisations")
        self.of[unit, "federation"] = self.body(unit, "federation", *names_of, registration="filed")
        word, english = self.dice.pick(RESIDENT_UNITS)
        names_of = (f"{zh}{word}（模拟）", f"{en} {english} (simulated)")
        self.of[unit, "resident"] = self.registered(unit, "resident_unit", *names_of, "12")
        names_of = (f"{zh}社区生活服务公司（模拟）", f"{en} Community Life Service (simulated)")
        self.registered(unit, "social_enterprise", *names_of, "91", works=("community_service",))
        for power in POWERS_STREET if kind == "street" else POWERS_TOWN:
            self.acting.authorities.append(Authority(unit, power))

    def community(self, unit: int) -> None:
        zh, en = self.stem(unit)
        party = self._self_government(unit, zh, en)
        groups = self._groups(unit, zh, en)
        team = self.body(unit, "volunteer_team", f"{zh}志愿服务队", f"{en} Volunteers", works=("community_service",))
        self.head(team, "队长", "Leader", "", "election")
        self.acting.figures.append(Figure(team, "members", YEAR, self.dice.whole(3, 60)))
        leads = (party, self.of[unit, "committee"], groups[0], team, self.of[unit, "committee"])
        lines = ("organisation", "self_government", "associations", "volunteers", "services")
        for line, lead in zip(lines, leads, strict=True):
            self.acting.strands.append(Strand(unit, line, lead))
        self._happened(unit, groups[0], team)
        self._ties(unit, zh)

    def _self_government(self, unit: int, zh: str, en: str) -> int:
        """The four parts, kept apart, and the sub-committees; gives the party organisation."""
        village = self.tree.units[unit].face.kind == "village"
        ending = ("村民委员会", "Villagers' Committee") if village else ("居民委员会", "Residents' Committee")
        party = self.body(unit, "party_organisation", f"{zh}党组织", f"{en} Party Organisation", part="convenes")
        secretary = names.person(self.dice)
        self.head(party, "书记", "Secretary", "召集并主持党组织工作", "election", secretary)
        self.body(unit, "committee", f"{zh}{'村民' if village else '居民'}议事会", f"{en} Council", part="decides")
        committee = self.body(
            unit, "committee", f"{zh}{ending[0]}", f"{en} {ending[1]}", part="carries_out",
            telephone=telephone(3_000_000 + unit),
        )  # fmt: skip
        director = secretary if self.dice.chance(SHARE_ONE_PERSON) else names.person(self.dice)
        self.head(committee, "主任", "Director", "主持委员会工作", "election", director)
        deputy = self.post(committee, "副主任", "Deputy Director", "分管下属委员会", "election")
        self.hold(deputy, names.person(self.dice), "election")
        self.seats(committee, "委员", "Member", "election", 5, self.dice.whole(3, 5))
        checks = self.body(
            unit,
            "committee",
            f"{zh}{'村' if village else '居'}务监督委员会",
            f"{en} Supervision Committee",
            part="checks",
        )
        self.seats(checks, "监督员", "Supervisor", "election", 3, 3)
        self.of[unit, "committee"] = committee
        # Six to twelve of them, out of the unit's own number: a draw more would change everything that is drawn after.
        self.acting.figures.append(Figure(committee, "staff", YEAR, 6 + unit % 7))
        for word, english, order in SUB_COMMITTEES:
            made = self.body(unit, "sub_committee", f"{zh}{word}", f"{en} {english}", parent=committee)
            self.head(made, "主任", "Chair", "", "ex_officio", by_post=deputy)
            self.acting.memberships.append(Membership(made, self._department(unit, order), "guide"))
        if village:
            self.registered(unit, "collective_economy", f"{zh}集体经济合作社", f"{en} Collective", "N2")
        return party

    def _department(self, unit: int, order: int) -> int:
        """The department nearest above."""
        while (unit, f"department {order}") not in self.of:
            unit = self.tree.parent_of(unit)
        return self.of[unit, f"department {order}"]

    def _groups(self, unit: int, zh: str, en: str) -> list[int]:
        """One to three organisations of residents: groups, filed, registered; members of the street's federation."""
        chosen = self.dice.shuffled(GROUPS)[: self.dice.whole(1, 3)]
        made = []
        for word, english, work in chosen:
            names_of = (f"{zh}{word}", f"{en} {english}")
            roll = self.dice.uniform()
            if roll < 0.25:
                body = self.registered(unit, "social_organisation", *names_of, "52", works=(work,))
                self.acting.figures.append(Figure(body, "staff", YEAR, self.dice.whole(1, 14)))
            else:
                form = "filed" if roll < 0.8 else "none"
                body = self.body(unit, "community_social_organisation", *names_of, registration=form, works=(work,))
            federation = self.of.get((self.tree.parent_of(unit), "federation"))
            if federation is not None:
                self.acting.memberships.append(Membership(federation, body, "member"))
            made.append(body)
        return made

    def _happened(self, unit: int, group: int, team: int) -> None:
        day = date(YEAR, self.dice.whole(1, 12), self.dice.whole(1, 28))
        self.acting.activities.append(Activity(group, unit, day, "associations", "社区展演", self.dice.whole(10, 120)))
        self.acting.activities.append(Activity(team, unit, day, "volunteers", "清洁家园", self.dice.whole(3, 40)))

    def _ties(self, unit: int, zh: str) -> None:
        """The street's resident unit is paired; the women's federation has a liaison; a deputy receives residents."""
        resident = self.of.get((self.tree.parent_of(unit), "resident"))
        if resident is not None:
            agreed = self.dice.pick(AGREED)
            days = tuple(date(YEAR, month, self.dice.whole(1, 28)) for month in (4, 9)[: self.dice.whole(0, 2)])
            self.acting.pairings.append(Pairing(resident, unit, *agreed, days))
        above = unit
        while (above, MASS[2][0]) not in self.of:
            above = self.tree.parent_of(above)
        who = names.person(self.dice)
        self.acting.liaisons.append(Liaison(self.of[above, MASS[2][0]], unit, who, telephone(4_000_000 + unit)))
        times = f"每月{self.dice.whole(1, 28)}日上午"
        self.acting.receptions.append(Reception(unit, names.person(self.dice), times, f"{zh}会客厅"))

    def estate(self, compound: Compound) -> None:
        """The firm that manages an estate, and mostly an owners' committee."""
        if compound.form not in ("firm", "trust"):
            return
        zh, en = self.stem(compound.unit)
        firm = self.registered(
            compound.unit, "property_firm", f"{compound.manager}{zh}服务中心", f"Property Service of {en}", "91",
            works=("property",),
        )  # fmt: skip
        self.head(firm, "项目负责人", "Manager", "负责小区物业服务", "hiring")
        if self.dice.chance(SHARE_OWNERS):
            names_of = (f"{zh}业主委员会", f"Owners' Committee of {en}")
            owners = self.body(compound.unit, "owners_committee", *names_of, registration="filed")
            self.head(owners, "主任", "Chair", "", "election")
            self.seats(owners, "委员", "Member", "election", 5, self.dice.whole(2, 5))
