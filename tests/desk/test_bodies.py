"""Bodies on the desk: found, change, register, posts, holders, duties, pairings, records, dissolve."""

import pytest
from django.utils import timezone

from liren.foundation.bodies.models import (
    Activity,
    Body,
    Delivery,
    Duty,
    Entry,
    Figure,
    MembershipOfBody,
    OfficeHolding,
    Pairing,
    Post,
)
from liren.foundation.territory import services as territory
from liren.foundation.territory.models import Unit
from tests import make
from tests.make.bodies import code

PAPER = {"effective_on": "2026-03-01", "instrument": "里社治〔2026〕1号"}
FACE = {"name_zh": "桂花井助老队", "works": "aged_care", **PAPER}


@pytest.fixture
def worker(city, as_official):
    return as_official("community_worker", city.communities[0])


def url(thing, what):
    folder = {"Body": "bodies", "Post": "posts", "OfficeHolding": "holdings", "Duty": "duties", "Pairing": "pairings",
              "MembershipOfBody": "memberships"}[type(thing).__name__]  # fmt: skip
    return f"/desk/{folder}/{thing.pk}/{what}/"


@pytest.mark.requirement("R171", "R206")
def test_a_worker_records_a_body_that_acts_in_the_community(city, worker, client, send):
    unit = city.communities[0]
    reply = send(f"/desk/units/{unit.code}/found-body/", kind="volunteer_team", registration="none", **FACE)
    made = Body.objects.get(name_zh="桂花井助老队")
    assert (reply.status_code, reply["Location"]) == (303, f"/desk/bodies/{made.pk}/")
    assert (made.unit, made.works, made.changes.get().actor) == (unit, ["aged_care"], worker.label)
    assert "桂花井助老队" in client.get("/desk/bodies/?q=助老").content.decode()


def test_a_wrong_code_is_told_on_the_form_and_what_was_typed_stays(city, worker, send):
    page = send(
        f"/desk/units/{city.communities[0].code}/found-body/", kind="social_organisation", registration="registered",
        uscc="91110000600037341M", **FACE,
    )  # fmt: skip
    assert page.status_code == 422
    assert "校验位" in page.content.decode()
    assert "91110000600037341M" in page.content.decode()
    assert not Body.objects.filter(name_zh="桂花井助老队").exists()


def test_a_form_sent_twice_records_one_body(city, worker, client):
    fields = make.form(worker, kind="volunteer_team", registration="none", **FACE)
    path = f"/desk/units/{city.communities[0].code}/found-body/"
    first, again = client.post(path, fields), client.post(path, fields)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first["Location"] == again["Location"]
    assert client.post(path, {**fields, "name_zh": "别的"}).status_code == 409
    assert Body.objects.filter(name_zh="桂花井助老队").count() == 1


def test_the_card_offers_what_may_be_done_and_nothing_to_others(city, worker, client, as_official):
    card = f"/desk/bodies/{city.acting.committee.pk}/"
    offered = [path.split("/")[-2] for path, _words in client.get(card).context["steps"]]
    assert offered == ["change", "posts", "duties", "members", "pair", "liaison", "figures", "activities", "dissolve"]
    other = f"/desk/bodies/{city.acting.organisation.pk}/"
    assert {"register", "entries"} <= {path.split("/")[-2] for path, _w in client.get(other).context["steps"]}
    client.logout()
    as_official("community_worker", city.communities[1])
    page = client.get(card)
    assert [path.split("/")[-2] for path, _w in page.context["steps"]] == ["pair", "liaison"]
    assert "/holdings/" not in page.content.decode()
    assert list(client.get("/desk/bodies/").context["page"]) == []


def test_a_change_begins_with_what_is_there(city, worker, client, send):
    committee = city.acting.committee
    form = client.get(url(committee, "change")).context["form"]
    assert form["name_zh"].value() == committee.name_zh
    sent = {**form.initial, "telephone": "000-0000009", **PAPER, "parent": ""}
    assert send(url(committee, "change"), **sent).status_code == 303
    committee.refresh_from_db()
    assert (committee.telephone, committee.changes.count()) == ("000-0000009", 2)
    assert send(url(committee, "change"), **{**sent, "telephone": "000-0000009"}).status_code == 422


