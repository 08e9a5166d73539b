"""Taking in for others, calling back, and the dispatch catalogue."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from liren.foundation.kernel.errors import Conflict, NotAllowed
from liren.service.cases import services
from liren.service.cases.models import Case, DispatchRule
from liren.service.cases.queries import NoCase
from liren.service.cases.services import key_of
from tests import make
from tests.desk.test_cases import built_scene, desk, fresh, on, page, post, read, scene  # noqa: F401
from tests.make import cases, registers
from tests.make.cases import NOW
from tests.portal.reading import code_on

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R070", "R072", "R077")]
NEW = {"channel": "phone", "text": "路灯不亮，晚上看不清", "category": "lamp", "address": "明德路1号"}


def taken(client: Any, person: Any, **more: Any) -> Any:
    return post(client, person, "/desk/cases/new/?type=request", **{**NEW, **more})


def test_a_worker_takes_in_and_reads_the_number_aloud(scene, on):  # noqa: F811
    client = on(scene.worker)
    assert "居民诉求" in page(client, "/desk/cases/new/")
    assert "明德" not in page(client, "/desk/cases/new/?type=request&channel=counter")
    reply = taken(client, scene.worker, unit=scene.home.code, name="王先生", phone="13800000000")
    case = Case.objects.get()
    assert (reply.status_code, case.channel, case.unit, case.reporter) == (303, "phone", scene.home, None)
    receipt = page(client, reply["Location"])
    assert case.number in receipt
    assert "/r/" not in receipt
    assert code_on(receipt) == f"http://testserver/cases/{case.number}/r/{key_of(case)}/"
    page(on(scene.officer), reply["Location"], 404)
    client = on(scene.worker)
    told = post(client, scene.worker, desk(case, "contact/"), purpose="核实地点").content.decode()
    assert "13800000000" in told
    assert "13800000000" not in page(client, desk(case, "contact/"))


def test_what_most_people_come_for_stands_first_and_no_community_is_guessed_from_a_city(scene, on):  # noqa: F811
    cases.declare("agency", group="request", name={"zh": "代办帮办", "en": "Agency"})
    choose = page(on(scene.worker), "/desk/cases/new/")
    assert choose.index("哪里不对、缺什么") < choose.index("居民诉求") < choose.index("代办帮办")
    form = on(scene.worker).get("/desk/cases/new/?type=request").context["form"]
    assert form.initial["unit"] == scene.home.name_zh
    agent = make.official("phone_agent", scene.city.city)
    assert on(agent).get("/desk/cases/new/?type=request").context["form"].initial["unit"] == ""


def test_what_is_missing_is_said_beside_the_field(scene, on):  # noqa: F811
    client = on(scene.worker)
    reply = taken(client, scene.worker, text="", unit=scene.home.code)
    assert reply.status_code == 422
    assert "field--error" in reply.content.decode()
    assert not Case.objects.exists()


def test_neighbours_who_said_the_same_are_shown_first(scene, on):  # noqa: F811
    known = cases.reported(scene.home, category="lamp", lon=104.005, lat=30.005, at=timezone.now())
    client = on(scene.worker)
    near = {"lon": "104.0051", "lat": "30.0051", "unit": scene.home.code}
    reply = taken(client, scene.worker, **near)
    assert reply.status_code == 422
    assert known.number in reply.content.decode()
    assert taken(client, scene.worker, **near, again="on", hinted="1").status_code == 303


def test_known_cases_are_found_while_somebody_types(scene, on):  # noqa: F811
    case = cases.reported(scene.home, text="下水道堵塞", address="明德路9号")
    client = on(scene.worker)
    for typed in ("下水道", "明德路9号", case.number):
        assert case.number in page(client, f"/desk/cases/find/?q={typed}"), typed
    part = client.get("/desk/cases/find/?q=下水道", headers={"HX-Request": "true"}).content.decode()
    assert case.number in part
    assert "<html" not in part


def test_whoever_only_listens_finds_what_is_public(scene, on):  # noqa: F811
    case = cases.reported(scene.home, text="下水道堵塞", address="明德路9号")
    hidden = cases.reported(scene.home, text="下水道堵塞")
    Case.objects.filter(pk=hidden.pk).update(is_hidden=True)
    client = on(make.official("phone_agent", scene.city.district))
    found = page(client, "/desk/cases/find/?q=下水道")
    assert f"/desk/phone/{case.number}/" in found
    assert "明德路" not in found
    assert hidden.number not in found
    assert case.number in page(client, f"/desk/cases/find/?q={case.number}")
    elsewhere = on(make.official("phone_agent", make.town().city))
    assert case.number not in page(elsewhere, "/desk/cases/find/?q=下水道")


def test_somebody_who_did_not_handle_it_calls_back(scene, on):  # noqa: F811
    case = cases.reported(scene.home)
    cases.answered(case, scene.water, scene.worker, scene.clerk)
    agent = make.official("phone_agent", scene.city.district)
    client = on(agent)
    assert case.number in page(client, "/desk/phone/")
    assert case.number in page(client, f"/desk/phone/{case.number}/")
    reply = client.get(f"/desk/phone/?number={case.number}")
    assert reply.status_code == 303
    assert reply["Location"].endswith(f"/desk/phone/{case.number}/")
    assert 'role="alert"' in page(client, "/desk/phone/?number=0000000-0")
    url = f"/desk/phone/{case.number}/"
    assert post(client, agent, url, seen=fresh(case).revision).status_code == 422
    assert post(client, agent, url, missed="1").status_code == 303
    given = {"solved": "yes", "satisfied": "no", "note": "来得太晚", "seen": fresh(case).revision}
    assert post(client, agent, url, **given).status_code == 303
    assert fresh(case).outcome == "solved"
    assert case.ratings.get().satisfied is False
    assert case.number not in page(client, "/desk/phone/")


@pytest.mark.requirement("R070", "R073")
def test_what_a_caller_adds_is_written_down_and_answers_nobody(scene, on):  # noqa: F811
    person, agent = make.account(), make.official("phone_agent", scene.city.district)
    case = cases.reported(scene.home, by=person)
    client, url = on(agent), f"/desk/phone/{case.number}/"
    assert 'name="adds"' in page(client, url)
    assert post(client, agent, url, adds="  ").status_code == 422
    assert post(client, agent, url, adds="今晚又灭了，老人看不见路。").status_code == 303
    assert "今晚又灭了" in page(on(scene.worker), f"/desk/cases/{case.number}/")
    assert fresh(case).first_word_at is None
    assert "今晚又灭了" not in page(Client(), f"/cases/{case.number}/")
    with pytest.raises((NoCase, NotAllowed)):
        services.add_heard(case.pk, note="别的地方的人", by=make.official("phone_agent", make.town().city), at=NOW)
    sealed = cases.reported(scene.home, cases.sealed("quiet", to="support").code)
    with pytest.raises((NoCase, NotAllowed)):
        services.add_heard(sealed.pk, note="听说的", by=agent, at=NOW)
    cases.moved(fresh(case), "withdraw", by=person)
    assert 'name="adds"' not in page(client, url)
    with pytest.raises(Conflict):
        services.add_heard(case.pk, note="还有", by=agent, at=NOW)


def test_who_handled_it_is_not_asked_to_call_back(scene, on):  # noqa: F811
    case = cases.reported(scene.home)
    both = cases.clerk(scene.water, scene.home, role="community_worker")
    cases.moved(case, "dispatch", by=scene.worker, body_id=scene.water.pk)
    cases.moved(case, "take", by=both)
    cases.moved(case, "answer", by=both, note="好", values={"done": "好"})
    assert case.number not in page(on(both), "/desk/phone/")


@pytest.mark.requirement("R073")
def test_what_was_said_in_a_forum_is_taken_over_into_the_same_queue_without_a_name(scene, on):  # noqa: F811
    cases.real("request")
    client = on(scene.worker)
    assert "as its writer agreed" in page(client, "/en/desk/cases/new/?type=request")
    given = {"channel": "forum", "text": "群里说三栋门口的路灯不亮", "unit": scene.home.code, "category": "dark_place"}
    assert taken(client, scene.worker, **given, address="3栋", name="", phone="").status_code == 303
    case = Case.objects.latest("id")
    assert (case.channel, case.reporter_id, hasattr(case, "contact")) == ("forum", None, False)
    assert case.number in page(client, "/desk/cases/?view=unit")
    assert "taken over from a forum" in page(client, f"/en/desk/cases/{case.number}/")


@pytest.mark.requirement("R086")
def test_registers_of_the_same_requirement_stand_beside_a_case(scene, on):  # noqa: F811
    cases.declare("mediation", requirements=["R086"])
    registers.declared(code="experts", requirements=["R086"])
    registers.declared(code="for_staff", requirements=["R086"], visible="workers")
    registers.declared(code="trees", requirements=["R088"])
    shown = page(on(scene.worker), desk(cases.reported(scene.home, "mediation")))
    found = [code for code in ("experts", "for_staff", "trees") if f"/registers/{code}/" in shown]
    assert found == ["experts"]


@pytest.fixture
def keeper(scene):  # noqa: F811
    return make.official("district_admin", scene.city.district)


def test_a_rule_is_tried_added_explained_and_ended(scene, on, keeper):  # noqa: F811
    case = cases.reported(scene.home, category="lamp")
    client = on(keeper)
    rule = {"matter": "request.lamp", "unit": scene.city.district.code, "body": "临川区市政所", "ground": "职责清单"}
    rule |= {"since": "2026-01-01", "until": ""}
    tried = post(client, keeper, "/desk/catalogue/add/", **rule, step="try")
    assert tried.status_code == 200
    assert "临川区市政所" in tried.content.decode()
    assert not DispatchRule.objects.exists()
    assert post(client, keeper, "/desk/catalogue/add/", **rule, step="do").status_code == 303
    assert "临川区市政所" in page(client, "/desk/catalogue/")
    assert "这条规则决定" in page(
        client, f"/desk/catalogue/why/?matter=request.lamp&unit={scene.home.code}&on=2026-06-01"
    )
    assert "为什么派给它" in page(on(scene.worker), desk(case, "move/dispatch/"))
    made = DispatchRule.objects.get()
    page(on(scene.officer), f"/desk/catalogue/{made.pk}/end/", 404)
    client = on(keeper)
    assert post(client, keeper, f"/desk/catalogue/{made.pk}/end/", on="2026-12-01").status_code == 303
    assert post(client, keeper, "/desk/catalogue/add/", **rule | {"body": "没有"}, step="do").status_code == 422


def test_a_table_is_checked_before_it_is_brought_in(scene, on, keeper):  # noqa: F811
    client = on(keeper)
    line = f"request,lamp,{scene.city.district.code},临川区市政所,职责清单,2026-01-01,\n"
    head = "type,category,unit,body,ground,since,until\n"
    for content, good in ((head + line + "request,x,y,z,,,\n", False), (head + line, True)):
        upload = SimpleUploadedFile("目录.csv", content.encode())
        checked = post(client, keeper, "/desk/catalogue/import/", file=upload)
        assert checked.status_code == 303
        shown = read(client, checked["Location"])
        assert ("一条也没有导入" in shown) != good
        assert not DispatchRule.objects.exists()
        assert post(client, keeper, checked["Location"]).status_code == (303 if good else 409)
    assert DispatchRule.objects.count() == 1
    page(client, checked["Location"], 404)
