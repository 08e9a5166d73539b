"""Who took a step of a case isn't the one who looks at it; and nobody gives the verdict on their own work."""

from datetime import timedelta

import pytest

from liren.foundation.kernel.errors import Conflict, NotAllowed
from liren.service.cases import queries, services
from liren.service.cases.models import Case, Rating
from liren.service.cases.services.escalation import escalate_due
from tests.make import cases
from tests.make.moves import PAPER

pytestmark = pytest.mark.django_db


@pytest.fixture
def all_powers(scene):
    """Three who hold everything over the city: no right that they lack keeps them from a step."""
    return [cases.all_powers(scene.town.city) for _one in range(3)]


def offered(case, actor):
    case = Case.objects.select_related("unit").get(pk=case.pk)
    return {one.code for one in queries.open_moves(case, actor)}


@pytest.fixture
def request_type():
    return cases.real("request")


@pytest.mark.requirement("R068")
def test_who_said_that_it_is_nobodys_task_does_not_confirm_it(scene, request_type, all_powers):
    one, other, third = all_powers
    case = cases.reported(scene.town.community, by=scene.resident)
    cases.moved(case, "remit", by=one, note="不在职责范围内")
    assert "confirm_remit" not in offered(case, one)
    assert "return" in offered(case, one)
    with pytest.raises(NotAllowed) as caught:
        cases.moved(case, "confirm_remit", by=one, note="属实")
    assert "上一级" in caught.value.next_step
    assert "confirm_remit" in offered(case, other)
    assert cases.moved(case, "confirm_remit", by=other, note="请找铁路单位").state == "told_remit"


@pytest.mark.requirement("R068")
def test_whoever_is_told_that_it_is_nobodys_task_may_ask_for_a_review_by_somebody_else(scene, request_type, all_powers):
    one, other, third = all_powers
    case = cases.reported(scene.town.community, by=scene.resident)
    cases.moved(case, "remit", by=one, note="不在职责范围内")
    cases.moved(case, "confirm_remit", by=other, note="请找铁路单位")
    assert offered(case, scene.resident) == {"ask_review", "accept_remit"}
    late = cases.NOW + timedelta(days=15, seconds=1)
    with pytest.raises(Conflict):
        cases.moved(case, "ask_review", by=scene.resident, note="就在小区里", at=late)
    again = cases.moved(case, "ask_review", by=scene.resident, note="就在小区里")
    assert (again.state, again.rounds, again.phase) == ("remit_review", 2, "open")
    for held in (one, other):
        with pytest.raises(NotAllowed):
            cases.moved(case, "confirm_remit", by=held, note="维持")
    assert cases.moved(case, "confirm_remit", by=third, note="维持").state == "told_remit"


@pytest.mark.requirement("R068")
def test_without_a_word_it_ends_as_outside_the_remit_after_the_window(scene, request_type, all_powers):
    case = cases.reported(scene.town.community, by=scene.resident)
    cases.moved(case, "remit", by=all_powers[0], note="不在职责范围内")
    cases.moved(case, "confirm_remit", by=all_powers[1], note="请找铁路单位")
    escalate_due(cases.NOW + timedelta(days=15))
    assert Case.objects.get(pk=case.pk).state == "told_remit"
    escalate_due(cases.NOW + timedelta(days=16))
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("out_of_remit", "out_of_remit")


@pytest.mark.requirement("R077")
def test_who_found_it_on_a_round_is_not_the_one_who_says_that_it_was_put_right(scene, all_powers):
    cases.real("grid_finding")
    one, other, third = all_powers
    found = {"channel": "visit", "category": "manhole", "lon": 104.06, "lat": 30.66}
    case = cases.reported(scene.town.community, "grid_finding", by=one, **found)
    cases.moved(case, "fix_here", by=other, note="盖上了", values={"put_right": "mended"})
    for held in (one, other):
        assert "confirm" not in offered(case, held)
        with pytest.raises(NotAllowed):
            cases.moved(case, "confirm", by=held, files=[PAPER])
    assert cases.moved(case, "confirm", by=third, files=[PAPER]).state == "done"