@pytest.mark.requirement("R171", "R175")
def test_civil_affairs_registers_a_social_organisation_and_records_its_inspection(city, as_official, send):
    as_official("civil_affairs", city.district)
    facts = {"kind": "social_organisation", "registration": "registered", "uscc": code(), **FACE}
    made = send(f"/desk/units/{city.street.code}/found-body/", **facts)
    assert made.status_code == 303
    body = Body.objects.get(name_zh=FACE["name_zh"])
    seen = {"kind": "inspection", "happened_on": "2026-03-02", "text_zh": "抽查合格", "source": "抽查通报"}
    assert send(url(body, "entries"), **seen).status_code == 303
    assert body.entries.get().kind == "inspection"


@pytest.mark.requirement("R175", "R185")
def test_a_group_is_filed_registered_and_cancelled(city, worker, send):
    group = city.acting.organisation
    assert send(url(group, "register"), move="file", **PAPER).status_code == 422
    assert send(url(group, "register"), move="register", uscc=code(), **PAPER).status_code == 303
    assert send(url(group, "register"), move="cancel", **PAPER).status_code == 422
    assert send(url(group, "register"), move="cancel", note="会员决定", **PAPER).status_code == 303
    group.refresh_from_db()
    assert (group.registration, group.uscc) == ("none", "")


def test_a_post_is_established_filled_changed_and_closed(city, worker, client, send):
    committee = city.acting.committee
    facts = {"name_zh": "委员", "filled_by": "election", "seats": "2", "is_published": "on", **PAPER}
    assert send(url(committee, "posts"), **facts).status_code == 303
    post = Post.objects.get(name_zh="委员")
    for name in ("甲某", "乙某"):
        assert send(url(post, "fill"), name=name, **PAPER).status_code == 303
    full = send(url(post, "fill"), name="丙某", **PAPER)
    assert full.status_code == 422
    assert "职数已满" in full.content.decode()
    change = {"seats": "3", "duty_zh": "分管环境", "effective_on": "2026-03-02"}
    assert send(url(post, "change"), **change).status_code == 303
    post.refresh_from_db()
    assert (post.seats, post.duty_zh, post.is_published) == (3, "分管环境", False)
    assert "不公开" in client.get(f"/desk/bodies/{committee.pk}/").content.decode()
    assert send(url(post, "close"), effective_on="2026-04-01").status_code == 303
    assert {str(h.during.upper) for h in OfficeHolding.objects.filter(post=post)} == {"2026-04-01"}


@pytest.mark.requirement("R002")
def test_a_chair_is_filled_by_virtue_of_the_leading_post_of_another_body(city, as_official, send):
    as_official("city_admin", city.city)
    chair = Post.objects.get(name_zh="主任", body__kind="coordinating")
    assert send(url(OfficeHolding.objects.get(post=chair), "end"), effective_on="2026-03-01").status_code == 303
    both = send(url(chair, "fill"), name="甲某", by_body=city.acting.committee.name_zh, **PAPER)
    assert both.status_code == 422
    assert send(url(chair, "fill"), by_body=city.acting.committee.name_zh, **PAPER).status_code == 303
    held = OfficeHolding.objects.filter(post=chair).latest("pk")
    assert (held.by_post, held.name, held.how) == (city.acting.post, "", "ex_officio")
    no_head = send(url(chair, "fill"), by_body="桂花井合唱队", **PAPER)
    assert "主要负责人" in no_head.content.decode()


