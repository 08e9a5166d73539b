"""The desk of cases: queue, one case, moves, and who may not."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from liren.foundation.bodies.models import Body
from liren.foundation.people.models import Account
from liren.service.cases.models import Case, SavedView
from liren.service.cases.queries.limits import CALL, RULING
from tests import make
from tests.make import bodies, cases, registers
from tests.make.portal import City

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R070", "R071", "R072")]


@dataclass
class Scene:
    city: City
    worker: Account
    clerk: Account
    officer: Account
    water: Body
    roads: Body

    @property
    def home(self) -> Any:
        return self.city.communities[0]


@pytest.fixture(scope="module")
def built_scene(built_city: City, django_db_blocker: Any) -> Iterator[Scene]:
    with make.standing(django_db_blocker, lambda: build(built_city)) as made:
        yield made


@pytest.fixture
def scene(built_scene: Scene, db: None) -> Scene:
    """The scene, for a test that may change it: its objects are copies."""
    return copy.deepcopy(built_scene)


def build(city: City) -> Scene:
    cases.declare()
    registers.parameter(CALL, "1", "working_day", operator="<=")
    registers.parameter(RULING, "2", "working_day", operator="<=")
    home = city.communities[0]
    water, roads = (bodies.body(city.district, name_zh=name) for name in ("临川区水务局", "临川区市政所"))
    return Scene(
        city,
        make.official("community_worker", home),
        cases.clerk(water, city.district),
        make.official("street_officer", city.street),
        water,
        roads,
    )


@pytest.fixture
def on(client: Client) -> Any:
    """The client signed in as somebody."""

    def sign(person: Account) -> Client:
        client.logout()
        make.sign_in(client, Account.objects.get(pk=person.pk))
        return client

    return sign


def post(client: Client, person: Account, url: str, /, **fields: Any) -> Any:
    return client.post(url, make.form(Account.objects.get(pk=person.pk), **fields))


def page(client: Client, url: str, status: int = 200) -> str:
    reply = client.get(url)
    assert reply.status_code == status, (url, reply.status_code)
    return str(reply.content.decode())


def desk(case: Case, more: str = "") -> str:
    return f"/desk/cases/{case.number}/{more}"


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_case_goes_from_the_queue_over_dispatch_and_taking_to_its_answer(scene, on):
    case = cases.reported(scene.home, text="路灯不亮", category="lamp")
    client = on(scene.worker)
    listed = page(client, "/desk/cases/")
    assert case.number in listed
    assert "路灯不亮" in listed
    assert "派单" in page(client, desk(case))
    assert post(client, scene.worker, desk(case, "move/dispatch/"), body=scene.water.pk, seen=1).status_code == 303
    assert fresh(case).body == scene.water
    client = on(scene.clerk)
    assert case.number in page(client, "/desk/cases/")
    assert post(client, scene.clerk, desk(case, "move/take/"), seen=fresh(case).revision).status_code == 303
    bad = post(client, scene.clerk, desk(case, "move/answer/"), seen=fresh(case).revision)
    assert bad.status_code == 422
    assert "field--error" in bad.content.decode()
    assert [name for name in ("note", "papers") if bad.context["form"].fields[name].needed] == ["note"]
    good = {"note": "已更换灯泡。", "ask_done": "更换灯泡", "seen": fresh(case).revision}
    assert post(client, scene.clerk, desk(case, "move/answer/"), **good).status_code == 303
    assert fresh(case).phase == "answered"
    assert "已更换灯泡" in page(client, desk(case))


# --- who may not ---


@pytest.mark.requirement("R069")
def test_the_page_of_a_case_says_to_which_mechanism_it_belongs(scene, on):
    cases.real("grid_finding")
    for code, words in (("grid_finding", "Patrol of places for hazards"), ("request", None)):
        case = cases.reported(scene.home, code, channel="visit", by=scene.worker, address="3栋")
        page = on(scene.worker).get(f"/en/desk/cases/{case.number}/").content.decode()
        assert ("<dt>Mechanism</dt>" in page, words is None or words in page) == (words is not None, True)


def test_a_case_of_another_place_is_refused_and_a_complaint_is_not_there(scene, on):
    case = cases.reported(scene.city.communities[1])
    client = on(scene.worker)
    page(client, desk(case), 403)
    assert case.number not in page(client, "/desk/cases/?view=all")
    page(client, "/desk/cases/9999999-9/", 404)
    client = on(make.resident(scene.home))
    page(client, "/desk/cases/", 403)
    client.logout()
    assert client.get("/desk/cases/").status_code == 302


def test_a_sealed_case_is_nowhere_for_others_and_never_leaves_in_a_file(scene, on):
    cases.sealed()
    case = cases.reported(scene.home, "complaint", text="举报窗口收费", about_body_id=scene.roads.pk, lon=None,
                          contact={"phone": "13800000000"})  # fmt: skip
    client = on(scene.worker)
    for url in ("?view=all", "?view=all&q=举报窗口", "cases.csv?view=all", "print/?view=all", "map.geojson?view=all"):
        assert case.number not in read(client, f"/desk/cases/{url}"), url
    for url in ("find/?q=举报窗口", f"find/?q={case.number}", f"?view=all&q={case.number}"):
        assert f'href="{desk(case)}"' not in read(client, f"/desk/cases/{url}"), url
    page(client, desk(case), 404)
    client = on(make.official("supervision_officer", scene.city.district))
    listed = page(client, "/desk/cases/?view=all")
    assert case.number in listed
    assert "举报窗口" not in listed
    assert "举报窗口" in page(client, desk(case))
    for url in ("cases.csv", "print/", "map.geojson"):
        assert case.number not in read(client, f"/desk/cases/{url}?view=all"), url


def read(client: Client, url: str) -> str:
    reply = client.get(url)
    assert reply.status_code == 200, (url, reply.status_code)
    return b"".join(reply.streaming_content).decode() if reply.streaming else reply.content.decode()


def test_a_step_of_somebody_else_is_refused(scene, on):
    case = cases.reported(scene.home)
    cases.moved(case, "dispatch", by=scene.worker, body_id=scene.water.pk)
    client = on(scene.worker)
    assert post(client, scene.worker, desk(case, "move/take/"), seen=2).status_code == 403
    page(client, desk(case, "move/nothing/"), 404)
    page(client, desk(case, "do/nothing/"), 404)
    page(client, desk(case, "do/object/"), 403)


# --- moved on meanwhile ---


def test_whoever_comes_late_sees_where_it_stands_and_keeps_what_was_written(scene, on):
    case = cases.reported(scene.home)
    cases.moved(case, "dispatch", by=scene.worker, body_id=scene.water.pk)
    client = on(scene.worker)
    reply = post(client, scene.worker, desk(case, "move/dispatch/"), seen=1, body=scene.roads.pk, note="请市政所办理")
    told = reply.content.decode()
    assert reply.status_code == 409
    assert "待签收" in told
    assert "请市政所办理" in told
    assert desk(case) in told
    assert fresh(case).body == scene.water


def test_a_step_that_is_no_longer_possible_shows_the_present_state(scene, on):
    case = cases.reported(scene.home)
    cases.answered(case, scene.water, scene.worker, scene.clerk)
    client = on(scene.clerk)
    assert post(client, scene.clerk, desk(case, "move/take/"), seen=2).status_code == 409
    assert "已答复" in page(client, desk(case, "move/take/"), 409)


# --- many at once ---


def test_the_map_of_the_queue_lies_on_the_unit_of_its_cases_and_a_kept_view_is_marked(scene, on):
    cases.reported(scene.home, category="lamp", lon=104.005, lat=30.005)
    client = on(scene.worker)
    assert f"/units/{scene.home.code}/map.geojson" in page(client, "/desk/cases/?map=1&severity=urgent")
    post(client, scene.worker, "/desk/cases/views/", name="急的", query="severity=urgent")
    marked = '?severity=urgent" aria-current="page">急的'
    assert marked in page(client, "/desk/cases/?map=1&severity=urgent")
    assert marked not in page(client, "/desk/cases/")


def test_many_are_moved_row_by_row_and_a_refusal_stops_no_other(scene, on):
    several = [cases.reported(scene.home) for _each in range(3)]
    for one in several:
        cases.moved(one, "dispatch", by=scene.worker, body_id=scene.water.pk)
    client = on(scene.clerk)
    ticks = [f"{one.pk}.{fresh(one).revision}" for one in several]
    asked = page(client, "/desk/cases/bulk/?" + "&".join(f"case={one}" for one in ticks))
    assert "签收（3 件中可办 3 件）" in asked
    cases.moved(several[1], "take", by=scene.clerk)
    told = post(client, scene.clerk, "/desk/cases/bulk/", case=ticks, move="take").content.decode()
    assert "共 3 件，办成 2 件" in told
    assert [fresh(one).state for one in several] == ["working"] * 3
    assert fresh(several[0]).handler_id == scene.clerk.pk


def test_each_of_many_moved_costs_few_statements_and_the_rest_is_asked_once(scene, on):
    client, asked = on(scene.clerk), []
    for many in (1, 6):
        several = [cases.reported(scene.home) for _each in range(many)]
        for one in several:
            cases.moved(one, "dispatch", by=scene.worker, body_id=scene.water.pk)
        ticks = [f"{one.pk}.{fresh(one).revision}" for one in several]
        with CaptureQueriesContext(connection) as caught:
            post(client, scene.clerk, "/desk/cases/bulk/", case=ticks, move="take")
        assert {fresh(one).state for one in several} == {"working"}
        asked.append(len(caught))
    assert asked[1] - asked[0] <= 5 * 9, asked


def test_only_what_is_ones_own_work_is_moved_in_bulk(scene, on):
    other = cases.reported(scene.city.communities[1])
    client = on(scene.worker)
    assert other.number not in page(client, f"/desk/cases/bulk/?case={other.pk}.1")


# --- the queue ---


def test_a_page_of_the_queue_costs_the_same_for_one_row_and_for_many(scene, on, django_assert_max_num_queries):
    client = on(scene.worker)
    cases.reported(scene.home)
    page(client, "/desk/cases/")
    for _each in range(25):
        cases.reported(scene.home)
    with django_assert_max_num_queries(16):
        page(client, "/desk/cases/?view=all")


def test_the_queue_is_read_page_by_page(scene, on):
    made = [cases.reported(scene.home).number for _each in range(33)]
    client = on(scene.worker)
    first = client.get("/desk/cases/?view=all")
    following = first.context["page"].next_query
    second = client.get(f"/desk/cases/{following}")
    seen = [row.case.number for reply in (first, second) for row in reply.context["page"]]
    assert sorted(seen) == sorted(made)
    assert len(first.context["page"]) == 30


def test_a_view_is_kept_used_and_dropped_by_its_owner_alone(scene, on):
    client = on(scene.worker)
    post(client, scene.worker, "/desk/cases/views/", name="路灯", query="view=all&type=request&category=lamp")
    kept = SavedView.objects.get(account_id=scene.worker.pk)
    assert "路灯" in page(client, "/desk/cases/")
    client = on(scene.officer)
    assert "?view=all&amp;type=request&amp;category=lamp" not in page(client, "/desk/cases/")
    assert post(client, scene.officer, f"/desk/cases/views/{kept.pk}/drop/").status_code == 404
    client = on(scene.worker)
    assert post(client, scene.worker, f"/desk/cases/views/{kept.pk}/drop/").status_code == 303


def test_filters_narrow_and_the_table_says_the_same(scene, on):
    lamp = cases.reported(scene.home, category="lamp", text="=路灯")
    waste = cases.reported(scene.home, category="waste", text="垃圾成堆")
    client = on(scene.worker)
    for query in ("type=request&category=lamp", "severity=urgent", "q=" + lamp.number):
        listed, table = page(client, f"/desk/cases/?view=all&{query}"), read(client, f"/desk/cases/cases.csv?{query}")
        assert (desk(lamp) in listed, desk(waste) in listed) == (True, False), query
        assert (lamp.number in table, waste.number in table) == (True, False), query
    assert "垃圾成堆" in page(client, "/en/desk/cases/?view=all&q=垃圾成堆")


# --- what else can be done ---


def test_a_note_a_call_and_its_answer(scene, on):
    case = cases.reported(scene.home)
    client = on(scene.worker)
    assert post(client, scene.worker, desk(case, "do/note/"), note="已到现场", told="on").status_code == 303
    sent = post(client, scene.worker, desk(case, "do/call/"), body=scene.water.pk, question="请派人关阀")
    assert sent.status_code == 303
    client = on(scene.clerk)
    assert case.number in page(client, "/desk/cases/?view=called")
    reply = post(client, scene.clerk, desk(case, "do/answer/"), call=case.calls.get().pk, comes="yes", answer="下午到")
    assert reply.status_code == 303
    assert "下午到" in page(on(scene.worker), desk(case))


def test_a_standstill_is_asked_for_by_one_and_decided_by_another(scene, on):
    case = cases.reported(scene.home, at=timezone.now())
    client = on(scene.worker)
    url = desk(case, "do/suspend/")
    assert post(client, scene.worker, url, reason="等待鉴定", ground="办法第5条").status_code == 303
    asked = case.suspensions.get()
    page(client, f"/desk/approvals/suspension/{asked.pk}/", 404)
    client = on(scene.officer)
    assert "等待鉴定" in page(client, "/desk/approvals/")
    assert "等待鉴定" in page(client, f"/desk/approvals/suspension/{asked.pk}/")
    url = f"/desk/approvals/suspension/{asked.pk}/"
    assert post(client, scene.officer, url).status_code == 422
    assert post(client, scene.officer, url, approve="yes").status_code == 303
    assert fresh(case).suspensions.get().state == "approved"
    client = on(scene.worker)
    assert "等待鉴定" in page(client, desk(case))
    assert post(client, scene.worker, desk(case, "do/resume/")).status_code == 303


def test_more_time_shows_both_dates(scene, on):
    now = timezone.now()
    case = cases.reported(scene.home, at=now)
    cases.moved(case, "dispatch", by=scene.worker, at=now, body_id=scene.water.pk)
    client = on(scene.clerk)
    given = {"clock": "completion", "amount": "3", "reason": "需要采购配件"}
    assert post(client, scene.clerk, desk(case, "do/extend/"), **given).status_code == 303
    clock = case.clocks.get(code="completion")
    client = on(scene.officer)
    url = f"/desk/approvals/extension/{clock.extensions.get().pk}/"
    assert post(client, scene.officer, url, approve="yes").status_code == 303
    assert "不算暂停和延期" in page(on(scene.clerk), desk(case))


def test_a_body_objects_and_the_district_rules(scene, on):
    case = cases.reported(scene.home, category="lamp")
    cases.moved(case, "dispatch", by=scene.worker, body_id=scene.water.pk)
    client = on(scene.clerk)
    given = {"ground": "三定方案", "reason": "路灯归市政", "proposed": scene.roads.pk}
    reply = post(client, scene.clerk, desk(case, "do/object/"), **given)
    assert reply.status_code == 303
    arbiter = make.official("district_admin", scene.city.district)
    found = case.disputes.get()
    client = on(arbiter)
    assert "临川区水务局" in page(client, "/desk/disputes/")
    assert "路灯归市政" in page(client, f"/desk/disputes/{found.pk}/")
    given = {"body": scene.roads.pk, "ruling": "路灯由市政所负责", "into_catalogue": "on"}
    assert post(client, arbiter, f"/desk/disputes/{found.pk}/", **given).status_code == 303
    assert fresh(case).body == scene.roads
    assert fresh(case).hops == 1
    assert "临川区市政所" in page(client, "/desk/catalogue/")


def test_split_join_parts_and_putting_right(scene, on):
    case, twin = cases.reported(scene.home), cases.reported(scene.home)
    client = on(scene.worker)
    assert post(client, scene.worker, desk(case, "do/split/"), text_1="修灯", type_1="request").status_code == 303
    assert case.children.count() == 1
    assert post(client, scene.worker, desk(twin, "do/join/"), into=case.number).status_code == 303
    assert fresh(twin).outcome == "joined"
    beside = make.official("community_worker", scene.home, display_name="同事小里")
    assert "同事小里" in page(client, desk(case, "do/part/"))
    stranger = make.account()
    assert post(client, scene.worker, desk(case, "do/part/"), role="party", person=stranger.pk).status_code == 422
    assert post(client, scene.worker, desk(case, "do/part/"), role="party", person=beside.pk).status_code == 303
    assert case.parts.get().account == beside
    case.parts.update(left_at=timezone.now())
    assert post(client, scene.worker, desk(case, "do/part/"), role="party", alias="甲方").status_code == 303
    part = case.parts.get(left_at=None)
    assert post(client, scene.worker, desk(case, f"parts/{part.pk}/")).status_code == 303
    assert post(client, scene.worker, desk(case, f"parts/{part.pk}/"), leave="1").status_code == 303
    right = {"category": "lamp", "severity": "critical", "address": "明德路1号", "unit": scene.home.code}
    seen = fresh(case).revision
    assert post(client, scene.worker, desk(case, "do/correct/"), seen=seen, **right).status_code == 303
    assert (fresh(case).severity, fresh(case).address) == ("critical", "明德路1号")
    assert post(client, scene.worker, desk(case, "do/hide/"), reason="写了别人的姓名").status_code == 303
    assert fresh(case).is_hidden


@pytest.mark.requirement("R080", "R084")
def test_whom_it_concerns_is_given_a_part_by_the_name_they_tell(scene, on):
    """A resident with an account: then they see the case themselves; a name that nobody bears is said beside it."""
    case, resident = cases.reported(scene.home), make.account()
    client, form = on(scene.worker), desk(case, "do/part/")
    assert 'name="account"' in page(client, form)
    missed = post(client, scene.worker, form, role="party", account="nobody-here")
    assert (missed.status_code, case.parts.exists()) == (422, False)
    assert post(client, scene.worker, form, role="party", account=resident.username.upper()).status_code == 303
    assert case.parts.get().account == resident
    assert Case.objects.visible_to(resident).filter(pk=case.pk).exists()


def test_a_picture_is_shown_and_released_by_whoever_moderates(scene, on):
    from liren.service.cases.services import Upload

    case = cases.reported(scene.home, files=[Upload("灯.jpg", cases.picture())])
    file = case.files.get()
    client = on(scene.worker)
    assert client.get(desk(case, f"files/{file.pk}/"))["Content-Type"] == "image/jpeg"
    answer = {"cover": "nothing"}
    assert post(client, scene.worker, desk(case, f"files/{file.pk}/publish/"), **answer).status_code == 303
    assert case.files.get().published_at
    assert post(client, scene.worker, desk(case, f"files/{file.pk}/publish/"), back="1").status_code == 303
    assert case.files.get().published_at is None


def test_the_first_page_of_the_desk_counts_what_waits(scene, on):
    cases.reported(scene.home)
    shown = page(on(scene.worker), "/desk/")
    assert "一天内到期或已超期的办件" in shown
    assert "/desk/cases/?view=due" in shown
    assert "Cases due within a day, or late" in page(on(scene.officer), "/en/desk/")
