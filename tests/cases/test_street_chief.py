"""The street-chief cycle: what was found goes its own way as a case, and is counted, not typed."""

from __future__ import annotations

import pytest

from liren.foundation.kernel.errors import Conflict
from liren.foundation.kernel.files import Upload
from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases.engine.declaration import check
from liren.service.cases.models import Case
from liren.service.cases.queries import reading
from liren.service.cases.services import BadReport
from liren.service.cases.services.joint import Piece, split
from tests import make
from tests.cases.conftest import Scene
from tests.make import cases
from tests.make.cases import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R076")]
WALKED = {"street": "柳荫路", "walked_on": "2026-06-01"}
RESULT = {"result": "一处修好，一处没修"}
POSTED = {"note": "两家单位已办。", "values": RESULT, "files": [Upload("road.jpg", cases.picture())]}


def walked(scene: Scene, **values: str) -> tuple[Case, object]:
    cases.real("street_chief")
    chief = make.official("street_officer", scene.town.street)
    facts = {"channel": "visit", "by": chief, "values": {**WALKED, **values}, "address": "柳荫路"}
    case = cases.reported(scene.town.street, "street_chief", **facts)
    return cases.moved(case, "coordinate", by=chief, at=NOW, note="召集市政、城管"), chief


def told(case: Case) -> dict[str, object]:
    return {one.field.code: one.value for one in reading(Case.objects.get(pk=case.pk), ANONYMOUS).values}


def test_findings_are_counted_from_the_cases_that_were_split_off(scene: Scene) -> None:
    (case, chief), second = walked(scene), make.official("street_officer", scene.town.street)
    parts = [Piece("request", text, scene.department.pk) for text in ("路面破损", "灯不亮")]
    mended, left = split(case.pk, parts=parts, by=chief, at=NOW)
    assert (told(case)["findings"], told(case)["fixed"]) == (2, 0)
    with pytest.raises(Conflict):
        cases.moved(cases.moved(case, "collect", by=chief, at=NOW, **POSTED), "post", by=second, at=NOW)
    for part, end in ((mended, "confirm"), (left, "deny")):
        cases.moved(part, "take", by=scene.clerk, at=NOW)
        cases.moved(part, "answer", by=scene.clerk, at=NOW, note="已去看。", values={"done": "看过"})
        cases.moved(
            part, end, by=scene.agent, at=NOW, note="电话问过。", values={"solved": "是" if end == "confirm" else "否"}
        )
    assert told(case)["fixed"] == 1
    case = cases.moved(Case.objects.get(pk=case.pk), "post", by=second, at=NOW)
    assert (case.values["findings"], case.values["fixed"], case.outcome) == (2, 1, "done")
    assert (told(case)["findings"], told(case)["fixed"]) == (2, 1)


def test_nobody_types_how_many_there_were_and_without_a_part_nothing_is_collected(scene: Scene) -> None:
    for typed in ({"findings": "2"}, {"fixed": "9"}):
        with pytest.raises(BadReport) as refused:
            walked(scene, **typed)
        assert list(refused.value.by_field) == list(typed)
    case, chief = walked(scene)
    with pytest.raises(BadReport):
        cases.moved(case, "collect", by=chief, at=NOW, **{**POSTED, "values": {**RESULT, "fixed": "9"}})
    with pytest.raises(Conflict, match="分办|split off"):
        cases.moved(case, "collect", by=chief, at=NOW, **POSTED)


@pytest.mark.parametrize("wrong", [{"kind": "text"}, {"required": True}, {"code": "done"}])
def test_the_checker_refuses_what_is_counted_and_asked_for(wrong: dict[str, object]) -> None:
    field = {"code": "parts", "name": {"zh": "件数", "en": "How many"}, "kind": "number", "filled": "parts"}
    first, done = cases.REQUEST["fields"]
    assert check(cases.content(fields=[*cases.REQUEST["fields"], field])) == []
    found = check(cases.content(fields=[first, *([] if "code" in wrong else [done]), {**field, **wrong}]))
    assert any("fills itself" in str(fault) for fault in found)
