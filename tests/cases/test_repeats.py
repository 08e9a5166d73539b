"""Cases that come round again: by a number of the packs in each unit, and so many days after a case ended."""

from __future__ import annotations

import json
import tomllib
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from liren.foundation.policy.models import Jurisdiction, Load, Parameter
from liren.foundation.territory.models import Unit
from liren.service.cases import services
from liren.service.cases.engine.declaration import check
from liren.service.cases.models import Case, CaseClock, Repeat
from liren.service.cases.models.declared import type_of
from liren.service.cases.queries import round_of, timeline
from liren.service.cases.queries.rounds import due_on, last_in_units, period
from liren.service.cases.services import BadReport
from liren.service.cases.services.repeats import open_repeats
from tests import make
from tests.cases.conftest import Scene
from tests.cases.test_clocks_rows import clock
from tests.conftest import ROOT
from tests.make import cases, registers
from tests.make.cases import NOW
from tests.make.people import bare_unit

pytestmark = pytest.mark.django_db
DRILLS, RISKS = pytest.mark.requirement("R104"), pytest.mark.requirement("R099")
DAY, YEAR = timedelta(days=1), timedelta(days=366)
CODE = "drill_every_months"


def packed(code: str) -> None:
    """A type as the packs declare it."""
    found = tomllib.loads((ROOT / f"packs/common/cases/{code}.toml").read_text(encoding="utf-8"))
    cases.declare(**{**dict.fromkeys(cases.REQUEST), **json.loads(json.dumps(found))})


def local(jurisdiction: str, division: str, value: str, unit: str = "month") -> None:
    """Another number, that a place below the nation sets for itself."""
    place = Jurisdiction.objects.create(
        code=jurisdiction,
        parent=Jurisdiction.objects.get(code="cn"),
        name_zh="某地",
        name_en="Place",
        division=division,
    )
    national = Parameter.objects.get(code=CODE)
    Parameter.objects.create(
        code=CODE, jurisdiction=place, document=national.document, provision_key="cn/test#1", name_zh="数",
        name_en="Number", operator="<=", value=value, unit=unit, attribute="binding", phrase="不超过", requirements=[],
        during=DateRange(date(2017, 1, 1), None), loaded_at=NOW,
    )  # fmt: skip
    Load.objects.create(at=NOW, by="system:test", fingerprint="e" * 64, tool="test")


def held(scene: Scene, unit: Unit, at: datetime = NOW, by: Any = None) -> Case:
    """A drill of a community, held and looked back on."""
    case = cases.reported(unit, "drill", by=by or scene.worker, at=at)
    return through(scene, case, at, by)


def through(scene: Scene | None, case: Case, at: datetime, by: Any = None) -> Case:
    values = {"held_at": (timezone.localtime(at) + DAY).strftime("%Y-%m-%d %H:%M"), "where": "中心广场"}
    cases.moved(case, "announce", by=by or scene.worker, at=at, values=values)
    done = {"attended": "30", "lessons": "出口太窄"}
    cases.moved(case, "record", by=by or scene.worker, at=at + DAY, note="办完了。", values=done)
    return cases.moved(case, "improved", by=by or scene.worker, at=at + DAY, note="出口已清。")


@pytest.fixture
def drills(scene: Scene) -> Scene:
    """Every twelve months, in a nation whose other communities have just held theirs and come round later."""
    packed("drill")
    registers.parameter(CODE, "12", "month", operator="<=")
    return scene


def opened(unit: Unit) -> list[Case]:
    return list(Case.objects.filter(type__code="drill", unit=unit, channel="system").order_by("pk"))


@DRILLS
def test_a_drill_comes_round_a_period_after_the_last_and_not_before(drills: Scene) -> None:
    unit = drills.town.community
    last = held(drills, unit)  # closed on 2 June 2026
    open_repeats(at=datetime(2027, 6, 1, 10, tzinfo=NOW.tzinfo))
    assert opened(unit) == []
    open_repeats(at=datetime(2027, 6, 1, 16, 30, tzinfo=NOW.tzinfo))  # half past midnight of the 2nd
    (case,) = opened(unit)
    row = Repeat.objects.get(case=case)
    assert (row.before_id, row.due_on, row.unit_id) == (last.pk, date(2027, 6, 2), unit.pk)
    assert (case.state, case.category, case.work, case.reporter_id, case.taken_by) == (
        "proposed", "", "", None, "system:repeats",
    )  # fmt: skip
    assert case.due_at is not None
    assert clock(case, "arranging").due_at == case.due_at


