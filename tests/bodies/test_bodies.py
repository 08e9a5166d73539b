"""Founded, changed, registered, dissolved; and the story stays."""

from datetime import date, timedelta

import pytest

from liren.foundation.bodies import machine, queries, services
from liren.foundation.bodies.models import Body, BodyChange, Duty, MembershipOfBody, OfficeHolding, Pairing, Post
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.territory.models import Unit
from tests import make as makers
from tests.make import bodies as make

LATER = date(2024, 3, 1)


@pytest.mark.requirement("R001")
def test_a_coordinating_body_is_recorded_at_every_level_with_its_remit_and_dates(here):
    for unit in (here.town.city, here.town.district, here.town.east):
        made = make.body(unit, "coordinating", name_zh=f"{unit.name_zh}治理委员会", remit_zh="统筹指导、督促落实")
        found = Body.objects.get(pk=made.pk)
        assert (found.unit.level, found.founded_on, found.remit) == (unit.level, make.SINCE, "统筹指导、督促落实")
    services.dissolve_body(made.pk, effective_on=LATER, instrument="撤销文件", **make.BY)
    made.refresh_from_db()
    assert made.ends_on == LATER


def test_founding_is_written_into_history_and_audit_log(here):
    made = make.body(here.town.willow, name_en="Group", works=["environment", "charity"])
    change = made.changes.get()
    assert (change.kind, change.after["works"], change.actor) == ("founded", ["charity", "environment"], "system:test")
    entry = AuditEntry.objects.get(action="bodies.found", object_id=str(made.pk))
    assert (entry.unit_id, entry.facts["kind"]) == (here.town.willow.pk, "social_organisation")


def test_a_name_has_one_spelling_and_is_found_by_pinyin_and_pairs_of_characters(here):
    made = make.body(here.town.willow, name_zh=" 柳 荫１号 志愿队", kind="volunteer_team")
    assert made.name_zh == "柳荫1号志愿队"
    for q in ("志愿", "ly1hzyd", "柳荫1号", "队"):
        assert made in queries.bodies(ANONYMOUS, q=q, unit=here.town.willow), q
    assert queries.bodies(ANONYMOUS, q="'; drop --") == []


WRONG = [
    ({"kind": "sect"}, "kind of body"),
    ({"registration": "secret"}, "form of registration"),
    ({"name_zh": "  "}, "Chinese name"),
    ({"name_zh": "甲\x00乙"}, "can't be printed"),
    ({"name_zh": "甲\ud800"}, "can't be printed"),
    ({"name_zh": "长" * 121}, "longer than"),
    ({"instrument": " "}, "document"),
    ({"uscc": "12345", "registration": "registered"}, "18 digits"),
    ({"uscc": "91110000600037341M", "registration": "registered"}, "last character"),
    ({"uscc": "91110000600037341L"}, "Only a registered body"),
    ({"works": ["espionage"]}, "field of work"),
    ({"part": "rules"}, "part in self-government"),
    ({"part": "checks"}, "Only committees"),
    ({"place": "home"}, "kind of place"),
    ({"place": "market"}, "Only party organisations"),
    ({"kind": "sub_committee"}, "stands under a committee"),
    ({"parent_id": 10**12}, "no such body"),
    ({"until": make.SINCE}, "ends after"),
    ({"effective_on": date(1, 1, 1)}, "too far"),
    ({"members": "everyone"}, "can't be changed"),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG, ids=[words + str(n) for n, (_w, words) in enumerate(WRONG)])
def test_what_can_not_be_is_refused_in_words(here, wrong, words):
    with pytest.raises(BadInput, match=words):
        make.body(here.town.willow, **wrong)


def test_a_unit_that_does_not_exist_and_a_day_before_it_are_refused(here):
    with pytest.raises(BadInput):
        services.found_body(kind="other", name_zh="甲", unit_id=0, effective_on=LATER, instrument="文", **make.BY)
    with pytest.raises(Conflict, match="unit does not exist"):
        make.body(here.town.willow, effective_on=date(1960, 1, 1))


@pytest.mark.requirement("R171", "R175")
def test_a_code_is_borne_once(here):
    code = make.code()
    make.body(here.town.willow, uscc=code.lower(), registration="registered")
    with pytest.raises(Conflict, match="Another body"):
        make.body(here.town.bridge, uscc=code, registration="registered")
    assert [b.uscc for b in queries.bodies(ANONYMOUS, q=code)] == [code]


