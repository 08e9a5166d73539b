"""Silence goes up by itself: once, in order, what nobody took first; no dead or second worker loses or repeats it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from liren.foundation.kernel.models import AuditEntry
from liren.service.cases.jobs import escalate
from liren.service.cases.models import Case, CaseEvent, Escalation
from liren.service.cases.services import escalation, suspensions
from liren.service.cases.services import rungs as rungs_of
from liren.service.cases.services.escalation import escalate_due
from liren.service.cases.services.notes import add_note
from tests import make
from tests.cases.conftest import Scene
from tests.cases.test_clocks_rows import DAY, HOUR, china, clock, sent
from tests.make import cases
from tests.make.cases import NOW

SECOND = timedelta(seconds=1)
LATE = china(6, 2) + SECOND  # one second after a case of Monday should have been dispatched
pytestmark = pytest.mark.django_db


def rungs(case: Case | None = None) -> list[tuple[str, int]]:
    rows = Escalation.objects.order_by("pk")
    rows = rows if case is None else rows.filter(clock__case=case)
    return [(one.clock.code, one.level) for one in rows.select_related("clock")]


def reported(scene: Scene, count: int = 1, at: datetime = NOW) -> list[Case]:
    return [cases.reported(scene.town.community, at=at) for _ in range(count)]


@pytest.mark.requirement("R072")
def test_what_is_late_goes_one_level_up_and_the_story_says_so(scene: Scene) -> None:
    (case,) = reported(scene)
    assert escalate_due(china(6, 2)) == 0
    assert escalate_due(LATE) == 1
    case.refresh_from_db()
    found = Escalation.objects.get()
    assert (found.to_unit, found.level, found.due_at, found.at) == (scene.town.street, 1, china(6, 2), LATE)
    assert (case.level, case.escalate_at, case.due_at, case.revision) == (1, None, china(6, 2), 2)
    event = CaseEvent.objects.get(case=case, kind="escalated")
    assert (event.actor, event.told, event.facts["unit"]) == ("system:escalation", True, scene.town.street.pk)
    assert AuditEntry.objects.filter(action="cases.escalated", object_id=str(case.pk)).count() == 1


def test_the_same_minute_twice_is_once(scene: Scene) -> None:
    reported(scene)
    assert [escalate_due(LATE), escalate_due(LATE), escalate_due(LATE + DAY)] == [1, 0, 0]
    assert rungs() == [("acceptance", 1)]


def test_after_an_outage_every_rung_is_climbed_in_order(scene: Scene) -> None:
    case = sent(scene)
    assert escalate_due(NOW + 30 * DAY) == 1
    found = list(Escalation.objects.filter(clock__case=case))
    assert [(one.level, one.due_at, one.to_unit) for one in found] == [
        (1, china(6, 8), scene.town.street),
        (2, china(6, 9), scene.town.district),
    ]
    case.refresh_from_db()
    assert (case.level, case.escalate_at) == (2, None)


def test_a_ladder_longer_than_the_tree_ends_at_its_root(scene: Scene) -> None:
    clocks = cases.content()["clocks"]
    clocks[0]["ladder"] = [{"after": f"{n} hours"} for n in range(6)]
    cases.declare(clocks=clocks)
    reported(scene)
    escalate_due(NOW + 9 * DAY)
    tree = scene.town
    above = [tree.street, tree.district, tree.city, tree.city, tree.city, tree.city]
    assert [one.to_unit for one in Escalation.objects.order_by("level")] == above


def test_the_longest_overdue_is_carried_up_first(scene: Scene) -> None:
    late, later = reported(scene, at=NOW + 2 * DAY)[0], reported(scene)[0]
    escalate_due(NOW + 9 * DAY)
    assert list(Escalation.objects.order_by("pk").values_list("clock__case_id", flat=True)) == [later.pk, late.pk]


def test_what_nobody_took_comes_before_what_somebody_has_in_hand(scene: Scene) -> None:
    taken = cases.moved(sent(scene), "take", by=scene.clerk)
    (untaken,) = reported(scene, at=NOW + 7 * DAY)
    assert (taken.escalate_at, untaken.escalate_at) == (china(6, 8), china(6, 9))
    escalate_due(NOW + 30 * DAY, limit=1)
    assert (rungs(untaken), rungs(taken)) == ([("acceptance", 1)], [])


def test_more_than_one_run_can_hold_are_all_carried_up(scene: Scene) -> None:
    made = reported(scene, 23)
    assert [escalate_due(LATE, limit=10) for _ in range(4)] == [10, 10, 3, 0]
    assert len(rungs()) == len(made)


def test_what_cant_be_carried_up_holds_up_nobody(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = reported(scene, 6)
    sick, plain = {one.pk for one in made[:3]}, rungs_of.climbing

    def climbing(of: Any, at: datetime) -> Any:
        if of.case.pk in sick:
            raise RuntimeError("this one is broken")
        return plain(of, at)

    monkeypatch.setattr(rungs_of, "climbing", climbing)
    monkeypatch.setattr(escalation, "climbing", climbing)
    assert [escalate_due(LATE, limit=2), escalate_due(LATE, limit=2)] == [2, 1]
    assert set(Escalation.objects.values_list("clock__case_id", flat=True)) == {one.pk for one in made[3:]}
    assert caplog.text.count("can't be carried up") == 6
    monkeypatch.undo()
    assert escalate_due(LATE) == 3


def test_what_the_database_refuses_together_is_tried_alone(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """A rung that was written already spoils the statement of its whole portion, and nobody else's case."""
    made = reported(scene, 5)
    odd = clock(made[2], "acceptance")
    Escalation.objects.create(clock=odd, level=1, due_at=NOW, at=LATE, to_unit=scene.town.street)
    assert escalate_due(LATE) == 4
    assert sorted(rungs()) == [("acceptance", 1)] * 5
    events = CaseEvent.objects.filter(kind="escalated").values_list("case_id", flat=True)
    assert sorted(events) == sorted({one.pk for one in made} - {odd.case_id})
    assert "can't be carried up together" in caplog.text


