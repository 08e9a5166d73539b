"""The page of a service pass, its printed sheet, and the page on which a provider asks."""

import re

import pytest

from liren.foundation.kernel.models import AuditEntry, FormKey
from liren.service.cases import services
from liren.service.cases.models import ServicePass
from tests import make
from tests.make import bodies, cases

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R042")]
NUMBER = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


@pytest.fixture
def scene(city):
    moves = [{**one, "issues": "pass"} if one["code"] == "take" else one for one in cases.REQUEST["moves"]]
    cases.declare(moves=moves)
    home = city.communities[0]
    pool = bodies.body(city.district, name_zh="临川区游泳馆", name_en="Linchuan Pool")
    library = bodies.body(city.district, name_zh="临川区图书馆", name_en="Linchuan Library")
    person, clerk = make.account(), cases.clerk(pool, city.district)
    case = cases.reported(home, by=person)
    cases.moved(case, "dispatch", by=make.official("community_worker", home), body_id=pool.pk)
    cases.moved(case, "take", by=clerk)
    return {"case": case, "pool": pool, "library": library, "person": person, "clerk": clerk,
            "at": f"/cases/{case.number}/pass/"}  # fmt: skip


def sheet(client, scene, prefix="", **fields):
    fields = {"providers": [str(scene["pool"].pk), str(scene["library"].pk)], "size": "a4", **fields}
    return client.post(f"{prefix}{scene['at']}", fields)


@pytest.mark.parametrize(
    ("prefix", "size", "words"),
    [("", "a4", ("居民服务码", "有效期至")), ("/en", "pocket", ("Service pass", "Valid until"))],
)
def test_the_sheet_has_a_number_and_a_picture_for_each_provider_that_is_ticked(client, scene, prefix, size, words):
    make.sign_in(client, scene["person"])
    assert "临川区游泳馆" in client.get(scene["at"]).content.decode()
    reply = sheet(client, scene, prefix, size=size)
    shown = reply.content.decode()
    assert all(word in shown for word in (*words, "临川区游泳馆", "Linchuan Library", f"passes--{size}"))
    assert (len(set(NUMBER.findall(shown))), shown.count('class="qr"')) == (2, 2)
    assert "no-store" in reply["Cache-Control"]


def test_the_holder_of_the_receipt_prints_renews_and_ends_it(client, scene):
    key = services.key_of(scene["case"])
    client.get(f"/cases/{scene['case'].number}/r/{key}/")
    assert scene["at"] in client.get(f"/cases/{scene['case'].number}/").content.decode()
    assert sheet(client, scene).status_code == 200
    assert client.post(scene["at"], {"do": "renew"}).status_code == 303
    assert client.post(scene["at"], {"do": "revoke"}).status_code == 303
    assert ServicePass.objects.get().revoked_at is not None
    assert 'name="providers"' not in client.get(scene["at"]).content.decode()
    assert not NUMBER.search(sheet(client, scene).content.decode())


@pytest.mark.parametrize("wrong", [{"providers": []}, {"providers": ["0"]}, {"providers": ["x"]}, {"size": "a0"}])
def test_nothing_is_printed_for_nobody(client, scene, wrong):
    make.sign_in(client, scene["person"])
    assert sheet(client, scene, **wrong).status_code == 422


def test_somebody_else_finds_no_such_page(client, scene):
    for who in (None, make.account(), scene["clerk"]):
        client.logout()
        if who:
            make.sign_in(client, who)
        assert client.get(scene["at"]).status_code == 404
        assert sheet(client, scene).status_code == 404
        assert client.post(scene["at"], {"do": "revoke"}).status_code == 404
    assert ServicePass.objects.get().revoked_at is None


def asked(client, scene, number, prefix=""):
    return client.post(f"{prefix}/desk/pass/", {"body": scene["pool"].pk, "number": number}).content.decode()


def test_a_provider_is_told_a_date_or_no_and_nothing_is_kept(client, scene):
    held = ServicePass.objects.get()
    numbers = services.numbers_of(held, [scene["pool"].pk, scene["library"].pk])
    make.sign_in(client, scene["clerk"])
    before = AuditEntry.objects.count(), FormKey.objects.count()
    shown = asked(client, scene, numbers[scene["pool"].pk], "/en")
    assert "Valid until" in shown
    assert not any(word in shown for word in (scene["case"].number, scene["person"].display_name))
    for wrong in (numbers[scene["library"].pk], "0000-0000-0000-0000", "x"):
        assert "Not valid" in asked(client, scene, wrong, "/en")
    services.revoke_pass(scene["case"].pk, by=scene["person"], at=cases.NOW)
    assert "Not valid" in asked(client, scene, numbers[scene["pool"].pk], "/en")
    assert (AuditEntry.objects.count() - 1, FormKey.objects.count()) == before  # one: that it was ended


def test_a_body_of_somebody_else_and_guessing_are_refused(client, scene, monkeypatch):
    make.sign_in(client, scene["clerk"])
    assert client.post("/desk/pass/", {"body": scene["library"].pk, "number": "x"}).status_code == 422
    monkeypatch.setattr("liren.front.desk.passes.PER_MINUTE", 2)
    monkeypatch.setattr("liren.front.kit.limits.minute_of", lambda moment: "0900")
    sent = [client.post("/desk/pass/", {"body": scene["pool"].pk, "number": "x"}).status_code for _ in range(3)]
    assert sent == [200, 200, 429]
    client.logout()
    make.sign_in(client, scene["person"])
    assert client.get("/desk/pass/").status_code == 403
