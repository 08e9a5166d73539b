"""Matters of other types than requests: an item at the window, a mediation, a warning, a risk, a visit, a round."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from liren.foundation.people.models import Account
from liren.foundation.registers.models import Entry
from liren.front.demo.engine import matters
from liren.front.demo.plots import Plot
from liren.front.demo.scenes import Scene, picture
from liren.service.cases import services
from liren.service.cases.services import joint

ITEMS = (
    ("social_security", "灵活就业人员参保登记", "参保登记已办好，下月起可以线上缴费。"),
    ("employment", "就业困难人员认定", "认定通过，可以凭结果申请岗位补贴。"),
    ("elderly", "高龄津贴申请", "资料齐全，津贴从下月起发放。"),
    ("certificates", "居住情况证明", "证明已开具，可到窗口领取，也可在线下载。"),
    ("residence", "居住证签注", "签注已办好。"),
)


def moment(at: datetime, time: str = "") -> str:
    """A day and a time as a form sends it; another time of that day, where one is named."""
    local = timezone.localtime(at)
    return f"{local:%Y-%m-%d}T{time or f'{local:%H:%M}'}"


def _took(scene: Scene, type: str, text: str, *, by: Account, channel: str = "counter", **more: Any) -> None:
    more = {"unit_id": scene.unit_id, "taken_by_desk": True, "reporter_id": by.pk, **more}
    scene.case = services.report(type, text=text, channel=channel, by=by, at=scene.start, **more).case


def listed(item: str) -> str:
    """The number of an item in the city's catalogue, as a form sends it; "" where it has ended there."""
    rows = Entry.objects.open_on(timezone.localdate()).filter(register__code="service_item", name_zh=item)
    return str(rows.order_by("unit__level", "pk").values_list("number", flat=True).first() or "")


def service_item(scene: Scene) -> Iterator[datetime]:
    """Taken at the window, decided there or by a department."""
    yield scene.start
    category, item, note = scene.dice.pick(ITEMS)
    people = scene.cast.residents.get(scene.unit_id)
    scene.reporter = scene.dice.pick(people) if people else scene.cast.tried["demo-resident"]
    _took(
        scene, "service_item", f"办理{item}。", by=scene.cast.worker(scene.unit_id), category=category,
        values={"item": listed(item), "way": "counter"}, reporter_id=scene.reporter.pk,
    )  # fmt: skip
    at = scene.office(scene.hours(scene.start, 0.3, 3))
    yield at
    here = scene.the_case.state == "received"
    by = scene.desk if here else scene.clerk
    scene.move("handle" if here else "take", by=by, at=at)
    at = scene.office(scene.hours(at, 4, 60))
    yield at
    scene.move("answer_here" if here else "answer", note=note, values={"decision": "granted"}, by=by, at=at)
    at = scene.awake(scene.hours(at, 5, 60))
    yield at
    if scene.dice.chance(0.7):
        scene.judge(at, "confirm", solved="yes", satisfied="yes")


def mediation(scene: Scene) -> Iterator[datetime]:
    """Between two neighbours, who have no names here; sealed, in the hands of the mediator."""
    yield scene.start
    mediator, resident = scene.cast.tried["demo-mediator"], scene.cast.tried["demo-resident"]
    more: dict[str, Any] = {"unit_id": scene.unit_id, "category": "neighbours", "channel": "web"}
    more["values"] = {"stands": "party"}
    text = "楼上卫生间渗水，楼下天花板起皮，两家对维修费用怎么分担谈不拢，申请调解。"
    scene.case = services.report("mediation", text=text, by=resident, at=scene.start, **more).case
    pk = scene.the_case.pk
    at = scene.office(scene.hours(scene.start, 2, 9))
    yield at
    services.add_part(pk, role="mediator", account_id=mediator.pk, by=mediator, at=at)
    scene.move("accept", by=mediator, at=at)
    other = services.add_part(pk, role="party", alias="楼上一方", by=mediator, at=at)
    services.consent(other.pk, by=mediator, at=at)
    booked, at = at + timedelta(minutes=20), scene.office(scene.hours(at, 40, 70))
    scene.move("book", values={"mode": "in_person", "slot": moment(at)}, by=mediator, at=booked)
    yield at
    scene.move("begin", by=mediator, at=at)
    at += timedelta(hours=1.5)
    yield at
    agreement = "楼上重做卫生间防水，费用自理；楼下天花板修补费用双方各半，十五天内完工。"
    scene.move("agree", values={"agreement": agreement}, by=mediator, at=at)
    at = scene.office(at + timedelta(days=16))
    yield at
    scene.move("follow_up", values={"kept": "kept"}, by=mediator, at=at)