def test_a_change_is_appended_and_every_day_can_be_read(here):
    made = make.body(here.town.willow, name_zh="旧名")
    services.change_body(made.pk, name_zh="新名", telephone="028-1", effective_on=LATER, instrument="更名", **make.BY)
    assert queries.face_on(made, LATER - timedelta(days=1))["name_zh"] == "旧名"
    assert queries.face_on(made, LATER)["name_zh"] == "新名"
    assert queries.face_on(made, make.SINCE - timedelta(days=1)) is None
    assert [c.kind for c in queries.history(made)] == ["founded", "changed"]
    assert AuditEntry.objects.get(action="bodies.change").facts["columns"] == ["name_zh", "telephone"]


@pytest.mark.parametrize(
    ("changes", "day", "error", "words"),
    [
        ({"name_zh": "甲"}, date(2023, 1, 1), Conflict, "later change"),
        ({"name_zh": "甲"}, date(2026, 7, 1), BadInput, "lie ahead"),
        ({"name_zh": "甲"}, date(2019, 1, 1), Conflict, "does not exist"),
        ({}, LATER, BadInput, "Nothing"),
        ({"kind": "other"}, LATER, BadInput, "can't be changed"),
        ({"uscc": "1"}, LATER, BadInput, "can't be changed"),
    ],
)
def test_a_change_that_can_not_be_is_refused(here, changes, day, error, words):
    made = make.body(here.town.willow)
    services.change_body(made.pk, telephone="1", effective_on=LATER, instrument="文", **make.BY)
    with pytest.raises(error, match=words):
        services.change_body(made.pk, **changes, effective_on=day, instrument="文", **make.BY)
    assert BodyChange.objects.filter(body=made).count() == 2


@pytest.mark.requirement("R005")
def test_authority_runs_down_the_tree_only(here):
    department = make.body(here.town.east, "department", name_zh="东街司法所")
    low = make.body(here.town.compound, "owners_committee", name_zh="业委会", parent_id=here.committee.pk)
    assert low.parent_id == here.committee.pk
    for unit in (here.town.city, here.town.west, here.town.bridge):
        with pytest.raises(BadInput, match="neither in the unit nor above"):
            make.body(unit, parent_id=department.pk)


@pytest.mark.requirement("R005")
def test_chains_of_four_and_of_five_levels_of_organisations(here):
    town, above = here.town, None
    for unit in (town.city, town.district, town.east, town.willow, town.compound):
        made = make.body(unit, "party_organisation", name_zh=f"{unit.name_zh}党组织", parent_id=above)
        above = made.pk
    chain = []
    step = Body.objects.get(pk=above)
    while step:
        chain.append(step.unit.level)
        step = step.parent
    assert chain == [6, 5, 4, 3, 2]


def test_nothing_stands_above_itself(here):
    upper = make.body(here.town.willow, name_zh="上")
    lower = make.body(here.town.willow, name_zh="下", parent_id=upper.pk)
    with pytest.raises(BadInput, match="above itself"):
        services.change_body(upper.pk, parent_id=lower.pk, effective_on=LATER, instrument="文", **make.BY)


@pytest.mark.requirement("R175", "R185")
def test_an_organisation_grows_from_a_group_to_a_registered_one_and_back(here):
    group = make.body(here.town.willow, "community_social_organisation")
    code, days = make.code(), [date(2021, 1, 1), date(2022, 1, 1), date(2023, 1, 1)]
    paper = {"instrument": "登记文件", **make.BY}
    services.register_body(group.pk, move="file", effective_on=days[0], **paper)
    done = services.register_body(group.pk, move="register", uscc=code, effective_on=days[1], **paper)
    assert (done.registration, done.uscc) == ("registered", code)
    with pytest.raises(BadInput, match="reason"):
        services.register_body(group.pk, move="cancel", effective_on=days[2], **paper)
    services.register_body(group.pk, move="cancel", note="会员大会决定", effective_on=days[2], **paper)
    assert [c.after["registration"] for c in queries.history(group)] == ["none", "filed", "registered", "none"]
    found = queries.grown(here.town.city, date(2021, 1, 1), date(2022, 12, 31))
    assert (found.filed, found.registered, found.cancelled, found.dissolved) == (1, 1, 0, 0)


@pytest.mark.parametrize("state", [s.code for s in machine.REGISTRATION.states if not s.final])
@pytest.mark.parametrize("move", [m.code for m in machine.REGISTRATION.moves])
def test_every_move_over_every_state_as_the_table_says(here, state, move):
    made = make.body(here.town.willow, registration=state)
    may = move in {m.code for m in machine.REGISTRATION.open_moves(state)}
    act = {"move": move, "note": "理由", "effective_on": LATER, "instrument": "文", **make.BY}
    if move == "dissolve":
        with pytest.raises(BadInput, match="own form"):
            services.register_body(made.pk, **act)
    elif may:
        assert services.register_body(made.pk, **act).registration != state
    else:
        with pytest.raises(Conflict):
            services.register_body(made.pk, **act)


