"""What waits for somebody's decision when the city is loaded, where the accounts to try are at home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from liren.front.demo import otherplots
from liren.front.demo.engine import matters
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


#: Each in a city of any size; none begins so late that it would not have come to its question before the load.
OPEN: tuple[Open, ...] = (
    Open(objected, (20, 26)),
    Open(asked_to_stand_still, (4, 8)),
    Open(asked_for_time, (5, 9)),
    Open(asked_for_support, (110, 140)),
    Open(just_told, (3, 9)),
)
