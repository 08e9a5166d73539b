"""“Planned” is no way of closing: it has a day, and the resident has the word from that day on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from liren.foundation.kernel.errors import Conflict
from liren.service.cases.engine.declaration import check
from liren.service.cases.models import Case
from liren.service.cases.services import BadReport, clocks
from liren.service.cases.services.escalation import escalate_due
from tests.cases.conftest import Scene
from tests.cases.test_clocks_rows import DAY, HOUR, china, clock
from tests.make import cases
from tests.make.cases import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R068", "R072")]
DENIED = {"note": "还没修", "values": {"solved": "否"}}


def working(scene: Scene) -> Case:
    cases.real("request")
    case = cases.reported(scene.town.community, by=scene.resident, category="lift", address="3栋")
    cases.moved(case, "dispatch", by=scene.worker, at=NOW, body_id=scene.department.pk)
    return cases.moved(case, "take", by=scene.clerk, at=NOW)


def answered(case: Case, scene: Scene, **values: str) -> Case:
    return cases.moved(case, "answer", by=scene.clerk, at=NOW + HOUR, note="列入计划。", values=values)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"result": "planned"}, ["planned_for"]),
        ({"result": "planned", "planned_for": "2026-05-31"}, ["planned_for"]),
        ({"planned_for": "2026-07-01"}, ["result"]),
    ],
)
def test_a_plan_without_a_day_to_come_is_no_answer(scene: Scene, values: Any, wrong: list[str]) -> None:
    case = working(scene)
    with pytest.raises(BadReport) as refused:
        answered(case, scene, **values)
    assert list(refused.value.by_field) == wrong
    assert answered(case, scene, result="planned", planned_for="2026-06-01").state == "answered"


def test_the_verdict_counts_from_the_planned_day(scene: Scene) -> None:
    """Fifteen days after 1 September, and not after the answer of 1 June; meanwhile nothing closes the case."""
    case = answered(working(scene), scene, result="planned", planned_for="2026-09-01")
    row = clock(case, "verdict")
    assert (row.started_at, row.not_before) == (NOW + HOUR, china(9, 1, 0))
    assert row.due_at == case.escalate_at == clocks.rederive(row).at
    assert china(9, 16, 0) <= row.due_at <= china(9, 17, 0)
    for moment, state in ((china(8, 31), "answered"), (row.due_at, "answered"), (row.due_at + HOUR, "lapsed")):
        escalate_due(moment)
        assert Case.objects.get(pk=case.pk).state == state


def test_whoever_sees_on_the_day_that_nothing_was_done_has_it_taken_up_again(scene: Scene) -> None:
    case = answered(working(scene), scene, result="planned", planned_for="2026-09-01")
    facts = {"by": scene.resident, "note": "说好九月修，没有动静", "values": {}}
    late = china(9, 1, 0) + timedelta(days=15, hours=1)
    with pytest.raises(Conflict):
        cases.moved(case, "reopen", at=late, **facts)
    case = cases.moved(case, "reopen", at=china(9, 10), **facts)
    assert (case.state, case.rounds) == ("reopened", 2)
    cases.moved(case, "dispatch", by=scene.worker, at=china(9, 10), body_id=scene.department.pk)
    cases.moved(case, "take", by=scene.clerk, at=china(9, 10))
    case = cases.moved(case, "answer", by=scene.clerk, at=china(9, 11), note="修好了。", values={"result": "fixed"})
    assert "planned_for" not in case.values
    assert clock(case, "verdict", 2).not_before is None


def test_a_word_before_the_day_is_taken_and_a_day_beside_another_result_moves_nothing(scene: Scene) -> None:
    case = answered(working(scene), scene, result="planned", planned_for="2026-09-01")
    assert cases.moved(case, "not_solved", by=scene.resident, at=NOW + DAY, **DENIED).outcome == "unsolved"
    case = answered(working(scene), scene, result="fixed", planned_for="2030-01-01")
    assert clock(case, "verdict").not_before is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"needed_if": {"done": "planned"}}, "“done” is no field of this type"),
        ({"needed_if": {"how": "later"}}, "“later” is no choice of “how”"),
        ({"needed_if": {"how": "planned"}, "required": True}, "is needed always and under a condition"),
        ({"needed_if": ["how"]}, "needed_if"),
    ],
)
def test_the_checker_refuses_a_condition_that_never_holds(wrong: dict[str, Any], says: str) -> None:
    name = {"zh": "怎么办", "en": "How"}
    choices = [{"code": "fixed", "zh": "好了", "en": "fixed"}, {"code": "planned", "zh": "计划", "en": "planned"}]
    how = {"code": "how", "name": name, "kind": "choice", "choices": choices}
    when = {"code": "when", "name": name, "kind": "date", "needed_if": {"how": "planned"}}
    assert check(cases.content(fields=[*cases.REQUEST["fields"], how, when])) == []
    found = check(cases.content(fields=[*cases.REQUEST["fields"], how, {**when, **wrong}]))
    assert [says in str(fault) for fault in found] == [True]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"starts_with": ["done"]}, "“done” is neither a day nor a moment"),
        ({"starts_with": ["since"], "starts": "dispatched"}, "counts from before"),
    ],
)
def test_the_checker_refuses_a_beginning_that_is_no_day(wrong: dict[str, Any], says: str) -> None:
    first, main, last = cases.REQUEST["clocks"]
    assert check(cases.content(clocks=[first, main, {**last, "starts_with": ["since"]}])) == []
    found = check(cases.content(clocks=[first, main, {**last, **wrong}]))
    assert any(says in str(fault) for fault in found)
