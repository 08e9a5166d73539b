"""Who works on the simulated cases, and which department answers for what: clerks with posts, and the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from liren.foundation.bodies import services as bodies
from liren.foundation.kernel.rights import Actor
from liren.foundation.people import services as people
from liren.foundation.people.models import Account
from liren.front.demo.engine import matters, names, rows
from liren.front.demo.engine.bodies import CIVIL_AFFAIRS, DEPARTMENTS
from liren.front.demo.engine.chance import Dice
from liren.front.demo.engine.regions import CITY, COMMUNITY, DISTRICT, STREET
from liren.service.cases.services import catalogue

PAPER = "里仁市（模拟）诉求承办岗位设置"
GROUND = "里仁市（模拟）诉求派单目录"


@dataclass(frozen=True)
class Placed:
    """Ids of units and bodies, in the order of the city's lists."""

    units: list[int]
    bodies: list[int]


@dataclass
class Cast:
    """Accounts by what they do. Units and bodies are known by their ids; ``parents`` leads from a unit upwards."""

    units: list[int]
    parents: dict[int, int | None]
    workers: dict[int, list[Account]] = field(default_factory=dict)
    clerks: dict[int, Account] = field(default_factory=dict)
    tried: dict[str, Account] = field(default_factory=dict)
    residents: dict[int, list[Account]] = field(default_factory=dict)
    departments: dict[tuple[int, int], int] = field(default_factory=dict)

    def above(self, unit_id: int) -> list[int]:
        """The unit and all above it, the nearest first."""
        found: list[int] = []
        here: int | None = unit_id
        while here is not None:
            found.append(here)
            here = self.parents.get(here)
        return found

    def worker(self, unit_id: int, second: bool = False) -> Account:
        """One of the two who work at the desk of a community."""
        return self.workers[unit_id][1 if second else 0]

    def supervisor(self, unit_id: int) -> Account:
        """Whoever looks over the cases of a community in its street or town."""
        return self.workers[self.above(unit_id)[1]][0]

    def arbiter(self, unit_id: int) -> Account:
        """Whoever rules in its district; in the city, where the street stands directly under it."""
        return next((self.workers[one][0] for one in self.above(unit_id)[2:] if one in self.workers), self.city)

    @property
    def city(self) -> Account:
        """The administrator of the city who is there to be tried."""
        return self.tried["demo-city"]

    def department(self, unit_id: int, order: int) -> int | None:
        """The nearest department of a kind that has a clerk."""
        return next((self.departments[u, order] for u in self.above(unit_id) if (u, order) in self.departments), None)


def make_cast(city: rows.City, placed: Placed, communities: list[int], *, by: Actor, at: datetime) -> Cast:
    """Everybody who works on the cases of these communities (places in the city's list), with their posts."""
    units = placed.units
    parents = {
        pk: None if (up := city.units[place].face.parent) is None else units[up] for place, pk in enumerate(units)
    }
    cast = Cast(units, parents)
    served = {place for one in communities for place in _chain(city, one)}
    names_of = [o.username for o in city.officials if o.unit in served or o.username.startswith("demo-")]
    found = {one.username: one for one in Account.objects.filter(username__in=[*names_of, "demo-resident"])}
    cast.tried = {name: one for name, one in found.items() if name.startswith("demo-")}
    for official in city.officials:
        account, level = found.get(official.username), city.units[official.unit].level
        if account is not None and ROLES.get(level) == official.role:
            cast.workers.setdefault(units[official.unit], []).append(account)
    _residents(city, cast, set(communities))
    for place in sorted(served):
        if city.units[place].level in (CITY, DISTRICT):
            _clerks(city, cast, place, placed.bodies, by=by, at=at)
    return cast


ROLES = {COMMUNITY: "community_worker", STREET: "street_officer", DISTRICT: "district_admin"}


def _chain(city: rows.City, place: int) -> list[int]:
    found: list[int] = []
    here: int | None = place
    while here is not None:
        found.append(here)
        here = city.units[here].face.parent
    return found


