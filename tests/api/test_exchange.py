"""The door of partners: a department's program does what a member of the department does, and sees no more (R083)."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.people.models import Account
from liren.service.cases import queries, services
from liren.service.cases.models import Case, CaseEvent
from liren.service.cases.queries.limits import CALL
from liren.service.cases.services import Made, calls
from tests import make
from tests.make import bodies, registers
from tests.make import cases as build

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R083")]
CASES = "/api/exchange/cases/"
DONE = [{"field": "done", "value": "更换灯泡"}]


@dataclass
class Scene:
    """A city with two departments, who sorts, who reports, and the key of the first department's program."""

    city: make.City
    body: Body
    other: Body
    desk: Account
    resident: Account
    key: Made

    def asked(self, path: str = "", key: str = "", **query: Any) -> Any:
        head = {"Authorization": f"Bearer {key or self.key.text}"}
        return Client().get(CASES + path, query, headers=head)

    def sent(self, path: str, said: Any, key: str = "", **headers: str) -> Any:
        head = {"Authorization": f"Bearer {key or self.key.text}", "Idempotency-Key": str(uuid.uuid4()), **headers}
        return Client().post(CASES + path, json.dumps(said), content_type="application/json", headers=head)

    def case(self, **changes: Any) -> Case:
        """A case that was sent to the department."""
        facts = {
            "by": self.resident,
            "at": timezone.now(),
            "text": "三栋门口路灯不亮",
            "address": "桂花巷3栋",
            **changes,
        }
        body = facts.pop("body", self.body)
        one = build.reported(self.city.communities[0], facts.pop("type", "request"), **facts)
        return build.moved(one, "dispatch", by=self.desk, at=facts["at"], body_id=body.pk)

    def numbers(self, **query: Any) -> list[str]:
        return [one["number"] for one in self.asked(**query).json()["cases"]]


@pytest.fixture(scope="module")
def built_scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with make.standing(django_db_blocker, built) as made:
        yield made


def built() -> Scene:
    city = make.small_city()
    make.roles()
    build.declare()
    registers.parameter(CALL, "1", "working_day", operator="<=")
    body, other = (bodies.body(city.district, "department", name_zh=name) for name in ("市政处", "环卫处"))
    desk = make.official("community_worker", city.communities[0])
    key = build.key(city.city, "partner", body_id=body.pk)
    return Scene(city, body, other, desk, make.account(), key)


@pytest.fixture
def scene(built_scene: Scene, db: None) -> Scene:
    return copy.deepcopy(built_scene)


def said_to(case: Case, actor: Any) -> str:
    return " ".join(one.note for one in queries.timeline(case, actor))


def test_a_case_goes_to_the_department_and_comes_back_answered(scene):
    case = scene.case(lon=104.0051234, lat=30.0051234, contact={"name": "何工", "phone": "13800138000"})
    (line,) = scene.asked().json()["cases"]
    assert (line["number"], line["status"], line["round"]) == (case.number, "assigned", 1)
    reply = scene.asked(f"{case.number}/")
    whole = reply.json()
    assert (whole["text"], whole["address"], whole["body"]) == ("三栋门口路灯不亮", "桂花巷3栋", scene.body.pk)
    assert whole["place"] == {"lon": 104.0051234, "lat": 30.0051234}
    assert "13800138000" not in reply.content.decode()
    assert "何工" not in reply.content.decode()
    assert [(one["code"], one["status"]) for one in whole["moves"]] == [("take", "in_work")]
    taken = scene.sent(f"{case.number}/moves/", {"revision": whole["revision"], "status": "in_work"})
    assert (taken.status_code, taken.json()["status"]) == (201, "in_work")
    assert taken["Location"].endswith(f"{CASES}{case.number}/")
    noted = scene.sent(f"{case.number}/notes/", {"note": "明天上午来人。", "told": True})
    assert noted.status_code == 201, noted.content.decode()
    facts = {"revision": noted.json()["revision"], "move": "answer", "note": "灯泡已更换。", "values": DONE}
    answered = scene.sent(f"{case.number}/moves/", facts)
    assert (answered.status_code, answered.json()["status"]) == (201, "answered"), answered.content.decode()
    case.refresh_from_db()
    assert "明天上午来人。" in said_to(case, scene.resident)
    assert "灯泡已更换。" in said_to(case, scene.resident)
    assert said_to(case, make.account()).strip() == ""
    build.moved(case, "confirm", by=scene.resident, at=timezone.now(), values={"solved": "yes", "satisfied": "yes"})
    assert scene.asked(f"{case.number}/").json()["status"] == "confirmed"
    whos = set(CaseEvent.objects.filter(case=case, acting_for=scene.body).values_list("actor", flat=True))
    assert f"key:{scene.key.key.pk}" in whos
    assert AuditEntry.objects.filter(actor=f"key:{scene.key.key.pk}", action="cases.moved").count() == 2