@pytest.mark.requirement("R011")
def test_a_part_time_member_comes_from_a_resident_unit_for_a_term(city, worker, client, send):
    school = make.bodies.body(city.communities[0], "resident_unit", name_zh="桂花井小学")
    party = Body.objects.get(unit=city.communities[0], kind="party_organisation")
    post = make.bodies.post(party, name_zh="兼职委员", seats=3, duty_zh="联系驻区单位")
    facts = {"name": "甲某", "sent_by": school.name_zh, "until": "2029-03-01", **PAPER}
    assert send(url(post, "fill"), **facts).status_code == 303
    for page in (f"/bodies/{party.pk}/", f"/desk/bodies/{party.pk}/"):
        shown = client.get(page).content.decode()
        assert "来自桂花井小学" in shown
        assert "2029年2月28日" in shown
    assert "联系驻区单位" in client.get(f"/bodies/{party.pk}/").content.decode()


def test_a_holding_ends_and_a_name_is_put_right(city, worker, send):
    holding = city.acting.holding
    assert send(url(holding, "correct"), name="丁氏某").status_code == 303
    assert send(url(holding, "end"), effective_on="2026-03-01").status_code == 303
    holding.refresh_from_db()
    assert (holding.name, str(holding.during.upper)) == ("丁氏某", "2026-03-01")
    assert send(url(holding, "end"), effective_on="2026-03-01").status_code == 422


@pytest.mark.requirement("R003", "R007")
def test_a_duty_is_published_and_withdrawn(city, worker, client, send):
    committee, post = city.acting.committee, city.acting.post
    facts = {"kind": "service", "post": str(post.pk), "text_zh": "开具居住证明", "instrument": "三定方案"}
    assert send(url(committee, "duties"), effective_on="2026-03-01", **facts).status_code == 303
    duty = Duty.objects.get(text_zh="开具居住证明")
    assert "开具居住证明" in client.get(f"/bodies/{committee.pk}/").content.decode()
    assert send(url(duty, "withdraw"), effective_on="2026-03-02").status_code == 303
    assert "开具居住证明" not in client.get(f"/bodies/{committee.pk}/").content.decode()
    assert send(url(committee, "duties"), **facts, basis="第三条", effective_on="2026-03-01").status_code == 422


@pytest.mark.requirement("R015")
def test_a_pairing_is_agreed_delivered_and_ended(city, worker, send):
    school = make.bodies.body(city.street, "resident_unit", name_zh="文昌中学")
    agreed = {"unit": city.communities[0].code, "agreed_zh": "周末开放操场"}
    assert send(url(school, "pair"), **agreed, **PAPER).status_code == 303
    pairing = Pairing.objects.get(body=school)
    delivered = {"delivered_on": "2026-03-08", "what_zh": "开放操场"}
    assert send(url(pairing, "deliveries"), **delivered).status_code == 303
    assert Delivery.objects.get(pairing=pairing).what_zh == "开放操场"
    assert send(url(pairing, "end"), effective_on="2026-03-09").status_code == 303
    assert send(url(pairing, "deliveries"), **{**delivered, "delivered_on": "2026-03-10"}).status_code == 422
    elsewhere = {**agreed, "unit": city.communities[1].code}
    assert send(url(school, "pair"), **elsewhere, **PAPER).status_code == 403


@pytest.mark.requirement("R013", "R184")
def test_a_member_is_admitted_and_leaves(city, worker, send):
    committee = city.acting.committee
    facts = {"member": "桂花井社区党组织", "role": "guide", **PAPER}
    assert send(url(committee, "members"), **facts).status_code == 303
    row = MembershipOfBody.objects.get(whole=committee, role="guide")
    assert send(url(row, "end"), effective_on="2026-04-01").status_code == 303
    assert send(url(committee, "members"), **{**facts, "member": "无此机构"}).status_code == 422


