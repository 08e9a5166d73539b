"""How long a case is kept, what goes with it, what a person takes along, and what is let go with an account."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.people import services as people
from liren.foundation.people.models import Account, Destruction
from liren.service.cases import services
from liren.service.cases.models import (
    Call,
    Case,
    CaseContact,
    CaseEvent,
    CaseFile,
    CaseFollower,
    CasePart,
    DispatchRule,
    Dispute,
    Rating,
    SavedView,
)
from liren.service.cases.services import Upload
from tests import make
from tests.make import cases
from tests.make.territory import LONG_AGO

pytestmark = pytest.mark.django_db
YEARS = timedelta(days=3 * 365 + 2)


def lived(scene, type="request", **changes):
    """A case with everything that a case can have, closed."""
    case = cases.reported(
        scene.town.community, type, by=scene.resident, contact={"name": "王小里", "phone": "13800138000"},
        files=[Upload("a.jpg", cases.picture())], text="王小里家门口的灯坏了", **changes,
    )  # fmt: skip
    services.add_part(case.pk, role="party", alias="甲方", by=scene.worker, at=cases.NOW)
    services.follow(case.pk, by=scene.neighbour, at=cases.NOW)
    Dispute.objects.create(
        case=case, body=scene.department, ground="三定方案", reason="不是我们的灯", opened_at=cases.NOW,
        opened_by=scene.clerk.label, due_at=cases.NOW, state="withdrawn",
    )  # fmt: skip
    Call.objects.create(
        case=case, body=scene.other, question="能来吗", called_at=cases.NOW, called_by="account:1", due_at=cases.NOW,
        state="withdrawn",
    )  # fmt: skip
    cases.answered(case, scene.department, scene.worker, scene.clerk)
    return cases.moved(case, "confirm", by=scene.resident, values={"solved": True}, note="谢谢王师傅")


@pytest.mark.requirement("R377")
def test_a_case_goes_when_its_time_is_over_with_all_that_hangs_on_it(scene):
    from django.db.backends.postgresql.psycopg_any import DateRange

    case = lived(scene)
    rule = DispatchRule.objects.create(
        type_id=case.type_id, unit=scene.town.city, body=scene.department, during=DateRange(LONG_AGO), ground="裁决",
        ruling=Dispute.objects.get(), recorded_by="system:test", recorded_at=cases.NOW,
    )  # fmt: skip
    child = cases.reported(scene.town.community)
    Case.objects.filter(pk=child.pk).update(parent=case)
    assert services.destroy_due(at=cases.NOW + YEARS - timedelta(days=30)) == 0
    assert services.destroy_due(at=cases.NOW + YEARS) == 1
    assert services.destroy_due(at=cases.NOW + YEARS) == 0
    assert list(Case.objects.values_list("pk", "parent")) == [(child.pk, None)]
    rule.refresh_from_db()
    assert rule.ruling is None
    left = {model: model.objects.exclude(case_id=child.pk).count() for model in
            (CaseEvent, CaseFile, Rating, CasePart, CaseFollower, CaseContact, Dispute, Call)}  # fmt: skip
    assert set(left.values()) == {0}
    entry = AuditEntry.objects.get(action="cases.destroyed")
    assert (entry.facts["cases"], entry.facts["types"]) == (1, {"request": 1})
    assert entry.facts["rows"]["caseevent"] == 6
    record = Destruction.objects.get(dataset="case")
    assert (record.rows, record.reason, record.older_than) == (1, "period_over", case.closed_at)
    assert "王" not in str(list(AuditEntry.objects.values_list("facts", flat=True)))


@pytest.mark.requirement("R108", "R377")
def test_support_is_destroyed_after_its_own_shorter_time_by_the_version_it_was_received_under(scene):
    cases.sealed(to="support", retention_months=6)
    support = cases.reported(scene.town.community, "complaint", by=scene.resident)
    cases.moved(support, "withdraw", by=scene.resident)
    cases.sealed(to="support", retention_months=60)
    lived(scene)
    open_still = cases.reported(scene.town.community)
    assert services.destroy_due(at=cases.NOW + timedelta(days=180)) == 0
    assert services.destroy_due(at=cases.NOW + timedelta(days=190)) == 1
    assert not Case.objects.filter(pk=support.pk).exists()
    assert services.destroy_due(at=cases.NOW + 20 * YEARS) == 1
    assert list(Case.objects.all()) == [open_still]


def test_what_others_were_joined_into_stays_as_long_as_they_do(scene):
    whole = lived(scene)
    joined = cases.reported(scene.town.community, at=cases.NOW + timedelta(days=300))
    Case.objects.filter(pk=joined.pk).update(
        phase="closed", outcome="joined", joined_to=whole, state="joined", closed_at=cases.NOW + timedelta(days=300),
        due_at=None, escalate_at=None,
    )  # fmt: skip
    assert services.destroy_due(at=cases.NOW + YEARS) == 0
    assert services.destroy_due(at=cases.NOW + YEARS + timedelta(days=310)) == 2


def test_only_the_clock_destroys(scene):
    for who in (scene.worker, make.official("city_admin", scene.town.city)):
        with pytest.raises(NotAllowed):
            services.destroy_due(at=cases.NOW, by=who)


def test_after_a_destruction_the_tables_are_shut_again(scene):
    lived(scene)
    services.destroy_due(at=cases.NOW + YEARS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('liren.destroying', true)")
        assert cursor.fetchone()[0] != "on"


# --- export and erasure


@pytest.mark.requirement("R366")
def test_a_person_takes_their_cases_along(scene):
    case = lived(scene)
    services.add_note(case.pk, note="内部说明", told=False, by=scene.worker, at=cases.NOW)
    SavedView.objects.create(account=scene.neighbour, name="我的", query="view=mine")
    data = people.export_own_data(scene.resident.pk, by=scene.resident, at=cases.NOW)
    assert json.loads(json.dumps(data)) == data
    (row,) = data["case"]
    assert (row["number"], row["text"], row["body"]) == (case.number, "王小里家门口的灯坏了", "市政处")
    assert [one["solved"] for one in row["ratings"]] == [True]
    assert "内部说明" not in json.dumps(data, ensure_ascii=False)
    assert data["case_contact"] == [{"number": case.number, "name": "王小里", "phone": "+8613800138000"}]
    other = people.export_own_data(scene.neighbour.pk, by=scene.neighbour, at=cases.NOW)
    assert (other["case"], other["case_contact"]) == ([], [])
    assert [one["number"] for one in other["case_follow"]] == [case.number]
    assert other["desk_view"] == [{"name": "我的", "query": "view=mine"}]
    assert all(lines for _name, lines in people.summary_of(data))


@pytest.mark.requirement("R366")
def test_an_erased_account_lets_go_of_its_cases(scene):
    case = lived(scene)
    open_still = cases.reported(scene.town.community, by=scene.resident, contact={"phone": "13800138000"})
    part = services.add_part(open_still.pk, role="party", account_id=scene.neighbour.pk, by=scene.worker, at=cases.NOW)
    people.erase_account(scene.resident.pk, by=scene.resident, at=cases.NOW)
    assert set(Case.objects.values_list("reporter", flat=True)) == {None}
    assert not CaseContact.objects.exists()
    assert Destruction.objects.get(dataset="case_contact").rows == 2
    assert Case.objects.get(pk=case.pk).followers == 1
    SavedView.objects.create(account=scene.neighbour, name="我的", query="view=mine")
    people.erase_account(scene.neighbour.pk, by=scene.neighbour, at=cases.NOW)
    part.refresh_from_db()
    assert (part.left_at, Case.objects.get(pk=case.pk).followers) == (cases.NOW, 0)
    assert not CaseFollower.objects.exists()
    assert not SavedView.objects.exists()


def test_what_an_erased_handler_had_in_hand_is_taken_up_by_others(scene):
    case = cases.reported(scene.town.community)
    cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    cases.moved(case, "take", by=scene.clerk)
    person = Account.objects.get(pk=scene.clerk.pk)
    people.erase_account(person.pk, by=person, at=cases.NOW)
    case.refresh_from_db()
    assert (case.handler, case.body) == (None, scene.department)