def test_what_is_no_work_of_the_department_is_unknown_even_where_it_is_public(scene):
    theirs = scene.case(body=scene.other)
    public = build.reported(scene.city.communities[0], at=timezone.now())
    for one in (theirs, public):
        assert Client().get(f"/api/cases/{one.number}/").status_code == 200
        assert scene.asked(f"{one.number}/").status_code == 404
        assert scene.sent(f"{one.number}/notes/", {"note": "x", "told": False}).status_code == 404
        assert scene.sent(f"{one.number}/moves/", {"revision": one.revision, "move": "take"}).status_code == 404
        assert scene.sent(f"{one.number}/calls/1/", {"answer": "x", "comes": True}).status_code == 404
    assert scene.numbers() == []


def test_a_sealed_case_never_passes_whoever_has_it(scene):
    build.sealed("refuge", "refuge")
    one = build.reported(scene.city.communities[0], "refuge", at=timezone.now())
    Case.objects.filter(pk=one.pk).update(body=scene.body)
    services.add_part(one.pk, role="helper", body_id=scene.body.pk, by=build.SYSTEM, at=timezone.now())
    assert scene.asked(f"{one.number}/").status_code == 404
    assert scene.sent(f"{one.number}/notes/", {"note": "x", "told": False}).status_code == 404
    assert scene.numbers() == []


def test_what_complains_of_the_department_is_not_shown_to_its_program(scene):
    one = scene.case()
    Case.objects.filter(pk=one.pk).update(about_body=scene.body)
    assert scene.asked(f"{one.number}/").status_code == 404
    assert scene.numbers() == []


def test_a_hidden_case_is_the_departments_work_all_the_same(scene):
    one = scene.case()
    Case.objects.filter(pk=one.pk).update(is_hidden=True)
    assert Client().get(f"/api/cases/{one.number}/").status_code == 404
    assert scene.asked(f"{one.number}/").json()["text"] == "三栋门口路灯不亮"


def test_a_key_that_ended_or_is_another_opens_nothing(scene):
    one = scene.case()
    others = [build.key(scene.city.city, kind).text for kind in ("open311", "exchange")]
    for text in (*others, "liren_wrong", "密"):
        head = {"Authorization": f"Bearer {text}".encode().decode("latin-1")}
        assert Client().get(f"{CASES}{one.number}/", headers=head).status_code == 403
    assert Client().get(CASES).status_code == 403
    assert scene.asked().status_code == 200
    services.end_key(scene.key.key.pk, by=build.SYSTEM, at=timezone.now())
    assert scene.asked().status_code == 403
    assert scene.sent(f"{one.number}/notes/", {"note": "x", "told": True}).status_code == 403


def test_the_key_of_a_body_that_is_no_more_opens_nothing(scene):
    scene.case()
    today = timezone.localdate()
    during = scene.body.during
    Body.objects.filter(pk=scene.body.pk).update(during=type(during)(during.lower, today))
    assert scene.asked().status_code == 403


def test_a_session_alone_opens_nothing(scene):
    one, client = scene.case(), Client()
    make.sign_in(client, make.official("city_admin", scene.city.city))
    assert client.get(f"{CASES}{one.number}/").status_code == 403


def test_a_repeat_under_the_same_key_counts_once(scene):
    one = scene.case()
    mine = {"Idempotency-Key": str(uuid.uuid4())}
    first, again = (scene.sent(f"{one.number}/notes/", {"note": "已到现场。", "told": True}, **mine) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 303)
    assert again["Location"] == first["Location"]
    assert CaseEvent.objects.filter(case=one, kind="note").count() == 1
    assert scene.sent(f"{one.number}/notes/", {"note": "别的话", "told": True}, **mine).status_code == 409
    assert (
        scene.sent(f"{one.number}/notes/", {"note": "x", "told": True}, **{"Idempotency-Key": "7"}).status_code == 400
    )
    assert scene.sent(f"{one.number}/notes/", {"note": "x", "told": True}, **{"Idempotency-Key": ""}).status_code == 400


