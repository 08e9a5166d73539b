"""Memberships, pairings, liaison, extended authority, strands, deputies: who is tied to whom, and from when."""

from datetime import date, timedelta

import pytest

from liren.foundation.bodies import queries, services
from liren.foundation.bodies.models import Authority, ContactArrangement, Liaison, Reception, Strand
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.rights import ANONYMOUS
from tests import make as makers
from tests.make import bodies as make

LATER = date(2024, 3, 1)
ON = {"effective_on": make.SINCE, **make.BY}
PAPER = {"instrument": "文件", **ON}


@pytest.mark.requirement("R001", "R003")
def test_departments_belong_to_a_commission_from_a_day_on(here):
    other = make.body(here.town.city, "department", name_zh="里仁市公安局")
    services.admit_member(here.commission.pk, member_id=here.department.pk, role="chair_unit", **PAPER)
    row = services.admit_member(here.commission.pk, member_id=other.pk, **PAPER)
    services.end_membership(row.pk, effective_on=LATER, **make.BY)
    day_before = LATER - timedelta(days=1)
    assert [m.member for m in queries.members(here.commission, day_before)] == [here.department, other]
    assert [m.member for m in queries.members(here.commission, LATER)] == [here.department]
    assert [m.whole for m in queries.belongs_to(other, day_before)] == [here.commission]
    with pytest.raises(Conflict, match="already"):
        services.admit_member(here.commission.pk, member_id=here.department.pk, **PAPER)
    services.admit_member(here.commission.pk, member_id=other.pk, **{**PAPER, "effective_on": LATER})


@pytest.mark.requirement("R013")
def test_the_five_sub_committees_with_guiding_department_members_and_budget(here):
    for name in ("人民调解", "治安保卫", "公共卫生", "环境和物业管理", "妇女和儿童工作"):
        made = make.body(here.town.willow, "sub_committee", name_zh=f"{name}委员会", parent_id=here.committee.pk)
        services.admit_member(made.pk, member_id=here.department.pk, role="guide", **PAPER)
        services.record_figure(made.pk, measure="members", year=2025, number=7, source="年报", **make.BY)
        services.record_figure(made.pk, measure="budget_fen", year=2025, number=2_000_00, source="预算", **make.BY)
    assert len(queries.children(here.committee, make.TODAY)) == 5
    assert [m.role for m in queries.members(made, make.TODAY)] == ["guide"]
    assert {f.measure: f.value for f in queries.figures(made)} == {"members": 7, "budget_fen": 200_000}


@pytest.mark.requirement("R184")
def test_a_federation_of_community_organisations_and_its_members(here):
    federation = make.body(here.town.east, "federation", name_zh="东街社区社会组织联合会")
    groups = [make.body(unit, "community_social_organisation") for unit in (here.town.willow, here.town.plum)]
    for group in groups:
        services.admit_member(federation.pk, member_id=group.pk, **PAPER)
    assert {m.member for m in queries.members(federation, make.TODAY)} == set(groups)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"role": "owner"}, BadInput, "role is not"),
        ({"member_id": 0}, BadInput, "no such body"),
        ({"instrument": ""}, BadInput, "document"),
        ({"effective_on": date(2019, 1, 1)}, Conflict, "does not exist"),
    ],
)
def test_a_membership_that_can_not_be_is_refused(here, wrong, error, words):
    with pytest.raises(error, match=words):
        services.admit_member(here.commission.pk, **{"member_id": here.department.pk, **PAPER, **wrong})
    with pytest.raises(BadInput, match="to itself"):
        services.admit_member(here.commission.pk, member_id=here.commission.pk, **PAPER)


@pytest.mark.requirement("R015")
def test_a_resident_unit_is_paired_with_a_community_and_delivers(here):
    school = make.body(here.town.east, "resident_unit", name_zh="某中学")
    row = make.pairing(school, here.town.willow, agreed_zh="周末开放操场")
    services.record_delivery(row.pk, delivered_on=LATER, what_zh="开放操场12次", **make.BY)
    services.record_delivery(row.pk, delivered_on=make.TODAY, what_zh="开放操场15次", **make.BY)
    found = queries.pairings(unit=here.town.willow, on=make.TODAY)
    assert [(p.body, p.agreed, p.delivered) for p in found] == [(school, "周末开放操场", 2)]
    assert [d.what for d in queries.deliveries(school)] == ["开放操场15次", "开放操场12次"]
    services.unpair(row.pk, effective_on=make.TODAY, **make.BY)
    assert queries.pairings(body=school, on=make.TODAY) == []
    with pytest.raises(Conflict, match="does not run"):
        services.record_delivery(row.pk, delivered_on=make.TODAY, what_zh="甲", **make.BY)
    with pytest.raises(Conflict):
        services.unpair(row.pk, effective_on=make.TODAY, **make.BY)


