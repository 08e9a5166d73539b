"""Who took a step of a case isn't the one who looks at it; and nobody gives the verdict on their own work."""

from datetime import timedelta

import pytest

from liren.foundation.kernel.errors import Conflict, NotAllowed
from liren.service.cases import queries
from liren.service.cases.models import Case
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
