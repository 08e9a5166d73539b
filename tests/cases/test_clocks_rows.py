"""Clocks of real cases: what was stored can be worked out again, whatever happened to the case."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.foundation.kernel import queries as kernel
from liren.foundation.kernel.engine.worktime import Suspension as Standstill
from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.people.models import Account
from liren.service.cases.engine.clocks import amounts_of, until
from liren.service.cases.models import Case, CaseClock, Extension, Suspension
from liren.service.cases.models.declared import by_version
from liren.service.cases.services import calendars, clocks, suspensions
from liren.service.cases.services.notes import add_note
from tests import make
from tests.cases.conftest import Scene
from tests.cases.oracle import CHINA, Slow
from tests.make import cases
from tests.make.cases import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLOCK = SystemActor("calendar")


@pytest.fixture
def officer(scene: Scene) -> Account:
    """Who looks over the cases of the street."""
    return make.official("street_officer", scene.town.street)


def china(month: int, day: int, hour: int = 17) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=CHINA)


def clock(case: Case, code: str = "completion", round: int = 1) -> CaseClock:
    return CaseClock.objects.filter(case=case, code=code, round=round).latest("run")


def sent(scene: Scene, *, at: datetime = NOW) -> Case:
    case = cases.reported(scene.town.community, by=scene.resident)
    return cases.moved(case, "dispatch", by=scene.worker, at=at, body_id=scene.department.pk)


@pytest.mark.requirement("R072")
def test_a_case_is_due_when_its_first_clock_is(scene: Scene) -> None:
    case = cases.reported(scene.town.community)
    assert (case.due_at, case.escalate_at, case.level) == (china(6, 2), china(6, 2), 0)
    assert clock(case, "acceptance").plain_due_at == china(6, 2)


@pytest.mark.requirement("R072")
def test_the_main_clock_runs_from_the_first_dispatch_whoever_signs_when(scene: Scene) -> None:
    case = sent(scene, at=NOW + HOUR)
    case = cases.moved(case, "take", by=scene.clerk, at=NOW + 3 * DAY)
    case = cases.moved(case, "dispatch", by=scene.worker, at=NOW + 4 * DAY, body_id=scene.other.pk)
    case = cases.moved(case, "take", by=scene.other_clerk, at=NOW + 4 * DAY)
    main = clock(case)
    assert (main.started_at, main.due_at, case.due_at) == (NOW + HOUR, china(6, 8), china(6, 8))
    assert CaseClock.objects.filter(case=case, code="completion").count() == 1


def test_a_clock_is_judged_when_it_stops(scene: Scene) -> None:
    case = sent(scene, at=china(6, 2))
    acceptance = clock(case, "acceptance")
    assert (acceptance.stopped_at, acceptance.kept) == (china(6, 2), True)
    late = cases.reported(scene.town.community)
    cases.moved(late, "dispatch", by=scene.worker, at=china(6, 2) + timedelta(seconds=1), body_id=scene.department.pk)
    assert clock(late, "acceptance").kept is False


def test_what_is_said_on_a_case_never_moves_its_clocks(scene: Scene) -> None:
    case = sent(scene)
    rows = list(CaseClock.objects.filter(case=case).values())
    due = (case.due_at, case.escalate_at)
    for by in (scene.worker, scene.clerk, scene.resident):
        add_note(case.pk, note="请问进展如何？", told=True, by=by, at=NOW + 2 * DAY)
    case.refresh_from_db()
    assert (list(CaseClock.objects.filter(case=case).values()), (case.due_at, case.escalate_at)) == (rows, due)


def test_a_reopened_case_has_a_main_clock_anew_and_the_first_stays_judged(scene: Scene) -> None:
    case = cases.answered(sent(scene), scene.department, scene.worker, scene.clerk)
    assert (clock(case).kept, case.due_at) == (True, clock(case, "verdict").due_at)
    case = cases.moved(case, "reopen", by=scene.resident, at=NOW + 2 * DAY, note="灯又灭了。")
    second = clock(case, round=2)
    assert (second.started_at, second.due_at, case.due_at) == (NOW + 2 * DAY, china(6, 10), china(6, 10))
    assert (clock(case, "verdict").stopped_at, clock(case).kept) == (NOW + 2 * DAY, True)


def test_a_closed_case_waits_for_nothing(scene: Scene) -> None:
    case = cases.answered(sent(scene), scene.department, scene.worker, scene.clerk)
    case = cases.moved(case, "confirm", by=scene.resident, at=NOW + DAY, values={"solved": "yes"})
    assert (case.due_at, case.escalate_at, case.level) == (None, None, 0)
    assert not CaseClock.objects.filter(case=case, stopped_at=None).exists()


def test_entering_a_state_twice_changes_nothing(scene: Scene) -> None:
    case = sent(scene)
    rows = list(CaseClock.objects.filter(case=case).values())
    clocks.entered(case, by_version(case.written_as_id), "received", "sent", NOW + DAY)
    assert list(CaseClock.objects.filter(case=case).values()) == rows


def test_starting_costs_one_insert_and_a_look_at_the_calendar(scene: Scene, django_assert_num_queries: Any) -> None:
    case = cases.reported(scene.town.community)
    spec = by_version(case.written_as_id)
    case.pk = None
    case.client_key = None
    case.save(force_insert=True)
    with django_assert_num_queries(2):
        clocks.started(case, spec, NOW)
    with django_assert_num_queries(1):
        clocks.planned(case, spec, NOW)


def test_entering_a_state_costs_a_handful_of_statements(scene: Scene, django_assert_max_num_queries: Any) -> None:
    case = sent(scene)
    spec = by_version(case.written_as_id)
    case.state = "answered"
    case.phase = "answered"
    with django_assert_max_num_queries(7):
        clocks.entered(case, spec, "sent", "answered", NOW + HOUR)


def test_a_clock_runs_once_at_a_time(scene: Scene) -> None:
    main = clock(sent(scene))
    main.pk, main.run = None, 2
    with pytest.raises(IntegrityError, match="case_clock_runs_once_at_a_time"), transaction.atomic():
        main.save(force_insert=True)
    main.run, main.stopped_at, main.kept = 1, NOW + HOUR, True
    with pytest.raises(IntegrityError, match="case_clock_run_is_written_once"), transaction.atomic():
        main.save(force_insert=True)


# --- whatever happens ---

STEPS = ("dispatch", "take", "answer", "reopen", "note", "suspend", "resume", "extend", "recompute")


def notices() -> None:
    """Two holidays known from the start, and a notice a week later that says otherwise."""
    make.notice(days={date(2026, 6, 4): False, date(2026, 6, 6): True}, at=NOW - DAY, settles_year=False)
    make.notice(days={date(2026, 6, 12): False, date(2026, 6, 6): False}, at=NOW + 6 * DAY, settles_year=False)


def step(scene: Scene, officer: Account, case: Case, what: str, at: datetime) -> None:
    match what:
        case "dispatch":
            body = scene.other if case.body_id == scene.department.pk else scene.department
            cases.moved(case, what, by=scene.worker, at=at, body_id=body.pk)
        case "take":
            clerk = scene.clerk if case.body_id == scene.department.pk else scene.other_clerk
            cases.moved(case, what, by=clerk, at=at)
        case "answer":
            clerk = scene.clerk if case.body_id == scene.department.pk else scene.other_clerk
            cases.moved(case, what, by=clerk, at=at, note="已处理。", values={"done": "是"})
        case "reopen":
            cases.moved(case, what, by=scene.resident, at=at, note="没有修好。")
        case "note":
            add_note(case.pk, note="催办", told=True, by=scene.resident, at=at)
        case "suspend":
            asked = suspensions.suspend(case.pk, reason="等配件", ground="条例第八条", by=scene.worker, at=at)
            suspensions.decide_suspension(asked.pk, approve=True, by=officer, at=at + HOUR)
        case "resume":
            suspensions.resume(case.pk, by=scene.worker, at=at)
        case "extend":
            more = suspensions.extend(
                case.pk, "completion", amount="2 working days", reason="要招标", by=scene.worker, at=at
            )
            suspensions.decide_extension(more.pk, approve=True, by=officer, at=at)
        case "recompute":
            calendars.recompute_calendar("cn", by=CLOCK, at=at)


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(way=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 30)), min_size=3, max_size=12))
def test_every_stored_deadline_can_be_worked_out_again(
    scene: Scene, officer: Account, way: list[tuple[str, int]]
) -> None:
    if not kernel.notices("cn").exists():
        notices()
    case, at = cases.reported(scene.town.community, by=scene.resident), NOW
    for what, hours in [("dispatch", 1), ("take", 1), *way]:
        at += hours * HOUR
        case.refresh_from_db()
        try:
            step(scene, officer, case, what, at)
        except LirenError:
            continue  # not possible in this state; whatever was possible has been done
    case.refresh_from_db()
    running = [row for row in case.clocks.all() if _checked(row) and row.stopped_at is None]
    assert case.due_at == min((row.due_at for row in running if row.due_at), default=None)


def _checked(row: CaseClock) -> bool:
    """Worked out again by us, and counted day by day by nobody of ours."""
    assert clocks.rederive(row).at == row.due_at
    days = kernel.calendar(row.case.unit.code, as_of=row.calendar_at).days
    approved = Suspension.objects.filter(case=row.case, state="approved")
    stops = until([Standstill(one.starts_at, one.ends_at) for one in approved], row.stopped_at)
    assert Slow(dict(days), stops).due(row.started_at, amounts_of(row.amount, row.more)) == row.due_at
    assert Slow(dict(days)).due(row.started_at, amounts_of(row.amount)) == row.plain_due_at
    assert row.kept == (None if row.stopped_at is None else row.due_at is None or row.stopped_at <= row.due_at)
    assert Extension.objects.filter(clock=row, state="approved").exists() == bool(row.more)
    return True
