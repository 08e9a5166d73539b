"""From an application to an admission, by those who really do it: clerk, community worker, secretary of the meeting."""

import ast
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from liren.foundation.admission import queries, services
from liren.foundation.admission.models import Admission, Application, Hearing, Refusal
from liren.foundation.admission.queries import checks
from liren.foundation.admission.services import NotAdmitted
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import Anonymous
from liren.foundation.people.models import Account
from liren.foundation.policy.models import DeclarationVersion
from liren.front.desk.cases import intake
from liren.front.desk.templatetags.noting import declared_for, noted
from liren.front.portal.cases import choosing
from liren.journeys import admit
from liren.service.cases import services as services_of_cases
from liren.service.cases.models import Case, CaseEvent, type_of
from liren.service.cases.queries import feeds, open_moves
from liren.service.cases.queries.gate import case_faults
from liren.service.cases.queries.timeline import timeline
from liren.service.cases.services import OfJourney
from liren.service.cases.services.joint import Piece, split
from tests import make as makers
from tests.conftest import ROOT
from tests.make import admission as make
from tests.make import bodies, cases, each
from tests.make.moves import undone
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


@pytest.mark.parametrize(("who", "said"), [("clerk", "反映人"), ("colleague", "区民政局")])
def test_an_application_is_withdrawn_by_the_body_that_sent_it_and_the_story_says_by_whom(scene, who, said):
    made = applied(scene)
    colleague = cases.clerk(scene.department, scene.town.district)
    by = {"clerk": scene.clerk, "colleague": colleague}[who]
    assert "withdraw" in admit.open_steps(made.application, by)
    admit.withdraw(made.application.pk, reason="不需要了", by=by, at=make.NOW)
    case = Case.objects.get(pk=made.case.pk)
    last = CaseEvent.objects.filter(case=case).latest("pk")
    assert (case.state, last.actor) == ("withdrawn", by.label)
    with translation.override("zh-hans"):
        for reader in (scene.secretary, Anonymous()):
            assert timeline(case, reader)[-1].who == said
        for action in ("cases.moved", "cases.reported"):
            assert ("机构", "区民政局") in told_of(AuditEntry.objects.filter(action=action).latest("pk"))
        for pk, name in ((scene.department.pk, "区民政局"), (2**53 - 1, str(2**53 - 1))):
            assert told_of(AuditEntry(action="admission.admitted", facts={"sender": pk})) == [("交办单位", name)]


def told_of(entry):
    """The facts of an entry as the page of the audit log says them."""
    return [(str(name), str(value)) for name, value in noted(entry, declared_for([entry]))]


def test_no_other_body_withdraws_an_application_nor_a_colleague_without_the_mandate(scene):
    made = applied(scene)
    stranger = cases.clerk(bodies.body(scene.town.district, "department"), scene.town.district)
    unmandated = makers.account()
    bodies.holding(bodies.post(scene.department), account_id=unmandated.pk)
    for by in (stranger, unmandated, scene.secretary, scene.worker):
        assert "withdraw" not in admit.open_steps(made.application, by)
        with pytest.raises(NotAllowed):
            admit.withdraw(made.application.pk, reason="x", by=by, at=make.NOW)
    colleague = cases.clerk(scene.department, scene.town.district)
    with pytest.raises(NotAllowed):  # on the case itself, without the journey
        services_of_cases.move(
            made.case.pk, "withdraw", reporting_body_id=scene.department.pk, by=colleague, at=make.NOW
        )


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


@pytest.mark.requirement("R348")
@pytest.mark.parametrize(("days", "last"), [(15, date(2026, 6, 22)), (10, date(2026, 6, 15))])
def test_a_decision_that_is_late_in_all_goes_up_however_punctual_its_steps(scene, monkeypatch, days, last):
    """Each step has days of its own; the days that a place sets for the whole run beside them."""
    monkeypatch.setattr(checks, "working_days", lambda code, *_on: days if code == checks.DECIDE else 30)
    made = applied(scene)
    clock = made.case.clocks.get(code="decision")
    assert (timezone.localdate(clock.due_at), clock.stopped_at) == (last, None)
    late = make.NOW + timedelta(days=30)
    on = {"by": scene.secretary, "at": late}
    admit.check(made.application.pk, note="清单上没有", **on)
    admit.open_hearing(made.application.pk, **on)
    case = Case.objects.get(pk=made.case.pk)
    assert case.due_at == clock.due_at < late  # the step that just began is in time, the decision is not
    assert case.escalate_at is not None


