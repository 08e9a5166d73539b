"""Reporting and what becomes of it, page by page, as a resident meets it."""

import copy
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liren.foundation.bodies.models import Body
from liren.foundation.people.models import Account
from liren.service.cases.models import Case, CaseContact, CaseEvent, CaseFile, CaseFollower, Rating
from liren.service.cases.services import key_of
from tests import make
from tests.make import bodies, cases
from tests.portal.reading import plain, text


@dataclass
class Scene:
    """The small city with a case type, a department, and people."""

    city: make.City
    body: Body
    desk: Account
    clerk: Account

    @property
    def unit(self) -> Any:
        return self.city.communities[0]

    def answered(self, case: Case) -> Case:
        return cases.answered(case, self.body, self.desk, self.clerk)


@pytest.fixture(scope="module")
def built_scene(built_city: make.City, django_db_blocker: Any) -> Iterator[Scene]:
    with make.standing(django_db_blocker, lambda: build(built_city)) as made:
        yield made


@pytest.fixture
def scene(built_scene: Scene, db: None) -> Scene:
    """The scene, for a test that may change it: its objects are copies."""
    return copy.deepcopy(built_scene)


def build(city: make.City) -> Scene:
    make.roles()
    cases.declare()
    body = bodies.body(city.district, "department", name_zh="市政处", name_en="Public Works")
    desk = make.official("community_worker", city.communities[0])
    return Scene(city, body, desk, cases.clerk(body, city.district))


def form(**fields: Any) -> dict[str, Any]:
    facts = {"text": "3栋门口路灯不亮", "unit": "990102001001", "category": "lamp", "client_key": str(uuid.uuid4())}
    return {key: value for key, value in {**facts, **fields}.items() if value is not None}


def send(client: Client, path: str = "/report/request/", **fields: Any) -> Any:
    return client.post(path, form(**fields))


def reported(client: Client, path: str = "/report/request/", **fields: Any) -> Case:
    """A case by the form itself; the client holds its receipt."""
    response = send(client, path, **fields)
    assert response.status_code == 303, plain(response)
    return Case.objects.latest("id")


class TestChoosing:
    @pytest.mark.requirement("R070")
    def test_types_are_offered_after_the_numbers_to_call(self, client: Client, scene: Scene) -> None:
        page = text(client.get("/report/"))
        assert page.index('href="tel:110"') < page.index('href="/report/request/"')
        assert "Request" in text(client.get("/en/report/"))

    def test_words_lead_to_a_category(self, client: Client, scene: Scene) -> None:
        page = text(client.get("/report/?q=路灯坏了"))
        assert 'href="/report/request/?category=lamp"' in page
        assert "note--info" in text(client.get("/report/?q=天上的云"))
        part = client.get("/report/?q=路灯", headers={"HX-Request": "true"})
        assert "<html" not in text(part)

    def test_a_type_that_is_not_for_the_web_is_not_offered(self, client: Client, scene: Scene) -> None:
        cases.declare("counter_only", channels=["counter"])
        assert "counter_only" not in text(client.get("/report/"))
        assert client.get("/report/counter_only/").status_code == 404
        assert client.get("/report/nothing/").status_code == 404


