"""Moving on: what the type allows, by whom, in which state, with what; and nothing else."""

from datetime import timedelta

import pytest

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases import queries, services
from liren.service.cases.models import Case, CaseEvent, CaseFile, CasePart, Dispute, Rating
from liren.service.cases.queries import NoCase
from liren.service.cases.services import BadReport, Outdated, Upload
from tests import make
from tests.make import cases

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def case(scene):
    return cases.reported(scene.town.community, by=scene.resident)


@pytest.fixture
def working(scene, case):
    cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    return cases.moved(case, "take", by=scene.clerk)


@pytest.fixture
def done(scene, working):
    return cases.moved(working, "answer", by=scene.clerk, note="已更换灯泡。", values={"done": "更换灯泡"})


def moves_of(case, actor):
    case = Case.objects.select_related("unit").get(pk=case.pk)
    return [one.code for one in queries.open_moves(case, actor)]


# --- the whole way


@pytest.mark.requirement("R070", "R072")
def test_a_case_is_sent_taken_answered_and_judged_by_the_resident(scene, case):
    assert moves_of(case, scene.worker) == ["dispatch"]
    assert moves_of(case, scene.resident) == ["withdraw"]
    cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    assert moves_of(case, scene.clerk) == ["take"]
    cases.moved(case, "take", by=scene.clerk)
    assert moves_of(case, scene.clerk) == ["answer", "prove"]
    cases.moved(case, "answer", by=scene.clerk, note="已更换。", values={"done": "更换灯泡"})
    assert moves_of(case, scene.resident) == ["confirm", "deny", "reopen"]
    assert moves_of(case, scene.worker) == ["confirm", "deny"]  # who did not handle it may call back
    assert moves_of(case, scene.clerk) == []
    end = cases.moved(case, "confirm", by=scene.resident, values={"solved": "yes", "satisfied": "no"}, note="来得太晚")
    end.refresh_from_db()
    assert (end.state, end.phase, end.outcome, end.closed_at) == ("solved", "closed", "solved", cases.NOW)
    assert (end.handler, end.due_at, end.escalate_at, end.values) == (scene.clerk, None, None, {"done": "更换灯泡"})
    assert (end.answered_at, end.first_answer_at, end.revision) == (cases.NOW, cases.NOW, 5)
    rating = Rating.objects.get()
    assert (rating.solved, rating.satisfied, rating.round, rating.voice, rating.asked_by) == (
        True, False, 1, "reporter", "",
    )  # fmt: skip
    story = [(one.kind, one.source, one.target, one.facts["as"]) for one in end.events.all()]
    assert story == [
        ("received", "", "received", "reporter"),
        ("dispatched", "received", "sent", "desk"),
        ("moved", "sent", "working", "body"),
        ("moved", "working", "answered", "body"),
        ("rated", "answered", "solved", "reporter"),
    ]
    assert AuditEntry.objects.filter(action="cases.moved", object_id=str(end.pk)).count() == 4
    assert all(one.kept for one in end.clocks.all())


def test_every_line_stands_in_the_audit_log_without_a_word_of_it(scene, done):
    facts = str(list(AuditEntry.objects.values_list("facts", flat=True)))
    assert "灯泡" not in facts
    entries = AuditEntry.objects.filter(object_type="cases.case", object_id=str(done.pk))
    assert CaseEvent.objects.filter(case=done).count() == entries.count()


# --- by whom


@pytest.mark.parametrize("who", ["neighbour", "other_clerk", "agent", "worker"])
def test_a_move_is_made_by_nobody_to_whom_the_type_does_not_give_it(scene, working, who):
    actor = getattr(scene, who)
    with pytest.raises(NotAllowed):
        cases.moved(working, "answer", by=actor, note="x", values={"done": "x"})
    with pytest.raises(NotAllowed):
        cases.moved(working, "answer", by=ANONYMOUS, note="x", values={"done": "x"})


def test_a_post_without_the_mandate_or_a_mandate_without_the_post_does_not_act_for_a_body(scene, working):
    from tests.make import bodies

    only_post = make.account()
    bodies.holding(bodies.post(scene.department, name_zh="顾问"), account_id=only_post.pk)
    only_mandate = make.official("department_clerk", scene.town.district)
    for actor in (only_post, only_mandate):
        assert moves_of(working, actor) == []


