"""The first word to whoever reported: its clock, what counts as one, what becomes of it in the figures (R072)."""

from datetime import timedelta
from typing import Any

import pytest

from liren.service.cases import services
from liren.service.cases.models import Case, CaseClock, MonthFigure
from liren.service.cases.services import figures
from liren.service.cases.services.escalation import escalate_due
from tests.make import cases

pytestmark = pytest.mark.requirement("R072")
HOUR = timedelta(hours=1)
FIRST = {
    "code": "first", "name": {"zh": "首次回应", "en": "First answer"}, "runs_in": ["received", "sent", "working"],
    "starts": "received", "until": "first_answer",
    "limits": {"critical": "1 hours", "urgent": "2 hours", "normal": "1 working days"},
    "ladder": [{"after": "0 hours"}],
}  # fmt: skip


@pytest.fixture
def lamp(scene) -> Case:
    """An urgent matter, sent to the department and taken there; nobody has written a word."""
    cases.declare(clocks=[*cases.REQUEST["clocks"], FIRST])
    case = cases.reported(scene.town.community, category="lamp", by=scene.resident)
    case = cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    return cases.moved(case, "take", by=scene.clerk, at=cases.NOW + HOUR)


def clock(case: Case) -> CaseClock:
    return CaseClock.objects.get(case=case, code="first")


def test_it_runs_from_the_receipt_by_severity_through_all_states_until_somebody_writes(lamp):
    running = clock(lamp)
    assert (running.amount, running.started_at, running.stopped_at) == ("2 hours", cases.NOW, None)
    assert lamp.first_word_at is None, "that it was taken is no answer"


def test_a_word_of_whoever_works_on_it_ends_it_and_moves_no_other_clock(lamp, scene):
    before = {one.code: one.due_at for one in CaseClock.objects.filter(case=lamp, stopped_at=None)}
    services.add_note(lamp.pk, note="今晚来修。", by=scene.clerk, at=cases.NOW + HOUR)
    lamp.refresh_from_db()
    assert (lamp.first_word_at, lamp.first_answer_at) == (cases.NOW + HOUR, None)
    assert (clock(lamp).stopped_at, clock(lamp).kept) == (cases.NOW + HOUR, True)
    after = {one.code: one.due_at for one in CaseClock.objects.filter(case=lamp, stopped_at=None)}
    assert after == {code: due for code, due in before.items() if code != "first"}
    assert lamp.due_at == min(after.values())


@pytest.mark.parametrize(("who", "told"), [("resident", True), ("clerk", False)])
def test_words_of_the_reporter_and_among_colleagues_are_no_answer(lamp, scene, who, told):
    services.add_note(lamp.pk, note="还没有人来。", told=told, by=getattr(scene, who), at=cases.NOW + HOUR)
    lamp.refresh_from_db()
    assert (lamp.first_word_at, clock(lamp).stopped_at) == (None, None)


def test_the_answer_itself_is_one_and_a_second_word_is_not_the_first(lamp, scene):
    late = cases.NOW + 3 * HOUR
    answered = cases.moved(lamp, "answer", by=scene.clerk, at=late, note="修好了。", values={"done": "换灯泡"})
    assert (answered.first_word_at, answered.first_answer_at) == (late, late)
    assert clock(answered).kept is False
    again = cases.moved(answered, "reopen", by=scene.resident, at=late + HOUR, note="又灭了。")
    services.add_note(again.pk, note="马上来。", by=scene.clerk, at=late + 2 * HOUR)
    again.refresh_from_db()
    assert again.first_word_at == late
    assert CaseClock.objects.filter(case=again, code="first").count() == 1


def test_silence_goes_one_level_up(lamp):
    while escalate_due(cases.NOW + 2 * HOUR + timedelta(minutes=1)):
        pass
    assert clock(lamp).level == 1


def test_a_type_needs_another_clock_beside_it():
    from liren.service.cases.engine.declaration import check

    only = [one for one in cases.content(clocks=[FIRST])["clocks"]]
    faults = [str(one) for one in check(cases.content(clocks=only))]
    assert any("no clock runs in “working”" in one for one in faults)


def test_the_share_that_was_heard_in_time_is_counted_apart_from_the_answer(lamp, scene):
    """A word within the two hours, the answer in full after the deadline of completion."""
    services.add_note(lamp.pk, note="今晚来修。", by=scene.clerk, at=cases.NOW + HOUR)
    late = cases.NOW + timedelta(days=20)
    facts: dict[str, Any] = {"note": "修好了。", "values": {"done": "换灯泡"}, "by": scene.clerk, "at": late}
    cases.moved(lamp, "answer", **facts)
    figures.count_month(cases.NOW.date().replace(day=1), by=cases.SYSTEM, at=late + HOUR)
    row = MonthFigure.objects.get(unit=scene.town.community, category="")
    assert (row.heard, row.heard_in_time, row.answered, row.answered_in_time) == (1, 1, 1, 0)
    assert row.first_answer_minutes == 60
