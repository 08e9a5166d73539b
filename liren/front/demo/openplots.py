"""What waits for somebody when the city is loaded, or holds then, where the accounts to try are at home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from liren.foundation.people.models import Account
from liren.front.demo import otherplots
from liren.front.demo.engine import matters
from liren.front.demo.otherplots import moment
from liren.front.demo.plots import Plot, taken
from liren.front.demo.scenes import Scene
from liren.service.cases import services
from liren.service.cases.services import disputes, suspensions


@dataclass(frozen=True)
class Open:
    """A plot that ends in a question, and between how many hours before the load it begins."""

    plot: Plot
    hours_ago: tuple[float, float]


def _at_the_department(scene: Scene, category: str, words: str) -> Iterator[datetime]:
    """Reported, and in the hands of the department that the catalogue names."""
    yield scene.start
    scene.category = category
    scene.reported(scene.start, words)
    at = scene.hours(scene.start, 0.3, 0.9)
    yield at
    taken(scene, at)


def objected(scene: Scene) -> Iterator[datetime]:
    """The department says that it is another's task, and nobody has ruled yet."""
    yield scene.start
    scene.category = "manhole"
    case = scene.reported(scene.start, "{at}的井盖一踩就晃，边上缺了一块，推童车的老人差点绊倒。")
    at = scene.hours(scene.start, 1, 2)
    yield at
    reason = "现场查看，井盖在小区红线以内，属于共用排水设施，建议由住房和城乡建设部门牵头。"
    other = scene.cast.department(case.unit_id, matters.HOUSING)
    ground = "里仁市（模拟）部门职责清单"
    disputes.object_to(case.pk, ground=ground, reason=reason, proposed_id=other, by=scene.clerk, at=at)


def asked_to_stand_still(scene: Scene) -> Iterator[datetime]:
    """The department waits for a spare part and asks that the clock stand still; nobody has decided."""
    yield from _at_the_department(scene, "dark_place", "{at}的三盏庭院灯都不亮，晚上看不见台阶。")
    at = scene.hours(scene.the_case.changed_at, 0.5, 1)
    yield at
    reason = "灯具型号已停产，配件要定制，厂家答复七天后到货。"
    ground = "里仁市（模拟）诉求办理办法第十二条"
    suspensions.suspend(scene.the_case.pk, reason=reason, ground=ground, by=scene.clerk, at=at)


def asked_for_time(scene: Scene) -> Iterator[datetime]:
    """The department asks for three more days; nobody has decided."""
    yield from _at_the_department(scene, "rubbish", "{at}旁边堆了两车拆下来的旧门窗，占着人行道。")
    at = scene.hours(scene.the_case.changed_at, 0.5, 1)
    yield at
    reason = "需要等清运车排班，本周车辆都在汛期除险。"
    more = {"amount": "3 working days", "reason": reason}
    suspensions.extend(scene.the_case.pk, "completion", by=scene.clerk, at=at, **more)


def asked_for_support(scene: Scene) -> Iterator[datetime]:
    """The person has said yes, and the worker sits down with them next: sealed, in the hands of the two."""
    yield from otherplots.support(scene)
    at = scene.hours(scene.the_case.changed_at, 2, 6)
    yield at
    scene.move("consent", by=scene.cast.tried["demo-resident"], at=at)


def just_told(scene: Scene) -> Iterator[datetime]:
    """Somebody asks for support, and nobody has been named yet."""
    yield scene.start
    text = "孩子转学的手续办了一半，两边说法不一样，想请人帮忙理一理要哪些材料。"
    by, where = scene.cast.tried["demo-resident"], scene.unit_id
    more: dict[str, Any] = {"unit_id": where, "category": "papers", "values": {"for_whom": "myself"}}
    taken_in = services.report("support_plan", text=text, by=by, at=scene.start, **more)
    scene.case = taken_in.case


def quarrel(scene: Scene) -> Iterator[datetime]:
    """Two neighbours ask for mediation and say what suits them; nobody has been asked to mediate yet."""
    yield scene.start
    text = "隔壁装修把空调外机装到了我家窗边，夜里响得睡不着，当面说过两次没谈拢，想请人居中说和。"
    said = {"stands": "party", "language": "dialect", "suits": "evenings"}
    by, where = scene.cast.tried["demo-resident"], scene.unit_id
    scene.case = services.report(
        "mediation", text=text, unit_id=where, category="neighbours", values=said, by=by, at=scene.start
    ).case


#: Notices that hold when the city is loaded: topic, headline, content, where, and for how many days they hold.
NOTICES = (
    (
        "outage",
        "周六上午停水检修",
        "供水管网检修，上午八点到十二点停水，请提前储水。高层住户恢复供水后先放水几分钟。",
        9,
    ),
    ("health", "免费测血压、查眼底", "社区卫生服务站义诊，带上以前的检查单，不用预约。", 20),
    ("elderly", "社区食堂换季菜单", "六十岁以上老人凭卡就餐，行动不便的可以打电话送餐。", 30),
)


def _notice(scene: Scene, by: Account, unit_id: int, place: int) -> None:
    """Taken in at the counter and published by the same worker."""
    topic, headline, content, days = NOTICES[place]
    more: dict[str, Any] = {"unit_id": unit_id, "category": topic, "channel": "counter", "taken_by_desk": True}
    scene.case = services.report("notice", text="承办单位来函，请社区告知居民。", by=by, at=scene.start, **more).case
    values = {"headline": headline, "content": content, "where": scene.named, "contact": "社区服务窗口"}
    values["until"] = moment(scene.start + timedelta(days=days))
    scene.move("publish", values=values, by=by, at=scene.start)


def told_by_the_community(scene: Scene) -> Iterator[datetime]:
    """A water cut and a canteen; the resident to try has chosen the first of the two topics, and the street's."""
    yield scene.start
    resident, worker = scene.cast.tried["demo-resident"], scene.cast.worker(scene.unit_id)
    topics = ["outage", "health"]
    services.subscribe(scene.unit_id, type="notice", categories=topics, by=resident, at=scene.start)
    for place in (0, 2):
        _notice(scene, worker, scene.unit_id, place)


def told_by_the_street(scene: Scene) -> Iterator[datetime]:
    """The street's notice holds for all its communities."""
    yield scene.start
    street = scene.cast.above(scene.unit_id)[1]
    _notice(scene, scene.cast.supervisor(scene.unit_id), street, 1)


#: Each in a city of any size; none begins so late that it would not have come to its question before the load.
OPEN: tuple[Open, ...] = (
    Open(objected, (20, 26)),
    Open(asked_to_stand_still, (4, 8)),
    Open(asked_for_time, (5, 9)),
    Open(asked_for_support, (110, 140)),
    Open(just_told, (3, 9)),
    Open(quarrel, (3, 9)),
    Open(told_by_the_community, (26, 40)),
    Open(told_by_the_street, (10, 20)),
)
