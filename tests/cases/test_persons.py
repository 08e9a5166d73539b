"""Persons on a case: who has to hold a part, who is served, who agrees, who reads, and until when somebody acts."""

from datetime import timedelta

import pytest

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.service.cases import queries, services
from liren.service.cases.models import Case
from tests.make import cases
from tests.make.moves import PAPER

pytestmark = pytest.mark.django_db
AT = {"at": cases.NOW}


def offered(case, actor):
    case = Case.objects.select_related("unit").get(pk=case.pk)
    return {one.code for one in queries.open_moves(case, actor)}


def seen_by(case, actor):
    return Case.objects.visible_to(actor).filter(pk=case.pk).exists()


def read_by(case, actor):
    """The answers, and the words of the story, as the actor reads them."""
    case = Case.objects.select_related("unit").get(pk=case.pk)
    told = {one.field.code for one in queries.reading(case, actor).values}
    return told, " ".join(one.note for one in queries.timeline(case, actor))


# --- a party is served


@pytest.fixture
def enforcement(scene):
    """A case of several authorities, proposed by one; three look over it, none of whom proposed."""
    cases.real("joint_enforcement")
    case = cases.reported(
        scene.town.street, "joint_enforcement", by=cases.all_powers(scene.town.city), channel="meeting", category="road"
    )
    return case, [cases.all_powers(scene.town.city) for _one in range(3)]


@pytest.mark.requirement("R080")
def test_enforcement_is_played_with_a_resident_as_party_and_each_step_waits_for_the_one_before(scene, enforcement):
    case, (first, second, third) = enforcement
    party = scene.neighbour
    cases.moved(case, "approve", by=first, values={"legal_basis": "城市管理条例第十条"})
    notice = {"files": [PAPER], "values": {"served_on": "2026-06-01", "right_told": "hearing"}}
    with pytest.raises(Conflict) as caught:  # nobody is told of anything, so that nothing was served
        cases.moved(case, "notify", by=first, **notice)
    assert "当事人" in str(caught.value)
    assert not seen_by(case, party)
    services.add_part(case.pk, role="party", account_id=party.pk, by=first, **AT)
    assert seen_by(case, party)
    cases.moved(case, "notify", by=first, **notice)
    assert offered(case, party) == {"object"}
    with pytest.raises(queries.NoCase):
        cases.moved(case, "object", by=scene.resident, note="与我无关")
    cases.moved(case, "object", by=party, note="摊位有许可")
    with pytest.raises(NotAllowed):  # who began it does not hear it
        cases.moved(case, "close_hearing", by=first, note="听证结束", files=[PAPER])
    cases.moved(case, "close_hearing", by=second, note="听证结束", files=[PAPER])
    reasons = {
        "note": "见决定书",
        "files": [PAPER],
        "values": {"decision": "限期改正，理由如下", "remedy": "60日内可申请复核"},
    }
    for before in (first, second):
        assert "decide" not in offered(case, before)
        with pytest.raises(NotAllowed):
            cases.moved(case, "decide", by=before, **reasons)
    cases.moved(case, "decide", by=third, **reasons)
    assert offered(case, party) == {"ask_review"}
    assert read_by(case, party)[0] >= {"legal_basis", "decision", "remedy"}
    cases.moved(case, "ask_review", by=party, note="许可还在有效期")
    result = {"note": "维持", "values": {"review_result": "维持原决定"}}
    with pytest.raises(NotAllowed):
        cases.moved(case, "uphold", by=third, **result)
    assert cases.moved(case, "uphold", by=first, **result).state == "final"