# --- nobody goes round the journey by the case ---

#: Every move of the type, and how far the application has come when it is tried.
MOVES = {"check": 0, "open_hearing": 1, "close_hearing": 2, "admit": 3, "refuse": 0, "withdraw": 0}


def come(scene, far):
    """An application that went so far by its journey: applied, checked, heard, before the meeting."""
    made, on = applied(scene), {"by": scene.secretary, "at": make.NOW}
    if far == 3:
        heard(scene, made)
        return made
    for step in [lambda: admit.check(made.application.pk, note="好", **on),
                 lambda: admit.open_hearing(made.application.pk, **on)][:far]:  # fmt: skip
        step()
    return made


def signed_in(account):
    client = Client()
    makers.sign_in(client, Account.objects.get(pk=account.pk))
    return client


@pytest.mark.requirement("R348")
@pytest.mark.parametrize(("move", "far"), MOVES.items())
def test_no_step_of_an_application_is_made_on_its_case(scene, move, far):
    made = come(scene, far)
    before = Case.objects.get(pk=made.case.pk)
    who = scene.clerk if move == "withdraw" else scene.secretary
    assert set(MOVES) == {one.code for one in type_of(admit.TYPE).spec.moves}
    assert move not in [one.code for one in open_moves(before, who)]
    facts = {"note": "好", "values": {"heard": "x", "session": "会议", "refused_at": "会议"}, "by": who, "at": make.NOW}
    facts["values"] = {key: value for key, value in facts["values"].items() if key in _asks(move)}
    for journey in ("", "another"):
        with pytest.raises(OfJourney):
            services_of_cases.move(before.pk, move, journey=journey, **facts)
    page, own = f"/desk/cases/{before.number}/move/{move}/", f"/cases/{before.number}/move/{move}/"
    home = f"/desk/gate/applications/{made.application.pk}/"
    desk = signed_in(scene.secretary)
    if move != "withdraw":
        for answer in (desk.get(page), desk.post(page, makers.form(scene.secretary, note="好", ask_session="会议"))):
            assert (answer.status_code, home in answer.content.decode()) == (409, True)
    assert home in desk.get(f"/desk/cases/{before.number}/").content.decode()
    asked = {"case": f"{before.pk}.{before.revision}", "move": move, "note": "好"}
    assert desk.post("/desk/cases/bulk/", makers.form(scene.secretary, **asked)).status_code == 422
    clerk = signed_in(scene.clerk)
    assert clerk.post(own, makers.form(scene.clerk, note="好", seen="1")).status_code == 404
    assert "/desk/gate/mine/" in clerk.get(f"/cases/{before.number}/").content.decode()
    after = Case.objects.get(pk=before.pk)
    assert (after.state, after.revision) == (before.state, before.revision)
    assert not Admission.objects.exists()


def _asks(move):
    return type_of(admit.TYPE).spec.move(move).asks


def test_no_program_moves_it_by_the_interface(scene):
    """The API reads a case; and it says of each move to which journey it belongs."""
    made, client = applied(scene), signed_in(scene.secretary)
    path = reverse("api-case", args=[made.case.number])
    declared = client.get(reverse("api-case-type", args=[admit.TYPE])).json()
    assert {one["code"]: one["journey"] for one in declared["moves"]} == dict.fromkeys(MOVES, "admit")
    assert client.post(path, makers.form(scene.secretary, move="refuse", note="不")).status_code == 405
    assert Case.objects.get(pk=made.case.pk).state == "applied"


def test_an_application_is_taken_in_by_its_journey_alone(scene):
    on = {"by": scene.clerk, "at": make.NOW}
    with pytest.raises(OfJourney):
        services_of_cases.report(admit.TYPE, text="想要", unit_id=scene.town.district.pk, **on)
    assert admit.TYPE not in {one.code for one in (*choosing.open_types(), *intake.open_types(), *feeds.open_types())}
    assert signed_in(scene.clerk).get(f"/report/{admit.TYPE}/").status_code == 404
    case = cases.reported(scene.town.community)
    with pytest.raises(OfJourney):
        split(case.pk, parts=[Piece(admit.TYPE, "想要")], by=scene.secretary, at=make.NOW)
    assert not Case.objects.filter(type__code=admit.TYPE).exists()


NAME = "case_is_closed_as_its_application_was_decided"