def test_the_clerk_of_the_body_that_had_it_before_has_it_no_more(scene, working):
    moved = cases.moved(working, "dispatch", by=scene.worker, body_id=scene.other.pk)
    assert (moved.body, moved.handler, moved.hops, moved.dispatched_at) == (scene.other, None, 1, cases.NOW)
    assert moves_of(moved, scene.clerk) == []
    assert moves_of(moved, scene.other_clerk) == ["take"]
    again = cases.moved(moved, "dispatch", by=scene.worker, body_id=scene.other.pk)
    assert again.hops == 1


def test_who_calls_back_did_not_handle_it(scene, done):
    street = make.official("street_officer", scene.town.street)
    assert moves_of(done, scene.agent) == ["confirm", "deny"]
    assert moves_of(done, street) == ["confirm", "deny", "reopen"]
    Case.objects.filter(pk=done.pk).update(handler=scene.agent)
    assert moves_of(done, scene.agent) == []
    ended = cases.moved(done, "deny", by=street, values={"solved": False})
    assert Rating.objects.get().asked_by == street.label
    assert ended.events.last().facts["as"] == "callback"


def test_who_answered_once_does_not_call_back_even_if_another_handles_it_now(scene, case):
    both = cases.clerk(scene.department, scene.town.district)
    make.mandate(both, "phone_agent", scene.town.city)
    both = type(both).objects.get(pk=both.pk)
    cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    cases.moved(case, "take", by=both)
    cases.moved(case, "answer", by=both, note="好", values={"done": "好"})
    Case.objects.filter(pk=case.pk).update(handler=None, body=scene.other)
    assert "confirm" not in moves_of(case, both)


def test_the_holder_of_the_receipt_judges_as_the_reporter(scene):
    taken = cases.taken(scene.town.community)
    case = cases.answered(taken.case, scene.department, scene.worker, scene.clerk)
    holder = services.holder(case.number, taken.receipt_key)
    ended = cases.moved(case, "confirm", by=holder, values={"satisfied": True})
    assert (ended.outcome, ended.events.last().actor) == ("solved", f"receipt:{case.pk}")
    other = services.holder(*(lambda t: (t.case.number, t.receipt_key))(cases.taken(scene.town.sibling_community)))
    with pytest.raises((NotAllowed, NoCase)):
        cases.moved(case, "confirm", by=other, values={"solved": True})


# --- in which state


def test_a_move_from_another_state_is_a_conflict_that_says_how_it_stands(scene, case):
    cases.moved(case, "withdraw", by=scene.resident)
    with pytest.raises(Outdated) as caught:
        cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    assert caught.value.status == 409
    assert caught.value.facts["state"] == "withdrawn"
    assert caught.value.facts["revision"] == 2
    assert "已撤回" in str(caught.value.message)


def test_an_unknown_move_and_an_unknown_case(scene, case):
    with pytest.raises(Outdated):
        cases.moved(case, "explode", by=scene.worker)
    for pk in (0, -1, 2**70, 999_999_999):
        with pytest.raises(NoCase):
            services.move(pk, "take", by=scene.worker, at=cases.NOW)


def test_who_has_seen_an_older_state_is_told_so(scene, case):
    services.add_note(case.pk, note="灯杆编号 32", by=scene.resident, at=cases.NOW)
    with pytest.raises(Outdated) as caught:
        cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk, seen=1)
    assert caught.value.facts["revision"] == 2
    assert cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk, seen=2).revision == 3


# --- with what


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"note": "", "values": {"done": "x"}}, "note"),
        ({"note": " \n ", "values": {"done": "x"}}, "note"),
        ({"note": "\x00", "values": {"done": "x"}}, "note"),
        ({"note": "x" * 10_000_000, "values": {"done": "x"}}, "note"),
        ({"note": "好", "values": {}}, "done"),
        ({"note": "好", "values": {"done": "x", "other": "y"}}, "other"),
        ({"note": "好", "values": {"done": "\ud800"}}, "done"),
        ({"note": "好", "values": {"done": "x"}, "files": [Upload("x.exe", b"MZ")]}, "files"),
    ],
)
def test_what_a_move_needs_is_asked_for_by_field(scene, working, facts, field):
    with pytest.raises(BadReport) as caught:
        cases.moved(working, "answer", by=scene.clerk, **facts)
    assert list(caught.value.by_field) == [field]
    assert Case.objects.get(pk=working.pk).state == "working"