def test_two_programs_may_use_the_same_key_of_a_message(scene):
    one, theirs = scene.case(), scene.case(body=scene.other)
    mine = {"Idempotency-Key": str(uuid.uuid4())}
    second = build.key(scene.city.city, "partner", body_id=scene.other.pk)
    said = {"note": "已到现场。", "told": True}
    assert scene.sent(f"{one.number}/notes/", said, **mine).status_code == 201
    assert scene.sent(f"{theirs.number}/notes/", said, key=second.text, **mine).status_code == 201


def test_who_knows_an_older_case_is_told_how_it_stands(scene):
    one = scene.case()
    old = one.revision - 1
    reply = scene.sent(f"{one.number}/moves/", {"revision": old, "move": "take"})
    stands = reply.json()["case"]
    assert (reply.status_code, stands["revision"], stands["state"]) == (409, one.revision, "sent")
    one.refresh_from_db()
    assert one.state == "sent"


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"status": "answered"}, 409, "take (in_work)"),
        ({"status": "reopened"}, 409, "take (in_work)"),
        ({"status": "fixed"}, 422, "in_work"),
        ({"status": "in_work", "move": "take"}, 422, ""),
        ({}, 422, ""),
        ({"move": "answer", "note": "x"}, 409, ""),
        ({"move": "dispatch"}, 403, ""),
        ({"move": "nothing"}, 409, ""),
    ],
)
def test_a_word_that_leads_nowhere_is_answered_with_those_that_do(scene, said, status, words):
    one = scene.case()
    reply = scene.sent(f"{one.number}/moves/", {"revision": one.revision, **said})
    assert (reply.status_code, words in reply.content.decode()) == (status, True), reply.content.decode()


def test_a_word_to_which_several_moves_lead_names_them(scene):
    one = build.moved(scene.case(), "take", by=build.clerk(scene.body, scene.city.district), at=timezone.now())
    reply = scene.sent(f"{one.number}/moves/", {"revision": one.revision, "status": "answered", "note": "好了"})
    assert reply.status_code == 422
    assert "answer (answered), prove (answered)" in reply.json()["error"]["message"]


def test_a_late_note_on_a_closed_case_is_kept_and_moves_nothing(scene):
    """Signalen #407: what a partner sent after the end reopened the case, or was lost."""
    one = build.answered(
        build.reported(scene.city.communities[0], by=scene.resident, at=timezone.now()),
        scene.body, scene.desk, build.clerk(scene.body, scene.city.district), at=timezone.now(),
    )  # fmt: skip
    one = build.moved(
        one, "confirm", by=scene.resident, at=timezone.now(), values={"solved": "yes", "satisfied": "yes"}
    )
    reply = scene.sent(f"{one.number}/notes/", {"note": "灯杆下周重新刷漆。", "told": False})
    assert (reply.status_code, reply.json()["status"]) == (201, "confirmed"), reply.content.decode()
    stands = Case.objects.get(pk=one.pk)
    assert (stands.state, stands.phase, stands.closed_at) == (one.state, "closed", one.closed_at)
    assert CaseEvent.objects.get(case=one, kind="note").note == "灯杆下周重新刷漆。"
    assert "灯杆下周重新刷漆。" not in said_to(stands, scene.resident)
    assert "灯杆下周重新刷漆。" in scene.asked(f"{one.number}/").content.decode()


def test_a_department_that_was_called_reads_and_answers(scene):
    one = build.reported(scene.city.communities[0], at=timezone.now(), text="树枝压线")
    called = calls.call(one.pk, body_id=scene.body.pk, question="能来吗？", by=scene.desk, at=timezone.now())
    whole = scene.asked(f"{one.number}/").json()
    assert (whole["text"], whole["moves"], whole["calls"][0]["question"]) == ("树枝压线", [], "能来吗？")
    assert scene.numbers() == [one.number]
    reply = scene.sent(f"{one.number}/calls/{called.pk}/", {"answer": "下午到。", "comes": True})
    assert reply.status_code == 201, reply.content.decode()
    called.refresh_from_db()
    assert (called.state, called.comes, called.answered_by) == ("answered", True, f"key:{scene.key.key.pk}")
    assert scene.sent(f"{one.number}/calls/{called.pk}/", {"answer": "又来", "comes": True}).status_code == 409


