"""Keys for programs at the desk: shown once, used by day at most, withdrawn for good; and where events are sent."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from liren.foundation.kernel.models import AuditEntry
from liren.service.cases import services
from liren.service.cases.models import ApiKey, Delivery, Subscription
from liren.service.cases.queries.keys import NoKey, key_by_text
from liren.service.cases.services import webhooks
from tests import make
from tests.desk.test_cases import built_scene, on, page, post, scene  # noqa: F401
from tests.make import bodies, cases
from tests.make.people import bare_unit

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R083")]
ADDRESS = "https://hooks.example.org/liren"


@pytest.fixture
def giver(scene):  # noqa: F811
    return make.official("city_admin", scene.city.city)


def made(client: Client, giver: Any, scene: Any, **more: Any) -> Any:  # noqa: F811
    fields = {"name": "市政热线", "kind": "open311", "unit": scene.city.district.code, **more}
    return post(client, giver, "/desk/keys/add/", **fields)


def secret_in(reply: Any) -> str:
    return re.search(r'id="secret"[^>]*>([^<]+)<', reply.content.decode())[1]


def test_a_key_is_shown_once_and_then_to_nobody(scene, on, giver):  # noqa: F811
    client = on(giver)
    assert "desk/keys/" in page(client, "/desk/")
    sent = make.form(giver, name="市政热线", kind="open311", unit=scene.city.district.code)
    assert 'href="/desk/keys/" aria-current="page"' in page(client, "/desk/keys/add/")
    reply = client.post("/desk/keys/add/", sent)
    text, key = secret_in(reply), ApiKey.objects.get()
    assert reply.status_code == 200
    assert "no-store" in reply["Cache-Control"]
    assert key_by_text(text, "open311") == key
    again = client.post("/desk/keys/add/", sent)
    assert (again.status_code, again["Location"], ApiKey.objects.count()) == (303, f"/desk/keys/{key.pk}/", 1)
    for url in ("/desk/keys/", f"/desk/keys/{key.pk}/"):
        shown = page(client, url)
        assert ("市政热线" in shown, text in shown) == (True, False)
    entry = AuditEntry.objects.get(action="cases.key_made")
    assert (entry.actor, entry.unit_id, text in str(entry.facts)) == (giver.label, key.unit_id, False)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": ""}, "name"), ({"kind": "root"}, "kind"), ({"unit": "999"}, "unit"), ({"device": "7"}, "device"),
     ({"kind": "sensor"}, "__all__")],
)  # fmt: skip
def test_what_is_wrong_with_a_key_is_said_on_the_form(scene, on, giver, wrong, field):  # noqa: F811
    reply = made(on(giver), giver, scene, **wrong)
    assert (reply.status_code, list(reply.context["form"].errors)) == (422, [field])
    assert not ApiKey.objects.exists()


def test_use_is_kept_by_the_day_and_written_once_a_day(scene):  # noqa: F811
    now = timezone.now()
    it = services.make_key(name="热线", kind="open311", unit_id=scene.city.district.pk, by=cases.SYSTEM, at=now)
    key = key_by_text(it.text, "open311")
    with CaptureQueriesContext(connection) as asked:
        services.note_use(key, at=now)
        services.note_use(key, at=now)
        services.note_use(key_by_text(it.text, "open311"), at=now + timedelta(seconds=1))
    assert sum(one["sql"].startswith("UPDATE") for one in asked) == 1
    services.note_use(key, at=now + timedelta(days=1))
    assert ApiKey.objects.get().used_on == timezone.localdate(now + timedelta(days=1))


def test_a_report_by_key_shows_that_it_is_used(scene, on, giver, client):  # noqa: F811
    made(on(giver), giver, scene)
    text = services.make_key(
        name="热线二", kind="open311", unit_id=scene.city.district.pk, by=cases.SYSTEM, at=timezone.now()
    ).text
    facts = {
        "api_key": text,
        "service_code": "request.lamp",
        "description": "路灯不亮",
        "lat": "30.005",
        "long": "104.005",
    }
    assert Client().post("/open311/v2/requests.json", facts).status_code == 200
    today = timezone.localdate()
    assert dict(ApiKey.objects.values_list("name", "used_on")) == {"市政热线": None, "热线二": today}
    assert f'datetime="{today.isoformat()}"' in page(client, f"/desk/keys/{ApiKey.objects.get(name='热线二').pk}/")


def test_a_withdrawn_key_is_good_for_nothing_and_told_nothing(scene, on, giver):  # noqa: F811
    client = on(giver)
    made(client, giver, scene, kind="exchange")
    key = ApiKey.objects.get()
    reply = post(client, giver, f"/desk/keys/{key.pk}/subscribe/", address=ADDRESS, types=["request"])
    told = Subscription.objects.get()
    assert (reply.status_code, told.address, told.types) == (200, ADDRESS, ["request"])
    secret = secret_in(reply)
    home = page(client, f"/desk/keys/{key.pk}/")
    assert (ADDRESS in home, secret in home) == (True, False)
    assert post(client, giver, f"/desk/keys/{key.pk}/end/").status_code == 303
    key.refresh_from_db(), told.refresh_from_db()
    assert key.ended_at
    assert told.ended_at
    assert post(client, giver, f"/desk/keys/{key.pk}/end/").status_code == 422
    assert post(client, giver, f"/desk/keys/{key.pk}/subscribe/", address=ADDRESS).status_code == 422


def test_sending_events_is_ended_alone_and_never_goes_into_our_own_house(scene, on, giver):  # noqa: F811
    client = on(giver)
    made(client, giver, scene, kind="exchange")
    key = ApiKey.objects.get()
    for wrong in ("http://hooks.example.org/", "https://127.0.0.1/", "https://localhost/", ""):
        reply = post(client, giver, f"/desk/keys/{key.pk}/subscribe/", address=wrong)
        assert reply.status_code == 422, wrong
    post(client, giver, f"/desk/keys/{key.pk}/subscribe/", address=ADDRESS)
    told = Subscription.objects.get()
    assert post(client, giver, f"/desk/subscriptions/{told.pk}/end/").status_code == 303
    told.refresh_from_db()
    assert told.ended_at
    assert ApiKey.objects.get().ended_at is None


def test_keys_of_another_city_and_of_other_duties_are_not_there(scene, on, giver):  # noqa: F811
    elsewhere = bare_unit(2, "980200000000")
    key = cases.key(elsewhere, "exchange").key
    told = webhooks.subscribe(key.pk, address=ADDRESS, **cases.BY).subscription
    client = on(giver)
    assert "邻里助手" not in page(client, "/desk/keys/")
    for url in (f"/desk/keys/{key.pk}/", f"/desk/keys/{key.pk}/end/", f"/desk/subscriptions/{told.pk}/end/"):
        page(client, url, 404)
    page(on(make.official("district_admin", scene.city.district)), "/desk/keys/", 403)
    with pytest.raises(NoKey):
        key_by_text("liren_wrong", "open311")


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(scene, on, giver, n, django_assert_max_num_queries):  # noqa: F811
    client = on(giver)
    for _one in range(n):
        cases.key(scene.city.district)
    page(client, "/desk/keys/")
    with django_assert_max_num_queries(12):
        page(client, "/desk/keys/")


def test_the_key_of_a_department_is_made_for_it_by_name_or_number(scene, on, giver):  # noqa: F811
    body = bodies.body(scene.city.district, "department", name_zh="城管局")
    client = on(giver)
    for said in (body.name_zh, str(body.pk)):
        reply = made(client, giver, scene, kind="partner", body=said)
        assert reply.status_code == 200, reply.content.decode()
        assert ApiKey.objects.latest("pk").body_id == body.pk
    shown = page(client, f"/desk/keys/{ApiKey.objects.latest('pk').pk}/")
    assert (body.name_zh in shown, f"/bodies/{body.pk}/" in shown) == (True, True)


@pytest.mark.parametrize(
    ("wrong", "field"), [({"body": "没有这个部门"}, "body"), ({"body": "0"}, "body"), ({"body": ""}, "__all__")]
)
def test_a_key_of_a_department_needs_one(scene, on, giver, wrong, field):  # noqa: F811
    reply = made(on(giver), giver, scene, kind="partner", **wrong)
    assert (reply.status_code, list(reply.context["form"].errors)) == (422, [field])


def test_what_was_given_up_is_sent_again_from_the_page_of_the_key(scene, on, giver):  # noqa: F811
    now = timezone.now()
    key = services.make_key(name="热线", kind="exchange", unit_id=scene.city.city.pk, by=cases.SYSTEM, at=now).key
    told = webhooks.subscribe(key.pk, address=ADDRESS, by=cases.SYSTEM, at=now).subscription
    cases.reported(scene.city.communities[0], at=now)
    client, again = on(giver), f"/desk/subscriptions/{told.pk}/again/"
    assert again not in page(client, f"/desk/keys/{key.pk}/")
    Delivery.objects.update(given_up=True, done_at=now, next_at=None)
    assert again in page(client, f"/desk/keys/{key.pk}/")
    assert ADDRESS in page(client, again)
    reply = post(client, giver, again)
    assert (reply.status_code, reply["Location"]) == (303, f"/desk/keys/{key.pk}/")
    assert Delivery.objects.filter(given_up=False, done_at=None).count() == Delivery.objects.count() == 1
    assert post(client, giver, again).status_code == 422
    assert again not in page(client, f"/desk/keys/{key.pk}/")
