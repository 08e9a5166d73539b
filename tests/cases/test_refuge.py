"""Refuge: nothing under an account leads to a request, and the looks of officials are reviewed."""

import uuid
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.people.services import export_own_data
from liren.service.cases import queries, services
from liren.service.cases.models import Case, CaseEvent, CaseLook
from liren.service.cases.queries import NoCase
from liren.service.cases.services.joint import Piece, split
from tests import make
from tests.make import cases

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R107")]


@pytest.fixture
def kind():
    return cases.sealed("refuge", to="refuge", place="optional")


@pytest.fixture
def asked(kind, scene):
    """A request that somebody sent while signed in."""
    return cases.taken(scene.town.community, "refuge", by=scene.resident, text="我要离开家")


@pytest.fixture
def helper(scene):
    return make.official("refuge_worker", scene.town.district)


@pytest.fixture
def officer(scene):
    return make.official("data_protection_officer", scene.town.district)


# --- no account leads to it


def test_it_hangs_on_no_account_wherever_one_looks(asked, scene):
    case, own = asked.case, scene.resident
    assert (case.reporter_id, case.taken_by) == (None, "anonymous")
    assert not Case.objects.visible_to(own).filter(pk=case.pk).exists()
    assert queries.own_list(own).rows == []
    with pytest.raises(NoCase):
        services.open_case(case.number, by=own, at=cases.NOW)
    data = export_own_data(own.pk, by=own, at=cases.NOW)
    assert (data["case"], case.number in str(data), "我要离开家" in str(data)) == ([], False, False)
    assert not CaseEvent.objects.filter(case=case, actor=own.label).exists()
    assert not AuditEntry.objects.filter(object_id=str(case.pk), action__startswith="cases.", actor=own.label).exists()


def test_the_receipt_reads_it_adds_to_it_and_ends_it(asked, helper):
    case, own = asked.case, services.holder(asked.case.number, asked.receipt_key)
    assert queries.reading(services.open_case(case.number, by=own, at=cases.NOW), own).text == "我要离开家"
    services.add_note(case.pk, note="晚上方便", told=True, by=own, at=cases.NOW)
    assert [line.note for line in queries.timeline(case, helper)][-1] == "晚上方便"
    assert cases.moved(case, "withdraw", by=own).phase == "closed"


def test_the_same_draft_sent_twice_is_one_request_whoever_is_signed_in(kind, scene):
    facts = {"client_key": uuid.uuid4(), "text": "我要离开家"}
    first = cases.taken(scene.town.community, "refuge", by=scene.resident, **facts)
    again = cases.taken(scene.town.community, "refuge", **facts)
    assert (again.repeated, again.case.pk) == (True, first.case.pk)


def test_a_worker_who_takes_it_in_stands_on_it_and_no_account_of_the_person(kind, scene):
    facts = {"by": scene.worker, "taken_by_desk": True, "reporter_id": scene.resident.pk, "channel": "counter"}
    case = cases.reported(scene.town.community, "refuge", **facts)
    assert (case.reporter_id, case.taken_by) == (None, scene.worker.label)


def test_other_sealed_matters_stay_with_their_reporter(scene):
    cases.sealed("support", to="support", place="optional")
    case = cases.reported(scene.town.community, "support", by=scene.resident)
    assert [row.case.pk for row in queries.own_list(scene.resident).rows] == [case.pk]


def test_the_database_refuses_an_account_on_it_and_lets_go_of_earlier_ones(asked, scene):
    pk = asked.case.pk
    with pytest.raises(IntegrityError, match="case_for_refuge_hangs_on_no_account"), transaction.atomic():
        Case.objects.filter(pk=pk).update(reporter=scene.resident)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_case DROP CONSTRAINT case_for_refuge_hangs_on_no_account")
        Case.objects.filter(pk=pk).update(reporter=scene.resident)
        cursor.execute(import_module("liren.service.cases.migrations.0022_privacy").UNLINKED)
    assert Case.objects.get(pk=pk).reporter_id is None
    assert services.holder(asked.case.number, asked.receipt_key).receipt_of == pk


def test_what_is_split_off_for_refuge_hangs_on_no_account_either(kind, scene):
    cases.declare()
    case = cases.reported(scene.town.community, by=scene.resident)
    pieces = [Piece("refuge", "我要离开家"), Piece("request", "路灯不亮")]
    made = split(case.pk, parts=pieces, by=scene.worker, at=cases.NOW)
    found = {one.type.code: one.reporter_id for one in made}
    assert found == {"refuge": None, "request": scene.resident.pk}


# --- looks are reviewed


def looks():
    return list(CaseLook.objects.order_by("pk").values_list("account", "times", "outcome"))


