"""The gate in the small city: a department with a clerk, lists, admissions, work, inventories, agreements."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from liren.foundation.admission import services
from liren.foundation.admission.models import (
    Admission,
    AgreedMatter,
    Agreement,
    Application,
    Assignment,
    Burden,
    Ledger,
    ListItem,
    ListRevision,
    OutsideReport,
)
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.people.models import Account
from liren.foundation.territory.models import Unit
from tests.conftest import ROOT
from tests.make import bodies, cases, each, portal
from tests.make import people as make

SYSTEM = SystemActor("test")
SPRING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
#: Changzhou's figures of 2014: how many there were, and how many were taken off.
CHANGZHOU = {"organisation": (37, 21), "venue": (27, 23), "task": (100, 23), "system": (27, 12), "stamp": (80, 60)}


@dataclass
class Scene:
    city: portal.City
    department: Body
    clerk: Account
    secretary: Account
    worker: Account
    street: Account
    admission: Admission
    work: Assignment
    banned: Assignment
    ledger: Ledger
    item: ListItem
    burden: Burden
    agreement: Agreement
    report: OutsideReport


def scene(figures: dict[str, tuple[int, int]] | None = None, city: portal.City | None = None) -> Scene:
    """Everything that the pages of the gate can show, once; inventories of the size of ``figures``."""
    make.roles()
    city = city or portal.small_city()
    each.load_packs(timezone.now())
    home, department = city.communities[0], bodies.body(city.district, "department", name_zh="临川区民政局")
    under = admitted(department, [home], title_zh="协助老年人能力评估", is_assistance=True)
    form = admitted(department, [home], title_zh="老年人情况登记台账", work_type="ledger", fields=["姓名", "联系电话"])
    work = handed(under, home, "评估本社区老年人")
    # It was handed down before the list forbade it; from then on the gate refuses the name.
    banned = handed(under, home, "入户核查宠物数量", at=SPRING + timedelta(days=1))
    item = listed("negative", city.city, "door_to_door", "入户核查与社区无关的信息", words=["入户核查"])
    ledger = services.open_ledger(
        community_id=home.pk, name_zh="老年人台账", sender_id=department.pk, admission_id=form.pk,
        given_on=timezone.localdate(), by=SYSTEM, at=timezone.now(),
    )  # fmt: skip
    return Scene(
        city, department, cases.clerk(department, city.district), make.official("district_admin", city.district),
        make.official("community_worker", home), make.official("street_officer", city.street), under, work, banned,
        ledger, item, counted(city.city, figures or {"stamp": (2, 1)}), agreed(city, under), reported(home, department),
    )  # fmt: skip


def listed(kind: str, unit: Any, code: str, name: str, *, words: tuple[str, ...] | list[str] = ()) -> ListItem:
    """A matter on a published list, by all steps of a version."""
    one = services.draft_list(kind, unit_id=unit.pk, reason="常态更新", by=SYSTEM, at=SPRING)
    services.propose_change(
        one.pk, op="add", code=code, name_zh=name, basis="条例第四十五条", reason="与社区职责无关", words=words,
        by=SYSTEM, at=SPRING,
    )  # fmt: skip
    services.open_comments(one.pk, until=date(2026, 3, 20), by=SYSTEM, at=SPRING)
    later = SPRING + timedelta(days=25)
    services.publish_list(one.pk, effective_on=date(2026, 4, 1), by=SYSTEM, at=later)
    return ListItem.objects.get(kind=kind, code=code)


def admitted(department: Body, communities: list[Any], **changes: Any) -> Admission:
    """An admission that holds from spring for a year and a half."""
    facts: dict[str, Any] = {
        "work_type": "task", "title_zh": "一项工作", "sender_id": department.pk, "basis": "老年法第四条",
        "unit_id": department.unit_id, "communities": [one.pk for one in communities], "first": date(2026, 3, 2),
        "end": date(2028, 1, 1), "minutes_a_month": 240, **changes,
    }  # fmt: skip
    if facts.get("is_assistance"):
        facts |= {
            "money_fen": 2_000_000,
            "conditions": "提供场地",
            "information": "开放数据",
            "guide_id": department.pk,
        }
    return services.admit_old(services.Wish(**facts), session="第一次联席会议", by=SYSTEM, at=SPRING)


def handed(under: Admission, community: Any, title: str, *, at: datetime | None = None) -> Assignment:
    at = at or timezone.now()
    task = services.Task(community.pk, title, under.work_type, timezone.localdate(at), under.pk, minutes=90)
    return services.hand_down([task], sender_id=under.sender_id, by=SYSTEM, at=at)[0]


def counted(city: Any, figures: dict[str, tuple[int, int]]) -> Burden:
    """Inventories: what was taken off is cancelled, of systems it is merged."""
    paper = {"instrument": "减负通知", "effective_on": date(2026, 5, 1), "by": SYSTEM, "at": timezone.now()}
    last: Burden | None = None
    for stock, (there, gone) in figures.items():
        for number in range(there):
            facts = {"unit_id": city.pk, "name_zh": f"{stock}第{number + 1}项证明", "counted_on": date(2026, 1, 5)}
            last = services.count_burden(stock, **facts, by=SYSTEM, at=timezone.now())
            if number < gone:
                fate = "merged" if stock == "system" else "cut"
                services.decide_fate(last.pk, fate=fate, route_zh="凭身份证到便民中心办理", **paper)
    assert last is not None
    return last


def agreed(city: portal.City, under: Admission) -> Agreement:
    office = bodies.body(city.street, "government", name_zh="文昌里街道办事处")
    return services.sign_agreement(
        community_id=city.communities[0].pk, office_id=office.pk, committee_id=city.acting.committee.pk,
        first=date(2026, 4, 1), end=date(2027, 4, 1), signed_on=date(2026, 4, 1), street_duties="按季度拨付经费",
        committee_duties="协助评估", matters={under.pk: 2_000_000}, instrument="文街协〔2026〕1号", by=SYSTEM,
        at=timezone.now(),
    )  # fmt: skip


def reported(home: Any, department: Body) -> OutsideReport:
    return services.report_outside(
        community_id=home.pk, sender_id=department.pk, work_type="form", happened_on=timezone.localdate(),
        text="工作群里要求当天报送表格", by=make.official("community_worker", home), at=timezone.now(),
    )  # fmt: skip


def now() -> dict[str, Any]:
    """By the tests, at this moment."""
    return {"by": SYSTEM, "at": timezone.now()}


def department(unit: Unit) -> Body:
    """The department of a unit that asks something of its communities; made at the first call."""
    found = Body.objects.filter(unit=unit, name_zh=f"{unit.name_zh}准入局").first()
    return found or bodies.body(unit, "department", name_zh=f"{unit.name_zh}准入局")


def declare() -> None:
    """The type of case that carries an application, as the packs declare it."""
    found = tomllib.loads((ROOT / "packs/common/cases/admission_application.toml").read_text(encoding="utf-8"))
    cases.declare(**dict.fromkeys(cases.content(), None) | found)


def in_each(communities: list[Unit], clerk: Account | None) -> dict[str, dict[str, Any]]:
    """What the pages of the gate are about, one of each in every community, applied for by the clerk; by the path of
    the community."""
    declare()
    found: dict[str, dict[str, Any]] = {}
    for home in communities:
        for kind, pk in _of(home, clerk).items():
            found.setdefault(kind, {})[home.path] = pk
    return found


def _of(home: Unit, clerk: Account | None) -> dict[str, Any]:
    above = Unit.objects.filter(pk__in=home.path_ids, level__lte=3).order_by("-level")[0]
    sender, moment = department(above), {"recorded_by": "system:test", "recorded_at": timezone.now()}
    under = admitted(sender, [home], title_zh="台账事项", work_type="ledger")
    task = admitted(sender, [home], title_zh="走访事项")
    opened = services.open_ledger(
        community_id=home.pk, name_zh="台账", sender_id=sender.pk, admission_id=under.pk,
        given_on=timezone.localdate(), **now(),
    )  # fmt: skip
    return {
        "home": {"code": home.code}, "admission": task.pk, "ledger": opened.pk, "handed": handed(task, home, "走访").pk,
        "outside": OutsideReport.objects.create(
            community=home, sender=sender, work_type="form", happened_on=timezone.localdate(), text="未经准入", **moment
        ).pk,
        "burden": services.count_burden(
            "task", unit_id=home.pk, name_zh="月报", counted_on=timezone.localdate(), **now()
        ).pk,
        "agreement": _agreement(home, sender, task), "application": _application(home, above, sender, clerk),
        **_versions(home),
    }  # fmt: skip


def _application(home: Unit, above: Unit, sender: Body, clerk: Account | None) -> int:
    """An application whose case is at its beginning."""
    values = {"work_type": "task", "sender": sender.pk, "legal_basis": "条例第一条"}
    values |= {"first_day": "2027-01-01", "end_day": "2028-01-01"}
    by, text = clerk or SYSTEM, "一项申请\n每季度一次"
    number = cases.reported(above, "admission_application", by=by, text=text, values=values, journey="admit").pk
    made = Application.objects.create(
        work_type="task", title_zh="一项申请", sender=sender, basis="条例第一条", unit=above, case_id=number,
        during=DateRange(date(2027, 1, 1), date(2028, 1, 1)), minutes_a_month=10, recorded_by="system:test",
        recorded_at=timezone.now(),
    )  # fmt: skip
    made.communities.set([home.pk])
    return int(made.pk)


def _agreement(home: Unit, sender: Body, under: Admission) -> int:
    made = Agreement.objects.create(
        street_id=home.parent_id, community=home, office=sender, committee=bodies.body(home, "committee"),
        during=DateRange(date(2026, 4, 1), date(2027, 4, 1)), signed_on=date(2026, 4, 1), street_duties="拨付经费",
        committee_duties="协助走访", instrument="协议", recorded_by="system:test", recorded_at=timezone.now(),
    )  # fmt: skip
    AgreedMatter.objects.create(agreement=made, admission=under, money_fen=100)
    return int(made.pk)


def _versions(home: Unit) -> dict[str, int]:
    """A draft and a version that is open for comments."""
    facts = {"unit": home, "reason": "更新", "drafted_by": "system:test", "drafted_at": timezone.now()}
    draft = ListRevision.objects.create(kind="duties", number=1, **facts)
    today = timezone.localdate()
    days = {"comments_from": today, "comments_until": today + timedelta(days=9)}
    opened = ListRevision.objects.create(kind="negative", number=1, state="comments", **days, **facts)
    return {"draft_list": draft.pk, "open_list": opened.pk}