def test_a_pairing_that_can_not_be_is_refused(here):
    with pytest.raises(BadInput, match="not a community"):
        make.pairing(here.department, here.town.east)
    with pytest.raises(BadInput, match="agreed"):
        make.pairing(here.department, here.town.willow, agreed_zh=" ")
    row = make.pairing(here.department, here.town.willow)
    with pytest.raises(Conflict, match="paired"):
        make.pairing(here.department, here.town.willow)
    with pytest.raises(BadInput, match="lie ahead"):
        services.record_delivery(row.pk, delivered_on=date(2027, 1, 1), what_zh="甲", **make.BY)


@pytest.mark.requirement("R004")
def test_mass_organisations_with_their_liaison_staff_and_joint_activities(here):
    union = make.body(here.town.district, "mass_organisation", name_zh="望江区总工会")
    services.name_liaison(union.pk, unit_id=here.town.willow.pk, name="甲某", telephone="028-1", **ON)
    services.name_liaison(union.pk, unit_id=here.town.willow.pk, name="乙某", **{**ON, "effective_on": LATER})
    days = Liaison.objects.filter(body=union).order_by("during")
    assert [(row.name, row.during.upper) for row in days] == [("甲某", LATER), ("乙某", None)]
    services.record_activity(
        union.pk, unit_id=here.town.willow.pk, partner_id=here.committee.pk, held_on=LATER, text_zh="职工夜校",
        took_part=3, **make.BY,
    )  # fmt: skip
    shown = queries.activities(union)[0]
    assert (shown.partner, shown.text, queries.took_part(shown)) == (here.committee, "职工夜校", None)
    acting = queries.acting(here.town.willow, ANONYMOUS, make.TODAY)
    assert [row.name for row in acting.liaisons] == ["乙某"]


@pytest.mark.requirement("R009")
def test_authority_that_was_extended_to_a_town_with_document_and_day(here):
    for power in ("rural_development", "public_services", "work_safety"):
        services.extend_authority(here.town.east.pk, power=power, from_body_id=here.department.pk, **PAPER)
    services.extend_authority(here.town.east.pk, power="other", detail="户外广告设置审批", **PAPER)
    rows = Authority.objects.filter(unit=here.town.east)
    assert {row.power for row in rows} == {"rural_development", "public_services", "work_safety", "other"}
    assert {row.instrument for row in rows} == {"文件"}


@pytest.mark.parametrize(
    ("unit", "wrong", "words"),
    [
        ("willow", {}, "not a street"),
        ("east", {"power": "everything"}, "not in the list"),
        ("east", {"power": "other"}, "which authority"),
        ("east", {"from_body_id": 0}, "no such body"),
    ],
)
def test_an_extension_that_can_not_be_is_refused(here, unit, wrong, words):
    act = {"power": "work_safety", **PAPER, **wrong}
    with pytest.raises(BadInput, match=words):
        services.extend_authority(getattr(here.town, unit).pk, **act)


@pytest.mark.requirement("R017")
def test_five_strands_side_by_side_each_with_lead_activities_and_results(here):
    unit = here.town.willow
    services.lead_strand(unit.pk, line="self_government", lead_id=here.council.pk, **ON)
    services.lead_strand(unit.pk, line="self_government", lead_id=here.committee.pk, **{**ON, "effective_on": LATER})
    for result in ("", "修好路灯"):
        services.record_activity(
            here.committee.pk, unit_id=unit.pk, line="self_government", held_on=LATER, text_zh="议事", result_zh=result,
            **make.BY,
        )  # fmt: skip
    found = queries.strands(unit, date(2024, 1, 1), make.TODAY)
    assert [row.line for row in found] == ["organisation", "self_government", "associations", "volunteers", "services"]
    row = found[1]
    assert (row.lead, row.activities, row.with_result) == (here.committee, 2, 1)
    assert Strand.objects.filter(unit=unit).count() == 2
    with pytest.raises(BadInput, match="one of the five"):
        services.lead_strand(unit.pk, line="sixth", lead_id=here.committee.pk, **ON)


