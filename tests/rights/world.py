"""One small city, built once for a module: every role in the middle of the tree, with things in every place around."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.utils import timezone

from liren.foundation.bodies import services as bodies
from liren.foundation.bodies.models import Body
from liren.foundation.people import services as people
from liren.foundation.people.models import Account, Mandate
from liren.foundation.registers import services as register_services
from liren.foundation.territory.models import FormationProposal, Occupancy, ServiceSubject, Street, Unit, Zone
from liren.service.cases import services as case_services
from liren.service.cases.models import Case, DispatchRule, Dispute
from liren.service.cases.services import Upload, open_case, suspensions, webhooks
from tests.make import bodies as make_bodies
from tests.make import cases as make_cases
from tests.make import gatepages, policy, registers, sheets, shelf
from tests.make import people as make

#: Addresses of what everybody may read alike: parts by the word that stands in the table under ``thing``.
PAPERS = {
    "place": {"jur": "north"},
    "paper": {"jur": "north", "doc": "opinion-2017"},
    "clause": {"jur": "north", "doc": "opinion-2017", "number": "4"},
    "figure": {"code": policy.AREA},
    "matter": {"code": "request"},
    "notation": {"notation": "json"},
    "device": {},
    "programs": {"notation": "json"},
    "service": {"code": "request.lamp", "notation": "json"},
    "token": {"token": "00000000-0000-4000-8000-000000000000", "notation": "json"},
    "book": shelf.BOOK,
    "record": shelf.RECORD,
    "scan": shelf.FILE,
    "no_circle": {"code": "990100000000"},
    "list_kind": {"kind": "negative"},
}

#: The register that the desk's pages keep in this world, and a check of a file that nobody has uploaded.
BOOK = "street_library"
NOTHING_KEPT = "00000000-0000-4000-8000-000000000000"
KEPT = {"kept": {"code": BOOK, "kept": NOTHING_KEPT}, "kept_bodies": {"kept": NOTHING_KEPT}}
ANONYMOUS, RESIDENT = "anonymous", "resident"
FOUNDED = date(2020, 1, 1)
PLACES = ("own", "sibling", "parent", "child")


@dataclass
class World:
    """Roles with their accounts and units; ``at`` says which unit is whose sibling, parent and child."""

    actors: dict[str, Account | None]
    at: dict[str, dict[str, Unit]]
    things: dict[str, dict[str, Any]]
    clients: dict[str, Client] = field(default_factory=dict)
    #: Accounts by their number, and what each holds, as they were read the first time.
    people: dict[int, Account | None] = field(default_factory=dict)
    held: dict[int, Any] = field(default_factory=dict)

    def sign_in(self) -> None:
        """A client for each actor, with the second factor asked."""
        for who, account in self.actors.items():
            self.clients[who] = Client(raise_request_exception=False)
            if account:
                make.sign_in(self.clients[who], account)

    def thing(self, kind: str, who: str, place: str) -> Any:
        """The thing of this kind that lies in the place: below the actor's own unit for own and child, outside else."""
        unit, own = self.at[who].get(place), self.at[who]["own"]
        if unit is None or kind in ("unit", "unit_kept"):
            return unit
        inside = place in ("own", "child")
        fitting = (
            thing
            for path, thing in self.things[kind].items()
            if path.startswith(unit.path) and path.startswith(own.path) == inside
        )
        return next(fitting, None)


