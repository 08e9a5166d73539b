"""From a newcomer to a verified resident, and who looked meanwhile: every page of the way, with no builder between."""

import pytest
from django.test import Client

from liren.foundation.people.models import AccessEntry, AccessGrant, Account, Residency
from tests import make

pytestmark = pytest.mark.slow
PASSWORD = make.people.PASSWORD


def post(client, url, **fields):
    actor = Account.objects.filter(pk=client.session.get("_auth_user_id")).first()
    return client.post(url, make.form(actor, **fields))


def newcomer() -> Client:
    client = Client()
    facts = {"username": "zhou.lin", "display_name": "周林", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", facts).status_code == 302
    return client


@pytest.mark.requirement("R366", "R367")
def test_a_newcomer_claims_a_home_the_worker_verifies_it_and_the_resident_sees_who_looked(city):
    home, resident, worker = city.communities[0], newcomer(), Client()
    assert post(resident, "/me/residency/", code=home.code).status_code == 303
    claim = Residency.objects.get()

    official = make.sign_in(worker, make.official("community_worker", home, display_name="何工"))
    assert "周**" not in worker.get("/desk/").content.decode()
    page = worker.get("/desk/residency/").content.decode()
    assert "周*" in page
    assert "周林" not in page
    assert "周林" in worker.get(f"/desk/residency/{claim.pk}/").content.decode()
    assert post(worker, f"/desk/residency/{claim.pk}/", decision="verify", note="").status_code == 303

    assert Residency.objects.get().state == "verified"
    assert list(AccessEntry.objects.values_list("subject__username", "looker")) == [("zhou.lin", official.pk)]
    assert "何工" in resident.get("/me/access/").content.decode()
    assert worker.get("/desk/residency/?state=claimed").context["page"].rows == []


@pytest.mark.requirement("R366", "R367")
def test_a_sealed_contact_opens_for_a_purpose_is_seen_by_its_owner_and_reviewed_by_a_third(city):
    home, worker, officer = city.communities[0], Client(), Client()
    person = make.resident(home, display_name="周林")
    make.people.services.set_contact(person.pk, kind="address", value="明德路 8 号", by=person, at=make.people.MOMENT)
    make.sign_in(worker, make.official("community_worker", home, display_name="何工"))

    opened = post(worker, f"/desk/people/{person.pk}/contact/", kind="address", purpose="暴雨前通知搬移楼道杂物")
    assert opened.status_code == 303
    assert "明德路 8 号" in worker.get(opened["Location"]).content.decode()
    assert post(worker, opened["Location"]).status_code == 303
    assert worker.get(opened["Location"]).status_code == 403

    mine = Client()
    mine.force_login(person)
    assert "暴雨前通知搬移楼道杂物" in mine.get("/me/access/").content.decode()

    make.sign_in(officer, make.official("data_protection_officer", city.district))
    grant = AccessGrant.objects.get()
    assert [row.pk for row in officer.get("/desk/access/").context["page"]] == [grant.pk]
    assert post(officer, f"/desk/access/{grant.pk}/", outcome="justified", note="").status_code == 303
    assert AccessGrant.objects.get().outcome == "justified"
    assert officer.get("/desk/access/").context["page"].rows == []


def test_nobody_elses_opened_contact_can_be_read(city):
    home, worker, other = city.communities[0], Client(), Client()
    person = make.resident(home)
    make.people.services.set_contact(person.pk, kind="address", value="明德路 8 号", by=person, at=make.people.MOMENT)
    make.sign_in(worker, make.official("community_worker", home))
    opened = post(worker, f"/desk/people/{person.pk}/contact/", kind="address", purpose="暴雨前通知搬移楼道杂物")
    make.sign_in(other, make.official("community_worker", home))
    assert other.get(opened["Location"]).status_code == 404