@pytest.mark.requirement("R108")
def test_evidence_and_consent_are_needed_where_the_type_says_so(scene, working):
    shot = [Upload("后.jpg", cases.picture())]
    with pytest.raises(BadReport) as caught:
        cases.moved(working, "prove", by=scene.clerk)
    assert list(caught.value.by_field) == ["files"]
    with pytest.raises(Conflict, match="当事人"):
        cases.moved(working, "prove", by=scene.clerk, files=shot)
    part = services.add_part(working.pk, role="party", account_id=scene.neighbour.pk, by=scene.worker, at=cases.NOW)
    with pytest.raises(Conflict, match="当事人"):
        cases.moved(working, "prove", by=scene.clerk, files=shot)
    services.consent(part.pk, by=scene.neighbour, at=cases.NOW)
    assert cases.moved(working, "prove", by=scene.clerk, files=shot).state == "answered"
    assert CaseFile.objects.get().event.move == "prove"


def test_a_consent_taken_back_counts_no_more(scene, working):
    part = services.add_part(working.pk, role="party", account_id=scene.neighbour.pk, by=scene.worker, at=cases.NOW)
    services.consent(part.pk, by=scene.neighbour, at=cases.NOW)
    services.leave_part(part.pk, by=scene.neighbour, at=cases.NOW)
    with pytest.raises(Conflict):
        cases.moved(working, "prove", by=scene.clerk, files=[Upload("后.jpg", cases.picture())])


@pytest.mark.parametrize("body_id", [None, 0, -1, 2**70, 999_999_999])
def test_a_dispatch_names_a_body_that_exists(scene, case, body_id):
    with pytest.raises(BadInput):
        cases.moved(case, "dispatch", by=scene.worker, body_id=body_id)


@pytest.mark.requirement("R338")
def test_a_complaint_never_goes_to_the_body_it_is_about(scene):
    cases.sealed()
    officer = make.official("supervision_officer", scene.town.district)
    case = cases.reported(scene.town.community, "complaint", about_body_id=scene.other.pk)
    with pytest.raises(Conflict):
        cases.moved(case, "dispatch", by=officer, body_id=scene.other.pk)
    assert cases.moved(case, "dispatch", by=officer, body_id=scene.department.pk).body == scene.department


@pytest.mark.parametrize("values", [{}, {"solved": ""}, {"solved": None, "satisfied": " "}, {"solved": "maybe"}])
def test_a_verdict_says_something(scene, done, values):
    with pytest.raises(BadReport) as caught:
        cases.moved(done, "confirm", by=scene.resident, values=values)
    assert list(caught.value.by_field) == ["solved"]


def test_an_ending_of_another_kind_is_refused(scene, done):
    with pytest.raises(BadInput):
        cases.moved(done, "confirm", by=scene.resident, values={"solved": True}, outcome="refused")
    ended = cases.moved(done, "confirm", by=scene.resident, values={"solved": True}, outcome="solved")
    assert ended.outcome == "solved"


def test_joining_is_no_move_of_its_own(scene, case):
    with pytest.raises(BadInput, match="并入|joined"):
        cases.moved(case, "join", by=scene.worker)


# --- what follows


@pytest.mark.requirement("R072")
def test_a_case_is_reopened_within_the_window_and_not_after(scene, done):
    with pytest.raises(Conflict, match="重新|over"):
        cases.moved(done, "reopen", by=scene.resident, note="又坏了", at=cases.NOW + 7 * DAY + timedelta(seconds=1))
    again = cases.moved(done, "reopen", by=scene.resident, note="又坏了", at=cases.NOW + 7 * DAY)
    again.refresh_from_db()
    assert (again.state, again.rounds, again.answered_at, again.first_answer_at) == ("working", 2, None, cases.NOW)
    assert again.handler == scene.clerk


def test_each_round_has_its_own_word(scene, done):
    Rating.objects.create(case=done, round=1, voice="reporter", solved=False, at=cases.NOW)
    with pytest.raises(Conflict):
        cases.moved(done, "confirm", by=scene.resident, values={"solved": True})
    cases.moved(done, "reopen", by=scene.resident, note="又坏了")
    cases.moved(done, "answer", by=scene.clerk, note="再次更换", values={"done": "更换"})
    assert cases.moved(done, "confirm", by=scene.resident, values={"solved": True}).outcome == "solved"
    assert list(Rating.objects.values_list("round", "solved")) == [(1, False), (2, True)]


def test_a_note_never_moves_a_clock(scene, working):
    def clocks():
        return list(working.clocks.values()), Case.objects.values_list("due_at", "escalate_at", "level").get(
            pk=working.pk
        )

    before = clocks()
    for day, who in enumerate((scene.resident, scene.worker, scene.clerk), 1):
        services.add_note(working.pk, note="说明", told=True, by=who, at=cases.NOW + day * DAY)
    assert clocks() == before
    assert Case.objects.get(pk=working.pk).revision == working.revision + 3


