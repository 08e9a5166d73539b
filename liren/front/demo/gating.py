"""The admission gate in the simulated city: lists, applications, admissions, work, inventories; all by the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from liren.foundation.admission import services
from liren.foundation.admission.models import Admission, ListItem
from liren.foundation.admission.queries import soonest_day
from liren.foundation.bodies.models import Body, OfficeHolding
from liren.foundation.kernel.rights import ANONYMOUS, Actor
from liren.foundation.people.models import Account
from liren.foundation.territory.models import Level, Unit
from liren.front.demo.engine import loads
from liren.front.demo.steps import one_savepoint
from liren.journeys import admit

PAPER = "里仁市（模拟）社区减负增效工作方案"
SESSION = "里仁市（模拟）社区事项准入联席会议"
#: Months of work before the load, and how many communities beside the one to try are asked.
MONTHS, NEIGHBOURS = 6, 2


@dataclass
class Stage:
    """Who plays, and where. ``at`` is the moment of the load."""

    clerk: Account
    secretary: Account
    worker: Account
    street: Account
    department: Body
    other: Body
    home: Unit
    asked: list[Unit]
    district: Unit
    city: Unit
    by: Actor
    at: datetime

    def ago(self, days: int) -> dict[str, Any]:
        """By the demo, so many days before the load."""
        return {"by": self.by, "at": self.at - timedelta(days=days)}


def load_gate(*, by: Actor, at: datetime) -> int:
    """Everything of the gate; how many pieces of work were handed down. Nothing where no clerk holds a post."""
    stage = _stage(by, at)
    if stage is None:
        return 0
    with one_savepoint():
        _lists(stage)
        _inventories(stage)
        admitted = [_admitted(stage, one) for one in loads.ADMITTED]
        given = _work(stage, admitted)
        _community(stage, admitted)
        _refusals(stage, admitted)
    for wanted in loads.WANTED:
        _application(stage, wanted)
    return given


def _stage(by: Actor, at: datetime) -> Stage | None:
    names = ("demo-clerk", "demo-district", "demo-community", "demo-street")
    people = {one.username: one for one in Account.objects.filter(username__in=names)}
    seat = OfficeHolding.objects.filter(account__username="demo-clerk").select_related("post__body").first()
    if seat is None or len(people) < len(names):
        return None
    home: Unit = people["demo-community"].mandates.select_related("unit__parent").get().unit
    district = people["demo-district"].mandates.select_related("unit").get().unit
    around = Unit.objects.filter(parent=home.parent, level=Level.COMMUNITY, closed_on=None).exclude(pk=home.pk)
    asked = [home, *around.order_by("code")[:NEIGHBOURS]]
    city = Unit.objects.get(parent=None, closed_on=None)
    clerk, secretary, worker, street = (people[name] for name in names)
    own: Body = seat.post.body
    departments = Body.objects.filter(kind=own.kind, unit=own.unit).exclude(pk=own.pk)
    other = departments.order_by("pk").first() or own
    return Stage(clerk, secretary, worker, street, own, other, home, asked, district, city, by, at)


# --- lists and inventories ---


def _lists(stage: Stage) -> None:
    """Three lists and two catalogues, published; of the negative list a second version, and a third that is open."""
    for kind in dict.fromkeys(one.kind for one in loads.MATTERS):
        facts: dict[str, Any] = {"unit_id": stage.city.pk, "reason": "首次编制，依法厘清职责边界"}
        version = services.draft_list(kind, **facts, **stage.ago(300))
        for one in loads.MATTERS:
            if one.kind == kind:
                _proposed(version.pk, one, stage.ago(300))
        until = timezone.localdate(stage.at) - timedelta(days=280)
        services.open_comments(version.pk, until=until, **stage.ago(300))
        services.publish_list(version.pk, effective_on=until + timedelta(days=5), **stage.ago(279))
    _second_version(stage)
    more_facts: dict[str, Any] = {"unit_id": stage.city.pk, "reason": "居民反映微信工作群打卡过多，拟列入负面清单"}
    version = services.draft_list("negative", **more_facts, **stage.ago(3))
    words = ("工作群打卡", "点赞转发")
    more = loads.Matter(
        "negative", "group_chats", "工作群打卡接龙", "Check-ins in chat groups", "减负通知", "占用时间、没有实效", words
    )
    _proposed(version.pk, more, stage.ago(3))
    services.open_comments(version.pk, until=timezone.localdate(stage.at) + timedelta(days=20), **stage.ago(3))
    services.comment_on_list(version.pk, text=loads.SAID[1], by=ANONYMOUS, at=stage.at - timedelta(days=2))


def _second_version(stage: Stage) -> None:
    """What was put on the negative list, changed and taken off it, each with its reason, and who said what before."""
    facts: dict[str, Any] = {"unit_id": stage.city.pk, "reason": "一年评估：按社区和居民的意见增、改、减各一项"}
    version = services.draft_list("negative", **facts, **stage.ago(140))
    for one in loads.AMENDED:
        _proposed(version.pk, one, stage.ago(140))
    until = timezone.localdate(stage.at) - timedelta(days=120)
    services.open_comments(version.pk, until=until, **stage.ago(140))
    for number, said in enumerate(loads.SAID):
        body = _committee(stage.home) if number == 0 else None
        by = stage.worker if body else ANONYMOUS
        facts = {"body_id": body.pk if body else None, "at": stage.at - timedelta(days=135 - number)}
        services.comment_on_list(version.pk, text=said, by=by, **facts)
    services.publish_list(version.pk, effective_on=until + timedelta(days=5), **stage.ago(119))


def _proposed(version: int, one: loads.Matter | loads.Amended, act: dict[str, Any]) -> None:
    services.propose_change(
        version, op=getattr(one, "op", "add"), code=one.code, name_zh=one.name_zh, name_en=one.name_en,
        basis=one.basis, reason=one.reason, words=one.words, **act,
    )  # fmt: skip


def _inventories(stage: Stage) -> None:
    """The five inventories of the city, and what was taken off them."""
    day = timezone.localdate(stage.at)
    for one in loads.carried():
        facts: dict[str, Any] = {"unit_id": stage.city.pk, "name_zh": one.name_zh, "name_en": one.name_en}
        row = services.count_burden(one.stock, counted_on=day - timedelta(days=260), **facts, **stage.ago(260))
        if one.fate != "kept":
            paper: dict[str, Any] = {"effective_on": day - timedelta(days=200), "instrument": PAPER}
            route: dict[str, Any] = (
                {"route_zh": loads.ROUTE_ZH, "route_en": loads.ROUTE_EN} if one.stock == "stamp" else {}
            )
            services.decide_fate(row.pk, fate=one.fate, **paper, **route, **stage.ago(200))


# --- admissions and work under them ---


def _admitted(stage: Stage, one: loads.Admitted) -> Admission:
    day = timezone.localdate(stage.at)
    supports: dict[str, Any] = {
        "money_fen": one.money_fen,
        "conditions": "街道提供场地和志愿者",
        "information": "按月推送名单",
    }
    wish = services.Wish(
        work_type=one.work_type, title_zh=one.title_zh, title_en=one.title_en, sender_id=stage.department.pk,
        basis=one.basis, unit_id=stage.district.pk, communities=[unit.pk for unit in stage.asked],
        first=day - timedelta(days=190), end=day + timedelta(days=360), minutes_a_month=one.minutes,
        is_assistance=one.money_fen is not None, fields=one.fields,
        **(supports | {"guide_id": stage.department.pk} if one.money_fen else {}),
    )  # fmt: skip
    return services.admit_old(wish, session=f"{SESSION}第一次会议", is_simulated=True, **stage.ago(190))


def _work(stage: Stage, admitted: list[Admission]) -> int:
    """Work of half a year, less from month to month; the oldest is done, the newest waits."""
    given = 0
    for month in range(MONTHS, -1, -1):
        act = stage.ago(30 * month + 1 if month else 0)
        day = timezone.localdate(act["at"])
        for one, under in zip(loads.ADMITTED, admitted, strict=True):
            times = one.times + (1 if month > 3 and one.times else 0)
            given += _month(stage, under, one, times, day, act, is_over=month > 0)
    return given


def _month(
    stage: Stage, under: Admission, one: loads.Admitted, times: int, day: date, act: dict[str, Any], *, is_over: bool
) -> int:
    tasks = [
        services.Task(
            unit.pk, one.title_zh, one.work_type, day, under.pk, title_en=one.title_en, minutes=one.minutes // 2,
            due_on=day + timedelta(days=10 + 7 * time), text="请在期限内完成，有困难及时说明。", is_simulated=True,
        )
        for unit in stage.asked
        for time in range(times)
    ]  # fmt: skip
    if not tasks:
        return 0
    for row in services.hand_down(tasks, sender_id=under.sender_id, **act):
        if is_over:
            services.finish(row.pk, by=act["by"], at=act["at"] + timedelta(days=1))
    return len(tasks)


def _community(stage: Stage, admitted: list[Admission]) -> None:
    """What the community itself does: a ledger, sheets of the diary, a report, an agreement with its street."""
    today = timezone.localdate(stage.at)
    ledger = admitted[-1]
    names = loads.ADMITTED[-1]
    services.open_ledger(
        community_id=stage.home.pk, name_zh=names.title_zh, sender_id=ledger.sender_id, admission_id=ledger.pk,
        given_on=today - timedelta(days=100), fields=names.fields, **stage.ago(100),
    )  # fmt: skip
    for number in range(8):
        spent = {"residents": 180 + 15 * number, "forms": 120 - 10 * number, "meetings": 60, "tasks": 60}
        services.fill_diary(stage.home.pk, day=today - timedelta(days=number % 3), minutes=spent, **stage.ago(0))
    services.report_outside(
        community_id=stage.home.pk, sender_id=stage.department.pk, work_type="form",
        happened_on=today - timedelta(days=4), text="在工作群里要求当天中午前报送沿街商铺统计表，没有准入。",
        by=stage.worker, at=stage.at - timedelta(days=4),
    )  # fmt: skip
    _corrected(stage, today - timedelta(days=35))
    for unit in stage.asked[:2]:
        _agreement(stage, unit, admitted[0], today)


def _corrected(stage: Stage, day: date) -> None:
    """A report of a second body, and how it was put right."""
    told, ordered, done = loads.ROUND
    at = stage.at - timedelta(days=35)
    made = services.report_outside(
        community_id=stage.home.pk, sender_id=stage.other.pk, work_type="form", happened_on=day, text=told,
        by=stage.worker, at=at,
    )  # fmt: skip
    services.judge_outside(made.pk, move="order", answer=ordered, by=stage.secretary, at=at + timedelta(days=3))
    services.judge_outside(made.pk, move="correct", answer=done, by=stage.secretary, at=at + timedelta(days=9))


def _refusals(stage: Stage, admitted: list[Admission]) -> None:
    """What the gate refused by itself, and what the community refused in one step."""
    asked = [unit.pk for unit in stage.asked]
    apart = Unit.objects.inside(stage.district).filter(level=Level.COMMUNITY, closed_on=None).exclude(pk__in=asked)
    elsewhere = apart.order_by("code").first() or stage.home
    for one in loads.STOPPED:
        at = stage.at - timedelta(days=one.days_ago)
        sender, day = stage.department if one.is_own else stage.other, timezone.localdate(at)
        place = elsewhere if one.why == "gate_admission_reaches_this_community" else stage.home
        under = next((each.pk for each in admitted if each.title_zh == one.title_zh), None)
        work = services.Work(one.work_type, one.title_zh, place.pk, day, "hand_down", sender.pk, under)
        services.refused_before(work, one.why, by=stage.by, at=at)
    task = services.Task(
        stage.home.pk, "辖区企业情况摸排", "task", timezone.localdate(stage.at), admitted[0].pk, minutes=240,
        title_en="Looking into the firms here", text="请摸排辖区企业纳税线索，用于协税护税。", is_simulated=True,
    )  # fmt: skip
    (row,) = services.hand_down([task], sender_id=admitted[0].sender_id, **stage.ago(0))
    item = ListItem.objects.filter(kind="negative", code="investment", unit=stage.city, ended_by=None).get()
    services.refuse_work(row.pk, item_id=item.pk, by=stage.worker, at=stage.at)


def _committee(unit: Unit) -> Body | None:
    return Body.objects.filter(unit=unit, kind="committee", part="carries_out").order_by("pk").first()


def _agreement(stage: Stage, unit: Unit, under: Admission, today: date) -> None:
    """The agreement of one committee with its street; the home community's is appraised by both sides."""
    office = Body.objects.filter(unit=unit.parent, kind="government").order_by("pk").first()
    committee = _committee(unit)
    if office is None or committee is None:
        return
    first = today - timedelta(days=150)
    made = services.sign_agreement(
        community_id=unit.pk, office_id=office.pk, committee_id=committee.pk, first=first,
        end=first + timedelta(days=365), signed_on=first,
        street_duties="按季度拨付经费；不再另派任务；及时反馈办理结果。",
        committee_duties="协助宣传劝导；每季度报告一次进展。", matters={under.pk: under.money_fen or 1},
        instrument="政社互动协助协议（模拟）", **stage.ago(150),
    )  # fmt: skip
    if unit.pk == stage.home.pk:
        said: dict[str, Any] = {"said_on": today - timedelta(days=5), "at": stage.at - timedelta(days=5)}
        text = "按季度报告，垃圾分类劝导做得实；请早些报下季度计划。"
        services.appraise_agreement(made.pk, side="street", verdict="kept", text=text, by=stage.street, **said)
        text = "经费都到了，但第二季度晚了三周，期间另外口头派过一次任务。"
        services.appraise_agreement(made.pk, side="committee", verdict="partly", text=text, by=stage.worker, **said)


