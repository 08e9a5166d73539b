"""The gate for programs: lists, admissions, cuts, burden; work handed out, refused, reported, each write once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from liren.foundation.admission.models import Assignment, OutsideReport, Refusal
from tests import make
from tests.make import gatepages

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R348", "R349", "R350")]
HAND = "/api/gate/hand/"


@pytest.fixture(scope="module")
def built_scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[gatepages.Scene]:
    with make.standing(django_db_blocker, gatepages.scene) as made:
        yield made


@pytest.fixture
def scene(built_scene: gatepages.Scene, db: None) -> gatepages.Scene:
    return built_scene


class Program:
    """A program in the session of one account."""

    def __init__(self, account: Any) -> None:
        self.client = Client(enforce_csrf_checks=True)
        make.sign_in(self.client, account)

    def key(self) -> dict[str, str]:
        found = self.client.get("/api/key/").json()
        return {"Idempotency-Key": found["idempotency_key"], "X-CSRFToken": found["csrf_token"]}

    def send(self, address: str, body: Any, head: dict[str, str] | None = None) -> Any:
        return self.client.post(address, body, content_type="application/json", headers=head or self.key())


@pytest.fixture
def program() -> Callable[[Any], Program]:
    return Program


def lines(scene: gatepages.Scene, *changes: dict[str, Any]) -> dict[str, Any]:
    one = {"admission": scene.admission.pk, "community": scene.city.communities[0].code, "title": "上门看看"}
    return {"sender": scene.department.pk, "work": [one | change for change in changes or ({},)]}


def test_lists_admissions_and_cuts_are_for_everybody(scene, client):
    home, far = scene.city.communities[:2]
    (matter,) = client.get("/api/gate/lists/", {"list": "negative", "unit": home.code}).json()["matters"]
    assert (matter["code"], matter["words"], matter["version"]) == ("door_to_door", ["入户核查"], 1)
    assert client.get("/api/gate/lists/", {"list": "duties"}).json()["matters"] == []
    assert client.get("/api/gate/lists/", {"on": "2026-01-01"}).json()["matters"] == []
    held = client.get("/api/gate/admissions/", {"unit": home.code, "limit": "1"}).json()
    more = client.get(held["next"]).json()
    found = [one["number"] for one in (*held["admissions"], *more["admissions"])]
    assert found == sorted(found, reverse=True)
    assert scene.admission.pk in found
    assert client.get("/api/gate/admissions/", {"unit": far.code}).json()["admissions"] == []
    full = client.get(f"/api/gate/admissions/{scene.admission.pk}/").json()
    assert (full["communities"], full["reaches"], full["money_fen"]) == ([home.code], 1, 2_000_000)
    cuts = {one["stock"]: one for one in client.get("/api/gate/cuts/").json()["cuts"]}
    assert (cuts["stamp"]["there"], cuts["stamp"]["gone"], cuts["stamp"]["percent"]) == (2, 1, 50)


@pytest.mark.requirement("R364")
def test_the_burden_and_the_work_are_for_those_whom_they_concern(scene, client, program):
    address = f"/api/gate/burden/{scene.city.communities[0].code}/"
    assert [client.get(one).status_code for one in (address, "/api/gate/work/", "/api/key/")] == [403, 403, 403]
    far = program(make.official("community_worker", scene.city.communities[1]))
    assert far.client.get(address).status_code == 403
    assert far.client.get("/api/gate/work/").json()["work"] == []
    assert far.client.get(f"/api/gate/work/{scene.work.pk}/").status_code == 404
    worker = program(scene.worker)
    month = worker.client.get(address).json()
    (load,) = month["loads"]
    assert (load["sender"]["number"], load["work"]) == (scene.department.pk, [{"kind": "task", "number": 1}])
    assert worker.client.get(address, {"month": "2026-13"}).status_code == 422
    assert {one["number"] for one in worker.client.get("/api/gate/work/").json()["work"]} == {
        scene.work.pk, scene.banned.pk,
    }  # fmt: skip


def test_work_is_handed_out_once_however_often_it_is_sent(scene, program):
    clerk, body = program(scene.clerk), lines(scene, {}, {"title": "送去年历", "minutes": 20, "due": "2027-12-01"})
    head = clerk.key()
    first = clerk.send(HAND, body, head)
    assert (first.status_code, first.json()["new"]) == (201, 2)
    again = clerk.send(HAND, body, head)
    assert (again.status_code, again["Location"]) == (303, first["Location"])
    listed = clerk.client.get(again["Location"]).json()["work"]
    assert [(one["title"]["zh"], one["minutes"], one["due"]) for one in listed] == [
        ("上门看看", 0, None), ("送去年历", 20, "2027-12-01"),
    ]  # fmt: skip
    assert clerk.send(HAND, lines(scene), head).status_code == 409  # the key, with something else
    assert clerk.send(HAND, body).json()["unchanged"] == 2  # another key, the same work
    assert Assignment.objects.filter(title_zh="上门看看").count() == 1


def test_one_line_without_an_admission_and_nothing_is_handed_out(scene, program):
    clerk, before = program(scene.clerk), Assignment.objects.count()
    last = Refusal.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    far = scene.city.communities[1].code
    answer = clerk.send(HAND, lines(scene, {}, {"community": far}, {"since": yesterday}, {"admission": 2**62}))
    assert (answer.status_code, [one["line"] for one in answer.json()["lines"]]) == (409, [2, 3, 4])
    assert f"准入 {scene.admission.pk}" in answer.json()["lines"][0]["says"]
    kept = Refusal.objects.filter(pk__gt=last, sender_id=scene.department.pk)
    assert (Assignment.objects.count(), kept.count()) == (before, 3)
    unknown = clerk.send(HAND, lines(scene, {"community": "1"}, {"minutes": 10**6}, {"due": "2020-01-01"}))
    assert (unknown.status_code, len(unknown.json()["lines"])) == (422, 3)


def test_who_holds_no_mandate_changes_nothing(scene, program):
    worker, other = program(scene.worker), program(make.official("department_clerk", scene.city.district))
    assert [one.send(HAND, lines(scene)).status_code for one in (worker, other)] == [403, 403]
    far = program(make.official("community_worker", scene.city.communities[1]))
    refuse, report = f"/api/gate/work/{scene.work.pk}/refuse/", "/api/gate/outside/"
    assert [one.send(refuse, {"note": "不办"}).status_code for one in (far, program(scene.clerk))] == [404, 403]
    said = {"community": scene.city.communities[0].code, "sender": scene.department.pk, "kind": "form", "text": "表"}
    assert far.send(report, said | {"on": "2026-06-01"}).status_code == 403
    scene.work.refresh_from_db()
    assert scene.work.state == "asked"


@pytest.mark.requirement("R352", "R353")
def test_a_committee_refuses_in_one_step_and_reports_what_came_round(scene, program):
    worker = program(scene.worker)
    address = f"/api/gate/work/{scene.banned.pk}/refuse/"
    assert worker.send(address, {"matter": "no_such_matter"}).status_code == 422
    assert worker.send(address, {}).status_code == 422
    done = worker.send(address, {"matter": "door_to_door"})
    assert (done.status_code, done.json()["state"], done.json()["note"]) == (201, "refused", scene.item.name_zh)
    assert worker.send(address, {"note": "再拒一次"}).status_code == 409
    said = {
        "community": scene.city.communities[0].code, "sender": scene.department.pk, "kind": "form",
        "on": timezone.localdate().isoformat(), "text": "群里要求当天报表",
    }  # fmt: skip
    made = worker.send("/api/gate/outside/", said)
    assert made.status_code == 201
    assert worker.client.get(made["Location"]).json()["state"] == "reported"
    assert Client().get(made["Location"]).status_code == 404  # not for everybody before it is judged
    assert OutsideReport.objects.filter(text="群里要求当天报表").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        "[]", "{", '{"sender": 1}', '{"sender": "1", "work": []}', '{"sender": true, "work": []}',
        '{"work": [], "sender": -1}', '{"sender": 1, "work": [{"admission": 1}]}', '{"sender": 1, "work": {}}',
        '{"sender": 1, "work": [], "by": "x"}', '{"sender": 1, "work": []}',
        '{"sender": 99999999999999999999, "work": []}', '{"sender": 1, "work": ["\\ud800"]}',
    ],
)  # fmt: skip
def test_what_is_not_as_described_is_refused_with_its_place(scene, program, wrong):
    answer = program(scene.clerk).send(HAND, wrong)
    assert answer.status_code in {400, 422}
    assert answer.json()["error"]["message"]