def test_notes_are_written_by_those_whose_case_it_is(scene, done):
    for who in (scene.neighbour, scene.other_clerk, ANONYMOUS):
        with pytest.raises(NotAllowed):
            services.add_note(done.pk, note="路过", by=who, at=cases.NOW)
    for text in ("", "\x00", "\ud800", "长" * 5001, "x" * 10_000_000):
        with pytest.raises(BadReport):
            services.add_note(done.pk, note=text, by=scene.worker, at=cases.NOW)
    inner = services.add_note(done.pk, note="等配件", told=False, by=scene.clerk, at=cases.NOW)
    own = services.add_note(done.pk, note="谢谢", told=False, by=scene.resident, at=cases.NOW)
    assert (inner.told, own.told) == (False, True)
    cases.moved(done, "confirm", by=scene.resident, values={"solved": True})
    with pytest.raises(Conflict):
        services.add_note(done.pk, note="还有", by=scene.resident, at=cases.NOW)
    assert services.add_note(done.pk, note="归档", told=False, by=scene.worker, at=cases.NOW).pk


def test_a_case_is_not_closed_over_a_dispute_or_an_open_part(scene, working):
    child = cases.reported(scene.town.community)
    Case.objects.filter(pk=child.pk).update(parent=working)
    with pytest.raises(Conflict):
        cases.moved(working, "withdraw", by=scene.resident)
    Case.objects.filter(pk=child.pk).update(parent=None)
    Dispute.objects.create(
        case=working, body=scene.department, ground="三定方案", reason="不是我们的灯", opened_at=cases.NOW,
        opened_by=scene.clerk.label, due_at=cases.NOW + DAY,
    )  # fmt: skip
    Case.objects.filter(pk=working.pk).update(is_disputed=True)
    with pytest.raises(Conflict):
        cases.moved(working, "answer", by=scene.clerk, note="x", values={"done": "x"})
    ended = cases.moved(working, "withdraw", by=scene.resident)
    assert (ended.outcome, ended.is_disputed, Dispute.objects.get().state) == ("withdrawn", False, "withdrawn")


def test_a_running_case_keeps_its_version(scene, case):
    cases.declare(reopen_days=1, name={"zh": "新名", "en": "New"})
    case = cases.answered(case, scene.department, scene.worker, scene.clerk)
    assert cases.moved(case, "reopen", by=scene.resident, note="又坏了", at=cases.NOW + 6 * DAY).rounds == 2
    young = cases.answered(
        cases.reported(scene.town.community, by=scene.resident), scene.department, scene.worker, scene.clerk
    )
    with pytest.raises(Conflict):
        cases.moved(young, "reopen", by=scene.resident, note="又坏了", at=cases.NOW + 6 * DAY)


# --- parts


def test_parts_are_given_by_those_who_work_on_it_and_only_those_of_the_type(scene, working):
    give = {"by": scene.worker, "at": cases.NOW}
    helper = services.add_part(working.pk, role="helper", body_id=scene.other.pk, **give)
    assert (helper.body, helper.account) == (scene.other, None)
    for wrong in (
        {"role": "king"}, {"role": "helper"}, {"role": "helper", "body_id": 999_999}, {"role": "party"},
        {"role": "party", "account_id": 999_999_999}, {"role": "party", "alias": "\x00"},
    ):  # fmt: skip
        with pytest.raises(BadInput):
            services.add_part(working.pk, **wrong, **give)
    with pytest.raises(Conflict):
        services.add_part(working.pk, role="helper", body_id=scene.other.pk, **give)
    for who in (scene.resident, scene.neighbour, scene.agent):
        with pytest.raises(NotAllowed):
            services.add_part(working.pk, role="party", alias="甲方", by=who, at=cases.NOW)


def test_a_part_is_held_by_so_many_and_ends_by_a_date(scene, working):
    give = {"by": scene.worker, "at": cases.NOW}
    one, two = (services.add_part(working.pk, role="party", alias=name, **give) for name in ("甲方", "乙方"))
    with pytest.raises(Conflict):
        services.add_part(working.pk, role="party", alias="丙方", **give)
    services.leave_part(one.pk, **give)
    with pytest.raises(Conflict):
        services.leave_part(one.pk, **give)
    services.add_part(working.pk, role="party", alias="丙方", **give)
    services.consent(two.pk, **give)  # noted on paper by whoever works on it
    assert CasePart.objects.filter(left_at=None).count() == 2
    with pytest.raises(NoCase):
        services.consent(999_999_999, **give)