def build() -> World:
    """The city 9901 with a sister city, so that the highest mandates have a sibling too."""
    town = make.town()
    policy.library(town.city.code)
    shelf.shelf(town.community)
    sister = make.bare_unit(2, "990200000000")
    sister_community = make.bare_unit(5, "990201001001", make.bare_unit(4, "990201001000", sister))
    far_community = make.bare_unit(5, "990103001001", make.bare_unit(4, "990103001000", town.sibling_district))
    city = {"own": town.city, "sibling": sister, "child": town.district}
    district = {"own": town.district, "sibling": town.sibling_district, "parent": town.city, "child": town.street}
    street = {"own": town.street, "sibling": town.sibling_street, "parent": town.district, "child": town.community}
    community = {
        "own": town.community,
        "sibling": town.sibling_community,
        "parent": town.street,
        "child": town.grid,
    }
    grid = {"own": town.grid, "sibling": town.sibling_grid, "parent": town.community}
    at = {
        ANONYMOUS: community,
        RESIDENT: community,
        "city_admin": city,
        "district_admin": district,
        "street_officer": street,
        "community_worker": community,
        "grid_worker": grid,
        "planner": street,
        "civil_affairs": district,
        "auditor": district,
        "data_protection_officer": district,
        "department_clerk": district,
        "phone_agent": district,
        "mediator": street,
        "support_worker": street,
        "refuge_worker": district,
        "supervision_officer": district,
    }
    actors: dict[str, Account | None] = {
        role: make.official(role, places["own"]) for role, places in at.items() if role not in (ANONYMOUS, RESIDENT)
    }
    actors |= {ANONYMOUS: None, RESIDENT: make.account()}
    _seated(actors["department_clerk"], town.district)
    communities = [town.community, town.sibling_community, town.cousin_community, far_community, sister_community]
    homes = [*communities, town.grid, town.sibling_grid]
    world = World(actors, at, _things(communities, homes, actors["department_clerk"]))
    world.sign_in()
    return world


def _seated(clerk: Account | None, district: Unit) -> None:
    """The clerk holds a post in the department that asks something of communities there."""
    post = make_bodies.post(gatepages.department(district), seats=9)
    paper = {"effective_on": FOUNDED, "instrument": "文件", **make_bodies.BY}
    bodies.fill_post(post.pk, name="何工", account_id=clerk.pk if clerk else None, **paper)


def _things(communities: list[Unit], homes: list[Unit], clerk: Account | None) -> dict[str, dict[str, Any]]:
    """In every community a claim, a resident, a mandate, an opened contact and a proposal; by the path of the unit."""
    acting = ("body", "post", "holding", "duty", "member", "pairing", "liaison", "strand", "deputy", "authority")
    kinds = (
        "claim",
        "person",
        "mandate",
        "look",
        "sealed_look",
        "proposal",
        "subject",
        "area",
        "lane",
        "entry",
        "picture",
        *acting,
    )
    things: dict[str, dict[str, Any]] = {kind: {} for kind in kinds}
    things |= _cases(homes) | _worked_on(homes) | gatepages.in_each(communities, clerk)
    things["area"] = dict.fromkeys([home.path for home in homes], _zone())
    declare_book()
    for home in homes:
        things["entry"][home.path], things["picture"][home.path] = _entered(home)
        things["subject"][home.path] = _subject(home)
        things["lane"][home.path] = Street.objects.create(
            unit=home, name_zh="明德巷", length_m=90, opened_on=FOUNDED
        ).pk
        for kind, pk in _acting(home).items():
            things[kind][home.path] = pk
        things["claim"][home.path] = make.resident(home, verified=False).residencies.get().pk
        things["person"][home.path] = _reachable(home).pk
    for street in {home.parent_id: home.parent for home in communities}.values():
        if street is not None:
            things["authority"][street.path] = _extended(street)
    for number, community in enumerate(communities):
        worker = make.official("community_worker", community)
        things["mandate"][community.path] = Mandate.objects.get(account=worker).pk
        things["look"][community.path] = _look(worker, community)
        things["sealed_look"][community.path] = _sealed_look(community)
        things["proposal"][community.path] = _proposal(community, number)
    return things


