"""The gate before cases, and every service that puts work on a community.

Each service is tried without an admission and with one; ``test_walk.py`` reads the code for others.
"""

import argparse
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from liren.cli import audit
from liren.foundation.admission import services as gate
from liren.foundation.admission.models import Admission, Assignment, Ledger, Refusal
from liren.foundation.admission.queries import counted_against
from liren.foundation.admission.services import NotAdmitted
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.people.models import Account
from liren.service.cases import services
from liren.service.cases.models import Call, Case, CasePart, DispatchRule
from liren.service.cases.queries import refusable, timeline
from liren.service.cases.queries.gate import case_faults
from liren.service.cases.services import calls, disputes, refusing
from liren.service.cases.services.joint import Piece, split
from tests import make as makers
from tests.make import admission as make
from tests.make import bodies, cases, each, gatepages
from tests.make.people import Tree

pytestmark = pytest.mark.django_db


@dataclass
class Scene:
    town: Tree
    department: Body
    committee: Body
    worker: Account
    street: Account
    district: Account
    under: Admission


def build() -> Scene:
    town = makers.town()
    makers.roles()
    each.load_packs(make.NOW)  # the time for rulings and calls
    cases.declare(at=make.NOW + timedelta(seconds=1))
    cases.declare("ordered", work="task")
    department = bodies.body(town.district, "department", name_zh="区商务局")
    committee = bodies.body(town.community, "committee", name_zh="社区居民委员会")
    wish = gate.Wish(
        "task", "核对商户", department.pk, "条例", town.district.pk, [town.community.pk], make.TODAY, make.END, 60
    )
    return Scene(
        town, department, committee, makers.official("community_worker", town.community),
        makers.official("street_officer", town.street), makers.official("district_admin", town.district),
        gate.admit_old(wish, session="第一次联席会议", **make.BY),
    )  # fmt: skip


@pytest.fixture(scope="module")
def built_scene(django_db_setup, django_db_blocker):
    with makers.standing(django_db_blocker, build) as made:
        yield made


@pytest.fixture
def scene(built_scene, db):
    return built_scene


# --- every service, tried without an admission and with one ---


def by_hand_down(scene, admission_id):
    task = gate.Task(scene.town.community.pk, "核对", "task", make.TODAY, admission_id)
    return gate.hand_down([task], sender_id=scene.department.pk, **make.BY)[0]


def by_hand_out(scene, admission_id):
    """A table is not refused by an exception but line by line; here there is one."""
    task = gate.Task(scene.town.community.pk, "整表核对", "task", make.TODAY, admission_id)
    report = gate.hand_out([gate.Line(2, task)], sender_id=scene.department.pk, **make.BY)
    if report.refused:
        raise NotAdmitted("gate_needs_an_admission", 0)
    return report


def by_open_ledger(scene, admission_id):
    if admission_id:
        wish = gate.Wish(
            "ledger", "商户台账", scene.department.pk, "条例", scene.town.district.pk, [scene.town.community.pk],
            make.TODAY, make.END, 60,
        )  # fmt: skip
        admission_id = gate.admit_old(wish, session="第二次联席会议", **make.BY).pk
    return gate.open_ledger(
        community_id=scene.town.community.pk, name_zh="商户台账", sender_id=scene.department.pk,
        admission_id=admission_id, given_on=make.TODAY, **make.BY,
    )  # fmt: skip


def ordered(scene, **changes):
    return cases.reported(scene.town.community, "ordered", **changes)


def by_move(scene, admission_id):
    case = ordered(scene)
    return services.move(
        case.pk, "dispatch", body_id=scene.committee.pk, admission_id=admission_id, by=scene.street, at=make.NOW
    )


def by_report(scene, admission_id):
    kind = cases.type_of("ordered")
    DispatchRule.objects.create(
        type_id=kind.pk, category="", unit=scene.town.community, body=scene.committee, ground="分工",
        during=(make.TODAY, None), recorded_by="x", recorded_at=make.NOW,
    )  # fmt: skip
    return ordered(scene, admission_id=admission_id)


def by_split(scene, admission_id):
    case = cases.reported(scene.town.community)
    piece = Piece("ordered", "分办", body_id=scene.committee.pk, admission_id=admission_id)
    return split(case.pk, parts=[piece], by=scene.street, at=make.NOW)[0]


def by_rule(scene, admission_id):
    case = ordered(scene, admission_id=admission_id)
    clerk = cases.clerk(scene.department, scene.town.district)
    case = cases.moved(case, "dispatch", by=scene.street, body_id=scene.department.pk)
    dispute = disputes.object_to(case.pk, ground="三定", reason="不归我们", by=clerk, at=make.NOW)
    disputes.rule(dispute.pk, body_id=scene.committee.pk, ruling="由社区办", by=scene.district, at=make.NOW)
    return Case.objects.get(pk=case.pk)


def by_add_part(scene, admission_id):
    case = ordered(scene, admission_id=admission_id)
    return services.add_part(case.pk, role="helper", body_id=scene.committee.pk, by=scene.street, at=make.NOW)


def by_call(scene, admission_id):
    case = ordered(scene, admission_id=admission_id)
    return calls.call(case.pk, body_id=scene.committee.pk, question="来不来", by=scene.street, at=make.NOW)


TRIED = {
    "hand_down": by_hand_down,
    "hand_out": by_hand_out,
    "open_ledger": by_open_ledger,
    "move": by_move,
    "report": by_report,
    "split": by_split,
    "rule": by_rule,
    "add_part": by_add_part,
    "call": by_call,
}


def rows():
    return [model.objects.count() for model in (Assignment, Ledger, CasePart, Call)], Case.objects.filter(
        body__unit__level=5
    ).count()


