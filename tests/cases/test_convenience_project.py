"""A convenience service is a project: need, provider, price, term and result, and these agree with each other."""

from __future__ import annotations

import pytest

from liren.foundation.kernel.files import Upload
from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases.engine.declaration import check
from liren.service.cases.models import Case
from liren.service.cases.queries import reading
from liren.service.cases.services import BadReport
from tests.cases.conftest import Scene
from tests.make import cases
from tests.make.cases import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R067")]
TERMS = {"price": "每次 5 元", "term_ends": "2027-05-31"}


def choosing(scene: Scene) -> Case:
    cases.real("convenience_project")
    case = cases.reported(
        scene.town.community, "convenience_project", by=scene.resident, category="serve",
        values={"need": "早上有人修鞋配钥匙"}, address="3栋",
    )  # fmt: skip
    return cases.moved(case, "approve", by=scene.worker, at=NOW)


def awarded(case: Case, scene: Scene, **values: str) -> Case:
    facts = {"by": scene.worker, "at": NOW, "body_id": scene.department.pk, "note": "比选确定"}
    return cases.moved(case, "award", values={**TERMS, **values}, **facts)


def told(case: Case) -> dict[str, str]:
    return {one.field.code: one.text for one in reading(Case.objects.get(pk=case.pk), ANONYMOUS).values}


def test_the_provider_is_the_body_that_the_project_went_to(scene: Scene) -> None:
    case = choosing(scene)
    with pytest.raises(BadReport) as refused:
        awarded(case, scene, provider=str(scene.other.pk))
    assert list(refused.value.by_field) == ["provider"]
    case = awarded(case, scene)
    assert (case.body, case.values["provider"]) == (scene.department, scene.department.pk)
    assert told(case)["provider"] == scene.department.name


@pytest.mark.parametrize("day", ["2026-05-31", "2001-01-01"])
def test_a_term_that_is_over_is_refused(scene: Scene, day: str) -> None:
    with pytest.raises(BadReport) as refused:
        awarded(choosing(scene), scene, term_ends=day)
    assert list(refused.value.by_field) == ["term_ends"]


def test_need_provider_price_term_and_result_stand_in_public_at_the_end(scene: Scene) -> None:
    case = awarded(choosing(scene), scene)
    cases.moved(case, "begin", by=scene.clerk, at=NOW)
    shot = [Upload("stall.jpg", cases.picture())]
    with pytest.raises(BadReport):
        cases.moved(case, "report_result", by=scene.clerk, at=NOW, files=shot)
    cases.moved(case, "report_result", by=scene.clerk, at=NOW, files=shot, values={"result": "每周六上午，共 12 次"})
    cases.moved(case, "answer", by=scene.worker, at=NOW, note="验收合格")
    assert set(told(case)) == {"need", "provider", "price", "term_ends", "result"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"kind": "text", "filled": "body"}, "fills itself"),
        ({"kind": "text", "ahead": True}, "only a day or a moment can lie ahead"),
        ({"kind": "body", "filled": "reporter"}, "“reporter” is not known"),
    ],
)
def test_the_checker_refuses_what_can_not_fill_itself(wrong: dict[str, object], says: str) -> None:
    field = {"code": "extra", "name": {"zh": "另外", "en": "Extra"}}
    found = check(cases.content(fields=[*cases.REQUEST["fields"], {**field, **wrong}]))
    assert any(says in str(fault) for fault in found)