@pytest.mark.requirement("R080")
def test_a_party_without_an_account_asks_for_a_review_on_paper(scene, enforcement):
    case, (first, second, third) = enforcement
    cases.moved(case, "approve", by=first, values={"legal_basis": "城市管理条例第十条"})
    services.add_part(case.pk, role="party", alias="东街摊主", by=first, **AT)
    notice = {"files": [PAPER], "values": {"served_on": "2026-06-01", "right_told": "hearing"}}
    cases.moved(case, "notify", by=first, **notice)
    cases.moved(case, "heard_by_word", by=first, note="当面说了", values={"party_says": "有许可"})
    cases.moved(case, "close_hearing", by=second, note="听取完毕", files=[PAPER])
    reasons = {"decision": "限期改正", "remedy": "60日内可申请复核"}
    cases.moved(case, "decide", by=third, note="见决定书", files=[PAPER], values=reasons)
    asked = cases.moved(case, "review_on_paper", by=first, note="收到申请书", files=[PAPER])
    assert (asked.state, asked.rounds) == ("reviewing", 2)


def test_only_whom_a_part_is_for_is_served_and_no_stranger_gets_a_colleagues_part(scene):
    cases.declare(
        "watched",
        confidentiality="limited",
        joinable=False,
        fields=[{**one, "public": False} for one in cases.REQUEST["fields"]],
        **{key: [one for one in cases.REQUEST[key] if one["code"] not in cases.JOINING] for key in ("states", "moves")},
        parts=[
            {"code": code, "name": {"zh": code, "en": code}, "kind": "account", "served": served}
            for code, served in (("told", True), ("helper", False))
        ],
    )
    case = cases.reported(scene.town.community, "watched", by=scene.resident)
    facts = {"account_id": scene.neighbour.pk, "by": scene.worker, **AT}
    with pytest.raises(BadInput):
        services.add_part(case.pk, role="helper", **facts)
    assert services.add_part(case.pk, role="told", **facts).account_id == scene.neighbour.pk


# --- who agrees, and who reads what was agreed

PLAN = {"goals": "找到稳定的工作", "steps": "先报培训班"}


@pytest.fixture
def plan(scene):
    """A plan that a neighbour asked for, for somebody else; a worker and the person are on it."""
    cases.real("support_plan")
    worker, person = cases.all_powers(scene.town.community), scene.neighbour
    case = cases.reported(
        scene.town.community, "support_plan", by=scene.resident, category="work", values={"for_whom": "somebody_else"}
    )
    for role, account in (("worker", worker), ("client", person)):
        services.add_part(case.pk, role=role, account_id=account.pk, by=worker, **AT)
    cases.moved(case, "assign", by=worker)
    return case, worker, person


@pytest.mark.requirement("R097")
def test_who_refers_somebody_neither_agrees_for_them_nor_ends_it_nor_reads_their_goals(scene, plan):
    case, worker, person = plan
    referrer = scene.resident
    assert offered(case, referrer) == set()
    for move in ("consent", "decline"):
        with pytest.raises(NotAllowed):
            cases.moved(case, move, by=referrer)
    assert offered(case, person) == {"consent", "decline"}
    cases.moved(case, "consent", by=person)
    assert case.parts.get(role="client").consented_at == cases.NOW
    cases.moved(case, "plan", by=worker, values=PLAN)
    cases.moved(case, "review", by=worker, note="第一次谈话记下的话")
    services.add_note(case.pk, note="再补充一句", by=referrer, **AT)
    for reader in (person, worker):
        told, story = read_by(case, reader)
        assert told >= set(PLAN)
        assert "第一次谈话" in story
    told, story = read_by(case, referrer)
    assert told == {"for_whom"}
    assert story.strip() == "再补充一句"
    with pytest.raises(NotAllowed):
        cases.moved(case, "end", by=referrer)
    assert cases.moved(case, "end", by=person).state == "ended"


@pytest.mark.requirement("R097")
def test_who_asks_for_themselves_is_the_person_on_it_from_the_beginning(scene):
    cases.real("support_plan")
    worker = cases.all_powers(scene.town.community)
    facts = {"category": "work", "values": {"for_whom": "myself"}}
    case = cases.reported(scene.town.community, "support_plan", by=scene.resident, **facts)
    (part,) = case.parts.all()
    assert (part.role, part.account_id, part.consented_at) == ("client", scene.resident.pk, cases.NOW)
    services.add_part(case.pk, role="worker", account_id=worker.pk, by=worker, **AT)
    cases.moved(case, "assign", by=worker)
    cases.moved(case, "consent", by=scene.resident)
    cases.moved(case, "plan", by=worker, values=PLAN)
    assert read_by(case, scene.resident)[0] >= set(PLAN)
    assert "end" in offered(case, scene.resident)


