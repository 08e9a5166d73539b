"""A joint meeting as it is declared: agenda, minutes, tasks with owner and deadline, followed until each is closed."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from liren.foundation.kernel.errors import Conflict, LirenError
from liren.service.cases import services
from liren.service.cases.models import Case
from liren.service.cases.services.joint import Piece, split
from tests import make
from tests.cases.conftest import Scene
from tests.conftest import ROOT
from tests.make import cases
from tests.make.cases import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R006", "R012", "R016")]


def declared(code: str) -> None:
    """The type as it stands in the packs."""
    with (ROOT / "packs" / "common" / "cases" / f"{code}.toml").open("rb") as file:
        cases.declare(**(dict.fromkeys(cases.REQUEST) | tomllib.load(file)))


@pytest.fixture
def officer(scene: Scene) -> Any:
    for code in ("joint_meeting", "joint_task"):
        declared(code)
    return make.official("street_officer", scene.town.street)


def held(scene: Scene, officer: Any) -> Case:
    meeting = cases.reported(
        scene.town.street, "joint_meeting", by=officer, taken_by_desk=True, channel="meeting", text="商量夜间停车",
        values={"held_on": "2026-06-10"},
    )  # fmt: skip
    services.move(meeting.pk, "convene", values={"agenda": "一、夜间停车"}, by=officer, at=NOW)
    minutes = {"minutes": "定下两件事。", "settled": 2}
    return services.move(meeting.pk, "record", values=minutes, by=officer, at=NOW)


def test_what_a_meeting_settled_is_followed_until_each_task_is_closed(scene: Scene, officer: Any) -> None:
    meeting = held(scene, officer)
    (task,) = split(
        meeting.pk, parts=[Piece("joint_task", "夜间开放单位车位", scene.department.pk)], by=officer, at=NOW
    )
    task.refresh_from_db()
    assert (task.state, task.body_id, task.parent_id) == ("in_work", scene.department.pk, meeting.pk)
    assert task.due_at is not None
    with pytest.raises(Conflict):
        services.move(meeting.pk, "close", values={"kept": 1}, by=officer, at=NOW)
    services.move(task.pk, "report", note="已开放", values={"result": "三十个车位"}, by=scene.clerk, at=NOW)
    services.move(task.pk, "close", by=officer, at=NOW)
    assert services.move(meeting.pk, "close", values={"kept": 1}, by=officer, at=NOW).outcome == "done"


def test_a_commitment_that_was_not_kept_is_on_record_as_that(scene: Scene, officer: Any) -> None:
    meeting = held(scene, officer)
    (task,) = split(meeting.pk, parts=[Piece("joint_task", "开放操场", scene.department.pk)], by=officer, at=NOW)
    with pytest.raises(LirenError):
        services.move(task.pk, "give_up", note="没有做", by=scene.clerk, at=NOW)
    assert services.move(task.pk, "give_up", note="到期没有开放", by=officer, at=NOW).outcome == "unsolved"