class TestReporting:
    @pytest.mark.requirement("R068")
    @pytest.mark.parametrize("language", ["", "/en"])
    def test_a_stranger_reports_and_gets_a_receipt(self, client: Client, scene: Scene, language: str) -> None:
        response = send(client, f"{language}/report/request/")
        case = Case.objects.get()
        assert (response.status_code, response["Location"]) == (303, f"{language}/report/sent/{case.number}/")
        assert (case.unit, case.category, case.channel, case.reporter) == (scene.unit, "lamp", "web", None)
        assert case.language == ("en" if language else "zh-hans")
        page = text(client.get(response["Location"]))
        assert (case.number in page, "<svg" in page) == (True, True)
        key = key_of(case)
        assert "-".join(key[at : at + 4] for at in range(0, 16, 4)) in page

    def test_the_same_form_sent_twice_is_one_case(self, client: Client, scene: Scene) -> None:
        sent = form()
        first, again = client.post("/report/request/", sent), Client().post("/report/request/", sent)
        assert (first["Location"], Case.objects.count()) == (again["Location"], 1)

    def test_whoever_lost_the_answer_of_the_first_still_gets_the_receipt(self, client: Client, scene: Scene) -> None:
        sent, phone = form(), Client()
        client.post("/report/request/", sent)
        response = phone.post("/report/request/", sent)
        assert phone.get(response["Location"]).status_code == 200

    def test_the_same_key_with_other_words_is_a_conflict(self, client: Client, scene: Scene) -> None:
        key = str(uuid.uuid4())
        send(client, client_key=key)
        assert send(client, client_key=key, text="别的事").status_code == 409
        assert Case.objects.count() == 1

    @pytest.mark.parametrize("key", [None, "", "x", "0" * 99])
    def test_a_form_without_its_own_key_is_refused(self, client: Client, scene: Scene, key: Any) -> None:
        assert send(client, client_key=key).status_code == 400
        assert not Case.objects.exists()

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"text": "  "}, "text"),
            ({"text": "x" * 5001}, "text"),
            ({"category": "nonsense"}, "category"),
            ({"category": "fire"}, "category"),
            ({"unit": None}, "community"),
            ({"unit": "990102001999"}, "community"),
            ({"community": "没有这个社区"}, "community"),
            ({"unit": None, "lon": "12.5", "lat": "41.9"}, "community"),
            ({"unit": None, "lon": "x", "lat": "y"}, "community"),
            ({"phone": "call me"}, "phone"),
            ({"ask_since": "some day"}, "ask_since"),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field(self, client: Client, scene: Scene, wrong: Any, field: str) -> None:
        response = send(client, **wrong)
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
        assert not Case.objects.exists()

    def test_a_community_is_found_by_its_name(self, client: Client, scene: Scene) -> None:
        assert reported(client, unit=None, community="东门外社区").unit.code == "990102001002"
        response = send(client, unit=None, community="社区")
        assert response.status_code == 422
        assert len(response.context["places"]) > 1
        assert reported(client, unit="990102001003", community="社区").unit.code == "990102001003"

    def test_a_point_decides_the_community(self, client: Client, scene: Scene) -> None:
        case = reported(client, unit="990102001003", lon="104.015", lat="30.005")
        assert (case.unit.code, case.lon) == ("990102001002", 104.015)

    def test_what_is_typed_in_offers_communities(self, client: Client, scene: Scene) -> None:
        assert text(client.get("/report/where/?community=桂花")).count('name="unit"') == 1
        assert "桂花井社区" in text(client.get("/report/where/?lon=104.005&lat=30.005"))
        assert "note--warn" in text(client.get("/report/where/?lon=1&lat=1"))
        assert 'name="unit"' not in text(client.get("/report/where/?lon=nan&lat=x"))

    def test_the_home_of_whoever_is_signed_in_is_ticked(self, client: Client, scene: Scene) -> None:
        make.sign_in(client, make.resident(scene.city.communities[1]), second=False)
        assert re.search(r'value="990102001002" checked', text(client.get("/report/request/")))
        assert re.search(r'value="990102001003" checked', text(client.get("/report/request/?unit=990102001003")))

    def test_who_is_signed_in_is_the_reporter_or_stays_unnamed(self, client: Client, scene: Scene) -> None:
        person = make.sign_in(client, make.account(), second=False)
        assert reported(client).reporter == person
        case = reported(client, unnamed="on")
        assert case.reporter is None
        assert client.get(f"/report/sent/{case.number}/").status_code == 200

    def test_photographs_are_kept_without_what_they_tell(self, client: Client, scene: Scene) -> None:
        shots = [SimpleUploadedFile(f"IMG_{n}.jpg", cases.picture(), "image/jpeg") for n in range(2)]
        case = reported(client, shots=shots)
        assert list(case.files.values_list("type", flat=True)) == ["image/jpeg"] * 2
        bad = send(client, shots=[SimpleUploadedFile("a.svg", b"<svg onload='x'/>", "image/svg+xml")])
        assert (bad.status_code, list(bad.context["form"].errors)) == (422, ["shots"])
        many = [SimpleUploadedFile("a.jpg", cases.picture(), "image/jpeg") for _n in range(6)]
        assert send(client, shots=many).status_code == 422

    def test_the_contact_is_sealed_and_shown_to_nobody(self, client: Client, scene: Scene) -> None:
        case = reported(client, name="老周", phone="13800000000")
        assert CaseContact.objects.filter(case=case).exists()
        assert "13800000000" not in text(client.get(f"/cases/{case.number}/"))

    def test_a_type_that_is_not_anonymous_asks_how_to_reach_one(self, client: Client, scene: Scene) -> None:
        cases.declare(anonymous=False)
        response = send(client)
        assert list(response.context["form"].errors) == ["phone"]
        assert send(client, phone="13800000000").status_code == 303