@pytest.mark.requirement("R018")
def test_deputies_receive_residents_and_topics_are_counted(here):
    row = services.arrange_contact(
        here.town.willow.pk,
        kind="people_deputy",
        level=3,
        name="甲某",
        times="每月5日 9:00",
        where="社区会客厅",
        **PAPER,
    )
    services.record_reception(row.pk, held_on=LATER, topic="traffic", times_raised=3, outcome="已增设停车位", **make.BY)
    kept = Reception.objects.get()
    assert (kept.topic, kept.times_raised, kept.outcome) == ("traffic", 3, "已增设停车位")
    assert {f.name for f in Reception._meta.get_fields() if f.is_relation} == {"arrangement"}
    shown = queries.acting(here.town.willow, ANONYMOUS, make.TODAY).arrangements
    assert [(r.name, r.times, r.where) for r in shown] == [("甲某", "每月5日 9:00", "社区会客厅")]
    services.end_arrangement(row.pk, effective_on=LATER, **make.BY)
    with pytest.raises(Conflict, match="does not run"):
        services.record_reception(row.pk, held_on=LATER, topic="care", times_raised=1, **make.BY)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": "guru"}, "office is not"),
        ({"level": 6}, "level"),
        ({"name": ""}, "Enter the name"),
        ({"times": ""}, "when"),
        ({"where": ""}, "where"),
    ],
)
def test_an_arrangement_that_can_not_be_is_refused(here, wrong, words):
    act = {"kind": "cppcc_member", "level": 3, "name": "甲某", "times": "周一", "where": "会客厅", **PAPER, **wrong}
    with pytest.raises(BadInput, match=words):
        services.arrange_contact(here.town.willow.pk, **act)
    assert not ContactArrangement.objects.exists()


def test_somebody_of_the_next_unit_ties_nothing_here(here):
    union = make.body(here.town.district, "mass_organisation")
    paired = make.pairing(union, here.town.willow)
    member = services.admit_member(here.committee.pk, member_id=union.pk, **PAPER)
    deputy = services.arrange_contact(
        here.town.willow.pk, kind="people_deputy", level=3, name="甲某", times="周一", where="会客厅", **PAPER
    )
    act = {"by": makers.official("community_worker", here.town.plum), "at": make.NOW}
    on, unit = {"effective_on": LATER, **act}, here.town.willow.pk
    tries = [
        lambda: services.admit_member(here.committee.pk, member_id=here.party.pk, instrument="文", **on),
        lambda: services.end_membership(member.pk, **on),
        lambda: services.pair(here.department.pk, unit_id=unit, agreed_zh="甲", instrument="文", **on),
        lambda: services.unpair(paired.pk, **on),
        lambda: services.record_delivery(paired.pk, delivered_on=LATER, what_zh="甲", **act),
        lambda: services.name_liaison(union.pk, unit_id=unit, name="乙", **on),
        lambda: services.lead_strand(unit, line="services", lead_id=here.party.pk, **on),
        lambda: services.arrange_contact(
            unit, kind="people_deputy", level=3, name="甲", times="周", where="处", instrument="文", **on
        ),
        lambda: services.end_arrangement(deputy.pk, **on),
        lambda: services.record_reception(deputy.pk, held_on=LATER, topic="care", times_raised=1, **act),
        lambda: services.record_figure(here.committee.pk, measure="staff", year=2025, number=1, source="文", **act),
        lambda: services.record_activity(here.committee.pk, unit_id=unit, held_on=LATER, text_zh="甲", **act),
        lambda: services.extend_authority(here.town.east.pk, power="work_safety", instrument="文", **on),
    ]
    for attempt in tries:
        with pytest.raises(NotAllowed):
            attempt()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda on: services.end_membership(0, **on),
        lambda on: services.unpair(0, **on),
        lambda on: services.end_authority(0, **on),
        lambda on: services.end_arrangement(0, **on),
        lambda on: services.name_liaison(0, unit_id=0, name="甲", **on),
    ],
)
def test_what_is_not_there_is_said_to_be_not_there(here, attempt):
    with pytest.raises(BadInput, match="There is no such"):
        attempt(ON)