def _cases(homes: list[Unit]) -> dict[str, dict[str, Any]]:
    """In every home a public case of a stranger, and what only whoever reported it could open."""
    make_cases.declare()
    found: dict[str, dict[str, Any]] = {
        kind: {} for kind in ("case", "called", "receipt", "wrong_key", "step", "hidden_file", "told", "alarm")
    }
    for home in homes:
        picture = Upload("a.png", make_cases.picture("PNG", (2, 2)))
        one = make_cases.reported(home, files=[picture])
        number = {"number": one.number}
        found["case"][home.path] = found["receipt"][home.path] = number
        found["alarm"][home.path] = number
        found["told"][home.path] = number | {"notation": "json"}
        found["wrong_key"][home.path] = number | {"key": "0" * 16}
        found["step"][home.path] = number | {"code": "withdraw"}
        found["called"][home.path] = number | {"pk": 999_999_999}
        found["hidden_file"][home.path] = number | {"pk": one.files.get().pk}
    return found


def _worked_on(homes: list[Unit]) -> dict[str, dict[str, Any]]:
    """In every home a case as the desk works on it: a step, a deed, a file, a part, requests to decide, a rule."""
    found: dict[str, dict[str, Any]] = {}
    for home in homes:
        for kind, address in _work(home).items():
            found.setdefault(kind, {})[home.path] = address
    return found


def _work(home: Unit) -> dict[str, dict[str, Any]]:
    picture = Upload("a.png", make_cases.picture("PNG", (2, 2)))
    one = make_cases.reported(home, files=[picture], contact={"name": "何工", "phone": "13800000000"})
    number, at = {"number": one.number}, {"by": make_cases.SYSTEM, "at": make_cases.NOW}
    part = case_services.add_part(one.pk, role="party", alias="甲方", **at)
    stop = suspensions.suspend(one.pk, reason="等待鉴定", ground="办法第5条", **at)
    found = {"work": number, "work_step": number | {"code": "dispatch"}, "work_deed": number | {"code": "note"}}
    found |= {"work_file": number | {"pk": one.files.get().pk}, "work_part": number | {"pk": part.pk}}
    found |= {"stop": {"kind": "suspension", "pk": stop.pk}, "taken": number, "no_view": {"pk": 999_999_999}}
    return found | {"no_check": {"kept": NOTHING_KEPT}, **_disputed(home)}


def _disputed(home: Unit) -> dict[str, dict[str, Any]]:
    """A dispute that waits for its ruling, and a rule of the catalogue."""
    body, one = make_bodies.body(home), make_cases.reported(home)
    now = make_cases.NOW
    facts = {"ground": "职责规定", "reason": "不归本单位", "opened_by": "system:test", "opened_at": now, "due_at": now}
    Case.objects.filter(pk=one.pk).update(body=body, is_disputed=True)
    dispute = Dispute.objects.create(case=one, body=body, **facts)
    facts = {"ground": "派单目录", "recorded_by": "system:test", "recorded_at": now, "during": DateRange(FOUNDED)}
    rule = DispatchRule.objects.create(type_id=one.type_id, category="waste", unit=home, body=body, **facts)
    return {"dispute": {"pk": dispute.pk}, "dispatch_rule": {"pk": rule.pk}, **_programs(home)}


def _programs(home: Unit) -> dict[str, dict[str, Any]]:
    """A key for another system, and an address that is told."""
    key = make_cases.key(home, "exchange").key
    told = webhooks.subscribe(key.pk, address="https://hooks.example.org/", **make_cases.BY)
    return {"api_key": {"pk": key.pk}, "subscription": {"pk": told.subscription.pk}}


def _reachable(home: Unit) -> Account:
    person = make.resident(home)
    people.set_contact(person.pk, kind="address", value="里仁市明德路 1 号", by=person, at=timezone.now())
    return person


def _subject(home: Unit) -> int:
    period = DateRange(FOUNDED)
    return int(ServiceSubject.objects.create(unit=home, kind="building", name_zh="1栋", during=period).pk)


def _lane(home: Unit) -> int:
    return int(Street.objects.create(unit=home, name_zh="明德巷", length_m=90, opened_on=FOUNDED).pk)