def _residents(city: rows.City, cast: Cast, communities: set[int]) -> None:
    """A few residents of each community, who report with their accounts."""
    chosen: dict[str, int] = {}
    many: dict[int, int] = {}
    for number, home in enumerate(city.residents.units.tolist()[1:], 1):
        community = city.units[home].face.parent or 0
        if community in communities and many.get(community, 0) < 6 and not city.residents.waiting[number]:
            many[community] = many.get(community, 0) + 1
            chosen[f"sim-{number:07d}"] = community
    for account in Account.objects.filter(username__in=list(chosen)).order_by("pk"):
        cast.residents.setdefault(cast.units[chosen[account.username]], []).append(account)


def _clerks(city: rows.City, cast: Cast, place: int, ids: list[int], *, by: Actor, at: datetime) -> None:
    """A clerk with a post in each department of a unit that the catalogue names; the one to try is among them."""
    code, unit_id = city.units[place].face.code[:6], cast.units[place]
    dice = Dice(city.size.seed, "clerks", code)
    home = next(o.unit for o in city.officials if o.username == "demo-clerk")
    of = _departments(city, place)
    for order in sorted({*matters.DEPARTMENT_OF.values(), CIVIL_AFFAIRS} & set(of)):
        body, person = ids[of[order]], names.person(dice)
        cast.departments[unit_id, order] = body
        if place == home and order == matters.URBAN:
            cast.clerks[body] = cast.tried["demo-clerk"]
        else:
            cast.clerks[body] = _opened(f"sim-c-{code}-{order:02d}", person, unit_id, by=by, at=at)
        _seated(cast.clerks[body], body, by=by, at=at)


def _departments(city: rows.City, place: int) -> dict[int, int]:
    """Departments of a unit: their order in the list of departments, and their place in the list of bodies."""
    words = {f"{zh}局（模拟）": order for order, (zh, _en) in enumerate(DEPARTMENTS)}
    stem = city.units[place].face.name_zh.partition("（")[0]
    mine = [(n, b) for n, b in enumerate(city.acting.bodies) if b.unit == place and b.kind == "department"]
    return {words[body.name_zh.removeprefix(stem)]: number for number, body in mine}


def _opened(username: str, name: str, unit_id: int, *, by: Actor, at: datetime) -> Account:
    who: dict[str, Any] = {"by": by, "at": at}
    account = people.register_account(username=username, display_name=name, password=None, is_simulated=True, **who)
    people.grant_mandate(account.pk, role="department_clerk", unit_id=unit_id, start=rows.APPOINTED, **who)
    return account


def _seated(account: Account, body: int, *, by: Actor, at: datetime) -> None:
    """A post for residents' cases, held by this account under the name that it shows."""
    paper: dict[str, Any] = {"effective_on": rows.APPOINTED, "instrument": PAPER, "by": by, "at": at}
    duty = "签收、办理、答复派来的诉求"
    post = bodies.make_post(
        body, name_zh="诉求承办岗", name_en="Clerk for cases", duty_zh=duty, filled_by="appointment", **paper
    )
    bodies.fill_post(post.pk, name=account.display_name, account_id=account.pk, **paper)


def keep_catalogue(cast: Cast, *, by: Actor, at: datetime) -> int:
    """One rule for each category of requests, from the day the clerks were appointed; how many rules there are."""
    more: dict[str, Any] = {"ground": GROUND, "since": rows.APPOINTED, "by": by, "at": at}
    count = 0
    for (unit_id, order), body in cast.departments.items():
        for type_, category in [*REQUESTS.get(order, ()), *OTHERS.get(order, ())]:
            catalogue.add_rule(type_, category=category, unit_id=unit_id, body_id=body, **more)
            count += 1
    return count


REQUESTS = {
    order: [("request", code) for code, one in matters.DEPARTMENT_OF.items() if one == order]
    for order in set(matters.DEPARTMENT_OF.values())
}
#: Items of the service window that a department decides.
OTHERS = {
    matters.LABOUR: [("service_item", "employment"), ("service_item", "social_security")],
    matters.HOUSING: [("service_item", "housing")],
}