@DRILLS
def test_both_stories_say_which_one_came_before_and_on_what_it_rests(drills: Scene) -> None:
    unit = drills.town.community
    last = held(drills, unit)
    open_repeats(at=NOW + YEAR)
    (case,) = opened(unit)
    new = [one.words for one in timeline(case, drills.worker)]
    assert new == ["已收到（系统登记）。", f"每 12 个月一次（《规划》）。上一次：{last.number}。"]
    assert timeline(last, drills.neighbour)[-1].words == f"到期再开一件：{case.number}。"
    assert "12 months (Plan)" in timeline(case, drills.worker, "en")[-1].words


@DRILLS
def test_none_comes_while_one_is_open_and_none_twice(drills: Scene) -> None:
    unit = drills.town.community
    held(drills, unit)
    waiting = cases.reported(unit, "drill", by=drills.worker, at=NOW + 5 * DAY)
    open_repeats(at=NOW + YEAR)
    assert opened(unit) == []
    cases.moved(waiting, "cancel", by=drills.worker, at=NOW + YEAR, note="天气不好。")
    open_repeats(at=NOW + YEAR + DAY)
    assert len(opened(unit)) == 1
    open_repeats(at=NOW + 3 * YEAR)
    assert len(opened(unit)) == 1


@DRILLS
def test_after_an_outage_of_three_periods_there_is_one(drills: Scene) -> None:
    unit = drills.town.community
    held(drills, unit)
    open_repeats(at=NOW + 4 * YEAR)
    assert len(opened(unit)) == 1
    through(drills, opened(unit)[0], NOW + 4 * YEAR)
    open_repeats(at=NOW + 4 * YEAR + 10 * DAY)
    assert len(opened(unit)) == 1
    open_repeats(at=NOW + 5 * YEAR + 10 * DAY)
    assert len(opened(unit)) == 2


@DRILLS
def test_one_that_was_not_held_comes_round_a_period_after_it_ended(drills: Scene) -> None:
    unit = drills.town.community
    held(drills, unit)
    open_repeats(at=NOW + YEAR)
    first = cases.moved(opened(unit)[0], "cancel", by=drills.worker, at=NOW + YEAR + DAY, note="没人来。")
    open_repeats(at=NOW + YEAR + 30 * DAY)
    assert len(opened(unit)) == 1
    open_repeats(at=NOW + 2 * YEAR + 2 * DAY)
    assert Repeat.objects.get(case=opened(unit)[1]).before_id == first.pk


@DRILLS
def test_a_place_that_sets_its_own_number_goes_by_it(drills: Scene) -> None:
    local("quarter", drills.town.street.code, "3")
    ours, theirs = drills.town.community, drills.town.cousin_community
    held(drills, ours)
    held(drills, theirs, by=make.official("community_worker", theirs))
    open_repeats(at=NOW + timedelta(days=85))
    assert (opened(ours), opened(theirs)) == ([], [])
    open_repeats(at=NOW + timedelta(days=95))
    assert (len(opened(ours)), opened(theirs)) == (1, [])
    open_repeats(at=NOW + YEAR + DAY)
    assert (len(opened(ours)), len(opened(theirs))) == (1, 1)
    assert "3 个月" in timeline(opened(drills.town.community)[0], drills.worker)[-1].words


@DRILLS
@pytest.mark.parametrize(("value", "unit", "day"), [("30", "day", date(2026, 7, 2)), ("1", "year", date(2027, 6, 2))])
def test_the_number_may_be_of_days_or_years(scene: Scene, value: str, unit: str, day: date) -> None:
    packed("drill")
    registers.parameter(CODE, value, unit, operator="<=")
    case = held(scene, scene.town.community)
    spec = type_of("drill").spec
    found = period(spec.repeats, scene.town.community, day)
    last = last_in_units(type_of("drill").pk, spec.repeats)
    assert due_on(found, scene.town.community, last[case.unit_id]) == day


