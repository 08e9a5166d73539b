"""Whose task it is: objected to on a ground, ruled on by another, remembered by the catalogue; the clock runs on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.people.models import Account
from liren.service.cases.models import Case, CaseEvent, DispatchRule, Dispute
from liren.service.cases.models.declared import type_of
from liren.service.cases.queries.dispatch import responsible
from liren.service.cases.queries.limits import RULING
from liren.service.cases.services import catalogue, disputes
from liren.service.cases.services.escalation import escalate_due
from tests import make
from tests.cases.conftest import Scene
from tests.cases.test_clocks_rows import DAY, HOUR, china, clock, sent
from tests.make import bodies, cases, registers
from tests.make.cases import NOW

pytestmark = pytest.mark.django_db
WHY: dict[str, Any] = {"ground": "三定方案第四条", "reason": "路灯由市政管养，小区内的由物业管。"}
TODAY = date(2026, 6, 1)


@pytest.fixture
def arbiter(scene: Scene) -> Account:
    registers.parameter(RULING, "2", "working_day", operator="<=")
    return make.official("district_admin", scene.town.district)


def limited(code: str, **changes: Any) -> None:
    """A type that is seen by those whose work it is."""
    plain = cases.content()
    parts = {part: [one for one in plain[part] if one["code"] not in cases.JOINING] for part in ("states", "moves")}
    fields = [{**one, "public": False} for one in plain["fields"]]
    cases.declare(code, confidentiality="limited", joinable=False, fields=fields, **parts, **changes)


def objected(scene: Scene, case: Case, **more: Any) -> Dispute:
    facts = {"proposed_id": scene.other.pk, "by": scene.clerk, "at": NOW + HOUR, **WHY, **more}
    return disputes.object_to(case.pk, **facts)


def ruled(found: Dispute, body: Any, by: Account, **more: Any) -> Dispute:
    return disputes.rule(found.pk, **{"body_id": body.pk, "ruling": "归环卫处。", "by": by, "at": NOW + DAY, **more})


def test_an_objection_has_a_clock_of_its_own_and_the_main_clock_runs_on(scene: Scene, arbiter: Account) -> None:
    case = sent(scene)
    found = objected(scene, case)
    case.refresh_from_db()
    assert (found.due_at, found.body, case.is_disputed) == (china(6, 3), scene.department, True)
    assert (clock(case).due_at, clock(case).stopped_at, case.due_at) == (china(6, 8), None, china(6, 8))
    event = CaseEvent.objects.get(case=case, kind="disputed")
    assert (event.note, event.facts["ground"], event.told) == (WHY["reason"], WHY["ground"], True)


def test_a_ruling_sends_the_case_on_counts_the_hop_and_resets_no_clock(scene: Scene, arbiter: Account) -> None:
    case = cases.moved(sent(scene), "take", by=scene.clerk)
    found = ruled(objected(scene, case), scene.other, arbiter)
    case.refresh_from_db()
    assert (found.state, case.body, case.handler, case.state) == ("upheld", scene.other, None, "sent")
    assert (case.hops, case.is_disputed, case.dispatched_at) == (1, False, NOW)
    assert (clock(case).started_at, clock(case).due_at, case.due_at) == (NOW, china(6, 8), china(6, 8))
    event = CaseEvent.objects.get(case=case, kind="ruled")
    assert (event.facts["hops"], event.facts["from"], event.facts["body"]) == (1, scene.department.pk, scene.other.pk)
    assert (event.source, event.target, event.note) == ("working", "sent", "归环卫处。")
    assert DispatchRule.objects.count() == 0


def test_a_rejected_objection_leaves_the_case_where_it_is(scene: Scene, arbiter: Account) -> None:
    case = cases.moved(sent(scene), "take", by=scene.clerk)
    found = ruled(objected(scene, case), scene.department, arbiter)
    case.refresh_from_db()
    assert (found.state, case.body, case.hops, case.state) == ("rejected", scene.department, 0, "working")
    assert case.handler == scene.clerk


def test_hops_are_counted_whoever_sends_the_case_on(scene: Scene, arbiter: Account) -> None:
    case = sent(scene)
    ruled(objected(scene, case), scene.other, arbiter)
    case = cases.moved(case, "dispatch", by=scene.worker, at=NOW + 2 * DAY, body_id=scene.department.pk)
    assert case.hops == 2


def test_a_ruling_becomes_the_rule_for_like_cases(scene: Scene, arbiter: Account) -> None:
    first = catalogue.add_rule(
        "request", category="lamp", unit_id=scene.town.district.pk, body_id=scene.department.pk, ground="目录",
        since=date(2026, 1, 1), by=arbiter, at=NOW,
    )  # fmt: skip
    case = cases.reported(scene.town.community, category="lamp")
    assert case.body == scene.department
    found = ruled(objected(scene, case), scene.other, arbiter, into_catalogue=True)
    rule = DispatchRule.objects.get(ruling=found)
    assert (rule.unit, rule.category, rule.body, rule.ground) == (
        scene.town.district, "lamp", scene.other, WHY["ground"],
    )  # fmt: skip
    first.refresh_from_db()
    assert first.during.upper == rule.during.lower == TODAY + timedelta(1)
    next_day = TODAY + timedelta(1)
    assert responsible(type_of("request"), "lamp", scene.town.cousin_community, next_day).body == scene.other
    like = cases.reported(scene.town.sibling_community, category="lamp", at=NOW + 2 * DAY)
    assert (like.body, like.hops) == (scene.other, 0)


def test_the_same_ruling_again_adds_no_second_rule(scene: Scene, arbiter: Account) -> None:
    for _ in range(2):
        case = sent(scene)
        ruled(objected(scene, case), scene.other, arbiter, into_catalogue=True)
    rule = DispatchRule.objects.get()
    assert (rule.unit, rule.category, rule.body) == (scene.town.community, "", scene.other)


def test_nobody_rules_on_their_own_matter(scene: Scene, arbiter: Account) -> None:
    case = sent(scene)
    found = objected(scene, case)
    for stranger in (scene.clerk, scene.worker, scene.resident, ANONYMOUS):
        with pytest.raises(NotAllowed):
            ruled(found, scene.other, stranger)
    partial = make.official("district_admin", scene.town.district)
    bodies.holding(bodies.post(scene.other, name_zh="副处长"), account_id=partial.pk)
    with pytest.raises(NotAllowed, match=r"outside of the dispute|争议"):
        ruled(found, scene.other, Account.objects.get(pk=partial.pk))
    with pytest.raises(IntegrityError, match="dispute_is_ruled_by_another"), transaction.atomic():
        Dispute.objects.filter(pk=found.pk).update(
            state="upheld", ruled_body=scene.other, ruling="归他", ruled_at=NOW + DAY, ruled_by=found.opened_by
        )


def test_only_the_body_itself_objects_once_and_proposes_another(scene: Scene, arbiter: Account) -> None:
    case = sent(scene)
    for stranger in (scene.other_clerk, scene.worker, scene.resident, ANONYMOUS):
        with pytest.raises(NotAllowed):
            objected(scene, case, by=stranger)
    far = bodies.body(scene.town.sibling_street, "social_organisation")
    for wrong in (scene.department.pk, far.pk, 0, 2**63):
        with pytest.raises(BadInput):
            objected(scene, case, proposed_id=wrong)
    objected(scene, case, proposed_id=None)
    with pytest.raises(Conflict):
        objected(scene, case)


def test_a_withdrawn_objection_is_over(scene: Scene, arbiter: Account) -> None:
    case = sent(scene)
    found = objected(scene, case)
    with pytest.raises(NotAllowed):
        disputes.withdraw(found.pk, by=scene.other_clerk, at=NOW + DAY)
    disputes.withdraw(found.pk, by=scene.clerk, at=NOW + DAY)
    assert Case.objects.get(pk=case.pk).is_disputed is False
    for act in (
        lambda: disputes.withdraw(found.pk, by=scene.clerk, at=NOW),
        lambda: ruled(found, scene.other, arbiter),
    ):
        with pytest.raises(Conflict):
            act()
    with pytest.raises(disputes.NoDispute):
        disputes.withdraw(2**63, by=scene.clerk, at=NOW)


def test_a_ruling_that_does_not_come_goes_up(scene: Scene, arbiter: Account) -> None:
    found = objected(scene, sent(scene))
    assert escalate_due(china(6, 3) + timedelta(seconds=1)) == 1
    found.refresh_from_db()
    assert (found.level, found.due_at, found.escalate_at) == (1, china(6, 3), china(6, 5))
    event = CaseEvent.objects.get(kind="escalated")
    assert (event.facts["dispute"], event.facts["unit"]) == (found.pk, scene.town.street.pk)
    ruled(found, scene.other, arbiter, at=NOW + 3 * DAY)
    assert escalate_due(china(6, 5) + timedelta(seconds=1)) == 0


def test_when_the_resident_withdraws_the_case_nobody_has_to_rule(scene: Scene, arbiter: Account) -> None:
    case = sent(scene)
    found = objected(scene, case)
    case = cases.moved(case, "withdraw", by=scene.resident, at=NOW + DAY)
    found.refresh_from_db()
    assert (found.state, found.escalate_at, case.is_disputed) == ("withdrawn", None, False)


def test_a_body_complained_of_is_never_ruled_responsible(scene: Scene, arbiter: Account) -> None:
    limited("complaint", about_body=True)
    case = cases.reported(scene.town.community, "complaint", about_body_id=scene.other.pk)
    case = cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    found = objected(scene, case, proposed_id=None)
    with pytest.raises(BadInput):
        ruled(found, scene.other, arbiter)


def test_the_audit_log_holds_no_free_text(scene: Scene, arbiter: Account) -> None:
    ruled(objected(scene, sent(scene)), scene.other, arbiter)
    entries = AuditEntry.objects.filter(action__in=["cases.disputed", "cases.ruled"])
    assert entries.count() == 2
    assert not any(text in str(one.facts) for one in entries for text in (*WHY.values(), "归环卫处。"))