def _acting(home: Unit) -> dict[str, int]:
    """A body of every unit with a post that is held, a duty, a member; in communities also a pairing."""
    one, other = make_bodies.body(home), make_bodies.body(home)
    post = make_bodies.post(one, seats=9)
    paper = {"effective_on": FOUNDED, "instrument": "文件", **make_bodies.BY}
    member = bodies.admit_member(one.pk, member_id=other.pk, **paper)
    duty = bodies.publish_duty(one.pk, text_zh="服务居民", effective_on=FOUNDED, **make_bodies.BY)
    found = {"body": one.pk, "post": post.pk, "holding": make_bodies.holding(post).pk, "duty": duty.pk}
    if home.level == 5:
        found["pairing"] = make_bodies.pairing(one, home).pk
        found |= _tied(one, home)
    return {**found, "member": member.pk}


def _tied(body: Body, home: Unit) -> dict[str, int]:
    """What ties a community to bodies and deputies."""
    on = {"effective_on": FOUNDED, **make_bodies.BY}
    liaison = bodies.name_liaison(body.pk, unit_id=home.pk, name="甲某", **on)
    strand = bodies.lead_strand(home.pk, line="services", lead_id=body.pk, **on)
    facts = {"kind": "people_deputy", "level": 3, "name": "乙某", "times": "周一", "where": "会客厅"}
    deputy = bodies.arrange_contact(home.pk, **facts, instrument="文件", **on)
    return {"liaison": liaison.pk, "strand": strand.pk, "deputy": deputy.pk}


def _extended(street: Unit) -> int:
    facts = {"power": "planning", "effective_on": FOUNDED, "instrument": "文件", **make_bodies.BY}
    return int(bodies.extend_authority(street.pk, **facts).pk)


def declare_book() -> None:
    """A register that everybody reads, kept by communities, with a sealed field and one for a file."""
    fields = [*registers.PLAIN["fields"], {"code": "scan", "name": {"zh": "照片", "en": "Picture"}, "kind": "file"}]
    registers.declared(code=BOOK, level=["community", "grid"], fields=fields, coverage=None)


def _entered(home: Unit) -> tuple[dict[str, Any], dict[str, Any]]:
    """An entry and its file, by what their addresses name."""
    entry = registers.room(home, of=BOOK, key_holder="值班岗")
    facts = {
        "field": "scan",
        "name": "照片.pdf",
        "content": sheets.pages(),
        "by": registers.SYSTEM,
        "at": timezone.now(),
    }
    entry = register_services.add_file(BOOK, entry.number, **facts)
    address = {"code": BOOK, "number": entry.number}
    return address, address | {"key": entry.values["scan"]}


def _zone() -> int:
    """A zone lies over all units alike."""
    facts = {"slug": "park", "kind": "scenic", "name_zh": "公园", "managing_body": "公园管理处"}
    return int(Zone.objects.create(during=DateRange(FOUNDED), **facts).pk)


def _look(worker: Account, community: Unit) -> int:
    person = _reachable(community)
    grant = people.open_sealed_contact(
        person.pk, kind="address", purpose="通知停水并核对门牌", by=worker, at=timezone.now()
    )
    return int(grant.pk)


def _sealed_look(community: Unit) -> int:
    make_cases.sealed("refuge", to="refuge", place="optional")
    case = make_cases.reported(community, "refuge")
    above = Unit.objects.filter(pk__in=community.path_ids, level__in=(2, 3)).order_by("level").last()
    assert above is not None
    open_case(case.number, by=make.official("refuge_worker", above), at=timezone.now())
    return int(case.looks.get().pk)


def _proposal(community: Unit, number: int) -> int:
    now = timezone.now()
    compound = make.bare_unit(6, f"{community.code}-X9{number:02}", community)
    occupancy = Occupancy.objects.create(
        unit=compound,
        measured_on=now.date(),
        homes_planned=100,
        homes_occupied=90,
        source="年报",
        recorded_by="system:test",
        recorded_at=now,
    )
    due = now + timedelta(days=30)
    proposal = FormationProposal.objects.create(
        compound=compound, occupancy=occupancy, threshold_percent=80, raised_at=now, due_at=due
    )
    return int(proposal.pk)