def test_the_looks_of_a_day_are_one_line_until_they_are_reviewed(asked, helper, officer):
    number = asked.case.number
    for hours in (0, 1, 2):
        services.open_case(number, by=helper, at=cases.NOW + timedelta(hours=hours))
    assert looks() == [(helper.pk, 3, "")]
    look = CaseLook.objects.get()
    assert (look.first_at, look.last_at) == (cases.NOW, cases.NOW + timedelta(hours=2))
    services.review_look(look.pk, outcome="justified", by=officer, at=cases.NOW)
    services.open_case(number, by=helper, at=cases.NOW + timedelta(hours=3))
    services.open_case(number, by=helper, at=cases.NOW + timedelta(days=1))
    assert looks() == [(helper.pk, 3, "justified"), (helper.pk, 1, ""), (helper.pk, 1, "")]


def test_whoever_reported_and_parties_are_no_lookers(asked, scene):
    services.open_case(asked.case.number, by=services.Holder(asked.case.pk), at=cases.NOW)
    cases.sealed("mediation_request", to="mediation", place="optional")
    case = cases.reported(scene.town.community, "mediation_request", by=scene.resident)
    services.open_case(case.number, by=scene.resident, at=cases.NOW)
    assert looks() == []


def test_a_review_is_recorded_once_by_somebody_else_of_that_place(asked, helper, officer, scene):
    services.open_case(asked.case.number, by=helper, at=cases.NOW)
    pk = CaseLook.objects.get().pk
    elsewhere = make.official("data_protection_officer", scene.town.sibling_district)
    for who in (helper, scene.worker, scene.resident, elsewhere):
        with pytest.raises(NotAllowed):
            services.review_look(pk, outcome="justified", by=who, at=cases.NOW)
        assert not CaseLook.objects.visible_to(who).exists()
    for wrong in ({"outcome": "fine"}, {"outcome": "wrong"}, {"outcome": "doubtful", "note": " "}):
        with pytest.raises(BadInput):
            services.review_look(pk, **wrong, by=officer, at=cases.NOW)
    services.review_look(pk, outcome="wrong", note="没有经办", by=officer, at=cases.NOW)
    with pytest.raises(Conflict):
        services.review_look(pk, outcome="justified", by=officer, at=cases.NOW)
    assert AuditEntry.objects.get(action="cases.look_reviewed").facts == {"outcome": "wrong"}


def test_nobody_reviews_an_own_look(asked, helper, officer):
    """Nobody acts and checks at the same time; a look may be from before a change of duties."""
    services.open_case(asked.case.number, by=helper, at=cases.NOW)
    CaseLook.objects.update(account=officer)
    with pytest.raises(NotAllowed):
        services.review_look(CaseLook.objects.get().pk, outcome="justified", by=officer, at=cases.NOW)


def test_a_line_says_whether_the_person_worked_on_it_and_why_the_number_was_opened(kind, scene, helper):
    case = cases.reported(scene.town.community, "refuge", contact={"phone": "13800138000"})
    services.open_case(case.number, by=helper, at=cases.NOW)
    look = CaseLook.objects.select_related("account").get()
    assert [(one.acted, one.reasons) for one in queries.looked([look])] == [(False, [])]
    services.read_contact(case.pk, purpose="问今晚是否安全", by=helper, at=cases.NOW)
    assert [(one.acted, one.reasons) for one in queries.looked([look])] == [(True, ["问今晚是否安全"])]


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("case_look_review_is_whole", {"outcome": "justified"}),
        ("case_look_review_is_whole", {"review_note": "由"}),
        ("case_look_review_is_whole", {"reviewed_at": cases.NOW}),
        ("case_look_ends_after_it_began", {"last_at": cases.NOW - timedelta(days=1)}),
        ("case_look_ends_after_it_began", {"times": 0}),
    ],
)
def test_the_database_refuses_impossible_looks(asked, helper, constraint, wrong):
    services.open_case(asked.case.number, by=helper, at=cases.NOW)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CaseLook.objects.update(**wrong)


def test_the_database_refuses_an_own_review_and_two_lines_that_wait(asked, helper):
    services.open_case(asked.case.number, by=helper, at=cases.NOW)
    own = {"outcome": "justified", "reviewed_by": helper, "reviewed_at": cases.NOW}
    with pytest.raises(IntegrityError, match="case_look_is_reviewed_by_another"), transaction.atomic():
        CaseLook.objects.update(**own)
    look = CaseLook.objects.get()
    look.pk = None
    with pytest.raises(IntegrityError, match="case_look_waits_once_a_day"), transaction.atomic():
        look.save()
