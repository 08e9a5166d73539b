"""The six joined-up mechanisms: each is carried by case types, and what comes in at the one queue gets to all."""

from __future__ import annotations

import tomllib

import pytest

from liren.service.cases.engine.declaration import check, parse
from liren.service.cases.engine.spec import MECHANISMS, CaseType
from liren.service.cases.models import Case
from liren.service.cases.services.joint import Piece, split
from tests import make
from tests.cases.conftest import Scene
from tests.conftest import ROOT
from tests.make import cases
from tests.make.cases import NOW

pytestmark = pytest.mark.requirement("R069")
SPECS = [
    parse(tomllib.loads(path.read_text(encoding="utf-8")))
    for path in sorted((ROOT / "packs").glob("**/cases/*.toml"))
]  # fmt: skip
#: From the one queue to a type of each mechanism; who asks the residents' way begins at the queue itself.
ONWARD = {
    "unified_command": "request",
    "patrol": "risk_item",
    "mediation": "mediation",
    "livelihood_service": "service_item",
    "coordinated_enforcement": "joint_enforcement",
    "pooled_resources": "joint_task",
}


def of(mechanism: str) -> list[CaseType]:
    return [one for one in SPECS if one.mechanism == mechanism]


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_each_mechanism_is_carried_by_types(mechanism: str) -> None:
    assert of(mechanism)
    assert ONWARD[mechanism] in {one.code for one in of(mechanism)}


def test_a_patrol_looks_at_places_and_names_nobody() -> None:
    for spec in of("patrol"):
        persons = [one.code for one in spec.parts if one.kind != "body"]
        assert (spec.place != "none", spec.about_body, persons) == (True, False, [])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"place": "none"}, "looks at no place"),
        ({"parts": cases.REQUEST["parts"]}, "at nobody"),
        ({"mechanism": "surveillance"}, "“surveillance” is not known"),
    ],
)
def test_the_checker_refuses_a_patrol_of_persons(wrong: dict[str, object], says: str) -> None:
    moves = [{key: value for key, value in one.items() if key != "consents"} for one in cases.REQUEST["moves"]]
    facts = {"mechanism": "patrol", "moves": moves, "parts": cases.REQUEST["parts"][:1]}
    assert check(cases.content(**facts)) == []
    assert any(says in str(fault) for fault in check(cases.content(**{**facts, **wrong})))


@pytest.mark.django_db
def test_what_comes_in_at_the_one_queue_goes_on_to_every_mechanism(scene: Scene) -> None:
    """A stair that is a shop, a neighbour at odds over it and a blocked exit: one report, and each part its own way."""
    for code in ONWARD.values():
        cases.real(code)
    case = cases.reported(scene.town.community, by=scene.resident, category="road_occupation", address="3栋")
    onward = [code for code in ONWARD.values() if code != "request"]
    made = split(case.pk, parts=[Piece(code, f"{code}这一部分") for code in onward], by=scene.worker, at=NOW)
    assert [one.type.code for one in made] == onward
    for part in made:
        assert (part.parent_id, part.unit_id, part.phase) == (case.pk, case.unit_id, "open")
        assert part.due_at is not None
    kept = {one.type.code: one.confidentiality for one in made}
    assert (kept["mediation"], kept["joint_enforcement"]) == ("sealed", "limited")
    hazard = next(one for one in made if one.type.code == "risk_item")
    assert Case.objects.visible_to(scene.worker).filter(pk=hazard.pk).exists()
    mediator = make.official("mediator", scene.town.community)
    dispute = next(one for one in made if one.type.code == "mediation")
    assert Case.objects.visible_to(mediator).filter(pk=dispute.pk).exists()
    assert not Case.objects.visible_to(scene.neighbour).filter(pk=dispute.pk).exists()
