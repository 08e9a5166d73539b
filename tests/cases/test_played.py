"""Types as they ship, lived through once by those whom their requirement names."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from typing import Any

import pytest

from liren.foundation.kernel.files import Upload
from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases import services
from liren.service.cases.models import Case
from liren.service.cases.queries import figures as figures_of
from liren.service.cases.queries import reading, timeline
from liren.service.cases.services import BadReport, figures
from tests import make
from tests.cases.conftest import Scene
from tests.conftest import ROOT
from tests.make import bodies, cases
from tests.make.cases import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


def told(case: Case, reader: Any = ANONYMOUS) -> dict[str, str]:
    return {one.field.code: one.text for one in reading(Case.objects.get(pk=case.pk), reader).values}


def at_department(case: Case, scene: Scene, move: str = "dispatch", **more: Any) -> Case:
    return cases.moved(case, move, by=scene.worker, at=NOW, body_id=scene.department.pk, **more)


def item(scene: Scene, category: str) -> None:
    """One door: the desk of the community has it, a department handles it, and the resident says whether it helped."""
    cases.real("service_item")
    case = cases.reported(scene.town.community, "service_item", by=scene.resident, category=category)
    assert Case.objects.worked_by(scene.worker).filter(pk=case.pk, state="received").exists()
    at_department(case, scene)
    cases.moved(case, "take", by=scene.clerk, at=NOW)
    cases.moved(case, "answer", by=scene.clerk, at=LATER, note="已办结。", values={"decision": "granted"})
    assert told(case, scene.resident)["decision"] == "已办结"
    case = cases.moved(case, "confirm", by=scene.resident, at=LATER, values={"solved": "是", "satisfied": "是"})
    assert (case.outcome, case.body) == ("solved", scene.department)


@pytest.mark.requirement("R039")
@pytest.mark.parametrize("category", ["employment", "social_security", "assistance", "health_insurance"])
def test_matters_close_to_residents_come_in_by_one_door(scene: Scene, category: str) -> None:
    item(scene, category)


@pytest.mark.requirement("R063")
@pytest.mark.parametrize("utility", ["water", "power", "gas", "post", "telecom", "broadcast"])
def test_utilities_come_in_by_the_same_door(scene: Scene, utility: str) -> None:
    item(scene, f"utility_{utility}")


@pytest.mark.requirement("R065")
@pytest.mark.parametrize("kind", ["business_travel", "living", "culture_education", "health", "law"])
def test_five_kinds_of_help_are_given_in_the_language_that_was_asked_for(scene: Scene, kind: str) -> None:
    cases.real("language_help")
    facts = {"by": scene.resident, "category": kind, "language": "en", "values": {"prefers": "french"}}
    case = cases.reported(scene.town.community, "language_help", **facts)
    at_department(case, scene)
    cases.moved(case, "take", by=scene.clerk, at=NOW, values={"slot": "2026-06-03 10:00"})
    case = cases.moved(case, "answer", by=scene.clerk, at=LATER, note="We came along with an interpreter.")
    assert (case.language, case.values["prefers"], set(case.values)) == ("en", "french", {"prefers", "slot"})
    lines = [one.words for one in timeline(case, scene.resident, "en")]
    assert not any("\u4e00" <= sign <= "\u9fff" for line in lines for sign in line.replace("市政处", ""))


@pytest.mark.requirement("R066")
def test_supply_is_compared_by_the_three_functions_across_communities(scene: Scene) -> None:
    kind = cases.real("convenience_project")
    for unit, counts in ((scene.town.community, (6, 5, 7)), (scene.town.sibling_community, (5, 8, 0))):
        for function, count in zip(("serve", "convenience", "safety"), counts, strict=True):
            for _number in range(count):
                cases.reported(unit, "convenience_project", by=scene.resident, category=function, values={"need": "缺"})
    figures.count_month(date(2026, 6, 1), by=cases.SYSTEM, at=NOW + timedelta(days=40))
    city = make.official("city_admin", scene.town.city)
    units = [scene.town.community, scene.town.sibling_community]
    table = {
        function: [
            one.received
            for one in figures_of.figures_below(units, city, type=kind, month=date(2026, 6, 1), category=function)
        ]
        for function in ("serve", "convenience", "safety")
    }
    assert table == {"serve": [6, 5], "convenience": [5, 8], "safety": [7, 0]}
    fields = tomllib.loads((ROOT / "packs/common/registers/service_item.toml").read_text(encoding="utf-8"))["fields"]
    function = next(one for one in fields if one["code"] == "service_function")
    assert ({one["code"] for one in function["choices"]}, function["required"]) == (set(table), True)


@pytest.mark.requirement("R085")
@pytest.mark.parametrize("mode", ["in_person", "online", "video", "appointment"])
def test_a_mediation_is_booked_in_the_way_that_suits_both_sides(scene: Scene, mode: str) -> None:
    cases.real("mediation")
    case = cases.reported(scene.town.community, "mediation", by=scene.resident, values={"stands": "party"})
    mediator = make.official("mediator", scene.town.community)
    services.add_part(case.pk, role="mediator", account_id=mediator.pk, by=mediator, at=NOW)
    cases.moved(case, "accept", by=mediator, at=NOW)
    part = services.add_part(case.pk, role="party", account_id=scene.neighbour.pk, by=mediator, at=NOW)
    services.consent(part.pk, by=scene.neighbour, at=NOW)
    room = "https://room.example/quiet" if mode == "video" else ""
    values = {"mode": mode, "slot": "2026-06-05 19:00", "room": room}
    assert cases.moved(case, "book", by=mediator, at=NOW, values=values).state == "booked"
    for reader in (scene.resident, scene.neighbour):
        assert told(case, reader)["slot"] == "2026-06-05 19:00"
        assert told(case, reader)["mode"]
    assert not Case.objects.visible_to(scene.worker).filter(pk=case.pk).exists()


@pytest.mark.requirement("R089")
def test_the_legal_adviser_of_a_community_is_booked_and_answers(scene: Scene) -> None:
    cases.real("legal_advice")
    case = cases.reported(scene.town.community, "legal_advice", by=scene.resident, values={"wanted_on": "2026-06-04"})
    adviser = make.official("community_worker", scene.town.community)
    services.add_part(case.pk, role="adviser", account_id=adviser.pk, by=scene.worker, at=NOW)
    with pytest.raises(BadReport):
        cases.moved(case, "book", by=scene.worker, at=NOW)
    cases.moved(case, "book", by=scene.worker, at=NOW, values={"slot": "2026-06-04 15:00"})
    assert told(case, scene.resident)["slot"] == "2026-06-04 15:00"
    assert cases.moved(case, "answer", by=adviser, at=LATER).phase == "answered"
    register = tomllib.loads((ROOT / "packs/common/registers/legal_adviser.toml").read_text(encoding="utf-8"))
    assert register["coverage"]


@pytest.mark.requirement("R090")
@pytest.mark.parametrize(
    "profession",
    ["judge", "prosecutor", "police", "lawyer", "notary", "examiner", "arbitrator", "legal_worker"],
)
def test_law_activities_of_eight_professions_are_asked_for_booked_and_counted(scene: Scene, profession: str) -> None:
    cases.real("law_activity")
    values = {"topic": "租房合同", "profession": profession}
    case = cases.reported(scene.town.community, "law_activity", by=scene.resident, category="talk", values=values)
    at_department(case, scene, "invite")
    booked = {"held_at": "2026-06-20 15:00", "where": "社区活动室"}
    cases.moved(case, "accept", by=scene.clerk, at=NOW, values=booked)
    with pytest.raises(BadReport):
        cases.moved(case, "record", by=scene.worker, at=LATER, note="讲完了")
    case = cases.moved(case, "record", by=scene.worker, at=LATER, note="讲完了", values={"attended": "43"})
    assert (case.phase, case.values["profession"]) == ("closed", profession)
    public = told(case)
    assert (public["attended"], public["where"], public["held_at"]) == ("43", "社区活动室", "2026-06-20 15:00")


@pytest.mark.requirement("R095")
@pytest.mark.parametrize("measure", ["removed", "moved", "listed", "stays"])
def test_whoever_complains_of_a_camera_hears_what_became_of_it(scene: Scene, measure: str) -> None:
    cases.real("camera_complaint")
    facts = {"by": scene.resident, "category": "private_view", "address": "3栋2单元门口"}
    case = cases.reported(scene.town.community, "camera_complaint", **facts)
    at_department(case, scene)
    cases.moved(case, "take", by=scene.clerk, at=NOW)
    cases.moved(case, "answer", by=scene.clerk, at=LATER, note="已去现场。", values={"measure": measure})
    assert told(case, scene.resident)["measure"]
    assert told(case) == {}
    assert not Case.objects.visible_to(scene.neighbour).filter(pk=case.pk).exists()


@pytest.mark.requirement("R045")
def test_a_change_of_the_list_of_services_has_its_day_and_its_reason_in_public(scene: Scene) -> None:
    cases.real("service_consultation")
    desk = make.official("street_officer", scene.town.street)
    head = make.official("district_admin", scene.town.district)
    case = cases.reported(scene.town.street, "service_consultation", by=desk, channel="web", category="change")
    cases.moved(case, "open", by=desk, at=NOW, values={"proposal": "晚上也开"})
    committee = bodies.body(scene.town.community, "committee")
    services.add_part(case.pk, role="committee", body_id=committee.pk, by=desk, at=NOW)
    heard = {"comments_count": "12", "comments": "都赞成"}
    cases.moved(case, "close_comments", by=desk, at=NOW, note="期满", values=heard)
    letter = [Upload("letter.jpg", cases.picture())]
    cases.moved(case, "committee_by_letter", by=desk, at=NOW, values={"committee_view": "同意"}, files=letter)
    cases.moved(case, "answer_all", by=desk, at=NOW, note="逐条答复", values={"answers": "采纳"})
    for lacks in ("in_force_on", "reason"):
        given = {"in_force_on": "2026-07-01", "reason": "上班族白天来不了"}
        with pytest.raises(BadReport) as refused:
            cases.moved(case, "publish", by=head, at=NOW, values={k: v for k, v in given.items() if k != lacks})
        assert list(refused.value.by_field) == [lacks]
    case = cases.moved(case, "publish", by=head, at=NOW, values=given)
    assert (told(case)["in_force_on"], told(case)["reason"]) == ("2026-07-01", "上班族白天来不了")