@pytest.mark.requirement("R072")
def test_a_portion_costs_the_same_whatever_its_size(scene: Scene) -> None:
    spent = []
    for many in (2, 40):
        made = reported(scene, many)
        with CaptureQueriesContext(connection) as caught:
            assert escalate_due(LATE) == many
        spent.append(len([one for one in caught if "cases_" in one["sql"] or "audit" in one["sql"]]))
        assert {one.level for one in Case.objects.filter(pk__in=[case.pk for case in made])} == {1}
    assert spent[0] == spent[1]


def test_rungs_and_lapses_in_one_portion_are_both_done(scene: Scene) -> None:
    answered = cases.answered(sent(scene), scene.department, scene.worker, scene.clerk)
    late = reported(scene, 2)
    assert escalate_due(china(6, 8) + SECOND) == 3
    answered.refresh_from_db()
    assert (answered.state, [rungs(one) for one in late]) == ("lapsed", [[("acceptance", 1)]] * 2)


def test_a_comment_does_not_put_off_what_is_late(scene: Scene) -> None:
    (case,) = reported(scene)
    add_note(case.pk, note="正在协调", told=True, by=scene.worker, at=china(6, 2))
    assert escalate_due(LATE) == 1


def test_a_case_that_stands_still_goes_nowhere(scene: Scene) -> None:
    case, officer = sent(scene), make.official("street_officer", scene.town.street)
    asked = suspensions.suspend(case.pk, reason="停电", ground="条例", by=scene.clerk, at=NOW + DAY)
    suspensions.decide_suspension(asked.pk, approve=True, by=officer, at=NOW + DAY)
    assert escalate_due(NOW + 60 * DAY) == 0
    suspensions.resume(case.pk, by=scene.clerk, at=NOW + 61 * DAY)
    assert escalate_due(NOW + 90 * DAY) == 1


def test_what_moves_on_is_not_late_any_more(scene: Scene) -> None:
    (case,) = reported(scene)
    escalate_due(LATE)
    case = cases.moved(case, "dispatch", by=scene.worker, at=LATE + HOUR, body_id=scene.department.pk)
    assert (case.level, clock(case, "acceptance").kept, clock(case, "acceptance").level) == (0, False, 1)
    assert escalate_due(LATE + 2 * HOUR) == 0


@pytest.mark.requirement("R071")
def test_when_the_resident_says_nothing_the_case_lapses(scene: Scene) -> None:
    case = cases.answered(sent(scene), scene.department, scene.worker, scene.clerk)
    assert case.escalate_at == case.due_at == china(6, 8)
    assert escalate_due(china(6, 8)) == 0
    assert escalate_due(china(6, 8) + SECOND) == 1
    case.refresh_from_db()
    assert (case.state, case.outcome, case.escalate_at) == ("lapsed", "lapsed", None)
    assert CaseEvent.objects.filter(case=case, move="lapse").get().actor == "system:escalation"
    assert rungs(case) == []


def test_the_job_goes_on_until_nothing_is_due(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    reported(scene, 5)
    monkeypatch.setattr(escalation.escalate_due, "__defaults__", (2,))
    escalate.func(timestamp=int(LATE.timestamp()) + 60)
    assert len(rungs()) == 5


def test_a_rung_is_written_once_and_not_before_it_is_due(scene: Scene) -> None:
    reported(scene)
    escalate_due(LATE)
    found = Escalation.objects.get()
    facts = {"clock": found.clock, "to_unit": found.to_unit, "due_at": found.due_at}
    with pytest.raises(IntegrityError, match="escalation_happens_once"), transaction.atomic():
        Escalation.objects.create(**facts, level=1, at=LATE)
    with pytest.raises(IntegrityError, match="escalation_comes_after_it_was_due"), transaction.atomic():
        Escalation.objects.create(**facts, level=2, at=found.due_at - SECOND)


def test_the_search_for_what_is_due_goes_by_its_index(scene: Scene) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    rows = Case.objects.filter(escalate_at__lt=LATE).order_by("escalate_at", "pk")
    assert "case_to_escalate" in rows.filter(handler=None).explain()