@DRILLS
@pytest.mark.parametrize(("value", "unit"), [(None, ""), ("0", "month"), ("12", "piece")])
def test_where_no_number_says_how_often_none_comes(scene: Scene, value: str | None, unit: str) -> None:
    packed("drill")
    if value is not None:
        registers.parameter(CODE, value, unit, operator="<=")
    held(scene, scene.town.community)
    assert open_repeats(at=NOW + 4 * YEAR) == 0


@DRILLS
def test_a_unit_that_has_ended_gets_none_and_a_street_neither(drills: Scene) -> None:
    street = drills.town.street
    unit = bare_unit(5, f"{street.code[:9]}009", street, closed_on=date(2027, 1, 1))
    open_repeats(at=NOW + 2 * YEAR)
    assert len(opened(drills.town.community)) == 1
    assert opened(unit) == []
    assert Case.objects.filter(channel="system").exclude(unit__level=5).count() == 0


@DRILLS
def test_the_first_is_due_a_period_after_the_number_or_the_unit_and_not_everywhere_at_once(drills: Scene) -> None:
    spec, unit = type_of("drill").spec, drills.town.community
    found = period(spec.repeats, unit, date(2026, 6, 1))
    assert found is not None
    days = {due_on(found, Unit(pk=pk, opened_on=date(2000, 1, 1)), None) for pk in range(1000)}
    assert (min(days), max(days), len(days)) == (date(2027, 6, 1), date(2027, 8, 30), 91)
    assert due_on(found, Unit(pk=0, opened_on=date(2026, 9, 1)), None) == date(2027, 9, 1)
    assert open_repeats(at=NOW + 300 * DAY) == 0
    open_repeats(at=NOW + YEAR + 91 * DAY)
    (case,) = opened(unit)
    assert Repeat.objects.get(case=case).before_id is None
    assert timeline(case, drills.worker)[-1].words == "每 12 个月一次（《规划》）。这里第一次。"


@DRILLS
def test_the_page_says_what_comes_before_and_after(drills: Scene) -> None:
    unit, spec = drills.town.community, type_of("drill").spec
    last = held(drills, unit)
    found = round_of(last, spec, date(2026, 7, 1))
    assert found is not None
    assert (found.before, found.after, found.due_on) == (None, None, date(2027, 6, 2))
    open_repeats(at=NOW + YEAR)
    (case,) = opened(unit)
    found, after = round_of(case, spec, date(2027, 7, 1)), round_of(last, spec, date(2027, 7, 1))
    assert found is not None
    assert after is not None
    assert (found.before, found.after, found.due_on) == (last, None, None)
    assert after.after == case


# --- so many days after a case ended ---


@pytest.fixture
def risks(scene: Scene) -> Scene:
    packed("risk_item")
    return scene


def hazard(scene: Scene, **answers: str) -> Case:
    """A hazard of a place in the community."""
    facts = {"category": "gas", "lon": 104.06, "lat": 30.57, "address": "幸福路3号楼道", **answers}
    return cases.reported(scene.town.community, "risk_item", by=scene.worker, channel="visit", **facts)


def corrected(scene: Scene, case: Case, *, days: str = "", fix_by: str = "2026-06-10", at: datetime = NOW) -> Case:
    """Graded, ordered, put right and struck off."""
    officer = make.official("street_officer", scene.town.street)
    photo = [services.Upload("after.jpg", cases.picture())]
    asked = {"grade": "major", **({"cycle_days": days} if days else {})}
    cases.moved(case, "grade", by=scene.worker, at=at, values=asked)
    cases.moved(case, "order", by=officer, at=at, note="限期整改。", values={"fix_by": fix_by},
                body_id=scene.department.pk)  # fmt: skip
    cases.moved(case, "take", by=scene.clerk, at=at)
    done = {"measures": "已更换软管。"}
    cases.moved(case, "corrected", by=scene.clerk, at=at, note="已改。", values=done, files=photo)
    return cases.moved(case, "accept", by=scene.worker, at=at, files=photo)


