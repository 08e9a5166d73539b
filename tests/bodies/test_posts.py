"""Posts and who holds them: by name, by account, by virtue of another post; never twice, never out of time."""

from datetime import date, timedelta

import pytest

from liren.foundation.bodies import queries, services
from liren.foundation.bodies.models import Duty, OfficeHolding, Post
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from tests import make as makers
from tests.make import bodies as make

TODAY = make.TODAY
LATER = date(2024, 3, 1)


def holders(body, on=TODAY, actor=ANONYMOUS):
    return {office.post.name_zh: [held.name for held in office.held] for office in queries.offices(body, actor, on)}


@pytest.mark.requirement("R002")
def test_the_chair_is_a_dated_office_held_by_virtue_of_a_named_post(here):
    organisation = make.body(here.town.city, "party_organisation", name_zh="里仁市组织部门")
    head = make.post(organisation, name_zh="部门负责人", is_head=True)
    chair = make.post(here.commission, name_zh="主任", is_head=True, filled_by="ex_officio")
    make.holding(chair, by_post_id=head.pk)
    assert holders(here.commission) == {"主任": [""]}  # the other post is vacant
    first = make.holding(head, name="甲某", until=LATER)
    make.holding(head, name="乙某", effective_on=LATER)
    assert [holders(here.commission, day)["主任"] for day in (make.SINCE, LATER)] == [["甲某"], ["乙某"]]
    held = queries.offices(here.commission, ANONYMOUS, TODAY)[0].held[0]
    assert (held.via, held.holding.account_id, held.holding.how) == (head, None, "ex_officio")
    assert first.during.upper == LATER


@pytest.mark.requirement("R002")
def test_no_chair_gives_any_power_to_an_account(here):
    person = makers.account()
    make.holding(make.post(here.commission, is_head=True), name="甲某", account_id=person.pk)
    assert not person.powers()
    with pytest.raises(NotAllowed):
        services.change_body(
            here.commission.pk, name_zh="乙", effective_on=LATER, instrument="文", by=person, at=make.NOW
        )


def test_a_chain_of_posts_leads_to_the_person_at_its_end(here):
    posts = [make.post(make.body(here.town.city)) for _ in range(4)]
    for lower, upper in zip(posts, posts[1:], strict=False):
        make.holding(lower, by_post_id=upper.pk)
    make.holding(posts[-1], name="丙某")
    assert holders(posts[0].body) == {"主任": ["丙某"]}


def test_posts_that_would_hold_themselves_are_refused_over_every_detour(here):
    posts = [make.post(make.body(here.town.city)) for _ in range(3)]
    make.holding(posts[0], by_post_id=posts[1].pk)
    make.holding(posts[1], by_post_id=posts[2].pk)
    for end in (posts[0], posts[2]):
        with pytest.raises((BadInput, Conflict), match="virtue of itself"):
            make.holding(posts[2], by_post_id=end.pk)


def test_a_seat_is_free_or_the_refusal_says_what_to_do(here):
    make.holding(here.director, name="甲某")
    with pytest.raises(Conflict, match="Every seat") as error:
        make.holding(here.director, name="乙某", effective_on=LATER)
    assert "End a holding first" in str(error.value.next_step)
    for name in ("甲", "乙", "丙"):
        make.holding(here.checker, name=name)
    assert list(OfficeHolding.objects.filter(post=here.checker).values_list("seat", flat=True)) == [1, 2, 3]
    with pytest.raises(Conflict, match="Every seat"):
        make.holding(here.checker, name="丁")


def test_who_follows_begins_where_the_one_before_ended(here):
    first = make.holding(here.director, name="甲某")
    services.end_holding(first.pk, effective_on=LATER, **make.BY)
    make.holding(here.director, name="乙某", effective_on=LATER)
    days = (LATER - timedelta(days=1), LATER)
    assert [holders(here.committee, day)["主任"] for day in days] == [["甲某"], ["乙某"]]
    for day in (LATER, make.SINCE):
        with pytest.raises(Conflict, match="not in office"):
            services.end_holding(first.pk, effective_on=day, **make.BY)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"name": ""}, BadInput, "Name the holder"),
        ({"name": "甲\ud800"}, BadInput, "can't be printed"),
        ({"name": "长" * 61}, BadInput, "longer"),
        ({"how": "inheritance"}, BadInput, "way of filling"),
        ({"how": "ex_officio"}, BadInput, "other post"),
        ({"until": make.SINCE}, BadInput, "ends after"),
        ({"instrument": ""}, BadInput, "document"),
        ({"effective_on": date(2019, 1, 1)}, Conflict, "post does not exist"),
        ({"account_id": 0}, BadInput, "no such account"),
        ({"by_post_id": 0, "name": ""}, BadInput, "no such post"),
        ({"sent_by_id": 0}, BadInput, "no such body"),
    ],
)
def test_a_holding_that_can_not_be_is_refused(here, wrong, error, words):
    with pytest.raises(error, match=words):
        make.holding(here.director, **{"name": "甲某", **wrong})
    assert not OfficeHolding.objects.filter(post=here.director).exists()


