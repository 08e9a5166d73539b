"""A dispute is tried at the lowest level first, and is not held there: silence carries it up, and courts stay open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases import services
from liren.service.cases.models import Case, Escalation
from liren.service.cases.queries import timeline
from liren.service.cases.services.escalation import escalate_due
from tests import make
from tests.cases.conftest import Scene
from tests.cases.test_clocks_rows import DAY, clock
from tests.make import cases
from tests.make.cases import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R087")]
SECOND = timedelta(seconds=1)
PARTY = {"stands": "party"}


def climbed(case: Case) -> list[tuple[str, int, object]]:
    rows = Escalation.objects.filter(clock__case=case).order_by("pk").select_related("clock", "to_unit")
    return [(one.clock.code, one.level, one.to_unit) for one in rows]


def test_a_mediation_that_nobody_takes_climbs_two_rungs_and_the_parties_are_told_of_the_courts(scene: Scene) -> None:
    cases.real("mediation")
    case = cases.reported(scene.town.community, "mediation", by=scene.resident, text="楼上漏水", values=PARTY)
    due = case.due_at
    assert due is not None
    assert (escalate_due(due), climbed(case)) == (0, [])
    escalate_due(due + SECOND)
    assert climbed(case) == [("acceptance", 1, scene.town.street)]
    case.refresh_from_db()
    second = case.escalate_at
    assert second is not None
    assert second > due
    escalate_due(second + SECOND)
    assert climbed(case) == [("acceptance", 1, scene.town.street), ("acceptance", 2, scene.town.district)]
    told = [one.words for one in timeline(case, scene.resident) if one.kind == "escalated"]
    assert len(told) == 2
    assert all("打官司" in words for words in told)
    assert "courts" in next(one.words for one in timeline(case, scene.resident, "en") if one.kind == "escalated")


def test_one_that_was_taken_and_never_held_climbs_as_well_and_the_other_side_reads_it(scene: Scene) -> None:
    cases.real("mediation")
    case = cases.reported(scene.town.community, "mediation", by=scene.resident, values=PARTY)
    mediator = make.official("mediator", scene.town.community)
    services.add_part(case.pk, role="mediator", account_id=mediator.pk, by=mediator, at=NOW)
    cases.moved(case, "accept", by=mediator, at=NOW)
    part = services.add_part(case.pk, role="party", account_id=scene.neighbour.pk, by=mediator, at=NOW)
    services.consent(part.pk, by=scene.neighbour, at=NOW)
    due = clock(case, "mediation").due_at
    assert due >= NOW + 25 * DAY
    escalate_due(due + SECOND)
    escalate_due(due + 10 * DAY)
    levels = [(code, level) for code, level, _unit in climbed(case)]
    assert levels[:2] == [("mediation", 1), ("mediation", 2)]
    assert any("打官司" in one.words for one in timeline(case, scene.neighbour))
    assert not Case.objects.visible_to(ANONYMOUS).filter(pk=case.pk).exists()
    left = cases.moved(Case.objects.get(pk=case.pk), "leave", by=scene.resident, at=due + 10 * DAY)
    assert left.outcome == "withdrawn"