def test_a_call_on_another_case_is_not_answered_through_this_one(scene):
    mine, one = scene.case(), build.reported(scene.city.communities[0], at=timezone.now())
    called = calls.call(one.pk, body_id=scene.body.pk, question="能来吗？", by=scene.desk, at=timezone.now())
    assert scene.sent(f"{mine.number}/calls/{called.pk}/", {"answer": "x", "comes": True}).status_code == 404


def test_a_department_that_helps_reads_along(scene):
    one = scene.case(body=scene.other)
    services.add_part(one.pk, role="helper", body_id=scene.body.pk, by=build.SYSTEM, at=timezone.now())
    assert scene.numbers() == [one.number]
    assert scene.asked(f"{one.number}/").json()["text"] == "三栋门口路灯不亮"


def test_files_come_and_go_with_the_key_alone(scene):
    one = build.moved(scene.case(), "take", by=build.clerk(scene.body, scene.city.district), at=timezone.now())
    shot = SimpleUploadedFile("a.jpg", build.picture(), "image/jpeg")
    said = {"revision": one.revision, "move": "answer", "note": "见照片。", "values": DONE}
    head = {"Authorization": f"Bearer {scene.key.text}", "Idempotency-Key": str(uuid.uuid4())}
    address = f"{CASES}{one.number}/moves/"
    reply = Client().post(address, {"said": json.dumps(said), "files": shot}, headers=head)
    assert reply.status_code == 201, reply.content.decode()
    (held,) = scene.asked(f"{one.number}/").json()["attached"]
    got = scene.asked(held["url"].partition(CASES)[2])
    assert (got.status_code, got["Content-Type"], len(got.content)) == (200, "image/jpeg", held["octets"])
    assert got["Content-Disposition"].startswith("attachment")
    assert Client().get(held["url"]).status_code == 403
    theirs = build.key(scene.city.city, "partner", body_id=scene.other.pk)
    assert scene.asked(held["url"].partition(CASES)[2], key=theirs.text).status_code == 404


def test_changes_come_in_their_order_page_by_page_and_none_twice(scene):
    start = timezone.now() - timedelta(hours=3)
    ones = [scene.case(at=start + timedelta(minutes=number)) for number in range(5)]
    called = build.reported(scene.city.communities[0], at=start)
    calls.call(
        called.pk, body_id=scene.body.pk, question="?", by=scene.desk, at=start + timedelta(minutes=2, seconds=30)
    )
    calls.call(ones[0].pk, body_id=scene.body.pk, question="?", by=scene.desk, at=start + timedelta(minutes=9))
    wanted = [one.number for one in (ones[1], ones[2], called, ones[3], ones[4], ones[0])]
    found, reply = [], scene.asked(limit=2).json()
    while True:
        found += [one["number"] for one in reply["cases"]]
        if reply["next"] is None:
            break
        reply = Client().get(reply["next"], headers={"Authorization": f"Bearer {scene.key.text}"}).json()
    assert found == wanted
    assert scene.numbers(since=(start + timedelta(minutes=3)).isoformat()) == wanted[3:]


@pytest.mark.parametrize(
    "since", ["gestern", "2026-06-01", "2026-06-01T09:00:00", "2026-13-01T09:00:00Z", "0001-01-01T00:00:00Z"]
)
def test_a_moment_without_its_zone_or_sense_is_refused(scene, since):
    assert scene.asked(since=since).status_code == 422


def test_a_list_and_a_case_cost_the_same_whatever_their_length(scene):
    def cost(path: str = "") -> int:
        with CaptureQueriesContext(connection) as asked:
            assert scene.asked(path).status_code == 200
        return len(asked)

    one = scene.case()
    cost()
    few, whole = cost(), cost(f"{one.number}/")
    for _ in range(3):
        scene.case()
        scene.sent(f"{one.number}/notes/", {"note": "又一句", "told": False})
    assert (cost(), cost(f"{one.number}/")) == (few, whole)


def test_more_than_a_program_has_to_ask_waits(scene, monkeypatch):
    monkeypatch.setattr("liren.front.api.partners.PER_MINUTE", 2)
    assert [scene.asked().status_code for _ in range(3)] == [200, 200, 429]