@RISKS
def test_a_hazard_that_was_put_right_is_inspected_again_so_many_days_later(risks: Scene) -> None:
    case = corrected(risks, hazard(risks), days="90")
    assert Repeat.objects.get(before=case).due_on == date(2026, 8, 30)
    assert open_repeats(at=NOW + 89 * DAY) == 0
    assert [open_repeats(at=NOW + n * DAY) for n in (90, 90, 200)] == [1, 0, 0]
    again = Repeat.objects.get(before=case).case
    assert (again.unit_id, again.lon, again.lat, again.address, again.category, again.severity) == (
        case.unit_id, case.lon, case.lat, case.address, case.category, "normal",
    )  # fmt: skip
    assert again.text == f"定期复查（上次编号 {case.number}）\n{case.text}"
    words = timeline(again, risks.worker)[-1].words
    assert words == f"上一件 {case.number} 办结后满 90 天，到期复办。 上次的责任单位：市政处。"
    assert timeline(case, risks.worker)[-1].words == f"到期再开一件：{again.number}。"


@RISKS
def test_the_cycle_goes_on_until_somebody_says_otherwise(risks: Scene) -> None:
    first = corrected(risks, hazard(risks), days="30")
    open_repeats(at=NOW + 30 * DAY)
    again = Repeat.objects.get(before=first).case
    photo = [services.Upload("ok.jpg", cases.picture())]
    again = cases.moved(again, "in_order", by=risks.worker, at=NOW + 31 * DAY, note="完好。", files=photo)
    row = Repeat.objects.get(before=again)
    assert row.due_on == date(2026, 8, 1)
    open_repeats(at=NOW + 70 * DAY)
    third = Repeat.objects.get(before=again).case
    assert third.text == f"定期复查（上次编号 {again.number}）\n{first.text}"
    cases.moved(third, "no_hazard", by=risks.worker, at=NOW + 71 * DAY, note="设施已拆除。")
    assert Repeat.objects.filter(before=third).count() == 0


@RISKS
def test_without_a_cycle_nothing_follows_and_nothing_after_another_end(risks: Scene) -> None:
    corrected(risks, hazard(risks))
    cases.moved(hazard(risks), "no_hazard", by=risks.worker, note="不是隐患。")
    case = hazard(risks)
    case = cases.moved(case, "order_now", by=risks.worker, note="马上改。", body_id=risks.department.pk,
                       values={"grade": "general", "fix_by": "2026-06-03"})  # fmt: skip
    assert case.state == "ordered"
    assert Repeat.objects.count() == 0
    assert open_repeats(at=NOW + YEAR) == 0


@RISKS
@pytest.mark.parametrize("days", ["0", "-3", "1.5", "9999"])
def test_a_cycle_is_a_whole_number_of_days_within_the_time_of_keeping(risks: Scene, days: str) -> None:
    case = hazard(risks)
    with pytest.raises(BadReport) as refused:
        cases.moved(case, "grade", by=risks.worker, values={"grade": "major", "cycle_days": days})
    assert list(refused.value.by_field) == ["cycle_days"]


@RISKS
def test_the_deadline_of_a_correction_is_the_day_that_was_ordered(risks: Scene) -> None:
    case, officer = hazard(risks), make.official("street_officer", risks.town.street)
    cases.moved(case, "grade", by=risks.worker, values={"grade": "major"})
    order = {"by": officer, "note": "限期整改。", "body_id": risks.department.pk}
    with pytest.raises(BadReport) as refused:
        cases.moved(case, "order", **order, values={"fix_by": "2026-05-31"})
    assert list(refused.value.by_field) == ["fix_by"]
    case = cases.moved(case, "order", **order, values={"fix_by": "2026-06-20"})
    assert timezone.localtime(case.due_at).strftime("%m-%d %H:%M") == "06-20 23:59"
    assert "2026年6月20日 23:59 前办完" in timeline(case, risks.clerk)[-1].words
    cases.moved(case, "take", by=risks.clerk)
    case = cases.moved(case, "postpone", by=officer, note="等配件。", values={"fix_by": "2026-06-25"})
    assert timezone.localtime(clock(case, "correction").due_at).day == 25
    assert "6月20日 23:59" in timeline(case, risks.clerk)[-1].words
    assert CaseClock.objects.filter(case=case, code="correction").count() == 1