# --- applications ---


def _application(stage: Stage, one: loads.Wanted) -> None:
    """One application by the clerk, carried as far as it came."""
    sent = stage.at - timedelta(days=6)
    first = soonest_day(stage.district.pk, timezone.localdate(sent))
    wish = services.Wish(
        work_type=one.work_type, title_zh=one.title_zh, title_en=one.title_en, sender_id=stage.department.pk,
        basis=one.basis, unit_id=stage.district.pk, communities=[unit.pk for unit in stage.asked],
        first=first, end=first + timedelta(days=365), minutes_a_month=one.minutes,
    )  # fmt: skip
    with one_savepoint():
        made = admit.apply(wish, purpose=one.purpose, by=stage.clerk, at=sent).application
        if one.reached == "applied":
            return
        _heard(stage, made.pk, one)
        if one.reached != "hearing":
            ground = "同意，按社区意见执行。" if one.reached == "admitted" else "社区不同意，且无法律依据要求挂牌。"
            facts = {"outcome": one.reached, "ground": ground, "session": f"{SESSION}第二次会议"}
            admit.decide(made.pk, **facts, by=stage.secretary, at=stage.at - timedelta(days=1))


def _heard(stage: Stage, pk: int, one: loads.Wanted) -> None:
    checked: dict[str, Any] = {"by": stage.secretary, "at": stage.at - timedelta(days=5)}
    admit.check(pk, note="已对照三张清单", **checked)
    admit.open_hearing(pk, **checked)
    services.hear(
        pk, community_id=stage.home.pk, stand=one.stand, text=one.said, by=stage.worker,
        at=stage.at - timedelta(days=3),
    )  # fmt: skip
    if one.reached != "hearing":
        admit.close_hearing(pk, by=stage.secretary, at=stage.at - timedelta(days=2))
