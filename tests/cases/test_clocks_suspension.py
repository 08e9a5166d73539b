"""Standstills, extensions and new notices: approved by another, told with both dates, moved by worked time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS, SystemActor
from liren.foundation.people.models import Account
from liren.service.cases.jobs import follow_calendar
from liren.service.cases.models import Case, CaseClock, CaseEvent, Extension, Suspension
from liren.service.cases.queries import timeline
from liren.service.cases.queries.details import NoCase
from liren.service.cases.services import calendars, suspensions
from liren.service.cases.services.faults import BadReport
from tests import make
from tests.cases.conftest import Scene
from tests.cases.test_clocks_rows import CLOCK, DAY, HOUR, china, clock, sent
from tests.make import cases
from tests.make.cases import NOW

pytestmark = pytest.mark.django_db
WHY: dict[str, Any] = {"reason": "等待住户到场", "ground": "条例第八条"}


@pytest.fixture
def officer(scene: Scene) -> Account:
    return make.official("street_officer", scene.town.street)


def told(case: Case, kind: str) -> CaseEvent:
    return CaseEvent.objects.filter(case=case, kind=kind).latest("pk")


def iso(moment: datetime) -> str:
    """As a line of the story holds it."""
    return moment.astimezone(UTC).isoformat()


def suspended(case: Case, by: Account, officer: Account, *, at: datetime = NOW, **more: Any) -> Suspension:
    asked = suspensions.suspend(case.pk, **{**WHY, **more}, by=by, at=at)
    return suspensions.decide_suspension(asked.pk, approve=True, by=officer, at=at)


# --- standstill ---


def test_asking_for_a_standstill_moves_nothing_yet(scene: Scene) -> None:
    case = sent(scene)
    suspensions.suspend(case.pk, **WHY, by=scene.clerk, at=NOW + DAY)
    assert clock(case).due_at == china(6, 8)
    assert told(case, "suspended").told is False


def test_what_is_only_asked_for_or_refused_is_told_so_and_to_nobody_outside(scene: Scene, officer: Account) -> None:
    case = sent(scene)
    facts = {"amount": "3 working days", "reason": "需要招标", "by": scene.clerk}
    for approve in (False, True):
        asked = suspensions.extend(case.pk, "completion", **facts, at=NOW + DAY)
        suspensions.decide_extension(asked.pk, approve=approve, by=officer, at=NOW + DAY)
    read = {who: [one.words for one in timeline(case, actor, "en") if one.kind == "extended"]
            for who, actor in (("worker", scene.clerk), ("public", ANONYMOUS))}  # fmt: skip
    given = "More time was given. Due before: 8 June 2026 17:00; due now: 11 June 2026 17:00."
    asks = "Asked for more time."
    assert read == {"worker": [asks, "More time was not given.", asks, given], "public": [given]}


def test_an_approved_standstill_stops_the_clocks_from_the_moment_it_was_asked(scene: Scene, officer: Account) -> None:
    case = sent(scene)
    asked = suspensions.suspend(case.pk, **WHY, by=scene.clerk, at=NOW + DAY)
    suspensions.decide_suspension(asked.pk, approve=True, by=officer, at=NOW + 2 * DAY)
    case.refresh_from_db()
    assert (clock(case).due_at, case.due_at, case.escalate_at) == (None, None, None)
    facts = told(case, "suspended").facts
    assert facts["clocks"] == [{"clock": "completion", "before": iso(china(6, 8)), "after": None}]
    assert told(case, "suspended").told is True


def test_when_it_runs_again_the_deadline_is_later_by_the_worked_time_and_both_dates_are_shown(
    scene: Scene, officer: Account
) -> None:
    case = sent(scene)
    suspended(case, scene.clerk, officer, at=NOW + DAY)  # Tuesday morning
    case = suspensions.resume(case.pk, by=scene.clerk, at=NOW + 3 * DAY)  # Thursday morning
    main = clock(case)
    assert (main.plain_due_at, main.due_at, case.due_at) == (china(6, 8), china(6, 10), china(6, 10))
    facts = told(case, "resumed").facts["clocks"]
    assert [(one["before"], datetime.fromisoformat(one["after"])) for one in facts] == [(None, china(6, 10))]


def test_a_standstill_with_a_known_end_needs_nobody_to_end_it(scene: Scene, officer: Account) -> None:
    case = sent(scene)
    suspended(case, scene.worker, officer, at=NOW + DAY, until=NOW + 3 * DAY)
    assert clock(case).due_at == china(6, 10)


def test_a_weekend_of_standstill_costs_no_working_day(scene: Scene, officer: Account) -> None:
    case = sent(scene)
    suspended(case, scene.worker, officer, at=china(6, 5, 18), until=china(6, 8, 8))
    assert clock(case).due_at == china(6, 8)


def test_a_standstill_after_the_deadline_saves_nothing(scene: Scene, officer: Account) -> None:
    case = sent(scene)
    suspended(case, scene.worker, officer, at=china(6, 9, 10))
    assert clock(case).due_at == china(6, 8)


def test_nobody_approves_what_they_asked_for(scene: Scene) -> None:
    both = make.official("street_officer", scene.town.street)
    asked = suspensions.suspend(sent(scene).pk, **WHY, by=both, at=NOW + DAY)
    with pytest.raises(NotAllowed, match=r"asked for it|提出"):
        suspensions.decide_suspension(asked.pk, approve=True, by=both, at=NOW + DAY)
    with pytest.raises(IntegrityError, match="suspension_is_decided_by_another"), transaction.atomic():
        Suspension.objects.filter(pk=asked.pk).update(state="approved", decided_by=both.label, decided_at=NOW)


def test_only_who_works_on_a_case_asks_and_only_who_looks_over_it_decides(scene: Scene, officer: Account) -> None:
    case = sent(scene)
    for stranger in (scene.resident, scene.other_clerk, ANONYMOUS):
        with pytest.raises(NotAllowed):
            suspensions.suspend(case.pk, **WHY, by=stranger, at=NOW + DAY)
    asked = suspensions.suspend(case.pk, **WHY, by=scene.clerk, at=NOW + DAY)
    for other in (scene.worker, scene.resident, ANONYMOUS):
        with pytest.raises(NotAllowed):
            suspensions.decide_suspension(asked.pk, approve=True, by=other, at=NOW + DAY)
    refused = suspensions.decide_suspension(asked.pk, approve=False, by=officer, at=NOW + DAY)
    assert (refused.state, clock(case).due_at) == ("refused", china(6, 8))
    with pytest.raises(Conflict):
        suspensions.decide_suspension(asked.pk, approve=True, by=officer, at=NOW + DAY)


def test_one_standstill_at_a_time(scene: Scene, officer: Account) -> None:
    case = sent(scene)
    suspended(case, scene.clerk, officer, until=NOW + 5 * DAY)
    with pytest.raises(Conflict):
        suspensions.suspend(case.pk, **WHY, by=scene.worker, at=NOW + DAY)
    suspensions.resume(case.pk, by=officer, at=NOW + DAY)
    with pytest.raises(Conflict):
        suspensions.resume(case.pk, by=officer, at=NOW + DAY)
    assert suspensions.suspend(case.pk, **WHY, by=scene.worker, at=NOW + 2 * DAY).state == "asked"


def test_a_standstill_is_over_when_the_case_is_answered(scene: Scene, officer: Account) -> None:
    case = cases.moved(sent(scene), "take", by=scene.clerk)
    suspended(case, scene.clerk, officer, at=NOW + DAY)
    cases.moved(case, "answer", by=scene.clerk, at=NOW + 2 * DAY, note="好了", values={"done": "是"})
    assert Suspension.objects.get(case=case).ends_at == NOW + 2 * DAY
    assert (clock(case).kept, clock(case).due_at, clock(case, "verdict").due_at is None) == (True, china(6, 9), False)


def test_what_is_missing_is_said_field_by_field(scene: Scene) -> None:
    case = sent(scene)
    with pytest.raises(BadReport) as found:
        suspensions.suspend(case.pk, reason=" ", ground="字" * 201, by=scene.clerk, at=NOW)
    assert sorted(found.value.by_field) == ["ground", "reason"]
    with pytest.raises(BadInput):
        suspensions.suspend(case.pk, **WHY, until=NOW, by=scene.clerk, at=NOW)
    for wrong in (0, 2**63, 10**30):
        with pytest.raises(NoCase):
            suspensions.suspend(wrong, **WHY, by=scene.clerk, at=NOW)
        with pytest.raises(suspensions.NoRequest):
            suspensions.decide_suspension(wrong, approve=True, by=scene.clerk, at=NOW)
        with pytest.raises(suspensions.NoRequest):
            suspensions.decide_extension(wrong, approve=True, by=scene.clerk, at=NOW)


def test_the_audit_log_holds_no_free_text(scene: Scene, officer: Account) -> None:
    suspended(sent(scene), scene.clerk, officer)
    entries = AuditEntry.objects.filter(action="cases.suspended")
    assert entries.count() == 2
    assert not any(text in str(one.facts) for one in entries for text in WHY.values())


# --- extension ---


def test_more_time_is_added_in_working_days_once_somebody_else_approved(scene: Scene, officer: Account) -> None:
    case = sent(scene)
    asked = suspensions.extend(
        case.pk, "completion", amount="3 working days", reason="需要招标", by=scene.clerk, at=NOW + DAY
    )
    assert clock(case).due_at == china(6, 8)
    suspensions.decide_extension(asked.pk, approve=True, by=officer, at=NOW + DAY)
    main = clock(case)
    assert (main.plain_due_at, main.due_at, main.more) == (china(6, 8), china(6, 11), "3 working days")
    (moved,) = told(case, "extended").facts["clocks"]
    assert (moved["before"], datetime.fromisoformat(moved["after"])) == (iso(china(6, 8)), china(6, 11))


def test_two_extensions_are_added_up(scene: Scene, officer: Account) -> None:
    case = sent(scene)
    for _time in range(2):
        asked = suspensions.extend(
            case.pk, "completion", amount="1 working day", reason="需要招标", by=scene.clerk, at=NOW
        )
        suspensions.decide_extension(asked.pk, approve=True, by=officer, at=NOW)
    assert (clock(case).more, clock(case).due_at) == ("2 working days", china(6, 10))


def test_no_time_is_added_after_the_deadline(scene: Scene, officer: Account) -> None:
    case, late = sent(scene), china(6, 8) + timedelta(seconds=1)
    more: dict[str, Any] = {"amount": "1 working day", "reason": "需要招标", "by": scene.clerk}
    asked = suspensions.extend(case.pk, "completion", **more, at=NOW)
    with pytest.raises(Conflict):
        suspensions.extend(case.pk, "completion", **more, at=NOW)
    with pytest.raises(Conflict):
        suspensions.decide_extension(asked.pk, approve=True, by=officer, at=late)
    suspensions.decide_extension(asked.pk, approve=False, by=officer, at=late)
    with pytest.raises(Conflict):
        suspensions.extend(case.pk, "completion", **more, at=late)
    assert clock(case).due_at == china(6, 8)


@pytest.mark.parametrize(
    "amount", ["", "soon", "0 hours", "-1 days", "1 working day\0", "99999 months " * 9, "３ days"]
)
def test_what_is_no_amount_of_time_is_refused(scene: Scene, amount: str) -> None:
    with pytest.raises(BadInput):
        suspensions.extend(sent(scene).pk, "completion", amount=amount, reason="招标", by=scene.clerk, at=NOW)


def test_only_clocks_that_the_type_lets_be_extended_are(scene: Scene) -> None:
    case = cases.reported(scene.town.community)
    for code in ("acceptance", "completion", "none"):
        with pytest.raises(Conflict):
            suspensions.extend(case.pk, code, amount="1 day", reason="招标", by=scene.worker, at=NOW)


def test_nobody_extends_for_themselves(scene: Scene, officer: Account) -> None:
    asked = suspensions.extend(sent(scene).pk, "completion", amount="1 day", reason="招标", by=officer, at=NOW)
    with pytest.raises(NotAllowed):
        suspensions.decide_extension(asked.pk, approve=True, by=officer, at=NOW)
    with pytest.raises(IntegrityError, match="extension_is_decided_by_another"), transaction.atomic():
        Extension.objects.filter(pk=asked.pk).update(state="approved", decided_by=officer.label, decided_at=NOW)


# --- a new notice ---


def test_a_new_notice_works_open_cases_out_anew_and_tells_both_dates(scene: Scene) -> None:
    case, done = sent(scene), cases.answered(sent(scene), scene.department, scene.worker, scene.clerk)
    before = clock(done).due_at
    make.notice(days={date(2026, 6, 5): False}, at=NOW + DAY, settles_year=False)
    assert calendars.recompute_calendar("cn", by=CLOCK, at=NOW + DAY + HOUR) == 1
    case.refresh_from_db()
    assert (clock(case).due_at, clock(case).plain_due_at, case.due_at) == (china(6, 9),) * 3
    event = told(case, "recomputed")
    (moved,) = event.facts["clocks"]
    assert [datetime.fromisoformat(moved[key]) for key in ("before", "after")] == [china(6, 8), china(6, 9)]
    assert (event.told, event.actor, clock(done).due_at) == (True, "system:calendar", before)


def test_a_notice_of_another_place_changes_nothing_here(scene: Scene) -> None:
    case = sent(scene)
    make.notice("6202", days={date(2026, 6, 5): False}, at=NOW + DAY, settles_year=False)
    make.notice(scene.town.city.code, days={date(2026, 6, 4): False}, at=NOW + DAY, settles_year=False)
    assert calendars.recompute_calendar("6202", by=CLOCK, at=NOW + 2 * DAY) == 0
    assert clock(case).due_at == china(6, 8)
    assert calendars.recompute_calendar(scene.town.city.code, by=CLOCK, at=NOW + 2 * DAY) == 1
    assert clock(case).due_at == china(6, 9)


def test_the_job_finds_by_itself_what_a_notice_has_changed(scene: Scene, django_assert_max_num_queries: Any) -> None:
    case = sent(scene)
    revision = case.revision
    follow = {"by": CLOCK}
    assert calendars.follow_notices(**follow, at=NOW + HOUR) == 0
    make.notice(days={date(2026, 6, 5): False}, at=NOW + DAY, settles_year=False)
    follow_calendar.func(timestamp=int((NOW + DAY + HOUR).timestamp()))
    case.refresh_from_db()
    assert (clock(case).due_at, case.revision) == (china(6, 9), revision + 1)
    with django_assert_max_num_queries(2):
        assert calendars.follow_notices(**follow, at=NOW + 2 * DAY) == 0


def test_a_notice_that_changes_no_deadline_tells_nothing(scene: Scene) -> None:
    case = sent(scene)
    make.notice(days={date(2026, 12, 1): False}, at=NOW + DAY, settles_year=False)
    assert calendars.follow_notices(by=CLOCK, at=NOW + 2 * DAY) == 0
    assert not CaseEvent.objects.filter(case=case, kind="recomputed").exists()
    assert clock(case).calendar_at == NOW + 2 * DAY


def test_only_the_system_works_clocks_out_anew(scene: Scene, officer: Account) -> None:
    for act in (calendars.follow_notices, lambda **more: calendars.recompute_calendar("cn", **more)):
        with pytest.raises(NotAllowed):
            act(by=officer, at=NOW)
    with pytest.raises(ValueError, match="not a division code"):
        calendars.recompute_calendar("us", by=SystemActor("test"), at=NOW)
    assert CaseClock.objects.count() == 0