class TestNeighbours:
    @pytest.mark.requirement("R082")
    def test_a_report_close_by_is_told_before_sending(self, client: Client, scene: Scene) -> None:
        first = cases.reported(scene.unit, category="lamp", lon=104.005, lat=30.005, at=make_now())
        at = {"lon": "104.0052", "lat": "30.005"}
        response = send(client, **at)
        assert (response.status_code, [one.number for one in response.context["hints"]]) == (422, [first.number])
        assert Case.objects.count() == 1
        assert send(client, **at, again="1").status_code == 303
        part = text(client.get("/report/request/near/?lon=104.0052&lat=30.005&category=lamp"))
        assert (first.number in part, 'name="again"' in part) == (True, True)
        assert "data-join" not in part  # without an account the button would only lose what was written

    @pytest.mark.parametrize("query", ["", "?lon=104.0052&lat=30.005", "?lon=x&lat=1&category=lamp", "?category=lamp"])
    def test_without_place_and_category_nobody_is_near(self, client: Client, scene: Scene, query: str) -> None:
        cases.reported(scene.unit, category="lamp", lon=104.005, lat=30.005, at=make_now())
        assert "again" not in text(client.get(f"/report/request/near/{query}"))

    def test_joining_is_for_accounts_and_can_be_taken_back(self, client: Client, scene: Scene) -> None:
        case = cases.reported(scene.unit)
        path = f"/cases/{case.number}/follow/"
        assert client.post(path, make.form(None)).status_code == 302
        person = make.sign_in(client, make.account(), second=False)
        assert client.post(path, make.form(person)).status_code == 303
        assert CaseFollower.objects.filter(case=case, account=person).exists()
        assert case.number in text(client.get("/me/cases/"))
        assert client.post(path, make.form(person, leave="1")).status_code == 303
        assert not CaseFollower.objects.exists()


def make_now() -> Any:
    from django.utils import timezone

    return timezone.now()