def warning(scene: Scene) -> Iterator[datetime]:
    """Heavy rain is coming; the street publishes it, lifts it, and counts whom it reached."""
    yield scene.start
    worker, officer = scene.cast.worker(scene.unit_id), scene.cast.workers[scene.cast.above(scene.unit_id)[1]][0]
    issuer = scene.cast.department(scene.unit_id, matters.ECOLOGY)
    values = {
        "headline": "暴雨黄色预警", "level": "yellow", "urgency": "expected", "certainty": "likely",
        "area": scene.named, "issuer": str(issuer), "by_sms": "yes", "by_board": "yes",
        "ends": moment(scene.start + timedelta(hours=12)),
        "instruction": "傍晚到夜间有强降雨。请关好门窗，不要在低洼处和地下车库停车，绕开积水路段。",
    }  # fmt: skip
    text = "傍晚到夜间有强降雨，低洼路段可能积水。"
    _took(scene, "warning", text, by=worker, category="rain", values=values)
    at = scene.start + timedelta(minutes=18)
    yield at
    scene.move("publish", by=officer, at=at)
    at += timedelta(hours=9)
    yield at
    scene.move("lift", note="降雨已结束，积水排除。", by=worker, at=at)
    at = scene.office(at + timedelta(hours=12))
    yield at
    reached = {
        "reached_sms": scene.dice.whole(300, 1500),
        "reached_board": 12,
        "reached_web": scene.dice.whole(90, 600),
    }
    scene.move("count", values={code: str(many) for code, many in reached.items()}, by=worker, at=at)


def risk(scene: Scene) -> Iterator[datetime]:
    """A hazard is graded, ordered away, corrected with a picture, and looked at again."""
    yield scene.start
    worker = scene.cast.worker(scene.unit_id)
    lon, lat = scene.point
    place = {"lon": lon, "lat": lat, "address": f"{scene.named}地下车库入口"}
    text = f"{scene.named}地下车库入口的消防栓被货架挡住，箱门打不开。"
    _took(scene, "risk_item", text, by=worker, channel="visit", category="fire", **place)
    at = scene.office(scene.hours(scene.start, 0.3, 1.5))
    yield at
    body = scene.cast.department(scene.the_case.unit_id, matters.HOUSING)
    by, fix = scene.desk, timezone.localdate(at + timedelta(days=12)).isoformat()
    values = {"grade": "general", "fix_by": fix}
    scene.move("order_now", note="请清理货架，恢复消防栓使用。", values=values, body_id=body, by=by, at=at)
    at = scene.office(scene.hours(at, 2, 20))
    yield at
    scene.move("take", by=scene.clerk, at=at)
    at = scene.office(at + timedelta(days=scene.dice.whole(3, 9)))
    yield at
    photo, done = [services.Upload("after.png", picture("after"))], {"measures": "货架已拆除，消防栓试水正常。"}
    scene.move("corrected", note="整改完成，请复查。", values=done, files=photo, by=scene.clerk, at=at)
    at = scene.office(scene.hours(at, 3, 30))
    yield at
    scene.move("accept", files=photo, by=scene.desk, at=at)


def visit(scene: Scene) -> Iterator[datetime]:
    """A visit is offered, and the resident says no: then nobody comes."""
    yield scene.start
    worker = scene.cast.worker(scene.unit_id)
    _took(
        scene,
        "home_visit",
        "入户走访：了解加装扶手的需要。",
        by=worker,
        channel="visit",
        contact={"phone": "13800138000"},
    )
    at = scene.office(scene.hours(scene.start, 1, 9))
    yield at
    services.add_part(scene.the_case.pk, role="host", alias="住户", by=worker, at=at)
    scene.move("announce", values={"visit_at": moment(at + timedelta(days=7), "15:00")}, by=worker, at=at)
    at = scene.office(scene.hours(at, 5, 40))
    yield at
    scene.move("decline", by=worker, at=at)


#: What a round finds, each a case of its own.
FOUND = (("店招松动，怕掉下来。", "dilapidation"), ("树坑缺土，雨天积水。", "greening"))


def street_walk(scene: Scene) -> Iterator[datetime]:
    """The chief of a street walks it; what was found goes its own way, and is posted once all of it is done."""
    yield scene.start
    officer = scene.cast.supervisor(scene.unit_id)
    lon, lat = scene.point
    values = {"street": scene.named, "walked_on": timezone.localdate(scene.start).isoformat()}
    more = {"lon": lon, "lat": lat, "address": scene.named, "values": values}
    text = f"{scene.named}巡街：店招松动一处，树坑缺土两处，井盖异响一处。"
    _took(scene, "street_chief", text, by=officer, channel="visit", **more)
    at = scene.office(scene.hours(scene.start, 2, 9))
    yield at
    scene.move("coordinate", note="分别交城管、园林处理。", by=officer, at=at)
    parts = [joint.Piece("request", one, None, category) for one, category in FOUND]
    joint.split(scene.the_case.pk, parts=parts, by=officer, at=at)
    at = scene.office(at + timedelta(days=scene.dice.whole(4, 12)))
    yield at
    photo, done = (
        [services.Upload("street.png", picture("after"))],
        {"result": "占道和绿化已处理，店招约定月底前加固。"},
    )
    scene.move("collect", note="处理情况已核对。", values=done, files=photo, by=officer, at=at)


