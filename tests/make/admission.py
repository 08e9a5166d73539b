"""Builders for the gate: bodies that ask, communities that are asked, admissions, work handed down."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from liren.foundation.admission import services
from liren.foundation.admission.models import Admission, Assignment
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.rights import SystemActor
from tests.make import bodies
from tests.make.territory import Town, small_town

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # 9 o'clock of a Monday in China
TODAY = date(2026, 6, 1)
END = date(2027, 6, 1)
SYSTEM = SystemActor("test")
BY: dict[str, Any] = {"by": SYSTEM, "at": NOW}
_numbers = itertools.count(1)


@dataclass
class Gate:
    """A town with a government, two departments, a street office and a committee."""

    town: Town
    government: Body
    department: Body
    other: Body
    office: Body
    committee: Body


def gate() -> Gate:
    town = small_town()
    return Gate(
        town,
        bodies.body(town.city, "government", name_zh="里仁市人民政府"),
        bodies.body(town.city, "department", name_zh="里仁市民政局"),
        bodies.body(town.city, "department", name_zh="里仁市商务局"),
        bodies.body(town.east, "government", name_zh="东街街道办事处"),
        bodies.body(town.willow, "committee", name_zh="柳荫社区居民委员会", part="carries_out"),
    )


def wish(here: Gate, *, at: datetime = NOW, **changes: Any) -> services.Wish:
    """A good wish: a task for the community 柳荫, for a year from today."""
    facts: dict[str, Any] = {
        "work_type": "task",
        "title_zh": f"第{next(_numbers)}项工作",
        "sender_id": here.department.pk,
        "basis": "居民委员会组织法第二十条",
        "unit_id": here.town.city.pk,
        "communities": [here.town.willow.pk],
        "first": TODAY,
        "end": END,
        "minutes_a_month": 120,
        **changes,
    }
    return services.Wish(**facts)


def admission(here: Gate, *, at: datetime = NOW, **changes: Any) -> Admission:
    """An admission that holds from today for a year."""
    return services.admit_old(wish(here, **changes), session="第一次联席会议", by=SYSTEM, at=at)


def task(here: Gate, under: Admission | None, **changes: Any) -> services.Task:
    """A piece of work under an admission, from tomorrow."""
    facts: dict[str, Any] = {
        "community_id": here.town.willow.pk,
        "title_zh": f"第{next(_numbers)}件事",
        "work_type": under.work_type if under else "task",
        "given_on": TODAY + timedelta(days=1),
        "admission_id": under.pk if under else None,
        **changes,
    }
    return services.Task(**facts)


def handed(here: Gate, under: Admission, *, at: datetime = NOW, **changes: Any) -> Assignment:
    """The same, handed down by the body that asked for the admission."""
    (made,) = services.hand_down([task(here, under, **changes)], sender_id=under.sender_id, by=SYSTEM, at=at)
    return made
