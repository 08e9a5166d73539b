"""The gate on the desk, by those who use it: clerk, secretary of the joint meeting, community worker, street."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from liren.foundation.admission import machine
from liren.foundation.admission.models import (
    Admission,
    Agreement,
    Application,
    Assignment,
    Burden,
    DiarySheet,
    Ledger,
    ListComment,
    ListRevision,
    Notice,
    OutsideReport,
)
from liren.foundation.admission.queries import soonest_day
from liren.foundation.admission.services import remind
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.people.models import Account
from liren.front.desk.admission import committee, outside
from liren.service.cases.models import Case
from tests import make
from tests.make import bodies, cases, gatepages

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built_scene(django_db_setup, django_db_blocker):
    with make.standing(django_db_blocker, gatepages.scene) as made:
        yield made


@pytest.fixture
def scene(built_scene, db):
    return built_scene


class Desk:
    """One official at the desk."""

    def __init__(self, account):
        self.client, self.account = Client(), account
        make.sign_in(self.client, Account.objects.get(pk=account.pk))

    def get(self, path, **extra):
        return self.client.get(path, **extra)

    def read(self, path):
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    def send(self, path, *, headers=None, **fields):
        return self.client.post(path, make.form(self.account, **fields), headers=headers or {})


@pytest.fixture
def clerk(scene):
    return Desk(scene.clerk)


@pytest.fixture
def secretary(scene):
    return Desk(scene.secretary)


@pytest.fixture
def worker(scene):
    return Desk(scene.worker)


@pytest.fixture
def street(scene):
    return Desk(scene.street)


def wish(scene, **changes):
    first = soonest_day(scene.city.district.pk, timezone.localdate())
    return {
        "sender": str(scene.department.pk), "work_type": "task", "title_zh": "协助居家养老摸底", "title_en": "",
        "basis": "老年法第四条", "purpose": "每季度核对一次名单", "communities": scene.city.communities[0].code,
        "first": first.isoformat(), "last": (first + timedelta(days=200)).isoformat(), "minutes_a_month": "120",
        "fields_asked": "", "money_fen": "", "conditions": "", "information": "", "guide": "", **changes,
    }  # fmt: skip


HTMX = {"HX-Request": "true"}


@pytest.mark.requirement("R348", "R354")
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title_zh": "招商引资任务分解"}, "招商引资"),
        ({"title_zh": "入户核查养犬情况"}, "负面清单"),
        ({"work_type": "award"}, "综合"),
        ({"first": "2026-01-05", "last": "2026-02-05"}, "过去"),
        ({"is_assistance": "on"}, "经费"),
        ({"work_type": "form", "fields_asked": "居民姓名\n手机号码"}, "别的报表已经在收"),
    ],
)
def test_the_form_tells_before_it_is_sent_why_it_would_be_refused(scene, clerk, changes, says):
    before = Application.objects.count()
    live = clerk.send("/desk/gate/apply/", headers=HTMX, step="check", **wish(scene, **changes))
    assert live.status_code == 200
    assert says in live.content.decode()
    assert "<html" not in live.content.decode()
    plain = clerk.send("/desk/gate/apply/", step="check", **wish(scene, **changes))
    assert says in plain.content.decode()
    assert "<html" in plain.content.decode()
    assert Application.objects.count() == before


@pytest.mark.requirement("R348", "R351")
def test_from_an_application_to_work_that_is_done(scene, clerk, secretary, worker):
    home = scene.city.communities[0]
    refused = clerk.send("/desk/gate/apply/", **wish(scene, title_zh="招商引资任务分解"))
    assert refused.status_code == 422
    assert clerk.send("/desk/gate/apply/", **wish(scene)).status_code == 303
    row = Application.objects.latest("pk")
    url = f"/desk/gate/applications/{row.pk}/"
    assert "协助居家养老摸底" in clerk.read("/desk/gate/mine/")
    agenda = secretary.read("/desk/gate/meeting/")
    assert ("协助居家养老摸底" in agenda, "已申请，待核对" in agenda, "0 / 1" in agenda) == (True, True, True)
    assert ("每季度核对一次名单" in worker.read(url), "已申请，待核对" in worker.read(url)) == (True, True)
    assert secretary.send(f"{url}decide/", outcome="admitted", session="联席会议", ground="同意").status_code == 422
    assert secretary.send(f"{url}next/", note="清单上没有").status_code == 303
    assert secretary.send(f"{url}next/").status_code == 303
    assert "协助居家养老摸底" in worker.read("/desk/gate/asked/")
    said = worker.send(f"{url}hear/", community=home.code, stand="conditions", text="每季度一次可以，再多做不了")
    assert said.status_code == 303
    assert "再多做不了" in secretary.read(url)
    assert "1 / 1" in secretary.read("/desk/gate/meeting/")
    early = secretary.read(f"{url}decide/")
    assert ('value="refused"' in early, 'value="admitted"' in early) == (True, False)
    assert secretary.send(f"{url}next/").status_code == 303
    decided = secretary.send(f"{url}decide/", outcome="admitted", session="第二次联席会议", ground="每季度一次")
    assert decided.status_code == 303
    under = Admission.objects.get(application=row)
    assert "每季度核对一次名单" in Client().get(f"/gate/admitted/{under.pk}/").content.decode()
    day = under.during.lower.isoformat()
    hand = {"communities": "", "title_zh": "核对名单", "text": "", "due_on": "", "minutes": "60"}
    assert "承担" in clerk.read(f"/desk/gate/admissions/{under.pk}/hand/")
    assert clerk.send(f"/desk/gate/admissions/{under.pk}/hand/", given_on=day, **hand).status_code == 303
    work = Assignment.objects.get(title_zh="核对名单")
    assert worker.send(f"/desk/gate/work/{work.pk}/", move="accept", note="").status_code == 303
    assert worker.send(f"/desk/gate/work/{work.pk}/", move="finish", note="").status_code == 303
    assert Assignment.objects.get(pk=work.pk).state == "done"
    assert worker.send(f"/desk/gate/work/{work.pk}/", move="accept", note="").status_code == 422


def test_only_who_has_no_part_in_it_is_offered_the_decision(scene, clerk, secretary):
    assert clerk.send("/desk/gate/apply/", **wish(scene)).status_code == 303
    url = f"/desk/gate/applications/{Application.objects.latest('pk').pk}/"
    colleague = Desk(cases.clerk(scene.department, scene.city.district))
    partial = Desk(cases.clerk(scene.department, scene.city.district, "district_admin"))
    for desk, what, may in (
        (clerk, "withdraw", True), (colleague, "withdraw", True), (secretary, "withdraw", False),
        (secretary, "decide", True), (partial, "decide", False),
    ):  # fmt: skip
        assert (f"{url}{what}/" in desk.read(url), desk.get(f"{url}{what}/").status_code == 200) == (may, may)
    assert colleague.send(f"{url}withdraw/", ground="改由本单位自己做").status_code == 303
    page = colleague.read(url)
    assert ("申请单位撤回" in page, "本单位同事" in page) == (True, True)


@pytest.mark.requirement("R348")
def test_work_outside_of_the_admission_is_refused_with_the_next_step(scene, clerk):
    other = scene.city.communities[1]
    hand = {"communities": other.code, "title_zh": "越界的工作", "text": "", "due_on": "", "minutes": ""}
    hand["given_on"] = timezone.localdate().isoformat()
    refused = clerk.send(f"/desk/gate/admissions/{scene.admission.pk}/hand/", **hand)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "准入的是别的社区" in page
    assert "先申请准入" in page
    assert not Assignment.objects.filter(title_zh="越界的工作").exists()
    assert "越界的工作" in clerk.read("/desk/gate/refusals/")


@pytest.mark.requirement("R352")
def test_what_is_on_the_negative_list_is_refused_in_one_step_and_told(scene, worker, clerk):
    page = worker.read("/desk/gate/asked/")
    assert "像是负面清单上的事" in page
    before = Notice.objects.count()
    sent = worker.send(f"/desk/gate/work/{scene.banned.pk}/", move="refuse", item=str(scene.item.pk), note="")
    assert sent.status_code == 303
    assert Assignment.objects.get(pk=scene.banned.pk).state == "refused"
    assert Notice.objects.count() > before
    assert "入户核查宠物数量" in clerk.read("/desk/gate/refusals/")
    bare = worker.send(f"/desk/gate/work/{scene.work.pk}/", move="refuse", item="", note="")
    assert bare.status_code == 422


@pytest.mark.requirement("R352")
def test_what_hides_in_the_words_of_a_task_or_a_case_is_marked_and_refused_in_one_step(scene, street, clerk):
    home = scene.city.communities[0]
    row = gatepages.handed(scene.admission, home, "协助评估")
    Assignment.objects.filter(pk=row.pk).update(text="顺便入户核查")
    committee = bodies.body(home, "committee", name_zh="某社区居民委员会")
    worker = Desk(cases.clerk(committee, home, "community_worker"))
    asked = cases.reported(home, "joint_task", text="先评估，再逐户入户核查", channel="meeting", by=scene.street)
    cases.moved(asked, "assign", by=scene.street, body_id=committee.pk, admission_id=scene.admission.pk)
    page = worker.read("/desk/gate/asked/")
    assert page.count("像是负面清单上的事") == 3
    refuse = f"/desk/cases/{asked.number}/do/refuse/"
    assert refuse in page
    assert refuse in worker.read(f"/desk/cases/{asked.number}/")
    assert street.send(refuse, item=str(scene.item.pk), note="").status_code == 403
    assert worker.send(refuse, item="", note="").status_code == 422
    assert worker.send(refuse, item=str(scene.item.pk), note="").status_code == 303
    assert refuse not in worker.read("/desk/gate/asked/")
    assert f"{scene.admission.title_zh} {asked.number}" in clerk.read("/desk/gate/refusals/")
    assert "代表社区拒绝办理，这件事在负面清单上" in street.read(f"/desk/cases/{asked.number}/")


@pytest.mark.requirement("R353")
def test_work_round_the_gate_is_reported_and_carried_to_correction(scene, worker, secretary):
    facts = {"community": scene.city.communities[0].code, "sender": str(scene.department.pk), "work_type": "form"}
    facts |= {"happened_on": timezone.localdate().isoformat(), "text": "电话要求当天填报"}
    assert worker.send("/desk/gate/outside/add/", **facts).status_code == 303
    row = OutsideReport.objects.latest("pk")
    url = f"/desk/gate/outside/{row.pk}/"
    assert worker.send(f"{url}judge/", move="correct", answer="x").status_code == 403
    assert secretary.send(f"{url}judge/", move="correct", answer="已撤回并道歉").status_code == 303
    assert "已撤回并道歉" in worker.read(url)


@pytest.mark.requirement("R353")
def test_a_report_that_nobody_acted_on_is_marked_and_the_body_is_told_once_it_has_to_correct(
    scene, worker, secretary, clerk
):
    row, long_ago = scene.report, timezone.now() + timedelta(days=40)
    mark = '<span class="tag tag--bad">已超期</span>'
    assert mark not in secretary.read("/desk/gate/outside/")
    assert remind(by=SystemActor("reminders"), at=long_ago) == 1
    OutsideReport.objects.filter(pk=row.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    for page in ("/desk/gate/outside/", f"/desk/gate/outside/{row.pk}/"):
        assert mark in secretary.read(page)
    assert "逾期未处理的准入之外任务反映" in secretary.read("/desk/gate/")
    assert "逾期未处理" in secretary.read("/desk/gate/refusals/")
    assert clerk.get(f"/desk/gate/outside/{row.pk}/").status_code == 404
    assert secretary.send(f"/desk/gate/outside/{row.pk}/judge/", move="order", answer="三日内撤回").status_code == 303
    assert "三日内撤回" in clerk.read(f"/desk/gate/outside/{row.pk}/")
    assert f"/desk/gate/outside/{row.pk}/" in clerk.read("/desk/gate/refusals/")
    assert "已责令改正" in clerk.read("/desk/gate/refusals/")
    assert mark not in worker.read(f"/desk/gate/outside/{row.pk}/")


@pytest.mark.requirement("R364", "R234", "R348")
def test_who_sends_an_offices_case_sees_what_communities_have_in_hand_and_names_the_admission(scene, street):
    home = scene.city.communities[0]
    committee = bodies.body(home, "committee", name_zh="某社区居民委员会")
    bodies.services.record_figure(
        committee.pk, measure="staff", year=2025, number=3, source="年报", by=gatepages.SYSTEM, at=timezone.now()
    )
    case = cases.reported(scene.city.street, "joint_task", by=gatepages.SYSTEM, channel="meeting", category="task")
    for page in ("", "move/assign/", "do/split/"):
        shown = street.read(f"/desk/cases/{case.number}/{page}")
        assert ("手头的准入事项" in shown, home.name_zh in shown, "%</span>" in shown) == (True, True, True), page
    url = f"/desk/cases/{case.number}/move/assign/"
    assert f'<option value="{scene.admission.pk}">' in street.read(url)
    asked = {"body": str(committee.pk), "note": ""}
    refused = street.send(url, **asked)
    assert (refused.status_code, Case.objects.get(pk=case.pk).body) == (409, None)
    assert street.send(url, **asked, admission="999999").status_code == 422
    assert street.send(url, **asked, admission=str(scene.admission.pk)).status_code == 303
    assert Case.objects.get(pk=case.pk).admission == scene.admission


@pytest.mark.requirement("R364", "R234")
def test_the_burden_of_a_month_is_read_by_source_and_hours_only_from_five_sheets(scene, worker):
    url = f"/desk/units/{scene.city.communities[0].code}/"
    page = worker.read(f"{url}burden/")
    assert "临川区民政局" in page
    assert "不足五张" in page
    for _time in range(5):
        sheet = worker.send(f"{url}diary/", day=timezone.localdate().isoformat(), residents="240", forms="120")
        assert sheet.status_code == 303
    assert worker.send(f"{url}diary/", day=timezone.localdate().isoformat()).status_code == 422
    assert DiarySheet.objects.count() == 5
    assert "<dd>4.0</dd>" in worker.read(f"{url}burden/")
    assert worker.get(f"/desk/units/{scene.city.communities[1].code}/burden/").status_code == 403


@pytest.mark.requirement("R360")
def test_a_ledger_takes_entries_until_it_is_closed(scene, worker, clerk):
    today = timezone.localdate().isoformat()
    assert worker.send(f"/desk/gate/ledgers/{scene.ledger.pk}/", entered_on=today, minutes="20").status_code == 303
    assert clerk.send(f"/desk/gate/ledgers/{scene.ledger.pk}/close/", on=today, why="不再需要").status_code == 303
    assert worker.send(f"/desk/gate/ledgers/{scene.ledger.pk}/", entered_on=today, minutes="20").status_code == 422
    assert Ledger.objects.get(pk=scene.ledger.pk).closed_on is not None


@pytest.mark.requirement("R355", "R359")
def test_a_certificate_is_cancelled_only_with_another_way(scene, secretary):
    city = scene.city.district
    made = {"stock": "stamp", "name_zh": "未婚证明", "name_en": "", "demanded_by": "", "basis": ""}
    made["counted_on"] = timezone.localdate().isoformat()
    assert secretary.send(f"/desk/units/{city.code}/inventory/", **made).status_code == 303
    row = Burden.objects.get(name_zh="未婚证明")
    facts = {"fate": "cut", "effective_on": made["counted_on"], "instrument": "减负通知", "route_en": ""}
    assert secretary.send(f"/desk/gate/inventory/{row.pk}/", route_zh="", **facts).status_code == 422
    assert secretary.send(f"/desk/gate/inventory/{row.pk}/", route_zh="到婚姻登记处办", **facts).status_code == 303
    assert "未婚证明" in secretary.read("/desk/gate/inventory/?stock=stamp")
    assert "未婚证明" not in secretary.read("/desk/gate/inventory/?stock=stamp&fate=kept")


@pytest.mark.requirement("R362", "R363")
def test_an_agreement_is_signed_and_each_side_appraises_the_other(scene, street, worker, secretary):
    page = street.read("/desk/gate/agreements/")
    assert "东门外社区" in page
    url = f"/desk/gate/agreements/{scene.agreement.pk}/"
    assert street.send(f"{url}appraise/", side="street", verdict="kept", text="按时完成").status_code == 303
    assert street.send(f"{url}appraise/", side="committee", verdict="kept", text="代说").status_code in (303, 422)
    assert "按时完成" in worker.read(url)
    assert "100%" in secretary.read("/desk/gate/agreements/") or "50%" in secretary.read("/desk/gate/agreements/")
    other = scene.city.communities[1]
    bare = street.send(f"/desk/units/{other.code}/agreement/", first="2026-04-01")
    assert bare.status_code == 422
    assert Agreement.objects.filter(community=other).count() == 0


@pytest.mark.requirement("R349", "R350")
def test_a_version_of_a_list_is_drafted_commented_on_and_published(scene, secretary, client):
    district = scene.city.district
    assert secretary.send(f"/desk/units/{district.code}/lists/", kind="negative", reason="年度更新").status_code == 303
    row = ListRevision.objects.latest("pk")
    url, today = f"/desk/gate/lists/{row.pk}/", timezone.localdate()
    change = {"op": "add", "code": "parking_count", "name_zh": "统计停车位", "name_en": "", "basis": "条例"}
    change |= {"reason": "交管部门自有数据", "work_type": "", "words": "停车位"}
    assert secretary.send(f"{url}change/", **change).status_code == 303
    assert client.get(f"/gate/versions/{row.pk}/comment/").status_code == 404
    until = (today + timedelta(days=15)).isoformat()
    assert secretary.send(f"{url}step/", move="open", day=until).status_code == 303
    assert client.post(f"/gate/versions/{row.pk}/comment/", make.form(None, text="支持")).status_code == 303
    assert ListComment.objects.get(revision=row).text == "支持"
    assert "支持" in secretary.read(url)
    assert secretary.send(f"{url}step/", move="publish", day=until).status_code == 422
    assert "停车位" in secretary.read(url)


@pytest.mark.parametrize("path", ["apply", "mine", "meeting", "asked", "inventory", "lists"])
def test_a_room_of_the_gate_is_closed_to_whoever_has_no_part_in_it(scene, path, client):
    make.sign_in(client, make.official("auditor", scene.city.district))
    assert client.get(f"/desk/gate/{path}/").status_code == 403


def test_the_desk_says_what_waits_at_the_gate(scene, worker, secretary, clerk):
    assert "/desk/gate/asked/" in worker.read("/desk/")
    for desk in (worker, secretary, clerk):
        assert "/desk/gate/refusals/" in desk.read("/desk/gate/")


@pytest.mark.parametrize(
    ("offered", "table"), [(committee.MOVES, machine.ASSIGNMENT), (outside.MOVES, machine.OUTSIDE)]
)
def test_the_desk_offers_every_step_of_the_table_from_its_states(offered, table):
    known = {one.code: one.sources for one in table.moves if one.by != "admission.decide" or table.name == "outside"}
    assert {step[0]: {str(state) for state in step[-1]} for step in offered} == known