@pytest.mark.requirement("R175", "R206")
def test_figures_entries_and_activities_are_added(city, worker, send):
    group = city.acting.organisation
    figure = {"measure": "budget_fen", "year": "2025", "number": "1234.56", "source": "预算"}
    assert send(url(group, "figures"), **figure).status_code == 303
    assert Figure.objects.latest("pk").number == 123_456
    assert send(url(group, "figures"), **{**figure, "measure": "staff"}).status_code == 422
    complaint = Entry.objects.get(kind="complaint")
    answer = {"kind": "answer", "happened_on": "2026-03-02", "text_zh": "改时间", "source": "文"}
    assert send(url(group, "entries"), **answer).status_code == 422
    done = send(url(group, "entries"), **answer, answers=str(complaint.pk))
    assert done.status_code == 303, done.context["form"].errors
    support = {**answer, "kind": "support", "amount": "99.50"}
    assert send(url(group, "entries"), **support).status_code == 303
    assert Entry.objects.latest("pk").amount_fen == 9_950
    activity = {"unit": city.communities[0].code, "held_on": "2026-03-05", "text_zh": "义演", "took_part": "80"}
    assert send(url(group, "activities"), **activity, partner=city.acting.committee.name_zh).status_code == 303
    assert Activity.objects.latest("pk").partner == city.acting.committee


def test_a_body_is_dissolved_with_its_document(city, worker, client, send):
    group = city.acting.organisation
    assert send(url(group, "dissolve"), effective_on="2026-03-01").status_code == 422
    assert send(url(group, "dissolve"), **{**PAPER, "effective_on": "2026-04-01"}).status_code == 303
    card = client.get(f"/desk/bodies/{group.pk}/")
    assert [path.split("/")[-2] for path, _w in card.context["steps"]] == ["figures"]
    assert "终止" in card.content.decode()


def test_a_body_under_another_is_named_on_the_refusal(city, worker, send):
    refused = send(url(city.acting.committee, "dissolve"), **PAPER)
    assert refused.status_code == 422
    assert "人民调解委员会" in refused.content.decode()


@pytest.mark.requirement("R024")
def test_bodies_whose_unit_has_ended_wait_for_the_street(city, as_official, client, send):
    as_official("street_officer", city.street)
    assert list(client.get("/desk/bodies/?left=on").context["page"]) == []
    assert "left=on" not in client.get("/desk/").content.decode()
    before, after = city.communities[:2]
    paper = {"effective_on": timezone.localdate(), "instrument": "里府〔2026〕9号"}
    units = Unit.objects.filter(parent=before, closed_on=None)
    for unit in units:
        territory.abolish_unit(unit.pk, **paper, **make.bodies.BY)
    territory.merge_units([before.pk], into=after.pk, **paper, **make.bodies.BY)
    assert "/desk/bodies/?left=on" in client.get("/desk/").content.decode()
    committee = city.acting.committee
    assert committee in client.get("/desk/bodies/?left=on").context["page"].rows
    card = client.get(f"/desk/bodies/{committee.pk}/").content.decode()
    assert "已撤销" in card
    assert after.name_zh in card
    sent = dict(client.get(url(committee, "change")).context["form"].initial)
    assert sent["unit"] == after.code
    sent |= {"effective_on": str(paper["effective_on"]), "instrument": "居委会设置的批复"}
    assert send(url(committee, "change"), **sent).status_code == 303
    committee.refresh_from_db()
    assert committee.unit == after


@pytest.mark.parametrize("what", ["change", "posts", "duties", "members", "figures", "activities", "dissolve"])
def test_nobody_of_the_next_community_opens_a_form_here(city, as_official, client, send, what):
    as_official("community_worker", city.communities[1])
    assert client.get(url(city.acting.committee, what)).status_code == 403
    assert send(url(city.acting.committee, what), **PAPER).status_code == 403


@pytest.mark.parametrize("number", [1, 6])
def test_the_list_costs_the_same_whatever_its_length(city, worker, client, number, django_assert_num_queries):
    for row in range(number):
        make.bodies.body(city.communities[0], "other", name_zh=f"甲{row}")
    client.get("/desk/bodies/")
    with django_assert_num_queries(4):
        assert client.get("/desk/bodies/").status_code == 200
