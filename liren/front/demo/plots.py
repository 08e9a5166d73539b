"""How requests go: each plot yields the moment at which it wants to go on, and acts through the services then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

from liren.front.demo.engine import matters
from liren.front.demo.scenes import Scene
from liren.service.cases.models import Case
from liren.service.cases.services import calls, disputes, joint, suspensions

Plot: TypeAlias = Callable[[Scene], Iterator[datetime]]


def begun(scene: Scene) -> Iterator[datetime]:
    """Reported, and taken by whoever it falls to."""
    yield scene.start
    at = scene.soon(scene.reported(scene.start).received_at)
    yield at
    taken(scene, at)


def taken(scene: Scene, at: datetime) -> Case:
    """Taken by the department that the catalogue has named, else by the desk."""
    if scene.the_case.state == "dispatched":
        return scene.move("take", by=scene.clerk, at=at)
    return scene.move("handle", by=scene.desk, at=at)


def answered(scene: Scene, late: bool = False) -> Iterator[datetime]:
    """Taken and answered."""
    yield from begun(scene)
    at = scene.done(scene.the_case.changed_at, late)
    yield at
    scene.answer(at)


def _looked(scene: Scene) -> datetime:
    """When the reporter has looked at it."""
    return scene.awake(scene.hours(scene.the_case.changed_at, 5, 110))


def good(scene: Scene) -> Iterator[datetime]:
    """In time, and the resident says that it is solved."""
    yield from answered(scene)
    at = _looked(scene)
    yield at
    scene.judge(at, "confirm", solved="yes", satisfied="yes" if scene.dice.chance(0.9) else "no")


def lapsing(scene: Scene) -> Iterator[datetime]:
    """In time, and then nothing is heard: the clock closes it."""
    yield from answered(scene)


def late(scene: Scene) -> Iterator[datetime]:
    """Too late, so that it goes up; solved in the end."""
    yield from answered(scene, late=True)
    at = _looked(scene)
    yield at
    satisfied = "yes" if scene.dice.chance(0.35) else "no"
    scene.judge(
        at, "confirm", note="处理好了，就是时间太长。" if satisfied == "no" else "", solved="yes", satisfied=satisfied
    )


def waiting(scene: Scene) -> Iterator[datetime]:
    """For many days nobody takes it, and it goes up by itself; then it is made good."""
    yield scene.start
    at = scene.office(scene.hours(scene.reported(scene.start).received_at, 4 * 24, 14 * 24))
    yield at
    taken(scene, at)
    at = scene.office(scene.hours(at, 5, 30))
    yield at
    scene.answer(at)


def again(scene: Scene) -> Iterator[datetime]:
    """Answered, opened again, put right the second time, mostly."""
    yield from answered(scene)
    at = _looked(scene)
    yield at
    scene.judge(at, "reopen", note=scene.dice.pick(("刚弄好两天又坏了，还是老样子。", "现场去看了，只处理了一半。")))
    at = scene.soon(at)
    yield at
    scene.move("handle", by=scene.desk, at=at)
    at = scene.done(at)
    yield at
    scene.answer(at, "社区到现场复查，和责任单位一起重新处理，并留了一周的复查记录。")
    at = _looked(scene)
    yield at
    if scene.dice.chance(0.7):
        scene.judge(at, "confirm", solved="yes", satisfied="yes")
    else:
        scene.judge(at, "not_solved", note="还是没有根本解决。", solved="no", satisfied="no")


def unsolved(scene: Scene) -> Iterator[datetime]:
    """Answered, and not solved, says the resident, who leaves it."""
    yield from answered(scene)
    at = _looked(scene)
    yield at
    scene.judge(at, "not_solved", note="答复了，现场没有变化，先不折腾了。", solved="no", satisfied="no")


def disputed(scene: Scene) -> Iterator[datetime]:
    """The department says that it is another's task; somebody above rules."""
    yield scene.start
    scene.category = scene.dice.pick(("dark_place", "manhole", "rubbish"))
    scene.reported(scene.start)
    case = scene.the_case
    other = scene.cast.department(case.unit_id, matters.HOUSING)
    if case.state != "dispatched" or other in (None, case.body_id):
        return
    at = scene.soon(scene.start)
    yield at
    reason = "现场位置在小区红线以内，属于共用设施维护，建议由住房和城乡建设部门牵头。"
    ground = "里仁市（模拟）部门职责清单"
    dispute = disputes.object_to(case.pk, ground=ground, reason=reason, proposed_id=other, by=scene.clerk, at=at)
    at = scene.office(scene.hours(at, 4, 40))
    yield at
    upheld = scene.dice.chance(0.7)
    ruling = "同意意见，由建议的单位主办，原单位配合。" if upheld else "设施由原单位建设并维护，仍由原单位办理。"
    body = other if upheld else case.body_id
    arbiter = scene.cast.arbiter(case.unit_id)
    disputes.rule(dispute.pk, body_id=body or 0, ruling=ruling, by=arbiter, at=at)
    case.refresh_from_db()
    at = scene.soon(at)
    yield at
    scene.move("take", by=scene.clerk, at=at)
    at = scene.office(scene.hours(at, 8, 40))
    yield at
    scene.answer(at, "接到裁定后已到现场处理完毕，恢复正常。")