@pytest.mark.requirement("R175")
def test_with_a_body_ends_all_that_hangs_on_it(here):
    made, other = make.body(here.town.willow), make.body(here.town.city, "federation")
    seat = make.holding(make.post(made))
    services.publish_duty(made.pk, text_zh="服务", effective_on=make.SINCE, **make.BY)
    services.admit_member(other.pk, member_id=made.pk, effective_on=make.SINCE, instrument="文", **make.BY)
    make.pairing(made, here.town.willow)
    services.dissolve_body(made.pk, effective_on=LATER, instrument="注销", **make.BY)
    for model in (Post, Duty, Pairing):
        assert model.objects.get(body=made).during.upper == LATER
    assert OfficeHolding.objects.get(pk=seat.pk).during.upper == LATER
    assert MembershipOfBody.objects.get(member=made).during.upper == LATER
    with pytest.raises(Conflict):
        services.dissolve_body(made.pk, effective_on=LATER, instrument="注销", **make.BY)
    with pytest.raises(Conflict, match="does not exist"):
        make.post(made, effective_on=LATER)


def test_a_body_with_others_under_it_is_not_dissolved(here):
    child = make.body(here.town.willow, "sub_committee", parent_id=here.committee.pk, name_zh="调解委员会")
    with pytest.raises(Conflict, match="stands under"):
        services.dissolve_body(here.committee.pk, effective_on=LATER, instrument="文", **make.BY)
    services.dissolve_body(child.pk, effective_on=LATER, instrument="文", **make.BY)
    services.dissolve_body(here.committee.pk, effective_on=LATER, instrument="文", **make.BY)


# --- Rights


@pytest.mark.parametrize(
    ("role", "unit", "may"),
    [
        ("city_admin", "city", True),
        ("district_admin", "district", True),
        ("street_officer", "east", True),
        ("community_worker", "willow", True),
        ("street_officer", "west", False),
        ("community_worker", "plum", False),
        ("grid_worker", "grid", False),
        ("planner", "city", False),
        ("auditor", "city", False),
    ],
)
def test_bodies_are_kept_by_the_duty_of_their_unit(here, role, unit, may):
    actor = makers.official(role, getattr(here.town, unit))
    act = {"name_zh": "甲", "effective_on": LATER, "instrument": "文", "by": actor, "at": make.NOW}
    if may:
        assert services.found_body(kind="other", unit_id=here.town.willow.pk, **act).unit == here.town.willow
        services.change_body(here.committee.pk, **act)
    else:
        with pytest.raises(NotAllowed):
            services.found_body(kind="other", unit_id=here.town.willow.pk, **act)
        with pytest.raises(NotAllowed):
            services.change_body(here.committee.pk, **act)


def test_a_body_is_moved_only_by_whoever_keeps_both_units(here):
    worker = makers.official("community_worker", here.town.willow)
    act = {"unit_id": here.town.plum.pk, "effective_on": LATER, "instrument": "文", "at": make.NOW}
    with pytest.raises(NotAllowed):
        services.change_body(here.council.pk, by=worker, **act)
    officer = makers.official("street_officer", here.town.east)
    assert services.change_body(here.council.pk, by=officer, **act).unit == here.town.plum


@pytest.mark.requirement("R008")
def test_a_street_manages_dispatched_units_once_that_power_is_extended_to_it(here):
    office = make.body(here.town.east, "department", name_zh="东街民政所", parent_id=here.department.pk)
    officer, admin = makers.official("street_officer", here.town.east), makers.official("city_admin", here.town.city)
    act = {"telephone": "028-2", "effective_on": LATER, "instrument": "文", "at": make.NOW}
    with pytest.raises(NotAllowed):
        services.change_body(office.pk, by=officer, **act)
    with pytest.raises(NotAllowed):
        services.extend_authority(
            here.town.east.pk, power="dispatched_units", effective_on=make.SINCE, instrument="文", by=officer,
            at=make.NOW,
        )  # fmt: skip
    row = services.extend_authority(
        here.town.east.pk, power="dispatched_units", effective_on=make.SINCE, instrument="赋权文件", by=admin,
        at=make.NOW,
    )  # fmt: skip
    services.change_body(office.pk, by=officer, **act)
    services.end_authority(row.pk, effective_on=LATER, by=admin, at=make.NOW)
    with pytest.raises(NotAllowed):
        services.change_body(office.pk, by=officer, **{**act, "telephone": "028-3"})


def test_everybody_sees_bodies(here):
    assert here.committee in Body.objects.visible_to(ANONYMOUS)
    assert Unit.objects.filter(pk=here.committee.unit_id).exists()
