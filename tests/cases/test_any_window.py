"""Any item at any window of the city: the case goes to the desk of the home community, the receipt to the window."""

from __future__ import annotations

from typing import Any

import pytest

from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.people.models import Account
from liren.service.cases import queries, services
from liren.service.cases.models import Case
from liren.service.cases.queries.details import NoCase
from liren.service.cases.services.receipts import holder
from tests import make
from tests.cases.conftest import Scene
from tests.make import cases
from tests.make.cases import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R040")]


@pytest.fixture
def window(scene: Scene) -> Account:
    """A worker of another community, in another district of the same city."""
    cases.real("service_item")
    return make.official("community_worker", scene.town.sibling_community)


def taken(scene: Scene, by: Account, type: str = "service_item", **more: Any) -> services.Taken:
    facts = {"channel": "counter", "taken_by_desk": True, "contact": {"phone": "13800000000"}, **more}
    return cases.taken(scene.town.community, type, by=by, **facts)


def test_a_window_elsewhere_takes_it_in_and_the_home_community_handles_it(scene: Scene, window: Account) -> None:
    made = taken(scene, window, category="certificates")
    case = made.case
    assert (case.unit, case.taken_by, case.channel) == (scene.town.community, window.label, "counter")
    assert queries.case_by_number(case.number, holder(case.number, made.receipt_key)).pk == case.pk
    assert case.pk in {one.pk for one in Case.objects.worked_by(scene.worker)}
    assert not Case.objects.visible_to(window).filter(pk=case.pk).exists()
    with pytest.raises(NoCase):
        services.move(case.pk, "handle", by=window, at=NOW)
    assert cases.moved(case, "handle", by=scene.worker, at=NOW).state == "desk_work"


def test_at_the_own_window_it_is_seen_afterwards(scene: Scene, window: Account) -> None:
    case = taken(scene, scene.worker).case
    assert Case.objects.visible_to(scene.worker).filter(pk=case.pk).exists()


def test_no_window_of_another_city_and_nothing_but_services(scene: Scene, window: Account) -> None:
    abroad = make.official("community_worker", make.town().community)
    for by, type in ((abroad, "service_item"), (window, "request"), (scene.resident, "service_item")):
        with pytest.raises(NotAllowed):
            taken(scene, by, type)
