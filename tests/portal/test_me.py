"""What a person does about oneself: claim, leave, contact, consent, take the data along, erase."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from liren.foundation.people import queries, services
from liren.foundation.people.models import Account, Residency
from tests import make

AT = datetime(2026, 6, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def person(client: Client, city: make.City) -> Account:
    """Somebody signed in, without a home yet."""
    return make.sign_in(client, make.account(), second=False)


def post(client: Client, path: str, who: Account, **fields: Any) -> Any:
    return client.post(path, make.form(who, **fields))


def text(response: Any) -> str:
    return response.content.decode()


class TestResidency:
    def test_a_claim_goes_to_the_community_and_shows_as_claimed(self, client: Client, person: Account) -> None:
        response = post(client, "/me/residency/", person, code="990102001002")
        assert (response.status_code, response["Location"]) == (303, "/me/residency/")
        assert Residency.objects.get(account=person).state == "claimed"
        assert "东门外社区" in text(client.get("/me/"))

    @pytest.mark.parametrize("code", ["", "990102001000", "999999999999", "x" * 21, "' OR 1=1"])
    def test_a_place_where_nobody_can_live_is_refused(self, client: Client, person: Account, code: str) -> None:
        assert post(client, "/me/residency/", person, code=code).status_code == 422
        assert not Residency.objects.filter(account=person).exists()

    def test_the_place_that_was_chosen_is_named_beside_its_code(self, client: Client, person: Account) -> None:
        page = client.get("/me/residency/?code=990102001002")
        assert page.context["place"].name_zh == "东门外社区"
        assert client.get("/me/residency/?code=junk").context["place"] is None

    def test_a_second_claim_is_refused_on_the_form_itself(self, client: Client, person: Account) -> None:
        post(client, "/me/residency/", person, code="990102001002")
        again = post(client, "/me/residency/", person, code="990102001001")
        assert again.status_code == 422
        assert again.context["form"].non_field_errors()

    def test_a_claim_can_be_taken_back_and_a_home_left(self, client: Client, person: Account, city: make.City) -> None:
        home = make.people.residency(person, city.communities[0])
        assert post(client, "/me/residency/leave/", person, residency=home.pk).status_code == 303
        home = make.people.residency(person, city.communities[0], verified=True)
        assert post(client, "/me/residency/leave/", person, residency=home.pk).status_code == 303
        assert sorted(Residency.objects.filter(account=person).values_list("state", flat=True)) == [
            "ended",
            "withdrawn",
        ]
        page = text(client.get("/en/me/residency/"))
        assert ("Withdrawn" in page, "Ended" in page) == (True, True)

    def test_nobody_leaves_the_home_of_another(self, client: Client, person: Account, city: make.City) -> None:
        make.resident(city.communities[0])
        home = Residency.objects.exclude(account=person).get()
        assert post(client, "/me/residency/leave/", person, residency=home.pk).status_code == 422
        home.refresh_from_db()
        assert home.state == "verified"

    def test_the_page_of_a_community_offers_to_live_there(self, client: Client, person: Account) -> None:
        assert "/me/residency/?code=990102001002" in text(client.get("/units/990102001002/"))
        assert 'value="990102001002"' in text(client.get("/me/residency/?code=990102001002"))


class TestContacts:
    def test_a_number_is_kept_and_removed(self, client: Client, person: Account) -> None:
        assert post(client, "/me/contacts/", person, kind="phone", value="13800000000").status_code == 303
        assert "13800000000" in text(client.get("/me/contacts/"))
        assert post(client, "/me/contacts/", person, kind="phone", value="").status_code == 303
        assert "13800000000" not in text(client.get("/me/contacts/"))

    @pytest.mark.parametrize("fields", [{"kind": "phone", "value": "12"}, {"kind": "fax", "value": "1"}, {}])
    def test_what_is_no_contact_is_refused(self, client: Client, person: Account, fields: dict[str, str]) -> None:
        assert post(client, "/me/contacts/", person, **fields).status_code == 422

    def test_a_number_that_is_none_stays_in_the_form_to_be_mended(self, client: Client, person: Account) -> None:
        form = post(client, "/me/contacts/", person, kind="phone", value="12").context["form"]
        assert (list(form.errors), form["value"].value()) == (["value"], "12")


class TestProfile:
    @pytest.mark.requirement("R366")
    def test_one_corrects_the_name_that_others_see(self, client: Client, person: Account) -> None:
        assert post(client, "/me/profile/", person, display_name="  新  名 ", language="en").status_code == 303
        person.refresh_from_db()
        assert (person.display_name, person.language) == ("新 名", "en")

    @pytest.mark.parametrize(
        "fields", [{"display_name": "", "language": "en"}, {"display_name": "甲", "language": "fr"}]
    )
    def test_an_empty_name_or_unknown_language_is_refused(
        self, client: Client, person: Account, fields: dict[str, str]
    ) -> None:
        assert post(client, "/me/profile/", person, **fields).status_code == 422


class TestConsent:
    @pytest.mark.requirement("R366")
    def test_it_is_given_and_taken_back_purpose_by_purpose(self, client: Client, person: Account) -> None:
        code = queries.consents_of(person)[0][0].code
        assert post(client, "/me/consents/", person, purpose=code, given="yes").status_code == 303
        assert "agreed" in text(client.get("/en/me/consents/"))
        assert post(client, "/me/consents/", person, purpose=code, given="no").status_code == 303
        assert "taken back" in text(client.get("/en/me/consents/"))

    @pytest.mark.parametrize(
        "fields", [{"purpose": "everything", "given": "yes"}, {"given": "yes"}, {"given": "perhaps"}]
    )
    def test_consent_to_nothing_known_is_refused(self, client: Client, person: Account, fields: dict[str, str]) -> None:
        assert post(client, "/me/consents/", person, **fields).status_code == 422


class TestAccess:
    @pytest.mark.requirement("R366")
    def test_each_look_of_an_official_is_listed_with_its_reason(
        self, client: Client, person: Account, city: make.City
    ) -> None:
        official = make.official("community_worker", city.communities[0], display_name="网格办甲")
        services.record_look([person.pk], dataset="residency", purpose="核对居住登记", by=official, at=AT)
        page = text(client.get("/me/access/"))
        assert ("核对居住登记" in page, "网格办甲" in page) == (True, True)

    def test_the_looks_at_others_are_not_shown(self, client: Client, person: Account, city: make.City) -> None:
        other, official = make.account(), make.official("community_worker", city.communities[0])
        services.record_look([other.pk], dataset="residency", purpose="不该看到", by=official, at=AT)
        assert "不该看到" not in text(client.get("/me/access/"))


class TestExport:
    @pytest.mark.requirement("R366")
    def test_everything_comes_as_one_file(self, client: Client, person: Account) -> None:
        response = client.get("/me/export/?download=1")
        assert response["Content-Disposition"] == 'attachment; filename="liren-my-data.json"'
        assert response.json()["account"]["username"] == person.username
        assert "no-store" in response["Cache-Control"]


class TestErase:
    @pytest.mark.requirement("R366")
    def test_it_asks_for_the_name_and_then_lets_go(self, client: Client, person: Account) -> None:
        response = post(client, "/me/erase/", person, username=person.username, sure="on")
        assert (response.status_code, response["Location"]) == (303, "/")
        person.refresh_from_db()
        assert (person.is_active, person.username.startswith("erased-")) == (False, True)
        assert client.get("/me/").status_code == 302

    @pytest.mark.parametrize("fields", [{"username": "other", "sure": "on"}, {"sure": "on"}, {"username": "me"}])
    def test_without_the_right_name_and_a_tick_nothing_is_erased(
        self, client: Client, person: Account, fields: dict[str, str]
    ) -> None:
        assert post(client, "/me/erase/", person, **fields).status_code == 422
        person.refresh_from_db()
        assert person.is_active


@pytest.mark.parametrize(
    "path", ["/me/residency/", "/me/residency/leave/", "/me/contacts/", "/me/consents/", "/me/erase/"]
)
def test_a_form_without_its_key_changes_nothing(client: Client, person: Account, path: str) -> None:
    assert client.post(path, {"code": "990102001002"}).status_code == 400
    assert not Residency.objects.filter(account=person).exists()
