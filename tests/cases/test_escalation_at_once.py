"""Silence goes up by itself, with real commits: workers side by side, dead ones, cut connections, rows held."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from liren.foundation.kernel.models import AuditEntry
from liren.service.cases.models import Case, CaseEvent, Escalation
from liren.service.cases.services import escalation
from liren.service.cases.services import rungs as rungs_of
from liren.service.cases.services.escalation import escalate_due
from tests import make
from tests.cases.conftest import Scene, build
from tests.cases.test_escalation import LATE, reported, rungs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def scene(db: None) -> Scene:
    return build()


def test_workers_at_once_share_the_work_and_double_nothing(scene: Scene) -> None:
    made = reported(scene, 30)
    found: list[Any] = make.at_once(3, lambda _: escalate_due(LATE))
    assert sum(found) == len(made), found
    assert sorted(Escalation.objects.values_list("clock__case_id", flat=True)) == sorted(one.pk for one in made)
    assert CaseEvent.objects.filter(kind="escalated").count() == len(made)


def test_a_worker_that_dies_half_way_loses_and_doubles_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    made, plain, calls = reported(scene, 8), rungs_of.noted_of_many, []
    monkeypatch.setattr(escalation, "PORTION", 2)

    def noted(*args: Any, **facts: Any) -> None:
        calls.append(args)
        plain(*args, **facts)
        if len(calls) == 4:
            raise SystemExit(137)

    monkeypatch.setattr(rungs_of, "noted_of_many", noted)
    with pytest.raises(SystemExit):
        escalate_due(LATE)
    assert (len(rungs()), CaseEvent.objects.filter(kind="escalated").count()) == (6, 6)
    monkeypatch.undo()
    assert escalate_due(LATE) == 2
    assert sorted(Escalation.objects.values_list("clock__case_id", flat=True)) == sorted(one.pk for one in made)
    assert AuditEntry.objects.filter(action="cases.escalated").count() == 8


def test_a_connection_cut_by_the_server_costs_one_portion_a_minute_and_no_more(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, plain, calls = reported(scene, 5), rungs_of.noted_of_many, []
    monkeypatch.setattr(escalation, "PORTION", 1)

    def noted(*args: Any, **facts: Any) -> None:
        calls.append(args)
        plain(*args, **facts)
        if len(calls) == 3:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(rungs_of, "noted_of_many", noted)
    (died,) = make.at_once(1, lambda _: escalate_due(LATE))
    assert isinstance(died, Exception)
    assert len(rungs()) == 2
    monkeypatch.undo()
    assert (escalate_due(LATE), len(rungs())) == (3, len(made))


def test_what_somebody_holds_is_left_to_them_and_waits_for_nobody(scene: Scene) -> None:
    held, free = reported(scene, 2)
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=held.pk)
        assert make.at_once(1, lambda _: escalate_due(LATE)) == [1]
    assert (rungs(held), rungs(free)) == ([], [("acceptance", 1)])
    assert escalate_due(LATE) == 1
