"""Who can be added to a case: staff, where one works oneself; a sealed case only to those whose mandate opens it."""

import pytest
from django.utils import timezone

from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases import queries, services
from tests import make
from tests.make import cases

pytestmark = pytest.mark.django_db


def test_colleagues_are_staff_of_where_one_works_and_never_residents(scene):
    case = cases.reported(scene.town.community, by=scene.resident)
    town, day = scene.town, timezone.localdate(cases.NOW)

    def found(case, actor):
        return {one.pk for one in queries.colleagues(case, actor, on=day)}

    beside = make.official("community_worker", town.community)
    grid = make.official("grid_worker", town.grid)
    make.official("community_worker", town.sibling_community)
    make.official("planner", town.street)
    street = make.official("street_officer", town.street)
    here = {scene.worker.pk, beside.pk, grid.pk}
    assert found(case, scene.worker) == here
    assert found(case, street) == {*here, street.pk}
    assert [found(case, one) for one in (scene.resident, scene.neighbour, scene.clerk, ANONYMOUS)] == [set()] * 4
    case = cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    second = cases.clerk(scene.department, town.district)
    assert found(case, scene.clerk) == {scene.clerk.pk, second.pk}
    services.add_part(case.pk, role="party", account_id=grid.pk, by=scene.worker, at=cases.NOW)
    assert found(case, scene.worker) == here - {grid.pk}
    (office,) = (one.office for one in queries.colleagues(case, scene.worker, on=day) if one.pk == beside.pk)
    assert town.community.name in office


@pytest.mark.requirement("R108", "R338")
def test_a_sealed_case_is_given_only_to_colleagues_whose_mandate_opens_it(scene):
    cases.sealed()
    day, district = timezone.localdate(cases.NOW), scene.town.district
    case = cases.reported(scene.town.community, "complaint", about_body_id=scene.other.pk)
    officer, second = (make.official("supervision_officer", district) for _ in range(2))
    cases.clerk(scene.other, district, "supervision_officer")
    make.official("mediator", district)
    assert {one.pk for one in queries.colleagues(case, officer, on=day)} == {officer.pk, second.pk}
    assert queries.colleagues(case, scene.worker, on=day) == []
