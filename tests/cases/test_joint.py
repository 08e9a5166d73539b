"""One matter that is several, and several that are one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases.jobs import escalate
from liren.service.cases.models import Case, CaseEvent, CaseFollower
from liren.service.cases.models.declared import NoType
from liren.service.cases.services.escalation import escalate_due
from liren.service.cases.services.faults import BadReport
from liren.service.cases.services.following import follow
from liren.service.cases.services.joint import Piece, join, split
from tests import make
from tests.cases.conftest import Scene
from tests.cases.test_clocks_rows import DAY, HOUR, clock, sent
from tests.make import bodies, cases
from tests.make.cases import NOW

pytestmark = pytest.mark.django_db


def pieces(scene: Scene, count: int = 2) -> list[Piece]:
    return [Piece("request", f"第{n}部分", scene.department.pk) for n in range(count)]


def parted(scene: Scene, case: Case, count: int = 2, **more: Any) -> list[Case]:
    return split(case.pk, **{"parts": pieces(scene, count), "by": scene.worker, "at": NOW, **more})


# --- split ---


def test_each_part_has_a_number_a_body_and_clocks_of_its_own(scene: Scene) -> None:
    case = cases.reported(scene.town.community, by=scene.resident, lon=None, lat=None, address="柳荫路1号")
    first, second = parted(scene, case)
    assert len({case.number, first.number, second.number}) == 3
    assert (first.parent, first.unit, first.address, first.reporter) == (case, case.unit, "柳荫路1号", scene.resident)
    assert (first.state, first.body, first.dispatched_at) == ("sent", scene.department, NOW)
    assert clock(first).due_at == first.due_at
    assert [one.kind for one in CaseEvent.objects.filter(case=first)] == ["received", "dispatched"]
    event = CaseEvent.objects.get(case=case, kind="split")
    assert event.facts["parts"] == [first.pk, second.pk]


def test_without_a_body_the_part_waits_for_the_desk_or_goes_by_the_catalogue(scene: Scene) -> None:
    case = cases.reported(scene.town.community)
    (part,) = split(case.pk, parts=[Piece("request", "没有指定单位")], by=scene.worker, at=NOW)
    assert (part.body, part.state, clock(part, "acceptance").stopped_at) == (None, "received", None)


def test_a_part_is_not_sent_on_past_what_its_dispatch_asks(scene: Scene) -> None:
    moves = [{**one, "asks": ["since"]} if one["code"] == "dispatch" else one for one in cases.REQUEST["moves"]]
    cases.declare("asking", moves=moves)
    case = cases.reported(scene.town.community)
    (part,) = split(case.pk, parts=[Piece("asking", "先问再派", scene.department.pk)], by=scene.worker, at=NOW)
    assert (part.state, part.body, part.dispatched_at) == ("received", None, None)


def test_the_whole_closes_after_its_parts(scene: Scene) -> None:
    case = cases.reported(scene.town.community, by=scene.resident)
    parts = parted(scene, case)
    with pytest.raises(Conflict):
        cases.moved(case, "withdraw", by=scene.resident, at=NOW + DAY)
    for part in parts:
        cases.moved(part, "withdraw", by=scene.resident, at=NOW + DAY)
    assert cases.moved(case, "withdraw", by=scene.resident, at=NOW + DAY).phase == "closed"


def test_the_system_too_closes_no_whole_before_its_parts_and_goes_on_with_others(scene: Scene) -> None:
    case = cases.reported(scene.town.community, by=scene.resident)
    parted(scene, case, 1)
    cases.answered(case, scene.department, scene.worker, scene.clerk)
    other = cases.answered(sent(scene), scene.department, scene.worker, scene.clerk)
    escalate_due(NOW + 30 * DAY)
    assert [Case.objects.get(pk=one.pk).state for one in (case, other)] == ["answered", "lapsed"]


def test_a_whole_whose_time_is_over_waits_for_its_parts_without_an_error(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    case = cases.reported(scene.town.community, by=scene.resident)
    one, other = parted(scene, case)
    for each in (case, one, other):
        cases.answered(each, scene.department, scene.worker, scene.clerk)
    cases.moved(other, "reopen", by=scene.resident, note="还没修")
    over = NOW + 8 * DAY  # for the whole, which was answered first, and a part; the other part goes on
    escalate(int(over.timestamp()))
    assert [Case.objects.get(pk=each.pk).state for each in (case, one, other)] == ["answered", "lapsed", "working"]
    before = Case.objects.get(pk=case.pk)
    assert escalate_due(over + HOUR) == 0
    assert Case.objects.get(pk=case.pk).revision == before.revision
    cases.moved(other, "withdraw", by=scene.resident, at=over + HOUR)
    escalate(int((over + 2 * HOUR).timestamp()))
    assert Case.objects.get(pk=case.pk).outcome == "lapsed"
    assert [one for one in caplog.records if one.name.startswith("liren.service.cases")] == []


def test_whole_and_parts_that_lapse_together_close_in_one_run(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    case = cases.reported(scene.town.community, by=scene.resident)
    made = [case, *parted(scene, case)]
    for each in made:
        cases.answered(each, scene.department, scene.worker, scene.clerk)
    escalate(int((NOW + 8 * DAY).timestamp()))
    assert {Case.objects.get(pk=each.pk).outcome for each in made} == {"lapsed"}
    assert [one for one in caplog.records if one.name.startswith("liren.service.cases")] == []


def test_a_case_is_split_one_level_deep_and_in_ten_at_most(scene: Scene) -> None:
    case = cases.reported(scene.town.community)
    for count in (0, 11):
        with pytest.raises(Conflict):
            parted(scene, case, count)
    part, *_rest = parted(scene, case, 6)
    with pytest.raises(Conflict):
        parted(scene, case, 5)
    with pytest.raises(Conflict):
        parted(scene, part)
    assert len(parted(scene, case, 4)) == 4
    with pytest.raises(IntegrityError, match="case_is_not_its_own_relative"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(parent=case.pk)


def test_a_part_is_never_less_confidential_than_the_whole(scene: Scene) -> None:
    cases.sealed("quarrel", "mediation")
    mediator = make.official("mediator", scene.town.community)
    whole = cases.reported(scene.town.community, "quarrel")
    (part,) = split(whole.pk, parts=pieces(scene, 1), by=mediator, at=NOW)
    assert (part.confidentiality, part.sealed_to, part.body, str(part.search)) == ("sealed", "mediation", None, "")
    public = cases.reported(scene.town.community)
    (part,) = split(public.pk, parts=[Piece("quarrel", "吵起来了")], by=scene.worker, at=NOW)
    assert (part.confidentiality, part.sealed_to) == ("sealed", "mediation")


def test_only_the_desk_splits_and_only_what_can_be(scene: Scene) -> None:
    case = cases.reported(scene.town.community)
    for stranger in (scene.clerk, scene.resident, scene.agent, ANONYMOUS):
        with pytest.raises(NotAllowed):
            parted(scene, case, by=stranger)
    far = bodies.body(scene.town.sibling_street, "social_organisation")
    for wrong in (far.pk, 0, 2**63):
        with pytest.raises(BadInput):
            parted(scene, case, parts=[Piece("request", "一部分", wrong)])
    with pytest.raises(BadInput):
        parted(scene, case, parts=[Piece("request", "一部分", category="none")])
    with pytest.raises(BadReport):
        parted(scene, case, parts=[Piece("request", "")])
    with pytest.raises(NoType):
        parted(scene, case, parts=[Piece("none", "一部分")])
    assert case.children.count() == 0


# --- join ---


def test_who_waits_for_a_joined_case_follows_the_other(scene: Scene) -> None:
    into = cases.reported(scene.town.community, by=scene.resident)
    case = cases.reported(scene.town.community, by=scene.neighbour)
    third, fourth = make.account(), make.account()
    follow(case.pk, by=third, at=NOW)
    follow(case.pk, by=scene.resident, at=NOW)
    follow(into.pk, by=third, at=NOW)
    follow(into.pk, by=fourth, at=NOW)
    case = join(case.pk, into_id=into.pk, by=scene.worker, at=NOW + DAY)
    into.refresh_from_db()
    assert (case.state, case.outcome, case.joined_to, case.closed_at) == ("joined", "joined", into, NOW + DAY)
    assert (case.due_at, case.escalate_at, clock(case, "acceptance").stopped_at) == (None, None, NOW + DAY)
    followers = set(CaseFollower.objects.filter(case=into).values_list("account_id", flat=True))
    assert followers == {scene.neighbour.pk, third.pk, fourth.pk}  # the resident's own case is no matter to follow
    assert (into.followers, case.followers, CaseFollower.objects.filter(case=case).count()) == (3, 0, 0)
    assert CaseEvent.objects.get(case=case, kind="joined").facts["number"] == into.number
    assert (into.phase, clock(into, "acceptance").stopped_at) == ("open", None)


def test_what_was_joined_before_goes_along(scene: Scene) -> None:
    first, second, third = (cases.reported(scene.town.community) for _ in range(3))
    join(first.pk, into_id=second.pk, by=scene.worker, at=NOW)
    join(second.pk, into_id=third.pk, by=scene.worker, at=NOW)
    first.refresh_from_db()
    assert first.joined_to == third


def test_only_like_open_cases_are_joined(scene: Scene) -> None:
    case, into = (cases.reported(scene.town.community, by=scene.resident) for _ in range(2))
    with pytest.raises(Conflict):
        join(case.pk, into_id=case.pk, by=scene.worker, at=NOW)
    cases.sealed("quarrel", "mediation")
    closed = cases.moved(into, "withdraw", by=scene.resident)
    for one, other in ((case, closed), (closed, case)):
        with pytest.raises(Conflict):
            join(one.pk, into_id=other.pk, by=scene.worker, at=NOW)
    split(case.pk, parts=pieces(scene, 1), by=scene.worker, at=NOW)
    with pytest.raises(Conflict):  # a part of it is open
        join(case.pk, into_id=cases.reported(scene.town.community).pk, by=scene.worker, at=NOW)


def test_only_the_desk_of_both_joins(scene: Scene) -> None:
    case, far = cases.reported(scene.town.community), cases.reported(scene.town.cousin_community)
    for stranger in (scene.clerk, scene.resident, scene.worker, ANONYMOUS):
        with pytest.raises(NotAllowed):
            join(case.pk, into_id=far.pk, by=stranger, at=NOW)
    street = make.official("district_admin", scene.town.district)
    with pytest.raises(IntegrityError, match="case_joined_is_closed_as_joined"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(joined_to=far.pk)
    assert join(case.pk, into_id=far.pk, by=street, at=NOW).joined_to == far
    assert AuditEntry.objects.filter(action="cases.joined").count() == 1
