"""At the same moment, with real commits: one moves, the other hears how it stands now; nothing is done twice."""

import uuid

import pytest

from liren.foundation.kernel.covering import Area
from liren.foundation.kernel.errors import Conflict
from liren.foundation.territory.models import Unit
from liren.service.cases import services
from liren.service.cases.models import Case, CaseClock, CaseEvent, CaseFollower, CasePart, Rating
from liren.service.cases.services import Outdated, Taken
from liren.service.cases.services.joint import join
from tests.cases.conftest import build
from tests.make import account, cases
from tests.make.kernel import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def scene(db):
    return build()


def kinds(results):
    return sorted(type(one).__name__ for one in results)


@pytest.mark.requirement("R070")
def test_of_two_who_move_one_case_one_does_and_the_other_hears_how_it_stands(scene):
    case = cases.reported(scene.town.community, by=scene.resident)
    acts = [
        lambda: cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk, seen=1),
        lambda: cases.moved(case, "withdraw", by=scene.resident, seen=1),
    ]
    results = at_once(2, lambda n: acts[n]())
    assert kinds(results) == ["Case", "Outdated"]
    refused = next(one for one in results if isinstance(one, Outdated))
    now = Case.objects.get(pk=case.pk)
    assert (refused.status, refused.facts["state"], refused.facts["revision"]) == (409, now.state, 2)
    assert CaseEvent.objects.filter(case=case).count() == 2


def test_a_case_is_taken_by_one_of_many(scene):
    case = cases.reported(scene.town.community)
    cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    clerks = [scene.clerk, *(cases.clerk(scene.department, scene.town.district) for _ in range(3))]
    results = at_once(4, lambda n: cases.moved(case, "take", by=clerks[n]))
    assert kinds(results) == ["Case", "Outdated", "Outdated", "Outdated"]
    assert CaseEvent.objects.filter(case=case, move="take").count() == 1
    assert Case.objects.get(pk=case.pk).handler_id in {one.pk for one in clerks}


def test_a_draft_sent_five_times_at_once_is_one_case(scene):
    key, unit = uuid.uuid4(), Unit.objects.get(pk=scene.town.community.pk)
    results = at_once(5, lambda n: cases.taken(unit, client_key=key, text="路灯不亮了"))
    assert kinds(results) == ["Taken"] * 5
    assert len({one.case.pk for one in results}) == 1
    assert sum(one.repeated for one in results) == 4
    assert (Case.objects.count(), CaseEvent.objects.count(), CaseClock.objects.count()) == (1, 1, 1)


def test_other_content_under_one_key_is_one_case_and_conflicts(scene):
    key, unit = uuid.uuid4(), scene.town.community
    results = at_once(4, lambda n: cases.taken(unit, client_key=key, text=f"第{n}种说法"))
    assert kinds(results) == ["Conflict", "Conflict", "Conflict", "Taken"]
    assert Case.objects.count() == 1


def test_the_word_on_a_round_is_given_once(scene):
    case = cases.answered(
        cases.reported(scene.town.community, by=scene.resident), scene.department, scene.worker, scene.clerk
    )
    acts = [
        lambda: cases.moved(case, "confirm", by=scene.resident, values={"solved": True}),
        lambda: cases.moved(case, "deny", by=scene.agent, values={"solved": False}),
    ]
    results = at_once(2, lambda n: acts[n]())
    assert kinds(results) == ["Case", "Outdated"]
    assert Rating.objects.count() == 1


def test_followers_and_parts_are_counted_right(scene):
    case = cases.reported(scene.town.community)
    neighbours = [account() for _ in range(5)]
    results = at_once(5, lambda n: services.follow(case.pk, by=neighbours[n], at=cases.NOW))
    assert kinds(results) == ["Case"] * 5
    assert Case.objects.get(pk=case.pk).followers == CaseFollower.objects.count() == 5
    give = {"by": scene.worker, "at": cases.NOW}
    results = at_once(4, lambda n: services.add_part(case.pk, role="party", alias=f"当事人{n}", **give))
    assert kinds(results) == ["CasePart", "CasePart", "Conflict", "Conflict"]
    assert CasePart.objects.count() == 2
    assert [one for one in results if isinstance(one, Exception) and not isinstance(one, Conflict)] == []


def test_what_was_acknowledged_is_there_and_a_failure_leaves_nothing(scene, monkeypatch):
    from liren.service.cases.services import intake

    def fails(*args, **facts):
        raise RuntimeError("the power went out")

    monkeypatch.setattr(intake, "keep_contact", fails)
    with pytest.raises(RuntimeError):
        cases.taken(scene.town.community, contact={"phone": "13800138000"})
    assert (Case.objects.count(), CaseEvent.objects.count(), CaseClock.objects.count()) == (0, 0, 0)
    monkeypatch.undo()
    assert isinstance(cases.taken(scene.town.community), Taken)


def test_two_who_join_each_others_cases_do_not_block_each_other(scene):
    one, other = cases.reported(scene.town.community), cases.reported(scene.town.community)
    pairs = [(one.pk, other.pk), (other.pk, one.pk)]
    found = at_once(2, lambda n: join(pairs[n][0], into_id=pairs[n][1], by=scene.worker, at=cases.NOW))
    assert sorted(type(result).__name__ for result in found) == ["Case", "Conflict"]
    assert Case.objects.filter(outcome="joined").count() == 1


@pytest.mark.requirement("R078")
def test_of_two_who_release_a_picture_with_different_answers_one_does(scene):
    shot = services.Upload("a.jpg", cases.picture())
    file = cases.reported(scene.town.community, by=scene.resident, files=[shot]).files.get()
    answers = [{"cover": "nothing"}, {"cover": "blurred", "areas": [Area(0, 0, 0.5, 0.5)]}]
    results = at_once(2, lambda n: services.publish_file(file.pk, **answers[n], by=scene.worker, at=cases.NOW))
    assert kinds(results) == ["CaseFile", "Conflict"]
    won = next(one for one in results if not isinstance(one, Conflict))
    file.refresh_from_db()
    assert (file.cover, file.shown is None) == (won.cover, won.cover == "nothing")
    assert CaseEvent.objects.filter(kind="file").count() == 1