def test_a_person_or_a_post_but_not_both(here):
    with pytest.raises(BadInput, match="not by both"):
        make.holding(here.director, by_post_id=here.secretary.pk, name="甲某")


@pytest.mark.requirement("R011")
def test_part_time_members_come_from_a_firm_or_an_owners_committee_with_term_and_duties(here):
    firm = make.body(here.town.willow, "property_firm", name_zh="某物业")
    seat = make.post(here.party, name_zh="兼职委员", filled_by="part_time", seats=3, duty_zh="联系物业服务")
    row = make.holding(seat, name="甲某", sent_by_id=firm.pk, until=date(2027, 1, 1))
    assert (row.how, row.sent_by, row.during.upper, row.post.duty) == (
        "part_time", firm, date(2027, 1, 1), "联系物业服务",
    )  # fmt: skip


@pytest.mark.requirement("R021")
def test_the_four_parts_are_kept_apart(here):
    parts = {b.part for b in (here.party, here.council, here.committee, here.supervision)}
    assert parts == {"convenes", "decides", "carries_out", "checks"}
    person = makers.account()
    make.holding(here.checker, name="甲某", account_id=person.pk, until=LATER)
    for body in (here.council, here.committee):
        with pytest.raises(Conflict, match="does not check"):
            make.holding(make.post(body, name_zh="委员", seats=5), name="甲某", account_id=person.pk)
    make.holding(make.post(here.council, name_zh="成员"), name="甲某", account_id=person.pk, effective_on=LATER)
    elsewhere = make.body(here.town.plum, "committee", name_zh="梅园居委会", part="decides")
    make.holding(make.post(elsewhere), name="甲某", account_id=person.pk)


def test_an_account_holds_a_post_once(here):
    person = makers.account()
    make.holding(here.checker, account_id=person.pk)
    with pytest.raises(Conflict, match="already"):
        make.holding(here.checker, account_id=person.pk)


def test_an_official_links_only_accounts_that_the_official_may_see(here):
    worker = makers.official("community_worker", here.town.willow)
    mine, stranger = makers.resident(here.town.willow), makers.resident(here.town.bridge)
    act = {"name": "甲某", "effective_on": LATER, "instrument": "文", "by": worker, "at": make.NOW}
    with pytest.raises(BadInput, match="no such account"):
        services.fill_post(here.director.pk, account_id=stranger.pk, **act)
    assert services.fill_post(here.director.pk, account_id=mine.pk, **act).account == mine


def test_holders_of_posts_that_are_not_published_are_seen_by_those_who_keep_the_body(here):
    hidden = make.post(here.committee, name_zh="内勤", is_published=False)
    make.holding(hidden, name="甲某")
    assert "内勤" not in holders(here.committee)
    assert holders(here.committee, actor=makers.official("community_worker", here.town.willow))["内勤"] == ["甲某"]
    for stranger in (makers.official("community_worker", here.town.plum), makers.account(), ANONYMOUS):
        assert not Post.objects.visible_to(stranger).filter(pk=hidden.pk).exists()
        assert not OfficeHolding.objects.visible_to(stranger).filter(post=hidden).exists()


def test_a_post_by_virtue_of_a_hidden_one_gives_nobody_away(here):
    hidden = make.post(here.committee, name_zh="内勤", is_published=False)
    make.holding(hidden, name="甲某")
    shown = make.post(here.party, name_zh="联络")
    make.holding(shown, by_post_id=hidden.pk)
    assert holders(here.party)["联络"] == [""]


def test_with_a_post_end_its_holders_and_duties(here):
    seat = make.holding(here.director, name="甲某")
    duty = services.publish_duty(here.committee.pk, post_id=here.director.pk, text_zh="主持", effective_on=make.SINCE,
                                 **make.BY)  # fmt: skip
    services.close_post(here.director.pk, effective_on=LATER, **make.BY)
    assert OfficeHolding.objects.get(pk=seat.pk).during.upper == LATER
    assert Duty.objects.get(pk=duty.pk).during.upper == LATER
    with pytest.raises(Conflict):
        services.close_post(here.director.pk, effective_on=LATER, **make.BY)
    make.post(here.committee, name_zh="新主任", is_head=True, effective_on=LATER)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"seats": 0}, BadInput, "between 1 and"),
        ({"seats": 501}, BadInput, "between 1 and"),
        ({"seats": 2, "is_head": True}, BadInput, "one seat"),
        ({"is_head": True}, Conflict, "leading post"),
        ({"filled_by": "lot"}, BadInput, "way of filling"),
        ({"name_zh": ""}, BadInput, "Chinese name"),
        ({"effective_on": date(2019, 1, 1)}, Conflict, "does not exist"),
    ],
)
def test_a_post_that_can_not_be_is_refused(here, wrong, error, words):
    with pytest.raises(error, match=words):
        make.post(here.committee, **wrong)


