"""A community calls departments; they answer in time, or it goes up level by level (R071)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from liren.foundation.kernel.engine.deadlines import CalendarDays, PlainTime, WorkingDays
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.policy.models import Document, Jurisdiction, Parameter
from liren.service.cases import queries
from liren.service.cases.models import Call, Case, CaseEvent, Dispute, Escalation
from liren.service.cases.queries.details import NoCase, case_by_id
from liren.service.cases.queries.limits import CALL, RULING, allowed
from liren.service.cases.services import calls, disputes
from liren.service.cases.services.escalation import escalate_due
from liren.service.cases.services.faults import BadReport
from tests import make
from tests.cases.conftest import Scene
from tests.cases.test_clocks_rows import HOUR, china, clock
from tests.cases.test_disputes import limited
from tests.make import bodies, cases, registers
from tests.make.cases import NOW

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
ASK: dict[str, Any] = {"question": "配电箱漏电，请到场处置。"}


@pytest.fixture
def case(scene: Scene) -> Case:
    """A case of the community, where a call is to be answered within one working day."""
    registers.parameter(CALL, "1", "working_day", operator="<=")
    return cases.reported(scene.town.community, at=NOW)


def called(scene: Scene, case: Case, **more: Any) -> Call:
    return calls.call(case.pk, **{"body_id": scene.department.pk, **ASK, "by": scene.worker, "at": NOW, **more})


@pytest.mark.requirement("R071")
def test_a_call_is_due_by_the_number_of_the_packs(scene: Scene, case: Case) -> None:
    made = called(scene, case)
    case.refresh_from_db()
    assert (made.due_at, made.escalate_at, made.level, case.is_called) == (china(6, 2), china(6, 2), 0, True)
    event = CaseEvent.objects.get(case=case, kind="called")
    assert (event.note, event.told, event.facts["body"]) == (ASK["question"], True, scene.department.pk)
    assert clock(case, "acceptance").due_at == case.due_at == china(6, 2)


@pytest.mark.requirement("R071", "R072")
def test_what_came_up_is_one_list_of_cases_calls_and_disputes(scene: Scene, case: Case) -> None:
    registers.parameter(RULING, "1", "working_day", operator="<=")
    street = make.official("street_officer", scene.town.street)
    district = make.official("district_admin", scene.town.district)
    made = called(scene, case)
    sent = cases.moved(cases.reported(scene.town.community), "dispatch", by=scene.worker, body_id=scene.department.pk)
    facts = {"proposed_id": scene.other.pk, "ground": "三定方案", "reason": "不归我们管"}
    dispute = disputes.object_to(sent.pk, **facts, by=scene.clerk, at=NOW + HOUR)
    assert queries.came_up(street) == []
    while escalate_due(china(6, 2) + SECOND):
        pass
    late = Escalation.objects.get(clock__case=case)
    found = queries.came_up(street)
    assert [(one.kind, one.pk) for one in found] == [("call", made.pk), ("clock", late.pk), ("dispute", dispute.pk)]
    assert {(one.level, one.to_unit, one.due_at) for one in found} == {(1, scene.town.street, china(6, 2))}
    assert [one.case for one in found] == [case, case, sent]
    for place in range(3):
        assert queries.came_up(street, after=found[place].key) == found[place + 1 :]
    assert queries.came_up(street, limit=2) == found[:2]
    beside = make.official("street_officer", scene.town.sibling_street)
    assert [queries.came_up(one) for one in (district, beside, scene.worker, scene.resident)] == [[]] * 4
    while escalate_due(china(6, 3) + SECOND):
        pass
    assert [(one.kind, one.level) for one in queries.came_up(district)] == [("call", 2), ("dispute", 2)]
    assert queries.came_up(street) == found, "what went further up is still open here"
    calls.answer(made.pk, answer="明天到场。", comes=True, by=scene.clerk, at=china(6, 3) + HOUR)
    Dispute.objects.filter(pk=dispute.pk).update(state="withdrawn")
    assert [one.kind for one in queries.came_up(street)] == ["clock"]
    assert queries.came_up(district) == []


@pytest.mark.requirement("R071")
def test_the_body_that_was_called_sees_the_case_and_answers(scene: Scene) -> None:
    registers.parameter(CALL, "1", "working_day", operator="<=")
    limited("visit")
    case = cases.reported(scene.town.community, "visit")
    with pytest.raises(NoCase):
        case_by_id(case.pk, scene.clerk)
    made = called(scene, case)
    assert case_by_id(case.pk, scene.clerk).pk == case.pk
    found = calls.answer(made.pk, answer="两小时内到场。", comes=True, by=scene.clerk, at=NOW + HOUR)
    assert (found.state, found.comes, found.escalate_at) == ("answered", True, None)
    event = CaseEvent.objects.get(case=case, kind="call_answered")
    assert (event.facts["in_time"], event.acting_for_id) == (True, scene.department.pk)
    assert Case.objects.get(pk=case.pk).is_called is False


@pytest.mark.requirement("R071")
def test_silence_goes_one_level_up_and_again_after_each_further_day(scene: Scene, case: Case) -> None:
    made = called(scene, case)
    cases.moved(case, "dispatch", by=scene.worker, at=NOW, body_id=scene.other.pk)
    assert escalate_due(china(6, 2)) == 0
    assert escalate_due(china(6, 2) + SECOND) == 1
    made.refresh_from_db()
    assert (made.level, made.due_at, made.escalate_at) == (1, china(6, 2), china(6, 3))
    assert escalate_due(china(6, 2) + HOUR) == 0
    assert escalate_due(china(6, 5)) == 1
    made.refresh_from_db()
    assert (made.level, made.escalate_at) == (3, None)  # the city is the top
    told = CaseEvent.objects.filter(case=case, kind="escalated")
    units = [scene.town.street.pk, scene.town.district.pk, scene.town.city.pk]
    assert [(one.facts["call"], one.facts["level"], one.facts["unit"]) for one in told] == [
        (made.pk, level, unit) for level, unit in enumerate(units, 1)
    ]


def test_what_is_answered_goes_nowhere(scene: Scene, case: Case) -> None:
    made = called(scene, case)
    cases.moved(case, "dispatch", by=scene.worker, at=NOW, body_id=scene.other.pk)
    calls.answer(made.pk, answer="不属本部门。", comes=False, by=scene.clerk, at=NOW + HOUR)
    assert escalate_due(china(6, 5)) == 0


def test_a_call_never_moves_a_clock(scene: Scene, case: Case) -> None:
    before = clock(case, "acceptance")
    made = called(scene, case)
    calls.answer(made.pk, answer="来", comes=True, by=scene.clerk, at=NOW + HOUR)
    after = clock(case, "acceptance")
    assert (after.due_at, after.started_at, after.level) == (before.due_at, before.started_at, before.level)


def test_only_the_desk_calls_and_only_who_was_called_answers(scene: Scene, case: Case) -> None:
    for stranger in (scene.resident, scene.clerk, scene.agent, ANONYMOUS):
        with pytest.raises(NotAllowed):
            called(scene, case, by=stranger)
    made = called(scene, case)
    for other in (scene.other_clerk, scene.worker, scene.resident, ANONYMOUS):
        with pytest.raises(NotAllowed):
            calls.answer(made.pk, answer="来", comes=True, by=other, at=NOW)
    with pytest.raises(NotAllowed):
        calls.withdraw(made.pk, by=scene.clerk, at=NOW)
    assert calls.withdraw(made.pk, by=scene.worker, at=NOW).state == "withdrawn"
    with pytest.raises(Conflict):
        calls.answer(made.pk, answer="来", comes=True, by=scene.clerk, at=NOW)
    with pytest.raises(Conflict):
        calls.withdraw(made.pk, by=scene.worker, at=NOW)


def test_one_body_is_called_once_at_a_time_and_ten_at_most(scene: Scene, case: Case) -> None:
    called(scene, case)
    with pytest.raises(Conflict):
        called(scene, case)
    for _ in range(9):
        called(scene, case, body_id=bodies.body(scene.town.city, "department").pk)
    with pytest.raises(Conflict, match="10"):
        called(scene, case, body_id=scene.other.pk)


def test_what_acts_elsewhere_or_not_at_all_cant_be_called(scene: Scene, case: Case) -> None:
    far = bodies.body(scene.town.sibling_street, "social_organisation")
    for wrong in (far.pk, 0, 2**63, 10**30):
        with pytest.raises(BadInput):
            called(scene, case, body_id=wrong)
    with pytest.raises(BadReport):
        called(scene, case, question="\0")
    with pytest.raises(calls.NoCall):
        calls.answer(2**63, answer="来", comes=True, by=scene.clerk, at=NOW)


def test_a_sealed_case_is_shown_to_nobody_by_a_call(scene: Scene) -> None:
    registers.parameter(CALL, "1", "working_day", operator="<=")
    cases.sealed("quarrel", "mediation")
    case = cases.reported(scene.town.community, "quarrel")
    mediator = make.official("mediator", scene.town.community)
    with pytest.raises(Conflict):
        called(scene, case, by=mediator)


def test_when_a_case_is_answered_nobody_is_waited_for(scene: Scene, case: Case) -> None:
    made = called(scene, case, body_id=scene.other.pk)
    case = cases.answered(case, scene.department, scene.worker, scene.clerk)
    made.refresh_from_db()
    assert (made.state, made.escalate_at, case.is_called) == ("withdrawn", None, False)
    with pytest.raises(Conflict):
        called(scene, case)


# --- how long ---


@pytest.mark.parametrize(
    ("value", "unit", "amount"),
    [
        ("3", "working_day", WorkingDays(3)),
        ("7", "day", CalendarDays(7)),
        ("24", "hour", PlainTime(timedelta(hours=24))),
        ("0.5", "hour", PlainTime(timedelta(minutes=30))),
        ("45", "minute", PlainTime(timedelta(minutes=45))),
    ],
)
def test_a_number_of_the_packs_becomes_a_time(scene: Scene, value: str, unit: str, amount: Any) -> None:
    registers.parameter(RULING, value, unit, operator="<=")
    assert allowed(RULING, scene.town.community, date(2026, 6, 1)) == amount


def common(code: str, value: str, unit: str = "working_day") -> None:
    """What the platform declares for everybody, beside what the nation does."""
    registers.parameter(code, value, unit, operator="<=")
    nation = Jurisdiction.objects.get(code="cn")
    place = Jurisdiction.objects.create(code="common", name_zh="通用", name_en="Common", division="", parent=nation)
    document = Document.objects.get(key="cn/test")
    Parameter.objects.filter(code=code).update(retired_at=NOW)
    Parameter.objects.create(
        code=code, jurisdiction=place, document=document, provision_key="cn/test#1", name_zh="数", name_en="Number",
        operator="<=", value=value, unit=unit, attribute="expected", during=DateRange(date(2017, 1, 1), None),
        loaded_at=NOW,
    )  # fmt: skip
    registers.parameter("other", "1", "piece")


def test_where_a_city_says_nothing_what_the_platform_declares_counts(scene: Scene) -> None:
    common(RULING, "2")
    assert allowed(RULING, scene.town.community, date(2026, 6, 1)) == WorkingDays(2)


@pytest.mark.parametrize("unit", ["piece", None])
def test_without_a_number_nobody_is_called_and_the_next_step_is_said(scene: Scene, unit: str | None) -> None:
    if unit:
        registers.parameter(CALL, "1", unit)
    case = cases.reported(scene.town.community)
    with pytest.raises(Conflict, match=CALL) as found:
        called(scene, case)
    assert found.value.next_step