@pytest.mark.parametrize("outcome", ["done", "refused", "withdrawn", "lapsed"])
def test_the_database_closes_no_application_that_was_not_decided_so(scene, outcome):
    made = applied(scene)
    closed = {"phase": "closed", "state": "admitted", "outcome": outcome, "closed_at": make.NOW}
    closed |= {"due_at": None, "escalate_at": None}
    rows = Case.objects.filter(pk=made.case.pk)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        rows.update(**closed)
    assert error.value.__cause__.diag.constraint_name == NAME
    with undone():
        refused(scene, made)
        if outcome == "refused":
            rows.update(**closed)
            at_the_end()
        else:
            with pytest.raises(IntegrityError) as error, transaction.atomic():
                rows.update(**closed)
            assert error.value.__cause__.diag.constraint_name == NAME


def refused(scene, made):
    """Decided in the room of the gate alone, without the case."""
    on = {"by": scene.secretary, "at": make.NOW}
    services.decide(made.application.pk, outcome="refused", ground="不必", session="会议", **on)


def at_the_end():
    """What the database asks when a transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_keeps_no_decision_without_its_case(scene):
    made = applied(scene)
    with undone():
        refused(scene, made)
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            at_the_end()
    assert error.value.__cause__.diag.constraint_name == "application_is_decided_with_its_case"
    assert Application.objects.get(pk=made.application.pk).outcome == ""


def test_an_application_of_before_the_journeys_is_not_decided_on_its_case_either(scene):
    """Its type, as it was declared then, leaves the moves to everybody: the database holds what the declaration does
    not, and the journey takes over where the page left off."""
    old = dict(DeclarationVersion.objects.get(declaration__code=admit.TYPE, retired_at=None).content)
    del old["journey"]
    old["moves"] = [{key: value for key, value in one.items() if key != "journey"} for one in old["moves"]]
    cases.declare(**{**dict.fromkeys(cases.REQUEST), **old})
    made = applied(scene)
    cases.moved(made.case, "check", by=scene.secretary, note="好")
    with pytest.raises(OfJourney):
        cases.moved(made.case, "refuse", by=scene.secretary, note="不", values={"refused_at": "会议"})
    heard(scene, made)
    with pytest.raises(OfJourney):
        cases.moved(made.case, "admit", by=scene.secretary, note="好", values={"session": "会议"})
    assert decided(scene, made) is not None
    assert Case.objects.get(pk=made.case.pk).state == "admitted"


def test_two_decisions_at_once_and_a_step_sent_twice_give_one_story(scene):
    made = applied(scene)
    heard(scene, made)
    on = {"by": scene.secretary, "at": make.NOW}
    admit.check(made.application.pk, note="清单上没有", **on)  # sent again by a browser: nothing is made twice
    admit.open_hearing(made.application.pk, **on)
    assert decided(scene, made) is not None
    at_the_end()
    for outcome in ("admitted", "refused"):
        with pytest.raises(Conflict):
            decided(scene, made, outcome)
    moves = list(CaseEvent.objects.filter(case=made.case).exclude(move="").values_list("move", flat=True))
    assert sorted(moves) == ["admit", "check", "close_hearing", "open_hearing"]
    assert Admission.objects.count() == 1


def test_a_case_and_its_application_that_say_two_things_are_found(scene):
    made = applied(scene)
    assert list(case_faults()) == []
    values = {"work_type": "task", "sender": str(scene.department.pk), "legal_basis": "条例"}
    values |= {"first_day": FIRST.isoformat(), "end_day": END.isoformat()}
    facts = {"unit_id": scene.town.district.pk, "journey": "admit", "values": values}
    bare = services_of_cases.report(admit.TYPE, text="想要", **facts, by=scene.clerk, at=make.NOW)
    with undone():
        refused(scene, made)
        assert [(one.what, one.row_id) for one in case_faults()] == [
            ("application_and_case_differ", made.case.pk), ("case_without_its_application", bare.case.pk),
        ]  # fmt: skip


def test_a_journey_is_named_by_the_journeys_alone():
    """The word opens what the type closes to everybody else: a page that named it would go round its own process."""
    naming = set()
    for path in (ROOT / "liren").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and any(one.arg == "journey" for one in node.keywords):
                naming.add(path.relative_to(ROOT / "liren").as_posix())
    assert naming == {"journeys/admit.py", "service/cases/engine/declaration.py"}


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