def test_nobody_agrees_for_another(scene, working):
    part = services.add_part(working.pk, role="party", account_id=scene.neighbour.pk, by=scene.worker, at=cases.NOW)
    for who in (scene.worker, scene.resident):
        with pytest.raises(NotAllowed):
            services.consent(part.pk, by=who, at=cases.NOW)
    with pytest.raises(NotAllowed):
        services.leave_part(part.pk, by=scene.resident, at=cases.NOW)


# --- corrections


def test_the_desk_sorts_anew_and_the_promise_stays(scene, working):
    due = working.due_at
    for wrong in ({"category": "none"}, {"severity": "mild"}):
        with pytest.raises(BadInput):
            services.correct(working.pk, by=scene.worker, at=cases.NOW, **wrong)
    with pytest.raises(NotAllowed):
        services.correct(working.pk, category="waste", by=scene.clerk, at=cases.NOW)
    fixed = services.correct(working.pk, category="waste", severity="critical", by=scene.worker, at=cases.NOW)
    assert (fixed.category, fixed.severity, fixed.due_at) == ("waste", "critical", due)
    assert fixed.events.last().facts["old"] == {"category": "", "severity": "normal"}
    assert services.correct(working.pk, category="waste", by=scene.worker, at=cases.NOW).revision == fixed.revision


def test_the_unit_is_put_right_before_the_dispatch_and_not_after(scene, case):
    other, street = scene.town.sibling_community, make.official("street_officer", scene.town.street)
    moved = services.correct_place(case.pk, unit_id=other.pk, address="梅园路 1 号", by=street, at=cases.NOW)
    assert (moved.unit, moved.address) == (other, "梅园路 1 号")
    with pytest.raises(BadInput):
        services.correct_place(case.pk, unit_id=999_999_999, by=street, at=cases.NOW)
    with pytest.raises(BadInput):
        services.correct_place(case.pk, lon=0, lat=0, by=street, at=cases.NOW)
    cases.moved(case, "dispatch", by=street, body_id=scene.department.pk)
    with pytest.raises(Conflict):
        services.correct_place(case.pk, unit_id=scene.town.community.pk, by=street, at=cases.NOW)
    with pytest.raises(Outdated):
        services.correct_place(case.pk, address="x", seen=1, by=street, at=cases.NOW)


def test_confidentiality_rises_and_never_falls(scene, case):
    with pytest.raises(NotAllowed):
        services.restrict(case.pk, reason="写了别人的电话", by=scene.resident, at=cases.NOW)
    with pytest.raises(BadInput):
        services.restrict(case.pk, reason=" ", by=scene.worker, at=cases.NOW)
    assert (
        services.restrict(case.pk, reason="写了别人的电话", by=scene.worker, at=cases.NOW).confidentiality == "limited"
    )
    assert services.restrict(case.pk, reason="再次", by=scene.worker, at=cases.NOW).revision == 2


def test_hidden_cases_are_hidden_and_shown_again(scene, case):
    facts = {"reason": "含有他人姓名", "by": scene.worker, "at": cases.NOW}
    assert services.hide(case.pk, **facts).is_hidden
    assert services.hide(case.pk, **facts).revision == 2
    assert not Case.objects.visible_to(scene.neighbour).exists()
    assert Case.objects.visible_to(scene.resident).exists()
    assert not services.hide(case.pk, hidden=False, **facts).is_hidden
    assert Case.objects.visible_to(scene.neighbour).exists()


# --- following


@pytest.mark.requirement("R070")
def test_neighbours_join_and_are_counted_not_named(scene, case):
    assert services.follow(case.pk, by=scene.neighbour, at=cases.NOW).followers == 1
    assert services.follow(case.pk, by=scene.neighbour, at=cases.NOW).followers == 1
    assert services.followers_of(case) == [scene.neighbour.pk]
    assert set(AuditEntry.objects.filter(action="cases.followed").values_list("actor", flat=True)) == {"anonymous"}
    assert [row.case for row in queries.followed_list(scene.neighbour).rows] == [case]
    assert services.unfollow(case.pk, by=scene.neighbour, at=cases.NOW).followers == 0
    assert services.unfollow(case.pk, by=scene.neighbour, at=cases.NOW).followers == 0
    with pytest.raises(NotAllowed):
        services.follow(case.pk, by=ANONYMOUS, at=cases.NOW)
    with pytest.raises(Conflict):
        services.follow(case.pk, by=scene.resident, at=cases.NOW)
    cases.moved(case, "withdraw", by=scene.resident)
    with pytest.raises(Conflict):
        services.follow(case.pk, by=scene.neighbour, at=cases.NOW)