@pytest.mark.requirement("R084")
def test_an_agreement_with_one_party_alone_is_none(scene):
    cases.real("mediation")
    mediator = cases.all_powers(scene.town.community)
    facts = {"category": "neighbours", "values": {"stands": "party"}}
    case = cases.reported(scene.town.community, "mediation", by=scene.resident, **facts)
    services.add_part(case.pk, role="mediator", account_id=mediator.pk, by=mediator, **AT)
    cases.moved(case, "accept", by=mediator)
    slot = {"mode": "in_person", "slot": "2026-07-01 14:30"}
    with pytest.raises(Conflict) as caught:
        cases.moved(case, "book", by=mediator, values=slot)
    assert "2" in caught.value.next_step
    services.add_part(case.pk, role="party", account_id=scene.neighbour.pk, by=mediator, **AT)
    with pytest.raises(Conflict):  # who has not agreed yet
        cases.moved(case, "book", by=mediator, values=slot)
    cases.moved(case, "agree_to_talk", by=scene.neighbour)
    assert cases.moved(case, "book", by=mediator, values=slot).state == "booked"


# --- a mandate has an end


@pytest.fixture
def mandate(scene):
    """Somebody asks for an agent; the desk names one, and the mandate waits to be given."""
    cases.real("agent_service")
    desk, agent = (cases.all_powers(scene.town.community) for _one in range(2))
    facts = {"category": "benefits", "values": {"for_whom": "myself"}}
    case = cases.reported(scene.town.community, "agent_service", by=scene.resident, **facts)
    services.leave_part(case.parts.get(role="principal").pk, by=desk, **AT)
    with pytest.raises(Conflict):  # whose mandate it would be is on the case no more
        cases.moved(case, "assign", by=desk)
    services.add_part(case.pk, role="principal", account_id=scene.resident.pk, by=desk, **AT)
    services.add_part(case.pk, role="agent", account_id=agent.pk, by=desk, **AT)
    cases.moved(case, "assign", by=desk)
    return case, desk, agent


def given(until):
    return {"scope": "代交申请表", "until": until}


@pytest.mark.requirement("R041")
@pytest.mark.parametrize("way", ["give", "given_on_paper"])
def test_a_mandate_says_what_for_and_until_when_in_whichever_way_it_is_given(scene, mandate, way):
    case, desk, _agent = mandate
    by, more = (scene.resident, {}) if way == "give" else (desk, {"files": [PAPER]})
    if way == "given_on_paper":
        services.consent(case.parts.get(role="principal", left_at=None).pk, by=scene.resident, **AT)
    for values, field in (
        ({"until": "2026-06-30"}, "scope"),
        ({"scope": "代交"}, "until"),
        (given("2026-05-31"), "until"),
    ):
        with pytest.raises(services.BadReport) as caught:
            cases.moved(case, way, by=by, values=values, **more)
        assert list(caught.value.by_field) == [field]
    assert cases.moved(case, way, by=by, values=given("2026-06-01"), **more).state == "in_work"


@pytest.mark.requirement("R041")
def test_from_the_day_after_the_agent_acts_no_more_and_the_desk_gives_the_papers_back(scene, mandate):
    case, desk, agent = mandate
    cases.moved(case, "give", by=scene.resident, values=given("2026-06-10"))
    facts = {"by": agent, "note": "已递交"}
    on_the_day, after = cases.NOW + timedelta(days=9), cases.NOW + timedelta(days=10)
    row = Case.objects.select_related("unit").get(pk=case.pk)
    assert "part:agent" in queries.acts_as(row, agent, on=on_the_day.date())
    assert "part:agent" not in queries.acts_as(row, agent, on=after.date())
    with pytest.raises(NotAllowed):
        services.move(case.pk, "done", at=after, **facts)
    assert "revoke" in offered(case, scene.resident)  # at any time
    back = {"note": "材料已退", "values": {"returned": "申请表一份"}}
    assert services.move(case.pk, "handed_back", by=desk, at=after, **back).state == "answered"