def test_a_post_gets_more_seats_and_loses_only_free_ones(here):
    make.holding(here.checker, name="甲某")
    act = {"is_published": True, "duty_zh": "监督", "effective_on": LATER, **make.BY}
    assert services.change_post(here.checker.pk, seats=5, **act).seats == 5
    assert services.change_post(here.checker.pk, seats=1, **act).duty == "监督"
    with pytest.raises(BadInput):
        services.change_post(here.checker.pk, seats=0, **act)
    services.change_post(here.checker.pk, seats=2, **act)
    make.holding(here.checker, name="乙某", effective_on=LATER)
    with pytest.raises(Conflict, match="is held"):
        services.change_post(here.checker.pk, seats=1, **act)


def test_a_misspelled_name_is_put_right_and_the_log_keeps_no_name(here):
    row = make.holding(here.director, name="贾某")
    services.correct_holder(row.pk, name="甲某", **make.BY)
    assert holders(here.committee)["主任"] == ["甲某"]
    said = " ".join(str(entry.facts) for entry in AuditEntry.objects.filter(action__startswith="bodies."))
    assert "贾某" not in said
    assert "甲某" not in said
    chair = make.holding(make.post(here.commission), by_post_id=here.director.pk)
    with pytest.raises(Conflict, match="no name"):
        services.correct_holder(chair.pk, name="甲某", **make.BY)


# --- Duty lists


@pytest.mark.requirement("R003", "R007")
def test_the_duty_list_of_a_body_as_it_stood_on_a_day(here):
    act = {"effective_on": make.SINCE, **make.BY}
    one = services.publish_duty(here.department.pk, text_zh="指导社区服务", instrument="三定方案", **act)
    for kind, text in (("task", "年度评估"), ("service", "低保受理"), ("data", "社会组织名录")):
        services.publish_duty(here.department.pk, kind=kind, text_zh=text, **act)
    services.withdraw_duty(one.pk, effective_on=LATER, **make.BY)
    before = [duty.text_zh for duty in queries.duty_list(here.department, LATER - timedelta(days=1))]
    assert sorted(before) == sorted(["指导社区服务", "年度评估", "低保受理", "社会组织名录"])
    assert "指导社区服务" not in [duty.text_zh for duty in queries.duty_list(here.department, LATER)]
    with pytest.raises(Conflict):
        services.withdraw_duty(one.pk, effective_on=LATER, **make.BY)


@pytest.mark.requirement("R007")
@pytest.mark.parametrize("kind", ["government", "department", "committee", "zone_management", "coordinating"])
def test_every_type_of_body_has_a_published_duty_list(here, kind):
    made = make.body(here.town.city, kind)
    services.publish_duty(made.pk, text_zh="主责", effective_on=make.SINCE, **make.BY)
    assert [d.text for d in Duty.objects.visible_to(ANONYMOUS).filter(body=made)] == ["主责"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"basis": "第五条"}, "city/document#number"),
        ({"basis": "chengdu/opinion-2017#404"}, "holds no provision chengdu/opinion-2017#404"),
        ({"basis": "chengdu/opinion-2017#4", "instrument": "三定方案"}, "not on both"),
        ({"kind": "wish"}, "kind of line"),
        ({"text_zh": " "}, "Chinese text"),
        ({"post_id": 0}, "no such post"),
    ],
)
def test_a_duty_that_can_not_be_is_refused(here, wrong, words):
    with pytest.raises(BadInput, match=words):
        services.publish_duty(here.committee.pk, **{"text_zh": "甲", "effective_on": LATER, **wrong}, **make.BY)


# --- Somebody from the next unit


def test_somebody_of_the_next_unit_changes_nothing_here(here):
    seat = make.holding(here.director, name="甲某")
    duty = services.publish_duty(here.committee.pk, text_zh="甲", effective_on=make.SINCE, **make.BY)
    act = {"by": makers.official("community_worker", here.town.plum), "at": make.NOW}
    on = {"effective_on": LATER, **act}
    tries = [
        lambda: services.make_post(here.committee.pk, name_zh="甲", filled_by="hiring", instrument="文", **on),
        lambda: services.change_post(here.director.pk, seats=1, is_published=False, duty_zh="", **on),
        lambda: services.close_post(here.director.pk, **on),
        lambda: services.fill_post(here.checker.pk, name="乙", instrument="文", **on),
        lambda: services.end_holding(seat.pk, **on),
        lambda: services.correct_holder(seat.pk, name="乙", **act),
        lambda: services.publish_duty(here.committee.pk, text_zh="乙", **on),
        lambda: services.withdraw_duty(duty.pk, **on),
    ]
    for attempt in tries:
        with pytest.raises(NotAllowed):
            attempt()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda on: services.make_post(0, name_zh="甲", filled_by="hiring", instrument="文", **on),
        lambda on: services.close_post(0, **on),
        lambda on: services.fill_post(0, name="乙", instrument="文", **on),
        lambda on: services.end_holding(0, **on),
        lambda on: services.withdraw_duty(0, **on),
    ],
)
def test_what_is_not_there_is_said_to_be_not_there(here, attempt):
    with pytest.raises(BadInput, match="There is no such"):
        attempt({"effective_on": LATER, **make.BY})