def called(scene: Scene) -> Iterator[datetime]:
    """The community calls the department to come and look; mostly it comes."""
    yield scene.start
    case = scene.reported(scene.start)
    at = scene.soon(scene.start)
    yield at
    taken(scene, at)
    body = scene.cast.department(case.unit_id, matters.URBAN)
    if body is None or body == case.body_id:
        body = scene.cast.department(case.unit_id, matters.POLICE)
    if body is None:
        return
    at = scene.office(scene.hours(at, 1, 5))
    yield at
    question = "需要一起到现场看一下，请答复能不能来、什么时候来。"
    call = calls.call(case.pk, body_id=body, question=question, by=scene.desk, at=at)
    if scene.dice.chance(0.25):  # silence, which goes up; the desk helps itself in the end
        at = scene.office(scene.hours(at, 7 * 24, 10 * 24))
        yield at
        scene.answer(at)
        return
    at = scene.office(scene.hours(at, 3, 20))
    yield at
    calls.answer(call.pk, answer="明天上午十点到现场。", comes=True, by=scene.cast.clerks[body], at=at)
    at = scene.office(scene.hours(at, 18, 40))
    yield at
    scene.answer(at, "社区和部门一起看了现场，当场处理完毕，已纳入日常巡查。")


def suspended(scene: Scene) -> Iterator[datetime]:
    """The clock stands still while a spare part is made, and runs again."""
    yield from begun(scene)
    at = scene.hours(scene.the_case.changed_at, 0.2, 0.4)
    yield at
    asker = scene.clerk if scene.the_case.state == "in_work" else scene.desk
    reason, ground = "配件需要定制，厂家供货要一周。", "里仁市（模拟）诉求办理办法第十二条"
    asked = suspensions.suspend(scene.the_case.pk, reason=reason, ground=ground, by=asker, at=at)
    at = scene.hours(at, 0.3, 0.8)
    yield at
    supervisor = scene.cast.supervisor(scene.the_case.unit_id)
    suspensions.decide_suspension(asked.pk, approve=True, by=supervisor, at=at)
    at = scene.office(at + timedelta(days=scene.dice.whole(5, 9)))
    yield at
    suspensions.resume(scene.the_case.pk, by=asker, at=at)
    at = scene.hours(at, 0.5, 1)
    yield at
    scene.answer(at, "配件到货后已更换，试用正常。")


def extended(scene: Scene) -> Iterator[datetime]:
    """More time is asked for before it is over, and given."""
    yield from begun(scene)
    at = scene.hours(scene.the_case.changed_at, 0.2, 0.4)
    yield at
    inside = scene.the_case.state == "in_work"
    asker, clock = (scene.clerk, "completion") if inside else (scene.desk, "desk_completion")
    reason = "需要等连续几个晴天才能施工。"
    asked = suspensions.extend(scene.the_case.pk, clock, amount="3 working days", reason=reason, by=asker, at=at)
    at = scene.hours(at, 0.2, 0.6)
    yield at
    supervisor = scene.cast.supervisor(scene.the_case.unit_id)
    suspensions.decide_extension(asked.pk, approve=True, by=supervisor, at=at)
    at = scene.office(scene.hours(at, 60, 90))
    yield at
    scene.answer(at, "施工已完成，养护两天后开放使用。")