@pytest.mark.requirement("R041")
def test_in_time_the_agent_acts_on_this_case_alone_and_the_principal_takes_the_mandate_back(scene, mandate):
    case, desk, agent = mandate
    helper = scene.neighbour  # who holds no office: nothing but the part opens anything
    services.leave_part(case.parts.get(role="agent").pk, by=desk, **AT)
    case.parts.create(role="agent", account_id=helper.pk, joined_at=cases.NOW)
    cases.moved(case, "give", by=scene.resident, values=given("2099-06-10"))
    other = cases.reported(
        scene.town.community, "agent_service", by=scene.resident, category="benefits",
        values={"for_whom": "myself"},
    )  # fmt: skip
    assert (seen_by(case, helper), seen_by(other, helper)) == (True, False)
    assert offered(case, helper) == {"done"}
    cases.moved(case, "done", by=helper, note="已递交")
    assert cases.moved(case, "revoke", by=scene.resident).state == "revoked"
    assert offered(case, helper) == set()


# --- a room to meet in, and a word on whether it was kept


@pytest.fixture
def talking(scene):
    """Two parties who agreed to talk, and a mediator."""
    cases.real("mediation")
    mediator = cases.all_powers(scene.town.community)
    facts = {"category": "neighbours", "values": {"stands": "party"}}
    case = cases.reported(scene.town.community, "mediation", by=scene.resident, **facts)
    services.add_part(case.pk, role="mediator", account_id=mediator.pk, by=mediator, **AT)
    services.add_part(case.pk, role="party", account_id=scene.neighbour.pk, by=mediator, **AT)
    cases.moved(case, "accept", by=mediator)
    cases.moved(case, "agree_to_talk", by=scene.neighbour)
    return case, mediator


@pytest.mark.requirement("R085")
@pytest.mark.parametrize("room", ["", "三号楼", "http://room.example/1", "https://", "javascript:alert(1)"])
def test_a_call_by_video_has_a_room_by_https(talking, room):
    case, mediator = talking
    values = {"mode": "video", "slot": "2026-07-01 14:30", "room": room}
    with pytest.raises(services.BadReport) as caught:
        cases.moved(case, "book", by=mediator, values=values)
    assert list(caught.value.by_field) == ["room"]
    cases.moved(case, "book", by=mediator, values={**values, "room": "https://room.example/a?b=1"})


@pytest.mark.requirement("R085")
def test_a_slot_that_is_past_is_refused_and_in_person_needs_no_room(talking):
    case, mediator = talking
    with pytest.raises(services.BadReport) as caught:
        cases.moved(case, "book", by=mediator, values={"mode": "in_person", "slot": "2026-06-01 08:59"})
    assert list(caught.value.by_field) == ["slot"]
    cases.moved(case, "book", by=mediator, values={"mode": "in_person", "slot": "2026-06-01 09:00"})


@pytest.mark.requirement("R084")
def test_a_party_says_whether_it_is_kept_and_leaves_it_without_the_mediator(scene, talking):
    case, mediator = talking
    cases.moved(case, "book", by=mediator, values={"mode": "in_person", "slot": "2026-06-01 09:00"})
    cases.moved(case, "begin", by=mediator)
    cases.moved(case, "agree", by=mediator, values={"agreement": "各修一半"})
    assert offered(case, scene.neighbour) == {"say_kept", "not_kept", "court"}
    assert cases.moved(case, "say_kept", by=scene.neighbour, note="修了一半").state == "agreed"
    ended = cases.moved(case, "not_kept", by=scene.resident, note="没有修")
    assert (ended.state, ended.outcome) == ("not_kept", "unsolved")