def support(scene: Scene) -> Iterator[datetime]:
    """Somebody asks for help to find a training; sealed, waiting for the person's own yes."""
    yield scene.start
    worker, resident = scene.cast.tried["demo-support"], scene.cast.tried["demo-resident"]
    text = "想找一个适合重新就业的技能培训，希望有人帮忙一起理一理。"
    more: dict[str, Any] = {"unit_id": scene.unit_id, "category": "work", "channel": "web"}
    more["values"] = {"for_whom": "myself"}
    scene.case = services.report("support_plan", text=text, by=resident, at=scene.start, **more).case
    at = scene.office(scene.hours(scene.start, 2, 8))
    yield at
    services.add_part(scene.the_case.pk, role="worker", account_id=worker.pk, by=worker, at=at)
    scene.move("assign", by=worker, at=at)


def refuge(scene: Scene) -> Iterator[datetime]:
    """Told on the telephone, linked to no account, answered within minutes; no address of a refuge is written down."""
    yield scene.start
    agent, worker = scene.cast.tried["demo-phone"], scene.cast.tried["demo-refuge"]
    values = {"safe_time": "工作日上午十点到十一点", "safe_word": "社区图书证", "with_children": "yes"}
    more: dict[str, Any] = {"category": "threat", "values": values, "reporter_id": None}
    more["contact"] = {"phone": "13800138000"}
    _took(scene, "refuge", "在家里受到威胁，想先找个安全的地方住几天。", by=agent, channel="phone", **more)
    at = scene.start + timedelta(minutes=scene.dice.whole(4, 12))
    yield at
    scene.move("contact", by=worker, at=at)
    at += timedelta(minutes=scene.dice.whole(30, 90))
    yield at
    scene.move("help", values={"help": "shelter"}, by=worker, at=at)
    at = scene.office(at + timedelta(days=3))
    yield at
    scene.move("more", note="按约定时间联系，已协助申请人身安全保护令。", by=worker, at=at)


def complaint(scene: Scene) -> Iterator[datetime]:
    """About a department that let a date pass; who complained is known to the officer alone, and no clerk sees it."""
    yield scene.start
    officer, people = scene.cast.tried["demo-supervision"], scene.cast.residents.get(scene.unit_id)
    inspector = scene.cast.tried["demo-inspector"]
    scene.reporter = scene.dice.pick(people) if people else scene.cast.tried["demo-resident"]
    text = "反映的占道问题答复说三天内处理，过了半个月没有人来，也没有说明原因。"
    more: dict[str, Any] = {"unit_id": scene.unit_id, "category": "not_handled", "channel": "web"}
    more["about_body_id"] = scene.cast.department(scene.unit_id, matters.URBAN)
    scene.case = services.report("complaint_on_body", text=text, by=scene.reporter, at=scene.start, **more).case
    at = scene.office(scene.hours(scene.start, 3, 60))
    yield at
    services.add_part(scene.the_case.pk, role="investigator", account_id=inspector.pk, by=officer, at=at)
    scene.move("accept", by=officer, at=at)
    at = scene.office(at + timedelta(days=scene.dice.whole(5, 12)))
    yield at
    photo, found = (
        [services.Upload("record.png", picture("before"))],
        {"findings": "派单记录显示到期未处理，也未申请延期。"},
    )
    scene.move("conclude", note="已调阅办件记录。", values=found, files=photo, by=inspector, at=at)
    at = scene.office(scene.hours(at, 5, 40))
    yield at
    measures = {"measures": "责令三日内处理并书面说明，纳入本月督办。"}
    scene.move("answer", note="反映属实，已责令限期处理。", values=measures, by=officer, at=at)


#: How many of each; of two hundred cases in all. The last two are at home where the accounts to try are.
OTHERS: tuple[tuple[Plot, int], ...] = (
    (service_item, 8), (risk, 4), (visit, 3), (street_walk, 3), (warning, 3), (mediation, 3), (support, 2),
)  # fmt: skip
#: One of each, whatever the size of the city, so that the accounts to try have something before them.
ALWAYS: tuple[Plot, ...] = (refuge, complaint)
AT_HOME: tuple[Plot, ...] = (mediation, support, *ALWAYS)