def no_task(scene: Scene) -> Iterator[datetime]:
    """No task of this place; the level above agrees, and it is said whom to ask."""
    yield from begun(scene)
    at = scene.office(scene.hours(scene.the_case.changed_at, 1, 20))
    yield at
    by = scene.clerk if scene.the_case.state == "in_work" else scene.desk
    scene.move("remit", note="现场属于铁路用地围墙以内，由铁路单位管理。", by=by, at=at)
    at = scene.office(scene.hours(at, 3, 20))
    yield at
    supervisor = scene.cast.supervisor(scene.the_case.unit_id)
    scene.move("confirm_remit", note="情况属实。请向铁路沿线管理单位反映，电话写在围墙告示牌上。", by=supervisor, at=at)


def withdrawn(scene: Scene) -> Iterator[datetime]:
    """It has settled itself."""
    yield scene.start
    scene.reported(scene.start)
    if scene.reporter is None:
        return
    at = scene.awake(scene.hours(scene.start, 0.5, 3))
    yield at
    scene.move("withdraw", by=scene.reporter, at=at)


def _beside(scene: Scene, at: datetime) -> Scene:
    """The same thing, seen by somebody else a few steps away."""
    lon, lat = scene.point
    return replace(scene, point=(lon + 0.00008, lat + 0.00005), start=at, case=None, reporter=None)


def joined(scene: Scene) -> Iterator[datetime]:
    """Two report the same thing; the desk makes one of them."""
    yield scene.start
    scene.reported(scene.start)
    at = scene.hours(scene.start, 0.05, 0.15)
    yield at
    second = _beside(scene, at)
    second.reported(at)
    at = scene.hours(at, 0.05, 0.15)
    yield at
    if scene.the_case.unit_id == second.the_case.unit_id:
        joint.join(second.the_case.pk, into_id=scene.the_case.pk, by=scene.desk, at=at)
    at = scene.soon(at)
    yield at
    taken(scene, at)
    at = scene.done(at)
    yield at
    scene.answer(at)


def neighbours(scene: Scene) -> Iterator[datetime]:
    """Two report the same thing, and nobody has noticed yet that it is one."""
    yield scene.start
    scene.reported(scene.start)
    at = scene.awake(scene.hours(scene.start, 2, 20))
    yield at
    second = _beside(scene, at)
    second.reported(at)
    at = scene.soon(at)
    yield at
    taken(second, at)


def parted(scene: Scene) -> Iterator[datetime]:
    """One report that is two matters: each goes its own way."""
    yield scene.start
    scene.category = "other"
    text = f"{scene.named}东侧人行道的地砖翘起来好几块，旁边绿化带也缺了一片，露着土。"
    scene.reported(scene.start, text)
    at = scene.soon(scene.start)
    yield at
    pieces = [
        joint.Piece("request", f"{scene.named}：人行道地砖破损，需要修补。", None, "dilapidation"),
        joint.Piece("request", f"{scene.named}：路边绿化带缺株，需要补种。", None, "greening"),
    ]
    parts = joint.split(scene.the_case.pk, parts=pieces, by=scene.desk, at=at)
    for part in parts:
        done = "地砖已修补平整。" if part.category == "dilapidation" else "绿化带已补种，裸土已覆盖。"
        piece = replace(scene, case=part, fitting=done)
        if piece.the_case.state == "dispatched":
            at = scene.soon(at)
            yield at
            taken(piece, at)
            at = scene.done(at)
            yield at
            piece.answer(at)
    at = scene.office(scene.hours(at, 25, 40))  # a day later: then the parts lapse first, and the whole after them
    yield at
    taken(scene, at)
    at = scene.hours(at, 0.1, 0.4)
    yield at
    scene.answer(at, "两件事已分别交责任单位处理，地砖已修补，绿化带已补种。")


#: How often each goes; of a hundred, about.
SHARES: tuple[tuple[Plot, int], ...] = (
    (good, 33), (lapsing, 13), (late, 8), (again, 6), (unsolved, 4), (disputed, 5), (called, 5), (suspended, 4),
    (extended, 4), (no_task, 3), (withdrawn, 3), (joined, 4), (neighbours, 3), (parted, 2), (waiting, 3),
)  # fmt: skip