def test_the_latest_time_counts_and_lists_ask_once_for_all(scene, request_type, all_powers, django_assert_num_queries):
    one, other, third = all_powers
    made = [cases.reported(scene.town.community, by=scene.resident) for _one in range(3)]
    for case in made:
        cases.moved(case, "remit", by=one, note="不在职责范围内")
    cases.moved(made[0], "return", by=other, note="再看看")
    cases.moved(made[0], "handle", by=other)
    cases.moved(made[0], "remit", by=other, note="确实不在")
    assert "confirm_remit" in offered(made[0], one)
    assert "confirm_remit" not in offered(made[0], other)
    for rows in (made[:1], made):
        found = list(Case.objects.filter(pk__in=[row.pk for row in rows]).select_related("unit").order_by("pk"))
        queries.open_moves(found[0], one)  # what is asked once per actor
        spec = request_type.spec
        with django_assert_num_queries(3):
            queries.look_up(found, one, [spec])
            got = [{move.code for move in queries.open_moves(row, one, spec)} for row in found]
        assert ["confirm_remit" in codes for codes in got] == [True, False, False][: len(found)]


# --- nobody gives the verdict on their own work

YES = {"solved": "yes", "satisfied": "yes"}


@pytest.fixture
def own(scene, request_type, all_powers):
    """What a worker reported for themselves, and somebody else handled and answered; how it was begun is for a test."""
    return cases.reported(scene.town.community, by=all_powers[0])


def answered(case, by):
    cases.moved(case, "handle", by=by)
    return cases.moved(case, "answer_here", by=by, note="已修好", values={"result": "fixed"})


@pytest.mark.requirement("R070", "R072")
def test_who_reported_and_answered_it_says_nothing_of_its_being_solved(own, all_powers):
    worker, other, _third = all_powers
    answered(own, worker)
    assert offered(own, worker) == {"reopen"}
    with pytest.raises(NotAllowed) as caught:
        cases.moved(own, "confirm", by=worker, values=YES)
    assert caught.value.next_step
    assert "confirm" in offered(own, other)
    cases.moved(own, "confirm", by=other, values=YES)
    assert Rating.objects.get(case=own).asked_by == other.label


@pytest.mark.requirement("R070", "R072")
def test_who_only_sent_their_own_report_on_is_held_back_as_well_and_a_reporter_who_did_nothing_is_not(
    own, scene, all_powers
):
    worker, other, _third = all_powers
    cases.moved(own, "dispatch", by=worker, body_id=scene.department.pk)
    cases.moved(own, "take", by=scene.clerk)
    cases.moved(own, "answer", by=scene.clerk, note="已修好", values={"result": "fixed"})
    assert "confirm" not in offered(own, worker)
    mine = cases.reported(scene.town.community, by=other)
    answered(mine, worker)
    assert "confirm" in offered(mine, other)
    cases.moved(mine, "confirm", by=other, values=YES)
    assert Rating.objects.get(case=mine).asked_by == ""  # their own word, and nobody called back


@pytest.mark.requirement("R070", "R072")
def test_a_receipt_shown_by_whoever_took_it_in_or_handled_it_gives_no_verdict(scene, request_type, all_powers):
    taker, handler, _third = all_powers
    facts = {"taken_by_desk": True, "channel": "counter", "contact": {"phone": "13800138000"}}
    case = cases.reported(scene.town.community, by=taker, **facts)
    answered(case, handler)
    for shown_by in (taker, handler):
        held = services.Holder(case.pk, shown_by=shown_by)
        assert "confirm" not in offered(case, held)
        with pytest.raises(NotAllowed):
            cases.moved(case, "confirm", by=held, values=YES)
    held = services.Holder(case.pk, shown_by=scene.neighbour)
    assert "confirm" in offered(case, held)
    assert cases.moved(case, "confirm", by=services.Holder(case.pk), values=YES).state == "solved"


def test_for_whoever_holds_no_office_it_costs_no_query(scene, request_type, all_powers, django_assert_num_queries):
    case = cases.reported(scene.town.community, by=scene.resident)
    answered(case, all_powers[0])
    case = Case.objects.select_related("unit").get(pk=case.pk)
    spec = request_type.spec
    queries.open_moves(case, scene.resident, spec)
    with django_assert_num_queries(1):  # the parts that they hold
        assert "confirm" in {one.code for one in queries.open_moves(case, scene.resident, spec)}
