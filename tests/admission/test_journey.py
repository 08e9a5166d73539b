"""From an application to an admission, by those who really do it: clerk, community worker, secretary of the meeting."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from liren.foundation.admission import queries, services
from liren.foundation.admission.models import Admission, Application, Hearing, Refusal
from liren.foundation.admission.services import NotAdmitted
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.people.models import Account
from liren.journeys import admit
from liren.service.cases.models import Case
from tests import make as makers
from tests.make import admission as make
from tests.make import bodies, cases, each
from tests.make.people import Tree

pytestmark = pytest.mark.django_db
FIRST, END = date(2026, 8, 3), date(2027, 8, 3)


@dataclass
class Scene:
    town: Tree
    department: Body
    clerk: Account
    secretary: Account
    worker: Account


def build() -> Scene:
    town = makers.town()
    makers.roles()
    each.load_packs(make.NOW)
    department = bodies.body(town.district, "department", name_zh="区民政局")
    return Scene(
        town, department, cases.clerk(department, town.district), makers.official("district_admin", town.district),
        makers.official("community_worker", town.community),
    )  # fmt: skip


@pytest.fixture(scope="module")
def built_scene(django_db_setup, django_db_blocker):
    with makers.standing(django_db_blocker, build) as made:
        yield made


@pytest.fixture
def scene(built_scene, db):
    return built_scene


def wish(scene, **changes: Any) -> services.Wish:
    facts = {
        "work_type": "task", "title_zh": "老年人口普查协助", "sender_id": scene.department.pk, "basis": "老年法第四条",
        "unit_id": scene.town.district.pk, "communities": [scene.town.community.pk], "first": FIRST, "end": END,
        "minutes_a_month": 300, **changes,
    }  # fmt: skip
    return services.Wish(**facts)


def applied(scene, **changes):
    return admit.apply(wish(scene, **changes), purpose="每季度一次", by=scene.clerk, at=make.NOW)


def heard(scene, made, stand="agrees"):
    on = {"by": scene.secretary, "at": make.NOW}
    admit.check(made.application.pk, note="清单上没有", **on)
    admit.open_hearing(made.application.pk, **on)
    services.hear(
        made.application.pk, community_id=scene.town.community.pk, stand=stand, text="可以做", by=scene.worker,
        at=make.NOW,
    )  # fmt: skip
    admit.close_hearing(made.application.pk, **on)


def decided(scene, made, outcome="admitted"):
    return admit.decide(
        made.application.pk,
        outcome=outcome,
        ground="依法协助",
        session="第三次联席会议",
        by=scene.secretary,
        at=make.NOW,
    )


@pytest.mark.requirement("R348")
def test_an_application_becomes_an_admission_under_which_work_is_handed_down(scene):
    made = applied(scene)
    assert (made.findings, made.case.state, made.case.due_at is not None) == ([], "applied", True)
    heard(scene, made)
    admission = decided(scene, made)
    case = Case.objects.get(pk=made.case.pk)
    assert (case.state, admission.during.lower, admission.during.upper) == ("admitted", FIRST, END)
    assert "可以做" in case.values["heard"]
    task = services.Task(scene.town.community.pk, "登记老人", "task", FIRST, admission.pk)
    later = make.NOW + timedelta(days=60)
    (row,) = services.hand_down([task], sender_id=scene.department.pk, by=scene.clerk, at=later)
    assert services.accept(row.pk, by=scene.worker, at=later).state == "accepted"


@pytest.mark.requirement("R348")
def test_nothing_is_admitted_before_the_communities_were_heard(scene):
    made = applied(scene)
    with pytest.raises(Conflict, match="听取|heard"):
        decided(scene, made)
    assert not Admission.objects.exists()
    assert Case.objects.get(pk=made.case.pk).state == "applied"


def test_who_applied_does_not_decide_and_a_stranger_does_nothing(scene):
    made = applied(scene)
    heard(scene, made)
    for actor in (scene.clerk, scene.worker, makers.account()):
        with pytest.raises(NotAllowed):
            admit.decide(made.application.pk, outcome="admitted", ground="依法", session="会议", by=actor, at=make.NOW)
    with pytest.raises(NotAllowed):
        admit.apply(wish(scene), purpose="x", by=scene.worker, at=make.NOW)


def test_only_the_community_itself_speaks_for_it(scene):
    made = applied(scene)
    with pytest.raises(NotAllowed):
        services.hear(
            made.application.pk, community_id=scene.town.community.pk, stand="agrees", text="好", by=scene.secretary,
            at=make.NOW,
        )  # fmt: skip
    assert not Hearing.objects.exists()


def test_a_refused_application_gives_no_admission(scene):
    made = applied(scene)
    assert decided(scene, made, "refused") is None
    assert Case.objects.get(pk=made.case.pk).state == "refused"
    assert Application.objects.get(pk=made.application.pk).outcome == "refused"
    with pytest.raises(Conflict):
        decided(scene, made, "refused")


def test_an_application_is_withdrawn_by_who_sent_it(scene):
    made = applied(scene)
    admit.withdraw(made.application.pk, reason="不需要了", by=scene.clerk, at=make.NOW)
    assert Case.objects.get(pk=made.case.pk).state == "withdrawn"


def test_the_same_form_sent_twice_is_one_application(scene):
    key = uuid.uuid4()
    one, two = (
        admit.apply(wish(scene), purpose="每季度", client_key=key, by=scene.clerk, at=make.NOW) for _ in range(2)
    )
    assert one.application == two.application


@pytest.mark.requirement("R348")
def test_one_applies_thirty_working_days_ahead(scene):
    makers.notice(days={date(2026, 6, 19): False})
    soonest = queries.soonest_day(scene.town.district.pk, make.TODAY)
    assert soonest == date(2026, 7, 14)  # thirty working days from 1 June 2026, 19 June being a holiday
    found = queries.findings(wish(scene, first=soonest - timedelta(days=1)), on=make.TODAY)
    assert [one.code for one in found] == ["too_late"]
    with pytest.raises(Conflict):
        applied(scene, first=soonest - timedelta(days=1))
    assert not Case.objects.exists()


def test_a_move_made_on_the_page_of_the_case_is_not_made_again(scene):
    made = applied(scene)
    cases.moved(made.case, "check", by=scene.secretary, note="好")
    heard(scene, made)
    assert decided(scene, made) is not None


def test_the_gate_counts_for_accounts_too(scene):
    task = services.Task(scene.town.community.pk, "填表", "form", FIRST)
    before = Refusal.objects.count()
    with pytest.raises(NotAdmitted):
        services.hand_down([task], sender_id=scene.department.pk, by=scene.clerk, at=make.NOW)
    assert Refusal.objects.count() == before + 1
    with pytest.raises(BadInput):
        services.hand_down([], sender_id=scene.department.pk, by=scene.clerk, at=make.NOW)


def test_whoever_holds_a_post_in_the_body_decides_neither_on_it_nor_on_what_is_said_of_it(scene):
    made = applied(scene)
    heard(scene, made)
    report = services.report_outside(
        community_id=scene.town.community.pk, sender_id=scene.department.pk, work_type="form", happened_on=make.TODAY,
        text="群里要表", by=scene.worker, at=make.NOW,
    )  # fmt: skip
    bodies.holding(bodies.post(scene.department), account_id=scene.secretary.pk)
    with pytest.raises(NotAllowed):
        decided(scene, made)
    with pytest.raises(NotAllowed):
        services.judge_outside(report.pk, move="dismiss", answer="没有", by=scene.secretary, at=make.NOW)