@pytest.mark.requirement("R348")
@pytest.mark.parametrize("door", TRIED)
def test_no_service_puts_work_on_a_community_without_an_admission(scene, door):
    before, kept = rows(), Refusal.objects.count()
    with pytest.raises(NotAdmitted), transaction.atomic():
        TRIED[door](scene, None)
    assert rows() == before
    assert Refusal.objects.count() == kept + 1
    assert Refusal.objects.order_by("-pk")[0].door == door


@pytest.mark.requirement("R348")
@pytest.mark.parametrize("door", TRIED)
def test_with_an_admission_each_of_them_does(scene, door):
    before = rows()
    TRIED[door](scene, scene.under.pk)
    assert rows() != before


# --- what the words of an admitted case hold, and what a committee answers ---


@pytest.mark.requirement("R352")
@pytest.mark.parametrize("taken", [False, True])
def test_a_committee_refuses_an_offices_case_in_one_step_and_the_office_is_told(scene, taken):
    item = gatepages.listed("negative", scene.town.city, "stray", "入户核查与社区无关的信息", words=["入户核查"])
    case = ordered(scene, text="先核对商户，再逐户入 户·核查")
    sent = cases.moved(case, "dispatch", by=scene.street, body_id=scene.committee.pk, admission_id=scene.under.pk)
    if taken:
        sent = cases.moved(sent, "take", by=cases.clerk(scene.committee, scene.town.community, "community_worker"))
    assert refusable.betrayed([sent], make.TODAY) == {case.pk: item}
    with pytest.raises(NotAllowed):
        refusing.refuse(case.pk, item_id=item.pk, by=scene.street, at=make.NOW)
    with pytest.raises(BadInput):
        refusing.refuse(case.pk, item_id=item.pk + 1, by=scene.worker, at=make.NOW)
    with pytest.raises(BadInput):
        refusing.refuse(case.pk, by=scene.worker, at=make.NOW)
    span = (make.NOW, make.NOW + timedelta(days=1))
    before = counted_against(*span)
    back = refusing.refuse(case.pk, item_id=item.pk, by=scene.worker, at=make.NOW)
    assert (back.state, back.phase, back.body, back.handler, back.admission) == ("received", "open", None, None, None)
    refusal = Refusal.objects.get(door="refuse")
    assert (refusal.why, refusal.sender, refusal.community) == (
        "refused_as_listed", scene.department, scene.town.community,
    )  # fmt: skip
    assert {one.body for one in refusal.notices.all()} == {scene.department, None}
    assert counted_against(*span) == before  # it had an admission
    assert item.name_zh in timeline(back, scene.street)[-1].words
    with pytest.raises(Conflict):
        refusing.refuse(case.pk, note="再来一次", by=scene.worker, at=make.NOW)


# --- what residents ask, and hand-written SQL ---


@pytest.mark.requirement("R348")
def test_what_residents_ask_goes_to_the_community_without_an_admission(scene):
    case = cases.reported(scene.town.community)
    sent = cases.moved(case, "dispatch", by=scene.street, body_id=scene.committee.pk)
    assert (sent.body, sent.work, sent.admission) == (scene.committee, "", None)


def test_an_office_may_give_its_work_to_a_department(scene):
    sent = cases.moved(ordered(scene), "dispatch", by=scene.street, body_id=scene.department.pk)
    assert (sent.body, sent.work) == (scene.department, "task")


def test_a_body_below_the_community_is_behind_the_same_gate(scene):
    team = bodies.body(scene.town.grid, "volunteer_team")
    with pytest.raises(NotAdmitted):
        cases.moved(ordered(scene), "dispatch", by=scene.street, body_id=team.pk)
    sent = cases.moved(ordered(scene), "dispatch", by=scene.street, body_id=team.pk, admission_id=scene.under.pk)
    assert sent.admission == scene.under


def test_hand_written_sql_does_not_send_an_offices_case_to_a_community(scene):
    case = ordered(scene)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Case.objects.filter(pk=case.pk).update(body=scene.committee)
    assert error.value.__cause__.diag.constraint_name == "gate_needs_an_admission"
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(work="")
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        CasePart.objects.create(case=case, role="helper", body=scene.committee, joined_at=make.NOW)
    assert error.value.__cause__.diag.constraint_name == "gate_needs_an_admission"


def test_a_part_of_a_meeting_is_not_covered_by_the_admission_of_the_meeting(scene):
    cases.declare("assembly", work="meeting")
    case = cases.reported(scene.town.community, "assembly", admission_id=scene.under.pk)
    piece = Piece("ordered", "分办", body_id=scene.committee.pk)
    with pytest.raises(NotAdmitted):
        split(case.pk, parts=[piece], by=scene.street, at=make.NOW)


def test_cases_that_went_round_while_the_trigger_was_off_are_found(scene, capsys):
    assert list(case_faults()) == []
    case, other = ordered(scene), ordered(scene)
    makers.chained()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
    Case.objects.filter(pk=case.pk).update(body=scene.committee)
    Case.objects.filter(pk=other.pk).update(work="")
    assert [(one.what, one.row_id) for one in case_faults()] == [
        ("work_without_admission", case.pk), ("work_disguised_as_a_request", other.pk),
    ]  # fmt: skip
    assert audit.run_gate(argparse.Namespace()) == 1
    said = capsys.readouterr().out
    assert "trigger_missing: cases_case" in said
    assert f"work_without_admission: cases_case {case.pk}" in said


def test_a_case_of_an_unknown_kind_of_work_is_refused(scene):
    case = ordered(scene)
    case.pk, case.work = None, "hobby"
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        case.save(force_insert=True)
    assert error.value.__cause__.diag.constraint_name == "case_work_is_known"