class TestOneCase:
    def test_everybody_sees_the_public_face_and_no_word_of_what_was_written(self, client: Client, scene: Scene) -> None:
        case = scene.answered(cases.reported(scene.unit, text="三单元老李家漏水", category="lamp", address="3栋2单元"))
        for language in ("", "/en"):
            page = text(client.get(f"{language}/cases/{case.number}/"))
            assert case.number in page
            assert not any(word in page for word in ("老李", "3栋2单元", "已更换灯泡", "verdict/"))

    def test_the_reporter_reads_the_whole_story(self, client: Client, scene: Scene) -> None:
        case = answered_now(client, scene)
        page = plain(client.get(f"/cases/{case.number}/"))
        assert all(word in page for word in ("3栋门口路灯不亮", "已更换灯泡", "市政处"))

    @pytest.mark.requirement("R068")
    @pytest.mark.parametrize(
        ("said", "state"),
        [
            ({"solved": "yes", "satisfied": "no"}, "solved"),
            ({"solved": "no", "then": "leave", "note": "还是不亮"}, "unsolved"),
            ({"solved": "no", "then": "again", "note": "还是不亮"}, "working"),
        ],
    )
    def test_the_last_word_is_the_reporters(self, client: Client, scene: Scene, said: Any, state: str) -> None:
        case = answered_now(client, scene)
        assert "已更换灯泡" in text(client.get(f"/cases/{case.number}/")).split('id="verdict"')[1].split("</form>")[0]
        response = client.post(f"/cases/{case.number}/verdict/", make.form(None, seen=case.revision, **said))
        assert response.status_code == 303, plain(response)
        case.refresh_from_db()
        assert case.state == state
        if state != "working":
            rating = Rating.objects.get(case=case)
            assert (rating.solved, rating.satisfied) == (state == "solved", False if state == "solved" else None)

    @pytest.mark.parametrize(
        "said",
        [{}, {"solved": "x"}, {"solved": "no"}, {"solved": "no", "then": "again"}, {"solved": "no", "note": "x"}],
    )
    def test_half_a_word_is_asked_for_again(self, client: Client, scene: Scene, said: Any) -> None:
        case = answered_now(client, scene)
        response = client.post(f"/cases/{case.number}/verdict/", make.form(None, seen=case.revision, **said))
        assert (response.status_code, response.context["verdict"].is_bound) == (422, True)
        assert not Rating.objects.exists()

    def test_a_word_on_what_moved_on_meanwhile_is_a_conflict(self, client: Client, scene: Scene) -> None:
        case = answered_now(client, scene)
        sent = make.form(None, seen=case.revision - 1, solved="yes")
        assert client.post(f"/cases/{case.number}/verdict/", sent).status_code == 409

    def test_a_stranger_has_no_word(self, client: Client, scene: Scene) -> None:
        case = scene.answered(cases.reported(scene.unit))
        for what, fields in (("verdict", {"solved": "yes", "seen": case.revision}), ("note", {"note": "我也说一句"})):
            assert client.post(f"/cases/{case.number}/{what}/", make.form(None, **fields)).status_code == 403
        assert client.get(f"/cases/{case.number}/move/withdraw/").status_code == 404
        assert client.get(f"/report/sent/{case.number}/").status_code == 404

    def test_the_reporter_adds_a_word_and_a_picture(self, client: Client, scene: Scene) -> None:
        case = reported(client)
        shot = SimpleUploadedFile("a.jpg", cases.picture(), "image/jpeg")
        response = client.post(f"/cases/{case.number}/note/", make.form(None, note="又灭了一盏", shots=[shot]))
        assert response.status_code == 303
        assert "又灭了一盏" in text(client.get(f"/cases/{case.number}/"))
        file = CaseFile.objects.get()
        assert client.get(f"/cases/{case.number}/files/{file.pk}/")["Content-Type"] == "image/jpeg"
        assert Client().get(f"/cases/{case.number}/files/{file.pk}/").status_code == 404
        assert client.post(f"/cases/{case.number}/note/", make.form(None, note=" ")).status_code == 422

    def test_the_reporter_takes_it_back(self, client: Client, scene: Scene) -> None:
        case = reported(client)
        path = f"/cases/{case.number}/move/withdraw/"
        assert client.get(path).status_code == 200
        assert client.post(path, make.form(None, seen=case.revision)).status_code == 303
        case.refresh_from_db()
        assert (case.state, CaseEvent.objects.filter(case=case, move="withdraw").count()) == ("withdrawn", 1)
        assert client.get(path).status_code == 404


def answered_now(client: Client, scene: Scene) -> Case:
    """A case of the client, answered today, so that the window for the verdict is open."""
    case, now = reported(client), make_now()
    return cases.answered(case, scene.body, scene.desk, scene.clerk, at=now)


class TestCost:
    def test_a_report_costs_at_most_eighteen_statements(
        self, client: Client, scene: Scene, django_assert_max_num_queries: Any
    ) -> None:
        facts = {"lon": "104.005", "lat": "30.005", "phone": "13800138000"}
        send(client, **facts)  # what is read once per process is read
        with django_assert_max_num_queries(18):
            assert send(Client(), **facts, again="on").status_code == 303