@RISKS
def test_what_waits_goes_with_the_case_that_is_destroyed(risks: Scene) -> None:
    case = corrected(risks, hazard(risks), days="90")
    open_repeats(at=NOW + 90 * DAY)
    assert services.destroy_due(at=NOW + 7 * YEAR) == 1
    assert (Repeat.objects.count(), Case.objects.filter(pk=case.pk).count(), Case.objects.count()) == (0, 0, 1)


# --- what can't be ---


@RISKS
def test_the_database_refuses_two_that_follow_one_case(risks: Scene) -> None:
    case = corrected(risks, hazard(risks), days="90")
    row, other = Repeat.objects.get(before=case), hazard(risks)
    facts = {"type_id": row.type_id, "unit_id": row.unit_id, "due_on": row.due_on}
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("repeat_follows_a_case_once", {"before": case}),
        ("repeat_has_a_case_before_or_after", {"before": None, "case": None}),
        ("repeat_is_another_case", {"before": other, "case": other}),
    ]
    for name, more in wrong:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Repeat.objects.create(**facts, **more)
    Repeat.objects.create(**facts, case=other)
    with pytest.raises(IntegrityError, match="repeat_begins_once_in_a_unit"), transaction.atomic():
        Repeat.objects.create(**facts, case=hazard(risks))


TEXT = {"zh": "到期了", "en": "It is due"}
#: The request as something that may come round: nobody's turn but the desk's and the department's.
PLAIN: dict[str, Any] = {"place": "optional", "channels": ["web", "system"]}


def drill(**changes: Any) -> dict[str, Any]:
    found = json.loads(json.dumps(tomllib.loads((ROOT / "packs/common/cases/drill.toml").read_text(encoding="utf-8"))))
    found["repeats"] |= changes.pop("repeats", {})
    return {key: value for key, value in {**found, **changes}.items() if value is not None}


@DRILLS
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"repeats": {"every_field": "attended"}}, "one of both says how often"),
        ({"repeats": {"parameter": ""}}, "one of both says how often"),
        ({"repeats": {"parameter": "", "every_field": "where"}}, "“where” is no number field of this type"),
        ({"repeats": {"outcome": "solved"}}, "no case of this type ends as “solved”"),
        ({"repeats": {"category": "moon"}}, "“moon” is no category that is taken in"),
        ({"channels": ["web"]}, "comes round by the system, which takes none in"),
        ({"place": "required"}, "comes round in a unit, and wants a place"),
        ({"work": "task"}, "such a case is never opened by the calendar"),
        ({"repeats": {"outcome": "now"}}, "now"),
    ],
)
def test_the_checker_refuses_what_can_never_come_round(changes: dict[str, Any], says: str) -> None:
    assert check(drill()) == []
    faults = [str(one) for one in check(drill(**changes))]
    assert any(says in one for one in faults), faults


@DRILLS
def test_nobody_is_asked_who_is_not_there(scene: Scene) -> None:
    faults = " ".join(
        str(one) for one in check(cases.content(repeats={"parameter": CODE, "outcome": "solved", "text": TEXT}))
    )
    assert "in “answered” it is the turn of the reporter, and there is none" in faults
    found = drill()
    found["fields"].append({"code": "who", "name": TEXT, "kind": "text", "required": True})
    assert "“who” is asked of the reporter, and there is none" in str(check(found)[0])


@DRILLS
def test_the_work_of_the_night_asks_the_same_however_many_units_there_are(
    drills: Scene,
) -> None:
    counts, _first = [], open_repeats(at=NOW)  # reads the packs
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert open_repeats(at=NOW + 10 * DAY) == 0
        counts.append(len(asked))
        make.town()
    assert counts[0] == counts[1] <= 6
