"""What the database refuses of clocks, disputes, calls and rules, by the names an operator meets in a log."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from liren.foundation.people.models import Account
from liren.service.cases.models import Call, CaseClock, DispatchRule, Dispute, Escalation, Extension, Suspension
from liren.service.cases.queries.limits import CALL, RULING
from liren.service.cases.services import calls, catalogue, disputes, suspensions
from liren.service.cases.services.escalation import escalate_due
from tests import make
from tests.cases.conftest import Scene
from tests.cases.test_clocks_rows import DAY, HOUR, clock, sent
from tests.make import registers
from tests.make.cases import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built_rows(built_scene: Scene, django_db_blocker: Any) -> dict[type[models.Model], models.Model]:
    with django_db_blocker.unblock():
        return one_of_each(copy.deepcopy(built_scene))


@pytest.fixture
def rows(built_rows: dict[type[models.Model], models.Model], db: None) -> dict[type[models.Model], models.Model]:
    """One row of each table, as the services write it."""
    return copy.deepcopy(built_rows)


def one_of_each(scene: Scene) -> dict[type[models.Model], models.Model]:
    for code in (CALL, RULING):
        registers.parameter(code, "1", "working_day", operator="<=")
    case, worker, at = sent(scene), scene.worker, NOW
    keeper: Account = make.official("district_admin", scene.town.district)
    asked = suspensions.suspend(case.pk, reason="停电", ground="条例", by=worker, at=at)
    more = suspensions.extend(case.pk, "completion", amount="1 day", reason="招标", by=worker, at=at)
    call = calls.call(case.pk, body_id=scene.other.pk, question="来吗？", by=worker, at=at)
    dispute = disputes.object_to(case.pk, ground="三定", reason="不是我们的", by=scene.clerk, at=at)
    rule = catalogue.add_rule(
        "request", unit_id=scene.town.district.pk, body_id=scene.other.pk, ground="目录", since=date(2026, 1, 1),
        by=keeper, at=at,
    )  # fmt: skip
    escalate_due(NOW + 60 * DAY)
    late = Escalation.objects.filter(clock__case=case).latest("pk")
    made = {type(one): one for one in (clock(case), asked, more, call, dispute, rule, late)}
    make.chained()
    return made


REFUSED: list[tuple[str, type[models.Model], dict[str, Any]]] = [
    ("case_clock_is_judged_when_it_stops", CaseClock, {"stopped_at": NOW + HOUR}),
    ("case_clock_is_judged_when_it_stops", CaseClock, {"kept": True}),
    ("case_clock_has_its_rule", CaseClock, {"amount": " "}),
    ("case_clock_stops_after_it_started", CaseClock, {"stopped_at": NOW - HOUR, "kept": True}),
    ("suspension_state_is_known", Suspension, {"state": "lost", "decided_by": "account:1", "decided_at": NOW}),
    ("suspension_says_why", Suspension, {"reason": " "}),
    ("suspension_says_why", Suspension, {"ground": ""}),
    ("suspension_ends_after_it_starts", Suspension, {"ends_at": NOW - HOUR}),
    ("suspension_is_decided_by_another", Suspension, {"state": "approved"}),
    ("extension_state_is_known", Extension, {"state": "lost", "decided_by": "account:1", "decided_at": NOW}),
    ("extension_says_why", Extension, {"reason": "\n"}),
    ("extension_is_decided_by_another", Extension, {"decided_by": "account:1"}),
    ("dispatch_rule_has_a_real_period", DispatchRule, {"during": DateRange(None, date(2026, 6, 1))}),
    ("dispatch_rule_names_its_ground", DispatchRule, {"ground": " "}),
    ("dispute_state_is_known", Dispute, {"state": "lost", "ruled_by": "x", "ruling": "y", "ruled_at": NOW}),
    ("dispute_names_its_ground", Dispute, {"ground": " "}),
    ("dispute_is_ruled_by_another", Dispute, {"state": "upheld"}),
    ("dispute_proposes_another", Dispute, {"proposed": models.F("body")}),
    ("dispute_is_ruled_after_it_was_opened", Dispute, {"ruled_at": NOW - HOUR}),
    ("call_state_is_known", Call, {"state": "lost"}),
    ("call_asks_something", Call, {"question": " "}),
    ("call_answered_has_its_answer", Call, {"state": "answered"}),
    ("call_is_answered_after_it_was_made", Call, {"answered_at": NOW - HOUR}),
]


@pytest.mark.parametrize(("name", "table", "wrong"), REFUSED)
def test_the_database_refuses_what_can_never_be(
    rows: dict[Any, Any], name: str, table: type[models.Model], wrong: dict[str, Any]
) -> None:
    if table is Dispute and name == "dispute_state_is_known":
        wrong = {**wrong, "ruled_body": rows[Dispute].body}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        table._default_manager.filter(pk=rows[table].pk).update(**wrong)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("case_clock_run_is_written_once", CaseClock),
        ("suspension_one_at_a_time", Suspension),
        ("extension_one_at_a_time", Extension),
        ("escalation_happens_once", Escalation),
        ("dispatch_rule_is_one_at_a_time", DispatchRule),
        ("dispute_one_at_a_time", Dispute),
        ("call_of_one_body_at_a_time", Call),
    ],
)
def test_the_database_refuses_a_second_one(rows: dict[Any, Any], name: str, table: type[models.Model]) -> None:
    rows[table].pk = None
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        rows[table].save(force_insert=True)


@pytest.mark.parametrize("table", [CaseClock, Suspension, Escalation, Dispute, Call])
def test_what_happened_stays(rows: dict[Any, Any], table: type[models.Model]) -> None:
    with pytest.raises(IntegrityError, match="part of the story"), transaction.atomic():
        table._default_manager.filter(pk=rows[table].pk)._raw_delete("default")
