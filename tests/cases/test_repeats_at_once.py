"""Cases come round once, with real commits: two nights' work side by side, and work that dies half way."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Count

from liren.foundation.kernel.models import AuditEntry
from liren.service.cases.models import Case, CaseEvent, Repeat
from liren.service.cases.services import repeats
from liren.service.cases.services.repeats import open_repeats
from tests import make
from tests.cases.conftest import Scene, build
from tests.cases.test_repeats import CODE, DAY, YEAR, corrected, hazard, held, packed
from tests.make import registers
from tests.make.cases import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.requirement("R104", "R099")]
NIGHT = NOW + YEAR + 91 * DAY


@pytest.fixture
def scene(db: None) -> Scene:
    """Three communities, one that has held a drill, and four hazards whose inspection is due."""
    made = build()
    packed("drill")
    packed("risk_item")
    registers.parameter(CODE, "12", "month", operator="<=")
    held(made, made.town.community)
    for _ in range(4):
        corrected(made, hazard(made), days="90")
    return made


def opened() -> list[int]:
    """How many of each the calendar has opened, and told in a story: drills and inspections."""
    rows = Case.objects.filter(channel="system").order_by("type__code")
    return [one["many"] for one in rows.values("type__code").annotate(many=Count("pk"))]


def nothing_doubled() -> None:
    events = CaseEvent.objects.filter(kind="repeated").exclude(facts__has_key="after")
    assert (events.count(), Repeat.objects.filter(case=None).count()) == (7, 0)
    assert AuditEntry.objects.filter(action="cases.repeated").count() == 7


def test_two_at_once_open_each_once(scene: Scene) -> None:
    found: list[Any] = make.at_once(3, lambda _: open_repeats(at=NIGHT))
    assert sum(found) == 7, found
    assert opened() == [3, 4]
    nothing_doubled()


def test_work_that_dies_half_way_is_taken_up_by_the_next_night(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, calls = repeats.noted, []

    def noted(*args: Any, **facts: Any) -> None:
        calls.append(args)
        plain(*args, **facts)
        if len(calls) in {2, 5}:
            raise SystemExit(137)

    monkeypatch.setattr(repeats, "noted", noted)
    for _ in range(2):
        with pytest.raises(SystemExit):
            open_repeats(at=NIGHT)
    monkeypatch.undo()
    assert sum(opened()) == 3  # one before the first end, two before the second
    assert open_repeats(at=NIGHT + DAY) == 4
    assert opened() == [3, 4]
    nothing_doubled()
